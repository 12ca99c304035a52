"""Small-study effects: whether small studies show other effects than large ones, and the mean without them.

An asymmetric funnel has many causes (heterogeneity, design, chance), bias in publication is one of them (Sterne et al.
2011, BMJ 343:d4002). No test is run on fewer than ten effects (ibid.; Cochrane Handbook 13.3.5.4).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sonospine.synthesis.random_effects import Mean, between_study_variance, mean_effect
from sonospine.synthesis.refusal import RefusalError
from sonospine.synthesis.regression import Coefficient, meta_regression

FEWEST = 10
"""Effects below which none of the tests is run."""

MOST = 2000
"""Effects above which none of them is run."""

CONTOURS = (0.90, 0.95, 0.99)
"""Levels of a contour-enhanced funnel (Peters et al. 2008, J Clin Epidemiol 61:991; metafor ``funnel(level=)``)."""

PET_LEVEL = 0.05
"""One-sided p of PET below which PEESE is read (Stanley & Doucouliagos 2014, Res Synth Methods 5:60)."""


@dataclass(frozen=True, slots=True)
class Regressed:
    """Effects on a measure of study size: ``slope`` is the asymmetry, ``limit`` the effect at infinite size."""

    k: int
    slope: Coefficient
    limit: Coefficient


@dataclass(frozen=True, slots=True)
class RankTest:
    """Kendall's tau of standardised effects and variances; ``exact`` where no ties forced the normal p."""

    k: int
    tau: float
    p_value: float
    exact: bool


@dataclass(frozen=True, slots=True)
class Filled:
    """Trim and fill: ``missing`` effects were mirrored onto ``side``.

    ``se_missing`` is the standard error of their number, ``p_missing`` (R0 alone) the p of none missing; ``mean`` and
    ``tau2`` are those of the filled set, ``yi`` and ``vi`` the mirrored effects.
    """

    k: int
    estimator: str
    side: str
    missing: int
    se_missing: float
    p_missing: float | None
    mean: Mean
    tau2: float
    yi: tuple[float, ...]
    vi: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Conditional:
    """PET-PEESE: the intercept of ``chosen`` (``pet`` or ``peese``)."""

    chosen: str
    estimate: Coefficient
    pet_p_one_sided: float


def egger(
    yi: Sequence[float],
    vi: Sequence[float],
    *,
    predictor: Sequence[float] | None = None,
    level: float = 95,
) -> Regressed:
    """Egger's test: effects on their standard errors with weights 1/vi and a multiplicative error.

    Parameters
    ----------
    yi, vi
        Effects and sampling variances, k of each.
    predictor
        In place of the standard errors: √vi of ``smd_safe_error`` gives the form for standardised differences
        (Pustejovsky & Rodgers 2019, Res Synth Methods 10:57; R meta ``metabias(method.bias = "Pustejovsky")``), vi
        gives PEESE.
    level
        Confidence level in percent.

    Returns
    -------
    Regressed
        ``slope.p_value`` (t with k - 2 degrees of freedom) is the test of Egger et al. (1997, BMJ 315:629); their
        regression of yi/se on 1/se is the same with the coefficients exchanged. metafor ``regtest(model = "lm")``.

    Raises
    ------
    RefusalError
        Fewer than ten effects, or a predictor that does not vary.
    """
    from scipy.stats import t

    _need(len(yi))
    x = [math.sqrt(v) for v in vi] if predictor is None else list(predictor)
    weights = [1 / v for v in vi]
    total = math.fsum(weights)
    x_mean = math.fsum(w * a for w, a in zip(weights, x, strict=True)) / total
    y_mean = math.fsum(w * b for w, b in zip(weights, yi, strict=True)) / total
    sxx = math.fsum(w * (a - x_mean) ** 2 for w, a in zip(weights, x, strict=True))
    if max(x) - min(x) <= 1e-12 * max(abs(a) for a in x) or sxx == 0:
        raise RefusalError("all studies are of one size")
    sxy = math.fsum(w * (a - x_mean) * (b - y_mean) for w, a, b in zip(weights, x, yi, strict=True))
    slope = sxy / sxx
    limit = y_mean - slope * x_mean
    df = len(yi) - 2
    left = math.fsum(w * (b - limit - slope * a) ** 2 for w, a, b in zip(weights, x, yi, strict=True)) / df

    def coefficient(term: str, estimate: float, variance: float) -> Coefficient:
        se = math.sqrt(left * variance)
        half = float(t(df).ppf(0.5 + level / 200)) * se
        statistic = estimate / se if se > 0 else math.nan
        p_value = float(2 * t(df).sf(abs(statistic)))
        return Coefficient(term, estimate, se, estimate - half, estimate + half, statistic, df, p_value)

    return Regressed(
        len(yi),
        coefficient("slope", slope, 1 / sxx),
        coefficient("limit", limit, 1 / total + x_mean**2 / sxx),
    )


def egger_random(
    yi: Sequence[float],
    vi: Sequence[float],
    *,
    estimator: str = "REML",
    ci: str = "wald",
    level: float = 95,
    predictor: Sequence[float] | None = None,
) -> Regressed:
    """Egger's test as a mixed-effects meta-regression on the standard error (metafor ``regtest(model = "rma")``).

    ``predictor``, ``level`` and what is raised as for ``egger``; ``estimator`` and ``ci`` as for ``meta_regression``
    (Sterne & Egger 2005, in Publication Bias in Meta-Analysis, ch. 6).
    """
    _need(len(yi))
    x = [math.sqrt(v) for v in vi] if predictor is None else list(predictor)
    if max(x) - min(x) <= 1e-12 * max(abs(a) for a in x):
        raise RefusalError("all studies are of one size")
    fit = meta_regression(
        yi, vi, [[1.0, a] for a in x], ["limit", "slope"], estimator=estimator, ci=ci, level=level
    )
    return Regressed(len(yi), fit.coefficients[1], fit.coefficients[0])


def smd_safe_error(n1: float, n2: float) -> float:
    """Return √(1/n1 + 1/n2), the part of an SMD's standard error that does not hang on the SMD itself.

    The full standard error grows with the effect, so that Egger's test finds asymmetry where there is none
    (Pustejovsky & Rodgers 2019).
    """
    return math.sqrt(1 / n1 + 1 / n2)


def begg(yi: Sequence[float], vi: Sequence[float]) -> RankTest:
    """Begg & Mazumdar's rank correlation test (1994, Biometrics 50:1088; metafor ``ranktest``).

    Kendall's tau of (yi - mean)/√(vi - 1/Σw) and vi, w = 1/vi; its p is exact without ties, else normal with the
    variance for ties and no continuity correction, as ``cor.test`` has it. ``RefusalError`` below ten effects, or where all
    variances are equal.
    """
    from scipy.stats import kendalltau

    _need(len(yi))
    if len(set(vi)) == 1:
        raise RefusalError("all studies are of one size")
    weights = [1 / v for v in vi]
    total = math.fsum(weights)
    mean = math.fsum(w * y for w, y in zip(weights, yi, strict=True)) / total
    if min(vi) - 1 / total <= 0:
        raise RefusalError("one study outweighs all others")
    standardised = [(y - mean) / math.sqrt(v - 1 / total) for y, v in zip(yi, vi, strict=True)]
    exact = len(set(vi)) == len(vi) and len(set(standardised)) == len(yi)
    found = kendalltau(standardised, list(vi), method="exact" if exact else "asymptotic")
    return RankTest(len(yi), float(found.statistic), float(found.pvalue), exact)


def trim_and_fill(
    yi: Sequence[float],
    vi: Sequence[float],
    *,
    k0: str = "L0",
    side: str | None = None,
    estimator: str = "REML",
    ci: str = "hksj-conservative",
    level: float = 95,
) -> Filled:
    """Trim and fill (Duval & Tweedie 2000, Biometrics 56:455, and J Am Stat Assoc 95:89; metafor ``trimfill``).

    Parameters
    ----------
    yi, vi
        Effects and sampling variances, k of each.
    k0
        Estimator of the number of missing effects: ``L0`` or ``R0``.
    side
        On which effects are missing, ``left`` or ``right``. ``None`` is metafor's rule: right where the slope of a
        mixed-effects regression on the standard error is below zero, else left.
    estimator, ci, level
        Of the pools that are trimmed and filled.

    Returns
    -------
    Filled
        Ranks of equal distances are given in the order of the effects, and a half is rounded to even, as in R.

    Raises
    ------
    RefusalError
        Fewer than ten effects, or numbers of missing effects that go round in a circle.
    ValueError
        Unknown name.
    """
    _need(len(yi))
    if k0 not in ("L0", "R0") or side not in ("left", "right", None):
        raise ValueError(f"unknown {k0!r} or {side!r}; allowed: L0, R0 and left, right")
    if side is None:
        side = _side(yi, vi, estimator)
    sign = -1.0 if side == "right" else 1.0
    order = sorted(range(len(yi)), key=lambda i: sign * yi[i])
    y, v = [sign * yi[i] for i in order], [vi[i] for i in order]
    missing, se_missing, centre = _number_missing(y, v, k0, estimator)
    mirrored = [sign * (2 * centre - value) for value in y[len(y) - missing :]]
    own = v[len(v) - missing :]
    all_yi, all_vi = [*yi, *mirrored], [*vi, *own]
    tau2 = between_study_variance(all_yi, all_vi, estimator)
    mean = mean_effect(all_yi, all_vi, tau2, ci=ci, level=level)
    p_missing = 0.5 ** (missing + 1) if k0 == "R0" else None
    return Filled(len(yi), k0, side, missing, se_missing, p_missing, mean, tau2, tuple(mirrored), tuple(own))


def pet(yi: Sequence[float], vi: Sequence[float], *, level: float = 95) -> Regressed:
    """Precision-effect test: the limit of Egger's regression (Stanley & Doucouliagos 2014; metafor ``regtest``)."""
    return egger(yi, vi, level=level)


def peese(yi: Sequence[float], vi: Sequence[float], *, level: float = 95) -> Regressed:
    """Precision-effect estimate with standard error: the limit of a regression on vi (ibid.; ``predictor = "vi"``)."""
    return egger(yi, vi, predictor=vi, level=level)


def pet_peese(yi: Sequence[float], vi: Sequence[float], *, level: float = 95) -> Conditional:
    """Read PEESE where PET finds an effect, else PET (Stanley & Doucouliagos 2014, sec. 3).

    PET finds one where its limit differs from zero with a one-sided p below 0.05 (two-sided below 0.10), in the
    direction of the common-effect mean. ``RefusalError`` as for ``egger``.
    """
    first = pet(yi, vi, level=level)
    weighted = math.fsum(y / v for y, v in zip(yi, vi, strict=True))
    same = first.limit.estimate * weighted > 0
    one_sided = first.limit.p_value / 2 if same else 1 - first.limit.p_value / 2
    if one_sided < PET_LEVEL:
        return Conditional("peese", peese(yi, vi, level=level).limit, one_sided)
    return Conditional("pet", first.limit, one_sided)


def contour_multiples(levels: Sequence[float] = CONTOURS) -> tuple[tuple[float, float], ...]:
    """Return each level with the multiple z of the standard error at which its contour runs (reference ± z se)."""
    from scipy.stats import norm

    return tuple((level, float(norm.ppf(0.5 + level / 2))) for level in levels)


def _need(k: int) -> None:
    if k < FEWEST:
        raise RefusalError(f"k = {k} is below {FEWEST}: tests of asymmetry cannot tell it from chance")
    if k > MOST:
        raise RefusalError(
            f"k = {k} is above {MOST}: no review has so many effects, and trimming them takes too long"
        )


def _side(yi: Sequence[float], vi: Sequence[float], estimator: str) -> str:
    if max(vi) - min(vi) <= 1e-12 * max(vi):
        raise RefusalError("all studies are of one size")
    fit = meta_regression(
        yi, vi, [[1.0, math.sqrt(v)] for v in vi], ["limit", "slope"], estimator=estimator, ci="wald"
    )
    return "right" if fit.coefficients[1].estimate < 0 else "left"


def _number_missing(
    y: Sequence[float], v: Sequence[float], k0: str, estimator: str
) -> tuple[int, float, float]:
    """Return the number missing on the left, its standard error and the trimmed mean; y ascends."""
    k, missing, seen = len(y), 0, []
    while True:
        seen.append(missing)
        kept_y, kept_v = y[: k - missing], v[: k - missing]
        tau2 = between_study_variance(kept_y, kept_v, estimator) if len(kept_y) > 1 else 0.0
        weights = [1 / (each + tau2) for each in kept_v]
        centre = math.fsum(w * each for w, each in zip(weights, kept_y, strict=True)) / math.fsum(weights)
        found, se = _k0([each - centre for each in y], k0)
        missing = max(0, round(found))
        if missing == seen[-1]:
            return missing, se, centre
        if missing in seen or missing >= k - 1:
            raise RefusalError("the number of missing effects does not settle")


def _k0(deviations: Sequence[float], k0: str) -> tuple[float, float]:
    """Return the estimate of the number missing and its standard error (Duval & Tweedie 2000, eq. for R0 and L0)."""
    k = len(deviations)
    ranks = [0] * k
    for rank, position in enumerate(sorted(range(k), key=lambda i: abs(deviations[i])), start=1):
        ranks[position] = rank
    if k0 == "R0":
        below = [rank for rank, d in zip(ranks, deviations, strict=True) if d < 0]
        number = float(k - max(below, default=0) - 1)
        return number, math.sqrt(2 * max(0.0, number) + 2)
    above = sum(rank for rank, d in zip(ranks, deviations, strict=True) if d > 0)
    number = (4 * above - k * (k + 1)) / (2 * k - 1)
    variance = (
        k * (k + 1) * (2 * k + 1)
        + 10 * number**3
        + 27 * number**2
        + 17 * number
        - 18 * k * number**2
        - 18 * k * number
        + 6 * k**2 * number
    ) / 24
    return number, 4 * math.sqrt(max(0.0, variance)) / (2 * k - 1)
