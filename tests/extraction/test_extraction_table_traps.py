"""Tables that were once misread, one kind of misreading a test."""

from __future__ import annotations

import pytest

from sonospine.extraction.arms import Arm, DocumentArms
from sonospine.extraction.reading import Reading
from sonospine.extraction.tables import read_table_results
from sonospine.extraction.verification import verified
from sonospine.model.record import Cell, Passage, Record, Table

TWO = DocumentArms((Arm("Group A", role="intervention"), Arm("Group B", role="comparator")))
NAMED = DocumentArms(
    (Arm("intervention group", role="intervention"), Arm("control group", role="comparator"))
)
NONE = DocumentArms(())


def read(
    rows: list[list[str]],
    arms: DocumentArms = TWO,
    *,
    caption: str = "",
    notes: tuple[str, ...] = (),
    header_rows: int = 1,
    text: str = "",
) -> list[Reading]:
    """Read a table; a row of one text spans the whole width."""
    width = max(len(row) for row in rows)
    grid = tuple(
        tuple(Cell(row[0], False, r, 0) for _ in range(width))
        if len(row) == 1
        else tuple(Cell(row[c] if c < len(row) else "", r < header_rows, r, c) for c in range(width))
        for r, row in enumerate(rows)
    )
    tab = Table("table/T1", "Table 1", caption, grid, notes, False, header_rows)
    passages = (Passage("body/s1p1", text, (), "methods"),) if text else ()
    record = Record("pmc:PMC1", "pmc", tables=(tab,), passages=passages)
    found = read_table_results(record, tab, arms, decimal_comma=False)
    for reading in found:
        assert verified(record, reading, decimal_comma=False) is not None
    return found


def rows(found: list[Reading], *fields: str) -> list[tuple[object, ...]]:
    return [tuple(getattr(r, f) for f in fields) for r in found]


def test_fractions_over_different_denominators_are_counts() -> None:
    found = read([["", "Group A (n = 10)", "Group B (n = 10)"], ["First success, joints", "32/37", "11/35"]])
    assert rows(found, "arm", "centre", "value", "total", "outcome") == [
        ("Group A", "count", "32", "37", "First success, joints"),
        ("Group B", "count", "11", "35", "First success, joints"),
    ]


def test_fractions_over_one_scale_are_no_counts() -> None:
    assert read([["", "Group A (n = 10)", "Group B (n = 10)"], ["ODI", "17/50", "10/50"]]) == []


def test_fractions_of_a_row_that_counts_people_are_counts() -> None:
    found = read([["", "Group A", "Group B"], ["Patients with success", "17/20", "10/20"]])
    assert rows(found, "centre", "value", "total") == [("count", "17", "20"), ("count", "10", "20")]


def test_decreases_over_several_times_are_changes() -> None:
    found = read(
        [["Time", "Group A (n = 22)", "Group B (n = 20)"], ["2 weeks", "2.61 ± 1.09", "1.88 ± 0.62"]],
        caption="Decrease of VAS from baseline, mean ± SD",
    )
    assert rows(found, "weeks", "change") == [(2.0, True), (2.0, True)]


def test_a_caption_of_changes_over_values_from_baseline_on_is_of_values() -> None:
    found = read(
        [
            ["Time", "Group A", "Group B"],
            ["Baseline", "7.61 ± 1.09", "7.88 ± 0.62"],
            ["2 weeks", "2.61 ± 1.09", "1.88 ± 0.62"],
        ],
        caption="Reduction of VAS, mean ± SD",
    )
    assert {r.change for r in found} == {False}


def test_codes_of_times_are_read_from_parallel_lists() -> None:
    found = read(
        [
            ["Group", "Weeks", "Weeks", "Weeks"],
            ["Group", "T1", "T2", "T8"],
            ["Group A", "5 ± 1", "4 ± 1", "2 ± 1"],
        ],
        caption="VAS by time, mean ± SD",
        notes=("T1, T2 and T8: 1, 2 and 8 weeks.",),
        header_rows=2,
    )
    assert rows(found, "weeks", "value") == [(1.0, "5"), (2.0, "4"), (8.0, "2")]
    assert found[0].outcome.startswith("VAS by time")


def test_the_name_of_a_group_is_no_time() -> None:
    found = read(
        [
            ["", "Group H0 (n = 50)", "Group H1 (n = 49)", "P"],
            ["Late time (2–24 h)"],
            ["Total events", "21 (42 %)", "11 (22 %)", "0.03"],
        ],
        DocumentArms((Arm("Group H0", role="comparator"), Arm("Group H1", role="intervention"))),
        notes=("Values are numbers (proportion).",),
    )
    assert rows(found, "arm", "value", "total") == [("Group H0", "21", "50"), ("Group H1", "11", "49")]
    assert "Total events" in found[0].outcome


def test_a_group_named_by_a_length_is_no_time() -> None:
    found = read(
        [["", "3 h group", "20 h group", "P"], ["Births, n (%)", "32 (43.2)", "22 (36.7)", "0.4"]], NONE
    )
    assert rows(found, "arm", "weeks", "value") == [("3 h group", None, "32"), ("20 h group", None, "22")]


def test_sections_that_come_again_under_each_time_are_groups() -> None:
    found = read(
        [
            ["", "Improved", "Improved", "Worse", "Worse"],
            ["Three months"],
            ["Best care"],
            ["5 points", "62", "(24)", "13", "(5)"],
            ["Exercise"],
            ["5 points", "82", "(36)", "5", "(2)"],
            ["12 months"],
            ["Best care"],
            ["5 points", "54", "(23)", "16", "(7)"],
            ["Exercise"],
            ["5 points", "70", "(32)", "11", "(5)"],
        ],
        caption="Numbers (%) of improved and worse patients",
    )
    told = {(r.arm, round(r.weeks or 0), r.outcome, r.value) for r in found if r.centre == "count"}
    assert ("Best care", 13, "5 points, Improved", "62") in told
    assert ("Exercise", 52, "5 points, Worse", "11") in told
    assert len(told) == 8


def test_rows_that_come_again_under_each_outcome_are_groups() -> None:
    found = read(
        [
            ["", "Rest", "Exercise"],
            ["Heart rate (%)"],
            ["Hot", "62.3 ± 1.7", "163.5 ± 2.2"],
            ["Hot + Cooling", "62.6 ± 1.2", "164.0 ± 3.0"],
            ["Power (%)"],
            ["Hot", "4.5 ± 2.3", "149.3 ± 20.0"],
            ["Hot + Cooling", "3.3 ± 2.8", "149.8 ± 29.8"],
        ],
        NONE,
        notes=("Values are mean ± SD.",),
    )
    assert {(r.arm, r.outcome) for r in found} == {
        (arm, f"{outcome}, {state}")
        for arm in ("Hot", "Hot + Cooling")
        for outcome in ("Heart rate", "Power")
        for state in ("Rest", "Exercise")
    }


def test_codes_of_groups_are_read_from_the_caption() -> None:
    found = read(
        [
            ["", "Group", "Mean (95% CI)"],
            ["Weight (kg)", "I", "−0.89 (−1.53, −0.25)"],
            ["", "C", "0.30 (−0.35, 0.95)"],
        ],
        NAMED,
        caption="Changes within the intervention group (I; n=104) and the control group (C; n=114)",
    )
    assert rows(found, "arm", "n", "value") == [
        ("intervention group", "104", "-0.89"),
        ("control group", "114", "0.30"),
    ]


def test_a_header_with_the_second_group_in_brackets_holds_for_pairs_of_values() -> None:
    found = read(
        [
            [
                "Variables",
                "Mean±SD of pre-test; Intervention (control)",
                "Mean±SD of post-test; Intervention (control)",
            ],
            ["Motivation", "3.03±1.47 (4.32±1.95)", "10.80±2.0 (4.90±1.88)"],
        ],
        NAMED,
    )
    assert rows(found, "arm", "value", "spread_value") == [
        ("intervention group", "3.03", "1.47"),
        ("control group", "4.32", "1.95"),
        ("intervention group", "10.80", "2.0"),
        ("control group", "4.90", "1.88"),
    ]


def test_names_that_should_span_their_columns_are_spread_over_them() -> None:
    found = read(
        [
            ["", "Group A", "Group B", "", "", ""],
            ["", "Mean", "SD", "Mean", "SD", "p Value"],
            ["Height (cm)", "154.86", "5.45", "153.43", "5.88", "0.239"],
        ],
        header_rows=2,
    )
    assert rows(found, "arm", "value", "spread", "spread_value") == [
        ("Group A", "154.86", "sd", "5.45"),
        ("Group B", "153.43", "sd", "5.88"),
    ]


def test_a_header_inside_the_table_keeps_the_groups_above() -> None:
    found = read(
        [
            ["", "Group A", "Group B", "P"],
            ["Parameter", "Mean (SD) at week 24", "Mean (SD) at week 24", "P"],
            ["Glucose", "5.1 (1.2)", "5.3 (1.1)", ".91"],
            ["", "Number of participants (%) at week 48", "Number of participants (%) at week 48", "P"],
            ["Syndrome", "7/71 (10%)", "11/78 (14%)", ".55"],
        ],
        header_rows=2,
    )
    counts = [r for r in found if r.centre == "count"]
    assert rows(counts, "arm", "value", "total", "weeks") == [
        ("Group A", "7", "71", 48.0),
        ("Group B", "11", "78", 48.0),
    ]


def test_a_section_of_counts_ends_at_a_row_of_means() -> None:
    found = read(
        [
            ["", "Group A (n = 50)", "Group B (n = 50)"],
            ["Sex, n (%)"],
            ["Male", "20 (40)", "22 (44)"],
            ["BMI, mean (SD)", "25.1 (3.2)", "25.3 (3.1)"],
        ]
    )
    assert [r.outcome for r in found] == ["Sex, Male", "Sex, Male", "BMI", "BMI"]


def test_a_section_between_times_names_what_was_counted() -> None:
    found = read(
        [
            ["", "Group A (n = 40)", "Group B (n = 40)"],
            ["After the procedure"],
            ["Pulse, mean ± SD", "83.4 ± 5.1", "81.9 ± 6.5"],
            ["Pain, by category:"],
            ["No pain", "14", "0"],
        ]
    )
    assert found[-1].outcome == "Pain, No pain"


@pytest.mark.parametrize(
    ("label", "text", "outcome"),
    [
        ("RM", "The Roland-Morris questionnaire (RM) was used.", "RM [Roland-Morris questionnaire]"),
        ("CRP", "C-reactive protein was low.", "CRP"),
    ],
)
def test_an_abbreviation_is_told_by_the_article(label: str, text: str, outcome: str) -> None:
    found = read([["", "Group A", "Group B"], [label, "5.1 ± 1.2", "5.3 ± 1.1"]], text=text)
    assert found[0].outcome == outcome


def test_a_list_after_an_abbreviation_is_not_its_meaning() -> None:
    found = read(
        [["", "Group A", "Group B"], ["VAS score", "5.1 ± 1.2", "5.3 ± 1.1"]],
        caption="Comparison of VAS, Cobb angle and ESR between groups",
    )
    assert found[0].outcome == "VAS score"


def test_a_list_of_short_forms_without_signs_is_understood() -> None:
    found = read(
        [["", "Group A (n = 50)", "Group B (n = 49)"], ["Total PONV, n (%)", "21 (42)", "11 (22)"]],
        notes=("PONV postoperative nausea and vomiting; BP back pain",),
    )
    assert found[0].outcome == "Total PONV [postoperative nausea and vomiting]"


def test_a_row_of_recruited_patients_holds_the_sizes() -> None:
    found = read(
        [
            ["", "Group A", "Group B"],
            ["Patients recruited, (n)", "74", "60"],
            ["Births, n (%)", "32 (43.2)", "22 (36.7)"],
        ]
    )
    assert rows(found, "value", "total") == [("32", "74"), ("22", "60")]


def test_the_header_over_arms_in_rows_names_the_outcome() -> None:
    found = read(
        [
            ["CGI-I response", "Proportion of responders", "P"],
            ["Group A", "62/99", "0.02"],
            ["Group B", "79/101", ""],
        ]
    )
    assert rows(found, "arm", "outcome", "value", "total") == [
        ("Group A", "CGI-I response, responders", "62", "99"),
        ("Group B", "CGI-I response, responders", "79", "101"),
    ]


def test_a_header_that_only_says_group_is_no_outcome() -> None:
    found = read(
        [
            ["Group", "VAS, mean ± SD", "ODI, mean ± SD"],
            ["Group A", "5.1 ± 1.2", "31 ± 9"],
            ["Group B", "5.0 ± 1.1", "30 ± 8"],
        ]
    )
    assert [r.outcome for r in found] == ["VAS", "ODI", "VAS", "ODI"]


def test_a_minus_glued_to_the_word_before_it_is_kept() -> None:
    found = read(
        [
            ["", "Group A", "Group B", "Mean difference (95% CI)"],
            ["NRS, mean (SD)", "4.79 (2.16)", "4.22 (1.97)", "-0.44 (-0.83 to-0.05)"],
        ]
    )
    assert rows(found, "value", "lower", "upper")[-1] == ("-0.44", "-0.83", "-0.05")


def test_a_difference_of_variances_is_no_mean_difference() -> None:
    found = read(
        [
            ["", "Difference (σi^2−σc^2)", "Group A change", "Group B change"],
            ["VAS (mm)", "13.0", "−19.1", "2.5"],
        ]
    )
    assert "13.0" not in [r.value for r in found]


def test_changes_without_a_time_count_to_the_one_follow_up_of_the_captions() -> None:
    found = read(
        [["", "Group A", "Group B"], ["VAS", "−19.1 ± 8.2", "2.5 ± 7.7"]],
        caption="Mean changes from baseline to 12 weeks",
    )
    assert rows(found, "weeks", "change") == [(12.0, True), (12.0, True)]
