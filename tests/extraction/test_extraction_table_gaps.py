"""Tables that were not read, or read wrongly, for what their shape leaves out: groups, times, bounds, ends of sections."""

from __future__ import annotations

import pytest

from sonospine.extraction.arms import Arm, DocumentArms
from sonospine.extraction.reading import Reading
from sonospine.extraction.tables import read_table_results
from sonospine.extraction.verification import verified
from sonospine.model.record import Cell, Record, Table

TWO = DocumentArms((Arm("Group A", role="intervention"), Arm("Group B", role="comparator")))
OTHERS = DocumentArms((Arm("red light group"), Arm("blue light group")))


def read(
    rows: list[list[str]],
    arms: DocumentArms = TWO,
    *,
    caption: str = "",
    notes: tuple[str, ...] = (),
    header_rows: int = 1,
) -> list[Reading]:
    """Read a table; a cell ``<`` repeats the one on its left, ``^`` the one above. Every reading is held against its place."""
    grid: list[tuple[Cell, ...]] = []
    for r, row in enumerate(rows):
        line: list[Cell] = []
        for c, text in enumerate(row):
            line.append(
                line[-1]
                if text == "<"
                else grid[-1][c]
                if text == "^"
                else Cell(text, r < header_rows, r, c)
            )
        grid.append(tuple(line))
    table = Table("table/T1", "Table 1", caption, tuple(grid), notes, False, header_rows)
    record = Record("pmc:PMC1", "pmc", tables=(table,))
    found = read_table_results(record, table, arms, decimal_comma=False)
    for reading in found:
        assert verified(record, reading, decimal_comma=False) is not None
    return found


def fields(found: list[Reading], *names: str) -> list[tuple[object, ...]]:
    return [tuple(getattr(r, name) for name in names) for r in found]


def test_an_empty_line_beside_a_label_that_goes_on_is_no_heading() -> None:
    found = read(
        [
            ["", "Group", "Week 4"],
            ["Pain", "Group A", "4.1 ± 1.2"],
            ["^", "Group B", "5.2 ± 1.1"],
            ["^", "", ""],
            ["Mood", "Group A", "14.1 ± 2.2"],
            ["^", "Group B", "15.2 ± 2.1"],
            ["^", "", ""],
            ["Sleep", "Group A", "24.1 ± 2.2"],
            ["^", "Group B", "25.2 ± 2.1"],
        ]
    )
    assert [r.outcome for r in found] == ["Pain", "Pain", "Mood", "Mood", "Sleep", "Sleep"]
