"""In which order the lines of several curators' files were written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

UNTIMED = datetime.min.replace(tzinfo=UTC)
"""The moment of a line that names none: the earliest possible."""
TIME_ALLOWED = "an ISO date and time, e.g. 2026-03-01T09:30:00Z"

WrittenKey = tuple[datetime, str, int]
"""Moment of a line (of a later one above it, where there is one), name of its file, its place in it."""

_Line = TypeVar("_Line")


def moment(text: str) -> datetime | None:
    """Return an ISO date and time in UTC (one without a zone is UTC); ``None`` where the text is none."""
    try:
        when = datetime.fromisoformat(text)
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, OverflowError):  # in UTC, the first and last days of all lie outside the calendar
        return None


def in_written_order(
    files: Iterable[Sequence[_Line]], when: Callable[[_Line], datetime], name: Callable[[_Line], str]
) -> list[_Line]:
    """Merge files by time, lines of one time by the name of their file; lines of one file keep their order.

    A line whose time lies before that of a line above it (a clock that was set back) counts as written with the
    line above.

    Parameters
    ----------
    files
        The lines of each file in their order.
    when
        Moment of a line (``UNTIMED`` where it names none).
    name
        Name of the file of a line.
    """
    keyed = [
        (key, line)
        for lines in files
        if lines
        for key, line in zip(written_keys(map(when, lines), name(lines[0])), lines, strict=True)
    ]
    return [line for _, line in sorted(keyed, key=lambda entry: entry[0])]


def written_keys(moments: Iterable[datetime], name: str, last: WrittenKey | None = None) -> list[WrittenKey]:
    """Return what the lines of one file are ordered by among those of all files.

    Parameters
    ----------
    moments
        The moment of each line, in the order of the file.
    name
        Name of the file.
    last
        The key of the line above the first one; ``None`` where there is none.
    """
    latest, _, before = last or (UNTIMED, name, -1)
    keys = []
    for number, moment_of_line in enumerate(moments, before + 1):
        latest = max(latest, moment_of_line)
        keys.append((latest, name, number))
    return keys
