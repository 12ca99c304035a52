"""From an instrument's scale to the scale of the analysis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sonospine.config.settings import Outcome
from sonospine.model.numbers import derived, number

SECONDS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600.0),
}


@dataclass(frozen=True, slots=True)
class Conversion:
    """value' = offset + factor · value; an SD is multiplied by the size of the factor.

    ``problem`` says why there is none; ``flag`` warns.
    """

    factor: float = 1.0
    offset: float = 0.0
    unit: str = ""
    formula: str = ""
    problem: str = ""
    flag: str = ""

    @property
    def identity(self) -> bool:
        """Whether values stay as they are."""
        return self.factor == 1.0 and self.offset == 0.0


def conversion(row: Mapping[str, str], outcome: Outcome, direction: str, *, scale_free: bool) -> Conversion:
    """Return how a row's values come to the scale of the outcome.

    Parameters
    ----------
    row
        A row of ``reconciled``; its ``scale_min``, ``scale_max`` and ``unit`` are used.
    outcome
        The outcome of the configuration.
    direction
        Which values of the instrument are better (``lower``, ``higher`` or empty: as the outcome).
    scale_free
        Whether the effect is standardised: then an unknown scale is no obstacle.
    """
    unit = row["unit"].strip().casefold().rstrip(".")
    low, high = number(row["scale_min"]), number(row["scale_max"])
    turned = bool(direction) and direction != outcome.direction
    if outcome.scale is None:
        if unit in SECONDS:
            return _time(unit, "min")
        if turned:
            return Conversion(
                problem=f"on {row['instrument']} {direction} values are better; no scale to turn it by"
            )
        return Conversion(unit=row["unit"])
    target = outcome.scale.unit.strip().casefold().rstrip(".")
    if target in SECONDS:
        if unit not in SECONDS:
            return Conversion(problem="the unit of time is not known")
        return _time(unit, target)
    if low is None or high is None or high <= low:
        if scale_free and not turned:
            return Conversion(unit=row["unit"], flag="scale_not_known")
        return Conversion(problem=f"the scale of {row['instrument'] or row['outcome']} is not known")
    goal_low, goal_high = outcome.scale.minimum, outcome.scale.maximum
    factor = (goal_high - goal_low) / (high - low)
    start = goal_high if turned else goal_low
    slope = -factor if turned else factor
    formula = (
        f"x' = {derived(start)} {'−' if turned else '+'} (x − {derived(low)}) · {derived(goal_high - goal_low)}"
        f"/{derived(high - low)}"
    )
    return Conversion(slope, start - slope * low, outcome.scale.unit, formula)


def _time(unit: str, target: str) -> Conversion:
    factor = SECONDS[unit] / SECONDS[target]
    return Conversion(factor, 0.0, target, f"x' = x · {derived(SECONDS[unit])}/{derived(SECONDS[target])}")
