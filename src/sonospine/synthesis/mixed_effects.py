"""The mixed-effects model: effects on moderators with a residual between-study variance, many designs at once.

``Designs`` holds the same k effects with B designs (B = 1 for one regression, the permuted designs of a permutation
test otherwise). Sums run over the last axis in a fixed order, so a result does not depend on what stands beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

STEP = 1.5
RIDDERS_STEPS = 200
ESTIMATORS = ("REML", "ML", "DL", "HE", "PM", "CE")
"""Estimators of the residual tau²; CE is the common-effect model, tau² = 0 (metafor ``method="FE"``)."""


@dataclass(frozen=True)
class Projected:
    """A weighted least-squares fit of each design.

    ``weights`` (B, k); ``basis`` (B, k, p), orthonormal columns that span √w X; ``scores`` (B, p), the weighted
    effects in that basis; ``residuals`` (B, k), √w times the residuals; ``leverage`` (B, k), the hat values.
    """

    weights: Any
    basis: Any
    scores: Any
    residuals: Any

    @cached_property
    def leverage(self) -> Any:
        """The diagonal of the hat matrix, (B, k)."""
        return (self.basis * self.basis).sum(-1)

    @cached_property
    def rss(self) -> Any:
        """Σ w r², (B,): QE where tau² = 0."""
        return (self.residuals * self.residuals).sum(-1)


class Designs:
    """k effects on B designs of full rank.

    Parameters
    ----------
    y, v
        Arrays (k,): effects and sampling variances, v > 0.
    x
        Array (B, k, p), k > p. A first column of ones is the intercept.
    """

    def __init__(self, y: Any, v: Any, x: Any) -> None:
        import numpy as np

        self.v = v
        self.count, self.k, self.p = x.shape
        self.with_intercept = bool(np.all(x[:, :, 0] == 1))
        # Far from zero the effects would lose digits: with an intercept only the intercept takes notice.
        self.centre = float(y.mean()) if self.with_intercept else 0.0
        self.y = y - self.centre
        self.scale = np.abs(x).max(axis=(0, 1))
        self.x = x / self.scale

    def chosen(self, rows: Any) -> Designs:
        """Return the designs of these rows."""
        part = object.__new__(Designs)
        part.__dict__ = {**self.__dict__, "x": self.x[rows], "count": len(rows)}
        return part

    def project(self, tau2: Any) -> Projected:
        """Fit each design with the weights 1 / (v + tau²), tau² an array (B,)."""
        import numpy as np

        weights = 1 / (self.v + tau2[:, None])
        root = np.sqrt(weights)
        target = root * self.y
        basis = np.empty_like(self.x)
        scores = np.empty((self.count, self.p))
        for j in range(self.p):
            column = root * self.x[:, :, j]
            # Gram-Schmidt, twice: once leaves columns that are nearly parallel not orthogonal enough.
            for _ in range(2 if j else 1):
                for i in range(j):
                    column = column - (basis[:, :, i] * column).sum(-1)[:, None] * basis[:, :, i]
            basis[:, :, j] = column / np.sqrt((column * column).sum(-1))[:, None]
            scores[:, j] = (basis[:, :, j] * target).sum(-1)
            target = target - scores[:, j][:, None] * basis[:, :, j]
        return Projected(weights, basis, scores, target)

    def coefficients(self, fit: Projected) -> tuple[Any, Any]:
        """Return the coefficients (B, p) and the unscaled covariances (X'WX)⁻¹ (B, p, p)."""
        import numpy as np

        triangle = self._triangle(fit)
        inverse = np.linalg.inv(triangle)
        beta = np.einsum("bij,bj->bi", inverse, fit.scores) / self.scale
        beta[:, 0] += self.centre
        return beta, np.einsum("bil,bjl->bij", inverse, inverse) / np.outer(self.scale, self.scale)

    def _triangle(self, fit: Projected) -> Any:
        """Return R of √w X = QR, (B, p, p)."""
        import numpy as np

        return np.triu(np.einsum("bki,bk,bkj->bij", fit.basis, np.sqrt(fit.weights), self.x))

    def score(self, tau2: Any, *, restricted: bool) -> Any:
        """Return twice the derivative of the (restricted) log-likelihood by tau²: y'PPy - tr P, or - Σw for ML."""
        fit = self.project(tau2)
        trace = fit.weights * (1 - fit.leverage) if restricted else fit.weights
        return (fit.weights * fit.residuals * fit.residuals).sum(-1) - trace.sum(-1)

    def log_likelihood(self, tau2: Any, *, restricted: bool) -> Any:
        """Return the (restricted) log-likelihood without its constant, the coefficients profiled out."""
        import numpy as np

        fit = self.project(tau2)
        value = 0.5 * (np.log(fit.weights).sum(-1) - fit.rss)
        if restricted:
            diagonal = np.diagonal(self._triangle(fit), axis1=1, axis2=2)
            value = value - np.log(np.abs(diagonal)).sum(-1)
        return value


def residual_variance(designs: Designs, estimator: str, near: float | None = None) -> Any:
    """Estimate the residual tau² of each design.

    Parameters
    ----------
    designs
        The effects and their B designs.
    estimator
        ``REML``, ``ML`` (Viechtbauer 2005, J Educ Behav Stat 30:261, its equations with P of the design), ``DL``,
        ``HE`` (Raudenbush 2009, Handbook of Research Synthesis, ch. 16), ``PM`` (QE(tau²) = k - p;
        DerSimonian & Kacker 2007, Contemp Clin Trials 28:105) or ``CE`` (0). metafor's names, CE is its ``FE``.
    near
        A value beside which a maximum may lie (for REML and ML).

    Returns
    -------
    array (B,)
        tau² >= 0 to about 12 digits, in squared units of the effects.

    Raises
    ------
    ValueError
        Unknown estimator.
    """
    import numpy as np

    zero = np.zeros(designs.count)
    if estimator == "CE":
        return zero
    if estimator in ("REML", "ML"):
        return _most_likely(designs, restricted=estimator == "REML", near=near)
    freedom = designs.k - designs.p
    if estimator == "PM":
        return solve_q(designs, freedom)
    if estimator == "DL":
        fit = designs.project(zero)
        trace = (fit.weights * (1 - fit.leverage)).sum(-1)
        return np.maximum(0, (fit.rss - freedom) / trace)
    if estimator == "HE":
        plain = Designs(designs.y, np.ones(designs.k), designs.x).project(zero)
        within = ((1 - plain.leverage) * designs.v).sum(-1)
        return np.maximum(0, (plain.rss - within) / freedom)
    raise ValueError(f"unknown estimator {estimator!r}; allowed: {', '.join(ESTIMATORS)}")


def solve_q(designs: Designs, target: float) -> Any:
    """Return the tau² (B,) at which QE(tau²) = Σ (y - Xb)² / (v + tau²) falls to a target; 0 where it is below."""
    import numpy as np

    found = np.zeros(designs.count)
    live = np.flatnonzero(designs.project(found).rss > target)
    if not len(live):
        return found
    part = designs.chosen(live)
    high = np.full(len(live), float(designs.v.max()))
    while True:
        above = part.project(high).rss > target
        if not above.any():
            break
        high[above] *= 2
    found[live] = _roots(lambda tau2, rows: part.chosen(rows).project(tau2).rss - target, 0 * high, high)
    return found


def _most_likely(designs: Designs, *, restricted: bool, near: float | None) -> Any:
    """Return the likeliest tau² of each design: every fall of the score through zero is solved, and 0 compared."""
    import numpy as np

    points = _grid(designs, near)
    slopes = np.stack(
        [designs.score(np.full(designs.count, point), restricted=restricted) for point in points]
    )
    best = np.zeros(designs.count)
    known = slopes[0] <= 0
    falls, owners = np.nonzero((slopes[:-1] > 0) & (slopes[1:] <= 0))
    if not len(falls):
        return best
    low, high = np.asarray(points)[falls], np.asarray(points)[falls + 1]
    roots = _roots(
        lambda tau2, rows: designs.chosen(owners[rows]).score(tau2, restricted=restricted), low, high
    )
    several = np.bincount(owners, minlength=designs.count) + known > 1
    height = np.full(designs.count, -np.inf)
    rivals = np.flatnonzero(several & known)
    if len(rivals):
        height[rivals] = designs.chosen(rivals).log_likelihood(np.zeros(len(rivals)), restricted=restricted)
    for fall, owner in enumerate(owners):
        if not several[owner]:
            best[owner] = roots[fall]
            continue
        here = designs.chosen([owner]).log_likelihood(roots[fall : fall + 1], restricted=restricted)[0]
        if here > height[owner]:
            best[owner], height[owner] = roots[fall], here
    return best


def _grid(designs: Designs, near: float | None) -> list[float]:
    """Return values of tau², ascending from 0, between which the score is looked at.

    y'PPy is at most Σw r² / (min v + tau²) <= k M / (min v + tau²)² with M the largest squared residual of any fit,
    and tr P (or Σw) at least (k - p) / (max v + tau²): no root lies above 2 M k / (k - p) + max v.
    """
    largest = float((designs.y * designs.y).max())
    bound = 2 * largest * designs.k / (designs.k - designs.p) + float(designs.v.max())
    points = {0.0, 1.01 * bound}
    tau2 = float(designs.v.min()) / 100
    while tau2 < bound:
        points.add(tau2)
        tau2 *= STEP
    if near is not None and 0 < near < bound:
        points |= {0.999 * near, 1.001 * near}
    return sorted(points)


def _roots(function: Callable[[Any, Any], Any], low: Any, high: Any) -> Any:
    """Return the root in each bracket, by Ridders' method (1979, IEEE Trans Circuits Syst 26:979).

    The function takes values of tau² and the numbers of their brackets; it is above zero at ``low`` and not above it
    at ``high``. Half the bracket is left at least after each step, so that the method cannot stall.
    """
    import numpy as np

    root, live = np.array(high, dtype=float), np.arange(len(low))
    low, high = np.array(low, dtype=float), np.array(high, dtype=float)
    above, below = function(low, live), function(high, live)
    for _ in range(RIDDERS_STEPS):
        if not len(live):
            break
        middle = 0.5 * (low + high)
        at_middle = function(middle, live)
        size = np.maximum(above, -below)
        size[size == 0] = 1
        a, m, b = above / size, at_middle / size, below / size
        width = np.sqrt(m * m - a * b)
        width[width == 0] = 1
        point = np.clip(middle + (middle - low) * m / width, low, high)
        at_point = function(point, live)
        rising = at_middle > 0
        low, above = np.where(rising, middle, low), np.where(rising, at_middle, above)
        high, below = np.where(rising, high, middle), np.where(rising, below, at_middle)
        inside, rising = (low < point) & (point < high), at_point > 0
        low, above = np.where(inside & rising, point, low), np.where(inside & rising, at_point, above)
        high, below = np.where(inside & ~rising, point, high), np.where(inside & ~rising, at_point, below)
        done = (np.abs(point - root[live]) <= 1e-15 * point) | (high - low <= 4e-16 * high) | (at_point == 0)
        root[live] = point
        keep = ~done
        live, low, high, above, below = live[keep], low[keep], high[keep], above[keep], below[keep]
    return root
