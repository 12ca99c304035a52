"""Pages of news and source-stated notices: companions of the report they are about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from rapidfuzz import fuzz

from sonospine.linkage.likeness import LEAST_WORDS, compared, titled
from sonospine.linkage.link import Link, link
from sonospine.linkage.names import folded, name_words
from sonospine.linkage.normal import (
    bare_words,
    cited_dois,
    cited_registrations,
    is_review,
    own_registrations,
    pmcid,
)
from sonospine.model.identifiers import normal_doi
from sonospine.model.record import Record

_NAMED = 97
"""Least likeness (percent) of a title and the words of a page that name it."""
_STATED = {
    "retraction_of": ("retraction_of", True),
    "partial_retraction_of": ("corrects", True),
    "corrects": ("corrects", True),
    "concern_about": ("concern_about", True),
    "republication_of": ("same_study", True),
    "reprint_of": ("same_study", True),
    "update_of": ("same_study", True),
    "original_report_in": ("same_study", True),
    "companion": ("companion", False),
    "comment_on": ("cites", False),
}
"""What a source states, the relation of the link, and whether it joins. A companion article may be another part
of a series, so a curator decides."""
_TURNED = {
    "retracted_by": "retraction_of",
    "partially_retracted_by": "partial_retraction_of",
    "corrected_by": "corrects",
    "concern_in": "concern_about",
    "republished_as": "republication_of",
    "reprinted_in": "reprint_of",
    "updated_by": "update_of",
    "summary_in": "original_report_in",
    "commented_by": "comment_on",
}
"""What a source states of itself as the target: the same statement seen from the other end."""
_ELSEWHERE = frozenset({"reported_in", "secondary_report_in"})
"""A registry's list of publications: ``identifiers.publication_links`` reads it with its types."""


def news_links(records: Iterable[Record]) -> Iterator[Link]:
    """Yield links from pages of news to the article or the registration they write about.

    An article is meant where the page gives its DOI, or prints its title beside one of its authors (the article
    at hand may lack the DOI that the page gives). A page that gives the DOIs of several articles is joined only
    to one whose title it prints. A registration is meant where it is the only one named.
    """
    listed = sorted(records, key=lambda r: r.record_id)
    articles = [r for r in listed if r.kind in ("article", "abstract", "protocol")]
    by_doi: dict[str, list[Record]] = defaultdict(list)
    for article in articles:
        if article.doi:
            by_doi[normal_doi(article.doi)].append(article)
    registered: dict[str, list[Record]] = defaultdict(list)
    for record in listed:
        if record.kind == "registration":
            for value in own_registrations(record):
                registered[value].append(record)
    by_author = _by_author(articles)
    titles: dict[str, str] = {}
    for page in listed:
        if page.kind == "news":
            yield from _about_articles(page, by_doi, by_author, titles)
            yield from _about_registrations(page, registered)


def _by_author(articles: Iterable[Record]) -> dict[str, list[tuple[frozenset[str], Record]]]:
    """Return the words of each author's name with the article, by one of the words."""
    found: dict[str, list[tuple[frozenset[str], Record]]] = defaultdict(list)
    for article in articles:
        for author in article.authors:
            words = name_words(author)
            if words:
                found[min(words)].append((words, article))
    return found


def _about_articles(
    page: Record,
    by_doi: dict[str, list[Record]],
    by_author: dict[str, list[tuple[frozenset[str], Record]]],
    titles: dict[str, str],
) -> Iterator[Link]:
    given = sorted({normal_doi(page.doi), *cited_dois(page)} - {""})
    named = _named(page, by_author, titles)
    for value in given:
        for article in by_doi.get(value, []):
            if len(given) == 1 or article.record_id in named:
                why = f"news that gives DOI {value}"
                yield link(page.record_id, article.record_id, "companion", why, 1, joins="study")
    for name, (article, author) in sorted(named.items()):
        if not (article.doi and normal_doi(article.doi) not in given and given):
            why = f"news that names title and author {author}"
            if given:
                why += f" and gives DOI {', '.join(given)}"
            yield link(page.record_id, name, "companion", why, 0.95, joins="study")


def _named(
    page: Record, by_author: dict[str, list[tuple[frozenset[str], Record]]], titles: dict[str, str]
) -> dict[str, tuple[Record, str]]:
    """Return the articles of which a page prints the title and an author, with that author, by id."""
    text = compared(" ".join([page.title, *(p.text for p in page.passages)]))
    plain_words = bare_words(" ".join([page.title, *(p.text for p in page.passages)])).split()
    words = {folded(word) for word in plain_words} | {
        w for author in page.authors for w in name_words(author)
    }
    found: dict[str, tuple[Record, str]] = {}
    for word in sorted(words & by_author.keys()):
        for name, article in by_author[word]:
            if article.record_id not in found and name <= words and _prints(text, article, titles):
                first = next(a for a in article.authors if name_words(a) and name_words(a) <= words)
                found[article.record_id] = (article, first)
    return found


def _prints(text: str, article: Record, titles: dict[str, str]) -> bool:
    """Tell whether a text prints the title of an article that is no review; ``titles`` keeps those compared."""
    if article.record_id not in titles:
        title = titled(article)
        telling = len(title.words) >= LEAST_WORDS and not is_review(article)
        titles[article.record_id] = title.text if telling else ""
    title_text = titles[article.record_id]
    return bool(title_text) and (title_text in text or fuzz.partial_ratio(title_text, text) >= _NAMED)


def _about_registrations(page: Record, registered: dict[str, list[Record]]) -> Iterator[Link]:
    named = sorted({*own_registrations(page), *cited_registrations(page)})
    if len(named) != 1 or own_registrations(page):
        return
    for end in [r.record_id for r in registered.get(named[0], [])] or [f"nct:{named[0]}"]:
        yield link(page.record_id, end, "registration", f"news about {named[0]}", 1, joins="study")


def notice_links(records: Iterable[Record]) -> Iterator[Link]:
    """Yield links that the sources themselves state: retractions, corrections, updates, companions."""
    listed = sorted(records, key=lambda r: r.record_id)
    known: dict[str, list[str]] = defaultdict(list)
    for record in listed:
        if record.kind == "news":
            continue
        for name in _names(record):
            known[name].append(record.record_id)
    for record in listed:
        for notice in record.notices:
            if notice.relation in _ELSEWHERE:
                continue
            turned = notice.relation in _TURNED
            stated = _TURNED.get(notice.relation, notice.relation)
            relation, joins = _STATED.get(stated, ("cites", False))
            name = _target(notice.target)
            for other in known.get(name, []) or [name]:
                if other == record.record_id:
                    continue
                ends = (other, record.record_id) if turned else (record.record_id, other)
                why = f"the source states {notice.relation} {notice.target}"
                yield link(*ends, relation, why, 1, joins="study" if joins else "")


def _names(record: Record) -> list[str]:
    names = [record.record_id]
    names += [f"pmid:{record.pmid}"] if record.pmid else []
    names += [f"pmcid:{pmcid(record.pmcid)}"] if record.pmcid else []
    names += [f"doi:{normal_doi(record.doi)}"] if record.doi else []
    names += [f"nct:{value}" for value in own_registrations(record)] if record.kind == "registration" else []
    return names


def _target(text: str) -> str:
    """Return the name of a notice's target, however the source writes it."""
    bare = text.strip()
    kind, _, value = bare.partition(":")
    if normal_doi(bare):
        return f"doi:{normal_doi(bare)}"
    if kind.lower() in ("pmid", "pubmed") and value.strip().isdigit():
        return f"pmid:{value.strip()}"
    if bare.isdigit():
        return f"pmid:{bare}"
    if bare.upper().removeprefix("PMC:").startswith("PMC") and pmcid(bare):
        return f"pmcid:{pmcid(bare)}"
    if bare.upper().startswith("NCT"):
        return f"nct:{bare.upper()}"
    return "_".join(bare.split()) or "unknown"
