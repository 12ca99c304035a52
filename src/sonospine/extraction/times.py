"""Times as reported, turned into weeks from the start of treatment.

``phase`` is ``baseline`` (before treatment), ``procedure`` (measured during it) or ``follow_up``; "just after" is
``follow_up`` with 0 weeks. A time that names no length (``discharge``, ``post-treatment``) has no weeks.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sonospine.extraction.alternatives import any_of, folded, holds
from sonospine.model.number_words import BELOW_HUNDRED

WEEKS = {"minute": 1 / 10080, "hour": 1 / 168, "day": 1 / 7, "week": 1.0, "month": 4.345, "year": 52.14}

_UNITS = (
    r"(?P<{0}>minutes?|mins?|hours?|hrs?|days?|weeks?|wks?|months?|mos?|mths?|years?|yrs?"
    r"|min\.|hr\.|wk\.|mo\.|yr\.|[hdw](?![\w/]))"
)
_UNIT = _UNITS.format("unit")
_SPELLED = any_of(w for w, v in BELOW_HUNDRED.items() if 0 < v < 100)
_AMOUNT = r"(?:\d{1,3}(?:[.,\u00b7]\d+)?|" + _SPELLED + r")"
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "twelfth": 12,
}  # fmt: skip
_FRACTIONS = {
    "half an hour": 30 / 10080,
    "half hour": 30 / 10080,
    "half a year": 26.07,
    "one and a half hours": 1.5 / 168,
}
_DASH = r"[-\u2010-\u2015\u2212]"

_BASELINE = (
    r"base-?\s?lines?(?!\s+(?:characteristics?|to\b))|pre-?\s?(?:treatment|intervention|operative(?:ly)?|injection|procedur\w+|block|test"
    r"|therapy|surgery|op|training|exercises?|study|randomi[sz]ation|dose|medication|rehabilitation)\b|pre(?=[\s\-\u2013/]*post\b)"
    r"|(?:just\s+|immediately\s+|prior|shortly\s+)?before\s+(?:the\s+)?(?:first\s+)?(?:treatment|intervention|injection|surgery|procedure"
    r"|operation|therapy|randomi[sz]ation|block\w*|start|program\w*|rehabilitation|training)"
    r"|prior\s+to\s+(?:the\s+)?(?:treatment|intervention|injection|surgery|procedure|operation|therapy|block)"
    r"|at\s+(?:study\s+)?(?:entry|inclusion|enrolment|enrollment|admission|the\s+start)|(?:on\s+)?(?:study\s+)?entry\b(?=\s*$)|initial(?:ly)?\b"
    r"(?!\s+(?:\w+\s+)?(?:decreas|increas|fall|rise|drop|improve|reduc|respon|dose|loading|bolus))"
    r"|at\s+randomi[sz]ation|onset\s+of\s+treatment|^\s*(?:before|pre)\s*(?:\)|$|[,;(])|^\s*pre[-\s]?(?:values?|scores?|results?|measure\w*)\b|\bBL\b(?=\s*$)|(?<=\w\s)(?:before|pre)\s*$"
)
_IMMEDIATE = (
    r"(?:immediately|directly|right|just|shortly)\s+(?:after|following|post)(?:\s*[-\u2010\u2013]?\s*(?:the\s+)?(?:treatment|intervention|injection|surgery"
    r"|procedure|operation|therapy|block))?|immediate(?:ly)?\s+post[-\s]?\s?\w*|immediate\s+(?:effect|post\w*)"
    r"|(?:at|on|in|upon)\s+(?:arrival|admission)\s+(?:to|in|at|into)\s+(?:the\s+)?(?:PACU|post-?an\w+|recovery)"
    r"|(?:at|in)\s+(?:the\s+)?(?:recovery(?:\s+room)?|PACU|post-?an[a-z]+\s+care\s+unit)\b|after\s+(?:extubation|awakening)"
    r"|(?:at\s+)?(?:the\s+)?end\s+of\s+(?:the\s+)?(?:surgery|operation|procedure|injection)"
)
_DURING = (
    r"(?:during|throughout)\s+(?:the\s+)?(?:procedure|injection|treatment\s+procedure|surgery|operation|block|puncture|intervention)"
    r"|intra-?\s?(?:operative(?:ly)?|procedural(?:ly)?)|at\s+the\s+time\s+of\s+(?:the\s+)?(?:procedure|injection|needle)"
)
_AFTER = (
    r"post-?\s?(?:treatment|intervention|injection|test|therapy|procedure|block|training|exercises?|program\w*|op\b|operative\w*|surgery|rehabilitation)"
    r"|(?:at\s+)?(?:the\s+)?(?:end|completion|conclusion|cessation)\s+of\s+(?:the\s+)?(?:\w+\s+)?(?:treatment|intervention|therapy|study|trial|program\w*|training"
    r"|follow-?\s?up|rehabilitation|period|course|sessions?|exercises?|care)"
    r"|(?:end|final|last|exit)\s+(?:test|value|measure\w*|assessments?|evaluations?|scores?|examinations?|session)"
    r"|after\s+(?:the\s+)?(?:treatment|intervention|injection|therapy|surgery|procedure|operation|block|training|program\w*)"
    r"|after\s+(?:the\s+)?(?:\w+\s+){0,2}(?:sessions|treatments|injections)|(?:at\s+)?(?:hospital\s+)?discharge|follow[-\s]?\s?ups?|final\s+(?:visit|assessment|follow[-\s]?up)|last\s+(?:visit|follow[-\s]up)|^\s*(?:after|post)\s*(?:\)|$|[,;(])|^\s*post[-\s]?(?:values?|scores?|results?|measure\w*)\b"
    r"|end-?point|(?<=\w\s)(?:after|post)\s*$"
)
_LEAD = r"(?:(?P<within>within|up\s+to|over|for|last|past|previous|every|per|duration\s+of|next|first)\s+(?:the\s+)?(?:last\s+|past\s+|previous\s+|next\s+|first\s+)?)?"

_LENGTH = re.compile(
    _LEAD
    + r"(?<![\w.,\u00b7/])(?P<list>"
    + _AMOUNT
    + r"(?:(?:\s?[,;]\s?(?:and\s|or\s)?|\s(?:and|or)\s|\s?[&/+]\s?)"
    + _AMOUNT
    + r"){0,9})"
    + r"(?:(?:st|nd|rd|th))?(?:\s*"
    + _DASH
    + r"?\s*)"
    + _UNIT
    + r"(?![\w])",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"(?<![\w])(?P<unit>minutes?|mins?|hours?|days?|weeks?|wks?|months?|mos?|years?|POD|W|D|M|H|Y|wk|mo)(?P<gap>\s*"
    + _DASH
    + r"?\s*|\s+)"
    r"(?P<list>\d{1,3}(?:(?:\s?,\s?(?:and\s)?|\sand\s|\s?[&/]\s?)\d{1,3}){0,9})(?![\w%.]|\s*(?:"
    + _DASH
    + r"|to)\s*\d)",
    re.IGNORECASE,
)
_ORDINAL = re.compile(
    r"(?<!\w)(?P<word>"
    + any_of(_ORDINALS)
    + r"|\d{1,2}(?:st|nd|rd|th))\s+(?:post-?\s?\w+\s+)?"
    + _UNIT
    + r"(?!\w)",
    re.IGNORECASE,
)
_SIMPLE = [
    (
        "fraction",
        re.compile(r"\b(?:" + "|".join(sorted(_FRACTIONS, key=len, reverse=True)) + r")\b", re.IGNORECASE),
    ),
    ("immediate", re.compile(_IMMEDIATE, re.IGNORECASE)),
    ("during", re.compile(_DURING, re.IGNORECASE)),
    ("baseline", re.compile(r"(?<!\w)(?:" + _BASELINE + r")(?!\w)", re.IGNORECASE)),
    ("after", re.compile(r"(?<!\w)(?:" + _AFTER + r")(?!\w)", re.IGNORECASE)),
]
# An amount and the first letter of a unit stand, folded, in every match of the two expressions above it.
_COUNTED = re.compile(
    rf"(?:\d|{_SPELLED}|{any_of(_ORDINALS)})(?:st|nd|rd|th)?\s*{_DASH}?\s*(?:post-?\s?\w+\s+)?[mhdwy]",
)
# In every match of ``_LABELLED``, folded: a word that begins as a unit does, and a digit behind it.
_UNIT_FIRST = re.compile(rf"[mhdwyp][a-z]{{0,6}}\s*{_DASH}?\s*\d")
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
_SURGERY = re.compile(r"surg|operat|\bop\b|postop|\bPOD\b", re.IGNORECASE)
_TREATED = re.compile(r"treatment|interven|inject|proced|therap|block", re.IGNORECASE)
_RANDOM = re.compile(r"randomi[sz]", re.IGNORECASE)
_END = re.compile(
    r"(?:end|completion|cessation|last|final)\s+(?:of\s+)?(?:the\s+)?(?:treatment|intervention|therapy|injection|training|program)|after\s+discharge",
    re.I,
)
_AGE = re.compile(r"\s*(?:old\b|of\s+age\b)|\s*\(?\s*(?:\u00b1|\+/-)", re.IGNORECASE)
# Counted from before any treatment: how long after its start that is, is not known.
_GESTATION = re.compile(r"['\u2019]?\s*(?:of\s+)?gestation(?:al\s+age)?\b", re.IGNORECASE)
_AGE_BEFORE = re.compile(
    r"(?:\baged?|\u00b1|\+/-|>|<|\u2265|\u2264|\d\s?to|\bolder\s+than|\d\s?[-\u2013])\s*$", re.IGNORECASE
)
# The look back stands behind the letter, so that the search goes from one such letter to the next.
_CODE = re.compile(r"[TtVv](?<!\w.)[\u2080-\u2089\d]{1,2}(?!\w)")


@dataclass(frozen=True, slots=True)
class TimeMention:
    """A time as printed at its place; ``weeks`` is ``None`` where the words name no length."""

    start: int
    end: int
    text: str
    weeks: float | None
    phase: str
    time_from: str = ""


def weeks_of(amount: float, unit: str) -> float:
    """Return an amount of a unit of time in weeks (1 month = 4.345, 1 year = 52.14)."""
    return amount * WEEKS[unit]


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
    if text in _ORDINALS:
        return float(_ORDINALS[text])
    return float(re.sub(r"[,\u00b7]", ".", re.sub(r"(?:st|nd|rd|th)$", "", text)))


_NEGATIVE = re.compile(r"\s[-\u2010\u2011\u2013\u2212]$|\u2212$")
_RANGE_BEHIND = re.compile(r"\s*[a-z]{0,3}\s*(?:[-\u2010-\u2015\u2212]|to)\s*[TtVv]\d")
_RANGE_BEFORE = re.compile(r"[TtVv]\d{1,2}\s*[a-z]{0,3}\s*(?:[-\u2010-\u2015\u2212]|to)\s*$")
_MINUS_BEFORE = re.compile(r"(?:^\s*[-\u2010\u2011\u2013\u2212]|(?:^|[\s(])\u2212)$")
_AMOUNTS = re.compile(_AMOUNT, re.IGNORECASE)


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
    words = text[first.start : second.end]
    origin = known.time_from or _counted_from(words)
    return replace(known, start=first.start, end=second.end, text=words, time_from=origin)


def _candidates(text: str, definitions: Mapping[str, TimeMention]) -> Iterable[TimeMention]:
    lengths = list(_lengths(text))
    simple = list(_simple(text))
    yield from (m for m in simple if m.phase == "baseline" and m.weeks is not None and m.end - m.start > 14)
    yield from lengths
    yield from simple
    if definitions:
        for found in _CODE.finditer(text):
            meaning = definitions.get(_code(found.group()))
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
        for found in pattern.finditer(text):
            words, start, end = found.group(), found.start(), found.end()
            if kind == "baseline":
                yield TimeMention(start, end, words, 0.0, "baseline")
            elif kind == "fraction":
                yield TimeMention(
                    start,
                    end,
                    words,
                    _FRACTIONS[" ".join(words.lower().split())],
                    "follow_up",
                    _counted_from(words),
                )
            elif kind == "immediate":
                yield TimeMention(start, end, words, 0.0, "follow_up", _counted_from(words))
            elif kind == "during":
                yield TimeMention(start, end, words, 0.0, "procedure")
            else:
                yield TimeMention(start, end, words, None, "follow_up", _counted_from(words))


def _lengths(text: str) -> Iterable[TimeMention]:
    plain = folded(text)
    counted = _COUNTED.search(plain) is not None
    for found in _ORDINAL.finditer(text) if counted else ():
        if found["word"].lower() == "second" and text[found.end() :][:1] == "s":
            continue
        yield _mention(text, found.start(), found.end(), found.group(), _amount(found["word"]), found["unit"])
    for found in _LENGTH.finditer(text) if counted else ():
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
    glued = found["unit"] == "D" and text[found.start("unit") - 1].isdigit()
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
    weeks = weeks_of(amount, _unit_name(unit))
    before = _BEFORE_TAIL.match(text, stop)
    if before is not None:
        end = before.end() if end == stop else end
        return TimeMention(start, end, text[start:end], 0.0, "baseline")
    tail = _PRINTED_TAIL.match(text, stop)
    behind = text[stop : stop + 50] if tail is None else tail.group()
    time_from = (
        _counted_from(behind) or _counted_from(words) or _counted_from(text[max(0, start - 30) : start])
    )
    if tail is not None and tail["what"] and after is not None and end == after:
        end, words = tail.end(), text[start : tail.end()]
    phase = "baseline" if amount == 0 and _unit_name(unit) not in ("hour", "minute") else "follow_up"
    return TimeMention(start, end, words, weeks, phase, time_from)


@functools.lru_cache(maxsize=4096)
def _counted_from(words: str) -> str:
    if _END.search(words):
        return "end_of_treatment"
    if _SURGERY.search(words):
        return "surgery"
    if _RANDOM.search(words):
        return "randomisation"
    return "treatment" if _TREATED.search(words) else ""


def _code(text: str) -> str:
    digits = "".join(str(ord(c) - 0x2080) if "\u2080" <= c <= "\u2089" else c for c in text[1:])
    return text[0].upper() + digits


_DEFINED = re.compile(
    r"(?:(?P<before>[^.;:()]{3,80}?)\s*\(\s*(?P<code>[TtVv][\u2080-\u2089\d]{1,2})\s*\))"
    r"|(?:(?<!\w)(?P<code2>[TtVv][\u2080-\u2089\d]{1,2})\s*(?:=|:|,|\(|is|was|indicates|denotes|represents)\s*(?P<behind>[^.;,]{3,80}))"
)


_CODES = re.compile(
    r"(?<!\w)[TtVv][\u2080-\u2089\d]{1,2}(?:(?:\s*[,;/]\s*(?:and\s+)?|\s+and\s+|\s*&\s*)[TtVv][\u2080-\u2089\d]{1,2}){1,11}(?!\w)"
)
_LISTED_WITHIN = 140


def _listed(text: str) -> Iterable[tuple[str, TimeMention]]:
    """Yield the codes of a list with the times of a list as long behind or before it (``T1, T2: 1 and 2 weeks``)."""
    for run in _CODES.finditer(text):
        codes = [_code(c.group()) for c in _CODE.finditer(run.group())]
        behind = re.split(r"[.(;]\s", text[run.end() : run.end() + _LISTED_WITHIN], maxsplit=1)[0]
        before = re.split(r"[.;]\s", text[max(0, run.start() - _LISTED_WITHIN) : run.start()])[-1]
        for words in (behind, before):
            times = find_times(words)
            if len(times) == len(codes):
                yield from zip(codes, times, strict=True)
                break


def time_definitions(texts: Iterable[str]) -> dict[str, TimeMention]:
    """Return what codes such as ``T1`` mean in a document: ``at 6 weeks (T1)``, ``T0 = baseline``; first come, first kept."""
    meanings: dict[str, TimeMention] = {}
    for text in texts:
        if not _CODE.search(text):
            continue
        for code, mention in _listed(text):
            meanings.setdefault(code, mention)
        for found in _DEFINED.finditer(text):
            code = _code(found["code"] or found["code2"])
            mentions = find_times(found["before"] or found["behind"] or "")
            if mentions and code not in meanings:
                meanings[code] = mentions[-1] if found["before"] else mentions[0]
    return meanings
