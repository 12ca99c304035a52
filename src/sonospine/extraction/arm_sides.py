"""Where a text sets two sides against each other: randomised to X or Y, a title with X versus Y."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sonospine.extraction.alternatives import folded, holds
from sonospine.extraction.arm_labels import words_of
from sonospine.extraction.arm_patterns import Candidate

_RANDOM = re.compile(
    r"\b(?:random\w*|assigned|allocated|divided)\b[^.;]{0,60}?\b(?:to|into)\s+(?:groups?\s+)?(?:(?:receive|undergo|have|be treated with|get)\s+)?(?:either\s+)?"
    r"(?P<first>[^.;:]{3,120}?)\s+(?:or|versus|vs\.?)\s+(?:to\s+)?(?P<second>[^.;:(,]{3,120})",
    re.IGNORECASE,
)


_BETWEEN = re.compile(
    r"(?P<first>[^.;:?]{3,100}?)\s+(?:versus|vs\.?|compared (?:with|to))\s+(?P<second>[^.;:?,(]{3,100})",
    re.IGNORECASE,
)


_BETWEEN_WORDS = ("versus", "vs", "compared")


def listed(text: str) -> Iterator[Candidate]:
    """Find "randomised to receive X or Y"."""
    for found in _RANDOM.finditer(text):
        sides = {}
        for name in ("first", "second"):
            what = re.sub(r"\([^()]*\)|\bgroups?\b", " ", found[name])
            what = " ".join(re.split(r",|\b(?:for|before|after|at|in a|on|once|twice)\b", what)[0].split())
            sides[name] = re.sub(r"^(?:the|an?)\s+", "", what, flags=re.IGNORECASE)
        shared = _shared_noun(sides["first"], sides["second"])
        for name, what in sides.items():
            label = what.split()[0] if shared else what
            definition = f"{label} {shared}" if shared else ""
            if 0 < len(words_of(label)) <= 8:
                start = max(found.start(name), text.find(label, found.start(name), found.end(name)))
                end = start + len(label) if shared else found.start(name) + len(found[name].rstrip())
                yield Candidate("listed", label, start, end, definition)


def _shared_noun(first: str, second: str) -> str:
    """Return what both sides of "A-guided or B-guided injection" have in common: "injection"; else nothing."""
    head, _, noun = second.partition(" ")
    ending = first.rpartition("-")[2].lower()
    alike = (
        " " not in first and "-" in first and head.lower().endswith(f"-{ending}") and ending.endswith("ed")
    )
    return noun if alike else ""


def compared(title: str) -> Iterator[Candidate]:
    """Find the two sides of "X versus Y" in a title."""
    found = _BETWEEN.search(title) if holds(folded(title), _BETWEEN_WORDS) else None
    if found:
        for name in ("first", "second"):
            parts = re.split(r"\b(?:of|between|for|in|on|with|comparing|comparison)\b", found[name])
            what = " ".join((parts[-1] if name == "first" else parts[0]).split())
            if words_of(what):
                yield Candidate("title", what, found.start(name), found.end(name))
