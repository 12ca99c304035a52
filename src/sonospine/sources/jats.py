"""JATS articles: the whole record. Front matter is read in ``jats_front``, tables in ``jats_tables``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from sonospine.model.identifiers import dois_in, ncts_in, normal_doi
from sonospine.model.record import Passage, Record
from sonospine.sources import jats_front as front
from sonospine.sources.editorial import kind_of, status_of
from sonospine.sources.flatten import text_of
from sonospine.sources.headings import role_of
from sonospine.sources.identifiers import registered_in, unique, written_language
from sonospine.sources.jats_tables import figures_of, tables_of
from sonospine.sources.raw import RawRecord, Unreadable
from sonospine.sources.registrations import MOST_OWN, own_in_text
from sonospine.sources.xml_stream import parse_entry

TAGS = ("article",)
_PARAGRAPHS = frozenset(
    [
        "p",
        "list",
        "def-list",
        "disp-quote",
        "verse-group",
        "statement",
        "preformat",
        "disp-formula",
        "boxed-text",
        "speech",
    ]
)
_SECTION_ROLES = {"intro": "introduction", "conclusions": "conclusion", "cases": "other"}


def entry_id(article: etree._Element) -> str:
    """Return ``pmc:<PMCID>`` of an article, or an empty text where it has no PMC id.

    Raises
    ------
    Unreadable
        The element has neither front matter nor body: it is no article.
    """
    kinds = {_local(child) for child in article}
    if not kinds & {"front", "front-stub", "body"}:
        raise Unreadable("an <article> element that is not a JATS article")
    for item in article.iterfind("{*}front/{*}article-meta/{*}article-id"):
        pmcid = front.pmcid_of(item)
        if pmcid:
            return f"pmc:{pmcid}"
    return ""


def _local(element: etree._Element) -> str:
    tag = element.tag
    return tag[tag.rfind("}") + 1 :] if isinstance(tag, str) else ""


def parse_jats(raw: RawRecord) -> Record:
    """Read one JATS article.

    Raises
    ------
    Unreadable
        The XML is malformed.
    """
    article = parse_entry(raw.content)
    meta = article.find("front/article-meta")
    if meta is None:
        meta = etree.Element("article-meta")
    ids = front.ids_of(meta)
    title, vernacular = front.titles_of(meta)
    types = front.types_of(article, meta)
    abstract = front.abstract_of(meta)
    body = tuple(_sections(article.find("body"), "body"))
    back = (*front.other_abstracts(meta), *_sections(article.find("back"), "back"), *_floating(article))
    notices = tuple(front.notices_of(meta))
    kind = kind_of(types, title)
    own, cited = _registrations(article, meta, (*abstract, *body, *back))
    pmcid = ids.get("pmc", "")
    return Record(
        record_id=raw.record_id,
        source="pmc" if pmcid else "file",
        title=title,
        kind=kind,
        authors=front.authors_of(meta),
        journal=text_of(article.find("front/journal-meta//journal-title")),
        year=front.year_of(meta),
        volume=text_of(meta.find("volume")),
        pages=front.pages_of(meta),
        doi=ids.get("doi", ""),
        pmid=ids.get("pmid", ""),
        pmcid=pmcid,
        nct=own,
        nct_cited=cited,
        dois_cited=_cited_dois(article, ids.get("doi", "")),
        language=front.language_of(article)
        or written_language(" ".join((title, *(p.text for p in (*abstract, *body)[:12])))),
        types=types,
        keywords=front.keywords_of(meta),
        status=status_of(types, title, notices),
        notices=notices,
        licence=front.licence_of(meta),
        url=_url(pmcid, ids.get("doi", "")),
        full_text=any(passage.text for passage in body),
        file=raw.file,
        sha256=raw.sha256,
        passages=(
            *((Passage("title", title, (), "title"),) if title else ()),
            *abstract,
            *body,
            *back,
            *((Passage("back/vernacular_title", vernacular, (), "other"),) if vernacular else ()),
        ),
        tables=tables_of(article),
        figures=figures_of(article),
    )


def _url(pmcid: str, doi: str) -> str:
    if pmcid:
        return f"https://pmc.ncbi.nlm.nih.gov/articles/{pmcid}/"
    return f"https://doi.org/{doi}" if doi else ""


def _sections(part: etree._Element | None, name: str) -> Iterator[Passage]:
    """Yield the paragraphs of the body or the back with their addresses, sections counted in document order."""
    if part is None:
        return
    count = 0

    def walk(
        element: etree._Element, headings: tuple[str, ...], role: str, section: int
    ) -> Iterator[Passage]:
        nonlocal count
        paragraph = 0
        for child in element:
            tag = child.tag
            if tag in ("sec", "ack", "app", "notes", "fn-group", "glossary", "bio", "boxed-text") and (
                tag != "boxed-text" or child.find("sec") is not None
            ):
                count += 1
                title = text_of(child.find("title")) or ("Acknowledgements" if tag == "ack" else "")
                inner = (*headings, title) if title else headings
                own_role = _SECTION_ROLES.get(child.get("sec-type", ""), "") or role_of((title,))
                yield from walk(child, inner, role if role != "other" else own_role, count)
            elif tag in ("app-group", "floats-group"):
                yield from walk(child, headings, role, section)
            elif tag in _PARAGRAPHS or tag == "fn":
                text = text_of(child, note=tag == "fn")
                if not text:
                    continue
                if section == 0:
                    count += 1
                    section = count
                paragraph += 1
                yield Passage(f"{name}/s{section}p{paragraph}", text, headings, role)

    yield from walk(part, (), "other", 0)


def _floating(article: etree._Element) -> Iterator[Passage]:
    """Yield boxed texts that float outside the body (key points and the like)."""
    for number, box in enumerate(article.iterfind("floats-group/boxed-text"), start=1):
        text = text_of(box)
        if text:
            yield Passage(f"back/box{number}", text, (text_of(box.find("label")) or "Box",), "other")


def _registrations(
    article: etree._Element, meta: etree._Element, passages: tuple[Passage, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    outside = " ".join(
        " ".join(filter(None, child.itertext()))
        for child in meta
        if child.tag in ("custom-meta-group", "notes", "author-notes", "supplement")
    )
    linked = " ".join(
        " ".join(filter(None, child.itertext()))
        for child in meta.iter("related-object", "ext-link", "contract-num")
        if child.get("document-id-type") == "clinical-trial-number" or child.tag == "related-object"
    )
    near = unique((*registered_in(outside), *ncts_in(linked)))
    own = near if 0 < len(near) <= MOST_OWN else own_in_text(passages)
    everywhere = ncts_in(" ".join(article.itertext()))
    return own, tuple(nct for nct in everywhere if nct not in own)


def _cited_dois(article: etree._Element, own: str) -> tuple[str, ...]:
    found = []
    for references in article.iter("ref-list"):
        for item in references.iter("pub-id", "ext-link"):
            text = "".join(item.itertext())
            if item.get("pub-id-type") == "doi":
                found.append(normal_doi(text))
            elif item.tag == "ext-link":
                found += dois_in(item.get("{http://www.w3.org/1999/xlink}href", "") or text)
    return tuple(doi for doi in unique(found) if doi != own and re.match(r"10\.", doi))
