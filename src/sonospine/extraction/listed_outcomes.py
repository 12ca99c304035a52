"""Lists of outcomes before or behind their values: "A and B were 8.3 and 49.6", "62 to 38 for A, 6.7 to 3.2 for B"."""

from __future__ import annotations

import re

from sonospine.extraction.outcome_labels import Label, nearest_after, nearest_before
from sonospine.extraction.runs import Run
from sonospine.extraction.sentence_parts import Parts
from sonospine.extraction.text_statistics import value_end
from sonospine.vocabulary import Vocabulary

_COPULA = re.compile(r"\s*(?:(?:scores?|ratings?)\s+)?(?:was|were|is|are|became|remained)\s+", re.IGNORECASE)
_FIRST_PART = re.compile(r"\b(?P<part>[a-z]+)\s+and\s+(?:the\s+)?$", re.IGNORECASE)
_CHANGED = re.compile(
    r"\s*(?:scores?\s+)?(?:[a-z]+ly\s+)?(?:[a-z]+ed|fell|rose|dropped)\s+(?:[a-z]+ly\s+)?from\s+",
    re.IGNORECASE,
)
_CUT_PART = re.compile(r"\b[a-z]+\s+and\s+(?:the\s+)?(?P<own>[a-z]+)\s+$", re.IGNORECASE)
_SECOND_PART = re.compile(
    r"\s+and\s+(?P<part>(?:at|on|with|during|in|while|when)\s+[a-z]+)\s+(?:scores?\s+)?(?:was|were|is|are|became|remained)\s+",
    re.IGNORECASE,
)
_CIRCUMSTANCE = re.compile(r"\s+(?:at|on|with|during|in|while|when)\s+[a-z]+$", re.IGNORECASE)
_FOR = re.compile(r"\s*(?:points?|mm|cm|%)?\s*(?:for|on)\s+(?:the\s+)?", re.IGNORECASE)
_RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)


_BETWEEN_LISTED = re.compile(
    r"\s*(?:scores?\s*)?(?:\((?:SDs?|SEM?)\)\s*)?(?:,\s*(?:and\s+)?|and\s+|&\s*)(?:the\s+)?$", re.IGNORECASE
)


def is_counted(run: Run) -> bool:
    """Tell whether a run is of counts or percentages of people."""
    return run.expressions[0].centre in {"count", "percent"}


def listed_outcomes(run: Run, parts: Parts, labels: list[Label], vocabulary: Vocabulary) -> tuple[Label, ...]:
    """Return a phrase for each value of a run where a list gives each its own, or the one that stands behind all of them."""
    if is_counted(run):
        return ()
    return (
        _listed(run, parts, labels, vocabulary)
        or _parts_of_one(run, parts, labels, vocabulary)
        or _dealt_out(run, parts, labels)
        or _behind(run, parts, labels, vocabulary)
    )


def _listed(run: Run, parts: Parts, labels: list[Label], vocabulary: Vocabulary) -> tuple[Label, ...]:
    """Return phrases of a list, each of another instrument or part of it, where they are as many as the values.

    They may also be as many as the values of each group or time.
    """
    before = [label for label in labels if label.end <= run.expressions[0].start]
    listed = before[-1:]
    for label in reversed(before[:-1]):
        if not _BETWEEN_LISTED.fullmatch(parts.text[label.end : listed[0].start]):
            break
        listed.insert(0, label)
    size = len(listed)
    if size > run.size and run.size > 1:
        listed, size = listed[-run.size :], run.size
    if size < 2 or not _deals(run, size):
        return ()
    named = [vocabulary.instrument(label.text, context="") for label in listed]
    known = {(reading.instrument, reading.subscale) for reading in named if reading is not None}
    return tuple(listed) * (run.size // size) if len(known) == size else ()


def _parts_of_one(run: Run, parts: Parts, labels: list[Label], vocabulary: Vocabulary) -> tuple[Label, ...]:
    """Return two parts of one outcome that is named once: "average and worst X were", "X at rest and on movement was"."""
    text, first = parts.text, run.expressions[0].start
    last = nearest_before(labels, first, text)
    if last is None or last.pronoun or not _deals(run, 2):
        return ()
    whole = vocabulary.instrument(last.text, context="")
    if whole is not None and not whole.subscale and (cut := _CUT_PART.search(text[: last.start])):
        # "average" alone qualifies a statistic, beside another part it is one.
        last = Label(cut.start("own"), last.end, text[cut.start("own") : last.end])
        whole = vocabulary.instrument(last.text, context="")
    if whole is None or not whole.subscale:
        return ()
    pair = None
    leading = _FIRST_PART.search(text[: last.start])
    trailing = _SECOND_PART.match(text, last.end, first)
    if leading and (_COPULA.fullmatch(text[last.end : first]) or _CHANGED.fullmatch(text[last.end : first])):
        thing = last.text.partition(" ")[2]
        pair = Label(leading.start("part"), last.end, f"{leading['part']} {thing}"), last
    elif trailing:
        thing = _CIRCUMSTANCE.sub("", last.text)
        pair = last, Label(last.start, trailing.end("part"), f"{thing} {trailing['part']}")
    if pair is None:
        return ()
    named = [vocabulary.instrument(label.text, context="") for label in pair]
    other = named[0] if named[1] == whole else named[1]
    alike = other is not None and other.instrument == whole.instrument
    if other is None or not alike or not other.subscale or other.subscale == whole.subscale:
        return ()
    return pair * (run.size // 2)


def _behind(run: Run, parts: Parts, labels: list[Label], vocabulary: Vocabulary) -> tuple[Label, ...]:
    """Return the instrument that "for" leads to right behind the values, where no other values are of the one before them.

    "Scores fell from 62 to 38 for X, 60 to 44 for Y": each run has its own behind it.
    """
    end = value_end(run.expressions[-1])
    after = nearest_after(labels, end)
    if after is None or not _FOR.fullmatch(parts.text[end : after.start]):
        return ()
    before = nearest_before(labels, run.expressions[0].start, parts.text)
    owned = before is not None and any(
        e.end <= before.start and _FOR.fullmatch(parts.text[value_end(e) : before.start])
        for e in parts.expressions
    )
    if before is not None and not owned and vocabulary.instrument(before.text, context="") is not None:
        return ()
    meant = vocabulary.instrument(after.text, context="")
    return (
        (after,) if meant is not None and meant.direction else ()
    )  # "for men": what is neither better nor worse


def _dealt_out(run: Run, parts: Parts, labels: list[Label]) -> tuple[Label, ...]:
    """Return the phrases of a list, over and over, where "respectively" deals them out: "X, Y and Z were 1, 2 and 3 in A, respectively"."""
    if not _RESPECTIVELY.search(parts.text, run.expressions[0].end):
        return ()
    before = [label for label in labels if label.end <= run.expressions[0].start and not label.pronoun]
    listed = before[-1:]
    for label in reversed(before[:-1]):
        if not _BETWEEN_LISTED.fullmatch(parts.text[label.end : listed[0].start]):
            break
        listed.insert(0, label)
    size = len(listed)
    if (
        size < 3
        or run.size % size
        or not _COPULA.fullmatch(parts.text[listed[-1].end : run.expressions[0].start])
    ):
        return ()
    return tuple(listed) * (run.size // size)


def _deals(run: Run, size: int) -> bool:
    """Tell whether a list of so many outcomes can explain the values: within one round, arm and time are the same."""
    if run.size < size or run.size % size:
        return False
    keys = [
        (time and (time.weeks, time.phase, time.text), arm and arm.label)
        for time, arm in zip(run.times.values, run.named.values, strict=True)
    ]
    rounds = [set(keys[i : i + size]) for i in range(0, len(keys), size)]
    return all(len(same) == 1 for same in rounds) and len(set.union(*rounds)) == len(rounds)
