"""Unfinished snapshots: what was noted of the fetch, what it has brought so far, and what that changes."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sonospine.model.errors import InputError
from sonospine.model.table_io import write_table
from sonospine.model.tables import CHANGES
from sonospine.sources.raw import RawRecord
from sonospine.sources.reading import entries_in
from sonospine.sources.snapshots.chain import CHANGES_FILE, RECORDS, Held
from sonospine.sources.snapshots.changes import changes_between
from sonospine.sources.snapshots.workspace import Workspace


def continued(workspace: Workspace, fresh: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an earlier run noted of a fetch, or else a fresh note.

    Parameters
    ----------
    workspace
        The unfinished snapshot.
    fresh
        What to note of a fetch that begins: at least its ``query`` and ``base`` (empty: no update).

    Raises
    ------
    InputError
        The unfinished snapshot is one of another query, or an update of another snapshot.
    """
    plan = workspace.plan()
    if not plan:
        workspace.note(fresh)
        return dict(fresh)
    for key in ("query", "base"):
        if plan.get(key) != fresh[key]:
            raise InputError(
                f"an unfinished fetch of this name has another {key}",
                file=workspace.folder,
                found=plan.get(key),
                allowed="that one, another name, or to remove the folder",
            )
    return plan


def fresh_records(workspace: Workspace) -> Iterator[RawRecord]:
    """Yield the records in the files that were fetched so far; the import says which entries cannot be read."""
    for name in workspace.names():
        if name.startswith(RECORDS):
            content = workspace.read(name)
            suffix = Path(name.removesuffix(".gz")).suffix
            for raw in entries_in(
                io.BytesIO(content), suffix=suffix, size=len(content), name=name, file=name
            ):
                if isinstance(raw, RawRecord):
                    yield raw


def keep_changes(workspace: Workspace, base: Mapping[str, Held], gone: Mapping[str, str]) -> dict[str, int]:
    """Write ``changes.tsv`` of an update and return how many changes of each kind there are.

    ``base`` are the records of the snapshot that is updated, ``gone`` those of them that the query no longer finds
    (``withdrawn`` or ``not_found``).
    """
    rows = changes_between(base, fresh_records(workspace), gone)
    write_table(workspace.folder / CHANGES_FILE, CHANGES, rows)
    return dict(sorted(Counter(row["change"] for row in rows).items()))
