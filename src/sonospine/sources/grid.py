"""Rows of spanned cells expanded to a rectangular grid, bounded whatever the spans say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sonospine.model.record import Cell

WIDEST_SPAN = 100
MOST_CELLS = 200_000
MOST_CHARACTERS = 4_000_000
MOST_GRID = 1_000_000
_VALUE = re.compile(r"[<>≤≥=~±+\-−–]?\s*[\d.·,]*\d")


@dataclass(frozen=True, slots=True)
class SpannedCell:
    """A cell as the source writes it. A ``rowspan`` of 0 reaches to the end of its group."""

    text: str
    header: bool = False
    colspan: int = 1
    rowspan: int = 1


Group = Sequence[Sequence[SpannedCell]]


def expand(groups: Sequence[Group]) -> tuple[tuple[Cell, ...], ...]:
    """Return groups of rows (head, body, foot) as one rectangular grid.

    A spanned cell is repeated, with the row and column where it began. Row spans end with their group, as
    browsers draw it; absurd spans (above 100 columns) reach to the widest sane row; missing cells are empty. A
    grid of more than a million cells, or of rows without any, comes out empty.
    """
    rows = [row for group in groups for row in group]
    sane = max((sum(c.colspan for c in row if c.colspan <= WIDEST_SPAN) for row in rows), default=0)
    copies = [(_copies(cell, group), cell) for group in groups for row in group for cell in row]
    # Spans multiply cells and their text; beyond these bounds a table is hostile and stays unspanned.
    flat = (
        sum(count for count, _ in copies) > MOST_CELLS
        or sum(count * len(cell.text) for count, cell in copies) > MOST_CHARACTERS
    )
    grid: list[dict[int, Cell]] = []
    for group in groups:
        grid += _expand_group(group, len(grid), sane, flat)
    width = max((max(row, default=-1) + 1 for row in grid), default=0)
    if width == 0 or width * len(grid) > MOST_GRID:
        return ()
    return tuple(
        tuple(row.get(column, Cell("", False, number, column)) for column in range(width))
        for number, row in enumerate(grid)
    )


def _copies(cell: SpannedCell, group: Group) -> int:
    deep = len(group) if cell.rowspan <= 0 else min(cell.rowspan, len(group))
    return deep * (cell.colspan if cell.colspan <= WIDEST_SPAN else 1)


def _expand_group(group: Group, first: int, sane: int, flat: bool) -> list[dict[int, Cell]]:
    grid: list[dict[int, Cell]] = [{} for _ in group]
    for index, row in enumerate(group):
        column = 0
        for source in row:
            while column in grid[index]:
                column += 1
            wide = source.colspan if source.colspan <= WIDEST_SPAN else max(1, sane - column)
            deep = source.rowspan if source.rowspan > 0 else len(group)
            wide, deep = (1, 1) if flat else (max(1, wide), min(deep, len(group) - index))
            cell = Cell(source.text, source.header, first + index, column)
            for below in grid[index : index + deep]:
                for right in range(column, column + wide):
                    below.setdefault(right, cell)
            column += wide
    return grid


def looks_like_value(text: str) -> bool:
    """Return whether a cell begins like a number."""
    return bool(_VALUE.match(text))


def guessed_header_rows(rows: Sequence[Sequence[Cell]]) -> int:
    """Return 1 where the first row of a table without a marked head reads like one, else 0.

    It does when, of its cells after the first, none begins like a value and one at least says something, and when
    some later row holds a value there.
    """
    if len(rows) < 2 or len(rows[0]) < 2:
        return 0
    heads = [cell.text for cell in rows[0][1:]]
    if not any(heads) or sum(looks_like_value(text) and not re.search(r"[A-Za-z]", text) for text in heads):
        return 0
    return int(any(looks_like_value(cell.text) for row in rows[1:] for cell in row[1:]))
