"""Many pools at once: mean, interval, heterogeneity and prediction interval of sets of any size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from sonospine.synthesis.batch_variance import q_root, tau2_of, typical_variance
from sonospine.synthesis.padded import Block, Floats, packed
from sonospine.synthesis.random_effects import ESTIMATORS, INTERVALS


@dataclass(frozen=True, slots=True)
class Fits:
    """Pools of m sets: arrays of shape (m,), in the order of the sets, NaN where a figure does not exist.

    ``estimate``, ``se`` and bounds are on the scale of the effects, tau² in its squared units, I² in percent.
    ``df`` is NaN for Wald; ``pi_lower`` and ``pi_upper`` are NaN for k < 3. Under the common effect (CE) tau² is 0,
    I² and H² are from Q, and neither has an interval, nor is there a prediction interval.
    """

    k: Floats
    estimate: Floats
    se: Floats
    ci_lower: Floats
    ci_upper: Floats
    p_value: Floats
    df: Floats
    tau2: Floats
    tau2_lower: Floats
    tau2_upper: Floats
    i2: Floats
    i2_lower: Floats
    i2_upper: Floats
    h2: Floats
    h2_lower: Floats
    h2_upper: Floats
    q: Floats
    q_df: Floats
    q_p: Floats
    pi_lower: Floats
    pi_upper: Floats
    pi_df: Floats


def fit_many(
    sets: Sequence[tuple[Sequence[float], Sequence[float]]],
    *,
    estimator: str = "REML",
    ci: str = "hksj-conservative",
    level: float = 95,
) -> Fits:
    """Pool many sets, each figure that of the single fit.

    Parameters
    ----------
    sets
        Pairs of effects yi and sampling variances vi, k of each, k >= 2, yi finite, vi finite and above 0.
    estimator
        CE, DL, HE, ML, REML or PM (``random_effects.between_study_variance``; metafor ``method=``, CE is its EE).
    ci
        wald, hksj or hksj-conservative (``random_effects.mean_effect``; metafor ``test=`` z, knha, adhoc).
    level
        Confidence level in percent.

    Returns
    -------
    Fits
        Mean and interval as ``random_effects.mean_effect``, heterogeneity as ``heterogeneity.heterogeneity``,
        prediction interval as ``heterogeneity.prediction_interval``, with the formulas and sources named there.

    Raises
    ------
    ValueError
        An unknown estimator or interval, or a set that cannot be pooled (the message names it, counted from 1).
    """
    if estimator not in ESTIMATORS:
        raise ValueError(f"unknown estimator {estimator!r}; allowed: {', '.join(ESTIMATORS)}")
    if ci not in INTERVALS:
        raise ValueError(f"unknown interval {ci!r}; allowed: {', '.join(INTERVALS)}")
    found = {field.name: np.full(len(sets), np.nan) for field in fields(Fits)}
    for rows, block in packed(sets).blocks():
        for name, values in _fit(block, estimator, ci, level).items():
            found[name][rows] = values
    return Fits(**found)


def _fit(block: Block, estimator: str, ci: str, level: float) -> dict[str, Floats]:
    from scipy.special import chdtrc, chdtri, ndtr, ndtri, stdtr, stdtrit

    upper_tail = 0.5 + level / 200
    df = block.k - 1
    sizes, which = np.unique(df, return_inverse=True)
    t_quantile = stdtrit(sizes, upper_tail)[which]
    tau2 = tau2_of(block, estimator)
    total, mean, q_here = block.sums(tau2)
    variance = 1 / total
    if ci == "wald":
        quantile = np.full(len(df), ndtri(upper_tail))
    else:
        factor = q_here / df
        variance = variance * (np.maximum(1.0, factor) if ci == "hksj-conservative" else factor)
        quantile = t_quantile
    se = np.sqrt(variance)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = -np.abs(mean) / se
        p_value = np.where(se > 0, 2 * (ndtr(statistic) if ci == "wald" else stdtr(df, statistic)), np.nan)
    q = q_here if estimator == "CE" else block.sums(np.zeros(len(df)))[2]
    found = {
        "k": block.k,
        "estimate": mean,
        "se": se,
        "ci_lower": mean - quantile * se,
        "ci_upper": mean + quantile * se,
        "p_value": p_value,
        "df": np.full(len(df), np.nan) if ci == "wald" else df,
        "tau2": tau2,
        "q": q,
        "q_df": df,
        "q_p": chdtrc(df, q),
    }
    if estimator == "CE":
        with np.errstate(divide="ignore"):
            return found | {"i2": np.where(q > df, 100 * (1 - df / q), 0.0), "h2": q / df}
    nothing = np.zeros(len(df))
    lower = q_root(block, chdtri(sizes, 1 - upper_tail)[which], nothing)
    upper = q_root(block, chdtri(sizes, upper_tail)[which], lower)
    typical = typical_variance(block.vi, block.k)
    for suffix, value in (("", tau2), ("_lower", lower), ("_upper", upper)):
        found |= {f"tau2{suffix}": value, f"i2{suffix}": 100 * value / (value + typical)}
        found[f"h2{suffix}"] = (value + typical) / typical
    half = np.where(block.k >= 3, t_quantile * np.sqrt(tau2 + variance), np.nan)
    return found | {
        "pi_lower": mean - half,
        "pi_upper": mean + half,
        "pi_df": np.where(block.k >= 3, df, np.nan),
    }
