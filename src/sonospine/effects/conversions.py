"""From printed figures to a mean, an SD or a variance: each conversion with its equation and its source.

Every function takes figures that are there (nothing is missing) and raises ``RefusedError``, with a reason to print, where
they allow no conversion. p values are two-sided, levels in percent; means, SDs and SEs are in points of the scale.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from sonospine.effects.five_numbers import (
    Converted,
    mean_sd_from_five,
    mean_sd_from_quartiles,
    mean_sd_from_range,
)
from sonospine.effects.measures import Group, RefusedError, check_correlation, check_people, check_sd

__all__ = [
    "SMALL_GROUP",
    "Converted",
    "change_sd",
    "combined",
    "correlation",
    "mean_sd_from_five",
    "mean_sd_from_quartiles",
    "mean_sd_from_range",
    "pooled_sd_from_ci",
    "pooled_sd_from_p",
    "pooled_sd_from_t",
    "quantile",
    "sd_from_ci",
    "sd_from_p",
    "sd_from_se",
    "sd_from_t",
    "smd_in_points",
    "split_counts",
    "split_group",
    "variance_from_ci",
    "variance_from_p",
]

SMALL_GROUP = 60
"""Below this n an interval is taken to rest on the t distribution (Cochrane Handbook 6.5.2.2)."""


def quantile(level: float, df: float | None) -> float:
    """Return the two-sided critical value of a ``level`` percent interval: of t with ``df``, or normal.

    Raises
    ------
    RefusedError
        The level is not above 0 and below 100, or there is less than one degree of freedom.
    """
    if not 0 < level < 100:
        raise RefusedError("the level of an interval must be above 0 and below 100 percent")
    if df is not None and not df >= 1:
        raise RefusedError("less than one degree of freedom")
    from scipy.special import ndtri, stdtrit

    p = 0.5 + level / 200
    return float(ndtri(p) if df is None else stdtrit(df, p))


# ---- one group: SE, interval, t, p -----------------------------------------------------------------------------


def sd_from_se(se: float, n: int) -> float:
    """Return the SD of a group from the SE of its mean: SD = SE · sqrt(n). Cochrane Handbook v6.5, 6.5.2.2.

    An SE of 0 gives an SD of 0, which every measure refuses.

    Raises
    ------
    RefusedError
        Fewer than two people.
    """
    check_people(n)
    return se * math.sqrt(n)


def sd_from_ci(lower: float, upper: float, n: int, level: float = 95.0) -> float:
    """Return the SD of a group from the confidence interval of its mean.

    SD = sqrt(n) · (upper − lower) / (2 q), q the quantile of t with n − 1 degrees of freedom for n < 60 and of the
    normal distribution from 60 on (3.92 = 2 · 1.96 for 95 %). Cochrane Handbook v6.5, section 6.5.2.2.

    An interval without width gives an SD of 0, which every measure refuses.

    Raises
    ------
    RefusedError
        Fewer than two people, or a level that is none.
    """
    check_people(n)
    return math.sqrt(n) * (upper - lower) / (2 * quantile(level, n - 1 if n < SMALL_GROUP else None))


def sd_from_t(mean: float, t: float, n: int) -> float:
    """Return the SD of a group's changes from their mean and the paired t: SD = sqrt(n) · |mean|/|t|.

    Cochrane Handbook v6.5, 6.5.2.3 (t to SE) and 6.5.2.8. metafor (from 4.2): the t of
    ``escalc(measure="SMCC", ti=)``.

    Raises
    ------
    RefusedError
        Mean or t is 0, or there are fewer than two people.
    """
    check_people(n)
    return math.sqrt(n) * _se_from_t(mean, t)


def sd_from_p(mean: float, p: float, n: int) -> float:
    """Return the SD of a group's changes from their mean and the p of the paired t test, n − 1 degrees of freedom.

    SD = sqrt(n) · |mean|/t, t the quantile at 1 − p/2. Cochrane Handbook v6.5, 6.5.2.3 (p to t) and 6.5.2.8. For p
    printed as "< 0.05" the bound gives the largest SD there can be.

    Raises
    ------
    RefusedError
        The mean is 0, p is not above 0 and below 1, or there are fewer than two people.
    """
    check_people(n)
    return math.sqrt(n) * _se_from_t(mean, _t_from_p(p, n - 1))


# ---- two groups: their pooled SD -------------------------------------------------------------------------------


def pooled_sd_from_t(difference: float, t: float, n1: int, n2: int) -> float:
    """Return the SD within two groups from their mean difference and the t of Student's test.

    SD = |difference| / (|t| sqrt(1/n1 + 1/n2)). Cochrane Handbook v6.5, 6.5.2.3. metafor: the t of
    ``escalc(measure="SMD", ti=)``.

    Raises
    ------
    RefusedError
        Difference or t is 0, or a group has fewer than two people.
    """
    check_people(n1)
    check_people(n2)
    return _se_from_t(difference, t) / math.sqrt(1 / n1 + 1 / n2)


def pooled_sd_from_p(difference: float, p: float, n1: int, n2: int) -> float:
    """Return the SD within two groups from their mean difference and the p of Student's test.

    SD = |difference| / (t sqrt(1/n1 + 1/n2)), t the quantile at 1 − p/2 with n1 + n2 − 2 degrees of freedom. Cochrane
    Handbook v6.5, 6.5.2.3. metafor (from 4.0): the p of ``escalc(measure="SMD", pi=)``.

    Raises
    ------
    RefusedError
        The difference is 0, p is not above 0 and below 1, or a group has fewer than two people.
    """
    check_people(n1)
    check_people(n2)
    return pooled_sd_from_t(difference, _t_from_p(p, n1 + n2 - 2), n1, n2)


def pooled_sd_from_ci(lower: float, upper: float, n1: int, n2: int, level: float = 95.0) -> float:
    """Return the SD within two groups from the interval of their mean difference.

    SD = (upper − lower) / (2 q sqrt(1/n1 + 1/n2)), q the quantile of t with n1 + n2 − 2 degrees of freedom where both
    groups have fewer than 60 people, and of the normal distribution otherwise. Cochrane Handbook v6.5, 6.5.2.3.

    Raises
    ------
    RefusedError
        The interval has no width, or a group has fewer than two people.
    """
    check_people(n1)
    check_people(n2)
    df = n1 + n2 - 2 if max(n1, n2) < SMALL_GROUP else None
    if not lower < upper:
        raise RefusedError("the interval has no width")
    return math.sqrt(variance_from_ci(lower, upper, level, df) / (1 / n1 + 1 / n2))


# ---- the variance of an estimate -------------------------------------------------------------------------------


def variance_from_ci(lower: float, upper: float, level: float = 95.0, df: float | None = None) -> float:
    """Return the sampling variance of an estimate from its interval: ((upper − lower) / (2 q))².

    q is the quantile of t with ``df``, or of the normal distribution. Cochrane Handbook v6.5, 6.3.1, 6.3.2
    (ratios: on the log scale) and 6.5.2.3 (differences of small groups: df = n1 + n2 − 2). metafor (from 4.0):
    ``conv.wald``, with z or, given df, t.
    """
    return ((upper - lower) / (2 * quantile(level, df))) ** 2


def variance_from_p(difference: float, p: float, df: float | None) -> float:
    """Return the sampling variance of an estimate from its p: (difference/q)², q the quantile at 1 − p/2.

    q is of t with ``df``, or of the normal distribution for ``None``; a ratio comes on the log scale. Cochrane
    Handbook v6.5, 6.3.1, 6.3.2 and 6.5.2.3. metafor (from 4.0): ``conv.wald(pval=)``.

    Raises
    ------
    RefusedError
        The difference is 0, or p is not above 0 and below 1.
    """
    return _se_from_t(difference, _t_from_p(p, df)) ** 2


def _t_from_p(p: float, df: float | None) -> float:
    if not 0 < p < 1:
        raise RefusedError("p must be above 0 and below 1")
    from scipy.special import ndtri, stdtrit

    return -float(ndtri(p / 2) if df is None else stdtrit(df, p / 2))


def _se_from_t(difference: float, t: float) -> float:
    if difference == 0 or t == 0:
        raise RefusedError("no SE follows from a difference or a t of 0")
    return abs(difference / t)


# ---- change ----------------------------------------------------------------------------------------------------


def change_sd(sd_before: float, sd_after: float, r: float) -> float:
    """Return the SD of the changes: sqrt(s1² + s2² − 2 r s1 s2). Cochrane Handbook v6.5, 6.5.2.8.

    Raises
    ------
    RefusedError
        An SD is not above 0, or r is no correlation.
    """
    check_sd(sd_before)
    check_sd(sd_after)
    check_correlation(r)
    return math.sqrt(max(0.0, math.fsum((sd_before**2, sd_after**2, -2 * r * sd_before * sd_after))))


def correlation(sd_before: float, sd_after: float, sd_change: float) -> float:
    """Return the correlation of baseline and follow-up: (s1² + s2² − sd²)/(2 s1 s2). Cochrane Handbook v6.5, 6.5.2.8.

    Raises
    ------
    RefusedError
        An SD is not above 0, or no correlation from -1 to 1 gives the three SDs.
    """
    for sd in (sd_before, sd_after, sd_change):
        check_sd(sd)
    r = math.fsum((sd_before**2, sd_after**2, -(sd_change**2))) / (2 * sd_before * sd_after)
    if not -1 <= r <= 1:
        raise RefusedError("no correlation gives these three SDs")
    return r


# ---- arms combined and split -----------------------------------------------------------------------------------


def combined(groups: Sequence[Group]) -> Group:
    """Combine groups of different people into one, two at a time.

    N = n1 + n2, M = (n1 m1 + n2 m2)/N,
    SD² = [(n1 − 1) s1² + (n2 − 1) s2² + n1 n2/N · (m1 − m2)²] / (N − 1). Cochrane Handbook v6.5, table 6.5.a;
    RevMan's calculator "combine groups".
    A group of one person enters with an SD of 0.

    Raises
    ------
    RefusedError
        There is no group.
    """
    if not groups:
        raise RefusedError("no group to combine")
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


def split_group(group: Group, parts: int) -> tuple[Group, ...]:
    """Split a shared control group into ``parts`` of nearly equal n, mean and SD unchanged.

    The first parts have one person more where n does not divide. Cochrane Handbook v6.5, 23.3.4.

    Raises
    ------
    RefusedError
        Fewer than one part, or a part would have fewer than two people.
    """
    return tuple(Group(n, group.mean, group.sd) for n in _shares(group.n, parts, least=2))


def split_counts(events: int, n: int, parts: int) -> tuple[tuple[int, int], ...]:
    """Split events and people of a shared control group into ``parts`` of nearly equal n. Handbook v6.5, 23.3.4.

    Raises
    ------
    RefusedError
        Fewer than one part, or a part would have nobody.
    """
    return tuple(zip(_shares(events, parts, least=0), _shares(n, parts, least=1), strict=True))


def _shares(total: int, parts: int, least: int) -> tuple[int, ...]:
    if parts < 1:
        raise RefusedError("a group is split into one part or more")
    share, rest = divmod(total, parts)
    if share < least:
        raise RefusedError(f"{total} people are too few for {parts} parts")
    return tuple(share + (part < rest) for part in range(parts))


def smd_in_points(smd: float, sd: float) -> float:
    """Return a standardised figure (estimate or bound) in points of an instrument with the SD given: smd · sd.

    Cochrane Handbook v6.5, 15.5.3.2.

    Raises
    ------
    RefusedError
        The SD is not above 0.
    """
    check_sd(sd)
    return smd * sd
