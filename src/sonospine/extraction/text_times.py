"""What the methods say about times, for results that name none; and the times that only an abstract names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sonospine.extraction.language import sentences
from sonospine.extraction.times import TimeMention, find_times, time_definitions
from sonospine.model.record import Passage, Record

_MEASURES = re.compile(
    r"\b(?:assess|evaluat|measur|record|examin|follow|visit|scor|rated|asked|taken|outcome|reassess|interview|question|complet|perform)\w*",
    re.IGNORECASE,
)
_RESULT = re.compile(
    r"\b(?:improv|reduc|decreas|increas|lower|higher|better|differ|fell|rose)\w*", re.IGNORECASE
)
_NEAR = 0.1
"""Two times are the same within this share of the longer one."""


@dataclass(frozen=True, slots=True)
class PlannedTimes:
    """Codes of times with their meaning, and the follow-up time where the methods name exactly one."""

    definitions: Mapping[str, TimeMention]
    only: TimeMention | None


def planned_times(record: Record) -> PlannedTimes:
    """Read the times of assessment in the methods (of abstract and body; an undivided abstract counts too)."""
    methods = [p for p in record.passages if _plans(p)]
    follow_ups: list[TimeMention] = []
    for passage in methods:
        follow_ups += _assessed(passage.text)
    distinct = _distinct(follow_ups)
    texts = [p.text for p in record.passages if p.role != "introduction"]
    return PlannedTimes(time_definitions(texts), distinct[0] if len(distinct) == 1 else None)


def _plans(passage: Passage) -> bool:
    where = passage.locator.partition("/")[0]
    return where in {"abstract", "body"} and (passage.role == "methods" or passage.role == "abstract")


def _assessed(text: str) -> Iterable[TimeMention]:
    for start, end in sentences(text):
        sentence = text[start:end]
        if _MEASURES.search(sentence):
            yield from (t for t in find_times(sentence) if t.phase == "follow_up" and t.weeks is not None)


def _distinct(times: Iterable[TimeMention]) -> list[TimeMention]:
    kept: list[TimeMention] = []
    for time in times:
        if not any(near(time.weeks, other.weeks) for other in kept):
            kept.append(time)
    return kept


def near(one: float | None, other: float | None) -> bool:
    """Tell whether two numbers of weeks are the same time (3 months and 13 weeks are)."""
    if one is None or other is None:
        return one is other
    return abs(one - other) <= _NEAR * max(abs(one), abs(other))


def times_only_in_abstract(
    record: Record, read: Iterable[float | None]
) -> list[tuple[Passage, int, str, TimeMention]]:
    """Find follow-up times of assessments that an abstract names and nothing else of the article does.

    ``read`` are the times (weeks) of results that were read in the abstract: they need no row without a value.

    Returns
    -------
    list of tuple
        Passage, offset of its sentence, the sentence, and the time; one for each length of time. Nothing where the
        record is an abstract alone or its body names no follow-up time.
    """
    told = [t for p in record.body() if p.role == "methods" for t in _assessed(p.text)]
    if not any(t.weeks for t in told):
        return []
    told += [t for p in record.body() for t in find_times(p.text)]
    told += [
        t for table in record.tables for row in table.rows for cell in row for t in find_times(cell.text)
    ]
    known = [t.weeks for t in told if t.phase == "follow_up" and t.weeks]
    known += [weeks for weeks in read if weeks]
    found: list[tuple[Passage, int, str, TimeMention]] = []
    for passage in record.abstract():
        if passage.role == "introduction":
            continue
        for start, end in sentences(passage.text):
            sentence = passage.text[start:end]
            if not _MEASURES.search(sentence) and not _RESULT.search(sentence):
                continue
            for time in find_times(sentence):
                if time.phase == "follow_up" and time.weeks and not any(near(time.weeks, k) for k in known):
                    found.append((passage, start, sentence, time))
                    known.append(time.weeks)
    return found
