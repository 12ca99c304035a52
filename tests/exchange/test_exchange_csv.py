"""Tables for spreadsheets: no text becomes a formula, no number a text, and every text comes back."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sonospine.exchange.spreadsheet import read_sheet, sheet_bytes
from sonospine.model.errors import InputError
from sonospine.model.sheets import guarded, unguarded
from sonospine.model.table_io import without_breaks
from sonospine.model.tables import RECONCILED

SIGNS = "=+-@\t\r\n'＝＋－＠ \u00a0"
TEXTS = st.one_of(st.text(), st.text(SIGNS + "a1", max_size=6))


def row(**values: str) -> dict[str, str]:
    return RECONCILED.row(
        **{"measurement_id": "m1", "record_id": "file:1", "source": "text", "locator": "body/s1p1:0-4", "quote": "-2.1",
           "change": "false", "centre": "mean", "value": "-2.1", "spread": "none", "adjusted": "false", "rule": "t",
           "confidence": "0.9"} | values
    )  # fmt: skip


@given(TEXTS)
def test_every_text_comes_back(text: str) -> None:
    assert unguarded(guarded(text)) == text


@given(TEXTS)
def test_no_guarded_text_begins_as_a_formula_does(text: str) -> None:
    written = guarded(text)
    assert not written.startswith(("\t", "\r", "\n"))
    assert not written.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))


@pytest.mark.parametrize(
    "text", ["'=1", "''=1", "' =1", "'tis", "'", "", "a=1", "'-", "'\u00a0@x", " '@", "\r'@"]
)
def test_a_text_with_an_apostrophe_of_its_own_keeps_it(text: str) -> None:
    assert unguarded(guarded(text)) == text


@settings(deadline=None, max_examples=50)
@example(separator=",", outcome="", arm="\r'@")
@given(separator=st.sampled_from(",;"), outcome=TEXTS, arm=TEXTS)
def test_a_table_comes_back_from_its_file(
    separator: str, outcome: str, arm: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    told = row(outcome=without_breaks(outcome), arm=without_breaks(arm))
    path = tmp_path_factory.getbasetemp() / "t.csv"
    path.write_bytes(sheet_bytes(RECONCILED, [told], separator))
    (read,) = read_sheet(path, RECONCILED)
    assert [unguarded(read.saved[name]) for name in ("outcome", "arm")] == [told["outcome"], told["arm"]]
    assert {name: text.strip() for name, text in read.cells.items()} == {
        name: text.strip() for name, text in told.items()
    }


def test_numbers_stay_numbers_and_texts_are_guarded() -> None:
    content = sheet_bytes(RECONCILED, [row(outcome="=cmd|' /C calc'!A0", time="-1 week")])
    assert content.startswith(b"\xef\xbb\xbfmeasurement_id,")
    assert b"\n" not in content.replace(b"\r\n", b"")
    (read,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert (read["value"], read["quote"], read["outcome"], read["time"]) == (
        "-2.1", "'-2.1", "'=cmd|' /C calc'!A0", "'-1 week",
    )  # fmt: skip


def test_a_semicolon_comes_with_a_decimal_comma(tmp_path: Path) -> None:
    content = sheet_bytes(RECONCILED, [row(value="-.5", lower="1e-3", time="2.5 weeks")], ";").decode(
        "utf-8-sig"
    )
    (read,) = csv.DictReader(io.StringIO(content, newline=""), delimiter=";")
    assert (read["value"], read["confidence"], read["time"]) == ("-,5", "0,9", "2.5 weeks")
    (tmp_path / "t.csv").write_text(content, encoding="utf-8")
    (back,) = read_sheet(tmp_path / "t.csv", RECONCILED)
    assert (back.cells["value"], back.cells["lower"], back.cells["time"]) == ("-.5", "1e-3", "2.5 weeks")


def test_a_text_in_a_column_of_numbers_is_refused() -> None:
    with pytest.raises(InputError, match=r"value: the value is not allowed; found '=1\+1'"):
        sheet_bytes(RECONCILED, [row(value="=1+1")])


def test_an_export_that_is_saved_unchanged_says_nothing(reviewed: Any) -> None:
    said = reviewed.take("csv", reviewed.export("csv"))
    assert (said.status, said.out) == (0, "")
    assert said.err.endswith("0 changes, 0 lines: nothing written\n")


def test_a_cell_that_is_edited_in_the_export_becomes_a_line(reviewed: Any) -> None:
    path = reviewed.export("csv", "--separator", "semicolon")
    (effect,) = [row for row in reviewed.effects() if row["label"].startswith("Galiano")]
    key = effect["measurement_ids"].split(";")[0]
    text = path.read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    before = next(r for r in rows if r["measurement_id"] == key)["value"]
    assert before == "14,3"
    changed = [{**r, "value": "14,8"} if r["measurement_id"] == key else r for r in rows]
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(changed)
    path.write_text(out.getvalue(), encoding="utf-8")
    said = reviewed.take("csv", path)
    assert said.status == 0, said.err
    assert [(r["target_id"], r["field"], r["new_value"]) for r in reviewed.lines()] == [
        (key, "value", "14.8")
    ]


def test_a_table_is_chosen_by_study_and_analysis(reviewed: Any) -> None:
    effects = reviewed.effects()
    analysis = next(row["analysis"] for row in effects if row["label"].startswith("Galiano"))
    path = reviewed.export("csv", "--table", "effects", "--analysis", analysis)
    rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
    assert {row["analysis"] for row in rows} == {analysis}
    assert any(row["label"].startswith("Galiano") for row in rows)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--table", "effect"), "--table: no such table; found 'effect'; allowed: "),
        (("--study", "s0"), "results/studies/studies.tsv, study_id: no study has this id; found 's0'"),
        (("--analysis", "x"), "results/effects/effects.tsv, analysis: no effect is of this analysis; found 'x'"),
    ],
)  # fmt: skip
def test_a_mistake_is_answered_with_one_line_and_nothing_is_written(
    reviewed: Any, arguments: tuple[str, ...], line: str
) -> None:
    said = reviewed.run("curate", "export", "-o", "t.csv", *arguments)
    assert (said.status, said.out, len(said.err.splitlines())) == (1, "", 1)
    assert said.err.startswith(line), said.err
    assert not (reviewed.root / "t.csv").exists()


def test_an_export_never_writes_over_what_may_have_been_edited(reviewed: Any) -> None:
    for form in ("csv", "brat"):
        path = reviewed.export(form)
        said = reviewed.run("curate", "export", "--format", form, "-o", path)
        assert said.status == 1
        assert "is there already, and may have been edited" in said.err


def test_only_a_table_has_a_base(reviewed: Any) -> None:
    said = reviewed.take("brat", reviewed.export("brat"), "--base", "x.tsv")
    assert said.status == 2
    assert "only an edited table has a base" in said.err
