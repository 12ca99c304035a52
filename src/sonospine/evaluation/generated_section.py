"""A generated section of a page that people write: what stands between its two markers, and nothing else, is replaced."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sonospine.model.errors import InputError
from sonospine.model.files import write_text


def markers(name: str) -> tuple[str, str]:
    """Return the lines that begin and end a section."""
    return f"<!-- {name}:begin -->", f"<!-- {name}:end -->"


def with_section(page: str, name: str, content: str) -> str:
    """Return the page with the section's content replaced; a page without the section gets it at its end.

    Raises
    ------
    InputError
        The markers do not stand there once each and in order.
    """
    begin, end = markers(name)
    section = f"{begin}\n{content.strip()}\n{end}"
    counts = page.count(begin), page.count(end)
    if counts == (0, 0):
        return f"{page.rstrip()}\n\n{section}\n".lstrip()
    if counts != (1, 1) or page.index(begin) > page.index(end):
        raise InputError(f"the markers {begin} and {end} must stand once each, in this order")
    before, _, rest = page.partition(begin)
    return before + section + rest.partition(end)[2]


def replace_section(path: Path, name: str, content: str) -> None:
    """Replace the section of a page on disk; a missing page is begun."""
    page = path.read_text(encoding="utf-8") if path.exists() else "# Benchmarks\n"
    try:
        write_text(path, with_section(page, name, content))
    except InputError as fault:
        raise InputError(fault.reason, file=path) from None


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; the first column is text, the others are figures."""
    lines = [header, ("---", *("---:" for _ in header[1:])), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
