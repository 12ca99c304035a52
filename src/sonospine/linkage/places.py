"""Where an article stands in its journal: volume and pages, however they are written."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DASHES = re.compile(r"\s*[-\u2010-\u2015\u2212]+\s*")
_LABEL = re.compile(r"^(?:pages?|pp?\.|artn?\.?|article(?: no\.?)?|no\.)\s*", re.IGNORECASE)
_PAGE = re.compile(r"([a-z]{0,4})\.?\s?(\d+)([a-z]?)")
_NUMBER = re.compile(r"\d+")
ARTICLE_DIGITS = 6
"""Numbers of so many digits count articles of a journal, not pages of a volume."""


@dataclass(frozen=True, slots=True)
class Pages:
    """First and last page: letters in front and number; ``last`` is 0 where only the first is known.

    ``article`` tells that the number is an article's (``CD001289``).
    """

    letters: str = ""
    first: int = 0
    last: int = 0
    article: bool = False

    @property
    def known(self) -> bool:
        """Whether a page is given."""
        return self.first > 0

    @property
    def own(self) -> bool:
        """Whether no other article can have these pages: only one goes over a page's end, or has an article's number.

        Several short abstracts or letters can stand on one page.
        """
        return self.last > self.first or self.article


def pages_of(text: str) -> Pages:
    """Return the pages of ``123-9``, ``pp. 123–129``, ``S12-S15``, ``e12``, ``123-9; discussion 130``.

    A last page with fewer digits than the first is completed from it. Roman numbers and words are not pages.
    """
    bare = _LABEL.sub("", text.strip()).lower()
    first_range = re.split(r"[;,+&]", bare, maxsplit=1)[0]
    start, *end = _DASHES.split(first_range, maxsplit=1)
    found = _PAGE.fullmatch(start.strip())
    if not found:
        return Pages()
    letters, digits = found[1] if found[1] not in ("p", "pp") else "", found[2]
    last = _PAGE.fullmatch(end[0].strip()) if end else None
    tail = last[2] if last else ""
    if tail and len(tail) < len(digits):
        tail = digits[: len(digits) - len(tail)] + tail
    first = int(digits)
    ends = int(tail) if tail else 0
    return Pages(letters, first, ends if ends >= first else 0, len(digits) >= ARTICLE_DIGITS)


def volume_of(text: str) -> str:
    """Return the number of a volume: ``12`` of ``Vol. 12(3)``, ``12 Suppl 1``; empty where there is none."""
    found = _NUMBER.search(text)
    return found[0].lstrip("0") if found else ""


def same_pages(a: Pages, b: Pages) -> bool | None:
    """Tell whether two ranges are the same; ``None`` where one is unknown or could be counted otherwise.

    ``1-10`` may count the pages of an article that has a number, and ``12`` may be ``e12`` without its letter:
    neither speaks against another page.
    """
    if not (a.known and b.known):
        return None
    if a.first != b.first:
        return None if 1 in (a.first, b.first) else False
    if a.letters != b.letters:
        return False if a.letters and b.letters else None
    return not (a.last and b.last) or a.last == b.last or None


def same_place(a: Pages, volume_a: str, b: Pages, volume_b: str) -> bool | None:
    """Tell whether two articles of a journal stand at the same place; ``None`` where that cannot be told.

    The same volume and first page, or the same range of pages where a volume is unknown or misprinted.
    """
    pages = same_pages(a, b)
    volumes = None if not (volume_a and volume_b) else volume_a == volume_b
    if pages is False:
        return False
    if pages:
        same_range = a.own and a.last == b.last
        return True if volumes or same_range else None if volumes is None else False
    return False if volumes is False else None
