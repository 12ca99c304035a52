"""A number in its sentence, its cell with the headings of row and column, or its field."""

from __future__ import annotations

from rich.text import Text

from sonospine.model.places import cell_of, parse, text_at
from sonospine.model.record import Record, Table
from sonospine.model.table_io import Row

AROUND = 60


def quote_line(record: Record, row: Row, *, marked: bool) -> Text:
    """Return the words around a number, which stands out.

    ``marked`` puts it between guillemets besides, for an output that has no styles.
    """
    place = parse(row["locator"])
    text = text_at(record, place.address) or ""
    start = 0 if place.start is None else place.start
    end = len(text) if place.end is None else place.end
    before, after = _before(text[:start]), _after(text[end:])
    line = Text(style="dim")
    line.append(_headings(record, place.address))
    line.append(before)
    line.append(f"»{text[start:end]}«" if marked else text[start:end], "not dim bold reverse")
    line.append(after)
    return line


def _before(text: str) -> str:
    if len(text) <= AROUND:
        return text
    return "… " + text[-AROUND:].partition(" ")[2]


def _after(text: str) -> str:
    if len(text) <= AROUND:
        return text
    return text[:AROUND].rpartition(" ")[0] + " …"


def _headings(record: Record, address: str) -> str:
    """Return the headings of a table's cell; for a field of a registry its whole place, which the list shortens."""
    if address.startswith("registry/"):
        return f"{address} = "
    locator, _, part = address.partition(":")
    cell = cell_of(part)
    table = next((t for t in record.tables if t.locator == locator), None)
    if table is None or cell is None:
        return ""
    return "".join(f"{heading} | " for heading in _heads(table, *cell) if heading)


def _heads(table: Table, row: int, column: int) -> list[str]:
    heads = [table.rows[row][0].text] if column else []
    for above in table.rows[: table.header_rows]:
        if above[column].text not in heads:
            heads.append(above[column].text)
    return heads
