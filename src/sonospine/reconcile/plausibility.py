"""What a mean and an SD can be, given n and the scale."""

from __future__ import annotations

import math

_EDGE = 1e-9


def possible_totals(lower: float, upper: float, n: int) -> range:
    """Return the whole-number totals of ``n`` scores whose mean lies in ``[lower, upper]``.

    The GRIM test: a mean of n whole numbers is a whole number divided by n. An empty range says that no such
    scores have this mean.

    References
    ----------
    Brown NJL, Heathers JAJ. The GRIM test. Soc Psychol Personal Sci 2017;8:363-369.
    """
    return range(math.ceil(lower * n - _EDGE), math.floor(upper * n + _EDGE) + 1)


def smallest_sd(lower: float, upper: float, n: int) -> float | None:
    """Return the smallest sample SD of ``n`` whole-number scores whose mean lies in ``[lower, upper]``.

    For a total S = q·n + k (0 ≤ k < n) the scores that lie closest together are k times q + 1 and n − k times q::

        SD_min(S) = sqrt( k (n − k) / (n (n − 1)) )

    With f = k/n, the fraction of the mean, this is sqrt( n f (1 − f) / (n − 1) ). The smallest over all totals
    that are printed as this mean is returned. The reasoning is that of GRIMMER and SPRITE; metafor and RevMan have
    no such check.

    Parameters
    ----------
    lower, upper
        Bounds of the mean before rounding, scale points.
    n
        Number of scores, at least 2.

    Returns
    -------
    float or None
        Scale points; ``None`` where no whole-number scores have such a mean.

    References
    ----------
    Anaya J. The GRIMMER test. PeerJ Preprints 2016;4:e2400v1. Heathers JA, Anaya J, van der Zee T, Brown NJL.
    Recovering data from summary statistics: SPRITE. PeerJ Preprints 2018;6:e26968v1.
    """
    if n < 2:
        raise ValueError("an SD needs at least two scores")
    smallest = [math.sqrt((s % n) * (n - s % n) / (n * (n - 1))) for s in possible_totals(lower, upper, n)]
    return min(smallest, default=None)


def largest_sd(mean: float, minimum: float, maximum: float, n: int) -> float:
    """Return the largest sample SD that ``n`` values between ``minimum`` and ``maximum`` with this mean can have.

    The Bhatia-Davis inequality for the population variance, times n/(n − 1) for the sample variance::

        SD_max = sqrt( n / (n − 1) · (maximum − mean) (mean − minimum) )

    (with the mean in the middle, Popoviciu's bound of half the range).

    References
    ----------
    Bhatia R, Davis C. A better bound on the variance. Am Math Mon 2000;107:353-357. Popoviciu T. Mathematica
    (Cluj) 1935;9:129-145.
    """
    if n < 2:
        raise ValueError("an SD needs at least two scores")
    return math.sqrt(n / (n - 1) * max(0.0, (maximum - mean) * (mean - minimum)))


def largest_sd_of_rounded(lower: float, upper: float, minimum: float, maximum: float, n: int) -> float:
    """Return the largest of ``largest_sd`` for a mean anywhere in ``[lower, upper]``, within the scale."""
    middle = (minimum + maximum) / 2
    best = min(max(middle, lower), upper)
    return largest_sd(min(max(best, minimum), maximum), minimum, maximum, n)


def percent_can_be(percent_lower: float, percent_upper: float, count: int, total: int) -> bool:
    """Tell whether ``count`` of ``total`` is a percentage in ``[percent_lower, percent_upper]``."""
    share = 100 * count / total
    return percent_lower - _EDGE <= share <= percent_upper + _EDGE
