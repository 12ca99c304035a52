"""What a record is and what has become of it: kind, editorial status and the links that notices state."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from sonospine.model.record import Notice

PUBMED_RELATIONS = {
    "RetractionOf": "retraction_of",
    "RetractionIn": "retracted_by",
    "PartialRetractionOf": "partial_retraction_of",
    "PartialRetractionIn": "partially_retracted_by",
    "RetractedandRepublishedFrom": "republication_of",
    "RetractedandRepublishedIn": "retracted_by",
    "CorrectedandRepublishedFrom": "republication_of",
    "CorrectedandRepublishedIn": "republished_as",
    "RepublishedFrom": "republication_of",
    "RepublishedIn": "republished_as",
    "ErratumFor": "corrects",
    "ErratumIn": "corrected_by",
    "ExpressionOfConcernFor": "concern_about",
    "ExpressionOfConcernIn": "concern_in",
    "UpdateOf": "update_of",
    "UpdateIn": "updated_by",
    "OriginalReportIn": "original_report_in",
    "SummaryForPatientsIn": "summary_in",
    "ReprintOf": "reprint_of",
    "ReprintIn": "reprinted_in",
    "CommentOn": "comment_on",
    "CommentIn": "commented_by",
}
JATS_RELATIONS = {
    "retracted-article": "retraction_of",
    "retraction-forward": "retracted_by",
    "partial-retraction": "partial_retraction_of",
    "corrected-article": "corrects",
    "correction-forward": "corrected_by",
    "addended-article": "corrects",
    "object-of-concern": "concern_about",
    "concern-forward": "concern_in",
    "expression-of-concern": "concern_about",
    "companion": "companion",
    "commentary-article": "comment_on",
    "commentary": "commented_by",
    "letter": "commented_by",
    "updated-article": "update_of",
    "update": "updated_by",
    "republished-article": "republication_of",
    "article-reference": "companion",
    "preprint": "update_of",
}
_KINDS = (
    (
        "notice",
        re.compile(
            r"retraction(?: notice| of publication)?|partial[- ]retraction|expression[- ]of[- ]concern|removal"
        ),
    ),
    ("erratum", re.compile(r"(?:published )?erratum|corrigendum|correction|addendum")),
    ("protocol", re.compile(r"(?:clinical trial |study )?protocols?")),
    ("news", re.compile(r"news|newspaper article|press release|news report")),
    ("abstract", re.compile(r"(?:meeting|conference)[ -]?(?:abstract|report)?s?|abstract|congress(?:es)?")),
)
_NOTICE_TITLE = re.compile(
    r"\s*(?:notice of retraction|retraction(?: notice)?|retracted article notice|expression of concern"
    r"|notice of concern)\s*(?:[:.]|to\b|of\b|for\b|$)",
    re.IGNORECASE,
)
_ERRATUM_TITLE = re.compile(
    r"\s*(?:errat(?:um|a)|corrigend(?:um|a)|correction)\s*(?:[:.]|to\b|$)", re.IGNORECASE
)
_PROTOCOL_TITLE = re.compile(
    r"\b(?:study|trial|research) protocol\b|\bprotocol (?:for|of) (?:an?|the)\b|[:–-]\s*(?:a |the )?protocol\b",
    re.IGNORECASE,
)
# "RETRACTED: ..." in PubMed and Embase, "... (Retracted article. See vol. 5, pg. 2, 2020)" in Web of Science.
_RETRACTED_TITLE = re.compile(
    r"\s*\[?(?:retracted|retracted article)\]?\s*[:\-–.]|.*\((?:retracted article|retracted)\b[^()]*\)\W*$",
    re.IGNORECASE | re.DOTALL,
)
_WITHDRAWN_TITLE = re.compile(r"\s*\[?(?:withdrawn|withdrawal)\]?\s*[:\-–.]", re.IGNORECASE)


def kind_of(types: Sequence[str], title: str) -> str:
    """Return the kind of a publication from its types, then from how its title begins."""
    kinds = {_kind_of_type(name) for name in types}
    for kind, _ in _KINDS:
        if kind in kinds:
            return kind
    if _NOTICE_TITLE.match(title):
        return "notice"
    if _ERRATUM_TITLE.match(title):
        return "erratum"
    return "protocol" if "protocol" in title.lower() and _PROTOCOL_TITLE.search(title) else "article"


@functools.lru_cache(maxsize=256)  # sources use a few dozen types
def _kind_of_type(name: str) -> str:
    plain = name.lower().strip()
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(plain)), "")


def status_of(types: Sequence[str], title: str, notices: Sequence[Notice]) -> str:
    """Return the editorial status: ``retracted concern withdrawn revised current``, the gravest first."""
    relations = {notice.relation for notice in notices}
    plain = {name.lower().strip() for name in types}
    if "retracted publication" in plain or "retracted_by" in relations or _RETRACTED_TITLE.match(title):
        return "retracted"
    if "withdrawn publication" in plain or _WITHDRAWN_TITLE.match(title):
        return "withdrawn"
    if "concern_in" in relations:
        return "concern"
    return "revised" if relations & {"republished_as", "updated_by"} else "current"
