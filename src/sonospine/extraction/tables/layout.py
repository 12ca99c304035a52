"""The shape of a table: which rows are headers or sections, which columns are stubs, and what labels stand over a cell."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sonospine.extraction.expressions import Expression
from sonospine.extraction.tables.axes import name_times
from sonospine.extraction.tables.cell_texts import cell_expressions, is_empty
from sonospine.model.record import Table

_LETTERS = re.compile(r"[^\W\d_]")
_P_HEADER = re.compile(
    r"^\W*p\W*(?:[-\u2010-\u2013]?\s*values?)?\W*$|\bp[-\s\u2010-\u2013]+values?\b|^\W*sig", re.IGNORECASE
)
_HEADER_N = re.compile(r"^\(?\s*n\s*=?\s*\d+\s*\)?$", re.IGNORECASE)
# What a comparison leaves in a row that only heads others: a star, "NS", a p value.
_MARK = re.compile(
    r"^\s*(?:[*\u2020\u2021\u00a7#]+|n\.?s\.?|p\s*[<>=\u2264]\s*0?[.,]\d+\**)\s*$", re.IGNORECASE
)
MOST_COLUMNS = 60
MOST_ROWS = 400
MOST_STUBS = 6


@dataclass(frozen=True, slots=True)
class Layout:
    """Rows and columns of a table by kind.

    ``headers`` are for each body row the header rows that hold over it (a table may repeat its header further
    down); ``sections`` the section rows in force as (row, text); ``stubs`` the label columns. ``moved`` tells the
    printed column of a header text that was spread over the columns it means.
    """

    texts: tuple[tuple[str, ...], ...]
    values: tuple[tuple[tuple[Expression, ...], ...], ...]
    stubs: tuple[int, ...]
    headers: dict[int, tuple[int, ...]]
    body: tuple[int, ...]
    section_rows: frozenset[int]
    blanks: frozenset[int]
    moved: dict[tuple[int, int], int]

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.texts[0]) if self.texts else 0

    @property
    def header_rows(self) -> list[int]:
        """Every row that is a header, in order."""
        return sorted({row for headers in self.headers.values() for row in headers})

    @property
    def value_columns(self) -> list[int]:
        """The columns beside the stubs in which a row of the body has a value."""
        return [
            c for c in range(self.width) if c not in self.stubs and any(self.values[r][c] for r in self.body)
        ]


def lay_out(table: Table, *, decimal_comma: bool) -> Layout | None:
    """Return the shape of a table; ``None`` where it holds no grid of values."""
    rows = table.rows
    if not rows or len(rows) > MOST_ROWS or len(rows[0]) > MOST_COLUMNS or len(rows[0]) < 2:
        return None
    texts = tuple(tuple(cell.text.strip() and cell.text for cell in row) for row in rows)
    values = tuple(tuple(cell_expressions(t, decimal_comma=decimal_comma) for t in row) for row in texts)
    spanning = [_spanning(table, i) for i in range(len(rows))]
    wide = [_begins_wide(table, i) for i in range(len(rows))]
    first_body = _first_body(
        texts, values, [a or b for a, b in zip(spanning, wide, strict=True)], table.header_rows
    )
    texts, values = name_times(texts, values, first_body)
    stubs = _stub_columns(texts, values, first_body)
    tests = frozenset(
        c
        for c in range(len(texts[0]))
        if c not in stubs and any(_P_HEADER.search(texts[h][c]) for h in range(first_body))
    )
    texts, shifted = _under_spans(table, texts, first_body)
    texts, moved = _spread_names(texts, first_body, stubs)
    moved |= shifted
    headers: dict[int, tuple[int, ...]] = {}
    current = tuple(range(first_body))
    body: list[int] = []
    sections: set[int] = set()
    blanks: set[int] = set()
    i = first_body
    while i < len(rows):
        if _is_blank(table, texts, i):
            blanks.add(i)
        elif spanning[i] or _only_stub(_without_span(table, texts, i), values[i], stubs, tests):
            sections.add(i)
        elif _is_new_header(texts, values, i, stubs):
            block = [i]
            while i + 1 < len(rows) and _is_new_header(texts, values, i + 1, stubs):
                i += 1
                block.append(i)
            current = tuple(block)
        else:
            body.append(i)
        headers[i] = current
        i += 1
    if not any(values[r][c] for r in body for c in range(len(texts[0])) if c not in stubs):
        return None
    return Layout(texts, values, stubs, headers, tuple(body), frozenset(sections), frozenset(blanks), moved)


def _is_blank(table: Table, texts: tuple[tuple[str, ...], ...], i: int) -> bool:
    """Tell whether a row holds nothing, or nothing but the rest of a label that began in a row above."""
    if all(is_empty(t) for t in texts[i]):
        return True
    own = [text for cell, text in zip(table.rows[i], texts[i], strict=True) if cell.row == i]
    return len(own) > 1 and not any(text.strip() for text in own)


def _under_spans(
    table: Table, texts: tuple[tuple[str, ...], ...], first_body: int
) -> tuple[tuple[tuple[str, ...], ...], dict[tuple[int, int], int]]:
    """Put the labels of a header row under the wide cells above it, where an empty corner forgot to span both rows.

    Without that span the row begins in the first column: its labels are as many as the columns of the wide cells
    above, and the last of these have none. Returns the texts, and the printed columns of those that moved.
    """
    width = len(texts[0])
    for row in range(1, first_body):
        above = table.rows[row - 1]
        own = [c for c, cell in enumerate(table.rows[row]) if (cell.row, cell.column) == (row, c)]
        labels = [c for c in own if not is_empty(texts[row][c])]
        wide = [
            c
            for c in range(1, width)
            if sum(cell is above[c] or cell.column == above[c].column for cell in above) > 1
        ]
        if not labels or labels[0] != 0 or not is_empty(texts[row - 1][0]) or len(labels) != len(wide):
            continue
        if labels == wide or not is_empty(texts[row][width - 1]):
            continue
        line = ["" if c in own else texts[row][c] for c in range(width)]
        for c, printed in zip(wide, labels, strict=True):
            line[c] = texts[row][printed]
        moved = {(row, c): printed for c, printed in zip(wide, labels, strict=True)}
        return (*texts[:row], tuple(line), *texts[row + 1 :]), moved
    return texts, {}


def _spread_names(
    texts: tuple[tuple[str, ...], ...], first_body: int, stubs: tuple[int, ...]
) -> tuple[tuple[tuple[str, ...], ...], dict[tuple[int, int], int]]:
    """Spread names that stand side by side over the groups of columns below, where the article forgot the span.

    Names are left-packed with nothing behind them, and the next header row repeats its labels once a name
    (``Mean SD Mean SD p`` under ``A B``). Returns the texts, and the printed columns of those that moved.
    """
    begin = max(stubs) + 1
    for row in range(first_body - 1):
        blocks = _spread_in_blocks(texts, row, begin)
        if blocks is not None:
            return blocks
        upper, lower = texts[row][begin:], texts[row + 1][begin:]
        names = [t for t in upper if not is_empty(t)]
        count = len(names)
        if count < 2 or len(set(names)) < count or [t for t in upper[:count] if not is_empty(t)] != names:
            continue
        size = next((s for s in range(2, len(lower) // count + 1) if _repeats(lower, s, count)), 0)
        if not size:
            continue
        spread = [names[k // size] for k in range(count * size)]
        line = (*texts[row][:begin], *spread, *("" for _ in range(len(upper) - count * size)))
        moved = {(row, begin + k): begin + k // size for k in range(count * size)}
        return (*texts[:row], line, *texts[row + 1 :]), moved
    return texts, {}


def _spread_in_blocks(
    texts: tuple[tuple[str, ...], ...], row: int, begin: int
) -> tuple[tuple[tuple[str, ...], ...], dict[tuple[int, int], int]] | None:
    """Spread each name over the whole block of repeated labels below it, where its span does not reach all of them."""
    upper, lower = texts[row][begin:], texts[row + 1][begin:]
    size = next(
        (
            s
            for s in range(2, len(lower) // 2 + 1)
            if len(lower) % s == 0 and _repeats(lower, s, len(lower) // s)
        ),
        0,
    )
    if not size:
        return None
    line, moved = list(upper), {}
    for first in range(0, len(lower), size):
        filled = [c for c in range(first, first + size) if not is_empty(upper[c])]
        if len({upper[c] for c in filled}) != 1:
            return None
        for c in range(first, first + size):
            line[c] = upper[filled[0]]
            moved[row, begin + c] = begin + (c if c in filled else filled[0])
    if line == list(upper) or len(set(line)) * size != len(line):
        return None
    return (*texts[:row], (*texts[row][:begin], *line), *texts[row + 1 :]), moved


def _repeats(labels: tuple[str, ...], size: int, count: int) -> bool:
    """Tell whether the first labels are ``count`` times the same different ones, and do not begin anew after that."""
    unit = labels[:size]
    return (
        len(set(unit)) == size
        and not any(is_empty(t) for t in unit)
        and labels[: size * count] == unit * count
        and (len(labels) == size * count or labels[size * count] != unit[0])
    )


def _spanning(table: Table, i: int) -> bool:
    row = table.rows[i]
    first = row[0]
    if not first.text.strip() or not _LETTERS.search(first.text):
        return False
    return all(c.row == first.row and c.column == first.column and c.text == first.text for c in row)


def _begins_wide(table: Table, i: int) -> bool:
    """Tell whether a row below the marked head begins with words over two or more columns: a heading of rows."""
    first, second = table.rows[i][:2]
    same = (first.row, first.column, first.text) == (second.row, second.column, second.text)
    return i >= table.header_rows > 0 and first.row == i and same and bool(_LETTERS.search(first.text))


def _without_span(table: Table, texts: tuple[tuple[str, ...], ...], i: int) -> tuple[str, ...]:
    """Return the texts of a row; a wide first cell counts in its first column only."""
    if not _begins_wide(table, i):
        return texts[i]
    return tuple(t if c == 0 or table.rows[i][c].column else "" for c, t in enumerate(texts[i]))


def _first_body(
    texts: tuple[tuple[str, ...], ...],
    values: tuple[tuple[tuple[Expression, ...], ...], ...],
    spanning: list[bool],
    header_rows: int,
) -> int:
    """Return the first row that is not a header: the marked head, and rows below it that hold labels only."""
    first = min(header_rows, len(texts))
    while first < len(texts) - 1:
        row = texts[first]
        filled = [k for k, t in enumerate(row) if k > 0 and not is_empty(t)]
        if spanning[first] or not filled or (first > 0 and len(filled) < 2):
            break
        if not all(_HEADER_N.match(row[k]) or not values[first][k] for k in filled):
            break
        if first >= header_rows > 0 and not _reads_as_header(texts, values, first):
            break
        if first >= 6:
            break
        first += 1
    return first


def _reads_as_header(
    texts: tuple[tuple[str, ...], ...], values: tuple[tuple[tuple[Expression, ...], ...], ...], i: int
) -> bool:
    """Tell whether a row of labels below the marked head is one more header row: values follow under its labels."""
    filled = [k for k, t in enumerate(texts[i]) if k > 0 and not is_empty(t)]
    below = range(i + 1, min(len(texts), i + 5))
    return sum(any(values[r][k] for r in below) for k in filled) >= max(2, (len(filled) + 1) // 2)


def _stub_columns(
    texts: tuple[tuple[str, ...], ...], values: tuple[tuple[tuple[Expression, ...], ...], ...], first: int
) -> tuple[int, ...]:
    width = len(texts[0])
    stubs: list[int] = [0]
    for column in range(1, width):
        filled = [
            r for r in range(first, len(texts)) if not is_empty(texts[r][column]) and len(set(texts[r])) > 1
        ]
        if not filled:
            break
        if column == 1 and _goes_on_beside(texts, filled, first):
            stubs.append(column)
            continue
        labels = sum(not values[r][column] and bool(_LETTERS.search(texts[r][column])) for r in filled)
        if labels * 2 <= len(filled) or column >= MOST_STUBS:
            break
        stubs.append(column)
    return tuple(stubs) if len(stubs) < width else (0,)


def _goes_on_beside(texts: tuple[tuple[str, ...], ...], filled: list[int], first: int) -> bool:
    """Tell whether the second column holds categories: it alone has no head, and the labels before it often go on."""
    heads = [[is_empty(texts[h][c]) for h in range(first)] for c in range(1, len(texts[0]))]
    if not first or len(heads) < 3 or not all(heads[0]) or any(all(head) for head in heads[1:]):
        return False
    going_on = [r for r in filled if not texts[r][0].strip()]
    return len(going_on) >= 2 and len(going_on) * 3 >= len(filled)


def _only_stub(
    row: tuple[str, ...],
    values: tuple[tuple[Expression, ...], ...],
    stubs: tuple[int, ...],
    tests: frozenset[int],
) -> bool:
    """Tell whether a row only has a label: nothing but the first columns, and a p value, says anything."""
    # A dash or slash says "no value here": such a row is a row of results, not a heading.
    filled = [k for k, t in enumerate(row) if t.strip() and k not in tests and not (k and _MARK.match(t))]
    return (
        bool(filled)
        and all(k in stubs and not values[k] for k in filled)
        and bool(_LETTERS.search(row[filled[0]]))
    )


def _is_new_header(
    texts: tuple[tuple[str, ...], ...],
    values: tuple[tuple[tuple[Expression, ...], ...], ...],
    i: int,
    stubs: tuple[int, ...],
) -> bool:
    """Tell whether a row in the body is a header of the rows below it: labels over columns that hold values."""
    row = texts[i]
    filled = [k for k in range(len(row)) if k not in stubs and not is_empty(row[k])]
    if len(filled) < 2 or any(values[i][k] and not _HEADER_N.match(row[k]) for k in filled):
        return False
    if not all(_LETTERS.search(row[k]) for k in filled):
        return False
    return _reads_as_header(texts, values, i) and len({row[k] for k in filled}) > 1
