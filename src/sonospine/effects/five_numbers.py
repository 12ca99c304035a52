"""From a median with quartiles, ends or both to mean and SD, and the test of skewness that says when not to.

Luo et al. 2018 have the means, Wan et al. 2014 and Shi et al. 2020 the SDs, Shi et al. 2023 the test; all of them
rest on a normal sample. In metafor (from 4.0): ``conv.fivenum``, method "luo/wan/shi".
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

from sonospine.effects.measures import RefusedError

FEWEST_WITH_QUARTILES = 5
"""A sample of five has five distinct order statistics for its ends, quartiles and median (n = 4 Q + 1, Q = 1)."""


class Converted(NamedTuple):
    """Mean and SD of a sample that was printed with its median; NaN where the sample is skewed."""

    mean: float
    sd: float
    skewed: bool


class Skewness(NamedTuple):
    """Statistic of Shi et al. for a median with quartiles or range, and what it may reach in a normal sample."""

    statistic: float
    critical: float

    @property
    def skewed(self) -> bool:
        """Whether normality is rejected at 5 %."""
        return self.statistic >= self.critical


def mean_sd_from_quartiles(q1: float, median: float, q3: float, n: int, *, test: bool = True) -> Converted:
    """Return mean and SD of a sample from its quartiles and median.

    mean = w (q1 + q3)/2 + (1 − w) median, w = 0.7 + 0.39/n (Luo et al. Stat Methods Med Res 2018;27:1785-1805,
    equation 11); SD = (q3 − q1)/(2 Φ⁻¹((0.75 n − 0.125)/(n + 0.25))) (Wan et al. BMC Med Res Methodol 2014;14:135,
    equation 16). In metafor: ``conv.fivenum(q1=, median=, q3=)``.

    Parameters
    ----------
    q1, median, q3
        In points.
    n
        People, at least 5 (n = 4 Q + 1 in the papers).
    test
        Whether a skewed sample is refused (NaN); ``False`` converts it all the same, for a sensitivity analysis.

    Returns
    -------
    Converted
        In points; ``skewed`` says what the test found, whether it was asked to refuse or not.

    Raises
    ------
    RefusedError
        Fewer than five people, figures out of order, or no spread.
    """
    skewed = skewness_of_quartiles(q1, median, q3, n).skewed
    w = 0.7 + 0.39 / n
    return _converted(w * (q1 + q3) / 2 + (1 - w) * median, (q3 - q1) / _eta(n), skewed and test, skewed)


def mean_sd_from_range(low: float, median: float, high: float, n: int, *, test: bool = True) -> Converted:
    """Return mean and SD of a sample from its ends and median.

    mean = w (low + high)/2 + (1 − w) median, w = 4/(4 + n^0.75) (Luo et al. 2018, equation 7);
    SD = (high − low)/(2 Φ⁻¹((n − 0.375)/(n + 0.25))) (Wan et al. 2014, equation 9). In metafor:
    ``conv.fivenum(min=, median=, max=)``.

    Parameters and errors are those of ``mean_sd_from_quartiles``; the ends must be those of the sample, never those
    of the scale.
    """
    skewed = skewness_of_range(low, median, high, n).skewed
    w = 4 / (4 + n**0.75)
    return _converted(w * (low + high) / 2 + (1 - w) * median, (high - low) / _xi(n), skewed and test, skewed)


def mean_sd_from_five(
    low: float, q1: float, median: float, q3: float, high: float, n: int, *, test: bool = True
) -> Converted:
    """Return mean and SD of a sample from its ends, quartiles and median.

    mean = w1 (low + high)/2 + w2 (q1 + q3)/2 + (1 − w1 − w2) median, w1 = 2.2/(2.2 + n^0.75),
    w2 = 0.7 − 0.72/n^0.55 (Luo et al. 2018, equation 15); SD = (high − low)/θ1 + (q3 − q1)/θ2,
    θ1 = (2 + 0.14 n^0.6) Φ⁻¹((n − 0.375)/(n + 0.25)), θ2 = (2 + 2/(0.07 n^0.6)) Φ⁻¹((0.75 n − 0.125)/(n + 0.25))
    (Shi et al. Res Synth Methods 2020;11:641-654, equation 10). In metafor: ``conv.fivenum`` with all five.

    Parameters and errors are those of ``mean_sd_from_quartiles``.
    """
    skewed = skewness_of_five(low, q1, median, q3, high, n).skewed
    w1, w2 = 2.2 / (2.2 + n**0.75), 0.7 - 0.72 / n**0.55
    mean = math.fsum((w1 * (low + high) / 2, w2 * (q1 + q3) / 2, (1 - w1 - w2) * median))
    share = 0.07 * n**0.6
    sd = (high - low) / ((1 + share) * _xi(n)) + (q3 - q1) / ((1 + 1 / share) * _eta(n))
    return _converted(mean, sd, skewed and test, skewed)


def skewness_of_quartiles(q1: float, median: float, q3: float, n: int) -> Skewness:
    """Return |q1 + q3 − 2 median|/(q3 − q1), and 2.65/sqrt(n) − 6/n², which 5 % of normal samples exceed.

    Shi et al. Stat Methods Med Res 2023;32:1338-1360, scenario 2. In metafor: ``conv.fivenum(test=TRUE)``.
    """
    _check_order((q1, median, q3), n)
    return Skewness(_skew(q1, median, q3), 2.65 / math.sqrt(n) - 6 / n**2)


def skewness_of_range(low: float, median: float, high: float, n: int) -> Skewness:
    """Return |low + high − 2 median|/(high − low), and 1/ln(n + 9) + 2.5/(n + 1), which 5 % of normal samples exceed.

    Shi et al. 2023, scenario 1.
    """
    _check_order((low, median, high), n)
    return Skewness(_skew(low, median, high), 1 / math.log(n + 9) + 2.5 / (n + 1))


def skewness_of_five(low: float, q1: float, median: float, q3: float, high: float, n: int) -> Skewness:
    """Return the larger of 2.65 ln(0.6 n)/sqrt(n) times the range's statistic and the quartiles', and 3/sqrt(n) − 40/n³.

    Shi et al. 2023, scenario 3.
    """
    _check_order((low, q1, median, q3, high), n)
    of_range = 2.65 * math.log(0.6 * n) / math.sqrt(n) * _skew(low, median, high)
    return Skewness(max(of_range, _skew(q1, median, q3)), 3 / math.sqrt(n) - 40 / n**3)


def _skew(low: float, middle: float, high: float) -> float:
    return abs(low + high - 2 * middle) / (high - low)


def _check_order(figures: Sequence[float], n: int) -> None:
    if not n >= FEWEST_WITH_QUARTILES:
        raise RefusedError("fewer than five people: a median is not converted")
    if not all(a <= b for a, b in itertools.pairwise(figures)):
        raise RefusedError("median, quartiles and ends are not in order")
    inner = figures[1:4] if len(figures) == 5 else figures
    if not inner[0] < inner[-1]:
        raise RefusedError("quartiles or ends are equal: there is no spread")


def _converted(mean: float, sd: float, refused: bool, skewed: bool) -> Converted:
    return Converted(math.nan, math.nan, skewed) if refused else Converted(mean, sd, skewed)


def _xi(n: int) -> float:
    """Return Blom's approximation of the expected range of n standard normal values (Wan et al. 2014, equation 8)."""
    from scipy.special import ndtri

    return 2 * float(ndtri((n - 0.375) / (n + 0.25)))


def _eta(n: int) -> float:
    """Return the same of the expected distance of the quartiles (Wan et al. 2014, equation 15)."""
    from scipy.special import ndtri

    return 2 * float(ndtri((0.75 * n - 0.125) / (n + 0.25)))
