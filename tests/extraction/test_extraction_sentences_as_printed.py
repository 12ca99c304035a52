"""Sentences as results sections print them: bare pairs, test statistics, lists in brackets, arms behind several values."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from read_rows import rows

from sonospine.extraction.reading import Reading

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
