"""What a scale that can measure anything was used for: the thing that the words around tie to it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sonospine.vocabulary.terms import Mention

_JOINED = re.compile(
    r"[\s\-‐‑–—:()\[\]]*"
    r"(?:(?:of|for|on|in|to|with|by|using|via|the|a|an|was|were|is|are|assessed|measured|rated|evaluated|recorded|"
    r"scores?|scales?|ratings?|levels?|degree|intensity|patients?|overall|mean|median)[\s\-‐‑–—:()\[\]]*)*",
    re.IGNORECASE,
)
# "bloating of the women, which was noted every day on a 100-mm VAS"
_MEASURED_BY = re.compile(
    r"[^.;:\d]{0,60}?\b(?:measured|assessed|rated|evaluated|recorded|scored|quantified|expressed|graded|noted|marked)\b"
    r"[^.;:,\d]{0,25}\b(?:by|on|with|using|via|through)\s+"
    r"(?:(?:an?|the|means|of|standard|horizontal|vertical|linear|simple|validated|\d+[\s\-‐‑–]?(?:mm|cm|points?))[\s(]+)*",
    re.IGNORECASE,
)
# "For severe bloating, the median VAS": what stands before the thing, and what between it and the scale.
_AS_FOR = re.compile(
    r"\b(?:for|regarding|concerning|about|regards?\s+to|respect\s+to|terms\s+of)\s+"
    r"(?:(?!(?:with|of|in|and|or|without)\b)[^\W\d]+\s+){0,2}\Z",
    re.IGNORECASE,
)
_THEN = re.compile(
    r"(?:\s+(?:severity|intensity|scores?))?\s*,\s*(?:(?:the|a|mean|median|average|total|overall|corresponding)\s+)*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ScaleObjects:
    """What a text ties to a scale (``joined``), and what it names anywhere (``named``): ids of concepts."""

    joined: frozenset[str]
    named: frozenset[str]


def are_joined(text: str, one: Mention, other: Mention) -> bool:
    """Tell whether two mentions overlap or have nothing but words of measuring between them: ``VAS for sleep``."""
    first, second = sorted((one, other), key=lambda mention: mention.start)
    return first.end > second.start or _JOINED.fullmatch(text[first.end : second.start]) is not None


def spoken_of(text: str, thing: Mention, scale: Mention) -> bool:
    """Tell whether a sentence ties a thing to a scale further on: by a verb of measuring, or "for this, the scale"."""
    if thing.end > scale.start:
        return False
    between = text[thing.end : scale.start]
    if _MEASURED_BY.fullmatch(between):
        return True
    return _THEN.fullmatch(between) is not None and _AS_FOR.search(text[: thing.start]) is not None


def objects_of(
    text: str, scales: Iterable[Mention], concepts: Iterable[Mention], assumed: str
) -> ScaleObjects:
    """Return what a text ties to mentions of one scale.

    What is further away is tied to it only where the text does not name what the scale is mostly used for
    (``assumed``), and nothing else stands between.
    """
    things, lines = list(concepts), list(scales)
    named = frozenset(thing.term for thing in things)
    joined = {t.term for t in things for s in lines if are_joined(text, t, s)}
    if assumed not in named:
        for scale in lines:
            before = [thing for thing in things if thing.end <= scale.start]
            if before and spoken_of(text, before[-1], scale):
                joined.add(before[-1].term)
    return ScaleObjects(frozenset(joined), named)
