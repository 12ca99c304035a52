"""Rows that curators add: several lines of one group, closed by a line with field ``end``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sonospine.corrections.actions import END, Action
from sonospine.corrections.anchoring import Context
from sonospine.corrections.votes import PLACE_OF
from sonospine.model.errors import InputError
from sonospine.model.files import short_hash
from sonospine.model.table_io import Row
from sonospine.model.tables import CORRECTED

_DEFAULTS = {"change": "false", "adjusted": "false", "spread": "none", "confidence": "1"}
_READ_PLACES = ("abstract", "text", "table", "registry")


@dataclass(frozen=True, slots=True)
class Addition:
    """A closed group: the row it makes, who made it, its lines, and whether its source still fits."""

    row: Row
    curator: str
    lines: tuple[Action, ...]
    outcome: str
    detail: str


def addition_id(group_id: str) -> str:
    """Return the id of the row that a group adds: ``x`` and a hash of the group."""
    return "x" + short_hash(group_id)


def closed_groups(actions: Sequence[Action]) -> dict[str, tuple[Action, ...]]:
    """Return the lines of each group that has been closed, up to its ``end`` (later lines do not count)."""
    lines: dict[str, list[Action]] = {}
    closed: dict[str, tuple[Action, ...]] = {}
    for action in actions:
        if action.action != "add" or action.group_id in closed:
            continue
        lines.setdefault(action.group_id, []).append(action)
        if action.field == END:
            closed[action.group_id] = tuple(lines[action.group_id])
    return closed


def make_addition(
    group_id: str, lines: Sequence[Action], sha256: Mapping[str, str], context: Context, quote: Context
) -> Addition:
    """Build the row of a closed group.

    Parameters
    ----------
    group_id, lines
        The group and its lines in order.
    sha256
        Hash of the raw record by record id.
    context, quote
        The words around a locator of a record, and the characters at it.

    Raises
    ------
    InputError
        The group lacks a column that no row can do without, or names two records.
    """
    said: dict[str, str] = {}
    places: dict[str, str] = {}
    for line in lines:
        if line.record_id:
            said.setdefault("record_id", line.record_id)
        if line.field == END:
            continue
        said[line.field] = line.new_value
        if line.new_locator and line.field == "value":
            places |= {"locator": line.new_locator, "quote": line.new_quote or line.new_value}
        elif line.new_locator and line.field in PLACE_OF:
            places[PLACE_OF[line.field]] = line.new_locator
    # A place that a line names of its own outweighs the one beside a number.
    values = {**_DEFAULTS, "rule": f"curator:{lines[0].curator}", **places, **said}
    row = CORRECTED.row(**values, measurement_id=addition_id(group_id))
    for line in lines:
        if line.record_id not in ("", row["record_id"]):
            raise InputError(
                f"the group {group_id} names two records",
                file=line.file,
                row=line.line,
                field="record_id",
                found=line.record_id,
                allowed=row["record_id"],
            )
    end = lines[-1]
    for column in CORRECTED.columns:
        if not column.permits(row[column.name]):
            raise InputError(
                f"the group {group_id} is closed without {column.name}",
                file=end.file,
                row=end.line,
                field=column.name,
                found=row[column.name],
                allowed=column.allowance(),
            )
    outcome, detail = _anchored(row, lines, sha256, context, quote)
    return Addition(row, lines[0].curator, tuple(lines), outcome, detail)


def _anchored(
    row: Row, lines: Sequence[Action], sha256: Mapping[str, str], context: Context, quote: Context
) -> tuple[str, str]:
    record = row["record_id"]
    if record not in sha256:
        return "unknown", f"no record {record}"
    seen = {line.source_sha256 for line in lines if line.source_sha256}
    if not seen or seen == {sha256[record]} or row["source"] not in _READ_PLACES:
        return "applied", ""
    words = next((line.context for line in lines if line.context), "")
    same = quote(record, row["locator"]) == row["quote"]
    if same and (not words or context(record, row["locator"]) == words):
        return "applied", "the source changed, the place did not"
    return "stale", "the source changed and the place was not found again"
