"""Meta-regression and its permutation test against metafor 3.8 (tests/reference/regression.R), and what must hold.

Tolerances are those of test_synthesis_metafor: absolute 1e-9 plus relative 1e-6 of metafor's figure, relative 1e-5 for
tau² and what follows from it by a steep path.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pymare_figures
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonospine.synthesis.heterogeneity import heterogeneity
from sonospine.synthesis.mixed_effects import Designs, residual_variance
from sonospine.synthesis.permutation import distinct_orders, permutation_test
from sonospine.synthesis.random_effects import between_study_variance, mean_effect
from sonospine.synthesis.regression import CI, Regression, meta_regression

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "regression.json").read_text("utf-8"))
CASES = [pytest.param(case, id=case["name"]) for case in REFERENCE["cases"]]
ESTIMATORS = {"REML": "REML", "ML": "ML", "DL": "DL", "HE": "HE", "PM": "PM", "FE": "CE"}
INTERVALS = {test: ci for ci, test in CI.items()}
STEEP, USUAL, FLOOR = 1e-5, 1e-6, 1e-9


def near(value: float, relative: float = USUAL, floor: float = FLOOR) -> Any:
    return pytest.approx(value, rel=relative, abs=floor)


def regression(case: dict[str, Any], estimator: str, test: str) -> Regression:
    return meta_regression(
        case["yi"], case["vi"], case["design"], case["terms"],
        estimator=ESTIMATORS[estimator], ci=INTERVALS[test],
    )  # fmt: skip


def differing(fit: Regression, expected: dict[str, Any]) -> Iterator[str]:
    for position, coefficient in enumerate(fit.coefficients):
        for name in ("estimate", "se", "ci_lower", "ci_upper", "p_value"):
            found, figure = getattr(coefficient, name), expected[name][position]
            if found != near(figure):
                yield f"{name} of {coefficient.term}: {found!r}, metafor {figure!r}"
    for name in ("qm", "qm_p"):
        if getattr(fit, name) != near(expected[name]):
            yield f"{name}: {getattr(fit, name)!r}, metafor {expected[name]!r}"


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_coefficients_intervals_and_tests_are_those_of_metafor(case: dict[str, Any], estimator: str) -> None:
    expected = case["fits"][estimator]
    faults = [
        f"{test}: {fault}"
        for test in INTERVALS
        for fault in differing(regression(case, estimator, test), expected["tests"][test])
    ]
    assert faults == []


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_residual_heterogeneity_is_that_of_metafor(case: dict[str, Any], estimator: str) -> None:
    expected, fit = case["fits"][estimator], regression(case, estimator, "z")
    steep = {name: getattr(fit, name) for name in ("tau2", "h2")}
    usual = {name: getattr(fit, name) for name in ("qe", "qe_p")}
    if estimator != "FE":
        usual |= {name: getattr(fit, name) for name in ("tau2_lower", "tau2_upper")}
    assert steep == {name: near(expected[name], STEEP) for name in steep}
    assert usual == {name: near(expected[name]) for name in usual}
    # Percent: the floor is a hundred times that of a share. R² is a difference of two tau².
    assert (fit.i2, fit.r2) == (near(expected["i2"], STEEP, 1e-7), near(expected["r2"], STEEP, 1e-4))


# pymare's own pins of metafor 4.6: (design, model, method) -> why the figure differs.
TWO_MAXIMA = (
    "metafor stops at a maximum at 0 (log-likelihood 2.886), a higher one (3.171) is at tau² = 0.0114"
)
EXCEPTIONS = {("extreme_k10", "one", "ML"): TWO_MAXIMA}


def pymare_samples() -> dict[str, list[dict[str, str]]]:
    samples: dict[str, list[dict[str, str]]] = {}
    for row in pymare_figures.rows("metafor_small_sample.csv"):
        samples.setdefault(row["case"], []).append(row)
    return samples


def test_the_180_cases_of_pymare_agree_with_their_metafor() -> None:
    """The pins were made with metafor's default threshold, at which REML and ML stop short of their tau² by up to 1e-5 of it.

    Their figures are granted relative 5e-5 plus absolute 5e-6; every other figure the usual tolerance.
    """
    faults, excepted, compared = [], 0, 0
    cases, samples = pymare_figures.cases("metafor_reference.json"), pymare_samples()
    for case in cases:
        key = (case["design"], case["model"], case["method"])
        columns = {"intercept": (), "one": ("mod1",), "two": ("mod1", "mod2")}[case["model"]]
        data = samples[case["design"]]
        fit = meta_regression(
            [float(row["y"]) for row in data],
            [float(row["v"]) for row in data],
            [[1.0, *(float(row[name]) for name in columns)] for row in data],
            ["intercept", *columns],
            estimator=ESTIMATORS[case["method"]], ci=INTERVALS[case["test"]],
        )  # fmt: skip
        if key in EXCEPTIONS:
            excepted += 1
            continue
        iterated = case["method"] in ("ML", "REML")
        figures = {"tau2": (fit.tau2, case["tau2"])}
        for position, coefficient in enumerate(fit.coefficients):
            pins = (case["beta"], case["se"], case["pval"], case["ci_lb"], case["ci_ub"])
            names = ("estimate", "se", "p_value", "ci_lower", "ci_upper")
            for name, pin in zip(names, pins, strict=True):
                figures[f"{name} {position}"] = getattr(coefficient, name), pin[position]
            assert coefficient.df == case["dof"]
        # PyMARE from 0.0.13 on has these too.
        for name, pin in (
            *(("qe", "QE"), ("qe_p", "QEp"), ("h2", "H2"), ("i2", "I2")),
            *(("tau2_lower", "tau2_ci_lb"), ("tau2_upper", "tau2_ci_ub")),
        ):
            if case.get(pin) is not None:
                figures[name] = getattr(fit, name), case[pin]
        for name, (found, pin) in figures.items():
            compared += 1
            percent = 100 if name == "i2" else 1
            if found != (near(pin, 5e-5, 5e-6 * percent) if iterated else near(pin, floor=FLOOR * percent)):
                faults.append(f"{key} {case['test']} {name}: {found!r}, pinned {pin!r}")
    assert faults == []
    assert (len(cases), excepted) == (180, 3)
    assert compared >= 1947


def test_of_two_maxima_the_more_likely_is_taken() -> None:
    data = pymare_samples()["extreme_k10"]
    y, v = (np.asarray([float(row[name]) for row in data]) for name in ("y", "v"))
    x = np.asarray([[1.0, float(row["mod1"])] for row in data])
    sets = Designs(y, v, x[None])
    found = residual_variance(sets, "ML")
    at_zero = sets.log_likelihood(np.zeros(1), restricted=False)[0]
    assert found[0] == pytest.approx(0.0114416, rel=1e-5)
    assert sets.score(np.zeros(1), restricted=False)[0] < 0
    assert sets.log_likelihood(found, restricted=False)[0] > at_zero + 0.28


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in REFERENCE["permutations"]])
def test_exact_permutation_p_values_are_those_of_metafor(case: dict[str, Any]) -> None:
    found = permutation_test(
        case["yi"], case["vi"], case["design"], case["terms"],
        estimator=case["estimator"], ci=INTERVALS[case["test"]],
    )  # fmt: skip
    assert found.exact
    assert found.permutations == case["permutations"]
    assert found.p_values == pytest.approx(case["p_value"], abs=1e-12)
    assert found.qm_p == pytest.approx(case["qm_p"], abs=1e-12)


def test_a_drawn_permutation_test_is_seeded_and_near_the_exact_one() -> None:
    case = REFERENCE["permutations"][2]
    exact = permutation_test(case["yi"], case["vi"], case["design"], case["terms"], ci="wald")
    drawn = [
        permutation_test(
            case["yi"], case["vi"], case["design"], case["terms"], ci="wald", seed=seed, most=500
        )
        for seed in (1, 1, 2)
    ]
    assert drawn[0] == drawn[1] != drawn[2]
    assert not drawn[0].exact
    assert drawn[0].permutations == 500
    assert drawn[0].p_values == pytest.approx(exact.p_values, abs=0.1)
    assert min(drawn[0].p_values) >= 1 / 500


def test_distinct_orders_count_equal_rows_once() -> None:
    assert distinct_orders([0, 1, 2, 3]) == 24
    assert distinct_orders([0, 0, 1, 1, 1]) == 10
    assert distinct_orders([0, 0, 0]) == 1


@pytest.mark.parametrize(
    ("design", "terms", "words"),
    [
        ([[1.0, 2.0]] * 4, ["intercept", "dose"], "dose does not vary"),
        (
            [[1.0, 1.0, 2.0], [1.0, 2.0, 4.0], [1.0, 3.0, 6.0], [1.0, 5.0, 10.0]],
            ["i", "a", "b"],
            "b does not",
        ),
        ([[1.0, 0, 0, 0], [1.0, 1, 0, 0], [1.0, 0, 1, 0], [1.0, 0, 0, 1]], ["i", "a", "b", "c"], "too few"),
    ],
)
def test_a_design_that_cannot_be_fitted_names_the_column(
    design: list[list[float]], terms: list[str], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        meta_regression([0.1, 0.2, 0.4, 0.3], [0.1] * 4, design, terms)


@pytest.mark.parametrize(("estimator", "ci"), [("SJ", "wald"), ("REML", "t")])
def test_an_unknown_name_lists_the_allowed(estimator: str, ci: str) -> None:
    with pytest.raises(ValueError, match=r"unknown .*; allowed: "):
        meta_regression([0.1, 0.2, 0.4], [0.1] * 3, [[1.0]] * 3, ["i"], estimator=estimator, ci=ci)


values = st.tuples(
    st.floats(-3, 3).map(lambda x: round(x, 3)),
    st.floats(0.01, 2).map(lambda x: round(x, 3)),
    st.integers(-20, 20),
)
samples = st.lists(values, min_size=5, max_size=14).filter(lambda rows: len({row[2] for row in rows}) > 2)
estimators = st.sampled_from(["REML", "ML", "DL", "HE", "PM", "CE"])


def fitted(rows: list[tuple[float, float, int]], estimator: str, **scales: float) -> Regression:
    """Fit effects on one moderator; each may be scaled and shifted."""
    factor, shift = scales.get("factor", 1.0), scales.get("shift", 0.0)
    times, plus = scales.get("times", 1.0), scales.get("plus", 0.0)
    return meta_regression(
        [factor * y + shift for y, _, _ in rows], [factor**2 * v for _, v, _ in rows],
        [[1.0, times * m + plus] for _, _, m in rows], ["intercept", "moderator"], estimator=estimator,
    )  # fmt: skip


@given(samples, estimators)
@settings(deadline=None, max_examples=30)
def test_scale_and_shift_of_effects_and_moderator_do_what_they_must(
    rows: list[tuple[float, float, int]], estimator: str
) -> None:
    fit, moved = fitted(rows, estimator), fitted(rows, estimator, factor=10, shift=5)
    turned = fitted(rows, estimator, times=0.25, plus=1900)
    slope, of_moved, of_turned = (one.coefficients[1] for one in (fit, moved, turned))
    assert moved.tau2 == pytest.approx(100 * fit.tau2, rel=1e-7, abs=1e-9)
    assert turned.tau2 == pytest.approx(fit.tau2, rel=1e-6, abs=1e-9)
    assert (of_moved.estimate, of_moved.se) == pytest.approx(
        (10 * slope.estimate, 10 * slope.se), rel=1e-6, abs=1e-8
    )
    assert (of_turned.estimate, of_turned.se) == pytest.approx(
        (4 * slope.estimate, 4 * slope.se), rel=1e-6, abs=1e-8
    )
    assert (moved.i2, moved.qe, turned.qe) == pytest.approx((fit.i2, fit.qe, fit.qe), rel=1e-6, abs=1e-6)


@given(samples, estimators, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=30)
def test_the_order_of_the_effects_does_not_matter(
    rows: list[tuple[float, float, int]], estimator: str, generator: Any
) -> None:
    fit = fitted(rows, estimator)
    shuffled = list(rows)
    generator.shuffle(shuffled)
    again = fitted(shuffled, estimator)
    assert (again.tau2, again.coefficients[1].p_value) == pytest.approx(
        (fit.tau2, fit.coefficients[1].p_value), rel=1e-6, abs=1e-9
    )
    assert fit.tau2 >= 0
    assert fit.tau2_lower <= fit.tau2_upper
    assert 0 <= fit.r2 <= 100


@given(samples, st.sampled_from(["REML", "ML", "DL", "HE", "PM"]), st.sampled_from(sorted(CI)))
@settings(deadline=None, max_examples=30)
def test_without_moderators_it_is_the_random_effects_model(
    rows: list[tuple[float, float, int]], estimator: str, ci: str
) -> None:
    yi, vi = [y for y, _, _ in rows], [v for _, v, _ in rows]
    fit = meta_regression(yi, vi, [[1.0]] * len(yi), ["mean"], estimator=estimator, ci=ci)
    tau2 = between_study_variance(yi, vi, estimator)
    mean, around = mean_effect(yi, vi, tau2, ci=ci), heterogeneity(yi, vi, tau2)
    found = fit.coefficients[0]
    assert fit.tau2 == pytest.approx(tau2, rel=1e-6, abs=1e-9)
    assert (found.estimate, found.se, found.ci_lower, found.ci_upper) == pytest.approx(
        (mean.estimate, mean.se, mean.ci_lower, mean.ci_upper), rel=1e-6, abs=1e-8
    )
    assert (fit.i2, fit.qe, fit.tau2_lower, fit.tau2_upper) == pytest.approx(
        (around.i2, around.q, around.tau2_lower, around.tau2_upper), rel=1e-5, abs=1e-6
    )
    assert math.isnan(fit.r2)


@given(samples, estimators)
@settings(deadline=None, max_examples=20)
def test_the_conservative_interval_holds_the_wald_interval(
    rows: list[tuple[float, float, int]], estimator: str
) -> None:
    yi, vi = [y for y, _, _ in rows], [v for _, v, _ in rows]
    design = [[1.0, float(m)] for _, _, m in rows]
    wide, narrow = (
        meta_regression(yi, vi, design, ["i", "m"], estimator=estimator, ci=ci)
        for ci in ("hksj-conservative", "wald")
    )
    for outer, inner in zip(wide.coefficients, narrow.coefficients, strict=True):
        assert outer.ci_lower <= inner.ci_lower
        assert inner.ci_upper <= outer.ci_upper


@given(samples)
@settings(deadline=None, max_examples=10)
def test_a_design_fitted_beside_others_has_the_same_tau2(rows: list[tuple[float, float, int]]) -> None:
    y, v = np.asarray([row[0] for row in rows]), np.asarray([row[1] for row in rows])
    x = np.asarray([[1.0, float(row[2])] for row in rows])
    others = np.stack([np.roll(x, turn, axis=0) for turn in range(len(rows))])
    for estimator in ("REML", "ML", "PM"):
        together = residual_variance(Designs(y, v, others), estimator)
        alone = [residual_variance(Designs(y, v, other[None]), estimator)[0] for other in others]
        assert together.tolist() == pytest.approx(alone, rel=1e-12)


def test_a_perfect_fit_has_no_error_to_test_against() -> None:
    design = [[1.0, float(i)] for i in range(6)]
    fit = meta_regression([0.0] * 6, [0.1] * 6, design, ["i", "m"], ci="hksj")
    permuted = permutation_test([0.0] * 6, [0.1] * 6, design, ["i", "m"], ci="hksj")
    assert math.isnan(fit.qm)
    assert (fit.tau2, fit.coefficients[1].se, permuted.p_values) == (0, 0, (1, 1))
