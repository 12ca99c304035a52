"""How many people a cell itself, or a mark behind its value, says that the value is of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from sonospine.extraction.expressions import Expression
from sonospine.extraction.tables.notes import footnotes_of
from sonospine.model.record import Table

Span = tuple[str, int, int]

_BESIDE = re.compile(r"(?<!\w)[nN]\s*=\s*(?P<n>[1-9]\d{0,4})(?![\d.,%])")
_MARK = re.compile(r"(?<!\*)\*{1,4}(?!\*)|[\u2020\u2021\u00a7\u00b6#]")
_NOTED = re.compile(
    r"(?P<mark>(?<!\*)\*{1,4}(?!\*)|[\u2020\u2021\u00a7\u00b6#])\s*[nN]\s*=\s*(?P<n>[1-9]\d{0,4})\b(?!\s*(?:for|in|of|from)\b)"
)


def size_in_cell(text: str, values: Iterable[Expression]) -> Span | None:
    """Return the people that a cell names beside its only value ("n = 19: 4.1 (2.3)"), with start and end."""
    told = list(_BESIDE.finditer(text)) if "=" in text else []
    if len(told) == 1 and sum(not is_size(text, value.start) for value in values) == 1:
        return told[0]["n"], told[0].start("n"), told[0].end("n")
    return None


def is_size(text: str, start: int) -> bool:
    """Tell whether a number of a cell is the size that stands beside its value."""
    return "=" in text and any(found.start("n") == start for found in _BESIDE.finditer(text))


def marked_sizes(table: Table) -> dict[str, tuple[str, str]]:
    """Return the sizes that footnotes give by a mark alone ("* n = 57 ** n = 42") with their places; a mark told twice is none."""
    found: dict[str, tuple[str, str]] = {}
    twice: set[str] = set()
    for place, note in footnotes_of(table):
        for told in _NOTED.finditer(note):
            if told["mark"] in found:
                twice.add(told["mark"])
            found[told["mark"]] = (told["n"], f"{place}:{told.start('n')}-{told.end('n')}")
    return {mark: size for mark, size in found.items() if mark not in twice}


def size_by_mark(text: str, marked: Mapping[str, tuple[str, str]]) -> tuple[str, str] | None:
    """Return the size, with its place, of the one mark in a cell that a footnote gives a size."""
    sizes = [marked[mark] for mark in _MARK.findall(text) if mark in marked] if marked else []
    return sizes[0] if len(sizes) == 1 else None
