"""Sentences that were once misread, one kind of misreading a test."""

from __future__ import annotations

import pytest
from read_rows import rows

from sonospine.extraction.arms import find_arms
from sonospine.extraction.text import read_text
from sonospine.model.record import Passage, Record

TWO_GROUPS = "Sixty patients were randomised: Group A (n = 30) received heat, Group B (n = 30) received cold."
ONE_GROUP = "Prospective single-arm study. Thirty-four patients had an injection."


# Arms


def test_each_of_two_counts_has_the_group_that_follows_it(read):
    found = read("The first puncture succeeded in 32 of 37 joints in group A and in 11 of 35 in group B.")
    assert rows(found, "arm", "value", "total", "centre") == [
        ("Group A", "32", "37", "count"),
        ("Group B", "11", "35", "count"),
    ]
    assert {r.outcome for r in found} == {"first puncture succeeded"}


def test_a_unit_of_one_word_does_not_part_two_values_from_their_groups(read):
    found = read("The intake was 10.0 ± 4.6 g in group A and 11.5 ± 4.7 g in group B.")
    assert rows(found, "arm", "value", "spread_value") == [
        ("Group A", "10.0", "4.6"),
        ("Group B", "11.5", "4.7"),
    ]


def test_a_count_without_a_predicate_has_the_outcome_that_stands_before_it(read):
    found = read("Puncture was accurate in 22 of 40 patients of group A and in 10 of 40 of group B.")
    assert rows(found, "arm", "value") == [("Group A", "22"), ("Group B", "10")]
    assert {r.outcome for r in found} == {"accurate"}


def test_the_patients_who_had_a_treatment_are_the_n_of_what_follows(read):
    found = read(
        "The VAS fell from 8.0±0.7 to 3.2±1.6. In the 21 patients who had PRP the VAS went from 8±0.67 to 0.89±1.23 at 6 weeks.",
        ONE_GROUP,
    )
    assert rows(found, "arm", "n", "value") == [
        ("all", "34", "8.0"),
        ("all", "34", "3.2"),
        ("PRP", "21", "8"),
        ("PRP", "21", "0.89"),
    ]
    assert {r.outcome for r in found} == {"VAS"}


# Changes


def test_a_fall_at_a_time_is_a_final_value(read):
    found = read(
        "Against the NRS at baseline (5.27 ± 0.45), pain fell at one week (2.42 ± 0.50) and two weeks (1.85 ± 0.73).",
        ONE_GROUP,
    )
    assert rows(found, "value", "change") == [("5.27", False), ("2.42", False), ("1.85", False)]


@pytest.mark.parametrize(
    "sentence",
    [
        "The VAS decreased by 2.61±1.09 and 1.88±0.62 at 2 weeks and by 3.67±1.03 and 3.13±0.62 at 4 weeks in groups A and B, respectively.",
        "The mean decrease in NRS was 3.78 at 30 minutes (P < 0.001), 2.64 at 2 weeks (P = 0.006) and 2.21 at 4 weeks in group A.",
        "In group A the VAS showed a decrease of –3.4±3.0, –3.1±3.1 and –2.8±3.4, in group B of –3.9±3.5, –3.4±2.8 and –2.3±3.4, at 2, 3 and 6 months.",
        "The change in VAS was 3.1 ± 1.0 in group A and 2.2 ± 0.9 in group B.",
        "VAS was reduced by 3.1 ± 1.0 in group A and 2.2 ± 0.9 in group B.",
    ],
)
def test_every_value_of_a_list_of_changes_is_a_change(read, sentence):
    found = read(sentence)
    assert len(found) >= 2
    assert all(r.change for r in found)


@pytest.mark.parametrize(
    "sentence",
    [
        "The VAS decreased from 7.2±1.1 to 3.1±0.9 in group A.",
        "The VAS improved to 3.1±0.9 at 4 weeks in group A.",
        "The VAS was significantly reduced in group A (3.1±0.9 at 4 weeks).",
        "The VAS score was lower in group A (3.1 ± 0.9) than in group B (4.2 ± 1.0).",
        "ODI 34.81 ± 4.92 decreased at 12 weeks compared to 71.12 ± 2.50 in group A.",
    ],
)
def test_a_value_reached_by_a_fall_is_no_change(read, sentence):
    found = read(sentence)
    assert found
    assert not any(r.change for r in found)


# Times


def test_the_one_follow_up_time_of_the_methods_is_that_of_a_result_that_names_none(read):
    methods = f"{ONE_GROUP} They were examined before and 1 week after."
    found = read("The VAS fell from 9.2±1.4 to 3.7±0.1 (n = 17).", methods)
    assert rows(found, "phase", "weeks") == [("baseline", 0.0), ("follow_up", 1.0)]
    assert "time_from_methods" in found[1].flags
    assert "time_from_methods" not in found[0].flags


def test_two_follow_up_times_of_the_methods_tell_nothing(read):
    methods = f"{ONE_GROUP} They were examined before and 1 and 4 weeks after."
    found = read("The VAS fell from 9.2±1.4 to 3.7±0.1 (n = 17).", methods)
    assert rows(found, "phase", "weeks") == [("baseline", 0.0), ("follow_up", None)]


def test_a_time_that_closes_a_sentence_serves_every_outcome_of_it(read):
    found = read("The VAS fell from 61.2 to 25.8 and the ODI from 19.5 to 10.3 at 2 weeks.", ONE_GROUP)
    assert rows(found, "value", "weeks") == [("61.2", 0.0), ("25.8", 2.0), ("19.5", 0.0), ("10.3", 2.0)]


def test_from_one_value_to_two_has_a_time_for_each_of_the_two(read):
    found = read("The NDI fell from 24.91±7.64 to 6.29±5.87 and 4.35±4.14 at 1 and 3 months.", ONE_GROUP)
    assert [(r.value, r.phase, round(r.weeks or 0, 2)) for r in found] == [
        ("24.91", "baseline", 0.0),
        ("6.29", "follow_up", 4.34),
        ("4.35", "follow_up", 13.04),
    ]


def test_codes_of_times_mean_what_the_methods_say(read):
    methods = f"{TWO_GROUPS} The VAS was taken before treatment (T0), at 2 weeks (T1) and at 4 weeks (T2)."
    found = read("The VAS in group A was 7.1±1.0 at T0, 4.2±1.1 at T1 and 3.1±0.9 at T2.", methods)
    assert rows(found, "time", "weeks") == [("T0", 0.0), ("T1", 2.0), ("T2", 4.0)]


def test_a_bare_list_of_times_keeps_its_unit(read):
    found = read("The VAS in group A was 7.1±1.0, 4.2±1.1 and 3.1±0.9 at 2, 3 and 6 months.")
    assert [round(r.weeks or 0, 1) for r in found] == [8.7, 13.0, 26.1]


# Counts


def test_lists_of_people_are_counts(read):
    found = read(
        "A VAS reduction of 3 points or more was seen in 8, 9, 9, and 9 patients of group A and in 5, 6, 5, and 5 of group B at "
        "30 min, 1 day, 2 days and 6 weeks, respectively."
    )
    assert [(r.arm, r.value, r.centre, r.total, r.time) for r in found] == [
        (arm, value, "count", "30", time)
        for arm, values in (("Group A", "8999"), ("Group B", "5655"))
        for value, time in zip(values, ("30 min", "1 day", "2 days", "6 weeks"), strict=True)
    ]


def test_a_threshold_is_no_result(read):
    assert read("A VAS reduction of 3 points or more was the aim in group A.") == []


# Two instruments


def test_two_instruments_named_together_have_one_value_each(read):
    found = read(
        "VAS and ODI were 8.33±0.29 cm and 49.63±1.28% at baseline, respectively. After 6 sessions they were 4.33±3.75 and 21.48±19.42.",
        ONE_GROUP,
    )
    assert rows(found, "outcome", "value") == [
        ("VAS", "8.33"),
        ("ODI", "49.63"),
        ("VAS", "4.33"),
        ("ODI", "21.48"),
    ]


def test_the_length_of_follow_up_is_no_score(read):
    found = read("The NRS was 4.04±2.51 at discharge. Mean follow-up was 16.9±13.4 weeks.", ONE_GROUP)
    assert [r.value for r in found if r.outcome == "NRS"] == ["4.04"]


def test_half_of_a_number_with_a_decimal_comma_is_no_result(read):
    assert read("The VAS improved by 3,1 and 2,1 points in groups A and B, respectively.") == []


def test_a_count_does_not_inherit_the_score_of_the_sentence_before(read):
    found = read("The NDI went from 15.8 to 6.2. Thirty-two of 39 (82.1%) improved.", ONE_GROUP)
    assert rows(found, "outcome", "value")[-1] == ("improved", "32")


def test_the_times_that_only_the_abstract_names_are_listed_without_a_value(vocabulary):
    passages = (
        Passage(
            "abstract/METHODS",
            "The NRS was asked one, four and twelve weeks after the injection.",
            ("METHODS",),
            "methods",
        ),
        Passage(
            "body/s1p1",
            "The NRS was recorded one, two and twelve weeks after the injection.",
            ("Methods",),
            "methods",
        ),
        Passage("body/s2p1", "The NRS was 3.1 ± 0.4 at two weeks.", ("Results",), "results"),
    )
    record = Record("file:made", "file", title="A single-arm study", passages=passages)
    found = read_text(record, find_arms(record, vocabulary), vocabulary)
    assert [(r.source, r.centre, r.value, r.weeks) for r in found if r.centre == "none"] == [
        ("abstract", "none", "", 4.0)
    ]
    alone = Record("file:made", "file", title="A single-arm study", passages=passages[:1])
    assert read_text(alone, find_arms(alone, vocabulary), vocabulary) == []


def test_a_bracket_that_divides_events_between_two_groups_gives_counts(read):
    found = read("There were 54 live births (32 in group A and 22 in group B).")
    assert rows(found, "outcome", "arm", "value", "centre") == [
        ("live births", "Group A", "32", "count"),
        ("live births", "Group B", "22", "count"),
    ]
    assert read("There were 53 live births (32 in group A and 22 in group B).") == []


def test_the_number_of_patients_with_something_is_a_count(read):
    found = read("The number of patients requiring extra fentanyl in group A was 8 and in group B was 16.")
    assert rows(found, "arm", "value", "centre", "total") == [
        ("Group A", "8", "count", "30"),
        ("Group B", "16", "count", "30"),
    ]


def test_what_nobody_had_nobody_of_any_arm_had(read):
    found = read("No adverse events were observed during the study.")
    assert rows(found, "arm", "value", "total", "flags") == [
        ("Group A", "0", "30", ("of_every_arm", "total_from_arm")),
        ("Group B", "0", "30", ("of_every_arm", "total_from_arm")),
    ]
    assert read("No significant difference in pain was observed between the groups.") == []


def test_a_unit_may_part_a_mean_from_its_named_spread(read):
    found = read("At 12 weeks the VAS was 52.0 mm (SD = 29.2) in group A and 56.7 mm (SE 2.6) in group B.")
    assert rows(found, "arm", "value", "spread", "spread_value") == [
        ("Group A", "52.0", "sd", "29.2"),
        ("Group B", "56.7", "se", "2.6"),
    ]


def test_people_with_their_percentage_had_what_the_verb_says(read):
    found = read("At the four-week assessment, 19 patients (63%) in group B had complete relief of pain.")
    assert rows(found, "outcome", "arm", "value") == [("complete relief of pain", "Group B", "19")]


def test_a_unit_of_several_parts_does_not_part_two_values_from_their_groups(read):
    found = read("The radiation dose was 20.3±9.0 mGy.cm for group A and 42.6±36.1 mGy.cm for group B.")
    assert rows(found, "arm", "value", "outcome") == [
        ("Group A", "20.3", "radiation dose"),
        ("Group B", "42.6", "radiation dose"),
    ]
