"""From the table of effects to the tables of pools and weights, by the one interval rule of the project."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sonospine.model.errors import InputError
from sonospine.model.numbers import derived, number, truth
from sonospine.model.table_io import Row
from sonospine.model.tables import POOLED, WEIGHTS
from sonospine.synthesis.heterogeneity import heterogeneity, prediction_interval
from sonospine.synthesis.random_effects import Mean, between_study_variance, mean_effect
from sonospine.synthesis.usable import unusable

BEFORE_AFTER = ("MC", "SMCC", "SMCR")


@dataclass(frozen=True, slots=True)
class Choice:
    """How to pool: estimator of tau², interval of the mean, confidence level in percent."""

    estimator: str = "REML"
    ci: str = "hksj-conservative"
    level: float = 95


@dataclass(frozen=True, slots=True)
class Threshold:
    """A minimal important difference with the citation it comes from."""

    value: float
    source: str


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

    Returns
    -------
    Pools
        k = 1 is the study's own interval, flagged ``not_pooled``; k = 2 gives the conservative Hartung-Knapp and
        the Wald interval, both flagged ``not_interpretable``; k >= 3 follows ``choice`` and has a prediction
        interval. A pool with two effects of one cluster is flagged ``dependent_effects``.

    Raises
    ------
    InputError
        ``yi`` or ``vi`` of an included effect cannot be pooled.
    """
    names = list(analyses) if analyses is not None else sorted({row["analysis"] for row in effects})
    pooled: list[Row] = []
    weights: list[Row] = []
    for name in names:
        entered = [row for row in effects if row["analysis"] == name and truth(row["included"])]
        primary = [row for row in entered if row["variant"] == "primary"]
        others = {_people(row): row for row in entered if row["variant"] == "other_value"}
        pools = {"primary": primary}
        if any(_people(row) in others for row in primary):
            pools["other_value"] = [others.get(_people(row), row) for row in primary]
        for variant, rows in pools.items():
            for result in _pool_one(rows, choice):
                label = variant if result.name == "main" else f"{variant}_{result.name}"
                if variant == "primary" and result.name != "main":
                    label = result.name
                pooled.append(_pooled_row(name, label, rows, result, choice, (thresholds or {}).get(name)))
                weights.extend(
                    _weight_row(name, label, row, w) for row, w in zip(rows, result.weights, strict=True)
                )
    return Pools(pooled, weights)


def _people(row: Row) -> tuple[str, ...]:
    """Return what tells which primary row another value stands in for: the study and its arms."""
    return row["study_id"], row.get("arm_1", ""), row.get("arm_2", "")


@dataclass(frozen=True, slots=True)
class _Result:
    name: str
    mean: Mean | None
    tau2: float | None
    weights: tuple[float, ...]
    flags: tuple[str, ...] = ()


def _pool_one(rows: Sequence[Row], choice: Choice) -> list[_Result]:
    """Apply the rule of k; the first result is the one that is drawn."""
    yi, vi = [_value(row, "yi") for row in rows], [_value(row, "vi") for row in rows]
    k = len(rows)
    if k == 0:
        return [_Result("main", None, None, (), ("no_effects",))]
    if k == 1:
        return [
            _Result(
                "main", _own_interval(rows[0], yi[0], vi[0], choice.level), None, (100.0,), ("not_pooled",)
            )
        ]
    tau2 = between_study_variance(yi, vi, choice.estimator)
    inverse = [1 / (v + tau2) for v in vi]
    shares = tuple(100 * w / math.fsum(inverse) for w in inverse)
    if k == 2:
        flags = ("not_interpretable",)
        return [
            _Result(
                "main",
                mean_effect(yi, vi, tau2, ci="hksj-conservative", level=choice.level),
                tau2,
                shares,
                flags,
            ),
            _Result("wald", mean_effect(yi, vi, tau2, ci="wald", level=choice.level), tau2, shares, flags),
        ]
    return [_Result("main", mean_effect(yi, vi, tau2, ci=choice.ci, level=choice.level), tau2, shares)]


def _own_interval(row: Row, yi: float, vi: float, level: float) -> Mean:
    """Return a single study's own interval: as its effect row has it, else Wald from its variance."""
    wald = mean_effect([yi, yi], [2 * vi, 2 * vi], 0.0, ci="wald", level=level)
    lower, upper = number(row.get("ci_lower")), number(row.get("ci_upper"))
    return Mean(
        yi, math.sqrt(vi), wald.ci_lower if lower is None else lower, wald.ci_upper if upper is None else upper,
        None, wald.p_value, "study",
    )  # fmt: skip


def _pooled_row(
    analysis: str,
    variant: str,
    rows: Sequence[Row],
    result: _Result,
    choice: Choice,
    threshold: Threshold | None,
) -> Row:
    flags = (*result.flags, *_dependence(rows))
    row = POOLED.row(analysis=analysis, variant=variant, k=str(len(rows)), flags=";".join(flags))
    row["measure"] = rows[0].get("measure", "") if rows else ""
    row["n"] = _participants(rows)
    if threshold is not None:
        row["mid"], row["mid_source"] = derived(threshold.value), threshold.source
    if result.mean is not None:
        row |= _mean_columns(result.mean)
    if result.tau2 is not None:
        row |= _heterogeneity_columns(rows, result.tau2, choice)
    if result.mean is not None and result.tau2 is not None and len(rows) >= 3:
        lower, upper, df = prediction_interval(result.mean, result.tau2, len(rows), level=choice.level)
        row |= {"pi_lower": derived(lower), "pi_upper": derived(upper), "pi_df": str(df)}
    return row


def _dependence(rows: Sequence[Row]) -> tuple[str, ...]:
    """Flag a pool in which the same people stand behind two effects: its interval takes them for independent."""
    clusters = [row["cluster"] for row in rows if row.get("cluster")]
    return ("dependent_effects",) if len(set(clusters)) < len(clusters) else ()


def _mean_columns(mean: Mean) -> Row:
    return {
        "estimate": derived(mean.estimate), "se": derived(mean.se), "ci_lower": derived(mean.ci_lower),
        "ci_upper": derived(mean.ci_upper), "ci_method": mean.ci_method,
        "df": "" if mean.df is None else str(mean.df), "p_value": derived(mean.p_value),
    }  # fmt: skip


def _heterogeneity_columns(rows: Sequence[Row], tau2: float, choice: Choice) -> Row:
    yi, vi = [_value(row, "yi") for row in rows], [_value(row, "vi") for row in rows]
    found = heterogeneity(yi, vi, tau2, level=choice.level)
    values = {name: derived(getattr(found, name)) for name in _HETEROGENEITY}
    return {**values, "q_df": str(found.q_df), "estimator": choice.estimator, "i2_method": "tau2"}


_HETEROGENEITY = (
    "tau2", "tau2_lower", "tau2_upper", "i2", "i2_lower", "i2_upper", "h2", "h2_lower", "h2_upper", "q", "q_p",
)  # fmt: skip


def _participants(rows: Sequence[Row]) -> str:
    """Add the participants of the arms (once where both arms are the same people); empty where one is unknown."""
    total = 0
    for row in rows:
        first, second = row.get("n1i", ""), row.get("n2i", "")
        same_arm = row.get("arm_1", "") != "" and row["arm_1"] == row.get("arm_2", "")
        paired = same_arm or row.get("measure") in BEFORE_AFTER
        if not first or (not paired and not second):
            return ""
        total += int(first) if paired else int(first) + int(second)
    return str(total) if rows else "0"


def _weight_row(analysis: str, variant: str, row: Row, weight: float) -> Row:
    return WEIGHTS.row(analysis=analysis, variant=variant, effect_id=row["effect_id"], weight=derived(weight))


def _value(row: Row, column: str) -> float:
    fault = unusable(column, row[column])
    if fault:
        raise InputError(
            f"effect {row['effect_id']} of analysis {row['analysis']} cannot be pooled",
            field=column,
            found=row[column],
            allowed=fault,
        )
    return float(row[column])
