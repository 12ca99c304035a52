"""How well an effect fits the other studies of its pool: what that says of the probability that it was misread."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sonospine.robustness.fitting import Fit, PointSet

FEWEST = 4
"""With fewer other effects nothing is said."""
BROAD = 4.0
"""A value that was misread in a way that nothing tells scatters this many times as far: a convention."""
LEAST_SCATTER = 0.5
"""Standard deviation of the logarithms of variances, at least: studies differ in their size."""


@dataclass(frozen=True, slots=True)
class Others:
    """The other effects of a pool: mean, its variance plus tau², mean and SD of the logarithms of variances, and k − 1."""

    mean: float
    variance: float
    log_vi: float
    scatter: float
    df: int

    def likelihood(self, piece: PointSet, broad: float = 1.0) -> float:
        """Return the logarithm of the density of effects and of the logarithms of their variances.

        Both have Student's t with k − 1 degrees of freedom, k the number of the others, as in a prediction interval:
        y about μ with the variance v + τ² + SE², ln v about the mean of the others with their variance times 1 + 1/k.
        ``broad`` multiplies both standard deviations. A study without an effect has no density and gives NaN.
        """
        if not piece:
            return math.nan
        total = 0.0
        for point in piece:
            total += _density(point.yi - self.mean, broad * math.sqrt(point.vi + self.variance), self.df)
            total += _density(math.log(point.vi) - self.log_vi, broad * self.scatter, self.df)
        return total


def others_of(points: PointSet, fit: Fit) -> Others | None:
    """Return what the other effects of a pool say, ``None`` where they are too few.

    Parameters
    ----------
    points
        The effects of the pool without the study.
    fit
        Their fit.
    """
    if len(points) < FEWEST:
        return None
    logs = [math.log(point.vi) for point in points]
    tau2 = 0.0 if math.isnan(fit.tau2) else fit.tau2
    of_mean = 1 / math.fsum(1 / (point.vi + tau2) for point in points)
    mean = math.fsum(logs) / len(logs)
    sd = math.sqrt(math.fsum((one - mean) ** 2 for one in logs) / (len(logs) - 1))
    scatter = max(LEAST_SCATTER, sd) * math.sqrt(1 + 1 / len(logs))
    return Others(fit.estimate, tau2 + of_mean, mean, scatter, len(points) - 1)


def updated(
    others: Others, as_read: PointSet, pieces: Sequence[PointSet], probabilities: Sequence[float]
) -> list[float]:
    """Return the probabilities of scenarios once the other studies of the pool were asked.

    By Bayes: the probability p_s of scenario s becomes p_s L_s / (p L + Σ p_s L_s), where p = 1 − Σ p_s is that of the
    row as it was read, L the density of the effect as read and L_s that of the effect in the scenario. A scenario in
    which the study drops out is that its effect was misread in a way that nothing tells: the effect as read has then
    the density of ``BROAD`` times the standard deviations.

    Parameters
    ----------
    others
        The other effects.
    as_read
        The effect as it was read, at least one.
    pieces, probabilities
        The effects in the scenarios (empty: it drops out) and their probabilities, which come to at most 1.
    """
    logs = [others.likelihood(one) if one else others.likelihood(as_read, BROAD) for one in pieces]
    own = others.likelihood(as_read)
    top = max([own, *logs])
    weights = [p * math.exp(one - top) for p, one in zip(probabilities, logs, strict=True)]
    total = math.fsum([max(0.0, 1.0 - math.fsum(probabilities)) * math.exp(own - top), *weights])
    return [weight / total for weight in weights] if total > 0 else list(probabilities)


def _density(distance: float, sd: float, df: int) -> float:
    """Return the logarithm of a density of Student's t, but for what is the same for every distance and SD."""
    return -0.5 * (df + 1) * math.log1p((distance / sd) ** 2 / df) - math.log(sd)
