"""Everything an analysis could take from a study: rows laid out as follow-up and baseline, or arm and arm."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sonospine.config.settings import Analysis, Outcome, Window
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
from sonospine.effects.summaries import Cell
from sonospine.model.numbers import derived, number
from sonospine.model.table_io import Row

MEANS = ("mean", "ls_mean", "geometric_mean", "median", "single")
COUNTS = ("count", "percent")
NO_BASELINE = "no baseline value of the same arm and instrument"
NO_COMPARATOR = "no value of the comparator at the same time on the same instrument"
OTHER_PROCEDURE = "the arms differ in the procedure, not only in its guidance"
KINDS = ("final", "change", "printed")

Slot = tuple[str, ...]


@dataclass(frozen=True)
class Candidate:
    """Rows that could make one effect of a study.

    ``kind`` is ``final`` (values), ``change`` (change scores) or ``printed`` (a difference or ratio as printed).
    ``one`` are the cells of ``arms_1``; ``two`` those of ``arms_2``, or the baselines of ``arms_1``. ``reverse``
    tells that a printed comparison is of arm 2 against arm 1; ``sign`` is that of arm 1 minus arm 2 in the arms' own
    figures (0: not known), which tells whether it was. ``problems`` are reasons known from the layout alone.
    """

    kind: str
    slot: Slot
    arms_1: tuple[Row, ...]
    arms_2: tuple[Row, ...]
    one: tuple[Cell, ...]
    two: tuple[Cell, ...] = ()
    reverse: bool = False
    sign: int = 0
    problems: tuple[str, ...] = ()

    @property
    def lead(self) -> Row:
        """The row that tells instrument and time."""
        return self.one[0].row

    def order(self, outcome: Outcome, window: Window | None) -> tuple[object, ...]:
        """Return the order of preference: instrument, subscale, people, time, final values first, then arms."""
        row = self.lead
        return (
            instrument_order(row, outcome),
            subscale_order(row),
            population_order(row),
            time_order(row, window),
            KINDS.index(self.kind),
            row["adjusted"] == "true",
            -len(self.arms_1) - len(self.arms_2),
            [arm_order(a) for a in (*self.arms_1, *self.arms_2)],
            [c.ids for c in (*self.one, *self.two)],
        )


def candidates_of(
    analysis: Analysis,
    outcome: Outcome,
    window: Window | None,
    study: Row,
    arms: Sequence[Row],
    rows: Iterable[Row],
) -> list[Candidate]:
    """List what an analysis could take from the preferred rows of one study.

    Arms are laid out one by one (before/after) or pair by pair; see ``together`` for arms that are combined.
    """
    of_outcome = [row for row in rows if belongs(row, outcome)]
    first, second = sides(analysis, arms, study)
    if not first or (analysis.comparator is not None and not second):
        return []
    if analysis.comparator is None:
        return _before_after(first, of_outcome, window)
    wanted = COUNTS if analysis.measure == "RR" else MEANS
    found = _between(first, second, of_outcome, window, wanted, by_label=analysis.measure == "RR")
    found += _printed(analysis, first, second, of_outcome, window)
    return [_same_procedure(c, study) for c in found] if analysis.same_procedure else found


def _same_procedure(candidate: Candidate, study: Row) -> Candidate:
    if procedures_differ(candidate.arms_1[0], candidate.arms_2[0], study):
        return replace(candidate, problems=(*candidate.problems, OTHER_PROCEDURE))
    return candidate


def slot_of(row: Mapping[str, str], *, by_label: bool = False) -> Slot:
    """Return what two arms' rows must share to be compared."""
    weeks = number(row["weeks"])
    time = row["time"].casefold() if weeks is None else derived(weeks)
    label = row["outcome"].casefold() if by_label else ""
    return (
        row["instrument"],
        label,
        row["subscale"].casefold(),
        row["population"],
        row["phase"],
        time,
        row["change"],
    )


def _best(rows: Iterable[Row], wanted: Sequence[str]) -> dict[str, Row]:
    """Return the row of each arm that can be used best: a mean before a median, unadjusted before adjusted."""
    best: dict[str, Row] = {}
    order = {name: rank for rank, name in enumerate(wanted)}
    for row in sorted(
        rows,
        key=lambda r: (
            order[r["centre"]],
            r["adjusted"] == "true",
            -float(r["confidence"]),
            r["measurement_id"],
        ),
    ):
        best.setdefault(row["arm_id"], row)
    return best


def _slots(
    rows: Iterable[Row], wanted: Sequence[str], *, by_label: bool = False
) -> list[tuple[Slot, dict[str, Row]]]:
    slots: dict[Slot, list[Row]] = defaultdict(list)
    for row in rows:
        if row["centre"] in wanted and row["arm_id"]:
            slots[slot_of(row, by_label=by_label)].append(row)
    return [(slot, _best(slots[slot], wanted)) for slot in sorted(slots)]


def _before_after(arms: Sequence[Row], rows: Sequence[Row], window: Window | None) -> list[Candidate]:
    follow = [row for row in rows if in_window(row, window)]
    before = [row for row in rows if row["phase"] == "baseline" and row["change"] == "false"]
    found = []
    for slot, cells in _slots(follow, MEANS):
        for arm in arms:
            row = cells.get(arm["arm_id"])
            if row is None:
                continue
            kind = "change" if row["change"] == "true" else "final"
            baseline = _baseline(row, before)
            two = (Cell(baseline),) if baseline is not None else ()
            problems = () if two or kind == "change" else (NO_BASELINE,)
            found.append(Candidate(kind, slot, (arm,), (arm,), (Cell(row),), two, problems=problems))
    return found


def _baseline(row: Row, before: Sequence[Row]) -> Row | None:
    same = [
        b
        for b in before
        if b["arm_id"] == row["arm_id"]
        and b["instrument"] == row["instrument"]
        and b["subscale"].casefold() == row["subscale"].casefold()
        and b["centre"] in MEANS
        and (b["population"] == row["population"] or b["population"] in ("", "itt"))
    ]
    same.sort(key=lambda b: b["population"] != row["population"])
    exact = [b for b in same if b["population"] == same[0]["population"]]
    return _best(exact, MEANS).get(row["arm_id"])


def _between(
    first: Sequence[Row],
    second: Sequence[Row],
    rows: Sequence[Row],
    window: Window | None,
    wanted: Sequence[str],
    *,
    by_label: bool,
) -> list[Candidate]:
    found = []
    for slot, cells in _slots([r for r in rows if in_window(r, window)], wanted, by_label=by_label):
        for one in first:
            row = cells.get(one["arm_id"])
            if row is None:
                continue
            kind = "change" if row["change"] == "true" else "final"
            partners = [(two, cells[two["arm_id"]]) for two in second if two["arm_id"] in cells]
            if not partners:
                found.append(
                    Candidate(kind, slot, (one,), tuple(second[:1]), (Cell(row),), problems=(NO_COMPARATOR,))
                )
            found += [
                Candidate(kind, slot, (one,), (two,), (Cell(row),), (Cell(other),)) for two, other in partners
            ]
    return found


def _printed(
    analysis: Analysis,
    first: Sequence[Row],
    second: Sequence[Row],
    rows: Sequence[Row],
    window: Window | None,
) -> list[Candidate]:
    centre = "ratio" if analysis.measure == "RR" else "difference"
    one_of, two_of = {a["arm_id"]: a for a in first}, {a["arm_id"]: a for a in second}
    found = []
    for row in sorted(rows, key=lambda r: r["measurement_id"]):
        if row["centre"] != centre or not in_window(row, window):
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
                        sign=_sign(row, left, right, rows),
                    )
                )
    return found


def _sign(printed: Row, left: str, right: str, rows: Sequence[Row]) -> int:
    """Return the sign of left minus right in the arms' own figures beside a printed comparison; 0 if not known."""
    wanted = COUNTS if printed["centre"] == "ratio" else ("mean", "ls_mean")
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


def together(usable: Sequence[Candidate], *, before_after: bool) -> Candidate | None:
    """Return one candidate that combines all usable arms of a slot, or ``None`` where there is nothing to combine.

    Cochrane Handbook v6.5, 23.3.4: the arms of a study that belong on one side are combined, so that nobody is
    counted twice and no arm is picked.
    """
    if len(usable) < 2 or usable[0].kind == "printed":
        return None
    ones = {c.arms_1[0]["arm_id"]: (c.arms_1[0], c.one[0]) for c in usable}
    if before_after:
        baselines = {c.arms_1[0]["arm_id"]: c.two for c in usable}
        two = tuple(cell for key in ones for cell in baselines[key])
        if two and len(two) != len(ones):
            return None
        arms = tuple(arm for arm, _ in ones.values())
        return Candidate(
            usable[0].kind, usable[0].slot, arms, arms, tuple(cell for _, cell in ones.values()), two
        )
    twos = {c.arms_2[0]["arm_id"]: (c.arms_2[0], c.two[0]) for c in usable}
    return Candidate(
        usable[0].kind,
        usable[0].slot,
        tuple(arm for arm, _ in ones.values()),
        tuple(arm for arm, _ in twos.values()),
        tuple(cell for _, cell in ones.values()),
        tuple(cell for _, cell in twos.values()),
    )
