"""Quantiles of a mixture of normal and t distributions."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from sonospine.robustness.fitting import Fit


class Mixture:
    """A mixture of the distributions of pooled means: t with df degrees of freedom, or normal where df is NaN.

    F(x) = Σ πᵢ T((x − μᵢ)/seᵢ; dfᵢ), with the share πᵢ of the draws that gave pool i.
    """

    def __init__(self, fits: Sequence[Fit], counts: Sequence[int]) -> None:
        if not fits:
            raise ValueError("a mixture of nothing")
        self.means = np.array([fit.estimate for fit in fits])
        # A width of zero has no distribution function that can be inverted: next to none stands in for it.
        self.widths = np.maximum(np.array([fit.se for fit in fits]), 1e-300)
        self.df = np.array([fit.df for fit in fits])
        weights = np.array(counts, dtype=float)
        self.shares = weights / weights.sum()

    def below(self, x: float) -> float:
        """Return F(x)."""
        from scipy.special import ndtr, stdtr

        z = (x - self.means) / self.widths
        normal = np.isnan(self.df)
        each = np.where(normal, ndtr(z), stdtr(np.where(normal, 1.0, self.df), z))
        return float(math.fsum(self.shares * each))

    def quantile(self, p: float) -> float:
        """Return x with F(x) = p, 0 < p < 1: between the smallest and the largest quantile of the parts."""
        from scipy.optimize import brentq
        from scipy.special import ndtri, stdtrit

        normal = np.isnan(self.df)
        quantiles = np.where(normal, ndtri(p), stdtrit(np.where(normal, 1.0, self.df), p))
        parts = self.means + self.widths * quantiles
        low, high = float(parts.min()), float(parts.max())
        if high - low <= 1e-12 * max(abs(low), abs(high)):
            return low
        found = brentq(lambda x: self.below(x) - p, *_bracket(self, low, high, p), xtol=1e-300, rtol=1e-13)
        return float(found)

    def p_value(self) -> float:
        """Return the two-sided p of an effect of 0: 2 min(F(0), 1 − F(0))."""
        below = self.below(0.0)
        return 2 * min(below, 1 - below)


def _bracket(mixture: Mixture, low: float, high: float, p: float) -> tuple[float, float]:
    """Widen the ends by the rounding of F until they enclose the quantile."""
    step = 1e-12 * max(abs(low), abs(high), high - low)
    while mixture.below(low) > p:
        low, step = low - step, 2 * step
    while mixture.below(high) < p:
        high, step = high + step, 2 * step
    return low, high
