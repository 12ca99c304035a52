"""Why pools differ: subgroups, meta-regressions and tests of small-study effects."""

from __future__ import annotations

from sonospine.model.schema import BOOL, Column, TableSchema


def _numbers(*columns: tuple[str, str]) -> tuple[Column, ...]:
    return tuple(Column(name, "number", text) for name, text in columns)


_INTERVAL = _numbers(
    ("estimate", "estimate on the analysis scale"),
    ("se", "its standard error"),
    ("ci_lower", "lower bound"),
    ("ci_upper", "upper bound"),
)
_FLAGS = Column("flags", "list", "dependent_effects: the same people stand behind two of the effects")
_REFUSED = Column("refused", "text", "why it was not run, or not all of it; empty where it was")
_UNKNOWN = "integer", "effects left out because the value is not known", "effects"

SUBGROUPS = TableSchema(
    "subgroups",
    "results/synthesis/subgroups.tsv",
    "probe",
    ("analysis", "factor", "tau2_model"),
    (
        Column("analysis", "text", "analysis", required=True),
        Column("factor", "text", "column of the effects", required=True),
        Column("level_count", "integer", "levels with effects", "levels", required=True),
        Column("k", "integer", "effects with a known level", "effects", required=True),
        Column("unknown", *_UNKNOWN),
        *_numbers(("q_between", "test of interaction: chi², or F where df2 is given")),
        Column("df", "integer", "degrees of freedom: levels less one"),
        Column("df2", "integer", "second degrees of freedom of F"),
        *_numbers(("p_value", "p of the interaction")),
        Column(
            "tau2_model",
            "text",
            "a tau² for each level, or one for all",
            allowed=("separate", "common"),
            required=True,
        ),
        _FLAGS,
        _REFUSED,
    ),
    "Tests of interaction. The pools of the levels are rows of `pooled` with `subgroup` = `factor: level`.",
)

REGRESSION = TableSchema(
    "regression",
    "results/synthesis/regression.tsv",
    "probe",
    ("analysis", "moderators", "term"),
    (
        Column("analysis", "text", "analysis", required=True),
        Column("moderators", "text", "columns of the effects, joined by +", required=True),
        Column(
            "term",
            "text",
            "intercept, a numeric moderator, or `moderator: level (against level)`; empty where refused",
        ),
        Column("k", "integer", "effects with known moderators", "effects", required=True),
        Column("unknown", *_UNKNOWN),
        *_INTERVAL,
        Column("ci_method", "text", "hksj-conservative, hksj or wald"),
        Column("df", "integer", "degrees of freedom of t; empty for wald"),
        *_numbers(
            ("p_value", "two-sided p from the distribution of the interval"),
            ("p_permutation", "two-sided p of the permutation test"),
        ),
        Column("permutations", "integer", "orders looked at; no p is below 1 over them"),
        Column("permutation_exact", "boolean", "whether these are all there are", allowed=BOOL),
        Column("estimator", "text", "estimator of tau²"),
        *_numbers(
            ("tau2", "residual between-study variance"),
            ("tau2_lower", "Q-profile"),
            ("tau2_upper", "Q-profile"),
        ),
        Column("i2", "number", "residual I² from tau²", "percent"),
        Column("r2", "number", "share of tau² that the moderators take away", "percent"),
        *_numbers(("qe", "test of residual heterogeneity: chi²")),
        Column("qe_df", "integer", "its degrees of freedom"),
        *_numbers(
            ("qe_p", "its p"),
            ("qm", "test of all moderators: chi² for wald, else F on qm_df and df"),
        ),
        Column("qm_df", "integer", "its degrees of freedom"),
        *_numbers(("qm_p", "its p"), ("qm_p_permutation", "p of the permutation test of all moderators")),
        _FLAGS,
        _REFUSED,
    ),
    "Meta-regressions, a row for each coefficient; what belongs to the whole model stands on each of its rows.",
)

SMALL_STUDY = TableSchema(
    "small_study",
    "results/synthesis/small_study.tsv",
    "probe",
    ("analysis", "test"),
    (
        Column("analysis", "text", "analysis", required=True),
        Column(
            "test",
            "text",
            "the test",
            allowed=(
                "egger",
                "egger_random",
                "egger_smd_safe",
                "begg",
                "trim_and_fill",
                "trim_and_fill_r0",
                "pet",
                "peese",
                "pet_peese",
            ),
            required=True,
        ),
        Column("k", "integer", "effects", "effects", required=True),
        *_numbers(
            (
                "statistic",
                "t or z of the slope (of the limit for PET and PEESE), Kendall's tau, number missing",
            )
        ),
        Column("df", "integer", "degrees of freedom of t"),
        *_numbers(("p_value", "two-sided p (trim_and_fill_r0: p of none missing)")),
        *_numbers(
            ("estimate", "slope of Egger's tests; limit of PET and PEESE; mean of the filled set"),
            ("se", "its standard error"),
            ("ci_lower", "lower bound"),
            ("ci_upper", "upper bound"),
        ),
        Column("detail", "text", "limit and predictor, side of the missing effects, model that was read"),
        _FLAGS,
        _REFUSED,
    ),
    "Tests of small-study effects. An asymmetric funnel has other causes than bias; none is run on fewer than 10.",
)
