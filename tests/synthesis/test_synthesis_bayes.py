"""The posterior of the random-effects model against R's integrate() (tests/reference/bayes.R)."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path
from typing import Any

import pytest

from sonospine.synthesis.bayes import posterior

CASES = json.loads((Path(__file__).parents[1] / "reference" / "bayes.json").read_text(encoding="utf-8"))
FIGURES = (
    "estimate", "sd", "ci_lower", "ci_upper", "pi_lower", "pi_upper", "tau", "tau_lower", "tau_upper",
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_every_figure_is_that_of_integrate_in_r(case: dict[str, Any]) -> None:
    """Relative 1e-7: uniroot stops at an absolute 1e-13, integrate at a relative 1e-12 of each piece."""
    found = posterior(case["yi"], case["vi"], case["scale"])
    differing = {
        name: (getattr(found, name), case[name])
        for name in FIGURES
        if getattr(found, name) != pytest.approx(case[name], rel=1e-7, abs=1e-9)
    }
    assert differing == {}
    assert found.p_mean_below(-0.5) == pytest.approx(case["p_mean_below"], rel=1e-7, abs=1e-9)
    assert found.p_new_below(-0.5) == pytest.approx(case["p_new_below"], rel=1e-7, abs=1e-9)


def test_the_posterior_carries_through_scale_and_shift() -> None:
    yi, vi = [-1.0, -2.0, -0.4], [0.04, 0.09, 0.16]
    one = posterior(yi, vi, 0.5)
    two = posterior([1000 * (y + 7) for y in yi], [1e6 * v for v in vi], 500)
    assert two.estimate == pytest.approx(1000 * (one.estimate + 7), rel=1e-9)
    assert two.pi_upper == pytest.approx(1000 * (one.pi_upper + 7), rel=1e-9)
    assert two.tau_upper == pytest.approx(1000 * one.tau_upper, rel=1e-9)


def test_a_narrow_prior_gives_the_common_effect() -> None:
    yi, vi = [-1.0, -2.0, -0.4], [0.04, 0.09, 0.16]
    found = posterior(yi, vi, 1e-6)
    weights = [1 / v for v in vi]
    assert found.estimate == pytest.approx(
        sum(w * y for w, y in zip(weights, yi, strict=True)) / sum(weights), rel=1e-8
    )
    assert found.sd == pytest.approx(sum(weights) ** -0.5, rel=1e-8)


def test_many_effects_leave_the_prior_no_say() -> None:
    generator = random.Random(4)
    vi = [math.exp(generator.uniform(-4, 0.5)) for _ in range(20_000)]
    yi = [generator.gauss(-1, math.sqrt(v + 0.3)) for v in vi]
    one, two = (posterior(yi, vi, scale) for scale in (0.5, 5.0))
    assert one.tau == pytest.approx(math.sqrt(0.3), abs=0.01)
    assert two.tau == pytest.approx(one.tau, rel=1e-3)
    assert two.ci_lower == pytest.approx(one.ci_lower, rel=1e-4)


@pytest.mark.parametrize(
    ("yi", "scale", "message"), [([1.0], 0.5, "at least two"), ([1.0, 2.0], 0.0, "above 0")]
)
def test_what_cannot_be_worked_out_is_said(yi: list[float], scale: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        posterior(yi, [0.1] * len(yi), scale)
