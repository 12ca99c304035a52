"""Whom a cell of a table is about, as far as the table tells."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sonospine.extraction.arms import Arm


@dataclass(frozen=True, slots=True)
class Who:
    """The arm of a cell as far as the table tells."""

    label: str
    arm: Arm | None
    factor: float
    comparator: str = ""
    flags: tuple[str, ...] = ()
    evidence: str = ""
    reported: str = ""
    paired: bool = False


def definition_of(who: Who) -> str:
    """Return what the article says the arm is, with the table's own name for it where that says more."""
    if who.arm is None:
        return ""
    known = set(re.findall(r"\w+", f"{who.arm.label} {who.arm.definition}".lower()))
    more = (
        who.reported
        if len(who.reported) > 2 and set(re.findall(r"\w+", who.reported.lower())) - known
        else ""
    )
    return "; ".join(part for part in (more, who.arm.definition) if part)


def level_name(level: tuple[str, int]) -> str:
    """Return a level in words."""
    return {"header": "column header", "stub": "row label", "section": "section row"}[level[0]]
