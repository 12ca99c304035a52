"""Marking numbers in a text: spans may touch, overlap or lie within one another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from sonospine.evidence.environment import visible
from sonospine.model.places import parse
from sonospine.model.table_io import Row

ROLES = {
    "value": "locator",
    "spread": "spread_locator",
    "n": "n_locator",
    "total": "total_locator",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A number of a measurement at its place. ``used``: the measurement belongs to a shown or pooled effect."""

    measurement_id: str
    role: str
    address: str
    start: int
    end: int
    title: str
    used: bool

    @property
    def anchor(self) -> str:
        """The id of the mark on its page: the measurement's for its value, with the role after it otherwise."""
        return self.measurement_id if self.role == "value" else f"{self.measurement_id}-{self.role}"


def marks_of(row: Row, title: str, *, used: bool) -> list[Mark]:
    """Return the marks of a measurement: its value, and spread, n and total where they stand elsewhere.

    A place without a span is marked whole (``end`` is then -1).
    """
    found = []
    for role, column in ROLES.items():
        if row[column]:
            place = parse(row[column])
            start, end = (0, -1) if place.start is None or place.end is None else (place.start, place.end)
            name = title if role == "value" else f"{role} of: {title}"
            found.append(Mark(row["measurement_id"], role, place.address, start, end, name, used))
    return found


def marked(text: str, marks: Iterable[Mark], *, anchors: bool) -> Markup:
    """Return the text, escaped, with each span in a ``<mark>``.

    Parameters
    ----------
    text
        The whole text of the place: spans count its code points.
    marks
        Spans in it; those outside the text are passed over.
    anchors
        Whether marks carry their ids (once a page); without, each is a link to the mark that does.
    """
    spans = sorted(
        {(m.start, len(text) if m.end < 0 else m.end, m) for m in marks},
        key=lambda s: (s[0], -s[1], s[2].measurement_id, s[2].role),
    )
    spans = [s for s in spans if 0 <= s[0] < s[1] <= len(text)]
    bounds = sorted({0, len(text), *(s[0] for s in spans), *(s[1] for s in spans)})
    seen: set[str] = set()
    pieces = [
        _piece(text[a:b], [s[2] for s in spans if s[0] <= a and b <= s[1]], seen, anchors)
        for a, b in pairwise(bounds)
    ]
    return Markup("").join(pieces)


def _piece(text: str, covering: Sequence[Mark], seen: set[str], anchors: bool) -> Markup:
    piece = Markup("{}").format(visible(text))
    for mark in reversed(covering):
        kind = f"{mark.role}{' used' if mark.used else ''}"
        if anchors and mark.anchor not in seen:
            opening = Markup('<mark id="{}" class="{}" data-measurement="{}" title="{}">').format(
                mark.anchor, kind, mark.measurement_id, visible(mark.title)
            )
        else:
            opening = Markup('<mark class="{}" data-measurement="{}" title="{}">').format(
                kind, mark.measurement_id, visible(mark.title)
            )
        seen.add(mark.anchor)
        piece = opening + piece + Markup("</mark>")
    if covering and not anchors:
        return Markup('<a href="#{}">{}</a>').format(covering[0].anchor, piece)
    return piece
