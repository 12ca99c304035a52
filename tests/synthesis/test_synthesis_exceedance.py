"""The probability of an effect beyond the minimal important difference follows the printed interval."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonospine.synthesis.exceedance import p_beyond
from sonospine.synthesis.random_effects import between_study_variance, mean_effect

CASES = json.loads((Path(__file__).parents[1] / "reference" / "exceedance.json").read_text(encoding="utf-8"))
Z = 1.959963984540054
T2 = 4.302652729911275
values = st.floats(-5, 5)


@pytest.mark.parametrize(
    "case",
    [pytest.param(c, id="-".join(str(c[n]) for n in ("set", "test", "direction", "mid"))) for c in CASES],
)
def test_probabilities_are_the_integrals_of_r(case: dict[str, Any]) -> None:
    """The density of the printed interval, and of the prediction interval, by integrate() (exceedance.R)."""
    yi, vi = case["yi"], case["vi"]
    tau2 = between_study_variance(yi, vi, "REML")
    ci = {"adhoc": "hksj-conservative", "z": "wald"}[case["test"]]
    mean = mean_effect(yi, vi, tau2, ci=ci)
    se = math.sqrt(tau2 + mean.se**2)
    towards = case["mid"], case["direction"]
    assert p_beyond(mean.estimate, mean.se, mean.df, *towards) == pytest.approx(
        case["p_mean"], rel=1e-6, abs=1e-9
    )
    found = p_beyond(mean.estimate, se, len(yi) - 1, *towards)
    assert found == pytest.approx(case["p_new"], rel=1e-6, abs=1e-9)


def test_a_bound_of_the_interval_at_the_difference_leaves_its_tail() -> None:
    """Upper bound at -2: 97.5 % of the distribution lies below."""
    assert p_beyond(-2 - Z * 0.3, 0.3, None, 2, "lower") == pytest.approx(0.975, rel=1e-9)
    assert p_beyond(2 + T2 * 0.3, 0.3, 2, 2, "higher") == pytest.approx(0.975, rel=1e-9)
    assert p_beyond(-2, 0.3, 7, 2, "lower") == pytest.approx(0.5)


def test_harm_is_not_benefit() -> None:
    assert p_beyond(5, 0.3, 9, 2, "lower") < 1e-6
    assert p_beyond(-5, 0.3, 9, 2, "higher") < 1e-6


@given(values, st.floats(0.01, 3), st.one_of(st.none(), st.integers(1, 40)), st.floats(0.1, 4))
def test_the_sides_mirror_each_other(estimate: float, se: float, df: int | None, mid: float) -> None:
    assert p_beyond(estimate, se, df, mid, "lower") == pytest.approx(
        p_beyond(-estimate, se, df, mid, "higher"), abs=1e-12
    )


def test_without_an_error_it_is_certain() -> None:
    assert (p_beyond(-3, 0, 4, 2, "lower"), p_beyond(-1, 0, 4, 2, "lower")) == (1, 0)


def test_an_unknown_direction_lists_the_allowed() -> None:
    with pytest.raises(ValueError, match="allowed: lower, higher"):
        p_beyond(1, 1, None, 1, "left")
