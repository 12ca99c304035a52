"""Values of sentences that a table proves to be changes: each is what lies between its arm's baseline and follow-up."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Sequence

from sonospine.extraction.reading import MEANS, Reading, home_of
from sonospine.vocabulary import Vocabulary

_IN_SENTENCES = frozenset({"abstract", "text"})
_LEAST_ARMS = 2

_Key = tuple[str, str]


def with_proven_changes(readings: Sequence[Reading], vocabulary: Vocabulary) -> list[Reading]:
    """Return readings in which the means of a sentence are changes where the tables prove it for two or more arms.

    The value of each arm is the difference of its baseline and one later value of the same instrument in a table, and is
    itself no value of the table; every arm of the passage has the same later time.
    """
    printed: dict[_Key, list[Reading]] = defaultdict(list)
    sentences: dict[_Key, list[int]] = defaultdict(list)
    for i, reading in enumerate(readings):
        if reading.centre not in MEANS or not reading.arm or reading.change:
            continue
        if reading.source not in _IN_SENTENCES and reading.source != "table":
            continue
        known = vocabulary.instrument(reading.outcome, unit=reading.unit, context=reading.context)
        if known is None:
            continue
        if reading.source == "table":
            printed[known.instrument, reading.arm].append(reading)
        elif reading.spread != "none":
            sentences[known.instrument, home_of(reading.locator)].append(i)
    found = list(readings)
    for (instrument, _), places in sentences.items():
        later = [_later(readings[i], printed.get((instrument, readings[i].arm), [])) for i in places]
        arms = {readings[i].arm for i in places}
        if len(arms) < _LEAST_ARMS or len(arms) != len(places) or any(r is None for r in later):
            continue
        if len({(r.time, r.weeks) for r in later if r is not None}) != 1:
            continue
        for i, table in zip(places, later, strict=True):
            if table is not None:
                found[i] = _as_change(readings[i], table)
    return found


def _later(reading: Reading, printed: Sequence[Reading]) -> Reading | None:
    """Return the one later value of a table whose difference to the baseline is the value of a sentence."""
    if any(reading.value == other.value for other in printed):
        return None
    bases = {other.value for other in printed if other.phase == "baseline"}
    if len(bases) != 1:
        return None
    base = float(bases.pop())
    decimals = len(reading.value.partition(".")[2])
    fitting = [
        other
        for other in printed
        if other.phase == "follow_up"
        and abs(abs(float(other.value) - base) - abs(float(reading.value))) <= 1.01 * 10**-decimals
    ]
    return fitting[0] if len({(o.time, o.weeks) for o in fitting}) == 1 else None


def _as_change(reading: Reading, table: Reading) -> Reading:
    return dataclasses.replace(
        reading,
        change=True,
        time=table.time,
        weeks=table.weeks,
        phase=table.phase,
        time_from=table.time_from,
        evidence=(*reading.evidence, "the difference of two values in a table"),
    )
