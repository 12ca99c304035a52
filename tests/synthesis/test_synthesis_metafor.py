"""Every figure of the random-effects model against metafor 3.8 (tests/reference/random_effects.R).

Tolerances: absolute 1e-9 plus relative 1e-6 of metafor's figure. tau² and what follows from it by a steep path are
granted relative 1e-5 (Fisher scoring in metafor stops at a difference, our root is solved to 14 digits). The worst
difference seen is written into docs/benchmarks.md by benchmarks/statistics.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sonospine.synthesis.heterogeneity import heterogeneity, prediction_interval
from sonospine.synthesis.random_effects import between_study_variance, mean_effect

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "metafor.json").read_text(encoding="utf-8"))
SETS = [pytest.param(case, id=case["name"]) for case in REFERENCE["sets"]]
ESTIMATORS = ("REML", "ML", "DL", "HE", "PM")
INTERVAL = {"adhoc": "hksj-conservative", "knha": "hksj", "z": "wald"}
STEEP = 1e-5
USUAL = 1e-6
FLOOR = 1e-9


PERCENT = 100 * FLOOR


def near(value: float, relative: float = USUAL, floor: float = FLOOR) -> Any:
    return pytest.approx(value, rel=relative, abs=floor)


def differing(found: dict[str, float], expected: dict[str, float], relative: float) -> Iterator[str]:
    for name, figure in found.items():
        if figure != near(expected[name], relative, PERCENT if name.startswith("i2") else FLOOR):
            yield f"{name}: {figure!r}, metafor {expected[name]!r}"


@pytest.mark.parametrize("case", SETS)
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_heterogeneity_is_that_of_metafor(case: dict[str, Any], estimator: str) -> None:
    expected = case["fits"][estimator]
    tau2 = between_study_variance(case["yi"], case["vi"], estimator)
    found = heterogeneity(case["yi"], case["vi"], tau2)
    steep = {name: getattr(found, name) for name in ("tau2", "i2", "h2")}
    usual = {
        name: getattr(found, name)
        for name in ("tau2_lower", "tau2_upper", "i2_lower", "i2_upper", "h2_lower", "h2_upper", "q", "q_p")
    }
    assert [*differing(steep, expected, STEEP), *differing(usual, expected, USUAL)] == []


@pytest.mark.parametrize("case", SETS)
@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("test", INTERVAL)
def test_mean_interval_and_p_are_those_of_metafor(case: dict[str, Any], estimator: str, test: str) -> None:
    expected = case["fits"][estimator]["means"][test]
    tau2 = between_study_variance(case["yi"], case["vi"], estimator)
    mean = mean_effect(case["yi"], case["vi"], tau2, ci=INTERVAL[test])
    found = {name: getattr(mean, name) for name in ("estimate", "se", "ci_lower", "ci_upper", "p_value")}
    if case["k"] >= 3:
        lower, upper, _ = prediction_interval(mean, tau2, case["k"])
        found |= {"pi_lower": lower, "pi_upper": upper}
    assert list(differing(found, expected, USUAL)) == []


def test_the_reference_covers_what_it_should() -> None:
    sizes = {case["k"] for case in REFERENCE["sets"]}
    at_zero = [case["name"] for case in REFERENCE["sets"] if case["fits"]["REML"]["tau2"] < 1e-10]
    assert REFERENCE["metafor"].startswith("3.8")
    assert len(REFERENCE["sets"]) >= 30
    assert {2, 3, 40} <= sizes
    assert len(at_zero) >= 5


def test_bcg_gives_the_figures_known_from_the_literature() -> None:
    """Log risk ratio of 13 BCG trials: the printed digits of two programs."""
    case = next(case for case in REFERENCE["sets"] if case["name"] == "bcg_log_rr")
    tau2 = between_study_variance(case["yi"], case["vi"], "REML")
    mean = mean_effect(case["yi"], case["vi"], tau2)
    lower, upper, df = prediction_interval(mean, tau2, 13)
    assert (round(mean.estimate, 4), round(mean.se, 4), round(tau2, 4)) == (-0.7145, 0.1808, 0.3132)
    assert (round(lower, 3), round(upper, 3), df) == (-1.996, 0.567, 12)
