"""How far two curators agree: percent, Cohen's kappa and the intraclass correlation, each with its interval."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Coefficient:
    """A coefficient of agreement with its interval.

    ``value`` is ``None`` where it is not defined; ``lower`` and ``upper`` are ``None`` where there is no interval.
    ``note`` says why in words (empty where nothing is missing). ``n`` is how many things both judged.
    """

    n: int
    value: float | None
    lower: float | None = None
    upper: float | None = None
    note: str = ""


def cohen_kappa(pairs: Sequence[tuple[str, str]], level: float = LEVEL) -> Coefficient:
    """Return Cohen's kappa (unweighted) of two raters with its large-sample interval.

    Parameters
    ----------
    pairs
        What the one and the other said about each thing; categories are compared by their text.
    level
        Confidence level (0 to 1).

    Returns
    -------
    Coefficient
        kappa = (po - pe) / (1 - pe), po the share of agreement, pe that expected from the margins. The interval is
        kappa -+ z * se. It may reach beyond -1 and 1 where there are few things; it is not cut off.

        Where both used one and the same category throughout, pe is 1 and kappa is not defined: it is neither 0 nor 1,
        and the note says so. Where they agree on everything in two or more categories kappa is 1, but its standard
        error is 0 whatever n, so no interval is given; the note says so too (as where one of them gave one answer
        throughout, and kappa is 0). Without any pair nothing is defined.

    Notes
    -----
    Cohen 1960, Educ Psychol Meas 20:37, for kappa. The standard error is that of Fleiss, Cohen & Everitt 1969, Psychol
    Bull 72:323 (Fleiss, Levin & Paik 2003, Statistical Methods for Rates and Proportions, section 18.1), not the one
    under the hypothesis of kappa = 0. R: ``psych::cohen.kappa``.
    """
    n = len(pairs)
    if not n:
        return Coefficient(0, None, note="nothing was judged by both")
    cells = Counter(pairs)
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    agreed = sum(count for (a, b), count in cells.items() if a == b)
    # Whole numbers until the end: what is exactly 0 or 1 must come out so.
    chance = sum(first[name] * second[name] for name in first)
    if chance == n * n:
        return Coefficient(n, None, note="kappa is not defined: both gave one and the same answer throughout")
    kappa = (agreed * n - chance) / (n * n - chance)
    if agreed == n:
        return Coefficient(n, kappa, note="no interval: the standard error is 0 where all agree")
    variance = _variance(cells, first, second, Fraction(agreed * n - chance, n * n - chance), n)
    if not variance:
        return Coefficient(n, kappa, note="no interval: the standard error is 0 for such answers")
    half = _normal_quantile(0.5 + level / 2) * math.sqrt(variance)
    return Coefficient(n, kappa, kappa - half, kappa + half)


def _variance(
    cells: Mapping[tuple[str, str], int],
    first: Mapping[str, int],
    second: Mapping[str, int],
    kappa: Fraction,
    n: int,
) -> Fraction:
    """Return the squared standard error of kappa; exact, so that what is 0 comes out as 0."""
    expected = Fraction(sum(count * second.get(name, 0) for name, count in first.items()), n * n)
    on, off = Fraction(0), Fraction(0)
    for (a, b), count in cells.items():
        if a == b:
            on += Fraction(count, n) * (1 - Fraction(first[a] + second[a], n) * (1 - kappa)) ** 2
        else:
            off += Fraction(count, n) * Fraction(second.get(a, 0) + first.get(b, 0), n) ** 2
    return (on + (1 - kappa) ** 2 * off - (kappa - expected * (1 - kappa)) ** 2) / (n * (1 - expected) ** 2)


def intraclass_correlation(ratings: Sequence[Sequence[float]], level: float = LEVEL) -> Coefficient:
    """Return ICC(2,1): two-way random effects, absolute agreement, one rater, with its interval.

    Parameters
    ----------
    ratings
        One row a thing, one column a rater; no value is missing.
    level
        Confidence level (0 to 1).

    Returns
    -------
    Coefficient
        Negative where things differ less than raters do. It is not defined for fewer than two things, nor where all
        ratings are the same number. Where the raters agree on everything it is 1, and there is no interval; nor is there
        where the approximation has less than one degree of freedom (an ICC below 0 of few things).

    Notes
    -----
    Shrout & Fleiss 1979, Psychol Bull 86:420, ICC(2,1) = (MSR - MSE) / (MSR + (k - 1) MSE + k (MSC - MSE) / n). The
    interval is that of ICC(A,1) in McGraw & Wong 1996, Psychol Methods 1:30, by Satterthwaite's degrees of freedom. R:
    ``psych::ICC``, Single_random_raters.
    """
    n = len(ratings)
    if n < 2:
        return Coefficient(n, None, note="ICC is not defined for fewer than two things")
    k = len(ratings[0])
    if len({value for row in ratings for value in row}) == 1:
        return Coefficient(n, None, note="ICC is not defined: every value is the same")
    rows, columns, error = _mean_squares(ratings)
    whole = rows + (k - 1) * error + Fraction(k, n) * (columns - error)
    if not whole:
        return Coefficient(n, None, note="ICC is not defined: neither things nor raters differ on average")
    rho = (rows - error) / whole
    value = float(rho)
    if rho == 1:
        return Coefficient(n, value, note="no interval: the raters agree on every value")
    # Exact until the quantiles: a weight that is 0 must come out as 0.
    a, b = k * rho / (n * (1 - rho)), 1 + k * rho * (n - 1) / (n * (1 - rho))
    spread = (a * columns) ** 2 / (k - 1) + (b * error) ** 2 / ((n - 1) * (k - 1))
    freedom = float((a * columns + b * error) ** 2 / spread) if spread else 0.0
    if (
        freedom < 1
    ):  # only where ICC is negative: mean squares are then subtracted, and nearly nothing is left
        return Coefficient(n, value, note="no interval: less than one degree of freedom")
    msr, msc, mse = float(rows), float(columns), float(error)
    tail = 0.5 + level / 2
    high, low = _f_quantile(tail, n - 1, freedom), _f_quantile(tail, freedom, n - 1)
    rest = k * msc + (k * n - k - n) * mse
    return Coefficient(
        n,
        value,
        n * (msr / high - mse) / (rest + n * msr / high),
        n * (msr - mse / low) / (rest / low + n * msr),
    )


def _mean_squares(ratings: Sequence[Sequence[float]]) -> tuple[Fraction, Fraction, Fraction]:
    """Return the mean squares of rows, columns and error; exact, so that what is 0 comes out as 0."""
    n, k = len(ratings), len(ratings[0])
    # In whole numbers, by one common denominator: as exact as fractions, and many times as fast.
    parts = [[value.as_integer_ratio() for value in row] for row in ratings]
    one = math.lcm(*{below for row in parts for _, below in row})
    whole = [[above * (one // below) for above, below in row] for row in parts]
    middle = Fraction(sum(sum(row) for row in whole) ** 2, n * k)
    rows = Fraction(sum(sum(row) ** 2 for row in whole), k) - middle
    columns = Fraction(sum(sum(column) ** 2 for column in zip(*whole, strict=True)), n) - middle
    error = sum(value * value for row in whole for value in row) - middle - rows - columns
    scale = one * one
    return rows / (scale * (n - 1)), columns / (scale * (k - 1)), error / (scale * (n - 1) * (k - 1))


def _normal_quantile(p: float) -> float:
    from scipy import stats

    return float(stats.norm.ppf(p))


def _f_quantile(p: float, df1: float, df2: float) -> float:
    from scipy import stats

    return float(stats.f.ppf(p, df1, df2))
