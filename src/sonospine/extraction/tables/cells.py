"""The numbers of a table gathered into cells: a value with the companion cells that hold its spread, percent or p."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sonospine.extraction.expressions import Expression, find_numbers
from sonospine.extraction.tables.cell_texts import is_numeric
from sonospine.extraction.tables.labels import Label
from sonospine.extraction.tables.no_results import is_list_of_kinds, is_test_value
from sonospine.extraction.tables.roles import Roles
from sonospine.model.places import cell_address

_SPREAD = re.compile(r"\bstandard\s+(?:deviations?|errors?)\b|\bS\.?[DE]\.?(?:M\.?)?s?\b")
_MODEL = re.compile(r"\bregress\w*|\b[tz][-\s]statistics?\b|\bcoefficients?\b", re.IGNORECASE)
_BOUND = re.compile(
    r"\W*(?:(?:\d\d\s*%\s*)?(?:CI\W+)?(?:lower|upper)(?:\W+(?:limits?|bounds?|quartile|\d\d\s*%|CI|CL|confidence|of|the))*"
    r"|Q[13]|P\s?(?:25|75)|(?:25|75)\s?(?:th)?\s*(?:percentile|centile|%)?|(?:first|third|1st|3rd)\s+quartile"
    r"|min(?:imum)?\.?|max(?:imum)?\.?|[LU]CL|[LU]L)\W*$",
    re.IGNORECASE,
)
_CENTRE = re.compile(r"\b(?:means?|medians?|averages?)\b|\w\s*[(\[]?\s*\u00b1\s*(?=S)", re.IGNORECASE)
_SIGN = re.compile(r"\u00b1|\+\s?/?\s?[-\u2212\u2013]")
_ASSUMED = "spread_assumed_sd"
_WRAPPED = re.compile(r"^\s*[(\[].*[)\]]\W*$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ValueCell:
    """A value at its place; ``spread_address`` names the companion cell with its spread, and ``extra`` its label."""

    row: int
    column: int
    expression: Expression
    spread_address: str = ""
    extra: Label | None = None
    several: bool = False
    ordinal: int = 0


def value_cells(roles: Roles, *, decimal_comma: bool) -> Iterator[ValueCell]:
    """Yield every value of the body with its companion, row by row; companions are not yielded themselves."""
    layout = roles.layout
    signs = _sign_columns(roles)
    beside = _companion_columns(roles) | signs
    second_bounds = _second_bounds(roles, beside)
    below, spreads = _companion_rows(roles)
    for row in layout.body:
        if row in spreads:
            continue
        for column in range(layout.width):
            if column in layout.stubs or column in beside.values() or column in second_bounds:
                continue
            cell = roles.table.rows[row][column]
            if (
                (cell.row, cell.column) != (row, column)
                or is_test_value(cell.text)
                or is_list_of_kinds(cell.text)
            ):
                continue
            found = layout.values[row][column]
            if _holds_bound(roles, row, column) and all(e.spread == "none" for e in found):
                continue
            starts = {e.start for e in found}
            for ordinal, expression in enumerate(found):
                made = ValueCell(row, column, expression, several=len(starts) > 1, ordinal=ordinal)
                if expression.spread == "none" and len(found) == 1:
                    if column in signs and layout.texts[row][column + 1].strip():
                        made = replace(made, expression=_signed(expression))
                    made = _with_companion(
                        roles, made, beside.get(column), below.get(row), decimal_comma=decimal_comma
                    )
                    if made.expression.spread == "none" and _WRAPPED.match(cell.text):
                        continue  # a number in brackets stands behind another one, here in a cell of its own
                yield made


def _companion_columns(roles: Roles) -> dict[int, int]:
    """Return for each column the one to its right that holds nothing but its spread, percent or interval."""
    layout = roles.layout
    body = list(layout.body)
    found = _named_again(roles, body[0])
    for column in range(1, layout.width - 1):
        if column in layout.stubs or column in found or column in found.values():
            continue
        right = _next_numbers(roles, column)
        if _holds_bound(roles, body[0], right):
            continue
        filled = [
            layout.texts[r][right]
            for r in body
            if is_numeric(layout.texts[r][right]) and layout.values[r][column]
        ]
        if not filled:
            continue
        path, path_left = _path(roles, body[0], right), _path(roles, body[0], column)
        if _spanned(roles, body[0], column, right):
            continue
        named = (
            bool(path)
            and path[-1].spread_only
            and bool(path[-1].pairs)
            and (not path_left or not path_left[-1].spread_only)
        )
        wrapped = all(_WRAPPED.match(text) for text in filled)
        same = [p.text for p in path] == [p.text for p in path_left]
        if named or (wrapped and (same or not path or path[-1].statistic_only)):
            found[column] = right
    return found


def _sign_columns(roles: Roles) -> dict[int, int]:
    """Return for each column, before one that holds nothing but the sign, the column of spreads behind it."""
    layout, found = roles.layout, dict[int, int]()
    for column in range(1, layout.width - 2):
        between = [t for r in layout.body if (t := layout.texts[r][column + 1].strip())]
        if column not in layout.stubs and between and all(_SIGN.fullmatch(t) for t in between):
            found[column] = column + 2
    return found


def _signed(expression: Expression) -> Expression:
    """Return a number as the mean that it is before the sign of a spread, whose kind the sign leaves open."""
    return replace(expression, centre="mean", flags=(*expression.flags, _ASSUMED))


def _named_again(roles: Roles, row: int) -> dict[int, int]:
    """Return for each column the one whose head names it once more with its spread: ``Mean pain`` and ``Pain SD``.

    Both heads may stand over several columns, as many each; these then belong together in their order.
    """
    layout, found = roles.layout, dict[int, int]()
    for header in layout.headers.get(row, ()):
        cells = roles.table.rows[header]
        spans: list[list[int]] = []
        for c in range(layout.width):
            if c in layout.stubs:
                continue
            if spans and cells[spans[-1][-1]].column == cells[c].column and cells[c].column != c:
                spans[-1].append(c)
            else:
                spans.append([c])
        for left, right in itertools.pairwise(spans):
            if len(left) != len(right) or left[0] in found.values():
                continue
            alone = all(
                len(layout.values[r][c]) <= 1 and all(e.spread == "none" for e in layout.values[r][c])
                for r in layout.body
                for c in right
            )
            heads = [
                roles.label(h, c[0]).text for h in layout.headers[row] if h < header for c in (left, right)
            ]
            same = len(left) > 1 and heads[::2] == heads[1::2]
            names = roles.label(header, left[0]), roles.label(header, right[0])
            if alone and _repeats_with_spread(*names, unnamed=same):
                found |= dict(zip(left, right, strict=True))
    return found


def _repeats_with_spread(left: Label, right: Label, *, unnamed: bool) -> bool:
    """Tell whether a label says the same as the one before it and names an SD or SE, where that names a centre or nothing.

    Two labels that are ``unnamed`` both may name nothing but the statistics, below one and the same head.
    """
    if (
        (not right.outcome and not (unnamed and _CENTRE.search(left.text)))
        or not any(p.spread in ("sd", "se") for p in right.pairs)
        or _CENTRE.search(right.text)
    ):
        return False
    if any(p.spread for p in left.pairs) or left.p:
        return False
    told = [(t.weeks, t.phase) for t in left.times] == [(t.weeks, t.phase) for t in right.times]
    return told and left.outcome.casefold() == right.outcome.casefold()


def _next_numbers(roles: Roles, column: int) -> int:
    """Return the next column that holds anything but words."""
    layout = roles.layout
    for right in range(column + 1, layout.width - 1):
        filled = [layout.texts[r][right] for r in layout.body if layout.texts[r][right].strip()]
        if not filled or any(any(ch.isdigit() for ch in text) for text in filled):
            return right
    return layout.width - 1


def _second_bounds(roles: Roles, beside: dict[int, int]) -> frozenset[int]:
    """Return the columns of the second bounds of intervals whose head names only the first: ``95% CI`` over two columns."""
    layout = roles.layout
    first = layout.body[0]
    found: set[int] = set()
    for column in beside.values():
        path, following = _path(roles, first, column), column + 1
        if not path or following >= layout.width or following in beside.values():
            continue
        own = _path(roles, first, following)
        unnamed = not own or own[-1].text == path[-1].text or not own[len(path) - 1 :]
        single = all(is_numeric(layout.texts[r][following]) for r in layout.body if layout.values[r][column])
        if unnamed and single and {p.spread for p in path[-1].pairs} <= {"ci", "iqr", "range"}:
            found.add(following)
    return frozenset(found)


def _holds_bound(roles: Roles, row: int, column: int) -> bool:
    """Tell whether a column holds one bound of an interval (``Q1``, ``Upper 95% CI``), which is no value and no spread."""
    path = _path(roles, row, column)
    return bool(path) and _BOUND.match(path[-1].text) is not None


def _spanned(roles: Roles, row: int, column: int, right: int) -> bool:
    """Tell whether the lowest header over a column, or over the next, goes on: then means stand before the spreads."""
    headers = roles.layout.headers.get(row, ())
    cells = roles.table.rows[headers[-1]] if headers else ()
    return (
        bool(cells)
        and (
            cells[column] is cells[column - 1]
            or (right + 1 < len(cells) and cells[right] is cells[right + 1])
        )
        and bool(cells[column].text.strip())
    )


def _path(roles: Roles, row: int, column: int) -> list[Label]:
    return [label for _, label in roles.over(row, column).columns]


def _companion_rows(roles: Roles) -> tuple[dict[int, int], frozenset[int]]:
    """Return for each row the one below that holds nothing but its spread, and all rows that hold spreads only.

    That is a row labelled ``SD`` or ``95% CI``, or one of brackets without a label where the table names a spread. Of
    several such rows below one value (quartiles, SD, interval) the one of the SD or SE counts.
    """
    layout = roles.layout
    found: dict[int, int] = {}
    spreads: set[int] = set()
    told = (roles.table.caption, *roles.table.footnotes)
    stated = any(_SPREAD.search(text) for text in told) and not any(_MODEL.search(text) for text in told)
    for row in layout.body:
        below = row + 1
        if below not in layout.body or row in spreads:
            continue
        last = [c for c in layout.stubs if layout.texts[below][c].strip()]
        if not last:
            if stated and _all_wrapped(layout.texts[below]) and any(layout.values[row]):
                found[row] = below
                spreads.add(below)
            continue
        above = [c for c in layout.stubs if layout.texts[row][c].strip()]
        upper = roles.label(row, above[-1]) if above else None
        if upper is None or upper.spread_only:
            continue
        rows = _spread_rows(roles, row)
        if rows:
            found[row] = min(
                rows, key=lambda r: not any(p.spread in ("sd", "se") for p in _row_label(roles, r).pairs)
            )
            spreads.update(rows)
    return found, frozenset(spreads)


def _row_label(roles: Roles, row: int) -> Label:
    last = [c for c in roles.layout.stubs if roles.layout.texts[row][c].strip()]
    return roles.label(row, last[-1] if last else 0)


def _spread_rows(roles: Roles, row: int) -> list[int]:
    """Return the rows right below one whose labels name nothing but a spread."""
    rows: list[int] = []
    while (below := row + 1 + len(rows)) in roles.layout.body:
        label = _row_label(roles, below)
        if not label.spread_only or label.counts:
            break
        rows.append(below)
    return rows


def _all_wrapped(row: tuple[str, ...]) -> bool:
    """Tell whether a row holds numbers in brackets and nothing else."""
    filled = [text for text in row if text.strip()]
    return len(filled) > 1 and all(_WRAPPED.match(text) and is_numeric(text) for text in filled)


def _with_companion(
    roles: Roles, made: ValueCell, right: int | None, below: int | None, *, decimal_comma: bool
) -> ValueCell:
    for row, column in ((made.row, right), (below, made.column)):
        if row is None or column is None:
            continue
        text = roles.layout.texts[row][column]
        if not is_numeric(text):
            continue
        numbers = list(find_numbers(text, decimal_comma=decimal_comma))
        label = _companion_label(roles, row, column, by_row=column == made.column)
        expression = made.expression
        if len(numbers) == 2:
            low, high = sorted((numbers[0].text, numbers[1].text), key=float)
            flags = expression.flags if low == numbers[0].text else (*expression.flags, "bounds_swapped")
            expression = replace(expression, spread="interval", lower=low, upper=high, flags=flags)
        elif len(numbers) == 1 and _is_of_bounds(label):
            continue  # one bound of two: no spread
        elif len(numbers) == 1 and not numbers[0].text.startswith("-"):
            spread = "sd" if _ASSUMED in expression.flags else "bracket"
            expression = replace(expression, spread=spread, spread_value=numbers[0].text)
        else:
            continue
        return replace(
            made, expression=expression, spread_address=cell_address(roles.table, row, column), extra=label
        )
    return made


def _is_of_bounds(label: Label | None) -> bool:
    """Tell whether a label names an interval or a range, which one number can't be; the width of an IQR can."""
    kinds = {p.spread for p in label.pairs} if label is not None else set()
    return bool(kinds) and kinds <= {"ci", "range"}


def _companion_label(roles: Roles, row: int, column: int, *, by_row: bool) -> Label | None:
    over = roles.over(row, column)
    labels = over.stubs if by_row else over.columns
    return labels[-1][1] if labels else None
