"""What the counts of a table are counts of: a denominator that the percentages beside them prove.

A count need not be one of the participants: samples, joints, and people without missing data have totals of their
own. A percentage that is not that of the assumed total shows it; the total is then looked for among the whole numbers
that the article's tables print.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from sonospine.extraction.expressions import Expression, find_numbers
from sonospine.extraction.tables.levels import Level
from sonospine.extraction.tables.roles import Roles
from sonospine.extraction.tables.sizes import Size
from sonospine.model.places import cell_address
from sonospine.model.record import Record, Table

LEAST_PROOFS = 3
FITTING = 0.75
NARROW = 0.05
SMALLEST_TOTAL = 10


@dataclass(frozen=True, slots=True)
class Share:
    """A count with its percentage as printed."""

    count: int
    percent: str

    @property
    def unit(self) -> float:
        """One unit of the last digit of the percentage."""
        return float(10.0 ** -len(self.percent.partition(".")[2]))

    def fits(self, total: int, units: float = 1.0) -> bool:
        """Tell whether the percentage is that of the count and a total, within so many units of its last digit."""
        gap = abs(100 * self.count / total - float(self.percent)) if total else 100.0
        return total >= self.count and gap <= units * self.unit + 1e-9

    def width(self) -> float:
        """Return how wide the range of totals is that a rounded percentage leaves, as a share of the total."""
        return self.unit / float(self.percent)

    def possible_totals(self) -> range:
        """Return the totals that the rounded percentage leaves, the count itself the least."""
        percent, half = float(self.percent), self.unit / 2
        least = max(self.count, int(100 * self.count / (percent + half)))
        return range(least, int(100 * self.count / max(percent - half, half)) + 1)


def share_of(expression: Expression) -> Share | None:
    """Return a count above none with its percentage, where an expression prints both; ``None`` otherwise."""
    percent = expression.percent or (expression.spread_value if expression.spread == "bracket" else "")
    if not percent or expression.total or not expression.value.isdigit() or int(expression.value) == 0:
        return None
    return Share(int(expression.value), percent) if 0 < float(percent) <= 100 else None


class Totals:
    """The proven denominators of a table, by column and by row."""

    def __init__(self, roles: Roles, record: Record) -> None:
        self._roles = roles
        self._record = record
        self._shares: dict[int, list[tuple[int, Share]]] = {}
        self._proven: dict[int, Size] = {}

    def of(self, row: int, column: int, expression: Expression, assumed: Size) -> Size:
        """Return the total of a count.

        Parameters
        ----------
        row, column, expression
            The cell and its count, with the percentage where one is printed.
        assumed
            The participants of the column or arm.

        Returns
        -------
        Size
            ``assumed`` where no percentage speaks against it; else the whole number that the percentages of the row or
            of the column prove; an empty size where they prove none.
        """
        share = share_of(expression)
        if share is None:
            return self._other(column, assumed)
        if assumed.n and share.fits(int(assumed.n)):
            return assumed
        beside = self._beside(row, column, share)
        if beside.n:
            return beside
        other = self.proven(column) if self._contradicted(column, assumed) else Size()
        if other.n:
            return other
        return Size() if assumed.n and not _about(share, int(assumed.n)) else assumed

    def _other(self, column: int, assumed: Size) -> Size:
        """Return the total of a count without a percentage (a plain 0), which is that of its column."""
        if not self._contradicted(column, assumed):
            return assumed
        return self.proven(column)

    def _contradicted(self, column: int, assumed: Size) -> bool:
        """Tell whether most percentages of a column are not those of the assumed total."""
        shares = self._of_column(column)
        if len(shares) < LEAST_PROOFS:
            return False
        fitting = sum(share.fits(int(assumed.n)) for _, share in shares) if assumed.n else 0
        return fitting * 2 < len(shares)

    def proven(self, column: int) -> Size:
        """Return the one whole number of the article's tables that the percentages of a column prove to be its total."""
        if column not in self._proven:
            self._proven[column] = self._prove(column)
        return self._proven[column]

    def agree(self, row: int, column: int) -> bool:
        """Tell whether the brackets of a column are percentages of one total, printed or not, and this row's is too."""
        shares = self._of_column(column)
        own = next((share for at, share in shares if at == row), None)
        if own is None or len(shares) < LEAST_PROOFS or own.width() >= 1:
            return False
        narrow = min((share for _, share in shares), key=Share.width)
        return any(
            own.fits(n, 0.5) and sum(share.fits(n, 0.5) for _, share in shares) >= FITTING * len(shares)
            for n in narrow.possible_totals()
        )

    def _prove(self, column: int) -> Size:
        shares = [share for _, share in self._of_column(column)]
        if len(shares) < LEAST_PROOFS or min(share.width() for share in shares) > NARROW:
            return Size()
        fitting = {n: sum(share.fits(n, 0.5) for share in shares) for n in self._printed}
        best = max(fitting.values(), default=0)
        winners = [n for n, count in fitting.items() if count == best]
        if len(winners) != 1 or best < FITTING * len(shares):
            return Size()
        return Size(str(winners[0]), self._printed[winners[0]])

    def _of_column(self, column: int) -> list[tuple[int, Share]]:
        if column not in self._shares:
            layout = self._roles.layout
            self._shares[column] = [
                (row, share)
                for row in layout.body
                if len(found := layout.values[row][column]) == 1 and (share := share_of(found[0])) is not None
            ]
        return self._shares[column]

    def _beside(self, row: int, column: int, share: Share) -> Size:
        """Return the whole number in the column before or behind, where it is the total in every row of two or more."""
        layout = self._roles.layout
        for near in (column - 1, column + 1):
            if near in layout.stubs or not 0 <= near < layout.width or not self._totals_in(near, column):
                continue
            place = _whole_cell(self._roles.table, row, near)
            if place.n and share.fits(int(place.n)):
                return place
        return Size()

    def _totals_in(self, near: int, column: int) -> bool:
        told = [
            (place, share)
            for row, share in self._of_column(column)
            if (place := _whole_cell(self._roles.table, row, near)).n
        ]
        return len(told) >= 2 and all(share.fits(int(place.n)) for place, share in told)

    @functools.cached_property
    def _printed(self) -> dict[int, str]:
        """The whole numbers that stand alone in a cell of the article's tables, with their first place."""
        found: dict[int, str] = {}
        for table in self._record.tables:
            for row in range(len(table.rows)):
                for column in range(len(table.rows[row])):
                    place = _whole_cell(table, row, column)
                    if place.n and int(place.n) >= SMALLEST_TOTAL:
                        found.setdefault(int(place.n), place.locator)
        return found

    def periods(self) -> Level | None:
        """Return the header row of two periods whose columns count other people or samples: there they are groups."""
        layout, roles = self._roles.layout, self._roles
        if roles.arm_levels or not layout.body:
            return None
        for row in layout.header_rows:
            columns: dict[str, list[int]] = {}
            for column in range(layout.width):
                label = roles.label(row, column)
                if column not in layout.stubs and label.outcome and not label.p:
                    columns.setdefault(label.text, []).append(column)
            if len(columns) == 2 and all(_names_period(text) for text in columns):
                before, after = columns.values()
                totals = [(self.proven(a).n, self.proven(b).n) for a, b in zip(before, after, strict=False)]
                if all(a and b and a != b for a, b in totals if a or b) and any(a for a, _ in totals):
                    return ("header", row)
        return None


def _about(share: Share, total: int) -> bool:
    """Tell whether a percentage is off by no more than a slip of rounding (a point, or a tenth of itself)."""
    gap = abs(100 * share.count / total - float(share.percent))
    return share.count <= total and gap <= max(1.0, 0.1 * float(share.percent))


def _names_period(text: str) -> bool:
    words = text.lower().split()
    return bool(words) and words[0] in {"before", "after", "pre", "post", "period", "prior"}


def _whole_cell(table: Table, row: int, column: int) -> Size:
    cell = table.rows[row][column]
    if (cell.row, cell.column) != (row, column) or not 0 < len(cell.text.strip()) <= 9:
        return Size()
    numbers = find_numbers(cell.text)
    if len(numbers) != 1 or not numbers[0].text.isdigit():
        return Size()
    rest = cell.text[: numbers[0].start] + cell.text[numbers[0].end :]
    if rest.strip():
        return Size()
    return Size(numbers[0].text, f"{cell_address(table, row, column)}:{numbers[0].start}-{numbers[0].end}")
