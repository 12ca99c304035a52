"""Comparisons as a study prints them: a difference or ratio with its interval, SE, or p."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sonospine.effects.candidates import Candidate
from sonospine.effects.choices import RATIOS
from sonospine.effects.conversions import (
    SMALL_GROUP,
    pooled_sd_from_ci,
    pooled_sd_from_p,
    pooled_sd_from_t,
    variance_from_ci,
    variance_from_p,
)
from sonospine.effects.derivation import Value
from sonospine.effects.differences import SMD_FORMULAS
from sonospine.effects.estimates import Estimate, final_step
from sonospine.effects.inputs import Source
from sonospine.effects.measures import Effect, Group, RefusedError, standardised_mean_difference
from sonospine.effects.people import arm_size, refuse_same_people
from sonospine.effects.scales import conversion
from sonospine.effects.spreads import test_of
from sonospine.model.numbers import number
from sonospine.model.table_io import Row

UNCLEAR_DIRECTION = ("direction_unclear", "direction_assumed")
PERCENT = ("%", "percent", "percentage points", "pp")


@dataclass(frozen=True, slots=True)
class _Printed:
    """The figures of a printed comparison; those of a ratio are logarithms."""

    row: Row
    value: float
    lower: float | None
    upper: float | None
    step: int


def given_comparison(made: Estimate, candidate: Candidate, source: Source) -> None:
    """Take a comparison as printed: on the analysis scale, in the direction of the analysis.

    A mean difference also gives a standardised one, where its interval, t or p tells the SD within the arms.

    Raises
    ------
    RefusedError
        No variance follows from what is printed.
    """
    cell, measure = candidate.one[0], source.choices.measure
    row = cell.row
    made.notes.use(cell)
    if row["population"].startswith("subgroup"):
        made.notes.problem("reported for a subgroup of the study only")
    if row["measure"] != measure and (row["measure"], measure) != ("MD", "SMD"):
        what = row["measure"] or "a comparison of a kind that is not named"
        made.notes.problem(f"printed as {what}, which is not pooled as {measure}")
        return
    made.n1, made.n2 = (arm_size(arms[0]) for arms in (candidate.arms_1, candidate.arms_2))
    refuse_same_people(made.n1, made.n2, row["study_id"], source, made.notes)
    value, lower, upper = number(row["value"]), number(row["lower"]), number(row["upper"])
    shown = {k: row[k] for k in ("value", "spread", "spread_value", "lower", "upper", "level") if row[k]}
    step = made.steps.add("read", list(cell.ids), "as printed", shown, {"value": row["value"]})
    if value is None:
        made.notes.problem("no value is printed")
        return
    _check_direction(made, candidate, value - 1 if measure in RATIOS else value)
    printed = _Printed(row, value, lower, upper, step)
    if measure in RATIOS:
        _log_ratio(made, printed, measure, candidate, source)
    elif row["measure"] != measure:
        _standardise(made, printed, candidate, source)
    else:
        _difference(made, printed, measure, candidate, source)


def _factor(made: Estimate, printed: _Printed, measure: str, reverse: bool, source: Source) -> float:
    """Return what a printed difference is multiplied by: scale and direction of the analysis, arm 1 minus arm 2."""
    row, sign = printed.row, -1.0 if reverse else 1.0
    if measure == "RD":
        figures = [abs(v) for v in (printed.value, printed.lower, printed.upper) if v is not None]
        return sign / 100 if row["unit"].strip().casefold() in PERCENT or max(figures) > 1 else sign
    if measure == "SMD":
        made.unit = "SD units"
        turned = source.direction(row) not in ("", source.outcome.direction)
        return -sign if turned else sign
    turn = conversion(row, source.outcome, source.direction(row), reach=source.reach)
    made.notes.problem(turn.problem)
    made.unit = turn.unit
    return sign * turn.factor


def _difference(
    made: Estimate, printed: _Printed, measure: str, candidate: Candidate, source: Source
) -> None:
    row, value, step = printed.row, printed.value, printed.step
    factor = _factor(made, printed, measure, candidate.reverse, source)
    if factor != 1.0:
        step = made.steps.add(
            "rescale_difference", [step], f"yi = printed · {factor:.6g}", {"printed": value}, factor * value
        )
    level = _level(made, row)
    if row["spread"] == "ci" and printed.lower is not None and printed.upper is not None:
        lower, upper = printed.lower, printed.upper
        df = _df(made) if measure == "MD" else None
        variance = variance_from_ci(lower, upper, level, df) * factor**2
        name = f"t({df})" if df else "z"
        values: dict[str, Value] = {"lower": lower, "upper": upper, "level": level}
        step = made.steps.add(
            "variance_from_ci", [step], f"vi = [(upper − lower)/(2 {name})]²", values, variance
        )
        if level == 95:
            made.interval = (min(factor * lower, factor * upper), max(factor * lower, factor * upper))
        if abs((lower + upper) / 2 - value) > 0.1 * (upper - lower):
            made.notes.flag("ci_not_symmetric")
    elif row["spread"] == "se" and row["spread_value"]:
        variance = (float(row["spread_value"]) * factor) ** 2
        step = made.steps.add("variance_from_se", [step], "vi = SE²", {"SE": row["spread_value"]}, variance)
    else:
        tested = _from_test(made, printed, value, source, measure)
        if tested is None:
            made.notes.problem("the difference is printed without a confidence interval or SE")
            return
        variance, step = tested[0] * factor**2, tested[1]
    made.effect = Effect(factor * value, variance)
    how = "p" if row["spread"] == "none" else "the interval or SE"
    final_step(made, measure, [step], f"yi as printed; vi from {how}", {})


def _from_test(
    made: Estimate, printed: _Printed, value: float, source: Source, measure: str
) -> tuple[float, int] | None:
    """Return the variance of a comparison from its t or exact p, and the step; ``None`` where there is none."""
    tested = test_of(printed.row, source)
    if tested is None or printed.row["spread"] != "none":
        return None
    df = _df(made) if measure == "MD" else None
    if tested.kind == "t":
        if value == 0 or tested.value == 0:
            raise RefusedError("no SE follows from a difference or a t of 0")
        variance, name = (value / tested.value) ** 2, "t"
    else:
        variance, name = variance_from_p(value, tested.value, df), f"t({df}) of p" if df else "z of p"
    made.notes.flag(f"variance_from_{tested.kind}")
    step = made.steps.add(
        f"variance_from_{tested.kind}",
        [printed.step],
        f"vi = (difference/{name})²",
        {"difference": value, tested.kind: tested.value},
        variance,
    )
    return variance, step


def _df(made: Estimate) -> int | None:
    """Return the degrees of freedom of a difference of small groups; ``None``: the normal distribution."""
    if made.n1 is None or made.n2 is None or max(made.n1, made.n2) >= SMALL_GROUP:
        return None
    return made.n1 + made.n2 - 2


def _standardise(made: Estimate, printed: _Printed, candidate: Candidate, source: Source) -> None:
    """Standardise a printed mean difference by the SD within the arms that its interval, SE, t or p tells."""
    row, value, n1, n2 = printed.row, printed.value, made.n1, made.n2
    factor = _factor(made, printed, "SMD", candidate.reverse, source)
    if n1 is None or n2 is None:
        made.notes.problem("the number of participants is not known")
        return
    tested, values = test_of(row, source), {"n1": n1, "n2": n2}
    if row["adjusted"] == "true":
        made.notes.problem("an adjusted difference tells no SD within the arms")
        return
    figures: dict[str, Value]
    if row["spread"] == "ci" and printed.lower is not None and printed.upper is not None:
        name, level = "pooled_sd_from_ci", _level(made, row)
        sd = pooled_sd_from_ci(printed.lower, printed.upper, n1, n2, level)
        figures = {"lower": printed.lower, "upper": printed.upper, "level": level}
        formula = "SD = (upper − lower)/(2 q √(1/n1 + 1/n2))"
    elif row["spread"] == "se" and row["spread_value"]:
        name, se = "pooled_sd_from_se", float(row["spread_value"])
        sd = se / math.sqrt(1 / n1 + 1 / n2)
        figures, formula = {"SE": se}, "SD = SE/√(1/n1 + 1/n2)"
    elif row["spread"] == "none" and tested is not None:
        name = f"pooled_sd_from_{tested.kind}"
        function = pooled_sd_from_t if tested.kind == "t" else pooled_sd_from_p
        sd = function(value, tested.value, n1, n2)
        figures = {"difference": value, tested.kind: tested.value}
        formula = "SD = |difference|/(|t| √(1/n1 + 1/n2))"
    else:
        made.notes.problem("the difference is printed without a confidence interval or SE")
        return
    made.notes.flag(name)
    step = made.steps.add(name, [printed.step], formula, {**figures, **values}, {"sd": sd})
    vtype = source.choices.vtype
    one, two = Group(n1, factor * value, sd), Group(n2, 0.0, sd)
    made.effect = standardised_mean_difference(one, two, vtype=vtype)
    final_step(
        made,
        "SMD",
        [step],
        SMD_FORMULAS[vtype].replace("(m1 − m2)/sp", "difference/sp"),
        {"difference": factor * value, "s1": sd, "s2": sd, **values},
    )


def _log_ratio(made: Estimate, printed: _Printed, measure: str, candidate: Candidate, source: Source) -> None:
    row, value, lower, upper = printed.row, printed.value, printed.lower, printed.upper
    sign = -1.0 if candidate.reverse else 1.0
    formula = f"yi = {'−' if candidate.reverse else ''}ln({measure}); "
    if min(v for v in (value, lower, upper) if v is not None) <= 0:
        made.notes.problem("a ratio must be above 0")
        return
    if row["spread"] == "ci" and lower is not None and upper is not None:
        level = _level(made, row)
        low, high = math.log(lower), math.log(upper)
        made.effect = Effect(sign * math.log(value), variance_from_ci(low, high, level))
        if level == 95:
            made.interval = (min(sign * low, sign * high), max(sign * low, sign * high))
        formula += "vi = [(ln upper − ln lower)/(2 z)]²"
        values: dict[str, Value] = {measure: value, "lower": lower, "upper": upper, "level": level}
        final_step(made, measure, [printed.step], formula, values)
        return
    tested = _from_test(made, printed, math.log(value), source, measure)
    if tested is None:
        made.notes.problem("the ratio is printed without a confidence interval")
        return
    made.effect = Effect(sign * math.log(value), tested[0])
    final_step(made, measure, [tested[1]], formula + "vi from p", {measure: value})


def _check_direction(made: Estimate, candidate: Candidate, sign_of: float) -> None:
    """Hold the direction of a printed comparison against the arms' own figures.

    Where they contradict it, it is not pooled; where there are none, it is pooled only if the paper says which arm
    was subtracted from which.
    """
    printed = (sign_of > 0) - (sign_of < 0)
    if candidate.reverse:
        printed = -printed
    if candidate.sign and printed:
        if candidate.sign == printed:
            made.notes.flag("direction_checked")
        else:
            made.notes.problem("the sign of the printed comparison does not fit the arms' own figures")
    elif any(flag in made.notes.flags for flag in UNCLEAR_DIRECTION):
        made.notes.problem("it is not clear which arm was subtracted from which")


def _level(made: Estimate, row: Row) -> float:
    level = number(row["level"])
    if level is None:
        if row["spread"] == "ci":
            made.notes.flag("ci_level_assumed_95")
        return 95.0
    return level
