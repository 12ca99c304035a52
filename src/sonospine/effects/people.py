"""The same people twice within one effect: in both arms, or counted by joint, level or needle."""

from __future__ import annotations

from collections.abc import Sequence

from sonospine.effects.inputs import Notes, Source
from sonospine.model.table_io import Row

SAME_PEOPLE = ("same_people", "same_participants", "paired", "crossover")


def refuse_same_people(n1: int | None, n2: int | None, study_id: str, source: Source, notes: Notes) -> None:
    """Refuse a comparison of arms whose people are the same, or of which each has everybody in the study."""
    study = source.studies.get(study_id)
    enrolled = study["n_randomised"] if study is not None else ""
    if enrolled and n1 == n2 == int(enrolled):
        notes.problem(f"both arms have all {enrolled} people of the study: the same people are in both")
    if any(flag in notes.flags for flag in SAME_PEOPLE):
        notes.problem("the same people are in both arms")


def refuse_other_units(total: int, arms: Sequence[Row], notes: Notes, what: str = "a count") -> None:
    """Refuse figures of joints, levels or needles: more units than people are not independent (Handbook 6.2, 23.1).

    Parameters
    ----------
    total
        Units behind the figures.
    arms
        Their arms; an arm whose size is not known proves nothing.
    notes
        Takes the reason.
    what
        How the reason begins: ``a count`` or ``an n``.
    """
    sizes = [max((int(n) for n in (arm["n_analysed"], arm["n_randomised"]) if n), default=0) for arm in arms]
    people = sum(sizes)
    if all(sizes) and total > people:
        notes.problem(
            f"{what} of {total} in an arm of {people} people: several units of one person are not independent"
        )


def arm_size(arm: Row) -> int | None:
    """Return the people analysed in an arm, else those allocated to it."""
    text = arm["n_analysed"] or arm["n_randomised"]
    return int(text) if text else None
