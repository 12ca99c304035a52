"""Tables in text: tab-separated rows as copied from a page, and Markdown's pipes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sonospine.model.record import Table
from sonospine.sources.decoding import collapse
from sonospine.sources.grid import SpannedCell, expand, guessed_header_rows

CAPTION = re.compile(
    r"\s*((?:Supplementary |Appendix )?Tab(?:le|\.)\s*(?:S?\d+[A-Za-z]?|[IVX]+)\b)\s*[.:|–-]?\s*(.*)"
)
_SENTENCE = re.compile(
    r"\s*Tab(?:le|\.)\s*\S+\s+(?:lists?|shows?|gives?|presents?|summari[sz]es?|reports?|contains?|describes?"
    r"|and|is|are|displays?|compares?|provides?|demonstrates?|details?|illustrates?|indicates?|we|in)\b",
)
_SEPARATOR = re.compile(r"\s*\|?\s*:?-{1,}:?\s*(?:\|\s*:?-{1,}:?\s*)*\|?\s*")
_NOTE = re.compile(
    r"\s*(?:[*†‡§¶∗]+(?:[^\s*]|\s+(?:[Pp]\b|[Ss]ignifican|[Cc]ompared|[Vv]s\b|[Dd]iffer|[Mm]ean|[Ss]tatist))"
    r"|(?:Values|Data|Results|Numbers) (?:are|were)\b|Notes?\s*[:.]|Abbreviations?\s*:"
    r"|[a-z][).:]\s|[A-Z]{2,6}\s*[:=,]\s)"
)
LONGEST_CAPTION_LINE = 300
MOST_CAPTION_LINES = 8


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table found in lines of text, and the number of the line after it."""

    table: Table
    end: int


def is_tabbed(line: str) -> bool:
    """Return whether a line is a row of tab-separated cells."""
    return "\t" in line and bool(line.strip())


def is_piped(line: str) -> bool:
    """Return whether a line is a row between pipes."""
    text = line.strip()
    return text.startswith("|") and text.count("|") >= 2


def table_at(lines: Sequence[str], start: int, number: int) -> TextTable | None:
    """Return the table that begins at a line (with its caption or its first row), or ``None``.

    Parameters
    ----------
    lines
        The lines of the document.
    start
        Number of the line, from 0.
    number
        Ordinal of the table in the document, for its address.
    """
    label = caption = ""
    first = start
    heading = CAPTION.match(lines[start])
    if heading and not _SENTENCE.match(lines[start]) and not is_tabbed(lines[start]):
        label, words = heading[1], [heading[2]]
        first = _rows_after(lines, start, words)
        if first < 0:
            return None
        caption = collapse(" ".join(words))
    rows, end, piped_head = _rows(lines, first)
    if len(rows) < 2 or max(map(len, rows)) < 2:
        return None
    footnotes, end = _footnotes(lines, end)
    grid = expand([[[SpannedCell(collapse(text)) for text in row] for row in rows]])
    header_rows = piped_head or guessed_header_rows(grid)
    marked = [[SpannedCell(c.text, index < header_rows) for c in row] for index, row in enumerate(grid)]
    table = Table(
        f"table/{number}",
        collapse(label),
        caption,
        expand([marked]),
        tuple(footnotes),
        header_rows=header_rows,
    )
    return TextTable(table, end)


def _rows_after(lines: Sequence[str], start: int, words: list[str]) -> int:
    """Collect the lines of a caption into ``words``; return the line of the first row, -1 where none follows."""
    taken = 0
    for index in range(start + 1, len(lines)):
        line = lines[index]
        if is_tabbed(line) or is_piped(line):
            return index
        if not line.strip():
            continue
        taken += 1
        too_long = len(line) > LONGEST_CAPTION_LINE or taken > MOST_CAPTION_LINES
        if too_long or CAPTION.match(line) or line.lstrip().startswith("#"):
            return -1
        words.append(line)
    return -1


def _rows(lines: Sequence[str], start: int) -> tuple[list[list[str]], int, int]:
    """Return the rows from a line on, the line after them, and 1 where pipes mark the first row as head."""
    rows: list[list[str]] = []
    head = 0
    index = start
    piped = start < len(lines) and is_piped(lines[start])
    while index < len(lines):
        line = lines[index]
        if not line.strip() and rows and index + 1 < len(lines) and not piped and is_tabbed(lines[index + 1]):
            index += 1
            continue
        if not (is_piped(line) if piped else is_tabbed(line)):
            break
        if piped and _SEPARATOR.fullmatch(line):
            head = 1 if len(rows) == 1 else head
        else:
            rows.append(_piped_cells(line) if piped else line.strip(" ").rstrip("\t").split("\t"))
        index += 1
    return rows, index, head


def _piped_cells(line: str) -> list[str]:
    text = line.strip().removeprefix("|")
    cells = re.split(r"(?<!\\)\|", text)
    if cells and not cells[-1].strip():
        cells.pop()
    return [cell.replace("\\|", "|") for cell in cells]


def _footnotes(lines: Sequence[str], index: int) -> tuple[list[str], int]:
    notes: list[str] = []
    end = index
    while index < len(lines):
        if not lines[index].strip():
            if index > end + 1:
                break
            index += 1
            continue
        if not _NOTE.match(lines[index]) or CAPTION.match(lines[index]):
            break
        notes.append(collapse(lines[index]))
        index += 1
        end = index
    return notes, end
