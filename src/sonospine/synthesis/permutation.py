"""Permutation tests of a meta-regression: p values that need no distribution, for few effects."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sonospine.synthesis.mixed_effects import Designs, residual_variance
from sonospine.synthesis.regression import check_design, scale_factor

MOST = 5040
"""Permutations that are worked out: all where there are no more (7! = 5040), else as many drawn at random."""

TOLERANCE = math.sqrt(2**-52)
"""Statistics as close as this are ties (metafor ``comptol``)."""

CELLS = 2_000_000
"""Numbers of the designs that are fitted together."""


@dataclass(frozen=True, slots=True)
class Permuted:
    """Permutation p values: ``p_values`` of the terms, two-sided, and ``qm_p`` of all moderators together.

    ``permutations`` is how many orders were looked at; ``exact`` whether these are all. No p can be below 1 over it.
    """

    terms: tuple[str, ...]
    p_values: tuple[float, ...]
    qm_p: float
    permutations: int
    exact: bool


def permutation_test(
    yi: Sequence[float],
    vi: Sequence[float],
    design: Sequence[Sequence[float]],
    terms: Sequence[str],
    *,
    estimator: str = "REML",
    ci: str = "hksj-conservative",
    seed: int = 0,
    most: int = MOST,
) -> Permuted:
    """Compare a meta-regression with those in which the moderators are dealt out to other effects.

    Parameters
    ----------
    yi, vi, design, terms, estimator, ci
        As for ``regression.meta_regression``; the first column of the design is the intercept.
    seed
        Of the draw where not every permutation is worked out; Mersenne Twister of Python.
    most
        Largest number of permutations; where the distinct ones are no more, the test is exact.

    Returns
    -------
    Permuted
        The share of orders whose |estimate/se| (or QM) is at least that of the data (Higgins & Thompson 2004, Stat
        Med 23:1663; Follmann & Proschan 1999; metafor ``permutest``). Drawn at random, the order of the data counts
        as one of them. The p of the intercept is that of metafor: the moderators are dealt out, not the signs.

    Raises
    ------
    RefusalError
        The design cannot be fitted (as for ``meta_regression``).
    """
    import numpy as np

    x = np.asarray(design, dtype=float).reshape(len(yi), len(terms))
    check_design(x, terms)
    y, v = np.asarray(yi, dtype=float), np.asarray(vi, dtype=float)
    kinds = _kinds(design)
    exact = distinct_orders(kinds) <= most
    orders = _all_orders(kinds) if exact else _drawn_orders(len(yi), most, seed)
    rows = np.asarray([_first_rows(kinds)[kind] for kind in range(max(kinds) + 1)])
    first = [kinds] if exact else [tuple(range(len(yi)))]
    observed, observed_qm = _statistics(y, v, x[rows[first]] if exact else x[first], estimator, ci)
    counts, qm_count, total = np.zeros(len(terms), dtype=int), 0, 0
    for block in _blocks(orders, max(1, CELLS // x.size)):
        permuted = x[rows[block]] if exact else x[block]
        statistics, qm = _statistics(y, v, permuted, estimator, ci)
        counts += (np.abs(statistics) >= np.abs(observed[0]) - TOLERANCE).sum(0)
        qm_count += int((qm >= observed_qm[0] - TOLERANCE).sum())
        total += len(block)
    return Permuted(tuple(terms), tuple(float(c) / total for c in counts), qm_count / total, total, exact)


def distinct_orders(kinds: Sequence[int]) -> int:
    """Return k! / Π m!, the number of orders of k rows of which m are alike."""
    alike = Counter(kinds).values()
    return math.factorial(len(kinds)) // math.prod(math.factorial(count) for count in alike)


def _kinds(design: Sequence[Sequence[float]]) -> tuple[int, ...]:
    """Return the rows of a design as numbers; equal rows have one."""
    numbers: dict[tuple[float, ...], int] = {}
    return tuple(numbers.setdefault(tuple(row), len(numbers)) for row in design)


def _first_rows(kinds: Sequence[int]) -> dict[int, int]:
    rows: dict[int, int] = {}
    for row, kind in enumerate(kinds):
        rows.setdefault(kind, row)
    return rows


def _all_orders(kinds: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield the distinct orders in lexicographic order (Knuth, TAOCP 7.2.1.2, algorithm L)."""
    order = sorted(kinds)
    while True:
        yield tuple(order)
        j = len(order) - 2
        while j >= 0 and order[j] >= order[j + 1]:
            j -= 1
        if j < 0:
            return
        i = len(order) - 1
        while order[i] <= order[j]:
            i -= 1
        order[i], order[j] = order[j], order[i]
        order[j + 1 :] = reversed(order[j + 1 :])


def _drawn_orders(k: int, count: int, seed: int) -> Iterator[tuple[int, ...]]:
    """Yield the order of the data and then random ones, ``count`` in all."""
    generator = random.Random(seed)
    order = list(range(k))
    for _ in range(count):
        yield tuple(order)
        generator.shuffle(order)


def _blocks(orders: Iterator[tuple[int, ...]], size: int) -> Iterator[list[tuple[int, ...]]]:
    block: list[tuple[int, ...]] = []
    for order in orders:
        block.append(order)
        if len(block) == size:
            yield block
            block = []
    if block:
        yield block


def _statistics(y: Any, v: Any, x: Any, estimator: str, ci: str) -> tuple[Any, Any]:
    """Return estimate/se of each column (B, p) and the QM of all but the intercept (B,)."""
    import numpy as np

    sets = Designs(y, v, x)
    fit = sets.project(residual_variance(sets, estimator))
    beta, cov = sets.coefficients(fit)
    factor = scale_factor(fit, sets.k - sets.p, ci)
    with np.errstate(divide="ignore", invalid="ignore"):
        se = np.sqrt(factor[:, None] * np.diagonal(cov, axis1=1, axis2=2))
        if sets.p == 1:
            return beta / se, np.zeros(sets.count)
        moderators = beta[:, 1:]
        solved = np.linalg.solve(cov[:, 1:, 1:], moderators[..., None])[..., 0]
        qm = (moderators * solved).sum(-1) / factor
        # A perfect fit has no error: 0/0 is no effect.
        statistics = np.nan_to_num(beta / se, nan=0.0, posinf=np.inf, neginf=-np.inf)
        qm = np.nan_to_num(qm, nan=0.0, posinf=np.inf, neginf=-np.inf)
    return statistics, qm if ci == "wald" else qm / (sets.p - 1)
