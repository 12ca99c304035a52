"""Everything an analysis could take from a study: rows laid out as follow-up and baseline, or arm and arm."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sonospine.config.settings import Analysis, Outcome, Window
from sonospine.effects.arm_rows import COUNTS, MEANS, Slot, baseline_of, best_rows, slot_of
from sonospine.effects.choices import Choices
from sonospine.effects.inputs import Cell
from sonospine.effects.selection import (
    arm_order,
    belongs,
    in_window,
    instrument_order,
    population_order,
    procedures_differ,
    sides,
    subscale_order,
    time_order,
)
from sonospine.model.numbers import number
from sonospine.model.table_io import Row

NO_BASELINE = "no baseline value of the same arm and instrument"
NO_COMPARATOR = "no value of the comparator at the same time on the same instrument"
OTHER_PROCEDURE = "the arms differ in the procedure, not only in its guidance"
NO_CHANGES = "change scores are not used in this analysis"
NO_FINALS = "values at follow-up are not used in this analysis, only change scores"
_KINDS = {
    "prefer_final": ("final", "change", "printed"),
    "final_only": ("final", "change", "printed"),
    "prefer_change": ("change", "final", "printed"),
    "change_only": ("change", "final", "printed"),
}


@dataclass(frozen=True)
class Candidate:
    """Rows that could make one effect of a study.

    ``kind`` is ``final`` (values), ``change`` (change scores) or ``printed`` (a difference or ratio as printed).
    ``one`` are the cells of ``arms_1``; ``two`` those of ``arms_2``, or the baselines of ``arms_1``. ``reverse``
    tells that a printed comparison is of arm 2 against arm 1; ``sign`` is that of arm 1 minus arm 2 in the arms' own
    figures (0: not known), which tells whether it was. ``part`` is the share (from 0) and the number of shares of a
    comparator that is split between several arms. ``problems`` are reasons known from the layout alone.
    """

    kind: str
    slot: Slot
    arms_1: tuple[Row, ...]
    arms_2: tuple[Row, ...]
    one: tuple[Cell, ...]
    two: tuple[Cell, ...] = ()
    reverse: bool = False
    sign: int = 0
    part: tuple[int, int] | None = None
    problems: tuple[str, ...] = ()

    @property
    def lead(self) -> Row:
        """The row that tells instrument and time."""
        return self.one[0].row

    @property
    def of_changes(self) -> bool:
        """Whether it rests on change scores."""
        return self.kind == "change" or self.lead["change"] == "true"

    @property
    def pair(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The ids of its arms."""
        return tuple(a["arm_id"] for a in self.arms_1), tuple(a["arm_id"] for a in self.arms_2)

    def order(self, outcome: Outcome, window: Window | None, choices: Choices) -> tuple[object, ...]:
        """Return the order of preference.

        Instrument, subscale, people and time come first; then final values before change scores before a printed
        comparison, and raw figures before adjusted ones (or as the analysis has it); then more arms, and the arms.
        """
        row = self.lead
        adjusted = row["adjusted"] == "true"
        kind = _KINDS[choices.change_values].index(self.kind)
        return (
            instrument_order(row, outcome),
            subscale_order(row),
            population_order(row),
            time_order(row, window),
            (not adjusted, kind) if choices.adjusted_first else (kind, adjusted),
            any(cell.minus is not None for cell in (*self.one, *self.two)),
            -len(self.arms_1) - len(self.arms_2),
            [arm_order(a) for a in (*self.arms_1, *self.arms_2)],
            [c.ids for c in (*self.one, *self.two)],
        )


def candidates_of(
    analysis: Analysis,
    outcome: Outcome,
    window: Window | None,
    choices: Choices,
    study: Row,
    arms: Sequence[Row],
    rows: Iterable[Row],
) -> list[Candidate]:
    """List what an analysis could take from the preferred rows of one study.

    Arms are laid out one by one (before/after, one arm) or pair by pair; see ``together`` for arms that are combined.
    """
    of_outcome = [row for row in rows if belongs(row, outcome)]
    first, second = sides(analysis, arms, study)
    if not first or (analysis.comparator is not None and not second):
        return []
    timed = [row for row in of_outcome if in_window(row, window)]
    if analysis.contrast == "one_arm":
        found = _one_by_one(first, timed, choices)
    elif analysis.comparator is None:
        found = _before_after(first, timed, of_outcome, choices)
    else:
        found = _between(first, second, timed, choices)
        if {"change_sd"} <= choices.conversions and choices.change_values in ("prefer_change", "change_only"):
            found += _gains(found, of_outcome)
        found += _printed(choices, first, second, of_outcome, timed)
        if analysis.same_procedure:
            found = [_same_procedure(c, study) for c in found]
    return [_wanted(c, choices) for c in found]


def _same_procedure(candidate: Candidate, study: Row) -> Candidate:
    if procedures_differ(candidate.arms_1[0], candidate.arms_2[0], study):
        return _refused(candidate, OTHER_PROCEDURE)
    return candidate


def _wanted(candidate: Candidate, choices: Choices) -> Candidate:
    """Refuse change scores, or values at follow-up, where the analysis uses the other kind only."""
    if choices.counted:
        return candidate
    if choices.change_values == "final_only" and candidate.of_changes:
        return _refused(candidate, NO_CHANGES)
    if choices.change_values == "change_only" and not candidate.of_changes:
        return _refused(candidate, NO_FINALS)
    return candidate


def _refused(candidate: Candidate, problem: str) -> Candidate:
    return replace(candidate, problems=(*candidate.problems, problem))


def _slots(rows: Iterable[Row], choices: Choices) -> list[tuple[Slot, dict[str, Row]]]:
    """Return the best row of each arm, slot by slot; counts of different events are told apart by their label."""
    wanted = COUNTS if choices.counted else MEANS
    slots: dict[Slot, list[Row]] = defaultdict(list)
    for row in rows:
        if row["centre"] in wanted and row["arm_id"]:
            slots[slot_of(row, by_label=choices.counted)].append(row)
    return [
        (slot, best_rows(slots[slot], wanted, adjusted_first=choices.adjusted_first))
        for slot in sorted(slots)
    ]


def _kind(row: Row) -> str:
    return "change" if row["change"] == "true" else "final"


def _one_by_one(arms: Sequence[Row], timed: Sequence[Row], choices: Choices) -> list[Candidate]:
    return [
        Candidate(_kind(row), slot, (arm,), (), (Cell(row),))
        for slot, cells in _slots(timed, choices)
        for arm in arms
        if (row := cells.get(arm["arm_id"])) is not None
    ]


def _before_after(
    arms: Sequence[Row], timed: Sequence[Row], rows: Sequence[Row], choices: Choices
) -> list[Candidate]:
    found = []
    for candidate in _one_by_one(arms, timed, choices):
        baseline = baseline_of(candidate.lead, rows)
        two = (Cell(baseline),) if baseline is not None else ()
        problems = () if two or candidate.kind == "change" else (NO_BASELINE,)
        found.append(replace(candidate, arms_2=candidate.arms_1, two=two, problems=problems))
    return found


def _between(
    first: Sequence[Row], second: Sequence[Row], timed: Sequence[Row], choices: Choices
) -> list[Candidate]:
    found = []
    for slot, cells in _slots(timed, choices):
        for one in first:
            row = cells.get(one["arm_id"])
            if row is None:
                continue
            kind = _kind(row)
            partners = [(two, cells[two["arm_id"]]) for two in second if two["arm_id"] in cells]
            if not partners:
                found.append(
                    Candidate(kind, slot, (one,), tuple(second[:1]), (Cell(row),), problems=(NO_COMPARATOR,))
                )
            found += [
                Candidate(kind, slot, (one,), (two,), (Cell(row),), (Cell(other),)) for two, other in partners
            ]
    return found


def _gains(found: Sequence[Candidate], rows: Sequence[Row]) -> list[Candidate]:
    """Return the changes that can be worked out: of values at follow-up whose arms both have a baseline."""
    made = []
    for candidate in found:
        if candidate.kind != "final" or not candidate.two:
            continue
        (one,), (two,) = candidate.one, candidate.two
        before_1, before_2 = baseline_of(one.row, rows), baseline_of(two.row, rows)
        if before_1 is not None and before_2 is not None:
            cells = (replace(one, minus=before_1),), (replace(two, minus=before_2),)
            made.append(replace(candidate, kind="change", one=cells[0], two=cells[1]))
    return made


def _printed(
    choices: Choices,
    first: Sequence[Row],
    second: Sequence[Row],
    rows: Sequence[Row],
    timed: Sequence[Row],
) -> list[Candidate]:
    if choices.measure == "ROM":
        return []
    centre = "ratio" if choices.measure in ("RR", "OR") else "difference"
    one_of, two_of = {a["arm_id"]: a for a in first}, {a["arm_id"]: a for a in second}
    found = []
    for row in sorted(timed, key=lambda r: r["measurement_id"]):
        if row["centre"] != centre:
            continue
        pair = (row["arm_id"], row["comparator_arm_id"])
        for reverse, (left, right) in ((False, pair), (True, pair[::-1])):
            if left in one_of and right in two_of:
                found.append(
                    Candidate(
                        "printed",
                        slot_of(row),
                        (one_of[left],),
                        (two_of[right],),
                        (Cell(row),),
                        reverse=reverse,
                        sign=_sign(row, left, right, rows, counted=choices.counted),
                    )
                )
    return found


def _sign(printed: Row, left: str, right: str, rows: Sequence[Row], *, counted: bool) -> int:
    """Return the sign of left minus right in the arms' own figures beside a printed comparison; 0 if not known."""
    wanted = COUNTS if counted else ("mean", "ls_mean")
    figures: dict[str, set[float]] = {left: set(), right: set()}
    for row in rows:
        figure = _figure(row)
        fitting = row["arm_id"] in figures and row["centre"] in wanted
        same = all(row[c] == printed[c] for c in ("instrument", "subscale", "phase", "weeks"))
        units = {row["unit"], printed["unit"]} - {""}
        if fitting and same and len(units) < 2 and figure is not None:
            figures[row["arm_id"]].add(figure)
    signs = {(a > b) - (a < b) for a in figures[left] for b in figures[right]}
    return signs.pop() if len(signs) == 1 else 0


def _figure(row: Row) -> float | None:
    value, total = number(row["value"]), number(row["total"])
    if row["centre"] != "count" or value is None:
        return value
    return 100 * value / total if total else None


def together(usable: Sequence[Candidate], contrast: str) -> Candidate | None:
    """Return one candidate that combines all usable arms of a slot, or ``None`` where there is nothing to combine.

    Cochrane Handbook v6.5, 23.3.4: the arms of a study that belong on one side are combined, so that nobody is
    counted twice and no arm is picked.
    """
    if len(usable) < 2 or usable[0].kind == "printed":
        return None
    ones = {c.arms_1[0]["arm_id"]: (c.arms_1[0], c.one[0]) for c in usable}
    arms, cells = tuple(arm for arm, _ in ones.values()), tuple(cell for _, cell in ones.values())
    lead = usable[0]
    if contrast == "one_arm":
        return Candidate(lead.kind, lead.slot, arms, (), cells)
    if contrast == "before_after":
        baselines = {c.arms_1[0]["arm_id"]: c.two for c in usable}
        two = tuple(cell for key in ones for cell in baselines[key])
        if two and len(two) != len(ones):
            return None
        return Candidate(lead.kind, lead.slot, arms, arms, cells, two)
    twos = {c.arms_2[0]["arm_id"]: (c.arms_2[0], c.two[0]) for c in usable}
    return Candidate(
        lead.kind,
        lead.slot,
        arms,
        tuple(arm for arm, _ in twos.values()),
        cells,
        tuple(cell for _, cell in twos.values()),
    )


def arm_by_arm(usable: Sequence[Candidate], *, split: bool) -> list[Candidate]:
    """Return a candidate for each arm of interest against the comparator they share; empty where there is one arm.

    Several comparators are combined first. With ``split`` each arm takes its share of the comparator's people
    (Cochrane Handbook v6.5, 23.3.4); without, each is set against all of them, and the effects are dependent. Printed
    comparisons cannot be split; of a pair that is printed several times the first is taken.
    """
    whole = together(usable, "between_arms")
    if whole is None:
        firsts = {c.pair: c for c in reversed(usable)}
        several = len({p[0] for p in firsts}) > 1 and not split and usable[0].kind == "printed"
        return [c for c in usable if firsts[c.pair] is c] if several else []
    if len(whole.arms_1) < 2:
        return []
    parts = len(whole.arms_1)
    return [
        replace(whole, arms_1=(arm,), one=(cell,), part=(index, parts) if split else None)
        for index, (arm, cell) in enumerate(zip(whole.arms_1, whole.one, strict=True))
    ]
