"""What an update of a snapshot brought: new, revised, retracted, under concern, withdrawn, no longer found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sonospine.model.table_io import Row
from sonospine.model.tables import CHANGES
from sonospine.sources.raw import RawRecord
from sonospine.sources.snapshots.chain import Held, parsed

_GRAVE = ("retracted", "concern")


def changes_between(
    base: Mapping[str, Held], fresh: Iterable[RawRecord], gone: Mapping[str, str]
) -> list[Row]:
    """Compare what was fetched for an update with what the base holds.

    Parameters
    ----------
    base
        The records of the base and those it updates (``chain.held``).
    fresh
        Records that were fetched: new ones and those fetched again. Of two with one id the first counts.
    gone
        Records of the base that the query no longer finds: ``withdrawn`` where the source no longer holds them,
        else ``not_found``.

    Returns
    -------
    list of Row
        Rows of ``CHANGES``, sorted by record; a record that is as it was has none. One record has one row: a
        retraction outranks a concern, this ``not_found``, this a mere revision. What the base notes as withdrawn or
        not found already is not noted again.
    """
    rows: dict[str, Row] = {}
    seen: set[str] = set()
    for raw in fresh:
        if raw.record_id in seen:
            continue
        seen.add(raw.record_id)
        before = base.get(raw.record_id)
        record = parsed(raw)
        change = _change(before, raw.sha256, record.status, gone.get(raw.record_id, ""))
        if change:
            rows[raw.record_id] = CHANGES.row(
                record_id=raw.record_id,
                change=change,
                title=record.title or (before.title if before else ""),
                before=before.sha256 if before else "",
                after=raw.sha256,
            )
    for record_id, change in gone.items():
        before = base.get(record_id)
        if record_id in seen or (before is not None and before.change == change):
            continue
        rows[record_id] = CHANGES.row(
            record_id=record_id,
            change=change,
            title=before.title if before else "",
            before=before.sha256 if before else "",
        )
    return [rows[record_id] for record_id in sorted(rows)]


def _change(before: Held | None, sha256: str, status: str, gone: str) -> str:
    """Return what happened to a record that was fetched; empty where it is as it was."""
    if before is None:
        return "new"
    if status in _GRAVE and before.status not in (status, "retracted"):
        return status
    if gone and gone != before.change:
        return gone
    came_back = before.change == "withdrawn" and not gone
    return "revised" if came_back or sha256 != before.sha256 else ""
