"""Readings from a table: each value with its arm, time, outcome, statistic and n, and where each of them stands."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import replace

from sonospine.extraction.arms import ALL, DocumentArms
from sonospine.extraction.expressions import Expression, find_expressions
from sonospine.extraction.reading import Reading
from sonospine.extraction.tables.cells import ValueCell, value_cells, with_own_time
from sonospine.extraction.tables.context import TableContext, settle_time
from sonospine.extraction.tables.groups import Who, definition_of, level_name
from sonospine.extraction.tables.labels import Label, LabelReader
from sonospine.extraction.tables.layout import lay_out
from sonospine.extraction.tables.levels import CellLabels
from sonospine.extraction.tables.names import Names
from sonospine.extraction.tables.no_results import holds_correlations, is_model_head, is_regression
from sonospine.extraction.tables.refusals import is_measured, is_of_two_statistics, is_spread
from sonospine.extraction.tables.roles import SECTION, Roles
from sonospine.extraction.tables.sizes import Size, Sizes
from sonospine.extraction.tables.spreads import Decided, decide
from sonospine.extraction.tables.statistics import Named, named_in
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
_SCORES = re.compile(r"\bscores?\b|\bindex\b", re.IGNORECASE)
_DECREASES = re.compile(
    r"\b(?:decrease|reduction|improvement|fall|drop)s?\s+(?:of|in|from)\b|\b(?:changes?|differences?)\b.*\bfrom\s+(?:the\s+)?baseline\b",
    re.I,
)
_EVERYONE = re.compile(
    r"\b(?:entire|whole|overall|all)\s+(?:the\s+)?(?:\w+\s+){0,2}(?:patients?|participants?|subjects?|groups?|cohort|sample|population|study)\b",
    re.I,
)


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
    if layout is None or holds_correlations(table):
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
        if self.roles.of_those_without(cell.row):
            return None
        labels = self.roles.over(cell.row, cell.column)
        if any(label.p for _, label in labels.columns) or any(label.p for _, label in labels.stubs):
            return None
        if any(is_model_head(label.text) for _, label in labels.columns):
            return None
        who = self._of_pair(cell, labels) or self._who(labels)
        if who is None or (
            cell.ordinal and _opened(self.roles.layout.texts[cell.row][cell.column], cell) and not who.paired
        ):
            return None
        size = self.sizes.of(cell.row, cell.column, labels, who.arm)
        if cell.expression.n:
            size = Size(cell.expression.n)
        role = self._role(labels, who, cell)
        if role == "difference" and not who.comparator and self._alone(cell.row, cell.column, who):
            who = self._with_next_row(cell.row, who)
        if role is None or is_of_two_statistics(cell, labels) or is_spread(cell, labels):
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
            shares=self.totals.agree(cell.row, cell.column),
        )
        if decided is not None and "centre_assumed" in decided.flags and who.label == ALL:
            return None  # bare numbers of nobody in particular: what a product holds
        if decided is None or ("count_assumed" in decided.flags and is_measured(self.roles, labels)):
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
        """Tell whether a value with a bracket in this row has decimals, or one has its spread behind a sign."""
        row_values = [e for found in self.roles.layout.values[row] for e in found]
        return any(e.spread in ("sd", "se") or (e.spread == "bracket" and "." in e.value) for e in row_values)

    def _who(self, labels: CellLabels) -> Who | None:
        """Return the arm over a cell; ``None`` where the cell belongs to no arm (a total, or nothing tells)."""
        for level, label in labels.all():
            if not self.roles.is_arm_level(level) or label.statistic_only:
                continue
            if label.total:
                return None
            if (label.difference or label.between) and (pair := self._pair(label)) is not None:
                return pair
            if label.arm is not None and label.arm.label in self.roles.shared_arms and label.outcome:
                return Who(
                    label.outcome,
                    None,
                    0.7,
                    flags=("arm_as_reported",),
                    evidence=f"arm from {level_name(level)}",
                )
            if label.arm is not None and not (label.between and _VERSUS.search(label.text)):
                return Who(
                    label.arm.label,
                    label.arm,
                    1.0,
                    reported=label.outcome,
                    evidence=f"arm from {level_name(level)}",
                )
            if label.difference or label.between or label.ratio:
                return self._compared()
            if label.outcome and not label.times:
                over = [parent.outcome for parent in self.roles.parents(labels) if parent is not label]
                return Who(
                    " ".join((*over, label.outcome)),
                    None,
                    0.8,
                    flags=("arm_as_reported",),
                    evidence=f"arm from {level_name(level)}",
                )
        for _, label in labels.all():
            if (label.difference or label.between or label.ratio) and not self.arms.one_arm:
                return self._pair(label) or self._compared()
        if self.arms.one_arm:
            arm = self.arms.arms[0] if self.arms.arms else None
            return Who(arm.label if arm else ALL, arm, 1.0, evidence="the study has one arm")
        if len(self.context.caption_arm) == 1:
            arm = self.context.caption_arm[0]
            return Who(arm.label, arm, 0.7, flags=("arm_from_caption",), evidence="arm from caption")
        if not self.roles.arm_levels and self.context.baseline and len(self._value_columns()) == 1:
            return Who(ALL, None, 0.7, flags=("arm_from_caption",), evidence="one column for everyone")
        if not self.roles.arm_levels and _EVERYONE.search(self.roles.table.caption):
            return Who(ALL, None, 0.8, flags=("arm_from_caption",), evidence="everyone, by the caption")
        if not self.roles.arm_levels and not self.arms.arms:
            return Who(ALL, None, 0.5, flags=("arm_unknown",))
        return None

    def _of_pair(self, cell: ValueCell, labels: CellLabels) -> Who | None:
        """Return the arm of one of two values in a cell under ``intervention (control)``."""
        pair = next((label.pair for _, label in labels.columns if label.pair is not None), None)
        found = self.roles.layout.values[cell.row][cell.column]
        if pair is None or len(found) != 2 or found[0].spread != found[1].spread:
            return None
        arm = pair[cell.ordinal]
        return Who(
            arm.label, arm, 0.85, flags=("arm_by_order",), evidence="arm by order in the header", paired=True
        )

    def _value_columns(self) -> list[int]:
        layout = self.roles.layout
        return [
            c
            for c in range(layout.width)
            if c not in layout.stubs and any(layout.values[r][c] for r in layout.body)
        ]

    def _pair(self, label: Label) -> Who | None:
        sides = _VERSUS.split(label.outcome or label.text, maxsplit=1)
        if len(sides) != 2:
            return None
        first, second = self.arms.match(sides[0]), self.arms.match(sides[1])
        if first is None or second is None or first is second:
            return None
        return Who(
            first.label, first, 0.9, comparator=second.label, evidence="arms from the comparison's label"
        )

    def _compared(self) -> Who | None:
        """Return the two arms of a difference where the article has just two; the direction is then only assumed."""
        arms = self.roles.arms if len(self.roles.arms) == 2 else self.arms.arms
        if len(arms) != 2 or is_regression(self.roles.table):
            return Who("", None, 0.5, flags=("arm_unknown",))
        first, second = arms
        if second.role == "intervention" and first.role != "intervention":
            first, second = second, first
        return Who(first.label, first, 0.75, comparator=second.label, flags=("direction_assumed",))

    def _statistics(self, labels: CellLabels, cell: ValueCell) -> list[Named]:
        named: list[Named] = []
        extra = cell.extra
        if extra is not None and extra.pairs:
            named.append(named_in(extra.text, extra.pairs, extra.address))
        for _, label in labels.all():
            if label.pairs:
                named.append(named_in(label.text, label.pairs, label.address))
        corner = self.roles.corner(cell.row)
        if corner is not None and corner.pairs:
            named.append(named_in(corner.text, corner.pairs, corner.address))
        return [*named, *self.context.stated]

    def _with_next_row(self, row: int, who: Who) -> Who:
        """Return the comparison of the group of a row with that of the next, whose direction is only assumed."""
        other = self.roles.label(row + 1, self.roles.layout.stubs[-1])
        label = other.arm.label if other.arm is not None else other.outcome
        return replace(who, comparator=label, factor=0.75, flags=(*who.flags, "direction_assumed"))

    def _alone(self, row: int, column: int, who: Who) -> bool:
        """Tell whether only one of two rows of groups has something in a column: it compares the two."""
        layout = self.roles.layout
        below = row + 1
        if (
            who.evidence != "arm from row label"
            or below not in layout.body
            or layout.texts[below][column].strip()
        ):
            return False
        own, next_own = (self.roles.label(r, layout.stubs[-1]).outcome for r in (row, below))
        return own != next_own and any(layout.values[below][c] for c in self._value_columns())

    def _role(self, labels: CellLabels, who: Who, cell: ValueCell) -> str | None:
        """Return ``value``, ``change`` or ``difference`` for a cell; ``None`` where it is none of them."""
        expression = cell.expression
        over = [label for _, label in labels.all()]
        if any(label.ratio for label in over) and expression.spread not in ("sd", "se"):
            return "ratio"
        by_row = who.evidence == "arm from row label" and not who.comparator
        differs = [
            label
            for level, label in labels.all()
            if (label.difference or label.between)
            # "A versus B" over rows that are A and B compares nothing by itself
            and not (by_row and level == SECTION and not label.difference)
        ]
        if differs and self._alone(cell.row, cell.column, who):
            return "difference"
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
        self, cell: ValueCell, labels: CellLabels, who: Who, size: Size, decided: Decided, role: str
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
        timed = [
            (level in self.roles.time_levels, with_own_time(label, cell, self.roles))
            for level, label in labels.all()
        ]
        time, time_flags = settle_time(
            timed,
            self.context,
            change=change or role == "difference",
            after_course=self.roles.names_end_of_course,
            only_later=self.roles.only_later,
        )
        above = self.roles.time_above(cell.row) if change and (time is None or time.weeks is None) else None
        if above is not None:
            time, time_flags = above, ("time_from_table",)
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
        outcome, from_caption = self.names.outcome(labels, cell.row, counts=centre in ("count", "percent"))
        unit = next((label.unit for _, label in labels.all() if label.unit), "")
        population = self.names.population(labels)
        text = self.roles.layout.texts[cell.row][cell.column]
        count = centre == "count"
        total = (
            self.totals.of(cell.row, cell.column, expression, size)
            if count and not expression.total
            else Size()
        )
        if count and float(expression.value) > float(expression.total or total.n or "inf"):
            return None  # more than there were: it counts something else
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

    def _definition(self, who: Who) -> str:
        """Return what an arm is; where only abbreviations name it, what they stand for by the notes or the article."""
        told = definition_of(who)
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


def _ratio_name(labels: CellLabels) -> str:
    for _, label in labels.all():
        for expression in find_expressions(f"{label.text} 1.0"):
            if expression.centre == "ratio":
                return expression.measure
    return ""
