"""The times of a sentence that its values can have: not the baseline that a change starts from, nor a length that was measured."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sonospine.extraction.alternatives import folded
from sonospine.extraction.attachment import Mention
from sonospine.extraction.expressions import Expression
from sonospine.extraction.times import TimeMention, find_times

P_VALUE = re.compile(r"\b[pP](?:[- ]?values?)?\s*[=<>≤≥]+\s*[\d.,·]+(?:\s*[×x]\s*10\S+)?")
_BEFORE = re.compile(r"\bbefore\b(?=\s*(?:,|and\b|/|;|vs))", re.IGNORECASE)
_BASELINE = re.compile(r"\bbaseline\b(?=\s+to\s+[-−]?\d[\d.,]*\s*(?:±|\+|\())", re.IGNORECASE)
_AFTER = re.compile(r"(?<=/)\s?after\b|\bafter\b(?=\s*(?:[\[(:,;.)]|was|were|$))", re.IGNORECASE)
_EXTRA_TIMES = (
    ("before", _BEFORE, "baseline", 0.0),
    ("baseline", _BASELINE, "baseline", 0.0),
    ("after", _AFTER, "follow_up", None),
)
# "Improved from baseline", "p = 0.01 vs. baseline", "return to baseline": no value was measured then, unless one follows.
_REFERRING = re.compile(
    r"\b(?:from|versus|vs\.?|than|(?:relative|compar(?:ed?|ison)|similar|equal|back|return\w*)\s+(?:with|to)|since)\s+(?:the\s+|their\s+|that\s+)?(?:time\s+|values?\s+)?(?:of\s+|at\s+)?(?:the\s+)?$",
    re.IGNORECASE,
)
_VALUE_FOLLOWS = re.compile(
    r"\s*(?:(?:values?|scores?|levels?|means?|of|was|were|at)\s*)*[=:,(\[]?\s*[-\u2212\u2013+]?\d",
    re.IGNORECASE,
)
_STARTS_FROM = re.compile(
    r"\b(?:chang\w*|differ\w*|reduc\w*|decreas\w*|increas\w*|improv\w*|declin\w*|drop\w*|fell|rise|rose|gain\w*)"
    r"(?:\s+\w+){0,3}\s+from\s+(?:the\s+|their\s+)?$",
    re.IGNORECASE,
)
_STATED_BEHIND = re.compile(r"\s*(?:was|were|is|of|=)\s*[-\u2212\u2013]?\d", re.IGNORECASE)
_CHANGED = re.compile(
    r"\b(?:chang\w*|differ\w*|reduc\w*|decreas\w*|increas\w*|improv\w*|declin\w*)(?:\s+\w+){0,8}\s+from\s+(?:the\s+|their\s+)?$",
    re.IGNORECASE,
)
# "Differences between baseline and 2 weeks in A and B were -1.6 and -0.3": both values are of the later time.
_DIFFERENCE = re.compile(
    r"\b(?:differences?|changes?|reductions?|decreases?|improvements?|increases?)\b", re.IGNORECASE
)
_BETWEEN = re.compile(r"\bbetween\s+(?:the\s+)?$", re.IGNORECASE)
_AND_LATER = re.compile(
    r"\s+(?:and|to)\s[^.;()\u00b1]{1,120}?\b(?:was|were|is|of)\s*[-\u2212\u2013+]?\d", re.IGNORECASE
)
_ITS_VALUE = re.compile(r"\s+(?:values?|scores?|levels?|means?)\b", re.IGNORECASE)
_ENDS_AT = re.compile(r"[^.;]{0,60}?\bto\b", re.IGNORECASE)
_APPOSED = re.compile(r"\s*\((?:[a-z-]+\s+){0,3}")
_NOTHING = re.compile(r"\s*\(?")
_DIGIT = re.compile(r"\d")
_DECIMAL = re.compile(r"\d[.\u00b7]\d")
_STATED = re.compile(r"\b(?:was|were|is)\s+$", re.IGNORECASE)
_FOLLOWED = re.compile(r"follow|\bafter\b|\bpost|\bat\b|\bp\.?o\.?", re.IGNORECASE)


def times_of(
    text: str, expressions: list[Expression], definitions: Mapping[str, TimeMention]
) -> list[Mention[TimeMention]]:
    """Return the times that the values of a sentence can have.

    A baseline that a change or a comparison starts from, and lengths that were measured, are none of them.
    """
    # P values and values are hidden, so that "P < 0.01; two weeks" is one time and not a list of two.
    hidden = list(text)
    spans = [m.span() for m in P_VALUE.finditer(text)]
    spans += [(e.start, e.end) for e in expressions if e.spread != "none" and e.centre != "count"]
    for start, end in spans:
        hidden[start:end] = "¤" * (end - start)
    shown = "".join(hidden) if spans else text
    found = [Mention(t.start, t.end, t) for t in find_times(shown, definitions)]
    plain = folded(text)
    for word, pattern, phase, weeks in _EXTRA_TIMES:
        if word not in plain:
            continue
        for hit in pattern.finditer(text):
            if not any(hit.start() < m.end and m.start < hit.end() for m in found):
                found.append(
                    Mention(
                        hit.start(),
                        hit.end(),
                        TimeMention(hit.start(), hit.end(), hit.group().strip(), weeks, phase),
                    )
                )
    kept = (m for m in found if not _is_reference_point(text, m) and not _was_measured(text, m))
    return _without_appositions(text, sorted(kept, key=lambda m: m.start))


def _without_appositions(text: str, times: list[Mention[TimeMention]]) -> list[Mention[TimeMention]]:
    """Leave out what only calls the time before it something else: "at week 12 (primary endpoint)", "baseline before treatment"."""
    kept: list[Mention[TimeMention]] = []
    for mention in times:
        told = kept[-1] if kept else None
        twice = told is not None and told.value.phase == mention.value.phase == "baseline"
        if twice and told is not None and _NOTHING.fullmatch(text, told.end, mention.start):
            kept[-1] = Mention(told.start, mention.end, told.value)
            continue
        closed = text[mention.end : mention.end + 1] == ")"
        if (
            told is not None
            and told.value.weeks is not None
            and mention.value.weeks is None
            and closed
            and _APPOSED.fullmatch(text[told.end : mention.start])
        ):
            continue
        kept.append(mention)
    return kept


def _is_reference_point(text: str, mention: Mention[TimeMention]) -> bool:
    """Tell whether a baseline is only what a value is held against."""
    if mention.value.phase != "baseline":
        return False
    before = text[max(0, mention.start - 80) : mention.start]
    if _BETWEEN.search(before) and _AND_LATER.match(text, mention.end):
        return _DIFFERENCE.search(text, 0, mention.start) is not None
    if not _REFERRING.search(before):
        return False
    if _CHANGED.search(before) and _STATED_BEHIND.match(text, mention.end):
        return True
    if not _VALUE_FOLLOWS.match(text, mention.end):
        return True
    # "A change from baseline, -3.1" is the change; "a decrease from baseline (7.2) to 4.1" has its value at baseline.
    if _ITS_VALUE.match(text, mention.end) or _ENDS_AT.match(text, mention.end):
        return False
    return _STARTS_FROM.search(before) is not None


def _was_measured(text: str, mention: Mention[TimeMention]) -> bool:
    """Tell whether a length is a result ("a stay of 8.6 days", "latency was 6 min"), no time at which something was measured."""
    if mention.value.phase != "follow_up" or not _DIGIT.search(mention.value.text):
        return False
    if not _DECIMAL.search(mention.value.text):
        return _STATED.search(text[max(0, mention.start - 8) : mention.start]) is not None
    around = text[max(0, mention.start - 30) : mention.end + 20]
    return not _FOLLOWED.search(around)
