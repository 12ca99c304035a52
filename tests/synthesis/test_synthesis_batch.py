"""Many pools at once give the figures of the single fit, set by set."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonospine.synthesis.batch import Fits, fit_many
from sonospine.synthesis.heterogeneity import heterogeneity, prediction_interval
from sonospine.synthesis.likelihood import log_likelihood
from sonospine.synthesis.random_effects import ESTIMATORS, INTERVALS, between_study_variance, mean_effect

Set = tuple[list[float], list[float]]
RANDOM_EFFECTS = tuple(name for name in ESTIMATORS if name != "CE")
MEAN = ("estimate", "se", "ci_lower", "ci_upper", "p_value")
SPREAD = (
    "tau2", "tau2_lower", "tau2_upper", "i2", "i2_lower", "i2_upper", "h2", "h2_lower", "h2_upper", "q", "q_df", "q_p",
)  # fmt: skip
few = settings(max_examples=25, deadline=None)
# The restricted likelihood has a maximum at or near 0 and one far above (test_synthesis_hard_cases.py).
TWO_MAXIMA: list[Set] = [
    ([0.0, 0.01, -0.01, 9.0, -9.2, 8.9, -10.0], [0.0001] * 3 + [2.0] * 4),
    ([0.0] * 6 + [3.0, -3.0, 3.3, -3.3], [1e-6] * 6 + [1.0] * 4),
]


def drawn(count: int, *, seed: int = 20261129, scale: float = 1.0, spread: float = 0.3) -> list[Set]:
    generator = random.Random(seed)
    sets = []
    for _ in range(count):
        vi = [math.exp(generator.uniform(-4, 0.5)) for _ in range(generator.randint(3, 40))]
        yi = [scale * generator.gauss(-1, math.sqrt(v + spread)) for v in vi]
        sets.append((yi, [scale**2 * v for v in vi]))
    return sets


def single(data: Set, estimator: str, ci: str, level: float = 95) -> dict[str, float]:
    tau2 = between_study_variance(*data, estimator)
    mean, spread = (
        mean_effect(*data, tau2, ci=ci, level=level),
        heterogeneity(*data, tau2, level=level),
    )
    found = {name: getattr(mean, name) for name in MEAN} | {name: getattr(spread, name) for name in SPREAD}
    if len(data[0]) >= 3:
        found["pi_lower"], found["pi_upper"], found["pi_df"] = prediction_interval(
            mean, tau2, len(data[0]), level=level
        )
    return found | ({} if mean.df is None else {"df": mean.df})


def differing(fits: Fits, at: int, expected: dict[str, float], scale: float = 1.0) -> list[str]:
    floor = dict.fromkeys((*MEAN, "pi_lower", "pi_upper"), 1e-12 * scale)
    floor |= dict.fromkeys(("tau2", "tau2_lower", "tau2_upper"), 1e-12 * scale**2)
    return [
        f"set {at} {name}: {getattr(fits, name)[at]!r}, single {value!r}"
        for name, value in expected.items()
        if getattr(fits, name)[at] != pytest.approx(value, rel=1e-9, abs=floor.get(name, 1e-12), nan_ok=True)
    ]


@pytest.mark.parametrize("estimator", RANDOM_EFFECTS)
def test_every_figure_of_ragged_sets_is_that_of_the_single_fit(estimator: str) -> None:
    sets = drawn(60)
    fits = fit_many(sets, estimator=estimator)
    assert [
        m
        for i, data in enumerate(sets)
        for m in differing(fits, i, single(data, estimator, "hksj-conservative"))
    ] == []


@pytest.mark.parametrize("ci", INTERVALS)
@pytest.mark.parametrize("level", [90, 99])
def test_every_interval_and_level_is_that_of_the_single_fit(ci: str, level: float) -> None:
    sets = drawn(30, seed=3)
    fits = fit_many(sets, estimator="DL", ci=ci, level=level)
    assert [m for i, data in enumerate(sets) for m in differing(fits, i, single(data, "DL", ci, level))] == []
    assert np.isnan(fits.df).all() == (ci == "wald")


@pytest.mark.parametrize("scale", [1e-9, 1e-3, 1e6])
def test_tiny_and_large_scales_lose_no_digits(scale: float) -> None:
    sets = drawn(30, seed=5, scale=scale)
    fits = fit_many(sets)
    expected = [single(data, "REML", "hksj-conservative") for data in sets]
    assert [m for i, one in enumerate(expected) for m in differing(fits, i, one, scale)] == []


def test_sets_without_heterogeneity_have_a_tau2_of_exactly_zero() -> None:
    sets = [([0.5 + 0.001 * i for i in range(k)], [0.1] * k) for k in range(2, 12)]
    for estimator in ESTIMATORS:
        assert fit_many(sets, estimator=estimator).tau2.tolist() == [0.0] * 10


@pytest.mark.parametrize("estimator", ["ML", "REML"])
def test_of_two_maxima_of_the_likelihood_the_higher_is_taken(estimator: str) -> None:
    fits = fit_many(TWO_MAXIMA, estimator=estimator)
    assert fits.tau2[0] > 1
    assert fits.tau2[1] < 1
    for i, data in enumerate(TWO_MAXIMA):
        expected = between_study_variance(*data, estimator)
        assert fits.tau2[i] == pytest.approx(expected, rel=1e-9, abs=1e-15)


def test_uneven_sets_find_the_most_likely_tau2() -> None:
    """Variances over five orders of magnitude, where maxima are many: the batch is never less likely."""
    generator = random.Random(8)
    sets = []
    for _ in range(60):
        vi = [10 ** generator.uniform(-3, 2) for _ in range(generator.randint(3, 6))]
        sets.append(([generator.gauss(0, 3) for _ in vi], vi))
    fits = fit_many(sets)
    for i, data in enumerate(sets):
        single = between_study_variance(*data, "REML")
        likely = [log_likelihood(*data, t, restricted=True) for t in (float(fits.tau2[i]), single)]
        assert likely[0] == pytest.approx(likely[1], abs=1e-10)


def test_a_common_effect_has_no_tau2_no_prediction_and_i2_from_q() -> None:
    data: Set = ([-1.0, -2.0, -0.4], [0.04, 0.09, 0.16])
    fits = fit_many([data], estimator="CE", ci="wald")
    weights = [1 / v for v in data[1]]
    mean = sum(w * y for w, y in zip(weights, data[0], strict=True)) / sum(weights)
    q = sum(w * (y - mean) ** 2 for w, y in zip(weights, data[0], strict=True))
    assert fits.estimate[0] == pytest.approx(mean, rel=1e-12)
    assert fits.se[0] == pytest.approx(sum(weights) ** -0.5, rel=1e-12)
    assert fits.i2[0] == pytest.approx(100 * (q - 2) / q, rel=1e-12)
    assert fits.h2[0] == pytest.approx(q / 2, rel=1e-12)
    assert np.isnan([fits.pi_lower[0], fits.pi_upper[0], fits.tau2_lower[0], fits.i2_upper[0]]).all()


def test_two_effects_have_no_prediction_interval() -> None:
    fits = fit_many([([1.0, 2.0], [0.1, 0.2]), ([1.0, 2.0, 3.0], [0.1, 0.2, 0.1])])
    assert np.isnan(fits.pi_lower).tolist() == [True, False]
    assert fits.k.tolist() == [2, 3]


def test_the_order_of_sets_and_what_stands_beside_them_change_nothing() -> None:
    sets = drawn(80, seed=11)
    fits, backwards, alone = fit_many(sets), fit_many(sets[::-1]), fit_many(sets[7:8])
    assert fits.ci_lower.tolist() == pytest.approx(backwards.ci_lower.tolist()[::-1], rel=1e-12)
    assert alone.tau2_upper[0] == pytest.approx(fits.tau2_upper[7], rel=1e-12)


def test_lists_and_arrays_give_the_same() -> None:
    sets = drawn(5)
    arrays = [(np.array(yi), np.array(vi)) for yi, vi in sets]
    assert fit_many(arrays).pi_upper.tolist() == fit_many(sets).pi_upper.tolist()  # type: ignore[arg-type]


def test_a_hundred_thousand_effects_make_one_pool() -> None:
    generator = np.random.default_rng(2)
    vi = np.exp(generator.uniform(-4, 0.5, 100_000))
    yi = generator.normal(-1, np.sqrt(vi + 0.3))
    fits = fit_many([(yi, vi)])  # type: ignore[list-item]
    assert fits.tau2[0] == pytest.approx(0.3, abs=0.01)
    assert fits.estimate[0] == pytest.approx(-1, abs=0.01)


def test_no_sets_give_no_fits() -> None:
    assert fit_many([]).k.shape == (0,)


@pytest.mark.parametrize(
    ("sets", "message"),
    [
        ([([1.0, 2.0], [0.1, 0.1]), ([1.0], [0.1])], "set 2 has 1 effects; pooling needs at least two"),
        ([([1.0, 2.0], [0.1])], "set 1 has 2 effects and 1 variances"),
        ([([1.0, 2.0], [0.1, 0.0])], "set 1 has the effect 2 with the variance 0; .*above 0"),
        ([([1.0, 2.0], [0.1, -1.0])], "variance -1;"),
        ([([1.0, math.nan], [0.1, 1.0])], "effect nan"),
        ([([1.0, 2.0], [0.1, math.inf])], "variance inf"),
    ],
)
def test_a_set_that_cannot_be_pooled_is_named(sets: list[Set], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fit_many(sets)


@pytest.mark.parametrize("named", [{"estimator": "SJ"}, {"ci": "t"}])
def test_an_unknown_choice_lists_the_allowed(named: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"unknown .*; allowed: "):
        fit_many([([1.0, 2.0], [0.1, 0.1])], **named)


finite = st.floats(-20, 20).map(lambda x: round(x, 4))
variance = st.floats(0.001, 50).map(lambda x: round(x, 4))


@st.composite
def effects(draw: Any, least: int = 3) -> Set:
    k = draw(st.integers(least, 12))
    return draw(st.lists(finite, min_size=k, max_size=k)), draw(st.lists(variance, min_size=k, max_size=k))


@few
@given(st.lists(effects(), min_size=1, max_size=6), st.sampled_from(RANDOM_EFFECTS))
def test_any_sets_give_the_single_fit(sets: list[Set], estimator: str) -> None:
    fits = fit_many(sets, estimator=estimator)
    for i, data in enumerate(sets):
        tau2 = between_study_variance(*data, estimator)
        assert fits.tau2[i] == pytest.approx(tau2, rel=1e-7, abs=1e-9)
        mean = mean_effect(*data, tau2)
        assert fits.ci_lower[i] == pytest.approx(mean.ci_lower, rel=1e-7, abs=1e-7)


@few
@given(effects(), st.sampled_from(ESTIMATORS), st.sampled_from([1e-3, 2.54, 1e4]), st.floats(-50, 50))
def test_scale_and_shift_carry_through(data: Set, estimator: str, factor: float, shift: float) -> None:
    yi, vi = data
    moved = ([factor * (y + shift) for y in yi], [factor**2 * v for v in vi])
    fits = fit_many([data, moved], estimator=estimator)
    for name in ("estimate", "ci_lower", "ci_upper"):
        one, two = getattr(fits, name)
        assert two == pytest.approx(factor * (one + shift), rel=1e-5, abs=1e-5 * factor)
    assert fits.tau2[1] == pytest.approx(factor**2 * fits.tau2[0], rel=1e-5, abs=1e-7 * factor**2)


@few
@given(effects(), st.sampled_from(ESTIMATORS))
def test_conservative_contains_wald_and_prediction_contains_confidence(data: Set, estimator: str) -> None:
    wide, wald = (fit_many([data], estimator=estimator, ci=ci) for ci in ("hksj-conservative", "wald"))
    assert wide.ci_lower[0] <= wald.ci_lower[0] + 1e-12
    assert wald.ci_upper[0] <= wide.ci_upper[0] + 1e-12
    if estimator != "CE":
        assert wide.pi_df[0] == wide.df[0]
        assert wide.pi_lower[0] <= wide.ci_lower[0] + 1e-12
        assert wide.ci_upper[0] <= wide.pi_upper[0] + 1e-12
    assert wide.tau2[0] >= 0


@few
@given(effects(), st.sampled_from(["CE", "ML", "REML"]), finite)
def test_an_effect_without_weight_is_as_good_as_left_out(data: Set, estimator: str, value: float) -> None:
    yi, vi = data
    fits = fit_many([data, ([*yi, value], [*vi, 1e14])], estimator=estimator)
    likelihoods = [log_likelihood(yi, vi, float(tau2), restricted=estimator == "REML") for tau2 in fits.tau2]
    assert likelihoods[1] == pytest.approx(likelihoods[0], abs=1e-6)
    if fits.tau2[1] == pytest.approx(fits.tau2[0], rel=1e-4, abs=1e-6):
        assert fits.estimate[1] == pytest.approx(fits.estimate[0], rel=1e-4, abs=1e-4)
