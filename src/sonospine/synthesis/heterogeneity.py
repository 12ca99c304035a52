"""How much the true effects differ: Q, Q-profile interval of tau², I² and H² from tau², prediction interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sonospine.synthesis.random_effects import Mean
from sonospine.synthesis.weighting import generalised_q, pair_sum


@dataclass(frozen=True, slots=True)
class Heterogeneity:
    """Heterogeneity of k effects. ``tau2`` in squared units, ``i2`` in percent; bounds from the Q-profile."""

    tau2: float
    tau2_lower: float
    tau2_upper: float
    i2: float
    i2_lower: float
    i2_upper: float
    h2: float
    h2_lower: float
    h2_upper: float
    q: float
    q_df: int
    q_p: float


def heterogeneity(
    yi: Sequence[float], vi: Sequence[float], tau2: float, *, level: float = 95
) -> Heterogeneity:
    """Describe the heterogeneity around a pooled mean (k >= 2).

    I² = 100 tau² / (tau² + s²) and H² = (tau² + s²) / s² with the typical sampling variance s² (Higgins & Thompson
    2002, Stat Med 21:1539, eq. 9), as metafor prints them; PyMARE's own I² is from Q. The interval of tau² inverts
    Q(tau²) at the quantiles of chi²(k - 1) (Viechtbauer 2007, Stat Med 26:37); those of I² and H² follow from it.
    """
    from scipy.stats import chi2

    df = len(yi) - 1
    q = generalised_q(yi, vi, 0.0)
    typical = typical_variance(vi)
    lower, upper = q_profile(yi, vi, level=level)
    i2, i2_lower, i2_upper = (100 * t / (t + typical) for t in (tau2, lower, upper))
    h2, h2_lower, h2_upper = ((t + typical) / typical for t in (tau2, lower, upper))
    return Heterogeneity(
        tau2=tau2,
        tau2_lower=lower,
        tau2_upper=upper,
        i2=i2,
        i2_lower=i2_lower,
        i2_upper=i2_upper,
        h2=h2,
        h2_lower=h2_lower,
        h2_upper=h2_upper,
        q=q,
        q_df=df,
        q_p=float(chi2.sf(q, df)),
    )


def typical_variance(vi: Sequence[float]) -> float:
    """Return s² = (k - 1) Σw / ((Σw)² - Σw²) with w = 1/vi (Higgins & Thompson 2002, eq. 9)."""
    weights = [1 / v for v in vi]
    return (len(vi) - 1) * math.fsum(weights) / pair_sum(weights)


def q_profile(yi: Sequence[float], vi: Sequence[float], *, level: float = 95) -> tuple[float, float]:
    """Return the Q-profile interval of tau² (bounds that would be negative are 0)."""
    from scipy.optimize import brentq
    from scipy.stats import chi2

    df = len(yi) - 1

    def bound(quantile: float) -> float:
        if generalised_q(yi, vi, 0.0) <= quantile:
            return 0.0
        high = max(vi)
        while generalised_q(yi, vi, high) > quantile:
            high *= 2
        # xtol is absolute: next to nothing, so that rtol decides at every scale.
        root = brentq(
            lambda tau2: generalised_q(yi, vi, tau2) - quantile,
            0.0,
            high,
            xtol=1e-300,
            rtol=1e-14,
            maxiter=500,
        )
        return float(root)

    tail = (100 - level) / 200
    return bound(float(chi2.ppf(1 - tail, df))), bound(float(chi2.ppf(tail, df)))


def prediction_interval(mean: Mean, tau2: float, k: int, *, level: float = 95) -> tuple[float, float, int]:
    """Return the interval of the effect in a new setting and its degrees of freedom (k >= 3).

    estimate ± t(k - 1) √(tau² + se²) with the se of the printed interval (Cochrane Handbook 2025, 10.10.4.3; metafor
    ``predict`` after ``test="adhoc"`` or ``"knha"``).
    """
    from scipy.stats import t

    if k < 3:
        raise ValueError("a prediction interval needs at least three effects")
    half = float(t(k - 1).ppf(0.5 + level / 200)) * math.sqrt(tau2 + mean.se**2)
    return mean.estimate - half, mean.estimate + half, k - 1
