"""Inline markup to plain text, so that no mark, citation or index ever sticks to a number."""

from __future__ import annotations

import re

from lxml import etree

from sonospine.sources.decoding import collapse, unescape
from sonospine.sources.formulas import math_text, tex_text

_BLOCKS = frozenset(
    [
        "p",
        "title",
        "sec",
        "list",
        "list-item",
        "def-list",
        "def-item",
        "def",
        "term",
        "disp-quote",
        "disp-formula",
        "disp-formula-group",
        "break",
        "td",
        "th",
        "tr",
        "label",
        "verse-group",
        "verse-line",
        "boxed-text",
        "speech",
        "statement",
        "preformat",
        "hr",
        "caption",
        "attrib",
        "List",
        "ListItem",
    ]
)
_SKIPPED = frozenset(
    [
        "table-wrap",
        "table-wrap-group",
        "table",
        "fig",
        "fig-group",
        "fn",
        "fn-group",
        "ref-list",
        "supplementary-material",
        "media",
        "inline-graphic",
        "graphic",
        "object-id",
        "index-term",
        "alt-text",
        "long-desc",
        "private-char",
        "permissions",
    ]
)
_UNITS = frozenset(
    (
        *("m", "cm", "mm", "km", "µm", "μm", "nm", "dm", "ft", "in", "inch"),
        *("s", "sec", "ms", "h", "hr", "min", "d", "wk", "yr"),
        *("ml", "mL", "L", "dL", "dl", "kg", "g", "mg", "mol", "mmol", "N", "Pa", "chi", "χ", "Χ"),
    )
)
_ORDINALS = frozenset(("st", "nd", "rd", "th"))
_GLUED = frozenset(("®", "™", "TM", "tm", "°", "o", "º"))
_SEPARATORS = re.compile(r"[\s,;()*†‡§¶#∗△$‖|]+")
_NUMBERS = re.compile(r"[\s\[(]*\d+(?:\s*[,;–-]\s*\d+)*[\])\s]*[*†‡§]*")
_EXPONENT = re.compile(r"[-−–+]?\d{1,3}")
_TEN = re.compile(r"(?:^|[^\d.,])10$")
_LAST_WORD = re.compile(r"([^\W\d_]+)$")


def text_of(element: etree._Element | None, *, cell: bool = False, note: bool = False) -> str:
    """Return the text of an element without markup, white space collapsed.

    Superscripts that are footnote marks or citations are left out (``5.1<sup>a</sup>`` is ``5.1``), exponents of
    units stay (``m<sup>2</sup>`` is ``m2``), powers of ten are written with a caret (``10^6``), formulas come
    once. Tables, figures, footnotes and pictures inside are left out: they have places of their own.

    Parameters
    ----------
    element
        The element; ``None`` gives an empty text.
    cell
        A cell of a table, where a bare letter or number above the line is always a mark.
    note
        A footnote, whose leading mark stays, set apart by a space.
    """
    if element is None:
        return ""
    if len(element) == 0:
        return collapse(unescape(element.text or ""))
    parts: list[str] = [element.text or ""]
    for child in element:
        _add(child, parts, cell, note)
    return collapse(unescape("".join(parts)))


def _add(element: etree._Element, parts: list[str], cell: bool, note: bool) -> None:
    tag = element.tag
    if not isinstance(tag, str):
        parts.append(element.tail or "")
        return
    if "}" in tag:
        tag = tag[tag.index("}") + 1 :]
    if tag in ("sup", "sub"):
        content = text_of(element, cell=cell)
        cites = any(child.tag == "xref" for child in element)
        before = _end_of(parts)
        up = tag == "sup"
        parts.append(
            raised(before, content, cell=cell, note=note, cites=cites) if up else _lowered(before, content)
        )
    elif tag == "xref":
        parts.append(_reference(element, _end_of(parts), cell))
    elif tag in ("inline-formula", "disp-formula", "alternatives", "math", "tex-math", "DispFormula"):
        parts.append(_formula(element, tag))
    elif tag in _SKIPPED:
        parts.append(" ")
    else:
        block = tag in _BLOCKS
        if block:
            parts.append(" ")
        parts.append(element.text or "")
        for child in element:
            _add(child, parts, cell, note)
        if block:
            parts.append(" ")
    parts.append(element.tail or "")


def _end_of(parts: list[str]) -> str:
    """Return the last characters so far (enough to judge what a raised text stands behind)."""
    end = ""
    for part in reversed(parts):
        end = part + end
        if len(end) >= 12:
            break
    return end[-24:]


def raised(before: str, content: str, *, cell: bool, note: bool, cites: bool) -> str:
    """Return what stays of a raised text behind ``before``: nothing of marks and citations, exponents as they are."""
    if not content:
        return ""
    if note and not before.strip():
        return f"{content} "
    last = before[-1:]
    if content in _GLUED or (content in _ORDINALS and last.isdigit()):
        return content
    if _EXPONENT.fullmatch(content) and not cites:
        if _TEN.search(before):
            return f"^{content}"
        word = _LAST_WORD.search(before)
        if word and (
            content[0] in "-−–+" or (len(content) == 1 and (word[1] in _UNITS or len(word[1]) == 1))
        ):
            return content
    if re.fullmatch(r"\d?[+−–-]", content) and last.isalpha():
        return content
    if note:
        return f" {content} "
    if cites or _is_mark(content) or _NUMBERS.fullmatch(content):
        return "" if not last.isspace() or cell else " "
    return f" {content} "


def _is_mark(content: str) -> bool:
    """Return whether a raised text is nothing but signs and single letters or digits: ``a,b``, ``1*``, ``††``."""
    return len(content) <= 24 and all(len(token) <= 1 for token in _SEPARATORS.split(content))


def _lowered(before: str, content: str) -> str:
    if content[:1].isdigit() and before[-1:].isdigit():
        return f" {content}"
    return f" {content} " if len(content) > 2 and content.isalpha() and before[-1:].isalnum() else content


def _reference(element: etree._Element, before: str, cell: bool) -> str:
    kind = element.get("ref-type", "")
    if kind in ("table-fn", "fn", "author-notes"):
        return ""
    content = text_of(element, cell=cell)
    glued = before[-1:] and not before[-1:].isspace() and before[-1:] not in "([,;–-−"
    if kind == "bibr" and glued and _NUMBERS.fullmatch(content):
        return ""
    return content


def _formula(element: etree._Element, tag: str) -> str:
    """Return a formula once, however many forms of it are given."""
    space = " " if tag == "disp-formula" else ""
    math = element if tag == "math" else next(element.iter("{*}math", "math"), None)
    if math is not None:
        return f"{space}{math_text(math)}{space}"
    tex = element if tag == "tex-math" else next(element.iter("tex-math"), None)
    if tex is not None:
        return f"{space}{tex_text(''.join(tex.itertext()))}{space}"
    return f"{space}{''.join(element.itertext())}{space}"
