"""The folder of the report is swapped in whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from sonospine.report.folder import write_folder


def test_the_new_report_replaces_all_of_the_old(tmp_path: Path) -> None:
    folder = tmp_path / "report"
    write_folder(folder, {"index.html": b"old", "studies/a.html": b"gone"})
    write_folder(folder, {"index.html": b"new"})
    assert [p.relative_to(tmp_path).as_posix() for p in sorted(tmp_path.rglob("*"))] == [
        "report",
        "report/index.html",
    ]
    assert (folder / "index.html").read_bytes() == b"new"


def test_a_failed_write_leaves_the_old_report(tmp_path: Path) -> None:
    folder = tmp_path / "report"
    write_folder(folder, {"index.html": b"old"})
    with pytest.raises(TypeError):
        write_folder(folder, {"index.html": None})  # type: ignore[dict-item]  # the fault is the point
    assert [p.name for p in tmp_path.iterdir()] == ["report"]
    assert (folder / "index.html").read_bytes() == b"old"
