"""What a study is about, by the words of the vocabulary, each finding with the words and their place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sonospine.screening.pieces import ABSTRACT, BACKGROUND, METHODS, REGISTERED, TITLE, Piece
from sonospine.vocabulary import Vocabulary

_BEFOREHAND = re.compile(r"\bpre-?(?:procedur\w+|puncture|injection|interventional?)\b", re.IGNORECASE)
_GUIDING = re.compile(r"guid|under|引导|유도", re.IGNORECASE)
_IMAGING, _COMBINED = "imaging", "combined"
"""Families of the guidance terms: kinds of imaging, and the term for two of them together."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A term that was found: its id, the words, their record and place; ``by`` is ``rule`` or a curator."""

    term: str
    words: str
    record_id: str
    locator: str
    tier: int = TITLE
    by: str = "rule"


def mentions(kind: str, listed: Sequence[Piece], vocabulary: Vocabulary) -> list[Finding]:
    """Return every mention of a kind's terms in the pieces, in their order."""
    return [
        Finding(m.term, m.text, piece.record_id, piece.locator(m.start, m.end), piece.tier)
        for piece in listed
        for m in vocabulary.find(kind, piece.text)
    ]


def first_of_each(found: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the first finding of each term, in order."""
    first: dict[str, Finding] = {}
    for one in found:
        first.setdefault(one.term, one)
    return tuple(first.values())


def condition(listed: Sequence[Piece], vocabulary: Vocabulary) -> Finding | None:
    """Return the one condition of a study, ``None`` where no words tell.

    The title and the registered conditions decide; where they name several, the term of the highest priority.
    Else the abstract, then the methods, then the background: of the terms that are named at least half as often
    as the most frequent one, the one of the highest priority.
    """
    found = mentions("conditions", listed, vocabulary)
    for tiers in ((TITLE,), (REGISTERED,), (ABSTRACT,), (METHODS,), (BACKGROUND,)):
        here = [one for one in found if one.tier in tiers]
        if not here:
            continue
        counts = Counter(one.term for one in here)
        least = 1 if tiers[0] in (TITLE, REGISTERED) else max(counts.values()) / 2
        kept = [term for term in counts if counts[term] >= least]
        # max() keeps the first of equals: the term that is named first.
        best = max(kept, key=lambda term: vocabulary.conditions[term].priority)
        return next(one for one in here if one.term == best)
    return None


def procedures(listed: Sequence[Piece], vocabulary: Vocabulary) -> tuple[Finding, ...]:
    """Return the procedures of a study: those of title and registered arms, else of the abstract, else of the rest.

    To those of the title come those that the abstract names more than once: a title may name one arm alone, and
    an abstract may name in passing what patients had before.
    """
    found = mentions("procedures", listed, vocabulary)
    titled = [one for one in found if one.tier in (TITLE, REGISTERED)]
    if not titled:
        return _first_tier("procedures", listed, vocabulary)
    counts = Counter(one.term for one in found if one.tier == ABSTRACT)
    return first_of_each([*titled, *(one for one in found if one.tier == ABSTRACT and counts[one.term] > 1)])


def regions(listed: Sequence[Piece], vocabulary: Vocabulary) -> tuple[Finding, ...]:
    """Return the regions of a study: those of title and registered arms, else of the abstract, else of the rest."""
    return _first_tier("regions", listed, vocabulary)


def _first_tier(kind: str, listed: Sequence[Piece], vocabulary: Vocabulary) -> tuple[Finding, ...]:
    found = mentions(kind, listed, vocabulary)
    for tiers in ((TITLE, REGISTERED), (ABSTRACT,), (METHODS,), (BACKGROUND,)):
        here = [one for one in found if one.tier in tiers]
        if here:
            return first_of_each(here)
    return ()


def guidance(listed: Sequence[Piece], vocabulary: Vocabulary, *, one_arm: bool) -> tuple[Finding, ...]:
    """Return the kinds of guidance of a study: all of title, arms and abstract, else of methods.

    Where one group of patients had two kinds of imaging (terms of the family ``imaging`` in title and abstract of
    one record), they were combined: the term of the family ``combined`` is added, where the vocabulary has one.
    """
    found = _during(mentions("guidance", listed, vocabulary), listed, vocabulary)
    for tiers in ((TITLE, REGISTERED, ABSTRACT), (METHODS,)):
        here = first_of_each([one for one in found if one.tier in tiers])
        if here:
            return here + (_combined(here, found, vocabulary) if one_arm else ())
    return ()


def _during(found: Sequence[Finding], listed: Sequence[Piece], vocabulary: Vocabulary) -> list[Finding]:
    """Leave out imaging that the study's own words place before the procedure, and never call guidance."""
    before = [piece.text.casefold() for piece in listed if _BEFOREHAND.search(piece.text)]
    kept = []
    for one in found:
        label = vocabulary.guidance[one.term].label.casefold()
        words = [other.words for other in found if other.term == one.term]
        if any(label in text for text in before) and not any(_GUIDING.search(w) for w in words):
            continue
        kept.append(one)
    return kept


def _combined(
    here: Sequence[Finding], found: Sequence[Finding], vocabulary: Vocabulary
) -> tuple[Finding, ...]:
    term = next((t.id for t in vocabulary.guidance.values() if t.family == _COMBINED), "")
    if not term or term in {one.term for one in here}:
        return ()
    by_record: dict[str, dict[str, Finding]] = {}
    for one in found:
        if one.tier in (TITLE, ABSTRACT) and vocabulary.guidance[one.term].family == _IMAGING:
            by_record.setdefault(one.record_id, {}).setdefault(one.term, one)
    for kinds in by_record.values():
        if len(kinds) > 1:
            first, second = list(kinds.values())[:2]
            words = f"{first.words} and {second.words}"
            return (Finding(term, words, second.record_id, second.locator, second.tier),)
    return ()
