"""How many of the pooled numbers a person has verified."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sonospine.model.states import pooled_numbers, verified_numbers
from sonospine.model.table_io import Row


@dataclass(frozen=True, slots=True)
class Progress:
    """Numbers behind the pools, and those of them that a person has verified (the report counts by the same rule)."""

    verified: int
    pooled: int

    def __str__(self) -> str:
        """Say it in words: ``38 of 212 pooled numbers verified by a person``."""
        return f"{self.verified} of {self.pooled} pooled numbers verified by a person"


def progress_of(effects: Iterable[Row], rows: Mapping[str, Row]) -> Progress:
    """Count the numbers behind some effects.

    Parameters
    ----------
    effects
        Rows of ``effects``, all candidates.
    rows
        Rows of ``reconciled`` by id.
    """
    numbers = pooled_numbers(effects)
    return Progress(len(verified_numbers(numbers, rows)), len(numbers))
