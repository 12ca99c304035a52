"""Conditions that a sentence lists behind its values, in an article whose arms have no names.

"The mean X was 4.1 ± 1.0, 5.2 ± 1.1 and 6.0 ± 0.9 on water, juice and juice with milk, respectively": in a crossover
without named groups the conditions are the arms of the result.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sonospine.extraction.arms import Arm, DocumentArms
from sonospine.extraction.attachment import Attached
from sonospine.extraction.language import listed
from sonospine.extraction.runs import Run
from sonospine.extraction.sentence_parts import Parts
from sonospine.extraction.times import find_times
from sonospine.vocabulary import Vocabulary

_LIST = re.compile(
    r"\s*(?:[a-zA-Z%µμ°]{1,6}(?:/[a-zA-Z]{1,6})?\s+)?(?:on|with|under|after|during|using|receiving)\s+(?:the\s+)?"
    r"(?P<list>[^.;()]{5,240}?)\s*,?\s+respectively\b",
    re.IGNORECASE,
)
FLAG = "arm_as_reported"


def with_listed_conditions(
    parts: Parts, runs: Sequence[Run], arms: DocumentArms, vocabulary: Vocabulary
) -> list[Run]:
    """Return runs of means, each with the condition that a list behind them gives it, in their order.

    Only where the article compares something but names no arm, and where there are as many conditions as values; times
    and names of instruments are no conditions.
    """
    if arms.arms or arms.one_arm:
        return list(runs)
    return [_with_conditions(parts, run, vocabulary) for run in runs]


def _with_conditions(parts: Parts, run: Run, vocabulary: Vocabulary) -> Run:
    if run.size < 2 or any(e.spread == "none" for e in run.expressions) or any(run.arms.values):
        return run
    found = _LIST.match(parts.text, run.expressions[-1].end)
    names = [" ".join(name.split()) for name in listed(found["list"])] if found else []
    if len(names) != run.size or len(set(names)) != run.size or not all(map(_may_be_condition, names)):
        return run
    if any(vocabulary.instrument(name, context="") is not None for name in names):
        return run
    values = tuple(Arm(name) for name in names)
    attached = Attached(values, "list", values)
    return replace(run, arms=attached, named=attached)


def _may_be_condition(name: str) -> bool:
    return 1 < len(name) <= 60 and re.search(r"[A-Za-z]{2}", name) is not None and not find_times(name)
