"""A record as one plain text, with the address of each stretch: what tools that mark spans show."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sonospine.model.files import short_hash
from sonospine.model.places import Place, cell_address, parse
from sonospine.model.record import Record, Table
from sonospine.model.table_io import without_breaks

_OUTCOMES = "outcomeMeasures"
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]")


@dataclass(frozen=True, slots=True)
class Stretch:
    """The text of one place: it stands in the document from ``start`` to ``end`` (code points)."""

    address: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Document:
    """A record's text: every place on a line of its own, below its address in brackets; the cells of a row side by side.

    Places and offsets count code points. A line end within a place is shown as a space, so that offsets stay.
    """

    record_id: str
    title: str
    text: str
    stretches: tuple[Stretch, ...]

    def span_of(self, locator: str) -> tuple[int, int] | None:
        """Return where a place stands in the document; ``None`` where the document has no such place."""
        place = parse(locator)
        stretch = next((s for s in self.stretches if s.address == place.address), None)
        if stretch is None:
            return None
        if place.start is None or place.end is None:
            return stretch.start, stretch.end
        if not place.start <= place.end <= stretch.end - stretch.start:
            return None
        return stretch.start + place.start, stretch.start + place.end

    def locator_of(self, start: int, end: int) -> str | None:
        """Return the place of a span; ``None`` where it is not within one place."""
        starts = [stretch.start for stretch in self.stretches]
        stretch = self.stretches[max(0, bisect.bisect_right(starts, start) - 1)] if starts else None
        if stretch is None or not stretch.start <= start < end <= stretch.end:
            return None
        return str(Place(stretch.address, start - stretch.start, end - stretch.start))


def document_of(record: Record) -> Document:
    """Return a record as a document: title, passages, tables, captions of figures, and a registry's outcome measures.

    The text depends on the record alone, so that an import can tell whether it was made from this record.
    """
    pieces: list[str] = []
    stretches: list[Stretch] = []
    length = 0

    def put(text: str, address: str = "") -> None:
        nonlocal length
        if address:
            stretches.append(Stretch(address, length, length + len(text)))
        pieces.append(text)
        length += len(text)

    for heading, lines in _blocks(record):
        put(f"[{heading}]\n")
        for line in lines:
            for number, (address, text) in enumerate(line):
                put(" | " if number else "")
                put(without_breaks(text), address)
            put("\n")
        put("\n")
    return Document(record.record_id, record.title, "".join(pieces), tuple(stretches))


def file_stem(record_id: str) -> str:
    """Return a name for the files of a record that any system allows: ``pubmed:123`` is ``pubmed_123``."""
    plain = record_id.replace(":", "_")
    if _PLAIN.fullmatch(plain) and "_" not in record_id:
        return plain
    return f"record-{_UNSAFE.sub('-', plain)[:80]}-{short_hash(record_id, digits=8)}"


_Line = list[tuple[str, str]]


def _blocks(record: Record) -> Iterator[tuple[str, list[_Line]]]:
    if record.title:
        yield "title", [[("title", record.title)]]
    seen = {"title"}
    for passage in record.passages:
        if passage.locator not in seen:
            seen.add(passage.locator)
            yield passage.locator, [[(passage.locator, passage.text)]]
    for table in record.tables:
        yield f"{table.locator} {table.label}".strip(), _lines_of(table)
    for figure in record.figures:
        yield f"{figure.locator} {figure.label}".strip(), [[(figure.locator, figure.caption)]]
    measures = record.registry.get(_OUTCOMES) or []
    for number, measure in enumerate(measures if isinstance(measures, list) else []):
        pointers = _leaves(measure, f"/{_OUTCOMES}/{number}")
        yield (
            f"registry/{_OUTCOMES}/{number}",
            [[("", pointer.rsplit("/", 1)[1]), (f"registry{pointer}", text)] for pointer, text in pointers],
        )


def _lines_of(table: Table) -> list[_Line]:
    lines: list[_Line] = [[(f"{table.locator}:caption", table.caption)]]
    for r, row in enumerate(table.rows):
        lines.append([(cell_address(table, r, c), cell.text) for c, cell in enumerate(row)])
    lines += [[(f"{table.locator}:foot{n}", note)] for n, note in enumerate(table.footnotes, start=1)]
    return lines


def _leaves(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """Yield each text or number of a registry's JSON with its pointer (RFC 6901)."""
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from _leaves(below, f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}")
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _leaves(below, f"{pointer}/{index}")
    elif value is not None:
        yield pointer, str(value)
