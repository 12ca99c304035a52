"""What stands beside the primary pool: other intervals, a common effect, counts, a Bayesian model, points."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sonospine.model.numbers import derived
from sonospine.model.table_io import Row
from sonospine.synthesis import rare_events
from sonospine.synthesis.bayes import posterior
from sonospine.synthesis.fitting import Choice
from sonospine.synthesis.heterogeneity import Heterogeneity, typical_variance
from sonospine.synthesis.pooled_rows import Result, repeated_clusters, result_of, value
from sonospine.synthesis.random_effects import Mean

IN_POINTS = {"SMD": "MD", "SMCR": "MC"}
"""Standardised measures that can be said in points, and the measure they become."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What the variants need, by analysis.

    ``prior_scale``: scale of the half-normal prior of tau, in units of the effects; an analysis without one has no
    Bayesian row. ``points``: SD in points by which a standardised effect is multiplied.
    """

    prior_scale: Mapping[str, float] = field(default_factory=dict)
    points: Mapping[str, float] = field(default_factory=dict)


NO_UNIT = ("SMD", "SMCC", "SMCR", "ROM", "RR", "OR")


def has_no_unit(measure: str) -> bool:
    """Tell whether a measure is a log ratio or standardised, so that one prior of tau fits every outcome."""
    return measure in NO_UNIT


def default_prior_scale(measure: str) -> float | None:
    """Return 0.5 for a measure without a unit (Röver et al. 2021, Res Synth Methods 12:448), else ``None``."""
    return 0.5 if has_no_unit(measure) else None


def variants_of(
    analysis: str, rows: Sequence[Row], primary: Result, choice: Choice, beside: Beside
) -> Iterator[Result]:
    """Yield the pools that stand beside the primary one.

    Parameters
    ----------
    analysis
        Name of the analysis.
    rows
        The effects of the primary pool, rows of ``effects``; fewer than two have no variants.
    primary
        The primary pool.
    choice
        Its estimator, interval and level.
    beside
        Prior and SD in points.

    Yields
    ------
    Result
        wald, hksj
            The same mean with the other intervals (wald of k = 2 is a drawn row, and is not repeated).
        common
            Inverse-variance weights and a normal interval.
        mantel_haenszel
            RR, OR or RD whose rows all have ``ai``, ``n1i``, ``ci`` and ``n2i``. The flags state the zero-cell rule.
        bayes
            Normal-normal model with a half-normal prior, named in ``estimator``; ``tau2`` and its bounds are the
            squared median and quantiles of tau.
        cr2
            Where clusters repeat: cluster-robust interval.
        in_points
            SMD or SMCR times the stated SD.
    """
    if len(rows) < 2 or primary.mean is None:
        return
    few = ("not_interpretable",) if len(rows) == 2 else ()
    yi, vi = [value(row, "yi") for row in rows], [value(row, "vi") for row in rows]
    for ci in ("wald", "hksj"):
        if ci != "wald" or len(rows) > 2:
            yield result_of(ci, yi, vi, replace(choice, ci=ci), few)
    yield result_of("common", yi, vi, replace(choice, ci="wald", estimator="CE"), few)
    counts = _counts(rows)
    if counts:
        yield _mantel_haenszel(rows[0]["measure"], counts, choice.level, few)
    if analysis in beside.prior_scale:
        yield _bayes(yi, vi, beside.prior_scale[analysis], choice.level, few)
    if repeated_clusters(rows):
        yield _robust(rows, yi, vi, primary, choice.level, few)
    if analysis in beside.points and rows[0].get("measure") in IN_POINTS:
        yield _in_points(primary, rows[0]["measure"], beside.points[analysis])


def _counts(rows: Sequence[Row]) -> list[rare_events.Counts]:
    """Return the counts of every row, or nothing where one has none (a ratio that was printed, say)."""
    if any(row.get("measure") != rows[0].get("measure") for row in rows):
        return []
    if rows[0].get("measure") not in rare_events.MEASURES:
        return []
    found = []
    for row in rows:
        cells = [row.get(name, "") for name in ("ai", "n1i", "ci", "n2i")]
        if not all(cell.isdigit() for cell in cells):
            return []
        a, n1, c, n2 = map(int, cells)
        if a > n1 or c > n2 or not n1 or not n2:
            return []
        found.append(rare_events.Counts(a, n1, c, n2))
    return found


def _mantel_haenszel(
    measure: str, counts: Sequence[rare_events.Counts], level: float, flags: tuple[str, ...]
) -> Result:
    found = rare_events.mantel_haenszel(measure, counts, level=level)
    if found.mean is None:
        flags = (*flags, "not_estimable:no_events_in_an_arm")
    if found.halved:
        flags = (*flags, f"zero_cells:{found.halved}_with_0.5_added_for_q_alone")
    if found.left_out:
        flags = (*flags, f"no_events_or_only_events:{found.left_out}_left_out_of_q")
    return Result("mantel_haenszel", found.mean, found.heterogeneity, None, "MH", "Q", flags=flags)


def _bayes(
    yi: Sequence[float], vi: Sequence[float], scale: float, level: float, flags: tuple[str, ...]
) -> Result:
    found = posterior(yi, vi, scale, level=level)
    prior = f"half-normal({derived(scale)})"
    nan = math.nan
    mean = Mean(found.estimate, found.sd, found.ci_lower, found.ci_upper, None, nan, f"credible, {prior}")
    tau2, lower, upper = found.tau**2, found.tau_lower**2, found.tau_upper**2
    typical = typical_variance(vi)
    i2, i2_lower, i2_upper = (100 * t / (t + typical) for t in (tau2, lower, upper))
    h2, h2_lower, h2_upper = ((t + typical) / typical for t in (tau2, lower, upper))
    spread = Heterogeneity(
        tau2, lower, upper, i2, i2_lower, i2_upper, h2, h2_lower, h2_upper, nan, len(yi) - 1, nan
    )
    prediction = (found.pi_lower, found.pi_upper, None) if len(yi) >= 3 else None
    flags = (*flags, f"prior_of_tau:{prior}", "flat_prior_of_the_mean")
    return Result("bayes", mean, spread, prediction, prior, "tau2", flags=flags, posterior=found)


def _robust(
    rows: Sequence[Row],
    yi: Sequence[float],
    vi: Sequence[float],
    primary: Result,
    level: float,
    flags: tuple[str, ...],
) -> Result:
    from sonospine.synthesis.dependent import cr2_mean

    groups = [row.get("cluster") or row["effect_id"] for row in rows]
    if len(set(groups)) < 2:
        return Result("cr2", None, flags=(*flags, "not_estimable:one_cluster"))
    tau2 = primary.spread.tau2 if primary.spread is not None else 0.0
    found = cr2_mean(yi, vi, groups, tau2, level)
    flags = (*flags, f"clusters:{found.groups}")
    if not found.reliable:
        flags = (*flags, "fewer_than_4_degrees_of_freedom")
    mean = Mean(found.estimate, found.se, found.ci_lower, found.ci_upper, None, found.p_value, "cr2")
    return Result("cr2", mean, flags=flags, df=found.df)


def _in_points(primary: Result, measure: str, sd: float) -> Result:
    """Multiply a standardised pool by an SD in points (Cochrane Handbook 15.5.3.2); I², Q and p stay."""
    mean, spread = primary.mean, primary.spread
    if mean is not None:
        mean = replace(
            mean, estimate=mean.estimate * sd, se=mean.se * sd, ci_lower=mean.ci_lower * sd,
            ci_upper=mean.ci_upper * sd,
        )  # fmt: skip
    if spread is not None:
        spread = replace(
            spread, tau2=spread.tau2 * sd**2, tau2_lower=spread.tau2_lower * sd**2,
            tau2_upper=spread.tau2_upper * sd**2,
        )  # fmt: skip
    prediction = primary.prediction
    if prediction is not None:
        prediction = prediction[0] * sd, prediction[1] * sd, prediction[2]
    return replace(
        primary, variant="in_points", mean=mean, spread=spread, prediction=prediction, measure=IN_POINTS[measure],
        unit=sd, weights=(), flags=(*primary.flags, f"times_sd:{derived(sd)}"),
    )  # fmt: skip
