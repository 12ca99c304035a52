"""What changed between two releases: studies, estimates, and what moved them."""

from __future__ import annotations

from sonospine.model.schema import Column, TableSchema

STUDY_CHANGES = ("added", "dropped", "retracted", "revised", "corrected", "relinked")
ESTIMATE_CHANGES = ("same", "moved", "came", "went", "not_comparable")
CAUSES = (
    "new_study",
    "new_report",
    "revised_report",
    "retraction",
    "correction",
    "relinked",
    "configuration",
    "vocabulary",
    "reader",
    "program",
    "not_explained",
)


def _numbers(*columns: tuple[str, str]) -> tuple[Column, ...]:
    return tuple(Column(name, "number", text) for name, text in columns)


CHANGED_STUDIES = TableSchema(
    "changed_studies",
    "<folder>/studies.tsv",
    "diff",
    ("study_id", "change"),
    (
        Column("study_id", "id", "the study, by its id in the newer one where it is there", required=True),
        Column("label", "text", "label of the study", required=True),
        Column("change", "text", "what happened to it", allowed=STUDY_CHANGES, required=True),
        Column("detail", "text", "how, with record ids and reasons"),
        Column("by", "list", "curators, separated by ;"),
        Column("action_ids", "list", "their actions, separated by ;"),
    ),
    "Studies included in one of two releases that came, went or changed.",
)

CHANGED_ESTIMATES = TableSchema(
    "changed_estimates",
    "<folder>/estimates.tsv",
    "diff",
    ("analysis",),
    (
        Column("analysis", "text", "analysis", required=True),
        Column("change", "text", "what became of the primary pool", allowed=ESTIMATE_CHANGES, required=True),
        Column("measure_old", "text", "effect measure"),
        Column("measure_new", "text", "effect measure"),
        Column("k_old", "integer", "effects", "effects"),
        Column("k_new", "integer", "effects", "effects"),
        Column("n_old", "integer", "participants", "participants"),
        Column("n_new", "integer", "participants", "participants"),
        *_numbers(
            ("estimate_old", "pooled mean on the analysis scale"),
            ("estimate_new", "pooled mean on the analysis scale"),
            ("ci_lower_old", "lower bound"),
            ("ci_lower_new", "lower bound"),
            ("ci_upper_old", "upper bound"),
            ("ci_upper_new", "upper bound"),
            ("moved", "new less old estimate"),
            ("moved_half_widths", "the same in half-widths of the old interval"),
            ("width_ratio", "width of the new interval over that of the old"),
        ),
        Column(
            "crossed",
            "list",
            "lines of decision (zero, the minimal important difference on the side of benefit or of harm) to which "
            "the estimate or the interval stands otherwise than before, separated by ;",
        ),
        Column("note", "text", "why a figure is missing"),
    ),
    "The primary pool of each analysis in two releases.",
)

CHANGE_CAUSES = TableSchema(
    "change_causes",
    "<folder>/causes.tsv",
    "diff",
    ("analysis", "study_id", "effect_old", "effect_new", "cause", "action_id"),
    (
        Column("analysis", "text", "analysis", required=True),
        Column("study_id", "id", "the study; empty where the whole pool is meant"),
        Column("label", "text", "label of the study"),
        Column("effect_old", "id", "the effect in the older one; empty: it came"),
        Column("effect_new", "id", "the effect in the newer one; empty: it went"),
        Column("change", "text", "what happened", allowed=("came", "went", "changed", "pool"), required=True),
        *_numbers(
            ("yi_old", "effect on the analysis scale"),
            ("yi_new", "effect on the analysis scale"),
            ("vi_old", "sampling variance"),
            ("vi_new", "sampling variance"),
        ),
        Column("cause", "text", "because of what, as far as the tables tell", allowed=CAUSES, required=True),
        Column("by", "text", "the curator, where it was a person"),
        Column("action_id", "text", "the curator's action"),
        Column("detail", "text", "what exactly"),
    ),
    "Effects of the primary pools that came, went or changed, with every cause that the tables tell.",
)
