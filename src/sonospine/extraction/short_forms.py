"""What an abbreviation stands for: the words before its brackets whose beginnings it is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_WORD = re.compile(r"[^\W_]+")
_SHORT = re.compile(r"(?<![\w\[-])[A-Z][A-Za-z]?[A-Z][A-Za-z-]{0,6}(?![\w-])")
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


def with_meaning(label: str, short: str, meaning: str) -> str:
    """Return a label with the meaning of an abbreviation behind it, where it is known and not there already."""
    if not meaning or meaning.lower() in label.lower():
        return label
    at = re.search(rf"(?<![\w-]){re.escape(short)}(?![\w-])", label)
    return f"{label[: at.end()]} [{meaning}]{label[at.end() :]}" if at else label


class Meanings:
    """What the abbreviations of a document stand for, each looked up once."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._known: dict[str, str] = {}

    def expanded(self, label: str) -> str:
        """Return a label with the meaning of its abbreviations behind them: "AEs [adverse events]"."""
        for short in dict.fromkeys(_SHORT.findall(label)):
            if short not in self._known:
                self._known[short] = long_form(short, self._texts)
            label = with_meaning(label, short, self._known[short])
        return label

    def spelled(self, label: str) -> str:
        """Return a label with the meaning of its abbreviations, or nothing where it holds none that is explained."""
        expanded = self.expanded(label)
        return expanded if expanded != label else ""
