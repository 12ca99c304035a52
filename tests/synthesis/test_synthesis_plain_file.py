"""``sonospine pool FILE``: any file with yi and vi, and one clear line for what cannot be read."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sonospine.cli.main import main
from sonospine.model.errors import InputError
from sonospine.model.table_io import read_table
from sonospine.model.tables import POOLED, WEIGHTS
from sonospine.synthesis.plain_file import read_effects

GOOD = "study\tyi\tvi\nA\t-1\t0.04\nB\t-2\t0.09\nC\t-0.4\t0.16\n"


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["sonospine", "pool", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        main()
    return int(stop.value.code or 0)


def written(folder: Path, content: str | bytes, name: str = "effects.tsv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


BAD = {
    "a variance of zero": (GOOD.replace("0.09", "0"), "line 3, vi: no usable value; found '0'; allowed: a number above 0"),
    "a negative variance": (GOOD.replace("0.09", "-0.09"), "line 3, vi: no usable value; found '-0.09'"),
    "NaN": (GOOD.replace("-2", "NaN"), "line 3, yi: no usable value; found 'NaN'"),
    "an infinite effect": (GOOD.replace("-2", "-inf"), "line 3, yi: no usable value; found '-inf'"),
    "an effect beyond reason": (GOOD.replace("-2", "1e300"), "line 3, yi: no usable value; found '1e300'"),
    "text": (GOOD.replace("-2", "two"), "line 3, yi: no usable value; found 'two'"),
    "a decimal comma": (GOOD.replace("0.09", "0,09"), "line 3, vi: no usable value; found '0,09'"),
    "a typographic minus": (GOOD.replace("-2", "−2"), "line 3, yi: no usable value; found '−2'"),
    "digits in groups": (GOOD.replace("-2", "1_000"), "line 3, yi: no usable value; found '1_000'"),
    "an empty cell": (GOOD.replace("0.09", ""), "line 3, vi: no usable value; found ''"),
    "a missing column": (GOOD.replace("vi", "se"), "line 1: no column vi; found 'study, yi, se'"),
    "semicolons": ("yi;vi\n1;2\n", "line 1: no column yi and no column vi; found 'yi;vi'"),
    "decimal commas in a comma file": ("yi,vi\n0,5,0,1\n", "line 2: more cells than columns; found '4'; allowed: 2"),
    "a column twice": ("yi,vi,yi\n1,2,3\n", "line 1: a column stands twice; found 'yi'"),
    "no rows": ("yi,vi\n", "no effects below the header"),
    "an empty file": ("", "the file is empty"),
    "an unknown truth value": ("yi,vi,included\n1,2,maybe\n", "line 2, included: the value is not allowed; found 'maybe'"),
    "an unknown variant": ("yi,vi,variant\n1,2,b\n", "line 2, variant: the value is not allowed; found 'b'"),
    "a broken count": ("yi,vi,n1i\n1,2,12.5\n", "line 2, n1i: the value is not allowed; found '12.5'"),
    "an id twice": ("yi,vi,effect_id\n1,2,e\n1,2,e\n", "line 3, effect_id: the id stands twice; found 'e'"),
    "an open quote": ('yi,vi\n1,"2\n', "not a table"),
    "another encoding": ("study,yi,vi\nMüller,1,2\n".encode("latin-1"), "not UTF-8; found 'byte 13'"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "message"), BAD.values(), ids=BAD.keys())
def test_a_file_that_cannot_be_pooled_gives_one_line_and_status_1(
    content: str | bytes, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    path = written(tmp_path, content)
    out = tmp_path / "out"
    assert run(monkeypatch, path, "-o", out) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.count("\n") == 1
    assert printed.err.startswith(str(path))
    assert message in printed.err
    assert not out.exists()


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    assert run(monkeypatch, tmp_path / "none.tsv") == 1
    assert run(monkeypatch, tmp_path) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"{tmp_path / 'none.tsv'}: no such file", f"{tmp_path}: is a folder, not a file",
    ]  # fmt: skip


def test_an_unknown_estimator_is_wrong_usage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, GOOD)
    assert run(monkeypatch, path, "--estimator", "SJ") == 2
    assert run(monkeypatch, path, "--ci", "t") == 2
    assert run(monkeypatch, path, "--level", "300") == 2


def pooled(path: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> dict[str, str]:
    out = path.parent / f"{path.name}-out"
    assert run(monkeypatch, path, "-o", out, *options) == 0
    read_table(out / "weights.tsv", WEIGHTS)
    return read_table(out / "pooled.tsv", POOLED)[0]


def test_line_ends_mark_and_separator_do_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forms = {
        "plain": GOOD, "crlf": GOOD.replace("\n", "\r\n"), "mark": "\ufeff" + GOOD, "comma": GOOD.replace("\t", ","),
        "spaces": GOOD.replace("\t", " \t "), "blank": GOOD.replace("\nB", "\n\nB") + "\n", "unended": GOOD.rstrip(),
        "quoted": '"study","yi","vi"\n"A, B","-1","0.04"\n"B","-2","0.09"\n"C","-0.4","0.16"\n',
    }  # fmt: skip
    rows = [pooled(written(tmp_path, text, f"{name}.tsv"), monkeypatch) for name, text in forms.items()]
    assert {tuple(row.items())[3:] for row in rows} == {tuple(rows[0].items())[3:]}
    assert rows[0]["k"] == "3"


def test_one_row_is_not_pooled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = pooled(written(tmp_path, "yi,vi\n-1,0.04\n"), monkeypatch)
    assert (row["k"], row["flags"], row["estimate"]) == ("1", "not_pooled", "-1")


def test_a_level_for_one_row_is_not_the_interval_of_another_level(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "yi,vi,ci_lower,ci_upper\n-1,0.04,-1.4,-0.6\n")
    assert pooled(path, monkeypatch)["ci_lower"] == "-1.4"
    assert float(pooled(path, monkeypatch, "--level", "90")["ci_lower"]) == pytest.approx(
        -1 - 1.6448536 * 0.2
    )


def test_the_name_of_the_file_is_the_analysis_and_rows_have_ids(tmp_path: Path) -> None:
    rows = read_effects(written(tmp_path, GOOD, "pain.tsv"))
    assert [(row["analysis"], row["effect_id"], row["label"]) for row in rows] == [
        ("pain", "row2", "A"), ("pain", "row3", "B"), ("pain", "row4", "C"),
    ]  # fmt: skip


def test_truth_values_may_be_written_as_other_programs_write_them(tmp_path: Path) -> None:
    rows = read_effects(written(tmp_path, "yi,vi,included\n1,1,TRUE\n2,1,False\nNA,NA,FALSE\n"))
    assert [row["included"] for row in rows] == ["true", "false", "false"]


def test_columns_that_pooling_does_not_read_may_hold_anything(tmp_path: Path) -> None:
    rows = read_effects(written(tmp_path, "yi,vi,year,weeks\n1,1,2009a,4-6\n"))
    assert len(rows) == 1


def test_several_analyses_in_one_file_are_pooled_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, "analysis,yi,vi\na,1,1\nb,2,1\na,2,1\na,3,2\n")
    assert run(monkeypatch, path, "-o", tmp_path / "out.tsv") == 0
    rows = read_table(tmp_path / "out.tsv", POOLED)
    assert [(row["analysis"], row["k"]) for row in rows] == [("a", "3"), ("b", "1")]


def test_without_an_output_a_short_table_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, written(tmp_path, GOOD), "--estimator", "DL", "--ci", "wald") == 0
    header, row = capsys.readouterr().out.splitlines()
    assert header.split("\t")[:4] == ["analysis", "variant", "k", "estimate"]
    assert row.split("\t")[:3] == ["effects", "primary", "3"]


def test_the_error_carries_line_field_and_value(tmp_path: Path) -> None:
    with pytest.raises(InputError) as fault:
        read_effects(written(tmp_path, GOOD.replace("0.09", "0")))
    assert (fault.value.row, fault.value.field, fault.value.found) == (3, "vi", "0")
