"""Zeros in sentences: what nobody at all had, and 0 % of a few people."""

from __future__ import annotations

import re
from dataclasses import replace

from sonospine.extraction.arms import Arm
from sonospine.extraction.expressions import Expression
from sonospine.extraction.outcome_labels import Label
from sonospine.extraction.people import nobody_told
from sonospine.extraction.runs import Run
from sonospine.extraction.sentence_parts import Parts

_SEEN = re.compile(
    r"\s*(?:was|were|have been|has been|had been)?\s*(?:\w+ly\s+)?(?:reported|observed|noted|seen|found|recorded|detected|encountered|occurred|developed)\b",
    re.IGNORECASE,
)
_THERE_WERE = re.compile(r"\bthere\s+(?:was|were)\s+$", re.IGNORECASE)
_CAUSE = re.compile(
    r"\s*(?:related|due|attribut\w+|attributable)\s+to\s+(?:the\s+)?(?:[\w-]+\s+){1,4}?(?=was\b|were\b|ha[sd]\b|have\b|occur)"
)
_NO_EVENT = re.compile(
    r"\b(?:differ\w*|chang\w*|correlation|association|(?<!adverse )(?<!side )effects?|interaction|relation\w*|evidence|improvement|significan\w*|reduction|increase|decrease|trend)\b(?! events?)",
    re.IGNORECASE,
)
_NOT_ROUNDED_OFF = 100


def is_nobody(statistic: Expression, parts: Parts, label: Label) -> bool:
    """Tell whether nobody at all had something: "no adverse events were seen", "... in either group"."""
    none = statistic.centre == "count" and statistic.value == "0" and not statistic.total and not parts.arms
    cause = _CAUSE.match(parts.text, label.end) if none else None
    there = none and _THERE_WERE.search(parts.text, 0, statistic.start)
    seen = there or (none and _SEEN.match(parts.text, cause.end() if cause else label.end))
    if none and nobody_told(parts.text, statistic.numbers[0].start) is not None:
        return not _NO_EVENT.search(label.text)
    whole = parts.text[statistic.start : max(statistic.end, label.end)]
    return bool(seen) and statistic.numbers[0].end <= label.start and not _NO_EVENT.search(whole)


def nobody_by_percent(statistic: Expression, run: Run, arm: Arm | None) -> Expression:
    """Read 0 % among counts as nobody, where the arm is too small for anybody to be rounded off."""
    if statistic.centre != "percent" or statistic.value != "0" or arm is None:
        return statistic
    n, _ = arm.size()
    if not n or int(n) > _NOT_ROUNDED_OFF or not any(e.centre == "count" for e in run.expressions):
        return statistic
    return replace(statistic, centre="count")
