"""Whether a curator's line still speaks about the row that the machine reads now."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sonospine.corrections.actions import ANCHORS, FILLED, SETTABLE, Action
from sonospine.model.numbers import number
from sonospine.model.schema import TableSchema
from sonospine.model.table_io import Row
from sonospine.model.tables import ARMS, MEASUREMENTS, TIMEPOINTS

ROWS_OF_NUMBER = "rows"
"""Key of ``seen`` that holds how many machine rows came from the same number."""

NOT_READING = (
    "measurement_id",
    "record_id",
    *FILLED,
    *ANCHORS,
    "arm_definition",
    "rule",
    "confidence",
    "flags",
)
READING = ("quote", *(n for n in MEASUREMENTS.names if n not in NOT_READING))
_COMPARED: Mapping[str, tuple[TableSchema, tuple[str, ...]]] = {
    "measurement": (MEASUREMENTS, READING),
    "arm": (ARMS, SETTABLE["arm"][1]),
    "timepoint": (TIMEPOINTS, SETTABLE["timepoint"][1]),
}

Context = Callable[[str, str], str]
"""Gives the text around a locator of a record: ``context(record_id, locator)``."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """What became of a line: its outcome, the row it speaks about, and why.

    ``target_id`` is empty where no row can be named; a stale line may still name the row that has to be asked
    about again.
    """

    outcome: str
    target_id: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Index:
    """The rows of one kind of target, and how their source can be looked at.

    Parameters
    ----------
    kind
        ``measurement``, ``arm`` or ``timepoint``.
    rows
        The rows by id, before any correction.
    sha256
        Hash of the raw record by record id.
    context
        Gives the quote with 40 characters either side.
    """

    kind: str
    rows: Mapping[str, Row]
    sha256: Mapping[str, str]
    context: Context
    by_record: dict[str, list[str]] = field(default_factory=dict)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        kind: str,
        rows: Sequence[Row],
        sha256: Mapping[str, str],
        context: Context,
        *,
        added: Collection[str] = (),
    ) -> Index:
        """Index the rows by id and by record; ``added`` are ids of rows that no machine read from their place."""
        key = f"{kind}_id"
        by_record: dict[str, list[str]] = defaultdict(list)
        counts: dict[tuple[str, str], int] = defaultdict(int)
        for row in rows:
            record = row.get("record_id", "")
            by_record[record].append(row[key])
            if row[key] not in added:
                counts[record, row.get("locator", "")] += 1
        by_id = {row[key]: row for row in rows}
        return cls(kind, by_id, sha256, context, dict(by_record), dict(counts))


def same_value(schema: TableSchema, column: str, one: str, other: str) -> bool:
    """Tell whether two texts are the same value of a column: numbers by size, all else by characters."""
    if one == other:
        return True
    kind = schema.column(column).kind
    if kind in ("number", "integer") and one and other:
        try:
            return number(one) == number(other)
        except ValueError:
            return False
    return False


def seen_text(row: Row, rows: Sequence[Row]) -> str:
    """Return what a curator's line must keep of a machine row: its JSON, with how many rows the number made.

    ``rows`` are the rows that the machine read, of the row's record at least; those that people added are not among
    them. Only of measurements is a number of rows kept: an arm or a timepoint is made of all that name it.
    """
    if "measurement_id" not in row:
        return json.dumps(row, ensure_ascii=False, sort_keys=True)
    same = sum(r["record_id"] == row["record_id"] and r["locator"] == row["locator"] for r in rows)
    return json.dumps({**row, ROWS_OF_NUMBER: same}, ensure_ascii=False, sort_keys=True)


def anchor(action: Action, index: Index, own: Mapping[str, Sequence[str]]) -> Anchor:
    """Find the row that a line speaks about.

    Parameters
    ----------
    action
        A line with a target (``confirm``, ``set``, ``reject`` or ``adjudicate``).
    index
        The rows of its kind.
    own
        Values by column that the same curator set on the same target: where the machine reads one of them now,
        the row has changed in the curator's sense, not against it.

    Returns
    -------
    Anchor
        ``applied`` or ``needless`` with the row; ``stale`` where the source or the reading changed and the line
        cannot be tied to the same reading by record, quote and context; ``unknown`` where the target does not
        exist and the line says nothing by which it could be found.
    """
    row = index.rows.get(action.target_id)
    if row is not None and _unchanged(action, row, index, own):
        return _found(action, row, action.target_id, index)
    if row is not None and _adopted(action, row, index) and action.seen is None:
        return _found(action, row, action.target_id, index)
    if row is None and action.seen is None and not action.context:
        return Anchor("unknown", detail=f"no {index.kind} {action.target_id}")
    here = action.target_id if row is not None else ""
    if index.kind != "measurement":
        return Anchor("stale", here, f"the {index.kind} is not the one that was seen")
    places = _places(action, index)
    same = [i for i in places if _same_reading(action, index.rows[i], index, own)]
    if len(same) == 1:
        return _found(action, index.rows[same[0]], same[0], index)
    if not places:
        return Anchor("stale", here, "the source changed and the place was not found again")
    where = here or (places[0] if len(places) == 1 else "")
    if not same:
        return Anchor("stale", where, "the machine reads something else there now")
    return Anchor("stale", here, "several rows read the same there")


def _found(action: Action, row: Row, target_id: str, index: Index) -> Anchor:
    moved = "" if target_id == action.target_id else f"found again as {target_id}"
    if _adopted(action, row, index):
        return Anchor(
            "needless", target_id, "; ".join(filter(None, ["the machine reads this itself", moved]))
        )
    return Anchor("applied", target_id, moved)


def _adopted(action: Action, row: Row, index: Index) -> bool:
    schema = _COMPARED[index.kind][0]
    return action.action == "set" and same_value(schema, action.field, row[action.field], action.new_value)


def _unchanged(action: Action, row: Row, index: Index, own: Mapping[str, Sequence[str]]) -> bool:
    current = index.sha256.get(row.get("record_id", ""), "")
    if index.kind == "measurement" and action.source_sha256 and action.source_sha256 != current:
        return False
    if action.seen is not None:
        return _same_reading(action, row, index, own)
    schema = _COMPARED[index.kind][0]
    if action.action != "set" or not action.old_value:
        return True
    return same_value(schema, action.field, row[action.field], action.old_value)


def _same_reading(action: Action, row: Row, index: Index, own: Mapping[str, Sequence[str]]) -> bool:
    if action.seen is None:
        return not action.old_value or same_value(
            MEASUREMENTS, action.field, row.get(action.field, ""), action.old_value
        )
    schema, columns = _COMPARED[index.kind]
    for column in columns:
        if column not in action.seen or same_value(schema, column, row[column], str(action.seen[column])):
            continue
        if not any(same_value(schema, column, row[column], value) for value in own.get(column, ())):
            return False
    rows = action.seen.get(ROWS_OF_NUMBER)
    if rows is None or index.kind != "measurement":
        return True
    return bool(rows == index.counts.get((row["record_id"], row["locator"]), 0))


def _places(action: Action, index: Index) -> list[str]:
    seen = action.seen or {}
    record = action.record_id or str(seen.get("record_id", ""))
    if not record and action.target_id in index.rows:
        record = index.rows[action.target_id]["record_id"]
    unchanged = bool(action.source_sha256) and action.source_sha256 == index.sha256.get(record)
    found = []
    for row_id in index.by_record.get(record, []):
        row = index.rows[row_id]
        if "quote" in seen and row["quote"] != seen["quote"]:
            continue
        if action.context:
            if index.context(record, row["locator"]) != action.context:
                continue
        elif not (unchanged and "quote" in seen):
            # Neither the words around the number nor an unchanged source can vouch for the place.
            continue
        found.append(row_id)
    return found
