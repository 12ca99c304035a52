"""Numbers keep their digits, files are whole or absent, hashes and buckets stay what they are."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonospine.model.buckets import RECORDS_PER_BUCKET, bucket_count, bucket_files, bucket_of
from sonospine.model.demonstration import BANNER, is_demonstration
from sonospine.model.errors import InputError
from sonospine.model.files import (
    folder_written_whole,
    sha256,
    short_hash,
    write_bytes,
    write_text,
    written_whole,
)
from sonospine.model.fingerprint import of_command, of_rooms, rooms_of_command
from sonospine.model.located_yaml import read_yaml
from sonospine.model.numbers import derived, number, truth, written_truth


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (math.nan, ""),
        (0.0, "0"),
        (-0.0, "0"),
        (-1e-300 * 1e-300, "0"),
        (1 / 3, "0.3333333333"),
        (2.0, "2"),
        (-0.71453400001, "-0.714534"),
        (1234567890.123, "1234567890"),
        (1e-7, "1e-07"),
    ],
)
def test_a_derived_number_has_ten_significant_digits(value: float | None, text: str) -> None:
    assert derived(value) == text


@pytest.mark.parametrize("value", [math.inf, -math.inf])
def test_an_infinite_number_is_never_written(value: float) -> None:
    with pytest.raises(ValueError, match="infinite"):
        derived(value)


@given(st.floats(min_value=-1e300, max_value=1e300))
def test_a_derived_number_is_read_back_to_ten_digits_and_stays(value: float) -> None:
    text = derived(value)
    back = number(text)
    assert back is not None
    assert math.isclose(back, value, rel_tol=1e-9, abs_tol=0)
    assert derived(back) == text


@pytest.mark.parametrize("text", ["nan", "inf", "1,5", "5 cm", "±2"])
def test_what_is_no_finite_number_is_not_read_as_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"number|float"):
        number(text)


def test_an_empty_number_is_unknown_and_not_zero() -> None:
    assert number("") is None
    assert number(None) is None
    assert number("0") == 0


def test_only_true_is_true() -> None:
    assert [truth(text) for text in ("true", "false", "", "True", "1")] == [True, False, False, False, False]
    assert [written_truth(value) for value in (True, False)] == ["true", "false"]


def test_a_file_is_not_touched_when_writing_it_fails(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "table.tsv"
    write_text(path, "old\n")

    def write_half() -> None:
        with written_whole(path) as stream:
            stream.write(b"half")
            raise RuntimeError("interrupted")

    with pytest.raises(RuntimeError, match="interrupted"):
        write_half()
    assert path.read_text(encoding="utf-8") == "old\n"
    assert list(path.parent.iterdir()) == [path]


def test_a_killed_writer_leaves_the_old_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "table.tsv"
    write_text(path, "old\n")
    code = (
        "import os, signal, sys\n"
        "from sonospine.model.files import written_whole\n"
        "with written_whole(sys.argv[1]) as stream:\n"
        "    stream.write(b'half' * 100000)\n"
        "    stream.flush()\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], env={**os.environ}, check=False)
    assert done.returncode != 0
    assert path.read_text(encoding="utf-8") == "old\n"


def test_a_folder_is_swapped_in_whole_and_holds_nothing_of_the_old_one(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    for name in ("one", "two"):
        with folder_written_whole(folder) as fresh:
            (fresh / name).write_text(name)
            assert not (folder / name).exists()
        assert [p.name for p in folder.iterdir()] == [name]
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_folder_stays_as_it_was_when_writing_it_fails(tmp_path: Path) -> None:
    with folder_written_whole(tmp_path / "out") as fresh:
        (fresh / "one").write_text("one")
    with pytest.raises(ValueError, match="no"), folder_written_whole(tmp_path / "out"):
        raise ValueError("no")
    assert [p.relative_to(tmp_path).as_posix() for p in sorted(tmp_path.rglob("*"))] == ["out", "out/one"]


def test_a_folder_that_cannot_take_its_place_brings_the_old_one_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with folder_written_whole(tmp_path / "out") as fresh:
        (fresh / "one").write_text("one")
    replace = Path.replace

    def refused(self: Path, target: Path) -> Path:
        if self.suffix == ".part":
            raise OSError("refused")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(OSError, match="refused"), folder_written_whole(tmp_path / "out"):
        pass
    assert [p.relative_to(tmp_path).as_posix() for p in sorted(tmp_path.rglob("*"))] == ["out", "out/one"]


def test_what_a_killed_run_left_beside_a_folder_is_cleared(tmp_path: Path) -> None:
    for name in (".out.abc.part", ".out.abc.old", ".other.abc.part"):
        (tmp_path / name).mkdir()
    with folder_written_whole(tmp_path / "out"):
        pass
    assert sorted(p.name for p in tmp_path.iterdir()) == [".other.abc.part", "out"]


def test_text_is_written_as_it_is_with_lf(tmp_path: Path) -> None:
    path = tmp_path / "text"
    write_text(path, "5.27 ± 0.45\n")
    assert path.read_bytes() == "5.27 ± 0.45\n".encode()
    write_bytes(path, b"\x00\r\n")
    assert path.read_bytes() == b"\x00\r\n"


def test_hashes_keep_their_parts_apart() -> None:
    assert short_hash("a", "bc") != short_hash("ab", "c")
    assert len(short_hash("a")) == 11
    assert sha256(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(
    ("records", "count"), [(0, 1), (1, 1), (25, 1), (26, 2), (50, 2), (51, 4), (2000, 128)]
)
def test_buckets_hold_about_25_records_and_their_number_is_a_power_of_two(records: int, count: int) -> None:
    assert bucket_count(records) == count
    assert records <= bucket_count(records) * RECORDS_PER_BUCKET


def test_a_record_keeps_its_bucket() -> None:
    # Pinned: another hash would move every record, and rerun every job.
    assert [bucket_of(name, 8) for name in ("pubmed:1", "demo:file:seed-000", "ctgov:NCT07241559")] == [
        4,
        0,
        2,
    ]


@given(st.text(min_size=1), st.integers(min_value=0, max_value=10))
def test_doubling_the_buckets_leaves_a_record_or_moves_it_by_half(record_id: str, power: int) -> None:
    few, many = 2**power, 2 ** (power + 1)
    assert 0 <= bucket_of(record_id, few) < few
    assert bucket_of(record_id, many) % few == bucket_of(record_id, few)


def test_files_of_buckets_that_are_gone_are_passed_over(tmp_path: Path) -> None:
    shards, tables = tmp_path / "shards", tmp_path / "tables"
    for name in ("0.jsonl", "2.jsonl", "10.jsonl", "rejected.tsv", "notes.jsonl"):
        write_text(shards / name, "")
    for name in ("0.tsv", "3.tsv"):
        write_text(tables / name, "")
    assert [p.name for p in bucket_files(shards, tables, ".tsv")] == ["0.tsv", "2.tsv", "10.tsv"]


def test_the_banner_is_due_as_soon_as_one_record_is_condensed() -> None:
    assert is_demonstration(["pubmed:1", "demo:pubmed:2"])
    assert not is_demonstration(["pubmed:1", "file:demo"])
    assert BANNER.startswith("Demonstration corpus")


def test_an_error_is_one_line_with_place_found_and_allowed() -> None:
    error = InputError("not\nright", file="a.tsv", row=3, field="spread", found="x" * 500, allowed="sd, se")
    assert "\n" not in str(error)
    assert str(error).startswith("a.tsv, line 3, spread: not right; found 'xxx")
    assert str(error).endswith("allowed: sd, se")
    assert len(str(error)) < 250


def test_the_fingerprint_of_a_room_is_that_of_its_files() -> None:
    assert of_rooms("model") == of_rooms("model")
    assert of_rooms("model") != of_rooms("model", "vocabulary")
    with pytest.raises(FileNotFoundError, match="no room"):
        of_rooms("attic")


def test_the_fingerprint_of_a_command_is_that_of_all_it_uses() -> None:
    rooms = rooms_of_command("report")
    assert {"cli/report.py", "report", "evidence", "figures", "config", "model"} <= set(rooms)
    assert not {"extraction", "synthesis", "cli/extract.py"} & set(rooms)
    assert of_command("report") == of_rooms(*rooms)
    with pytest.raises(FileNotFoundError, match="no room"):
        of_command("attic")


def test_yaml_knows_the_line_of_every_key_and_item(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("# head\none:\n  two: [3,\n        4]\n", encoding="utf-8")
    located = read_yaml(path)
    assert located.data == {"one": {"two": [3, 4]}}
    assert [located.line(p) for p in ((), ("one",), ("one", "two", 0), ("one", "two", 1))] == [2, 2, 3, 4]
    assert located.line(("one", "missing", "deeper")) == 2


def test_a_date_in_yaml_stays_as_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(
        "name: 2026-11-20\ndates: [2026-13-45, 2026-11-20T10:00:00Z]\nnumber: 7\n", encoding="utf-8"
    )
    assert read_yaml(path).data == {
        "name": "2026-11-20",
        "dates": ["2026-13-45", "2026-11-20T10:00:00Z"],
        "number": 7,
    }


@pytest.mark.parametrize(
    "text",
    [
        "a: 0x_\n",
        "a: !!int x\n",
        "a: &x [*x]\n",
        "[" * 3000 + "]" * 3000,
        "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
        + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in pairwise("abcdefghi")),
        "a: !!python/object:os.system 1\n",
        "a: [1\n",
    ],
)
def test_yaml_that_cannot_be_read_is_one_clear_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_yaml(path)
    assert str(path) in caught.value.line()
