"""What holds for any effects: invariance, equivariance, order of the intervals."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sonospine.synthesis.heterogeneity import heterogeneity, prediction_interval, q_profile
from sonospine.synthesis.likelihood import log_likelihood, most_likely, score
from sonospine.synthesis.random_effects import ESTIMATORS, between_study_variance, mean_effect
from sonospine.synthesis.weighting import pair_sum

finite = st.floats(-20, 20).map(lambda x: round(x, 4))
variance = st.floats(0.001, 50).map(lambda x: round(x, 4))
estimators = st.sampled_from(ESTIMATORS)
few = settings(max_examples=25, deadline=None)


@st.composite
def effects(draw: Any, least: int = 2) -> tuple[list[float], list[float]]:
    k = draw(st.integers(least, 12))
    return draw(st.lists(finite, min_size=k, max_size=k)), draw(st.lists(variance, min_size=k, max_size=k))


def close(value: float, scale: float = 1.0) -> Any:
    return pytest.approx(value, rel=1e-6, abs=1e-8 * scale)


@few
@given(effects(), estimators)
def test_tau2_is_never_negative_and_lies_in_a_finite_range(data: Any, estimator: str) -> None:
    tau2 = between_study_variance(*data, estimator)
    assert 0 <= tau2 < math.inf


@few
@given(effects(), estimators, st.randoms(use_true_random=False))
def test_the_order_of_the_studies_does_not_matter(data: Any, estimator: str, random: Any) -> None:
    pairs = list(zip(*data, strict=True))
    random.shuffle(pairs)
    shuffled = [p[0] for p in pairs], [p[1] for p in pairs]
    one, two = between_study_variance(*data, estimator), between_study_variance(*shuffled, estimator)
    assert two == close(one)
    assert mean_effect(*shuffled, two).ci_lower == close(mean_effect(*data, one).ci_lower)


@few
@given(effects(), estimators, st.sampled_from([1e-3, 0.1, 10.0, 2.54, 1e4]))
def test_a_change_of_scale_changes_everything_with_it(data: Any, estimator: str, factor: float) -> None:
    yi, vi = data
    scaled = [factor * y for y in yi], [factor**2 * v for v in vi]
    tau2, times = between_study_variance(*data, estimator), between_study_variance(*scaled, estimator)
    assert times == close(factor**2 * tau2, factor**2)
    one, two = mean_effect(*data, tau2), mean_effect(*scaled, times)
    assert two.estimate == close(factor * one.estimate, factor)
    assert two.se == close(factor * one.se, factor)
    assert heterogeneity(*scaled, times).i2 == close(heterogeneity(*data, tau2).i2, 100)


@few
@given(effects(), estimators, st.floats(-50, 50))
def test_a_shift_moves_the_mean_and_leaves_the_rest(data: Any, estimator: str, shift: float) -> None:
    yi, vi = data
    moved = [y + shift for y in yi], vi
    tau2, after = between_study_variance(*data, estimator), between_study_variance(*moved, estimator)
    assert after == pytest.approx(tau2, rel=1e-5, abs=1e-7)
    assert mean_effect(*moved, tau2).estimate == close(mean_effect(*data, tau2).estimate + shift)
    assert mean_effect(*moved, tau2).se == close(mean_effect(*data, tau2).se)


@few
@given(effects())
def test_the_conservative_interval_contains_the_wald_and_the_plain_one(data: Any) -> None:
    tau2 = between_study_variance(*data, "REML")
    wide, plain, wald = (mean_effect(*data, tau2, ci=ci) for ci in ("hksj-conservative", "hksj", "wald"))
    for other in (plain, wald):
        assert wide.ci_lower <= other.ci_lower + 1e-12
        assert other.ci_upper <= wide.ci_upper + 1e-12
        assert wide.se >= other.se


@few
@given(effects(3), estimators, st.sampled_from(["hksj-conservative", "hksj"]))
def test_the_prediction_interval_contains_the_confidence_interval(data: Any, estimator: str, ci: str) -> None:
    """Of the Hartung-Knapp intervals, which share its t(k - 1); at tau² = 0 they are one."""
    tau2 = between_study_variance(*data, estimator)
    mean = mean_effect(*data, tau2, ci=ci)
    lower, upper, df = prediction_interval(mean, tau2, len(data[0]))
    assert df == len(data[0]) - 1
    assert lower <= mean.ci_lower + 1e-12
    assert mean.ci_upper - 1e-12 <= upper
    if tau2 == 0:
        assert (lower, upper) == (close(mean.ci_lower), close(mean.ci_upper))


@few
@given(effects())
def test_the_q_profile_interval_contains_the_estimate_that_sets_q_to_its_mean(data: Any) -> None:
    """Paule and Mandel's tau² solves Q = k - 1, which lies between the two quantiles."""
    lower, upper = q_profile(*data)
    tau2 = between_study_variance(*data, "PM")
    assert 0 <= lower <= upper
    assert lower <= tau2 * (1 + 1e-9) + 1e-12
    assert tau2 <= upper * (1 + 1e-9) + 1e-12


@few
@given(effects(), st.booleans())
def test_no_tau2_is_more_likely_than_the_one_found(data: Any, restricted: bool) -> None:
    found = most_likely(*data, restricted=restricted)
    best = log_likelihood(*data, found, restricted=restricted)
    trials = [0.0, *(10**e for e in (-6, -4, -3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3))]
    trials += [found * f for f in (0.5, 0.9, 0.99, 1.01, 1.1, 2)]
    assert all(log_likelihood(*data, t, restricted=restricted) <= best + 1e-9 for t in trials)


@few
@given(effects(), st.booleans(), st.floats(0.01, 30))
def test_the_score_is_the_slope_of_the_likelihood(data: Any, restricted: bool, tau2: float) -> None:
    step = 1e-5 * tau2
    rise = log_likelihood(*data, tau2 + step, restricted=restricted) - log_likelihood(
        *data, tau2 - step, restricted=restricted
    )
    assert score(*data, tau2, restricted=restricted) == pytest.approx(rise / (2 * step), rel=1e-4, abs=1e-4)


@few
@given(st.lists(st.floats(0.001, 1000), min_size=2, max_size=20))
def test_the_sum_over_pairs_is_the_difference_of_squares(weights: list[float]) -> None:
    assert pair_sum(weights) == pytest.approx(
        sum(weights) ** 2 - sum(w * w for w in weights), rel=1e-6, abs=1e-6
    )


@few
@given(effects(), st.floats(55, 99))
def test_a_higher_level_never_narrows_an_interval(data: Any, level: float) -> None:
    tau2 = between_study_variance(*data, "DL")
    narrow, wide = mean_effect(*data, tau2, level=level), mean_effect(*data, tau2, level=level + 0.9)
    assume(narrow.se > 0)
    assert wide.ci_lower <= narrow.ci_lower <= narrow.ci_upper <= wide.ci_upper
    assert narrow.p_value == wide.p_value
