"""The lists of the report beside its analyses: studies by what became of them, conflicts, what could not be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sonospine.evidence.described import conflict_kind
from sonospine.evidence.naming import place_in_words
from sonospine.figures.wording import in_words
from sonospine.model.states import by_person
from sonospine.model.table_io import Row
from sonospine.report.editorial import status_badges, text_badge
from sonospine.report.review import Review

CASE_REPORT = "case_report"
CONFLICT_STATES = ("open", "to look at", "settled")


@dataclass(frozen=True, slots=True)
class StudyLine:
    """A study in a list."""

    study_id: str
    label: str
    title: str
    detail: str
    reason: str
    badges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConflictLine:
    """A conflict in the list of those to decide."""

    study_id: str
    label: str
    kind: str
    reason: str
    check: str
    places: tuple[tuple[str, str, str], ...]
    chosen: str
    state: str


@dataclass(frozen=True, slots=True)
class UnreadLine:
    """A figure or image table that holds results no reader can take."""

    study_id: str
    label: str
    locator: str
    caption: str


def studies_with(review: Review, *verdicts: str) -> list[StudyLine]:
    """Return the studies with one of the verdicts, by label."""
    return _sorted(_line(review, s) for s, verdict in review.verdicts.items() if verdict in verdicts)


def case_reports(review: Review) -> list[StudyLine]:
    """Return the case reports, whatever screening decided about them: they are never pooled."""
    return _sorted(_line(review, row["study_id"]) for row in review.studies if row["design"] == CASE_REPORT)


def _sorted(lines: Iterable[StudyLine]) -> list[StudyLine]:
    return sorted(lines, key=lambda line: (line.label.casefold(), line.study_id))


def reason_of(review: Review, study_id: str) -> str:
    """Return why a study has the verdict it has: the reasons at its last stage, each once."""
    decided = [row for row in review.decisions_of.get(study_id, []) if row["reason"]]
    last = [row for row in decided if row["stage"] == "report"] or decided
    return "; ".join(dict.fromkeys(row["reason"] for row in last))


def _line(review: Review, study_id: str) -> StudyLine:
    study, records = review.study[study_id], review.records_of.get(study_id, [])
    detail = [in_words(study["design"]), study["registration"].replace(";", ", "), study["status"]]
    return StudyLine(
        study_id,
        review.label(study_id),
        next((row["title"] for row in records if row["title"]), ""),
        ", ".join(part for part in detail if part),
        reason_of(review, study_id),
        tuple(filter(None, (*status_badges(review, study_id), text_badge(review, study_id)))),
    )


def conflict_lines(review: Review) -> list[ConflictLine]:
    """Return the conflicts of studies that are not excluded; those still open come first."""
    lines = []
    for row in review.conflicts:
        if not review.has_full_page(row["study_id"]):
            continue
        known = [review.measurement[i] for i in row["measurement_ids"].split(";") if i in review.measurement]
        places = tuple(
            (m["measurement_id"], place_in_words(review.parsed.get(m["record_id"]), m["locator"]), m["quote"])
            for m in known
        )
        lines.append(
            ConflictLine(
                row["study_id"],
                review.label(row["study_id"]),
                conflict_kind(row["kind"]),
                row["reason"],
                row["check"],
                places,
                row["chosen"],
                _state(review, row, known),
            )
        )
    order = {name: i for i, name in enumerate(CONFLICT_STATES)}
    return sorted(lines, key=lambda c: (order[c.state], c.label.casefold(), c.study_id, c.kind, c.places))


def _state(review: Review, conflict: Row, known: Iterable[Row]) -> str:
    """Tell whether a conflict is open, or a mere doubt of a check, or settled by a person or a check."""
    chosen = review.measurement.get(conflict["chosen"])
    if conflict["kind"] == "time" or any("conflict" in row["flags"].split(";") for row in known):
        return CONFLICT_STATES[0]
    if conflict["kind"] == "check" and (chosen is None or not by_person(chosen["state"])):
        return CONFLICT_STATES[1]
    return CONFLICT_STATES[2]


def unread_lines(review: Review) -> list[UnreadLine]:
    """Return what stands only in figures of studies that are not excluded."""
    lines = []
    for row in review.unread:
        record = review.record_rows.get(row["record_id"])
        if record is not None and review.has_full_page(record["study_id"]):
            study = record["study_id"]
            lines.append(UnreadLine(study, review.label(study), row["locator"], row["caption"]))
    return sorted(lines, key=lambda line: (line.label.casefold(), line.study_id, line.locator))


def excluded_by_reason(lines: list[StudyLine]) -> list[tuple[str, list[StudyLine]]]:
    """Group excluded studies by reason, the most frequent first."""
    groups: dict[str, list[StudyLine]] = {}
    for line in lines:
        groups.setdefault(line.reason or "no reason given", []).append(line)
    return sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
