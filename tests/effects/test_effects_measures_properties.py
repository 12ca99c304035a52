"""Symmetries of the effect measures: scale, shift, order of the arms, and size of the sample."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sonospine.effects.conversions import change_sd
from sonospine.effects.measures import (
    Effect,
    Group,
    VType,
    change_in_change_sds,
    log_odds_ratio,
    log_risk_ratio,
    logit_proportion,
    mean_change,
    mean_difference,
    printed_change,
    ratio_of_means,
    risk_difference,
    standardised_change,
    standardised_mean_difference,
    with_half_events,
)

means = st.floats(0, 100)
sds = st.floats(0.1, 50)
sizes = st.integers(3, 500)
groups = st.builds(Group, sizes, means, sds)
above_zero = st.builds(Group, sizes, st.floats(0.1, 100), sds)
factors = st.floats(0.01, 100)
vtypes = st.sampled_from(["LS", "LS2"])
some = st.tuples(st.integers(1, 49), st.just(50), st.integers(1, 79), st.just(80))
ANTISYMMETRIC: dict[str, Callable[[Group, Group], Effect]] = {
    "MD": mean_difference,
    "SMD": standardised_mean_difference,
    "ROM": ratio_of_means,
    "MC": lambda one, two: mean_change(one, two, 30, 0.4),
}


def scaled(group: Group, factor: float, shift: float = 0.0) -> Group:
    return Group(group.n, factor * group.mean + shift, factor * group.sd)


@settings(deadline=None)
@given(groups, groups, st.floats(0.01, 100))
def test_the_mean_difference_goes_with_the_scale(one: Group, two: Group, factor: float) -> None:
    plain = mean_difference(one, two)
    scaled = mean_difference(
        Group(one.n, one.mean * factor, one.sd * factor), Group(two.n, two.mean * factor, two.sd * factor)
    )
    assert scaled.yi == pytest.approx(plain.yi * factor, rel=1e-9, abs=1e-9)
    assert scaled.vi == pytest.approx(plain.vi * factor**2, rel=1e-9)


@settings(deadline=None)
@given(groups, means, sds, st.floats(0.01, 100), st.floats(-0.9, 0.9))
def test_the_standardised_change_does_not_know_the_scale(
    before: Group, mean: float, sd: float, factor: float, r: float
) -> None:
    plain = standardised_change(mean - before.mean, before.sd, before.n, r)
    scaled = standardised_change((mean - before.mean) * factor, before.sd * factor, before.n, r)
    assert scaled.yi == pytest.approx(plain.yi, rel=1e-9, abs=1e-12)
    assert scaled.vi == pytest.approx(plain.vi, rel=1e-9)


@settings(deadline=None)
@given(groups, means, sds, st.floats(-0.9, 0.89))
def test_a_higher_correlation_narrows_the_mean_change(
    before: Group, mean: float, sd: float, r: float
) -> None:
    after = Group(before.n, mean, sd)
    assert mean_change(after, before, before.n, r + 0.1).vi < mean_change(after, before, before.n, r).vi


@settings(deadline=None)
@given(groups, groups)
def test_swapping_the_arms_turns_the_sign_only(one: Group, two: Group) -> None:
    there, back = mean_difference(one, two), mean_difference(two, one)
    assert there.yi == -back.yi
    assert there.vi == pytest.approx(back.vi)


@settings(deadline=None)
@given(st.integers(1, 50), st.integers(50, 100), st.integers(1, 50), st.integers(50, 100))
def test_the_log_risk_ratio_is_antisymmetric(a: int, n1: int, c: int, n2: int) -> None:
    assume(a < n1 or c < n2)
    there, back = log_risk_ratio(a, n1, c, n2), log_risk_ratio(c, n2, a, n1)
    assert there.yi == pytest.approx(-back.yi)
    assert there.vi == pytest.approx(back.vi)


@settings(deadline=None)
@given(groups, groups, factors, st.floats(-100, 100), vtypes)
def test_the_standardised_difference_does_not_know_scale_and_shift(
    one: Group, two: Group, factor: float, shift: float, vtype: VType
) -> None:
    plain = standardised_mean_difference(one, two, vtype=vtype)
    other = standardised_mean_difference(scaled(one, factor, shift), scaled(two, factor, shift), vtype=vtype)
    lost = 1e-11 * (abs(shift) + 100 * factor) / (factor * min(one.sd, two.sd))
    assert other.yi == pytest.approx(plain.yi, rel=1e-9, abs=lost)
    assert other.vi == pytest.approx(plain.vi, rel=1e-8, abs=lost)


@settings(deadline=None)
@given(groups, groups, st.floats(-100, 100))
def test_raw_differences_do_not_know_the_shift(one: Group, two: Group, shift: float) -> None:
    for measure in (mean_difference, ANTISYMMETRIC["MC"]):
        plain, moved = measure(one, two), measure(scaled(one, 1, shift), scaled(two, 1, shift))
        assert moved.yi == pytest.approx(plain.yi, abs=1e-9)
        assert moved.vi == plain.vi


@settings(deadline=None)
@given(above_zero, above_zero, factors)
def test_the_ratio_of_means_does_not_know_the_scale(one: Group, two: Group, factor: float) -> None:
    plain, other = ratio_of_means(one, two), ratio_of_means(scaled(one, factor), scaled(two, factor))
    assert other.yi == pytest.approx(plain.yi, abs=1e-12)
    assert other.vi == pytest.approx(plain.vi, rel=1e-9)


@settings(deadline=None)
@given(groups, groups, factors, st.floats(-0.9, 0.9))
def test_the_mean_change_goes_with_the_scale(after: Group, before: Group, factor: float, r: float) -> None:
    plain = mean_change(after, before, before.n, r)
    other = mean_change(scaled(after, factor), scaled(before, factor), before.n, r)
    assert other.yi == pytest.approx(factor * plain.yi, rel=1e-9, abs=1e-9)
    assert other.vi == pytest.approx(factor**2 * plain.vi, rel=1e-9)


@settings(deadline=None)
@given(st.floats(-50, 50), sds, sizes, factors, vtypes)
def test_change_in_its_own_sds_does_not_know_the_scale(
    difference: float, sd: float, n: int, factor: float, vtype: VType
) -> None:
    plain = change_in_change_sds(difference, sd, n, vtype=vtype)
    other = change_in_change_sds(difference * factor, sd * factor, n, vtype=vtype)
    assert other == pytest.approx(plain, rel=1e-9, abs=1e-12)


@settings(deadline=None)
@given(above_zero, above_zero)
def test_the_order_of_the_arms_turns_the_sign_of_every_measure_of_means(one: Group, two: Group) -> None:
    for measure in ANTISYMMETRIC.values():
        there, back = measure(one, two), measure(two, one)
        assert there.yi == pytest.approx(-back.yi, abs=1e-14)
        assert there.vi == pytest.approx(back.vi, rel=1e-12)


@settings(deadline=None)
@given(some)
def test_the_order_of_the_arms_turns_the_sign_of_every_measure_of_counts(counts) -> None:
    a, n1, c, n2 = counts
    for measure in (log_risk_ratio, log_odds_ratio, risk_difference):
        there, back = measure(a, n1, c, n2), measure(c, n2, a, n1)
        assert there.yi == pytest.approx(-back.yi, abs=1e-14)
        assert there.vi == pytest.approx(back.vi, rel=1e-12)


@settings(deadline=None)
@given(some)
def test_counting_the_others_turns_the_sign_of_odds_and_differences(counts) -> None:
    a, n1, c, n2 = counts
    for measure in (log_odds_ratio, risk_difference):
        events, others = measure(a, n1, c, n2), measure(n1 - a, n1, n2 - c, n2)
        assert others.yi == pytest.approx(-events.yi, abs=1e-14)
        assert others.vi == pytest.approx(events.vi, rel=1e-12)
    assert logit_proportion(n1 - a, n1).yi == pytest.approx(-logit_proportion(a, n1).yi, abs=1e-14)


@settings(deadline=None)
@given(some)
def test_the_log_odds_ratio_is_the_difference_of_two_logits(counts) -> None:
    a, n1, c, n2 = counts
    one, two, both = logit_proportion(a, n1), logit_proportion(c, n2), log_odds_ratio(a, n1, c, n2)
    assert both.yi == pytest.approx(one.yi - two.yi, abs=1e-12)
    assert both.vi == pytest.approx(one.vi + two.vi, rel=1e-12)


@settings(deadline=None)
@given(some, st.integers(2, 50))
def test_more_people_with_the_same_risks_divide_the_variance(counts, times: int) -> None:
    for measure in (log_risk_ratio, log_odds_ratio, risk_difference):
        plain, larger = measure(*counts), measure(*(times * figure for figure in counts))
        assert larger.yi == pytest.approx(plain.yi, abs=1e-12)
        assert larger.vi == pytest.approx(plain.vi / times, rel=1e-9)


@settings(deadline=None)
@given(st.integers(0, 40), st.integers(0, 40))
def test_every_table_has_a_ratio_once_half_an_event_is_in_each_cell(a: int, c: int) -> None:
    counts = with_half_events(a, 40, c, 40)
    for measure in (log_risk_ratio, log_odds_ratio, risk_difference):
        assert measure(*counts).vi > 0


@settings(deadline=None)
@given(st.floats(-40, 40), sds, sds, st.floats(-0.9, 0.9))
def test_both_variances_of_a_standardised_effect_agree_as_the_sample_grows(
    difference: float, sd_1: float, sd_2: float, r: float
) -> None:
    def apart(n: int) -> list[float]:
        one, two = Group(n, difference, sd_1), Group(n, 0.0, sd_2)
        made: list[tuple[Effect, Effect]] = [
            (
                standardised_mean_difference(one, two, vtype="LS"),
                standardised_mean_difference(one, two, vtype="LS2"),
            ),
            (
                standardised_change(difference, sd_2, n, r, vtype="LS"),
                standardised_change(difference, sd_2, n, r, vtype="LS2"),
            ),
            (
                change_in_change_sds(difference, sd_1, n, vtype="LS"),
                change_in_change_sds(difference, sd_1, n, vtype="LS2"),
            ),
        ]
        assert all(ls.yi == ls2.yi for ls, ls2 in made)
        return [1 - ls2.vi / ls.vi for ls, ls2 in made]

    small, large = apart(10), apart(100_000)
    assert all(0 <= gap < 1e-4 for gap in large)
    assert all(near < far + 1e-9 for near, far in zip(large, small, strict=True))


@settings(deadline=None)
@given(groups, groups, st.floats(-0.9, 0.9))
def test_a_mean_change_is_the_printed_change_with_the_sd_of_the_changes(
    after: Group, before: Group, r: float
) -> None:
    assume(after.sd != before.sd)
    raw = mean_change(after, before, 25, r)
    printed = printed_change(after.mean - before.mean, change_sd(before.sd, after.sd, r), 25)
    assert printed.yi == raw.yi
    assert printed.vi == pytest.approx(raw.vi, rel=1e-9)
