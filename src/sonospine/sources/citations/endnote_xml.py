"""EndNote XML: records with styled text in every field; also written by other reference managers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from sonospine.sources.citations.citation import Citation, Entry, checked
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
from sonospine.sources.xml_stream import HUGE, entries

_DECLARED = re.compile(r"\A\s*<\?xml[^>]*\?>")
_RECORD = re.compile(r"<(?:\w+:)?record(?=[\s>/])")
_PUBMED = re.compile(r"NLM|PubMed|MEDLINE", re.IGNORECASE)
# Characters that XML 1.0 does not allow: EndNote copies them from PDFs, and the parser would stop there.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|&#(?:x(?:0?[0-8bcefBCEF]|1[0-9a-fA-F]);|(?:[0-8]|1[124-9]|2\\d|3[01]);)"
)


def read_endnote_xml(text: str) -> Iterator[Entry | Unreadable]:
    """Yield each record of an EndNote XML file; one without title and number is told to be unreadable.

    Raises
    ------
    Unreadable
        The XML is malformed or breaks off; the records before that place have been yielded.
    """
    # The text is decoded already: what the declaration says of its encoding no longer holds.
    data = _FORBIDDEN.sub(" ", _DECLARED.sub("", text)).encode("utf-8", "replace")
    pieces = (data[start : start + (1 << 18)] for start in range(0, len(data), 1 << 18))
    for element in entries(pieces, ("record",), huge=len(data) > HUGE):
        for part in element.iter(etree.Element):
            part.tag = etree.QName(part).localname
        original = etree.tostring(element, encoding="unicode", with_tail=False)
        yield checked(_citation(element), original)


def count_endnote_xml(text: str) -> int:
    """Return how many ``<record>`` tags a file has."""
    return len(_RECORD.findall(text))


def _citation(record: etree._Element) -> Citation:
    def many(*paths: str) -> list[str]:
        return [text for path in paths for found in record.iterfind(path) if (text := _text(found))]

    def one(*paths: str) -> str:
        return next(each_plain(many(*paths)), "")

    provider = one("remote-database-provider")
    database = one("remote-database-name") or provider
    accession = one("accession-num")
    kind = record.find("ref-type")
    addresses = [url for value in many("urls/*/url", "urls/url") for url in value.split()]
    numbers = many("electronic-resource-num")
    title = one("titles/title", "titles/short-title")
    vernacular = one("titles/translated-title", "orig-pub")
    notes = many("notes", "research-notes")
    return Citation(
        title=title,
        vernacular=vernacular if vernacular != title else "",
        abstract=tuple(part for value in many("abstract") for part in paragraphs(value)),
        authors=divided(many("contributors/authors/author"), r"\s*;\s*|\s*[\n\r]\s*"),
        journal=one(
            "periodical/full-title",
            "titles/secondary-title",
            "titles/alt-title",
            "periodical/abbr-1",
            "alt-periodical/full-title",
        ),
        year=next(
            (year for value in many("dates/year", "dates/pub-dates/date") if (year := year_in(value))), ""
        ),
        volume=one("volume"),
        issue=one("number"),
        pages=one("pages"),
        doi=doi_from((*numbers, *(re.sub(r"^\D*(?=10\.)", "", n) for n in numbers), *addresses)),
        pmid=(normal_pmid(accession) if _PUBMED.search(f"{database} {provider}") else "")
        or pmid_from((*many("custom1", "custom2"), *notes, *addresses)),
        pmcid=pmcid_from((*many("custom2", "custom1"), *addresses)),
        registered=registrations_in(
            v for v in many("custom1", "custom2", "custom3", "custom4", "custom5") if len(v) < 200
        ),
        accession=accession,
        database=database,
        types=types_of(
            [kind.get("name", "") or _text(kind)] if kind is not None else [], many("work-type"), notes
        ),
        keywords=divided(many("keywords/keyword"), r"\s*[;\n\r]\s*"),
        language=language_of(one("language")),
        url=next((url for url in addresses if url.startswith("http")), ""),
        notes=unique(plain(note) for note in notes),
    )


def _text(element: etree._Element) -> str:
    """Return the text of a field, whatever styles it is cut into; carriage returns divide lines."""
    return "".join(element.itertext()).replace("\r", "\n").strip()
