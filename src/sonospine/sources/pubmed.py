"""PubMed efetch XML: articles and books."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from sonospine.model.identifiers import ncts_in, normal_doi, normal_pmcid
from sonospine.model.record import Notice, Passage, Record
from sonospine.sources.editorial import PUBMED_RELATIONS, kind_of, status_of
from sonospine.sources.flatten import text_of
from sonospine.sources.headings import abstract_passages, label_address
from sonospine.sources.identifiers import normal_language, normal_pmid, registered_in, unique, year_in
from sonospine.sources.raw import RawRecord, Unreadable
from sonospine.sources.xml_stream import parse_entry

TAGS = ("PubmedArticle", "PubmedBookArticle")
_NO_TITLE = re.compile(r"\[?not available\]?\.?", re.IGNORECASE)
# An abstract that names more registrations than this speaks about other people's trials.
MOST_OWN = 3


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
    pmid = normal_pmid(citation.findtext("PMID") or "")
    return f"pubmed:{pmid}" if pmid else ""


def _citation(entry: etree._Element) -> etree._Element | None:
    citation = entry.find("MedlineCitation")
    return citation if citation is not None else entry.find("BookDocument")


def parse_pubmed(raw: RawRecord) -> Record:
    """Read one PubMed article or book.

    Raises
    ------
    Unreadable
        The XML is malformed or holds no citation.
    """
    entry = parse_entry(raw.content)
    citation = _citation(entry)
    if citation is None:
        raise Unreadable("an entry without a citation in it")
    book = citation.tag == "BookDocument"
    article = citation if book else citation.find("Article")
    if article is None:
        raise Unreadable("a citation without an article in it")
    data = entry.find("PubmedBookData" if book else "PubmedData")
    title, vernacular = _titles(article, book)
    abstract = _abstract(article, citation)
    types = _types(article, book)
    notices = tuple(_notices(citation))
    pmid = normal_pmid(citation.findtext("PMID") or "")
    ids = _article_ids(citation if book else data, data)
    doi = normal_doi(ids.get("doi", "")) or _location_doi(article)
    own, cited = _registrations(citation, abstract, types)
    volume, pages = _position(article, book)
    return Record(
        record_id=raw.record_id,
        source="pubmed" if pmid else "file",
        title=title,
        kind=kind_of(types, title),
        authors=_authors(article),
        journal=_journal(article, citation, book),
        year=_year(article, data, book),
        volume=volume,
        pages=pages,
        doi=doi,
        pmid=pmid,
        pmcid=normal_pmcid(ids.get("pmc", "")),
        nct=own,
        nct_cited=cited,
        dois_cited=_cited_dois(data),
        language=normal_language(article.findtext("Language") or ""),
        types=types,
        keywords=_keywords(citation),
        status=status_of(types, title, notices),
        notices=notices,
        licence=text_of(article.find("Abstract/CopyrightInformation")),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if pmid else "",
        file=raw.file,
        sha256=raw.sha256,
        passages=(
            *((Passage("title", title, (), "title"),) if title else ()),
            *abstract,
            *((Passage("back/vernacular_title", vernacular, (), "other"),) if vernacular else ()),
            *_other_abstracts(citation, bool(abstract)),
        ),
    )


def _titles(article: etree._Element, book: bool) -> tuple[str, str]:
    title = text_of(article.find("ArticleTitle"))
    if book and not title:
        title = text_of(article.find("Book/BookTitle"))
    vernacular = text_of(article.find("VernacularTitle"))
    if (not title or _NO_TITLE.fullmatch(title)) and vernacular:
        return vernacular, ""
    return title, vernacular


def _abstract(article: etree._Element, citation: etree._Element) -> list[Passage]:
    found = _abstract_parts(article.find("Abstract"))
    if not found:
        # An English abstract that the journal supplied beside the foreign one counts as the abstract.
        others = citation.findall("OtherAbstract")
        english = next((o for o in others if normal_language(o.get("Language", "eng")) == "eng"), None)
        found = _abstract_parts(english)
    return abstract_passages(found)


def _abstract_parts(abstract: etree._Element | None) -> list[tuple[str, str]]:
    if abstract is None:
        return []
    return [(part.get("Label", "").strip(), text_of(part)) for part in abstract.findall("AbstractText")]


def _other_abstracts(citation: etree._Element, has_abstract: bool) -> Iterator[Passage]:
    for number, other in enumerate(citation.findall("OtherAbstract"), start=1):
        language = other.get("Language", "eng")
        for part, (label, text) in enumerate(_abstract_parts(other), start=1):
            if text and (has_abstract or normal_language(language) != "eng"):
                heading = label_address(label) or other.get("Type", "") or "other abstract"
                yield Passage(f"back/abstract{number}p{part}", text, (heading,), "abstract")


def _types(article: etree._Element, book: bool) -> tuple[str, ...]:
    found = [text_of(t) for t in article.iterfind("PublicationTypeList/PublicationType")]
    found += [text_of(t) for t in article.iterfind("PublicationType")]
    return unique(["Book", *found] if book else found)


def _notices(citation: etree._Element) -> Iterator[Notice]:
    for link in citation.iterfind("CommentsCorrectionsList/CommentsCorrections"):
        relation = PUBMED_RELATIONS.get(link.get("RefType", ""))
        pmid = normal_pmid(link.findtext("PMID") or "")
        source = text_of(link.find("RefSource"))
        doi = normal_doi(source)
        target = f"pmid:{pmid}" if pmid else f"doi:{doi}" if doi else source
        if relation and target:
            yield Notice(relation, target)


def _article_ids(*places: etree._Element | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for place in places:
        if place is not None:
            for item in place.iterfind("ArticleIdList/ArticleId"):
                found.setdefault(item.get("IdType", ""), (item.text or "").strip())
    return found


def _location_doi(article: etree._Element) -> str:
    for location in article.iterfind("ELocationID"):
        if location.get("EIdType") == "doi" and location.get("ValidYN") != "N":
            return normal_doi(location.text or "")
    return ""


def _registrations(
    citation: etree._Element, abstract: list[Passage], types: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    banked = unique(
        nct
        for number in citation.iterfind("Article/DataBankList/DataBank/AccessionNumberList/AccessionNumber")
        for nct in ncts_in(number.text or "")
    )
    text = " ".join(f"{' '.join(p.headings)}: {p.text}" for p in abstract)
    named = ncts_in(text)
    own = unique((*banked, *registered_in(text))) if banked else named
    summary = {"Review", "Systematic Review", "Meta-Analysis", "Comment", "Editorial"} & set(types)
    if not banked and (len(named) > MOST_OWN or summary):
        own = ()
    return own, tuple(nct for nct in named if nct not in own)


def _cited_dois(data: etree._Element | None) -> tuple[str, ...]:
    if data is None:
        return ()
    ids = data.iterfind("ReferenceList//ArticleId[@IdType='doi']")
    return unique(normal_doi(item.text or "") for item in ids)


def _authors(article: etree._Element) -> tuple[str, ...]:
    names = []
    for people in article.iterfind("AuthorList"):
        if people.get("Type") == "editors":
            continue
        for author in people.iterfind("Author"):
            if author.get("ValidYN") == "N":
                continue
            given = author.findtext("ForeName") or author.findtext("Initials") or ""
            name = text_of(author.find("LastName")) or text_of(author.find("CollectiveName"))
            names.append(" ".join(f"{given} {name}".split()))
    return unique(names)


def _journal(article: etree._Element, citation: etree._Element, book: bool) -> str:
    if book:
        return text_of(article.find("Book/BookTitle"))
    return (
        text_of(article.find("Journal/Title"))
        or text_of(article.find("Journal/ISOAbbreviation"))
        or text_of(citation.find("MedlineJournalInfo/MedlineTA"))
    )


def _year(article: etree._Element, data: etree._Element | None, book: bool) -> str:
    places = ["Book/PubDate", "ContributionDate"] if book else ["Journal/JournalIssue/PubDate", "ArticleDate"]
    for place in places:
        date = article.find(place)
        if date is not None:
            year = year_in(date.findtext("Year") or date.findtext("MedlineDate") or "")
            if year:
                return year
    if data is not None:
        for year_node in data.iterfind("History/PubMedPubDate[@PubStatus='pubmed']/Year"):
            return year_in(year_node.text or "")
    return ""


def _position(article: etree._Element, book: bool) -> tuple[str, str]:
    volume = article.findtext("Book/Volume" if book else "Journal/JournalIssue/Volume") or ""
    pages = article.findtext("Pagination/MedlinePgn") or ""
    if not pages:
        ends = (article.findtext("Pagination/StartPage") or "", article.findtext("Pagination/EndPage") or "")
        pages = "-".join(end.strip() for end in ends if end.strip())
    return volume.strip(), pages.strip()


def _keywords(citation: etree._Element) -> tuple[str, ...]:
    words = [text_of(word) for word in citation.iterfind("KeywordList/Keyword")]
    words += [text_of(name) for name in citation.iterfind("MeshHeadingList/MeshHeading/DescriptorName")]
    return unique(words)
