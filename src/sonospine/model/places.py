"""Places: where in a record a number stands, and the characters that stand there."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sonospine.model.record import Record, Table

# No text has a thousand million characters, no table so many rows: longer numbers are no part of a place.
_SPAN = re.compile(r"(?P<address>.+):(?P<start>[0-9]{1,9})-(?P<end>[0-9]{1,9})")
_CELL = re.compile(r"r(?P<row>[0-9]{1,9})c(?P<column>[0-9]{1,9})")
_FOOTNOTE = re.compile(r"foot(?P<number>[0-9]{1,9})")
_INDEX = re.compile(r"[0-9]{1,9}")
# Checking, identifying and weighing a row ask for the same place.
_KEPT = 1024


@dataclass(frozen=True, slots=True)
class Place:
    """An address and a span of code points in its text; without a span (``start`` None) the whole text."""

    address: str
    start: int | None = None
    end: int | None = None

    def __str__(self) -> str:
        return self.address if self.start is None else f"{self.address}:{self.start}-{self.end}"


@functools.lru_cache(maxsize=_KEPT)
def parse(locator: str) -> Place:
    """Read a locator such as ``table/T2:r3c4:0-11`` or ``body/s3p2:40-61``."""
    found = _SPAN.fullmatch(locator)
    if not found:
        return Place(locator)
    return Place(found["address"], int(found["start"]), int(found["end"]))


def cell_of(part: str) -> tuple[int, int] | None:
    """Return row and column (from 0) of the part ``r3c4`` of an address, ``None`` where it names no cell."""
    found = _CELL.fullmatch(part)
    return (int(found["row"]), int(found["column"])) if found else None


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


def step(here: Any, token: str) -> Any:
    """Follow one token of a JSON pointer (RFC 6901); ``None`` where there is no such key or index."""
    token = token.replace("~1", "/").replace("~0", "~")
    if isinstance(here, list):
        return here[int(token)] if _INDEX.fullmatch(token) and int(token) < len(here) else None
    return here.get(token) if isinstance(here, Mapping) else None


def escaped(token: str) -> str:
    """Return a key as a token of a JSON pointer."""
    return token.replace("~", "~0").replace("/", "~1")


def _registry_text(registry: dict[str, Any], pointer: str) -> str | None:
    here: Any = registry
    for token in pointer.split("/")[1:]:
        here = step(here, token)
    return None if here is None or isinstance(here, dict | list) else str(here)


def _table_text(record: Record, address: str) -> str | None:
    locator, _, part = address.partition(":")
    table = next((t for t in record.tables if t.locator == locator), None)
    if table is None:
        return None
    if part in ("", "caption"):
        return table.caption
    footnote = _FOOTNOTE.fullmatch(part)
    if footnote:
        index = int(footnote["number"]) - 1
        return table.footnotes[index] if 0 <= index < len(table.footnotes) else None
    cell = cell_of(part)
    if cell is None:
        return None
    row, column = cell
    if row >= len(table.rows) or column >= len(table.rows[row]):
        return None
    return table.rows[row][column].text
