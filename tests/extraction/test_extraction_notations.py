"""Every notation of a statistic: signs lost and found, units between, levels, quartiles, thousands and powers."""

from __future__ import annotations

import pytest

from sonospine.extraction.expressions import Expression, find_expressions, find_numbers, normal_number
from sonospine.sources.decoding import collapse

TWO_GROUPS = "Group A (n = 30) received heat. Group B (n = 31) received cold."


def only(text: str) -> Expression:
    found = find_expressions(text)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize("sign", ["+-", "+ -", "-/+", "+/−", "+/–", "∓", "&plusmn;", "&#177;"])
def test_a_plus_minus_of_other_signs_is_one(sign: str) -> None:
    found = only(f"6.8 {sign} 1.2")
    assert (found.value, found.spread, found.spread_value) == ("6.8", "sd", "1.2")


@pytest.mark.parametrize("text", ["4+-5/5", "6.8 + 1.2"])
def test_a_plus_alone_is_no_plus_minus(text: str) -> None:
    assert not any(e.spread == "sd" for e in find_expressions(text))


@pytest.mark.parametrize("between", [" ", "  ", " ? ", " \ufffd ", " 7 ", " ^ "])
def test_a_sign_lost_in_copying_is_not_guessed(between: str) -> None:
    assert all(e.spread == "none" for e in find_expressions(f"6.8{between}1.2"))


@pytest.mark.parametrize(
    ("text", "spread"),
    [
        ("6.8 (S.D. 1.2)", "sd"),
        ("6.8 (s.d. = 1.2)", "sd"),
        ("6.8 (S.D.: 1.2)", "sd"),
        ("6.8 (S.E. 1.2)", "se"),
        ("6.8 (s.e.m. 1.2)", "se"),
        ("6.8 (SD: ±1.2)", "sd"),
        ("6.8 mm (SD 1.2 mm)", "sd"),
        ("6.8 points [SE 1.2]", "se"),
    ],
)
def test_a_spread_is_never_read_as_a_value_of_its_own(text: str, spread: str) -> None:
    found = only(text)
    assert (found.value, found.spread, found.spread_value, found.explicit) == ("6.8", spread, "1.2", True)


@pytest.mark.parametrize("printed", ["80", "90", "95", "97.5", "99", "99.5", "99.9"])
def test_the_level_of_an_interval_is_the_one_printed(printed: str) -> None:
    for words in (
        f"{printed}% CI",
        f"{printed} % CI",
        f"{printed}-% CI",
        f"{printed}% C.I.",
        f"{printed}% confidence interval",
    ):
        found = only(f"6.8 ({words} 5.1 to 8.2)")
        assert (found.spread, found.lower, found.upper, found.level) == ("ci", "5.1", "8.2", printed)


@pytest.mark.parametrize(
    "text",
    [
        "difference −0.9 points (95% CI −1.6 to −0.2; P = .01)",
        "difference of −0.9 cm (95% CI, −1.6, −0.2), p = 0.01",
        "difference −0.9 mm, 95% CI −1.6 to −0.2, p = 0.01",
        "the difference at 4 weeks was −0.9 (95% CI −1.6 to −0.2), p = 0.01",
        "the difference in pain (0-10) after 12 months was −0.9 points (95% CI −1.6 to −0.2), p = .01",
    ],
)
def test_a_difference_keeps_its_interval_behind_units_times_and_scales(text: str) -> None:
    found = only(text)
    assert (found.centre, found.measure, found.value) == ("difference", "MD", "-0.9")
    assert (found.lower, found.upper, found.p_value) == ("-1.6", "-0.2", "0.01")


def test_an_interval_that_does_not_hold_the_number_before_it_is_not_its_own() -> None:
    assert all(
        e.value != "12" or e.spread == "none"
        for e in find_expressions("after 12 minutes (95% CI 1.1 to 2.2)")
    )


@pytest.mark.parametrize(
    "name", ["Q1–Q3", "Q1-Q3:", "P25–P75", "25th–75th percentile", "25-75 percentiles,", "quartiles"]
)
def test_quartiles_are_known_by_all_their_names(name: str) -> None:
    found = only(f"median 4 ({name} 3–6)")
    assert (found.centre, found.value, found.spread, found.lower, found.upper) == (
        "median",
        "4",
        "iqr",
        "3",
        "6",
    )


@pytest.mark.parametrize(
    ("text", "spread"),
    [
        ("median 4 (Q1 3, Q3 6)", "iqr"),
        ("median 4 (min 3, max 6)", "range"),
        ("median 4 (minimum 3; maximum 6)", "range"),
    ],
)
def test_two_named_bounds_are_one_spread_and_no_values(text: str, spread: str) -> None:
    found = only(text)
    assert (found.value, found.spread, found.lower, found.upper) == ("4", spread, "3", "6")


@pytest.mark.parametrize(
    "text", ["risk difference −12% (95% CI −20% to −4%)", "a risk difference of −12% (−20 to −4)"]
)
def test_a_risk_difference_is_no_mean_difference(text: str) -> None:
    assert only(text).measure == "RD"


def test_a_standardised_mean_difference_stays_one() -> None:
    assert only("standardised mean difference −0.4 (95% CI −0.8 to −0.1)").measure == "SMD"


@pytest.mark.parametrize(
    "text",
    [
        "12/34, 35%",
        "12/34 = 35%",
        "(12/34; 35%)",
        "12 (35%) of 34",
        "12 (35.3%) of the 34 patients",
        "35.3% [12 of 34]",
        "12/34 (%35.3)",
    ],
)
def test_a_count_a_total_and_a_percentage_that_fit_are_one_count(text: str) -> None:
    found = only(text)
    assert (found.centre, found.value, found.total, found.percent[:2]) == ("count", "12", "34", "35")


def test_a_number_behind_of_is_no_total_where_the_percentage_denies_it() -> None:
    assert find_expressions("12 (35%) of 50 patients")[0].total == ""


@pytest.mark.parametrize(
    "text",
    ["35% (12 patients)", "35 % (12 participants)", "35% (n = 12)", "No. (%) 12 (35)", "n (%) 12 (35)"],
)
def test_a_count_beside_its_percentage_is_a_count(text: str) -> None:
    found = only(text)
    assert (found.centre, found.value, found.percent) == ("count", "12", "35")


@pytest.mark.parametrize(
    "text",
    ["1,234 ± 345", "1\u2009234 ± 345", "1\u202f234 ± 345", "1\u00a0234 ± 345", "1'234 ± 345", "1’234 ± 345"],
)
def test_thousands_are_one_number_whatever_divides_them(text: str) -> None:
    found = only(collapse(text))
    assert (found.value, found.spread_value) == ("1234", "345")


@pytest.mark.parametrize("text", ["1 234 ± 345", "10 218 (12)", "1 234 of 2 345 patients", "1 234/2 345"])
def test_a_plain_space_between_digits_in_threes_is_not_read(text: str) -> None:
    assert find_expressions(text) == []


@pytest.mark.parametrize("text", ["1.2 × 10^3 ± 4", "1.2 x 10−3 (4)", "1.2×10⁻³", "1.2e3 ± 4", "1.2E-05 (3)"])
def test_a_number_with_a_power_of_ten_is_not_read_without_it(text: str) -> None:
    assert find_expressions(text) == []


def test_a_power_of_ten_that_is_the_unit_of_a_mean_and_its_spread_does_not_hide_them() -> None:
    found = only("5.6 ± 1.2 × 10^9/L")
    assert (found.value, found.spread_value) == ("5.6", "1.2")


@pytest.mark.parametrize(
    ("printed", "p"),
    [
        ("p = 1.2 × 10−5", "1.2×10−5"),
        ("p = 1.2e-05", "1.2e-05"),
        ("P value, .03", "0.03"),
        ("P = 0,04", "0.04"),
        ("P < 0,001", "<0.001"),
        ("p ≤ 0.05", "<=0.05"),
        ("p > .99", ">0.99"),
        ("p=.04", "0.04"),
        ("p=NS", "NS"),
    ],
)
def test_p_values_of_all_notations_are_those_printed(printed: str, p: str) -> None:
    found = only(f"6.8 ± 1.2 ({printed})")
    assert (found.p_value, found.spread_value) == (p, "1.2")


@pytest.mark.parametrize("dot", [".", "·", "•", "∙", "⋅", "\u0387", "\ua78f"])
def test_decimal_points_of_all_kinds_are_one(dot: str) -> None:
    found = only(f"6{dot}8 ± 1{dot}2")
    assert (found.value, found.spread_value) == ("6.8", "1.2")


def test_a_bullet_before_a_number_is_no_decimal_point() -> None:
    assert [n.text for n in find_numbers("•5 patients •12 knees")] == ["5", "12"]


def test_no_thousand_begins_with_a_zero() -> None:
    assert normal_number("0,001") == "0.001"
    assert [n.text for n in find_numbers("p = 0,001")] == ["0.001"]


@pytest.mark.parametrize("sign", ["-", "−", "–", "—", "‒", "‐", "‑", "﹣", "－"])
def test_a_negative_mean_keeps_its_sign(sign: str) -> None:
    found = only(f"{sign}6.8 ± 1.2")
    assert (found.value, found.spread_value) == ("-6.8", "1.2")


@pytest.mark.parametrize("mark", ["*", "†", "‡", "§", "¶", "a", "b", "ᵃ", "ª", "¹", "²", "**", "*†"])
def test_a_footnote_mark_hides_no_number(mark: str) -> None:
    for text in (f"6.8{mark} ± 1.2", f"6.8 ± 1.2{mark}", f"6.8 ± 1.2 {mark}"):
        found = only(text)
        assert (found.value, found.spread_value) == ("6.8", "1.2")


@pytest.mark.parametrize("before", ["", "𝒳🦴 ", "e\u0301a\u0308 ", "\U0001f9b4\u0301"])
def test_places_count_code_points_beyond_the_basic_plane_and_combining_marks(before: str) -> None:
    text = f"{before}6.8 ± 1.2"
    found = only(text)
    assert text[found.start : found.end] == "6.8 ± 1.2"
    assert text[found.numbers[1].start : found.numbers[1].end] == "1.2"


def test_a_score_with_an_interval_is_a_mean_and_says_that_this_is_assumed(read) -> None:
    found = read(
        "The VAS at 4 weeks was 2.3 (95% CI 1.1; 3.2) in group A and 3.4 points (95% CI 1.2; 4.2) in group B."
    )
    assert [(r.centre, r.value, r.lower, r.upper, r.arm) for r in found] == [
        ("mean", "2.3", "1.1", "3.2", "Group A"),
        ("mean", "3.4", "1.2", "4.2", "Group B"),
    ]
    assert all("mean_assumed" in r.flags for r in found)


def test_a_mean_difference_at_a_time_is_no_change_of_one_arm(read) -> None:
    (found,) = read("The mean difference in VAS at 4 weeks was -0.9 points (95% CI -1.6 to -0.2; P = .01).")
    assert (found.centre, found.value, found.lower, found.change, found.weeks) == (
        "difference",
        "-0.9",
        "-1.6",
        False,
        4.0,
    )
