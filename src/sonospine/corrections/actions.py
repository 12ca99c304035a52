"""The lines that curators write: reading, checking and ordering them."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sonospine.model.curation import curation_files, curation_rows
from sonospine.model.errors import InputError
from sonospine.model.schema import TableSchema
from sonospine.model.tables import ARMS, CURATION, MEASUREMENTS, TIMEPOINTS
from sonospine.model.written_order import TIME_ALLOWED, UNTIMED, in_written_order, moment

END = "end"
REJECT = "reject"
"""Field of a line by which a third person takes a row out: an added one, or one that all others keep."""
LARGEST, SMALLEST = 1e9, 1e-9
"""No number of a trial is larger, or nearer to 0 without being 0: what is typed so is a slip, and squares stay finite."""
ANCHORS = ("locator", "quote", "spread_locator", "total_locator", "n_locator")
FILLED = ("study_id", "arm_id", "comparator_arm_id", "timepoint_id", "result_id", "preferred", "state")
BY_MACHINE = ("measurement_id", "record_id", *FILLED, *ANCHORS, "rule", "confidence", "flags")
SETTABLE: Mapping[str, tuple[TableSchema, tuple[str, ...]]] = {
    "measurement": (MEASUREMENTS, tuple(n for n in MEASUREMENTS.names if n not in BY_MACHINE)),
    "arm": (
        ARMS,
        ("label", "definition", "role", "procedure", "guidance", "injectate", "n_randomised", "n_analysed"),
    ),
    "timepoint": (TIMEPOINTS, ("label", "weeks", "phase")),
}
ADDABLE = (*SETTABLE["measurement"][1], "record_id", *ANCHORS, "flags")


@dataclass(frozen=True, slots=True)
class Action:
    """One line of a curator's file. ``file`` is its name and ``line`` counts from 1 (the header is line 1).

    ``when`` is the time in UTC (earliest possible where the line has none); ``seen`` is the machine row as the
    curator saw it, or ``None`` where the line carries none.
    """

    action_id: str
    curator: str
    action: str
    file: str = ""
    line: int = 0
    group_id: str = ""
    when: datetime = UNTIMED
    target_type: str = ""
    target_id: str = ""
    field: str = ""
    old_value: str = ""
    new_value: str = ""
    new_locator: str = ""
    new_quote: str = ""
    reason: str = ""
    refers_to: str = ""
    record_id: str = ""
    locator: str = ""
    context: str = ""
    source_sha256: str = ""
    seen: dict[str, Any] | None = None

    @property
    def target(self) -> tuple[str, str]:
        """What the line is about: kind and id."""
        return self.target_type, self.target_id


def read_actions(folder: Path | str) -> list[Action]:
    """Read every ``*.tsv`` below ``folder`` (one file a curator), in the order in which they are replayed.

    Returns
    -------
    list of Action
        Empty where the folder is missing or its files have only a header.

    Raises
    ------
    InputError
        A line is malformed; file, line, column, what was found and what is allowed are named.
    """
    files = [
        [action_of(row, path, number) for number, row in curation_rows(path)]
        for path in curation_files(folder)
    ]
    listed = [action for actions in files for action in actions]
    check_distinct(listed, Path(folder))
    check_decisions(listed, {action.action_id: action for action in listed}, Path(folder))
    return ordered(files)


def check_distinct(
    actions: Iterable[Action],
    folder: Path,
    known: Collection[str] = (),
    groups: Mapping[str, str] | None = None,
) -> None:
    """Check that no id stands twice in the log, and no group of lines that add a row in two files.

    Parameters
    ----------
    actions
        Lines of any number of files.
    folder
        The folder of the files.
    known, groups
        Ids of lines that stand in the log beside them, and the file of each group there.

    Raises
    ------
    InputError
        File, line, column and what was found are named.
    """
    ids: set[str] = set()
    file_of: dict[str, str] = {}

    def fault(reason: str, action: Action, column: str, found: str) -> InputError:
        return InputError(reason, file=folder / action.file, row=action.line, field=column, found=found)

    for action in actions:
        if action.action_id in ids or action.action_id in known:
            raise fault("the action stands twice", action, "action_id", action.action_id)
        ids.add(action.action_id)
        if action.action == "add":
            first = (groups or {}).get(action.group_id) or file_of.setdefault(action.group_id, action.file)
            if first != action.file:
                raise fault("the group stands in two files", action, "group_id", action.group_id)


def check_decisions(actions: Iterable[Action], known: Mapping[str, Action], folder: Path) -> None:
    """Check the values of decisions by the columns of what they decide on, which their own lines need not name.

    Parameters
    ----------
    actions
        Lines of any number of files.
    known
        All lines of the log by id, these among them.
    folder
        The folder of the files.

    Raises
    ------
    InputError
        File, line, column, what was found and what is allowed are named.
    """
    for action in actions:
        if action.action == "adjudicate" and action.new_value:
            _check_decision(action, known, folder / action.file)


def _check_decision(action: Action, known: Mapping[str, Action], path: Path) -> None:
    about: Action | None = action
    field, met = "", set()
    while about is not None and about.action == "adjudicate" and about.action_id not in met:
        met.add(about.action_id)
        field = field or about.field
        about = known.get(about.refers_to)
    if about is None or about.action not in ("confirm", "set", "reject", "add"):
        return
    field = field or (about.field if about.action == "set" else "")
    schema, names = SETTABLE[about.target_type or "measurement"]
    if field:
        _check_value(replace(action, field=field), schema, names, _fault_at(action, path))


def _fault_at(action: Action, path: Path) -> Callable[..., InputError]:
    def fault(reason: str, column: str, allowed: object = None) -> InputError:
        found = getattr(action, column)
        return InputError(reason, file=path, row=action.line, field=column, found=found, allowed=allowed)

    return fault


def ordered(files: Iterable[Sequence[Action]]) -> list[Action]:
    """Merge the files in the order in which their lines were written (see ``model.written_order``)."""
    return in_written_order(files, lambda action: action.when, lambda action: action.file)


def action_of(row: Mapping[str, str], path: Path, line: int) -> Action:
    """Check one row of a curator's file and return it as an action; ``InputError`` where it is malformed."""
    values: dict[str, Any] = {name: row[name] for name in CURATION.names if name not in ("time", "seen")}
    action = Action(
        **values, file=path.name, line=line, when=_time(row, path, line), seen=_seen(row, path, line)
    )

    fault = _fault_at(action, path)
    if action.action in ("undo", "adjudicate") and not action.refers_to:
        raise fault(f"{action.action} names no action", "refers_to", "an action_id")
    if action.action in ("confirm", "set", "reject"):
        if action.target_type not in SETTABLE:
            raise fault("the kind of target is not known here", "target_type", ", ".join(SETTABLE))
        if not action.target_id:
            raise fault("no target is named", "target_id", f"the id of a {action.target_type}")
        if action.action == "reject" and action.target_type != "measurement":
            raise fault("only a measurement can be rejected", "target_type", "measurement")
    if action.action == "set":
        schema, names = SETTABLE[action.target_type]
        _check_value(action, schema, names, fault)
    if action.action == "confirm" and action.field and action.field not in SETTABLE[action.target_type][1]:
        raise fault("no such column", "field", ", ".join(SETTABLE[action.target_type][1]))
    if action.action == "add":
        if not action.group_id:
            raise fault("an addition needs a group", "group_id", "an id shared by its lines")
        if action.target_type not in ("", "measurement"):
            raise fault("only a measurement can be added", "target_type", "measurement")
        if action.field != END:
            _check_value(action, MEASUREMENTS, ADDABLE, fault)
    if action.action == "adjudicate" and action.field and action.target_type in SETTABLE:
        schema, names = SETTABLE[action.target_type]
        if action.new_value:
            _check_value(action, schema, names, fault)
    return action


def _check_value(
    action: Action, schema: TableSchema, names: Sequence[str], fault: Callable[..., InputError]
) -> None:
    if action.field not in names:
        near = difflib.get_close_matches(action.field, names, n=1)
        raise fault(
            "no such column to correct" + (f" (did you mean {near[0]}?)" if near else ""),
            "field",
            ", ".join(names),
        )
    column = schema.column(action.field)
    if not column.permits(action.new_value):
        raise fault(f"the value does not fit {action.field}", "new_value", column.allowance())
    if action.new_value and column.kind in ("number", "integer"):
        size, least = abs(float(action.new_value)), "0" if column.unit == "participants" else f"-{LARGEST:g}"
        signed = action.new_value.startswith("-") and size > 0
        if not (size == 0 or SMALLEST <= size <= LARGEST) or (signed and least == "0"):
            allowed = f"a number from {least} to {LARGEST:g}, and no nearer to 0 than {SMALLEST:g}"
            raise fault(f"no {action.field} is of this size", "new_value", allowed)


def _time(row: Mapping[str, str], path: Path, line: int) -> datetime:
    if not row["time"]:
        return UNTIMED
    when = moment(row["time"])
    if when is None:
        raise InputError(
            "the time cannot be read",
            file=path,
            row=line,
            field="time",
            found=row["time"],
            allowed=TIME_ALLOWED,
        )
    return when


def _seen(row: Mapping[str, str], path: Path, line: int) -> dict[str, Any] | None:
    if not row["seen"]:
        return None
    try:
        seen = json.loads(row["seen"])
    except (ValueError, RecursionError):
        seen = None
    if not isinstance(seen, dict):
        raise InputError(
            "the row as seen cannot be read",
            file=path,
            row=line,
            field="seen",
            found=row["seen"],
            allowed="a JSON object of columns and values, or empty",
        )
    return seen
