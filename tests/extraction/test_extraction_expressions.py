"""The grammar of statistical expressions: what the characters say, and where."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonospine.extraction.expressions import (
    Expression,
    find_expressions,
    find_numbers,
    normal_number,
    uses_decimal_comma,
)


def only(text: str, *, decimal_comma: bool = False) -> Expression:
    found = find_expressions(text, decimal_comma=decimal_comma)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    "text",
    [
        "6.8 ± 1.2",
        "6.8±1.2",
        "6.8 \\pm 1.2",
        "6.8 +/- 1.2",
        "6.8\u2009±\u20091.2",
        "6.8\u00a0±\u00a01.2",
        "6·8 ± 1·2",
    ],
)
def test_a_mean_and_its_spread_are_read_whatever_the_sign_between_them(text: str) -> None:
    found = only(text)
    assert (found.centre, found.value, found.spread, found.spread_value) == ("mean", "6.8", "sd", "1.2")
    assert found.flags == ("spread_assumed_sd",)
    assert not found.explicit


def test_a_spread_named_in_the_sentence_is_no_assumption() -> None:
    found = find_expressions("The mean (SD) score was 12.3 (4.5) in one group and 11.2 (3.9) in the other.")
    assert [(f.value, f.spread, f.spread_value, f.explicit) for f in found] == [
        ("12.3", "sd", "4.5", True),
        ("11.2", "sd", "3.9", True),
    ]


@pytest.mark.parametrize(
    ("text", "spread"), [("7.1 ± 0.3 (SEM)", "se"), ("mean ± SE: 7.1 ± 0.3", "se"), ("7.1 ± 0.3 SD", "sd")]
)
def test_a_standard_error_is_read_as_one_when_named(text: str, spread: str) -> None:
    found = only(text)
    assert (found.spread, found.spread_value, found.explicit) == (spread, "0.3", True)


def test_a_bare_bracket_is_left_undecided() -> None:
    found = only("7.2 (1.3)")
    assert (found.centre, found.spread, found.spread_value) == ("number", "bracket", "1.3")


@pytest.mark.parametrize(
    "text",
    [
        "12.3 (95% CI 10.1 to 14.2)",
        "12.3 (95 % CI 10.1–14.2)",
        "12.3 (95% CI: 10.1; 14.2)",
        "12.3 (95% CI, 10.1, 14.2)",
        "12.3, 95% CI 10.1 to 14.2",
        "12.3 [95% confidence interval (CI), 10.1-14.2]",
    ],
)
def test_a_confidence_interval_is_read_in_every_notation(text: str) -> None:
    found = only(text)
    assert (found.value, found.spread, found.lower, found.upper, found.level) == (
        "12.3",
        "ci",
        "10.1",
        "14.2",
        "95",
    )


def test_bounds_in_descending_order_are_swapped_and_flagged() -> None:
    found = only("3.1 (95% CI 4.2 to 2.0)")
    assert (found.lower, found.upper) == ("2.0", "4.2")
    assert "bounds_swapped" in found.flags


@pytest.mark.parametrize("minus", ["-", "\u2212", "\u2013", "\u2010"])
def test_minus_signs_of_all_kinds_are_read(minus: str) -> None:
    found = only(f"mean difference {minus}0.9 (95% CI {minus}1.6 to {minus}0.2; P = .01)")
    assert (found.centre, found.measure, found.value) == ("difference", "MD", "-0.9")
    assert (found.lower, found.upper, found.p_value) == ("-1.6", "-0.2", "0.01")


def test_dashes_between_negative_bounds_are_not_signs() -> None:
    found = only("MD -4.1 (-5.1--3.0)")
    assert (found.lower, found.upper) == ("-5.1", "-3.0")


def test_medians_with_quartiles_range_or_a_single_width_are_read() -> None:
    quartiles, spread, width = (
        only(t) for t in ("median 4 (IQR 3–6)", "median 4 [range 0-10]", "median 4 (IQR 3)")
    )
    assert (quartiles.centre, quartiles.spread, quartiles.lower, quartiles.upper) == (
        "median",
        "iqr",
        "3",
        "6",
    )
    assert (spread.spread, spread.lower, spread.upper) == ("range", "0", "10")
    assert (width.spread, width.spread_value, width.lower) == ("iqr", "3", "")


@pytest.mark.parametrize(
    "text", ["12/34 (35.3%)", "12 of 34 patients (35.3%)", "35.3% (12/34)", "35.3 % (12 of 34)"]
)
def test_counts_with_their_total_are_read_in_every_order(text: str) -> None:
    found = only(text)
    assert (found.centre, found.value, found.total, found.percent) == ("count", "12", "34", "35.3")
    assert found.numbers[0].text == "12"


def test_a_count_with_percent_has_no_total_of_its_own() -> None:
    assert (only("12 (34.5%)").value, only("12 (34.5%)").percent, only("12 (34.5%)").total) == (
        "12",
        "34.5",
        "",
    )
    assert only("thirty-two patients (45%)").value == "32"


def test_a_count_that_disagrees_with_its_percentage_is_flagged() -> None:
    assert "percent_disagrees" in only("12/34 (60%)").flags


def test_a_fraction_alone_may_be_a_score_and_is_flagged() -> None:
    found = only("17/50")
    assert (found.centre, found.value, found.total, found.flags) == (
        "number",
        "17",
        "50",
        ("score_or_count",),
    )


@pytest.mark.parametrize(
    "text",
    [
        "4+/5",
        "L4-5",
        "SF-36",
        "12/03/2010",
        "T12",
        "0-10",
        "in 2010",
        "Table 3",
        "5 mg",
        "12 weeks",
        "aged 45 years",
    ],
)
def test_levels_dates_doses_labels_and_scales_are_no_results(text: str) -> None:
    assert find_expressions(text) == []


def test_reference_numbers_are_no_results() -> None:
    assert find_expressions("as described before [12, 13]") == []


def test_a_lost_plus_minus_is_flagged_and_never_split() -> None:
    found = only("4.41.7")
    assert (found.value, found.flags) == ("", ("plus_minus_lost",))


def test_ratios_carry_their_measure() -> None:
    assert only("RR 1.4 (95% CI 1.1–1.8)").measure == "RR"
    assert only("OR = 2.1; 95% CI: 1.2, 3.4").measure == "OR"
    assert only("SMD -0.4 (95% CI -0.8 to 0.0)").measure == "SMD"


def test_p_values_stay_as_printed() -> None:
    assert only("7.2 ± 1.1 (P < 0.001)").p_value == "<0.001"
    assert only("7.2 ± 1.1 (p=0.<0.0001)").p_value == "0.<0.0001"
    assert only("7.2 ± 1.1, p ≤ .05").p_value == "<=0.05"


def test_a_change_is_told_from_two_values() -> None:
    assert only("a decrease of 2.3 points").change
    assert not any(f.change for f in find_expressions("decreased from 7.2 to 3.1"))


def test_decimal_commas_hold_for_a_document_only_on_evidence() -> None:
    assert uses_decimal_comma(["57,1 ± 3,4", "12,5 (2,1)", "0,05"])
    assert not uses_decimal_comma(["57.1 ± 3.4", "12.5 (2.1)", "0.05", "1, 2"])
    found = only("%57,1", decimal_comma=True)
    assert (found.centre, found.value) == ("percent", "57.1")


def test_a_comma_beside_plus_minus_is_a_decimal_anywhere() -> None:
    found = only("66,26 ± 18,58")
    assert (found.value, found.spread_value) == ("66.26", "18.58")


def test_a_point_before_three_digits_is_not_read_in_a_document_of_decimal_commas() -> None:
    assert normal_number("1.234", decimal_comma=True) is None
    assert normal_number("1.234,5", decimal_comma=True) == "1234.5"


def test_thousands_separators_go() -> None:
    assert normal_number("1,234") == "1234"
    assert normal_number("12\u2009345") == "12345"


def test_footnote_marks_do_not_hide_a_number() -> None:
    found = only("45.2a ± 3.1*†")
    assert (found.value, found.spread_value) == ("45.2", "3.1")


def test_number_words_and_a_counting_no_are_numbers() -> None:
    assert [n.text for n in find_numbers("no patients, thirty-two women and zero")] == ["0", "32", "0"]
    assert find_numbers("no difference") == []


def test_a_second_spread_makes_a_second_expression() -> None:
    first, second = find_expressions("mean ± SD 1.80 ± 1.58 (95% CI 1.2-2.4)")
    assert (first.spread, second.spread, second.value) == ("sd", "ci", "1.80")
    assert first.numbers[0] == second.numbers[0]


_PIECES = st.sampled_from(
    [
        "1",
        "12.3",
        "0",
        "4.5",
        "-2",
        "−3.1",
        "±",
        "+/-",
        "(",
        ")",
        "[",
        "]",
        ",",
        ";",
        ":",
        "–",
        "-",
        "/",
        "%",
        "=",
        "<",
        ">",
        "to",
        "of",
        "and",
        "mean",
        "SD",
        "(SD)",
        "median",
        "IQR",
        "CI",
        "95%",
        "range",
        "n",
        "p",
        "vs.",
        "RR",
        "1,5",
        "1,234",
        "\u2009",
        "·",
        ".5",
        "4.41.7",
        "7a",
        "*",
        "no",
        "two",
    ]
)


@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(_PIECES, max_size=25).map(" ".join),
        st.lists(_PIECES, max_size=25).map("".join),
    ),
    st.booleans(),
)
@settings(max_examples=250, deadline=None)
def test_every_number_of_an_expression_stands_at_its_place(text: str, comma: bool) -> None:
    for found in find_expressions(text, decimal_comma=comma):
        assert 0 <= found.start < found.end <= len(text)
        for span in found.numbers:
            assert found.start <= span.start < span.end <= found.end
            assert normal_number(text[span.start : span.end], decimal_comma=comma) == span.text
        printed = {span.text for span in found.numbers}
        for value in (found.value, found.spread_value, found.lower, found.upper, found.total, found.n):
            assert value == "" or value in printed
        if found.lower and found.upper:
            assert float(found.lower) <= float(found.upper)


@pytest.mark.parametrize("piece", ["1", "(", "1 (2) ", "(1", "1,", "(95% CI ", "4 of a b "])
def test_a_long_hostile_text_takes_linear_time(piece: str) -> None:
    text = (piece * 100_000)[:100_000]
    start = time.process_time()
    find_expressions(text)
    # About 0.1 to 1 s alone; what must never come back is quadratic time, which would be minutes.
    assert time.process_time() - start < 4


def test_a_minus_glued_to_ci_is_the_sign_of_the_bound() -> None:
    (found,) = find_expressions("the difference was 0.90 (95% CI-1.48 to 3.28)")
    assert (found.value, found.lower, found.upper) == ("0.90", "-1.48", "3.28")


def test_an_interval_named_in_full_with_its_short_form_belongs_to_the_value_before_it() -> None:
    (found,) = find_expressions("the score (-7.0 mm, 95% confidence interval (CI) [-20.7 to +6.7])")
    assert (found.value, found.lower, found.upper) == ("-7.0", "-20.7", "6.7")
