"""Sets on which an iteration for tau² goes wrong: two maxima, a maximum at 0, weights of very different size."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import pytest

from sonospine.synthesis.heterogeneity import heterogeneity, q_profile
from sonospine.synthesis.likelihood import log_likelihood, most_likely, score
from sonospine.synthesis.random_effects import ESTIMATORS, between_study_variance, mean_effect

# Precise effects at 0 beside vague ones far off: one maximum of the likelihood at or near 0, another far above.
LIKELIER_ABOVE = [0.0, 0.01, -0.01, 9.0, -9.2, 8.9, -10.0], [0.0001] * 3 + [2.0] * 4
LIKELIER_AT_ZERO = [0.0] * 6 + [3.0, -3.0, 3.3, -3.3], [1e-6] * 6 + [1.0] * 4
Effects = tuple[list[float], list[float]]


@pytest.mark.parametrize("restricted", [True, False])
@pytest.mark.parametrize(("effects", "above"), [(LIKELIER_ABOVE, True), (LIKELIER_AT_ZERO, False)])
def test_of_two_maxima_the_more_likely_is_taken(effects: Effects, above: bool, restricted: bool) -> None:
    grid = [0.0, *(1e-7 * 1.2**n for n in range(130))]
    slopes = [score(*effects, tau2, restricted=restricted) for tau2 in grid]
    maxima = sum(a > 0 >= b for a, b in pairwise(slopes)) + (slopes[0] <= 0)
    found = most_likely(*effects, restricted=restricted)
    best = log_likelihood(*effects, found, restricted=restricted)
    assert maxima == 2
    assert (found > 1) == above
    assert max(log_likelihood(*effects, tau2, restricted=restricted) for tau2 in grid) <= best + 1e-9


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_effects_that_agree_leave_no_heterogeneity(estimator: str) -> None:
    yi, vi = [1.0, 1.0, 1.0, 1.0], [0.1, 0.2, 0.3, 0.4]
    tau2 = between_study_variance(yi, vi, estimator)
    found = heterogeneity(yi, vi, tau2)
    assert (tau2, found.i2, found.h2, found.tau2_lower, found.tau2_upper) == (0, 0, 1, 0, 0)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_one_weight_may_outweigh_all_others(estimator: str) -> None:
    yi, vi = [0.0, 1.0, 2.0], [1e-18, 1.0, 1.0]
    found = heterogeneity(yi, vi, between_study_variance(yi, vi, estimator))
    assert math.isfinite(found.i2)
    assert 0 <= found.i2 <= 100


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("scale", [1e-20, 1e20])
def test_the_largest_and_smallest_scales_are_solved_as_well(estimator: str, scale: float) -> None:
    yi, vi = [-1.0, 0.5, 2.0, 0.1], [0.1, 0.2, 0.05, 0.3]
    tau2 = between_study_variance(yi, vi, estimator)
    scaled = between_study_variance([scale * y for y in yi], [scale**2 * v for v in vi], estimator)
    assert scaled == pytest.approx(scale**2 * tau2, rel=1e-9)


def test_equal_variances_have_the_solution_in_closed_form() -> None:
    """With equal v REML, DL, HE and PM are max(0, s² - v), ML is max(0, (k - 1)/k s² - v)."""
    yi, v = [1.0, 2.0, 4.0, 7.0], 0.5
    mean = sum(yi) / 4
    s2 = sum((y - mean) ** 2 for y in yi) / 3
    for estimator in ("REML", "DL", "HE", "PM"):
        assert between_study_variance(yi, [v] * 4, estimator) == pytest.approx(s2 - v, rel=1e-12)
    assert between_study_variance(yi, [v] * 4, "ML") == pytest.approx(0.75 * s2 - v, rel=1e-12)


def test_one_effect_has_no_between_study_variance() -> None:
    with pytest.raises(ValueError, match="at least two"):
        between_study_variance([1.0], [0.1])


@pytest.mark.parametrize(
    "call",
    [lambda: between_study_variance([1, 2], [1, 1], "SJ"), lambda: mean_effect([1, 2], [1, 1], 0, ci="t")],
)
def test_an_unknown_name_lists_the_allowed(call: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"unknown .*; allowed: "):
        call()


def test_no_effect_at_all_has_a_p_of_one() -> None:
    assert mean_effect([0.5, -0.5], [0.1, 0.1], 0.0, ci="wald").p_value == pytest.approx(1)


def test_the_q_profile_does_not_start_below_zero() -> None:
    assert q_profile([0.1, 0.1, 0.11], [1, 1, 1]) == (0.0, 0.0)
