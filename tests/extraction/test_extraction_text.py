"""Sentences give results with outcome, arm and time, or give none."""

from __future__ import annotations

import pytest
from read_rows import rows

from sonospine.extraction.arms import find_arms
from sonospine.extraction.text import read_text
from sonospine.model.record import Passage, Record

TWO_GROUPS = "Sixty patients were randomised: Group A (n = 30) received heat, Group B (n = 31) received cold. Values are mean (SD)."


def test_each_value_has_the_group_named_before_it(read):
    found = read("The VAS score in group A was 2.3 ± 1.1 and in group B it was 3.4 ± 1.2.")
    assert rows(found, "arm", "value", "spread_value", "n") == [
        ("Group A", "2.3", "1.1", "30"),
        ("Group B", "3.4", "1.2", "31"),
    ]


def test_each_value_has_the_group_named_after_it(read):
    found = read("The VAS was 2.8±0.71 in group B and 3.4±0.89 in group A.")
    assert rows(found, "arm", "value") == [("Group B", "2.8"), ("Group A", "3.4")]


def test_values_in_brackets_follow_their_group(read):
    found = read("VAS was lower in group B (2.3 ± 1.0) than in group A (4.1 ± 1.2).")
    assert rows(found, "arm", "value") == [("Group B", "2.3"), ("Group A", "4.1")]


def test_respectively_pairs_groups_and_values_in_the_order_given(read):
    found = read("The mean VAS in groups B and A was 2.1 ± 0.5 and 3.9 ± 0.6, respectively.")
    assert rows(found, "arm", "value") == [("Group B", "2.1"), ("Group A", "3.9")]


def test_times_named_once_serve_both_outcomes_of_a_sentence_and_the_next_group(read):
    found = read(
        "In group A the VAS before and 2 and 4 weeks after treatment was 7.0±1.5, 4.3±1.2, and 2.6±0.9, and those of ODI were "
        "43.6±3.8, 36.5±3.5, and 21.4±2.4. In group B the VAS was 7.2±2.0, 4.3±1.7, and 2.5±1.0."
    )
    assert [r.weeks for r in found] == [0.0, 2.0, 4.0] * 3
    assert [r.phase for r in found][:2] == ["baseline", "follow_up"]
    assert [r.outcome for r in found] == ["VAS"] * 3 + ["ODI"] * 3 + ["VAS"] * 3
    assert [r.arm for r in found] == ["Group A"] * 6 + ["Group B"] * 3


def test_a_time_may_stand_before_each_value_in_a_bracket(read):
    text = "Against NRS at baseline (5.27 ± 0.45), pain scores fell (one week, 2.42 ± 0.50, P < 0.01; two weeks, 1.85 ± 0.73, P < 0.01)."
    found = read(text, "Twenty-six patients were treated.", "A single-arm study")
    assert rows(found, "arm", "value", "weeks", "phase", "n") == [
        ("all", "5.27", 0.0, "baseline", "26"),
        ("all", "2.42", 1.0, "follow_up", "26"),
        ("all", "1.85", 2.0, "follow_up", "26"),
    ]


def test_pairs_of_values_take_the_groups_in_the_order_that_the_sentence_declares(read):
    found = read(
        "The VAS was 5.9±0.8 against 6.0±0.9 before treatment and 2.2±1.0 against 2.5±1.4 at 1 week (group B against group A)."
    )
    assert rows(found, "arm", "value", "weeks") == [
        ("Group B", "5.9", 0.0),
        ("Group A", "6.0", 0.0),
        ("Group B", "2.2", 1.0),
        ("Group A", "2.5", 1.0),
    ]


def test_from_and_to_are_baseline_and_follow_up(read):
    found = read("In group A the mean VAS decreased from 7.2 to 3.1 at 12 weeks.")
    assert rows(found, "value", "phase", "weeks", "arm") == [
        ("7.2", "baseline", 0.0, "Group A"),
        ("3.1", "follow_up", 12.0, "Group A"),
    ]


def test_before_and_after_in_one_bracket_are_told_apart(read):
    found = read(
        "Pain fell (VAS, mean (SD), before/after [group A: 7.6 (2.2)/3.0 (1.7); group B: 7.2 (1.3)/5.2 (2.0)])."
    )
    assert rows(found, "arm", "value", "phase") == [
        ("Group A", "7.6", "baseline"),
        ("Group A", "3.0", "follow_up"),
        ("Group B", "7.2", "baseline"),
        ("Group B", "5.2", "follow_up"),
    ]


def test_the_second_value_of_a_comparison_is_the_other_group(read):
    found = read("Patients of group A had less pain at 1 week (VAS 2.1 ± 1.0 vs 3.0 ± 1.1).")
    assert rows(found, "arm", "value") == [("Group A", "2.1"), ("Group B", "3.0")]
    assert all(r.alternatives for r in found)


def test_an_arm_that_cannot_be_told_is_left_empty_and_flagged(read):
    found = read("The VAS was 2.1 ± 1.0 and 3.0 ± 1.1 at 1 week.")
    assert rows(found, "arm") == [("",), ("",)]
    assert all("arm_unclear" in r.flags for r in found)
    assert {a.value for a in found[0].alternatives} == {"Group A", "Group B"}


def test_a_difference_names_both_arms(read):
    (found,) = read(
        "At 4 weeks the difference in VAS between group B and group A was -1.2 (95% CI -2.0 to -0.4)."
    )
    assert (found.centre, found.value, found.lower, found.upper) == ("difference", "-1.2", "-2.0", "-0.4")
    assert (found.arm, found.comparator_arm) == ("Group B", "Group A")


def test_counts_with_a_total_have_the_outcome_that_people_had(read):
    found = read("Overall, 12/30 (40%) patients in group A and 5/31 (16%) patients in group B had nausea.")
    assert rows(found, "centre", "value", "total", "arm") == [
        ("count", "12", "30", "Group A"),
        ("count", "5", "31", "Group B"),
    ]


def test_one_patients_score_is_no_count_of_events(read):
    found = read("The ODI was 17/50. Strength was 4+/5.", "A 51-year-old man.", "A block: a case report")
    assert rows(found, "centre", "value", "total", "outcome") == [("single", "17", "", "ODI")]


def test_an_earlier_treatment_of_the_patient_is_no_result(read):
    text = "An earlier injection gave 50% pain reduction lasting for 4 months."
    assert read(text, "A 51-year-old man.", "A block: a case report") == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Smith et al. found a VAS of 3.2 ± 1.0 in group A.",
        "A previous study reported a mean VAS of 3.2 ± 1.0.",
        "A VAS of at least 50% pain relief was the criterion.",
        "The needle delivered 0.5% of a solution of 20 mL (Fig. 2).",
        "Results are listed in Table 2 and differed (P < 0.05).",
    ],
)
def test_other_studies_thresholds_and_references_are_no_results(read, sentence):
    assert read(sentence) == []


def test_introduction_methods_and_discussion_hold_no_results(vocabulary):
    text = "The VAS was 2.1 ± 1.0 in group A and 3.0 ± 1.1 in group B."
    passages = tuple(
        Passage(f"body/s{i}p1", text, (role,), role)
        for i, role in enumerate(["introduction", "methods", "discussion"], 1)
    )
    record = Record("file:x", "file", passages=passages)
    assert read_text(record, find_arms(record, vocabulary), vocabulary) == []


def test_a_spread_in_brackets_is_what_the_methods_say(read):
    (found, _) = read("The VAS was 2.1 (1.0) in group A and 3.0 (1.1) in group B.")
    assert (found.spread, found.spread_value) == ("sd", "1.0")
    assert "spread_from_methods" in found.flags


def test_a_plus_minus_is_a_standard_error_where_the_methods_say_so(read):
    methods = TWO_GROUPS.replace("mean (SD)", "mean ± SEM")
    (found, _) = read("The VAS was 2.1 ± 0.2 in group A and 3.0 ± 0.3 in group B.", methods)
    assert (found.spread, found.spread_value) == ("se", "0.2")


def test_values_without_a_nameable_outcome_are_not_read(read):
    assert read("It was 2.1 ± 1.0.") == []
