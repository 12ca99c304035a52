from __future__ import annotations

from pathlib import Path

import pytest

from sonospine.model.curation import curation_files
from sonospine.model.errors import InputError


def test_curators_files_come_in_order_and_hidden_ones_and_notes_are_passed_over(tmp_path: Path) -> None:
    for name in ("b.tsv", "a.tsv", ".a.tsv", ".gitkeep", "README.md"):
        (tmp_path / name).touch()
    assert [path.name for path in curation_files(tmp_path)] == ["a.tsv", "b.tsv"]
    assert curation_files(tmp_path / "none") == []


@pytest.mark.parametrize("name", ["ada.csv", "ada.XLSX", "ada.txt"])
def test_a_table_of_corrections_under_another_ending_is_an_error_and_not_lost(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / name).touch()
    with pytest.raises(InputError, match=name):
        curation_files(tmp_path)
