"""Tables and figures of JATS articles."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence

from lxml import etree

from sonospine.model.record import Cell, Figure, Table
from sonospine.sources.cals_tables import cals_groups, is_cals
from sonospine.sources.flatten import text_of
from sonospine.sources.grid import Group, SpannedCell, expand, guessed_header_rows
from sonospine.sources.headings import numbered

_NESTED = frozenset(("sub-article", "response"))
_GRAPHICS = ("graphic", "inline-graphic", "media")
_NOTE_START = re.compile(
    r"(?:[*†‡§¶#∗]|[a-z][ ).:]|\d[ ).:]|notes?\b|values?\b|data\b|results? are\b|abbreviations?\b|[A-Z]{2,6}\s?[:=,]"
    r"|mean\b|SD\b|statistic)",
    re.IGNORECASE,
)


def tables_of(article: etree._Element) -> tuple[Table, ...]:
    """Return every table of an article (also those outside the body), in document order, as expanded grids."""
    used: set[str] = set()
    tables: list[Table] = []
    for wrap in _outer(article, "table-wrap"):
        for table in _wrapped(wrap, len(tables)):
            tables.append(dataclasses.replace(table, locator=numbered(table.locator, used)))
    for bare in _outer(article, "table"):
        if not _inside(bare, ("table-wrap", "table")):
            name = numbered(f"table/{len(tables) + 1}", used)
            tables.append(_table(name, "", "", bare, []))
    return tuple(tables)


def figures_of(article: etree._Element) -> tuple[Figure, ...]:
    """Return every figure with its label and caption, in document order."""
    used: set[str] = set()
    figures = []
    for number, element in enumerate(_outer(article, "fig"), start=1):
        name = numbered(f"figure/{_address(element.get('id', '')) or number}", used)
        figures.append(Figure(name, text_of(element.find("label")), _caption(element)))
    return tuple(figures)


def _outer(article: etree._Element, tag: str) -> Iterator[etree._Element]:
    return (e for e in article.iter(tag) if not _inside(e, _NESTED))


def _inside(element: etree._Element, tags: Sequence[str] | frozenset[str]) -> bool:
    return any(parent.tag in tags for parent in element.iterancestors())


def _address(identifier: str) -> str:
    return re.sub(r"[\s:/]+", "-", identifier).strip("-")[:60]


def _caption(element: etree._Element) -> str:
    parts = [text_of(child) for child in element.findall("caption")]
    return " ".join(part for part in parts if part)


def _wrapped(wrap: etree._Element, before: int) -> Iterator[Table]:
    locator = f"table/{_address(wrap.get('id', '')) or before + 1}"
    label, caption = text_of(wrap.find("label")), _caption(wrap)
    notes = [note for foot in wrap.findall("table-wrap-foot") for note in _notes(foot)]
    parts = [table for table in wrap.iter("table") if not _inside(table, ("table",))]
    if not parts:
        image = any(True for tag in _GRAPHICS for _ in wrap.iter(tag))
        yield Table(locator, label, caption, (), tuple(notes), image=image)
    for part in parts:
        yield _table(locator, label, caption, part, notes)


def _table(locator: str, label: str, caption: str, table: etree._Element, notes: list[str]) -> Table:
    head, body, foot = cals_groups(table) if is_cals(table) else _groups(table)
    rows = expand([head, *body, foot])
    header_rows = len(head) if rows else 0
    if not head and rows:
        header_rows = _marked_rows(rows) or guessed_header_rows(rows)
        rows = (
            *(tuple(dataclasses.replace(cell, header=True) for cell in row) for row in rows[:header_rows]),
            *rows[header_rows:],
        )
    kept = len(rows)
    trailing: list[str] = []
    while kept > header_rows + 1 and _is_note(rows[kept - 1]):
        kept -= 1
        trailing.insert(0, rows[kept][0].text)
    inner = [text_of(note, note=True) for cell in table.iter("td", "th", "entry") for note in cell.iter("fn")]
    footnotes = tuple(note for note in (*notes, *trailing, *inner) if note)
    return Table(locator, label, caption, rows[:kept], footnotes, header_rows=header_rows)


def _groups(table: etree._Element) -> tuple[list[list[SpannedCell]], list[Group], list[list[SpannedCell]]]:
    head: list[list[SpannedCell]] = []
    body: list[Group] = []
    foot: list[list[SpannedCell]] = []
    loose: list[list[SpannedCell]] = []
    for part in table:
        if part.tag == "tr":
            loose.append(_row(part, False))
        elif part.tag == "thead":
            head += [_row(row, True) for row in part.iter("tr")]
        elif part.tag == "tfoot":
            foot += [_row(row, False) for row in part.iter("tr")]
        elif part.tag == "tbody":
            body.append([_row(row, False) for row in part.iter("tr")])
    return head, [*body, loose], foot


def _row(row: etree._Element, head: bool) -> list[SpannedCell]:
    return [
        SpannedCell(
            text_of(cell, cell=True),
            head or cell.tag == "th",
            max(1, _span(cell.get("colspan"), 1)),
            _span(cell.get("rowspan"), 1),
        )
        for cell in row
        if cell.tag in ("td", "th")
    ]


def _span(value: str | None, default: int) -> int:
    text = (value or "").strip()
    if not re.fullmatch(r"[0-9]+", text):
        return default
    return int(text[:10]) if len(text) <= 10 else 10**9


def _marked_rows(rows: tuple[tuple[Cell, ...], ...]) -> int:
    """Return how many leading rows hold header cells alone."""
    count = 0
    while count < len(rows) and all(cell.header or not cell.text for cell in rows[count]):
        count += 1
    return count if count < len(rows) else 0


def _is_note(row: tuple[Cell, ...]) -> bool:
    """Return whether a last row is one cell over the whole width that reads like a footnote."""
    if len(row) < 2 or any((cell.row, cell.column) != (row[0].row, 0) for cell in row):
        return False
    text = row[0].text
    return bool(text) and (len(text) > 60 or bool(_NOTE_START.match(text)))


def _notes(foot: etree._Element) -> Iterator[str]:
    items = [item for item in foot.iter("fn", "p", "attrib") if not _inside_note(item, foot)]
    if not items:
        yield text_of(foot, note=True)
    for item in items:
        note = _note(item)
        if note:
            yield note


def _inside_note(item: etree._Element, foot: etree._Element) -> bool:
    for parent in item.iterancestors():
        if parent is foot:
            return False
        if parent.tag in ("fn", "p", "attrib"):
            return True
    return False


def _note(item: etree._Element) -> str:
    if item.tag != "fn":
        return text_of(item, note=True)
    symbol = item.get("symbol", "").strip()
    label = text_of(item.find("label"))
    rest = " ".join(text_of(child, note=True) for child in item if child.tag != "label")
    mark = label or symbol
    return rest if not mark or rest.startswith(mark) else f"{mark} {rest}".strip()
