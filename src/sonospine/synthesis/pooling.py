"""From the table of effects to the tables of pools and weights, by the one interval rule of the project."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sonospine.model.numbers import derived, number, truth
from sonospine.model.table_io import Row
from sonospine.model.tables import WEIGHTS
from sonospine.synthesis.fitting import Choice
from sonospine.synthesis.pooled_rows import Result, Threshold, pooled_row, result_of, value
from sonospine.synthesis.random_effects import Mean, mean_effect
from sonospine.synthesis.variants import Beside, variants_of

__all__ = ["Beside", "Choice", "Pools", "Threshold", "pool", "primary_results"]


@dataclass(frozen=True, slots=True)
class Pools:
    """Rows of ``pooled`` and of ``weights``."""

    pooled: list[Row]
    weights: list[Row]


def pool(
    effects: Sequence[Row],
    choice: Choice,
    thresholds: Mapping[str, Threshold] | None = None,
    analyses: Sequence[str] | None = None,
    *,
    beside: Beside | None = None,
) -> Pools:
    """Pool the included effects of each analysis.

    Parameters
    ----------
    effects
        Rows of ``effects`` (all candidates); only those with ``included`` true are pooled. Rows of the variant
        ``other_value`` stand in for the primary row of the same study in a second pool of that name.
    choice
        Estimator, interval and level.
    thresholds
        Minimal important difference by analysis.
    analyses
        Analyses in the order of the configuration; one without any effect gives a row with k = 0.
    beside
        What the variants beside the primary pool need (``variants.variants_of``); ``None``: no such rows.

    Returns
    -------
    Pools
        k = 1 is the study's own interval, flagged ``not_pooled``; k = 2 gives the conservative Hartung-Knapp and
        the Wald interval, both flagged ``not_interpretable``; k >= 3 follows ``choice`` and has a prediction
        interval. A pool with two effects of one cluster is flagged ``dependent_effects``. Weights are those of the
        pools that figures draw.

    Raises
    ------
    InputError
        ``yi`` or ``vi`` of an included effect cannot be pooled.
    """
    by_name: dict[str, list[Row]] = {}
    for row in effects:
        entered = by_name.setdefault(row["analysis"], [])
        if truth(row["included"]):
            entered.append(row)
    pooled: list[Row] = []
    weights: list[Row] = []
    for name in sorted(by_name) if analyses is None else analyses:
        threshold = (thresholds or {}).get(name)
        for variant, rows in _drawn(by_name.get(name, [])):
            results = primary_results(rows, choice)
            first = results[0]
            if variant != "primary":
                results = [
                    replace(r, variant=variant if r is first else f"{variant}_{r.variant}") for r in results
                ]
            for result in results:
                pooled.append(pooled_row(name, rows, result, threshold))
                weights.extend(
                    WEIGHTS.row(
                        analysis=name,
                        variant=result.variant,
                        effect_id=row["effect_id"],
                        weight=derived(weight),
                    )
                    for row, weight in zip(rows, result.weights, strict=True)
                )
            if beside is not None and variant == "primary":
                found = variants_of(name, rows, first, choice, beside)
                pooled.extend(pooled_row(name, rows, result, threshold) for result in found)
    return Pools(pooled, weights)


def _drawn(entered: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    """Yield the primary effects, then those with the other value of a conflict where there is one."""
    primary = [row for row in entered if row["variant"] == "primary"]
    others = {_people(row): row for row in entered if row["variant"] == "other_value"}
    yield "primary", primary
    if any(_people(row) in others for row in primary):
        yield "other_value", [others.get(_people(row), row) for row in primary]


def _people(row: Row) -> tuple[str, ...]:
    """Return what tells which primary row another value stands in for: the study and its arms."""
    return row["study_id"], row.get("arm_1", ""), row.get("arm_2", "")


def primary_results(rows: Sequence[Row], choice: Choice) -> list[Result]:
    """Apply the rule of k to rows of ``effects``; the first result is the one that is drawn."""
    yi, vi = [value(row, "yi") for row in rows], [value(row, "vi") for row in rows]
    k = len(rows)
    if k == 0:
        return [Result("primary", None, flags=("no_effects",))]
    if k == 1:
        own = _own_interval(rows[0], yi[0], vi[0], choice.level)
        return [Result("primary", own, weights=(100.0,), flags=("not_pooled",))]
    intervals = {"primary": choice.ci} if k > 2 else {"primary": "hksj-conservative", "wald": "wald"}
    flags = ("not_interpretable",) if k == 2 else ()
    return [
        result_of(name, yi, vi, replace(choice, ci=ci), flags, weighted=True)
        for name, ci in intervals.items()
    ]


def _own_interval(row: Row, yi: float, vi: float, level: float) -> Mean:
    """Return a single study's own interval: as its effect row has it, else Wald from its variance."""
    wald = mean_effect([yi, yi], [2 * vi, 2 * vi], 0.0, ci="wald", level=level)
    lower, upper = number(row.get("ci_lower")), number(row.get("ci_upper"))
    return Mean(
        yi, math.sqrt(vi), wald.ci_lower if lower is None else lower, wald.ci_upper if upper is None else upper,
        None, wald.p_value, "study",
    )  # fmt: skip
