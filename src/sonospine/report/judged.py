"""What people judged: the risk of bias of a study, and how certain the evidence of an analysis is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sonospine.model import grade
from sonospine.model.grade import Grade
from sonospine.model.judgements import Judgement
from sonospine.model.risk_of_bias import TOOLS, StudyRisk
from sonospine.report.review import Review


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """One judgement: what it is about, the value (or that it is disputed), its rationale and its support."""

    name: str
    label: str
    value: str
    reason: str
    quote: str
    locator: str
    by: str


@dataclass(frozen=True, slots=True)
class JudgedStudy:
    """The risk of bias of a study: ``about`` is the analysis whose result was judged, empty for the whole study."""

    about: str
    tool: str
    lines: tuple[JudgedLine, ...]
    deviation: str


@dataclass(frozen=True, slots=True)
class Certainty:
    """How certain the evidence of an analysis is; ``footnotes`` are what was rated, how far, and why."""

    value: str
    footnotes: tuple[JudgedLine, ...]


def judged_studies(review: Review, study_id: str) -> list[JudgedStudy]:
    """Return the judgements of a study, those of the whole study first."""
    titles = {analysis.id: analysis.title for analysis in review.config.analyses}
    own = [risk for risk in review.risks.values() if risk.study_id == study_id]
    return [
        JudgedStudy(
            titles.get(risk.analysis, risk.analysis),
            risk.tool or "tool not settled",
            _domains(risk),
            risk.deviation,
        )
        for risk in sorted(own, key=lambda one: one.analysis)
    ]


def _domains(risk: StudyRisk) -> tuple[JudgedLine, ...]:
    known: Mapping[str, str] = TOOLS[risk.tool].domains if risk.tool else {}
    labels = {**{name: known.get(name, "") for name in risk.judgements}, **known, "overall": "Overall"}
    order = [name for name in (*known, *risk.judgements, "overall") if name != "tool"]
    return tuple(_line(name, labels[name], risk.judgements.get(name)) for name in dict.fromkeys(order))


def certainty_of(review: Review, analysis_id: str) -> Certainty | None:
    """Return the certainty of an analysis; ``None`` where nobody has judged it."""
    found: Grade | None = review.grades.get(analysis_id)
    if found is None:
        return None
    rated = tuple(
        _line(name, grade.LABELS[name], one)
        for name in grade.FIELDS
        if (one := found.judgements.get(name)) is not None
        if one.state == "disputed" or grade.rates(name, one.value)
    )
    held = found.judgements.get("certainty")
    return Certainty("not judged" if held is None else held.value or "disputed", rated)


def _line(name: str, label: str, one: Judgement | None) -> JudgedLine:
    if one is None:
        return JudgedLine(name, label, "not judged", "", "", "", "")
    if one.state == "disputed":
        said = ", ".join(f"{curator}: {value}" for curator, value in one.said.items())
        return JudgedLine(name, label, f"disputed ({said})", "", "", "", "")
    by = one.by.replace(";", ", ") + (" (adjudicated)" if one.state == "adjudicated" else "")
    return JudgedLine(name, label, one.value, one.reason, one.quote, one.locator, by)
