"""How many participants a study randomised or enrolled, where its text says so and says it once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sonospine.model.number_words import SINGLE
from sonospine.screening.pieces import ABSTRACT, METHODS, NOTE, Piece

_WORD = r"(?:" + "|".join([*SINGLE, "hundred"]) + r")"
_NUMBER = (
    rf"(?P<n>\d{{1,3}}(?:,\d{{3}})+|\d{{1,5}}|{_WORD}(?:[ -]+(?:and[ -]+)?{_WORD})*)"
    r"(?!\s*(?:%|-|years?\b|yrs?\b|months?\b|weeks?\b|days?\b|hours?\b|m[glm]\b|cm\b))"
)
_PEOPLE = (
    r"(?:patients?|participants?|subjects?|adults?|individuals?|people|persons|women|men|volunteers?|cases)"
)
_RANDOMISED = re.compile(
    rf"(?<![\d.,/–-])\b{_NUMBER}\s+(?:[\w'-]+\s+){{0,3}}?{_PEOPLE}\b(?P<between>(?:[^.;]|\.\d){{0,160}}?)\b(?:were|was|underwent|are)\s+"
    r"(?:(?!not\b)[\w-]+\s+){0,2}?(?:randomi[sz]ed|randomly|allocated at random|randomi[sz]ation)\b",
    re.IGNORECASE,
)
_RANDOMISED_FIRST = re.compile(
    rf"\b(?:we|and|then)\s+randomi[sz]ed\s+(?:a total of\s+)?{_NUMBER}\s+(?:[\w'-]+\s+){{0,3}}?{_PEOPLE}\b",
    re.IGNORECASE,
)
_ENROLLED = re.compile(
    rf"(?<![\d.,/–-])\b{_NUMBER}\s+(?:[\w'-]+\s+){{0,3}}?{_PEOPLE}\b(?P<between>(?:[^.;]|\.\d){{0,160}}?)\b(?:were|was)\s+"
    r"(?:(?!not\b)[\w-]+\s+){0,2}?(?:enrol+ed|included|recruited|treated)\b",
    re.IGNORECASE,
)


_COUNTED = re.compile(rf"\b{_NUMBER}\s+(?:[\w'-]+\s+){{0,2}}?{_PEOPLE}\b", re.IGNORECASE)


def whole_number(text: str) -> int | None:
    """Read a whole number in digits (``1,204``) or English words up to 999; ``None`` for anything else."""
    bare = text.replace(",", "")
    if bare.isdigit():
        return int(bare)
    total = 0
    for word in re.split(r"[ -]+", text.lower()):
        if word == "hundred":
            total = max(total, 1) * 100
        elif word in SINGLE:
            total += SINGLE[word]
        elif word != "and":
            return None
    return total or None


def participants(listed: Iterable[Piece]) -> str:
    """Return the number that the text says were randomised, else enrolled; empty where it gives none or several.

    Sentences about other work are no pieces. ``Thirty were randomised to A and thirty to B`` counts arms, not the
    study: a sentence with a second number of people is passed over.
    """
    parts = [p for p in listed if p.tier in (ABSTRACT, METHODS, NOTE)]
    for patterns in ((_RANDOMISED, _RANDOMISED_FIRST), (_ENROLLED,)):
        numbers = {
            value
            for piece in parts
            for pattern in patterns
            for found in _overlapping(pattern, piece.text)
            if (value := whole_number(found["n"])) is not None and not _counts_an_arm(piece.text, found)
        }
        if numbers:
            return str(numbers.pop()) if len(numbers) == 1 else ""
    return ""


def _overlapping(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield matches from every start: the first number of a sentence may belong to other people."""
    found = pattern.search(text)
    while found:
        yield found
        found = pattern.search(text, found.end("n"))


def _counts_an_arm(text: str, found: re.Match[str]) -> bool:
    if _COUNTED.search(found.groupdict().get("between") or ""):
        return True
    before = text[max(0, found.start() - 40) : found.start()].lower()
    if re.search(r"\b(?:screened|excluded|withdrew|of (?:the|these|whom|them))\s*$", before):
        return True
    return (
        re.search(r"^\s+(?:to|into)\s+(?:the\s+)?[\w -]{0,60}\band\s+\d", text[found.end() :], re.I)
        is not None
    )
