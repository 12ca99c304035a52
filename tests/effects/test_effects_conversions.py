"""Conversions against published worked examples, their inverses, and what they refuse."""

from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sonospine.effects.conversions import (
    change_sd,
    combined,
    correlation,
    pooled_sd_from_ci,
    pooled_sd_from_p,
    pooled_sd_from_t,
    quantile,
    sd_from_ci,
    sd_from_p,
    sd_from_se,
    sd_from_t,
    smd_in_points,
    split_counts,
    split_group,
    variance_from_ci,
    variance_from_p,
)
from sonospine.effects.measures import Group, RefusedError, mean_change

sds = st.floats(0.1, 50)
sizes = st.integers(2, 500)
differences = st.floats(0.05, 80) | st.floats(-80, -0.05)
correlations = st.floats(-0.99, 0.99)


def test_handbook_conversions() -> None:
    # Handbook 6.5.2.2: n = 25, 95% CI: divide by 2·2.064 = 4.128; n = 60 and more: by 3.92.
    assert sd_from_ci(30.0, 34.2, 25) == pytest.approx(5 * 4.2 / 4.128, rel=1e-4)
    assert sd_from_ci(30.0, 34.2, 100) == pytest.approx(10 * 4.2 / 3.92, rel=1e-4)
    assert sd_from_se(0.238, 28) == pytest.approx(1.2594, abs=5e-5)
    # A ratio printed as 0.67 (0.55 to 0.82): SE of the log by 3.92.
    assert math.sqrt(variance_from_ci(math.log(0.55), math.log(0.82))) == pytest.approx(0.1019, abs=5e-5)


def test_quantiles_are_the_tables() -> None:
    assert quantile(95, None) == pytest.approx(1.959964, abs=1e-6)
    assert quantile(95, 24) == pytest.approx(2.063899, abs=1e-6)
    assert quantile(90, 10) == pytest.approx(1.812461, abs=1e-6)


@settings(deadline=None)
@given(st.lists(st.lists(st.floats(0, 10), min_size=2, max_size=15), min_size=2, max_size=4))
def test_combining_groups_gives_what_their_people_give_together(parts: list[list[float]]) -> None:
    whole = [x for part in parts for x in part]
    made = combined([Group(len(p), statistics.fmean(p), statistics.stdev(p)) for p in parts])
    assert made.n == len(whole)
    assert made.mean == pytest.approx(statistics.fmean(whole), abs=1e-9)
    assert made.sd == pytest.approx(statistics.stdev(whole), abs=1e-6)


def test_the_handbooks_difference_with_its_p_gives_the_handbooks_sd() -> None:
    # Handbook 5.1, 7.7.3.3: difference 3.8, 25 and 22 people, P = 0.008: t 2.78, SE 1.37, SD 4.69 (worked from the
    # rounded t and SE; the unrounded figures give 4.68).
    assert math.sqrt(variance_from_p(3.8, 0.008, 45)) == pytest.approx(1.37, abs=5e-3)
    assert pooled_sd_from_p(3.8, 0.008, 25, 22) == pytest.approx(4.69, abs=0.02)
    assert pooled_sd_from_t(3.8, 2.78, 25, 22) == pytest.approx(4.69, abs=0.02)


def test_the_handbooks_crossover_example_gives_its_standard_error() -> None:
    # Handbook 5.1, 16.4.6.4: SDs 2.38 and 2.21, correlation 0.68, ten people: SE 0.583.
    assert change_sd(2.38, 2.21, 0.68) / math.sqrt(10) == pytest.approx(0.583, abs=5e-4)
    assert mean_change(Group(10, 7.0, 2.38), Group(10, 6.5, 2.21), 10, 0.68).vi == pytest.approx(
        0.583**2, abs=1e-3
    )


def test_the_correlation_is_recovered_from_three_sds() -> None:
    # Handbook 6.5.2.8: baseline 6.4, final 7.1, change 4.5 in one group; 7.0, 6.9 and 4.2 in the other.
    assert correlation(6.4, 7.1, 4.5) == pytest.approx(0.78, abs=5e-3)
    assert correlation(7.0, 6.9, 4.2) == pytest.approx(0.82, abs=5e-3)


@settings(deadline=None)
@given(differences, sds, sizes)
def test_the_sd_of_changes_is_the_inverse_of_t_and_p(mean: float, sd: float, n: int) -> None:
    from scipy.special import stdtr

    t = mean / (sd / math.sqrt(n))
    assert sd_from_t(mean, t, n) == pytest.approx(sd, rel=1e-12)
    p = 2 * float(stdtr(n - 1, -abs(t)))
    assume(1e-200 < p < 0.999)
    assert sd_from_p(mean, p, n) == pytest.approx(sd, rel=1e-6)


@settings(deadline=None)
@given(differences, sds, sizes, sizes)
def test_the_sd_within_groups_is_the_inverse_of_t_and_p(
    difference: float, sd: float, n1: int, n2: int
) -> None:
    from scipy.special import stdtr

    t = difference / (sd * math.sqrt(1 / n1 + 1 / n2))
    assert pooled_sd_from_t(difference, t, n1, n2) == pytest.approx(sd, rel=1e-12)
    p = 2 * float(stdtr(n1 + n2 - 2, -abs(t)))
    assume(1e-200 < p < 0.999)
    assert pooled_sd_from_p(difference, p, n1, n2) == pytest.approx(sd, rel=1e-6)


@settings(deadline=None)
@given(st.floats(-80, 80), sds, sizes, sizes, st.sampled_from([80.0, 90.0, 95.0, 99.0]))
def test_an_sd_is_the_inverse_of_its_interval(
    centre: float, sd: float, n1: int, n2: int, level: float
) -> None:
    half = quantile(level, n1 - 1 if n1 < 60 else None) * sd / math.sqrt(n1)
    assert sd_from_ci(centre - half, centre + half, n1, level) == pytest.approx(sd, rel=1e-9)
    assert sd_from_se(sd / math.sqrt(n1), n1) == pytest.approx(sd, rel=1e-12)
    df = n1 + n2 - 2 if max(n1, n2) < 60 else None
    half = quantile(level, df) * sd * math.sqrt(1 / n1 + 1 / n2)
    assert pooled_sd_from_ci(centre - half, centre + half, n1, n2, level) == pytest.approx(sd, rel=1e-9)


@settings(deadline=None)
@given(differences, sds, sizes)
def test_a_conversion_goes_with_the_scale_and_does_not_know_the_sign(
    mean: float, factor: float, n: int
) -> None:
    assert sd_from_t(factor * mean, 2.5, n) == pytest.approx(factor * sd_from_t(mean, 2.5, n), rel=1e-12)
    assert sd_from_t(-mean, 2.5, n) == sd_from_t(mean, -2.5, n) == sd_from_t(mean, 2.5, n)
    assert sd_from_p(-factor * mean, 0.03, n) == pytest.approx(factor * sd_from_p(mean, 0.03, n), rel=1e-12)


@settings(deadline=None)
@given(differences, st.floats(0.001, 0.4), sizes)
def test_a_smaller_p_means_a_smaller_sd(mean: float, p: float, n: int) -> None:
    assert sd_from_p(mean, p, n) < sd_from_p(mean, 2 * p, n)


@settings(deadline=None)
@given(sds, sds, correlations)
def test_the_correlation_is_the_inverse_of_the_sd_of_changes(before: float, after: float, r: float) -> None:
    sd = change_sd(before, after, r)
    assume(sd > 1e-3 * max(before, after))
    assert correlation(before, after, sd) == pytest.approx(
        r, rel=1e-6, abs=1e-6 * max(1, before / after, after / before)
    )
    assert sd == pytest.approx(change_sd(after, before, r))
    assert sd**2 / 25 == pytest.approx(mean_change(Group(25, 0, after), Group(25, 0, before), 25, r).vi)


def test_perfectly_correlated_values_of_one_spread_do_not_vary_in_their_change() -> None:
    assert change_sd(2.2, 2.2, 1.0) == 0
    assert change_sd(3.0, 1.0, 1.0) == pytest.approx(2)
    assert change_sd(3.0, 1.0, -1.0) == pytest.approx(4)


@settings(deadline=None)
@given(st.integers(2, 5000), st.floats(-50, 50), sds, st.integers(1, 12))
def test_splitting_a_control_group_keeps_its_people_mean_and_sd(
    n: int, mean: float, sd: float, parts: int
) -> None:
    if n // parts < 2:
        with pytest.raises(RefusedError, match="too few"):
            split_group(Group(n, mean, sd), parts)
        return
    made = split_group(Group(n, mean, sd), parts)
    assert len(made) == parts
    assert sum(group.n for group in made) == n
    assert max(group.n for group in made) - min(group.n for group in made) <= 1
    assert {(group.mean, group.sd) for group in made} == {(mean, sd)}


@settings(deadline=None)
@given(st.integers(1, 3000), st.integers(0, 3000), st.integers(1, 9))
def test_splitting_counts_keeps_people_and_events(n: int, events: int, parts: int) -> None:
    assume(events <= n and n >= parts)
    made = split_counts(events, n, parts)
    assert sum(a for a, _ in made) == events
    assert sum(size for _, size in made) == n
    assert all(0 <= a <= size for a, size in made)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(2, 300), st.floats(-50, 50), sds), min_size=2, max_size=5))
def test_groups_are_combined_in_any_order(groups: list[tuple[int, float, float]]) -> None:
    there = combined([Group(*g) for g in groups])
    back = combined([Group(*g) for g in reversed(groups)])
    assert there.n == back.n
    assert there.mean == pytest.approx(back.mean, abs=1e-9)
    assert there.sd == pytest.approx(back.sd, rel=1e-9)


@settings(deadline=None)
@given(st.floats(-3, 3), sds, st.floats(0.1, 10))
def test_points_go_with_the_sd(smd: float, sd: float, factor: float) -> None:
    assert smd_in_points(smd, factor * sd) == pytest.approx(factor * smd_in_points(smd, sd))


def test_half_an_sd_of_2_points_is_one_point() -> None:
    assert smd_in_points(-0.5, 2.0) == -1


REFUSED = {
    "the change of one person from t": (lambda: sd_from_t(1.0, 2.0, 1), "fewer than two"),
    "the change of one person from p": (lambda: sd_from_p(1.0, 0.05, 1), "fewer than two"),
    "the SE of one person": (lambda: sd_from_se(0.4, 1), "fewer than two"),
    "the interval of one person": (lambda: sd_from_ci(0.1, 0.4, 1), "fewer than two"),
    "a group of one": (lambda: pooled_sd_from_t(1.0, 2.0, 20, 1), "fewer than two"),
    "no difference": (lambda: pooled_sd_from_p(0.0, 0.9, 20, 20), "difference or a t of 0"),
    "a t of 0": (lambda: sd_from_t(0.1, 0.0, 20), "difference or a t of 0"),
    "a p printed as 0": (lambda: sd_from_p(1.0, 0.0, 20), "above 0 and below 1"),
    "a p of 1": (lambda: variance_from_p(1.0, 1.0, None), "above 0 and below 1"),
    "a p that is no number": (lambda: sd_from_p(1.0, math.nan, 20), "above 0 and below 1"),
    "an interval upside down": (lambda: pooled_sd_from_ci(2.0, 1.0, 20, 20), "no width"),
    "a level of 100": (lambda: variance_from_ci(1.0, 2.0, 100.0), "below 100 percent"),
    "no degree of freedom": (lambda: variance_from_ci(1.0, 2.0, 95.0, 0), "degree of freedom"),
    "an SD of 0": (lambda: change_sd(0.0, 1.0, 0.5), "above 0"),
    "an SD below 0": (lambda: smd_in_points(0.5, -2.0), "above 0"),
    "a correlation of 1.2": (lambda: change_sd(1.0, 1.0, 1.2), "from -1 to 1"),
    "three SDs that no correlation gives": (lambda: correlation(1.0, 1.0, 2.5), "no correlation"),
    "a part of nobody": (lambda: split_counts(1, 2, 3), "too few"),
    "no parts": (lambda: split_group(Group(20, 1.0, 1.0), 0), "one part or more"),
    "no groups": (lambda: combined([]), "no group"),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
def test_figures_that_give_no_sd_are_refused_with_the_reason(case) -> None:
    convert, reason = case
    with pytest.raises(RefusedError, match=reason):
        convert()
