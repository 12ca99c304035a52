"""Many pools by one rule: what a pool's columns hold, whatever its k, fitted all at once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sonospine.model.errors import InputError
from sonospine.model.numbers import derived, number, truth
from sonospine.model.table_io import Row
from sonospine.synthesis.pooling import Choice
from sonospine.synthesis.usable import unusable

CONSERVATIVE = "hksj-conservative"


class Point(NamedTuple):
    """An effect and its variance; ``lower`` and ``upper`` are its own interval where the table holds one."""

    yi: float
    vi: float
    lower: float | None = None
    upper: float | None = None


PointSet = tuple[Point, ...]


class Fit(NamedTuple):
    """A pool; what does not exist for its k is NaN. ``ci_method`` is ``study`` for k = 1 and empty for k = 0."""

    k: int
    ci_method: str = ""
    estimate: float = math.nan
    se: float = math.nan
    ci_lower: float = math.nan
    ci_upper: float = math.nan
    df: float = math.nan
    p_value: float = math.nan
    pi_lower: float = math.nan
    pi_upper: float = math.nan
    tau2: float = math.nan
    i2: float = math.nan
    q: float = math.nan


_FROM_BATCH = Fit._fields[2:]
FLAGS = {0: "no_effects", 1: "not_pooled", 2: "not_interpretable"}


def included(effects: Iterable[Row]) -> dict[str, list[Row]]:
    """Return the effects that enter the ordinary pool of each analysis, in the order of the table."""
    found: dict[str, list[Row]] = {}
    for row in effects:
        rows = found.setdefault(row["analysis"], [])
        if truth(row["included"]) and row["variant"] == "primary":
            rows.append(row)
    return found


def points(rows: Sequence[Row]) -> PointSet:
    """Return effects and variances of rows of ``effects``.

    Raises
    ------
    InputError
        ``yi`` or ``vi`` cannot be pooled.
    """
    return tuple(_point(row) for row in rows)


def _point(row: Row) -> Point:
    for column in ("yi", "vi"):
        fault = unusable(column, row[column])
        if fault:
            raise InputError(
                f"effect {row['effect_id']} of analysis {row['analysis']} cannot be pooled",
                field=column,
                found=row[column],
                allowed=fault,
            )
    return Point(float(row["yi"]), float(row["vi"]), number(row.get("ci_lower")), number(row.get("ci_upper")))


def fit_sets(sets: Sequence[PointSet], choice: Choice, *, by_rule: bool = True) -> list[Fit]:
    """Fit many sets of effects by one choice; equal sets are fitted once.

    Parameters
    ----------
    sets
        Effects of each pool, k >= 0 of each.
    choice
        Estimator, interval and level.
    by_rule
        Whether two effects get the conservative Hartung-Knapp interval whatever the choice, as in ``pooled``.

    Returns
    -------
    list of Fit
        In the order of ``sets``. k = 0: nothing; k = 1: the study's own interval, else Wald from its variance;
        k >= 2: ``synthesis.batch.fit_many``.
    """
    done: dict[PointSet, Fit] = {}
    waiting: dict[str, list[PointSet]] = {}
    for one in dict.fromkeys(sets):
        if len(one) < 2:
            done[one] = _alone(one[0], choice.level) if one else Fit(0)
        else:
            ci = CONSERVATIVE if by_rule and len(one) == 2 else choice.ci
            waiting.setdefault(ci, []).append(one)
    for ci, listed in waiting.items():
        done |= zip(listed, _fit(listed, choice.estimator, ci, choice.level), strict=True)
    return [done[one] for one in sets]


def _fit(sets: Sequence[PointSet], estimator: str, ci: str, level: float) -> list[Fit]:
    from sonospine.synthesis.batch import fit_many

    pairs = [([p.yi for p in one], [p.vi for p in one]) for one in sets]
    fits = fit_many(pairs, estimator=estimator, ci=ci, level=level)
    columns = [getattr(fits, name).tolist() for name in _FROM_BATCH]
    return [Fit(len(one), ci, *values) for one, values in zip(sets, zip(*columns, strict=True), strict=True)]


def _alone(point: Point, level: float) -> Fit:
    """Return a single study: its own interval as its row has it, else Wald from its variance."""
    from scipy.special import ndtr, ndtri

    se = math.sqrt(point.vi)
    half = float(ndtri(0.5 + level / 200)) * se
    lower = point.yi - half if point.lower is None else point.lower
    upper = point.yi + half if point.upper is None else point.upper
    return Fit(1, "study", point.yi, se, lower, upper, p_value=float(2 * ndtr(-abs(point.yi) / se)))


def fit_columns(fit: Fit, estimator: str) -> Row:
    """Write a pool into the columns that the tables of robustness share (``FIT`` of their declaration)."""
    flag = FLAGS.get(fit.k, "")
    return {
        "k": str(fit.k),
        "ci_method": fit.ci_method,
        **{name: derived(getattr(fit, name)) for name in _FROM_BATCH},
        "estimator": estimator if fit.k > 1 else "",
        "flags": flag,
    }


def identity(row: Row) -> Row:
    """Return what tells an effect in a table of robustness."""
    return {name: row[name] for name in ("effect_id", "study_id", "label")}


def grouped(rows: Iterable[Row], column: str) -> Mapping[str, list[Row]]:
    """Return rows by the value of a column, in order."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row[column], []).append(row)
    return found
