"""What kind of thing the labels of one level of a table name: groups, times, or what is measured."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sonospine.extraction.tables.labels import Label

Level = tuple[str, int]
SECTION: Level = ("section", 0)
SEX = re.compile(r"\W*(?:m|f|(?:fe)?males?|(?:wo)?men)\W*", re.IGNORECASE)
_SEXES = re.compile(r"\W*(?:wo)?(?:men|man)\W*|\W*(?:fe)?males?\W*|\W*(?:boys|girls)\W*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CellLabels:
    """The labels that stand over one cell, the nearest last, each with its level."""

    columns: tuple[tuple[Level, Label], ...]
    stubs: tuple[tuple[Level, Label], ...]
    sections: tuple[tuple[Level, Label], ...]

    def all(self) -> tuple[tuple[Level, Label], ...]:
        """Return every label, stub first, then columns, then sections; the nearest first."""
        return (*reversed(self.stubs), *reversed(self.columns), *reversed(self.sections))


def precedence(level: Level) -> tuple[int, int]:
    """Return the order in which levels are preferred: headers, labels of rows, sections."""
    kind, index = level
    return ({"header": 0, "stub": 1, "section": 2}[kind], index)


def could_name_arm(label: Label) -> bool:
    """Tell whether a label could be the name of a group."""
    if label.p or label.total or label.statistic_only or label.counts or label.ratio:
        return False
    if label.between or (label.difference and label.arm is None):
        return False
    return not (label.times and not label.outcome) and bool(label.outcome)


def arm_score(labels: list[Label]) -> float:
    """Return how surely a level names arms: the share of its labels that are arms, more when two or more arms occur."""
    named = {label.text: label for label in labels if could_name_arm(label)}
    matched = {label.arm.label for label in named.values() if label.arm is not None}
    if not matched or not named:
        return 0.0
    share = sum(label.arm is not None for label in named.values()) / len(named)
    if len(matched) < 2:
        timed = all(label.times for label in named.values())  # one arm at several times
        return 0.0 if share < 1 or (len(named) > 1 and not timed) else 0.3
    if all(_SEXES.fullmatch(label.outcome) for label in named.values()):
        return 0.2  # arms only where nothing else names them
    return share + 0.5 if share >= 0.6 else (share if share >= 0.45 and len(matched) >= 2 else 0.0)


def names_measure(label: Label) -> bool:
    """Tell whether a header says what the numbers below are, so that it divides no participants."""
    return bool(label.counts or any(p.centre for p in label.pairs)) or bool(
        re.match(r"\W*(?:numbers?|costs?|rates?|scores?)\b", label.text, re.IGNORECASE)
    )


def names_times(labels: list[Label]) -> bool:
    """Tell whether labels name two or more times, and few other things."""
    told = {label.text: label for label in labels if not (label.p or label.statistic_only or label.total)}
    with_time = [label for label in told.values() if label.times]
    different = {(t.weeks, t.phase) for label in with_time for t in label.times}
    return len(different) >= 2 and len(with_time) * 2 >= len(told)


def only_times(labels: list[Label]) -> bool:
    """Tell whether labels consist of times whose length is known and of nothing else."""
    return all(label.times and not label.outcome and label.times[0].weeks is not None for label in labels)


_BASELINE_CAPTION = re.compile(
    r"\b(?:base-?\s?line|demograph\w*|pre-?treatment|pre-?operative|before\s+(?:the\s+)?(?:treatment|intervention|injection|surgery)|at\s+entry|enrol\w+"
    r"|characteristics?|prior\s+to)\b",
    re.IGNORECASE,
)


def is_baseline_caption(caption: str) -> bool:
    """Tell whether a caption announces characteristics before treatment."""
    return bool(_BASELINE_CAPTION.search(caption))
