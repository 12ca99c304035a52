"""Shapes of tables that were not read at all, or read under the wrong arm, time or sign."""

from __future__ import annotations

import pytest

from sonospine.extraction.arm_sizes import arm_sizes
from sonospine.extraction.arms import Arm, DocumentArms, find_arms
from sonospine.extraction.expressions import find_expressions, find_numbers
from sonospine.extraction.reading import Reading
from sonospine.extraction.tables import read_table_results
from sonospine.extraction.verification import verified
from sonospine.model.record import Cell, Passage, Record, Table
from sonospine.vocabulary import Vocabulary

TWO = DocumentArms((Arm("Group A", role="intervention"), Arm("Group B", role="comparator")))
ALONE = DocumentArms((), True)


def table(
    rows: list[list[str]], *, caption: str = "", notes: tuple[str, ...] = (), header_rows: int = 1
) -> Table:
    """Return a table; a row of one text spans the whole width."""
    width = max(len(row) for row in rows)
    grid = tuple(
        tuple(Cell(row[0], False, r, 0) for _ in range(width))
        if len(row) == 1
        else tuple(Cell(row[c] if c < len(row) else "", r < header_rows, r, c) for c in range(width))
        for r, row in enumerate(rows)
    )
    return Table("table/T1", "Table 1", caption, grid, notes, False, header_rows)


def read(
    rows: list[list[str]],
    arms: DocumentArms = TWO,
    *,
    caption: str = "",
    notes: tuple[str, ...] = (),
    header_rows: int = 1,
) -> list[Reading]:
    """Read a table and hold every reading against its place."""
    tab = table(rows, caption=caption, notes=notes, header_rows=header_rows)
    record = Record("pmc:PMC1", "pmc", tables=(tab,))
    found = read_table_results(record, tab, arms, decimal_comma=False)
    for reading in found:
        assert verified(record, reading, decimal_comma=False) is not None
    return found


def fields(found: list[Reading], *names: str) -> list[tuple[object, ...]]:
    return [tuple(getattr(r, name) for name in names) for r in found]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("\u2212 0.24 (\u2212 0.42; \u2212 0.06)", ["-0.24", "-0.42", "-0.06"]),
        ("(\u2212 0.5, 1.2)", ["-0.5", "1.2"]),
        ("3.4 \u2212 0.5", ["3.4", "0.5"]),
        ("0.3 (\u22120.1 to 0.7)", ["0.3", "-0.1", "0.7"]),
    ],
)
def test_a_minus_parted_by_a_space_is_the_sign_where_no_number_stands_before_it(
    text: str, values: list[str]
) -> None:
    assert [n.text for n in find_numbers(text)] == values


def test_a_column_of_weeks_gives_the_times_of_its_rows() -> None:
    found = read(
        [
            ["Variable", "Week", "Group A", "Group B"],
            ["Grip, kg", "12", "20 (3)", "19 (4)"],
            ["Grip, kg", "24", "22 (3)", "20 (4)"],
        ],
        caption="Values are mean (SD)",
    )
    assert fields(found, "arm", "weeks", "value") == [
        ("Group A", 12.0, "20"),
        ("Group B", 12.0, "19"),
        ("Group A", 24.0, "22"),
        ("Group B", 24.0, "20"),
    ]


def test_minutes_in_the_name_of_a_test_stay_in_its_name_beside_a_column_of_weeks() -> None:
    found = read(
        [
            ["Test", "Week", "Group A", "Group B"],
            ["Recall (0 min)", "12", "5 (1)", "4 (1)"],
            ["Recall (30 min)", "24", "3 (1)", "2 (1)"],
        ],
        caption="Mean (SD)",
    )
    assert fields(found, "outcome", "weeks")[::2] == [("Recall (0 min)", 12.0), ("Recall (30 min)", 24.0)]


def test_bare_numbers_under_a_head_of_time_are_minutes() -> None:
    found = read(
        [
            ["", "Time from the start (min)", "Time from the start (min)"],
            ["", "5", "10"],
            ["Group A", "120 \u00b1 8", "118 \u00b1 7"],
            ["Group B", "122 \u00b1 9", "121 \u00b1 6"],
        ],
        caption="Pulse during exercise",
        header_rows=2,
    )
    assert [(r.arm, r.time) for r in found] == [
        ("Group A", "5 minutes"),
        ("Group A", "10 minutes"),
        ("Group B", "5 minutes"),
        ("Group B", "10 minutes"),
    ]


def test_a_row_of_brackets_below_the_values_is_their_spread_where_the_caption_names_one() -> None:
    rows = [["Item", "Group A", "Group B"], ["Calm", "3.7", "3.1"], ["", "(1.1)", "(1.2)"]]
    found = read(rows, caption="Average and standard deviation of the items")
    assert fields(found, "value", "spread", "spread_value") == [("3.7", "sd", "1.1"), ("3.1", "sd", "1.2")]
    assert all(r.spread == "none" for r in read(rows, caption="Regression, standard errors robust"))


def test_codes_of_groups_in_the_fifth_column_are_the_arms() -> None:
    found = read(
        [
            ["", "", "", "MDI", "Group", "Mean change (6 months \u2013 baseline)"],
            ["Fitness"],
            ["", "Weight (kg)", "Weight (kg)", "1 kg", "I", "\u2212 0.9 (\u22121.5, \u22120.3)"],
            ["", "", "", "", "C", "0.3 (\u22120.4, 1.0)"],
        ],
        DocumentArms((Arm("intervention group"), Arm("control group"))),
        caption="Mean changes (95 % CI) in the intervention group (I; n = 40) and the control group (C; n = 42)",
    )
    assert fields(found, "arm", "value", "n", "change", "outcome") == [
        ("intervention group", "-0.9", "40", True, "Fitness, Weight (kg)"),
        ("control group", "0.3", "42", True, "Fitness, Weight (kg)"),
    ]


def test_conditions_in_the_first_column_are_the_arms() -> None:
    found = read(
        [
            ["Condition", "Variable", "After"],
            ["Heat", "Mass, kg", "68.8 \u00b1 7.5"],
            ["Heat + fan", "Mass, kg", "68.6 \u00b1 7.7"],
        ],
        ALONE,
    )
    assert [r.arm for r in found] == ["Heat", "Heat + fan"]


def test_baseline_rows_under_visits_are_baseline() -> None:
    found = read(
        [
            ["", "Visit 3 (one week)", "Visit 6 (12 weeks)"],
            ["Baseline, mm, mean \u00b1 SD", "71.3 \u00b1 14.7", "71.3 \u00b1 14.7"],
            ["Change, mm, mean \u00b1 SD", "-23.3 \u00b1 22.5", "-36.1 \u00b1 28.5"],
        ],
        ALONE,
        caption="Evolution of stiffness",
    )
    assert fields(found, "weeks", "change") == [(0.0, False), (0.0, False), (1.0, True), (12.0, True)]
    assert all("stiffness" in r.outcome for r in found)


def test_a_time_of_the_header_is_not_given_to_the_columns_without_one() -> None:
    found = read(
        [
            ["", "Total losses", "First day losses"],
            ["Group A", "3.9 \u00b1 2.4", "4.1 \u00b1 2.9"],
            ["Group B", "2.2 \u00b1 1.6", "1.8 \u00b1 1.8"],
        ],
        caption="Losses in total and on the first day",
    )
    assert [r.weeks is None for r in found] == [True, False, True, False]


def test_a_code_of_time_without_meaning_is_not_baseline_where_the_caption_goes_on() -> None:
    found = read(
        [["", "Group A", "Group B"], ["Skill", "17 \u00b1 3", "23 \u00b1 4"]],
        caption="Skill at baseline and after the course",
    )
    assert [r.phase for r in found] == ["", ""]


def test_a_list_of_abbreviations_in_a_note_is_known_by_its_form() -> None:
    found = read(
        [
            ["", "Group A", "Group B"],
            ["2XQ_L (kg)", "99 \u00b1 10", "86 \u00b1 3"],
            ["ZZd (m)", "5.7 \u00b1 0.4", "5.9 \u00b1 0.4"],
        ],
        notes=(
            "2XQ_L, heaviest lift with the left leg; ZZd and ZZn, long leap with either leg; QP, time to turn",
        ),
    )
    assert [r.outcome for r in found][::2] == [
        "2XQ_L [heaviest lift with the left leg] (kg)",
        "ZZd [long leap with either leg] (m)",
    ]


def test_a_head_with_the_unit_of_the_rows_names_what_they_measure() -> None:
    found = read(
        [
            ["Transit time (h)", "Treatment", "Week 3"],
            ["Left part", "Group A", "10.2 \u00b1 8.6"],
            ["Left part", "Group B", "12.1 \u00b1 9.5"],
        ]
    )
    assert {r.outcome for r in found} == {"Transit time (h), Left part"}


def test_a_population_as_a_section_is_not_the_outcome() -> None:
    found = read(
        [
            ["", "Change in VMI", "Change in VMI"],
            ["", "Mean", "SD"],
            ["Intention-to-treat", "", ""],
            ["Group A", "35.2", "21.7"],
            ["Group B", "9.9", "14.5"],
        ],
        header_rows=2,
    )
    assert {(r.outcome, r.population) for r in found} == {("Change in VMI", "itt")}


def test_columns_of_things_measured_are_no_arms(vocabulary: Vocabulary) -> None:
    tab = table(
        [
            ["Marker", "Factor X (ng/mL) n = 21", "Factor Y (nM) n = 20"],
            ["Baseline", "127 \u00b1 62", "92 \u00b1 24"],
        ]
    )
    text = "Factor X and factor Y were determined in all patients of the two centres."
    record = Record("pmc:PMC1", "pmc", tables=(tab,), passages=(Passage("body/s1p1", text, (), "methods"),))
    assert find_arms(record, vocabulary).arms == ()


def test_a_row_of_sizes_under_the_header_makes_its_columns_arms(vocabulary: Vocabulary) -> None:
    tab = table(
        [
            ["", "Control", "Cold", "Mild"],
            ["N", "10", "12", "11"],
            ["Age", "34 \u00b1 12", "35 \u00b1 9", "35 \u00b1 11"],
        ]
    )
    text = "Volunteers were randomly put into control, cold and mild conditions."
    record = Record("pmc:PMC1", "pmc", tables=(tab,), passages=(Passage("body/s1p1", text, (), "methods"),))
    arms = find_arms(record, vocabulary).arms
    assert {(a.label, a.n_randomised, a.n_locator) for a in arms} >= {
        ("Cold", "12", "table/T1:r1c2:0-2"),
        ("Mild", "11", "table/T1:r1c3:0-2"),
    }


def test_a_number_like_a_year_is_a_value_where_its_spread_follows_in_a_cell() -> None:
    found = find_expressions("1944 (1793) [5]")
    assert [(e.value, e.spread_value) for e in found] == [("1944", "1793")]
    assert not any(e.value == "1994" for e in find_expressions("as shown in 1994 (12)"))


def test_one_sentence_that_deals_out_the_patients_gives_sizes_and_an_event_does_not() -> None:
    dealt = "Pilot trial: 10 patients received X, and 4 patients received Y. More followed."
    assert [n for _, n, _, _ in arm_sizes(dealt, planned=False)] == ["10", "4"]
    assert list(arm_sizes("In the end 5 patients received X.", planned=False)) == []


def test_a_study_that_its_methods_call_uncontrolled_has_one_arm(vocabulary: Vocabulary) -> None:
    text = "This was a single-centre, open-label, uncontrolled study of one device in sore knees."
    record = Record("pmc:PMC1", "pmc", passages=(Passage("body/s1p1", text, (), "methods"),))
    assert find_arms(record, vocabulary).one_arm


def test_times_and_sizes_as_header_rows_of_numbers_are_read() -> None:
    found = read(
        [
            ["Time (months)", "0", "3"],
            ["N", "112", "111"],
            ["Stiffness, all items", "52.1 (15.2)", "20.4 (16.3)"],
        ],
        ALONE,
        caption="Results are given as mean (SD)",
        header_rows=2,
    )
    assert fields(found, "value", "time", "n", "n_locator") == [
        ("52.1", "0 months", "112", "table/T1:r1c1:0-3"),
        ("20.4", "3 months", "111", "table/T1:r1c2:0-3"),
    ]


def test_a_row_of_post_baseline_values_has_the_times_of_the_visits() -> None:
    found = read(
        [
            ["", "Visit 3 (one week)", "Visit 6 (12 weeks)"],
            ["Post-baseline, mm, mean \u00b1 SD", "48 \u00b1 20.8", "35 \u00b1 24.6"],
        ],
        ALONE,
        caption="Evolution of stiffness (0 = none, 100 = maximum stiffness)",
    )
    assert [r.weeks for r in found] == [1.0, 12.0]
    assert all("maximum" not in r.outcome and "stiffness" in r.outcome for r in found)


def test_counts_beside_means_are_told_by_the_percentages_of_one_total():
    rows = [["", "Group A", "Group B"]]
    rows += [["Age", "35.1 ± 5.4", "38.2 ± 5.2"]]
    rows += [
        ["Low", "4 (26.7)", "1 (6.7)"],
        ["Middle", "10 (66.7)", "11 (73.3)"],
        ["High", "1 (6.7)", "3 (20)"],
    ]
    found = read(rows, notes=("Data are mean ± standard deviation or frequency (percentage).",))
    assert [(r.centre, r.value, r.spread) for r in found if r.outcome == "Middle"] == [
        ("count", "10", "none"),
        ("count", "11", "none"),
    ]
    assert {(r.centre, r.spread) for r in found if r.outcome == "Age"} == {("mean", "sd")}


def test_whole_means_with_whole_spreads_are_no_counts():
    rows = [["", "Group A", "Group B"]]
    rows += [
        ["Height", "170 (9)", "168 (8)"],
        ["Weight", "71 (11)", "69 (12)"],
        ["Girth", "91 (14)", "88 (10)"],
    ]
    found = read(rows, notes=("Data are mean (standard deviation) or frequency (percentage).",))
    assert {(r.centre, r.spread) for r in found} == {("mean", "sd")}


SIZED = [
    ["", "Group A (n = 50)", "Group B (n = 52)"],
    ["Grip strength (kg), mean (SD)", "31.2 (4.1)", "30.1 (4.4)"],
    ["Pedometer (steps), mean (SD)", "812.2 (94.1)", "790.1 (84.4)"],
    ["XYZ-S (0-3), mean (SD)", "1.2 (0.4)", "1.4 (0.5)"],
]


def _sizes(found: list[Reading]) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for reading in found:
        told.setdefault(reading.outcome.split()[0], []).append(reading.n)
    return told


@pytest.mark.parametrize(
    "note",
    [
        "c n = 44 group A; n = 47 group B; some participants wore no pedometer.",
        "N group A/group B: Pedometer, 44/47; all others complete.",
    ],
)
def test_a_footnote_gives_the_people_behind_one_outcome(note):
    found = read(SIZED, notes=(note,))
    assert _sizes(found) == {"Grip": ["50", "52"], "Pedometer": ["44", "47"], "XYZ-S": ["50", "52"]}
    assert {r.n_locator.partition(":r")[0].rpartition(":")[0] for r in found if r.n in ("44", "47")} == {
        "table/T1:foot1"
    }


def test_a_footnote_may_give_the_people_of_one_arm_alone():
    found = read(SIZED, notes=("N: XYZ-S, 49 group B; Pedometer, 45/46 group A/group B.",))
    assert _sizes(found) == {"Grip": ["50", "52"], "Pedometer": ["45", "46"], "XYZ-S": ["50", "49"]}


def test_a_column_with_fewer_people_than_the_footnote_gives_is_a_part_of_the_arm():
    rows = [["", "Group A (n = 20)", "Group B (n = 22)"], *SIZED[1:]]
    found = read(rows, notes=("c n = 44 group A; n = 47 group B; some participants wore no pedometer.",))
    assert _sizes(found)["Pedometer"] == ["20", "22"]
