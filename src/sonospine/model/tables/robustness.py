"""Robustness: pools without one effect, in order, with other choices, and over what the reading leaves open."""

from __future__ import annotations

from sonospine.model.schema import BOOL, Column, TableSchema
from sonospine.model.tables.effects import POOLED

_ANALYSIS = Column("analysis", "text", "analysis", required=True)
_REFUSED = Column("refused", "text", "why it was not run; empty where it was")
_EFFECT = (
    Column("effect_id", "text", "the effect (row number of a plain file); empty where nothing was run"),
    Column("study_id", "text", "its study"),
    Column("label", "text", "label of the study"),
)
FIT = (
    Column("k", "integer", "effects", "effects"),
    Column("estimate", "number", "pooled mean on the analysis scale"),
    Column("se", "number", "its standard error"),
    Column("ci_lower", "number", "lower bound"),
    Column("ci_upper", "number", "upper bound"),
    Column("ci_method", "text", "hksj-conservative, hksj or wald; study for k = 1"),
    Column("df", "number", "degrees of freedom; empty for wald"),
    Column("p_value", "number", "two-sided p"),
    Column("pi_lower", "number", "prediction interval, for k >= 3"),
    Column("pi_upper", "number", "prediction interval, for k >= 3"),
    Column("tau2", "number", "between-study variance"),
    Column("estimator", "text", "estimator of tau²"),
    Column("i2", "number", "I²", "percent"),
    Column("q", "number", "Cochran's Q"),
    Column("flags", "list", "not_pooled (k = 1), not_interpretable (k = 2), no_effects (k = 0)"),
)
"""The columns of a pool that was fitted among many."""

LEAVE_ONE_OUT = TableSchema(
    "leave_one_out",
    "results/synthesis/leave_one_out.tsv",
    "probe",
    ("analysis", "effect_id"),
    (
        _ANALYSIS,
        *_EFFECT,
        *FIT,
        Column("shift", "number", "this estimate minus that of the whole pool"),
        _REFUSED,
    ),
    "Each pool without one of its effects.",
    logged=True,
)

INFLUENCE = TableSchema(
    "influence",
    "results/synthesis/influence.tsv",
    "probe",
    ("analysis", "effect_id"),
    (
        _ANALYSIS,
        *_EFFECT,
        *(
            Column(name, "number", text)
            for name, text in (
                ("rstudent", "studentised deleted residual"),
                ("dffits", "change of the fitted value"),
                ("cooks_d", "Cook's distance"),
                ("cov_r", "variance of the mean without it, as a ratio"),
                ("tau2_del", "tau² without it"),
                ("q_del", "Q without it"),
                ("hat", "diagonal of the hat matrix"),
            )
        ),
        Column("weight", "number", "share of the pool", "percent"),
        Column("dfbetas", "number", "change of the mean in its standard errors"),
        Column("influential", "boolean", "by metafor's rule", allowed=BOOL),
        _REFUSED,
    ),
    "How much each effect pulls its pool (metafor `influence()`).",
    logged=True,
)

CUMULATIVE = TableSchema(
    "cumulative",
    "results/synthesis/cumulative.tsv",
    "probe",
    ("analysis", "order", "step"),
    (
        _ANALYSIS,
        Column("order", "text", "by what", allowed=("year", "risk_of_bias", "confidence"), required=True),
        Column("step", "integer", "from 1; 0 where nothing was run", required=True),
        *_EFFECT,
        Column("by", "text", "year, risk of bias or confidence of the effect that is added"),
        *FIT,
        _REFUSED,
    ),
    "Each pool as its effects come in, one after the other.",
    logged=True,
)

CORRELATION = TableSchema(
    "correlation",
    "results/synthesis/correlation.tsv",
    "probe",
    ("analysis", "correlation"),
    (
        _ANALYSIS,
        Column("correlation", "number", "correlation of baseline and follow-up assumed"),
        Column("changed", "integer", "effects that differ from those of the ordinary pool", "effects"),
        *FIT,
        _REFUSED,
    ),
    "Each pool with other correlations of baseline and follow-up.",
    logged=True,
)

MULTIVERSE = TableSchema(
    "multiverse",
    "results/synthesis/multiverse.tsv",
    "probe",
    ("analysis", "specification"),
    (
        _ANALYSIS,
        Column("position", "integer", "place on the curve, from the smallest estimate; empty without one"),
        Column("specification", "integer", "number of the combination of choices", required=True),
        Column(
            "ordinary", "boolean", "whether it is the analysis as configured", allowed=BOOL, required=True
        ),
        Column("ci_choice", "text", "interval chosen"),
        Column("correlation", "number", "correlation of baseline and follow-up assumed"),
        Column("conversions", "text", "what an SD may be worked out from: configured, none or all"),
        Column("window_rule", "text", "timepoint inside the window: nearest, earliest or latest"),
        Column("designs", "list", "designs that are in, separated by ;"),
        Column("verified_only", "boolean", "whether only verified rows are used", allowed=BOOL),
        *FIT,
        _REFUSED,
    ),
    "Every combination of the configured choices, sorted as a specification curve; `estimator` is a choice too.",
    logged=True,
)

READING = TableSchema(
    "reading",
    "results/synthesis/reading.tsv",
    "probe",
    ("analysis", "subgroup", "variant"),
    (
        *POOLED.columns,
        Column("draws", "integer", "draws"),
        Column("seed", "integer", "seed of the draws"),
        Column("rows_drawn", "integer", "rows behind the pool that nobody has verified"),
        Column(
            "dropped_share",
            "number",
            "share of effects dropped over all draws: a row is wrong, and nothing says how",
            "proportion",
        ),
        Column("changed_share", "number", "share of effects that an alternative changed", "proportion"),
        Column("empty_share", "number", "share of draws in which no effect was left", "proportion"),
        _REFUSED,
    ),
    "Each pool over what the reading leaves open: the mixture of the draws beside the ordinary interval.",
    logged=True,
)
