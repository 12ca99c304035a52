"""Every combination of the configured choices, as a specification curve."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from sonospine.config.robustness import Multiverse
from sonospine.model.numbers import derived, written_truth
from sonospine.model.table_io import Row
from sonospine.model.tables import MULTIVERSE
from sonospine.robustness.fitting import Fit, PointSet, fit_columns, fit_sets, included, points
from sonospine.robustness.recomputing import Review, verified_row
from sonospine.robustness.specifications import DataChoice, Specification, configured, specifications
from sonospine.synthesis.pooling import Choice

NOTHING_LEFT = "no effect is left with these choices"

Sets = Mapping[str, PointSet]


def multiverse(
    pools: Mapping[str, Sequence[Row]],
    choice: Choice,
    chosen: Multiverse,
    review: Review | None = None,
) -> list[Row]:
    """Pool every analysis with every combination of the configured choices.

    Parameters
    ----------
    pools
        The included effects by analysis.
    choice
        Estimator, interval and level of the ordinary pool.
    chosen
        What is combined.
    review
        The tables behind the effects. Without them (a plain file) only estimator and interval are varied.

    Returns
    -------
    list of dict
        Rows of ``multiverse``, one for each analysis and combination, sorted by analysis and estimate (Steegen et al.
        2016, Perspect Psychol Sci 11:702; as a curve: Simonsohn, Simmons & Nelson 2020, Nat Hum Behav 4:1208). Each
        is the single fit with its settings: the effects are computed once for each combination that changes them,
        and equal sets of effects are fitted once for each estimator and interval. Two effects get the interval that is
        chosen and are flagged ``not_interpretable``.

    Raises
    ------
    InputError
        More than 100,000 combinations.
    """
    listed, ordinary = specifications(chosen, choice, review.config if review is not None else None)
    sets = _sets(pools, listed, ordinary, review)
    fits = _fits(sets, listed, choice.level)
    written: dict[tuple[Fit, str], Row] = {}
    blank = MULTIVERSE.row()
    made: list[Row] = []
    for analysis in pools:
        own = ";".join(review.config.analysis(analysis).designs) if review is not None else ""
        curve = [(fits[sets[s.data][analysis], s.estimator, s.ci], s) for s in listed]
        curve.sort(key=_place)
        for position, (fit, one) in enumerate(curve, start=1):
            if (fit, one.estimator) not in written:
                written[fit, one.estimator] = fit_columns(fit, one.estimator)
            made.append(
                blank
                | written[fit, one.estimator]
                | {
                    "analysis": analysis,
                    "position": str(position) if fit.k else "",
                    "specification": str(one.number),
                    "ordinary": written_truth(
                        (one.data, one.estimator, one.ci) == (ordinary, choice.estimator, choice.ci)
                    ),
                    "estimator": one.estimator,
                    "ci_choice": one.ci,
                    "refused": "" if fit.k else NOTHING_LEFT,
                }
                | _choices(one.data, own)
            )
    return made


def _place(pair: tuple[Fit, Specification]) -> tuple[bool, float, int]:
    fit, one = pair
    missing = math.isnan(fit.estimate)
    return missing, 0.0 if missing else fit.estimate, one.number


def _choices(data: DataChoice, own_designs: str) -> Row:
    return {
        "correlation": derived(data.correlation),
        "conversions": data.conversions or "",
        "window_rule": data.window_rule or "",
        "designs": own_designs if data.designs is None else ";".join(sorted(data.designs)),
        "verified_only": "" if data.verified_only is None else written_truth(data.verified_only),
    }


def _sets(
    pools: Mapping[str, Sequence[Row]],
    listed: Sequence[Specification],
    ordinary: DataChoice,
    review: Review | None,
) -> Mapping[DataChoice, Sets]:
    """Return the effects of each analysis for each combination that changes them."""
    found: dict[DataChoice, Sets] = {}
    parts: dict[frozenset[str] | None, Review] = {}
    for data in dict.fromkeys(one.data for one in listed):
        if review is None or data == ordinary:
            entered: Mapping[str, Sequence[Row]] = pools
        else:
            if data.designs not in parts:
                parts[data.designs] = _of_designs(review, data.designs)
            keep = verified_row if data.verified_only else None
            entered = included(parts[data.designs].effects(configured(review.config, data), keep))
        found[data] = {analysis: points(entered.get(analysis, [])) for analysis in pools}
    return found


def _of_designs(review: Review, designs: frozenset[str] | None) -> Review:
    """Return the part of the review with these designs: what other designs would add never enters a pool."""
    if designs is None:
        return review
    return review.of_studies({row["study_id"] for row in review.studies if row["design"] in designs})


def _fits(
    sets: Mapping[DataChoice, Sets], listed: Sequence[Specification], level: float
) -> Mapping[tuple[PointSet, str, str], Fit]:
    """Fit each set of effects that there is with each estimator and interval."""
    different = list(dict.fromkeys(one for by_analysis in sets.values() for one in by_analysis.values()))
    found: dict[tuple[PointSet, str, str], Fit] = {}
    for estimator, ci in dict.fromkeys((one.estimator, one.ci) for one in listed):
        fits = fit_sets(different, Choice(estimator, ci, level), by_rule=False)
        found |= {(one, estimator, ci): fit for one, fit in zip(different, fits, strict=True)}
    return found
