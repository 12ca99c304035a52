"""A table as a person or a spreadsheet saves it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonospine.exchange.spreadsheet import cell_of, read_sheet
from sonospine.model.errors import InputError
from sonospine.model.sheets import guarded, unguarded
from sonospine.model.table_io import table_text
from sonospine.model.tables import RECONCILED

HEAD = ["measurement_id", "arm", "n", "value", "change", "quote"]
CELLS = ["m1", "=1+1", "26", "-2.50", "true", "a;b, c"]


def sheet(tmp_path: Path, content: str | bytes, **more: object):
    path = tmp_path / "edited.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return read_sheet(path, RECONCILED, **more)  # type: ignore[arg-type]


def saved(cells: list[str], separator: str, end: str = "\r\n") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator=end).writerows([HEAD, cells])
    return out.getvalue()


@pytest.mark.parametrize("separator", ["\t", ",", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_tabs_commas_semicolons_and_byte_order_marks_are_read(
    tmp_path: Path, separator: str, end: str, encoding: str
) -> None:
    (row,) = sheet(tmp_path, saved(CELLS, separator, end).encode(encoding))
    assert row.line == 2
    assert row.cells == dict(zip(HEAD, CELLS, strict=True))


def test_a_line_that_names_the_separator_is_passed_over(tmp_path: Path) -> None:
    (row,) = sheet(tmp_path, "sep=;\r\n" + saved(CELLS, ";"))
    assert (row.line, row.cells["quote"]) == (3, "a;b, c")


def test_what_a_spreadsheet_writes_otherwise_is_the_same_value(tmp_path: Path) -> None:
    (row,) = sheet(tmp_path, saved(["m1", "'=1+1", "26", "−2,50", "TRUE", "x\r\ny"], ";"))
    assert row.cells == dict(zip(HEAD, ["m1", "=1+1", "26", "-2.50", "true", "x  y"], strict=True))
    assert row.saved["value"] == "−2,50"


def test_a_decimal_comma_is_read_only_where_semicolons_separate() -> None:
    value = RECONCILED.column("value")
    assert cell_of(value, "2,5", ";") == "2.5"
    assert cell_of(value, "2,5", ",") == "2,5"
    assert cell_of(value, "1,234,5", ";") == "1,234,5"
    assert cell_of(RECONCILED.column("arm"), "2,5", ";") == "2,5"


@given(st.text())
def test_a_guarded_text_is_no_formula_and_comes_back_as_it_was(text: str) -> None:
    assert not guarded(text).startswith(("=", "+", "-", "@"))
    assert unguarded(guarded(text)) == text


def test_the_guard_is_taken_off_text_alone() -> None:
    assert cell_of(RECONCILED.column("value"), "-2.5") == "-2.5"
    assert cell_of(RECONCILED.column("arm"), "'-2.5") == "-2.5"
    assert cell_of(RECONCILED.column("arm"), "'quoted'") == "'quoted'"


def test_the_plain_table_is_read_as_it_is(tmp_path: Path) -> None:
    rows = [RECONCILED.row(measurement_id=f"m{n}", arm='the "first" arm', value=str(n)) for n in range(3)]
    read = sheet(tmp_path, table_text(RECONCILED.names, rows))
    assert [row.cells for row in read] == rows


def test_columns_may_be_missing_moved_or_more_where_that_is_said(tmp_path: Path) -> None:
    (row,) = sheet(tmp_path, "reason,value,measurement_id,,\nchecked,3,m1,,\n,,,,\n", more=("reason",))
    assert row.cells == {"reason": "checked", "value": "3", "measurement_id": "m1"}


def test_the_line_of_a_row_is_where_it_begins_though_cells_above_have_several_lines(tmp_path: Path) -> None:
    read = sheet(tmp_path, 'measurement_id,quote\nm1,"two\nlines"\n\nm2,x\n')
    assert [(row.line, row.cells["measurement_id"]) for row in read] == [(2, "m1"), (5, "m2")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\n\n", "the file is empty"),
        (b"\nmeasurement_id\nm1\n", "the first line is empty"),
        (b"PK\x03\x04 and so on", "not a text file; found 'an .xlsx or .ods workbook'; allowed: a table saved as CSV or TSV in UTF-8"),
        ("measurement_id,arm\nm1,Ä\n".encode("cp1252"), "line 2: not UTF-8"),
        (b"measurment_id,arm\nm1,a\n", "did you mean measurement_id?"),
        (b"arm,value\na,1\n", "the column measurement_id is missing"),
        (b"measurement_id,arm,arm\nm1,a,b\n", "the column stands twice; found 'arm'"),
        (b"measurement_id,arm\nm1,a,b\n", "line 2: more cells than columns; found 'b'; allowed: 2"),
        (b'measurement_id,arm\nm1,"a\nm2,b\n', "not a table"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_table_is_one_clear_line(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(InputError) as fault:
        sheet(tmp_path, content)
    assert message in fault.value.line()
    assert "edited.csv" in fault.value.line()


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for path, message in ((tmp_path / "none.csv", "no such file"), (tmp_path, "Is a directory")):
        with pytest.raises(InputError, match=message):
            read_sheet(path, RECONCILED)
