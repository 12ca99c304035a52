"""Conversions and effect sizes. Every formula has its equation, its source and its name in metafor."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

SMALL_GROUP = 60
"""Below this n an interval is taken to rest on the t distribution (Cochrane Handbook 6.5.2.2)."""


class Effect(NamedTuple):
    """An effect on the analysis scale and its sampling variance, ``yi`` and ``vi`` in metafor."""

    yi: float
    vi: float


class Group(NamedTuple):
    """Participants, mean and SD of a group."""

    n: int
    mean: float
    sd: float


def quantile(level: float, df: float | None) -> float:
    """Return the two-sided critical value of a ``level`` percent interval: of t with ``df``, or normal."""
    from scipy.special import ndtri, stdtrit

    p = 0.5 + level / 200
    return float(ndtri(p) if df is None else stdtrit(df, p))


def sd_from_se(se: float, n: int) -> float:
    """Return the SD of a group from the SE of its mean: SD = SE · sqrt(n). Cochrane Handbook v6.5, 6.5.2.2."""
    return se * math.sqrt(n)


def sd_from_ci(lower: float, upper: float, n: int, level: float = 95.0) -> float:
    """Return the SD of a group from the confidence interval of its mean.

    SD = sqrt(n) · (upper − lower) / (2 q), q the quantile of t with n − 1 degrees of freedom for n < 60 and of the
    normal distribution from 60 on (3.92 = 2 · 1.96 for 95 %). Cochrane Handbook v6.5, section 6.5.2.2.
    """
    return math.sqrt(n) * (upper - lower) / (2 * quantile(level, n - 1 if n < SMALL_GROUP else None))


def variance_from_ci(lower: float, upper: float, level: float = 95.0, df: float | None = None) -> float:
    """Return the sampling variance of an estimate from its interval: ((upper − lower) / (2 q))².

    q is the quantile of t with ``df``, or of the normal distribution. Cochrane Handbook v6.5, 6.3.1 (ratios: on the
    log scale) and 6.5.2.3 (differences of small groups: df = n1 + n2 − 2). In metafor: ``conv.wald``.
    """
    return ((upper - lower) / (2 * quantile(level, df))) ** 2


def combined(groups: Sequence[Group]) -> Group:
    """Combine groups of different people into one, two at a time.

    N = n1 + n2, M = (n1 m1 + n2 m2)/N,
    SD² = [(n1 − 1) s1² + (n2 − 1) s2² + n1 n2/N · (m1 − m2)²] / (N − 1). Cochrane Handbook v6.5, table 6.5.a;
    RevMan's calculator "combine groups".
    """
    first, *others = groups
    for other in others:
        n = first.n + other.n
        mean = math.fsum((first.n * first.mean, other.n * other.mean)) / n
        squares = math.fsum(
            (
                (first.n - 1) * first.sd**2,
                (other.n - 1) * other.sd**2,
                first.n * other.n / n * (first.mean - other.mean) ** 2,
            )
        )
        first = Group(n, mean, math.sqrt(squares / (n - 1)))
    return first


def mean_difference(one: Group, two: Group) -> Effect:
    """Return m1 − m2 with vi = s1²/n1 + s2²/n2. metafor: ``escalc(measure="MD", vtype="LS")``."""
    return Effect(one.mean - two.mean, one.sd**2 / one.n + two.sd**2 / two.n)


def mean_change(after: Group, before: Group, n: int, r: float) -> Effect:
    """Return the raw mean change of one group.

    yi = m1 − m2, vi = (s1² + s2² − 2 r s1 s2)/n. metafor: ``escalc(measure="MC")``.

    Parameters
    ----------
    after, before
        Means and SDs at follow-up (1) and baseline (2).
    n
        People measured at both times.
    r
        Correlation of baseline and follow-up.
    """
    variance = math.fsum((after.sd**2, before.sd**2, -2 * r * after.sd * before.sd)) / n
    return Effect(after.mean - before.mean, variance)


def printed_change(mean: float, sd: float, n: int) -> Effect:
    """Return a printed change with the SD of the changes: vi = sd²/n. metafor: ``escalc(measure="MN")``."""
    return Effect(mean, sd**2 / n)


def bias_correction(m: int) -> float:
    """Return Hedges' exact c(m) = Γ(m/2) / (sqrt(m/2) Γ((m − 1)/2)), about 1 − 3/(4 m − 1).

    Hedges LV. J Educ Stat 1981;6:107-128. metafor: ``.cmicalc``.
    """
    return math.exp(math.lgamma(m / 2) - math.lgamma((m - 1) / 2)) / math.sqrt(m / 2)


def standardised_change(difference: float, sd_before: float, n: int, r: float) -> Effect:
    """Return the mean change standardised by the baseline SD.

    yi = c(n − 1) · (m1 − m2)/s2, vi = 2 (1 − r)/n + yi²/(2 n). Becker BJ. Br J Math Stat Psychol 1988;41:257-278.
    metafor: ``escalc(measure="SMCR", vtype="LS")``, where the baseline SD is called sd1i.

    Parameters
    ----------
    difference
        Mean at follow-up minus mean at baseline.
    sd_before
        SD at baseline.
    n, r
        People measured at both times (at least 3), and the correlation of the two.
    """
    yi = bias_correction(n - 1) * difference / sd_before
    return Effect(yi, 2 * (1 - r) / n + yi**2 / (2 * n))


def log_risk_ratio(events_1: int, n1: int, events_2: int, n2: int) -> Effect:
    """Return ln[(a/n1)/(c/n2)] with vi = 1/a − 1/n1 + 1/c − 1/n2. metafor: ``escalc(measure="RR")``.

    Raises
    ------
    ValueError
        A count of events is 0: no correction is made up.
    """
    if events_1 == 0 or events_2 == 0:
        raise ValueError("zero cell")
    yi = math.log(events_1 / n1) - math.log(events_2 / n2)
    return Effect(yi, math.fsum((1 / events_1, -1 / n1, 1 / events_2, -1 / n2)))
