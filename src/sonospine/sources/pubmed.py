"""PubMed efetch XML: articles and books."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from lxml import etree

from sonospine.model.identifiers import ncts_in, normal_doi, normal_pmcid
from sonospine.model.record import Notice, Passage, Record
from sonospine.sources.editorial import PUBMED_RELATIONS, kind_of, status_of
from sonospine.sources.flatten import text_of
from sonospine.sources.headings import abstract_passages, label_address
from sonospine.sources.identifiers import normal_language, normal_pmid, unique, year_in
from sonospine.sources.raw import RawRecord, Unreadable
from sonospine.sources.registrations import own_in_abstract
from sonospine.sources.xml_stream import parse_entry

TAGS = ("PubmedArticle", "PubmedBookArticle")
_NO_TITLE = re.compile(r"\[?not available\]?\.?", re.IGNORECASE)
_CITED = etree.XPath("descendant::ArticleId[@IdType='doi']")
_ACCESSIONS = etree.XPath("Article/DataBankList/DataBank/AccessionNumberList/AccessionNumber")
_MESH = etree.XPath("MeshHeading/DescriptorName")
_Parts = dict[str, list[etree._Element]]


def entry_id(entry: etree._Element) -> str:
    """Return ``pubmed:<pmid>`` of an article or a book, or an empty text where it has no PubMed id.

    Raises
    ------
    Unreadable
        The entry has neither citation nor book in it.
    """
    citation = _citation(entry)
    if citation is None:
        raise Unreadable("an entry without a citation in it")
    number = next(citation.iterchildren("PMID"), None)
    pmid = "" if number is None else normal_pmid(number.text or "")
    return f"pubmed:{pmid}" if pmid else ""


def _citation(entry: etree._Element) -> etree._Element | None:
    citation = next(entry.iterchildren("MedlineCitation"), None)
    return citation if citation is not None else next(entry.iterchildren("BookDocument"), None)


def parse_pubmed(raw: RawRecord) -> Record:
    """Read one PubMed article or book.

    Raises
    ------
    Unreadable
        The XML is malformed or holds no citation.
    """
    return read_pubmed(parse_entry(raw.content), record_id=raw.record_id, file=raw.file, sha256=raw.sha256)


def read_pubmed(entry: etree._Element, *, record_id: str, file: str, sha256: str) -> Record:
    """Read one PubMed article or book from its element, which has no namespaces in it.

    Raises
    ------
    Unreadable
        The entry holds no citation.
    """
    citation = _citation(entry)
    if citation is None:
        raise Unreadable("an entry without a citation in it")
    book = citation.tag == "BookDocument"
    cited = _parts((citation,))
    article = citation if book else _first(cited, "Article")
    if article is None:
        raise Unreadable("a citation without an article in it")
    data = entry.find("PubmedBookData" if book else "PubmedData")
    parts = cited if book else _parts((article,))
    printed = _parts(parts.get("Book" if book else "Journal", ()))
    issue = printed if book else _parts(printed.get("JournalIssue", ()))
    about = {} if data is None else _parts((data,))
    title, vernacular = _titles(parts, printed, book)
    others = cited.get("OtherAbstract", [])
    abstract = _abstract(_first(parts, "Abstract"), others)
    types = _types(parts, book)
    notices = tuple(_notices(_parts(cited.get("CommentsCorrectionsList", ()))))
    pmid = normal_pmid(_text(cited, "PMID"))
    ids = _article_ids((*(cited.get("ArticleIdList", ()) if book else ()), *about.get("ArticleIdList", ())))
    own, mentioned = _registrations(citation, abstract, types)
    return Record(
        record_id=record_id,
        source="pubmed" if pmid else "file",
        title=title,
        kind=kind_of(types, title),
        authors=_authors(parts.get("AuthorList", ())),
        journal=_journal(printed, cited, book),
        year=_year(issue, parts.get("ContributionDate" if book else "ArticleDate", ()), about),
        volume=_text(issue, "Volume").strip(),
        pages=_pages(_parts(parts.get("Pagination", ()))),
        doi=normal_doi(ids.get("doi", "")) or _location_doi(parts.get("ELocationID", ())),
        pmid=pmid,
        pmcid=normal_pmcid(ids.get("pmc", "")),
        nct=own,
        nct_cited=mentioned,
        dois_cited=_cited_dois(about.get("ReferenceList", ())),
        language=normal_language(_text(parts, "Language")),
        types=types,
        keywords=_keywords(cited),
        status=status_of(types, title, notices),
        notices=notices,
        licence=text_of(_first(_parts(parts.get("Abstract", ())), "CopyrightInformation")),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid else "",
        file=file,
        sha256=sha256,
        passages=(
            *((Passage("title", title, (), "title"),) if title else ()),
            *abstract,
            *((Passage("back/vernacular_title", vernacular, (), "other"),) if vernacular else ()),
            *_other_abstracts(others, bool(abstract)),
        ),
    )


def _parts(elements: Iterable[etree._Element]) -> _Parts:
    """Return the children of all the elements by tag, in order: one pass, as each ``find`` costs as much as ten do."""
    found: _Parts = {}
    for element in elements:
        for child in element:
            tag: Any = child.tag
            if tag in found:
                found[tag].append(child)
            else:
                found[tag] = [child]
    return found


def _first(parts: _Parts, tag: str) -> etree._Element | None:
    listed = parts.get(tag)
    return listed[0] if listed else None


def _text(parts: _Parts, tag: str) -> str:
    """Return the bare text of the first part with that tag, as far as its first child."""
    listed = parts.get(tag)
    return (listed[0].text or "") if listed else ""


def _titles(parts: _Parts, printed: _Parts, book: bool) -> tuple[str, str]:
    title = text_of(_first(parts, "ArticleTitle"))
    if book and not title:
        title = text_of(_first(printed, "BookTitle"))
    vernacular = text_of(_first(parts, "VernacularTitle"))
    if vernacular and (not title or _NO_TITLE.fullmatch(title)):
        return vernacular, ""
    return title, vernacular


def _abstract(abstract: etree._Element | None, others: list[etree._Element]) -> list[Passage]:
    found = _abstract_parts(abstract)
    if not found:
        # An English abstract that the journal supplied beside the foreign one counts as the abstract.
        english = next((o for o in others if normal_language(o.get("Language", "eng")) == "eng"), None)
        found = _abstract_parts(english)
    return abstract_passages(found)


def _abstract_parts(abstract: etree._Element | None) -> list[tuple[str, str]]:
    if abstract is None:
        return []
    return [(part.get("Label", "").strip(), text_of(part)) for part in abstract.iterchildren("AbstractText")]


def _other_abstracts(others: list[etree._Element], has_abstract: bool) -> Iterator[Passage]:
    for number, other in enumerate(others, start=1):
        language = other.get("Language", "eng")
        for part, (label, text) in enumerate(_abstract_parts(other), start=1):
            if text and (has_abstract or normal_language(language) != "eng"):
                heading = label_address(label) or other.get("Type", "") or "other abstract"
                yield Passage(f"back/abstract{number}p{part}", text, (heading,), "abstract")


def _types(parts: _Parts, book: bool) -> tuple[str, ...]:
    listed = _parts(parts.get("PublicationTypeList", ())).get("PublicationType", [])
    found = [text_of(t) for t in (*listed, *parts.get("PublicationType", ()))]
    return unique(["Book", *found] if book else found)


def _notices(links: _Parts) -> Iterator[Notice]:
    for link in links.get("CommentsCorrections", ()):
        relation = PUBMED_RELATIONS.get(link.get("RefType", ""))
        if not relation:  # most are papers that the article cites
            continue
        pmid = normal_pmid(link.findtext("PMID") or "")
        source = text_of(link.find("RefSource"))
        doi = normal_doi(source)
        target = f"pmid:{pmid}" if pmid else f"doi:{doi}" if doi else source
        if target:
            yield Notice(relation, target)


def _article_ids(lists: Iterable[etree._Element]) -> dict[str, str]:
    found: dict[str, str] = {}
    for listed in lists:
        for item in listed.iterchildren("ArticleId"):
            found.setdefault(item.get("IdType", ""), (item.text or "").strip())
    return found


def _location_doi(locations: Iterable[etree._Element]) -> str:
    for location in locations:
        if location.get("EIdType") == "doi" and location.get("ValidYN") != "N":
            return normal_doi(location.text or "")
    return ""


def _registrations(
    citation: etree._Element, abstract: list[Passage], types: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    banked = unique(nct for number in _ACCESSIONS(citation) for nct in ncts_in(number.text or ""))
    summary = {"Review", "Systematic Review", "Meta-Analysis", "Comment", "Editorial"} & set(types)
    return own_in_abstract(abstract, banked=banked, summary=bool(summary))


def _cited_dois(lists: Iterable[etree._Element]) -> tuple[str, ...]:
    return unique([normal_doi(item.text or "") for listed in lists for item in _CITED(listed)])


def _authors(lists: Iterable[etree._Element]) -> tuple[str, ...]:
    return unique(
        [
            _name(author)
            for people in lists
            if people.get("Type") != "editors"
            for author in people.iterchildren("Author")
            if author.get("ValidYN") != "N"
        ]
    )


def _name(author: etree._Element) -> str:
    last = fore = None
    for part in author:
        tag = part.tag
        if tag == "LastName" and last is None:
            last = part
        elif tag == "ForeName" and fore is None:
            fore = part
        if last is not None and fore is not None:
            break  # what follows is initials, identifiers and affiliations
    given = (fore.text if fore is not None else "") or author.findtext("Initials") or ""
    name = text_of(last) or text_of(author.find("CollectiveName"))
    return " ".join(f"{given} {name}".split())


def _journal(printed: _Parts, cited: _Parts, book: bool) -> str:
    if book:
        return text_of(_first(printed, "BookTitle"))
    return (
        text_of(_first(printed, "Title"))
        or text_of(_first(printed, "ISOAbbreviation"))
        or text_of(_first(_parts(cited.get("MedlineJournalInfo", ())), "MedlineTA"))
    )


def _year(issue: _Parts, other_dates: Sequence[etree._Element], about: _Parts) -> str:
    for date in (*issue.get("PubDate", ())[:1], *other_dates[:1]):
        year = year_in(date.findtext("Year") or date.findtext("MedlineDate") or "")
        if year:
            return year
    for entered in _parts(about.get("History", ())).get("PubMedPubDate", ()):
        if entered.get("PubStatus") == "pubmed":
            for year_node in entered.iterchildren("Year"):
                return year_in(year_node.text or "")
    return ""


def _pages(pagination: _Parts) -> str:
    pages = _text(pagination, "MedlinePgn")
    if not pages:
        ends = (_text(pagination, "StartPage"), _text(pagination, "EndPage"))
        pages = "-".join(end.strip() for end in ends if end.strip())
    return pages.strip()


def _keywords(cited: _Parts) -> tuple[str, ...]:
    words = _parts(cited.get("KeywordList", ())).get("Keyword", [])
    headings = [name for listed in cited.get("MeshHeadingList", ()) for name in _MESH(listed)]
    return unique([text_of(word) for word in (*words, *headings)])
