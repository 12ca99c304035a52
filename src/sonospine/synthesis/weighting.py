"""Weighted means and the generalised Q: the sums that every estimator of the random-effects model rests on."""

from __future__ import annotations

import math
from collections.abc import Sequence


def weighted_mean(yi: Sequence[float], weights: Sequence[float]) -> float:
    """Return the weighted mean, with sums by ``math.fsum``."""
    return math.fsum(w * y for w, y in zip(weights, yi, strict=True)) / math.fsum(weights)


def generalised_q(yi: Sequence[float], vi: Sequence[float], tau2: float) -> float:
    """Return Q(tau²) = Σ (yi - mean)² / (vi + tau²), the mean weighted likewise; Cochran's Q at tau² = 0."""
    weights = [1 / (v + tau2) for v in vi]
    mean = weighted_mean(yi, weights)
    return math.fsum(w * (y - mean) ** 2 for w, y in zip(weights, yi, strict=True))


def pair_sum(weights: Sequence[float]) -> float:
    """Return (Σw)² - Σw² as twice the sum over pairs, which loses no digits where one weight outweighs all others."""
    terms = []
    before = 0.0
    for weight in weights:
        terms.append(2 * weight * before)
        before += weight
    return math.fsum(terms)
