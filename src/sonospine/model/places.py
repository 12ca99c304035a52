"""Places: where in a record a number stands, and the characters that stand there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sonospine.model.record import Record, Table

_SPAN = re.compile(r"^(?P<address>.+):(?P<start>\d+)-(?P<end>\d+)$")
_CELL = re.compile(r"^r(?P<row>\d+)c(?P<column>\d+)$")


@dataclass(frozen=True, slots=True)
class Place:
    """An address and a span of code points in its text; without a span (``start`` None) the whole text."""

    address: str
    start: int | None = None
    end: int | None = None

    def __str__(self) -> str:
        return self.address if self.start is None else f"{self.address}:{self.start}-{self.end}"


def parse(locator: str) -> Place:
    """Read a locator such as ``table/T2:r3c4:0-11`` or ``body/s3p2:40-61``."""
    found = _SPAN.match(locator)
    if not found:
        return Place(locator)
    return Place(found["address"], int(found["start"]), int(found["end"]))


def cell_address(table: Table, row: int, column: int) -> str:
    """Return the address of a cell of the expanded grid (rows and columns from 0)."""
    return f"{table.locator}:r{row}c{column}"


def text_at(record: Record, address: str) -> str | None:
    """Return the whole text at an address without a span, or ``None`` where the record has no such place."""
    if address == "title":
        return record.title
    if address.startswith("registry/"):
        return _registry_text(record.registry, address.removeprefix("registry"))
    if address.startswith("table/"):
        return _table_text(record, address)
    if address.startswith("figure/"):
        return next((f.caption for f in record.figures if f.locator == address), None)
    return next((p.text for p in record.passages if p.locator == address), None)


def quote_at(record: Record, locator: str) -> str | None:
    """Return the characters found at a locator, or ``None`` where it points to nothing."""
    place = parse(locator)
    text = text_at(record, place.address)
    if text is None or place.start is None or place.end is None:
        return text
    return text[place.start : place.end] if place.start <= place.end <= len(text) else None


def context_of(record: Record, locator: str, width: int = 40) -> str:
    """Return the quote with ``width`` characters of the text on either side (empty where there is nothing)."""
    place = parse(locator)
    text = text_at(record, place.address) or ""
    if place.start is None or place.end is None:
        return text
    return text[max(0, place.start - width) : place.end + width]


def _registry_text(registry: dict[str, Any], pointer: str) -> str | None:
    here: Any = registry
    for token in pointer.split("/")[1:]:
        token = token.replace("~1", "/").replace("~0", "~")
        if isinstance(here, list) and token.isdigit() and int(token) < len(here):
            here = here[int(token)]
        elif isinstance(here, dict) and token in here:
            here = here[token]
        else:
            return None
    return None if isinstance(here, dict | list) else str(here)


def _table_text(record: Record, address: str) -> str | None:
    locator, _, part = address.partition(":")
    table = next((t for t in record.tables if t.locator == locator), None)
    if table is None:
        return None
    if part in ("", "caption"):
        return table.caption
    if part.startswith("foot") and part[4:].isdigit():
        index = int(part[4:]) - 1
        return table.footnotes[index] if 0 <= index < len(table.footnotes) else None
    cell = _CELL.match(part)
    if not cell:
        return None
    row, column = int(cell["row"]), int(cell["column"])
    if row >= len(table.rows) or column >= len(table.rows[row]):
        return None
    return table.rows[row][column].text
