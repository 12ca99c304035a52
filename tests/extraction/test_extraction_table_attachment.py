"""To whom, when and as what the numbers of a table belong: shapes that gave wrong arms, times, statistics or sizes."""

from __future__ import annotations

import pytest

from sonospine.extraction.arms import Arm, DocumentArms
from sonospine.extraction.reading import Reading
from sonospine.extraction.tables import read_table_results
from sonospine.extraction.times import find_times
from sonospine.model.record import Cell, Record, Table

TWO = DocumentArms((Arm("Group A", role="intervention"), Arm("Group B", role="comparator")))
NONE = DocumentArms(())


def read(
    rows: list[list[str]],
    arms: DocumentArms = TWO,
    *,
    caption: str = "",
    notes: tuple[str, ...] = (),
    header_rows: int = 1,
) -> list[Reading]:
    """Read a table; a cell ``<`` repeats the one on its left."""
    grid: list[tuple[Cell, ...]] = []
    for r, row in enumerate(rows):
        line: list[Cell] = []
        for c, text in enumerate(row):
            line.append(line[-1] if text == "<" else Cell(text, r < header_rows, r, c))
        grid.append(tuple(line))
    table = Table("table/T1", "Table 1", caption, tuple(grid), notes, False, header_rows)
    return read_table_results(Record("pmc:PMC1", "pmc", tables=(table,)), table, arms, decimal_comma=False)


def fields(found: list[Reading], *names: str) -> list[tuple[object, ...]]:
    return [tuple(getattr(r, name) for name in names) for r in found]


@pytest.mark.parametrize("text", ["\u221224 h", "-24 h", "(\u22122 weeks)"])
def test_a_length_behind_a_minus_is_before_treatment(text: str) -> None:
    assert [(t.weeks, t.phase) for t in find_times(text)] == [(0.0, "baseline")]


def test_dimensions_and_the_names_of_forms_are_no_times() -> None:
    assert find_times("EQ 5D") == find_times("ABCD-Y1") == []


def test_values_before_and_after_are_times_and_no_groups() -> None:
    found = read(
        [
            ["", "Pre values", "Post values", "P"],
            ["Pain", "6.1 \u00b1 1.2", "3.2 \u00b1 1.1", "0.01"],
            ["Fear", "5.1 \u00b1 1.2", "2.2 \u00b1 1.1", "0.01"],
        ],
        caption="Results of group A",
    )
    assert fields(found, "arm", "phase", "value")[:2] == [
        ("Group A", "baseline", "6.1"),
        ("Group A", "follow_up", "3.2"),
    ]


def test_characteristics_before_a_course_of_weeks_are_of_baseline() -> None:
    found = read(
        [["", "Group A", "Group B"], ["Age, mean (SD)", "41.2 (8.1)", "42.3 (7.7)"]],
        caption="Characteristics of both groups before the 4-week course",
    )
    assert {r.phase for r in found} == {"baseline"}


def test_differences_of_before_and_after_are_changes() -> None:
    found = read(
        [["", "Group A", "Group B"], ["Pain", "2.2 \u00b1 1.4", "2.3 \u00b1 1.5"]],
        caption="Differences of pre and post values",
    )
    assert [r.change for r in found] == [True, True]


def test_bare_numbers_under_a_head_of_time_are_times_beside_longer_ones() -> None:
    rows = [
        ["Postoperative day", "Group A", "Group B"],
        *([str(k), f"{k}.1 \u00b1 1.0", f"{k}.4 \u00b1 1.0"] for k in (1, 2, 3)),
        ["6 mths", "1.1 \u00b1 0.5", "1.2 \u00b1 0.4"],
    ]
    found = read(rows, caption="Pain")
    assert [round(r.weeks or 0, 2) for r in found[::2]] == [0.14, 0.29, 0.43, 26.07]


def test_a_header_further_down_that_names_one_outcome_keeps_the_groups() -> None:
    rows = [
        ["", "Group A", "Group B", "p"],
        ["", "Bending", "Bending", ""],
        ["1 week", "67 \u00b1 5", "57 \u00b1 6", "0.1"],
        ["", "Turning", "Turning", "p"],
        ["1 week", "6 \u00b1 2", "9 \u00b1 3", "0.2"],
        ["2 weeks", "7 \u00b1 2", "8 \u00b1 3", "0.2"],
    ]
    found = read(rows, header_rows=2)
    assert ("Group B", "Turning", "9") in fields(found, "arm", "outcome", "value")


def test_one_group_at_several_times_in_a_header_and_the_other_further_down() -> None:
    rows = [
        ["", "Group A at baseline", "Group A at week 4"],
        ["Pain", "6.1 \u00b1 1.2", "3.2 \u00b1 1.1"],
        ["Fear", "5.0 \u00b1 1.1", "4.0 \u00b1 1.3"],
        ["", "Group B at baseline", "Group B at week 4"],
        ["Pain", "6.3 \u00b1 1.2", "5.2 \u00b1 1.1"],
        ["Fear", "5.1 \u00b1 1.1", "4.7 \u00b1 1.3"],
    ]
    found = read(rows)
    assert [(r.arm, r.weeks, r.value) for r in found if r.outcome == "Pain"] == [
        ("Group A", 0.0, "6.1"),
        ("Group A", 4.0, "3.2"),
        ("Group B", 0.0, "6.3"),
        ("Group B", 4.0, "5.2"),
    ]


def test_names_with_sizes_below_them_are_groups() -> None:
    rows = [
        ["", "Gel, 1%", "Vehicle", "Combined"],
        ["", "n = 40", "n = 38", "n = 78"],
        ["Pain, mean (SD)", "6.1 (1.2)", "6.3 (1.1)", "6.2 (1.1)"],
    ]
    found = read(rows, NONE, header_rows=2)
    assert fields(found, "arm", "n", "value") == [("Gel, 1", "40", "6.1"), ("Vehicle", "38", "6.3")]


def test_men_and_women_over_the_groups_are_no_groups() -> None:
    arms = DocumentArms((Arm("Group A"), Arm("Group B"), Arm("Women"), Arm("Men")))
    rows = [
        ["", "Women", "<", "Men", "<"],
        ["", "Group A", "Group B", "Group A", "Group B"],
        ["Fear, mean (SD)", "6.1 (1.2)", "6.3 (1.1)", "5.1 (1.2)", "5.3 (1.1)"],
    ]
    assert [r.arm for r in read(rows, arms, header_rows=2)] == ["Group A", "Group B"] * 2


def test_a_name_that_does_not_reach_all_its_times_is_spread_over_them() -> None:
    rows = [
        ["", "", "Pain", "", "", "Fear", ""],
        ["", "T1", "T2", "T3", "T1", "T2", "T3"],
        ["Group A", *["4.1 \u00b1 1.0"] * 6],
        ["Group B", *["3.1 \u00b1 1.0"] * 6],
    ]
    found = read(rows, notes=("T1, baseline", "T2, 2 weeks after", "T3, 8 weeks after"), header_rows=2)
    assert [r.outcome for r in found[:6]] == ["Pain"] * 3 + ["Fear"] * 3


def test_a_change_below_a_time_is_the_change_up_to_it() -> None:
    rows = [
        ["", "Group A", "Group B"],
        ["Pain", "<", "<"],
        ["Baseline", "6.1 \u00b1 1.2", "6.3 \u00b1 1.1"],
        ["4 weeks", "4.1 \u00b1 1.2", "5.3 \u00b1 1.1"],
        ["Improvement from baseline", "2.0 \u00b1 0.9", "1.0 \u00b1 0.8"],
        ["8 weeks", "3.1 \u00b1 1.2", "4.3 \u00b1 1.1"],
        ["Improvement from baseline", "3.0 \u00b1 0.9", "2.0 \u00b1 0.8"],
    ]
    assert [r.weeks for r in read(rows) if r.change] == [4.0, 4.0, 8.0, 8.0]


def test_a_column_of_counts_is_one_beside_means_with_decimals() -> None:
    rows = [
        ["", "Event", "Pain"],
        ["", "n (%)", "Mean (SD)"],
        ["Group A, n = 40", "20 (50)", "4.6 (2.6)"],
        ["Group B, n = 50", "27 (54)", "4.4 (2.5)"],
    ]
    found = read(rows, header_rows=2, notes=("Values are mean (SD).",))
    assert fields(found, "centre", "value", "spread")[:2] == [("count", "20", "none"), ("mean", "4.6", "sd")]


def test_percent_before_its_number_is_no_mean() -> None:
    found = read(
        [
            ["", "Group A (n = 28)", "Group B (n = 28)"],
            ["Women % (N)", "60.7 (17)", "64.3 (18)"],
            ["Age", "28.4 (7.5)", "28.4 (5.6)"],
        ],
        notes=("Data are mean (SD) or per cent (N).",),
    )
    # the arithmetic proves the counts behind the percentages: 17 of 28 are 60.7 %
    assert fields(found, "centre", "value")[:2] == [("count", "17"), ("count", "18")]


def test_a_whole_number_alone_is_no_mean_where_means_have_a_spread() -> None:
    found = read(
        [
            ["", "Group A (n = 29)", "Group B (n = 29)"],
            ["Age", "71 (52 \u2013 86)", "74 (60 \u2013 86)"],
            ["Gout", "14", "9"],
        ],
        notes=("All values are median (range).",),
    )
    assert [r.value for r in found] == ["71", "74"]


@pytest.mark.parametrize(
    ("label", "a", "b"),
    [("Women/men", "1/19", "2/18"), ("Sex (F:M)", "11:9", "12:8"), ("Grade (1:2:3)", "5:9:6", "7:7:6")],
)
def test_two_kinds_in_one_cell_are_no_count(label: str, a: str, b: str) -> None:
    found = read(
        [
            ["", "Group A (n = 20)", "Group B (n = 20)"],
            [label, a, b],
            ["Age, mean (SD)", "41.2 (8.1)", "42.3 (7.7)"],
        ]
    )
    assert [r.value for r in found] == ["41.2", "42.3"]


def test_grams_are_not_counted_people() -> None:
    assert read([["", "Group A (n = 46)", "Group B (n = 48)"], ["Oil (g/L)", "40", "12"]]) == []


def test_a_rate_per_minute_is_no_ratio() -> None:
    found = read([["", "Group A", "Group B"], ["HR (beats/min)", "77.3 \u00b1 8.7", "75.0 \u00b1 7.4"]])
    assert [(r.centre, r.spread) for r in found] == [("mean", "sd")] * 2


def test_the_number_before_a_value_is_its_size() -> None:
    found = read(
        [["", "Group A", "Group B"], ["Pain, mean (SD)", "n = 19: 4.09 (2.32)", "n = 14: 3.41 (2.79)"]]
    )
    assert fields(found, "value", "spread_value", "n") == [("4.09", "2.32", "19"), ("3.41", "2.79", "14")]


def test_the_number_of_a_row_is_not_that_of_one_group() -> None:
    found = read([["", "Group A", "Group B"], ["All (n = 124), mean (SD)", "8.97 (7.36)", "6.57 (7.24)"]])
    assert [r.n for r in found] == ["", ""]


def test_a_column_named_as_spread_holds_no_means() -> None:
    found = read(
        [
            ["Group", "Mean pain", "<", "Pain SD\u00b1", "<"],
            ["A", "1.92", "2.33", "0.88", "1.12"],
            ["B", "2.26", "2.55", "1.15", "1.13"],
        ]
    )
    assert fields(found, "value", "spread", "spread_value") == [
        ("1.92", "sd", "0.88"),
        ("2.33", "sd", "1.12"),
        ("2.26", "sd", "1.15"),
        ("2.55", "sd", "1.13"),
    ]


def test_a_number_in_brackets_alone_is_no_mean() -> None:
    found = read(
        [["Mean (SD)", "Group A", "Group B"], ["Density", "1.234", "1.182 (0.226)"], ["", "(0.234)", ""]]
    )
    assert "0.234" not in [r.value for r in found]


def test_the_rows_without_are_not_counted_as_those_with() -> None:
    rows = [
        ["", "Group A (n = 20)", "Group B (n = 20)"],
        ["Pain at night", "", ""],
        ["+", "8 (40%)", "6 (30%)"],
        ["\u2212", "12 (60%)", "14 (70%)"],
        ["Care", "", ""],
        ["Some", "15 (75%)", "16 (80%)"],
        ["None", "5 (25%)", "4 (20%)"],
    ]
    assert fields(read(rows), "outcome", "value")[::2] == [
        ("Pain at night", "8"),
        ("Care, Some", "15"),
        ("Care, None", "5"),
    ]


def test_a_section_of_counts_ends_at_a_mean() -> None:
    rows = [
        ["", "Group A (n = 20)", "Group B (n = 20)"],
        ["Side", "", ""],
        ["Right", "8 (40%)", "6 (30%)"],
        ["Left", "12 (60%)", "14 (70%)"],
        ["Pain", "7.1 \u00b1 1.6", "7.5 \u00b1 1.7"],
    ]
    assert read(rows)[-1].outcome == "Pain"


def test_a_row_with_a_name_of_its_own_takes_no_second_name_from_above() -> None:
    rows = [
        ["", "", "Group A (n = 20)", "Group B (n = 20)"],
        ["Arch", "Left", "8 (40%)", "6 (30%)"],
        ["", "Right", "9 (45%)", "7 (35%)"],
        ["Lid", "", "5 (25%)", "4 (20%)"],
    ]
    assert read(rows)[-1].outcome == "Lid"


def test_the_unit_in_a_line_of_its_own_is_no_outcome() -> None:
    rows = [
        ["", "Group", "Week 0", "Week 4"],
        ["Pressure at night", "A", "126.8 \u00b1 11.9", "127.3 \u00b1 11.9"],
        ["(mmHg)", "B", "126.6 \u00b1 14.2", "128.8 \u00b1 13.5"],
    ]
    assert {r.outcome for r in read(rows)} == {"Pressure at night"}


def test_parts_of_a_table_are_told_apart_by_their_corner() -> None:
    rows = [
        ["Awake", "Group A (n = 9)", "Group B (n = 8)"],
        ["Pain", "1.1 \u00b1 2.1", "1.3 \u00b1 2.2"],
        ["Fear", "2.0 \u00b1 2.4", "1.9 \u00b1 2.5"],
        ["Asleep", "Group A (n = 5)", "Group B (n = 6)"],
        ["Pain", "4.8 \u00b1 2.8", "4.3 \u00b1 2.4"],
        ["Fear", "2.4 \u00b1 2.9", "1.3 \u00b1 1.8"],
    ]
    assert [(r.outcome, r.n) for r in read(rows) if r.arm == "Group A"] == [
        ("Awake, Pain", "9"),
        ("Awake, Fear", "9"),
        ("Asleep, Pain", "5"),
        ("Asleep, Fear", "5"),
    ]
