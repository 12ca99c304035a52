"""From a row to n, mean and SD of a group on the scale of the analysis."""

from __future__ import annotations

from dataclasses import dataclass

from sonospine.effects.derivation import Derivation
from sonospine.effects.gains import correlation_for, sd_by_correlation, sd_of_change
from sonospine.effects.inputs import Cell, Notes, Source
from sonospine.effects.measures import Group
from sonospine.effects.medians import can_convert, from_median
from sonospine.effects.scales import Conversion, conversion
from sonospine.effects.spreads import Spread, sd_from_test, sd_of
from sonospine.model.numbers import number
from sonospine.model.table_io import Row

_NOT_A_MEAN = {
    "median": "reported as a median, which is not pooled as a mean",
    "ls_mean": "reported as a least-squares mean, which is not pooled as a raw mean",
    "geometric_mean": "reported as a geometric mean, which is not pooled as a mean",
    "single": "one patient's score (n = 1)",
}


@dataclass(frozen=True, slots=True)
class Printed:
    """Mean and SD as the source prints them; empty where they were converted."""

    mean: str = ""
    sd: str = ""


CONVERTED = Printed()


@dataclass(frozen=True, slots=True)
class Summary:
    """n, mean and SD of a group on the analysis scale, as far as they are known, and the step they come from."""

    n: int | None
    mean: float | None
    sd: float | None
    step: int
    unit: str
    printed: Printed = CONVERTED

    def group(self) -> Group | None:
        """Return the group where all three are known."""
        if self.n is None or self.mean is None or self.sd is None:
            return None
        return Group(self.n, self.mean, self.sd)


def summarise(
    cell: Cell, source: Source, steps: Derivation, notes: Notes, *, spread_elsewhere: bool = False
) -> Summary:
    """Read a row as n, mean and SD on the scale of the outcome; each conversion becomes a step.

    What hinders pooling is noted, not raised: medians that are not converted, least-squares and geometric means,
    single scores, interquartile ranges and ranges, an SD of 0, n of 1 or unknown, an unknown scale.

    Parameters
    ----------
    cell
        The row, with the baseline that is subtracted from it where it is a change that has to be worked out.
    source, steps, notes
        What may be looked up, the derivation and the notes.
    spread_elsewhere
        Whether a missing SD is no problem, because the test of the comparison gives it.
    """
    if cell.minus is not None:
        return _gain(cell, source, steps, notes)
    row = cell.row
    notes.use(cell)
    of_median = can_convert(row, source)
    if row["centre"] != "mean" and not of_median:
        notes.problem(_NOT_A_MEAN.get(row["centre"], "no mean is reported"))
    if row["population"].startswith("subgroup"):
        notes.problem("reported for a subgroup of the study only")
    n, n_step = participants(cell, source, steps, notes)
    value = number(row["value"])
    if value is None:
        notes.problem("no value is printed")
    spread = {k: row[k] for k in ("spread_value", "lower", "upper", "level") if row[k]}
    step = steps.add(
        "read",
        list(cell.ids),
        "as printed",
        {"centre": row["centre"], "value": row["value"], "spread": row["spread"], **spread, "n": row["n"]},
        {"mean": row["value"], "n": str(n or "")},
    )
    inputs: list[str | int] = [step] if n_step is None else [step, n_step]
    if of_median:
        made = from_median(row, n, source, steps, inputs, step, notes)
        value, found = made.mean, Spread(made.sd, made.step, made.problem)
    else:
        found = _spread(row, value, n, source, steps, inputs, notes)
    if not (spread_elsewhere and row["spread"] == "none"):
        notes.problem(found.problem)
    turn = conversion(
        row, source.outcome, source.direction(row), scale_free=source.choices.scale_free, reach=source.reach
    )
    notes.problem(turn.problem)
    notes.flag(turn.flag)
    if turn.offset and source.choices.measure == "ROM":
        notes.problem("a ratio of means needs a scale that starts at 0 and is not turned")
    if value is not None and not turn.problem and not turn.identity:
        return _rescaled(row, n, value, found.sd, turn, steps, found.step)
    as_read = Printed(row["value"], row["spread_value"] if row["spread"] == "sd" else "")
    return Summary(n, value, found.sd, found.step, turn.unit, CONVERTED if of_median else as_read)


def _spread(
    row: Row,
    value: float | None,
    n: int | None,
    source: Source,
    steps: Derivation,
    inputs: list[str | int],
    notes: Notes,
) -> Spread:
    """Return the SD of a row; that of a change also from SDs beside it or from its own test."""
    found = sd_of(row, n, source, steps, inputs, notes)
    if row["spread"] != "none" or row["change"] != "true":
        return found
    other = sd_of_change(row, source, steps, found.step, notes)
    if other is None or other.sd is None:
        other = sd_from_test(row, value, n, source, steps, found.step, notes)
    return other or found


def _gain(cell: Cell, source: Source, steps: Derivation, notes: Notes) -> Summary:
    """Work out a change from the values at follow-up and baseline, with the correlation of the two."""
    after = summarise(Cell(cell.row, cell.also), source, steps, notes)
    before = summarise(Cell(cell.minus or cell.row), source, steps, notes)
    if None in (after.n, before.n, after.mean, before.mean, after.sd, before.sd):
        return Summary(after.n, None, None, after.step, after.unit)
    n = min(after.n or 0, before.n or 0)
    if after.n != before.n:
        notes.flag("n_differs_from_baseline")
    mean = (after.mean or 0.0) - (before.mean or 0.0)
    r, used = correlation_for([cell.row], source, steps, notes)
    inputs = [after.step, before.step, *used]
    spread = sd_by_correlation(before.sd or 0.0, after.sd or 0.0, r, steps, inputs, notes)
    notes.problem(spread.problem)
    notes.flag("change_computed")
    step = steps.add(
        "change_from_baseline",
        [after.step, before.step, spread.step],
        "change = m1 − m2; n = min(n1, n2)",
        {"m1": after.mean or 0.0, "m2": before.mean or 0.0, "n1": after.n or 0, "n2": before.n or 0},
        {"mean": mean, "n": n},
    )
    return Summary(n, mean, spread.sd, step, after.unit)


def _rescaled(
    row: Row, n: int | None, value: float, sd: float | None, turn: Conversion, steps: Derivation, step: int
) -> Summary:
    offset = 0.0 if row["change"] == "true" else turn.offset
    mean = turn.factor * value + offset
    new_sd = None if sd is None else abs(turn.factor) * sd
    formula = f"{turn.formula}; SD' = SD · {abs(turn.factor):.6g}"
    if row["change"] == "true":
        formula = f"change' = change · {turn.factor:.6g}; SD' = SD · {abs(turn.factor):.6g}"
    values: dict[str, float | int | str] = {"mean": value}
    result: dict[str, float | int | str] = {"mean": mean}
    if sd is not None and new_sd is not None:
        values["sd"], result["sd"] = sd, new_sd
    step = steps.add("rescale", [step], formula, values, result)
    return Summary(n, mean, new_sd, step, turn.unit)


def participants(
    cell: Cell, source: Source, steps: Derivation, notes: Notes
) -> tuple[int | None, int | None]:
    """Return n of a row and the step that says so where the row itself prints none.

    It is looked for in the row, in the other rows of the same result, then among the people analysed and
    randomised in the arm; n of 1 and an unknown n are noted as reasons not to pool.
    """
    row = cell.row
    n, step = (int(row["n"]), None) if row["n"] else _n_elsewhere(row, source, steps, notes)
    if n is None:
        notes.problem("the number of participants is not known")
    elif n < 2:
        notes.problem("n = 1: a single patient is not pooled")
    return n, step


def _n_elsewhere(row: Row, source: Source, steps: Derivation, notes: Notes) -> tuple[int | None, int | None]:
    told = {r["n"]: r for r in source.results.get(row["result_id"], ()) if r["n"]}
    if len(told) == 1:
        text, other = next(iter(told.items()))
        notes.ids += [i for i in (other["measurement_id"],) if i not in notes.ids]
        notes.flag("n_from_another_place")
        return int(text), steps.add(
            "n", [other["measurement_id"]], "n printed with the same result", {}, int(text)
        )
    arm = source.arms.get(row["arm_id"])
    for column, what in (("n_analysed", "analysed"), ("n_randomised", "randomised")):
        if arm is not None and arm[column]:
            notes.flag("n_from_arm")
            found = int(arm[column])
            return found, steps.add("n", [row["arm_id"]], f"n {what} in the arm", {}, found)
    study = source.studies.get(row["study_id"])
    if arm is not None and arm["role"] == "single" and study is not None and study["n_randomised"]:
        notes.flag("n_from_study")
        found = int(study["n_randomised"])
        return found, steps.add("n", [row["study_id"]], "n of the one-arm study", {}, found)
    return None, None
