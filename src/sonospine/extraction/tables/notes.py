"""What is printed around a table: its caption and footnotes, with their places."""

from __future__ import annotations

from sonospine.model.record import Table


def caption_place(table: Table) -> str:
    """Return the place of the caption."""
    return f"{table.locator}:caption"


def footnotes_of(table: Table) -> list[tuple[str, str]]:
    """Return the place and the text of each footnote."""
    return [(f"{table.locator}:foot{k}", text) for k, text in enumerate(table.footnotes, 1)]


def notes_of(table: Table) -> list[tuple[str, str]]:
    """Return the place and the text of the caption, then of each footnote."""
    return [(caption_place(table), table.caption), *footnotes_of(table)]
