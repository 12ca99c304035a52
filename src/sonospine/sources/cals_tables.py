"""Tables of the other model that JATS allows: CALS (OASIS), with ``tgroup``, ``row`` and ``entry``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from sonospine.sources.flatten import text_of
from sonospine.sources.grid import WIDEST_SPAN, Group, SpannedCell

Groups = tuple[list[list[SpannedCell]], list[Group], list[list[SpannedCell]]]


def is_cals(table: etree._Element) -> bool:
    """Tell whether a table is written in the CALS model."""
    return table.find("tgroup") is not None


def cals_groups(table: etree._Element) -> Groups:
    """Return the rows of head, body and foot of a CALS table; a head of its second group stands within the body."""
    head: list[list[SpannedCell]] = []
    body: list[Group] = []
    foot: list[list[SpannedCell]] = []
    for number, group in enumerate(table.iterchildren("tgroup")):
        columns, spans = _columns(group), _spans(group)
        for part in group.iterchildren("thead", "tbody", "tfoot"):
            own = columns | _columns(part)
            rows = list(_rows(part, own, spans, head=part.tag == "thead"))
            if part.tag == "thead" and number == 0:
                head += rows
            elif part.tag == "tfoot":
                foot += rows
            else:
                body.append(rows)
    return head, body, foot


def _columns(part: etree._Element) -> dict[str, int]:
    """Return the positions (from 0) of the named columns of a group."""
    found: dict[str, int] = {}
    position = -1
    for spec in part.iterchildren("colspec"):
        given = _number(spec.get("colnum"))
        position = given - 1 if given else position + 1
        if spec.get("colname") and 0 <= position <= WIDEST_SPAN:
            found[spec.get("colname", "")] = position
    return found


def _spans(group: etree._Element) -> dict[str, tuple[str, str]]:
    return {
        spec.get("spanname", ""): (spec.get("namest", ""), spec.get("nameend", ""))
        for spec in group.iterchildren("spanspec")
    }


def _rows(
    part: etree._Element, columns: Mapping[str, int], spans: Mapping[str, tuple[str, str]], *, head: bool
) -> Iterator[list[SpannedCell]]:
    """Yield the cells of each row; an entry that names a later column has empty cells before it."""
    taken: dict[int, int] = {}
    for row in part.iterchildren("row"):
        cells: list[SpannedCell] = []
        begun: dict[int, int] = {}
        column = 0
        for entry in row.iterchildren("entry", "entrytbl"):
            first, last = spans.get(entry.get("spanname", ""), (entry.get("namest"), entry.get("nameend")))
            wanted = columns.get(first or entry.get("colname") or "", -1)
            while taken.get(column, 0) or column < wanted:
                if not taken.get(column, 0):
                    cells.append(SpannedCell("", head))
                column += 1
            wide = max(1, columns.get(last or "", column) - column + 1) if first else 1
            deep = min(_number(entry.get("morerows")), 10**6) + 1
            cells.append(SpannedCell(text_of(entry, cell=True), head, wide, deep))
            begun |= dict.fromkeys(range(column, column + wide), deep)
            column += wide
        yield cells
        taken = {c: left - 1 for c, left in (taken | begun).items() if left > 1}


def _number(value: str | None) -> int:
    text = (value or "").strip()
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0
