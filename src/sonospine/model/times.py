"""Times of the tables (weeks) in the unit that suits them."""

from __future__ import annotations

WEEK, DAY, HOUR, MINUTE = "week", "day", "hour", "minute"
_UNITS = ((WEEK, 1.0, 1.0), (DAY, 1 / 7, 2 / 7), (HOUR, 1 / 168, 1 / 168))
"""Unit, its length in weeks, and the shortest time that is told in it: 24 hours stay hours, 48 are 2 days."""


def in_units(weeks: float) -> tuple[str, str]:
    """Return a time as a number and a unit, such as ``("30", "minute")``: two digits below ten, whole from there."""
    for unit, length, least in _UNITS:
        if weeks >= least - 1e-9:
            count = weeks / length
            return (f"{count:.2g}" if count < 9.95 else f"{count:.0f}"), unit
    return f"{weeks / _UNITS[-1][1] * 60:.0f}", MINUTE


def readable_time(weeks: float) -> str:
    """Write a time in words: ``1 week``, ``4.3 weeks``, ``2 days``, ``24 hours``, ``30 minutes``; 0 is ``just after``."""
    if weeks == 0:
        return "just after"
    count, unit = in_units(weeks)
    return f"{count} {unit}" if count == "1" else f"{count} {unit}s"
