"""Each value of a list has the outcome that the sentence gives it."""

from __future__ import annotations

import pytest

TWO_GROUPS = "We randomised 40 patients to the heat group (n = 20) or the cold group (n = 20)."


@pytest.mark.parametrize(
    ("sentence", "outcomes"),
    [
        (
            "In the heat group, average and worst pain were 4.7 and 7.3.",
            {"4.7": "average pain", "7.3": "worst pain"},
        ),
        (
            "In the heat group, the least and average pain scores were 1.7 and 3.3.",
            {"1.7": "least pain scores", "3.3": "average pain scores"},
        ),
        (
            "Pain at rest and on movement was 2.1 and 4.3 in the heat group and 3.1 and 5.2 in the cold group.",
            {
                "2.1": "Pain at rest",
                "4.3": "Pain on movement",
                "3.1": "Pain at rest",
                "5.2": "Pain on movement",
            },
        ),
        (
            "VAS at rest and during movement were 2.1 and 4.3, respectively, in the heat group.",
            {"2.1": "VAS at rest", "4.3": "VAS during movement"},
        ),
        (
            "Pain at rest and pain on movement were 2.1 and 4.3 in the heat group.",
            {"2.1": "Pain at rest", "4.3": "pain on movement"},
        ),
        (
            "VAS and ODI were 2.1 and 24.3 in the heat group and 3.1 and 35.2 in the cold group.",
            {"2.1": "VAS", "24.3": "ODI", "3.1": "VAS", "35.2": "ODI"},
        ),
        (
            "Average and worst pain were 4.7 and 7.3 at baseline and 2.7 and 4.3 at 4 weeks in the heat group.",
            {"4.7": "Average pain", "7.3": "worst pain", "2.7": "Average pain", "4.3": "worst pain"},
        ),
    ],
)
def test_each_part_of_an_outcome_has_its_own_value(read, sentence, outcomes):
    found = read(sentence)
    assert {r.value: r.outcome for r in found} == outcomes
    assert all(r.arm for r in found)


def test_two_parts_do_not_divide_the_values_of_two_groups(read):
    found = read(
        "Average and worst pain were 4.7 and 7.3 in the heat group and the cold group, respectively."
    )
    assert {(r.value, r.arm) for r in found} == {("4.7", "heat group"), ("7.3", "cold group")}
    assert len({r.outcome for r in found}) == 1


def test_an_outcome_behind_each_pair_of_values_is_that_of_the_pair(read):
    found = read(
        "In the heat group scores improved from 62 to 38 for ODI, 60 to 44 for NDI and 6.7 to 3.2 for VAS at 4 weeks."
    )
    assert {(r.value, r.outcome, r.phase, r.arm) for r in found} == {
        (value, outcome, phase, "heat group")
        for outcome, *pair in (("ODI", "62", "38"), ("NDI", "60", "44"), ("VAS", "6.7", "3.2"))
        for value, phase in zip(pair, ("baseline", "follow_up"), strict=True)
    }


def test_a_pair_that_repeats_its_from_has_the_outcome_behind_it(read):
    found = read("In the heat group, scores changed from 62 to 38 for ODI, and from 6.7 to 3.2 for VAS.")
    assert {r.value: r.outcome for r in found} == {"62": "ODI", "38": "ODI", "6.7": "VAS", "3.2": "VAS"}


def test_words_behind_values_that_name_no_measurement_do_not_win_over_the_one_before(read):
    found = read(
        "In the heat group, VAS fell from 7.2 to 3.1 for the left side and from 6.1 to 3.3 for the right side."
    )
    assert {r.outcome for r in found} == {"VAS"}


def test_a_list_that_became_another_list_has_the_baseline_in_its_first_half(read):
    found = read("Back and leg pain decreased from 6.1 and 7.2 to 3.1 and 2.2 at 4 weeks in the heat group.")
    assert {(r.value, r.outcome.lower(), r.phase, r.arm) for r in found} == {
        ("6.1", "back pain", "baseline", "heat group"),
        ("7.2", "leg pain", "baseline", "heat group"),
        ("3.1", "back pain", "follow_up", "heat group"),
        ("2.2", "leg pain", "follow_up", "heat group"),
    }


def test_the_two_groups_behind_a_list_that_became_another_have_a_value_of_each_half(read):
    found = read(
        "VAS fell from 6.1 and 7.2 to 3.1 and 2.2 in the heat group and the cold group, respectively."
    )
    assert {(r.value, r.outcome, r.phase, r.arm) for r in found} == {
        ("6.1", "VAS", "baseline", "heat group"),
        ("7.2", "VAS", "baseline", "cold group"),
        ("3.1", "VAS", "follow_up", "heat group"),
        ("2.2", "VAS", "follow_up", "cold group"),
    }
