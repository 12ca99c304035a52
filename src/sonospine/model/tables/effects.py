"""Effects: every candidate of every analysis, and the pools of those that are included."""

from __future__ import annotations

from sonospine.model.schema import BOOL, Column, TableSchema

_N = "participants"

EFFECTS = TableSchema(
    "effects",
    "results/effects/effects.tsv",
    "effects",
    ("effect_id",),
    (
        Column("effect_id", "id", "e and a hash of analysis, variant and inputs", required=True),
        Column("analysis", "id", "analysis of the configuration", required=True),
        Column(
            "variant", "text", "primary, or other_value", allowed=("primary", "other_value"), required=True
        ),
        Column("included", "boolean", "whether it enters the pool", allowed=BOOL, required=True),
        Column("exclusion_reason", "text", "why not"),
        Column("study_id", "id", "the study", required=True),
        Column("label", "text", "label of the study", required=True),
        Column("year", "integer", "year of the study"),
        Column("design", "text", "design"),
        Column("guidance", "list", "guidance of the intervention arm"),
        Column("procedure", "list", "procedure"),
        Column("condition", "text", "condition"),
        Column("outcome", "text", "outcome of the configuration", required=True),
        Column("instrument", "text", "instrument"),
        Column("unit", "text", "unit of yi"),
        Column("direction", "text", "which direction is better", allowed=("lower", "higher")),
        Column("window", "text", "window"),
        Column("weeks", "number", "time of the follow-up value", "weeks"),
        Column("change", "boolean", "from change scores", allowed=BOOL),
        Column(
            "measure",
            "text",
            "effect measure by metafor's name",
            allowed=("MD", "SMD", "MC", "SMCC", "SMCR", "ROM", "RR", "OR", "RD", "PLO"),
            required=True,
        ),
        Column("yi", "number", "effect on the analysis scale"),
        Column("vi", "number", "sampling variance"),
        Column("ci_lower", "number", "lower bound on the analysis scale"),
        Column("ci_upper", "number", "upper bound on the analysis scale"),
        Column("n1i", "integer", "n of the intervention (of follow-up)", _N),
        Column("m1i", "number", "mean of the intervention (of follow-up)"),
        Column("sd1i", "number", "SD of the intervention (of follow-up)"),
        Column("n2i", "integer", "n of the comparator (of baseline)", _N),
        Column("m2i", "number", "mean of the comparator (of baseline)"),
        Column("sd2i", "number", "SD of the comparator (of baseline)"),
        Column("ai", "integer", "events of the intervention"),
        Column("ci", "integer", "events of the comparator"),
        Column("ri", "number", "correlation of baseline and follow-up used"),
        Column("arm_1", "text", "intervention arm"),
        Column("arm_2", "text", "comparator arm"),
        Column("cluster", "id", "the people behind it: rows that share it are dependent"),
        Column("derivation", "json", "list of steps: function, inputs, formula", required=True),
        Column("measurement_ids", "list", "rows it rests on"),
        Column(
            "verified",
            "boolean",
            "every row verified by a person (states confirmed, agreed, adjudicated, corrected, added)",
            allowed=BOOL,
            required=True,
        ),
        Column("flags", "list", "warnings, separated by ;"),
    ),
    "All candidate effects.",
)

POOLED = TableSchema(
    "pooled",
    "results/synthesis/pooled.tsv",
    "pool",
    ("analysis", "subgroup", "variant"),
    (
        Column("analysis", "text", "analysis", required=True),
        Column("subgroup", "text", "subgroup; empty for all"),
        Column(
            "variant",
            "text",
            "primary and other_value (and their wald where k = 2) are drawn; beside them wald, hksj, common, "
            "mantel_haenszel, bayes, cr2, in_points",
            required=True,
        ),
        Column("measure", "text", "effect measure"),
        Column("k", "integer", "effects", "effects", required=True),
        Column("n", "integer", "participants", _N),
        *(
            Column(name, "number", text)
            for name, text in (
                ("estimate", "pooled mean on the analysis scale"),
                ("se", "its standard error"),
                ("ci_lower", "lower bound"),
                ("ci_upper", "upper bound"),
            )
        ),
        Column(
            "ci_method",
            "text",
            "hksj-conservative, hksj, wald or cr2; study for k = 1; credible, with the prior",
        ),
        *(
            Column(name, "number", text)
            for name, text in (
                ("df", "degrees of freedom (cr2: Satterthwaite's)"),
                ("p_value", "two-sided p"),
                ("pi_lower", "prediction interval"),
                ("pi_upper", "prediction interval"),
                ("pi_df", "its degrees of freedom"),
                ("tau2", "between-study variance"),
                ("tau2_lower", "Q-profile (bayes: credible)"),
                ("tau2_upper", "Q-profile (bayes: credible)"),
            )
        ),
        Column("estimator", "text", "estimator of tau²; MH: Mantel-Haenszel; bayes: the prior of tau"),
        Column("i2", "number", "I²", "percent"),
        Column("i2_lower", "number", "from the Q-profile bounds", "percent"),
        Column("i2_upper", "number", "from the Q-profile bounds", "percent"),
        Column("i2_method", "text", "tau2 or Q"),
        *(
            Column(name, "number", text)
            for name, text in (
                ("h2", "H² from tau²"),
                ("h2_lower", "bound"),
                ("h2_upper", "bound"),
                ("q", "Cochran's Q"),
                ("q_df", "its degrees of freedom"),
                ("q_p", "its p"),
                ("mid", "minimal important difference"),
            )
        ),
        Column("mid_source", "text", "its source"),
        Column(
            "p_mean_beyond_mid",
            "number",
            "probability that the mean effect is beyond it on the side of benefit, k >= 3",
            "proportion",
        ),
        Column(
            "p_new_beyond_mid",
            "number",
            "probability that a new setting's effect is beyond it on the side of benefit, k >= 3",
            "proportion",
        ),
        Column("flags", "list", "not_pooled, not_interpretable ..."),
    ),
    "Pooled results.",
)

WEIGHTS = TableSchema(
    "weights",
    "results/synthesis/weights.tsv",
    "pool",
    ("analysis", "subgroup", "variant", "effect_id"),
    (
        Column("analysis", "text", "analysis", required=True),
        Column("subgroup", "text", "subgroup; empty for all"),
        Column("variant", "text", "variant", required=True),
        Column("effect_id", "text", "effect (row number of a plain file)", required=True),
        Column("weight", "number", "share of the pool", "percent", required=True),
    ),
    "Weights of the effects.",
)

DRAWN_VARIANTS = ("primary", "other_value", "other_value_wald")
"""Pools that figures and pages show; ``wald`` is one of them where k = 2."""


def is_drawn(row: dict[str, str]) -> bool:
    """Tell whether figures and pages show a row of ``pooled``: all effects, and a pool that stands for the analysis."""
    wald_of_two = row["variant"] == "wald" and row["k"] == "2"
    return row["subgroup"] == "" and (row["variant"] in DRAWN_VARIANTS or wald_of_two)
