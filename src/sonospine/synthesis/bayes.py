"""The normal-normal random-effects model with a half-normal prior on tau, by numeric integration."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PANELS, NODES = 30, 20
"""Gauss-Legendre nodes: 30 panels of 20 over the span that holds all but e^-45 of the posterior's peak."""
NEGLIGIBLE = 45.0
CELLS = 2_000_000


@dataclass(frozen=True, slots=True)
class Posterior:
    """The posterior: mean and SD of the average effect, equal-tailed intervals, median and interval of tau.

    ``pi_lower`` and ``pi_upper`` bound the effect in a new setting.
    """

    estimate: float
    sd: float
    ci_lower: float
    ci_upper: float
    pi_lower: float
    pi_upper: float
    tau: float
    tau_lower: float
    tau_upper: float
    _mixture: tuple[Floats, Floats, Floats, Floats]

    def p_mean_below(self, value: float) -> float:
        """Return the probability that the average effect is below a value."""
        share, mean, sd, _ = self._mixture
        return _mixed(value, share, mean, sd)

    def p_new_below(self, value: float) -> float:
        """Return the probability that the effect in a new setting is below a value."""
        share, mean, _, sd = self._mixture
        return _mixed(value, share, mean, sd)


def posterior(
    yi: Sequence[float], vi: Sequence[float], prior_scale: float, *, level: float = 95
) -> Posterior:
    """Work out the posterior of a random-effects model.

    Parameters
    ----------
    yi, vi
        Effects and sampling variances, k of each, k >= 2, vi > 0.
    prior_scale
        Scale of the half-normal prior of tau, above 0, in units of the effects (its median is 0.67 scales, its 95 %
        point 1.96 scales).
    level
        Credible level in percent; intervals are equal-tailed.

    Returns
    -------
    Posterior

    Raises
    ------
    ValueError
        Fewer than two effects, or a prior scale that is not above 0.

    Notes
    -----
    yi ~ N(thetai, vi), thetai ~ N(mu, tau²), mu flat, tau ~ half-normal(scale). Given tau, mu is normal with the
    weighted mean and variance 1/Σw, and the marginal likelihood of tau is the restricted one, so all is a mixture
    over tau (Röver 2020, J Stat Softw 93(6), eq. 8 to 13; R package bayesmeta with ``tau.prior = function(t)
    dhalfnormal(t, scale)``, ``interval.type = "central"``). The integral runs over u with tau = c sinh(u), c a quarter
    of the smallest standard error, so that no scale of the data is passed over.
    """
    if len(yi) < 2:
        raise ValueError("the model needs at least two effects")
    if not prior_scale > 0:
        raise ValueError(f"the prior scale is {prior_scale!r}; allowed: a number above 0")
    from scipy.optimize import brentq

    model = _Model(np.asarray(yi, float), np.asarray(vi, float), prior_scale)
    low, high = model.span()
    u, step = _nodes(np.linspace(low, high, PANELS + 1))
    density, mean, variance = model.at(u)
    peak = density.max()
    share = np.exp(density - peak) * step
    total = share.sum()
    share /= total
    tau = model.tau(u)
    sd, new_sd = np.sqrt(variance), np.sqrt(variance + tau**2)
    estimate = math.fsum(share * mean)
    spread = math.sqrt(math.fsum(share * (variance + (mean - estimate) ** 2)))
    tails = (0.5 - level / 200, 0.5 + level / 200)

    def quantile(p: float, deviation: Floats) -> float:
        reach = 40 * float(deviation.max())
        ends = float(mean.min()) - reach, float(mean.max()) + reach
        return float(brentq(lambda x: _mixed(x, share, mean, deviation) - p, *ends, xtol=1e-300, rtol=1e-13))

    edges = np.linspace(low, high, PANELS + 1)
    before = np.concatenate([[0.0], np.cumsum(share.reshape(PANELS, NODES).sum(axis=1))])

    def tau_quantile(p: float) -> float:
        panel = min(int(np.searchsorted(before, p, side="right")) - 1, PANELS - 1)

        def excess(at: float) -> float:
            part, width = _nodes(np.array([edges[panel], at]))
            return float(before[panel] + (np.exp(model.at(part)[0] - peak) * width).sum() / total - p)

        root = (
            brentq(excess, edges[panel], edges[panel + 1], xtol=1e-15, rtol=1e-13)
            if excess(edges[panel + 1]) > 0
            else edges[panel + 1]
        )
        return float(model.tau(np.array([root]))[0])

    ci_lower, ci_upper = (quantile(p, sd) for p in tails)
    pi_lower, pi_upper = (quantile(p, new_sd) for p in tails)
    tau_lower, middle, tau_upper = (tau_quantile(p) for p in (tails[0], 0.5, tails[1]))
    return Posterior(
        estimate, spread, ci_lower, ci_upper, pi_lower, pi_upper, middle, tau_lower, tau_upper,
        (share, mean, sd, new_sd),
    )  # fmt: skip


class _Model:
    """The unnormalised posterior of tau, in u."""

    def __init__(self, yi: Floats, vi: Floats, scale: float) -> None:
        self.yi, self.vi, self.scale = yi, vi, scale
        self.unit = 0.25 * math.sqrt(min(float(vi.min()), scale**2))

    def tau(self, u: Floats) -> Floats:
        found: Floats = self.unit * np.sinh(u)
        return found

    def at(self, u: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the log density by u, and mean and variance of mu, at each u."""
        found = np.empty((3, len(u)))
        rows = max(1, CELLS // len(self.yi))
        for start in range(0, len(u), rows):
            part = u[start : start + rows]
            tau = self.tau(part)
            w = 1 / (self.vi + (tau**2)[:, None])
            total = w.sum(axis=1)
            mean = (w * self.yi).sum(axis=1) / total
            q = (w * (self.yi - mean[:, None]) ** 2).sum(axis=1)
            density = 0.5 * (np.log(w).sum(axis=1) - np.log(total) - q - (tau / self.scale) ** 2)
            found[:, start : start + rows] = density + np.log(np.cosh(part)), mean, 1 / total
        return found[0], found[1], found[2]

    def span(self) -> tuple[float, float]:
        """Return the part of u that holds the posterior, narrowed until it stays."""
        low, high = 0.0, math.asinh(math.sqrt(2 * NEGLIGIBLE) * 1.5 * self.scale / self.unit)
        for _ in range(6):
            grid = np.linspace(low, high, 200)
            density = self.at(grid)[0]
            there = np.flatnonzero(density > density.max() - NEGLIGIBLE)
            first, last = max(there[0] - 1, 0), min(there[-1] + 1, len(grid) - 1)
            if last - first > 0.7 * len(grid):
                break
            low, high = float(grid[first]), float(grid[last])
        return low, high


def _nodes(edges: Floats) -> tuple[Floats, Floats]:
    """Return Gauss-Legendre points and weights over panels with the given edges."""
    from scipy.special import roots_legendre

    points, weights = roots_legendre(NODES)
    half = np.diff(edges)[:, None] / 2
    middle = (edges[1:] + edges[:-1])[:, None] / 2
    return (middle + half * points).ravel(), (half * weights).ravel()


def _mixed(value: float, share: Floats, mean: Floats, sd: Floats) -> float:
    from scipy.special import ndtr

    return math.fsum(share * ndtr((value - mean) / sd))
