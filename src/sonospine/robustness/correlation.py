"""Each pool with other correlations of baseline and follow-up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sonospine.model.numbers import derived
from sonospine.model.table_io import Row
from sonospine.model.tables import CORRELATION
from sonospine.robustness.fitting import fit_columns, fit_sets, included, points
from sonospine.robustness.recomputing import NOT_HERE, Review, with_correlation
from sonospine.synthesis.pooling import Choice


def vary_correlation(
    pools: Mapping[str, Sequence[Row]],
    choice: Choice,
    review: Review | None,
    correlations: Sequence[float],
) -> list[Row]:
    """Compute the effects anew with each correlation, and pool them.

    Parameters
    ----------
    pools
        The included effects by analysis.
    choice
        Estimator, interval and level of the ordinary pool.
    review
        The tables behind the effects; ``None`` for a plain file, which is refused with the reason.
    correlations
        Correlations of baseline and follow-up, −1 < r < 1 (Cochrane Handbook v6.5, 6.5.2.8: several should be tried).

    Returns
    -------
    list of dict
        Rows of ``correlation``: ``changed`` counts the effects whose yi or vi is not that of the ordinary pool.
    """
    if review is None:
        return [CORRELATION.row(analysis=analysis, refused=NOT_HERE) for analysis in pools]
    varied = {r: included(review.effects(with_correlation(review.config, r))) for r in correlations}
    keys = [(analysis, r) for analysis in pools for r in correlations]
    sets = [points(varied[r].get(analysis, [])) for analysis, r in keys]
    fits = fit_sets(sets, choice)
    return [
        CORRELATION.row(
            analysis=analysis,
            correlation=derived(r),
            changed=str(_changed(pools[analysis], varied[r].get(analysis, []))),
            **fit_columns(fit, choice.estimator),
        )
        for (analysis, r), fit in zip(keys, fits, strict=True)
    ]


def _changed(ordinary: Sequence[Row], varied: Sequence[Row]) -> int:
    before = {row["effect_id"]: (row["yi"], row["vi"]) for row in ordinary}
    after = {row["effect_id"]: (row["yi"], row["vi"]) for row in varied}
    return sum(before.get(name) != after.get(name) for name in before | after)
