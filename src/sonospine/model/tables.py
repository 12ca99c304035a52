"""Every table of the project, declared once. ``docs/tables.md`` is written from here."""

from __future__ import annotations

from sonospine.model.record import KINDS, SOURCES, STATUSES
from sonospine.model.schema import Column, TableSchema

BOOL = ("true", "false")


def _c(
    name: str,
    kind: str,
    description: str,
    unit: str = "",
    allowed: tuple[str, ...] = (),
    required: bool = False,
) -> Column:
    return Column(name, kind, description, unit, allowed, required)


REJECTED = TableSchema(
    "rejected",
    "results/records/rejected.tsv",
    "import, parse",
    ("file",),
    (
        _c("file", "text", "the file, or the file and the ordinal of the entry in it", required=True),
        _c("reason", "text", "why it could not be read", required=True),
    ),
    "Files and entries that could not be read, each with one reason.",
)

RECORDS = TableSchema(
    "records",
    "results/studies/records.tsv",
    "link",
    ("record_id",),
    (
        _c("record_id", "id", "one entry of one source", required=True),
        _c("source", "text", "where it came from", allowed=SOURCES, required=True),
        _c("report_id", "id", "the report it belongs to", required=True),
        _c("study_id", "id", "the study it belongs to", required=True),
        _c("title", "text", "title as given"),
        _c("year", "integer", "year of publication or registration"),
        _c("journal", "text", "journal, registry or site"),
        _c("authors", "list", "authors as given, separated by ;"),
        _c("doi", "text", "DOI in lower case"),
        _c("pmid", "text", "PubMed id"),
        _c("pmcid", "text", "PMC id"),
        _c("nct", "list", "own registrations, separated by ;"),
        _c("language", "text", "ISO 639-2 code, as PubMed gives it"),
        _c("types", "list", "publication types, separated by ;"),
        _c("status", "text", "editorial status", allowed=STATUSES, required=True),
        _c("first_seen", "date", "date of the snapshot in which it came first"),
        _c("full_text", "boolean", "whether the full text is at hand", allowed=BOOL, required=True),
        _c("licence", "text", "licence as stated"),
        _c("sha256", "text", "hash of the raw record", required=True),
    ),
    "Every record with the report and the study it belongs to.",
)

REPORTS = TableSchema(
    "reports",
    "results/studies/reports.tsv",
    "link",
    ("report_id",),
    (
        _c("report_id", "id", "one article or registration", required=True),
        _c("study_id", "id", "the study it belongs to", required=True),
        _c("kind", "text", "what it is", allowed=KINDS, required=True),
        _c("best_record_id", "id", "the record with the most text", required=True),
    ),
    "Reports: articles and registrations.",
)

STUDIES = TableSchema(
    "studies",
    "results/studies/studies.tsv",
    "screen",
    ("study_id",),
    (
        _c("study_id", "id", "one investigation with all its reports", required=True),
        _c("label", "text", "first author or short title, and year; unique", required=True),
        _c("year", "integer", "year of the earliest article, else of the registration"),
        _c("design", "text", "design, from the vocabulary"),
        _c("condition", "text", "condition, from the vocabulary"),
        _c("region", "text", "region of the body, from the vocabulary"),
        _c("procedure", "list", "procedures, from the vocabulary, separated by ;"),
        _c("guidance", "list", "kinds of guidance, from the vocabulary, separated by ;"),
        _c("country", "text", "country where stated"),
        _c("registration", "list", "registration ids, separated by ;"),
        _c("status", "text", "status of the registration"),
        _c(
            "n_randomised",
            "integer",
            "participants randomised or enrolled, where the registry or text says so",
            "participants",
        ),
    ),
    "Studies as screened.",
)

LINKS = TableSchema(
    "links",
    "results/studies/links.tsv",
    "link",
    ("from_id", "to_id", "relation"),
    (
        _c("from_id", "id", "record", required=True),
        _c("to_id", "id", "record, or an identifier outside the corpus", required=True),
        _c(
            "relation",
            "text",
            "what joins them",
            allowed=(
                "same_report",
                "same_study",
                "companion",
                "registration",
                "duplicate",
                "cites",
                "retraction_of",
                "corrects",
                "apart",
            ),
            required=True,
        ),
        _c("evidence", "text", "why: the shared id, or the likeness of title and authors", required=True),
        _c("score", "number", "1 for an identifier, else the likeness from 0 to 1", "proportion"),
    ),
    "Links between records with their evidence; nothing is deleted.",
)

DECISIONS = TableSchema(
    "decisions",
    "results/screening/decisions.tsv",
    "screen",
    ("record_id", "stage"),
    (
        _c("record_id", "id", "the record", required=True),
        _c(
            "stage", "text", "title and abstract, or full report", allowed=("record", "report"), required=True
        ),
        _c(
            "decision",
            "text",
            "decision",
            allowed=("include", "exclude", "ongoing", "awaiting", "not_retrieved"),
            required=True,
        ),
        _c("reason", "text", "the reason in words"),
        _c("criterion", "text", "the criterion of the configuration, e.g. eligibility.designs"),
        _c("evidence", "text", "the words found (or that nothing was found)"),
        _c("locator", "locator", "where the words stand"),
        _c("by", "text", "rule, or the curator", required=True),
    ),
    "Screening decisions with reason and evidence.",
)

PRISMA = TableSchema(
    "prisma",
    "results/screening/prisma.tsv",
    "screen",
    ("box", "reason"),
    (
        _c("box", "text", "box of the PRISMA 2020 flow diagram", required=True),
        _c("reason", "text", "source or reason, where the box lists several"),
        _c("count", "integer", "how many", required=True),
        _c("unit", "text", "what is counted", allowed=("records", "reports", "studies"), required=True),
        _c("query", "text", "how the count follows from the tables", required=True),
    ),
    "PRISMA 2020 counts, each a query over the tables.",
)

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
    _c(
        "measurement_id",
        "id",
        "m and 11 hex digits of the SHA-256 of record, section or cell, start of the first number, ordinal",
        required=True,
    ),
    _c("record_id", "id", "where it was read", required=True),
    _c("study_id", "id", "filled by correct"),
    _c("arm_id", "id", "filled by correct"),
    _c("comparator_arm_id", "id", "filled by correct"),
    _c("timepoint_id", "id", "filled by correct"),
    _c("result_id", "id", "filled by reconcile: rows of one result share it"),
    _c("preferred", "boolean", "filled by reconcile: the row that stands for its result", allowed=BOOL),
    _c("state", "text", "filled by correct", allowed=STATES),
    _c("source", "text", "kind of place", allowed=PLACES, required=True),
    _c("locator", "locator", "place of the expression", required=True),
    _c("quote", "text", "the characters found there", required=True),
    _c("spread_locator", "locator", "place of the spread where it stands elsewhere"),
    _c("total_locator", "locator", "place of the total where it stands elsewhere"),
    _c("n_locator", "locator", "place of n where it stands elsewhere"),
    _c("outcome", "text", "label as reported"),
    _c("subscale", "text", "at rest, on movement, leg, back, worst ..."),
    _c("instrument", "text", "instrument id of the vocabulary"),
    _c("construct", "text", "construct of the vocabulary"),
    _c("scale_min", "number", "lower end of the scale", "scale points"),
    _c("scale_max", "number", "upper end of the scale", "scale points"),
    _c("unit", "text", "unit as reported or from the vocabulary"),
    _c("arm", "text", "label as reported; all in a one-arm study"),
    _c("arm_definition", "text", "what the article says the arm is"),
    _c("comparator_arm", "text", "second arm of a difference or ratio"),
    _c("n", "integer", "participants behind this value", "participants"),
    _c("time", "text", "as reported"),
    _c("weeks", "number", "from the start of treatment, surgery or procedure", "weeks"),
    _c("phase", "text", "phase", allowed=PHASES),
    _c("time_from", "text", "what the printed time counts from", allowed=TIME_FROM),
    _c("change", "boolean", "the value is a change from baseline", allowed=BOOL, required=True),
    _c("centre", "text", "kind of centre", allowed=CENTRES, required=True),
    _c("value", "number", "the number, digits as printed"),
    _c("spread", "text", "kind of spread", allowed=SPREADS, required=True),
    _c("spread_value", "number", "SD, SE or a single width, digits as printed"),
    _c("lower", "number", "lower bound of ci, iqr or range"),
    _c("upper", "number", "upper bound of ci, iqr or range"),
    _c("level", "number", "level of a confidence interval", "percent"),
    _c("total", "integer", "denominator of a count", "participants"),
    _c("measure", "text", "of a difference or ratio", allowed=MEASURES),
    _c("adjusted", "boolean", "adjusted estimate", allowed=BOOL, required=True),
    _c("p_value", "text", "as printed, e.g. <0.001"),
    _c("population", "text", "itt, per_protocol, completers or subgroup:<name>"),
    _c("rule", "text", "which reader read it", required=True),
    _c("confidence", "number", "probability that the row is right", "proportion", required=True),
    _c("flags", "list", "warnings, separated by ;"),
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
        _c("measurement_id", "id", "the row", required=True),
        _c("field", "text", "the column that could be otherwise", required=True),
        _c("rank", "integer", "from 1, most likely first", required=True),
        _c("value", "text", "what it could be"),
        _c("probability", "number", "how likely", "proportion", required=True),
    ),
    "What else a row could be: SE for SD, another arm, column or time.",
)

MACHINE_ARMS = TableSchema(
    "machine_arms",
    "extracted/machine/arms/<bucket>.tsv",
    "extract",
    ("record_id", "label"),
    (
        _c("record_id", "id", "where it was read", required=True),
        _c("label", "text", "arm as reported; all in a one-arm study", required=True),
        _c("definition", "text", "what the article says it is"),
        _c("role", "text", "role in the study", allowed=("intervention", "comparator", "single")),
        _c("procedure", "list", "procedures of the vocabulary, separated by ;"),
        _c("guidance", "list", "guidance of the vocabulary, separated by ;"),
        _c("injectate", "list", "injectates of the vocabulary, separated by ;"),
        _c("n_randomised", "integer", "participants allocated", "participants"),
        _c("n_analysed", "integer", "participants analysed", "participants"),
        _c("locator", "locator", "where the arm is defined"),
    ),
    "Arms as read.",
)

UNREAD = TableSchema(
    "unread",
    "extracted/machine/unread/<bucket>.tsv",
    "extract",
    ("record_id", "locator"),
    (
        _c("record_id", "id", "the record", required=True),
        _c("locator", "locator", "the figure or image table", required=True),
        _c("caption", "text", "its caption"),
    ),
    "Results that stand only in a figure or an image.",
)

ARMS = TableSchema(
    "arms",
    "extracted/curated/arms.tsv",
    "correct",
    ("arm_id",),
    (
        _c("arm_id", "id", "a and a hash of study and normalised label", required=True),
        _c("study_id", "id", "the study", required=True),
        *MACHINE_ARMS.columns[1:],
        _c("record_id", "id", "the record it was read in", required=True),
    ),
    "Arms of each study.",
)

TIMEPOINTS = TableSchema(
    "timepoints",
    "extracted/curated/timepoints.tsv",
    "correct",
    ("timepoint_id",),
    (
        _c(
            "timepoint_id",
            "id",
            "t and a hash of study, phase and weeks (or the printed time)",
            required=True,
        ),
        _c("study_id", "id", "the study", required=True),
        _c("label", "text", "time as reported"),
        _c("weeks", "number", "from the start of treatment", "weeks"),
        _c("phase", "text", "phase", allowed=PHASES),
    ),
    "Timepoints of each study.",
)

CORRECTION_LOG = TableSchema(
    "correction_log",
    "extracted/curated/log.tsv",
    "correct",
    ("action_id",),
    (
        _c("action_id", "text", "the action", required=True),
        _c("file", "text", "the curator's file", required=True),
        _c("line", "integer", "line in it", required=True),
        _c(
            "outcome",
            "text",
            "what it did",
            allowed=("applied", "stale", "needless", "unknown"),
            required=True,
        ),
        _c("detail", "text", "why"),
    ),
    "What each curation action did.",
    logged=True,
)

CONFLICTS = TableSchema(
    "conflicts",
    "extracted/curated/conflicts.tsv",
    "reconcile",
    ("conflict_id",),
    (
        _c("conflict_id", "id", "c and a hash", required=True),
        _c("study_id", "id", "the study", required=True),
        _c("result_id", "id", "the result (empty where a whole study disagrees with itself)"),
        _c("kind", "text", "what disagrees: value spread n time count ...", required=True),
        _c("measurement_ids", "list", "the rows, separated by ;"),
        _c("places", "list", "their places, separated by ;"),
        _c("chosen", "id", "the row pooled meanwhile; empty where none can be"),
        _c("reason", "text", "why that one", required=True),
        _c("check", "text", "what a check says about the values"),
    ),
    "Conflicts between places, and values that a check rules out.",
)

_N = "participants"
EFFECTS = TableSchema(
    "effects",
    "results/effects/effects.tsv",
    "effects",
    ("effect_id",),
    (
        _c("effect_id", "id", "e and a hash of analysis, variant and inputs", required=True),
        _c("analysis", "id", "analysis of the configuration", required=True),
        _c("variant", "text", "primary, or other_value", allowed=("primary", "other_value"), required=True),
        _c("included", "boolean", "whether it enters the pool", allowed=BOOL, required=True),
        _c("exclusion_reason", "text", "why not"),
        _c("study_id", "id", "the study", required=True),
        _c("label", "text", "label of the study", required=True),
        _c("year", "integer", "year of the study"),
        _c("design", "text", "design"),
        _c("guidance", "list", "guidance of the intervention arm"),
        _c("procedure", "list", "procedure"),
        _c("condition", "text", "condition"),
        _c("outcome", "text", "outcome of the configuration", required=True),
        _c("instrument", "text", "instrument"),
        _c("unit", "text", "unit of yi"),
        _c("direction", "text", "which direction is better", allowed=("lower", "higher")),
        _c("window", "text", "window"),
        _c("weeks", "number", "time of the follow-up value", "weeks"),
        _c("change", "boolean", "from change scores", allowed=BOOL),
        _c(
            "measure",
            "text",
            "effect measure by metafor's name",
            allowed=("MD", "SMD", "MC", "SMCC", "SMCR", "ROM", "RR", "OR", "RD", "PLO"),
            required=True,
        ),
        _c("yi", "number", "effect on the analysis scale"),
        _c("vi", "number", "sampling variance"),
        _c("ci_lower", "number", "lower bound on the analysis scale"),
        _c("ci_upper", "number", "upper bound on the analysis scale"),
        _c("n1i", "integer", "n of the intervention (of follow-up)", _N),
        _c("m1i", "number", "mean of the intervention (of follow-up)"),
        _c("sd1i", "number", "SD of the intervention (of follow-up)"),
        _c("n2i", "integer", "n of the comparator (of baseline)", _N),
        _c("m2i", "number", "mean of the comparator (of baseline)"),
        _c("sd2i", "number", "SD of the comparator (of baseline)"),
        _c("ai", "integer", "events of the intervention"),
        _c("ci", "integer", "events of the comparator"),
        _c("ri", "number", "correlation of baseline and follow-up used"),
        _c("arm_1", "text", "intervention arm"),
        _c("arm_2", "text", "comparator arm"),
        _c("cluster", "id", "the people behind it: rows that share it are dependent"),
        _c("derivation", "json", "list of steps: function, inputs, formula", required=True),
        _c("measurement_ids", "list", "rows it rests on"),
        _c("verified", "boolean", "every row confirmed by a person", allowed=BOOL, required=True),
        _c("flags", "list", "warnings, separated by ;"),
    ),
    "All candidate effects.",
)

POOLED = TableSchema(
    "pooled",
    "results/synthesis/pooled.tsv",
    "pool",
    ("analysis", "subgroup", "variant"),
    (
        _c("analysis", "text", "analysis", required=True),
        _c("subgroup", "text", "subgroup; empty for all"),
        _c("variant", "text", "primary, other_value, wald, hksj, common ...", required=True),
        _c("measure", "text", "effect measure"),
        _c("k", "integer", "effects", "effects", required=True),
        _c("n", "integer", "participants", _N),
        *(
            _c(name, "number", text)
            for name, text in (
                ("estimate", "pooled mean on the analysis scale"),
                ("se", "its standard error"),
                ("ci_lower", "lower bound"),
                ("ci_upper", "upper bound"),
            )
        ),
        _c("ci_method", "text", "hksj-conservative, hksj or wald; study for k = 1"),
        *(
            _c(name, "number", text)
            for name, text in (
                ("df", "degrees of freedom"),
                ("p_value", "two-sided p"),
                ("pi_lower", "prediction interval"),
                ("pi_upper", "prediction interval"),
                ("pi_df", "its degrees of freedom"),
                ("tau2", "between-study variance"),
                ("tau2_lower", "Q-profile"),
                ("tau2_upper", "Q-profile"),
            )
        ),
        _c("estimator", "text", "estimator of tau²"),
        _c("i2", "number", "I²", "percent"),
        _c("i2_lower", "number", "from the Q-profile bounds", "percent"),
        _c("i2_upper", "number", "from the Q-profile bounds", "percent"),
        _c("i2_method", "text", "tau2 or Q"),
        *(
            _c(name, "number", text)
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
        _c("mid_source", "text", "its source"),
        _c("p_mean_beyond_mid", "number", "probability that the mean effect is beyond it", "proportion"),
        _c(
            "p_new_beyond_mid", "number", "probability that a new setting's effect is beyond it", "proportion"
        ),
        _c("flags", "list", "not_pooled, not_interpretable ..."),
    ),
    "Pooled results.",
)

WEIGHTS = TableSchema(
    "weights",
    "results/synthesis/weights.tsv",
    "pool",
    ("analysis", "subgroup", "variant", "effect_id"),
    (
        _c("analysis", "text", "analysis", required=True),
        _c("subgroup", "text", "subgroup; empty for all"),
        _c("variant", "text", "variant", required=True),
        _c("effect_id", "text", "effect (row number of a plain file)", required=True),
        _c("weight", "number", "share of the pool", "percent", required=True),
    ),
    "Weights of the effects.",
)

CURATION = TableSchema(
    "curation",
    "extracted/curation/<target>/<curator>.tsv",
    "people",
    ("action_id",),
    (
        _c("action_id", "text", "unique id of the line", required=True),
        _c("group_id", "text", "lines that belong together (add)"),
        _c("time", "text", "when, ISO"),
        _c("curator", "text", "who", required=True),
        _c(
            "action",
            "text",
            "what",
            allowed=("confirm", "set", "reject", "add", "undo", "adjudicate", "comment"),
            required=True,
        ),
        _c("target_type", "text", "what kind of thing"),
        _c("target_id", "text", "which"),
        _c("field", "text", "which column"),
        _c("old_value", "text", "the machine's value"),
        _c("new_value", "text", "the curator's"),
        _c("new_locator", "text", "place of the new value"),
        _c("new_quote", "text", "characters there"),
        _c("reason", "text", "why"),
        _c("refers_to", "text", "action_id that undo and adjudicate name"),
        _c("record_id", "text", "the record"),
        _c("locator", "text", "place as seen"),
        _c("context", "text", "the quote with 40 characters either side"),
        _c("source_sha256", "text", "hash of the source as seen"),
        _c("seen", "json", "the machine row as the curator saw it"),
    ),
    "Actions of curators: append-only files that people write and no rule touches.",
    logged=True,
)

ALL_TABLES = (
    REJECTED,
    RECORDS,
    REPORTS,
    STUDIES,
    LINKS,
    DECISIONS,
    PRISMA,
    MEASUREMENTS,
    ALTERNATIVES,
    MACHINE_ARMS,
    UNREAD,
    CORRECTED,
    ARMS,
    TIMEPOINTS,
    CORRECTION_LOG,
    RECONCILED,
    CONFLICTS,
    EFFECTS,
    POOLED,
    WEIGHTS,
    CURATION,
)
