"""Times as printed become weeks from the start of treatment."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonospine.extraction.courses import find_course
from sonospine.extraction.time_definitions import time_definitions
from sonospine.extraction.times import find_times


@pytest.mark.parametrize(
    "text",
    [
        "baseline",
        "before treatment",
        "Pre-treatment",
        "preoperative",
        "prior to the injection",
        "Before",
        "STRE before",
        "W0",
        "Day −1",
        "2 weeks before surgery",
    ],
)
def test_what_comes_before_treatment_is_baseline_at_week_zero(text: str) -> None:
    (found,) = find_times(text)
    assert (found.weeks, found.phase) == (0.0, "baseline")


@pytest.mark.parametrize(
    ("text", "weeks"),
    [
        ("12 weeks after injection", 12),
        ("6-week follow-up", 6),
        ("week 4", 4),
        ("W12", 12),
        ("3rd month", 3 * 4.345),
        ("Six months", 6 * 4.345),
        ("1 year", 52.14),
        ("POD1", 1 / 7),
        ("24 h postoperatively", 24 / 168),
        ("30 min after block", 30 / 10080),
        ("half an hour", 30 / 10080),
        ("12wk", 12),
        ("Post-op day 1", 1 / 7),
    ],
)
def test_lengths_of_time_become_weeks(text: str, weeks: float) -> None:
    (found,) = find_times(text)
    assert found.phase == "follow_up"
    assert found.weeks == pytest.approx(weeks)


@pytest.mark.parametrize(
    "text", ["at 1, 3 and 6 months", "months 1, 3 and 6", "at one, three, and six months"]
)
def test_each_time_of_a_list_is_its_own_mention(text: str) -> None:
    found = find_times(text)
    assert [t.weeks for t in found] == pytest.approx([4.345, 13.035, 26.07])
    assert all(text[t.start : t.end] == t.text for t in found)


@pytest.mark.parametrize(
    "text",
    ["immediately after the procedure", "at recovery", "at the end of surgery", "immediate post-injection"],
)
def test_just_after_is_follow_up_at_week_zero(text: str) -> None:
    (found,) = find_times(text)
    assert (found.weeks, found.phase) == (0.0, "follow_up")


def test_what_is_measured_during_the_procedure_has_its_own_phase() -> None:
    (found,) = find_times("pain during the procedure")
    assert (found.weeks, found.phase) == (0.0, "procedure")


@pytest.mark.parametrize(
    "text", ["discharge", "post-treatment", "final follow-up", "end of rehabilitation", "after 10 sessions"]
)
def test_a_time_without_a_length_has_no_weeks(text: str) -> None:
    (found,) = find_times(text)
    assert (found.weeks, found.phase) == (None, "follow_up")


@pytest.mark.parametrize(
    "text",
    [
        "aged 45 years",
        "for the last 3 months",
        "18 to 65 years",
        "T1",
        "over the past 6 weeks",
        "45 years old",
    ],
)
def test_ages_spans_and_undefined_codes_are_no_times(text: str) -> None:
    assert find_times(text) == []


def test_what_a_time_counts_from_is_kept() -> None:
    assert find_times("6 months after the end of treatment")[0].time_from == "end_of_treatment"
    assert find_times("24 h postoperatively")[0].time_from == "surgery"
    assert find_times("3 months after randomisation")[0].time_from == "randomisation"


def test_codes_are_read_by_the_definitions_of_the_document() -> None:
    meanings = time_definitions(
        ["at baseline (T0), 6 weeks (T1) and 6 months (T2)", "t3 = 12-month follow-up, t4 = 2 years"]
    )
    assert [meanings[c].weeks for c in ("T0", "T1", "T2", "T3", "T4")] == pytest.approx(
        [0, 6, 26.07, 52.14, 104.28]
    )
    assert [t.weeks for t in find_times("VAS at T1 and T2", meanings)] == pytest.approx([6, 26.07])


def test_the_length_of_treatment_is_found_where_statements_agree() -> None:
    course = find_course(
        [
            ("body/s2p1", "Sessions took place twice a week for 4 weeks."),
            ("body/s2p2", "Pain for at least 3 months."),
        ]
    )
    assert course is not None
    assert (course.weeks, course.locator) == (4.0, "body/s2p1")
    assert (
        find_course([("body/s2p1", "treated for 2 weeks"), ("body/s2p2", "exercised daily for 6 weeks")])
        is None
    )


_PIECES = st.sampled_from(
    [
        "1",
        "3",
        "12",
        ",",
        "and",
        "weeks",
        "week",
        "months",
        "h",
        "baseline",
        "after",
        "before",
        "post",
        "pre",
        "T1",
        "(T1)",
        "at",
        "-",
        "–",
        "day",
        "POD",
        "24h",
        "one",
        "two",
        "injection",
        "surgery",
    ]
)


@given(st.one_of(st.text(max_size=60), st.lists(_PIECES, max_size=20).map(" ".join)))
@settings(max_examples=200, deadline=None)
def test_mentions_stand_at_their_places_in_order_and_apart(text: str) -> None:
    last = 0
    for found in find_times(text, time_definitions([text])):
        assert text[found.start : found.end] == found.text
        assert found.start >= last
        last = found.end


@pytest.mark.parametrize("piece", ["12, ", "1 and ", "T1 (", " "])
def test_a_long_hostile_text_takes_linear_time_for_times(piece: str) -> None:
    text = (piece * 60_000)[:60_000]
    start = time.process_time()
    find_times(text)
    time_definitions([text])
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("text", "weeks"),
    [
        ("VAS at 10(min)", 10 / 10080),
        ("VAS at 0 (min)", 0.0),
        ("score at 24 (h)", 24 / 168),
        ("ODI after 6 (weeks)", 6.0),
    ],
)
def test_a_unit_in_brackets_behind_the_amount_of_a_time_counts(text: str, weeks: float) -> None:
    (time,) = find_times(text)
    assert time.weeks == pytest.approx(weeks)
    assert time.phase == "follow_up"


@pytest.mark.parametrize("text", ["Duration, 10 (min)", "Age 40 (years)", "10 (min) of exercise"])
def test_an_amount_that_is_not_at_or_after_is_no_time(text: str) -> None:
    assert find_times(text) == []


def test_sessions_throughout_some_weeks_are_a_course() -> None:
    course = find_course(
        [("abstract", "There were 3 sessions of 60 minutes per week throughout 6 weeks in all.")]
    )
    assert course is not None
    assert course.weeks == 6.0


@pytest.mark.parametrize(
    ("text", "weeks"),
    [
        ("The therapy program was applied 5 times a week for 14 sessions.", 2.8),
        ("Patients had a total of 10 sessions of massage, 5 days per week.", 2.0),
        ("All received 20 treatment sessions (five sessions per week).", 4.0),
        ("Exercise was done three times per week, in total 12 sessions.", 4.0),
        ("They had therapy twice a week for 8 sessions.", 4.0),
    ],
)
def test_sessions_and_how_many_a_week_make_a_course(text: str, weeks: float) -> None:
    course = find_course([("methods", text)])
    assert course is not None
    assert course.weeks == pytest.approx(weeks)


@pytest.mark.parametrize(
    "text",
    [
        "They had 5 sessions a week.",
        "Those who missed 2 of 10 sessions were excluded.",
        "They had 3 sessions of 20 minutes.",
    ],
)
def test_sessions_without_a_rhythm_or_a_number_are_no_course(text: str) -> None:
    assert find_course([("methods", text)]) is None
