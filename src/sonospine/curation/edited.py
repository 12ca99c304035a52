"""An edited table of measurements as lines of the log: what a person changed in it, cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sonospine.corrections.actions import ADDABLE, BY_MACHINE, END
from sonospine.corrections.anchoring import same_value
from sonospine.curation import lines
from sonospine.curation.lines import Hand, Shown
from sonospine.model.errors import InputError
from sonospine.model.numbers import number
from sonospine.model.record import Record
from sonospine.model.table_io import Row
from sonospine.model.tables import MEASUREMENTS
from sonospine.model.votes import undone

REASON = "reason"
"""A column that an edited table may have besides: why the row was changed."""
ID, STATE = "measurement_id", "state"
SAYABLE = ("confirmed", "rejected")
"""What a person may write into ``state``."""
_OLDER = "if that was not you, the table is older than the review: save a new one, or name the unedited copy as base"


class EditedRow(Protocol):
    """A row of the edited table: its line, its cells as values, and as they were saved."""

    @property
    def line(self) -> int: ...  # noqa: D102 - the class names all three
    @property
    def cells(self) -> Row: ...  # noqa: D102 - the class names all three
    @property
    def saved(self) -> Row: ...  # noqa: D102 - the class names all three


@dataclass(frozen=True, slots=True)
class Change:
    """One change: its line in the table (0: a row that is gone), what it is in words, and its lines of the log."""

    line: int
    target_id: str
    what: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Edits:
    """What an edited table says: changes in its order, changes made already, and the rows that are not in it."""

    changes: tuple[Change, ...]
    already: tuple[Change, ...]
    missing: tuple[str, ...]


@dataclass(slots=True)
class _Said:
    """What the same curator's lines say already: values by target and field, votes on whole rows, additions."""

    values: dict[tuple[str, str], str] = field(default_factory=dict)
    whole: dict[str, str] = field(default_factory=dict)
    added: list[frozenset[tuple[str, str]]] = field(default_factory=list)

    @classmethod
    def of(cls, log: Iterable[Row], curator: str) -> _Said:
        said = cls()
        own = [row for row in log if row["curator"] == curator]
        taken_back = undone(own)
        opened: dict[str, list[Row]] = {}
        for row in own:
            if row["action_id"] in taken_back:
                if row["action"] == "add":
                    opened[row["group_id"]] = []
                continue
            target = row["target_id"]
            if row["action"] == "set":
                said.values[target, row["field"]] = row["new_value"]
                said.whole.pop(target, None)
            elif row["action"] in ("confirm", "reject") and not row["field"]:
                said.whole[target] = row["action"]
            elif row["action"] == "add":
                opened.setdefault(row["group_id"], []).append(row)
                if row["field"] == END:
                    said.added.append(_content(opened[row["group_id"]]))
        return said


@dataclass(frozen=True)
class Reading:
    """What the changes are found against.

    Parameters
    ----------
    base
        The table before it was edited, by id.
    log
        The lines of the log of corrections, in written order: what the curator said already is not said twice.
    shown
        Gives a row of the base as it is shown to a curator.
    record
        Gives a record and the hash of its source; ``KeyError`` for an unknown one.
    """

    base: Mapping[str, Row]
    log: Sequence[Row]
    shown: Callable[[str], Shown]
    record: Callable[[str], tuple[Record | None, str]]


def edits_of(
    rows: Sequence[EditedRow],
    reading: Reading,
    hand: Hand,
    path: Path,
    *,
    reject_missing: bool = False,
    reason: str = "",
) -> Edits:
    """Find what was changed in a table.

    A changed cell is a ``set``, a row without id an ``add``; ``state`` changed to ``confirmed`` or ``rejected`` is a
    vote on the row. Numbers are compared by size, so that ``2.50`` saved as ``2.5`` is no change. A row that is gone
    is listed, and rejected where that is asked for.

    Parameters
    ----------
    rows
        The edited table.
    reading
        What it is compared with.
    hand
        Who edited it.
    path
        The file, for messages.
    reject_missing
        Whether a row that is gone is to be rejected.
    reason
        Reason of all lines; the cell ``reason`` of a row comes before it.

    Raises
    ------
    InputError
        An id is unknown or stands twice, a column was changed that is not for editing, or a value does not fit its
        column: line, column, what was found and what is allowed are named. Nothing of the table counts then.
    """
    said = _Said.of(reading.log, hand.curator)
    changes: list[Change] = []
    already: list[Change] = []
    met: set[str] = set()
    for row in rows:
        found = _changes_of(row, reading, hand, path, met, reason)
        for change in found:
            (already if _is_said(change, said) else changes).append(change)
    missing = tuple(key for key in reading.base if key not in met)
    if reject_missing:
        gone = [key for key in missing if reading.base[key][STATE] != "rejected"]
        for key in gone:
            line = lines.reject(hand, reading.shown(key), reason)
            change = Change(0, key, "rejected: its row is gone", (line,))
            (already if _is_said(change, said) else changes).append(change)
    return Edits(tuple(changes), tuple(already), missing)


def _changes_of(
    row: EditedRow, reading: Reading, hand: Hand, path: Path, met: set[str], reason: str
) -> list[Change]:
    key = row.cells[ID]
    why = row.cells.get(REASON, "") or reason
    try:
        if not key:
            return [_addition(row, reading, hand, why)]
        before = reading.base.get(key)
        if before is None:
            raise InputError(
                "no row has this id", field=ID, found=key, allowed="an id as it was, or empty for a new row"
            )
        if key in met:
            raise InputError("the id stands twice", field=ID, found=key)
        met.add(key)
        changed = [name for name in row.cells if name in before and not is_same(row, name, before[name])]
        _check_changed(row, changed, before)
        return [_change(row, name, before, reading.shown(key), hand, why) for name in changed]
    except InputError as fault:
        raise InputError(
            fault.reason, file=path, row=row.line, field=fault.field, found=fault.found, allowed=fault.allowed
        ) from None


def is_same(row: EditedRow, name: str, before: str) -> bool:
    """Tell whether a cell still says what it said; a spreadsheet writes numbers anew (``0.050`` as ``0.05``)."""
    value = row.cells[name]
    if before in (row.saved[name], value):
        return True
    try:
        return bool(value and before) and number(value) == number(before)
    except ValueError:
        return False


def _check_changed(row: EditedRow, changed: Collection[str], before: Row) -> None:
    for name in changed:
        if name == STATE and row.cells[STATE] in SAYABLE:
            continue
        if name in BY_MACHINE:
            allowed = f"{before[name]!r}, as it was" + (
                f", or {' or '.join(SAYABLE)}" if name == STATE else ""
            )
            raise InputError(
                f"this column is not for editing ({_OLDER})",
                field=name,
                found=row.cells[name],
                allowed=allowed,
            )


def _change(row: EditedRow, name: str, before: Row, shown: Shown, hand: Hand, why: str) -> Change:
    value = row.cells[name]
    if name == STATE:
        act = lines.confirm if value == "confirmed" else lines.reject
        return Change(row.line, before[ID], value, (act(hand, shown, reason=why),))
    line = lines.set_field(hand, shown, name, value, reason=why)
    return Change(row.line, before[ID], f"{name} {before[name]!r} -> {value!r}", (line,))


def _addition(row: EditedRow, reading: Reading, hand: Hand, why: str) -> Change:
    values = {name: text for name, text in row.cells.items() if name in ADDABLE and name != "flags"}
    record_id = values.get("record_id", "")
    try:
        record, sha256 = reading.record(record_id) if record_id else (None, "")
    except KeyError:
        raise InputError("no record has this id", field="record_id", found=record_id) from None
    made = lines.add(hand, values, record=record, source_sha256=sha256, reason=why)
    told = [values.get(name, "") for name in ("arm", "outcome", "time", "centre", "value")]
    return Change(
        row.line, "", f"a new row of {record_id}: {' '.join(repr(t) for t in told if t)}", tuple(made)
    )


def _content(rows: Iterable[Row]) -> frozenset[tuple[str, str]]:
    return frozenset((row["field"], row["new_value"]) for row in rows) | {
        ("record_id", row["record_id"]) for row in rows
    }


def _is_said(change: Change, said: _Said) -> bool:
    first = change.rows[0]
    if first["action"] == "add":
        return _content(change.rows) in said.added
    if first["action"] == "set":
        value = said.values.get((first["target_id"], first["field"]))
        return value is not None and same_value(MEASUREMENTS, first["field"], value, first["new_value"])
    return said.whole.get(first["target_id"]) == first["action"]
