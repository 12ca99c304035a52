"""What the methods say about times, for results that name none; and the times that only an abstract names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from sonospine.extraction.language import sentences
from sonospine.extraction.time_definitions import time_definitions
from sonospine.extraction.times import TimeMention, find_times
from sonospine.model.record import Passage, Record

_MEASURES = re.compile(
    r"\b(?:assess|evaluat|measur|record|examin|follow|visit|scor|rated|asked|taken|outcome|reassess|interview|question|complet|perform)\w*",
    re.IGNORECASE,
)
_UNIT = re.compile(r"\b(?:min|hour|hr|day|week|wk|month|year)|\d\s?h\b", re.IGNORECASE)
_RESULT = re.compile(
    r"\b(?:improv|reduc|decreas|increas|lower|higher|better|differ|fell|rose)\w*", re.IGNORECASE
)
_SHORTEST = 1 / 168
"""An hour: minutes in the methods tell as a rule how long something took, not when it was assessed."""
_NEAR = 0.1
"""Two times are the same within this share of the longer one."""


class PlannedTimes:
    """The times that the methods of a record plan.

    Attributes
    ----------
    definitions
        Codes of times (``T1``) with their meaning.
    """

    def __init__(self, record: Record) -> None:
        self.definitions: Mapping[str, TimeMention] = time_definitions(
            p.text for p in record.passages if p.role != "introduction"
        )
        self._methods = tuple(p.text for p in record.passages if _plans(p))

    @cached_property
    def only(self) -> TimeMention | None:
        """Return the follow-up time of assessment where the methods name exactly one (an undivided abstract counts too)."""
        first: TimeMention | None = None
        for text in self._methods:
            for time in _assessed(text):
                if (time.weeks or 0) < _SHORTEST:
                    continue
                if first is not None and not near(first.weeks, time.weeks):
                    return None
                first = first or time
        return first

    def gave(self, time: TimeMention) -> bool:
        """Tell whether a time is the one that the methods gave, without looking for it."""
        return time is self.__dict__.get("only")


def _plans(passage: Passage) -> bool:
    where = passage.locator.partition("/")[0]
    return where in {"abstract", "body"} and (passage.role == "methods" or passage.role == "abstract")


def _assessed(text: str) -> Iterable[TimeMention]:
    for start, end in sentences(text):
        sentence = text[start:end]
        if _UNIT.search(sentence) and _MEASURES.search(sentence):
            yield from (t for t in find_times(sentence) if t.phase == "follow_up" and t.weeks is not None)


def near(one: float | None, other: float | None) -> bool:
    """Tell whether two numbers of weeks are the same time (3 months and 13 weeks are)."""
    if one is None or other is None:
        return one is other
    return abs(one - other) <= _NEAR * max(abs(one), abs(other))


def times_only_in_abstract(
    record: Record, read: Sequence[float | None]
) -> list[tuple[Passage, int, str, TimeMention]]:
    """Find follow-up times of assessments that an abstract names and nothing else of the article does.

    ``read`` are the times (weeks) of results that were read in the abstract: they need no row without a value.

    Returns
    -------
    list of tuple
        Passage, offset of its sentence, the sentence, and the time; one for each length of time. Nothing where the
        record is an abstract alone or its body names no follow-up time.
    """
    if not any(p.role == "methods" for p in record.body()):
        return []
    named = [found for found in _named_in_abstract(record) if not any(near(found[3].weeks, w) for w in read)]
    if not named:
        return []
    if not any(t.weeks for p in record.body() if p.role == "methods" for t in _assessed(p.text)):
        return []
    elsewhere = [cell.text for table in record.tables for row in table.rows for cell in row]
    left = named
    for text in (*(p.text for p in record.body()), *elsewhere):
        if not left:
            break
        if _UNIT.search(text):
            left = _unknown(left, find_times(text))
    return left


def _named_in_abstract(record: Record) -> list[tuple[Passage, int, str, TimeMention]]:
    found: list[tuple[Passage, int, str, TimeMention]] = []
    for passage in record.abstract():
        if passage.role == "introduction":
            continue
        for start, end in sentences(passage.text):
            sentence = passage.text[start:end]
            if not _UNIT.search(sentence) or not (_MEASURES.search(sentence) or _RESULT.search(sentence)):
                continue
            for time in find_times(sentence):
                again = any(near(time.weeks, other.weeks) for _, _, _, other in found)
                if time.phase == "follow_up" and time.weeks and not again:
                    found.append((passage, start, sentence, time))
    return found


def _unknown(
    named: Iterable[tuple[Passage, int, str, TimeMention]], known: Iterable[TimeMention]
) -> list[tuple[Passage, int, str, TimeMention]]:
    weeks = [t.weeks for t in known if t.phase == "follow_up" and t.weeks]
    return [found for found in named if not any(near(found[3].weeks, w) for w in weeks)]
