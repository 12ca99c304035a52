"""How a table is declared: columns with type, unit and allowed values; pandera checks them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sonospine.model.numbers import NUMBER

if TYPE_CHECKING:
    import pandas
    import pandera.pandas as pandera

PATTERNS = {
    "text": None,
    "id": re.compile(r"\S+"),
    "number": NUMBER,
    "integer": re.compile(r"-?[0-9]+"),
    "boolean": re.compile(r"true|false"),
    "date": re.compile(r"\d{4}(-\d{2}(-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2})?)?)?)?"),
    "locator": re.compile(r"\S.*"),
    "list": None,
    "json": None,
}
BOOL = ("true", "false")
DESCRIBED = {
    "number": "a number with decimal point and ASCII minus",
    "integer": "a whole number",
    "boolean": "true or false",
    "date": "an ISO date",
    "id": "an id without white space",
    "locator": "a place",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: every cell is text; ``kind`` says what the text must look like; empty means unknown.

    ``required`` columns are never empty. ``allowed`` lists the only values; ``list`` columns separate theirs
    by ``;`` and are not checked against it.
    """

    name: str
    kind: str
    description: str
    unit: str = ""
    allowed: tuple[str, ...] = ()
    required: bool = False

    def permits(self, value: str) -> bool:
        """Tell whether a cell's text is allowed here."""
        if value == "":
            return not self.required
        if self.allowed and self.kind != "list":
            return value in self.allowed
        pattern = PATTERNS[self.kind]
        return pattern is None or pattern.fullmatch(value) is not None

    def allowance(self) -> str:
        """Say in words what is allowed."""
        what = ", ".join(self.allowed) if self.allowed else DESCRIBED.get(self.kind, "text")
        return what if self.required else f"{what}, or empty"


@dataclass(frozen=True, slots=True)
class TableSchema:
    """A declared table: its path, who writes it, its key and its columns.

    ``logged`` tables keep their order; all others are sorted by key when written.
    """

    name: str
    path: str
    written_by: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    description: str = ""
    logged: bool = False
    _empty: dict[str, str] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_empty", dict.fromkeys(self.names, ""))

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Return the column of a name; ``KeyError`` where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def row(self, **values: str) -> dict[str, str]:
        """Return a row with the given values and all other columns empty; an unknown name is a ``KeyError``."""
        row = self._empty | values
        if len(row) > len(self._empty):
            unknown = set(values) - set(self.names)
            raise KeyError(f"{self.name} has no column {', '.join(sorted(unknown))}")
        return row

    def pandera_schema(self) -> pandera.DataFrameSchema:
        """Return the pandera schema: the columns in order, every cell a text that its column permits, keys once.

        The cells are looked at by one check of the frame: with a check for each column, pandera takes 70 ms for a
        table of 46 columns, however few its rows are.
        """
        import pandera.pandas as pandera

        return pandera.DataFrameSchema(
            checks=[
                pandera.Check(self._has_its_columns, name="columns", error=", ".join(self.names)),
                pandera.Check(self._permits_all, name="allowed", error="a cell is not allowed"),
            ],
            unique=list(self.key) or None,
            name=self.name,
        )

    def _has_its_columns(self, frame: pandas.DataFrame) -> bool:
        return tuple(frame.columns) == self.names

    def _permits_all(self, frame: pandas.DataFrame) -> bool:
        return all(
            isinstance(value, str) and column.permits(value)
            for column in self.columns
            if column.name in frame
            for value in frame[column.name].unique()
        )
