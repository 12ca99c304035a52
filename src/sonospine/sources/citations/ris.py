"""RIS, in the dialects of Embase, Scopus, Web of Science, Ovid, ProQuest, Cochrane and reference managers."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator

from sonospine.sources.citations.citation import Citation, Entry, checked
from sonospine.sources.citations.tagged import Block, lines_of
from sonospine.sources.citations.types import types_of
from sonospine.sources.citations.values import (
    begins_with_registration,
    divided,
    doi_from,
    each_plain,
    language_of,
    pages_of,
    paragraphs,
    pmcid_from,
    pmid_from,
    registrations_in,
)
from sonospine.sources.identifiers import normal_pmid, unique, year_in
from sonospine.sources.raw import Unreadable

# Two or more blanks before the dash make any tag; one or none only a known one, because wrapped text may begin with
# "T2 - " or "T2-weighted". Some write a tab, or blanks before the tag.
_LINE = re.compile(r"[ \t]{0,2}([A-Z][A-Z0-9])([ \t]*)-(?: (.*)|(.*))$")
_LONG = re.compile(r"[ \t]{0,2}(PMID|PMCID|DOI)[ \t]*-[ \t]*(.*)$")
_LONG_AS = {"PMID": ("U1", "{}[pmid]"), "PMCID": ("U2", "{}"), "DOI": ("DO", "{}")}
_CLOSE_TY = re.compile(r"(?m)^[ \t]{0,2}TY-")
_MARKS = re.compile(r"(?m)^[ \t]{0,2}(TY|ER)[ \t]*-")
_REPEATED = re.compile(r"(?m)^[ \t]{0,2}TY[ \t]*-.*\n\s*(?=TY[ \t]*-)")
_ACCESSION = re.compile(r"[A-Z]{0,6}[-:_]?[0-9][-0-9]{5,}[A-Z0-9]*|rayyan-\d+", re.IGNORECASE)
_EMBASE = re.compile(r"L[0-9]{5,}")
_PUBMED = re.compile(r"NLM|PubMed|MEDLINE", re.IGNORECASE)
_REGISTERED = re.compile(r"(?:clinical )?trial(?:s)? (?:number|regist)\w*|registration", re.IGNORECASE)
# What stands in M3 besides types: DOIs, numbers and the classes of PsycINFO.
_NO_TYPE = re.compile(r"(?:doi\b|10\.|\d)|.*\[\d+\]$", re.IGNORECASE | re.DOTALL)
_NUMBER_TAGS = ("CN", "C1", "C2", "C3", "C4", "C6", "C7", "C8", "AN", "M2", "U3", "U4", "U5", "CT", "SI")
# Tags into which a database writes PubMed's number without saying that it is one.
_UNMARKED_PMID = {"scopus": "C2", "embase": "C5"}
_NO_PAGES = re.compile(r"no[ -]specified|n\.?pag\.?", re.IGNORECASE)


def read_ris(text: str) -> Iterator[Entry | Unreadable]:
    """Yield each entry of a RIS file; one without title and number is told to be unreadable."""
    for block in _blocks(text):
        yield checked(_citation(_mended(block)), block.original())


def count_ris(text: str) -> int:
    """Return how many entries the ``TY`` and ``ER`` lines of a file tell; either may be missing."""
    marks = "".join(found[1][0] for found in _MARKS.finditer(_REPEATED.sub("", text)))
    return len(re.findall(r"TE?|E", marks)) or 1


def _blocks(text: str) -> Iterator[Block]:
    """Cut a file into entries: from ``TY`` to ``ER``, the next ``TY`` or the end."""
    close = bool(_CLOSE_TY.search(text))
    last: Block | None = None
    block = Block()
    for line in lines_of(text):
        tag, value = _field(line, close)
        if tag == "TY" and any(f.tag != "TY" for f in block.fields):
            last, ended = _ended(block, last)
            if ended:
                yield ended
            block = Block()
        if tag:
            block.add(tag, value)
        elif block.fields:
            block.go_on(line)
        if block.fields:
            block.lines.append(line)
        if tag == "ER":
            if last:
                yield last
            last, block = block, Block()
    last, ended = _ended(block, last)
    if ended:
        yield ended
    if last:
        yield last


def _ended(block: Block, last: Block | None) -> tuple[Block | None, Block | None]:
    """Return the entry that may still be carried on, and the one that is complete, where an entry has no ``ER``.

    Fields after an ``ER`` that are no entry of their own (Ovid's ``NL``) belong to the entry before.
    """
    own = {"TY", "TI", "T1", "DO", "AU", "A1"}
    if last and not any(f.tag in own for f in block.fields):
        last.fields += block.fields
        last.lines += block.lines
        return last, None
    return (block, last) if block.fields else (last, None)


def _field(line: str, close: bool) -> tuple[str, str]:
    """Return tag and value of a line, empty where it has none. ``close``: the file writes ``TY-``, without blanks."""
    if not (line[:3].strip() and "-" in line):
        return "", ""
    if found := _LONG.match(line):
        tag, form = _LONG_AS[found[1]]
        return tag, form.format(found[2].strip()) if found[2].strip() else ""
    found = _LINE.match(line)
    if not found:
        return "", ""
    tag, gap = found[1], found[2]
    if len(gap) < 2 and "\t" not in gap and not (tag in _known() and (gap or close)):
        return "", ""
    return tag, (found[3] if found[3] is not None else found[4]).strip()


@functools.cache
def _known() -> frozenset[str]:
    from rispy.config import TAG_KEY_MAPPING  # type: ignore[import-untyped]  # rispy has no types

    return frozenset(TAG_KEY_MAPPING)


def _mended(block: Block) -> dict[str, list[str]]:
    """Return the values of each tag, read by rispy from lines in the strict form.

    rispy keeps the first of repeated tags, fails on wrapped unknown ones, swallows the entry after a missing ``ER``
    and leaves out what has no ``TY``: it gets one entry, complete, wrapped lines joined, all tags as lists.
    """
    from rispy import RisParser  # type: ignore[import-untyped]  # rispy has no types

    tags = sorted({f.tag for f in block.fields} | {"TY", "ER"})
    parser = RisParser(mapping={tag: tag for tag in tags}, list_tags=tags, delimiter_tags_mapping={})
    starts = [f.value for f in block.fields if f.tag == "TY"]
    fields = [f for f in block.fields if f.tag not in ("TY", "ER")]
    lines = [f"TY  - {starts[0] if starts else ''}", *(f"{f.tag}  - {f.value}" for f in fields), "ER  - "]
    (entry,) = parser.parse_lines(iter(lines))
    read = {tag: [v for v in values if v] for tag, values in entry.items() if isinstance(values, list)}
    return {**read, "TY": [start for start in starts if start]}


def _citation(entry: dict[str, list[str]]) -> Citation:
    def many(*tags: str) -> list[str]:
        return [value for tag in tags for value in entry.get(tag, [])]

    def one(*tags: str) -> str:
        return next(each_plain(many(*tags)), "")

    notes = many("N1")
    database = one("DB") or one("DP", "WE")
    accession = _accession(one("AN"), many("U2"), one("ID"), database)
    title = one("TI", "T1", "CT", "BT", "ST")
    vernacular = one("TT")
    addresses = [
        url for value in many("UR", "L2", "L1", "L3") for url in re.split(r";\s*(?=https?:)|\s+", value)
    ]
    abstracts = many("AB") or many("N2")
    return Citation(
        title=title,
        vernacular=vernacular if vernacular != title else "",
        abstract=tuple(dict.fromkeys(part for value in abstracts for part in paragraphs(value))),
        authors=divided(many("AU", "A1")),
        # Embase has the journal's full name in T2 and its abbreviation in JF, others the other way round.
        journal=max(one("JF"), one("T2"), key=len) or one("JO", "BT", "JA", "J2", "J1", "JI", "J9"),
        year=next((year for value in many("PY", "Y1", "YR", "DA") if (year := year_in(value))), ""),
        volume=one("VL", "VO"),
        issue=one("IS"),
        pages=_pages(one("SP"), one("EP")) or _article(one("C7")),
        doi=doi_from((*many("DO", "DI", "M3", "L3"), *addresses, *notes)),
        pmid=_pmid(
            (*many("U1", "M2", "C2", "C3", "AN"), *notes, *addresses),
            accession,
            database,
            many(_UNMARKED_PMID.get(database.lower(), "")),
        ),
        pmcid=pmcid_from(v for v in (*many("U2", "C2", "AN"), *addresses) if len(v) < 100),
        registered=_registered(many(*_NUMBER_TAGS), notes, one("M3"), addresses),
        accession=accession,
        database=database,
        types=types_of(many("TY"), [v for v in many("M3", "PT") if not _NO_TYPE.match(v)], notes),
        keywords=unique(word.lstrip("*") for word in divided(many("KW"))),
        language=language_of("; ".join(many("LA"))),
        url=next((url for url in addresses if url.startswith("http")), ""),
        notes=unique(each_plain((*notes, *(many("N2") if entry.get("AB") else ())))),
    )


def _pages(start: str, end: str) -> str:
    return "" if _NO_PAGES.fullmatch(f"{start} {end}".strip()) else pages_of(start, end)


def _article(number: str) -> str:
    """Return the number of an article without pages; Cochrane has registrations in that field."""
    return "" if begins_with_registration(number) else number


def _accession(number: str, others: Iterable[str], label: str, database: str) -> str:
    """Return the number of the entry in its database; a label of the reference manager (``1``) is none."""
    if number:
        return number
    for other in others:
        if _EMBASE.fullmatch(other):
            return other
    return label if _ACCESSION.fullmatch(label) and (database or len(label) > 7) else ""


def _pmid(marked: Iterable[str], accession: str, database: str, unmarked: Iterable[str]) -> str:
    number = pmid_from(marked)
    if number:
        return number
    if _PUBMED.search(database):
        return normal_pmid(accession)
    return next((number for value in unmarked if (number := normal_pmid(value))), "")


def _registered(fields: list[str], notes: list[str], kind: str, addresses: list[str]) -> tuple[str, ...]:
    listed = [value for value in fields if len(value) < 200]
    listed += [note for note in notes if _REGISTERED.match(note) or begins_with_registration(note)]
    if "registry" in kind.lower():
        listed += addresses
    return registrations_in(listed)
