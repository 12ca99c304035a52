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


def test_a_row_that_tells_its_own_time_stands_under_no_timed_heading() -> None:
    found = read(
        [
            ["Measure, mean (SD)", "Group A", "Group B"],
            ["Pain at week 6", "", ""],
            ["At rest", "3.2 (1.1)", "3.9 (1.2)"],
            ["At night", "3.3 (1.1)", "3.8 (1.2)"],
            ["Cortisol at week 6", "11.7 (2.2)", "13.7 (2.3)"],
            ["Albumin at week 6", "41.7 (2.2)", "43.7 (2.3)"],
        ]
    )
    assert [r.outcome for r in found[::2]] == ["Pain, At rest", "Pain, At night", "Cortisol", "Albumin"]
    assert {r.weeks for r in found} == {6.0}


def test_rows_at_several_times_stay_under_a_heading_that_names_one() -> None:
    found = read(
        [
            ["Measure, mean (SD)", "Group A", "Group B"],
            ["Pain at week 6", "", ""],
            ["Walking", "3.2 (1.1)", "3.9 (1.2)"],
            ["Standing", "3.3 (1.1)", "3.8 (1.2)"],
        ]
    )
    assert [r.outcome for r in found[::2]] == ["Pain, Walking", "Pain, Standing"]


def test_one_time_of_the_caption_is_not_that_of_two_columns_with_the_same_head() -> None:
    found = read(
        [
            ["Group", "Median (IQR)", "<", "P"],
            ["Group A", "5 (4-6)", "2 (1-3)", "0.01"],
            ["Group B", "5 (3-6)", "4 (3-5)", "0.20"],
        ],
        caption="Comparison of baseline pain and pain at the last visit",
    )
    assert fields(found, "arm", "value", "phase", "weeks") == [
        ("Group A", "5", "", None),
        ("Group A", "2", "", None),
        ("Group B", "5", "", None),
        ("Group B", "4", "", None),
    ]


def test_one_time_of_the_caption_is_that_of_columns_with_other_heads() -> None:
    found = read(
        [["Pain, median (IQR)", "Group A", "Group B"], ["At rest", "5 (4-6)", "2 (1-3)"]],
        caption="Baseline pain",
    )
    assert [r.phase for r in found] == ["baseline", "baseline"]
