"""The ten effect measures, each with its equation, its source and its name in metafor.

1 is the intervention (or the follow-up of one group), 2 the comparator (or the baseline). ``yi`` and ``vi`` are those
of metafor's ``escalc``; a ratio is on the log scale. Figures that are missing never come here: a caller has all of
them or makes no effect. What cannot be computed raises ``RefusedError``, whose text is a reason to print.
"""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

VType = Literal["LS", "LS2"]
"""Form of the variance of a standardised effect, by the name it has in metafor (``vtype``)."""

GAMMA_FITS = 100
"""Below this argument both gammas are far from the largest double."""
RATIO_OF_GAMMAS = (1, -1 / 8, 1 / 128, 5 / 1024, -21 / 32768, -399 / 262144, 869 / 4194304)
"""Coefficients of 1, 1/x, 1/x² ... in Γ(x + 1/2)/(Γ(x) sqrt(x))."""


class RefusedError(ValueError):
    """Figures that a formula does not take; the text is the reason to print."""


class Effect(NamedTuple):
    """An effect on the analysis scale and its sampling variance, ``yi`` and ``vi`` in metafor."""

    yi: float
    vi: float


class Group(NamedTuple):
    """Participants, mean and SD of a group."""

    n: int
    mean: float
    sd: float


# ---- means -----------------------------------------------------------------------------------------------------


def mean_difference(one: Group, two: Group) -> Effect:
    """Return the mean difference of two groups (MD), in points.

    yi = m1 − m2, vi = s1²/n1 + s2²/n2. Cochrane Handbook v6.5, 6.5.1.1. metafor: ``escalc(measure="MD", vtype="LS")``.

    Raises
    ------
    RefusedError
        A group has fewer than two people or an SD that is not above 0.
    """
    check_group(one)
    check_group(two)
    return Effect(one.mean - two.mean, one.sd**2 / one.n + two.sd**2 / two.n)


def standardised_mean_difference(one: Group, two: Group, *, vtype: VType = "LS") -> Effect:
    """Return Hedges' g of two groups (SMD), in SDs, with the exact small-sample factor.

    d = (m1 − m2)/sp with sp² = [(n1 − 1) s1² + (n2 − 1) s2²]/(N − 2), N = n1 + n2; yi = g = c(N − 2) · d.
    ``LS``: vi = 1/n1 + 1/n2 + g²/(2 N) (Hedges LV. Psychol Bull 1982;92:490-499, equation 8).
    ``LS2``: vi = c(N − 2)² · [1/n1 + 1/n2 + d²/(2 N)] (Borenstein 2009, in Cooper, Hedges & Valentine, equation 12.17).
    metafor: ``escalc(measure="SMD", vtype=...)``.

    Parameters
    ----------
    one, two
        The groups.
    vtype
        Form of the variance.

    Raises
    ------
    RefusedError
        A group has fewer than two people or an SD that is not above 0.
    """
    check_group(one)
    check_group(two)
    total = one.n + two.n
    pooled = math.sqrt(math.fsum(((one.n - 1) * one.sd**2, (two.n - 1) * two.sd**2)) / (total - 2))
    return _standardised((one.mean - two.mean) / pooled, 1 / one.n + 1 / two.n, 2 * total, total - 2, vtype)


def ratio_of_means(one: Group, two: Group) -> Effect:
    """Return the log ratio of two means (ROM).

    yi = ln(m1/m2), vi = s1²/(n1 m1²) + s2²/(n2 m2²). Hedges LV, Gurevitch J, Curtis PS. Ecology 1999;80:1150-1156,
    equation 1. metafor: ``escalc(measure="ROM", vtype="LS")``, which takes two negative means as well.

    Raises
    ------
    RefusedError
        A mean is not above 0 (a ratio asks for a scale with a true zero), or the group is at fault.
    """
    check_group(one)
    check_group(two)
    if one.mean <= 0 or two.mean <= 0:
        raise RefusedError("a ratio of means needs two means above 0")
    variance = one.sd**2 / (one.n * one.mean**2) + two.sd**2 / (two.n * two.mean**2)
    return Effect(math.log(one.mean / two.mean), variance)


# ---- change of one group ---------------------------------------------------------------------------------------


def mean_change(after: Group, before: Group, n: int, r: float) -> Effect:
    """Return the raw mean change of one group (MC), in points.

    yi = m1 − m2, vi = (s1² + s2² − 2 r s1 s2)/n. metafor: ``escalc(measure="MC")``.

    Parameters
    ----------
    after, before
        Means and SDs at follow-up (1) and baseline (2).
    n
        People measured at both times.
    r
        Correlation of baseline and follow-up, from -1 to 1.

    Raises
    ------
    RefusedError
        Fewer than two people, an SD that is not above 0, a correlation that is none, or a change that does not vary
        (r of 1 and equal SDs).
    """
    check_people(n)
    check_sd(after.sd)
    check_sd(before.sd)
    check_correlation(r)
    variance = math.fsum((after.sd**2, before.sd**2, -2 * r * after.sd * before.sd)) / n
    if variance <= 0:
        raise RefusedError("values that move together in full do not vary in their change: the variance is 0")
    return Effect(after.mean - before.mean, variance)


def printed_change(mean: float, sd: float, n: int) -> Effect:
    """Return a printed mean change with the SD of the changes (MC): vi = sd²/n. metafor: ``escalc(measure="MN")``.

    Raises
    ------
    RefusedError
        Fewer than two people, or an SD that is not above 0.
    """
    check_people(n)
    check_sd(sd)
    return Effect(mean, sd**2 / n)


def standardised_change(
    difference: float, sd_before: float, n: int, r: float, *, vtype: VType = "LS"
) -> Effect:
    """Return the mean change standardised by the baseline SD (SMCR).

    d = (m1 − m2)/s2, yi = c(n − 1) · d. ``LS``: vi = 2 (1 − r)/n + yi²/(2 n);
    ``LS2``: vi = c(n − 1)² · [2 (1 − r)/n + d²/(2 n)]. Becker BJ. Br J Math Stat Psychol 1988;41:257-278.
    metafor: ``escalc(measure="SMCR", vtype=...)``, where the baseline SD is called sd1i.

    Parameters
    ----------
    difference
        Mean at follow-up minus mean at baseline.
    sd_before
        SD at baseline.
    n, r
        People measured at both times (at least 3), and the correlation of the two.
    vtype
        Form of the variance.

    Raises
    ------
    RefusedError
        Fewer than three people, an SD that is not above 0 or a correlation that is none.
    """
    check_people(n, least=3)
    check_sd(sd_before)
    check_correlation(r)
    return _standardised(difference / sd_before, 2 * (1 - r) / n, 2 * n, n - 1, vtype)


def change_in_change_sds(difference: float, sd_change: float, n: int, *, vtype: VType = "LS") -> Effect:
    """Return the mean change standardised by the SD of the changes (SMCC).

    d = (m1 − m2)/sd, yi = c(n − 1) · d. ``LS``: vi = 1/n + yi²/(2 n); ``LS2``: vi = c(n − 1)² · [1/n + d²/(2 n)].
    Gibbons RD, Hedeker DR, Davis JM. J Educ Stat 1993;18:271-279. metafor: ``escalc(measure="SMCC", vtype=...)``.

    Parameters
    ----------
    difference
        Mean at follow-up minus mean at baseline.
    sd_change
        SD of the changes; ``conversions.change_sd`` has it from two SDs and a correlation.
    n
        People measured at both times (at least 3).
    vtype
        Form of the variance.

    Raises
    ------
    RefusedError
        Fewer than three people, or an SD that is not above 0.
    """
    check_people(n, least=3)
    check_sd(sd_change)
    return _standardised(difference / sd_change, 1 / n, 2 * n, n - 1, vtype)


def bias_correction(m: int) -> float:
    """Return Hedges' exact c(m) = Γ(m/2) / (sqrt(m/2) Γ((m − 1)/2)), about 1 − 3/(4 m − 1); m from 2.

    Hedges LV. J Educ Stat 1981;6:107-128, equation 6e. metafor: ``.cmicalc``, whose difference of two log gammas loses
    digits as m grows (1e-11 of c at m = 30,000). Here the gammas are divided while they fit into a double; beyond,
    Γ(x + 1/2)/Γ(x) is sqrt(x) times its series in 1/x (Tricomi & Erdélyi. Pacific J Math 1951;1:133-142), which is
    exact to the last digit there.
    """
    x = (m - 1) / 2
    if x < GAMMA_FITS:
        return math.gamma(x + 0.5) / math.gamma(x) / math.sqrt(m / 2)
    series = math.fsum(coefficient / x**power for power, coefficient in enumerate(RATIO_OF_GAMMAS))
    return math.sqrt((m - 1) / m) * series


def _standardised(d: float, null_variance: float, twice: int, m: int, vtype: VType) -> Effect:
    c = bias_correction(m)
    if vtype == "LS":
        return Effect(c * d, null_variance + (c * d) ** 2 / twice)
    if vtype == "LS2":
        return Effect(c * d, c**2 * (null_variance + d**2 / twice))
    raise ValueError(f"vtype is LS or LS2, not {vtype}")


# ---- counts ----------------------------------------------------------------------------------------------------


def log_risk_ratio(a: float, n1: float, c: float, n2: float) -> Effect:
    """Return ln[(a/n1)/(c/n2)] (RR) with vi = 1/a − 1/n1 + 1/c − 1/n2. metafor: ``escalc(measure="RR")``.

    Parameters
    ----------
    a, c
        Events; with a half where ``with_half_events`` added it.
    n1, n2
        People.

    Raises
    ------
    RefusedError
        No events in an arm (no correction is made up here), events in everybody of both arms (the variance is 0), or
        more events than people.
    """
    check_events(a, n1)
    check_events(c, n2)
    if a == 0 or c == 0:
        raise RefusedError("zero cell: no events in an arm")
    if a == n1 and c == n2:
        raise RefusedError("everybody had the event in both arms: the variance is 0")
    yi = math.log(a / n1) - math.log(c / n2)
    return Effect(yi, math.fsum((1 / a, -1 / n1, 1 / c, -1 / n2)))


def log_odds_ratio(a: float, n1: float, c: float, n2: float) -> Effect:
    """Return ln[a (n2 − c) / ((n1 − a) c)] (OR) with vi = 1/a + 1/(n1 − a) + 1/c + 1/(n2 − c).

    Woolf B. Ann Hum Genet 1955;19:251-253. metafor: ``escalc(measure="OR")``.

    Raises
    ------
    RefusedError
        A cell of the table is 0 (no correction is made up here), or more events than people.
    """
    check_events(a, n1)
    check_events(c, n2)
    b, d = n1 - a, n2 - c
    if 0 in (a, b, c, d):
        raise RefusedError("zero cell: an arm where nobody or everybody had the event")
    yi = math.log(a / b) - math.log(c / d)
    return Effect(yi, math.fsum((1 / a, 1 / b, 1 / c, 1 / d)))


def risk_difference(a: float, n1: float, c: float, n2: float) -> Effect:
    """Return a/n1 − c/n2 (RD), p = events/people, with vi = p1 (1 − p1)/n1 + p2 (1 − p2)/n2.

    metafor: ``escalc(measure="RD", vtype="LS")``, with ``add=0`` where a cell is 0: an arm without events is kept as
    it is here.

    Raises
    ------
    RefusedError
        Nobody or everybody had the event in each arm (the variance is 0), or more events than people.
    """
    check_events(a, n1)
    check_events(c, n2)
    p1, p2 = a / n1, c / n2
    vi = p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2
    if vi == 0:
        raise RefusedError("zero cells: nobody or everybody had the event in each arm, and the variance is 0")
    return Effect(p1 - p2, vi)


def logit_proportion(a: float, n: float) -> Effect:
    """Return the logit of a proportion (PLO): ln[a/(n − a)] with vi = 1/a + 1/(n − a).

    metafor: ``escalc(measure="PLO")``, with ``add=0`` where a cell is 0.

    Raises
    ------
    RefusedError
        Nobody or everybody had the event, or more events than people.
    """
    check_events(a, n)
    if a in (0, n):
        raise RefusedError("zero cell: nobody or everybody had the event")
    return Effect(math.log(a / (n - a)), math.fsum((1 / a, 1 / (n - a))))


def with_half_events(a: float, n1: float, c: float, n2: float) -> tuple[float, float, float, float]:
    """Return the counts of a two by two table with 0.5 added to each of its four cells: the zero-cell rule.

    The caller applies it to a table with a cell of 0 and says so. Cochrane Handbook v6.5, 10.4.4.1.
    metafor: ``escalc(add=1/2, to="only0")`` adds the same to the tables with a 0.
    """
    return a + 0.5, n1 + 1, c + 0.5, n2 + 1


def proportion_with_half_events(a: float, n: float) -> tuple[float, float]:
    """Return the counts of one proportion with 0.5 added to both cells. metafor: ``escalc(measure="PLO", add=1/2)``."""
    return a + 0.5, n + 1


# ---- what is refused -------------------------------------------------------------------------------------------


def check_group(group: Group) -> None:
    """Raise ``RefusedError`` for a group of fewer than two people or with an SD that is not above 0."""
    check_people(group.n)
    check_sd(group.sd)


def check_people(n: float, least: int = 2) -> None:
    """Raise ``RefusedError`` for fewer than ``least`` people."""
    if not n >= least:
        raise RefusedError(f"fewer than {'two' if least == 2 else 'three' if least == 3 else least} people")


def check_sd(sd: float) -> None:
    """Raise ``RefusedError`` for an SD that is not above 0 (nor a number)."""
    if not 0 < sd < math.inf:
        raise RefusedError("an SD must be above 0")


def check_correlation(r: float) -> None:
    """Raise ``RefusedError`` for a correlation outside -1 to 1."""
    if not -1 <= r <= 1:
        raise RefusedError("a correlation must be from -1 to 1")


def check_events(a: float, n: float) -> None:
    """Raise ``RefusedError`` for nobody at risk, fewer than no events, or more events than people."""
    if not n > 0:
        raise RefusedError("nobody in the arm")
    if not a >= 0:
        raise RefusedError("fewer than no events")
    if a > n:
        raise RefusedError("more events than people")
