"""Whether a person stands behind a row: one rule for effects, conflicts and pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sonospine.model.numbers import truth

BY_PERSON = ("adjudicated", "agreed", "corrected", "confirmed", "added")
"""States of a row that a person has looked at and let stand, the weightiest first.

Whoever corrects one field of a row or adds a row has had the source before them, as has one who confirms it. Not among
them: ``disputed`` (people disagree), ``stale`` (the source has changed since), ``rejected``, ``unread``.
"""
VOUCHED_SPREAD = "vouched:spread"
"""Flag of a row whose kind or size of spread a person has set or confirmed: no check doubts it any more."""


def by_person(state: str) -> bool:
    """Tell whether a row in this state is verified by a person."""
    return state in BY_PERSON


def verified(states: Iterable[str]) -> bool:
    """Tell whether what rests on rows in these states is verified: on at least one, and every one by a person."""
    listed = list(states)
    return bool(listed) and all(by_person(state) for state in listed)


def pooled_numbers(effects: Iterable[Mapping[str, str]]) -> set[str]:
    """Return the ids of the measurements behind the effects of the primary pools (rows of ``effects``)."""
    return {
        name
        for row in effects
        if row["variant"] == "primary" and truth(row["included"])
        for name in row["measurement_ids"].split(";")
        if name
    }


def verified_numbers(numbers: Iterable[str], measurements: Mapping[str, Mapping[str, str]]) -> set[str]:
    """Return those of some ids whose measurement (by id) a person has verified."""
    return {name for name in numbers if name in measurements and by_person(measurements[name]["state"])}
