"""Each pool without one of its effects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sonospine.model.numbers import derived
from sonospine.model.table_io import Row
from sonospine.model.tables import LEAVE_ONE_OUT
from sonospine.robustness.fitting import Fit, PointSet, fit_columns, fit_sets, identity, points
from sonospine.synthesis.pooling import Choice

FEWEST = 3
MOST = 2000
"""Leaving one out of k takes k fits of k − 1 effects: beyond this many it would take minutes and say nothing."""


def refusal(k: int, what: str) -> str:
    """Say why nothing can be left out of k effects; empty where it can."""
    if k < FEWEST:
        return f"{what} needs at least {FEWEST} effects, and there are {k}"
    if k > MOST:
        return f"{what} is run for at most {MOST} effects, and there are {k}"
    return ""


def without_each(whole: PointSet) -> list[PointSet]:
    """Return a set of effects without its first, without its second, and so on."""
    return [whole[:i] + whole[i + 1 :] for i in range(len(whole))]


def leave_one_out(pools: Mapping[str, Sequence[Row]], choice: Choice) -> list[Row]:
    """Fit each pool without each of its effects in turn.

    Parameters
    ----------
    pools
        The included effects by analysis.
    choice
        Estimator, interval and level of the ordinary pool.

    Returns
    -------
    list of dict
        Rows of ``leave_one_out`` in the order of the effects: the pool of the other k − 1 by the rule of ``pooled``
        (two that are left get the conservative interval), and ``shift``, its estimate minus that of all k. Fewer
        than 3 effects, or more than 2000, give one row with the reason. metafor: ``leave1out()``.
    """
    made: list[Row] = []
    for analysis, rows in pools.items():
        reason = refusal(len(rows), "leaving one out")
        if reason:
            made.append(LEAVE_ONE_OUT.row(analysis=analysis, k=str(len(rows)), refused=reason))
            continue
        whole = points(rows)
        fits = fit_sets([whole, *without_each(whole)], choice)
        made += [_row(analysis, row, fit, fits[0], choice) for row, fit in zip(rows, fits[1:], strict=True)]
    return made


def _row(analysis: str, left_out: Row, fit: Fit, whole: Fit, choice: Choice) -> Row:
    shift = derived(fit.estimate - whole.estimate)
    return LEAVE_ONE_OUT.row(
        analysis=analysis, **identity(left_out), **fit_columns(fit, choice.estimator), shift=shift
    )
