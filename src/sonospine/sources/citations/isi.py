"""Web of Science and other databases of ISI: tagged fields from ``PT`` to ``ER`` (not RIS, despite the likeness)."""

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
    pages_of,
    paragraphs,
    pmid_from,
    registrations_in,
)
from sonospine.sources.identifiers import normal_pmid, unique, year_in
from sonospine.sources.raw import Unreadable

_LINE = re.compile(r"([A-Z][A-Z0-9])(?: (.*)|$)")
_MARKS = re.compile(r"(?m)^(PT|ER)(?: |$)")
_KINDS = {"J": "Journal Article", "B": "Book", "S": "Book", "P": "Patent", "C": "Conference Proceeding"}
_MEDLINE = re.compile(r"MEDLINE:([0-9]{1,8})")


def read_isi(text: str) -> Iterator[Entry | Unreadable]:
    """Yield each entry of a Web of Science file; one without title and number is told to be unreadable."""
    for block in _blocks(text):
        yield checked(_citation(_mended(block)), block.original())


def count_isi(text: str) -> int:
    """Return how many entries the ``PT`` and ``ER`` lines of a file tell; either may be missing."""
    return len(re.findall(r"PE?|E", "".join(found[1][0] for found in _MARKS.finditer(text))))


def _blocks(text: str) -> Iterator[Block]:
    block = Block()
    for line in lines_of(text):
        found = _LINE.match(line)
        tag = found[1] if found else ""
        if tag in ("FN", "VR", "EF") and not block.fields:
            continue
        if tag == "PT" and block.fields:
            yield block
            block = Block()
        if found:
            block.add(tag, found[2] or "")
        elif line.strip():
            block.go_on(line)
        if block.fields:
            block.lines.append(line)
        if tag == "ER":
            yield block
            block = Block()
    if block.fields:
        yield block


def _mended(block: Block) -> dict[str, list[str]]:
    """Return the values of each tag, read by rispy from lines in the strict form.

    rispy loses an entry without ``PT`` or ``ER`` and all that follows a line that is shorter than a tag: it gets
    one entry, complete, wrapped lines joined, all tags as lists.
    """
    from rispy import WokParser  # type: ignore[import-untyped]  # rispy has no types

    fields = [f for f in block.fields if f.tag not in ("PT", "ER", "FN", "VR", "EF")]
    tags = sorted({f.tag for f in fields} | {"PT", "ER"})
    parser = WokParser(mapping={tag: tag for tag in tags}, list_tags=tags)
    lines = [f"PT {block.first('PT')}", *(f"{f.tag} {f.value}" for f in fields), "ER "]
    (entry,) = parser.parse_lines(iter(lines))
    kind = [block.first("PT")] if block.first("PT") else []
    read = {tag: [v for v in values if v] for tag, values in entry.items() if isinstance(values, list)}
    return {**read, "PT": kind}


def _citation(entry: dict[str, list[str]]) -> Citation:
    def many(*tags: str) -> list[str]:
        return [value for tag in tags for value in entry.get(tag, [])]

    def one(*tags: str) -> str:
        return next(each_plain(many(*tags)), "")

    number = one("UT", "AN")
    medline = _MEDLINE.fullmatch(number)
    kinds = [_KINDS.get(kind, kind) for kind in many("PT")]
    return Citation(
        title=one("TI", "BT"),
        abstract=tuple(part for value in many("AB") for part in paragraphs(value)),
        authors=_names(many("AF") or many("AU")) + _names(many("CA")),
        journal=one("SO", "JI", "J9"),
        year=next((year for value in many("PY", "PD", "EY") if (year := year_in(value))), ""),
        volume=one("VL"),
        issue=one("IS"),
        pages=pages_of(one("BP"), one("EP")) or one("PS", "AR"),
        doi=doi_from(many("DI", "D2")),
        pmid=normal_pmid(one("PM")) or (medline[1] if medline else "") or pmid_from(many("PM")),
        registered=registrations_in(many("CT", "RG")),
        accession=number,
        database="MEDLINE" if medline else "Web of Science" if number.startswith(("WOS", "ISI")) else "",
        types=types_of(kinds, many("DT")),
        keywords=divided([re.sub(r"\s*\n\s*", " ", value) for value in many("DE", "ID")]),
        language=language_of(one("LA")),
        notes=unique(each_plain(many("N1"))),
    )


def _names(values: list[str]) -> tuple[str, ...]:
    """Return names, which stand on lines of their own, or on one with semicolons."""
    return divided(values)
