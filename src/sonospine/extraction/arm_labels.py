"""How an arm's label is normalised and compared: "Group I", "group 1", "the US group (n = 30)"."""

from __future__ import annotations

import functools
import re

from sonospine.extraction.alternatives import any_of
from sonospine.model.number_words import BELOW_HUNDRED

_N = re.compile(r"[\[(]?\s*\b[nN]\s*=?\s*[=:]\s*\d[\d,]*\s*[\])]?")
# "N" is the code of a group here, and no number of people.
_GROUP_N = re.compile(r"\b[Gg](?:rou)?p\s+N\b")
_WORD = re.compile(r"(?:\bnon-)?[^\W_]+(?:\.\d+)?%?")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6"}
_ORDINAL = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6"}
GENERIC = frozenset(
    str.split(
        "the a an of in and or with for to by on at as was were is are from than only plus group groups arm arms grp gr patient "
        "patients participants participant subjects women men children cases n treated treatment therapy received receiving who "
        "using guided guidance undergoing underwent injection injections versus vs"
    )
)
CONTROLS = frozenset(
    str.split(
        "control controls placebo sham standard usual conventional comparator comparison waiting waitlist untreated none"
    )
)
ACTIVES = frozenset(
    str.split("intervention treatment experimental experiment active study trial test treated case")
)

_VALUES = {word: value for word, value in BELOW_HUNDRED.items() if value}
_VALUES |= {word.replace("-", " "): value for word, value in _VALUES.items() if "-" in word}
NUMBER_WORDS = any_of(_VALUES)
COUNT = rf"(?:\d{{1,3}}[,\u202f]\d{{3}}|\d+|\b{NUMBER_WORDS}\b)"


def count_of(text: str) -> str:
    """Return a printed count, in digits or as a word, as digits (empty where it is neither)."""
    plain = text.strip().lower().replace(",", "").replace("\u202f", "")
    return plain if plain.isdigit() else str(_VALUES.get(plain, ""))


# The same few labels and definitions are compared over and over in a document; whole passages are not kept.
_KEPT, _LONGEST_KEPT = 4096, 1000


def normalised(label: str) -> str:
    """Return a label without "group", n and punctuation, in lower case; roman and written numbers as digits."""
    return _normalised(label) if len(label) > _LONGEST_KEPT else _kept_normalised(label)


def _normalised(label: str) -> str:
    plain = _without_n(label)
    words = [w.lower() for w in _WORD.findall(plain)]
    kept = [
        w
        for w in words
        if w not in {"group", "groups", "arm", "arms", "the", "grp", "gr", "n", "patients", "in", "of"}
    ]
    if not kept and _GROUP_N.search(plain):
        return "n"
    if len(kept) == 1:
        kept = [_ROMAN.get(kept[0], _ORDINAL.get(kept[0], kept[0]))]
    return " ".join(kept)


_kept_normalised = functools.lru_cache(maxsize=_KEPT)(_normalised)


def words_of(text: str) -> frozenset[str]:
    """Return the words of a label or definition that can tell arms apart, without plural endings."""
    return _words_of(text) if len(text) > _LONGEST_KEPT else _kept_words_of(text)


def _words_of(text: str) -> frozenset[str]:
    found = (w.lower() for w in _WORD.findall(_without_n(text)))
    return frozenset(_singular(w) for w in found if w not in GENERIC)


_kept_words_of = functools.lru_cache(maxsize=_KEPT)(_words_of)


def _without_n(text: str) -> str:
    return _N.sub(" ", text) if "=" in text or ":" in text else text


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def is_code(label: str) -> bool:
    """Tell whether a label is a code such as "A", "2", "II" or "SM" after the word group."""
    return re.fullmatch(r"[A-Z]{1,5}\d{0,2}|[1-9]|[a-d]", label) is not None
