"""The places of a record that hold numbers, with the numbers marked: passages, tables, registry fields."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from sonospine.evidence.grid import ShownTable, shown_table
from sonospine.evidence.marking import Mark, marked
from sonospine.evidence.naming import addresses_of, place_in_words
from sonospine.evidence.registry import ShownRegistry, measure_key, shown_registry
from sonospine.model.places import text_at
from sonospine.model.record import Record


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """A passage (``text``), a table or registry fields; the others are ``None``."""

    name: str
    address: str
    text: Markup | None = None
    table: ShownTable | None = None
    registry: ShownRegistry | None = None


@dataclass(frozen=True, slots=True)
class ShownRecord:
    """A record with its places in document order, and the marks whose place is not in it."""

    record_id: str
    title: str
    about: str
    demonstration: bool
    addresses: tuple[tuple[str, str], ...]
    places: tuple[ShownPlace, ...]
    lost: tuple[Mark, ...]


def shown_record(record: Record, marks: Sequence[Mark], *, anchors: bool, excerpt: bool) -> ShownRecord:
    """Return a record with its marked places.

    Parameters
    ----------
    record
        The record.
    marks
        Marks in it (``marking.marks_of`` of its measurements).
    anchors
        Whether marks carry ids (once a page), or are links to those that do.
    excerpt
        Whether tables show only their heads and the marked rows.
    """
    passages: dict[str, list[Mark]] = defaultdict(list)
    tables: dict[str, list[Mark]] = defaultdict(list)
    fields: dict[str, list[Mark]] = defaultdict(list)
    lost = [mark for mark in marks if not _reachable(record, mark)]
    for mark in marks:
        if mark in lost:
            continue
        if mark.address.startswith("registry/"):
            fields[measure_key(mark.address)].append(mark)
        elif mark.address.startswith("table/"):
            tables[mark.address.partition(":")[0]].append(mark)
        else:
            passages[mark.address].append(mark)
    places: list[ShownPlace] = []
    if "title" in passages:
        places.append(
            ShownPlace("title", "title", text=marked(record.title, passages.pop("title"), anchors=anchors))
        )
    for passage in record.passages:
        if passage.locator in passages:
            found = passages.pop(passage.locator)
            places.append(
                ShownPlace(
                    place_in_words(record, passage.locator),
                    passage.locator,
                    text=marked(passage.text, found, anchors=anchors),
                )
            )
    for table in record.tables:
        if table.locator in tables:
            grid = shown_table(table, tables.pop(table.locator), anchors=anchors, excerpt=excerpt)
            places.append(ShownPlace(table.label or table.locator, table.locator, table=grid))
    if record.registry:
        for key in sorted(fields, key=_natural):
            places.append(
                ShownPlace("registry", key, registry=shown_registry(record, fields.pop(key), anchors=anchors))
            )
    lost += [m for group in (passages, tables, fields) for found in group.values() for m in found]
    return ShownRecord(
        record.record_id,
        record.title,
        ", ".join(part for part in (_authors(record), record.journal, record.year) if part),
        record.demonstration,
        tuple(addresses_of(record)),
        tuple(places),
        tuple(lost),
    )


def _reachable(record: Record, mark: Mark) -> bool:
    text = text_at(record, mark.address)
    return text is not None and mark.start < (len(text) if mark.end < 0 else mark.end) <= len(text)


def _authors(record: Record) -> str:
    named = ", ".join(record.authors[:3])
    return f"{named} et al." if len(record.authors) > 3 else named


def _natural(key: str) -> tuple[int, str]:
    last = key.rsplit("/", 1)[-1]
    return (int(last) if last.isdigit() else -1, key)
