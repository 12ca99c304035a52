"""How long the treatment of a study lasted, so that "after treatment" and follow-ups can be counted from its start."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sonospine.extraction.alternatives import any_of
from sonospine.extraction.arm_labels import count_of
from sonospine.extraction.times import weeks_of
from sonospine.model.number_words import BELOW_HUNDRED

_AMOUNT = r"(?P<amount>\d{1,2}|" + any_of(w for w, v in BELOW_HUNDRED.items() if 0 < v <= 24) + r")"
_UNIT = r"(?:consecutive\s+|successive\s+)?(?P<unit>days?|weeks?|wks?|months?)"
_WORK = (
    r"treat\w*|sessions?|therap\w+|exercis\w+|program\w*|massag\w+|appl\w+|receiv\w+|daily|weekly|per\s+week|a\s+week|/\s?week|times|twice|once"
    r"|train\w+|intervention\w*|rehabilitation|course|regimen|administ\w+|took|taken|given|dose\w*"
)
_PATTERNS = (
    re.compile(r"(?:" + _WORK + r")[^.;]{0,60}?\b(?:for|over|during|in|within|throughout)\s+(?:a\s+)?(?:total\s+of\s+|period\s+of\s+)?" + _AMOUNT + r"[\s-]*" + _UNIT + r"\b", re.I),
    re.compile(
        r"\b" + _AMOUNT + r"[\s-]+(?P<unit>days?|weeks?|wks?|months?)[\s-]+(?:(?!after|before|following|later|since|from|post|of)\w+\s+){0,2}?(?:treatment|exercise|intervention|rehabilitation|training|program\w*"
        r"|course|therapy|regimen|stay)\b(?!\s*follow)", re.I,
    ),
    re.compile(r"\b" + _AMOUNT + r"\s+(?P<unit>days?|weeks?|wks?|months?)\s+of\s+(?:(?!after|before|following|later|since|from|post|of)\w+\s+){0,2}?(?:treatment|therapy|training|exercises?|intervention|rehabilitation|massage)\b", re.I),
)  # fmt: skip
# A length that is told of the treatment itself outweighs what only stands near it ("spread over 12 days of a stay that lasted 22 days").
_LASTED = re.compile(
    r"\b(?:treatment|therapy|intervention|rehabilitation|program\w*|course|regimen|training|stay)\b(?:\s+(?:period|phase|course|stay))?,?\s+"
    r"(?:(?:which|that)\s+)?last(?:ed|s|ing)\s+(?:(?:for|on\s+average|an\s+average\s+of|about|approximately)\s+){0,2}" + _AMOUNT + r"[\s-]*" + _UNIT + r"\b", re.I,
)  # fmt: skip
# "5 times a week for 14 sessions", "14 sessions, 5 days a week".
_RHYTHM = r"(?P<times>once|twice|[1-7]|one|two|three|four|five|six|seven)\s*(?:times|sessions|days|treatments)?\s*(?:per|a|/|each|every)\s*week(?:ly)?\b"
_SESSIONS = r"\b(?P<sessions>\d{1,2})\s+(?:[a-z-]+\s+){0,2}?(?:sessions|treatments)\b"
_COUNTED = (
    re.compile(_RHYTHM + r"[^.;]{0,40}?\b(?:for|of|total)\s+(?:an?\s+total\s+of\s+)?" + _SESSIONS, re.I),
    re.compile(_SESSIONS + r"(?:\s+of\s+\w+(?:\s+\w+)?)?\s*[,(]?\s*(?:at\s+|with\s+)?" + _RHYTHM, re.I),
)
_PER_WEEK = {"once": 1, "twice": 2}
_TOLD_OUTRIGHT = 3
# In every match of the expressions above.
_LENGTH = re.compile(
    _AMOUNT.replace("?P<amount>", "?:") + r"[\s-]*(?:consecutive\s+|successive\s+)?(?:day|week|wk|month)",
    re.I,
)
_OTHER = re.compile(
    r"\b(?:follow|pain\s+(?:for|lasting)|symptom|duration|history|previous|prior|past|last|least|more\s+than|exclu|inclu|wash)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Course:
    """The length of a treatment in weeks, with the place that says so."""

    weeks: float
    locator: str


def find_course(passages: Iterable[tuple[str, str]]) -> Course | None:
    """Return the length of treatment that most statements agree on; ``None`` where there is none or two tie.

    Parameters
    ----------
    passages
        Pairs of place and text: title, abstract and methods.
    """
    votes: Counter[float] = Counter()
    places: dict[float, str] = {}
    for place, text in passages:
        for weeks in _counted(text):
            votes[weeks] += 1
            places.setdefault(weeks, place)
        if not _LENGTH.search(text):
            continue
        for pattern in _PATTERNS:
            for found in pattern.finditer(text):
                if _OTHER.search(text[max(0, found.start() - 25) : found.end() + 12]):
                    continue
                weeks = _weeks(found)
                if 0 < weeks <= 104:
                    votes[weeks] += 1
                    places.setdefault(weeks, place)
        for found in _LASTED.finditer(text):
            weeks = _weeks(found)
            votes[weeks] += _TOLD_OUTRIGHT
            places.setdefault(weeks, place)
    ranked = votes.most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return None
    return Course(ranked[0][0], places[ranked[0][0]])


def _counted(text: str) -> Iterator[float]:
    """Yield the weeks that so many sessions take at so many a week."""
    for pattern in _COUNTED if "week" in text else ():
        for found in pattern.finditer(text):
            word = found["times"].lower()
            times = _PER_WEEK.get(word) or int(count_of(word) or 0)
            sessions = int(found["sessions"])
            if 0 < times < sessions:
                yield sessions / times


def _weeks(found: re.Match[str]) -> float:
    return weeks_of(found["amount"], found["unit"])
