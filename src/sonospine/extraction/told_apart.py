"""Values of a run that would be of the same arm and time: which of them are, and which are the other arm's."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sonospine.extraction.arms import Arm
from sonospine.extraction.attachment import Attached
from sonospine.extraction.directions import contradicts
from sonospine.extraction.expressions import Expression
from sonospine.extraction.sentence_parts import Parts
from sonospine.extraction.times import TimeMention


def same_arm(one: Arm, other: Arm) -> bool:
    """Tell whether two mentions mean the same arm."""
    return one.label == other.label


_AGAINST = re.compile(r"\b(?:vs?|versus|against|compared (?:with|to)|than)\b", re.IGNORECASE)


def told_apart(
    parts: Parts,
    group: Sequence[Expression],
    arms: Attached[Arm],
    times: Attached[TimeMention],
    everyone: Sequence[Arm],
) -> Attached[Arm]:
    """Take arms away where two values would be of the same arm and time; "A had less (3.2 vs 4.1)" is A, then the other."""
    if _is_turned_round(parts, group, arms, times):
        return Attached((None, None), "none")
    # A percent change and points of the same arm may stand together: "8.2 ± 4.8% (0.4 ± 0.2 points)".
    percents = [e.centre == "percent" or "%" in parts.text[e.start : e.end + 2] for e in group]
    places = [
        (a.label if a else "", time_key(t), p)
        for a, t, p in zip(arms.values, times.values, percents, strict=True)
    ]
    if arms.how == "none" or len(set(places)) == len(places) or group[0].start == group[-1].start:
        return arms
    against = len(group) == 2 and _AGAINST.search(parts.text, group[0].end, group[1].start)
    first = arms.values[0]
    before = [m for m in parts.arms if m.end <= group[0].start]
    named = {m.value.label: m.value for m in before}
    held = bool(before) and HELD_AGAINST.search(parts.text, 0, before[-1].start) is not None
    if against and held and len(named) == 2 and before[-1].value.label == list(named)[1]:
        return Attached(tuple(named.values()), "guess")  # "A had less than B (3.2 vs 4.1)"
    if against and first is not None and len(everyone) == 2:
        other = next(a for a in everyone if a.label != first.label)
        if held and same_arm(before[-1].value, first):
            return Attached((other, first), "guess")  # "less than in B (3.2 vs 4.1)"
        ahead = any(same_arm(m.value, first) for m in before)
        return Attached((first, other) if ahead or arms.how == "carried" else (other, first), "guess")
    return Attached((None,) * len(group), "none")


def _is_turned_round(
    parts: Parts, group: Sequence[Expression], arms: Attached[Arm], times: Attached[TimeMention]
) -> bool:
    """Tell whether two values, dealt to arms by their order alone, contradict the words before them."""
    if len(group) != 2 or arms.how not in {"list", "one", "guess"}:
        return False
    if arms.how != "list" and not _AGAINST.search(parts.text, group[0].end, group[1].start):
        return False
    same_time = len({time_key(t) for t in times.values}) == 1
    return same_time and contradicts(parts.text[: group[0].start], group[0].value, group[1].value)


def time_key(time: TimeMention | None) -> tuple[float | None, str, str]:
    """Return what two values of the same time have in common."""
    return (None, "", "") if time is None else (time.weeks, time.phase, time.text.lower())


HELD_AGAINST = re.compile(
    r"\b(?:(?:compared|comparison|relative)\s+(?:with|to)|versus|vs\.?|than|unlike)\s+(?:the\s+|those\s+in\s+(?:the\s+)?)?$",
    re.IGNORECASE,
)
