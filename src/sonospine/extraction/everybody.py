"""Studies in which everybody is in every group (crossover, split mouth, within subjects), and how many took part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from sonospine.extraction.alternatives import folded, holds
from sonospine.extraction.arm_labels import COUNT, count_of
from sonospine.extraction.arms import DocumentArms
from sonospine.extraction.language import sentences
from sonospine.extraction.reading import MEANS, Reading
from sonospine.model.places import Place
from sonospine.model.record import Passage, Record

FLAG = "n_of_everybody"

_PEOPLE = (
    r"(?:patients|participants|subjects|women|men|children|adults|individuals|volunteers|persons|people)"
)
_ONE = r"(?:patient|participant|subject|woman|man|child|adult|individual|volunteer|person)"
_WORDS = ("crossover", "cross-over", "cross over", "split", "within", "own control", "received", "underwent", "completed", "participated")  # fmt: skip
_DESIGN = re.compile(
    r"\bcross[-\s]?over\b[^.;]{0,70}?\b(?:design|study|trial|manner|fashion|experiment)\b"
    r"|\bsplit[-\s](?:mouth|face|body)\b|\bwithin[-\s](?:subjects?|participants?|patients?)\s+(?:\w+\s+)?(?:design|study|trial|comparison)\b"
    rf"|\b(?:each|every)\s+(?:\w+\s+)?{_ONE}\s+(?:received|underwent|completed|participated\s+in|was\s+(?:given|exposed\s+to|tested\s+in))\s+(?:both|all\s+(?:of\s+the\s+)?(?:three|four|five|six))\b"
    rf"|\b(?:each|every)\s+{_ONE}\s+(?:served|acted)\s+as\s+(?:his|her|its|their|his\s+or\s+her)\s+own\s+controls?\b",
    re.IGNORECASE,
)
_NOT_THIS = re.compile(
    r"\b(?:pilot|previous(?:ly)?|earlier|prior|another|others?|future|extension|not|no|et\s+al|published)\b",
    re.I,
)
_COUNTED = (
    rf"(?<![\w.,·±/<>≤≥=-])(?P<n>{COUNT})(?![.,·]\d)\s+(?:[a-z-]+\s+){{0,3}}?{_PEOPLE}\b(?:\s*\([^()]*\))?\s+"
)
_COMPLETED = re.compile(
    _COUNTED
    + r"(?:(?:who|that)\s+)?(?:had\s+)?(?:successfully\s+)?completed\s+(?:the|this|our|all|both|two|three|four)\b",
    re.IGNORECASE,
)
_ANALYSED = re.compile(
    _COUNTED
    + r"(?:were|was)\s+(?:finally\s+)?(?:analy[sz]ed|(?:included|entered)\s+(?:in|into|for)\s+(?:the\s+|all\s+|our\s+)?(?:\w+\s+){0,2}analys[ie]s)\b",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\b(?:of\s+(?:the|these|those|whom)|not|unable|only|group|groups|excluded|per[- ]protocol|subgroup|questionnaires?|screening)\b",
    re.IGNORECASE,
)
_READ = frozenset({"methods", "results", "abstract", "other", "title"})


def with_everybody(record: Record, arms: DocumentArms, readings: Iterable[Reading]) -> list[Reading]:
    """Return readings of a study in which everybody is in every group with the number of all who took part.

    Only values that have no size of their own take it, and only where no group has one; they are flagged.
    """
    readings = list(readings)
    if any(arm.n_randomised or arm.n_analysed for arm in arms.arms) or arms.one_arm:
        return readings
    if all(r.n or r.centre not in MEANS for r in readings) or not in_every_group(record):
        return readings
    n, place = everybody(record, arms)
    return [
        replace(r, n=n, n_locator=place, flags=(*r.flags, FLAG))
        if n
        and not r.n
        and r.centre in MEANS
        and not r.population
        and (r.source == "table" or (r.arm and r.source != "registry"))
        else r
        for r in readings
    ]


def in_every_group(record: Record) -> bool:
    """Tell whether title, abstract or methods say that each person had every treatment."""
    planned = (
        p for p in record.passages if p.role == "methods" or p.locator.startswith(("title", "abstract"))
    )
    return any(_plans(text) for text in (record.title, *(p.text for p in planned)))


def _plans(text: str) -> bool:
    if not holds(folded(text), _WORDS):
        return False
    for start, end in sentences(text):
        sentence = text[start:end]
        found = _DESIGN.search(sentence)
        if found is not None and not _NOT_THIS.search(sentence[max(0, found.start() - 60) : found.end()]):
            return True
    return False


def everybody(record: Record, arms: DocumentArms) -> tuple[str, str]:
    """Return how many people were analysed, else completed the study, else took part; and where that stands."""
    for pattern in (_ANALYSED, _COMPLETED):
        for passage in record.passages:
            if passage.role not in _READ:
                continue
            for n, place in _told(pattern, passage):
                if not arms.n_total or int(arms.n_total) / 2 < int(n) <= int(arms.n_total):
                    return n, place
    return (arms.n_total, arms.n_total_locator) if arms.n_total_locator else ("", "")


def _told(pattern: re.Pattern[str], passage: Passage) -> Iterator[tuple[str, str]]:
    for start, end in sentences(passage.text):
        sentence = passage.text[start:end]
        found = pattern.search(sentence)
        n = count_of(found["n"]) if found is not None else ""
        if found is None or not n or int(n) < 2 or _PART.search(sentence[: found.end()]):
            continue
        yield n, str(Place(passage.locator, start + found.start("n"), start + found.end("n")))
