"""Long lists of words in regular expressions, and cheap tests of whether an expression can match at all.

A search tries every alternative of a list at every character of a text. Written by common beginnings a list of three
hundred number words costs a handful of steps, and the words of an expression that must stand in any match tell for most
sentences that there is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

# What ``re.IGNORECASE`` takes for the letters i, s and k besides their capitals.
_ALIKE = {0x131: "i", 0x130: "i", 0x17F: "s", 0x212A: "k"}
_UNLIKE = re.compile("[\u0131\u0130\u017f\u212a]")


@dataclass
class _Node:
    """The words with a common beginning: what can follow it, and whether it is a word itself."""

    ways: dict[str, _Node] = field(default_factory=dict)
    word: bool = False

    def source(self) -> str:
        ways = "|".join(re.escape(sign) + below.source() for sign, below in sorted(self.ways.items()))
        if not self.word:
            return f"(?:{ways})"
        # What goes on is tried before the word that ends here: the longest wins, as in a list by length.
        return f"(?:{ways})?" if ways else ""


def any_of(words: Iterable[str]) -> str:
    """Return the source of an expression that matches any of some words (in small letters), the longest first."""
    root = _Node()
    for word in words:
        here = root
        for sign in word:
            here = here.ways.setdefault(sign, _Node())
        here.word = True
    return root.source()


def folded(text: str) -> str:
    """Return a text in which a word in small letters stands wherever ``re.IGNORECASE`` would find it."""
    # Hardly any text holds such a letter, and looking for one costs a tenth of putting others in their place.
    if text.isascii() or _UNLIKE.search(text) is None:
        return text.lower()
    return text.translate(_ALIKE).lower()


def holds(text: str, words: tuple[str, ...]) -> bool:
    """Tell whether a folded text holds any of some words."""
    for word in words:  # noqa: SIM110 - asked several times a sentence: a generator would cost more than the search
        if word in text:
            return True
    return False
