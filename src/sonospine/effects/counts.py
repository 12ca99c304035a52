"""Events of a total, and what is made of them: RR, OR, RD and PLO."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sonospine.effects.candidates import Candidate
from sonospine.effects.conversions import split_counts
from sonospine.effects.derivation import Derivation
from sonospine.effects.estimates import Estimate, final_step
from sonospine.effects.inputs import Cell, Notes, Source
from sonospine.effects.measures import (
    log_odds_ratio,
    log_risk_ratio,
    logit_proportion,
    proportion_with_half_events,
    risk_difference,
    with_half_events,
)
from sonospine.effects.people import refuse_other_units, refuse_same_people
from sonospine.effects.summaries import participants
from sonospine.model.numbers import number

_FORMULAS = {
    "RR": "yi = ln[(a/n1)/(c/n2)]; vi = 1/a − 1/n1 + 1/c − 1/n2",
    "OR": "yi = ln[a (n2 − c)/((n1 − a) c)]; vi = 1/a + 1/(n1 − a) + 1/c + 1/(n2 − c)",
    "RD": "yi = a/n1 − c/n2; vi = p1 (1 − p1)/n1 + p2 (1 − p2)/n2",
    "PLO": "yi = ln[a/(n − a)]; vi = 1/a + 1/(n − a)",
}
_FUNCTIONS = {"RR": log_risk_ratio, "OR": log_odds_ratio, "RD": risk_difference}
NO_EVENTS = "no events in both arms: they tell nothing about a ratio"
ALL_EVENTS = "everybody had the event in both arms: they tell nothing about a ratio"


def counts_of_arms(made: Estimate, candidate: Candidate, source: Source) -> None:
    """Compare the counts of two arms, or of arms combined; a cell of 0 is left out or takes 0.5, as configured.

    Raises
    ------
    RefusedError
        The measure cannot be computed of these counts.
    """
    measure = source.choices.measure
    sides = [_side(made, cells, source) for cells in (candidate.one, candidate.two)]
    if sides[0] is None or sides[1] is None:
        return
    (a, n1, step_1), (c, n2, step_2) = sides[0], sides[1]
    refuse_same_people(n1, n2, candidate.lead["study_id"], source, made.notes)
    for total, arms in ((n1, candidate.arms_1), (n2, candidate.arms_2)):
        refuse_other_units(total, arms, made.notes)
    if candidate.part is not None:
        c, n2, step_2 = _share(made, c, n2, step_2, candidate.part)
    made.events_1, made.n1, made.events_2, made.n2 = a, n1, c, n2
    counts: tuple[float, float, float, float] = (a, n1, c, n2)
    inputs = [step_1, step_2]
    if 0 in (a, c, n1 - a, n2 - c):
        made.notes.flag("zero_cell")
        if source.choices.zero_cells == "half" and not _told_nothing(made, a, n1, c, n2, measure):
            counts = with_half_events(a, n1, c, n2)
            made.notes.flag("half_added")
            names = ("a", "n1", "c", "n2")
            step = made.steps.add(
                "with_half_events",
                inputs,
                "a + 0.5; n1 + 1; c + 0.5; n2 + 1",
                dict(zip(names, (a, n1, c, n2), strict=True)),
                dict(zip(names, counts, strict=True)),
            )
            inputs = [step]
        elif measure == "RR" and 0 in (a, c):
            where = "both arms" if a == c else "one arm"
            made.notes.problem(f"zero cell: no events in {where}, and no correction is made up")
            return
    made.effect = _FUNCTIONS[measure](*counts)
    values = dict(zip(("a", "n1", "c", "n2"), counts, strict=True))
    final_step(made, measure, inputs, _FORMULAS[measure], values)


def _told_nothing(made: Estimate, a: int, n1: int, c: int, n2: int, measure: str) -> bool:
    """Tell whether nobody, or everybody, had the event in both arms of a ratio, and note the reason."""
    if measure == "RD" or not (a == c == 0 or (a == n1 and c == n2)):
        return False
    made.notes.problem(NO_EVENTS if a == 0 else ALL_EVENTS)
    return True


def proportion_of_arm(made: Estimate, candidate: Candidate, source: Source) -> None:
    """Return the logit of the proportion of one arm, or of arms combined (PLO).

    Raises
    ------
    RefusedError
        Nobody or everybody had the event, and no 0.5 is added.
    """
    side = _side(made, candidate.one, source)
    if side is None:
        return
    a, n, step = side
    made.events_1, made.n1 = a, n
    refuse_other_units(n, candidate.arms_1, made.notes)
    counts: tuple[float, float] = (a, n)
    if a in (0, n):
        made.notes.flag("zero_cell")
        if source.choices.zero_cells == "half":
            counts = proportion_with_half_events(a, n)
            made.notes.flag("half_added")
            step = made.steps.add(
                "proportion_with_half_events",
                [step],
                "a + 0.5; n + 1",
                {"a": a, "n": n},
                {"a": counts[0], "n": counts[1]},
            )
    made.effect = logit_proportion(*counts)
    final_step(made, "PLO", [step], _FORMULAS["PLO"], {"a": counts[0], "n": counts[1]})


def _side(made: Estimate, cells: Sequence[Cell], source: Source) -> tuple[int, int, int] | None:
    """Return events, people and step of one side; ``None`` where they cannot be had."""
    counted = [count_events(cell, source, made.steps, made.notes) for cell in cells]
    if not counted or any(c.events is None or c.total is None for c in counted):
        return None
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
    return events, total, step


def _share(made: Estimate, c: int, n2: int, step: int, part: tuple[int, int]) -> tuple[int, int, int]:
    """Return the share of a comparator's counts that is split between several arms of interest."""
    index, parts = part
    events, total = split_counts(c, n2, parts)[index]
    made.notes.flag("control_split")
    formula = f"events and people: share {index + 1} of {parts}"
    step = made.steps.add(
        "split_control",
        [step],
        formula,
        {"events": c, "total": n2, "parts": parts},
        {"events": events, "total": total},
    )
    return events, total, step


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
