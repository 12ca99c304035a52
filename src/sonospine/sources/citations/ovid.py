"""Ovid: numbered entries (``<1>``) with field names on lines of their own, or with Ovid's two-letter tags."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sonospine.sources.citations.citation import Citation, Entry, checked
from sonospine.sources.citations.source_line import place_in
from sonospine.sources.citations.tagged import Block, lines_of
from sonospine.sources.citations.types import types_of
from sonospine.sources.citations.values import (
    divided,
    doi_from,
    each_plain,
    language_of,
    paragraphs,
    plain,
    pmcid_from,
    pmid_from,
    registrations_in,
)
from sonospine.sources.identifiers import normal_pmid, unique, year_in
from sonospine.sources.raw import Unreadable

_NUMBER = re.compile(r"<\d+\.? ?>\s*")
_NUMBERED = re.compile(r"(?m)^<\d+\.? ?>[ \t]*$")
_NAME = re.compile(r"[A-Z][A-Za-z()&/ -]{1,60}[ \t]*:?")
_TAG = re.compile(r"([A-Z][A-Z0-9]) {0,2}-(?: (.*)|$)")
_NAMES = {
    "UI": "unique identifier",
    "AN": "accession number",
    "TI": "title",
    "OT": "original title",
    "AU": "author",
    "FA": "author",
    "AB": "abstract",
    "SO": "source",
    "JN": "journal",
    "PT": "publication type",
    "LG": "language",
    "LA": "language",
    "DO": "doi number",
    "DI": "doi number",
    "YR": "year of publication",
    "DP": "date of publication",
    "DB": "database",
    "MH": "subject headings",
    "SH": "subject headings",
    "HW": "subject headings",
    "KW": "keywords",
    "KF": "keywords",
    "PM": "pmid",
    "CN": "clinical trial number",
    "NT": "notes",
    "UR": "link to the ovid full text or citation",
}
_PUBMED = re.compile(r"MEDLINE|PubMed", re.IGNORECASE)
_TITLE_TYPE = re.compile(r"(?<=.)\s*\[([A-Z][A-Za-z :,&/-]{2,40})\]\.?$")
_MARKS = re.compile(
    r"(?:\s*+[\d*+,]++|\s++(?:MD|M\.D\.|PhD|Ph\.D\.|RN|FAAN|MSc|BSc|MPH|MBBS|FRCA|FRCP|DO|PT|DPT)\b,?)++\s*+$"
)
_LONGEST_NAME = 500
_DEGREE = re.compile(r"(?:[A-Z]{2,6}|PhD|MSc|BSc|DPhil)(?:\s*\d+)?")


def read_ovid(text: str) -> Iterator[Entry | Unreadable]:
    """Yield each entry of an Ovid file; one without title and number is told to be unreadable."""
    for block in _blocks(text):
        yield checked(_citation(block), block.original())


def count_ovid(text: str) -> int:
    """Return how many numbers (``<1>``) a file has, or, without numbers, how often its first field name comes."""
    numbered = len(_NUMBERED.findall(text))
    if numbered:
        return numbered
    first = next((line.rstrip() for line in text.split("\n") if line.strip()), "")
    tag = _TAG.match(first)
    start = rf"(?m)^{tag[1]} *-" if tag else rf"(?m)^{re.escape(first)}[ \t]*$"
    return len(re.findall(start, text))


def _blocks(text: str) -> Iterator[Block]:
    """Cut a file into entries: at each number; in a file without numbers where the first field name comes again."""
    numbered = bool(_NUMBERED.search(text))
    block, first = Block(), ""
    for line in lines_of(text):
        number = _NUMBER.fullmatch(line)
        name, value = _field(line)
        first = first or name
        if block.lines and (number or (not numbered and name == first and block.fields)):
            yield block
            block = Block()
        if name:
            block.add(name, value)
        elif not number and line.strip():
            block.go_on(line)
        elif block.fields and not number:
            block.go_on("")
        if block.lines or number or name:
            block.lines.append(line)
    if block.lines:
        yield block


def _field(line: str) -> tuple[str, str]:
    """Return the name of the field that begins on a line, in lower case, with what stands of its value there."""
    if tag := _TAG.match(line):
        return _NAMES.get(tag[1], tag[1]), tag[2] or ""
    return (line.strip().rstrip(": ").lower(), "") if _NAME.fullmatch(line) else ("", "")


def _citation(block: Block) -> Citation:
    def many(*names: str) -> list[str]:
        return block.values(*names)

    def one(*names: str) -> str:
        return next(each_plain(many(*names)), "")

    title = one("title", "english title", "article title", "chapter title", "book title")
    marked = _TITLE_TYPE.search(title)
    database = one("database", "database name")
    accession = one("accession number", "unique identifier", "an").rstrip(".")
    place = place_in(one("source", "abbreviated source"))
    in_pubmed = bool(_PUBMED.search(database))
    return Citation(
        title=title[: marked.start()].strip() if marked else title,
        vernacular=one("original title", "vernacular title"),
        abstract=tuple(("", text) for _, text in _abstract(many("abstract"))),
        authors=_authors(many("author", "authors", "author(s)", "personal author")),
        journal=one("journal", "journal name", "publication") or place.journal,
        year=year_in(one("year of publication", "publication year", "year", "date of publication"))
        or place.year,
        volume=one("volume") or place.volume,
        issue=one("issue", "issue/part") or place.issue,
        pages=one("pages", "page") or place.pages,
        doi=doi_from(many("doi number", "doi", "digital object identifier")),
        pmid=normal_pmid(one("pmid", "pubmed id", "medline pmid"))
        or (normal_pmid(accession) if in_pubmed else "")
        or pmid_from(many("pmid")),
        pmcid=pmcid_from(many("pmc", "pmcid", "pmc identifier")),
        registered=registrations_in(
            many("clinical trial number", "trial number", "registry number", "secondary source id")
        ),
        accession=accession,
        database=database,
        types=types_of((), [*([marked[1]] if marked else []), *many("publication type", "document type")]),
        keywords=unique(
            w.lstrip("*").rstrip(".")
            for w in divided(
                many(
                    "author keywords",
                    "keywords",
                    "key words",
                    "subject headings",
                    "mesh subject headings",
                    "index terms",
                )
            )
        ),
        language=language_of(one("language")),
        url=next(
            (v for v in many("link to the ovid full text or citation", "url") if v.startswith("http")), ""
        ),
        notes=unique(each_plain(many("notes", "status"))),
    )


def _abstract(values: list[str]) -> list[tuple[str, str]]:
    parts = [part for value in values for part in paragraphs(value)]
    # The last paragraph may be the publisher's line of copyright.
    return [
        (label, text.removeprefix(": "))
        for label, text in parts
        if not re.match(r"(?:\(C\)|©|Copyright \()", text)
    ]


def _authors(values: list[str]) -> tuple[str, ...]:
    """Return names without degrees and the marks of their addresses; editors are left out."""
    listed = [re.sub(r"\n+", ";  ", value) for value in values]
    pattern = r";\s{2,}" if any(re.search(r";\s{2}", value) for value in listed) else r";\s*"
    names = [plain(name) for value in listed for name in re.split(pattern, value)]
    people = [re.split(r";\s", name)[0] for name in names if not re.search(r"\[Ed(?:itor)?s?\.?\]", name)]
    bare = (re.sub(r"\s*\[[^\]]*\]$", "", name[:_LONGEST_NAME]) for name in people)
    return unique(_MARKS.sub("", name).rstrip(" .,*") for name in bare if not _DEGREE.fullmatch(name))
