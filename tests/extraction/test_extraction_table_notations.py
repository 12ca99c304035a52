"""Tables by notation: percentages before counts, levels of intervals, bounds in columns, several times in a cell, blocks."""

from __future__ import annotations

import pytest

from sonospine.extraction.arms import Arm, DocumentArms, find_arms
from sonospine.extraction.reading import Reading
from sonospine.extraction.tables import read_table_results
from sonospine.extraction.verification import verified
from sonospine.model.record import Cell, Passage, Record, Table
from sonospine.vocabulary import Vocabulary

TWO = DocumentArms((Arm("Group A", role="intervention"), Arm("Group B", role="comparator")))
HEAD = ["", "Group A (n = 30)", "Group B (n = 31)"]


def read(
    rows: list[list[str]], *, caption: str = "", header_rows: int = 1, decimal_comma: bool = False
) -> list[Reading]:
    """Read a table and hold every reading against its place."""
    grid = tuple(
        tuple(Cell(text, r < header_rows, r, c) for c, text in enumerate(row)) for r, row in enumerate(rows)
    )
    table = Table("table/T1", "Table 1", caption, grid, (), False, header_rows)
    record = Record("pmc:PMC1", "pmc", tables=(table,))
    found = read_table_results(record, table, TWO, decimal_comma=decimal_comma)
    for reading in found:
        assert verified(record, reading, decimal_comma=decimal_comma) is not None
    return found


@pytest.mark.parametrize(
    ("label", "first", "second"),
    [
        ("Nausea, n (%)", "12 (40)", "5 (16)"),
        ("Nausea, No. (%)", "12 (40)", "5 (16)"),
        ("Nausea, % (n)", "40 (12)", "16.1 (5)"),
        ("Nausea, % (n/N)", "40 (12/30)", "16.1 (5/31)"),
        ("Nausea, n/N (%)", "12/30 (40)", "5/31 (16)"),
        ("Nausea", "12 (40%)", "5 (%16)"),
    ],
)
def test_counts_are_read_whichever_side_the_percentage_stands_on(label: str, first: str, second: str) -> None:
    found = read([HEAD, [label, first, second]])
    assert [(r.centre, r.value, r.total, r.outcome) for r in found] == [
        ("count", "12", "30", "Nausea"),
        ("count", "5", "31", "Nausea"),
    ]


def test_a_percentage_before_a_count_that_does_not_fit_is_no_mean() -> None:
    assert read([HEAD, ["Nausea, % (n)", "40 (17)", "16.1 (9)"]]) == []


def test_no_count_is_larger_than_its_total() -> None:
    assert read([["", "Group A (n = 3)", "Group B (n = 4)"], ["Doses, number", "12", "15"]]) == []


@pytest.mark.parametrize("level", ["90", "95", "99", "97.5"])
def test_the_level_of_an_interval_comes_from_the_label(level: str) -> None:
    first, _ = read([HEAD, [f"VAS at 4 weeks, mean ({level}% CI)", "2.3 (1.1 to 3.3)", "3.4 (1.2, 4.4)"]])
    assert (first.spread, first.lower, first.upper, first.level, first.outcome) == (
        "ci",
        "1.1",
        "3.3",
        level,
        "VAS",
    )


def test_a_level_that_nothing_states_stays_empty() -> None:
    first, _ = read([HEAD, ["VAS at 4 weeks, mean (CI)", "2.3 (1.1 to 3.3)", "3.4 (1.2, 4.4)"]])
    assert (first.spread, first.level) == ("ci", "")


def test_each_of_several_values_in_a_cell_has_its_own_time() -> None:
    found = read([HEAD, ["VAS, baseline / 4 weeks", "6.3 ± 1.1 / 2.3 ± 1.2", "6.4 ± 1.3 / 3.4 ± 1.4"]])
    assert [(r.value, r.weeks) for r in found] == [("6.3", 0.0), ("2.3", 4.0), ("6.4", 0.0), ("3.4", 4.0)]


def test_a_column_of_n_under_the_name_of_an_arm_is_the_size_of_the_next() -> None:
    head = ["", "Group A n", "Group A mean (SD)", "Group B n", "Group B mean (SD)"]
    found = read([head, ["VAS at 4 weeks", "28", "2.3 (1.1)", "27", "3.4 (1.2)"]])
    assert [(r.value, r.arm, r.n) for r in found] == [("2.3", "Group A", "28"), ("3.4", "Group B", "27")]


@pytest.mark.parametrize(
    ("low", "high"),
    [("Q1", "Q3"), ("25th percentile", "75th percentile"), ("Lower 95% CI", "Upper 95% CI"), ("Min", "Max")],
)
def test_columns_of_bounds_are_neither_values_nor_spreads(low: str, high: str) -> None:
    upper = ["", "Group A", "Group A", "Group A", "Group B", "Group B", "Group B"]
    lower = ["", "Median", low, high, "Median", low, high]
    found = read([upper, lower, ["VAS at 4 weeks", "2", "1", "3", "4", "3", "5"]], header_rows=2)
    assert [(r.centre, r.value, r.spread, r.spread_value, r.arm) for r in found] == [
        ("median", "2", "none", "", "Group A"),
        ("median", "4", "none", "", "Group B"),
    ]


def test_blocks_under_one_another_have_the_arms_and_times_of_their_own_header() -> None:
    found = read(
        [
            ["VAS", "Group A", "Group B"],
            ["4 weeks", "2.3 ± 1.1", "3.4 ± 1.2"],
            ["ODI", "Group B", "Group A"],
            ["8 weeks", "33 ± 11", "22 ± 12"],
        ]
    )
    assert [(r.outcome, r.value, r.arm, r.weeks) for r in found] == [
        ("VAS", "2.3", "Group A", 4.0),
        ("VAS", "3.4", "Group B", 4.0),
        ("ODI", "33", "Group B", 8.0),
        ("ODI", "22", "Group A", 8.0),
    ]


@pytest.mark.parametrize("label", ["EQ-5D at 4 weeks, mean (SD)", "3D score at 4 weeks, mean (SD)"])
def test_dimensions_in_a_name_are_no_days(label: str) -> None:
    first, _ = read([HEAD, [label, "2.3 (1.1)", "3.4 (1.2)"]])
    assert (first.weeks, first.outcome) == (4.0, label.partition(" at")[0])


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("- 13.4 (12)", "-13.4"),
        ("– 13.4 (12)", "-13.4"),
        ("−13.4 (12)", "-13.4"),
        ("−\u200913.4 (12)", "-13.4"),
    ],
)
def test_a_dash_at_the_beginning_of_a_cell_is_a_minus(cell: str, value: str) -> None:
    assert [r.value for r in read([HEAD, ["Change in VAS at 4 weeks, mean (SD)", cell, cell]])] == [
        value,
        value,
    ]


@pytest.mark.parametrize(
    "cell", ["−2.4 (−3.2, - 1.6)", "−2.4 (- 3.2 to - 1.6)", "−2.4 (−3.2; – 1.6)", "−2.4 (−3.2–−1.6)"]
)
def test_a_bound_never_loses_its_sign(cell: str) -> None:
    for found in read([HEAD, ["Change in VAS at 4 weeks, mean (95% CI)", cell, cell]]):
        assert (found.lower, found.upper) == ("-3.2", "-1.6")


def test_halves_of_a_number_with_a_decimal_comma_are_no_values() -> None:
    rows = [HEAD, ["VAS at 4 weeks, mean", "2,3", "3,4"]]
    assert read(rows) == []
    assert [r.value for r in read(rows, decimal_comma=True)] == ["2.3", "3.4"]


def test_a_column_headed_percent_holds_no_counts() -> None:
    rows = [["", "Group A", "Group A"], ["", "Number", "Percent"], ["Pain at baseline", "12", "40"]]
    assert {(r.centre, r.value) for r in read(rows, header_rows=2)} == {("count", "12")}


@pytest.mark.parametrize("n", ["1,234", "1\u202f234"])
def test_sizes_in_thousands_are_whole_in_header_and_text(vocabulary: Vocabulary, n: str) -> None:
    found = read(
        [["", f"Group A (n = {n})", "Group B"], ["VAS at 4 weeks, mean (SD)", "2.3 (1.1)", "3.4 (1.2)"]]
    )
    assert found[0].n == "1234"
    text = f"Patients were randomised. Group A (n = {n}) received heat. Group B (n = {n}) received cold."
    passage = Passage("abstract/METHODS", text, ("METHODS",), "methods")
    arms = find_arms(Record("file:x", "file", passages=(passage,)), vocabulary)
    assert [arm.n_randomised for arm in arms.arms] == ["1234", "1234"]


def test_the_end_of_a_size_with_a_plain_space_is_no_size(vocabulary: Vocabulary) -> None:
    assert (
        read(
            [["", "Group A (n = 1 234)", "Group B"], ["VAS at 4 weeks, mean (SD)", "2.3 (1.1)", "3.4 (1.2)"]]
        )[0].n
        == ""
    )
    text = "There were 1 235 patients in the heat group and 1 236 patients in the cold group."
    arms = find_arms(
        Record("file:x", "file", passages=(Passage("abstract/METHODS", text, ("METHODS",), "methods"),)),
        vocabulary,
    )
    assert {arm.n_randomised for arm in arms.arms} <= {""}
