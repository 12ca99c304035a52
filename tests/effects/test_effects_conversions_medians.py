"""Medians to mean and SD: against published tables, and against the order statistics of a normal sample in R.

The papers' approximations are held against what they approximate, computed without them in
tests/reference/effect_sizes.R: expected range and quartile distance by integrate(), the weights of least variance from
the covariances of the order statistics by quadrature, the critical values of the skewness test from 40,000 seeded
normal samples each. The figures of metafor's ``conv.fivenum`` below are of its version 4.4; Debian's 3.8.1 has no such
function.
"""

from __future__ import annotations

import json
import math
import statistics
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sonospine.effects.conversions import mean_sd_from_five, mean_sd_from_quartiles, mean_sd_from_range
from sonospine.effects.five_numbers import (
    Converted,
    skewness_of_five,
    skewness_of_quartiles,
    skewness_of_range,
)
from sonospine.effects.measures import RefusedError

PATH = Path(__file__).parents[1] / "reference" / "effect_sizes.json"
REFERENCE: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
NORMAL = REFERENCE["order_statistics"]
DRAWN = REFERENCE["skewness"]

sizes = st.integers(5, 2000)
steps = st.floats(0.05, 20)


def by_n(rows: list[dict[str, Any]]) -> Any:
    return pytest.mark.parametrize("row", [pytest.param(row, id=f"n={row['n']}") for row in rows])


def figures(made: Converted) -> tuple[float, float]:
    return made.mean, made.sd


# ---- published figures -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "xi"),
    # Wan et al. 2014, table 1: expected range of n standard normal values.
    [(5, 2.326), (10, 3.078), (15, 3.472), (20, 3.735), (25, 3.931), (30, 4.086), (40, 4.322), (50, 4.498)],
)
def test_the_range_is_divided_by_the_expected_range_of_wan(n: int, xi: float) -> None:
    # Equation 9 approximates the table to 1.5 % at n = 5 and better from there on.
    assert mean_sd_from_range(-1, 0, 1, n).sd == pytest.approx(2 / xi, rel=0.015)


def test_the_expected_ranges_of_wan_are_those_of_the_integrals() -> None:
    table = {5: 2.326, 9: 2.970, 13: 3.336, 21: 3.778, 41: 4.341}
    assert {row["n"]: round(row["xi"], 3) for row in NORMAL if row["n"] in table} == table


@pytest.mark.parametrize(
    ("n", "of_range", "of_quartiles", "mean_of_five"),
    # metafor 4.4, conv.fivenum(min = 2, q1 = 6, median = 9, q3 = 17, max = 41, test = FALSE): means of Luo, SDs of Wan.
    [
        (
            7,
            (15.021544795358952, 14.29106691143328),
            (10.889285714285714, 10.103962147784886),
            14.361220613598714,
        ),
        (30, (11.972897250696676, 9.5575055212413016), (10.7825, 8.5626224066574625), 12.3038216208361),
        (100, (10.403596372036779, 7.804399930371213), (10.75975, 8.2742542328822122), 11.420082492316839),
    ],
)
def test_mean_and_sd_are_those_of_conv_fivenum(
    n: int, of_range: tuple[float, float], of_quartiles: tuple[float, float], mean_of_five: float
) -> None:
    assert figures(mean_sd_from_range(2, 9, 41, n, test=False)) == pytest.approx(of_range, rel=1e-12)
    assert figures(mean_sd_from_quartiles(6, 9, 17, n, test=False)) == pytest.approx(of_quartiles, rel=1e-12)
    assert mean_sd_from_five(2, 6, 9, 17, 41, n, test=False).mean == pytest.approx(mean_of_five, rel=1e-12)


def test_the_example_of_conv_fivenum_is_converted_or_refused_as_there() -> None:
    # Its help page: 2, 4, 6, 10, 14 with n = 20 passes the test in all three forms; 2, 4, 6, 14, 20 does not.
    assert not mean_sd_from_range(2, 6, 14, 20).skewed
    assert not mean_sd_from_quartiles(4, 6, 10, 20).skewed
    assert not mean_sd_from_five(2, 4, 6, 10, 14, 20).skewed
    assert mean_sd_from_five(2, 4, 6, 14, 20, 20).skewed


# ---- what the papers approximate -------------------------------------------------------------------------------


@by_n(NORMAL)
def test_wans_divisors_lie_by_the_expected_spans(row: dict[str, Any]) -> None:
    # Blom's 0.375 for the ends (1.5 % at n = 5), and for the quartiles (0.4 %).
    assert 2 / mean_sd_from_range(-1, 0, 1, row["n"]).sd == pytest.approx(row["xi"], rel=0.015)
    assert 2 / mean_sd_from_quartiles(-1, 0, 1, row["n"]).sd == pytest.approx(row["eta"], rel=0.005)


@by_n(NORMAL)
def test_luos_weights_lie_by_those_of_least_variance(row: dict[str, Any]) -> None:
    n = row["n"]
    # With figures of 0 and 2 (of 1 and 3) alone, the mean shows the weight of the middle that is not 0 (not 1).
    assert mean_sd_from_range(0, 0, 2, n, test=False).mean == pytest.approx(row["range_weight"], abs=0.015)
    assert mean_sd_from_quartiles(0, 0, 2, n, test=False).mean == pytest.approx(
        row["quartile_weight"], abs=0.002
    )
    of_ends = mean_sd_from_five(1, 1, 1, 1 + 1e-12, 3, n, test=False).mean - 1
    of_quartiles = mean_sd_from_five(1, 1, 1, 3, 3, n, test=False).mean - 1 - of_ends
    assert (of_ends, of_quartiles) == pytest.approx(tuple(row["five_weights"]), abs=0.012)


@by_n(NORMAL)
def test_shis_weight_of_the_range_lies_by_that_of_least_variance(row: dict[str, Any]) -> None:
    n = row["n"]
    with_ends_alone = mean_sd_from_five(-1, -1e-13, 0, 1e-13, 1, n).sd
    weight = with_ends_alone / mean_sd_from_range(-1, 0, 1, n).sd
    assert weight == pytest.approx(row["sd_weight"], abs=0.03)


@by_n(DRAWN)
def test_the_critical_values_are_the_95th_percentiles_of_normal_samples(row: dict[str, Any]) -> None:
    # The rest is the rounding of the paper's fitted formulas; that of five numbers is on the safe side (4 % at n = 9).
    n = row["n"]
    assert skewness_of_range(0, 1, 2, n).critical == pytest.approx(row["range"], rel=0.03)
    assert skewness_of_quartiles(0, 1, 2, n).critical == pytest.approx(row["quartiles"], rel=0.03)
    assert skewness_of_five(0, 1, 2, 3, 4, n).critical == pytest.approx(row["five"], rel=0.05)


@by_n(NORMAL)
def test_the_expected_five_numbers_of_a_normal_sample_give_its_sd(row: dict[str, Any]) -> None:
    n, ends, quartiles = row["n"], row["xi"] / 2, row["eta"] / 2
    made = mean_sd_from_five(50 - 10 * ends, 50 - 10 * quartiles, 50, 50 + 10 * quartiles, 50 + 10 * ends, n)
    assert made.mean == pytest.approx(50)
    assert made.sd == pytest.approx(10, rel=0.015)
    assert not made.skewed


# ---- properties ------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(st.floats(-50, 50), steps, steps, steps, steps, sizes, st.floats(0.1, 10), st.floats(-30, 30))
def test_mean_and_sd_go_with_scale_and_shift(
    low: float, a: float, b: float, c: float, d: float, n: int, factor: float, shift: float
) -> None:
    five = [low, low + a, low + a + b, low + a + b + c, low + a + b + c + d]
    moved = [factor * x + shift for x in five]
    pairs = (
        (mean_sd_from_five(*five, n, test=False), mean_sd_from_five(*moved, n, test=False)),
        (mean_sd_from_range(*five[::2], n, test=False), mean_sd_from_range(*moved[::2], n, test=False)),
        (
            mean_sd_from_quartiles(*five[1:4], n, test=False),
            mean_sd_from_quartiles(*moved[1:4], n, test=False),
        ),
    )
    for plain, other in pairs:
        assert other.mean == pytest.approx(factor * plain.mean + shift, rel=1e-9, abs=1e-8)
        assert other.sd == pytest.approx(factor * plain.sd, rel=1e-7)


@settings(deadline=None)
@given(st.floats(-50, 50), steps, steps, steps, steps, sizes)
def test_turning_the_direction_turns_the_mean_only(
    low: float, a: float, b: float, c: float, d: float, n: int
) -> None:
    five = [low, low + a, low + a + b, low + a + b + c, low + a + b + c + d]
    turned = [-x for x in reversed(five)]
    there, back = mean_sd_from_five(*five, n, test=False), mean_sd_from_five(*turned, n, test=False)
    assert back.mean == pytest.approx(-there.mean, abs=1e-9)
    assert back.sd == pytest.approx(there.sd, rel=1e-9)


@settings(deadline=None)
@given(st.floats(-50, 50), steps, steps, sizes)
def test_symmetric_figures_give_their_median_and_are_never_skewed(
    median: float, inner: float, outer: float, n: int
) -> None:
    made = mean_sd_from_five(
        median - inner - outer, median - inner, median, median + inner, median + inner + outer, n
    )
    assert made.mean == pytest.approx(median, abs=1e-9)
    assert made.sd > 0
    assert not made.skewed


@settings(deadline=None)
@given(st.floats(-50, 50), steps, steps, sizes)
def test_the_mean_lies_within_the_figures(low: float, a: float, b: float, n: int) -> None:
    for convert in (mean_sd_from_quartiles, mean_sd_from_range):
        made = convert(low, low + a, low + a + b, n, test=False)
        assert low - 1e-9 <= made.mean <= low + a + b + 1e-9


@settings(deadline=None)
@given(st.floats(-50, 50), steps, steps, sizes)
def test_a_skewed_sample_is_not_converted(low: float, a: float, b: float, n: int) -> None:
    made = mean_sd_from_quartiles(low, low + a, low + a + b, n)
    assert made.skewed == math.isnan(made.mean) == math.isnan(made.sd)
    asked = mean_sd_from_quartiles(low, low + a, low + a + b, n, test=False)
    assert asked.skewed == made.skewed
    assert asked.sd > 0


def test_of_two_samples_of_one_form_the_larger_is_found_skewed_first() -> None:
    assert not mean_sd_from_quartiles(1, 2, 5, 20).skewed
    assert mean_sd_from_quartiles(1, 2, 5, 60).skewed


@settings(deadline=None)
@given(st.lists(st.floats(0, 100), min_size=5, max_size=5))
def test_five_numbers_of_five_people_give_their_mean(values: list[float]) -> None:
    values = sorted(values)
    assume(values[1] < values[3])
    made = mean_sd_from_five(*values, 5, test=False)
    # Their BLUE has weights of 1/5 each; Luo's rounded weights are within 0.004 of them.
    assert made.mean == pytest.approx(statistics.fmean(values), abs=0.01 * (values[4] - values[0]))


# ---- refusals --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figures", "n", "reason"),
    [
        ((1, 2, 3), 4, "fewer than five people"),
        ((3, 2, 4), 20, "not in order"),
        ((1, 5, 4), 20, "not in order"),
        ((1, math.nan, 4), 20, "not in order"),
        ((2, 2, 2), 20, "no spread"),
    ],
)
def test_what_is_no_sample_is_refused_with_the_reason(
    figures: tuple[float, float, float], n: int, reason: str
) -> None:
    for convert in (mean_sd_from_quartiles, mean_sd_from_range):
        with pytest.raises(RefusedError, match=reason):
            convert(*figures, n)


def test_five_numbers_with_equal_quartiles_are_refused() -> None:
    with pytest.raises(RefusedError, match="no spread"):
        mean_sd_from_five(0, 2, 2, 2, 10, 40)
