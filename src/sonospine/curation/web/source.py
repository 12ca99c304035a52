"""The source beside a reading: a whole record, every number in it marked, each piece of text with its address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from sonospine.evidence.chain import StudyEvidence
from sonospine.evidence.described import subject_of, values_of
from sonospine.evidence.grid import ShownTable, shown_table
from sonospine.evidence.marking import Mark, marked, marks_of
from sonospine.evidence.naming import addresses_of
from sonospine.evidence.registry import Field, measure_addresses, measure_key, shown_registry
from sonospine.model.places import parse, text_at
from sonospine.model.record import Record
from sonospine.model.table_io import Row

KINDS = {"pubmed": "Abstract", "pmc": "Full text", "ctgov": "Registration", "file": "File"}


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a record: a passage or caption (``text``), a table, or registry fields.

    ``heading`` stands above it; ``facts`` say what the registry tells of the fields.
    """

    heading: str
    address: str
    text: Markup | None = None
    table: ShownTable | None = None
    facts: tuple[tuple[str, str], ...] = ()
    fields: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Tab:
    """A record of the study: its id, its kind in words, how many numbers were read in it, whether it is shown."""

    record_id: str
    name: str
    count: int
    shown: bool


@dataclass(frozen=True, slots=True)
class Source:
    """The record that is shown. ``anchor`` is the mark to bring into view; ``lost`` a number without a place in it."""

    record: Record | None
    record_id: str
    tabs: tuple[Tab, ...]
    addresses: tuple[tuple[str, str], ...] = ()
    blocks: tuple[Block, ...] = ()
    anchor: str = ""
    lost: Row | None = None


def source_of(evidence: StudyEvidence, record_id: str, row: Row | None = None, place: str = "") -> Source:
    """Return a record of a study as it is shown.

    Parameters
    ----------
    evidence
        The study.
    record_id
        Which of its records.
    row
        The measurement that is looked at: its numbers stand out and come into view.
    place
        A place without a measurement that comes into view (a figure whose result nobody has read).
    """
    own = [r for r in evidence.measurements.values() if r["record_id"] == record_id]
    names = sorted({*evidence.records, record_id} - {""})
    tabs = tuple(
        Tab(name, _kind(name, evidence), _count(name, evidence), name == record_id) for name in names
    )
    record = evidence.records.get(record_id)
    if record is None:
        return Source(None, record_id, tabs, lost=row)
    chosen = row["measurement_id"] if row is not None else ""
    marks = [
        mark
        for r in own
        for mark in marks_of(r, f"{subject_of(r)}: {values_of(r)}", used=r["measurement_id"] == chosen)
    ]
    here = row if row is not None and row["record_id"] == record_id else None
    reachable = here is not None and text_at(record, parse(here["locator"]).address) is not None
    anchor = chosen if reachable else ("place" if place else "")
    return Source(
        record,
        record_id,
        tabs,
        tuple(addresses_of(record)),
        tuple(_blocks(record, marks)),
        anchor,
        None if reachable else here,
    )


def _kind(record_id: str, evidence: StudyEvidence) -> str:
    record = evidence.records.get(record_id)
    return KINDS.get(record.source, record.source) if record is not None else "not at hand"


def _count(record_id: str, evidence: StudyEvidence) -> int:
    return sum(row["record_id"] == record_id for row in evidence.measurements.values())


def _blocks(record: Record, marks: Sequence[Mark]) -> list[Block]:
    at: dict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        in_table = mark.address.startswith("table/")
        at[mark.address.partition(":")[0] if in_table else mark.address].append(mark)
    blocks = []
    last = ""
    titled = any(p.locator == "title" for p in record.passages)
    if record.title and not titled:
        blocks.append(Block("Title", "title", marked(record.title, at.get("title", ()), anchors=True)))
    for passage in record.passages:
        heading = " › ".join(passage.headings) or passage.locator.partition("/")[0].capitalize()
        text = marked(passage.text, at.get(passage.locator, ()), anchors=True)
        blocks.append(Block("" if heading == last else heading, passage.locator, text))
        last = heading
    for table in record.tables:
        grid = shown_table(table, at.get(table.locator, ()), anchors=True, excerpt=False)
        blocks.append(Block(table.label or "Table", table.locator, table=grid))
    for figure in record.figures:
        text = marked(figure.caption, at.get(figure.locator, ()), anchors=True)
        blocks.append(Block(figure.label or "Figure", figure.locator, text))
    return blocks + _registry(record, marks)


def _registry(record: Record, marks: Sequence[Mark]) -> list[Block]:
    groups: dict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        if mark.address.startswith("registry/"):
            groups[measure_key(mark.address)].append(mark)
    # A result that the reader missed stands in a measure without any mark.
    for key in measure_addresses(record):
        groups.setdefault(key, [])
    blocks = []
    for key, found in sorted(groups.items(), key=lambda item: (len(item[0]), item[0])):
        shown = shown_registry(record, found, anchors=True, whole="" if key == "registry" else key)
        if shown.fields:
            blocks.append(Block("Results in the registry", key, facts=shown.facts, fields=shown.fields))
    return blocks
