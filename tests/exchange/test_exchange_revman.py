"""RevMan: data rows as its own download has them; real files read alike; changed figures traced to their rows."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import Any

import pytest

from sonospine.exchange.revman import COLUMNS, CONTINUOUS, DICHOTOMOUS, DataRow
from sonospine.exchange.revman_files import read_data_rows
from sonospine.model.errors import InputError


def _by_study(rows: list[DataRow]) -> dict[str, DataRow]:
    return {row.study: row for row in rows}


def _data(reviewed: Any) -> tuple[Path, list[dict[str, str]]]:
    path = reviewed.export("revman") / "revman/data-rows.csv"
    return path, list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8")


def test_four_real_files_of_one_review_are_read_alike(real_data: Path) -> None:
    read = [
        {
            (row.study, row.kind, row.year): {name: float(text) for name, text in row.figures.items()}
            for row in read_data_rows(real_data / "revman" / name)
        }
        for name in ("Fleiss1993.zip", "Fleiss1993.rm5", "Fleiss1993_CR.csv", "FLEISS1993.MTV")
    ]
    assert [len(rows) for rows in read] == [12, 12, 12, 12]
    assert read[0] == read[1] == read[2]
    # RevMan 3 labels one study with another year; its figures are the same.
    assert sorted(map(str, read[3].values())) == sorted(map(str, read[0].values()))


def test_columns_are_those_of_revman_webs_own_download(real_data: Path) -> None:
    import zipfile

    with zipfile.ZipFile(real_data / "revman/Fleiss1993.zip") as outer:
        (name,) = [n for n in outer.namelist() if n.endswith("data.zip")]
        with zipfile.ZipFile(io.BytesIO(outer.read(name))) as inner:
            (rows,) = [n for n in inner.namelist() if n.endswith("data-rows.csv")]
            header = inner.read(rows).decode("utf-8-sig").splitlines()[0]
    assert tuple(header.split(",")) == COLUMNS


def test_counts_of_a_real_file_pool_to_what_revman_printed(real_data: Path) -> None:
    """Mantel-Haenszel odds ratio of the seven aspirin trials: 0.89686556 in the file itself (``Effect Estimate``)."""
    rows = [r for r in read_data_rows(real_data / "revman/Fleiss1993_CR.csv") if r.kind == DICHOTOMOUS]
    tables = [[float(row.figures[n]) for n in ("events_1", "n_1", "events_2", "n_2")] for row in rows]
    above = math.fsum(a * (n2 - c) / (n1 + n2) for a, n1, c, n2 in tables)
    below = math.fsum(c * (n1 - a) / (n1 + n2) for a, n1, c, n2 in tables)
    assert above / below == pytest.approx(0.89686556, abs=5e-9)


def test_every_included_effect_is_a_data_row_with_its_figures(reviewed: Any) -> None:
    path, rows = _data(reviewed)
    effects = {row["effect_id"]: row for row in reviewed.effects()}
    assert {row["Footnotes"] for row in rows} == set(effects)
    read = _by_study(read_data_rows(path))
    galiano = next(row for name, row in read.items() if name.startswith("Galiano"))
    assert galiano.kind == CONTINUOUS
    assert galiano.figures == {
        "mean_1": "14.3",
        "sd_1": "6.6",
        "n_1": "20",
        "mean_2": "22.3",
        "sd_2": "6.3",
        "n_2": "20",
    }
    for row in read_data_rows(path):
        effect = effects[row.footnote]
        if row.kind == DICHOTOMOUS:
            assert (row.figures["events_1"], row.figures["events_2"]) == (effect["ai"], effect["ci"])
        elif row.kind != CONTINUOUS:
            assert float(row.figures["giv_se"]) ** 2 == pytest.approx(float(effect["vi"]), rel=1e-9)
            assert row.figures["giv_mean"] == effect["yi"]
    kinds = {row.kind for row in read_data_rows(path)}
    assert {CONTINUOUS, DICHOTOMOUS} <= kinds
    studies = (path.parent / "study-information.csv").read_bytes().decode("utf-8-sig")
    assert {r["Study"] for r in csv.DictReader(io.StringIO(studies, newline=""))} == set(read)


def test_data_rows_that_nobody_touched_say_nothing(reviewed: Any) -> None:
    path, _ = _data(reviewed)
    said = reviewed.take("revman", path)
    assert (said.status, said.out, said.err) == (0, "", "0 changes, 0 lines: nothing written\n")


def test_changed_figures_are_set_in_the_rows_from_which_they_were_taken(reviewed: Any) -> None:
    path, rows = _data(reviewed)
    ids = {}
    for row in rows:
        effect = next(e for e in reviewed.effects() if e["effect_id"] == row["Footnotes"])
        if row["Study"].startswith("Galiano"):
            row |= {"Control mean": "22.9", "Experimental SD": "6.8"}
            ids["mean"] = effect["measurement_ids"].split(";")
        if row["Experimental cases"]:
            row |= {"Experimental cases": "23", "Control N": "41"}
            ids["count"] = effect["measurement_ids"].split(";")
    _write(path, rows)
    said = reviewed.take("revman", path)
    assert said.status == 0, said.err
    assert {(r["target_id"], r["field"], r["new_value"]) for r in reviewed.lines()} == {
        (ids["mean"][1], "value", "22.9"), (ids["mean"][0], "spread_value", "6.8"),
        (ids["count"][0], "value", "23"), (ids["count"][1], "total", "41"),
    }  # fmt: skip


def test_what_comes_back_from_revman_is_replayed(reviewed: Any) -> None:
    path, rows = _data(reviewed)
    (galiano,) = [row for row in rows if row["Study"].startswith("Galiano")]
    galiano["Control mean"] = "22.9"
    _write(path, rows)
    assert reviewed.take("revman", path).status == 0
    ((key, _),) = {(line["target_id"], line["field"]) for line in reviewed.lines()}
    assert reviewed.corrected()[key]["value"] == "22.9"


def test_figures_that_were_worked_out_do_not_fit_and_nothing_is_imported(reviewed: Any) -> None:
    path, rows = _data(reviewed)
    for row in rows:
        if row["Study"].startswith("Galiano"):
            row["Control mean"] = "22.9"  # would fit
        elif row["GIV SE"]:
            row["GIV Mean"] = "-9"
        elif row["Experimental mean"].startswith("3.4333"):
            row["Experimental mean"] = "3.5"
    rows.append({**rows[0], "Study": "Nobody 1999", "Footnotes": ""})
    _write(path, rows)
    done = reviewed.take("revman", path)
    assert (done.status, done.out) == (1, "")
    said = done.err.splitlines()
    assert any(
        "mean_1: the figure was converted: correct the row behind it; found '3.5'" in line for line in said
    )
    assert any(
        "giv_mean: the figure is worked out: correct the rows behind it; found '-9'" in line for line in said
    )
    assert "no effect of the review has this analysis and study" in said[-1]
    assert all(line.startswith(f"{path}, line ") for line in said)
    assert reviewed.lines() == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a,b\n1,2\n", "line 1: no data rows of RevMan"),
        ("", "no data rows of RevMan"),
        ("Analysis name,Study,Experimental mean\nA,B,five\n", "line 2, mean_1: not a number; found 'five'"),
        ("Analysis name,Study,Experimental mean\nA,,5\n", "line 2, Study: the row names no study"),
        ("<?xml version='1.0'?><a/>", "no review of RevMan; found 'a'"),
        ("<?xml version='1.0'?><a", "not XML"),
        ("METAVIEW:x\n0 01 01 00 nonsense\n", "line 2: the data row cannot be read"),
        ("PK\x03\x04rest", "cannot be read"),
    ],
)
def test_a_file_of_another_kind_is_named(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "f.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_data_rows(path)
    assert said in error.value.line()


def test_a_missing_file_is_named(reviewed: Any) -> None:
    said = reviewed.take("revman", Path("none.csv"))
    assert (said.status, said.err) == (1, "none.csv: cannot be read: No such file or directory\n")


def test_data_rows_reject_nothing(reviewed: Any) -> None:
    path, _ = _data(reviewed)
    said = reviewed.take("revman", path, "--reject-missing")
    assert said.status == 2
    assert "data rows cannot reject a measurement" in said.err
