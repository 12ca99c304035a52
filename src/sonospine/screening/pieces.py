"""The parts of a record that tell what a study did, the most telling first.

A screener must not take another study's words for the record's own: introductions, discussions and sentences about
earlier or future work are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sonospine.model.record import Passage, Record

TITLE, REGISTERED, ABSTRACT, BACKGROUND, METHODS, NOTE = range(6)
"""Tiers: a title; conditions and arms of a registration; abstract; its background; methods of the full text,
of a short note apart."""

_SENTENCE_END = re.compile(r"[.!?。](?=\s+[^\sa-z]|[^\sA-Za-z\d.,;:)\]}%-])|[!?。]")
_ABBREVIATED = re.compile(
    r"(?:\b(?:vs|fig|figs|no|approx|e\.g|i\.e|cf|al|dr|st|resp|ca|max|min|ref|tab|nr|ver)|\b[A-Z])\.$",
    re.IGNORECASE,
)
_OTHER_WORK = re.compile(
    r"\b(?:previous(?:ly)?|earlier|prior|past|another|several|recent(?:ly)?|many|most|few|published|existing)\s+"
    r"(?:[\w-]+\s+){0,4}(?:stud(?:y|ies)|trials?|reports?|papers?|authors?|works?|literature|reviews?|research|"
    r"meta-?analys[ei]s|publications?)\b"
    r"|\bhad been reported\b|\bhas been (?:reported|described|used|shown)\b|\bhave been (?:reported|described|used|shown)\b"
    r"|\bet al\b|\bin the literature\b"
    r"|\b(?:further|future|larger|additional|well-designed|high-quality|more)\s+(?:[\w,-]+\s+){0,5}"
    r"(?:stud(?:y|ies)|trials?|research|investigations?)\b",
    re.IGNORECASE,
)
_BACKGROUND = re.compile(
    r"\b(?:background|introduction|context|rationale|importance|what is known)\b", re.IGNORECASE
)
_AIMS = re.compile(r"\b(?:purposes?|objectives?|aims?)\b", re.IGNORECASE)
_CONCLUSION = re.compile(
    r"\b(?:conclusions?|discussion|interpretation|limitations?|implications?)\b", re.IGNORECASE
)
_DONE = re.compile(
    r"\b(?:methods?|materials?|patients?|participants?|design|procedures?|interventions?|cases?)\b", re.I
)


_NOTE = 2000
"""Characters: the methods of a record with less text name only what it is about."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence or a short field: ``text`` stands at ``address`` from code point ``start``."""

    record_id: str
    tier: int
    address: str
    start: int
    text: str

    def locator(self, start: int, end: int) -> str:
        """Return the place of ``text[start:end]`` in the record."""
        return f"{self.address}:{self.start + start}-{self.start + end}"


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of the sentences of a text; abbreviations such as ``vs.`` end none."""
    start = 0
    for stop in _SENTENCE_END.finditer(text):
        if text[stop.start()] == "." and _ABBREVIATED.search(text[start : stop.end()]):
            continue
        yield start, stop.end()
        start = stop.end()
    if text[start:].strip():
        yield start, len(text)


def pieces(record: Record, *, full: bool) -> list[Piece]:
    """Return what tells about a record's study, in order of tiers; with ``full`` also the methods.

    Where a record has no abstract, its text stands for the abstract.
    """
    parts = [Piece(record.record_id, TITLE, "title", 0, record.title)] if record.title else []
    parts += _registered(record)
    abstract = list(record.abstract())
    if not record.registry and not abstract:
        abstract = [
            p for p in record.passages if p.locator != "title" and p.role not in ("discussion", "conclusion")
        ]
    for passage in abstract:
        headings = " ".join((*passage.headings, passage.locator.partition("/")[2]))
        if _CONCLUSION.search(headings):
            continue
        aims = _AIMS.search(headings) is not None
        background = not aims and (passage.role == "introduction" or _BACKGROUND.search(headings) is not None)
        parts += _own(record, passage, BACKGROUND if background else ABSTRACT)
    if full:
        for passage in record.body():
            if passage.role == "methods" or (
                passage.role == "other" and _DONE.search(" ".join(passage.headings))
            ):
                parts += _own(record, passage, NOTE if _is_note(record) else METHODS)
    return sorted(parts, key=lambda piece: piece.tier)


def _is_note(record: Record) -> bool:
    return sum(len(passage.text) for passage in record.passages) < _NOTE


def _own(record: Record, passage: Passage, tier: int) -> Iterator[Piece]:
    for start, end in sentences(passage.text):
        sentence = passage.text[start:end]
        if not _OTHER_WORK.search(sentence):
            yield Piece(record.record_id, tier, passage.locator, start, sentence)


_FIELDS: tuple[tuple[int, str], ...] = (
    (TITLE, "identificationModule/briefTitle"),
    (REGISTERED, "conditionsModule/conditions/*"),
    (REGISTERED, "conditionsModule/keywords/*"),
    (REGISTERED, "armsInterventionsModule/armGroups/*/label"),
    (REGISTERED, "armsInterventionsModule/armGroups/*/description"),
    (REGISTERED, "armsInterventionsModule/interventions/*/name"),
    (REGISTERED, "armsInterventionsModule/interventions/*/description"),
    (METHODS, "descriptionModule/detailedDescription"),
)


def _registered(record: Record) -> Iterator[Piece]:
    protocol = record.registry.get("protocolSection")
    if isinstance(protocol, dict):
        for tier, path in _FIELDS:
            for address, text in _values(protocol, path.split("/"), "registry/protocolSection"):
                yield Piece(record.record_id, tier, address, 0, text)


def _values(data: Any, path: list[str], address: str) -> Iterator[tuple[str, str]]:
    if not path:
        if isinstance(data, str) and data.strip():
            yield address, data
    elif path[0] == "*":
        for index, item in enumerate(data if isinstance(data, list) else []):
            yield from _values(item, path[1:], f"{address}/{index}")
    elif isinstance(data, dict) and path[0] in data:
        yield from _values(data[path[0]], path[1:], f"{address}/{path[0]}")


def registry_value(record: Record, path: str) -> Any:
    """Return a value of a registration's protocol section by its path (``a/b/c``), ``None`` where absent."""
    here: Any = record.registry.get("protocolSection")
    for name in path.split("/"):
        here = here.get(name) if isinstance(here, dict) else None
    return here


def all_pieces(records: Iterable[Record], *, full: bool) -> list[Piece]:
    """Return the pieces of several records of one study, by tier, within a tier in the order of the records."""
    return sorted((p for record in records for p in pieces(record, full=full)), key=lambda piece: piece.tier)
