"""Tables of articles that nobody tuned to: signs before brackets, torn bounds, test columns, centred groups, proven changes."""

from __future__ import annotations

import pytest

from sonospine.extraction.arms import Arm, DocumentArms
from sonospine.extraction.reading import Reading
from sonospine.extraction.tables import read_table_results
from sonospine.extraction.verification import verified
from sonospine.model.record import Cell, Record, Table

TWO = DocumentArms((Arm("Group A", role="intervention"), Arm("Group B", role="comparator")))
HEAD = ["", "Group A (n = 30)", "Group B (n = 31)"]


def read(rows: list[list[str]], *, caption: str = "", arms: DocumentArms = TWO) -> list[Reading]:
    """Read a table and hold every reading against its place."""
    grid = tuple(tuple(Cell(text, r < 1, r, c) for c, text in enumerate(row)) for r, row in enumerate(rows))
    table = Table("table/T1", "Table 1", caption, grid, (), False, 1)
    record = Record("pmc:PMC1", "pmc", tables=(table,))
    found = read_table_results(record, table, arms, decimal_comma=False)
    for reading in found:
        assert verified(record, reading, decimal_comma=False) is not None
    return found


@pytest.mark.parametrize("cell", ["39.4 ±(2.3)", "39.4 ± (2.3)", "39.4 (±2.3)"])
def test_a_spread_in_brackets_beside_its_sign_is_no_value(cell: str) -> None:
    first, *_ = read([HEAD, ["VAS at 4 weeks", cell, "40.1 ±(2.2)"]])
    assert (first.value, first.spread, first.spread_value) == ("39.4", "sd", "2.3")


def test_a_torn_number_in_brackets_is_not_read_by_halves() -> None:
    found = read([HEAD, ["VAS at 4 weeks, mean (SD)", "27.28 (21.61)", "55.25 (46. 85)"]])
    assert [(r.value, r.spread_value) for r in found] == [("27.28", "21.61")]


def test_a_bound_torn_by_a_comma_is_no_bound() -> None:
    head = [*HEAD, "Mean difference (95% CI)"]
    found = read(
        [
            head,
            ["VAS at 4 weeks, mean (SD)", "27.28 (21.61)", "55.25 (46.85)", "-27.97 (-46.20,-9,74)"],
            ["ODI at 4 weeks, mean (SD)", "21.38 (14.38)", "33.94 (20.24)", "-12.56 (-21.34,-3.79)"],
        ]
    )
    assert [(r.lower, r.upper) for r in found if r.centre == "difference"] == [("-21.34", "-3.79")]


@pytest.mark.parametrize("head", ["t Statistic (df)", "t-statistic", "F statistic", "Test value (df)"])
def test_a_column_of_test_statistics_is_no_group(head: str) -> None:
    found = read([[*HEAD, head], ["VAS, mean (SD)", "4.2 (1.1)", "5.3 (1.2)", "-3.07 (62)"]])
    assert [r.arm for r in found] == ["Group A", "Group B"]


def test_two_columns_under_one_interval_hold_neither_a_spread_nor_values() -> None:
    rows = [
        ["", "Baseline", "Baseline", "Baseline", "8 weeks", "8 weeks", "8 weeks"],
        ["", "Mean", "CI95%", "", "Mean", "CI95%", ""],
        ["Group A, VAS", "28.2", "19.0", "33.1", "16.8", "10", "23.3"],
        ["Group B, VAS", "29.9", "12.6", "39.9", "24.3", "22.5", "31.6"],
    ]
    found = read(rows)
    assert {(r.value, r.spread_value) for r in found} <= {(v, "") for v in ("28.2", "16.8", "29.9", "24.3")}


def test_the_name_of_a_group_in_the_middle_of_its_rows_serves_them_all() -> None:
    rows = [
        ["", "", "Before", "After"],
        ["", "VAS", "6.15±0.74", "2.50±1.14"],
        ["Group A", "PDI", "32.85±13.34", "16.75±12.57"],
        ["", "ODI", "62.25±6.71", "52.45±7.76"],
        ["", "VAS", "6.10±1.02", "3.00±1.28"],
        ["Group B", "PDI", "32.33±10.34", "19.94±12.59"],
        ["", "ODI", "63.83±3.80", "51.50±7.03"],
    ]
    arms = {(r.arm, r.value) for r in read(rows)}
    assert {("Group A", "6.15"), ("Group A", "52.45"), ("Group B", "6.10"), ("Group B", "51.50")} <= arms
    assert ("Group A", "6.10") not in arms


def test_a_signed_bracket_behind_a_value_is_the_change_that_the_baseline_proves() -> None:
    rows = [
        ["", "", "Group A (n = 30)", "Group B (n = 31)"],
        ["VAS", "Baseline", "7.1", "7.4"],
        ["", "1 week", "5.9 (−1.2)", "5.5 (−1.9)"],
    ]
    found = read(rows, caption="Mean scores of the two groups")
    assert [(r.value, r.change, r.arm) for r in found if r.change] == [
        ("-1.2", True, "Group A"),
        ("-1.9", True, "Group B"),
    ]


def test_a_signed_bracket_that_the_baseline_contradicts_is_no_change() -> None:
    rows = [
        ["", "", "Group A (n = 30)", "Group B (n = 31)"],
        ["VAS", "Baseline", "7.1", "7.4"],
        ["", "1 week", "5.9 (−3.2)", "5.5 (−4.9)"],
    ]
    assert not [r for r in read(rows, caption="Mean scores of the two groups") if r.change]


def test_average_beside_worst_is_part_of_the_name() -> None:
    rows = [
        HEAD,
        ["Worst pain, mean (SD)", "7.1 (1.1)", "7.4 (1.2)"],
        ["Average pain, mean (SD)", "4.6 (1.1)", "4.8 (1.2)"],
    ]
    assert [r.outcome for r in read(rows)] == ["Worst pain", "Worst pain", "Average pain", "Average pain"]


def test_average_alone_is_a_statistic() -> None:
    found = read([HEAD, ["Average pain (SD)", "4.6 (1.1)", "4.8 (1.2)"]])
    assert {r.outcome for r in found} == {"pain"}


def test_a_dotted_abbreviation_of_the_spread_leaves_nothing_in_the_label() -> None:
    found = read([HEAD, ["Mean VAS ± S.D. (mm)", "44.6 ± 13.5", "41.6 ± 14.9"]])
    assert {r.outcome for r in found} == {"VAS (mm)"}


def test_a_row_label_that_is_part_of_the_arm_names_no_outcome() -> None:
    doses = DocumentArms((Arm("Balm 5 mg group"), Arm("Balm 10 mg group"), Arm("Oil 12 mg group")))
    rows = [
        ["Groups", "VAS before", "VAS after"],
        ["Balm", "", ""],
        ["5 mg", "4.64 ± 0.64", "3.52 ± 0.65"],
        ["Balm", "", ""],
        ["10 mg", "4.92 ± 0.57", "2.44 ± 0.65"],
        ["Oil", "", ""],
        ["12 mg", "5.09 ± 0.51", "1.74 ± 0.62"],
    ]
    found = read(rows, arms=doses)
    assert found
    assert not [r.outcome for r in found if "Balm" in r.outcome or "Oil" in r.outcome]
