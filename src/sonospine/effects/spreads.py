"""The SD of one group from what a row prints: an SD, an SE, an interval, t or p."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sonospine.effects.conversions import SMALL_GROUP, sd_from_ci, sd_from_p, sd_from_se, sd_from_t
from sonospine.effects.derivation import Derivation
from sonospine.effects.inputs import Notes, Source
from sonospine.effects.measures import RefusedError
from sonospine.model.numbers import number
from sonospine.model.table_io import Row

_NOT_AN_SD = {
    "iqr": "the spread is an interquartile range, which is not pooled as an SD",
    "range": "the spread is a range, which is not pooled as an SD",
    "none": "no SD, SE or confidence interval is printed",
}
_T = re.compile(r"t\s*(?:\([0-9.]+\))?\s*=\s*(-?[0-9]*\.?[0-9]+)", re.IGNORECASE)
_P = re.compile(r"(?:p\s*)?=?\s*([0-9]*\.?[0-9]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Spread:
    """An SD and the step it comes from; ``problem`` says why there is none (empty where n is what is missing)."""

    sd: float | None
    step: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Tested:
    """A printed test of a mean or difference: ``kind`` is ``t`` or ``p``."""

    kind: str
    value: float


def sd_of(
    row: Row, n: int | None, source: Source, steps: Derivation, inputs: list[str | int], notes: Notes
) -> Spread:
    """Return the SD of a row from its SD, SE or interval; what was converted becomes a step.

    Parameters
    ----------
    row
        A row of ``reconciled``.
    n
        People behind it; ``None`` where unknown: an SE or interval then gives no SD.
    source
        With the conversions that are allowed.
    steps, inputs
        The derivation, and the earlier steps (at least one) that a new step rests on.
    notes
        Takes warnings.
    """
    last = next(i for i in inputs if isinstance(i, int))
    allowed = source.choices.conversions
    spread, printed = row["spread"], number(row["spread_value"])
    lower, upper = number(row["lower"]), number(row["upper"])
    sd: float | None = None
    if spread == "sd" and printed is not None:
        sd = printed
    elif spread in ("se", "ci") and spread not in allowed:
        what = "a standard error" if spread == "se" else "a confidence interval"
        return Spread(None, last, f"only {what} is printed, from which this review works out no SD")
    elif spread == "se" and printed is not None:
        if n is not None:
            sd = sd_from_se(printed, n)
            last = steps.add("sd_from_se", inputs, "SD = SE · √n", {"SE": printed, "n": n}, {"sd": sd})
    elif spread == "ci" and lower is not None and upper is not None:
        level = number(row["level"])
        if level is None:
            level = 95.0
            notes.flag("ci_level_assumed_95")
        if n is not None and n > 1:
            sd = sd_from_ci(lower, upper, n, level)
            q = "t(n − 1)" if n < SMALL_GROUP else "z"
            values = {"lower": lower, "upper": upper, "n": n, "level": level}
            last = steps.add("sd_from_ci", inputs, f"SD = √n · (upper − lower)/(2 {q})", values, {"sd": sd})
    elif spread == "ci":
        return Spread(None, last, "the confidence interval is not complete")
    else:
        return Spread(None, last, _NOT_AN_SD.get(spread, "the spread cannot be read"))
    if sd is not None and sd <= 0:
        return Spread(None, last, "the printed spread is 0, which gives no variance")
    return Spread(sd, last)


def test_of(row: Row, source: Source) -> Tested | None:
    """Return the t or the exact p that a row prints, where the configuration allows to use it.

    A p printed as a bound (``<0.001``), as 0 or as 1 gives no SD.
    """
    text, allowed = row["p_value"].strip(), source.choices.conversions
    t = _T.match(text)
    if t is not None:
        return Tested("t", float(t[1])) if "t" in allowed else None
    p = _P.fullmatch(text)
    if p is None or "p" not in allowed or not 0 < float(p[1]) < 1:
        return None
    return Tested("p", float(p[1]))


def sd_from_test(
    row: Row, mean: float | None, n: int | None, source: Source, steps: Derivation, step: int, notes: Notes
) -> Spread | None:
    """Return the SD of a printed change from its paired t or p; ``None`` where it prints none that can be used.

    The test is taken to be that of the change where follow-up is compared with baseline, and only where no other arm
    prints the same one: then it may be that of the comparison between the arms.
    """
    tested = test_of(row, source)
    if tested is None or not source.choices.paired or row["change"] != "true" or mean is None or n is None:
        return None
    if any(r["p_value"] == row["p_value"] and r["arm_id"] != row["arm_id"] for r in source.rows):
        return Spread(None, step, "the printed p may be that of the comparison between the arms")
    try:
        sd = (sd_from_t if tested.kind == "t" else sd_from_p)(mean, tested.value, n)
    except RefusedError as error:
        return Spread(None, step, f"no SD follows from {tested.kind}: {error}")
    name = f"sd_from_{tested.kind}"
    notes.flag(name)
    formula = "SD = √n · |mean|/|t|" + ("" if tested.kind == "t" else ", t of p with n − 1 df")
    values = {"mean": mean, tested.kind: tested.value, "n": n}
    return Spread(sd, steps.add(name, [step], formula, values, {"sd": sd}))
