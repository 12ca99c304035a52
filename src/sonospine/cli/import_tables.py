"""The tables that import writes beside its shards: the searches, and what an update of the snapshot brought."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sonospine.model.table_io import Row


def searches_of(shards: Path) -> list[Row]:
    """Return the rows of ``searches.tsv``.

    Raises
    ------
    InputError
        The table is missing: without it nobody could tell what was searched, so it is not taken for empty.
    """
    from sonospine.model.table_io import read_table
    from sonospine.model.tables import SEARCHES

    return read_table(_held(shards, "searches.tsv"), SEARCHES)


def changes_of(shards: Path) -> list[Row]:
    """Return the rows of ``changes.tsv``; the errors are those of ``searches_of``."""
    from sonospine.model.table_io import read_table
    from sonospine.model.tables import CHANGES

    return read_table(_held(shards, "changes.tsv"), CHANGES)


def _held(shards: Path, name: str) -> Path:
    from sonospine.model.errors import InputError

    path = shards / name
    if not path.exists():
        raise InputError(
            "import has not written this table",
            file=path,
            allowed="a folder of shards made by this version: run `sonospine import` again",
        )
    return path
