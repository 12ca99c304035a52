"""The between-study variance of many sets at once: moment estimators, maxima of the likelihood, Q-profile."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sonospine.synthesis.padded import Block, Floats, Indices

STEP = 1.6
"""Ratio of vi + tau² from one point to the next where the slope of the likelihood is looked at."""
SETTLED = 1e-9
"""A quadratically convergent step this small (relative) is the last that changes the 15th digit."""


def tau2_of(block: Block, estimator: str) -> Floats:
    """Estimate tau² of every set (``random_effects.between_study_variance`` says how, with sources).

    Parameters
    ----------
    block
        m sets.
    estimator
        CE (0), DL, HE, ML, REML or PM.

    Returns
    -------
    numpy.ndarray
        tau² >= 0, shape (m,), in squared units of the effects.
    """
    nothing = np.zeros(len(block.k))
    if estimator == "CE":
        return nothing
    if estimator == "DL":
        return _moments(block, 1 / block.vi)
    if estimator == "HE":
        return _moments(block, (np.isfinite(block.vi)).astype(float))
    if estimator == "PM":
        return q_root(block, block.k - 1, nothing)
    if estimator in ("ML", "REML"):
        return _most_likely(block, restricted=estimator == "REML")
    raise ValueError(f"unknown estimator {estimator!r}")


def q_root(block: Block, target: Floats, start: Floats) -> Floats:
    """Return tau² at which Q(tau²) falls to a target, or ``start`` where it is below it already.

    Q = Σ cⱼ / (λⱼ + tau²) with cⱼ >= 0 is a Stieltjes function of tau², so 1/Q is concave: Newton's tangent of 1/Q
    never passes the root and needs neither a bracket nor a bound (Paule & Mandel 1982 for Q = k - 1; Viechtbauer
    2007 for the quantiles of chi²).
    """
    found = start.copy()
    q, slope = block.q_and_slope(start)
    live = np.flatnonzero(q > target)
    if len(live) < len(start):
        block = block.take(live)
    t, target, q, slope = start[live], target[live], q[live], slope[live]
    for _ in range(200):
        if not len(live):
            break
        step = np.maximum(0.0, (q / target - 1) * q / slope)
        t = t + step
        found[live] = t
        left = np.flatnonzero(step > SETTLED * t)
        if len(left) < 0.7 * len(live):
            block, live, t, target = block.take(left), live[left], t[left], target[left]
        elif not len(left):
            break
        q, slope = block.q_and_slope(t)
    return found


def typical_variance(vi: Floats, k: Floats) -> Floats:
    """Return s² = (k - 1) Σw / ((Σw)² - Σw²) with w = 1/vi (Higgins & Thompson 2002, eq. 9)."""
    w = 1 / vi
    found: Floats = (k - 1) * w.sum(axis=1) / _pair_sum(w)
    return found


def _moments(block: Block, a: Floats) -> Floats:
    """Solve E[Σ a(yi - mean)²] for tau² with fixed weights a (DerSimonian & Kacker 2007, eq. 6)."""
    vi = np.where(np.isinf(block.vi), 0.0, block.vi)
    total = a.sum(axis=1)
    mean = (a * block.yi).sum(axis=1) / total
    q = (a * (block.yi - mean[:, None]) ** 2).sum(axis=1)
    within = (a * vi).sum(axis=1) - (a * a * vi).sum(axis=1) / total
    found: Floats = np.maximum(0.0, (q - within) * total / _pair_sum(a))
    return found


def _pair_sum(w: Floats) -> Floats:
    """Return (Σw)² - Σw² as twice the sum over pairs (``weighting.pair_sum``)."""
    found: Floats = 2 * (w[:, 1:] * np.cumsum(w, axis=1)[:, :-1]).sum(axis=1)
    return found


def _most_likely(block: Block, *, restricted: bool) -> Floats:
    """Return the highest maximum of the (restricted) likelihood of every set (``likelihood.most_likely``).

    The slope is looked at from 0 to a bound no root exceeds, at points where vi + tau² grows by ``STEP`` at most, so
    that no weight changes much between two of them; each fall through zero is a maximum.
    """
    points = _points(block)
    here, slope = points[0], block.score(points[0], restricted=restricted)
    found = np.where(slope <= 0, 0.0, np.nan)
    falls: list[tuple[Indices, Floats, Floats, Floats, Floats]] = []
    for there in points[1:]:
        further = block.score(there, restricted=restricted)
        at = np.flatnonzero((slope > 0) & (further <= 0))
        if len(at):
            falls.append((at, here[at], there[at], slope[at], further[at]))
        here, slope = there, further
    if not falls:
        return np.nan_to_num(found)
    sets, low, high, rising, falling = (np.concatenate(part) for part in zip(*falls, strict=True))
    roots = _root(
        block.take(sets), low, high, rising, falling, lambda part, t: part.score(t, restricted=restricted)
    )
    # A set's first root stands unless a further one, in ascending order, is more likely.
    counts = np.bincount(sets, minlength=len(found)) + np.isfinite(found)
    single = counts[sets] == 1
    found[sets[single]] = roots[single]
    for at, root in zip(sets[~single], roots[~single], strict=True):
        if np.isnan(found[at]):
            found[at] = root
            continue
        pair = block.take(np.array([at, at]))
        before, after = pair.log_likelihood(np.array([found[at], root]), restricted=restricted)
        if after > before:
            found[at] = root
    return found


def _points(block: Block) -> list[Floats]:
    """Return where the slope is looked at: 0 and more, ascending, the last above every root.

    At a root tau² is the mean of (yi - mean)² - vi weighted by w², plus 1/Σw for REML. With every root above T the
    weights differ by the ratio p = (max vi + T) / (min vi + T) at most, so that the mean square is below
    p² S² (1 + (p - 1)² / 4p) with S² the plain mean square; 1/Σw is below (max vi + tau²) / k.
    """
    there = np.isfinite(block.vi)
    least, most = block.vi.min(axis=1), np.where(there, block.vi, 0.0).max(axis=1)
    middle = np.where(there, block.yi, 0.0).sum(axis=1) / block.k
    square = np.where(there, (block.yi - middle[:, None]) ** 2, 0.0).sum(axis=1) / block.k
    bound = np.full(len(least), np.inf)
    for multiple in (0.25, 1.0, 4.0):
        above = multiple * most
        p = (most + above) / (least + above)
        highest = (p * p * square * (1 + (p - 1) ** 2 / (4 * p)) * block.k + most) / (block.k - 1)
        bound = np.minimum(bound, np.maximum(above, highest))
    bound *= 1.01
    ratio = (least + bound) / least
    steps = max(1, int(np.ceil(np.log(ratio.max()) / np.log(STEP))))
    return [least * np.expm1(np.log(ratio) * (i / steps)) for i in range(steps)] + [bound]


def _root(
    block: Block,
    low: Floats,
    high: Floats,
    at_low: Floats,
    at_high: Floats,
    function: Callable[[Block, Floats], Floats],
) -> Floats:
    """Return the roots of a function that is above 0 at ``low`` and not above it at ``high``.

    Inverse quadratic interpolation where it is safe, bisection elsewhere (Chandrupatla 1997, Adv Eng Softw 28:145).
    """
    root = np.where(at_high == 0, high, low)
    live = np.flatnonzero(at_high != 0)
    block = block.take(live)
    a, fa, b, fb = high[live], at_high[live], low[live], at_low[live]
    # The first guess is the secant's.
    share = np.clip(fa / (fa - fb), 0.02, 0.98)
    for _ in range(200):
        if not len(live):
            break
        t = a + share * (b - a)
        ft = function(block, t)
        same = np.sign(ft) == np.sign(fa)
        c, fc = np.where(same, a, b), np.where(same, fa, fb)
        b, fb = np.where(same, b, a), np.where(same, fb, fa)
        a, fa = t, ft
        best = np.where(np.abs(fa) < np.abs(fb), a, b)
        root[live] = best
        with np.errstate(invalid="ignore", divide="ignore"):
            width = np.abs(b - a)
            tolerance = 1e-14 * best / width
            xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
            quadratic = (phi**2 < xi) & ((1 - phi) ** 2 < 1 - xi)
            share = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
            share = np.where(quadratic & np.isfinite(share), share, 0.5)
            share = np.clip(share, np.minimum(tolerance, 0.5), np.maximum(1 - tolerance, 0.5))
            left = (tolerance < 0.5) & (fa != 0)
        if not left.all():
            at = np.flatnonzero(left)
            if len(at) < 0.7 * len(live):
                block = block.take(at)
                live, a, fa, b, fb, share = live[at], a[at], fa[at], b[at], fb[at], share[at]
            elif not len(at):
                break
    return root
