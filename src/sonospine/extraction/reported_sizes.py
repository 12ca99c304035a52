"""Sizes of groups that a table leaves out: a sentence, or another table, that gives one for each of them tells how many they were."""

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
    """Return readings of tables without sizes with those that the text, else another table, tells for each of their groups.

    Only a table of two to six groups none of which has a size is asked about.
    """
    readings = list(readings)
    groups: dict[str, dict[str, bool]] = defaultdict(dict)
    reported: dict[str, bool] = defaultdict(lambda: True)
    for reading in readings:
        if reading.source == "table" and reading.centre in MEANS:
            home = home_of(reading.locator)
            named = groups[home]
            named[reading.arm] = (
                named.get(reading.arm, True) and not reading.n and reading.arm not in ("", ALL)
            )
            reported[home] = reported[home] and _REPORTED in reading.flags
    elsewhere = _elsewhere(readings, arms)
    found = {
        home: (_sizes(record, arms, tuple(named)) if reported[home] else {})
        or (elsewhere if named.keys() <= elsewhere.keys() else {})
        for home, named in groups.items()
        if 2 <= len(named) <= _MOST and all(named.values())
    }
    return [
        _with_size(reading, found.get(home_of(reading.locator), {})) if reading.source == "table" else reading
        for reading in readings
    ]


def _elsewhere(readings: Iterable[Reading], arms: DocumentArms) -> dict[str, tuple[str, str]]:
    """Return the sizes of groups that the article's tables print over or beside their values, where they all print the same."""
    known = {arm.label for arm in arms.arms if arm.n_randomised or arm.n_analysed}  # left out on purpose
    told: dict[str, set[str]] = defaultdict(set)
    places: dict[str, str] = {}
    for reading in readings:
        own = home_of(reading.n_locator) == home_of(reading.locator)
        if reading.source == "table" and reading.n and own and reading.arm not in ("", ALL, *known):
            told[reading.arm].add(reading.n)
            places.setdefault(reading.arm, reading.n_locator)
    return {arm: (min(sizes), places[arm]) for arm, sizes in told.items() if len(sizes) == 1}


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
