"""What every Markdown file of the report is written with: texts from outside are escaped (CommonMark with tables)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sonospine.evidence.environment import visible

_MARKS = re.compile(r"([\\`*_\[\]<>|#&~!])")


def escaped(text: str) -> str:
    """Escape what Markdown or HTML would take for marks; hidden characters are written out."""
    return _MARKS.sub(r"\\\1", " ".join(visible(text).split()))


def fenced(text: str) -> str:
    """Put a text as it is into a block of code whose fence it cannot close."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{visible(text)}\n{fence}"


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Write a table; every cell is escaped."""
    names = list(heads)
    lines = [names, ["---"] * len(names), *([escaped(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
