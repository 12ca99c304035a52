"""Tables for spreadsheets: what is written so that no text is taken for a formula, and numbers stay numbers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from sonospine.model.schema import Column, TableSchema
from sonospine.model.table_io import Row

GUARD = "'"
_FORMULA = re.compile("'*[\t\r\n]|[\\s']*[-=+@\uff1d\uff0b\uff0d\uff20]")
UNGUARDED_KINDS = ("number", "integer", "boolean", "date")
"""Kinds of columns whose cells the schema checks: an apostrophe before ``-2.1`` would make it a text."""


def guarded(text: str) -> str:
    """Return a text cell so that no spreadsheet takes it for a formula: an apostrophe goes before it.

    A formula begins with ``= + - @`` (full width too; after white space as well), a tab or a line end. A text that
    has apostrophes before such a sign gets one more, so that ``unguarded`` gives every text back.
    """
    return GUARD + text if _is_formula(text) else text


def unguarded(text: str) -> str:
    """Return a text cell without the apostrophe of ``guarded``."""
    return text[1:] if text.startswith(GUARD) and _is_formula(text) else text


def _is_formula(text: str) -> bool:
    """Tell whether a text begins as a formula does, whatever apostrophes and white space stand before it."""
    return _FORMULA.match(text) is not None


def is_guarded(column: Column) -> bool:
    """Tell whether the cells of a column are texts, which are guarded."""
    return column.kind not in UNGUARDED_KINDS


def sheet_text(
    schema: TableSchema,
    rows: Sequence[Row],
    separator: str = ",",
    *,
    line_end: str = "\n",
    decimal_comma: bool = False,
) -> str:
    """Return a declared table as a spreadsheet opens it: RFC 4180 quoting, formulas guarded in columns of text.

    Parameters
    ----------
    schema, rows
        The table.
    separator, line_end
        What stands between cells and after rows.
    decimal_comma
        Whether numbers are written ``2,5``: where the comma is the decimal sign, ``2.5`` would open as a date.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=line_end)
    writer.writerow(schema.names)
    for row in rows:
        writer.writerow(_cell(column, row[column.name], decimal_comma) for column in schema.columns)
    return out.getvalue()


def _cell(column: Column, text: str, decimal_comma: bool) -> str:
    if is_guarded(column):
        return guarded(text)
    return text.replace(".", ",") if decimal_comma and column.kind == "number" else text
