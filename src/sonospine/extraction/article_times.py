"""The time of changes that name none: the one time after baseline that the tables of the article know."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from sonospine.extraction.reading import MEANS, Reading
from sonospine.extraction.text_times import near

# A caption that says so speaks of a time of its own.
_SAYS_WHEN = re.compile(r"\b(?:last|final|end-?\s?points?|discharge|weeks?|months?)\b", re.IGNORECASE)
_UNKNOWN, _INFERRED = "time_unknown", "time_from_article"


def with_only_time(readings: Iterable[Reading]) -> list[Reading]:
    """Return readings whose changes without any time have that of the article, flagged.

    All values after baseline in all tables of the article must be of this one time; one whose length is not known, or
    a second, and nothing is inferred.
    """
    readings = list(readings)
    later = [r for r in readings if r.source == "table" and r.centre in MEANS and r.phase == "follow_up"]
    known = next((r for r in later if r.weeks), None)
    if known is None or not all(near(r.weeks, known.weeks) for r in later):
        return readings
    return [_at(reading, known) if _timeless_change(reading) else reading for reading in readings]


def _timeless_change(reading: Reading) -> bool:
    return (
        reading.source == "table"
        and reading.centre in MEANS
        and reading.change
        and reading.weeks is None
        and not reading.time
        and not reading.phase
        and not _SAYS_WHEN.search(reading.context.partition("\n")[0])
    )


def _at(reading: Reading, known: Reading) -> Reading:
    flags = (*(flag for flag in reading.flags if flag != _UNKNOWN), _INFERRED)
    return replace(reading, weeks=known.weeks, phase=known.phase, time_from=known.time_from, flags=flags)
