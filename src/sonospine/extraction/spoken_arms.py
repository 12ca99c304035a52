"""The arm that sentences behind one another speak of: "In group A the pain fell from 7 to 4. The disability fell from 40 to 20."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sonospine.extraction.arms import Arm
from sonospine.extraction.attachment import Attached
from sonospine.extraction.reading import MEANS
from sonospine.extraction.runs import Run
from sonospine.extraction.sentence_parts import Parts

_SCORES = MEANS | {"number"}
FROM_BEFORE = "arm_from_sentence_before"
EARLIER = "earlier"
_FIRST_WORDS = 40
"""A sentence that begins with an arm is about it: its name begins within so many characters."""
# Words of a sentence that is about everybody, or sets arms against each other without naming them.
_OF_SEVERAL = re.compile(
    r"\b(?:both|all|each|every|either|groups|arms|between|overall|total|totally|entire|whole|cohort|versus|vs|than|compared|other|others|"
    r"controls?|placebo|sham|patients\s+(?:who|with|in|receiving)|participants|subjects|study|males?|females?|men|women)\b",
    re.IGNORECASE,
)
_LED = re.compile(r"\s*(?:in|for|with|among|within|of)?\s*(?:the\s+)?", re.IGNORECASE)


def arm_spoken_of(parts: Parts, earlier: Arm | None) -> Arm | None:
    """Return the arm that the sentence behind this one may still speak of.

    It is the only arm of a sentence that begins with it, or that names it and prints no value. A sentence that names
    none leaves it as it was, one about several takes it away.
    """
    named = {m.value.label: m.value for m in parts.groups()}
    if not named:
        return None if _OF_SEVERAL.search(parts.text) else earlier
    if len(named) > 1 or "" in named:
        return None
    first = parts.groups()[0]
    begins = first.start <= _FIRST_WORDS and _LED.fullmatch(parts.text, 0, first.start) is not None
    return first.value if begins or not parts.expressions else None


def with_arm_spoken_of(runs: Sequence[Run], parts: Parts, arm: Arm | None) -> list[Run]:
    """Return the runs of a sentence that names no arm with the one that the sentence before spoke of.

    Values of one run at the same time are not one arm's: they stay without.
    """
    if arm is None or parts.groups() or parts.subgroup is not None or _OF_SEVERAL.search(parts.text):
        return list(runs)
    return [_given(run, arm) for run in runs]


def _given(run: Run, arm: Arm) -> Run:
    scores = all(e.centre in _SCORES and not e.total for e in run.expressions)
    if any(run.arms.values) or run.arms.how != "none" or not scores:
        return run
    times = [(t.weeks, t.phase, t.text.lower()) if t is not None else None for t in run.times.values]
    starts = {e.start for e in run.expressions}
    if len(set(times)) < len(starts):
        return run
    attached = Attached((arm,) * run.size, EARLIER)
    return replace(run, arms=attached, named=attached)
