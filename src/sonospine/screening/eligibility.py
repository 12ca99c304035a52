"""One criterion after the other: in, out, or not told; each verdict with its words and their place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sonospine.config.settings import Criterion, Eligibility
from sonospine.model.record import Record
from sonospine.screening.facts import CRITERIA, KIND_OF, Facts
from sonospine.screening.findings import Finding
from sonospine.vocabulary import Vocabulary

NO_OUTCOMES = frozenset({"review"})
"""Designs that hold no outcome data of their own."""
_ORDER = ("design", "condition", "guidance", "procedure")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision with its reason; ``criterion`` is empty where every criterion is met."""

    decision: str
    reason: str = ""
    criterion: str = ""
    evidence: str = ""
    locator: str = ""
    by: str = "rule"


def permits(criterion: Criterion, term: str) -> bool:
    """Tell whether a criterion takes an id of the vocabulary."""
    if term in criterion.exclude:
        return False
    return term in criterion.include or criterion.other == "include"


def quoted(found: Sequence[Finding], record_id: str) -> str:
    """Return the words found, in quotes; those of another record of the study name it."""
    return ", ".join(
        f"“{one.words}”" + ("" if one.record_id == record_id else f" ({one.record_id})") for one in found
    )


def place(found: Sequence[Finding], record_id: str) -> str:
    """Return the first place of the words in the record itself, empty where they stand elsewhere."""
    return next((one.locator for one in found if one.record_id == record_id and one.locator), "")


def judge(
    record: Record,
    facts: Facts,
    eligibility: Eligibility,
    vocabulary: Vocabulary,
    *,
    lenient: bool,
    waived: frozenset[str] = frozenset(),
) -> Verdict:
    """Judge one record, or one report, by the criteria of the configuration.

    A study is in by a criterion where one of its terms is (at least one guided arm, one procedure).

    Parameters
    ----------
    record
        The record that the verdict is about; places are given in it.
    facts
        What its words, or those of its study, tell.
    eligibility, vocabulary
        The question, and the labels for the reasons.
    lenient
        Let pass what is not told: the full text at hand will tell.
    waived
        Criteria that are not asked (the design of a registration without results).
    """
    for name in _ORDER:
        if name in waived:
            continue
        criterion: Criterion = getattr(eligibility, name)
        found = facts.of(name)
        by = next((one.by for one in found if one.by != "rule"), "rule")
        if found and not any(permits(criterion, one.term) for one in found):
            return Verdict(
                "exclude",
                _reason(name, found, vocabulary),
                f"eligibility.{name}",
                quoted(found, record.record_id),
                place(found, record.record_id),
                by,
            )
        if not found and criterion.unclear == "exclude" and not lenient:
            return Verdict(
                "exclude",
                f"{name} not told, or not one of the question",
                f"eligibility.{name}",
                f"no term of {KIND_OF[name]} found",
            )
    told = [(name, facts.of(name)) for name in CRITERIA]
    words = "; ".join(f"{name}: {quoted(found, record.record_id)}" for name, found in told if found)
    all_found = [one for _, found in told for one in found]
    return Verdict("include", "meets the criteria", "", words, place(all_found, record.record_id))


def _reason(name: str, found: Sequence[Finding], vocabulary: Vocabulary) -> str:
    if name == "design" and found[0].term in NO_OUTCOMES:
        return f"{found[0].term}: no outcome data"
    terms = vocabulary.of_kind(KIND_OF[name])
    labels = ", ".join(terms[one.term].label if one.term in terms else one.term for one in found)
    return f"{name} not eligible: {labels}"
