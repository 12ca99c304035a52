"""Authors' names as sources write them, and whether two of them may be one person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from sonospine.linkage.normal import bare_words

_INITIALS = re.compile(r"[a-z]{1,3}")
_OTHERS = re.compile(r"\W*(?:et\.?\s+al|and\s+others|others|anonymous|no authors listed)\b\W*", re.IGNORECASE)
_DEGREES = re.compile(r",?\s+(?:jr|sr|ii|iii|2nd|3rd|phd|md|msc)\.?$", re.IGNORECASE)
_UMLAUT = re.compile(r"(?<=[aou])e(?!$)")
LEAST_LETTERS = 6
"""A family name shorter than this is not taken for a misprint of another."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name in parts: ``words`` are more than initials, ``initials`` the letters of those that are not."""

    words: frozenset[str]
    initials: frozenset[str]

    def rest(self, word: str) -> frozenset[str]:
        """Return the first letters of all parts but one."""
        return self.initials | {other[0] for other in self.words if other != word}


@lru_cache(maxsize=65_536)
def name_of(author: str) -> Name | None:
    """Return the parts of a name; ``None`` where it names nobody (``et al.``).

    The order of family and given names differs between sources, so it is not asked for. Where a name is written
    in capitals and every part could be initials (``LI X``), the longest part is taken for the family name.
    """
    bare = _DEGREES.sub("", _OTHERS.sub(" ", author).strip())
    parts = [part for part in re.split(r"[\s,.\-\u2010-\u2015]+", bare) if re.search(r"\w", part)]
    long = [part for part in parts if not _is_initials(part)]
    if not long and parts:
        longest = max(len(part) for part in parts)
        long = [part for part in parts if len(part) == longest]
    words = frozenset(word for part in long if (word := folded(part)))
    initials = frozenset(letter for part in parts if part not in long for letter in folded(part))
    return Name(words, initials) if words else None


def folded(part: str) -> str:
    """Return a part of a name without accents, ``Mueller`` as ``Müller``, ``Soerensen`` as ``Sørensen``."""
    return _UMLAUT.sub("", bare_words(part).replace(" ", ""))


def _is_initials(word: str) -> bool:
    letters = re.sub(r"[^\w]", "", word)
    return (
        not letters
        or letters.isdigit()
        or len(letters) == 1
        or (letters.isupper() and _INITIALS.fullmatch(bare_words(letters)) is not None)
    )


def name_words(author: str) -> frozenset[str]:
    """Return the words of a name that are more than initials, whatever the order of its parts."""
    name = name_of(author)
    return name.words if name else frozenset()


def same_person(a: Name, b: Name) -> bool:
    """Tell whether two names may be one person's.

    They share a word, and what is left of both (given names or their initials) begins with a common letter; a
    name of which nothing is left (a family name alone) speaks against none. A long word may have one misprint
    behind its first letter where what is left agrees.
    """
    for word in a.words & b.words:
        rest_a, rest_b = a.rest(word), b.rest(word)
        if not rest_a or not rest_b or rest_a & rest_b:
            return True
    return any(
        one[0] == other[0] and _misprinted(one, other) and a.rest(one) & b.rest(other)
        for one in a.words
        for other in b.words
    )


def _misprinted(a: str, b: str) -> bool:
    return min(len(a), len(b)) >= LEAST_LETTERS and OSA.distance(a, b, score_cutoff=1) == 1


def share_of_shorter(a: tuple[Name, ...], b: tuple[Name, ...]) -> float | None:
    """Return the share of the shorter list that the longer one holds; ``None`` where a list is empty.

    A list cut to its first authors is wholly found in the uncut one.
    """
    shorter, longer = sorted((a, b), key=len)
    if not shorter:
        return None
    exactly = set(longer)
    found = sum(one in exactly or any(same_person(one, other) for other in longer) for one in shorter)
    return found / len(shorter)
