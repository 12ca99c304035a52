"""Formulas against published worked examples, and their symmetries."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sonospine.effects.measures import (
    Group,
    bias_correction,
    log_risk_ratio,
    mean_change,
    mean_difference,
    printed_change,
    standardised_change,
)

means = st.floats(0, 100)
sds = st.floats(0.1, 50)
sizes = st.integers(3, 500)
groups = st.builds(Group, sizes, means, sds)


@pytest.mark.parametrize(
    ("pre", "post", "sd_pre", "n", "r", "yi", "vi"),
    # Morris 2008, table 1, treatment groups, as re-computed by metafor on its page "Morris (2008)" (four decimals).
    [
        (30.6, 38.5, 15.0, 20, 0.47, 0.5056, 0.0594),
        (23.5, 26.8, 3.1, 50, 0.64, 1.0481, 0.0254),
        (0.5, 0.7, 0.1, 9, 0.77, 1.8054, 0.2322),
        (53.4, 75.9, 14.5, 10, 0.89, 1.4181, 0.1225),
        (35.6, 36.0, 4.7, 14, 0.44, 0.0801, 0.0802),
    ],
)
def test_smcr_is_metafors_for_morris_2008(pre, post, sd_pre, n, r, yi, vi) -> None:
    effect = standardised_change(post - pre, sd_pre, n, r)
    assert effect.yi == pytest.approx(yi, abs=6e-5)
    assert effect.vi == pytest.approx(vi, abs=6e-5)


def test_the_log_risk_ratio_is_metafors_for_the_first_bcg_trial() -> None:
    # dat.bcg, Aronson 1948: 4 of 123 against 11 of 139; metafor prints -0.8893 and 0.3256.
    effect = log_risk_ratio(4, 123, 11, 139)
    assert effect.yi == pytest.approx(-0.8893, abs=5e-5)
    assert effect.vi == pytest.approx(0.3256, abs=5e-5)


def test_the_mean_difference_is_metafors_for_the_first_trial_of_normand() -> None:
    # dat.normand1999, Edinburgh: 155, 55 (47) against 156, 75 (64): yi -20, vi 47²/155 + 64²/156 = 40.5079.
    effect = mean_difference(Group(155, 55, 47), Group(156, 75, 64))
    assert effect.yi == -20
    assert effect.vi == pytest.approx(40.5079, abs=5e-4)


def test_the_mean_change_follows_its_equation() -> None:
    # By hand: 2.5² + 4.92² - 2·0.5·2.5·4.92 = 18.1564; over 26: 0.698323.
    effect = mean_change(Group(26, 34.81, 4.92), Group(26, 71.12, 2.5), 26, 0.5)
    assert effect.yi == pytest.approx(-36.31)
    assert effect.vi == pytest.approx(0.698323, abs=1e-6)


def test_a_printed_change_has_the_variance_of_its_mean() -> None:
    assert printed_change(-2.4, 1.2, 36).vi == pytest.approx(0.04)


def test_the_exact_bias_correction_lies_by_its_approximation() -> None:
    for m in (2, 5, 10, 50, 400):
        assert bias_correction(m) == pytest.approx(1 - 3 / (4 * m - 1), abs=8e-3)
    assert bias_correction(2) == pytest.approx(1 / math.sqrt(math.pi))


def test_no_correction_is_made_up_for_a_zero_cell() -> None:
    with pytest.raises(ValueError, match="zero cell"):
        log_risk_ratio(0, 20, 3, 20)


@given(groups, groups, st.floats(0.01, 100))
def test_the_mean_difference_goes_with_the_scale(one: Group, two: Group, factor: float) -> None:
    plain = mean_difference(one, two)
    scaled = mean_difference(
        Group(one.n, one.mean * factor, one.sd * factor), Group(two.n, two.mean * factor, two.sd * factor)
    )
    assert scaled.yi == pytest.approx(plain.yi * factor, rel=1e-9, abs=1e-9)
    assert scaled.vi == pytest.approx(plain.vi * factor**2, rel=1e-9)


@given(groups, means, sds, st.floats(0.01, 100), st.floats(-0.9, 0.9))
def test_the_standardised_change_does_not_know_the_scale(
    before: Group, mean: float, sd: float, factor: float, r: float
) -> None:
    plain = standardised_change(mean - before.mean, before.sd, before.n, r)
    scaled = standardised_change((mean - before.mean) * factor, before.sd * factor, before.n, r)
    assert scaled.yi == pytest.approx(plain.yi, rel=1e-9, abs=1e-12)
    assert scaled.vi == pytest.approx(plain.vi, rel=1e-9)


@given(groups, means, sds, st.floats(-0.9, 0.89))
def test_a_higher_correlation_narrows_the_mean_change(
    before: Group, mean: float, sd: float, r: float
) -> None:
    after = Group(before.n, mean, sd)
    assert mean_change(after, before, before.n, r + 0.1).vi < mean_change(after, before, before.n, r).vi


@given(groups, groups)
def test_swapping_the_arms_turns_the_sign_only(one: Group, two: Group) -> None:
    there, back = mean_difference(one, two), mean_difference(two, one)
    assert there.yi == -back.yi
    assert there.vi == pytest.approx(back.vi)


@given(st.integers(1, 50), st.integers(50, 100), st.integers(1, 50), st.integers(50, 100))
def test_the_log_risk_ratio_is_antisymmetric(a: int, n1: int, c: int, n2: int) -> None:
    assume(a < n1 or c < n2)
    there, back = log_risk_ratio(a, n1, c, n2), log_risk_ratio(c, n2, a, n1)
    assert there.yi == pytest.approx(-back.yi)
    assert there.vi == pytest.approx(back.vi)
