"""Maximum (restricted) likelihood of the between-study variance: PyMARE's maximum, bracketed and sharpened."""

from __future__ import annotations

import math
from collections.abc import Sequence

from sonospine.synthesis.weighting import weighted_mean

STEP = 1.5


def most_likely(yi: Sequence[float], vi: Sequence[float], *, restricted: bool) -> float:
    """Return the tau² with the highest (restricted) likelihood.

    Parameters
    ----------
    yi, vi
        Effects and their sampling variances, k of each, k >= 2, vi > 0.
    restricted
        REML (metafor ``method="REML"``) rather than ML (``method="ML"``).

    Returns
    -------
    float
        tau² >= 0 in squared units of the effects, to about 14 digits.

    Notes
    -----
    The likelihood can have a maximum at 0 and another above it, and Fisher scoring can cycle between two values. So
    the derivative (Viechtbauer 2005, J Educ Behav Stat 30:261, eq. 16 set to zero) is looked at along a geometric
    grid up to a bound that no root exceeds, and just below and above the maximum PyMARE finds; each fall through zero
    is bracketed, solved and compared with 0 by its likelihood.
    """
    points = _grid(yi, vi, restricted=restricted)
    slopes = [score(yi, vi, tau2, restricted=restricted) for tau2 in points]
    maxima = [0.0] if slopes[0] <= 0 else []
    for (low, rising), (high, falling) in zip(
        zip(points, slopes, strict=True), zip(points[1:], slopes[1:], strict=True), strict=False
    ):
        if rising > 0 >= falling:
            maxima.append(_root(yi, vi, low, high, restricted=restricted))
    return max(maxima, key=lambda tau2: (log_likelihood(yi, vi, tau2, restricted=restricted), -tau2))


def log_likelihood(yi: Sequence[float], vi: Sequence[float], tau2: float, *, restricted: bool) -> float:
    """Return the (restricted) log-likelihood at tau², the mean profiled out, without its constant."""
    weights = [1 / (v + tau2) for v in vi]
    mean = weighted_mean(yi, weights)
    terms = [math.log(w) - w * (y - mean) ** 2 for w, y in zip(weights, yi, strict=True)]
    restriction = math.log(math.fsum(weights)) if restricted else 0.0
    return 0.5 * (math.fsum(terms) - restriction)


def score(yi: Sequence[float], vi: Sequence[float], tau2: float, *, restricted: bool) -> float:
    """Return the derivative of the (restricted) log-likelihood by tau²."""
    weights = [1 / (v + tau2) for v in vi]
    mean = weighted_mean(yi, weights)
    terms = [w * (w * (y - mean) ** 2 - 1) for w, y in zip(weights, yi, strict=True)]
    restriction = math.fsum(w * w for w in weights) / math.fsum(weights) if restricted else 0.0
    return 0.5 * (math.fsum(terms) + restriction)


def _grid(yi: Sequence[float], vi: Sequence[float], *, restricted: bool) -> list[float]:
    """Return values of tau², ascending from 0, between which the derivative is looked at.

    At a root tau² is a weighted mean of (yi - mean)² - vi, plus 1/Σw for REML, and 1/Σw <= (max vi + tau²) / k: so
    no root lies above 2 range² + max vi.
    """
    bound = 2 * (max(yi) - min(yi)) ** 2 + max(vi)
    points = {0.0, 1.01 * bound}
    tau2 = min(vi) / 100
    while tau2 < bound:
        points.add(tau2)
        tau2 *= STEP
    found = _by_pymare(yi, vi, "REML" if restricted else "ML")
    if 0 < found < bound:
        points |= {0.999 * found, 1.001 * found}
    return sorted(points)


def _by_pymare(yi: Sequence[float], vi: Sequence[float], method: str) -> float:
    import numpy as np
    from pymare import Dataset
    from pymare.estimators import VarianceBasedLikelihoodEstimator

    model = VarianceBasedLikelihoodEstimator(method=method, small_sample_correction="wald")
    # Weights of very different size make PyMARE divide by zero; the grid finds the maximum without it then.
    with np.errstate(all="ignore"):
        fitted = model.fit_dataset(Dataset(y=np.asarray(yi), v=np.asarray(vi))).summary()
    return float(np.asarray(fitted.tau2).item())


def _root(yi: Sequence[float], vi: Sequence[float], low: float, high: float, *, restricted: bool) -> float:
    from scipy.optimize import brentq

    # xtol is absolute: next to nothing, so that rtol decides at every scale.
    found = brentq(
        lambda tau2: score(yi, vi, tau2, restricted=restricted),
        low,
        high,
        xtol=1e-300,
        rtol=1e-14,
        maxiter=500,
    )
    return float(found)
