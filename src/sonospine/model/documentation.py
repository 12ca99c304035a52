"""What is generated from the declared tables: ``docs/tables.md``."""

from __future__ import annotations

from collections.abc import Iterable

from sonospine.model.schema import Column, TableSchema
from sonospine.model.tables import ALL_TABLES

_HEAD = """\
# Tables

Generated from `src/sonospine/model/tables/` by `sonospine docs`: do not edit. Tab-separated, UTF-8, LF, with a
header; RFC 4180 quoting; a tab or line end inside a text becomes a space. Every cell is text; empty means unknown.
Units everywhere: weeks; scale points; percent as 57.1; confidence level as 95; effects on the analysis scale (log for
ratios). A number that was read keeps its printed digits, a derived one has 10 significant digits. Places count code
points of the unescaped text; rows and columns of a table's expanded grid count from 0. Tables are sorted by their
key, logs keep their order. Key columns are printed bold; `;` separates the entries of a list.
"""


def tables_markdown(tables: Iterable[TableSchema] = ALL_TABLES) -> str:
    """Return ``docs/tables.md``: for each table its path, writer, key and columns.

    A table with the columns of an earlier one refers to it.
    """
    parts = [_HEAD]
    told: dict[tuple[Column, ...], str] = {}
    for table in tables:
        parts += [f"## {table.name}", "", table.description, ""]
        parts += [f"`{table.path}`, written by {table.written_by}.", ""]
        if table.columns in told:
            parts += [f"Columns as in [{told[table.columns]}](#{told[table.columns]}).", ""]
            continue
        told[table.columns] = table.name
        parts += ["| column | kind | unit | allowed | meaning |", "|---|---|---|---|---|"]
        parts += [_row(column, table.key) for column in table.columns]
        parts.append("")
    return "\n".join(parts)


def _row(column: Column, key: tuple[str, ...]) -> str:
    name = f"**`{column.name}`**" if column.name in key else f"`{column.name}`"
    allowed = ", ".join(f"`{value}`" for value in column.allowed)
    if column.required:
        allowed = f"{allowed}; never empty" if allowed else "never empty"
    cells = (name, column.kind, column.unit, allowed, column.description)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
