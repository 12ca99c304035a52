"""Events of two groups set against each other with words between them.

"27 patients (90 %) in A were free of pain, compared with 14 (47 %) in B" is one result of two arms.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sonospine.extraction.arms import Arm
from sonospine.extraction.attachment import Attached
from sonospine.extraction.runs import Run
from sonospine.extraction.sentence_parts import Parts

_AGAINST = re.compile(
    r"\b(?:(?:as\s+)?compared\s+(?:with|to)|in\s+comparison\s+(?:with|to)|versus|vs\.?|against)(?P<then>[^.;:()]{0,40})$",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[.;](?=\s|$)|\b(?:and|but|while|whereas|however)\b", re.IGNORECASE)
_COUNTED = frozenset({"count", "percent"})


def with_comparisons(parts: Parts, runs: Sequence[Run]) -> list[Run]:
    """Return the runs of a sentence with compared events joined to one run of two arms.

    Two counts or two percentages, each alone in its run, are joined where "compared with" or the like leads to the
    second, and each has an arm of its own on its side of these words. They share outcome and time.
    """
    made: list[Run] = []
    for run in runs:
        joined = _joined(parts, made[-1], run, _limit(parts, runs, run)) if made else None
        if joined is None:
            made.append(run)
        else:
            made[-1] = joined
    return made


def _limit(parts: Parts, runs: Sequence[Run], run: Run) -> int:
    end = run.expressions[-1].end
    stop = _ENDS.search(parts.text, end)
    later = [r.expressions[0].start for r in runs if r.expressions[0].start > end]
    return min([stop.start() if stop else len(parts.text), *later])


def _joined(parts: Parts, one: Run, other: Run, limit: int) -> Run | None:
    if one.size != 1 or other.size != 1:
        return None
    first, second = one.expressions[0], other.expressions[0]
    if (
        first.centre not in _COUNTED
        or first.centre != second.centre
        or bool(first.total) != bool(second.total)
    ):
        return None
    against = _AGAINST.search(parts.text, first.end, second.start)
    if against is None:
        return None
    left = _arm_between(parts, first.end, against.start()) or (
        one.arms.values[0] if one.arms.how in {"one", "own", "list"} else None
    )
    right = _arm_between(parts, against.start("then"), second.start) or _arm_between(parts, second.end, limit)
    if left is None or right is None or left.label == right.label:
        return None
    arms = Attached((left, right), "own", (left, right))
    times = one.times if one.times.values[0] is not None else other.times
    return replace(
        one, expressions=(first, second), arms=arms, named=arms, times=Attached(times.values * 2, times.how)
    )


def _arm_between(parts: Parts, start: int, end: int) -> Arm | None:
    """Return the one arm that is named in a stretch; ``None`` for none or several."""
    named = {m.value.label: m.value for m in parts.arms if start <= m.start and m.end <= end}
    return next(iter(named.values())) if len(named) == 1 else None
