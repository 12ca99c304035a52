"""Effects that share people: cluster-robust standard errors (CR2) with Satterthwaite's degrees of freedom."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

DEFAULT_RHO = 0.8
"""Correlation of the estimates of one cluster that robumeta assumes; it enters tau² alone, and hardly moves it."""

FEWEST_DF = 4.0
"""Below it Satterthwaite's approximation does not hold its level (Tipton 2015, Psychol Methods 20:375)."""

WEIGHTINGS = ("correlated", "individual")


@dataclass(frozen=True, slots=True)
class RobustMean:
    """A coefficient (the pooled mean, or a slope) with its cluster-robust interval.

    ``df`` is Satterthwaite's, a real number; ``reliable`` is false where it is below 4, outside the range in which
    the interval is known to hold its level. ``groups`` counts clusters, ``k`` effects.
    """

    estimate: float
    se: float
    ci_lower: float
    ci_upper: float
    df: float
    p_value: float
    groups: int
    k: int
    ci_method: str = "cr2"

    @property
    def reliable(self) -> bool:
        """Whether the degrees of freedom are at least 4."""
        return self.df >= FEWEST_DF


def cr2_mean(
    yi: Sequence[float],
    vi: Sequence[float],
    groups: Sequence[str],
    tau2: float,
    level: float = 95,
    *,
    weighting: str = "correlated",
) -> RobustMean:
    """Pool effects some of which come from the same people.

    Parameters
    ----------
    yi, vi
        Effects and sampling variances, k of each, vi > 0.
    groups
        The cluster of each effect; effects of one cluster are dependent, those of two are not.
    tau2
        Between-study variance, e.g. of ``correlated_effects_tau2``; it sets the weights, not the validity.
    level
        Confidence level in percent.
    weighting
        ``correlated``: 1 / (n_j (mean v of cluster j + tau²)), so that a cluster's weight does not grow with its
        number of effects (Hedges, Tipton & Johnson 2010, Res Synth Methods 1:39; robumeta ``modelweights="CORR"``).
        ``individual``: 1 / (vi + tau²) (metafor ``robust(rma(...), cluster, clubSandwich=TRUE)`` where vi does not
        vary within a cluster).

    Returns
    -------
    RobustMean
        Estimate, CR2 standard error, interval and two-sided p from t with Satterthwaite's degrees of freedom.

    Raises
    ------
    ValueError
        Fewer than two clusters, or as many labels as effects are not given.

    Notes
    -----
    The sandwich of Hedges, Tipton & Johnson (2010) with the bias-reduced residuals of Bell & McCaffrey (2002;
    CR2) and their Satterthwaite degrees of freedom (Tipton 2015), all by PyMARE. Every effect of its own cluster
    gives HC2. robumeta ``robu(..., small=TRUE)`` is the same.
    """
    return cr2_coefficients(yi, vi, [[1.0]] * len(yi), groups, tau2, level, weighting=weighting)[0]


def cr2_coefficients(
    yi: Sequence[float],
    vi: Sequence[float],
    design: Sequence[Sequence[float]],
    groups: Sequence[str],
    tau2: float,
    level: float = 95,
    *,
    weighting: str = "correlated",
) -> list[RobustMean]:
    """Fit a meta-regression by weighted least squares with CR2 standard errors.

    Parameters
    ----------
    design
        k rows of p columns, the intercept among them. The others are those of ``cr2_mean``.

    Returns
    -------
    list of RobustMean
        One for each column of the design.

    Raises
    ------
    ValueError
        There are not more clusters than columns (every cluster has full leverage then: no residual is left).
    """
    import numpy as np
    from pymare.stats import (
        cluster_robust_cov,
        correlated_effects_weights,
        satterthwaite_dof,
        weighted_least_squares,
    )
    from scipy.stats import t

    _check(yi, groups, len(design[0]) if design else 0)
    if weighting not in WEIGHTINGS:
        raise ValueError(f"unknown weighting {weighting!r}; allowed: {', '.join(WEIGHTINGS)}")
    y, v, x = _columns(yi, vi, design)
    labels = np.asarray(_codes(groups))
    weights = correlated_effects_weights(v, labels, tau2) if weighting == "correlated" else 1 / (v + tau2)
    with _without_warnings():
        beta, cov = weighted_least_squares(y, v, x, w=weights, return_cov=True)
        robust = cluster_robust_cov(y, v, x, beta, labels, model_cov=cov, w=weights, method="CR2")
        dfs = satterthwaite_dof(x, weights, labels, model_cov=cov)
    fits = []
    for index in range(x.shape[1]):
        estimate, df = float(beta[index, 0]), float(dfs[index, 0])
        se = math.sqrt(max(0.0, float(robust[index, index, 0])))
        half = float(t(df).ppf(0.5 + level / 200)) * se
        p_value = float(2 * t(df).sf(abs(estimate) / se)) if se > 0 else math.nan
        fits.append(
            RobustMean(estimate, se, estimate - half, estimate + half, df, p_value, len(set(groups)), len(yi))
        )
    return fits


def correlated_effects_tau2(
    yi: Sequence[float],
    vi: Sequence[float],
    groups: Sequence[str],
    *,
    rho: float = DEFAULT_RHO,
    design: Sequence[Sequence[float]] | None = None,
) -> float:
    """Estimate tau² from effects some of which come from the same people.

    Moments of the correlated-effects model (Hedges, Tipton & Johnson 2010; Fisher & Tipton 2015, arXiv:1503.02220,
    eq. 8 and 9), by PyMARE; robumeta ``robu(..., modelweights="CORR", rho=rho)``. With one effect a cluster it is
    DerSimonian-Laird. ``rho``, in [0, 1], is the assumed correlation of the estimates of one cluster; ``design``
    is an intercept where it is not given. ``ValueError`` as for ``cr2_coefficients``.
    """
    import numpy as np
    from pymare.stats import correlated_effects_tau2 as by_moments

    rows = [[1.0]] * len(yi) if design is None else design
    _check(yi, groups, len(rows[0]) if rows else 0)
    y, v, x = _columns(yi, vi, rows)
    return float(np.asarray(by_moments(y, v, x, np.asarray(_codes(groups)), rho=rho)).item())


def _check(yi: Sequence[float], groups: Sequence[str], columns: int) -> None:
    if len(groups) != len(yi):
        raise ValueError(f"{len(yi)} effects have {len(groups)} cluster labels")
    if len(set(groups)) <= columns:
        raise ValueError(
            f"{len(set(groups))} clusters are too few for {columns} coefficients: one more is needed at least"
        )


def _columns(yi: Sequence[float], vi: Sequence[float], design: Sequence[Sequence[float]]) -> tuple[Any, ...]:
    import numpy as np

    return (
        np.asarray(yi, dtype=float)[:, None],
        np.asarray(vi, dtype=float)[:, None],
        np.asarray(design, dtype=float),
    )


def _codes(groups: Sequence[str]) -> list[int]:
    """Return clusters as numbers, in the order in which they first appear."""
    numbers: dict[str, int] = {}
    return [numbers.setdefault(group, len(numbers)) for group in groups]


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Keep PyMARE's words on few clusters off the screen: ``RobustMean.reliable`` says it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield
