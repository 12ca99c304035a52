"""Effects that share people: CR2 against robumeta, and what must hold for any clusters."""

from __future__ import annotations

import pymare_figures
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonospine.synthesis.dependent import (
    RobustMean,
    correlated_effects_tau2,
    cr2_coefficients,
    cr2_mean,
)
from sonospine.synthesis.random_effects import between_study_variance

MODELS: dict[str, tuple[str, ...]] = {
    "intercept": (),
    "within": ("within",),
    "both": ("within", "between"),
}
YI = [0.2, 0.5, -0.1, 0.9, 0.4, 0.3, 1.2, 0.0]
VI = [0.04, 0.05, 0.09, 0.11, 0.03, 0.20, 0.15, 0.08]
GROUPS = ["a", "a", "b", "c", "c", "d", "e", "f"]


def test_weights_tau2_standard_errors_and_df_are_those_of_robumeta() -> None:
    rows, cases = (
        pymare_figures.rows("robumeta_correlated_effects.csv"),
        pymare_figures.cases("robumeta_reference.json"),
    )
    yi, groups = [float(row["effect"]) for row in rows], [row["study"] for row in rows]
    assert len(cases) == 24
    for case in cases:
        vi = [float(row[case["variances"]]) for row in rows]
        design = [[1.0, *(float(row[name]) for name in MODELS[case["model"]])] for row in rows]
        tau2 = correlated_effects_tau2(yi, vi, groups, rho=case["rho"], design=design)
        fits = cr2_coefficients(yi, vi, design, groups, tau2)
        assert tau2 == pytest.approx(case["tau2"], rel=1e-10)
        assert [fit.estimate for fit in fits] == pytest.approx(case["beta"], rel=1e-9)
        assert [fit.se for fit in fits] == pytest.approx(case["se"], rel=1e-9)
        assert [fit.df for fit in fits] == pytest.approx(case["dof"], rel=1e-9)


def test_one_effect_a_cluster_is_dersimonian_laird_with_hc2() -> None:
    alone = [str(number) for number in range(len(YI))]
    tau2 = correlated_effects_tau2(YI, VI, alone)
    assert tau2 == pytest.approx(between_study_variance(YI, VI, "DL"), rel=1e-12)
    weights = [1 / (v + tau2) for v in VI]
    share = [w / sum(weights) for w in weights]
    mean = sum(s * y for s, y in zip(share, YI, strict=True))
    hc2 = sum((s * (y - mean)) ** 2 / (1 - s) for s, y in zip(share, YI, strict=True))
    for weighting in ("correlated", "individual"):
        fit = cr2_mean(YI, VI, alone, tau2, weighting=weighting)
        assert (fit.estimate, fit.se) == pytest.approx((mean, hc2**0.5), rel=1e-12)


def test_an_effect_given_twice_in_its_cluster_moves_nothing() -> None:
    twice = cr2_mean([*YI, YI[2]], [*VI, VI[2]], [*GROUPS, GROUPS[2]], 0.02)
    once = cr2_mean(YI, VI, GROUPS, 0.02)
    figures = ("estimate", "se", "ci_lower", "ci_upper", "df", "p_value", "groups")
    assert [getattr(twice, f) for f in figures] == pytest.approx([getattr(once, f) for f in figures])
    assert (once.k, twice.k) == (8, 9)


def test_few_degrees_of_freedom_are_called_unreliable() -> None:
    assert not cr2_mean(YI[:4], VI[:4], GROUPS[:4], 0.0).reliable
    assert cr2_mean(YI, VI, GROUPS, 0.5).reliable


@pytest.mark.parametrize(
    ("groups", "words"), [(["a"] * 8, "1 clusters are too few"), (["a"], "1 cluster labels")]
)
def test_too_few_clusters_are_refused(groups: list[str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        cr2_mean(YI, VI, groups, 0.0)


def test_an_unknown_weighting_lists_the_allowed() -> None:
    with pytest.raises(ValueError, match=r"unknown weighting .*; allowed: correlated, individual"):
        cr2_mean(YI, VI, GROUPS, 0.0, weighting="none")


effects = st.lists(
    st.tuples(
        st.floats(-5, 5).map(lambda x: round(x, 3)),
        st.floats(0.01, 2).map(lambda x: round(x, 3)),
        st.sampled_from("abcdef"),
    ),
    min_size=4,
    max_size=15,
).filter(lambda rows: len({row[2] for row in rows}) >= 3)


def near(one: RobustMean, other: RobustMean, scale: float = 1.0, shift: float = 0.0) -> bool:
    return (one.estimate, one.se, one.df) == pytest.approx(
        (other.estimate * scale + shift, other.se * scale, other.df), rel=1e-7, abs=1e-8
    )


@given(effects, st.permutations(range(15)), st.sampled_from([0.0, 0.3]))
@settings(deadline=None, max_examples=40)
def test_order_labels_scale_and_shift_change_nothing_else(
    rows: list[tuple[float, float, str]], order: list[int], tau2: float
) -> None:
    yi, vi, groups = ([row[i] for row in rows] for i in range(3))
    fit = cr2_mean(yi, vi, groups, tau2)
    turned = [rows[i] for i in order if i < len(rows)]
    assert near(cr2_mean(*([row[i] for row in turned] for i in range(3)), tau2), fit)
    assert near(cr2_mean(yi, vi, [f"study {g}" for g in groups], tau2), fit)
    assert near(cr2_mean([10 * y + 3 for y in yi], [100 * v for v in vi], groups, 100 * tau2), fit, 10, 3)
    assert fit.ci_lower <= fit.estimate <= fit.ci_upper
    assert 1 <= fit.df <= len(set(groups)) - 1 + 1e-9
