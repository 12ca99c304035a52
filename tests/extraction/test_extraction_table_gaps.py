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
                line[-1] if text == "<" else grid[-1][c] if text == "^" else Cell(text, r < header_rows, r, c)
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


def test_an_sd_abbreviated_in_another_language_is_no_outcome() -> None:
    found = read(
        [["Group", "Pain", "<"], ["", "Baseline X±SS", "4 weeks X±SS"], ["Group A", "6.1±0.7", "2.5±1.1"]],
        header_rows=2,
    )
    assert fields(found, "outcome", "spread") == [("Pain", "sd")] * 2


def test_columns_of_a_header_that_comes_again_under_another_outcome_are_groups() -> None:
    head = ["fast light", "slow light", "dim light"]
    found = read(
        [
            ["Pain score", *head],
            ["Baseline", "6.1 ± 1.2", "6.2 ± 1.3", "6.3 ± 1.4"],
            ["4 weeks", "3.1 ± 1.2", "4.2 ± 1.3", "5.3 ± 1.4"],
            ["Mood score", *head],
            ["Baseline", "16.1 ± 1.2", "16.2 ± 1.3", "16.3 ± 1.4"],
            ["4 weeks", "13.1 ± 1.2", "14.2 ± 1.3", "15.3 ± 1.4"],
        ],
        OTHERS,
        caption="Pain and mood (mean ± SD)",
    )
    assert fields(found, "arm", "outcome", "weeks")[-3:] == [
        ("fast light", "Mood score", 4.0),
        ("slow light", "Mood score", 4.0),
        ("dim light", "Mood score", 4.0),
    ]
    assert all("arm_as_reported" in r.flags for r in found)


def test_a_header_that_comes_again_over_times_names_no_groups() -> None:
    head = ["Flexion", "Extension"]
    found = read(
        [
            ["Group A", *head],
            ["Baseline", "6.1 ± 1.2", "6.2 ± 1.3"],
            ["4 weeks", "3.1 ± 1.2", "4.2 ± 1.3"],
            ["Group B", *head],
            ["Baseline", "16.1 ± 1.2", "16.2 ± 1.3"],
            ["4 weeks", "13.1 ± 1.2", "14.2 ± 1.3"],
        ],
        caption="Movement (mean ± SD)",
    )
    assert not {"Flexion", "Extension"} & {r.arm for r in found}


def test_names_over_the_same_statistics_again_and_again_are_groups() -> None:
    found = read(
        [
            ["", "Thrust", "<", "Touch", "<", "Wave", "<"],
            ["", "mean (SD)", "95% CI", "mean (SD)", "95% CI", "mean (SD)", "95% CI"],
            ["Ease", "1.9 (0.6)", "(1.7, 2.2)", "2.1 (0.7)", "(1.9, 2.4)", "2.3 (0.8)", "(2.0, 2.6)"],
            ["Trust", "1.8 (0.6)", "(1.6, 2.1)", "2.0 (0.7)", "(1.8, 2.3)", "2.2 (0.8)", "(1.9, 2.5)"],
        ],
        OTHERS,
        caption="Mean answers",
        header_rows=2,
    )
    assert fields([r for r in found if r.spread == "sd"], "arm", "outcome")[:3] == [
        ("Thrust", "Ease"),
        ("Touch", "Ease"),
        ("Wave", "Ease"),
    ]


def test_measures_over_the_same_statistics_beside_times_are_no_groups() -> None:
    found = read(
        [
            ["", "Pain", "<", "Mood", "<"],
            ["", "mean (SD)", "95% CI", "mean (SD)", "95% CI"],
            ["Baseline", "1.9 (0.6)", "(1.7, 2.2)", "2.1 (0.7)", "(1.9, 2.4)"],
            ["4 weeks", "1.8 (0.6)", "(1.6, 2.1)", "2.0 (0.7)", "(1.8, 2.3)"],
        ],
        OTHERS,
        caption="Mean answers",
        header_rows=2,
    )
    assert not {"Pain", "Mood"} & {r.arm for r in found}


@pytest.mark.parametrize("control", ["Placebo", "Sham", "Controls", "Sham group"])
def test_names_beside_one_that_is_nothing_but_a_control_are_groups(control: str) -> None:
    rows = [["Splint", "4.1 ± 2.1"], ["Band", "4.4 ± 1.9"], [control, "5.8 ± 2.4"]]
    found = read(rows, DocumentArms(()), caption="Pain score after each (mean ± SD)", header_rows=0)
    assert [r.arm for r in found] == ["Splint", "Band", control]


def test_names_of_groups_stand_beside_their_times() -> None:
    found = read(
        [
            ["", "", "Rating 1", "Rating 2"],
            ["Positive", "pre", "52.1", "51.4"],
            ["", "post", "56.4", "57.3"],
            ["Sham", "pre", "50.1", "53.0"],
            ["", "post", "53.3", "49.8"],
        ],
        DocumentArms(()),
        caption="Mean pain ratings before (pre) and after (post) stimulation",
    )
    assert fields(found, "arm", "outcome", "phase")[:3] == [
        ("Positive", "Rating 1", "baseline"),
        ("Positive", "Rating 2", "baseline"),
        ("Positive", "Rating 1", "follow_up"),
    ]
    assert found[-1].arm == "Sham"


def test_a_control_measure_among_many_outcomes_makes_no_groups() -> None:
    rows = [
        ["", "Day 1", "Day 7"],
        ["Sham rejection, mm", "4.1 ± 2.1", "4.0 ± 2.0"],
        ["Pain", "4.4 ± 1.9", "4.0 ± 2.0"],
    ]
    found = read(rows, DocumentArms(()), caption="Results (mean ± SD)")
    assert {r.arm for r in found} == {"all"}


def test_what_products_hold_beside_a_control_product_is_no_result_of_groups() -> None:
    rows = [["", "Test bread", "Control"], ["Energy (kcal)", "349.6", "389.1"], ["Fat (g)", "10.5", "12.1"]]
    assert read(rows, OTHERS, caption="Comparison of nutrients between breads") == []


def test_a_second_column_of_means_beside_a_column_of_p_is_no_spread_of_it() -> None:
    found = read(
        [
            ["", "Baseline", "<", "<", "4 weeks", "<", "<"],
            ["", "X±SD", "F", "p", "X±SD", "F", "p"],
            ["Group A", "6.1±0.7", "1.2", "0.61", "2.5±1.1", "4.1", "0.01"],
            ["Group B", "6.2±0.7", "", "", "3.5±1.1", "", ""],
        ],
        caption="Pain",
        header_rows=2,
    )
    assert fields(found, "arm", "value", "phase")[:2] == [
        ("Group A", "6.1", "baseline"),
        ("Group A", "2.5", "follow_up"),
    ]


@pytest.mark.parametrize(
    "span", ["during and after treatment", "over the course of and after the treatments"]
)
def test_a_caption_that_spans_the_treatment_is_the_time_of_no_row(span: str) -> None:
    found = read(
        [["Visit", "Group A", "Group B"], ["V1", "6.1 ± 1.2", "6.2 ± 1.3"], ["V2", "3.1 ± 1.2", "4.2 ± 1.3"]],
        caption=f"Pain ratings {span} (mean ± SD)",
    )
    assert {(r.phase, r.weeks) for r in found} == {("", None)}


def test_the_group_that_closes_a_caption_has_the_values() -> None:
    found = read(
        [["Outcome", "Pre values", "Post values", "P"], ["Pain", "7.5 (1.4)", "5.2 (1.5)", "< 0.01"]],
        OTHERS,
        caption="Pre and post results of green light group.",
        notes=("Values are mean (SD)",),
    )
    assert fields(found, "arm", "phase") == [
        ("green light group", "baseline"),
        ("green light group", "follow_up"),
    ]
    assert all({"arm_as_reported", "arm_from_caption"} <= set(r.flags) for r in found)


@pytest.mark.parametrize(
    "caption",
    [
        "Pre and post results of green light and dim light group.",
        "Pre and post results of each group.",
        "Differences between the groups and the control group",
    ],
)
def test_a_caption_of_several_groups_names_none(caption: str) -> None:
    rows = [["Outcome", "Pre values", "Post values"], ["Pain", "7.5 (1.4)", "5.2 (1.5)"]]
    assert read(rows, OTHERS, caption=caption, notes=("Values are mean (SD)",)) == []


def test_as_many_as_there_were_are_everyone() -> None:
    arms = DocumentArms((Arm("Group A"), Arm("Group B")), False, "108", "body/p1:10-13")
    rows = [
        ["Outcomes (n = 108)", "<", "Baseline", "1 week"],
        ["Worst", "pain, mean (SD)", "7.3 (1.2)", "5.7 (1.1)"],
    ]
    assert [r.arm for r in read(rows, arms)] == ["all", "all"]


def test_fewer_than_there_were_are_nobody_in_particular() -> None:
    arms = DocumentArms((Arm("Group A"), Arm("Group B")), False, "108", "body/p1:10-13")
    rows = [
        ["Outcomes (n = 54)", "<", "Baseline", "1 week"],
        ["Worst", "pain, mean (SD)", "7.3 (1.2)", "5.7 (1.1)"],
    ]
    assert read(rows, arms) == []


def test_a_head_that_names_an_arm_counts_where_the_row_of_arms_says_nothing() -> None:
    found = read(
        [
            ["", "Opening", "<", "Pain", "<"],
            ["", "", "", "Group A", "Group B"],
            ["", "Group A (mm)", "Group B (mm)", "VAS", "VAS"],
            ["Day 1", "39.4 ± 2.3", "40.1 ± 2.2", "1.2 ± 0.4", "1.4 ± 0.5"],
            ["Day 7", "35.4 ± 2.3", "34.1 ± 2.2", "4.2 ± 0.4", "4.4 ± 0.5"],
        ],
        caption="Opening and pain in new and group B patients",
        header_rows=3,
    )
    assert [r.arm for r in found] == ["Group A", "Group B"] * 4


def test_a_caption_that_compares_an_arm_with_others_gives_it_no_values() -> None:
    rows = [["Time", "Pain, mean (SD)"], ["Baseline", "6.1 (1.2)"], ["4 weeks", "3.1 (1.1)"]]
    assert read(rows, caption="Comparison of pain between newly treated and group B patients") == []
    assert {r.arm for r in read(rows, caption="Pain of group B")} == {"Group B"}


def test_a_mean_after_bare_counts_stands_under_their_heading_no_more() -> None:
    found = read(
        [
            ["", "Group A (n = 30)", "Group B (n = 31)", "P"],
            ["Handedness", "", "", "0.721"],
            ["Left", "4", "7", "0.721"],
            ["Right", "26", "24", ""],
            ["Height (cm)", "157.7 ± 7.7", "157.8 ± 8.3", "0.98"],
            ["Weight (kg)", "57.7 ± 7.7", "57.8 ± 8.3", "0.98"],
        ],
        caption="Characteristics of the patients (mean ± SD or number)",
    )
    assert [r.outcome for r in found][-4:] == ["Height (cm)", "Height (cm)", "Weight (kg)", "Weight (kg)"]


def test_numbers_below_no_head_beside_a_label_that_goes_on_are_categories() -> None:
    found = read(
        [
            ["Characteristic", "", "Group A", "<", "Group B", "<"],
            ["", "", "N", "%", "N", "%"],
            ["Age band", "<30", "10", "25.0", "12", "30.0"],
            ["", "30-39", "20", "50.0", "18", "45.0"],
            ["", "40+", "10", "25.0", "10", "25.0"],
            ["Children", "0", "20", "50.0", "10", "25.0"],
            ["", "1", "10", "25.0", "10", "25.0"],
            ["", "2", "10", "25.0", "20", "50.0"],
        ],
        header_rows=2,
    )
    assert {r.centre for r in found} == {"count"}
    assert [r.outcome for r in found[::2]] == [
        "Age band, <30", "Age band, 30-39", "Age band, 40+", "Children, 0", "Children, 1", "Children, 2",
    ]  # fmt: skip


def test_values_below_no_head_are_values_where_every_row_has_a_name() -> None:
    found = read([["", ""], ["Group A", "4.1 ± 2.1"], ["Group B", "4.4 ± 1.9"]], caption="Pain (mean ± SD)")
    assert [r.value for r in found] == ["4.1", "4.4"]


@pytest.mark.parametrize("p", ["0.07", ""])
def test_a_heading_over_all_columns_but_that_of_p_is_a_heading(p: str) -> None:
    found = read(
        [
            ["Parameter", "Group A", "Group B", "P value"],
            ["Itch (baseline):", "<", "<", p],
            ["Mean ± SD", "5.6 ± 2.7", "4.7 ± 3.2", "^"],
            ["Itch (4 weeks):", "<", "<", p],
            ["Mean ± SD", "3.0 ± 2.9", "2.7 ± 3.0", "^"],
        ],
        caption="Results",
    )
    assert fields(found, "outcome", "phase", "value") == [
        ("Itch", "baseline", "5.6"),
        ("Itch", "baseline", "4.7"),
        ("Itch", "follow_up", "3.0"),
        ("Itch", "follow_up", "2.7"),
    ]


def test_the_extremes_below_a_median_are_its_range() -> None:
    found = read(
        [
            ["", "Group A", "Group B"],
            ["Median", "-36.3", "-39.3"],
            ["(Min ; Max)", "(-69.3 ; 51.6)", "(-70.3 ; 21.8)"],
        ],
        caption="Change in pain",
    )
    assert fields(found, "value", "spread", "lower", "upper") == [
        ("-36.3", "range", "-69.3", "51.6"),
        ("-39.3", "range", "-70.3", "21.8"),
    ]


def test_a_row_named_after_an_arm_before_the_headings_of_arms_is_its_own() -> None:
    three = DocumentArms((Arm("Group A"), Arm("Group B"), Arm("Group C")))
    found = read(
        [
            ["", "Area, mean (SD)", "Width, mean (SD)"],
            ["Group C", "50.5 (11.2)", "40.0 (11.0)"],
            ["Group A", "", ""],
            ["Before", "49.4 (3.9)", "33.3 (4.8)"],
            ["After", "52.9 (11.3)", "34.7 (6.8)"],
            ["Group B", "", ""],
            ["Before", "55.5 (12.0)", "37.9 (7.9)"],
            ["After", "51.0 (10.3)", "35.7 (7.9)"],
        ],
        three,
    )
    assert [r.arm for r in found] == ["Group C"] * 2 + ["Group A"] * 4 + ["Group B"] * 4


def test_bare_numbers_of_a_table_of_percentages_are_percentages() -> None:
    found = read(
        [["Site", "Group A", "Group B"], ["Arch", "84.7", "87.6"], ["Wall", "78.3", "84.1"]],
        caption="Percentages of suitable images",
    )
    assert {r.centre for r in found} == {"percent"}


def test_bare_numbers_of_a_table_of_percentage_changes_are_no_percentages() -> None:
    rows = [["Site", "Group A", "Group B"], ["Arch", "84.7", "87.6"], ["Wall", "78.3", "84.1"]]
    assert read(rows, caption="Percentage of change in pain") == []


def test_a_name_in_the_middle_of_a_block_between_empty_lines_is_that_of_the_block() -> None:
    found = read(
        [
            ["Variable", "Group", "4 weeks", "8 weeks"],
            ["", "Group A", "4.9 ± 2.0", "4.0 ± 2.3"],
            ["Pain", "Group B", "4.8 ± 2.1", "4.1 ± 2.4"],
            ["", "P", "0.89", "0.67"],
            ["", "", "", ""],
            ["", "Group A", "14.9 ± 2.0", "14.0 ± 2.3"],
            ["", "Group B", "14.8 ± 2.1", "14.1 ± 2.4"],
            ["Mood", "", "", ""],
            ["", "P", "0.89", "0.67"],
        ],
        caption="Changes in pain and mood (mean ± SD)",
    )
    assert [r.outcome for r in found] == ["Pain"] * 4 + ["Mood"] * 4
    assert not any(r.change for r in found)


def test_a_name_in_the_first_row_of_its_block_holds_until_the_next() -> None:
    found = read(
        [
            ["Variable", "Group", "4 weeks"],
            ["Pain", "Group A", "4.9 ± 2.0"],
            ["", "Group B", "4.8 ± 2.1"],
            ["", "", ""],
            ["Mood", "Group A", "14.9 ± 2.0"],
            ["", "Group B", "14.8 ± 2.1"],
        ]
    )
    assert [r.outcome for r in found] == ["Pain"] * 2 + ["Mood"] * 2


@pytest.mark.parametrize("heads", [("Pain mean", "Pain SD"), ("Mean pain (day 1)", "Pain (day 1) SD±")])
def test_a_column_that_repeats_the_name_of_the_last_for_its_spread_is_joined_to_it(
    heads: tuple[str, str],
) -> None:
    found = read([["Group", *heads], ["Group A", "1.92", "0.88"], ["Group B", "2.53", "1.17"]])
    assert fields(found, "value", "spread", "spread_value") == [
        ("1.92", "sd", "0.88"),
        ("2.53", "sd", "1.17"),
    ]


def test_wide_heads_of_means_and_spreads_are_joined_column_by_column() -> None:
    found = read(
        [
            ["Group", "Mean pain", "<", "Pain SD", "<", "Mean mood", "<", "Mood SD", "<"],
            ["", "left", "right", "left", "right", "left", "right", "left", "right"],
            ["Group A", "1.92", "2.33", "0.88", "1.12", "11.92", "12.33", "10.88", "11.12"],
            ["Group B", "2.53", "2.43", "1.17", "1.22", "12.53", "12.43", "11.17", "11.22"],
        ],
        header_rows=2,
    )
    assert fields(found, "value", "spread", "spread_value")[:4] == [
        ("1.92", "sd", "0.88"),
        ("2.33", "sd", "1.12"),
        ("11.92", "sd", "10.88"),
        ("12.33", "sd", "11.12"),
    ]


def test_a_column_of_spreads_behind_words_belongs_to_the_numbers_before_them() -> None:
    found = read(
        [
            ["", "Mean pain", "Remark", "SD"],
            ["Group A", "42.8", "No remark", "20.0"],
            ["Group B", "37.9", "No remark", "21.3"],
        ]
    )
    assert fields(found, "value", "spread", "spread_value") == [
        ("42.8", "sd", "20.0"),
        ("37.9", "sd", "21.3"),
    ]


def test_the_sex_of_a_row_of_means_is_no_outcome() -> None:
    found = read(
        [
            ["Group", "Sex", "Mean VAS (1 h)", "VAS (1 h) SD"],
            ["Group A", "M", "1.92", "0.88"],
            ["^", "F", "2.53", "1.17"],
            ["Group B", "M", "2.26", "1.15"],
            ["^", "F", "2.67", "1.22"],
        ]
    )
    assert fields(found, "arm", "outcome", "population") == [
        ("Group A", "VAS", "subgroup:Sex M"),
        ("Group A", "VAS", "subgroup:Sex F"),
        ("Group B", "VAS", "subgroup:Sex M"),
        ("Group B", "VAS", "subgroup:Sex F"),
    ]


def test_a_value_over_several_rows_is_of_none_of_their_labels() -> None:
    found = read(
        [
            ["Group", "Sex", "Mean VAS (1 h)", "<"],
            ["Group A", "M", "1.92", "2.33"],
            ["^", "F", "2.53", "^"],
            ["Group B", "M", "2.26", "2.55"],
            ["^", "F", "2.67", "^"],
        ]
    )
    assert fields(found, "arm", "value", "population")[:3] == [
        ("Group A", "1.92", "subgroup:Sex M"),
        ("Group A", "2.33", ""),
        ("Group A", "2.53", "subgroup:Sex F"),
    ]


def test_the_sexes_counted_are_outcomes() -> None:
    found = read(
        [
            ["Sex, n (%)", "Group A", "Group B"],
            ["Male", "10 (50)", "12 (60)"],
            ["Female", "10 (50)", "8 (40)"],
        ]
    )
    assert [r.outcome for r in found[::2]] == ["Male", "Female"]


def test_a_sign_in_a_column_of_its_own_joins_the_numbers_beside_it() -> None:
    found = read(
        [
            ["Measure", "Group A", "<", "<", "Group B", "<", "<"],
            ["Pain (mm)", "19.4 *", "±", "2.7", "68.9", "±", "3.0"],
            ["Mood (mm)", "29.4", "±", "2.8", "58.9", "±", "3.1"],
        ],
        notes=("Means ± SEM are presented",),
    )
    assert fields(found, "arm", "value", "spread", "spread_value")[:2] == [
        ("Group A", "19.4", "se", "2.7"),
        ("Group B", "68.9", "se", "3.0"),
    ]
    assert len(found) == 4


def test_a_caption_of_changes_makes_no_changes_beside_baseline_values() -> None:
    found = read(
        [
            ["", "", "Group A", "Group B"],
            ["Pain", "Baseline", "9.6 (1.1)", "9.2 (1.1)"],
            ["^", "Final", "9.5 (1.1)", "9.3 (1.1)"],
            ["^", "Mean change", "-0.1 (0.8)", "0.1 (0.8)"],
        ],
        caption="Mean (SD) changes in pain from baseline to final",
    )
    assert [r.change for r in found] == [False] * 4 + [True] * 2
    assert [r.phase for r in found][:4] == ["baseline", "baseline", "", ""]


def test_a_head_over_all_groups_is_no_part_of_the_outcome() -> None:
    found = read(
        [
            ["", "Nerve block group", "<"],
            ["", "Group A", "Group B"],
            ["Pain", "9.6 ± 1.1", "9.2 ± 1.1"],
            ["Mood", "9.5 ± 1.1", "9.3 ± 1.1"],
        ],
        header_rows=2,
    )
    assert [r.outcome for r in found] == ["Pain", "Pain", "Mood", "Mood"]


def test_a_row_of_spreads_below_one_head_of_all_statistics_is_joined() -> None:
    found = read(
        [
            ["Group", "Number of turns", "<", "<", "<"],
            ["", "Mean", "<", "SD±", "<"],
            ["Group A", "0.19", "0.27", "0.46", "0.53"],
            ["Group B", "0.44", "0.46", "0.78", "0.73"],
        ],
        header_rows=2,
    )
    assert fields(found, "value", "spread", "spread_value")[:2] == [
        ("0.19", "sd", "0.46"),
        ("0.27", "sd", "0.53"),
    ]


def test_decimals_with_a_bracket_after_shares_stand_under_their_heading_no_more() -> None:
    found = read(
        [
            ["", "Group A (n = 30)", "Group B (n = 31)"],
            ["Stage", "", ""],
            ["I (%)", "81.3", "94.7"],
            ["II (%)", "18.7", "5.3"],
            ["Viral load", "5.05 (0.85)", "5.04 (0.55)"],
            ["Height", "157.7 (7.7)", "157.8 (8.3)"],
        ],
        notes=("mean (SD)",),
    )
    assert [r.outcome for r in found][-4:] == ["Viral load", "Viral load", "Height", "Height"]


@pytest.mark.parametrize(
    ("caption", "change"),
    [
        ("Comparison of turns, number of pushes, and changes in position", False),
        ("Mean changes in pain and reductions in dose", True),
        ("Changes in position (mean \u00b1 SD)", True),
    ],
)
def test_changes_named_beside_other_things_in_a_caption_make_no_changes(caption: str, change: bool) -> None:
    found = read([["", "Group A", "Group B"], ["Turns", "4.1 ± 1.2", "5.2 ± 1.1"]], caption=caption)
    assert {r.change for r in found} == {change}


def test_a_line_of_sizes_in_the_middle_keeps_the_groups_above() -> None:
    found = read(
        [
            ["", "Group A", "Group B"],
            ["Height, mean (SD)", "157.7 (7.7)", "157.8 (8.3)"],
            ["", "N = 5", "N = 6"],
            ["Pressure, mean (SD)", "132.1 (14.7)", "136.2 (19.1)"],
        ]
    )
    assert fields(found, "arm", "n")[2:] == [("Group A", "5"), ("Group B", "6")]


def test_whole_numbers_with_a_bracket_below_the_word_mean_are_means() -> None:
    found = read([["", "Group A", "Group B"], ["Mean pressure (mmHg)", "132 (14.7)", "136 (19.1)"]])
    assert fields(found, "centre", "value", "spread", "spread_value")[0] == ("mean", "132", "sd", "14.7")
    assert all("spread_assumed_sd" in r.flags for r in found)


def test_whole_numbers_with_a_bracket_below_no_word_may_be_counts() -> None:
    assert read([["", "Group A", "Group B"], ["Pressure", "32 (14.7)", "36 (19.1)"]]) == []
