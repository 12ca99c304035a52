"""A declared table refuses what it must not hold, and gives back what was written."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandera.errors import SchemaErrors

from sonospine.model.errors import InputError
from sonospine.model.schema import Column, TableSchema
from sonospine.model.table_io import Row, read_table, read_tables, table_text, write_table
from sonospine.model.tables import (
    ALL_TABLES,
    CORRECTED,
    CURATION,
    LINKS,
    MEASUREMENTS,
    RECONCILED,
    REJECTED,
    WEIGHTS,
)

TRY = TableSchema(
    "try",
    "try.tsv",
    "a test",
    ("id",),
    (
        Column("id", "id", "key", required=True),
        Column("text", "text", "anything"),
        Column("number", "number", "a number"),
        Column("whole", "integer", "a whole number"),
        Column("truth", "boolean", "true or false", allowed=("true", "false")),
        Column("choice", "text", "one of three", allowed=("sd", "se", "none")),
        Column("when", "date", "a date"),
    ),
)


def _row(**values: str) -> Row:
    return TRY.row(**{"id": "a", **values})


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("number", "1,5"),
        ("number", "−2"),
        ("number", "nan"),
        ("number", "5 cm"),
        ("whole", "2.0"),
        ("truth", "yes"),
        ("truth", "True"),
        ("choice", "SD"),
        ("when", "19 March"),
        ("id", "two words"),
        ("id", ""),
    ],
)
def test_a_cell_that_is_not_allowed_is_named_with_its_line(tmp_path: Path, column: str, value: str) -> None:
    path = tmp_path / "try.tsv"
    with pytest.raises(InputError) as caught:
        write_table(path, TRY, [_row(), {**_row(id="b"), column: value}])
    assert (caught.value.row, caught.value.field, caught.value.found) == (3, column, value)
    assert caught.value.allowed
    assert not path.exists()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("number", "-.45"),
        ("number", "5."),
        ("number", "1e-07"),
        ("whole", "-3"),
        ("truth", "false"),
        ("choice", ""),
        ("when", "2026-11"),
        ("when", "2026-11-20T10:00:00Z"),
        ("text", "None"),
        ("text", "NA"),
    ],
)
def test_a_cell_that_is_allowed_comes_back_as_it_was(tmp_path: Path, column: str, value: str) -> None:
    path = tmp_path / "try.tsv"
    write_table(path, TRY, [_row(**{column: value})])
    assert read_table(path, TRY)[0][column] == value


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the key stands twice"):
        write_table(tmp_path / "try.tsv", TRY, [_row(), _row(text="other")])


def test_rows_are_sorted_by_key_and_logs_keep_their_order(tmp_path: Path) -> None:
    write_table(tmp_path / "a.tsv", TRY, [_row(id=name) for name in ("b", "c", "a")])
    assert [row["id"] for row in read_table(tmp_path / "a.tsv", TRY)] == ["a", "b", "c"]
    actions = [CURATION.row(action_id=name, curator="x", action="confirm") for name in ("b", "a")]
    write_table(tmp_path / "log.tsv", CURATION, actions)
    assert [row["action_id"] for row in read_table(tmp_path / "log.tsv", CURATION)] == ["b", "a"]


@pytest.mark.parametrize(
    "text",
    [
        'say "no"',
        '"',
        '""',
        "a;b",
        "5.27 ± 0.45",
        "'",
        "#",
        "\\t",
        " led and trailed ",
        "NA",
        "=1+1",
        '"quoted"',
    ],
)
def test_awkward_text_comes_back_as_it_was(tmp_path: Path, text: str) -> None:
    path = tmp_path / "try.tsv"
    write_table(path, TRY, [_row(text=text)])
    assert read_table(path, TRY) == [_row(text=text)]


@pytest.mark.parametrize("sign", ["\t", "\n", "\r", "\r\n", "\v", "\f", "\x85", "\u2028", "\u2029", "\x00"])
def test_a_tab_or_line_end_inside_a_text_becomes_a_space(tmp_path: Path, sign: str) -> None:
    path = tmp_path / "try.tsv"
    write_table(path, TRY, [_row(text=f"a{sign}b")])
    assert read_table(path, TRY)[0]["text"] == "a" + " " * len(sign) + "b"
    assert path.read_text(encoding="utf-8").count("\n") == 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.from_regex(r"[a-z0-9:]{1,6}", fullmatch=True),
        st.text(st.characters(exclude_categories=("Cs",)), max_size=30),
    )
)
def test_any_texts_survive_the_file_but_for_their_line_ends(tmp_path: Path, texts: dict[str, str]) -> None:
    path = tmp_path / "try.tsv"
    write_table(path, TRY, [_row(id=key, text=text) for key, text in texts.items()])
    first = path.read_bytes()
    rows = read_table(path, TRY)
    assert {row["id"] for row in rows} == set(texts)
    assert all(len(row["text"]) == len(texts[row["id"]]) for row in rows)
    write_table(path, TRY, rows)
    assert path.read_bytes() == first


def test_other_columns_are_named(tmp_path: Path) -> None:
    path = tmp_path / "rejected.tsv"
    path.write_text("file\twhy\nx\ty\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"missing reason; unknown why.*allowed: file, reason"):
        read_table(path, REJECTED)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"file\treason\na\tb\tc\n", "more cells than columns"),
        (b"file\treason\n\xff\tb\n", "not UTF-8"),
    ],
)
def test_a_broken_file_is_one_clear_line(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "rejected.tsv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=words):
        read_table(path, REJECTED)
    with pytest.raises(InputError, match="no such file"):
        read_table(tmp_path / "none.tsv", REJECTED)


def test_a_short_row_is_filled_and_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "weights.tsv"
    head = "\t".join(WEIGHTS.names)
    path.write_bytes(f"\ufeff{head}\r\np\t\tprimary\te1\t40\r\n\r\np\t\tprimary\r\n".encode())
    first, second = read_table(path, WEIGHTS, validate=False)
    assert first == WEIGHTS.row(analysis="p", variant="primary", effect_id="e1", weight="40")
    assert second == WEIGHTS.row(analysis="p", variant="primary")


def test_a_cell_of_any_length_comes_back(tmp_path: Path) -> None:
    write_table(tmp_path / "rejected.tsv", REJECTED, [REJECTED.row(file="f", reason="Smith J;" * 40_000)])
    assert len(read_table(tmp_path / "rejected.tsv", REJECTED)[0]["reason"]) == 320_000


def test_the_line_that_is_named_counts_empty_lines(tmp_path: Path) -> None:
    path = tmp_path / "rejected.tsv"
    path.write_text("file\treason\n\na\tb\n\n\nc\t\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_table(path, REJECTED)
    assert caught.value.row == 6


def test_several_files_of_one_table_are_read_one_after_the_other(tmp_path: Path) -> None:
    for name in ("0", "1"):
        write_table(tmp_path / f"{name}.tsv", REJECTED, [REJECTED.row(file=name, reason="r")])
    assert [r["file"] for r in read_tables([tmp_path / "1.tsv", tmp_path / "0.tsv"], REJECTED)] == ["1", "0"]


def test_an_empty_table_has_its_header(tmp_path: Path) -> None:
    write_table(tmp_path / "links.tsv", LINKS, [])
    assert (tmp_path / "links.tsv").read_text(encoding="utf-8") == "\t".join(LINKS.names) + "\n"
    assert read_table(tmp_path / "links.tsv", LINKS) == []


def test_a_row_knows_only_declared_columns() -> None:
    assert set(_row()) == set(TRY.names)
    with pytest.raises(KeyError, match="no column"):
        TRY.row(id="a", other="b")
    with pytest.raises(KeyError):
        TRY.column("other")


def test_text_of_a_table_is_what_the_file_holds(tmp_path: Path) -> None:
    write_table(tmp_path / "try.tsv", TRY, [_row(text='a "b"')])
    assert (tmp_path / "try.tsv").read_text(encoding="utf-8") == table_text(TRY.names, [_row(text='a "b"')])


@pytest.mark.parametrize("table", ALL_TABLES, ids=lambda table: table.name)
def test_a_declared_table_is_complete(table: TableSchema) -> None:
    assert len(set(table.names)) == len(table.names)
    assert set(table.key) <= set(table.names)
    assert table.description
    assert table.path
    assert table.written_by
    assert all(column.description for column in table.columns)
    schema = table.pandera_schema()
    frame = pd.DataFrame([], columns=list(table.names), dtype="str")
    assert schema.validate(frame, lazy=True).empty
    for wrong in (frame.iloc[:, 1:], frame.iloc[:, ::-1], frame.assign(more="")):
        with pytest.raises(SchemaErrors):
            schema.validate(wrong, lazy=True)
    for column in table.columns:
        assert column.permits("") is not column.required
        assert all(column.permits(value) for value in column.allowed)


def test_each_table_has_its_own_name_and_path() -> None:
    assert len({table.name for table in ALL_TABLES}) == len(ALL_TABLES)
    assert len({table.path for table in ALL_TABLES}) == len(ALL_TABLES)


def test_measurements_keep_their_columns_through_every_phase() -> None:
    assert MEASUREMENTS.columns == CORRECTED.columns == RECONCILED.columns
