"""Sizes of the groups that only a table names: a sentence that gives one for each of them tells how many they were."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from sonospine.extraction.analysed import analysed_sizes
from sonospine.extraction.arms import ALL, Arm, DocumentArms, sized, tells_arms
from sonospine.extraction.reading import MEANS, Reading, home_of
from sonospine.model.record import Record

_REPORTED = "arm_as_reported"
_MOST = 6


def with_reported_sizes(record: Record, arms: DocumentArms, readings: Iterable[Reading]) -> list[Reading]:
    """Return readings whose group only their table names with its size, where the text tells that of each group of the table.

    Only a table none of whose groups has a size, and that has two to six of them, is asked about.
    """
    readings = list(readings)
    labels: dict[str, dict[str, bool]] = defaultdict(dict)
    for reading in readings:
        if reading.source == "table" and reading.centre in MEANS:
            named = labels[home_of(reading.locator)]
            reported = _REPORTED in reading.flags and not reading.n and reading.arm not in ("", ALL)
            named[reading.arm] = named.get(reading.arm, True) and reported
    found = {
        home: _sizes(record, arms, tuple(named))
        for home, named in labels.items()
        if 2 <= len(named) <= _MOST and all(named.values())
    }
    return [_with_size(reading, found.get(home_of(reading.locator), {})) for reading in readings]


def _sizes(record: Record, arms: DocumentArms, labels: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    named = DocumentArms(tuple(Arm(label) for label in labels), False, arms.n_total, arms.n_total_locator)
    analysed = analysed_sizes(record.passages, named)
    if analysed:
        return analysed
    passages = [p for p in record.passages if tells_arms(p) and p.role != "results"]
    told = sized(named.arms, passages, arms.n_total)
    sizes = {arm.label: (arm.n_randomised, arm.n_locator) for arm in told if arm.n_randomised}
    return sizes if len(sizes) == len(labels) else {}


def _with_size(reading: Reading, sizes: dict[str, tuple[str, str]]) -> Reading:
    if reading.n or reading.centre not in MEANS or reading.arm not in sizes:
        return reading
    n, place = sizes[reading.arm]
    return replace(reading, n=n, n_locator=place)
