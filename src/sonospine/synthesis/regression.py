"""Meta-regression: how effects change with moderators, with the heterogeneity that these leave."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sonospine.synthesis.mixed_effects import Designs, Projected, residual_variance, solve_q
from sonospine.synthesis.refusal import RefusalError

CI = {"hksj-conservative": "adhoc", "hksj": "knha", "wald": "z"}
"""Intervals by the project's name, with metafor's ``test``."""


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient with its interval; ``statistic`` is estimate/se, ``df`` is ``None`` for Wald."""

    term: str
    estimate: float
    se: float
    ci_lower: float
    ci_upper: float
    statistic: float
    df: int | None
    p_value: float


@dataclass(frozen=True, slots=True)
class Regression:
    """A fitted meta-regression of k effects.

    ``tau2`` with its Q-profile bounds is the residual between-study variance, ``i2`` (percent) and ``h2`` follow
    from it; ``r2`` (percent) is the share of tau² that the moderators take away; ``qe`` tests what is left, ``qm``
    all moderators together (chi² where ``qm_df2`` is ``None``, else F).
    """

    k: int
    coefficients: tuple[Coefficient, ...]
    estimator: str
    ci_method: str
    tau2: float
    tau2_lower: float
    tau2_upper: float
    i2: float
    h2: float
    r2: float
    qe: float
    qe_df: int
    qe_p: float
    qm: float
    qm_df: int
    qm_df2: int | None
    qm_p: float


def meta_regression(
    yi: Sequence[float],
    vi: Sequence[float],
    design: Sequence[Sequence[float]],
    terms: Sequence[str],
    *,
    estimator: str = "REML",
    ci: str = "hksj-conservative",
    level: float = 95,
) -> Regression:
    """Fit y = Xb + u + e with var(u) = tau² and var(e) = vi (metafor ``rma(yi, vi, mods = ~ ...)``).

    Parameters
    ----------
    yi, vi
        Effects and their sampling variances, k of each, vi > 0.
    design
        k rows of p numbers, k > p. A first column of ones is the intercept, which ``qm`` leaves out; without one
        (as for the means of subgroups) ``qm`` tests every column.
    terms
        p names.
    estimator
        Of the residual tau²; see ``mixed_effects.residual_variance``.
    ci
        ``wald`` (normal), ``hksj`` (Knapp & Hartung 2003, Stat Med 22:2693; metafor ``test="knha"``) or
        ``hksj-conservative`` (the factor is at least 1; ``test="adhoc"``); the last two with t(k - p).
    level
        Confidence level in percent.

    Returns
    -------
    Regression
        I² = 100 tau² / (tau² + s²) and H² = 1 + tau²/s² with s² = (k - p) / tr P at tau² = 0; R² = 100 max(0, 1 -
        tau²/tau0²) with tau0² of the model without moderators (López-López et al. 2014, Br J Math Stat Psychol
        67:30), 0 where tau0² is 0 and NaN without an intercept; the bounds of tau² invert QE(tau²) at the
        quantiles of chi²(k - p) (Viechtbauer 2007; Jackson et al. 2014). Under CE, I² is from QE and R² is the
        adjusted R² of the weighted regression. All as metafor prints them.

    Raises
    ------
    RefusalError
        Not more effects than columns, or a column that follows from others.
    ValueError
        Unknown name.
    """
    import numpy as np

    if ci not in CI:
        raise ValueError(f"unknown interval {ci!r}; allowed: {', '.join(CI)}")
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    x = np.asarray(design, dtype=float).reshape(len(y), len(terms))
    check_design(x, terms)
    sets = Designs(y, v, x[None])
    near = _by_pymare(y, v, x, estimator) if estimator in ("REML", "ML") else None
    tau2 = residual_variance(sets, estimator, near)
    fit = sets.project(tau2)
    beta, cov = sets.coefficients(fit)
    k, p = x.shape
    factor = float(scale_factor(fit, k - p, ci)[0])
    covariance = factor * cov[0]
    used = list(range(1 if sets.with_intercept else 0, p))
    qm, qm_df2, qm_p = _omnibus(beta[0], covariance, used, k - p, ci)
    plain = sets.project(np.zeros(1))
    heterogeneity = _heterogeneity(sets, plain, float(tau2[0]), estimator, level)
    r2 = _explained(sets, plain, float(tau2[0]), estimator) if used and sets.with_intercept else math.nan
    return Regression(
        k=k,
        coefficients=tuple(
            _coefficient(term, float(b), math.sqrt(c), None if ci == "wald" else k - p, level)
            for term, b, c in zip(terms, beta[0], np.diagonal(covariance), strict=True)
        ),
        estimator=estimator,
        ci_method=ci,
        r2=r2,
        qm=qm,
        qm_df=len(used),
        qm_df2=qm_df2,
        qm_p=qm_p,
        **heterogeneity,
    )


def scale_factor(fit: Projected, freedom: int, ci: str) -> Any:
    """Return the factor (B,) on the covariance of the coefficients: 1, q = Σ w r² / (k - p), or max(1, q)."""
    import numpy as np

    if ci == "wald":
        return np.ones(len(fit.rss))
    return np.maximum(1, fit.rss / freedom) if ci == "hksj-conservative" else fit.rss / freedom


def check_design(x: Any, terms: Sequence[str]) -> None:
    """Raise ``RefusalError`` where a design (k, p) cannot be fitted, naming the column at fault."""
    import numpy as np

    k, p = x.shape
    if k <= p:
        raise RefusalError(f"{k} effects are too few for {p} coefficients")
    scaled = x / np.where(np.abs(x).max(0) > 0, np.abs(x).max(0), 1)
    for count in range(1, p + 1):
        if np.linalg.matrix_rank(scaled[:, :count]) < count:
            raise RefusalError(f"{terms[count - 1]} does not vary, or follows from the other moderators")


def _by_pymare(y: Any, v: Any, x: Any, estimator: str) -> float:
    """Return the maximum that PyMARE finds; it is good to about six digits and polished afterwards."""
    import numpy as np
    from pymare.estimators import VarianceBasedLikelihoodEstimator

    model = VarianceBasedLikelihoodEstimator(method=estimator, small_sample_correction="wald")
    # Weights of very different size make PyMARE divide by zero; the grid finds the maximum without it then.
    with np.errstate(all="ignore"):
        fitted = model.fit(y=y[:, None], v=v[:, None], X=x)
    return float(np.asarray(fitted.params_["tau2"]).item())


def _coefficient(term: str, estimate: float, se: float, df: int | None, level: float) -> Coefficient:
    from scipy.stats import norm, t

    distribution = norm if df is None else t(df)
    half = float(distribution.ppf(0.5 + level / 200)) * se
    statistic = estimate / se if se > 0 else math.nan
    p_value = float(2 * distribution.sf(abs(statistic)))
    return Coefficient(term, estimate, se, estimate - half, estimate + half, statistic, df, p_value)


def _omnibus(
    beta: Any, covariance: Any, used: Sequence[int], freedom: int, ci: str
) -> tuple[float, int | None, float]:
    """Test all moderators together: b'V⁻¹b by chi²(m), or its m-th part by F(m, k - p) with Knapp-Hartung."""
    import numpy as np
    from scipy.stats import chi2
    from scipy.stats import f as fisher

    # Knapp-Hartung of a perfect fit leaves no error to test against.
    if not used or not covariance.any():
        return math.nan, None, math.nan
    part = beta[used]
    qm = float(part @ np.linalg.solve(covariance[np.ix_(used, used)], part))
    if ci == "wald":
        return qm, None, float(chi2.sf(qm, len(used)))
    qm /= len(used)
    return qm, freedom, float(fisher.sf(qm, len(used), freedom))


def _heterogeneity(
    sets: Designs, plain: Projected, tau2: float, estimator: str, level: float
) -> dict[str, Any]:
    from scipy.stats import chi2

    freedom = sets.k - sets.p
    qe = float(plain.rss[0])
    typical = freedom / float((plain.weights * (1 - plain.leverage)).sum(-1)[0])
    tail = (100 - level) / 200
    i2, h2 = 100 * tau2 / (typical + tau2), 1 + tau2 / typical
    if estimator == "CE":
        i2, h2 = max(0.0, 100 * (qe - freedom) / qe) if qe > 0 else 0.0, qe / freedom
    return {
        "tau2": tau2,
        "tau2_lower": float(solve_q(sets, float(chi2.ppf(1 - tail, freedom)))[0]),
        "tau2_upper": float(solve_q(sets, float(chi2.ppf(tail, freedom)))[0]),
        "i2": i2,
        "h2": h2,
        "qe": qe,
        "qe_df": freedom,
        "qe_p": float(chi2.sf(qe, freedom)),
    }


def _explained(sets: Designs, plain: Projected, tau2: float, estimator: str) -> float:
    """Return R² in percent."""
    import numpy as np

    alone = Designs(sets.y, sets.v, np.ones((1, sets.k, 1)))
    if estimator == "CE":
        left = float(plain.rss[0]) / (sets.k - sets.p)
        total = float(alone.project(np.zeros(1)).rss[0]) / (sets.k - 1)
        return max(0.0, 100 * (1 - left / total)) if total > 0 else 0.0
    before = float(residual_variance(alone, estimator)[0])
    return max(0.0, 100 * (before - tau2) / before) if before > 0 else 0.0
