"""The front matter of JATS articles: ids, people, dates, licence, abstract and links to other articles."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from sonospine.model.identifiers import normal_doi, normal_pmcid
from sonospine.model.record import Notice, Passage
from sonospine.sources.editorial import JATS_RELATIONS
from sonospine.sources.flatten import text_of
from sonospine.sources.headings import abstract_passages
from sonospine.sources.identifiers import normal_language, normal_pmid, unique, year_in

_XLINK = "{http://www.w3.org/1999/xlink}href"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_DATES = ("ppub", "collection", "epub-ppub", "pub", "epub", "")
_MAIN_ABSTRACTS = ("", "main", "section", "structured", "normal")


def pmcid_of(item: etree._Element) -> str:
    """Return the PMC id of an ``article-id`` element, or an empty text."""
    kind = item.get("pub-id-type", "")
    return normal_pmcid(item.text or "") if kind in ("pmc", "pmcid") else ""


def ids_of(meta: etree._Element) -> dict[str, str]:
    """Return ``doi``, ``pmid`` and ``pmc`` as far as they are given."""
    found: dict[str, str] = {}
    for item in meta.iterfind("article-id"):
        kind, text = item.get("pub-id-type", ""), item.text or ""
        if kind == "doi":
            found.setdefault("doi", normal_doi(text))
        elif kind == "pmid":
            found.setdefault("pmid", normal_pmid(text))
        elif pmcid_of(item):
            found.setdefault("pmc", pmcid_of(item))
    return found


def titles_of(meta: etree._Element) -> tuple[str, str]:
    """Return the title and the vernacular title.

    As in PubMed, the title is the English one where a translated title says that it is English; the title in
    the article's own language is then the vernacular one (else empty). A subtitle follows a colon.
    """
    group = meta.find("title-group")
    if group is None:
        return "", ""
    title = _with_subtitle(group, "article-title", "subtitle")
    for translated in group.iterfind("trans-title-group"):
        if normal_language(translated.get(_LANG, "")) == "eng":
            english = _with_subtitle(translated, "trans-title", "trans-subtitle")
            return (english, title) if english else (title, "")
    return title, ""


def _with_subtitle(group: etree._Element, name: str, subname: str) -> str:
    title, subtitle = text_of(group.find(name)), text_of(group.find(subname))
    return f"{title.rstrip(':')}: {subtitle}" if title and subtitle else title or subtitle


def types_of(article: etree._Element, meta: etree._Element) -> tuple[str, ...]:
    """Return the article type and the subjects under which the journal prints it."""
    subjects = [text_of(s) for s in meta.iterfind("article-categories/subj-group/subject")]
    return unique([article.get("article-type", ""), *subjects])


def language_of(article: etree._Element) -> str:
    """Return the language of the article as PubMed writes it."""
    return normal_language(article.get(_LANG, ""))


def authors_of(meta: etree._Element) -> tuple[str, ...]:
    """Return the authors, given names first."""
    names = []
    for person in meta.iterfind("contrib-group/contrib"):
        if person.get("contrib-type", "author") not in ("author", "collab"):
            continue
        name = person.find("name")
        if name is None:
            name = person.find("name-alternatives/name")
        if name is None:
            name = person.find("name-alternatives/string-name")
        if name is None:
            name = person.find("string-name")
        if name is not None and name.find("surname") is not None:
            names.append(f"{text_of(name.find('given-names'))} {text_of(name.find('surname'))}".strip())
        else:
            names.append(text_of(name) if name is not None else text_of(person.find("collab")))
    return unique(names)


def year_of(meta: etree._Element) -> str:
    """Return the year of the issue, else of the electronic publication."""
    years: dict[str, str] = {}
    for date in meta.iterfind("pub-date"):
        kind = date.get("pub-type") or date.get("date-type") or ""
        if kind == "pub" and date.get("publication-format") == "print":
            kind = "ppub"
        year = year_in(date.findtext("year") or "")
        if year:
            years.setdefault(kind if kind in _DATES else "", year)
    return next((years[kind] for kind in _DATES if kind in years), "")


def pages_of(meta: etree._Element) -> str:
    """Return the pages, or the number that stands for them."""
    pages = text_of(meta.find("page-range"))
    ends = [text_of(meta.find("fpage")), text_of(meta.find("lpage"))]
    return pages or "-".join(end for end in ends if end) or text_of(meta.find("elocation-id"))


def keywords_of(meta: etree._Element) -> tuple[str, ...]:
    """Return the keywords; abbreviations are no keywords."""
    groups = [g for g in meta.iterfind("kwd-group") if g.get("kwd-group-type") != "abbreviations"]
    return unique(text_of(word) for group in groups for word in group.iter("kwd"))


def licence_of(meta: etree._Element) -> str:
    """Return the licence: its address where one is given, else its words."""
    for permissions in meta.iterfind("permissions"):
        for licence in permissions.iterfind("license"):
            reference = text_of(licence.find("license_ref")) or licence.get(_XLINK, "")
            link = next((e.get(_XLINK, "") for e in licence.iter("ext-link", "uri")), "")
            words = text_of(licence) or licence.get("license-type", "")
            return (reference or (link if "creativecommons" in link else "") or words)[:400].strip()
        reference = text_of(permissions.find("license_ref"))
        if reference:
            return reference
    return ""


def abstract_of(meta: etree._Element) -> tuple[Passage, ...]:
    """Return the passages of the abstract; graphical, short and lay abstracts are not it."""
    main = _main_abstract(meta)
    return () if main is None else tuple(abstract_passages(list(_parts(main, ""))))


def _main_abstract(meta: etree._Element) -> etree._Element | None:
    """Return the first plain abstract with text, else an executive summary that stands in for it."""
    filled = [a for a in meta.iterfind("abstract") if any(text for _, text in _parts(a, ""))]
    plain = [a for a in filled if a.get("abstract-type", "") in _MAIN_ABSTRACTS]
    summaries = [a for a in filled if a.get("abstract-type", "") == "executive-summary"]
    return next(iter((*plain, *summaries)), None)


def other_abstracts(meta: etree._Element) -> Iterator[Passage]:
    """Yield the passages of the other abstracts: lay, short, translated."""
    number = 0
    main = _main_abstract(meta)
    for abstract in meta.iter("abstract", "trans-abstract"):
        kind = abstract.get("abstract-type", "")
        if abstract is main:
            continue
        number += 1
        for part, (label, text) in enumerate(_parts(abstract, ""), start=1):
            if text:
                heading = label or kind or "other abstract"
                yield Passage(f"back/abstract{number}p{part}", text, (heading,), "abstract")


def _parts(element: etree._Element, label: str) -> Iterator[tuple[str, str]]:
    """Yield (label, text) of each paragraph; a title alone before unlabelled paragraphs labels nothing."""
    for child in element:
        if child.tag == "sec":
            yield from _parts(child, text_of(child.find("title")) or label)
        elif child.tag not in ("title", "label", "fig", "table-wrap", "graphic", "object-id"):
            text = text_of(child)
            bold = child.find("bold") if child.tag == "p" else None
            if not label and bold is not None and not (child.text or "").strip():
                head = text_of(bold)
                own = head.strip(" :.")
                if own and len(own) < 50 and text.startswith(head) and len(text) > len(head):
                    yield own, text[len(head) :].lstrip(" :.")
                    continue
            yield label, text


def notices_of(meta: etree._Element) -> Iterator[Notice]:
    """Yield the links to other articles that the article states."""
    for link in meta.iter("related-article", "related-object"):
        kind = link.get("related-article-type") or link.get("link-type") or ""
        relation = JATS_RELATIONS.get(kind)
        target = _target(link)
        if relation and target:
            yield Notice(relation, target)


def _target(link: etree._Element) -> str:
    address = (link.get(_XLINK) or link.get("object-id") or "").strip()
    kind = link.get("ext-link-type", "") or link.get("object-id-type", "")
    doi = normal_doi(address) or normal_doi(" ".join(link.itertext()))
    pmcid = normal_pmcid(address) if re.match(r"PMC\d", address, re.IGNORECASE) or kind == "pmc" else ""
    pmid = normal_pmid(address) if kind in ("pubmed", "pmid", "") else ""
    if doi:
        return f"doi:{doi}"
    return f"pmid:{pmid}" if pmid else f"pmc:{pmcid}" if pmcid else ""
