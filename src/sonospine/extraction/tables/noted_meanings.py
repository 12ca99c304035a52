"""What the abbreviations of a table mean: by its own footnotes and caption, else by the words of the article."""

from __future__ import annotations

import functools
import re

from sonospine.extraction.short_forms import initials_fit, long_form, with_meaning
from sonospine.model.record import Record, Table

_SHORT = re.compile(r"(?<![\w-])[A-Z][A-Za-z]*[A-Z0-9][\w]*(?:-[A-Z0-9]\w*)*(?![\w-])")
_EXPANSION = re.compile(
    r"(?:^|[;,.:]\s*|\s)(?P<short>[A-Z][A-Za-z]*[A-Z0-9]\w*(?:-[A-Z0-9]\w*)*)\s*(?P<by>[:=,]|\s?[\u2013\u2014]\s?|\s-\s|\bindicates\b|\bdenotes\b|\bis\b)\s*"
    r"(?P<long>(?:the\s+)?[A-Za-z][a-z][^;,.:=()]{2,70})"
)
_UNSIGNED = re.compile(
    r"(?:^|[;,.:]\s+)(?P<short>[A-Z][A-Za-z]*[A-Z0-9]\w*(?:-[A-Z0-9]\w*)*)\s+(?P<long>[A-Za-z][a-z][^;,.:=()]{2,70})"
)
_ITEM = re.compile(
    r"^\W*(?:(?:abbreviations?|notes?)\W+)?(?P<shorts>[^\s,;:=]{2,12}(?:(?:,\s*|\s+and\s+)[^\s,;:=]{2,12}){0,2})(?:\s+(?:group|subscale))?\s*[,:=]\s*(?P<long>[A-Za-z][^;:=]{3,90}?)\W*$",
    re.IGNORECASE,
)
_NAMELIKE = re.compile(r".*(?:[A-Z].*[A-Z0-9]|[A-Z/_].*)")


class NotedMeanings:
    """The meanings of the abbreviations of one table, each looked up once."""

    def __init__(self, table: Table, record: Record) -> None:
        self._table = table
        self._record = record
        self._known: dict[str, str] = {}

    def expanded(self, label: str) -> str:
        """Return a label with the meaning of its abbreviations behind them."""
        odd = (s for s in self.expansions if not _SHORT.fullmatch(s) and s in label)
        for short in dict.fromkeys((*_SHORT.findall(label), *odd)):
            label = with_meaning(label, short, self._meaning(short))
        return label

    def _meaning(self, short: str) -> str:
        """Return what an abbreviation means by the table's notes, else by the article; empty where neither says.

        A note whose words the letters do not fit says how a thing was measured: the article's other words stand before it.
        """
        if short not in self._known:
            noted = self.expansions.get(short, "")
            told = ""
            if not noted or not initials_fit(short, noted):
                told = long_form(short, (p.text for p in self._record.passages if p.role != "introduction"))
                told = "" if _content(told) & _content(noted) else told
            self._known[short] = ", ".join(part for part in (told, noted) if part)
        return self._known[short]

    @functools.cached_property
    def expansions(self) -> dict[str, str]:
        """What the abbreviations of the table mean, by its own notes."""
        found: dict[str, str] = {}
        for text in (*self._table.footnotes, self._table.caption):
            for match in _EXPANSION.finditer(text):
                # A comma also stands between two things: then the letters must be the beginnings of the words.
                listed = match["by"].strip() == ","
                if not listed or initials_fit(match["short"], match["long"]):
                    found.setdefault(match["short"], match["long"].strip())
        for text in self._table.footnotes:
            for short, long in _listed(text):
                found.setdefault(short, long)
        for text in self._table.footnotes:
            for match in _UNSIGNED.finditer(text):
                if initials_fit(match["short"], match["long"]):
                    found.setdefault(match["short"], match["long"].strip())
        return found


def _listed(note: str) -> list[tuple[str, str]]:
    """Return the abbreviations of a note that lists them between semicolons: its form tells what they are.

    ``XY, long name; Zd and Znd, other name`` needs no fitting initials. A note of which less than two thirds reads so
    lists something else.
    """
    items = [item for item in note.split(";") if item.strip()]
    told = [found for item in items if (found := _ITEM.match(item)) is not None]
    if len(told) < 3 or len(told) * 3 < len(items) * 2:
        return []
    pairs = [
        (short, found["long"].strip())
        for found in told
        for short in re.split(r",\s*|\s+and\s+", found["shorts"])
    ]
    return [(short, long) for short, long in pairs if _NAMELIKE.match(short)]


def _content(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W\d_]{4,}", text.lower()))
