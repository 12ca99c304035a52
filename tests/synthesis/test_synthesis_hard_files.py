"""``sonospine pool`` and ``sonospine probe`` on files that are hard: one clear line and status 1, or a result."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

from sonospine.cli.main import main
from sonospine.model.table_io import read_table
from sonospine.model.tables import LEAVE_ONE_OUT, POOLED, SMALL_STUDY

GOOD = "study\tyi\tvi\nA\t-1\t0.04\nB\t-2\t0.09\nC\t-0.4\t0.16\n"
COMMANDS = pytest.mark.parametrize("command", ["pool", "probe"])
BAD = {
    "a variance of zero": (GOOD.replace("0.09", "0"), "line 3, vi: no usable value; found '0'"),
    "a negative variance": (GOOD.replace("0.09", "-0.09"), "line 3, vi: no usable value; found '-0.09'"),
    "NaN": (GOOD.replace("-2", "NaN"), "line 3, yi: no usable value; found 'NaN'"),
    "text in a number": (GOOD.replace("-2", "two"), "line 3, yi: no usable value; found 'two'"),
    "a decimal comma": (GOOD.replace("0.09", "0,09"), "line 3, vi: no usable value; found '0,09'"),
    "an empty file": ("", "the file is empty"),
    "a header alone": ("yi,vi\n", "no effects below the header"),
    "an id twice": ("yi,vi,effect_id\n1,2,e\n1,2,e\n", "line 3, effect_id: the id stands twice; found 'e'"),
    "bytes that are no text": (b"\x00\xff\x13yi,vi\n", "not UTF-8"),
    "a spreadsheet": (b"PK\x03\x04\x14\x00\x06\x00", "line 1: no column yi and no column vi"),
}


def run(monkeypatch: pytest.MonkeyPatch, command: str, path: Path, out: Path, *more: str) -> int:
    monkeypatch.setattr(sys, "argv", ["sonospine", command, str(path), "-o", str(out), *more])
    with pytest.raises(SystemExit) as stop:
        main()
    return int(stop.value.code or 0)


@COMMANDS
@pytest.mark.parametrize(("content", "message"), BAD.values(), ids=BAD.keys())
def test_a_fault_of_the_file_is_one_line_and_status_1(
    command: str, content: str | bytes, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    path = tmp_path / "effects.tsv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert run(monkeypatch, command, path, tmp_path / "out") == 1
    printed = capsys.readouterr()
    assert printed.err.count("\n") == 1
    assert message in printed.err
    assert "Traceback" not in printed.err


@COMMANDS
@pytest.mark.parametrize("row", ["-1\t0.04", "1e-12\t1e-12", "-1e6\t1e12"])
def test_one_row_is_a_result(command: str, row: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, out = tmp_path / "effects.tsv", tmp_path / "out"
    path.write_text(f"yi\tvi\n{row}\n", encoding="utf-8")
    assert run(monkeypatch, command, path, out) == 0
    if command == "pool":
        (pooled,) = read_table(out / "pooled.tsv", POOLED)
        assert (pooled["k"], pooled["flags"]) == ("1", "not_pooled")
    else:
        (left,) = read_table(out / "leave_one_out.tsv", LEAVE_ONE_OUT)
        assert "at least 3 effects, and there are 1" in left["refused"]


@pytest.fixture(scope="module")
def long_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    generator = random.Random(5)
    path = tmp_path_factory.mktemp("long") / "effects.csv"
    lines = (f"{generator.gauss(-1, 1):.6f},{generator.uniform(0.01, 1):.6f}\n" for _ in range(100_000))
    path.write_text("yi,vi\n" + "".join(lines), encoding="utf-8")
    return path


def test_a_hundred_thousand_rows_are_pooled(
    long_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(monkeypatch, "pool", long_file, tmp_path) == 0
    (row,) = read_table(tmp_path / "pooled.tsv", POOLED)
    assert row["k"] == "100000"
    assert float(row["ci_lower"]) < float(row["estimate"]) < float(row["ci_upper"])


def test_a_fault_in_the_last_of_a_hundred_thousand_rows_is_named(
    long_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "effects.csv"
    path.write_text(long_file.read_text(encoding="utf-8") + "1,-1\n", encoding="utf-8")
    assert run(monkeypatch, "pool", path, tmp_path / "out") == 1
    assert "line 100002, vi: no usable value; found '-1'" in capsys.readouterr().err


@pytest.mark.slow
def test_a_hundred_thousand_rows_are_probed_or_refused_with_a_reason(
    long_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(monkeypatch, "probe", long_file, tmp_path / "out") == 0
    (row,) = read_table(tmp_path / "out" / "leave_one_out.tsv", LEAVE_ONE_OUT)
    assert "2000" in row["refused"]
    tests = read_table(tmp_path / "out" / "small_study.tsv", SMALL_STUDY)
    reasons = {row["test"]: row["refused"] for row in tests}
    assert all(reasons.values())
    assert "above 2000" in reasons["trim_and_fill"]
