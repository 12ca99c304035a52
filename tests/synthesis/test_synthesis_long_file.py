"""A file of very many effects is pooled row by row, and refuses what a short one refuses."""

from __future__ import annotations

import math
import random
import sys
from pathlib import Path

import pytest

from sonospine.cli.main import main
from sonospine.model.errors import InputError
from sonospine.model.table_io import read_table
from sonospine.model.tables import POOLED
from sonospine.synthesis.fitting import Choice
from sonospine.synthesis.long_file import LONG, is_long, pool_long
from sonospine.synthesis.plain_file import read_effects
from sonospine.synthesis.pooling import pool


def written(path: Path, rows: int, *, analyses: int = 1, seed: int = 5) -> Path:
    generator = random.Random(seed)
    with path.open("w", encoding="utf-8") as stream:
        stream.write("analysis\tyi\tvi\tmeasure\n")
        for i in range(rows):
            v = math.exp(generator.uniform(-4, 0.5))
            stream.write(f"a{i % analyses}\t{generator.gauss(-1, math.sqrt(v + 0.3)):.6f}\t{v:.6f}\tMD\n")
    return path


def test_the_pools_of_a_file_are_the_same_read_either_way(tmp_path: Path) -> None:
    path = written(tmp_path / "effects.tsv", 400, analyses=3)
    with path.open("a", encoding="utf-8") as stream:
        stream.write("single\t1\t0.5\tMD\ntwo\t1\t0.5\tMD\ntwo\t2\t0.5\tMD\n")
    choice = Choice("DL", "wald", 90)
    expected = pool(read_effects(path), choice).pooled
    assert pool_long(path, choice) == expected


def test_rows_that_are_not_included_or_not_primary_stay_out(tmp_path: Path) -> None:
    path = tmp_path / "effects.csv"
    path.write_text(
        "yi,vi,included,variant\n1,1,true,\n2,1,TRUE,primary\n\n3,1,,\nx,1,false,\n9,1,true,other_value\n",
        encoding="utf-8",
    )
    (row,) = pool_long(path, Choice())
    assert (row["analysis"], row["k"], float(row["estimate"])) == ("effects", "3", pytest.approx(2))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("yi\tvi\n1\t0\n", "line 2, vi: no usable value; found '0'; allowed: a number above 0"),
        ("yi\tvi\n1\t-1\n", "line 2, vi: no usable value"),
        ("yi\tvi\nNaN\t1\n", "line 2, yi: no usable value"),
        ("yi\tvi\ntwo\t1\n", "line 2, yi: no usable value; found 'two'"),
        ("yi\tvi\n0,5\t1\n", "line 2, yi: no usable value; found '0,5'"),
        ("yi,vi\n0,5,0,1\n", "line 2: more cells than columns; found '4'; allowed: 2"),
        ("yi\tvi\n1\n", "line 2, vi: no usable value; found ''"),
        ("yi\tse\n1\t1\n", "line 1: no column vi"),
        ("yi\tvi\tincluded\n1\t1\tmaybe\n", "line 2, included: the value is not allowed"),
        ("yi\tvi\n", "no included effects below the header"),
        ('yi\tvi\n"1\t1\n', "not a table"),
    ],
)
def test_what_cannot_be_pooled_is_one_clear_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "effects.tsv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        pool_long(path, Choice())
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "effects.tsv"
    path.write_bytes("yi\tvi\tstudy\n1\t1\tMüller\n".encode("latin-1"))
    with pytest.raises(InputError, match="not UTF-8"):
        pool_long(path, Choice())


def test_the_command_takes_a_long_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path / "long.tsv", LONG + 10)
    assert is_long(path)
    monkeypatch.setattr(sys, "argv", ["sonospine", "pool", str(path), "-o", str(tmp_path / "out")])
    with pytest.raises(SystemExit) as stop:
        main()
    assert not stop.value.code
    (row,) = read_table(tmp_path / "out" / "pooled.tsv", POOLED)
    assert row["k"] == str(LONG + 10)
    assert float(row["tau2"]) == pytest.approx(0.3, abs=0.02)
    assert "weights are not written" in capsys.readouterr().err


def test_variants_of_a_long_file_are_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path / "long.tsv", LONG + 10)
    monkeypatch.setattr(sys, "argv", ["sonospine", "pool", str(path), "--all-variants"])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code
    assert "only the primary pool" in capsys.readouterr().err


@pytest.mark.slow
def test_two_million_rows_are_pooled(tmp_path: Path) -> None:
    path = written(tmp_path / "long.tsv", 2_000_000)
    (row,) = pool_long(path, Choice())
    assert row["k"] == "2000000"
    assert float(row["estimate"]) == pytest.approx(-1, abs=0.005)
    assert float(row["tau2"]) == pytest.approx(0.3, abs=0.005)
