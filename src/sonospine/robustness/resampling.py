"""What a row that nobody has verified could be, drawn by its confidence and its ranked alternatives."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sonospine.corrections.identity import arm_id
from sonospine.model.numbers import number
from sonospine.model.states import by_person
from sonospine.model.table_io import Row
from sonospine.robustness.fitting import grouped

AS_READ = 0
MOVED = ("arm", "comparator_arm", "weeks")
"""Fields that make a row part of another result."""

States = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What a row can turn out to be.

    ``rows[i]`` is the row in state i: 0 as read, then each alternative; ``shares`` are their probabilities, and what
    they leave of 1 is the probability that the row is wrong in a way that nothing tells.
    """

    rows: tuple[Row, ...]
    shares: tuple[float, ...]

    @property
    def lost(self) -> int:
        """The state of a row that is wrong, and nothing says how."""
        return len(self.rows)

    def drawn(self, draws: int, seed: int) -> States:
        """Draw states of this row; the stream depends on the seed and on the row's id alone."""
        identity = hashlib.sha256(self.rows[0]["measurement_id"].encode()).digest()[:8]
        generator = np.random.default_rng([seed, int.from_bytes(identity)])
        edges = np.cumsum(self.shares)
        return np.searchsorted(edges, generator.random(draws), side="right").astype(np.int64)


def outcomes(row: Row, alternatives: Iterable[Row], siblings: Sequence[Row]) -> Outcomes | None:
    """Return what a row can turn out to be; ``None`` where it is certain.

    Parameters
    ----------
    row
        A reconciled measurement; ``confidence`` is the probability that it is right as it was read.
    alternatives
        Its rows of ``alternatives``. Each is the probability that this field alone is otherwise; together with the
        confidence they come to at most 1, and are scaled down where they do not.
    siblings
        The rows of the same record, which tell the phase of another time.
    """
    if by_person(row["state"]):
        return None
    confidence = min(1.0, max(0.0, number(row["confidence"]) or 0.0))
    if confidence == 1.0:
        return None
    ranked = sorted(alternatives, key=lambda a: (a["field"], int(a["rank"])))
    changed = [
        (made, float(one["probability"]))
        for one in ranked
        if (made := altered(row, one["field"], one["value"], siblings)) is not None
    ]
    total = sum(p for _, p in changed)
    scale = min(1.0, (1.0 - confidence) / total) if total > 0 else 0.0
    return Outcomes((row, *(made for made, _ in changed)), (confidence, *(p * scale for _, p in changed)))


def altered(row: Row, field: str, value: str, siblings: Sequence[Row]) -> Row | None:
    """Return a row with one field otherwise; ``None`` where the row has no such field.

    Another arm takes the id of that arm; another time takes the words and the phase of a row of the same record that
    has it. A row that moves to another arm or time is a result of its own.
    """
    if field not in row:
        return None
    made = {**row, field: value}
    if field in MOVED:
        made["result_id"] = row["measurement_id"]
    if field in ("arm", "comparator_arm"):
        made[f"{field}_id"] = arm_id(row["study_id"], value)
    if field == "weeks":
        made["timepoint_id"] = ""
        same = [s for s in siblings if s["weeks"] and value and float(s["weeks"]) == float(value)]
        for name in ("time", "phase"):
            told = {s[name] for s in same}
            if len(told) == 1:
                made[name] = told.pop()
    return made


def outcomes_of(
    used: Iterable[str], measurements: Mapping[str, Row], alternatives: Iterable[Row]
) -> dict[str, Outcomes]:
    """Return what the rows with these ids can turn out to be, those that are certain left out; sorted by id."""
    listed = grouped(alternatives, "measurement_id")
    siblings = grouped(measurements.values(), "record_id")
    found: dict[str, Outcomes] = {}
    for name in sorted(set(used)):
        row = measurements.get(name)
        if row is None:
            continue
        one = outcomes(row, listed.get(name, ()), siblings[row["record_id"]])
        if one is not None:
            found[name] = one
    return found
