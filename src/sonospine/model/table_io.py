"""Reading and writing declared tables: tab-separated, UTF-8, LF, header, RFC 4180 quoting, all text."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sonospine.model.errors import InputError
from sonospine.model.files import read_text, write_text
from sonospine.model.schema import TableSchema

Row = dict[str, str]

LONGEST_CELL = 1 << 24
"""Characters in a cell. Python's own limit is 131,072: the authors of one paper of a large consortium are more."""
csv.field_size_limit(LONGEST_CELL)

_BREAKS = str.maketrans(
    {
        "\t": " ",
        "\n": " ",
        "\r": " ",
        "\v": " ",
        "\f": " ",
        "\x85": " ",
        "\u2028": " ",
        "\u2029": " ",
        "\x00": " ",
    }
)


def without_breaks(text: str) -> str:
    """Return a cell's text as a table holds it: a tab or a line end of any kind becomes a space."""
    return text.translate(_BREAKS)


def read_table(path: Path | str, schema: TableSchema, *, validate: bool = True) -> list[Row]:
    """Read a declared table as rows of text; the errors are those of ``read_numbered``."""
    return [row for _, row in read_numbered(path, schema, validate=validate)]


def read_numbered(path: Path | str, schema: TableSchema, *, validate: bool = True) -> list[tuple[int, Row]]:
    """Read a declared table as rows of text, each with its line in the file (the header is line 1).

    Raises
    ------
    InputError
        The file is missing, is not UTF-8, has another header, or a cell that the schema does not allow
        (file, line, column, found and allowed are named).
    """
    header, numbered = _numbered_rows(path)
    if tuple(header) != schema.names:
        raise InputError(
            f"the columns are not those of the table {schema.name} ({_difference(header, schema.names)})",
            file=path,
            row=1,
            allowed=", ".join(schema.names),
        )
    if validate:
        check_rows([row for _, row in numbered], schema, path, [line for line, _ in numbered])
    return numbered


def _difference(header: Sequence[str], names: Sequence[str]) -> str:
    missing = [name for name in names if name not in header]
    unknown = [name for name in header if name not in names]
    parts = [
        f"{what} {_some(which)}" for what, which in (("missing", missing), ("unknown", unknown)) if which
    ]
    if parts:
        return "; ".join(parts)
    return "one stands twice" if len(header) > len(names) else "they stand in another order"


def _some(names: Sequence[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def read_tables(paths: Iterable[Path], schema: TableSchema) -> list[Row]:
    """Read several files of one declared table, one after the other."""
    return [row for path in paths for row in read_table(path, schema)]


def _numbered_rows(path: Path | str) -> tuple[list[str], list[tuple[int, Row]]]:
    """Read any tab-separated file as its header and its rows of text.

    Short rows are filled with empty cells. Empty lines are passed over, so each row comes with the line it stands on.
    """
    lines = csv.reader(io.StringIO(read_text(path), newline=""), delimiter="\t", strict=False)
    content = _cells(lines, path)
    header = next(content, [])
    if not header:
        raise InputError("the file is empty", file=path)
    rows = []
    for cells in content:
        if len(cells) > len(header):
            raise InputError(
                "more cells than columns",
                file=path,
                row=lines.line_num,
                found=len(cells),
                allowed=len(header),
            )
        if cells:
            filled = cells + [""] * (len(header) - len(cells))
            rows.append((lines.line_num, dict(zip(header, filled, strict=True))))
    return header, rows


def _cells(lines: Any, path: Path | str) -> Iterator[list[str]]:
    """Yield the cells of each line; a quotation mark that is left open would swallow the lines below it."""
    first = lines.line_num + 1
    try:
        for cells in lines:
            if lines.line_num > first:
                raise InputError("a quotation mark is opened and not closed", file=path, row=first)
            yield cells
            first = lines.line_num + 1
    except csv.Error as error:
        raise InputError(f"not a table: {error}", file=path, row=first) from None


def check_rows(
    rows: Sequence[Row], schema: TableSchema, path: Path | str, lines: Sequence[int] | None = None
) -> None:
    """Check rows against the schema with pandera; the first fault is raised as ``InputError``.

    ``lines`` are the lines on which the rows stand; without them the rows follow the header without a gap.
    """
    import pandas as pd
    import pandera.errors

    if not rows:
        return
    frame = pd.DataFrame(rows, columns=list(schema.names), dtype="str")
    try:
        schema.pandera_schema().validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as faults:
        numbered = list(zip(lines or range(2, len(rows) + 2), rows, strict=True))
        raise _first_fault(faults.failure_cases.to_dict("records"), numbered, schema, path) from None


def _first_fault(
    cases: list[dict[str, object]], numbered: list[tuple[int, Row]], schema: TableSchema, path: Path | str
) -> InputError:
    for line, row in numbered:
        for column in schema.columns:
            if not column.permits(row[column.name]):
                return InputError(
                    "the value is not allowed",
                    file=path,
                    row=line,
                    field=column.name,
                    found=row[column.name],
                    allowed=column.allowance(),
                )
    seen: set[tuple[str, ...]] = set()
    for line, row in numbered:
        key = tuple(row[name] for name in schema.key)
        if key in seen:
            return InputError(
                "the key stands twice",
                file=path,
                row=line,
                field=" ".join(schema.key),
                found=" ".join(key),
            )
        seen.add(key)
    return InputError("the table does not fit its schema", file=path, found=cases[0] if cases else None)


def write_table(path: Path | str, schema: TableSchema, rows: Iterable[Mapping[str, str]]) -> None:
    """Check and write a declared table, whole or not at all; rows are sorted by key unless it is a log."""
    listed = _clean(schema, rows)
    check_rows(listed, schema, path)
    write_text(path, table_text(schema.names, in_order(schema, listed)))


def as_written(schema: TableSchema, rows: Iterable[Mapping[str, str]]) -> list[Row]:
    """Return rows as a reader of their file gets them: in the order of the file, breaks in a cell as spaces."""
    return in_order(schema, _clean(schema, rows))


def _clean(schema: TableSchema, rows: Iterable[Mapping[str, str]]) -> list[Row]:
    names = schema.names
    listed = [{name: row[name] for name in names} for row in rows]
    # Most rows hold no break, and to ask that of a whole row at once takes a tenth of the time.
    return [
        row if "".join(row.values()).isprintable() else {name: without_breaks(row[name]) for name in names}
        for row in listed
    ]


def in_order(schema: TableSchema, rows: list[Row]) -> list[Row]:
    """Return rows as their file holds them: sorted by key unless it is a log."""
    return rows if schema.logged else sorted(rows, key=lambda row: [row[name] for name in schema.key])


def table_text(names: Iterable[str], rows: Iterable[Mapping[str, str]]) -> str:
    """Return rows as tab-separated text with a header."""
    out = io.StringIO()
    columns = list(names)
    writer = csv.writer(out, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    writer.writerow(columns)
    writer.writerows([row[name] for name in columns] for row in rows)
    return out.getvalue()
