"""What the first lines of a plain document tell: title, authors, year; and whether it is a page of news."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sonospine.sources.decoding import collapse
from sonospine.sources.identifiers import unique

_DEGREES = re.compile(
    r"(?:MD|M\.D\.|PhD|Ph\.D\.|MSc|M\.Sc\.?|BSc(?: [A-Z][a-z]+)?|BEd|MBBS|MBChB|MB|BS|BA|MA|MS|MPH|MBA|DO|DPhil|DSc"
    r"|DrPH|PT|DPT|RN|FRCA|FRCPC|FRCP|FANZCA|FFPMANZCA|FNB(?: \([^)]*\))?|FIPP|EDRA|Prof|Dr|Jr|Sr|II|III)\.?"
)
_NAME = re.compile(
    r"[A-ZÀ-ÖØ-ÞĀ-Ž][\w'’.\-]*(?:\s+(?:(?:van|von|der|den|de|del|della|di|da|dos|la|le|el|al|bin|ibn|ter|ten)\b|"
    r"[A-ZÀ-ÖØ-ÞĀ-Ž][\w'’.\-]*)){1,5}"
)
_MARKS = re.compile(r"[¹²³⁰⁴⁵⁶⁷⁸⁹*†‡§¶]+|\^?\{[^{}]*\}|(?<=[a-zà-ÿ])\d+(?:\s*,\s*\d+)*|<[^<>]*>")
_NOT_TITLE = re.compile(
    r"https?:|www\.|@|\bdoi\b|©|\bISSN\b|\d+\s*\(\d+\)|^(?:by|published|received)\b", re.IGNORECASE
)
_YEAR = re.compile(
    r"(?:©|\(c\)|copyright|the author\(s\),?|publication date:?|published(?: online| on)?:?|accepted:?)"
    r"[^\d\n]{0,30}?(?:\d{1,2}[ ,./-]+)?(?:[A-Z][a-z]+ \d{1,2}, )?((?:19|20)\d\d)(?!\d)",
    re.IGNORECASE,
)
_NEWS = (
    re.compile(r"\b\d+ ?min(?:ute)?s? read\b|\btime to read\b", re.IGNORECASE),
    re.compile(
        r"\bposting an article\b|\bpress release\b|\bnews release\b|\bsubscribe to our\b", re.IGNORECASE
    ),
    re.compile(r"\babout the announcement\b|\binformational purposes\b", re.IGNORECASE),
    re.compile(
        r"(?m)^(?:key points|key takeaways|in this article|frequently asked questions)\s*$", re.IGNORECASE
    ),
    re.compile(r"(?m)^(?:reference|source|journal reference)s?\s*[–:-]\s*$", re.IGNORECASE),
    re.compile(r"(?m)^publi(?:cation date|shed on)\s*:", re.IGNORECASE),
    re.compile(r"\b(?:study finds|study shows|new study)\b|:\s*study\s*$", re.IGNORECASE | re.MULTILINE),
    re.compile(r"\bis currently recruiting\b", re.IGNORECASE),
)
_REVIEW = re.compile(
    r"\b(?:this|the present) (?:(?:technical|narrative|systematic|scoping|literature|pictorial) )?review\b",
    re.IGNORECASE,
)
HEAD_LINES = 60


def find_title(lines: Sequence[str]) -> tuple[str, int, int]:
    """Return the title with its first line and the line after it; an empty title where nothing reads like one.

    A marked heading of level one among the first lines wins; else the first line of at least four words that is no
    sentence, address or date.
    """
    filled = [index for index, line in enumerate(lines) if line.strip()][:HEAD_LINES]
    for index in filled:
        if re.match(r"#\s+\S", lines[index]):
            return collapse(lines[index].lstrip("#")), index, index + 1
    for index in filled[:12]:
        text = collapse(lines[index])
        words = text.split()
        if "\t" in lines[index] or lines[index].startswith(("-", "|", "#")):
            continue
        if len(words) < 4 or _NOT_TITLE.search(text):
            continue
        if len(text) > 400 or text.endswith((".", ";", ",")) or not (text[0].isupper() or text[0].isdigit()):
            return "", 0, 0
        end = index + 1
        if len(text) < 120 and end < len(lines) and _continues(lines[end]):
            text, end = f"{text} {collapse(lines[end])}", end + 1
        return text, index, end
    return "", 0, 0


def _continues(line: str) -> bool:
    """Return whether a line carries a wrapped title on: it begins small and is no sentence."""
    text = line.strip()
    return bool(text) and text[0].islower() and len(text) < 200 and not text.endswith(".")


def find_authors(lines: Sequence[str], start: int) -> tuple[tuple[str, ...], int]:
    """Return the authors on one of the next three filled lines, and the line after them (``start`` without)."""
    filled = [index for index in range(start, min(len(lines), start + 12)) if lines[index].strip()][:3]
    for index in filled:
        names = names_in(lines[index])
        if names:
            return names, index + 1
    return (), start


def names_in(line: str) -> tuple[str, ...]:
    """Return the names of a line that is nothing but a list of names, with or without degrees and marks."""
    plain = _MARKS.sub(",", line)
    plain = re.sub(r"^\s*by\s+", "", plain, flags=re.IGNORECASE)
    pieces = [p.strip(" .") for p in re.split(r"[,;]|\s+and\s+|\s+&\s+", plain)]
    pieces = [piece for piece in pieces if piece and piece.lower() != "and" and not _DEGREES.fullmatch(piece)]
    pieces = [re.sub(r"^and\s+", "", piece) for piece in pieces]
    if not pieces or not all(_NAME.fullmatch(piece) and len(piece) < 60 for piece in pieces):
        return ()
    certain = len(pieces) > 1 or plain != line or bool(_DEGREES.search(line))
    return unique(collapse(piece) for piece in pieces) if certain else ()


def find_year(text: str) -> str:
    """Return the year beside a word of publication, or an empty text."""
    found = _YEAR.search(text)
    return found[1] if found else ""


def is_news(text: str, menus: int) -> bool:
    """Return whether at least two things say that a text is a page of news: its wording, or a menu of a site."""
    return sum(bool(pattern.search(text)) for pattern in _NEWS) + (menus > 0) >= 2


def types_in(title: str, text: str) -> tuple[str, ...]:
    """Return the publication types by which a text calls itself: ``Case Reports`` or ``Review``."""
    if re.search(r"\bcase report\b", title, re.IGNORECASE):
        return ("Case Reports",)
    return ("Review",) if _REVIEW.search(text[:4000]) else ()
