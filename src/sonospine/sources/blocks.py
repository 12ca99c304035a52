"""Text as headings, paragraphs, tables and figures: the shared reader of Markdown and plain text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sonospine.model.record import Figure, Table
from sonospine.sources.decoding import collapse, unescape
from sonospine.sources.flatten import raised
from sonospine.sources.formulas import symbols, tex_text
from sonospine.sources.headings import LABELS
from sonospine.sources.text_tables import is_piped, is_tabbed, table_at

_RAISED = re.compile(r"<sup>\s*([^<]{0,40}?)\s*</sup>", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:b|i|em|strong|u|span|sub|sup|br|p|div|font|small)\b[^<>]{0,200}>|<!--.*?-->", re.IGNORECASE
)
_MATHS = re.compile(r"\$([^$\n]{0,300}\\[^$\n]{0,300})\$")
_MARKS = re.compile(r"\^\{[^{}]*\}")
_IMAGE = re.compile(r"!\[[^\]\n]*\]\([^)\n]*\)")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=\S)([^*\n]{1,200}?)(?<=\S)\*(?![\w*])")
_FURNITURE = re.compile(
    r"\s*(?:page \d+(?: of \d+)?|\d{1,4}|[-*_=–—]{1,}|[-•*]\s*|\(page number not for citation purposes\))\s*",
    re.IGNORECASE,
)
_BULLET = re.compile(r"\s*[-*•·]\s+(?=\S)")
_ATX = re.compile(r"\s{0,3}(#{1,6})\s+(.*?)\s*#*\s*")
_FIGURE = re.compile(r"\s*(Fig(?:ure|\.)?\s*(S?\d+[A-Za-z]?))\s*[.:|–-]?\s+(?=\S)(.*)", re.DOTALL)
_FIGURE_SENTENCE = re.compile(
    r"\s*Fig(?:ure|\.)?\s*\S+\s+(?:lists?|shows?|gives?|presents?|illustrates?|depicts?|displays?|summari[sz]es?|and|is)\b"
)
BACK = (
    r"Acknowledge?ments?|Funding(?: sources?)?|Author(?:s['’]?|['’]s)? contributions?|(?:Data )?Availability.{0,40}"
    r"|Data availability.{0,20}|Declarations?|Ethics.{0,60}|Ethical .{0,40}|Consent .{0,30}|Competing interests?"
    r"|Conflicts? of interests?|Declaration of .{0,40}|References?(?: list)?|Bibliography|Publisher['’]?s? note"
    r"|Abbreviations|Supplementary .{0,40}|Supporting information|Disclaimer|Disclosures?|Author details"
    r"|Contact Support|About the authors?"
)
_KNOWN = re.compile(rf"(?:\d+(?:\.\d+)*\.?\s+)?(?i:Abstract|Summary|{LABELS}|{BACK})")
LONG_LINE = 300


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; ``level`` 0 where the text does not mark it (plain text)."""

    text: str
    level: int


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, its white space collapsed."""

    text: str


Block = Heading | Paragraph | Table | Figure


def prepared_lines(text: str) -> list[str]:
    r"""Return the lines of a text without markup, menus, page numbers and running heads.

    Emphasis, raised marks and TeX leftovers go or become characters (``\pm`` is stored as ±): places count code
    points of the text as it is stored after this. Tabs stay, for they divide cells.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    text = _MARKS.sub("", _IMAGE.sub(" ", text))
    text = symbols(_MATHS.sub(lambda found: tex_text(found[1]), text))
    text = _RAISED.sub(_keep_raised, text)
    text = unescape(_TAG.sub(" ", text)).replace("**", "").replace("__", "")
    lines = [_EMPHASIS.sub(r"\1", line).strip(" \u00a0") for line in text.split("\n")]
    repeated = Counter(
        line for line in lines if 20 < len(line) < 120 and "\t" not in line and "|" not in line
    )
    lines = ["" if _FURNITURE.fullmatch(line) or repeated[line] > 2 else line for line in lines]
    return _without_menus(lines)


def _keep_raised(found: re.Match[str]) -> str:
    before = found.string[max(0, found.start() - 24) : found.start()]
    return raised(before, found[1], cell=False, note=False, cites=False)


def menu_lines(lines: Sequence[str]) -> list[int]:
    """Return the numbers of lines in runs of eight and more short bullets: the menu of a web page."""
    found: list[int] = []
    run: list[int] = []
    for index, line in enumerate([*lines, ""]):
        short = bool(_BULLET.match(line)) and len(line) < 60 and not line.rstrip().endswith(".")
        if short:
            run.append(index)
            continue
        found += run if len(run) >= 8 else []
        run = []
    return found


def _without_menus(lines: list[str]) -> list[str]:
    menu = set(menu_lines(lines))
    return ["" if index in menu else line for index, line in enumerate(lines)]


def blocks_of(lines: Sequence[str]) -> list[Block]:
    """Divide lines into blocks.

    Where some lines are long (over 300 characters), each line is a paragraph; else lines are wrapped, and a
    paragraph reaches to the next empty line.
    """
    long_lines = any(len(line) > LONG_LINE for line in lines)
    blocks: list[Block] = []
    pending: list[str] = []
    tables = figures = 0

    def flush() -> None:
        nonlocal figures
        if not pending:
            return
        text = _joined(pending)
        pending.clear()
        figure = _FIGURE.fullmatch(text)
        if figure and not _FIGURE_SENTENCE.match(text):
            figures += 1
            blocks.append(Figure(f"figure/{figures}", figure[1], figure[3]))
        elif text:
            blocks.append(Paragraph(text))

    index = 0
    while index < len(lines):
        line = lines[index]
        found = table_at(lines, index, tables + 1) if _may_begin_table(lines, index) else None
        if found:
            flush()
            tables += 1
            blocks.append(found.table)
            index = found.end
            continue
        heading = None if not line.strip() else _heading(lines, index, long_lines, bool(pending))
        if heading:
            flush()
            blocks.append(heading)
        elif not line.strip():
            flush()
        else:
            if long_lines or _BULLET.match(line):
                flush()
            pending.append(_BULLET.sub("", line, count=1) if _BULLET.match(line) else line)
        index += 1
    flush()
    return blocks


def _may_begin_table(lines: Sequence[str], index: int) -> bool:
    line = lines[index]
    return is_tabbed(line) or is_piped(line) or line.lstrip()[:3].lower() in ("tab", "sup", "app")


def _joined(lines: Sequence[str]) -> str:
    text = ""
    for line in lines:
        line = collapse(line)
        hyphen = text.endswith("-") and line[:1].islower()
        text = f"{text}{line}" if hyphen or not text else f"{text} {line}"
    return text.strip()


def _heading(lines: Sequence[str], index: int, long_lines: bool, inside: bool) -> Heading | None:
    line = lines[index]
    marked = _ATX.fullmatch(line)
    if marked:
        text = collapse(marked[2]).rstrip(":")
        return Heading(text, len(marked[1])) if text else None
    text = collapse(_BULLET.sub("", line, count=1)).rstrip(" :–-")
    if _KNOWN.fullmatch(text) and (long_lines or not inside):
        return Heading(text, 0)
    if _BULLET.match(line) or not _reads_like_heading(text, line):
        return None
    after = next((following for following in lines[index + 1 :] if following.strip()), "")
    blank_around = (index == 0 or not lines[index - 1].strip()) and (
        index + 1 >= len(lines) or not lines[index + 1].strip()
    )
    if not (long_lines or blank_around) or (inside and not long_lines):
        return None
    opens = len(after) > len(text) or (text.endswith("?") and bool(after))
    return Heading(text, 0) if opens and not is_tabbed(after) else None


def _reads_like_heading(text: str, line: str) -> bool:
    words = text.split()
    return (
        0 < len(words) <= 12
        and 3 < len(text) <= 90
        and (text[0].isupper() or text[0].isdigit())
        and line.rstrip()[-1] not in ".,;:-–"
        and "\t" not in line
        and not re.search(
            r"[@±=<>{}|]|https?:|\bdoi\b|^(?:Key ?words?|Fig|Tab)|\d{4}-\d\d", text, re.IGNORECASE
        )
        and any(character.isalpha() for character in text)
    )
