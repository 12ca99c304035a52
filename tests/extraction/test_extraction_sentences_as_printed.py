"""Sentences as results sections print them: bare pairs, test statistics, lists in brackets, arms behind several values."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from read_rows import rows

from sonospine.extraction.arms import find_arms
from sonospine.extraction.reading import Reading
from sonospine.extraction.text import read_text
from sonospine.model.record import Record
from sonospine.vocabulary import Vocabulary

TWO_GROUPS = (
    "Sixty adults were randomly allocated to group A (hot pack, n = 30) or group B (cold pack, n = 31)."
)
Read = Callable[..., list[Reading]]


@pytest.mark.parametrize("against", ["vs.", "vs", "versus", "and"])
def test_both_of_two_bare_values_are_read(read: Read, against: str) -> None:
    found = read(f"The mean VAS score was lower in group A than in group B (2.3 {against} 3.6; p = 0.01).")
    assert rows(found, "arm", "value") == [("Group A", "2.3"), ("Group B", "3.6")]


@pytest.mark.parametrize("unit", ["mg", "mL", "V", "patients", "weeks"])
def test_a_number_before_a_dose_or_people_stays_no_result(read: Read, unit: str) -> None:
    assert read(f"The mean VAS of group A was 12 {unit} in the end.") == []


@pytest.mark.parametrize(
    "told",
    [
        "There was an effect of time on the VAS (F(3,56) = 4.18, p = 0.01).",
        "There was an effect of time on the VAS (F3,56 = 4.18, p = 0.01).",
        "The VAS of both groups differed (t(47) = 2.11; p = 0.04).",
        "The VAS differed at both times (F = 13.2 and 9.4, p < 0.05).",
        "The VAS fell in all (Figures 5 and 6).",
        "VAS and course of participants 8 and 15 are not explained by this.",
        "The VAS did not differ (p-values of the tests: 1.000, 0.06).",
        "The VAS differed at rest and in motion (P = 0.009 and 0.031, respectively).",
        "The VAS was rated with 0 standing for 'none' and 10 for 'the worst imaginable'.",
        "An effect was seen for the VAS [F (2, 23) = 106.8, p < 0.01].",
        "The VAS goes from 0 meaning no pain to 10 meaning the worst.",
    ],
)
def test_statistics_of_tests_marks_and_ends_of_scales_are_no_results(read: Read, told: str) -> None:
    assert read(told) == []


def test_what_a_score_is_out_of_is_no_score(read: Read) -> None:
    found = read(
        "The mean VAS of group A was 0.6 (± 0.1) out of 10 and in group B it was 0.9 (± 0.2) out of 10."
    )
    assert rows(found, "arm", "value", "spread_value") == [
        ("Group A", "0.6", "0.1"),
        ("Group B", "0.9", "0.2"),
    ]


def test_the_first_of_two_percentages_is_no_score(read: Read) -> None:
    found = read("Adverse events were back pain (11 vs. 8%) and neck pain (0 vs. 13 %).")
    assert not [r for r in found if r.centre == "mean"]


def test_a_group_behind_a_value_in_brackets_is_its_own_where_another_outcome_follows(read: Read) -> None:
    found = read(
        "There were no differences in NRS (5 ± 1 in group B vs. 5.6 ± 2 in group A, P > 0.05), VAS (3.1 ± 1.2 in group B vs. "
        "3.9 ± 1.1 in group A, P > 0.05) and ODI (21 ± 9 in group B vs. 25 ± 8 in group A) after 2 weeks."
    )
    assert rows(found, "arm", "value") == [
        ("Group B", "5"),
        ("Group A", "5.6"),
        ("Group B", "3.1"),
        ("Group A", "3.9"),
        ("Group B", "21"),
        ("Group A", "25"),
    ]


def test_a_value_that_is_read_with_its_spread_and_its_bounds_is_one_value_of_a_list(read: Read) -> None:
    found = read(
        "At 2 h the mean NRS in group A and B was 1 and 0. At 8 h it was 4.2 ± 2.3 (6.2-3.5) and 1.6 ± 1.1 (2.6-0.8)."
    )
    assert rows(found, "arm", "value")[:2] == [("Group A", "1"), ("Group B", "0")]
    assert {("Group A", "4.2"), ("Group B", "1.6")} == set(rows(found, "arm", "value")[2:])


TREATED = "Sixty adults were randomly allocated to the treatment group (hot pack, n = 30) or the control group (n = 31)."


def test_the_treatment_that_a_time_counts_from_is_no_group(read: Read) -> None:
    found = read(
        "The mean VAS before and after the treatment was 7.1 ± 1.9 and 2.3 ± 1.7, respectively, in the treatment group.",
        TREATED,
    )
    assert rows(found, "arm", "value", "phase") == [
        ("treatment group", "7.1", "baseline"),
        ("treatment group", "2.3", "follow_up"),
    ]


def test_differences_between_baseline_and_a_later_time_are_changes_at_the_later_time(read: Read) -> None:
    found = read(
        "Respective differences in VAS between baseline and 2 weeks in groups A and B were -1.6 ± 1.7 and -0.3 ± 0.7 (p = 0.01), "
        "and between baseline and 4 weeks in groups A and B were -1.9 ± 1.1 and -0.4 ± 0.6 (p = 0.02)."
    )
    assert [(r.arm, r.value, r.weeks, r.change, r.centre) for r in found] == [
        ("Group A", "-1.6", 2.0, True, "mean"),
        ("Group B", "-0.3", 2.0, True, "mean"),
        ("Group A", "-1.9", 4.0, True, "mean"),
        ("Group B", "-0.4", 4.0, True, "mean"),
    ]


def test_two_names_of_the_baseline_are_one_time_of_a_list(read: Read) -> None:
    found = read(
        "In group A the VAS at baseline before treatment, 2 weeks and 4 weeks was 5.0 ± 1.2, 3.3 ± 1.5 and 3.4 ± 1.5."
    )
    assert rows(found, "value", "weeks") == [("5.0", 0.0), ("3.3", 2.0), ("3.4", 4.0)]


def test_a_time_without_length_and_one_with_a_length_are_two_times_of_a_list(read: Read) -> None:
    found = read(
        "In group A the VAS at baseline, post-intervention, 2-week follow-up, and 4-week follow-up was 5.0 ± 1.2, 3.3 ± 1.5, "
        "3.4 ± 1.5 and 3.5 ± 1.4, respectively."
    )
    assert rows(found, "value", "weeks") == [("5.0", 0.0), ("3.3", None), ("3.4", 2.0), ("3.5", 4.0)]


def test_a_value_that_is_followed_by_the_one_it_started_from_is_the_later_one(read: Read) -> None:
    found = read(
        "After 5 weeks, in group A the mean VAS decreased to 5.4 from 7.6 and in group B to 5.2 from 7.5."
    )
    assert rows(found, "arm", "value", "phase", "weeks") == [
        ("Group A", "5.4", "follow_up", 5.0),
        ("Group A", "7.6", "baseline", 0.0),
        ("Group B", "5.2", "follow_up", 5.0),
        ("Group B", "7.5", "baseline", 0.0),
    ]


def test_a_time_that_values_are_compared_with_is_not_theirs(read: Read) -> None:
    found = read(
        "After the injection the mean VAS was 0.7 ± 1.3 in group A and 2.4 ± 1.2 in group B, a significant difference "
        "compared to the time before the injection."
    )
    assert rows(found, "value", "phase") == [("0.7", "follow_up"), ("2.4", "follow_up")]


def test_a_minus_that_is_glued_to_a_verb_is_a_sign(read: Read) -> None:
    found = read(
        "The mean changes of VAS scores for low back pain from baseline were-23.4 ± 17.5 in group A and-21.1 ± 17.6 in group B."
    )
    assert [(r.arm, r.value, r.change, r.phase) for r in found] == [
        ("Group A", "-23.4", True, ""),
        ("Group B", "-21.1", True, ""),
    ]


def test_two_roles_before_one_noun_are_two_groups(read: Read) -> None:
    found = read(
        "The mean VAS in the intervention and control groups was 2.1 ± 0.5 and 3.9 ± 0.6, respectively.",
        "Sixty adults were randomly allocated to the warmth group (n = 30) or the control group (n = 31).",
    )
    assert rows(found, "arm", "value") == [("warmth group", "2.1"), ("control group", "3.9")]


def test_a_fall_takes_the_time_that_the_sentence_before_spoke_of(read: Read) -> None:
    found = read("Both groups were better after 5 weeks. In group A the mean VAS decreased from 7.6 to 5.4.")
    assert rows(found, "value", "weeks") == [("7.6", 0.0), ("5.4", 5.0)]


def test_the_part_that_a_definition_says_was_treated_tells_no_group(
    record_of: Callable[..., Record], vocabulary: Vocabulary
) -> None:
    record = record_of(
        "In the exercise group the mean NRS fell to 3.1 ± 1.0. Shoulder NRS was 2.2 ± 0.9 at 6 weeks.",
        "Patients were randomised to the mobilisation group (n = 30; gentle gliding and traction on the shoulder joint) or the exercise group (n = 30; pulleys).",
        title="Mobilisation against exercise for the stiff shoulder",
    )
    found = read_text(record, find_arms(record, vocabulary), vocabulary)
    assert "mobilisation group" not in {r.arm for r in found}


def test_groups_at_one_time_are_not_those_of_before_and_after(read: Read) -> None:
    found = read(
        "At 2 weeks the VAS was 2.1 ± 0.5 and 3.9 ± 0.6 in groups A and B. The NRS was 7.1 ± 1.9 and 2.3 ± 1.7 before and after treatment."
    )
    assert rows(found, "arm", "value")[2:] == [("", "7.1"), ("", "2.3")]


def test_a_study_that_wishes_for_a_randomised_one_has_one_arm(
    record_of: Callable[..., Record], vocabulary: Vocabulary
) -> None:
    record = record_of(
        "The mean VAS fell from 6.1 ± 1.2 to 3.0 ± 1.1 after 6 weeks. A randomised controlled trial is needed.",
        "Forty-four patients with low back pain had eight sessions of exercise.",
        title="Exercise for low back pain: a prospective study",
    )
    assert find_arms(record, vocabulary).one_arm


def test_a_group_is_called_by_the_short_form_of_what_it_had(read: Read) -> None:
    found = read(
        "The mean NRS was 3.1 ± 1.0 in the BLQ group and 4.0 ± 1.2 in the placebo group.",
        "Patients were randomised to quinolate (n = 30) or placebo (n = 31). The patch of quinolate (BLQ) was worn for a week. "
        "The quinolate group and the placebo group were alike. A buccal layer of quinolate (BLQ) was used.",
    )
    assert len({r.arm for r in found}) == 2
    assert "" not in {r.arm for r in found}


def test_bounds_behind_a_unit_are_no_values(read: Read) -> None:
    found = read(
        "The mean VAS was lower in group A than in group B one day after surgery (34 mm (0 to 80) vs 49 mm (0 to 90), p = 0.01)."
    )
    assert rows(found, "arm", "value") == [("Group A", "34"), ("Group B", "49")]


def test_the_group_that_another_is_held_against_has_the_second_value(read: Read) -> None:
    found = read(
        "The patients reported less pain on the VAS compared with group B (2.1, SD 1.2 vs 2.9, SD 1.3)."
    )
    assert rows(found, "arm", "value") == [("Group A", "2.1"), ("Group B", "2.9")]


def test_a_relative_clause_ends_what_a_value_can_belong_to(read: Read) -> None:
    found = read(
        "The mean NRS was 2.7 (SD = 2.3) at 30 minutes and 2.2 (SD = 1.8) at 2 hours in group A that was significantly lower than "
        "the mean NRS in group B as 4.5 (SD = 2.4) at 30 minutes and 3.9 (SD = 2.2) at 2 hours."
    )
    assert rows(found, "arm", "value") == [
        ("Group A", "2.7"),
        ("Group A", "2.2"),
        ("Group B", "4.5"),
        ("Group B", "3.9"),
    ]
    assert [round((r.weeks or 0) * 168, 1) for r in found] == [0.5, 2.0, 0.5, 2.0]


def test_a_group_behind_values_at_several_times_has_all_of_them(read: Read) -> None:
    found = read(
        "The VAS was 6.8 ± 0.9 before first therapy, 2.8 ± 0.9 after first therapy, and 1.8 ± 0.7 after third therapy in case of group A, "
        "whereas the figures were estimated to be 7.2 ± 1.3 before first therapy, 4.6 ± 0.6 after first therapy, and 2.8 ± 0.8 after "
        "third therapy in case of group B."
    )
    assert rows(found, "arm", "value") == [
        ("Group A", "6.8"),
        ("Group A", "2.8"),
        ("Group A", "1.8"),
        ("Group B", "7.2"),
        ("Group B", "4.6"),
        ("Group B", "2.8"),
    ]
    assert [r.phase for r in found] == ["baseline", "follow_up", "follow_up"] * 2


def test_a_pair_for_each_of_several_times_gives_each_group_each_time(read: Read) -> None:
    found = read(
        "Group A had significantly lower mean VAS scores at 18, 20, and 22 hours than group B (6 mm (0 to 40) vs 21 mm (0 to 70), "
        "p = 0.0019, 8 mm (0 to 40) vs 24 mm (0 to 80), p = 0.0033, and 12 mm (0 to 50) vs 25 mm (0 to 90), p = 0.046, respectively)."
    )
    assert [(r.arm, r.value, round((r.weeks or 0) * 168)) for r in found] == [
        ("Group A", "6", 18),
        ("Group B", "21", 18),
        ("Group A", "8", 20),
        ("Group B", "24", 20),
        ("Group A", "12", 22),
        ("Group B", "25", 22),
    ]


def test_between_two_groups_is_no_range(read: Read) -> None:
    found = read("The mean VAS was different between group A and group B (5.7 vs. 4.5; p = 0.006).")
    assert rows(found, "arm", "value") == [("Group A", "5.7"), ("Group B", "4.5")]
    assert read("The mean VAS was between 3 and 5 in group A.") == []


def test_a_sentence_without_a_group_speaks_of_the_group_that_the_one_before_began_with(read: Read) -> None:
    found = read(
        "In group A the mean VAS decreased from 7.6 to 5.4. The ODI decreased from 43.1 to 30.2. In group B the mean VAS decreased "
        "from 7.5 to 5.2. The ODI decreased from 42.0 to 28.8."
    )
    assert rows(found, "arm", "value")[2:4] == [("Group A", "43.1"), ("Group A", "30.2")]
    assert rows(found, "arm", "value")[6:] == [("Group B", "42.0"), ("Group B", "28.8")]
    assert [("arm_from_sentence_before" in r.flags) for r in found] == [False, False, True, True] * 2


def test_a_sentence_without_values_tells_the_group_of_the_one_behind_it(read: Read) -> None:
    found = read(
        "The VAS improved at 2 and 4 weeks in group A. The VAS at baseline, 2 weeks and 4 weeks was 5.0 ± 1.2, 3.3 ± 1.5 and 3.4 ± 1.5."
    )
    assert {r.arm for r in found} == {"Group A"}


@pytest.mark.parametrize(
    "behind",
    [
        "The mean VAS of all patients was 4.4 ± 1.0.",
        "The VAS was 4.4 ± 1.0 and 3.1 ± 1.2.",
        "Between the groups the VAS was 4.4 ± 1.0.",
    ],
)
def test_a_sentence_about_several_has_no_group_from_the_one_before(read: Read, behind: str) -> None:
    found = read(f"In group A the VAS at 2 weeks was 4.1 ± 1.1. {behind}")
    assert {r.arm for r in found[1:]} == {""}


def test_a_difference_behind_two_values_does_not_take_the_group_of_the_second(read: Read) -> None:
    found = read(
        "The mean change in RMDQ was 0.5 (SD 5.0) in group A and 1.6 (SD 5.6) in group B (mean difference, -1.2; 95% CI, -2.1 to -0.3)."
    )
    assert rows(found, "arm", "value")[:2] == [("Group A", "0.5"), ("Group B", "1.6")]


def test_two_groups_set_against_each_other_have_the_values_in_that_order_among_three(read: Read) -> None:
    found = read(
        "Group A had a lower VAS after surgery than group B (3.4 ± 1.0 vs 4.9 ± 1.1).",
        "Ninety adults were randomised to group A (heat, n = 30), group B (cold, n = 30) or group C (nothing, n = 30).",
    )
    assert rows(found, "arm", "value") == [("Group A", "3.4"), ("Group B", "4.9")]


def test_people_with_their_share_are_no_score(read: Read) -> None:
    assert not [
        r
        for r in read("VAS above 5 did not differ between group A (20; 45.7%) and group B (18; 42.2%).")
        if r.centre == "mean"
    ]


def test_each_bracket_behind_a_group_holds_its_value_though_a_difference_is_spoken_of(read: Read) -> None:
    found = read(
        "Despite the difference in the NRS in group B (2.7 ± 1.8) and group A (5.0 ± 1.0), nothing was significant before treatment."
    )
    assert [(r.arm, r.value, r.centre) for r in found] == [
        ("Group B", "2.7", "mean"),
        ("Group A", "5.0", "mean"),
    ]


def test_a_number_before_preoperatively_is_a_value(read: Read) -> None:
    found = read("In group A the NDI improved from median 36 preoperatively to 30 after 2 years.")
    assert rows(found, "value", "phase", "weeks") == [("36", "baseline", 0.0), ("30", "follow_up", 104.28)]
