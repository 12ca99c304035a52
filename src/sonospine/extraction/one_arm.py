"""Whether a study compares groups, has one arm, or reports one patient."""

from __future__ import annotations

import itertools
import re

from sonospine.extraction.alternatives import folded, holds
from sonospine.extraction.language import sentences
from sonospine.model.record import Passage, Record
from sonospine.vocabulary import Vocabulary

ONE_ARM_DESIGNS = frozenset({"prospective_single_arm", "case_series", "case_report"})


_COMPARES = re.compile(
    r"\brandomi[sz]|\bplacebo\b|\bcontrol(?:led)? (?:group|trial|study)|\b(?:two|three|four|both|between|each)\b[^.]{0,20}\bgroups\b|\bversus\b|\bvs\.? |\bcomparison of\b[^.]{3,80}\b(?:with|to|and|against)\b|\b(?:two|both|three) (?:arms|kinds|techniques|methods) of\b",
    re.IGNORECASE,
)


# "A randomised study is needed" speaks of another study than this one.
_WISHED = re.compile(
    r"\b(?:should|must|need(?:s|ed)?\s+to)\s+(?:now\s+)?be\s+(?:\w+\s+)?(?:confirmed|verified|investigated|studied|tested|conducted|done|performed|examined|explored|assessed)"
    r"|\bfuture\b|\bfurther\s+(?:\w+[\s-]+){0,3}(?:stud|trial|research|work|investigation)|\b(?:needed|necessary|warranted|requires?|required|awaits?)\b",
    re.I,
)


_ONE_ARM = re.compile(
    r"\bsingle[- ]arm|\bone[- ]armed|\bone[- ]arm\s+(?:\w+\s+)?(?:study|trial|design|series)|\bcase report|\bcase series|\buncontrolled|\bsingle[- ]group|\bwithout (?:a )?control|\bno control (?:group|arm)|\ba \d+[- ]year[- ]old\b",
    re.IGNORECASE,
)


_HAS_CONTROLS = re.compile(
    r"(?<!without )(?<!without a )(?<!no )\bcontrol(?:led)?\s+(?:group|trial|study)\b|\bmatched[- ](?:pairs?|controls?)\b",
    re.IGNORECASE,
)


_ONE_ARM_PLANNED = re.compile(
    r"\b(?:this|the\s+present|our|the)\s+(?:was|is|study|trial|pilot)\b[^.;]{0,80}\b(?:uncontrolled|single[- ]arm|one[- ]arm)\b[^.;]{0,40}\b(?:study|trial|design|series)\b",
    re.IGNORECASE,
)


# Any match of the three expressions holds one of these.
_WORDS_OF_ONE_ARM = (
    "single-arm", "single arm", "one-arm", "one arm", "case report", "case series", "uncontrolled", "single-group",
    "single group", "without control", "without a control", "no control", "year-old", "year old",
)  # fmt: skip


_WORDS_OF_PLANNED = ("uncontrolled", "single-arm", "single arm", "one-arm", "one arm")


_WORDS_OF_PATIENT = ("case report", "one patient", "year-old", "year old")


_SEVERAL_CASES = re.compile(
    r"\b(?:[2-9]|[1-9]\d+|two|three|four|five|six|seven|eight|nine|ten|several)\s+(?:\w+\s+)?(?:cases|patients)\b",
    re.IGNORECASE,
)


_ONE_PATIENT = re.compile(
    r"\bcase report|\bone patient\b|\ba \d+[- ]year[- ]old\b|\bA (?:healthy )?\d+[- ]year[- ]old",
    re.IGNORECASE,
)


def is_one_arm(record: Record, vocabulary: Vocabulary) -> bool:
    """Tell whether title, abstract or methods say that nobody is compared, or name only designs of that kind."""
    head = " ".join((record.title, *record.types, *(p.text for p in record.abstract())))
    if (holds(folded(head), _WORDS_OF_ONE_ARM) and _ONE_ARM.search(head)) or any(
        holds(folded(p.text), _WORDS_OF_PLANNED) and _ONE_ARM_PLANNED.search(p.text)
        for p in record.passages
        if p.role == "methods"
    ):
        return True
    if not vocabulary.may_find("designs", ONE_ARM_DESIGNS, head):
        return False  # whatever other designs it names
    designs = vocabulary.terms("designs", head)
    return bool(designs and set(designs) <= ONE_ARM_DESIGNS) and not _HAS_CONTROLS.search(head)


def is_comparison(record: Record, passages: list[Passage]) -> bool:
    """Tell whether title, abstract or methods speak of a comparison that this study made, not of one to be wished for."""
    abstract = [p.text for p in passages if p.locator.startswith("abstract") and p.role != "methods"]
    told = " ".join((record.title, *record.types, *(p.text for p in passages if p.role == "methods")))
    return _COMPARES.search(told) is not None or any(
        _COMPARES.search(text, start, end) and not _WISHED.search(text, start, end)
        for text in abstract
        if _COMPARES.search(text)
        for start, end in sentences(text)
    )


def compares_guidance(title: str, vocabulary: Vocabulary) -> bool:
    """Tell whether a title sets one kind of guidance against another: "under X or under Y"."""
    found = vocabulary.find("guidance", title)
    return any(
        one.term != other.term
        and re.search(r"\b(?:or|versus|vs|against|without|instead of)\b", title[one.end : other.start], re.I)
        for one, other in itertools.pairwise(found)
    )


def is_one_patient(record: Record) -> bool:
    """Tell whether a record reports a single patient, so that a score is one patient's score."""
    if _SEVERAL_CASES.search(record.title):
        return False
    if any("case report" in t.lower() for t in record.types) or "case report" in record.title.lower():
        return True
    head = " ".join(p.text for p in record.abstract()) or " ".join(p.text for p in record.body()[:3])
    one = holds(folded(head), _WORDS_OF_PATIENT) and _ONE_PATIENT.search(head)
    return bool(one) and not _COMPARES.search(head)
