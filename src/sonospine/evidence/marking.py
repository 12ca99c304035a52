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
    return _Writer([s for s in spans if 0 <= s[0] < s[1] <= len(text)], anchors).written(text)


class _Writer:
    """Writes marks within marks; where two only overlap, the inner one is closed and opened again."""

    def __init__(self, spans: Sequence[tuple[int, int, Mark]], anchors: bool) -> None:
        self.spans, self.anchors = spans, anchors
        self.open: list[tuple[int, Mark]] = []
        self.named: set[str] = set()
        self.pieces: list[Markup] = []

    def written(self, text: str) -> Markup:
        bounds = sorted({0, len(text), *(s[0] for s in self.spans), *(s[1] for s in self.spans)})
        for here, following in pairwise(bounds):
            self._close(here)
            for start, end, mark in self.spans:
                if start == here:
                    self._open(end, mark)
            self.pieces.append(Markup("{}").format(visible(text[here:following])))
        self._close(len(text))
        return Markup("").join(self.pieces)

    def _close(self, here: int) -> None:
        """Close the marks that end here, and with them those opened later, which are then opened again."""
        ended = next((i for i, (end, _) in enumerate(self.open) if end <= here), None)
        if ended is None:
            return
        again = [(end, mark) for end, mark in self.open[ended:] if end > here]
        self.pieces += [Markup("</mark>")] * len(self.open[ended:])
        del self.open[ended:]
        if not self.open and not self.anchors:
            self.pieces.append(Markup("</a>"))
        for end, mark in again:
            self._open(end, mark)

    def _open(self, end: int, mark: Mark) -> None:
        if not self.open and not self.anchors:
            self.pieces.append(Markup('<a href="#{}">').format(mark.anchor))
        name = Markup("")
        if self.anchors and mark.anchor not in self.named:
            name = Markup(' id="{}"').format(mark.anchor)
            self.named.add(mark.anchor)
        self.open.append((end, mark))
        self.pieces.append(
            Markup('<mark{} class="{}" data-measurement="{}" title="{}">').format(
                name, mark.role + (" used" if mark.used else ""), mark.measurement_id, visible(mark.title)
            )
        )
