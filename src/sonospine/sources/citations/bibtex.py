"""BibTeX, read by bibtexparser 2, with what it sets aside."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from bibtexparser.model import Block
    from bibtexparser.model import Entry as BibEntry

_ENTRY = re.compile(r"(?mi)^[ \t]*@[ \t]*(?!comment|string|preamble)\w+[ \t]*[{(]")
_TYPES = {
    "article": "Journal Article",
    "book": "Book",
    "inbook": "Book Chapter",
    "incollection": "Book Chapter",
    "inproceedings": "Conference Paper",
    "conference": "Conference Paper",
    "proceedings": "Conference Proceeding",
    "phdthesis": "Thesis",
    "mastersthesis": "Thesis",
    "techreport": "Report",
    "online": "Web Page",
}
_BARE = re.compile(r"(?<!\\)[%&#_]")
_BRACES = re.compile(r"[{}]")


def read_bibtex(text: str) -> Iterator[Entry | Unreadable]:
    """Yield each entry of a BibTeX file, in order; one that is broken or without title and number as the reason."""
    blocks = sorted(_blocks(text), key=lambda block: block.start_line or 0)
    entries = [entry for block in blocks if (entry := _entry_in(block)) is not None]
    by_key = {entry.key: entry for entry in entries if not isinstance(entry, Unreadable)}
    for entry in entries:
        if isinstance(entry, Unreadable):
            yield entry
            continue
        fields = _fields(entry)
        parent = by_key.get(fields.get("crossref", ""))
        citation = _citation(entry.entry_type, fields, _fields(parent) if parent else {})
        yield checked(citation, (entry.raw or "").strip("\n"))


def count_bibtex(text: str) -> int:
    """Return how many entries begin in a file (``@article{``), comments, strings and the preamble left out."""
    return len(_ENTRY.findall(text))


def _blocks(text: str) -> Sequence[Block]:
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.exceptions import ParsingException

    # The library writes each fault into the log as well, which without handlers goes to the terminal.
    log = logging.getLogger("bibtexparser")
    if not log.handlers:
        log.addHandler(logging.NullHandler())
    try:
        return parse_string(text).blocks
    except ParsingException as fault:
        raise Unreadable(f"broken BibTeX ({' '.join(str(fault).split())[:120]})") from None


def _fields(entry: BibEntry) -> dict[str, str]:
    """Return the fields of an entry, decoded, under names in lower case with ``_`` for what is no letter or digit.

    The library takes a bare ``%`` for the beginning of a comment and drops the rest of the line ("95% CI ..."), and
    ``&`` and ``_`` for markup: they are escaped first, and text without a command is left as it is.
    """
    from bibtexparser.library import Library
    from bibtexparser.middlewares import LatexDecodingMiddleware
    from bibtexparser.model import Entry as BibEntry
    from bibtexparser.model import Field

    plain_fields: dict[str, str] = {}
    for field in entry.fields:
        plain_fields.setdefault(field.key, str(field.value))  # of repeated fields the first
    latex = [
        Field(key, _BARE.sub(r"\\\g<0>", value))
        for key, value in plain_fields.items()
        if "\\" in value and not value.startswith("http")
    ]
    if latex:
        decode = LatexDecodingMiddleware(keep_math_mode=False)
        decoded = decode.transform_entry(BibEntry(entry.entry_type, entry.key, latex), Library())
        if isinstance(decoded, BibEntry):
            plain_fields |= {field.key: str(field.value) for field in decoded.fields}
    return {re.sub(r"\W+", "_", key.lower()): value for key, value in plain_fields.items()}


def _entry_in(block: Block) -> BibEntry | Unreadable | None:
    """Return the entry of a block: one that repeats a key or a field is still an entry; ``None`` for other blocks."""
    from bibtexparser.model import Entry as BibEntry
    from bibtexparser.model import ParsingFailedBlock

    if isinstance(block, ParsingFailedBlock):
        # A key or a field that comes twice is set aside as a fault; the entry is whole.
        inner = block.ignore_error_block
        if isinstance(inner, BibEntry):
            return inner
        said = getattr(block.error, "abort_reason", "") or str(block.error)
        return Unreadable(f"a broken BibTeX entry: {' '.join(said.split())[:120]}")
    return block if isinstance(block, BibEntry) else None


def _citation(kind: str, fields: Mapping[str, str], parent: Mapping[str, str]) -> Citation:
    def one(*names: str) -> str:
        return next(each_plain(_BRACES.sub("", fields.get(name, "")) for name in names), "")

    pmid = normal_pmid(one("pmid", "pubmed_id", "colrev_pubmed_pubmedid"))
    accession = one("unique_id", "accession_number", "accession_num")
    return Citation(
        title=one("title", "booktitle"),
        abstract=paragraphs(_BRACES.sub("", fields.get("abstract", ""))),
        authors=_authors(fields.get("author", "")),
        journal=one("journal", "journaltitle", "booktitle")
        or plain(parent.get("booktitle", parent.get("title", ""))),
        year=year_in(one("year", "date", "publication_year")) or year_in(parent.get("year", "")),
        volume=one("volume"),
        issue=one("number", "issue"),
        pages=re.sub(r"\s*(?:--+|–)\s*", "-", one("pages", "article_number")),
        doi=doi_from([one("doi"), one("url", "link")]),
        pmid=pmid or pmid_from([one("note"), one("url")]),
        pmcid=pmcid_from([one("pmcid", "pmc"), one("url")]),
        registered=registrations_in([one("registration", "clinical_trial_number")]),
        accession=accession,
        database=one("database", "source_database"),
        types=types_of([_TYPES.get(kind.lower(), kind)], [one("type", "document_type")]),
        keywords=divided([one("keywords", "keyword", "key_words", "author_keywords")], r"\s*[;,]\s*"),
        language=language_of(one("language", "langid")),
        url=one("url", "link"),
        notes=unique([one("note", "annote")]),
    )


def _authors(text: str) -> tuple[str, ...]:
    names = re.split(r"\s+and\s+", " ".join(text.split()))
    return unique(
        plain(_BRACES.sub("", name)) for name in names if name.strip().lower() not in ("others", "")
    )
