"""What curators do, as lines of the log: each line is checked against the schema before anything is written."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sonospine.corrections.actions import ADDABLE, END, SETTABLE, action_of
from sonospine.corrections.additions import make_addition
from sonospine.corrections.anchoring import seen_text
from sonospine.model.errors import InputError
from sonospine.model.places import context_of, quote_at
from sonospine.model.record import Record
from sonospine.model.table_io import Row, without_breaks
from sonospine.model.tables import CURATION
from sonospine.model.written_order import UNTIMED

READ_PLACES = ("abstract", "text", "table", "registry")
"""Sources of an added row that stand in the record; all others are named by the curator."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Who writes, and when. ``now`` gives a time with its zone, ``new_id`` an id that no line has yet."""

    curator: str
    now: Callable[[], datetime]
    new_id: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A target as the curator saw it.

    Parameters
    ----------
    target_type, target_id
        What it is: ``measurement``, ``arm``, ``timepoint``, or a target of another kind of log.
    row
        The row as it stood on the page (with corrections).
    seen
        The machine's row (``corrections.seen_text``); empty where there is none.
    record_id, locator, context, source_sha256
        Its record, its place, the words around it, and the hash of the source.
    """

    target_type: str
    target_id: str
    row: Row
    seen: str = ""
    record_id: str = ""
    locator: str = ""
    context: str = ""
    source_sha256: str = ""

    def machine(self, field: str) -> str:
        """Return what the machine reads for a field: the value that the page shows may be a correction."""
        read: Mapping[str, object] = json.loads(self.seen) if self.seen else self.row
        return str(read.get(field, ""))


def shown_of(
    target_type: str,
    row: Row,
    *,
    machine: Row | None,
    beside: Sequence[Row] = (),
    record: Record | None = None,
    source_sha256: str = "",
) -> Shown:
    """Return a measurement, arm or timepoint as it is shown to a curator.

    Parameters
    ----------
    target_type
        ``measurement``, ``arm`` or ``timepoint``.
    row
        The row as it stands on the page.
    machine
        The row before any correction; ``None`` where it is not at hand: the line then carries no ``seen``.
    beside
        The machine's rows of the same record (at least all of the same number); without them the line does not
        keep how many there were.
    record
        The record of the row; without it the line cannot be tied to its place again when the source moves.
    source_sha256
        Hash of the record's source.
    """
    record_id, locator = row.get("record_id", ""), (machine or row).get("locator", "")
    seen = ""
    if machine is not None:
        placed = beside and "record_id" in machine and "locator" in machine
        seen = (
            seen_text(machine, beside) if placed else json.dumps(machine, ensure_ascii=False, sort_keys=True)
        )
    context = context_of(record, locator) if record is not None and locator else ""
    return Shown(
        target_type,
        row[f"{target_type}_id"],
        row,
        seen,
        record_id,
        locator,
        without_breaks(context),
        source_sha256,
    )


def hand_of(curator: str, after: datetime = UNTIMED) -> Hand:
    """Return the hand of a curator now: the time of the clock, and ids of the name and 12 random hex digits.

    ``after`` is the latest moment of the log that the curator sees: a line is never older, or what it decides on
    would stand below it where the other one's clock is ahead.
    """
    ends = (UNTIMED, datetime.max.replace(tzinfo=UTC))
    soonest = after if after in ends else after + timedelta(microseconds=1)
    return Hand(curator, lambda: max(datetime.now(UTC), soonest), lambda: f"{curator}-{secrets.token_hex(6)}")


def line(hand: Hand, action: str, **cells: str) -> Row:
    """Return a line of any kind of log with id, time and curator filled in.

    What it says about measurements, arms and timepoints is checked; a line about another target (a link, a study, a
    judgement) is checked by the room that reads it.

    Raises
    ------
    InputError
        A cell is not allowed; ``field`` is the column at fault, or the column of the target.
    """
    when = hand.now().astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    told = {name: without_breaks(text) for name, text in cells.items()}
    row = CURATION.row(
        action_id=hand.new_id(), time=when, curator=hand.curator, action=action,
        **{name: text if name in ("context", "seen") else text.strip() for name, text in told.items()},
    )  # fmt: skip
    for column in CURATION.columns:
        if not column.permits(row[column.name]):
            raise InputError(
                "the value is not allowed",
                field=column.name,
                found=row[column.name],
                allowed=column.allowance(),
            )
    if row["target_type"] in SETTABLE or action in ("add", "undo", "adjudicate"):
        _checked(row)
    return row


def confirm(hand: Hand, shown: Shown, field: str = "", reason: str = "") -> Row:
    """Return the line that says: the row (or one field of it) is right as the machine reads it."""
    return line(hand, "confirm", field=field, reason=reason, **_of(shown))


def set_field(
    hand: Hand,
    shown: Shown,
    field: str,
    new_value: str,
    *,
    new_locator: str = "",
    new_quote: str = "",
    reason: str = "",
) -> Row:
    """Return the line that sets one field; ``InputError`` where the value does not fit the column."""
    return line(
        hand, "set", field=field, old_value=shown.machine(field), new_value=new_value,
        new_locator=new_locator, new_quote=new_quote, reason=reason, **_of(shown),
    )  # fmt: skip


def reject(hand: Hand, shown: Shown, reason: str = "") -> Row:
    """Return the line that takes a measurement out."""
    return line(hand, "reject", reason=reason, **_of(shown))


def undo(hand: Hand, action_id: str, reason: str = "") -> Row:
    """Return the line that takes an earlier line of the same curator back (an ``undo`` too)."""
    return line(hand, "undo", refers_to=action_id, reason=reason)


def adjudicate(
    hand: Hand,
    action_id: str,
    *,
    field: str = "",
    new_value: str = "",
    new_locator: str = "",
    new_quote: str = "",
    reason: str,
    target_type: str = "measurement",
    target_id: str = "",
) -> Row:
    """Return the line by which a third person decides on what the line ``action_id`` is about.

    Without a value the line decided on holds; ``target_type`` and ``target_id`` are those of that line.

    Raises
    ------
    InputError
        No reason is given, or the value does not fit the column.
    """
    if not reason.strip():
        raise InputError("a decision needs its reason", field="reason", found="", allowed="a few words")
    return line(
        hand, "adjudicate", refers_to=action_id, field=field, new_value=new_value, new_locator=new_locator,
        new_quote=new_quote, reason=reason, target_type=target_type, target_id=target_id,
    )  # fmt: skip


def comment(hand: Hand, shown: Shown | None, reason: str) -> Row:
    """Return a line that says something and changes nothing."""
    if not reason.strip():
        raise InputError("a comment says something", field="reason", found="", allowed="a few words")
    return line(hand, "comment", reason=reason, **(_of(shown) if shown else {}))


def add(
    hand: Hand,
    values: Mapping[str, str],
    *,
    record: Record | None,
    source_sha256: str = "",
    reason: str = "",
) -> list[Row]:
    """Return the lines that add a measurement: one a column, of one group, closed by a line ``end``.

    Parameters
    ----------
    hand
        Who adds it.
    values
        Columns of the new row (``corrections.actions.ADDABLE``); empty ones are left out. ``quote`` may be left
        out: it is then the value. What a row cannot do without are ``source``, ``locator``, ``centre`` and
        ``record_id`` (or ``record``).
    record
        The record in which it stands; ``None`` where it is not at hand.
    source_sha256
        Hash of the record's source as seen.
    reason
        A note: page, figure, who sent it.

    Raises
    ------
    InputError
        A column is missing or unknown, a value does not fit its column, or the quote does not stand at the place.
    """
    told = {name: without_breaks(text).strip() for name, text in values.items() if text.strip()}
    record_id = record.record_id if record else told.get("record_id", "")
    told.pop("record_id", None)
    unknown = [name for name in told if name not in ADDABLE]
    if unknown:
        raise InputError("no such column to add", field=unknown[0], allowed=", ".join(ADDABLE))
    told.setdefault("quote", told.get("value", ""))
    locator = told.get("locator", "")
    read = told.get("source", "") in READ_PLACES
    stands = quote_at(record, locator) if record and read and locator else None
    if record and read and locator and without_breaks(stands or "") != told["quote"]:
        raise InputError(
            "the quote does not stand at the place", field="quote", found=told["quote"], allowed=stands
        )
    group = hand.new_id()
    rows = [
        line(hand, "add", group_id=group, target_type="measurement", field=name, new_value=told[name],
             record_id=record_id)
        for name in ADDABLE if told.get(name)
    ]  # fmt: skip
    rows.append(line(hand, "add", group_id=group, target_type="measurement", field=END, record_id=record_id))
    context = context_of(record, locator) if record and read else ""
    rows[0] |= {
        "reason": without_breaks(reason).strip(), "locator": locator, "context": without_breaks(context),
        "source_sha256": source_sha256,
    }  # fmt: skip
    _check_addition(rows, record_id)
    return rows


def _of(shown: Shown) -> dict[str, str]:
    return {
        "target_type": shown.target_type, "target_id": shown.target_id, "record_id": shown.record_id,
        "locator": shown.locator, "context": shown.context, "source_sha256": shown.source_sha256,
        "seen": shown.seen,
    }  # fmt: skip


def _checked(row: Row) -> None:
    """Let the reader of the log check a line, and name the column of the target in place of ``new_value``."""
    try:
        action_of(row, Path(), 0)
    except InputError as fault:
        at = row["field"] if fault.field == "new_value" else fault.field
        raise InputError(fault.reason, field=at, found=fault.found, allowed=fault.allowed) from None


def _check_addition(rows: list[Row], record_id: str) -> None:
    actions = [action_of(row, Path(), number) for number, row in enumerate(rows)]
    try:
        make_addition(
            rows[0]["group_id"], actions, {record_id: ""}, lambda *_: "", lambda *_: ""
        )  # only whether it can be made
    except InputError as fault:
        reason = fault.reason.replace(
            f"the group {rows[0]['group_id']} is closed without", "an added row needs"
        )
        raise InputError(reason, field=fault.field, found=fault.found, allowed=fault.allowed) from None
