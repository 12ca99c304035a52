"""``sonospine forest``: a figure of a plain file, and clear words where the file is at fault."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer

from sonospine.cli.forest import run
from sonospine.model.errors import InputError

BCG = "yi\tvi\n-0.889\t0.3256\n-1.585\t0.1946\n-1.348\t0.4154\n"


def forest(file: Path, out: Path, **options: object) -> None:
    values: dict[str, object] = {
        "title": "", "analysis": "", "measure": "", "estimator": "REML", "ci": "hksj-conservative", "level": 95,
    }  # fmt: skip
    run(file, out, **{**values, **options})  # type: ignore[arg-type]  # options of every kind


def test_a_file_with_yi_and_vi_alone_is_drawn_in_its_own_order(tmp_path: Path) -> None:
    file = tmp_path / "bcg.tsv"
    file.write_text(BCG)
    forest(file, tmp_path / "bcg.svg", measure="RR")
    svg = (tmp_path / "bcg.svg").read_text()
    assert svg.index("Study 1: 0.41") < svg.index("Study 2: 0.20") < svg.index("Study 3: 0.26")
    assert "Pooled: k = 3" in svg


def test_labels_are_taken_where_the_file_has_them(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("label,yi,vi\nMüller 2020,1,0.1\n")
    forest(file, tmp_path / "mine.svg")
    svg = (tmp_path / "mine.svg").read_text()
    assert "Müller 2020: 1.00 [0.38, 1.62]." in svg
    assert "not pooled" in svg


def test_an_unknown_kind_of_figure_is_wrong_usage(tmp_path: Path) -> None:
    file = tmp_path / "bcg.tsv"
    file.write_text(BCG)
    with pytest.raises(typer.BadParameter, match=r"\.svg, \.pdf or \.png"):
        forest(file, tmp_path / "bcg.gif")


def test_several_analyses_in_one_file_must_be_told_apart(tmp_path: Path) -> None:
    file = tmp_path / "two.tsv"
    file.write_text("analysis\tyi\tvi\npain\t1\t0.1\nfunction\t2\t0.1\n")
    with pytest.raises(InputError, match="function, pain"):
        forest(file, tmp_path / "two.png")
    forest(file, tmp_path / "two.png", analysis="pain")
    assert (tmp_path / "two.png").read_bytes().startswith(b"\x89PNG")
