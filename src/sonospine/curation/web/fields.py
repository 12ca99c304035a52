"""The fields of a row as a form: labels, kinds of input, what was read, and what a posted form changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sonospine.corrections.actions import SETTABLE
from sonospine.corrections.votes import PLACE_OF
from sonospine.model.table_io import Row

LABELS = {
    "centre": "Statistic",
    "value": "Value",
    "spread": "Kind of spread",
    "spread_value": "SD, SE or width",
    "lower": "From (lower)",
    "upper": "To (upper)",
    "level": "Level of the CI, %",
    "n": "People (n)",
    "total": "Out of (total)",
    "change": "Change from baseline",
    "scale_min": "Scale from",
    "scale_max": "Scale to",
    "arm_definition": "Arm, as defined",
    "comparator_arm": "Against arm",
    "time": "Time, as printed",
    "weeks": "Weeks",
    "time_from": "Time counts from",
    "measure": "Effect measure",
    "p_value": "p, as printed",
    "n_randomised": "Randomised",
    "n_analysed": "Analysed",
    "source": "Kind of place",
}
GROUPS: Sequence[tuple[str, Sequence[str]]] = (
    ("Number", ("centre", "value", "spread", "spread_value", "lower", "upper", "n", "total")),
    ("What, who and when", ("outcome", "instrument", "subscale", "arm", "comparator_arm", "time", "weeks", "phase")),
    ("More", (
        "change", "level", "measure", "adjusted", "p_value", "population", "construct", "unit", "scale_min",
        "scale_max", "arm_definition", "time_from", "source",
    )),
)  # fmt: skip
PLACED = ("value", "spread_value", "lower", "upper", "n", "total")
"""Numbers whose place in the source can be given."""
FIELD, PLACE, QUOTE = "f.", "at.", "quote."
"""What stands before a column's name in a form: its value, the place of the new value, the characters there."""


@dataclass(frozen=True, slots=True)
class Field:
    """One input: ``value`` as used now, ``read`` what the machine read where that differs, ``place`` its place now."""

    name: str
    label: str
    kind: str
    value: str
    read: str = ""
    changed: bool = False
    choices: tuple[str, ...] = ()
    place: str = ""
    unit: str = ""


def label_of(name: str) -> str:
    """Return a column's name as a form tells it."""
    return LABELS.get(name, name.replace("_", " ").capitalize())


def fields_of(
    target_type: str,
    names: Iterable[str],
    row: Mapping[str, str],
    machine: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> list[Field]:
    """Return the inputs of columns.

    Parameters
    ----------
    target_type
        ``measurement``, ``arm`` or ``timepoint``.
    names
        The columns, in order.
    row
        The row as it is used now.
    machine
        The row as the machine read it; ``None`` for one that a person added.
    typed
        A posted form that was refused: what was typed stands in the inputs again.
    """
    schema = SETTABLE[target_type][0]
    fields = []
    for name in names:
        column = schema.column(name)
        read = row[name] if machine is None else machine.get(name, "")
        value = (typed or {}).get(FIELD + name, row[name])
        place = PLACE_OF.get(name, "locator" if name == "value" else "")
        kind = "choice" if column.allowed and column.kind != "list" else column.kind
        fields.append(
            Field(
                name,
                label_of(name),
                kind,
                value,
                read,
                read != row[name],
                (*(() if column.required else ("",)), *column.allowed) if kind == "choice" else (),
                (row.get(place, "") or row.get("locator", "")) if place else "",
                column.unit if column.kind in ("number", "integer") else "",
            )
        )
    return fields


def changes(target_type: str, row: Mapping[str, str], form: Mapping[str, str]) -> dict[str, str]:
    """Return the columns that a posted form sets to another value than the row has, with the new values."""
    found = {}
    for name in SETTABLE[target_type][1]:
        if FIELD + name in form:
            value = " ".join(form[FIELD + name].split())
            if value != row[name]:
                found[name] = value
    return found


def values_typed(names: Iterable[str], form: Mapping[str, str]) -> Row:
    """Return the columns of a form that are not empty."""
    values = {name: " ".join(form.get(FIELD + name, "").split()) for name in names}
    return {name: value for name, value in values.items() if value}
