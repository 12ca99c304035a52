"""How a wording of the vocabulary becomes a pattern that also finds its other spellings.

Written in a vocabulary, a space stands for a space or a hyphen, and a hyphen for a space, a hyphen or nothing.
Words may be plural; British spellings also find the American ones; a word of two to six signs with mostly
capitals is an abbreviation and is found with these capitals only (a plural ``s`` is allowed).
"""

from __future__ import annotations

import functools
import re
import unicodedata

LETTERS = r"0-9A-Za-zÀ-ɏͰ-ϿЀ-ӿ_"
"""Signs of words that are written with spaces between them (Chinese, Japanese and Korean are not)."""

COMPARISONS = "<=>≤≥"
DASHES = "-\u00ad‐‑‒–—−"
_DASH = r"\-\u00ad‐‑‒–—−"
_TOKEN = re.compile(rf"[{LETTERS}]+|[^\s{LETTERS}]|\s+")
_ABBREVIATION = re.compile(r"[A-Za-z0-9]{2,6}")
_PLAIN_GAP = rf"[\s{_DASH}]+"
_LOOSE_GAP = rf"[\s{_DASH}:;,/(_]+"
_OPTIONAL_GAP = rf"[\s{_DASH}]*"
_FIXED = re.compile(r"[A-Za-z0-9]+(?![?*A-Za-z0-9])|[A-Za-z0-9]+(?=[A-Za-z0-9][?*])")


def is_abbreviation(word: str) -> bool:
    """Tell whether a word is an abbreviation: at least two capitals, and more capitals than small letters."""
    if not _ABBREVIATION.fullmatch(word):
        return False
    capitals = sum(sign.isupper() for sign in word)
    return capitals >= 2 and capitals > sum(sign.islower() for sign in word)


def pattern(wording: str, *, loose: bool = False) -> str:
    """Return the source of a regular expression for a wording and its spelling variants.

    ``loose`` lets a space also stand for the punctuation that joins the parts of a label, as in
    ``SF-36, bodily pain``.
    """
    tokens = _TOKEN.findall(unicodedata.normalize("NFC", wording.strip()))
    gap = _LOOSE_GAP if loose else _PLAIN_GAP
    parts = []
    for index, token in enumerate(tokens):
        if token.isspace():
            # Beside a sign ("≥ 50 %") a space may be missing.
            beside = tokens[index - 1] + tokens[index + 1]
            parts.append(gap if re.fullmatch(rf"[{LETTERS}]+", beside) else _OPTIONAL_GAP)
        else:
            parts.append(_token(token))
    head = rf"(?<![{LETTERS}])" if re.match(rf"[{LETTERS}]", tokens[0]) else ""
    tail = rf"(?![{LETTERS}])" if re.match(rf"[{LETTERS}]", tokens[-1]) else ""
    return head + "".join(parts) + tail


def _token(token: str) -> str:
    if token in DASHES:
        return _OPTIONAL_GAP
    if token == "%":
        return r"\s*%"
    if token in COMPARISONS:
        return re.escape(token) + r"\s*"
    if is_abbreviation(token):
        return re.escape(token) + "s?"
    return f"(?i:{_word(token)})"


def _word(word: str) -> str:
    source = re.escape(word)
    if not word.isascii() or not word.isalpha() or len(word) < 3:
        return source
    source = re.sub(r"(?i)ae", "(?:ae|æ|e)", source)
    source = re.sub(r"(?i)oe(?=[a-z])", "(?:oe|œ|e)", source)
    source = re.sub(r"(?i)is(?=(?:e|ed|es|er|ing|ation)$)", "i[sz]", source)
    source = re.sub(r"(?i)ys(?=(?:e|ed|es|ing)$)", "y[sz]", source)
    source = re.sub(r"(?i)our$", "ou?r", source)
    source = re.sub(r"(?i)tre$", "(?:tre|ter)", source)
    if word[-1] in "yY" and word[-2].lower() not in "aeiou":
        return source[:-1] + "(?:y|ies)"
    return source + "(?:e?s)?"


def beginning(wording: str) -> str:
    """Return the signs, at least one, in lower case, with which every spelling of a wording begins."""
    token = _TOKEN.findall(unicodedata.normalize("NFC", wording.strip()))[0]
    return _fixed(token) or token[0].casefold()


def later_beginnings(wording: str) -> tuple[str, ...]:
    """Return, in order and lower case, the signs with which every spelling of the words after the first begins."""
    tokens = _TOKEN.findall(unicodedata.normalize("NFC", wording.strip()))[1:]
    return tuple(fixed for token in tokens if (fixed := _fixed(token)))


def _fixed(token: str) -> str:
    fixed = _FIXED.match(token + "s?" if is_abbreviation(token) else _word(token))
    return fixed.group().lower() if fixed else ""


@functools.lru_cache(maxsize=16384)
def key(wording: str) -> str:
    """Return what two wordings share that find the same text: two terms of a kind must not both have it."""
    words = re.split(rf"[\s{_DASH}]+", unicodedata.normalize("NFC", wording.strip()))
    return "".join(word if is_abbreviation(word) else word.casefold() for word in words)
