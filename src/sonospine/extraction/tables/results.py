"""Readings from a table: each value with its arm, time, outcome, statistic and n, and where each of them stands."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sonospine.extraction.arms import ALL, Arm, DocumentArms
from sonospine.extraction.expressions import Expression, find_expressions
from sonospine.extraction.reading import Reading
from sonospine.extraction.tables.cells import ValueCell, value_cells
from sonospine.extraction.tables.context import TableContext, settle_time
from sonospine.extraction.tables.labels import Label, LabelReader
from sonospine.extraction.tables.layout import lay_out
from sonospine.extraction.tables.names import Names
from sonospine.extraction.tables.roles import CellLabels, Roles
from sonospine.extraction.tables.sizes import Size, Sizes
from sonospine.extraction.tables.spreads import Decided, decide
from sonospine.extraction.tables.statistics import Named
from sonospine.extraction.tables.totals import Totals
from sonospine.model.places import cell_address
from sonospine.model.record import Record, Table

RULE = "table"
_VERSUS = re.compile(
    r"\s+(?:vs\.?|versus|minus|compared\s+(?:to|with)|[-\u2013\u2212\u00d7])\s+", re.IGNORECASE
)


_ADJUSTED = re.compile(r"\badjusted\b|ANCOVA", re.IGNORECASE)
_COUNTS = re.compile(
    r"\b(?:numbers?|no\.|patients?|participants?|subjects?|cases|people|women|men|success\w*|rates?|incidence|frequency|responders?|proportion)\b",
    re.I,
)
_N_BESIDE = re.compile(r"(?:^|\s)[nN]\s?/\s?(?:max|min|mean|median|score|sd|range)", re.IGNORECASE)
_SCORES = re.compile(r"\bscores?\b|\bindex\b", re.IGNORECASE)
_DECREASES = re.compile(
    r"\b(?:decrease|reduction|improvement|fall|drop)s?\s+(?:of|in|from)\b|\b(?:changes?|differences?)\b.*\bfrom\s+(?:the\s+)?baseline\b",
    re.I,
)
_EVERYONE = re.compile(
    r"\b(?:entire|whole|overall|all)\s+(?:the\s+)?(?:\w+\s+){0,2}(?:patients?|participants?|subjects?|groups?|cohort|sample|population|study)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class _Who:
    """The arm of a cell as far as the table tells."""

    label: str
    arm: Arm | None
    factor: float
    comparator: str = ""
    flags: tuple[str, ...] = ()
    evidence: str = ""
    reported: str = ""
    paired: bool = False


def _opened(text: str, cell: ValueCell) -> bool:
    """Tell whether a value stands in brackets behind another."""
    return text[: cell.expression.start].rstrip()[-1:] in ("(", "[")


def read_table_results(
    record: Record, table: Table, arms: DocumentArms, *, decimal_comma: bool
) -> list[Reading]:
    """Return the arm-level results and differences of a table.

    Parameters
    ----------
    record, table
        The article and one of its tables, as an expanded grid.
    arms
        The arms of the article.
    decimal_comma
        Whether the article writes decimals with commas.

    Returns
    -------
    list of Reading
        In the order of the cells. A cell whose arm or statistic nothing tells gives none.
    """
    layout = lay_out(table, decimal_comma=decimal_comma)
    if layout is None:
        return []
    context = TableContext(record, table, arms)
    roles = Roles(table, layout, LabelReader(arms, context.definitions, context.coded_arms))
    return list(_Results(roles, context, arms, decimal_comma=decimal_comma).readings())


class _Results:
    """Reads one table, cell by cell."""

    def __init__(
        self, roles: Roles, context: TableContext, arms: DocumentArms, *, decimal_comma: bool
    ) -> None:
        self.roles = roles
        self.context = context
        self.arms = arms
        self.decimal_comma = decimal_comma
        self.caption = context.caption_label(roles.reader)
        self.names = Names(roles, context, self.caption)
        self.sizes = Sizes(roles, arms, self.caption, context.coded_sizes)
        self.totals = Totals(roles, context.record)
        if (periods := self.totals.periods()) is not None:
            roles.arm_levels = roles.as_reported = frozenset([periods])

    def readings(self) -> Iterator[Reading]:
        for cell in value_cells(self.roles, decimal_comma=self.decimal_comma):
            if self.sizes.holds(cell.row, cell.column) or cell.expression.value == "":
                continue
            reading = self._reading(cell)
            if reading is not None:
                yield reading

    def _reading(self, cell: ValueCell) -> Reading | None:
        labels = self.roles.over(cell.row, cell.column)
        if any(label.p for _, label in labels.columns) or any(label.p for _, label in labels.stubs):
            return None
        who = self._of_pair(cell, labels) or self._who(labels)
        if who is None or (
            cell.ordinal and _opened(self.roles.layout.texts[cell.row][cell.column], cell) and not who.paired
        ):
            return None
        size = self.sizes.of(cell.row, cell.column, labels, who.arm)
        if cell.expression.n:
            size = Size(cell.expression.n)
        role = self._role(labels, who, cell.expression)
        if role is None or _of_two_statistics(cell.expression, labels):
            return None
        expression = self._counted(cell)
        if role == "difference" and expression.centre in ("number", "mean", "median"):
            expression = replace(expression, centre="difference", measure=expression.measure or "MD")
        elif role == "change":
            expression = replace(expression, change=True)
        decided = decide(
            expression,
            self._statistics(labels, cell),
            lambda: self.context.methods or self.context.elsewhere,
            size.n,
            fractional=self._fractional(cell.row),
        )
        if decided is None:
            return None
        return self._made(cell, labels, who, size, decided, role)

    def _counted(self, cell: ValueCell) -> Expression:
        """Return a fraction as a count where its row counts: other denominators beside it, or a label that says so."""
        expression = cell.expression
        if "score_or_count" not in expression.flags:
            return expression
        beside = [
            e for found in self.roles.layout.values[cell.row] for e in found if e.flags == expression.flags
        ]
        label = " ".join(label.text for _, label in self.roles.over(cell.row, cell.column).all())
        if (len({e.total for e in beside}) > 1 or _COUNTS.search(label)) and not _SCORES.search(label):
            return replace(expression, centre="count", flags=(), explicit=True)
        return expression

    def _fractional(self, row: int) -> bool:
        """Tell whether a value with a bracket in this row has decimals."""
        return any(
            "." in e.value for found in self.roles.layout.values[row] for e in found if e.spread == "bracket"
        )

    def _who(self, labels: CellLabels) -> _Who | None:
        """Return the arm over a cell; ``None`` where the cell belongs to no arm (a total, or nothing tells)."""
        for level, label in labels.all():
            if not self.roles.is_arm_level(level) or label.statistic_only:
                continue
            if label.total:
                return None
            if (label.difference or label.between) and (pair := self._pair(label)) is not None:
                return pair
            if label.arm is not None and label.arm.label in self.roles.shared_arms and label.outcome:
                return _Who(
                    label.outcome,
                    None,
                    0.7,
                    flags=("arm_as_reported",),
                    evidence=f"arm from {_level_name(level)}",
                )
            if label.arm is not None and not (label.between and _VERSUS.search(label.text)):
                return _Who(
                    label.arm.label,
                    label.arm,
                    1.0,
                    reported=label.outcome,
                    evidence=f"arm from {_level_name(level)}",
                )
            if label.difference or label.between or label.ratio:
                return self._compared()
            if label.outcome and not label.times:
                over = [parent.outcome for parent in self.roles.parents(labels) if parent is not label]
                return _Who(
                    " ".join((*over, label.outcome)),
                    None,
                    0.8,
                    flags=("arm_as_reported",),
                    evidence=f"arm from {_level_name(level)}",
                )
        for _, label in labels.all():
            if (label.difference or label.between or label.ratio) and not self.arms.one_arm:
                return self._pair(label) or self._compared()
        if self.arms.one_arm:
            arm = self.arms.arms[0] if self.arms.arms else None
            return _Who(arm.label if arm else ALL, arm, 1.0, evidence="the study has one arm")
        if len(self.context.caption_arm) == 1:
            arm = self.context.caption_arm[0]
            return _Who(arm.label, arm, 0.7, flags=("arm_from_caption",), evidence="arm from caption")
        if not self.roles.arm_levels and self.context.baseline and len(self._value_columns()) == 1:
            return _Who(ALL, None, 0.7, flags=("arm_from_caption",), evidence="one column for everyone")
        if not self.roles.arm_levels and _EVERYONE.search(self.roles.table.caption):
            return _Who(ALL, None, 0.8, flags=("arm_from_caption",), evidence="everyone, by the caption")
        if not self.roles.arm_levels and not self.arms.arms:
            return _Who(ALL, None, 0.5, flags=("arm_unknown",))
        return None

    def _of_pair(self, cell: ValueCell, labels: CellLabels) -> _Who | None:
        """Return the arm of one of two values in a cell under ``intervention (control)``."""
        pair = next((label.pair for _, label in labels.columns if label.pair is not None), None)
        found = self.roles.layout.values[cell.row][cell.column]
        if pair is None or len(found) != 2 or found[0].spread != found[1].spread:
            return None
        arm = pair[cell.ordinal]
        return _Who(
            arm.label, arm, 0.85, flags=("arm_by_order",), evidence="arm by order in the header", paired=True
        )

    def _value_columns(self) -> list[int]:
        layout = self.roles.layout
        return [
            c
            for c in range(layout.width)
            if c not in layout.stubs and any(layout.values[r][c] for r in layout.body)
        ]

    def _pair(self, label: Label) -> _Who | None:
        sides = _VERSUS.split(label.outcome or label.text, maxsplit=1)
        if len(sides) != 2:
            return None
        first, second = self.arms.match(sides[0]), self.arms.match(sides[1])
        if first is None or second is None or first is second:
            return None
        return _Who(
            first.label, first, 0.9, comparator=second.label, evidence="arms from the comparison's label"
        )

    def _compared(self) -> _Who | None:
        """Return the two arms of a difference where the article has just two; the direction is then only assumed."""
        arms = self.roles.arms if len(self.roles.arms) == 2 else self.arms.arms
        if len(arms) != 2:
            return _Who("", None, 0.5, flags=("arm_unknown",))
        first, second = arms
        if second.role == "intervention" and first.role != "intervention":
            first, second = second, first
        return _Who(first.label, first, 0.75, comparator=second.label, flags=("direction_assumed",))

    def _statistics(self, labels: CellLabels, cell: ValueCell) -> list[Named]:
        named: list[Named] = []
        extra = cell.extra
        if extra is not None and extra.pairs:
            named.append(Named(extra.pairs, extra.address))
        for _, label in labels.all():
            if label.pairs:
                named.append(Named(label.pairs, label.address))
        corner = self.roles.corner(cell.row)
        if corner is not None and corner.pairs:
            named.append(Named(corner.pairs, corner.address))
        return [*named, *self.context.stated]

    def _role(self, labels: CellLabels, who: _Who, expression: Expression) -> str | None:
        """Return ``value``, ``change`` or ``difference`` for a cell; ``None`` where it is none of them."""
        over = [label for _, label in labels.all()]
        if any(label.ratio for label in over):
            return "ratio"
        differs = [label for label in over if label.difference or label.between]
        if who.comparator or any(label.between for label in differs) or expression.centre == "difference":
            return "difference"
        if any(
            label.change and len({t.weeks for t in label.times if t.phase == "follow_up"}) > 1
            for label in over
        ):
            return None
        if differs:
            return "change"
        if any(label.percent_change for label in over):
            return "percent_change"
        changed = [label for label in over if label.change and not label.status]
        timed = [t.phase for label in over for t in label.times]
        if changed or (self.caption.change and (not timed or self._only_changes)):
            return "change"
        return "value"

    @functools.cached_property
    def _only_changes(self) -> bool:
        """Whether the caption announces decreases or changes from baseline, and no row or column is of baseline."""
        told = _DECREASES.search(self.roles.table.caption)
        return told is not None and not self.roles.names_baseline

    def _made(
        self, cell: ValueCell, labels: CellLabels, who: _Who, size: Size, decided: Decided, role: str
    ) -> Reading | None:
        expression = decided.expression
        centre, measure, change = expression.centre, expression.measure, expression.change
        if centre in ("count", "percent"):
            change = False
        elif role == "ratio":
            measure = measure or _ratio_name(labels)
            centre = "ratio" if measure else ""
        elif role == "difference":
            centre, measure, change = "difference", measure or "MD", False
        elif role == "change":
            change = True
        elif role == "percent_change":
            return None
        if centre not in (
            "mean",
            "ls_mean",
            "median",
            "geometric_mean",
            "count",
            "percent",
            "difference",
            "ratio",
        ):
            return None
        timed = [(level in self.roles.time_levels, label) for level, label in labels.all()]
        time, time_flags = settle_time(
            timed,
            self.context,
            change=change or role == "difference",
            after_course=self.roles.names_end_of_course,
            only_later=self.roles.only_later,
        )
        if time is not None and self.roles.follows_procedure(time):
            time, time_flags = replace(time, weeks=0.0), ("time_from_table",)
        address = cell_address(self.roles.table, cell.row, cell.column)
        flags = (
            *expression.flags,
            *decided.flags,
            *who.flags,
            *time_flags,
            *(("several_in_cell",) if cell.several else ()),
        )
        outcome, from_caption = self.names.outcome(labels, counts=centre in ("count", "percent"))
        unit = next((label.unit for _, label in labels.all() if label.unit), "")
        population = self.names.population(labels)
        text = self.roles.layout.texts[cell.row][cell.column]
        count = centre == "count"
        total = (
            self.totals.of(cell.row, cell.column, expression, size)
            if count and not expression.total
            else Size()
        )
        if count and not expression.total and total.n != size.n:
            size = Size()
            flags = (*flags, "total_by_percent" if total.n else "total_not_n")
        confidence = 0.93 * who.factor * decided.factor
        confidence *= 0.85 if time is None or time.weeks is None else 1.0
        confidence *= 0.92 if from_caption else 1.0
        confidence *= 0.95 if not size.n and centre not in ("difference", "ratio") else 1.0
        confidence *= 0.7 if cell.several else 1.0
        compares = centre in ("difference", "ratio")
        adjusted = compares and any(_ADJUSTED.search(label.text) for _, label in labels.all())
        return Reading(
            source="table", locator=f"{address}:{expression.start}-{expression.end}", quote=text[expression.start : expression.end],
            first_number=expression.numbers[0].start, centre=centre, value=expression.value, rule=RULE,
            confidence=round(confidence, 3), outcome=outcome, unit=unit, context=self.context.notes,
            arm=who.label, arm_definition=self._definition(who), comparator_arm=who.comparator,
            n="" if centre in ("difference", "ratio") else size.n,
            n_locator="" if centre in ("difference", "ratio") else size.locator,
            time=time.text if time else "", weeks=time.weeks if time else None, phase=time.phase if time else "",
            time_from=time.time_from if time else "", change=change, spread="none" if count else expression.spread,
            spread_value="" if count else expression.spread_value, lower="" if count else expression.lower,
            upper="" if count else expression.upper, level=expression.level if expression.spread == "ci" else "",
            spread_locator="" if count else cell.spread_address, total=(expression.total or total.n) if count else "", total_locator=total.locator, measure=measure,
            adjusted=adjusted,
            p_value=expression.p_value or (self._p_beside(cell) if centre in ("difference", "ratio") else ""),
            population=population, flags=tuple(dict.fromkeys(flags)),
            evidence=tuple(e for e in (who.evidence, *decided.evidence, "outcome from the caption" if from_caption else "") if e), alternatives=decided.alternatives,
        )  # fmt: skip

    def _definition(self, who: _Who) -> str:
        """Return what an arm is; where only abbreviations name it, what they stand for by the notes or the article."""
        told = _definition(who)
        if told and not (who.arm is not None and not who.arm.definition):
            return told
        long = self.context.expanded(who.label)
        return "; ".join(part for part in (told, long) if part) if long != who.label else told

    def _p_beside(self, cell: ValueCell) -> str:
        """Return the p value of the row where just one column holds p values."""
        columns = [
            c
            for c in range(self.roles.layout.width)
            if c not in self.roles.layout.stubs
            and any(label.p for _, label in self.roles.over(cell.row, c).columns)
        ]
        found = [
            t
            for c in columns
            if (t := self.roles.layout.texts[cell.row][c].strip())
            and re.match(r"^[<>=\u2264\u2265]?\s*0?\.\d+\**$", t)
        ]
        return found[0].replace(" ", "").strip("*=") if len(found) == 1 else ""


def _of_two_statistics(expression: Expression, labels: CellLabels) -> bool:
    """Tell whether ``17/96`` is how many there were beside another statistic: ``N/max`` over the cell."""
    return bool(expression.total) and any(_N_BESIDE.search(label.text) for _, label in labels.all())


def _definition(who: _Who) -> str:
    """Return what the article says the arm is, with the table's own name for it where that says more."""
    if who.arm is None:
        return ""
    known = set(re.findall(r"\w+", f"{who.arm.label} {who.arm.definition}".lower()))
    more = (
        who.reported
        if len(who.reported) > 2 and set(re.findall(r"\w+", who.reported.lower())) - known
        else ""
    )
    return "; ".join(part for part in (more, who.arm.definition) if part)


def _ratio_name(labels: CellLabels) -> str:
    for _, label in labels.all():
        for expression in find_expressions(f"{label.text} 1.0"):
            if expression.centre == "ratio":
                return expression.measure
    return ""


def _level_name(level: tuple[str, int]) -> str:
    return {"header": "column header", "stub": "row label", "section": "section row"}[level[0]]
