"""From a citation to a record: title and abstract as addressed passages, kind, status and registrations."""

from __future__ import annotations

from sonospine.model.identifiers import ncts_in
from sonospine.model.record import Notice, Passage, Record
from sonospine.sources.citations.citation import Citation, citation_in
from sonospine.sources.editorial import kind_of, status_of
from sonospine.sources.headings import abstract_passages, label_address
from sonospine.sources.identifiers import written_language
from sonospine.sources.raw import RawRecord
from sonospine.sources.registrations import own_in_abstract

_REGISTRY_TYPES = ("trial registry record", "trial registry", "clinical trial registration")
_SUMMARIES = frozenset(
    ("review", "systematic review", "meta-analysis", "comment", "editorial", "short survey")
)


def parse_citation(raw: RawRecord) -> Record:
    """Read a citation into a record. It has no full text; its notes are no passages.

    Raises
    ------
    Unreadable
        The content is not a citation as the import writes it.
    """
    citation = citation_in(raw.content)
    abstract = abstract_passages(citation.abstract)
    notices = tuple(Notice(*pair) for pair in citation.notices)
    own, cited = _registrations(citation, abstract)
    return Record(
        record_id=raw.record_id,
        source="file",
        title=citation.title,
        kind=_kind(citation),
        authors=citation.authors,
        journal=citation.journal,
        year=citation.year,
        volume=citation.volume,
        pages=citation.pages,
        doi=citation.doi,
        pmid=citation.pmid,
        pmcid=citation.pmcid,
        nct=own,
        nct_cited=cited,
        language=citation.language or written_language(" ".join(p.text for p in abstract)),
        types=citation.types,
        keywords=citation.keywords,
        status=status_of(citation.types, citation.title, notices),
        notices=notices,
        url=citation.url,
        file=raw.file,
        sha256=raw.sha256,
        passages=(
            *((Passage("title", citation.title, (), "title"),) if citation.title else ()),
            *abstract,
            *((Passage("back/vernacular_title", citation.vernacular),) if citation.vernacular else ()),
            *_other_abstract(citation),
        ),
    )


def _kind(citation: Citation) -> str:
    if any(name.lower() in _REGISTRY_TYPES for name in citation.types):
        return "registration"
    return kind_of(citation.types, citation.title)


def _other_abstract(citation: Citation) -> tuple[Passage, ...]:
    return tuple(
        Passage(f"back/abstract1p{part}", text, (label_address(label) or "other abstract",), "abstract")
        for part, (label, text) in enumerate(citation.other_abstract, start=1)
    )


def _registrations(citation: Citation, abstract: list[Passage]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return own and cited registrations, by the rule that holds for PubMed's records."""
    banked = ncts_in(" ".join(citation.registered))
    summary = any(name.lower() in _SUMMARIES for name in citation.types)
    return own_in_abstract(abstract, banked=banked, summary=summary)
