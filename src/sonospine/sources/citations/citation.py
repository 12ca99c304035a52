"""A citation: what an export of a database or a reference manager tells of one publication."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from sonospine.sources.identifiers import slug
from sonospine.sources.raw import Unreadable


@dataclass(frozen=True, slots=True)
class Citation:
    """One entry of an export, in the same fields whatever the format. Missing values are empty.

    ``abstract`` and ``other_abstract`` (in another language) are (label, text) pairs, one a labelled part or
    paragraph. ``authors`` stand in order, as given. ``accession`` is the number of the entry in ``database``.
    ``language`` is the ISO 639-2 code that PubMed uses. ``registered`` holds the registration numbers that the
    database lists for the publication, of any registry. ``notices`` are (relation, target) pairs.
    """

    title: str = ""
    vernacular: str = ""
    abstract: tuple[tuple[str, str], ...] = ()
    other_abstract: tuple[tuple[str, str], ...] = ()
    authors: tuple[str, ...] = ()
    journal: str = ""
    year: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    registered: tuple[str, ...] = ()
    accession: str = ""
    database: str = ""
    types: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    language: str = ""
    url: str = ""
    notices: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A citation with the text of the file that it was read from, by which it can be checked."""

    citation: Citation
    original: str


def checked(citation: Citation, original: str) -> Entry | Unreadable:
    """Return the entry, or why it is none: a publication needs a title or an identifier to be found again."""
    if not (citation.title or citation.doi or citation.pmid or citation.pmcid):
        return Unreadable("an entry without a title and without a DOI, PubMed or PMC number")
    return Entry(citation, original)


def key_of(citation: Citation) -> str:
    """Return what tells an entry from the others of its file, wherever in the file it stands.

    The accession number, else the PubMed number, else the DOI, as a slug; without any, the fingerprint.
    """
    number = citation.accession or citation.pmid or citation.doi
    # ``slug`` takes the ending off a name; a DOI may end in ".008".
    return slug(f"{number}.txt") if number else fingerprint(citation)


def fingerprint(citation: Citation) -> str:
    """Return eight hexadecimal digits of the title (letters and digits only), the year and the first author."""
    first = citation.authors[0] if citation.authors else ""
    title = citation.title or f"{citation.pmcid} {citation.doi} {citation.pmid}"
    plain = "\x1f".join(_plain(text) for text in (title, citation.year, first))
    return hashlib.sha256(plain.encode("utf-8", "replace")).hexdigest()[:8]


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKD", text).lower())


def content_of(entry: Entry, form: str) -> str:
    """Write an entry as canonical JSON: the citation, the format it came in and its original text."""
    fields = {field.name: getattr(entry.citation, field.name) for field in dataclasses.fields(Citation)}
    data = {"citation": fields, "form": form, "original": entry.original}
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def citation_in(content: str) -> Citation:
    """Read a citation from the content of its raw record.

    Raises
    ------
    Unreadable
        The content is not what ``content_of`` writes.
    """
    try:
        data: dict[str, Any] = json.loads(content)["citation"]
        pairs = {
            name: tuple((str(a), str(b)) for a, b in data[name])
            for name in ("abstract", "other_abstract", "notices")
        }
        lists = {
            name: tuple(map(str, data[name]))
            for name in ("authors", "registered", "types", "keywords", "notes")
        }
        return Citation(**{**data, **pairs, **lists})
    except (ValueError, KeyError, TypeError):
        raise Unreadable("not a citation as the import writes it") from None
