"""How many people an arm had at a time, where the columns of another table say so."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Sequence

from sonospine.extraction.reading import MEANS, Reading, home_of


def with_people_of_time(readings: Sequence[Reading]) -> list[Reading]:
    """Return readings with the people their arm had at their time, where a table prints them over its columns.

    Only a table whose sizes of an arm change from time to time tells them ("Week 7: n = 18, week 26: n = 13"), and only
    results whose own table or sentence names no size take them.
    """
    over: dict[tuple[str, str], dict[float, set[tuple[str, str]]]] = defaultdict(lambda: defaultdict(set))
    for reading in readings:
        if reading.source == "table" and reading.arm and reading.weeks is not None and _own(reading):
            over[home_of(reading.locator), reading.arm][reading.weeks].add((reading.n, reading.n_locator))
    told: dict[tuple[str, float], set[tuple[str, str]]] = defaultdict(set)
    for (_, arm), by_time in over.items():
        if len({n for sizes in by_time.values() for n, _ in sizes}) > 1 and all(
            len({n for n, _ in sizes}) == 1 for sizes in by_time.values()
        ):
            for weeks, sizes in by_time.items():
                told[arm, weeks].add(min(sizes))
    return [_with_people(reading, told) for reading in readings]


def _with_people(reading: Reading, told: dict[tuple[str, float], set[tuple[str, str]]]) -> Reading:
    if reading.weeks is None or reading.centre not in MEANS or _own(reading):
        return reading
    sizes = told.get((reading.arm, reading.weeks), set())
    if len({n for n, _ in sizes}) != 1:
        return reading
    n, place = min(sizes)
    return dataclasses.replace(reading, n=n, n_locator=place) if n != reading.n else reading


def _own(reading: Reading) -> bool:
    """Tell whether the number of people stands in the table or the paragraph of the result itself."""
    return bool(reading.n) and (
        not reading.n_locator or home_of(reading.n_locator) == home_of(reading.locator)
    )
