"""Bare numbers that a head makes times: a column ``Week`` of ``12``, ``24``; a header row ``1 2 3`` under or beside ``Time (min)``."""

from __future__ import annotations

import re

from sonospine.extraction.expressions import Expression

Texts = tuple[tuple[str, ...], ...]
Values = tuple[tuple[tuple[Expression, ...], ...], ...]

_BARE = re.compile(r"\s*\d{1,3}(?:\.5)?\s*$")
_UNIT = r"(?P<unit>weeks?|wks?|days?|months?|hours?|hrs?|h|min(?:ute)?s?)"
_HEAD = re.compile(
    rf"\W*(?:(?:time|times|time\s*points?|visit|follow[-\s]?up)\b\W*(?:in\s+)?)?{_UNIT}\W*$", re.IGNORECASE
)
_LONG_HEAD = re.compile(
    rf"\W*(?:time|duration\s+(?:after|since|from|following))\b[^()]*\({_UNIT}\)\W*$", re.IGNORECASE
)
_AFTER_HEAD = re.compile(
    r"\W*(?:post-?\s?\w+\s+(?P<last>weeks?|days?|months?|hours?)|(?P<first>weeks?|days?|months?|hours?)\s+(?:after|since|from|following|post)\b[^()]{0,40})\W*$",
    re.IGNORECASE,
)
_LENGTH = re.compile(
    r"\s*\d{1,3}\s*(?:weeks?|wks?|days?|months?|mths?|mos?|years?|yrs?|hours?|hrs?|h)\W*", re.IGNORECASE
)
_WORDS = {"w": "weeks", "d": "days", "mo": "months", "h": "hours", "mi": "minutes"}


def _unit(head: str) -> str:
    """Return the unit of time that a head consists of; empty where it says anything else."""
    found = _HEAD.match(head) or _LONG_HEAD.match(head)
    after = None if found is not None else _AFTER_HEAD.match(head)
    if found is not None:
        unit = found["unit"].lower()
    elif after is not None:
        unit = (after["first"] or after["last"]).lower()
    else:
        return ""
    return _WORDS.get(unit[0]) or _WORDS[unit[:2]]


def name_times(texts: Texts, values: Values, first_body: int) -> tuple[Texts, Values]:
    """Write out the times of bare numbers: the number, then the unit of the head over it.

    Parameters
    ----------
    texts, values
        The cells of the table and the expressions read from each.
    first_body
        The first row that is not a header.

    Returns
    -------
    tuple
        Texts and values; a column of times holds no values any more, and the head over a row of times is emptied.
    """
    grid, read = [list(row) for row in texts], [list(row) for row in values]
    for row in range(1, first_body):
        heads = [_unit(texts[row - 1][c]) if _BARE.match(texts[row][c]) else "" for c in range(len(texts[0]))]
        if len({texts[row][c] for c, head in enumerate(heads) if head}) < 2:
            continue
        for c, unit in enumerate(heads):
            if unit:
                grid[row][c], grid[row - 1][c] = f"{texts[row][c].strip()} {unit}", ""
    for row in range(first_body):
        unit, cells = _unit(texts[row][0]), [t for t in texts[row][1:] if t.strip()]
        if unit and len(set(cells)) > 1 and all(_BARE.match(t) for t in cells):
            grid[row][1:] = [f"{t.strip()} {unit}" if t.strip() else t for t in texts[row][1:]]
    for column in range(min(4, len(texts[0]) - 1)):
        heads = [texts[row][column] for row in range(first_body) if texts[row][column].strip()]
        unit = _unit(heads[-1]) if heads else ""
        filled = [
            r for r in range(first_body, len(texts)) if texts[r][column].strip() and len(set(texts[r])) > 1
        ]
        numbers = [r for r in filled if _BARE.match(texts[r][column])]
        if not unit or len({texts[r][column].strip() for r in numbers}) < 2:
            continue
        # Beside bare numbers a column of times may hold longer times with their unit, and its head once more.
        others = [r for r in filled if r not in numbers and texts[r][column].strip() != heads[-1].strip()]
        if len(others) >= len(numbers) or not all(_LENGTH.fullmatch(texts[r][column]) for r in others):
            continue
        for r in numbers:
            grid[r][column], read[r][column] = f"{texts[r][column].strip()} {unit}", ()
    return tuple(map(tuple, grid)), tuple(map(tuple, read))
