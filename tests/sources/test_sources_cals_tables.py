"""Tables in the CALS model (OASIS), which JATS allows beside that of XHTML."""

from __future__ import annotations

from pathlib import Path

import pytest

from sonospine.model.record import Table
from sonospine.sources import records_of

NAMESPACE = 'xmlns:oasis="http://www.niso.org/standards/z39-96/ns/oasis-exchange/table"'
GROUP = """<{0}tgroup cols="3"><{0}colspec colname="c1"/><{0}colspec colname="c2"/><{0}colspec colnum="3" colname="c3"/>
<{0}spanspec spanname="both" namest="c2" nameend="c3"/>
<{0}thead><{0}row><{0}entry morerows="1">Outcome</{0}entry><{0}entry namest="c2" nameend="c3">After 4 weeks</{0}entry></{0}row>
<{0}row><{0}entry>Heat</{0}entry><{0}entry>Cold</{0}entry></{0}row></{0}thead>
<{0}tbody>{rows}</{0}tbody></{0}tgroup>"""


def table_of(tmp_path: Path, rows: str, prefix: str = "oasis:") -> Table:
    inner = GROUP.format(prefix, rows=rows.replace("@", prefix))
    declared = NAMESPACE if prefix else ""
    path = tmp_path / "article.xml"
    path.write_text(
        "<article><front><article-meta><title-group><article-title>Heat or cold</article-title></title-group>"
        f'</article-meta></front><body><p>Text.</p><table-wrap id="T1"><{prefix}table {declared}>{inner}</{prefix}table>'
        "</table-wrap></body></article>"
    )
    (record,) = records_of(path)
    (table,) = record.tables
    return table


@pytest.mark.parametrize("prefix", ["oasis:", ""])
def test_rows_spans_and_head_of_a_cals_table_are_read(tmp_path: Path, prefix: str) -> None:
    table = table_of(
        tmp_path,
        "<@row><@entry>Pain</@entry><@entry>2.3 (1.1)</@entry><@entry>3.4 (1.2)</@entry></@row>",
        prefix,
    )
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["Outcome", "After 4 weeks", "After 4 weeks"],
        ["Outcome", "Heat", "Cold"],
        ["Pain", "2.3 (1.1)", "3.4 (1.2)"],
    ]
    assert table.header_rows == 2
    assert not table.image


def test_an_entry_that_names_its_column_stands_there(tmp_path: Path) -> None:
    rows = (
        '<@row><@entry morerows="1">Pain</@entry><@entry colname="c3">3.4</@entry></@row>'
        '<@row><@entry colname="c3">3.9</@entry></@row><@row><@entry/><@entry spanname="both">none</@entry></@row>'
    )
    assert [[cell.text for cell in row] for row in table_of(tmp_path, rows).rows[2:]] == [
        ["Pain", "", "3.4"],
        ["Pain", "", "3.9"],
        ["", "none", "none"],
    ]


@pytest.mark.parametrize(
    "odd", ['morerows="99999999999"', 'morerows="-3"', 'namest="c3" nameend="c1"', 'colname="c99"']
)
def test_absurd_places_of_entries_are_harmless(tmp_path: Path, odd: str) -> None:
    table = table_of(tmp_path, f"<@row><@entry {odd}>Pain</@entry><@entry>2.3</@entry></@row>")
    assert len({len(row) for row in table.rows}) == 1
    assert {"Pain", "2.3"} <= {cell.text for row in table.rows for cell in row}
