"""Snapshots written file by file, as a fetch leaves them, without a server."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sonospine.model.table_io import Row, table_text
from sonospine.model.tables import CHANGES
from sonospine.sources.snapshots.manifest import Manifest
from sonospine.sources.snapshots.workspace import Workspace, base_of

PLATFORMS = {
    "pubmed": ("PubMed", "E-utilities"),
    "pmc": ("PubMed Central", "E-utilities"),
    "trials": ("ClinicalTrials.gov", "API v2"),
}


@dataclass(frozen=True)
class Article:
    """An article of PubMed, as much of it as a test needs."""

    pmid: int
    title: str = "A trial of a block"
    abstract: str = "Pain fell in the patients."
    types: tuple[str, ...] = ("Journal Article",)
    retracted_by: int = 0

    def xml(self) -> str:
        types = "".join(f"<PublicationType>{name}</PublicationType>" for name in self.types)
        notice = (
            f'<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"><PMID>{self.retracted_by}</PMID>'
            "</CommentsCorrections></CommentsCorrectionsList>"
            if self.retracted_by
            else ""
        )
        return (
            f"<PubmedArticle><MedlineCitation><PMID>{self.pmid}</PMID><Article><Journal><JournalIssue><PubDate>"
            f"<Year>2025</Year></PubDate></JournalIssue><Title>A journal</Title></Journal><ArticleTitle>{self.title}"
            f"</ArticleTitle><Abstract><AbstractText>{self.abstract}</AbstractText></Abstract><Language>eng</Language>"
            f"<PublicationTypeList>{types}</PublicationTypeList></Article>{notice}</MedlineCitation><PubmedData>"
            f'<ArticleIdList><ArticleId IdType="doi">10.5555/{self.pmid}</ArticleId></ArticleIdList></PubmedData>'
            "</PubmedArticle>"
        )


def pubmed_set(*articles: Article) -> bytes:
    """An answer of efetch."""
    entries = "".join(article.xml() for article in articles)
    return f"<?xml version='1.0'?><PubmedArticleSet>{entries}</PubmedArticleSet>".encode()


def pmc_set(*numbers: int) -> bytes:
    """An answer of efetch with full texts."""
    entries = "".join(
        '<article><front><article-meta><article-id pub-id-type="pmcid">PMC'
        f"{number}</article-id><title-group><article-title>A full text</article-title></title-group></article-meta>"
        "</front><body><sec><title>Results</title><p>Pain fell.</p></sec></body></article>"
        for number in numbers
    )
    return f"<pmc-articleset>{entries}</pmc-articleset>".encode()


def study_page(*numbers: int, title: str = "A registered trial") -> bytes:
    """A page of ClinicalTrials.gov."""
    studies = [
        {"protocolSection": {"identificationModule": {"nctId": f"NCT{number:08}", "briefTitle": title}}}
        for number in numbers
    ]
    return json.dumps({"studies": studies}).encode()


def write_snapshot(
    snapshots: Path,
    name: str,
    source: str,
    answers: Mapping[str, bytes],
    *,
    searched: str = "2026-01-15",
    base: str = "",
    changes: Sequence[Row] | None = None,
    records: Mapping[str, int] | None = None,
    **fields: object,
) -> Manifest:
    """Write one source of a snapshot; ``answers`` are its files by name, those of ``records-`` hold records."""
    work = Workspace(snapshots, name, source)
    work.folder.mkdir(parents=True)
    for file, content in answers.items():
        work.keep(file, content)
    if changes is not None:
        work.keep("changes.tsv", table_text(CHANGES.names, changes).encode())
    counted = {
        file: max(1, content.count(b"<PMID>") or content.count(b"<article>") or content.count(b"nctId"))
        for file, content in answers.items()
        if file.startswith("records-")
    }
    counted = dict(records) if records is not None else counted
    kinds: dict[str, int] = {}
    for row in changes or ():
        kinds[row["change"]] = kinds.get(row["change"], 0) + 1
    database, platform = PLATFORMS[source]
    stated: dict[str, object] = {
        "source": source, "snapshot": name, "database": database, "platform": platform,
        "address": "http://127.0.0.1:9", "searched": searched, "query": f"everything in {source}",
        "reported": sum(counted.values()), "fetched": sum(counted.values()), "changes": kinds,
        "base": base_of(snapshots, base, source) if base else None, **fields,
    }  # fmt: skip
    return work.finish(counted, **stated)


def change(record_id: str, kind: str, **values: str) -> Row:
    """A row of ``changes.tsv``."""
    return CHANGES.row(record_id=record_id, change=kind, **values)
