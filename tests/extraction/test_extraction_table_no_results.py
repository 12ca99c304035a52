"""What stands in tables and is no result: test statistics, models, correlations, missing data, rows of spreads."""

from __future__ import annotations

import pytest

from sonospine.extraction.arms import Arm, DocumentArms
from sonospine.extraction.reading import Reading
from sonospine.extraction.tables import read_table_results
from sonospine.model.record import Cell, Record, Table

TWO = DocumentArms((Arm("Group A", role="intervention"), Arm("Group B", role="comparator")))


def read(rows: list[list[str]], *, caption: str = "", header_rows: int = 1) -> list[Reading]:
    """Read a table of two groups; a cell ``<`` repeats the one on its left."""
    grid: list[tuple[Cell, ...]] = []
    for r, row in enumerate(rows):
        line: list[Cell] = []
        for c, text in enumerate(row):
            line.append(line[-1] if text == "<" else Cell(text, r < header_rows, r, c))
        grid.append(tuple(line))
    table = Table("table/T1", "Table 1", caption, tuple(grid), (), False, header_rows)
    return read_table_results(Record("pmc:PMC1", "pmc", tables=(table,)), table, TWO, decimal_comma=False)


def values(found: list[Reading]) -> list[str]:
    return [reading.value for reading in found]


@pytest.mark.parametrize(
    "head",
    ["(p intra)", "T/\u03c72", "Group effect", "Time effect", "P for trend", "Wald chi-squared", "\u03b2"],
)
def test_a_column_of_a_test_or_a_model_holds_no_results(head: str) -> None:
    found = read(
        [
            ["", "Group A", "Group B", head],
            ["Pain, mean (SD)", "3.1 (0.5)", "4.2 (0.6)", "0.412"],
            ["Fear, mean (SD)", "2.1 (0.5)", "2.2 (0.6)", "1.3"],
        ]
    )
    assert values(found) == ["3.1", "4.2", "2.1", "2.2"]


def test_a_cell_that_names_its_test_holds_no_result() -> None:
    found = read(
        [
            ["", "2 weeks", "4 weeks"],
            ["Group A", "5.3 \u00b1 1.8", "3.7 \u00b1 1.9"],
            ["Group B", "5.2 \u00b1 1.7", "4.5 \u00b1 1.7"],
            ["Statistical analysis", "U = 1734.5", "t = \u22122.41"],
        ],
        caption="Pain scores",
    )
    assert values(found) == ["5.3", "3.7", "5.2", "4.5"]


def test_correlations_are_no_results() -> None:
    rows = [["", "Pain", "Stiffness"], ["Pain", "1.00", "0.81"], ["Stiffness", "", "1.00"]]
    assert read(rows, caption="Correlations between changes in measures from baseline to week 8") == []


def test_missing_data_are_no_events() -> None:
    found = read(
        [
            ["", "Missing data", "<", "Reported", "<"],
            ["Event", "Group A (n = 20) n (%)", "Group B (n = 20) n (%)", "Group A n (%)", "Group B n (%)"],
            ["Cough", "1 (5.0)", "0", "8 (40.0)", "6 (30.0)"],
        ],
        header_rows=2,
    )
    assert values(found) == ["8", "6"]


def test_of_several_rows_of_spreads_the_sd_belongs_to_the_mean() -> None:
    rows = [
        ["", "Group A", "Group B"],
        ["Pain"],
        ["Mean", "3.14", "4.25"],
        ["Percentile 25", "2.00", "3.00"],
        ["Percentile 75", "4.00", "5.00"],
        ["SD", "0.61", "0.72"],
        ["95% CI", "2.9 to 3.4", "4.0 to 4.5"],
    ]
    rows[1] = ["Pain", "<", "<"]
    found = read(rows)
    assert [(r.value, r.centre, r.spread, r.spread_value) for r in found] == [
        ("3.14", "mean", "sd", "0.61"),
        ("4.25", "mean", "sd", "0.72"),
    ]


def test_bounds_below_an_estimate_are_no_estimates() -> None:
    found = read(
        [
            ["Pain", "Difference between groups"],
            ["LSM (SE)", "\u22127.9 (5.3)"],
            ["[LSM 95% CI]", "[\u221218.4; 2.6]"],
        ]
    )
    assert values(found) == ["-7.9"]


def test_a_row_with_only_a_mark_of_significance_heads_the_rows_below() -> None:
    found = read(
        [
            ["", "Group A (n = 20)", "Group B (n = 20)", ""],
            ["Pain at rest", "", "", ""],
            ["yes", "8 (40%)", "6 (30%)", ""],
            ["Pain at night", "", "", "*"],
            ["yes", "9 (45%)", "2 (10%)", ""],
            ["Schooling (n)", "", "", "NS"],
            ["None finished", "5", "4", ""],
        ],
    )
    assert [(r.outcome, r.value, r.centre) for r in found][2:] == [
        ("Pain at night, yes", "9", "count"), ("Pain at night, yes", "2", "count"),
        ("Schooling, None finished", "5", "count"), ("Schooling, None finished", "4", "count"),
    ]  # fmt: skip


def test_a_number_torn_at_its_point_is_no_number() -> None:
    found = read(
        [["Mean (95% CI)", "Group A", "Group B"], ["Strength", "9.6 (8.7 to 10.5)", "10. 0 (9.0 to 11.1)"]]
    )
    assert values(found) == ["9.6"]
