"""Curation: what people wrote, what it did, the arms and times of each study, and open conflicts."""

from __future__ import annotations

from sonospine.model.schema import Column, TableSchema
from sonospine.model.tables.measurements import MACHINE_ARMS, PHASES

ARMS = TableSchema(
    "arms",
    "extracted/curated/arms.tsv",
    "correct",
    ("arm_id",),
    (
        Column("arm_id", "id", "a and a hash of study and normalised label", required=True),
        Column("study_id", "id", "the study", required=True),
        *MACHINE_ARMS.columns[1:],
        Column("record_id", "id", "the record it was read in", required=True),
    ),
    "Arms of each study.",
)

TIMEPOINTS = TableSchema(
    "timepoints",
    "extracted/curated/timepoints.tsv",
    "correct",
    ("timepoint_id",),
    (
        Column(
            "timepoint_id",
            "id",
            "t and a hash of study, phase and weeks (or the printed time)",
            required=True,
        ),
        Column("study_id", "id", "the study", required=True),
        Column("label", "text", "time as reported"),
        Column("weeks", "number", "from the start of treatment", "weeks"),
        Column("phase", "text", "phase", allowed=PHASES),
    ),
    "Timepoints of each study.",
)

CORRECTION_LOG = TableSchema(
    "correction_log",
    "extracted/curated/log.tsv",
    "correct",
    ("action_id",),
    (
        Column("action_id", "text", "the action", required=True),
        Column("file", "text", "the curator's file", required=True),
        Column("line", "integer", "line in it", required=True),
        Column(
            "outcome",
            "text",
            "what it did",
            allowed=("applied", "stale", "needless", "unknown"),
            required=True,
        ),
        Column("detail", "text", "why"),
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
        Column("conflict_id", "id", "c and a hash", required=True),
        Column("study_id", "id", "the study", required=True),
        Column("result_id", "id", "the result (empty where a whole study disagrees with itself)"),
        Column("kind", "text", "what disagrees: value spread n time count ...", required=True),
        Column("measurement_ids", "list", "the rows, separated by ;"),
        Column("places", "list", "their places, separated by ;"),
        Column("chosen", "id", "the row pooled meanwhile; empty where none can be"),
        Column("reason", "text", "why that one", required=True),
        Column("check", "text", "what a check says about the values"),
    ),
    "Conflicts between places, and values that a check rules out.",
)

CURATION = TableSchema(
    "curation",
    "extracted/curation/<target>/<curator>.tsv",
    "people",
    ("action_id",),
    (
        Column("action_id", "text", "unique id of the line", required=True),
        Column("group_id", "text", "lines that belong together (add)"),
        Column("time", "text", "when, ISO"),
        Column("curator", "text", "who", required=True),
        Column(
            "action",
            "text",
            "what",
            allowed=("confirm", "set", "reject", "add", "undo", "adjudicate", "comment"),
            required=True,
        ),
        Column("target_type", "text", "what kind of thing"),
        Column("target_id", "text", "which"),
        Column("field", "text", "which column"),
        Column("old_value", "text", "the machine's value"),
        Column("new_value", "text", "the curator's"),
        Column("new_locator", "text", "place of the new value"),
        Column("new_quote", "text", "characters there"),
        Column("reason", "text", "why"),
        Column("refers_to", "text", "action_id that undo and adjudicate name"),
        Column("record_id", "text", "the record"),
        Column("locator", "text", "place as seen"),
        Column("context", "text", "the quote with 40 characters either side"),
        Column("source_sha256", "text", "hash of the source as seen"),
        Column("seen", "json", "the machine row as the curator saw it"),
    ),
    "Actions of curators: append-only files that people write and no rule touches.",
    logged=True,
)
