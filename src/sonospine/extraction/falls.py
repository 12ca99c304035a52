"""Values that fall or rise from one to the other: which is the baseline, and which time the other has."""

from __future__ import annotations

import itertools
import re

from sonospine.extraction.attachment import Attached, Gaps, attach
from sonospine.extraction.expressions import Expression
from sonospine.extraction.sentence_parts import Parts
from sonospine.extraction.times import TimeMention

BASELINE = TimeMention(0, 0, "baseline", 0.0, "baseline")
LATER = TimeMention(0, 0, "", None, "follow_up")

_FROM = re.compile(
    r"\bfrom\s+(?:an?\s+)?(?:(?:mean|median|average|baseline|initial|score|value|of|preoperative\w*|pretreatment)\s+)*[(\[]?$",
    re.IGNORECASE,
)
_TO = re.compile(
    r"^\s*[–—]\s*$|^[^;.]*?\bto\s+(?:an?\s+)?(?:(?:mean|median|average|score|value|of|only)\s+)*[(\[]?$",
    re.IGNORECASE,
)
_REACHED = re.compile(
    r"\b(?:decreas|reduc|increas|improv|declin|fell|fall|drop|rose|ris|chang)\w*\b[^.;\d]{0,30}\bto\s+(?:an?\s+)?(?:(?:mean|median|average|score|value|of)\s+)*[(\[]?$",
    re.IGNORECASE,
)
_STARTED = re.compile(
    r"\s*(?:points?|mm|cm|%)?\s*[)\]]?\s*from\s+(?:an?\s+|the\s+)?(?:(?:mean|median|average|baseline|initial|score|value|of)\s+)*[(\[]?$",
    re.IGNORECASE,
)
# "from 62 to 38 for one thing, 60 to 44 for another": the second pair goes on as the first began.
_FROM_BEFORE = re.compile(r"\bfrom\s+[^;.]{0,40}?\d[\d.]*[^;.\d]{0,30}\bto\s+[^;.]{0,30}?\d", re.IGNORECASE)
_NEXT = re.compile(r"(?:,|,?\s*\band)\s*$", re.IGNORECASE)
_AND = re.compile(r"\s*(?:points?|mm|cm|%)?\s*(?:,|,?\s*\band)\s*", re.IGNORECASE)
_BARE_TO = re.compile(r"\s*to\s*")
_BRACKET_ENDS = re.compile(r"\s*(?:[)\]]|[,;]\s*p\b)", re.IGNORECASE)


def same_time(one: TimeMention, other: TimeMention) -> bool:
    """Tell whether two mentions are of the same time, in the same words."""
    return (one.weeks, one.phase, one.text.lower()) == (other.weeks, other.phase, other.text.lower())


def implied_times(
    parts: Parts, group: list[Expression], times: Attached[TimeMention], gaps: Gaps
) -> Attached[TimeMention] | None:
    """Return the times of values of which one is said to have become the other; ``None`` where nothing says so.

    ``times`` are those of the mentions around the values.
    """
    return (
        _to_from(parts, group, times)
        or _from_to(parts.text, group, times, _behind(parts, gaps))
        or _from_to_each(parts, group, gaps)
        or _from_to_lists(parts.text, group, _behind(parts, gaps))
    )


def _from_to(
    text: str, group: list[Expression], times: Attached[TimeMention], behind: TimeMention | None
) -> Attached[TimeMention] | None:
    """Read "from 7.2 to 3.1 at 12 weeks": the first is the baseline, the second the time named."""
    led = (
        _FROM.search(text[max(0, group[0].start - 60) : group[0].start])
        or _falls_in_bracket(text, group)
        or _goes_on(text, group)
    )
    if len(group) % 2 or not led:
        return None
    for i in range(0, len(group), 2):
        if not _TO.match(text[group[i].end : group[i + 1].start]):
            return None
    own = list(times.values)
    named = [v for v in own if v is not None]
    if (
        len(named) == len(own)
        and times.how in {"own", "list"}
        and not all(same_time(v, named[0]) for v in named)
    ):
        return None
    last = next((v for v in reversed(named) if v.phase != "baseline"), None)
    pair = (BASELINE, last or behind or LATER)
    return Attached(tuple(pair[i % 2] for i in range(len(group))), "implied")


def _to_from(
    parts: Parts, group: list[Expression], times: Attached[TimeMention]
) -> Attached[TimeMention] | None:
    """Read "fell to 3.1 from 7.2": the second is the baseline."""
    text = parts.text
    if len(group) % 2 or not _REACHED.search(text[max(0, group[0].start - 60) : group[0].start]):
        return None
    for reached, started in zip(group[::2], group[1::2], strict=True):
        if not _STARTED.match(text[reached.end : started.start]):
            return None
    later = [v if v is not None and v.phase != "baseline" else LATER for v in times.values[::2]]
    return Attached(tuple(time for v in later for time in (v, BASELINE)), "implied")


def _falls_in_bracket(text: str, group: list[Expression]) -> bool:
    """Tell whether a bracket holds two falling values with "to" between them: "(7.2 to 3.1, p < 0.01)" is no range."""
    if len(group) != 2 or text[: group[0].start].rstrip()[-1:] not in ("(", "["):
        return False
    first, second = group
    if not _BARE_TO.fullmatch(text[first.end : second.start]) or not _BRACKET_ENDS.match(text, second.end):
        return False
    return float(first.value) > float(second.value) and first.centre == second.centre


def _goes_on(text: str, group: list[Expression]) -> bool:
    """Tell whether two values with nothing but "to" between them continue a list that began with "from ... to ..."."""
    if len(group) != 2 or not _BARE_TO.fullmatch(text[group[0].end : group[1].start]):
        return False
    before = text[: group[0].start]
    return bool(_NEXT.search(before) and _FROM_BEFORE.search(before))


def _behind(parts: Parts, gaps: Gaps) -> TimeMention | None:
    """Return the first time after baseline that stands behind the last value."""
    start, end = gaps.spans[-1]
    times = (m for m in parts.times if start <= m.start and m.end <= end)
    return next((m.value for m in times if m.value.phase == "follow_up"), None)


def _from_to_each(parts: Parts, group: list[Expression], gaps: Gaps) -> Attached[TimeMention] | None:
    """Read "from 24.9 to 6.3 and 4.4 at 1 and 3 months": the first is the baseline, each other has a time of its own."""
    text = parts.text
    if len(group) < 3 or not _FROM.search(text[max(0, group[0].start - 60) : group[0].start]):
        return None
    if not _TO.match(text[group[0].end : group[1].start]):
        return None
    for head in (gaps.spans[1], gaps.spans[0]):
        later = attach(Gaps(text, (head, *gaps.spans[2:])), parts.times, same=same_time)
        if later.how in {"list", "own"} and all(
            v is not None and v.phase != "baseline" for v in later.values
        ):
            return Attached((BASELINE, *later.values), "implied")
    return None


def _from_to_lists(
    text: str, group: list[Expression], behind: TimeMention | None
) -> Attached[TimeMention] | None:
    """Read "from 6.1 and 7.2 to 3.1 and 2.2": the first half is the baseline, the second what each of it became."""
    half = len(group) // 2
    if half < 2 or len(group) % 2 or not _FROM.search(text[max(0, group[0].start - 60) : group[0].start]):
        return None
    between = [text[one.end : other.start] for one, other in itertools.pairwise(group)]
    listed = all(_AND.fullmatch(words) for k, words in enumerate(between) if k != half - 1)
    if not listed or not _BARE_TO.fullmatch(between[half - 1]):
        return None
    return Attached((BASELINE,) * half + (behind or LATER,) * half, "implied")
