"""Mantel-Haenszel: pools of counts that need no sampling variance of a study, and so no correction of its zeros."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sonospine.synthesis.common_effect import from_q
from sonospine.synthesis.heterogeneity import Heterogeneity
from sonospine.synthesis.random_effects import Mean

MEASURES = ("RR", "OR", "RD")


class Counts(NamedTuple):
    """Events ``a`` of ``n1`` people (intervention) and ``c`` of ``n2`` (comparator)."""

    a: int
    n1: int
    c: int
    n2: int


@dataclass(frozen=True, slots=True)
class MantelHaenszel:
    """The pool (log scale for RR and OR; ``mean`` is ``None`` where it is not estimable) and what was done with zeros.

    ``halved`` studies had 0.5 added to each cell for Q alone, ``left_out`` of Q were those in which nobody, or
    everybody, had the event.
    """

    mean: Mean | None
    heterogeneity: Heterogeneity
    halved: int
    left_out: int


def mantel_haenszel(measure: str, studies: Sequence[Counts], *, level: float = 95) -> MantelHaenszel:
    """Pool counts by Mantel and Haenszel (1959, JNCI 22:719).

    Parameters
    ----------
    measure
        RR, OR or RD.
    studies
        Counts of k studies, k >= 1, with 0 <= a <= n1 and 0 <= c <= n2, n1 and n2 above 0.
    level
        Confidence level in percent.

    Returns
    -------
    MantelHaenszel
        Standard errors by Greenland & Robins (1985, Biometrics 41:55) for RR, Robins, Breslow & Greenland (1986,
        Biometrics 42:311) for OR and Sato, Greenland & Robins (1989, Biometrics 45:1323) for RD; normal interval.
        metafor ``rma.mh`` with its defaults.

    Raises
    ------
    ValueError
        An unknown measure, or counts that cannot be.

    Notes
    -----
    The zero-cell rule is metafor's default: nothing is added to the pool, whose sums take a zero as it is; Q, which
    needs each study's own effect, has 0.5 added to each cell of a study with a zero cell, and leaves out a study
    without any event or without any non-event. RR and OR are not estimable where an arm has no event in any study
    (OR: or nothing but events).
    """
    if measure not in MEASURES:
        raise ValueError(f"unknown measure {measure!r}; allowed: {', '.join(MEASURES)}")
    for s in studies:
        if not (0 <= s.a <= s.n1 and 0 <= s.c <= s.n2 and s.n1 > 0 and s.n2 > 0):
            raise ValueError(f"{s.a} of {s.n1} and {s.c} of {s.n2} are no counts of events")
    found = {"RR": _risk_ratio, "OR": _odds_ratio, "RD": _risk_difference}[measure](studies)
    told = [s for s in studies if 0 < s.a + s.c < s.n1 + s.n2]
    halved = sum(_has_zero(s) for s in told)
    if found is None:
        return MantelHaenszel(None, from_q(math.nan, 0), halved, len(studies) - len(told))
    estimate, variance = found
    own = [_own_effect(measure, s) for s in told]
    q = math.fsum((y - estimate) ** 2 / v for y, v in own)
    spread = from_q(q, len(own) - 1) if len(own) > 1 else from_q(0.0, 0)
    return MantelHaenszel(
        _wald(estimate, math.sqrt(variance), level), spread, halved, len(studies) - len(told)
    )


def _wald(estimate: float, se: float, level: float) -> Mean:
    from scipy.special import ndtr, ndtri

    half = float(ndtri(0.5 + level / 200)) * se
    p_value = float(2 * ndtr(-abs(estimate) / se)) if se > 0 else math.nan
    return Mean(estimate, se, estimate - half, estimate + half, None, p_value, "wald")


def _risk_ratio(studies: Sequence[Counts]) -> tuple[float, float] | None:
    r = math.fsum(s.a * s.n2 / (s.n1 + s.n2) for s in studies)
    t = math.fsum(s.c * s.n1 / (s.n1 + s.n2) for s in studies)
    if r == 0 or t == 0:
        return None
    p = math.fsum(
        (s.n1 * s.n2 * (s.a + s.c) - s.a * s.c * (s.n1 + s.n2)) / (s.n1 + s.n2) ** 2 for s in studies
    )
    return math.log(r / t), p / (r * t)


def _odds_ratio(studies: Sequence[Counts]) -> tuple[float, float] | None:
    parts = []
    for a, n1, c, n2 in studies:
        b, d, n = n1 - a, n2 - c, n1 + n2
        parts.append(((a + d) / n, (b + c) / n, a * d / n, b * c / n))
    r, s = math.fsum(part[2] for part in parts), math.fsum(part[3] for part in parts)
    if r == 0 or s == 0:
        return None
    concordant = math.fsum(p * x for p, _, x, _ in parts) / r**2
    mixed = math.fsum(p * y + q * x for p, q, x, y in parts) / (r * s)
    discordant = math.fsum(q * y for _, q, _, y in parts) / s**2
    return math.log(r / s), (concordant + mixed + discordant) / 2


def _risk_difference(studies: Sequence[Counts]) -> tuple[float, float]:
    total = math.fsum(s.n1 * s.n2 / (s.n1 + s.n2) for s in studies)
    estimate = math.fsum((s.a * s.n2 - s.c * s.n1) / (s.n1 + s.n2) for s in studies) / total
    p, q = [], []
    for a, n1, c, n2 in studies:
        one, two = n1 / (n1 + n2), n2 / (n1 + n2)
        p.append(c * one**2 - a * two**2 + one * two * (n2 - n1) / 2)
        q.append((a * (n2 - c) + c * (n1 - a)) / (n1 + n2) / 2)
    return estimate, (estimate * math.fsum(p) + math.fsum(q)) / total**2


def _has_zero(s: Counts) -> bool:
    return 0 in (s.a, s.n1 - s.a, s.c, s.n2 - s.c)


def _own_effect(measure: str, s: Counts) -> tuple[float, float]:
    """Return a study's effect and sampling variance, with 0.5 in each cell where one is zero (metafor ``only0``)."""
    more = 0.5 if _has_zero(s) else 0.0
    a, b, c, d = s.a + more, s.n1 - s.a + more, s.c + more, s.n2 - s.c + more
    if measure == "OR":
        return math.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d
    n1, n2 = a + b, c + d
    if measure == "RR":
        return math.log(a / n1) - math.log(c / n2), 1 / a - 1 / n1 + 1 / c - 1 / n2
    return a / n1 - c / n2, a * b / n1**3 + c * d / n2**3
