"""The design of a study, by the surest evidence that speaks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sonospine.model.record import Record
from sonospine.screening.findings import Finding, mentions
from sonospine.screening.pieces import ABSTRACT, METHODS, NOTE, TITLE, Piece, registry_value
from sonospine.vocabulary import Vocabulary

PUBLICATION_TYPES = {
    "clinical trial protocol": "protocol",
    "meta-analysis": "meta_analysis",
    "network meta-analysis": "meta_analysis",
    "systematic review": "review",
    "scoping review": "review",
    "randomized controlled trial": "rct",
    "randomised controlled trial": "rct",
    "pragmatic clinical trial": "rct",
    "equivalence trial": "rct",
    "controlled clinical trial": "nonrandomised",
    "case reports": "case_report",
    "case report": "case_report",
    "case-report": "case_report",
    "review": "review",
    "review-article": "review",
    "practice guideline": "review",
    "guideline": "review",
    "editorial": "review",
    "comment": "review",
    "letter": "",
}
"""Publication types (PubMed's, JATS's) that tell the design; where a record has several, the first here counts."""
_SEVERAL = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|\d{1,3})\s+(?:[\w-]+\s+){0,2}(?:cases|patients)\b",
    re.I,
)
SECONDARY = frozenset({"protocol", "review", "meta_analysis"})
"""Designs without patients of their own: a trial's abstract may name them in passing."""
UNRANDOMISED = ("nonrandomised", "retrospective")
"""Designs that deny what the word ``randomised`` says in passing."""
_OF_ITS_DESIGN = re.compile(
    r"^\W*(?:the|this|our|we|an?|it)\b[^.;]*\b(?:designs?|study|trial|allocation|comparison)\b", re.IGNORECASE
)
_PLANNED = re.compile(r"\bwill\b|recruiting", re.IGNORECASE)


def design(records: Sequence[Record], listed: Iterable[Piece], vocabulary: Vocabulary) -> Finding | None:
    """Return the design of a study, ``None`` where nothing tells.

    Evidence in order: publication types; the registry's design; words of a title; a heading of the journal or a
    sentence about the study's design that denies randomisation; the study's own words in abstract, then methods. Introduction, discussion and sentences about other work do not count: ``both groups``
    in a discussion makes no second arm. Where one place names several designs, the vocabulary's priorities decide;
    below the title a protocol, review or meta-analysis counts only where no design with patients is named there,
    or the words speak of what will be done.

    Parameters
    ----------
    records
        Records of the study, articles first.
    listed
        Pieces of these records.
    vocabulary
        Its designs; a design that it does not have is never returned.
    """
    parts = list(listed)
    found = (
        _by_kind(records)
        or _by_types(records, vocabulary)
        or _by_registry(records)
        or _by_words(parts, vocabulary, (TITLE,))
        or _by_denial(records, parts, vocabulary)
        or _by_words(parts, vocabulary, (ABSTRACT, METHODS, NOTE))
    )
    return found if found and found.term in vocabulary.designs else None


def _by_kind(records: Sequence[Record]) -> Finding | None:
    first = records[0]
    return Finding("protocol", "protocol", first.record_id, "") if first.kind == "protocol" else None


def _by_types(records: Sequence[Record], vocabulary: Vocabulary) -> Finding | None:
    for record in records:
        given = {kind.strip().lower(): kind for kind in record.types}
        for name, term in PUBLICATION_TYPES.items():
            if name not in given or not term:
                continue
            if term == "case_report" and _reports_several(record, vocabulary):
                term = "case_series"
            return Finding(term, f"publication type {given[name]}", record.record_id, "")
    return None


def _reports_several(record: Record, vocabulary: Vocabulary) -> bool:
    if _SEVERAL.search(record.title):
        return True
    named = vocabulary.terms("designs", record.title)
    return "case_series" in named and "case_report" not in named


def _by_registry(records: Sequence[Record]) -> Finding | None:
    for record in records:
        kind = str(registry_value(record, "designModule/studyType") or "")
        info = registry_value(record, "designModule/designInfo") or {}
        if not isinstance(info, dict):
            continue
        field = "registry/protocolSection/designModule/designInfo"
        allocation, model = str(info.get("allocation", "")), str(info.get("interventionModel", ""))
        if allocation in ("RANDOMIZED", "NON_RANDOMIZED"):
            term = "rct" if allocation == "RANDOMIZED" else "nonrandomised"
            return Finding(term, allocation, record.record_id, f"{field}/allocation")
        if model == "SINGLE_GROUP":
            return Finding("prospective_single_arm", model, record.record_id, f"{field}/interventionModel")
        perspective = str(info.get("timePerspective", ""))
        if kind == "OBSERVATIONAL" and perspective == "RETROSPECTIVE":
            return Finding("retrospective", perspective, record.record_id, f"{field}/timePerspective")
        if kind == "OBSERVATIONAL" and perspective == "PROSPECTIVE":
            groups = registry_value(record, "armsInterventionsModule/armGroups") or []
            term = "nonrandomised" if len(groups) > 1 else "prospective_single_arm"
            return Finding(term, perspective, record.record_id, f"{field}/timePerspective")
    return None


def _by_denial(records: Sequence[Record], parts: Sequence[Piece], vocabulary: Vocabulary) -> Finding | None:
    """Return the design of a study that was not randomised though its text has the word.

    A heading such as ``Retrospective comparative study`` and a sentence such as ``The design was nonrandomised`` say
    what the study is; ``patients were randomised`` may be said of anything.
    """
    headed = [
        Finding(mention.term, f"heading {kind}", record.record_id, "")
        for record in records
        for kind in record.types
        for mention in vocabulary.find("designs", kind)
        if mention.term in UNRANDOMISED
    ]
    stated = [
        Finding(
            mention.term, mention.text, piece.record_id, piece.locator(mention.start, mention.end), piece.tier
        )
        for piece in parts
        if piece.tier in (ABSTRACT, METHODS, NOTE) and _OF_ITS_DESIGN.match(piece.text)
        for mention in vocabulary.find("designs", piece.text)
        if mention.term == UNRANDOMISED[0]
    ]
    return max((*headed, *stated), key=lambda one: vocabulary.designs[one.term].priority, default=None)


def _by_words(parts: Sequence[Piece], vocabulary: Vocabulary, tiers: Sequence[int]) -> Finding | None:
    for tier in tiers:
        here = [
            one
            for one in mentions("designs", parts, vocabulary, (tier,))
            if tier == TITLE or _tells_of_itself(one)
        ]
        own = [one for one in here if one.term not in SECONDARY]
        planned = [one for one in here if one.term == "protocol" and _PLANNED.search(one.words)]
        secondary = [one for one in here if one.term in SECONDARY] if tier == ABSTRACT else []
        chosen = here if tier == TITLE else planned or own or secondary
        if chosen:
            return max(chosen, key=lambda one: vocabulary.designs[one.term].priority)
    return None


def _tells_of_itself(one: Finding) -> bool:
    """Tell whether words below the title count: a report of methods names the protocol that it followed."""
    return one.tier == ABSTRACT or one.term not in SECONDARY
