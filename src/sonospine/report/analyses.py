"""What the report shows of one analysis: figure, pools, pooled studies, candidates left out."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from sonospine.config.settings import Analysis
from sonospine.figures.forest import study_label
from sonospine.figures.setting import UNCONTROLLED, axis_label, unit_of
from sonospine.figures.svg import inline, relinked
from sonospine.figures.wording import in_words, time_text
from sonospine.model.numbers import truth
from sonospine.model.table_io import Row
from sonospine.model.tables import is_drawn
from sonospine.report.judged import Certainty, certainty_of
from sonospine.report.numbers import PooledLine, effect_text, mixture_line, pooled_line, thresholds_of
from sonospine.report.review import Review

FIGURE_BASE = "../report/"
"""How figures outside the report's folder lead into it."""


@dataclass(frozen=True, slots=True)
class EffectLine:
    """An effect in a list: its study, where its page is, what it is, why it is not pooled."""

    effect_id: str
    url: str
    study: str
    design: str
    time: str
    effect: str
    weight: str
    reason: str
    conflict: bool
    checked: bool


@dataclass(frozen=True, slots=True)
class ShownAnalysis:
    """An analysis as the report shows it."""

    analysis_id: str
    title: str
    outcome: str
    window: str
    measure: str
    measure_in_words: str
    note: str
    figure: Markup
    downloads: tuple[str, ...]
    pools: tuple[PooledLine, ...]
    summary: PooledLine | None
    thresholds: tuple[tuple[str, str, str, bool], ...]
    entered: tuple[EffectLine, ...]
    left_out: tuple[EffectLine, ...]
    certainty: Certainty | None


def shown_analysis(review: Review, analysis: Analysis) -> ShownAnalysis:
    """Collect what is shown of an analysis; an analysis without any effect has empty lists."""
    config = review.config
    own = [row for row in review.effects if row["analysis"] == analysis.id and row["variant"] == "primary"]
    pools = [row for row in review.pooled if row["analysis"] == analysis.id and is_drawn(row)]
    pools.sort(key=lambda row: (row["variant"] != "primary", row["variant"]))
    primary = next((row for row in pools if row["variant"] == "primary"), None)
    files = review.figures.get(analysis.id, {})
    svg = files.get("svg")
    paired = analysis.contrast == "before_after"
    note = analysis.note
    if paired and "uncontrolled" not in note.lower():
        note = f"{UNCONTROLLED}. {note}".strip()
    lines = [
        effect_line(review, row) for row in sorted(own, key=lambda r: (r["year"], r["label"], r["effect_id"]))
    ]
    entered_ids = {row["effect_id"] for row in own if truth(row["included"])}
    return ShownAnalysis(
        analysis.id,
        analysis.title,
        config.outcome(analysis.outcome).label,
        config.window(analysis.window).label if analysis.window else "",
        analysis.measure,
        axis_label(analysis.measure, unit_of(config.outcome(analysis.outcome))).partition(" (log")[0],
        note,
        Markup(inline(relinked(svg, FIGURE_BASE, "")))
        if svg
        else Markup(""),  # our own SVG, its texts escaped
        tuple(sorted(files)),
        (
            *(pooled_line(row) for row in pools),
            *(
                mixture_line(row)
                for row in review.reading
                if row["analysis"] == analysis.id and row["estimate"]
            ),
        ),
        pooled_line(primary) if primary is not None else None,
        tuple(thresholds_of(config, analysis, drawn=bool(entered_ids))),
        tuple(line for line in lines if line.effect_id in entered_ids),
        tuple(line for line in lines if line.effect_id not in entered_ids),
        certainty_of(review, analysis.id),
    )


def effect_line(review: Review, row: Row) -> EffectLine:
    """Return an effect as a line of a list."""
    weight = next(
        (
            w["weight"]
            for w in review.weights
            if w["effect_id"] == row["effect_id"] and w["variant"] == "primary" and w["subgroup"] == ""
        ),
        "",
    )
    return EffectLine(
        row["effect_id"],
        f"studies/{row['study_id']}.html#{row['effect_id']}",
        study_label(row),
        in_words(row["design"]),
        time_text(row["weeks"]),
        effect_text(row),
        f"{float(weight):.1f}" if weight else "",
        row["exclusion_reason"],
        row["effect_id"] in review.conflicted,
        truth(row["verified"]),
    )
