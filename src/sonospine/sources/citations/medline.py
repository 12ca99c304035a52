"""MEDLINE/NBIB: the tagged format of PubMed, also written by ERIC and by reference managers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sonospine.model.identifiers import normal_doi
from sonospine.sources.citations.citation import Citation, Entry, checked
from sonospine.sources.citations.tagged import Block, lines_of
from sonospine.sources.citations.values import (
    doi_from,
    each_plain,
    language_of,
    paragraphs,
    plain,
    pmcid_from,
    pmid_from,
    registrations_in,
)
from sonospine.sources.editorial import PUBMED_RELATIONS
from sonospine.sources.identifiers import normal_pmid, unique, year_in
from sonospine.sources.raw import Unreadable

_LINE = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,4}-(?: |$|(?=\S))(.*)")
_BEGINNING = re.compile(r"(?m)^PMID *-|(?:\A\s*|\n\n)^(?!PMID)[A-Z][A-Z0-9]{1,3} *-")
_NOTICES = {
    "RIN": "RetractionIn",
    "ROF": "RetractionOf",
    "PRIN": "PartialRetractionIn",
    "PROF": "PartialRetractionOf",
    "RRI": "RetractedandRepublishedIn",
    "RRF": "RetractedandRepublishedFrom",
    "CRI": "CorrectedandRepublishedIn",
    "CRF": "CorrectedandRepublishedFrom",
    "RPI": "RepublishedIn",
    "RPF": "RepublishedFrom",
    "EIN": "ErratumIn",
    "EFR": "ErratumFor",
    "ECI": "ExpressionOfConcernIn",
    "ECF": "ExpressionOfConcernFor",
    "UIN": "UpdateIn",
    "UOF": "UpdateOf",
    "SPIN": "SummaryForPatientsIn",
    "ORI": "OriginalReportIn",
    "CIN": "CommentIn",
    "CON": "CommentOn",
}
_OWNERS = {"NLM": "PubMed", "ERIC": "ERIC"}


def read_medline(text: str) -> Iterator[Entry | Unreadable]:
    """Yield each entry of a MEDLINE file; one without title and number is told to be unreadable."""
    for block in blocks_in(text):
        yield checked(_citation(block), block.original())


def count_medline(text: str) -> int:
    """Return how many entries the marks of a file tell: ``PMID`` lines, and other tags after a blank line."""
    return len(_BEGINNING.findall(text))


def blocks_in(text: str) -> Iterator[Block]:
    """Cut a file into its entries, in which each field is one value.

    An entry begins at ``PMID``, or at the first tag after a blank line.
    """
    block, blank = Block(), True
    for line in lines_of(text):
        found = _LINE.match(line)
        if found:
            if block.fields and (blank or found[1] == "PMID"):
                yield block
                block = Block()
            block.lines.append(line)
            block.add(found[1], found[2])
        elif line.strip():
            # An indented line goes on where the last field stopped, blank lines or not; other text is no field.
            if block.fields and (line[:1] in " \t" or not blank):
                block.lines.append(line)
                block.go_on(line)
        elif block.fields and line:
            block.lines.append(line)
            block.go_on("")  # a line of spaces divides paragraphs of an abstract
        blank = not line.strip() and (not line or not block.fields)
    if block.fields:
        yield block


def _citation(block: Block) -> Citation:
    from Bio import Medline

    # Bio.Medline takes lines as PubMed writes them (tag in four columns, then "- ") and loses the first letters of
    # others; it stops at blank lines and fails on a file that begins with a wrapped line: it gets one entry, mended.
    lines = [f"{f.tag:4}- {f.value}" for f in block.fields]
    record: dict[str, str | list[str]] = Medline.read(lines)  # type: ignore[no-untyped-call]  # biopython has no types

    def one(*tags: str) -> str:
        return next((text for tag in tags if (text := plain(_joined(record.get(tag, ""))))), "")

    def many(*tags: str) -> list[str]:
        return [value for tag in tags for value in _listed(record.get(tag, []))]

    number = re.match(r"[0-9]{1,9}\b", one("PMID"))
    pmid = normal_pmid(number[0]) if number else ""
    journal = one("JT", "TA")
    title, vernacular = one("TI", "BTI"), one("TT")
    if not title or title.strip("[]. ").lower() == "not available":
        title, vernacular = vernacular or title, ""
    return Citation(
        title=title,
        vernacular=vernacular,
        abstract=paragraphs(_joined(record.get("AB", ""))),
        other_abstract=paragraphs(_joined(record.get("OAB", ""))),
        authors=_authors(block),
        journal=journal or one("CTI"),
        year=year_in(one("DP")) or year_in(one("DEP", "EDAT", "DA")),
        volume=one("VI"),
        issue=one("IP"),
        pages=one("PG"),
        doi=_doi(many("AID", "LID")),
        pmid=pmid,
        pmcid=pmcid_from(f"PMC{value}" if value[:1].isdigit() else value for value in many("PMC", "OID")),
        registered=registrations_in(many("SI")),
        accession=pmid or next((v for v in many("OID") if re.fullmatch(r"E[JD]\d+", v)), ""),
        database=_OWNERS.get(one("OWN"), "PubMed" if pmid else one("OWN")),
        types=unique(each_plain(many("PT"))),
        keywords=unique(each_plain((*many("OT"), *(_descriptor(term) for term in many("MH"))))),
        language=language_of("; ".join(many("LA"))),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid else _address(many("LID", "AID")),
        notices=tuple(_notices(block)),
        notes=unique(each_plain(many("GN"))),
    )


def _joined(value: str | list[str]) -> str:
    return value if isinstance(value, str) else " ".join(value)


def _listed(value: str | list[str]) -> list[str]:
    return [item.strip() for item in ([value] if isinstance(value, str) else value) if item.strip()]


def _authors(block: Block) -> tuple[str, ...]:
    """Return persons and groups in order: the library's record no longer tells where a group stood."""
    full = "FAU" if block.values("FAU") else "AU"
    return unique(plain(f.value) for f in block if f.tag in (full, "CN"))


def _doi(values: list[str]) -> str:
    for value in values:
        before, mark, _ = value.partition("[doi]")
        if mark and (doi := normal_doi(before.split()[-1] if before.split() else "")):
            return doi
    return doi_from(value for value in values if not re.search(r"\[(?!doi)\w+\]$", value))


def _address(values: list[str]) -> str:
    return next((value for value in values if value.startswith(("http://", "https://"))), "")


def _descriptor(term: str) -> str:
    """Return a subject heading without its subheadings and the star of a main topic, as PubMed's XML has it."""
    return term.split("/")[0].lstrip("*")


def _notices(block: Block) -> Iterator[tuple[str, str]]:
    for found in block:
        if found.tag in _NOTICES:
            pmid = pmid_from([found.value])
            doi = normal_doi(found.value)
            target = f"pmid:{pmid}" if pmid else f"doi:{doi}" if doi else plain(found.value)
            yield PUBMED_RELATIONS[_NOTICES[found.tag]], target
