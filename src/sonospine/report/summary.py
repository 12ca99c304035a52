"""The summary of findings: a row for each analysis, what people rated, and what the figures suggest where nobody did.

The layout is that of GRADE (Guyatt et al. 2011, J Clin Epidemiol 64:383; Santesso et al. 2016, 74:28).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sonospine.config.settings import Analysis
from sonospine.figures.setting import UNCONTROLLED, axis_label, unit_of
from sonospine.figures.wording import sentence
from sonospine.model import grade
from sonospine.model.judgements import Judgement
from sonospine.model.numbers import truth
from sonospine.model.table_io import Row
from sonospine.report.meaning import difference_in_words, meaning_of
from sonospine.report.numbers import PooledLine, pooled_line
from sonospine.report.review import Review
from sonospine.report.suggestions import Suggestion, suggestions_of

SYMBOLS = {"high": "⊕⊕⊕⊕", "moderate": "⊕⊕⊕◯", "low": "⊕⊕◯◯", "very low": "⊕◯◯◯"}
UNRATED = "not rated by a person"


@dataclass(frozen=True, slots=True)
class Footnote:
    """A footnote; ``analysis_id`` is where its numbers stand (empty: in no analysis)."""

    number: int
    text: str
    analysis_id: str


@dataclass(frozen=True, slots=True)
class Rating:
    """A line in the cell of certainty with the numbers of its footnotes."""

    text: str
    notes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """An analysis in the table.

    ``line`` is ``None`` where nothing could be pooled. ``ratings`` are those of people, ``suggested`` those that figures
    suggest of fields that nobody rated, ``unrated`` the names of fields that neither says anything about.
    """

    analysis_id: str
    title: str
    outcome: str
    window: str
    measure: str
    line: PooledLine | None
    studies: str
    meaning: str
    difference: str
    difference_notes: tuple[int, ...]
    note: str
    symbols: str
    certainty: str
    certainty_notes: tuple[int, ...]
    ratings: tuple[Rating, ...]
    suggested: tuple[Rating, ...]
    unrated: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """The table with its footnotes. ``suggests`` tells whether any row holds a suggestion, whose rules are to be told."""

    rows: tuple[SummaryRow, ...]
    footnotes: tuple[Footnote, ...]
    suggests: bool


class _Footnotes:
    """Footnotes in the order in which they are first asked for; the same text about the same analysis is one."""

    def __init__(self) -> None:
        self.made: dict[tuple[str, str], int] = {}

    def number(self, text: str, analysis_id: str = "") -> int:
        return self.made.setdefault((text, analysis_id), len(self.made) + 1)

    def listed(self) -> tuple[Footnote, ...]:
        return tuple(Footnote(number, *key) for key, number in self.made.items())


def summary_of(review: Review) -> Summary:
    """Return the summary of findings, with the analyses in the order of the configuration."""
    notes = _Footnotes()
    rows = tuple(_row(review, analysis, notes) for analysis in review.config.analyses)
    return Summary(rows, notes.listed(), any(row.suggested for row in rows))


def _row(review: Review, analysis: Analysis, notes: _Footnotes) -> SummaryRow:
    config = review.config
    outcome = config.outcome(analysis.outcome)
    primary = primary_pool(review, analysis.id)
    named = config.difference(analysis)
    difference = difference_in_words(config, analysis.id) if primary else ""
    sources = (notes.number(f"{sentence(difference)}. {named.source}"),) if difference and named else ()
    suggestions = suggestions_of(config, analysis.id, primary, review.small_study) if primary else ()
    suggested = [one.field for one in suggestions]
    judgements = review.grades[analysis.id].judgements if analysis.id in review.grades else {}
    symbols, certainty, certainty_notes = _certainty(review, analysis, judgements, notes)
    line = pooled_line(primary) if primary else None
    return SummaryRow(
        analysis.id,
        analysis.title,
        outcome.label,
        config.window(analysis.window).label if analysis.window else "",
        axis_label(analysis.measure, unit_of(outcome)).partition(" (log")[0],
        line,
        _studies(line),
        meaning_of(config, analysis.id, primary) if primary else "",
        difference
        or (
            ""
            if primary is None
            else "no minimal important difference is named: whether it matters to people cannot be told"
        ),
        sources,
        f"{UNCONTROLLED}." if analysis.contrast == "before_after" else "",
        symbols,
        certainty,
        certainty_notes,
        tuple(_rated(analysis.id, name, judgements[name], notes) for name in _told(judgements)),
        _suggested(analysis.id, suggestions, judgements, notes),
        tuple(label for name, label in grade.DOWNGRADES.items() if name not in (*judgements, *suggested)),
    )


def primary_pool(review: Review, analysis_id: str) -> Row | None:
    """Return the primary pool of an analysis over all its studies; ``None`` where nothing was pooled."""
    for row in review.pooled:
        if row["analysis"] == analysis_id and row["variant"] == "primary" and not row["subgroup"]:
            return row if row["estimate"] else None
    return None


def _studies(line: PooledLine | None) -> str:
    return "no study" if line is None else "1 study" if line.k == "1" else f"{line.k} studies"


def _told(judgements: Mapping[str, Judgement]) -> tuple[str, ...]:
    """Return the rated fields in their order, the certainty apart; those rated ``no`` are told too."""
    return tuple(name for name in grade.FIELDS if name != "certainty" and name in judgements)


def _certainty(
    review: Review, analysis: Analysis, judgements: Mapping[str, Judgement], notes: _Footnotes
) -> tuple[str, str, tuple[int, ...]]:
    held: Judgement | None = judgements.get("certainty")
    if held is not None:
        if held.state == "disputed":
            return "", f"disputed ({_said(held)})", ()
        numbers = (
            (notes.number(f"Certainty, {held.value}: {held.reason.rstrip('.')}. {_by(held)}", analysis.id),)
            if held.reason
            else ()
        )
        return SYMBOLS[held.value], held.value, numbers
    added = grade.suggested_certainty(
        _start(review, analysis), {name: one.value for name, one in judgements.items()}
    )
    if not added.value:
        return "", UNRATED, ()
    text = f"The ratings of people add up to {added.value}: {added.because}."
    return "", f"{UNRATED}; their ratings add up to {added.value}", (notes.number(text, analysis.id),)


def _start(review: Review, analysis: Analysis) -> str:
    """Return where the certainty starts: high where every pooled effect compares arms of a randomised trial."""
    designs = {
        row["design"]
        for row in review.effects
        if row["analysis"] == analysis.id and row["variant"] == "primary" and truth(row["included"])
    }
    randomised = analysis.contrast == "between_arms" and designs == {"rct"}
    return grade.START_RANDOMISED if randomised else grade.START_OTHER


def _rated(analysis_id: str, name: str, one: Judgement, notes: _Footnotes) -> Rating:
    label = grade.LABELS[name]
    if one.state == "disputed":
        return Rating(f"{label}: disputed ({_said(one)})", ())
    text = f"{label}: {_level(name, one.value)}"
    if not grade.rates(name, one.value):
        return Rating(text, ())
    support = f" Support: “{one.quote}”." if one.quote else ""
    note = f"{label}, {one.value}: {one.reason.rstrip('.')}.{support} {_by(one)}"
    return Rating(text, (notes.number(note, analysis_id),))


def _suggested(
    analysis_id: str,
    suggestions: tuple[Suggestion, ...],
    judgements: Mapping[str, Judgement],
    notes: _Footnotes,
) -> tuple[Rating, ...]:
    """Return what the figures suggest of the fields that no person has rated."""
    made = []
    for one in suggestions:
        if one.field in judgements:
            continue
        if not one.value:
            made.append(Rating(f"{one.label}: cannot be told ({one.because})", ()))
            continue
        text = f"{one.label}: {_level(one.field, one.value)}"
        down = grade.rates(one.field, one.value)
        note = f"Suggested: {one.label.lower()} {one.value}, as {one.because}."
        made.append(Rating(text, (notes.number(note, analysis_id),) if down else ()))
    return tuple(made)


def _level(name: str, value: str) -> str:
    """Return a judgement as it is printed: "no" of a reason to rate down is "not serious"."""
    return "not serious" if name in grade.DOWNGRADES and value == "no" else value


def _said(one: Judgement) -> str:
    return ", ".join(f"{curator}: {value}" for curator, value in one.said.items())


def _by(one: Judgement) -> str:
    how = "Adjudicated" if one.state == "adjudicated" else "Rated"
    return f"{how} by {one.by.replace(';', ', ')}."
