"""Readings from a table: each value with its arm, time, outcome, statistic and n, and where each of them stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from sonospine.extraction.arms import ALL, DocumentArms
from sonospine.extraction.expressions import Expression
from sonospine.extraction.reading import MEANS, Reading
from sonospine.extraction.tables.bracketed_changes import change_behind, proven_change
from sonospine.extraction.tables.cell_times import CellTimes
from sonospine.extraction.tables.cells import ValueCell, value_cells
from sonospine.extraction.tables.context import TableContext
from sonospine.extraction.tables.kinds import Kinds, ratio_name
from sonospine.extraction.tables.labels import LabelReader
from sonospine.extraction.tables.layout import lay_out
from sonospine.extraction.tables.levels import CellLabels
from sonospine.extraction.tables.names import Names
from sonospine.extraction.tables.no_results import holds_correlations, is_model_head
from sonospine.extraction.tables.refusals import is_measured, is_of_two_statistics, is_spread
from sonospine.extraction.tables.roles import Roles
from sonospine.extraction.tables.sizes import Size, Sizes
from sonospine.extraction.tables.spreads import Decided, decide
from sonospine.extraction.tables.statistics import Named, named_in
from sonospine.extraction.tables.totals import Totals
from sonospine.extraction.tables.whose import Who, Whose
from sonospine.model.places import cell_address
from sonospine.model.record import Record, Table

RULE = "table"
_CENTRES = MEANS | {"count", "percent", "difference", "ratio"}
_ADJUSTED = re.compile(r"\badjusted\b|ANCOVA", re.IGNORECASE)
_COUNTS = re.compile(
    r"\b(?:numbers?|no\.|patients?|participants?|subjects?|cases|people|women|men|success\w*|rates?|incidence|frequency|responders?|proportion)\b",
    re.I,
)
_SCORES = re.compile(r"\bscores?\b|\bindex\b", re.IGNORECASE)


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
        self.whose = Whose(roles, context, arms)
        self.kinds = Kinds(roles, self.caption, self.whose)
        self.times = CellTimes(roles, context)
        self.names = Names(roles, context, self.caption)
        self.sizes = Sizes(roles, arms, self.caption, context.coded_sizes)
        self.totals = Totals(roles, context.record)
        if (periods := self.totals.periods()) is not None:
            roles.arm_levels = roles.as_reported = frozenset([periods])

    def readings(self) -> Iterator[Reading]:
        """Yield what the cells hold, and the changes behind their values that the baseline proves."""
        made: list[tuple[ValueCell, Reading]] = []
        for cell in value_cells(self.roles, decimal_comma=self.decimal_comma):
            if self.sizes.holds(cell.row, cell.column) or cell.expression.value == "":
                continue
            if self.sizes.beside(cell.row, cell.column, cell.expression.start):
                continue
            reading = self._reading(cell)
            if reading is not None:
                made.append((cell, reading))
                yield reading
        others = [reading for _, reading in made]
        for cell, reading in made:
            text = self.roles.layout.texts[cell.row][cell.column]
            behind = change_behind(text, self.roles.layout.values[cell.row][cell.column])
            proven = proven_change(reading, behind, text, others) if behind is not None else None
            if proven is not None and behind is not cell.expression:
                yield proven

    def _reading(self, cell: ValueCell) -> Reading | None:
        if self.roles.of_those_without(cell.row):
            return None
        labels = self.roles.over(cell.row, cell.column)
        if any(label.p for _, label in labels.columns) or any(label.p for _, label in labels.stubs):
            return None
        if any(is_model_head(label.text) for _, label in labels.columns):
            return None
        who = self.whose.of(cell, labels)
        if who is None or (
            cell.ordinal and _opened(self.roles.layout.texts[cell.row][cell.column], cell) and not who.paired
        ):
            return None
        size = self.sizes.of(cell.row, cell.column, labels, who.arm)
        if cell.expression.n and cell.expression.n != size.n:
            size = Size(cell.expression.n)
        role = self.kinds.of(labels, who, cell)
        if role == "difference" and not who.comparator and self.whose.alone(cell.row, cell.column, who):
            who = self.whose.with_next_row(cell.row, who)
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

    def _made(
        self, cell: ValueCell, labels: CellLabels, who: Who, size: Size, decided: Decided, role: str
    ) -> Reading | None:
        expression = decided.expression
        centre, measure, change = expression.centre, expression.measure, expression.change
        if centre in ("count", "percent"):
            change = False
        elif role == "ratio":
            measure = measure or ratio_name(labels)
            centre = "ratio" if measure else ""
        elif role == "difference":
            centre, measure, change = "difference", measure or "MD", False
        elif role == "change":
            change = True
        elif role == "percent_change":
            return None
        if centre not in _CENTRES:
            return None
        time, time_flags = self.times.of(cell, labels, change=change, compares=role == "difference")
        address = cell_address(self.roles.table, cell.row, cell.column)
        flags = (
            *expression.flags,
            *decided.flags,
            *who.flags,
            *time_flags,
            *(("several_in_cell",) if cell.several else ()),
        )
        outcome, from_caption = self.names.outcome(
            labels, cell.row, counts=centre in ("count", "percent"), arm=who.label
        )
        unit = next((label.unit for _, label in labels.all() if label.unit), "")
        population = self.names.population(labels, counts=centre in ("count", "percent"))
        text = self.roles.layout.texts[cell.row][cell.column]
        size = self.sizes.of_mean(size, labels) if centre in MEANS else size
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
            arm=who.label, arm_definition=self.whose.definition(who), comparator_arm=who.comparator,
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
