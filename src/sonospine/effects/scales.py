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


Range = tuple[float, float]


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


def conversion(
    row: Mapping[str, str],
    outcome: Outcome,
    direction: str,
    *,
    scale_free: bool = False,
    reach: Range | None = None,
) -> Conversion:
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
    reach
        Where the outcome has no scale: the scale on which the rows of one effect meet.
    """
    unit, own = _plain(row["unit"]), scale_of(row)
    turned = bool(direction) and direction != outcome.direction
    target = _plain(outcome.scale.unit if outcome.scale is not None else outcome.unit)
    if target in SECONDS:
        return _time(unit, target) if unit in SECONDS else Conversion(problem="the unit of time is not known")
    if outcome.scale is not None:
        goal: Range | None = (outcome.scale.minimum, outcome.scale.maximum)
        goal_unit = outcome.scale.unit
    else:
        if target and unit != target:
            return Conversion(problem=f"printed in {row['unit'] or 'an unknown unit'}, not in {outcome.unit}")
        goal, goal_unit = reach, outcome.unit or row["unit"]
        if goal is None and not turned:
            return Conversion(unit=goal_unit)
    if own is None or goal is None:
        if (scale_free or outcome.scale is None) and not turned:
            return Conversion(unit=row["unit"], flag="scale_not_known")
        return Conversion(problem=f"the scale of {row['instrument'] or row['outcome']} is not known")
    (low, high), (goal_low, goal_high) = own, goal
    factor = (goal_high - goal_low) / (high - low)
    start = goal_high if turned else goal_low
    slope = -factor if turned else factor
    formula = (
        f"x' = {derived(start)} {'−' if turned else '+'} (x − {derived(low)}) · {derived(goal_high - goal_low)}"
        f"/{derived(high - low)}"
    )
    return Conversion(slope, start - slope * low, goal_unit, formula)


def scale_of(row: Mapping[str, str]) -> Range | None:
    """Return the ends of a row's scale, or ``None`` where they are not known."""
    low, high = number(row["scale_min"]), number(row["scale_max"])
    return None if low is None or high is None or high <= low else (low, high)


def _plain(unit: str) -> str:
    return unit.strip().casefold().rstrip(".")


def _time(unit: str, target: str) -> Conversion:
    factor = SECONDS[unit] / SECONDS[target]
    return Conversion(factor, 0.0, target, f"x' = x · {derived(SECONDS[unit])}/{derived(SECONDS[target])}")
