"""From a row to what a formula needs: n, mean and SD of a group, or events of a total."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sonospine.config.settings import Outcome
from sonospine.effects.conversions import SMALL_GROUP, sd_from_ci, sd_from_se
from sonospine.effects.derivation import Derivation
from sonospine.effects.measures import Group
from sonospine.effects.scales import Conversion, Range, conversion
from sonospine.model.numbers import number
from sonospine.model.table_io import Row

RULED_OUT = "ruled_out:"
_IMPOSSIBLE = {
    "sd_below_minimum": "the printed SD is smaller than whole-number scores with this mean and n allow",
    "sd_above_maximum": "the printed SD is larger than the scale allows with this mean and n",
    "value_out_of_scale": "the printed value lies outside the scale",
    "interval_without_estimate": "the printed interval does not contain its estimate",
    "count_above_total": "the printed count is larger than its total",
}
_UNCLEAR = {
    "ambiguous_place": "the same passage or table prints several values for this, which the reader cannot tell apart",
    "several_times": "it is not clear which of several times the value belongs to",
    "sd_may_be_se": "the SDs look like standard errors: several times smaller than in the other arm",
    "sign_ambiguous": "the sign of the printed number is not clear",
}
_NOT_A_MEAN = {
    "median": "reported as a median, which is not pooled as a mean",
    "ls_mean": "reported as a least-squares mean, which is not pooled as a raw mean",
    "geometric_mean": "reported as a geometric mean, which is not pooled as a mean",
    "single": "one patient's score (n = 1)",
}
_NOT_AN_SD = {
    "iqr": "the spread is an interquartile range, which is not pooled as an SD",
    "range": "the spread is a range, which is not pooled as an SD",
    "none": "no SD, SE or confidence interval is printed",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A row as it enters a calculation; ``also`` are rows that lend it what it does not print."""

    row: Row
    also: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the rows behind it."""
        return (self.row["measurement_id"], *self.also)


@dataclass(frozen=True)
class Source:
    """What a calculation may look up beside the rows it was given.

    Parameters
    ----------
    outcome
        The outcome of the analysis.
    directions
        Which direction is better, by instrument.
    arms, studies
        Rows by ``arm_id`` and ``study_id``.
    results
        Standing rows by ``result_id``.
    scale_free
        Whether the effect is standardised.
    reach
        Where the outcome has no scale: the scale on which the rows of one effect meet.
    """

    outcome: Outcome
    directions: Mapping[str, str]
    arms: Mapping[str, Row]
    studies: Mapping[str, Row]
    results: Mapping[str, Sequence[Row]]
    scale_free: bool = False
    reach: Range | None = None


@dataclass(slots=True)
class Notes:
    """What is collected on the way: reasons not to pool, warnings, rows used."""

    problems: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    def use(self, cell: Cell) -> None:
        """Note a row as used, with its warnings and what its checks rule out."""
        self.ids += [i for i in cell.ids if i not in self.ids]
        for flag in filter(None, cell.row["flags"].split(";")):
            if flag.startswith(RULED_OUT):
                name = flag.removeprefix(RULED_OUT)
                self.problem(_IMPOSSIBLE.get(name, f"a check rules the value out ({name})"))
            else:
                self.flag(flag)
                self.problem(_UNCLEAR.get(flag, ""))

    def problem(self, text: str) -> None:
        """Note a reason not to pool, once."""
        if text and text not in self.problems:
            self.problems.append(text)

    def flag(self, text: str) -> None:
        """Note a warning, once."""
        if text and text not in self.flags:
            self.flags.append(text)


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


def summarise(cell: Cell, source: Source, steps: Derivation, notes: Notes) -> Summary:
    """Read a row as n, mean and SD on the scale of the outcome; each conversion becomes a step.

    What hinders pooling is noted, not raised: medians, least-squares and geometric means, single scores,
    interquartile ranges and ranges, an SD of 0, n of 1 or unknown, an unknown scale.
    """
    row = cell.row
    notes.use(cell)
    if row["centre"] != "mean":
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
    sd, step = _sd(row, n, steps, inputs, notes)
    turn = conversion(
        row, source.outcome, _direction(row, source), scale_free=source.scale_free, reach=source.reach
    )
    notes.problem(turn.problem)
    notes.flag(turn.flag)
    if value is not None and not turn.problem and not turn.identity:
        return _rescaled(row, n, value, sd, turn, steps, step)
    as_read = Printed(row["value"], row["spread_value"] if row["spread"] == "sd" else "")
    return Summary(n, value, sd, step, turn.unit, as_read)


def _direction(row: Row, source: Source) -> str:
    return source.directions.get(row["instrument"], "")


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


def _sd(
    row: Row, n: int | None, steps: Derivation, inputs: list[str | int], notes: Notes
) -> tuple[float | None, int]:
    last = next(i for i in inputs if isinstance(i, int))
    spread, printed = row["spread"], number(row["spread_value"])
    lower, upper = number(row["lower"]), number(row["upper"])
    sd: float | None = None
    if spread == "sd" and printed is not None:
        sd = printed
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
        notes.problem("the confidence interval is not complete")
    else:
        notes.problem(_NOT_AN_SD.get(spread, "the spread cannot be read"))
    if sd is not None and sd <= 0:
        notes.problem("the printed spread is 0, which gives no variance")
        return None, last
    return sd, last


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


@dataclass(frozen=True, slots=True)
class Events:
    """Events of a total; ``None`` where they cannot be had; and the step they come from."""

    events: int | None
    total: int | None
    step: int


def count_events(cell: Cell, source: Source, steps: Derivation, notes: Notes) -> Events:
    """Read a row as events of a total; a percentage becomes a count only where one whole number fits it."""
    row = cell.row
    notes.use(cell)
    if row["population"].startswith("subgroup"):
        notes.problem("reported for a subgroup of the study only")
    value = number(row["value"])
    if row["total"]:
        total: int | None = int(row["total"])
        total_step = None
    else:
        total, total_step = participants(cell, source, steps, notes)
    step = steps.add(
        "read",
        list(cell.ids),
        "as printed",
        {"centre": row["centre"], "value": row["value"], "total": row["total"]},
        {"value": row["value"], "total": str(total or "")},
    )
    if value is None or not total:
        notes.problem("the count or its total is not printed")
        return Events(None, total, step)
    if row["centre"] == "count":
        if value != int(value):
            notes.problem("the printed count is not a whole number")
            return Events(None, total, step)
        return Events(int(value), total, step)
    places = len(row["value"].partition(".")[2])
    half = 0.5 * 10.0**-places + 1e-9
    fitting = [
        c
        for c in range(max(0, int(value * total / 100) - 1), min(total, int(value * total / 100) + 2) + 1)
        if abs(100 * c / total - value) <= half
    ]
    if len(fitting) != 1:
        notes.problem(f"{row['value']} % of {total} is no single whole number of people")
        return Events(None, total, step)
    inputs: list[str | int] = [step] if total_step is None else [step, total_step]
    step = steps.add(
        "events_from_percent",
        inputs,
        "events = percent · total/100",
        {"percent": value, "total": total},
        fitting[0],
    )
    notes.flag("events_from_percent")
    return Events(fitting[0], total, step)
