"""Tables as a spreadsheet saves them: tabs, commas or semicolons, a byte order mark, guarded formulas."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sonospine.model.errors import InputError
from sonospine.model.schema import Column, TableSchema
from sonospine.model.sheets import sheet_text, unguarded
from sonospine.model.table_io import Row, check_rows, without_breaks

SEPARATORS = "\t,;"
_COMMA = re.compile(r"(-?[0-9]*),([0-9]*(?:[eE][-+]?[0-9]+)?)")
_WORKBOOKS = {b"PK\x03\x04": "an .xlsx or .ods workbook", b"\xd0\xcf\x11\xe0": "an .xls workbook"}
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_ALLOWED = "a table saved as CSV or TSV in UTF-8"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of a sheet: the line on which it begins, its cells as values of the table, and as they were saved."""

    line: int
    cells: Row
    saved: Row


def sheet_bytes(schema: TableSchema, rows: Sequence[Row], separator: str = ",") -> bytes:
    """Return a declared table as a CSV file: UTF-8 with a byte order mark, CRLF, formulas guarded.

    With ``;`` numbers are written with a decimal comma, as spreadsheets of such countries read and write them.

    Raises
    ------
    InputError
        A cell is not what its column allows: a text in a column of numbers would stand there unguarded.
    """
    check_rows(rows, schema, schema.name)
    text = sheet_text(schema, rows, separator, line_end="\r\n", decimal_comma=separator == ";")
    return text.encode("utf-8-sig")


def read_sheet(path: Path | str, schema: TableSchema, more: Sequence[str] = ()) -> list[SheetRow]:
    """Read a declared table that was saved by a person or a spreadsheet.

    Columns may be missing or stand in another order, empty rows are passed over. Line ends within a cell become
    spaces; ``TRUE`` is ``true``; the guard before a formula is taken off; in a file separated by semicolons
    ``2,5`` is the number 2.5, as spreadsheets write it where the comma is the decimal sign.

    Parameters
    ----------
    path
        The file: separated by tabs, commas or semicolons; UTF-8, or UTF-16 with its mark.
    schema
        The table. Its key columns have to be there.
    more
        Columns that the sheet may have besides.

    Raises
    ------
    InputError
        The file is missing, a workbook, not text, or has a column that is unknown or stands twice.
    """
    text = _text(Path(path))
    lead, separator = _separator(text, path)
    reader = csv.reader(io.StringIO(lead, newline=""), delimiter=separator, strict=True)
    try:
        listed = list(_lines(reader))
    except csv.Error as error:
        raise InputError(f"not a table: {error}", file=path, row=reader.line_num) from None
    skipped = text[: len(text) - len(lead)].count("\n")
    names = [name.strip() for name in listed[0][1]]
    while names and not names[-1]:
        names.pop()
    _check_columns(names, schema, more, path)
    rows = []
    for line, cells in listed[1:]:
        beyond = [cell for cell in cells[len(names) :] if cell]
        if beyond:
            raise InputError(
                "more cells than columns", file=path, row=line + skipped, found=beyond[0], allowed=len(names)
            )
        filled = cells[: len(names)] + [""] * (len(names) - len(cells))
        saved = {name: without_breaks(cell) for name, cell in zip(names, filled, strict=True)}
        read = {
            name: cell_of(schema.column(name), cell, separator) if name in schema.names else unguarded(cell)
            for name, cell in saved.items()
        }
        if any(read.values()):
            rows.append(SheetRow(line + skipped, read, saved))
    return rows


def cell_of(column: Column, text: str, separator: str = "\t") -> str:
    """Return what a saved cell says as a value of its column."""
    value = text.strip()
    if column.kind in ("number", "integer"):
        value = value.replace("\N{MINUS SIGN}", "-")
        return _COMMA.sub(r"\1.\2", value) if separator == ";" and _COMMA.fullmatch(value) else value
    if column.kind == "boolean":
        return value.lower()
    return unguarded(value)


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = (
            "no such file" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        )
        raise InputError(reason, file=path) from None
    for mark, what in _WORKBOOKS.items():
        if content.startswith(mark):
            raise InputError("not a text file", file=path, found=what, allowed=_ALLOWED)
    try:
        return content.decode("utf-16" if content.startswith(_UTF_16) else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            "not UTF-8", file=path, row=line, found=f"byte {error.start}", allowed=_ALLOWED
        ) from None


def _separator(text: str, path: Path | str) -> tuple[str, str]:
    """Return the text from its header on, and what separates its cells (``sep=;`` may say so in a line of its own)."""
    first, _, rest = text.partition("\n")
    told = re.fullmatch(r"sep=([\t,;])", first.rstrip("\r"), re.IGNORECASE)
    if told:
        return rest, told[1]
    if not first.strip():
        raise InputError(
            "the file is empty" if not text.strip() else "the first line is empty", file=path, row=1
        )
    return text, max(SEPARATORS, key=first.count)


def _lines(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each row with the line on which it begins."""
    begins = 1
    for cells in reader:
        yield begins, cells
        begins = reader.line_num + 1


def _check_columns(names: Sequence[str], schema: TableSchema, more: Sequence[str], path: Path | str) -> None:
    known = [*schema.names, *more]
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise InputError(
                f"no such column in the table {schema.name}"
                + (f" (did you mean {near[0]}?)" if near else ""),
                file=path,
                row=1,
                found=name,
                allowed=", ".join(known),
            )
        if names.count(name) > 1:
            raise InputError("the column stands twice", file=path, row=1, found=name)
    missing = [name for name in schema.key if name not in names]
    if missing:
        raise InputError(f"the column {missing[0]} is missing", file=path, row=1, found=", ".join(names[:5]))
