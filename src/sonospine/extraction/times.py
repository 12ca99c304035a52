"""Times as reported, turned into weeks from the start of treatment.

``phase`` is ``baseline`` (before treatment), ``procedure`` (measured during it) or ``follow_up``; "just after" is
``follow_up`` with 0 weeks. A time that names no length (``discharge``, ``post-treatment``) has no weeks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sonospine.extraction.alternatives import any_of, folded, holds
from sonospine.extraction.time_origins import counted_from
from sonospine.extraction.time_words import (
    AFTER,
    AMOUNT,
    BASELINE,
    DASH,
    DURING,
    FRACTIONS,
    IMMEDIATE,
    LEAD,
    ORDINALS,
    SPELLED,
    UNIT,
)
from sonospine.model.number_words import BELOW_HUNDRED

WEEKS = {"minute": 1 / 10080, "hour": 1 / 168, "day": 1 / 7, "week": 1.0, "month": 4.345, "year": 52.14}


# For a folded text, as all expressions below but those of short signs: without case a search is twice as fast.
_LENGTH = re.compile(
    LEAD
    + r"(?<![\w.,\u00b7/])(?P<list>"
    + AMOUNT
    + r"(?:(?:\s?[,;]\s?(?:and\s|or\s)?|\s(?:and|or)\s|\s?[&/+]\s?)"
    + AMOUNT
    + r"){0,9})"
    + r"(?:(?:st|nd|rd|th))?(?:\s*"
    + DASH
    + r"?\s*)"
    + UNIT
    + r"(?![\w])",
)
_LABELLED = re.compile(
    r"(?<![\w])(?P<unit>minutes?|mins?|hours?|days?|weeks?|wks?|months?|mos?|years?|POD|W|D|M|H|Y|wk|mo)(?P<gap>\s*"
    + DASH
    + r"?\s*|\s+)"
    r"(?P<list>\d{1,3}(?:(?:\s?,\s?(?:and\s)?|\sand\s|\s?[&/]\s?)\d{1,3}){0,9})(?![\w%.]|\s*(?:"
    + DASH
    + r"|to)\s*\d)",
    re.IGNORECASE,
)
# "at 10 (min)", as rows of a table print it.
_UNIT_IN_BRACKETS = re.compile(
    r"\b(?:at|after)\s+(?P<list>\d{1,3})\s*\(\s*(?P<unit>min(?:ute)?s?|h(?:(?:ou)?rs?)?|days?|weeks?|wks?|months?)\s*\)"
)
_ORDINAL = re.compile(
    r"(?<!\w)(?P<word>"
    + any_of(ORDINALS)
    + r"|\d{1,2}(?:st|nd|rd|th))\s+(?:post-?\s?\w+\s+)?"
    + UNIT
    + r"(?!\w)",
)
_SIMPLE = [
    (
        "fraction",
        re.compile(r"\b(?:" + "|".join(sorted(FRACTIONS, key=len, reverse=True)) + r")\b"),
    ),
    ("immediate", re.compile(IMMEDIATE)),
    ("during", re.compile(DURING)),
    ("baseline", re.compile(r"(?<!\w)(?:" + BASELINE + r")(?!\w)")),
    ("after", re.compile(r"(?<!\w)(?:" + AFTER + r")(?!\w)")),
]
# An amount and the first letter of a unit stand, folded, in every match of the two expressions above it.
_COUNTED = re.compile(
    rf"(?:\d|{SPELLED}|{any_of(ORDINALS)})(?:st|nd|rd|th)?\s*{DASH}?\s*(?:post-?\s?\w+\s+)?[mhdwy]",
)
# In every match of ``_LABELLED``, folded: a word that begins as a unit does, and a digit behind it.
_UNIT_FIRST = re.compile(rf"[mhdwyp][a-z]{{0,6}}\s*{DASH}?\s*\d")
# Any match holds one of these words: most sentences hold none.
_WORDS_OF = {
    "fraction": ("half",),
    "immediate": (
        "immediate", "directly", "right", "just", "shortly", "arrival", "admission", "recovery", "pacu", "post",
        "extubation", "awakening", "end",
    ),
    "during": ("during", "throughout", "intra", "time"),
    "baseline": (
        "base", "pre", "before", "prior", "entry", "inclusion", "enrol", "admission", "start", "initial", "randomi",
        "onset", "bl",
    ),
    "after": (
        "post", "end", "completion", "conclusion", "cessation", "final", "last", "exit", "after", "discharge", "follow",
    ),
}  # fmt: skip
_BEFORE_TAIL = re.compile(r"\s*(?:before|prior\s+to|pre-)(?:\s*(?:the\s+)?[\w-]+)?", re.IGNORECASE)
_PRINTED_TAIL = re.compile(
    r"(?P<tail>\s*[-,]?\s*(?:after|following|from|post|since|of)[-\s]*(?:the\s+)?(?:end\s+of\s+(?:the\s+)?)?(?:first\s+|last\s+|final\s+|initial\s+)?"
    r"(?P<what>treatment|intervention|injections?|surgery|procedure|operation|therapy|block\w*|randomi[sz]ation|baseline|start\w*|discharge|"
    r"operative\w*|op\b|training|completion|follow[-\s]?up)?)",
    re.IGNORECASE,
)
_NAME_BEFORE = re.compile(r"[A-Za-z][-\u2010\u2011]$")
_AGE = re.compile(r"\s*(?:old\b|of\s+age\b)|\s*\(?\s*(?:\u00b1|\+/-)", re.IGNORECASE)
# Counted from before any treatment: how long after its start that is, is not known.
_GESTATION = re.compile(r"['\u2019]?\s*(?:of\s+)?gestation(?:al\s+age)?\b", re.IGNORECASE)
_AGE_BEFORE = re.compile(
    r"(?:\baged?|\u00b1|\+/-|>|<|\u2265|\u2264|\d\s?to|\bolder\s+than|\d\s?[-\u2013])\s*$", re.IGNORECASE
)
# The look back stands behind the letter, so that the search goes from one such letter to the next.
CODE = re.compile(r"[TtVv](?<!\w.)[\u2080-\u2089\d]{1,2}(?!\w)")


@dataclass(frozen=True, slots=True)
class TimeMention:
    """A time as printed at its place; ``weeks`` is ``None`` where the words name no length."""

    start: int
    end: int
    text: str
    weeks: float | None
    phase: str
    time_from: str = ""


def weeks_of(amount: str, unit: str) -> float:
    """Return a printed length of time ("four", "wks") in weeks (1 month = 4.345, 1 year = 52.14)."""
    return _amount(amount) * WEEKS[_unit_name(unit)]


def _unit_name(unit: str) -> str:
    unit = unit.lower().rstrip(".")
    if unit == "pod":
        return "day"
    if unit.startswith("min"):
        return "minute"
    return {"h": "hour", "d": "day", "w": "week", "m": "month", "y": "year"}[unit[0]]


def _amount(text: str) -> float:
    text = text.lower().strip()
    if text in BELOW_HUNDRED:
        return float(BELOW_HUNDRED[text])
    if text in ORDINALS:
        return float(ORDINALS[text])
    return float(re.sub(r"[,\u00b7]", ".", re.sub(r"(?:st|nd|rd|th)$", "", text)))


_NEGATIVE = re.compile(r"\s[-\u2010\u2011\u2013\u2212]$|\u2212$")
_RANGE_BEHIND = re.compile(r"\s*[a-z]{0,3}\s*(?:[-\u2010-\u2015\u2212]|to)\s*[TtVv]\d")
_RANGE_BEFORE = re.compile(r"[TtVv]\d{1,2}\s*[a-z]{0,3}\s*(?:[-\u2010-\u2015\u2212]|to)\s*$")
_MINUS_BEFORE = re.compile(r"(?:^\s*[-\u2010\u2011\u2013\u2212]|(?:^|[\s(])\u2212)$")
_SAYS_AFTER = re.compile(r"follow|after|post", re.IGNORECASE)
_AMOUNTS = re.compile(AMOUNT, re.IGNORECASE)


def find_times(text: str, definitions: Mapping[str, TimeMention] | None = None) -> list[TimeMention]:
    """Return the times of a text in order, none overlapping another.

    ``definitions`` maps codes of the document (``T1``) to what they mean (``time_definitions``); without it a code
    is no time. Ages and spans ("for the last 3 months") are not times.
    """
    taken: list[TimeMention] = []
    for mention in _candidates(text, definitions or {}):
        if not any(mention.start < t.end and t.start < mention.end for t in taken):
            taken.append(mention)
    taken.sort(key=lambda t: t.start)
    merged: list[TimeMention] = []
    for mention in taken:
        together = _rounded_off(text, merged[-1], mention) if merged else None
        if together is not None:
            merged[-1] = together
        else:
            merged.append(mention)
    return merged


def _rounded_off(text: str, first: TimeMention, second: TimeMention) -> TimeMention | None:
    """Return two mentions as one where one only rounds off the other: ``6-week follow-up``, ``post-op day 1``."""
    if (first.weeks is None) == (second.weeks is None) or text[first.end : second.start].strip(
        " ,()-\u2010\u2013"
    ):
        return None
    known = first if first.weeks is not None else second
    if known.phase != "follow_up":
        return None
    if (
        known is second
        and "," in text[first.end : second.start]
        and _SAYS_AFTER.search(text, second.start, second.end + 12)
    ):
        return None  # "post-intervention, 2-week follow-up" are two times of a list
    words = text[first.start : second.end]
    origin = known.time_from or counted_from(words)
    return replace(known, start=first.start, end=second.end, text=words, time_from=origin)


def _candidates(text: str, definitions: Mapping[str, TimeMention]) -> Iterable[TimeMention]:
    lengths = list(_lengths(text))
    simple = list(_simple(text))
    yield from (m for m in simple if m.phase == "baseline" and m.weeks is not None and m.end - m.start > 14)
    yield from lengths
    yield from simple
    if definitions:
        for found in CODE.finditer(text):
            meaning = definitions.get(code_of(found.group()))
            if meaning is not None and meaning.phase == "baseline" and _in_range(text, found):
                continue  # "T0-T4" is the time between: it begins before treatment and is not of then
            if meaning is not None:
                yield replace(meaning, start=found.start(), end=found.end(), text=found.group())


def _in_range(text: str, code: re.Match[str]) -> bool:
    behind, before = text[code.end() : code.end() + 12], text[max(0, code.start() - 12) : code.start()]
    return bool(_RANGE_BEHIND.match(behind) or _RANGE_BEFORE.search(before))


def _simple(text: str) -> Iterable[TimeMention]:
    plain = folded(text)
    for kind, pattern in _SIMPLE:
        if not holds(plain, _WORDS_OF[kind]):
            continue
        for found in pattern.finditer(plain):
            start, end = found.span()
            words = text[start:end]
            if kind == "baseline":
                yield TimeMention(start, end, words, 0.0, "baseline")
            elif kind == "fraction":
                yield TimeMention(
                    start,
                    end,
                    words,
                    FRACTIONS[" ".join(found.group().split())],
                    "follow_up",
                    counted_from(words),
                )
            elif kind == "immediate":
                yield TimeMention(start, end, words, 0.0, "follow_up", counted_from(words))
            elif kind == "during":
                yield TimeMention(start, end, words, 0.0, "procedure")
            else:
                yield TimeMention(start, end, words, None, "follow_up", counted_from(words))


def _lengths(text: str) -> Iterable[TimeMention]:
    plain = folded(text)
    counted = _COUNTED.search(plain) is not None
    for found in _ORDINAL.finditer(plain) if counted else ():
        if found["word"] == "second" and text[found.end() :][:1] == "s":
            continue
        start, end = found.span()
        yield _mention(text, start, end, text[start:end], _amount(found["word"]), found["unit"])
    for found in _LENGTH.finditer(plain) if counted else ():
        gestation = _GESTATION.match(text, found.end())
        if gestation is not None and not found["within"] and not _before_age(text, found.start()):
            start, end = found.start("list"), gestation.end()
            yield TimeMention(start, end, text[start:end], None, "")
            continue
        if found["within"] or _AGE.match(text, found.end()) or _before_age(text, found.start()):
            continue
        if _names_dimensions(text, found):
            continue
        if _MINUS_BEFORE.search(text[: found.start("list")]):
            yield TimeMention(
                found.start() - 1, found.end(), text[found.start() - 1 : found.end()], 0.0, "baseline"
            )
            continue
        yield from _each(text, found, last_holds_unit=True)
    for found in _UNIT_IN_BRACKETS.finditer(plain) if "(" in plain else ():
        start, end = found.start("list"), found.end()
        yield _mention(text, start, end, text[start:end], _amount(found["list"]), found["unit"])
    for found in _LABELLED.finditer(text) if _UNIT_FIRST.search(plain) else ():
        short = len(found["unit"]) == 1
        if short and (
            found["unit"].islower()
            or (found["gap"].strip(" ") == "" and found["gap"])
            or _AMOUNTS.match(found["unit"])
            or re.search(r"[A-Z]-$", text[: found.start()])  # "ABC-Y1" is the name of a form
        ):
            continue
        if found["unit"].lower() in ("d", "m", "h", "y") and "," in found["list"]:
            continue
        if _NEGATIVE.search(found["gap"]):
            yield TimeMention(found.start(), found.end(), found.group(), 0.0, "baseline")
            continue
        yield from _each(text, found, last_holds_unit=False)


def _names_dimensions(text: str, found: re.Match[str]) -> bool:
    """Tell whether digits and a letter are part of a name and no time: ``EQ-5D``, ``3D``."""
    unit = found.start("unit")
    glued = text[unit : found.end("unit")] == "D" and text[unit - 1].isdigit()
    return glued and (len(found["list"]) == 1 or _NAME_BEFORE.search(text[: found.start("list")]) is not None)


def _before_age(text: str, start: int) -> bool:
    return _AGE_BEFORE.search(text[max(0, start - 14) : start]) is not None


def _each(text: str, found: re.Match[str], *, last_holds_unit: bool) -> Iterable[TimeMention]:
    first = found.start("list")
    pieces = [(first + m.start(), first + m.end(), m.group()) for m in _AMOUNTS.finditer(found["list"])]
    for k, (start, end, amount) in enumerate(pieces):
        if last_holds_unit and k == len(pieces) - 1:
            end = found.end()
        if not last_holds_unit and k == 0:
            start = found.start()
        if amount.lower() == "one" and k < len(pieces) - 1 and len(pieces) == 1:
            continue
        yield _mention(text, start, end, text[start:end], _amount(amount), found["unit"], after=found.end())


def _mention(
    text: str, start: int, end: int, words: str, amount: float, unit: str, after: int | None = None
) -> TimeMention:
    stop = end if after is None else after
    weeks = amount * WEEKS[_unit_name(unit)]
    before = _BEFORE_TAIL.match(text, stop)
    if before is not None:
        end = before.end() if end == stop else end
        return TimeMention(start, end, text[start:end], 0.0, "baseline")
    tail = _PRINTED_TAIL.match(text, stop)
    behind = text[stop : stop + 50] if tail is None else tail.group()
    time_from = counted_from(behind) or counted_from(words) or counted_from(text[max(0, start - 30) : start])
    if tail is not None and tail["what"] and after is not None and end == after:
        end, words = tail.end(), text[start : tail.end()]
    phase = "baseline" if amount == 0 and _unit_name(unit) not in ("hour", "minute") else "follow_up"
    return TimeMention(start, end, words, weeks, phase, time_from)


def code_of(text: str) -> str:
    """Return a code as it is looked up: a capital letter and plain digits."""
    digits = "".join(str(ord(c) - 0x2080) if "\u2080" <= c <= "\u2089" else c for c in text[1:])
    return text[0].upper() + digits
