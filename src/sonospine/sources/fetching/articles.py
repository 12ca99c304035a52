"""Full texts of PMC: which are asked for, whether those came, and what each says of its licence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lxml import etree

from sonospine.sources.fetching.answers import Faulty, Refused, checked_xml
from sonospine.sources.fetching.eutils import EUtils, without_records
from sonospine.sources.fetching.unfinished import fresh_records
from sonospine.sources.jats import entry_id
from sonospine.sources.jats_front import licence_of
from sonospine.sources.raw import Unreadable
from sonospine.sources.snapshots.workspace import Workspace
from sonospine.sources.xml_stream import parse_entry

DATABASE = "pmc"
PREFIX = "pmc:"
_ROOT = "pmc-articleset"
_ERROR_REACH = 1_000
# So many answers must hold the same articles before one that is not what was asked for is believed.
_PATIENCE = 3


@dataclass(frozen=True, slots=True)
class Article:
    """An article that came: its file, whether it has a body with text, and its licence as stated."""

    pmcid: str
    file: str
    full_text: bool
    licence: str


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The check of an answer: it raises Faulty unless just these articles are in it, or the same ones come again."""

    ids: frozenset[str]
    seen: list[list[str]] = field(default_factory=list)

    def __call__(self, content: bytes) -> list[str]:
        came = _ids_in(content)
        if len(came) != len(self.ids) or set(came) != self.ids:
            self.seen.append(came)
            if self.seen.count(came) < _PATIENCE:
                other = sum(pmcid not in self.ids for pmcid in came)
                raise Faulty(
                    f"{len(self.ids - set(came))} of {len(self.ids)} articles are missing, "
                    f"{other} came that were not asked for"
                )
        return came


def ask_articles(client: EUtils, ids: Sequence[str]) -> bytes:
    """Ask PMC for articles; empty where it holds none of them.

    Raises
    ------
    FetchError
        No good answer came.
    """
    try:
        content, came = client.fetch_ids(DATABASE, ids, _Wanted(frozenset(ids)))
    except Refused as refusal:
        if without_records(refusal.reason):
            return b""
        raise
    return content if came else b""


def _ids_in(content: bytes) -> list[str]:
    """Return the PMC ids of the articles in an answer (empty: an article without one), in order."""
    if without_records(content[:_ERROR_REACH].decode("utf-8", "replace")):
        return []
    try:
        return [
            entry_id(article).removeprefix(PREFIX)
            for article in checked_xml(content, _ROOT).iterchildren("{*}article")
        ]
    except Unreadable as fault:
        raise Faulty(fault.reason) from None


def articles_at_hand(workspace: Workspace) -> Iterator[Article]:
    """Yield the articles in the files that were fetched so far."""
    for raw in fresh_records(workspace):
        full_text, licence = _facts(raw.content)
        yield Article(raw.record_id.removeprefix(PREFIX), raw.file, full_text, licence)


def _facts(content: str) -> tuple[bool, str]:
    """Return whether an article has a body with text, and its licence; neither where it cannot be read."""
    try:
        article = parse_entry(content)
    except Unreadable:
        return False, ""
    meta = article.find("front/article-meta")
    return _has_text(article.find("body")), "" if meta is None else licence_of(meta)


def _has_text(body: etree._Element | None) -> bool:
    return body is not None and any(str(text).strip() for text in body.itertext())
