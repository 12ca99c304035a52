"""Rows of the measurements table as labelled spans of a document, the form that Label Studio and brat share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sonospine.exchange.documents import Document
from sonospine.extraction.expressions import find_numbers
from sonospine.model.errors import InputError
from sonospine.model.numbers import number
from sonospine.model.table_io import Row
from sonospine.model.tables.measurements import CENTRES, SPREADS

UNKNOWN_CENTRE = "number"
"""Label of a value of which nothing says what it is (``none`` in the table)."""
CENTRE_LABELS = (*(name for name in CENTRES if name != "none"), UNKNOWN_CENTRE)
SPREAD_LABELS = tuple(name for name in SPREADS if name != "none")
LABELS = (*CENTRE_LABELS, *SPREAD_LABELS, "n", "total")
BOUNDED = ("ci", "iqr", "range")
RELATION = "belongs_to"
"""From a spread, an n or a total to the value of its row."""
FIELDS = (
    "outcome", "subscale", "arm", "comparator_arm", "time", "weeks", "phase", "change", "measure", "level",
    "unit", "population",
)  # fmt: skip
"""Columns that are told beside the value, and may be changed there."""
ROLES = ("centre", "spread", "n", "total")

Fragments = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A labelled stretch of a document, in one or several fragments (ascending, in code points)."""

    label: str
    fragments: Fragments

    @property
    def bounds(self) -> tuple[int, int]:
        """Where it begins and ends, what lies between its fragments included."""
        return self.fragments[0][0], self.fragments[-1][1]


@dataclass(frozen=True, slots=True)
class Mark:
    """A span that was read from a file, with its line there (0: the file has no lines) and the name that the file gives it."""

    span: Span
    line: int
    name: str


@dataclass(slots=True)
class Annotated:
    """One row as annotated: its id (empty for a new one), its spans by role, what is told beside it, and why."""

    measurement_id: str
    line: int
    marks: dict[str, Mark] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    reason: str = ""


def role_of(label: str) -> str:
    """Return what a label says of its row: ``centre spread n total``; empty for a label that is not ours."""
    if label in CENTRE_LABELS:
        return "centre"
    if label in SPREAD_LABELS:
        return "spread"
    return label if label in ("n", "total") else ""


def spans_of(row: Row, document: Document) -> dict[str, Span]:
    """Return the spans of a row by role; empty where its place is not in the document, or it is rejected.

    The value is the number itself where it stands within the quote (else the whole quote: the value was corrected);
    a spread, an n or a total only where the number is found.
    """
    whole = document.span_of(row["locator"])
    if whole is None or whole[0] == whole[1] or row["state"] == "rejected":
        return {}
    value = _found(document, whole, row["value"], whole[0]) or whole
    label = UNKNOWN_CENTRE if row["centre"] == "none" else row["centre"]
    spans = {"centre": Span(label, (value,))}
    after = value[1] if value != whole else whole[0]
    spread = _spread(row, document, whole, after)
    if spread:
        spans["spread"] = Span(row["spread"], spread)
    for role in ("n", "total"):
        place = document.span_of(row[f"{role}_locator"]) if row[f"{role}_locator"] else None
        if place is None and role == "total" and not row["total_locator"]:
            place = (after, whole[1])
        stretch = _found(document, place, row[role], place[0]) if place else None
        if stretch:
            spans[role] = Span(role, (stretch,))
    return spans


def _spread(row: Row, document: Document, whole: tuple[int, int], after: int) -> Fragments | None:
    if row["spread"] == "none":
        return None
    place = document.span_of(row["spread_locator"]) if row["spread_locator"] else None
    within, start = (place, place[0]) if place else (whole, after)
    wanted = [row["lower"], row["upper"]] if row["spread"] in BOUNDED else [row["spread_value"]]
    if row["spread"] in BOUNDED and not all(wanted):
        wanted = [row["spread_value"]]
    # Bounds may be printed in descending order.
    return _in_order(document, within, wanted, start) or _in_order(document, within, wanted[::-1], start)


def _in_order(
    document: Document, within: tuple[int, int], wanted: Sequence[str], start: int
) -> Fragments | None:
    fragments: list[tuple[int, int]] = []
    for text in wanted:
        found = _found(document, within, text, start)
        if found is None:
            return None
        fragments.append(found)
        start = found[1]
    return tuple(fragments)


def _found(document: Document, within: tuple[int, int], text: str, start: int) -> tuple[int, int] | None:
    """Return where a number stands first, from ``start`` on, in a stretch of the document."""
    if not text:
        return None
    wanted = number(text)
    stretch = document.text[within[0] : within[1]]
    for span in find_numbers(stretch):
        at = within[0] + span.start
        if at >= start and number(span.text) == wanted:
            return at, within[0] + span.end
    return None


def numbers_in(document: Document, fragments: Fragments) -> list[str]:
    """Return the numbers of a span as the tables write them, fragment by fragment."""
    return [
        found.text for start, end in fragments for found in find_numbers(document.text[start:end].strip())
    ]


def text_of(document: Document, span: Span) -> str:
    """Return the characters of a span, its fragments joined by a space (as brat does)."""
    return " ".join(document.text[start:end] for start, end in span.fragments)


def told_beside(row: Row) -> dict[str, str]:
    """Return what is told beside the value of a row: the filled columns of ``FIELDS``."""
    return {
        name: row[name] for name in FIELDS if row[name] and not (name == "change" and row[name] == "false")
    }


def gathered(
    marks: Sequence[Mark],
    belongs: Sequence[tuple[str, str]],
    ids: dict[str, str],
    beside: dict[str, dict[str, str]],
    reasons: dict[str, str],
    path: object,
) -> tuple[list[Annotated], list[InputError]]:
    """Gather the spans of a file into rows.

    Parameters
    ----------
    marks
        The spans with labels of ours.
    belongs
        Relations: the name of a span, and the name of the value to which it belongs.
    ids
        Names of values, and the measurement that each is.
    beside, reasons
        What is told beside each value, and why it was changed, by its name.
    path
        The file, for messages.

    Returns
    -------
    rows, faults
        A value, and what belongs to it; what belongs to no value, to two, or twice.
    """
    by_name = {mark.name: mark for mark in marks}
    rows = {
        mark.name: Annotated(
            ids.get(mark.name, ""), mark.line, {"centre": mark}, beside.get(mark.name, {}), reasons.get(mark.name, "")
        )
        for mark in marks if role_of(mark.span.label) == "centre"
    }  # fmt: skip
    faults: list[InputError] = []
    placed: set[str] = set()
    for name, value in belongs:
        mark = by_name.get(name)
        if mark is None or role_of(mark.span.label) == "centre":
            continue
        fault = ""
        if value not in rows:
            fault = "the span belongs to one that is no value"
        elif role_of(mark.span.label) in rows[value].marks:
            fault = "the value has two of them"
        else:
            rows[value].marks[role_of(mark.span.label)] = mark
        placed.add(name)
        if fault:
            faults.append(
                InputError(fault, file=path, row=mark.line or None, field=mark.span.label, found=name)
            )
    for mark in marks:
        if role_of(mark.span.label) != "centre" and mark.name not in placed:
            faults.append(
                InputError(
                    "the span belongs to no value",
                    file=path,
                    row=mark.line or None,
                    field=mark.span.label,
                    found=mark.name,
                    allowed="a relation to the span of a value",
                )
            )
    return list(rows.values()), faults


@dataclass(frozen=True, slots=True)
class Marked:
    """A document with its rows, in order of their values: what is exported."""

    document: Document
    rows: tuple[tuple[Row, Mapping[str, Span]], ...]
    unplaced: tuple[str, ...]


def marked(document: Document, rows: Sequence[Row]) -> Marked:
    """Return a document with the spans of its rows; ``unplaced`` are the rows that have none (figures, letters)."""
    placed = [(row, spans_of(row, document)) for row in rows]
    kept = [(row, spans) for row, spans in placed if spans]
    kept.sort(key=lambda pair: (pair[1]["centre"].bounds, pair[0]["measurement_id"]))
    unplaced = [r["measurement_id"] for r, spans in placed if not spans and r["state"] != "rejected"]
    return Marked(document, tuple(kept), tuple(unplaced))
