"""From a candidate to an effect, step by step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sonospine.effects import conversions, measures
from sonospine.effects.candidates import Candidate
from sonospine.effects.derivation import Derivation
from sonospine.effects.measures import Effect, Group, RefusedError
from sonospine.effects.scales import Range, conversion, scale_of
from sonospine.effects.summaries import (
    CONVERTED,
    Cell,
    Notes,
    Printed,
    Source,
    Summary,
    count_events,
    summarise,
)
from sonospine.model.numbers import number
from sonospine.model.table_io import Row

UNCLEAR_DIRECTION = ("direction_unclear", "direction_assumed")
SAME_PEOPLE = ("same_people", "same_participants", "paired", "crossover")


@dataclass(slots=True)
class Estimate:
    """An effect with what the columns of ``effects`` need; ``effect`` is ``None`` where there are problems."""

    steps: Derivation = field(default_factory=Derivation)
    notes: Notes = field(default_factory=Notes)
    effect: Effect | None = None
    unit: str = ""
    n1: int | None = None
    n2: int | None = None
    one: Group | None = None
    two: Group | None = None
    printed_1: Printed = CONVERTED
    printed_2: Printed = CONVERTED
    events_1: int | None = None
    events_2: int | None = None
    correlation: float | None = None
    interval: tuple[float, float] | None = None

    @property
    def usable(self) -> bool:
        """Whether the effect can be pooled."""
        return self.effect is not None and not self.notes.problems


def estimate(candidate: Candidate, measure: str, source: Source, correlation: float) -> Estimate:
    """Compute the effect of a candidate.

    Parameters
    ----------
    candidate
        The rows and their layout.
    measure
        ``MC``, ``SMCR``, ``MD`` or ``RR``.
    source
        Outcome, arms, studies and other rows of the same results.
    correlation
        Correlation of baseline and follow-up that is assumed (``MC`` of final values, ``SMCR``).

    Returns
    -------
    Estimate
        With the steps, the reasons not to pool it, and the warnings of the rows.
    """
    made = Estimate()
    if source.outcome.scale is None:
        source = replace(source, reach=_widest(candidate))
    for text in candidate.problems:
        made.notes.problem(text)
    try:
        _compute(made, candidate, measure, source, correlation)
    except RefusedError as refusal:
        made.notes.problem(str(refusal))
    if made.effect is not None and made.effect.vi <= 0:
        made.notes.problem("the variance is 0")
    return made


def _compute(made: Estimate, candidate: Candidate, measure: str, source: Source, correlation: float) -> None:
    if candidate.kind == "printed":
        _printed(made, candidate, measure, source)
    elif measure == "RR":
        _risk_ratio(made, candidate, source)
    elif measure == "MD":
        _difference(made, candidate, source)
    else:
        _change(made, candidate, measure, source, correlation)


def _widest(candidate: Candidate) -> Range | None:
    """Return the widest scale of a candidate's rows: raw points of 50 and percents of one study meet on 0 to 100."""
    scales = [s for cell in (*candidate.one, *candidate.two) if (s := scale_of(cell.row)) is not None]
    return max(scales, key=lambda s: (s[1] - s[0], s), default=None)


def _summaries(made: Estimate, cells: Sequence[Cell], source: Source) -> list[Summary]:
    return [summarise(cell, source, made.steps, made.notes) for cell in cells]


def _together(made: Estimate, summaries: Sequence[Summary]) -> tuple[Group | None, int]:
    """Return the group of one arm, or of several arms combined, and its step."""
    groups = [g for s in summaries if (g := s.group()) is not None]
    if len(groups) != len(summaries) or not groups:
        return None, summaries[0].step if summaries else 0
    if len(groups) == 1:
        return groups[0], summaries[0].step
    group = conversions.combined(groups)
    values = {
        f"{name}{i}": v for i, g in enumerate(groups, 1) for name, v in zip(("n", "m", "s"), g, strict=True)
    }
    step = made.steps.add(
        "combine_arms",
        [s.step for s in summaries],
        "N = n1 + n2; M = (n1 m1 + n2 m2)/N; SD² = [(n1 − 1) s1² + (n2 − 1) s2² + n1 n2/N (m1 − m2)²]/(N − 1)",
        values,
        {"n": group.n, "mean": group.mean, "sd": group.sd},
    )
    made.notes.flag("arms_combined")
    return group, step


def _printed_of(summaries: Sequence[Summary]) -> Printed:
    """Return the figures of one arm as printed; those of arms combined are derived."""
    return summaries[0].printed if len(summaries) == 1 else CONVERTED


def _unsigned(made: Estimate, cells: Sequence[Cell], source: Source) -> None:
    """Refuse change scores that are all printed without a minus where lower is better.

    They may be reductions or worsenings.
    """
    values = [cell.row["value"] for cell in cells if cell.row["value"]]
    direction = source.directions.get(cells[0].row["instrument"], "") or source.outcome.direction
    if values and direction == "lower" and not any(v.startswith("-") for v in values):
        made.notes.problem("the change is printed without a sign: better or worse is not clear")


def _change(made: Estimate, candidate: Candidate, measure: str, source: Source, r: float) -> None:
    before = _summaries(made, candidate.two, source) if measure == "SMCR" or candidate.kind == "final" else []
    after = _summaries(made, candidate.one, source)
    made.unit = "SD units" if measure == "SMCR" else after[0].unit
    if candidate.kind == "change":
        _unsigned(made, candidate.one, source)
        _from_printed_change(made, measure, before, after, r)
        return
    if len(before) != len(after):
        return
    after, before = _same_n(made, after, before)
    one, step_1 = _together(made, after)
    two, step_2 = _together(made, before)
    if one is None or two is None:
        return
    made.one, made.two, made.n1, made.n2, made.correlation = one, two, one.n, two.n, r
    made.printed_1, made.printed_2 = _printed_of(after), _printed_of(before)
    if measure == "MC":
        made.effect = measures.mean_change(one, two, one.n, r)
        formula = "yi = m1 − m2; vi = (s1² + s2² − 2 r s1 s2)/n"
    elif one.n < 3:
        made.notes.problem("fewer than three people")
        return
    else:
        made.effect = measures.standardised_change(one.mean - two.mean, two.sd, one.n, r)
        formula = "yi = c(n − 1) (m1 − m2)/s2; vi = 2 (1 − r)/n + yi²/(2 n)"
    values = {"m1": one.mean, "s1": one.sd, "m2": two.mean, "s2": two.sd, "n": one.n, "r": r}
    _final_step(made, measure, [step_1, step_2], formula, values)


def _from_printed_change(
    made: Estimate, measure: str, before: Sequence[Summary], after: Sequence[Summary], r: float
) -> None:
    one, step = _together(made, after)
    if one is None:
        return
    made.n1 = made.n2 = one.n
    if measure == "MC":
        made.effect = measures.printed_change(one.mean, one.sd, one.n)
        values: dict[str, float | int] = {"change": one.mean, "sd": one.sd, "n": one.n}
        _final_step(made, "MC", [step], "yi = change; vi = sd²/n", values)
        return
    two, baseline_step = _together(made, before)
    if two is None:
        made.notes.problem("no baseline SD to standardise the change by")
        return
    if one.n < 3:
        made.notes.problem("fewer than three people")
        return
    made.correlation = r
    made.effect = measures.standardised_change(one.mean, two.sd, one.n, r)
    values = {"change": one.mean, "s2": two.sd, "n": one.n, "r": r}
    _final_step(
        made,
        "SMCR",
        [step, baseline_step],
        "yi = c(n − 1) change/s2; vi = 2 (1 − r)/n + yi²/(2 n)",
        values,
    )


def _same_n(
    made: Estimate, after: Sequence[Summary], before: Sequence[Summary]
) -> tuple[list[Summary], list[Summary]]:
    """Take the smaller n where baseline and follow-up differ: only those people have a change."""
    pairs = []
    for one, two in zip(after, before, strict=True):
        if one.n is not None and two.n is not None and one.n != two.n:
            made.notes.flag("n_differs_from_baseline")
            n = min(one.n, two.n)
            step = made.steps.add(
                "n_of_change", [one.step, two.step], "n = min(n1, n2)", {"n1": one.n, "n2": two.n}, n
            )
            one = replace(one, n=n, step=step if one.n != n else one.step)
            two = replace(two, n=n, step=step if two.n != n else two.step)
        pairs.append((one, two))
    return [p[0] for p in pairs], [p[1] for p in pairs]


def _difference(made: Estimate, candidate: Candidate, source: Source) -> None:
    ones = _summaries(made, candidate.one, source)
    twos = _summaries(made, candidate.two, source)
    made.unit = ones[0].unit
    if candidate.kind == "change":
        _unsigned(made, (*candidate.one, *candidate.two), source)
    one, step_1 = _together(made, ones)
    two, step_2 = _together(made, twos)
    if one is None or two is None:
        return
    made.one, made.two, made.n1, made.n2 = one, two, one.n, two.n
    made.printed_1, made.printed_2 = _printed_of(ones), _printed_of(twos)
    _refuse_same_people(made, candidate, source)
    made.effect = measures.mean_difference(one, two)
    values = {"n1": one.n, "m1": one.mean, "s1": one.sd, "n2": two.n, "m2": two.mean, "s2": two.sd}
    _final_step(made, "MD", [step_1, step_2], "yi = m1 − m2; vi = s1²/n1 + s2²/n2", values)


def _risk_ratio(made: Estimate, candidate: Candidate, source: Source) -> None:
    sides = []
    for cells in (candidate.one, candidate.two):
        counted = [count_events(cell, source, made.steps, made.notes) for cell in cells]
        if not counted or any(c.events is None or c.total is None for c in counted):
            return
        events, total = sum(c.events or 0 for c in counted), sum(c.total or 0 for c in counted)
        step = counted[0].step
        if len(counted) > 1:
            made.notes.flag("arms_combined")
            values = {
                f"{k}{i}": v
                for i, c in enumerate(counted, 1)
                for k, v in (("a", c.events or 0), ("n", c.total or 0))
            }
            step = made.steps.add(
                "combine_arms", [c.step for c in counted], "sums", values, {"events": events, "total": total}
            )
        sides.append((events, total, step))
    (a, n1, step_1), (c, n2, step_2) = sides
    made.events_1, made.n1, made.events_2, made.n2 = a, n1, c, n2
    _refuse_same_people(made, candidate, source)
    for total, arms in ((n1, candidate.arms_1), (n2, candidate.arms_2)):
        _refuse_other_units(made, total, arms)
    if a == 0 or c == 0:
        where = "both arms" if a == c else "one arm"
        made.notes.problem(f"zero cell: no events in {where}, and no correction is made up")
        return
    if a > n1 or c > n2:
        made.notes.problem("more events than people")
        return
    if a == n1 and c == n2:
        made.notes.problem("everybody had the event in both arms: the variance is 0")
        return
    made.effect = measures.log_risk_ratio(a, n1, c, n2)
    formula = "yi = ln[(a/n1)/(c/n2)]; vi = 1/a − 1/n1 + 1/c − 1/n2"
    _final_step(made, "RR", [step_1, step_2], formula, {"a": a, "n1": n1, "c": c, "n2": n2})


def _refuse_same_people(made: Estimate, candidate: Candidate, source: Source) -> None:
    study = source.studies.get(candidate.lead["study_id"])
    enrolled = study["n_randomised"] if study is not None else ""
    if enrolled and made.n1 == made.n2 == int(enrolled):
        made.notes.problem(f"both arms have all {enrolled} people of the study: the same people are in both")
    if any(flag in made.notes.flags for flag in SAME_PEOPLE):
        made.notes.problem("the same people are in both arms")


def _refuse_other_units(made: Estimate, total: int, arms: Sequence[Row]) -> None:
    """Refuse a count of joints or needles: more units than people are not independent (Handbook 6.2.1, 23.1)."""
    sizes = [_arm_n(arm) for arm in arms]
    people = sum(size or 0 for size in sizes)
    if None not in sizes and total > people:
        made.notes.problem(
            f"a count of {total} in an arm of {people} people: several units of one person are not independent"
        )


def _printed(made: Estimate, candidate: Candidate, measure: str, source: Source) -> None:
    cell = candidate.one[0]
    row = cell.row
    made.notes.use(cell)
    if row["population"].startswith("subgroup"):
        made.notes.problem("reported for a subgroup of the study only")
    if row["measure"] != measure:
        what = row["measure"] or "a comparison of a kind that is not named"
        made.notes.problem(f"printed as {what}, which is not pooled as {measure}")
        return
    made.n1, made.n2 = (_arm_n(arms[0]) for arms in (candidate.arms_1, candidate.arms_2))
    _refuse_same_people(made, candidate, source)
    value, lower, upper = number(row["value"]), number(row["lower"]), number(row["upper"])
    shown = {k: row[k] for k in ("value", "spread", "spread_value", "lower", "upper", "level") if row[k]}
    step = made.steps.add("read", list(cell.ids), "as printed", shown, {"value": row["value"]})
    if value is None:
        made.notes.problem("no value is printed")
        return
    _check_direction(made, candidate, value - 1 if measure == "RR" else value)
    if measure == "RR":
        _log_ratio(made, row, value, lower, upper, step, candidate.reverse)
        return
    turn = conversion(row, source.outcome, source.directions.get(row["instrument"], ""), reach=source.reach)
    made.notes.problem(turn.problem)
    made.unit = turn.unit
    factor = -turn.factor if candidate.reverse else turn.factor
    if factor != 1.0:
        step = made.steps.add(
            "rescale_difference", [step], f"yi = printed · {factor:.6g}", {"printed": value}, factor * value
        )
    level = _level(made, row)
    variance = None
    if row["spread"] == "ci" and lower is not None and upper is not None:
        small = (
            made.n1 is not None and made.n2 is not None and max(made.n1, made.n2) < conversions.SMALL_GROUP
        )
        df = (made.n1 or 0) + (made.n2 or 0) - 2 if small else None
        variance = conversions.variance_from_ci(lower, upper, level, df) * factor**2
        name = f"t({df})" if df else "z"
        values: dict[str, float | int | str] = {"lower": lower, "upper": upper, "level": level}
        step = made.steps.add(
            "variance_from_ci", [step], f"vi = [(upper − lower)/(2 {name})]²", values, variance
        )
        made.interval = (min(factor * lower, factor * upper), max(factor * lower, factor * upper))
        if level != 95:
            made.interval = None
        if abs((lower + upper) / 2 - value) > 0.1 * (upper - lower):
            made.notes.flag("ci_not_symmetric")
    elif row["spread"] == "se" and row["spread_value"]:
        variance = (float(row["spread_value"]) * factor) ** 2
        step = made.steps.add("variance_from_se", [step], "vi = SE²", {"SE": row["spread_value"]}, variance)
    else:
        made.notes.problem("the difference is printed without a confidence interval or SE")
        return
    made.effect = Effect(factor * value, variance)
    _final_step(made, "MD", [step], "yi as printed; vi from the interval or SE", {})


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


def _log_ratio(
    made: Estimate,
    row: Row,
    value: float,
    lower: float | None,
    upper: float | None,
    step: int,
    reverse: bool,
) -> None:
    if row["spread"] != "ci" or lower is None or upper is None:
        made.notes.problem("the ratio is printed without a confidence interval")
        return
    if min(value, lower, upper) <= 0:
        made.notes.problem("a ratio must be above 0")
        return
    level = _level(made, row)
    sign = -1.0 if reverse else 1.0
    low, high = math.log(lower), math.log(upper)
    variance = conversions.variance_from_ci(low, high, level)
    made.effect = Effect(sign * math.log(value), variance)
    made.interval = (min(sign * low, sign * high), max(sign * low, sign * high)) if level == 95 else None
    formula = f"yi = {'−' if reverse else ''}ln(RR); vi = [(ln upper − ln lower)/(2 z)]²"
    _final_step(made, "RR", [step], formula, {"RR": value, "lower": lower, "upper": upper, "level": level})


def _level(made: Estimate, row: Row) -> float:
    level = number(row["level"])
    if level is None:
        if row["spread"] == "ci":
            made.notes.flag("ci_level_assumed_95")
        return 95.0
    return level


def _arm_n(arm: Row) -> int | None:
    text = arm["n_analysed"] or arm["n_randomised"]
    return int(text) if text else None


def _final_step(
    made: Estimate, measure: str, inputs: Sequence[int], formula: str, values: dict[str, float | int]
) -> None:
    if made.effect is not None:
        result = {"yi": made.effect.yi, "vi": made.effect.vi}
        made.steps.add(measure, list(inputs), formula, dict(values), result)
