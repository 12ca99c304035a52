"""How fast records are parsed and read, on one core and without start-up; the peer parses the same PubMed records.

    python benchmarks/reading.py FOLDER_OF_REAL_RECORDS

Prints JSON. The locked articles of the gold standard are not touched.
"""

from __future__ import annotations

import dataclasses
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from lxml import etree

from sonospine.evaluation.articles import collection, listed_articles
from sonospine.extraction.assembly import extract_records
from sonospine.model.record import Record
from sonospine.sources.reading import records_of
from sonospine.vocabulary import Vocabulary, load_vocabulary

T = TypeVar("T")
REPEATS = 10
HEAD = (
    b'<?xml version="1.0" ?>\n'
    b'<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    b'"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n<PubmedArticleSet>\n'
)


def main() -> None:
    data = Path(sys.argv[1])
    words = load_vocabulary("config/vocabulary")
    print(json.dumps(reading(data, words) | pubmed(data)))


def reading(data: Path, words: Vocabulary) -> dict[str, float]:
    found = collection(data)
    paths = listed_articles(found.open_articles, found.full_texts)
    paths += sorted(found.question_articles.glob("*.nxml"))
    extract_records(records_of(paths[0]), words)  # loads what is loaded once
    records, parsing = timed(lambda: [record for path in paths for record in records_of(path)])
    _, full = timed(lambda: extract_records(records, words))
    abstracts = [abstract for record in records if (abstract := only_abstract(record)).passages]
    _, short = timed(lambda: extract_records(abstracts, words))
    return {
        "articles": len(paths),
        "jats_per_second": len(paths) / parsing,
        "articles_per_second": len(paths) / full,
        "abstracts": len(abstracts),
        "abstracts_per_second": len(abstracts) / short,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def only_abstract(record: Record) -> Record:
    return dataclasses.replace(record, passages=record.abstract(), tables=(), figures=())


def pubmed(data: Path) -> dict[str, float]:
    from Bio import Entrez

    articles = list(pubmed_articles(data / "pubmed-xml" / "metapub")) * REPEATS
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "pubmed.xml")
        file.write_bytes(HEAD + b"\n".join(articles) + b"\n</PubmedArticleSet>\n")
        ours, mine = timed(lambda: records_of(file))

        def peer() -> int:
            with file.open("rb") as stream:
                return len(Entrez.read(stream)["PubmedArticle"])

        theirs, other = timed(peer)
    if not len(ours) == theirs == len(articles):
        raise SystemExit(f"{len(articles)} records, we read {len(ours)}, the peer {theirs}")
    return {
        "pubmed_records": len(articles),
        "pubmed_per_second": len(articles) / mine,
        "entrez_per_second": len(articles) / other,
    }


def pubmed_articles(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.glob("*.xml")):
        tree = etree.fromstring(
            path.read_bytes(), etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        )
        for article in tree.iter("PubmedArticle"):
            yield etree.tostring(article, with_tail=False)


def timed(work: Callable[[], T]) -> tuple[T, float]:
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


if __name__ == "__main__":
    main()
