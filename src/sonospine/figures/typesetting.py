"""Widths of text and breaking of lines, from the metrics of the one font that comes with matplotlib."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

POINTS_PER_INCH = 72
SLACK = 1.015
"""Pixels round the places of letters: a line of a PNG can be this much wider than its outlines."""
FAMILY = "DejaVu Sans"


@lru_cache(maxsize=16)
def font(size: float, weight: str = "normal") -> FontProperties:
    """Return the font of a size in points."""
    from matplotlib.font_manager import FontProperties

    return FontProperties(family=FAMILY, size=size, weight=weight)


@lru_cache(maxsize=20_000)
def width(text: str, size: float, weight: str = "normal") -> float:
    """Return the width of a line of text in inches."""
    from matplotlib.textpath import TextToPath

    if not text:
        return 0.0
    found, _, _ = TextToPath().get_text_width_height_descent(text, font(size, weight), False)
    return SLACK * float(found) / POINTS_PER_INCH


def wrapped(text: str, limit: float, size: float, weight: str = "normal") -> tuple[str, ...]:
    """Break text into lines no wider than ``limit`` inches; a word that is too long is broken inside."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        for piece in _pieces(word, limit, size, weight):
            joined = f"{line} {piece}" if line else piece
            if line and width(joined, size, weight) > limit:
                lines.append(line)
                line = piece
            else:
                line = joined
    return (*lines, line)


def _pieces(word: str, limit: float, size: float, weight: str) -> list[str]:
    pieces = []
    while len(word) > 1 and width(word, size, weight) > limit:
        cut = len(word) - 1
        while cut > 1 and width(word[:cut], size, weight) > limit:
            cut -= 1
        pieces.append(word[:cut])
        word = word[cut:]
    return [*pieces, word]


@lru_cache(maxsize=1)
def _glyphs() -> frozenset[int]:
    from matplotlib.font_manager import findfont, get_font

    return frozenset(get_font(findfont(font(8))).get_charmap())


def drawable(text: str) -> bool:
    """Tell whether the font has every character of the text (it lacks Chinese, for one)."""
    return all(ord(character) in _glyphs() for character in text if not character.isspace())
