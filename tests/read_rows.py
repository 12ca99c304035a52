"""Readings as rows of the fields that a test asks about."""

from __future__ import annotations

from sonospine.extraction.reading import Reading


def rows(readings: list[Reading], *fields: str) -> list[tuple[object, ...]]:
    """Return these fields of each reading."""
    return [tuple(getattr(r, f) for f in fields) for r in readings]
