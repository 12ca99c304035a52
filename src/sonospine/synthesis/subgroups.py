"""Subgroups: a pool for each level of a factor, and the test of whether the levels differ."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sonospine.synthesis.random_effects import between_study_variance, mean_effect
from sonospine.synthesis.refusal import RefusalError
from sonospine.synthesis.regression import meta_regression

FEWEST = 2
"""Effects that each level needs, and levels that the test needs."""

TAU2_MODELS = ("separate", "common")


@dataclass(frozen=True, slots=True)
class Subgroup:
    """The pool of one level: ``se`` is the model's (1/√Σw), whatever interval is printed beside it."""

    level: str
    k: int
    estimate: float
    se: float
    tau2: float


@dataclass(frozen=True, slots=True)
class Interaction:
    """A test of interaction: ``q_between`` on ``df`` degrees of freedom (an F with ``df2`` where that is given)."""

    subgroups: tuple[Subgroup, ...]
    tau2_model: str
    q_between: float
    df: int
    df2: int | None
    p_value: float

    @property
    def k(self) -> int:
        """Effects of all levels."""
        return sum(subgroup.k for subgroup in self.subgroups)


def subgroup_test(
    yi: Sequence[float],
    vi: Sequence[float],
    levels: Sequence[str],
    *,
    estimator: str = "REML",
    ci: str = "wald",
    tau2_model: str = "separate",
) -> Interaction:
    """Pool each level of a factor and test whether the levels differ.

    Parameters
    ----------
    yi, vi
        Effects and sampling variances, k of each, vi > 0.
    levels
        The level of each effect.
    estimator
        Of tau².
    ci
        Reference of the test with a common tau²: ``wald`` chi², else F as Knapp & Hartung (2003).
    tau2_model
        ``separate``: each level has its own tau²; Q = Σ w (m - m̄)² over the means m of the levels with w = 1/se²,
        chi² with one degree of freedom less than levels (Borenstein et al. 2009, Introduction to Meta-Analysis, ch.
        19, "separate estimates of tau²"; RevMan's subgroup test; metafor ``rma(means, sei = se, method = "FE")``).
        ``common``: one tau² over all levels; the omnibus test of a meta-regression on the factor (ibid., "pooled
        estimate of tau²"; metafor ``rma(yi, vi, mods = ~ factor)``, the means are those of ``mods = ~ factor - 1``).

    Returns
    -------
    Interaction
        Levels in alphabetical order.

    Raises
    ------
    RefusalError
        Fewer than two levels, or a level of fewer than two effects.
    ValueError
        Unknown name.
    """
    if tau2_model not in TAU2_MODELS:
        raise ValueError(f"unknown model {tau2_model!r}; allowed: {', '.join(TAU2_MODELS)}")
    names = sorted(set(levels))
    refuse_small_levels(levels)
    if tau2_model == "common":
        return _with_common_tau2(yi, vi, levels, names, estimator, ci)
    pools = []
    for name in names:
        here = [position for position, level in enumerate(levels) if level == name]
        own_yi, own_vi = [yi[i] for i in here], [vi[i] for i in here]
        tau2 = between_study_variance(own_yi, own_vi, estimator)
        mean = mean_effect(own_yi, own_vi, tau2, ci="wald")
        pools.append(Subgroup(name, len(here), mean.estimate, mean.se, tau2))
    q, df, p_value = q_between([pool.estimate for pool in pools], [pool.se for pool in pools])
    return Interaction(tuple(pools), tau2_model, q, df, None, p_value)


def refuse_small_levels(levels: Sequence[str]) -> None:
    """Raise ``RefusalError`` where the levels are too few, or one has too few effects."""
    names = sorted(set(levels))
    if len(names) < FEWEST:
        raise RefusalError(f"{len(names)} level with effects; the test needs {FEWEST}")
    small = [name for name in names if list(levels).count(name) < FEWEST]
    if small:
        raise RefusalError(f"fewer than {FEWEST} effects at {', '.join(small)}; each level needs {FEWEST}")


def q_between(means: Sequence[float], ses: Sequence[float]) -> tuple[float, int, float]:
    """Return Q = Σ (m - m̄)²/se² of independent means, its degrees of freedom and its p by chi²."""
    from scipy.stats import chi2

    weights = [1 / se**2 for se in ses]
    grand = math.fsum(w * m for w, m in zip(weights, means, strict=True)) / math.fsum(weights)
    q = math.fsum(w * (m - grand) ** 2 for w, m in zip(weights, means, strict=True))
    return q, len(means) - 1, float(chi2.sf(q, len(means) - 1))


def _with_common_tau2(
    yi: Sequence[float],
    vi: Sequence[float],
    levels: Sequence[str],
    names: Sequence[str],
    estimator: str,
    ci: str,
) -> Interaction:
    cells = [[float(level == name) for name in names] for level in levels]
    contrasts = [[1.0, *row[1:]] for row in cells]
    means = meta_regression(yi, vi, cells, names, estimator=estimator, ci="wald")
    test = meta_regression(yi, vi, contrasts, ["intercept", *names[1:]], estimator=estimator, ci=ci)
    pools = tuple(
        Subgroup(name, list(levels).count(name), found.estimate, found.se, means.tau2)
        for name, found in zip(names, means.coefficients, strict=True)
    )
    return Interaction(pools, "common", test.qm, test.qm_df, test.qm_df2, test.qm_p)
