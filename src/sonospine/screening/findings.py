"""What a study is about, by the words of the vocabulary, each finding with the words and their place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sonospine.screening.pieces import ABSTRACT, BACKGROUND, METHODS, NOTE, REGISTERED, TITLE, Piece
from sonospine.vocabulary import Vocabulary

_BEFOREHAND = re.compile(r"\bpre-?(?:procedur\w+|puncture|injection|interventional?)\b", re.IGNORECASE)
_GUIDING = re.compile(
    r"guid|guia|under|gesteuert|gestützt|gezielt|dirig|eşliğinde|kılavuz|引导|유도|ガイド", re.IGNORECASE
)
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


def mentions(
    kind: str, listed: Sequence[Piece], vocabulary: Vocabulary, tiers: Collection[int] = ()
) -> list[Finding]:
    """Return every mention of a kind's terms in the pieces (of some tiers; none named: all), in their order."""
    return [
        Finding(m.term, m.text, piece.record_id, piece.locator(m.start, m.end), piece.tier)
        for piece in listed
        if not tiers or piece.tier in tiers
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

    The title decides, else the registered conditions; where they name several, the term of the highest priority.
    Else the abstract, then the methods, then the background: of the terms that are named at least half as often
    as the most frequent one, the one of the highest priority.
    """
    for tier in (TITLE, REGISTERED, ABSTRACT, METHODS, NOTE, BACKGROUND):
        here = mentions("conditions", listed, vocabulary, (tier,))
        if not here:
            continue
        counts = Counter(one.term for one in here)
        least = 1 if tier in (TITLE, REGISTERED) else max(counts.values()) / 2
        kept = [term for term in counts if counts[term] >= least]
        # max() keeps the first of equals: the term that is named first.
        best = max(kept, key=lambda term: vocabulary.conditions[term].priority)
        return next(one for one in here if one.term == best)
    return None


def procedures(listed: Sequence[Piece], vocabulary: Vocabulary) -> tuple[Finding, ...]:
    """Return the procedures of a study: those of title and registered arms, else of the abstract.

    To those of the title come those that several sentences of the abstract name: a title may name one arm alone,
    and an abstract may name in passing what patients had before. What only the methods name (a muscle, a point)
    is not what the study is about.
    """
    titled = mentions("procedures", listed, vocabulary, (TITLE, REGISTERED))
    if not titled:
        return _first_tier("procedures", listed, vocabulary, (ABSTRACT,), (NOTE,), (BACKGROUND,))
    named = mentions("procedures", listed, vocabulary, (ABSTRACT,))
    sentences = Counter(
        (piece.record_id, term)
        for piece in listed
        if piece.tier == ABSTRACT
        for term in {m.term for m in vocabulary.find("procedures", piece.text)}
    )
    repeated = [one for one in named if sentences[one.record_id, one.term] > 1]
    return first_of_each([*titled, *repeated])


def regions(listed: Sequence[Piece], vocabulary: Vocabulary) -> tuple[Finding, ...]:
    """Return the regions of a study: those of title and registered arms, else of the abstract, else of the rest."""
    return _first_tier(
        "regions", listed, vocabulary, (TITLE, REGISTERED), (ABSTRACT,), (METHODS, NOTE), (BACKGROUND,)
    )


def _first_tier(
    kind: str, listed: Sequence[Piece], vocabulary: Vocabulary, *order: tuple[int, ...]
) -> tuple[Finding, ...]:
    for tiers in order:
        here = mentions(kind, listed, vocabulary, tiers)
        if here:
            return first_of_each(here)
    return ()


def guidance(listed: Sequence[Piece], vocabulary: Vocabulary, *, one_arm: bool) -> tuple[Finding, ...]:
    """Return the kinds of guidance of a study: all of title, arms and abstract, else of methods.

    Where one group of patients had two kinds of imaging (terms of the family ``imaging`` in title and abstract of
    one record), they were combined: the term of the family ``combined`` is added, where the vocabulary has one.
    """
    for tiers in ((TITLE, REGISTERED, ABSTRACT), (METHODS, NOTE)):
        parts = [piece for piece in listed if piece.tier in tiers]
        found = _guiding(mentions("guidance", parts, vocabulary), parts, vocabulary)
        here = first_of_each(found)
        if here:
            return here + (_combined(here, found, vocabulary) if one_arm else ())
    return ()


def _guiding(found: Sequence[Finding], parts: Sequence[Piece], vocabulary: Vocabulary) -> list[Finding]:
    """Leave out imaging that the text places before the procedure and never calls guidance."""
    kept: dict[str, bool] = {}
    for term in dict.fromkeys(one.term for one in found):
        said = any(_GUIDING.search(one.words) for one in found if one.term == term)
        kept[term] = said or not _only_before(vocabulary.guidance[term].label, parts, vocabulary)
    return [one for one in found if kept[one.term]]


def _only_before(label: str, parts: Sequence[Piece], vocabulary: Vocabulary) -> bool:
    """Tell whether a sentence about what came before holds a label where the vocabulary voids it."""
    wanted = re.compile(re.escape(label), re.IGNORECASE)
    return any(
        not any(
            m.start <= spot.start() and spot.end() <= m.end for m in vocabulary.find("guidance", piece.text)
        )
        for piece in parts
        if _BEFOREHAND.search(piece.text)
        for spot in wanted.finditer(piece.text)
    )


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
