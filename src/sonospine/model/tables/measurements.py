"""Measurements: what was read, as the machine read it, corrected and reconciled."""

from __future__ import annotations

from sonospine.model.schema import BOOL, Column, TableSchema

SPREADS = ("sd", "se", "ci", "iqr", "range", "none")

CENTRES = (
    "mean",
    "ls_mean",
    "median",
    "geometric_mean",
    "single",
    "count",
    "percent",
    "difference",
    "ratio",
    "none",
)

PLACES = ("abstract", "text", "table", "registry", "figure", "supplement", "pdf", "author", "manual")

MEASURES = ("MD", "SMD", "RR", "OR", "RD", "HR")

PHASES = ("baseline", "procedure", "follow_up")

TIME_FROM = ("treatment", "end_of_treatment", "surgery", "randomisation")

STATES = (
    "unread",
    "corrected",
    "confirmed",
    "agreed",
    "disputed",
    "adjudicated",
    "rejected",
    "added",
    "stale",
)

_MEASUREMENT_COLUMNS = (
    Column(
        "measurement_id",
        "id",
        "m and 11 hex digits of the SHA-256 of record, section or cell, start of the first number, ordinal",
        required=True,
    ),
    Column("record_id", "id", "where it was read", required=True),
    Column("study_id", "id", "filled by correct"),
    Column("arm_id", "id", "filled by correct"),
    Column("comparator_arm_id", "id", "filled by correct"),
    Column("timepoint_id", "id", "filled by correct"),
    Column("result_id", "id", "filled by reconcile: rows of one result share it"),
    Column("preferred", "boolean", "filled by reconcile: the row that stands for its result", allowed=BOOL),
    Column("state", "text", "filled by correct", allowed=STATES),
    Column("source", "text", "kind of place", allowed=PLACES, required=True),
    Column("locator", "locator", "place of the expression", required=True),
    Column("quote", "text", "the characters found there", required=True),
    Column("spread_locator", "locator", "place of the spread where it stands elsewhere"),
    Column("total_locator", "locator", "place of the total where it stands elsewhere"),
    Column("n_locator", "locator", "place of n where it stands elsewhere"),
    Column("outcome", "text", "label as reported"),
    Column("subscale", "text", "at rest, on movement, leg, back, worst ..."),
    Column("instrument", "text", "instrument id of the vocabulary"),
    Column("construct", "text", "construct of the vocabulary"),
    Column("scale_min", "number", "lower end of the scale", "scale points"),
    Column("scale_max", "number", "upper end of the scale", "scale points"),
    Column("unit", "text", "unit as reported or from the vocabulary"),
    Column("arm", "text", "label as reported; all in a one-arm study"),
    Column("arm_definition", "text", "what the article says the arm is"),
    Column("comparator_arm", "text", "second arm of a difference or ratio"),
    Column("n", "integer", "participants behind this value", "participants"),
    Column("time", "text", "as reported"),
    Column("weeks", "number", "from the start of treatment, surgery or procedure", "weeks"),
    Column("phase", "text", "phase", allowed=PHASES),
    Column("time_from", "text", "what the printed time counts from", allowed=TIME_FROM),
    Column("change", "boolean", "the value is a change from baseline", allowed=BOOL, required=True),
    Column("centre", "text", "kind of centre", allowed=CENTRES, required=True),
    Column("value", "number", "the number, digits as printed"),
    Column("spread", "text", "kind of spread", allowed=SPREADS, required=True),
    Column("spread_value", "number", "SD, SE or a single width, digits as printed"),
    Column("lower", "number", "lower bound of ci, iqr or range"),
    Column("upper", "number", "upper bound of ci, iqr or range"),
    Column("level", "number", "level of a confidence interval", "percent"),
    Column("total", "integer", "denominator of a count", "participants"),
    Column("measure", "text", "of a difference or ratio", allowed=MEASURES),
    Column("adjusted", "boolean", "adjusted estimate", allowed=BOOL, required=True),
    Column("p_value", "text", "as printed, e.g. <0.001"),
    Column("population", "text", "itt, per_protocol, completers or subgroup:<name>"),
    Column("rule", "text", "which reader read it", required=True),
    Column("confidence", "number", "probability that the row is right", "proportion", required=True),
    Column("flags", "list", "warnings, separated by ;"),
)


def _measurements(name: str, path: str, written_by: str, description: str) -> TableSchema:
    return TableSchema(name, path, written_by, ("measurement_id",), _MEASUREMENT_COLUMNS, description)


MEASUREMENTS = _measurements(
    "measurements",
    "extracted/machine/measurements/<bucket>.tsv",
    "extract",
    "One result of one arm (or one comparison) at one place, with one centre and one spread.",
)

CORRECTED = _measurements(
    "corrected",
    "extracted/curated/corrected.tsv",
    "correct",
    "Machine rows with curation replayed and ids filled.",
)

RECONCILED = _measurements(
    "reconciled",
    "extracted/curated/measurements.tsv",
    "reconcile",
    "All rows with result_id and preferred.",
)

ALTERNATIVES = TableSchema(
    "alternatives",
    "extracted/machine/alternatives/<bucket>.tsv",
    "extract",
    ("measurement_id", "field", "rank"),
    (
        Column("measurement_id", "id", "the row", required=True),
        Column("field", "text", "the column that could be otherwise", required=True),
        Column("rank", "integer", "from 1, most likely first", required=True),
        Column("value", "text", "what it could be"),
        Column("probability", "number", "how likely", "proportion", required=True),
    ),
    "What else a row could be: SE for SD, another arm, column or time.",
)

MACHINE_ARMS = TableSchema(
    "machine_arms",
    "extracted/machine/arms/<bucket>.tsv",
    "extract",
    ("record_id", "label"),
    (
        Column("record_id", "id", "where it was read", required=True),
        Column("label", "text", "arm as reported; all in a one-arm study", required=True),
        Column("definition", "text", "what the article says it is"),
        Column("role", "text", "role in the study", allowed=("intervention", "comparator", "single")),
        Column("procedure", "list", "procedures of the vocabulary, separated by ;"),
        Column("guidance", "list", "guidance of the vocabulary, separated by ;"),
        Column("injectate", "list", "injectates of the vocabulary, separated by ;"),
        Column("n_randomised", "integer", "participants allocated", "participants"),
        Column("n_analysed", "integer", "participants analysed", "participants"),
        Column("locator", "locator", "where the arm is defined"),
    ),
    "Arms as read.",
)

UNREAD = TableSchema(
    "unread",
    "extracted/machine/unread/<bucket>.tsv",
    "extract",
    ("record_id", "locator"),
    (
        Column("record_id", "id", "the record", required=True),
        Column("locator", "locator", "the figure or image table", required=True),
        Column("caption", "text", "its caption"),
    ),
    "Results that stand only in a figure or an image.",
)
