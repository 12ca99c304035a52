"""What an abbreviation stands for: the words before its brackets whose beginnings it is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+")
_BREAK = re.compile(r"[.;:,()\[\]]")


def initials_fit(short: str, long: str) -> bool:
    """Tell whether an abbreviation can stand for words: its first letter begins them, the others follow in order."""
    letters = [c.casefold() for c in short if c.isalpha()]
    words = long.casefold().removeprefix("the ").lstrip()
    if len(letters) < 2 or not words.startswith(letters[0]):
        return False
    at = 0
    for letter in letters:
        at = words.find(letter, at) + 1
        if at == 0:
            return False
    begun = {w.group()[0] for w in _WORD.finditer(words)}
    return sum(letter in begun for letter in letters) * 2 > len(letters)


def long_form(short: str, texts: Iterable[str]) -> str:
    """Return the words that texts abbreviate as ``short``, from ``words (short)``; empty where none do.

    The first definition holds (the rule of Schwartz and Hearst, 2003, with at most the letters of the abbreviation
    plus five words).
    """
    most = len(short) + 5
    for text in texts:
        at = text.find(f"({short})")
        if at < 0:
            continue
        before = _BREAK.split(text[max(0, at - 120) : at])[-1]
        words = [w.start() for w in re.finditer(r"[^\W_][\w'\u2019-]*", before)]
        for start in reversed(words[-most:]):
            if initials_fit(short, before[start:].strip()):
                return before[start:].strip()
    return ""
