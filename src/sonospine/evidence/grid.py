"""A table of a record as HTML cells with their spans, whole or only its heads and the rows with marks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from sonospine.evidence.marking import Mark, marked
from sonospine.model.places import cell_address, parse
from sonospine.model.record import Table


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell as HTML with its address and the rows and columns it spans."""

    content: Markup
    address: str
    header: bool
    column_head: bool
    rows: int
    columns: int
    used: bool


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A table as it is shown. ``omitted`` counts rows that an excerpt leaves out."""

    label: str
    caption: Markup
    rows: tuple[tuple[ShownCell, ...], ...]
    footnotes: tuple[Markup, ...]
    omitted: int
    image: bool


def shown_table(table: Table, marks: Sequence[Mark], *, anchors: bool, excerpt: bool) -> ShownTable:
    """Return a table with its marks.

    Parameters
    ----------
    table
        The table, as an expanded grid.
    marks
        Marks whose address lies in it (cells, caption, footnotes).
    anchors
        Whether marks carry ids.
    excerpt
        Show only the heads, the rows with marks and the row above each group of them that names it.
    """
    by_part: dict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        by_part[parse(mark.address).address.removeprefix(f"{table.locator}:")].append(mark)
    cells: dict[tuple[int, int], list[Mark]] = defaultdict(list)
    wanted: set[int] = set()
    for r, row in enumerate(table.rows):
        for c, cell in enumerate(row):
            here = by_part.get(f"r{r}c{c}", [])
            if here:
                wanted.add(r)
                cells[_origin(table, r, c) if cell.text else (r, c)] += here
    kept = list(range(len(table.rows)))
    if excerpt:
        kept = [r for r in kept if r < table.header_rows or r in wanted or _names_group(table, r, wanted)]
    rows = tuple(_row(table, kept, i, cells, anchors) for i in range(len(kept)))
    notes = [
        (marked(text, by_part.get(f"foot{n}", []), anchors=anchors), bool(by_part.get(f"foot{n}")))
        for n, text in enumerate(table.footnotes, 1)
    ]
    return ShownTable(
        table.label,
        marked(
            table.caption, [*by_part.get("caption", []), *by_part.get(table.locator, [])], anchors=anchors
        ),
        rows,
        tuple(text for text, _ in notes),
        len(table.rows) - len(kept),
        table.image,
    )


def _names_group(table: Table, r: int, wanted: set[int]) -> bool:
    """Tell whether row ``r`` is a heading across the table above a marked row with no other heading between."""
    if not _is_heading(table, r):
        return False
    for below in range(r + 1, len(table.rows)):
        if _is_heading(table, below):
            return False
        if below in wanted:
            return True
    return False


def _is_heading(table: Table, r: int) -> bool:
    texts = {cell.text for cell in table.rows[r]}
    return len(texts - {""}) == 1 and (len(texts) == 1 or bool(table.rows[r][0].text))


def _origin(table: Table, r: int, c: int) -> tuple[int, int]:
    """Return where a spanned cell begins; a cell that only claims so (padding) is its own origin."""
    cell = table.rows[r][c]
    if cell.row <= r and cell.column <= c and cell.row < len(table.rows):
        row = table.rows[cell.row]
        if cell.column < len(row) and row[cell.column] == cell and cell.text:
            return cell.row, cell.column
    return r, c


def _row(
    table: Table, kept: Sequence[int], i: int, marks: dict[tuple[int, int], list[Mark]], anchors: bool
) -> tuple[ShownCell, ...]:
    r = kept[i]
    shown = []
    for c, cell in enumerate(table.rows[r]):
        origin = _origin(table, r, c)
        if c > 0 and _origin(table, r, c - 1) == origin:
            continue
        if i > 0 and _origin(table, kept[i - 1], c) == origin:
            continue
        down = 1
        while i + down < len(kept) and _origin(table, kept[i + down], c) == origin:
            down += 1
        across = 1
        while c + across < len(table.rows[r]) and _origin(table, r, c + across) == origin:
            across += 1
        here = marks.get(origin, [])
        content = marked(cell.text, here, anchors=anchors)
        head = r < table.header_rows
        shown.append(
            ShownCell(
                content,
                cell_address(table, *origin),
                cell.header or head,
                head,
                down,
                across,
                any(m.used for m in here),
            )
        )
    return tuple(shown)
