"""What annotations propose: changed cells of rows, and new rows, each checked against the document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sonospine.exchange.documents import Document
from sonospine.exchange.spans import (
    BOUNDED,
    FIELDS,
    UNKNOWN_CENTRE,
    Annotated,
    Mark,
    Marked,
    Span,
    numbers_in,
)
from sonospine.model.errors import InputError
from sonospine.model.table_io import Row

REASON = "reason"
_SOURCES = {"abstract": "abstract", "table": "table", "registry": "registry"}


@dataclass(frozen=True, slots=True)
class Proposed:
    """A row as an edited table would have it: its line in the file, and only the cells that it says something about.

    ``places`` are, by column, where a new value stands and the characters there.
    """

    line: int
    cells: Row
    places: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def saved(self) -> Row:
        """The cells as they were saved."""
        return self.cells


@dataclass(frozen=True, slots=True)
class Proposals:
    """What a file proposes.

    ``rows`` stand for every annotated row, changed or not. ``remarks`` are what nothing follows from (a span that is
    gone, or was moved to the same number). ``faults`` are what does not fit: with a single one nothing is to be
    written.
    """

    rows: tuple[Proposed, ...]
    remarks: tuple[str, ...]
    faults: tuple[InputError, ...]


def proposals(before: Marked, annotated: Sequence[Annotated], path: object) -> Proposals:
    """Compare annotations with what was exported.

    A value, spread, n or total that was moved is read anew at its new place; a changed label changes what the number
    is (``sd`` to ``se``, ``mean`` to ``median``); a value without an id is a new row.

    Parameters
    ----------
    before
        The document of the record with the rows as they stand in the table.
    annotated
        The rows of the file.
    path
        The file, for messages.
    """
    known = {row["measurement_id"]: (row, spans) for row, spans in before.rows}
    rows: list[Proposed] = []
    remarks: list[str] = []
    faults: list[InputError] = []
    met: set[str] = set()
    for one in annotated:
        try:
            if one.measurement_id in met:
                raise InputError("the row stands twice", field="measurement_id", found=one.measurement_id)
            if one.measurement_id and one.measurement_id not in known:
                raise InputError(
                    "no row of this record has this id", field="measurement_id", found=one.measurement_id,
                    allowed="an id as it was exported, or none for a new row",
                )  # fmt: skip
            if one.measurement_id:
                met.add(one.measurement_id)
                row, spans = known[one.measurement_id]
                rows.append(_changed(before.document, row, dict(spans), one, remarks))
            else:
                rows.append(_new(before.document, one))
        except InputError as fault:
            line = fault.row or one.line or None
            faults.append(
                InputError(
                    fault.reason,
                    file=path,
                    row=line,
                    field=fault.field,
                    found=fault.found,
                    allowed=fault.allowed,
                )
            )
    return Proposals(tuple(rows), tuple(remarks), tuple(faults))


def _changed(
    document: Document, row: Row, spans: dict[str, Span], one: Annotated, remarks: list[str]
) -> Proposed:
    key = row["measurement_id"]
    cells: Row = {"measurement_id": key}
    places: dict[str, tuple[str, str]] = {}
    for role, mark in one.marks.items():
        before = spans.get(role)
        moved = before is None or not _same(before, mark.span)
        told = _said(document, role, mark, numbers=moved or _needs_numbers(row, role, mark))
        if before is not None and not moved and before.label == mark.span.label:
            continue
        changed = {name: text for name, text in told.items() if row[name] != text}
        if moved and not changed:
            remarks.append(f"{key}: the {mark.span.label} was moved, and the same stands there")
        cells |= changed
        if moved:
            place = _place(document, mark)
            places |= {name: place for name in changed if name not in ("centre", "spread")}
    if "centre" not in one.marks:
        raise InputError("the row has no value", field=key, allowed="a span with a label of a value")
    for role in spans:
        if role not in one.marks:
            remarks.append(f"{key}: its {spans[role].label} is not marked; the row stays as it is")
    cells |= {name: text for name, text in one.fields.items() if name in FIELDS and row[name] != text}
    if one.reason:
        cells[REASON] = one.reason
    return Proposed(one.line, cells, places)


def _same(before: Span, now: Span) -> bool:
    """Tell whether a span stands where it stood: tools without fragments mark from the first to the last."""
    return before.fragments == now.fragments or (
        before.bounds == now.bounds and 1 in (len(before.fragments), len(now.fragments))
    )


def _needs_numbers(row: Row, role: str, mark: Mark) -> bool:
    """Tell whether a changed label takes other columns: an SD has a width, an interval two bounds."""
    return role == "spread" and (mark.span.label in BOUNDED) != (row["spread"] in BOUNDED)


def _said(document: Document, role: str, mark: Mark, *, numbers: bool) -> Row:
    """Return the cells that a span fills."""
    label = mark.span.label
    cells: Row = {}
    if role == "centre":
        cells["centre"] = "none" if label == UNKNOWN_CENTRE else label
    if role == "spread":
        cells["spread"] = label
    if not numbers:
        return cells
    found = numbers_in(document, mark.span.fragments)
    text = " ".join(document.text[s:e] for s, e in mark.span.fragments)
    if role == "spread" and label in BOUNDED and len(found) == 2:
        low, high = sorted(found, key=float)
        return cells | {"lower": low, "upper": high, "spread_value": ""}
    if len(found) != 1:
        wanted = "two bounds or one width" if label in BOUNDED else "one number"
        raise InputError(
            "the span is not a number", row=mark.line or None, field=label, found=text, allowed=wanted
        )
    if role == "spread":
        return cells | {"spread_value": found[0], "lower": "", "upper": ""}
    return cells | {"value" if role == "centre" else role: found[0]}


def _place(document: Document, mark: Mark) -> tuple[str, str]:
    start, end = mark.span.bounds
    locator = document.locator_of(start, end)
    if locator is None:
        raise InputError(
            "the span is not within one place of the record", row=mark.line or None, field=mark.span.label,
            found=document.text[start:end], allowed="a passage, a cell, a caption or a footnote",
        )  # fmt: skip
    return locator, document.text[start:end]


def _new(document: Document, one: Annotated) -> Proposed:
    if "centre" not in one.marks:
        mark = next(iter(one.marks.values()))
        raise InputError(
            "the span belongs to no value", row=mark.line or None, field=mark.span.label,
            found=document.text[slice(*mark.span.bounds)], allowed="a relation to the span of a value",
        )  # fmt: skip
    locator, quote = _place(document, one.marks["centre"])
    source = _SOURCES.get(locator.partition("/")[0], "text")
    cells: Row = {
        "measurement_id": "", "record_id": document.record_id, "source": source, "locator": locator, "quote": quote,
        "spread": "none",
    }  # fmt: skip
    for role, mark in one.marks.items():
        cells |= _said(document, role, mark, numbers=True)
        if role != "centre":
            cells[f"{role}_locator"] = _place(document, mark)[0]
    cells |= {name: text for name, text in one.fields.items() if name in FIELDS}
    if one.reason:
        cells[REASON] = one.reason
    return Proposed(one.line, cells)
