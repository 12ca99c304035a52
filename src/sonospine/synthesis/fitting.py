"""One pool by the choice of estimator, interval and level: mean, heterogeneity, prediction interval, weights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sonospine.synthesis.common_effect import common_heterogeneity
from sonospine.synthesis.heterogeneity import Heterogeneity, heterogeneity, prediction_interval
from sonospine.synthesis.random_effects import Mean, between_study_variance, mean_effect

MANY = 2_000
"""From so many effects on the batch is used: its figures are those of the single fit, in a hundredth of the time."""


@dataclass(frozen=True, slots=True)
class Choice:
    """How to pool: estimator of tau², interval of the mean, confidence level in percent."""

    estimator: str = "REML"
    ci: str = "hksj-conservative"
    level: float = 95


@dataclass(frozen=True, slots=True)
class Fit:
    """A pool; ``prediction`` is lower bound, upper bound and degrees of freedom, or ``None`` (k < 3, common effect)."""

    mean: Mean
    spread: Heterogeneity
    prediction: tuple[float, float, int] | None


def fitted(yi: Sequence[float], vi: Sequence[float], choice: Choice) -> Fit:
    """Pool effects.

    Parameters
    ----------
    yi, vi
        Effects and sampling variances, k of each, k >= 2, yi finite, vi finite and above 0.
    choice
        Estimator (CE: a common effect, without tau² or prediction interval), interval and level.

    Returns
    -------
    Fit
        Formulas and sources: ``random_effects``, ``heterogeneity`` and ``common_effect``.
    """
    if len(yi) >= MANY:
        return _of_many(yi, vi, choice)
    tau2 = between_study_variance(yi, vi, choice.estimator)
    mean = mean_effect(yi, vi, tau2, ci=choice.ci, level=choice.level)
    if choice.estimator == "CE":
        return Fit(mean, common_heterogeneity(yi, vi), None)
    spread = heterogeneity(yi, vi, tau2, level=choice.level)
    k = len(yi)
    return Fit(mean, spread, prediction_interval(mean, tau2, k, level=choice.level) if k >= 3 else None)


def shares(vi: Sequence[float], tau2: float) -> tuple[float, ...]:
    """Return the weights 1 / (vi + tau²) in percent of their sum."""
    inverse = [1 / (v + tau2) for v in vi]
    total = math.fsum(inverse)
    return tuple(100 * w / total for w in inverse)


def _of_many(yi: Sequence[float], vi: Sequence[float], choice: Choice) -> Fit:
    from sonospine.synthesis.batch import fit_many

    fits = fit_many([(yi, vi)], estimator=choice.estimator, ci=choice.ci, level=choice.level)

    def figure(name: str) -> float:
        return float(getattr(fits, name)[0])

    df = len(yi) - 1
    mean = Mean(
        figure("estimate"), figure("se"), figure("ci_lower"), figure("ci_upper"),
        None if choice.ci == "wald" else df, figure("p_value"), choice.ci,
    )  # fmt: skip
    spread = Heterogeneity(
        figure("tau2"), figure("tau2_lower"), figure("tau2_upper"), figure("i2"), figure("i2_lower"),
        figure("i2_upper"), figure("h2"), figure("h2_lower"), figure("h2_upper"), figure("q"), df, figure("q_p"),
    )  # fmt: skip
    if choice.estimator == "CE":
        return Fit(mean, spread, None)
    return Fit(mean, spread, (figure("pi_lower"), figure("pi_upper"), df))
