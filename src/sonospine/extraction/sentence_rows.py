"""Whose a value of a sentence is: its arm, every arm, a part of the patients, or a pair of arms; and how many people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sonospine.extraction.arms import ALL, Arm, DocumentArms
from sonospine.extraction.listed_conditions import FLAG
from sonospine.extraction.reading import Alternative, Reading
from sonospine.extraction.runs import Run, mention_pair
from sonospine.extraction.sentence_parts import Parts
from sonospine.extraction.short_forms import Meanings
from sonospine.extraction.spoken_arms import EARLIER, FROM_BEFORE
from sonospine.model.places import Place
from sonospine.model.record import Passage


def of_arm(reading: Reading, arm: Arm | None, run: Run, arms: DocumentArms, meanings: Meanings) -> Reading:
    """Give a value its arm with its size; where the arm is open all are listed, with the flag ``arm_unclear``."""
    if arms.one_arm:
        n, place = (arms.n_total, arms.n_total_locator) if reading.centre != "single" else ("", "")
        return _with_n(replace(reading, arm=ALL), n, place)
    if arm is None:
        alternatives = tuple(Alternative("arm", a.label, 1.0 / len(arms.arms)) for a in arms.arms)
        return replace(
            reading,
            confidence=0.4 * reading.confidence,
            flags=(*reading.flags, "arm_unclear"),
            alternatives=alternatives,
        )
    weight = {"own": 1.0, "list": 0.95, "one": 0.95, "carried": 0.8, "guess": 0.5, EARLIER: 0.6}[run.arms.how]
    others = tuple(
        Alternative("arm", a.label, (1 - weight) / max(1, len(arms.arms) - 1))
        for a in arms.arms
        if a.label != arm.label
    )
    made = replace(
        reading,
        arm=arm.label,
        arm_definition=arm.definition or meanings.spelled(arm.label),
        confidence=reading.confidence * weight,
        evidence=(*reading.evidence, f"arm: {run.arms.how}"),
        alternatives=others if weight < 1 else (),
        flags=(*reading.flags, *_flags_of(run, arms)),
    )
    return _with_n(made, *arm.size(baseline=reading.phase == "baseline"))


def _flags_of(run: Run, arms: DocumentArms) -> tuple[str, ...]:
    if run.arms.how == EARLIER:
        return (FROM_BEFORE,)
    return () if arms.arms else (FLAG,)


def of_every_arm(reading: Reading, arms: DocumentArms) -> Iterator[Reading]:
    """Give each arm its zero: what nobody had, nobody of any arm had."""
    if arms.one_arm:
        yield _with_n(replace(reading, arm=ALL), arms.n_total, arms.n_total_locator)
    for arm in arms.arms:
        named = replace(
            reading, arm=arm.label, arm_definition=arm.definition, flags=(*reading.flags, "of_every_arm")
        )
        yield _with_n(named, *arm.size())


def of_subgroup(reading: Reading, parts: Parts, passage: Passage) -> Reading | None:
    """Give the part of the patients that a sentence names at its head what follows: its label and n."""
    part = parts.subgroup
    if part is None or reading.first_number - parts.offset < part.end:
        return None
    named = replace(reading, arm=part.label, flags=(*reading.flags, "subgroup_arm"))
    return _with_n(
        named, part.n, str(Place(passage.locator, parts.offset + part.n_start, parts.offset + part.n_end))
    )


def _with_n(reading: Reading, n: str, place: str) -> Reading:
    if reading.centre == "count":
        if reading.total or not n or int(n) < float(reading.value):
            return reading
        return replace(reading, total=n, total_locator=place, flags=(*reading.flags, "total_from_arm"))
    if reading.n or not n:
        return reading
    return replace(reading, n=n, n_locator=place)


def compared(reading: Reading, parts: Parts, run: Run, arms: DocumentArms) -> Reading:
    """Give a difference the pair that the sentence names; the only two arms otherwise, which one is first being open."""
    pair = mention_pair(parts, run)
    if pair is None and len(arms.arms) == 2:
        first, second = arms.arms
        flagged = (*reading.flags, "direction_unclear")
        return replace(
            reading, arm=first.label, arm_definition=first.definition, comparator_arm=second.label, flags=flagged,
            confidence=0.5 * reading.confidence,
        )  # fmt: skip
    if pair is None:
        return replace(reading, flags=(*reading.flags, "arm_unclear"), confidence=0.4 * reading.confidence)
    return replace(
        reading, arm=pair[0].label, arm_definition=pair[0].definition, comparator_arm=pair[1].label
    )
