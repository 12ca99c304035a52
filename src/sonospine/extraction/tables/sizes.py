"""How many participants stand behind a value: from the header, a row, a column, the caption, or the arm."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sonospine.extraction.arms import Arm, DocumentArms
from sonospine.extraction.expressions import find_numbers
from sonospine.extraction.tables.cell_sizes import is_size, marked_sizes, size_by_mark, size_in_cell
from sonospine.extraction.tables.labels import Label
from sonospine.extraction.tables.levels import CellLabels
from sonospine.extraction.tables.noted_sizes import noted_sizes, size_for
from sonospine.extraction.tables.roles import Roles
from sonospine.model.places import cell_address

_SLASHED = re.compile(r"^\s*(\d{1,5})\s*[/;:]\s*(\d{1,5})(?:\s*[/;:]\s*(\d{1,5}))?\s*$")


_ONE_SEX = re.compile(r"^\W*(?:m|f|males?|females?|(?:wo)?m[ae]n|boys?|girls?)\W*$", re.IGNORECASE)
_GROUP_SIZE = re.compile(
    r"\b(?:groups?|arms?)\b[^.;]{0,20}?[nN]\s*=|[nN]\s*=.*[nN]\s*=", re.IGNORECASE | re.DOTALL
)
# "< 18.5", "45-60 years": a class of the people, no time and no outcome.
_CLASS = re.compile(
    r"^\W*(?:[<>\u2264\u2265]\s*\d{1,3}(?:\.\d+)?|\d{1,3}(?:\.\d+)?\s*[-\u2010-\u2015]\s*\d{1,3}(?:\.\d+)?)\s*(?:years?|y|yrs?|kg\s?/\s?m\s?[2\u00b2])?\W*$",
    re.IGNORECASE,
)
_ARM_N = re.compile(r"[\s,(\[][nN][)\]]?\s*$")


@dataclass(frozen=True, slots=True)
class Size:
    """A number of participants and where it stands (empty where nothing says it)."""

    n: str = ""
    locator: str = ""


class Sizes:
    """The numbers of participants of a table, with their places."""

    def __init__(
        self, roles: Roles, arms: DocumentArms, caption: Label, coded: Mapping[str, tuple[str, str]]
    ) -> None:
        self._roles = roles
        self._arms = arms
        self._caption = caption
        self._coded = {arm: Size(n, place) for arm, (n, place) in coded.items()}
        layout = roles.layout
        named = (label.text for row in layout.body for _, label in roles.over(row, layout.stubs[0]).stubs)
        self._noted = noted_sizes(roles.table, named, arms) if roles.table.footnotes else {}
        self._marked = marked_sizes(roles.table) if roles.table.footnotes else {}
        self._rows = {
            row
            for row in layout.body
            if any(label.counts for _, label in roles.over(row, layout.stubs[0]).stubs)
        }
        self._columns = [
            column
            for column in range(layout.width)
            if column not in layout.stubs and layout.body and self._counts_column(column)
        ]

    def _counts_column(self, column: int) -> bool:
        """Tell whether a column holds numbers of participants; ``n`` beside ``%`` is a count of something else."""
        layout = self._roles.layout
        labels = self._roles.over(layout.body[0], column).columns
        if labels and self._counts_arm(column):
            return True
        if not labels or not (
            labels[-1][1].counts or (labels[0][1].counts and labels[-1][1].text == labels[0][1].text)
        ):
            return False
        right = self._roles.over(layout.body[0], column + 1).columns if column + 1 < layout.width else ()
        return not (right and right[-1][1].spread_only)

    def _counts_arm(self, column: int) -> bool:
        """Tell whether a column is headed by an arm with ``n``, beside one of the same arm with a statistic."""
        beside = [
            self._roles.over(self._roles.layout.body[0], c).columns
            for c in (column, column + 1)
            if c < self._roles.layout.width
        ]
        if len(beside) < 2 or not all(beside):
            return False
        own, right = beside[0][-1][1], beside[1][-1][1]
        measured = any(p.centre not in ("", "count", "percent") for p in right.pairs)
        return own.arm is not None and own.arm is right.arm and measured and bool(_ARM_N.search(own.text))

    def holds(self, row: int, column: int) -> bool:
        """Tell whether a cell itself is a number of participants and no result."""
        return column in self._columns or row in self._rows

    def of(self, row: int, column: int, labels: CellLabels, arm: Arm | None) -> Size:
        """Return the participants behind a cell; the nearest statement wins."""
        if (own := self._in_cell(row, column)).n:
            return own
        if arm is not None and self._noted:
            noted = size_for(self._noted, (label.text for _, label in labels.stubs), arm.label)
            printed = next((label.n for _, label in reversed(labels.columns) if label.n), arm.n_randomised)
            if noted is not None and not (printed and int(noted.n) > int(printed)):  # else: a part of the arm
                return Size(noted.n, noted.locator)
        by_column = any(self._roles.is_arm_level(level) for level, _ in labels.columns) and arm is not None
        for level, label in (*reversed(labels.columns), *reversed(labels.stubs)):
            if label.n and not label.counts:
                # beside arms in columns, the number of a row is that of all arms together
                return Size() if by_column and level[0] == "stub" else self._labelled(label)
        for candidate in (self._from_column(row, column, arm), self._from_row(row, column)):
            if candidate.n:
                return candidate
        for _, label in reversed(labels.sections):
            if label.n:
                return self._labelled(label)
        if self._caption.n and (self._caption.each or self._arms.one_arm):
            return self._labelled(self._caption)
        if arm is not None and arm.label in self._coded:
            return self._coded[arm.label]
        if arm is None and self._arms.one_arm and self._arms.n_total and self._arms.n_total_locator:
            return Size(self._arms.n_total, self._arms.n_total_locator)
        if arm is not None:
            told = (self._caption, *(label for _, label in labels.all()))
            n, place = arm.size(baseline=any(t.phase == "baseline" for label in told for t in label.times))
            if self._is_below(n):
                return Size()
            # A number that stands nowhere we can show is not known.
            return Size(n, place) if n and place else Size()
        return Size()

    def _is_below(self, n: str) -> bool:
        """Tell whether the caption counts fewer people than a group would have; a size of one group counts nobody else."""
        everybody = self._caption.n
        if not n or not everybody or self._caption.each or _GROUP_SIZE.search(self._caption.text):
            return False
        return int(everybody) < int(n)

    def of_mean(self, size: Size, labels: CellLabels) -> Size:
        """Return the people behind a mean: those of one sex or class in a group are not as many as the group."""
        own = size.locator.startswith(f"{self._roles.table.locator}:")
        parts = (_ONE_SEX.match(label.text) or _CLASS.match(label.text) for _, label in labels.all())
        return Size() if not own and any(parts) else size

    def _in_cell(self, row: int, column: int) -> Size:
        layout = self._roles.layout
        text = layout.texts[row][column]
        told = size_in_cell(text, layout.values[row][column])
        if told is not None:
            return Size(told[0], f"{cell_address(self._roles.table, row, column)}:{told[1]}-{told[2]}")
        return Size(*(size_by_mark(text, self._marked) or ()))

    def beside(self, row: int, column: int, start: int) -> bool:
        """Tell whether a number of a cell is the size that stands beside its value."""
        return is_size(self._roles.layout.texts[row][column], start)

    def _labelled(self, label: Label) -> Size:
        start, end = label.n_span
        return Size(label.n, f"{label.address}:{start}-{end}")

    def _from_row(self, row: int, column: int) -> Size:
        above = [
            r
            for r in self._rows
            if r < row and self._roles.layout.headers[r] == self._roles.layout.headers[row]
        ]
        if not above and len(self._rows) == 1 and self._rows == {self._roles.layout.body[-1]}:
            return self._cell(self._roles.layout.body[-1], column)
        return self._cell(max(above), column) if above else Size()

    def _from_column(self, row: int, column: int, arm: Arm | None) -> Size:
        left = [c for c in self._columns if c < column]
        if not left:
            return Size()
        text = self._roles.layout.texts[row][left[-1]]
        slashed = _SLASHED.match(text)
        if slashed:
            order = self._arm_order(row)
            if (
                arm is None
                or arm.label not in order
                or order.index(arm.label) >= len([g for g in slashed.groups() if g])
            ):
                return Size()
            k = order.index(arm.label) + 1
            return Size(
                slashed[k],
                f"{cell_address(self._roles.table, row, left[-1])}:{slashed.start(k)}-{slashed.end(k)}",
            )
        return self._cell(row, left[-1])

    def _arm_order(self, row: int) -> list[str]:
        order: list[str] = []
        for column in range(self._roles.layout.width):
            for level, label in self._roles.over(row, column).columns:
                if self._roles.is_arm_level(level) and label.arm is not None and label.arm.label not in order:
                    order.append(label.arm.label)
        return order

    def _cell(self, row: int, column: int) -> Size:
        text = self._roles.layout.texts[row][column]
        numbers = find_numbers(text)
        if len(numbers) == 1 and numbers[0].text.isdigit():
            address = cell_address(self._roles.table, row, column)
            return Size(numbers[0].text, f"{address}:{numbers[0].start}-{numbers[0].end}")
        return Size()
