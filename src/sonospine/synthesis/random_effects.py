"""The random-effects model: between-study variance, weighted mean, and the interval of the mean."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sonospine.synthesis.likelihood import most_likely
from sonospine.synthesis.weighting import generalised_q, pair_sum, weighted_mean

ESTIMATORS = ("REML", "ML", "DL", "HE", "PM", "CE")
INTERVALS = ("hksj-conservative", "hksj", "wald")


@dataclass(frozen=True, slots=True)
class Mean:
    """A pooled mean with its interval, on the scale of the effects; ``df`` is ``None`` for Wald."""

    estimate: float
    se: float
    ci_lower: float
    ci_upper: float
    df: int | None
    p_value: float
    ci_method: str


def between_study_variance(yi: Sequence[float], vi: Sequence[float], estimator: str = "REML") -> float:
    """Estimate tau², the variance of true effects between studies.

    Parameters
    ----------
    yi, vi
        Effects and their sampling variances, k of each, k >= 2, vi > 0.
    estimator
        ``REML`` or ``ML`` (see ``likelihood.most_likely``), ``DL`` (DerSimonian & Laird 1986, Control Clin
        Trials 7:177), ``HE`` (Hedges & Olkin 1985), ``PM`` (Paule & Mandel 1982, J Res NBS 87:377), or ``CE``: one
        common effect, so 0. The names are metafor's (which takes ``EE`` and ``CE`` for the last).

    Returns
    -------
    float
        tau² >= 0 in squared units of the effects.

    Raises
    ------
    ValueError
        Fewer than two effects (PyMARE would return 1e8), or an unknown estimator.

    Notes
    -----
    Where the restricted likelihood has two maxima the higher one is taken; metafor takes the one it reaches first.
    """
    if len(yi) < 2:
        raise ValueError("the between-study variance needs at least two effects")
    if estimator == "CE":
        return 0.0
    if estimator == "PM":
        return _root_of_decreasing(lambda tau2: generalised_q(yi, vi, tau2) - (len(yi) - 1), vi)
    if estimator == "DL":
        return _moments(yi, vi, [1 / v for v in vi])
    if estimator == "HE":
        return _moments(yi, vi, [1.0] * len(vi))
    if estimator in ("REML", "ML"):
        return most_likely(yi, vi, restricted=estimator == "REML")
    raise ValueError(f"unknown estimator {estimator!r}; allowed: {', '.join(ESTIMATORS)}")


def mean_effect(
    yi: Sequence[float], vi: Sequence[float], tau2: float, *, ci: str = "hksj-conservative", level: float = 95
) -> Mean:
    """Pool effects with weights 1 / (vi + tau²).

    Parameters
    ----------
    yi, vi
        Effects and sampling variances, k >= 2.
    tau2
        Between-study variance.
    ci
        ``wald``: se = 1/√Σw, normal quantile. ``hksj``: se² multiplied by q = Q(tau²)/(k - 1), quantile of
        t(k - 1) (Hartung & Knapp 2001, Stat Med 20:3875; metafor ``test="knha"``). ``hksj-conservative``: the
        factor is max(1, q) (Röver, Knapp & Friede 2015, BMC Med Res Methodol 15:99; metafor ``test="adhoc"``).
    level
        Confidence level in percent.

    Returns
    -------
    Mean
        The p value is two-sided and from the same distribution as the interval.
    """
    from scipy.stats import norm, t

    weights = [1 / (v + tau2) for v in vi]
    estimate = weighted_mean(yi, weights)
    variance = 1 / math.fsum(weights)
    df: int | None = None
    if ci == "wald":
        distribution = norm
    elif ci in ("hksj", "hksj-conservative"):
        df = len(yi) - 1
        factor = generalised_q(yi, vi, tau2) / df
        variance *= max(1.0, factor) if ci == "hksj-conservative" else factor
        distribution = t(df)
    else:
        raise ValueError(f"unknown interval {ci!r}; allowed: {', '.join(INTERVALS)}")
    se = math.sqrt(variance)
    half = float(distribution.ppf(0.5 + level / 200)) * se
    p_value = float(2 * distribution.sf(abs(estimate) / se)) if se > 0 else math.nan
    return Mean(estimate, se, estimate - half, estimate + half, df, p_value, ci)


def _moments(yi: Sequence[float], vi: Sequence[float], weights: Sequence[float]) -> float:
    """Solve E[Σ a(yi - mean)²] for tau² with fixed weights a (DerSimonian & Kacker 2007, eq. 6)."""
    total = math.fsum(weights)
    mean = weighted_mean(yi, weights)
    q = math.fsum(a * (y - mean) ** 2 for a, y in zip(weights, yi, strict=True))
    within = math.fsum(a * v for a, v in zip(weights, vi, strict=True)) - (
        math.fsum(a * a * v for a, v in zip(weights, vi, strict=True)) / total
    )
    return max(0.0, (q - within) * total / pair_sum(weights))


def _root_of_decreasing(function: Callable[[float], float], vi: Sequence[float]) -> float:
    """Return the root of a function that falls with tau², or 0 where it is below zero already."""
    from scipy.optimize import brentq

    if function(0.0) <= 0:
        return 0.0
    high = max(vi)
    while function(high) > 0:
        high *= 2
    return float(brentq(function, 0.0, high, xtol=1e-300, rtol=1e-14, maxiter=500))
