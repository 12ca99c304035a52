"""Inspec: ``Record - n INSPEC`` lines, then fields as ``TI ~ value``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sonospine.sources.citations.citation import Citation, Entry, checked
from sonospine.sources.citations.tagged import Block, lines_of
from sonospine.sources.citations.types import types_of
from sonospine.sources.citations.values import divided, doi_from, each_plain, language_of, paragraphs
from sonospine.sources.identifiers import year_in
from sonospine.sources.raw import Unreadable

_RECORD = re.compile(r"(?mi)^[ \t]*Record\b.*INSPEC.*$")
_LINE = re.compile(r"([A-Z][A-Z0-9]) ?~ ?(.*)")
_SOURCE = re.compile(
    r"(?P<journal>[^.]*)\.? *(?P<year>\d{4})?; *(?P<volume>\w*) *(?:\((?P<issue>\w+)\))? *: *(?P<pages>.*)"
)


def read_inspec(text: str) -> Iterator[Entry | Unreadable]:
    """Yield each entry of an Inspec file; one without title and number is told to be unreadable."""
    block = Block()
    for line in lines_of(text):
        if _RECORD.match(line):
            if block.lines:
                yield checked(_citation(block), block.original())
            block = Block(lines=[line])
        elif block.lines:
            block.lines.append(line)
            if found := _LINE.match(line):
                block.add(found[1], found[2])
            elif line.strip():
                block.go_on(line)
    if block.lines:
        yield checked(_citation(block), block.original())


def count_inspec(text: str) -> int:
    """Return how many ``Record`` lines a file has."""
    return len(_RECORD.findall(text))


def _citation(block: Block) -> Citation:
    def one(*tags: str) -> str:
        return next(each_plain(block.values(*tags)), "")

    found = _SOURCE.match(one("SO"))
    source = found.groupdict() if found else {}
    return Citation(
        title=one("TI"),
        abstract=tuple(part for value in block.values("AB") for part in paragraphs(value)),
        authors=divided(block.values("AU")),
        journal=source.get("journal") or "",
        year=year_in(source.get("year") or one("PY") or one("SO")),
        volume=source.get("volume") or "",
        issue=source.get("issue") or "",
        pages=(source.get("pages") or "").rstrip("."),
        doi=doi_from(block.values("DOI", "DO", "DI")),
        accession=one("AN"),
        database="Inspec",
        types=types_of(block.values("RT"), block.values("DT")),
        keywords=divided(block.values("DE", "ID")),
        language=language_of(one("LA")),
    )
