"""A pool as a row of the table of pools."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sonospine.model.errors import InputError
from sonospine.model.numbers import derived
from sonospine.model.table_io import Row
from sonospine.model.tables import POOLED
from sonospine.synthesis.bayes import Posterior
from sonospine.synthesis.exceedance import p_beyond
from sonospine.synthesis.fitting import Choice, fitted, shares
from sonospine.synthesis.heterogeneity import Heterogeneity
from sonospine.synthesis.random_effects import Mean
from sonospine.synthesis.usable import unusable

BEFORE_AFTER = ("MC", "SMCC", "SMCR")


@dataclass(frozen=True, slots=True)
class Threshold:
    """A minimal important difference with the citation it comes from."""

    value: float
    source: str


@dataclass(frozen=True, slots=True)
class Result:
    """A pool of a variant, before it is written.

    ``mean`` is ``None`` where nothing can be pooled, ``spread`` where there is no heterogeneity to tell (k < 2).
    ``df`` of the mean is written as it is, Satterthwaite's with decimals. ``unit`` is the SD by which a standardised
    effect was multiplied; the minimal important difference, which is on the analysis scale, is multiplied likewise.
    """

    variant: str
    mean: Mean | None
    spread: Heterogeneity | None = None
    prediction: tuple[float, float, int | None] | None = None
    estimator: str = ""
    i2_method: str = ""
    weights: tuple[float, ...] = ()
    flags: tuple[str, ...] = ()
    df: float | None = None
    measure: str = ""
    unit: float = 1.0
    posterior: Posterior | None = None


def result_of(
    variant: str,
    yi: Sequence[float],
    vi: Sequence[float],
    choice: Choice,
    flags: tuple[str, ...] = (),
    *,
    weighted: bool = False,
) -> Result:
    """Pool effects (``fitting.fitted``) as a variant, with their weights in percent where they are asked for."""
    fit = fitted(yi, vi, choice)
    method = "Q" if choice.estimator == "CE" else "tau2"
    weights = shares(vi, fit.spread.tau2) if weighted else ()
    return Result(variant, fit.mean, fit.spread, fit.prediction, choice.estimator, method, weights, flags)


def pooled_row(analysis: str, rows: Sequence[Row], result: Result, threshold: Threshold | None = None) -> Row:
    """Write a pool.

    Parameters
    ----------
    analysis
        Name of the analysis.
    rows
        The effects it pools, rows of ``effects``.
    result
        The pool.
    threshold
        Minimal important difference of the analysis, on the analysis scale.

    Returns
    -------
    dict
        A row of ``pooled``; what does not exist is empty. The probabilities beyond the minimal important difference
        (``exceedance.p_beyond``) are given for three effects or more of a known direction.
    """
    flags = (*result.flags, *_dependence(rows, result.variant))
    row = POOLED.row(analysis=analysis, variant=result.variant, k=str(len(rows)), flags=";".join(flags))
    row["measure"] = result.measure or (rows[0].get("measure", "") if rows else "")
    row["n"] = participants(rows)
    if threshold is not None:
        row["mid"], row["mid_source"] = derived(threshold.value * result.unit), threshold.source
    if result.mean is not None:
        row |= _mean_columns(result.mean, result.df)
    if result.spread is not None:
        values = {name: derived(getattr(result.spread, name)) for name in _HETEROGENEITY}
        row |= {**values, "q_df": str(result.spread.q_df)}
        row |= {"estimator": result.estimator, "i2_method": result.i2_method}
        if result.i2_method == "Q":
            row["tau2"] = ""  # a common effect has none
        if not row["q"]:
            row["q_df"] = ""
    if result.prediction is not None:
        lower, upper, df = result.prediction
        row |= {
            "pi_lower": derived(lower),
            "pi_upper": derived(upper),
            "pi_df": "" if df is None else str(df),
        }
    if threshold is not None and len(rows) >= 3:
        row |= _exceedance(result, threshold.value * result.unit, rows[0].get("direction", ""))
    return row


def value(row: Row, column: str) -> float:
    """Return ``yi`` or ``vi`` of an effect; ``InputError`` where it cannot be pooled."""
    fault = unusable(column, row[column])
    if fault:
        raise InputError(
            f"effect {row['effect_id']} of analysis {row['analysis']} cannot be pooled", field=column,
            found=row[column], allowed=fault,
        )  # fmt: skip
    return float(row[column])


def participants(rows: Sequence[Row]) -> str:
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


def repeated_clusters(rows: Sequence[Row]) -> bool:
    """Tell whether the same people stand behind two of the effects."""
    clusters = [row["cluster"] for row in rows if row.get("cluster")]
    return len(set(clusters)) < len(clusters)


def _dependence(rows: Sequence[Row], variant: str) -> tuple[str, ...]:
    """Flag a pool in which the same people stand behind two effects: its interval takes them for independent."""
    return ("dependent_effects",) if variant != "cr2" and repeated_clusters(rows) else ()


def _mean_columns(mean: Mean, df: float | None) -> Row:
    shown = mean.df if df is None else df
    return {
        "estimate": derived(mean.estimate), "se": derived(mean.se), "ci_lower": derived(mean.ci_lower),
        "ci_upper": derived(mean.ci_upper), "ci_method": mean.ci_method, "df": derived(shown),
        "p_value": derived(mean.p_value),
    }  # fmt: skip


_HETEROGENEITY = (
    "tau2", "tau2_lower", "tau2_upper", "i2", "i2_lower", "i2_upper", "h2", "h2_lower", "h2_upper", "q", "q_p",
)  # fmt: skip


def _exceedance(result: Result, mid: float, direction: str) -> Row:
    if result.mean is None or direction not in ("lower", "higher"):
        return {}
    if result.posterior is not None:
        end = -mid if direction == "lower" else mid
        below = result.posterior.p_mean_below(end), result.posterior.p_new_below(end)
        mean_beyond, new_beyond = below if direction == "lower" else (1 - below[0], 1 - below[1])
        return {"p_mean_beyond_mid": derived(mean_beyond), "p_new_beyond_mid": derived(new_beyond)}
    mean = result.mean
    df = mean.df if result.df is None else result.df
    found = {"p_mean_beyond_mid": derived(p_beyond(mean.estimate, mean.se, df, mid, direction))}
    if result.prediction is not None and result.spread is not None:
        se = math.sqrt(result.spread.tau2 + mean.se**2)
        new = p_beyond(mean.estimate, se, result.prediction[2], mid, direction)
        found["p_new_beyond_mid"] = derived(new)
    return found
