"""A record with three readings, and curators who write about them: what the tests of the log stand on."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import strategies as st

from sonospine.corrections import Action, Curated, replay
from sonospine.corrections.actions import action_of
from sonospine.curation import lines
from sonospine.curation.lines import Hand, Shown, shown_of
from sonospine.model.record import Passage, Record
from sonospine.model.table_io import Row
from sonospine.model.tables import MACHINE_ARMS, MEASUREMENTS, RECORDS

TEXT = "Pain was 5.2 ± 0.4 at baseline, 2.4 ± 0.5 after four weeks and 2.0 ± 0.9 after twelve weeks (n = 26)."
RECORD = Record("file:one", "file", passages=(Passage("body/s1p1", TEXT),))
SHA256 = "abc"


def reading(name: str, value: str, sd: str, weeks: str, phase: str = "follow_up") -> Row:
    quote = f"{value} ± {sd}"
    start = TEXT.index(quote)
    return MEASUREMENTS.row(
        measurement_id=name, record_id="file:one", source="text", locator=f"body/s1p1:{start}-{start + len(quote)}",
        quote=quote, outcome="pain", instrument="nrs", construct="pain", scale_min="0", scale_max="10", arm="all",
        n="26", weeks=weeks, phase=phase, time=f"week {weeks}", change="false", centre="mean", value=value,
        spread="sd", spread_value=sd, adjusted="false", rule="test", confidence="0.9", state="unread",
    )  # fmt: skip


ROWS = [
    reading("m1", "5.2", "0.4", "0", "baseline"),
    reading("m2", "2.4", "0.5", "4"),
    reading("m3", "2.0", "0.9", "12"),
]
ARMS = [MACHINE_ARMS.row(record_id="file:one", label="all", role="single", locator="body/s1p1")]
RECORD_ROWS = [
    RECORDS.row(record_id="file:one", source="file", report_id="r1", study_id="s1", status="current",
                full_text="true", sha256=SHA256)
]  # fmt: skip
VALUES = {
    "spread": ("sd", "se", "none"),
    "spread_value": ("0.5", "0.50", "0.6"),
    "n": ("26", "25"),
    "arm": ('the "first" arm', "=1+1", "<b>", "\u202eabc", "Gruppe Ä", "two\twords", "two\nlines", "-"),
    "weeks": ("4", "6"),
}
ADDED = {
    "source": "figure", "locator": "figure/F1", "centre": "mean", "value": "2.1", "arm": "all", "instrument": "nrs",
    "weeks": "26", "phase": "follow_up", "spread": "sd", "spread_value": "0.7",
}  # fmt: skip


def shown(number: int = 1) -> Shown:
    row = ROWS[number]
    return shown_of("measurement", row, machine=row, beside=ROWS, record=RECORD, source_sha256=SHA256)


@dataclass
class Writer:
    """A curator with a clock and numbers of their own, and what that person wrote."""

    curator: str
    clock: Iterator[int] = field(default_factory=lambda: itertools.count())
    written: list[Row] = field(default_factory=list)
    page: str = ""
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def hand(self) -> Hand:
        noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
        return Hand(
            self.curator,
            lambda: noon + timedelta(seconds=next(self.clock)),
            lambda: f"{self.curator}{self.page}-{next(self._ids)}",
        )

    def does(self, act: tuple[str, int, int], others: Sequence[Row] = ()) -> list[Row]:
        """Write the lines of one act; ``others`` are lines that this person can see besides their own."""
        what, one, two = act
        hand, target = self.hand, shown(one % len(ROWS))
        name = sorted(VALUES)[one % len(VALUES)]
        known = [*others, *self.written]
        if what in ("undo", "adjudicate", "reject an addition", "confirm an addition") and not known:
            what = "comment"
        if what == "confirm":
            made = [lines.confirm(hand, target)]
        elif what == "confirm a field":
            made = [lines.confirm(hand, target, name)]
        elif what == "set":
            made = [lines.set_field(hand, target, name, VALUES[name][two % len(VALUES[name])], reason="seen")]
        elif what == "reject":
            made = [lines.reject(hand, target, "no result")]
        elif what == "add":
            made = lines.add(hand, ADDED | {"value": str(two)}, record=RECORD, source_sha256=SHA256)
        elif what == "undo":
            made = [lines.undo(hand, known[two % len(known)]["action_id"])]
        elif what == "adjudicate":
            made = [lines.adjudicate(hand, known[two % len(known)]["action_id"], reason="decided")]
        else:
            made = [lines.comment(hand, target, "a thought")]
        self.written += made
        return made


ACTS = st.tuples(
    st.sampled_from(
        ["confirm", "confirm a field", "set", "set", "reject", "add", "undo", "undo", "adjudicate", "comment"]
    ),
    st.integers(0, 20),
    st.integers(0, 20),
)
"""What a curator does, with two numbers that choose the row, the field, the value or the line."""


def actions_of(rows: Sequence[Row], file: str) -> list[Action]:
    """Return lines as the reader of the log gives them."""
    return [action_of(row, Path(file), number) for number, row in enumerate(rows, start=2)]


def replayed(actions: Sequence[Action]) -> Curated:
    return replay(ROWS, ARMS, RECORD_ROWS, list(actions), {RECORD.record_id: RECORD})


def state(curated: Curated) -> tuple[list[Row], list[Row], list[Row]]:
    """What the pools stand on: rows, arms and timepoints."""
    return curated.corrected, curated.arms, curated.timepoints
