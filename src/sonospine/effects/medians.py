"""Mean and SD of a group that is printed with its median."""

from __future__ import annotations

from dataclasses import dataclass

from sonospine.effects.derivation import Derivation
from sonospine.effects.five_numbers import (
    Converted,
    mean_sd_from_five,
    mean_sd_from_quartiles,
    mean_sd_from_range,
)
from sonospine.effects.inputs import Notes, Source
from sonospine.effects.measures import RefusedError
from sonospine.model.numbers import number
from sonospine.model.table_io import Row

SKEWED = "the sample is skewed by the test of Shi et al. (2023): its median is not converted"
NO_BOUNDS = "the median is printed without both quartiles or both ends: it is not converted"
REGISTRY_RANGE = "a median with the full range of a registry is not converted"
_NAMES = {"iqr": "quartiles", "range": "range"}


@dataclass(frozen=True, slots=True)
class FromMedian:
    """Mean and SD of a group (``None`` where there is a problem) and the step they come from."""

    mean: float | None
    sd: float | None
    step: int
    problem: str = ""


def can_convert(row: Row, source: Source) -> bool:
    """Tell whether the configuration allows to convert a row's median with the spread it has."""
    return row["centre"] == "median" and _NAMES.get(row["spread"]) in source.choices.conversions


def from_median(
    row: Row,
    n: int | None,
    source: Source,
    steps: Derivation,
    inputs: list[str | int],
    step: int,
    notes: Notes,
) -> FromMedian:
    """Convert a median with quartiles, with the ends of the sample, or with both.

    Both are used where another row of the same result prints the same median with the other spread. A sample that
    the skewness test finds skewed is not converted, nor is a full range of a registry.

    Parameters
    ----------
    row
        A row for which ``can_convert`` holds.
    n
        People behind it; ``None`` where unknown.
    source, steps, notes
        Other rows of the same result, the derivation and the warnings.
    inputs, step
        Earlier steps it rests on, and the last of them.
    """
    median, bounds = number(row["value"]), _bounds(row)
    if row["spread"] == "range" and row["source"] == "registry":
        return FromMedian(None, None, step, REGISTRY_RANGE)
    if bounds is None or median is None:
        return FromMedian(None, None, step, NO_BOUNDS)
    if n is None:
        return FromMedian(None, None, step)
    other = _with_the_other_spread(row, source)
    try:
        function, formula, values, made = _converted(row, median, bounds, other, n)
    except RefusedError as error:
        return FromMedian(None, None, step, str(error))
    if made.skewed:
        return FromMedian(None, None, step, SKEWED)
    if other is not None:
        notes.ids += [i for i in (other["measurement_id"],) if i not in notes.ids]
        inputs = [*inputs, other["measurement_id"]]
    notes.flag(function)
    step = steps.add(
        function, inputs, formula, {**values, "n": n}, {"mean": made.mean, "sd": made.sd, "skewed": "no"}
    )
    return FromMedian(made.mean, made.sd, step)


def _converted(
    row: Row, median: float, bounds: tuple[float, float], other: Row | None, n: int
) -> tuple[str, str, dict[str, float], Converted]:
    low, high = bounds
    if other is not None and (more := _bounds(other)) is not None:
        (q1, q3), (low, high) = (bounds, more) if row["spread"] == "iqr" else (more, bounds)
        values = {"low": low, "q1": q1, "median": median, "q3": q3, "high": high}
        made = mean_sd_from_five(low, q1, median, q3, high, n)
        return "mean_sd_from_five", "mean: Luo 2018, eq. 15; SD: Shi 2020, eq. 10", values, made
    if row["spread"] == "iqr":
        made = mean_sd_from_quartiles(low, median, high, n)
        values = {"q1": low, "median": median, "q3": high}
        return "mean_sd_from_quartiles", "mean: Luo 2018, eq. 11; SD: Wan 2014, eq. 16", values, made
    made = mean_sd_from_range(low, median, high, n)
    values = {"low": low, "median": median, "high": high}
    return "mean_sd_from_range", "mean: Luo 2018, eq. 7; SD: Wan 2014, eq. 9", values, made


def _bounds(row: Row) -> tuple[float, float] | None:
    low, high = number(row["lower"]), number(row["upper"])
    return None if low is None or high is None else (low, high)


def _with_the_other_spread(row: Row, source: Source) -> Row | None:
    """Return a row of the same result that prints the same median with the ends, or with the quartiles."""
    if not {"quartiles", "range"} <= source.choices.conversions:
        return None
    wanted = "range" if row["spread"] == "iqr" else "iqr"
    for other in source.results.get(row["result_id"], ()):
        fits = other["centre"] == "median" and other["spread"] == wanted and _bounds(other) is not None
        if fits and number(other["value"]) == number(row["value"]) and other["source"] != "registry":
            return other
    return None
