"""EndNote's and refer's tagged format: ``%0 Journal Article``, ``%A``, ``%T``; entries divided by blank lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sonospine.sources.citations.citation import Citation, Entry, checked
from sonospine.sources.citations.tagged import Block, lines_of
from sonospine.sources.citations.types import types_of
from sonospine.sources.citations.values import (
    divided,
    doi_from,
    each_plain,
    language_of,
    paragraphs,
    pmcid_from,
    pmid_from,
    registrations_in,
)
from sonospine.sources.identifiers import normal_pmid, unique, year_in
from sonospine.sources.raw import Unreadable

_LINE = re.compile(r"[ \t]*%([0-9A-Z@!#$\]\[\(\)*+<>=~?^,:|&{}])(?:[ \t]+(.*)|$)")
_PUBMED = re.compile(r"NLM|PubMed|MEDLINE", re.IGNORECASE)


def read_endnote_tagged(text: str) -> Iterator[Entry | Unreadable]:
    """Yield each entry of an EndNote tagged file; one without title and number is told to be unreadable."""
    for block in _blocks(text):
        yield checked(_citation(block), block.original())


def count_endnote_tagged(text: str) -> int:
    """Return how many entries a file has: tagged lines that stand after a blank line or at the start.

    Within a group of lines a second ``%0``, ``%T`` or ``%0`` after others begins an entry too.
    """
    groups = re.split(r"\n[ \t]*\n(?=[ \t]*%)", text)
    tags = (re.findall(r"(?m)^[ \t]*%(\S)(?:[ \t]|$)", group) for group in groups)
    return sum(max(1, found.count("0")) for found in tags if found)


def _blocks(text: str) -> Iterator[Block]:
    """Cut a file into entries: at a blank line before a tag, and at ``%0`` where the entry has one already."""
    block, blank = Block(), False
    for line in lines_of(text):
        found = _LINE.match(line)
        if (
            found
            and block.fields
            and (blank or (found[1] == "0" and any(f.tag == "0" for f in block.fields)))
        ):
            yield block
            block = Block()
        if found:
            block.add(found[1], found[2] or "")
        elif block.fields:
            block.go_on(line)
        if block.fields:
            block.lines.append(line)
        blank = not line.strip()
    if block.fields:
        yield block


def _citation(block: Block) -> Citation:
    def one(*tags: str) -> str:
        return next(each_plain(block.values(*tags)), "")

    database = one("~")
    accession = one("M")
    return Citation(
        title=one("T"),
        vernacular=one("Q"),
        abstract=tuple(part for value in block.values("X") for part in paragraphs(value)),
        authors=divided(block.values("A")),
        journal=one("J", "B"),
        year=next((year for value in block.values("D", "8") if (year := year_in(value))), ""),
        volume=one("V"),
        issue=one("N"),
        pages=one("P"),
        doi=doi_from(block.values("R", "U", "3")),
        pmid=(normal_pmid(accession) if _PUBMED.search(f"{database} {one('W')}") else "")
        or pmid_from(block.values("U", "Z", "M")),
        pmcid=pmcid_from(block.values("2")),
        registered=registrations_in(block.values("1", "2", "3", "4")),
        accession=accession,
        database=database or one("W"),
        types=types_of(block.values("0"), block.values("9")),
        keywords=divided(block.values("K")),
        language=language_of(one("G")),
        url=next((url for url in block.values("U") if re.match("https?:", url)), ""),
        notes=unique(each_plain(block.values("Z", "O"))),
    )
