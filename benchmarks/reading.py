"""How fast full texts are parsed, and full texts and abstracts read, by process time of one core and without start-up.

    python benchmarks/reading.py FOLDER_OF_REAL_RECORDS

Abstracts are those of the full texts and the annotated ones of randomised trials beside them. Prints JSON. The locked articles of the
gold standard are not touched.
"""

from __future__ import annotations

import dataclasses
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sonospine.evaluation.articles import collection, listed_articles
from sonospine.extraction.assembly import extract_records
from sonospine.model.record import Record
from sonospine.sources.reading import records_of
from sonospine.vocabulary import Vocabulary, load_vocabulary

T = TypeVar("T")


def main() -> None:
    data = Path(sys.argv[1])
    words = load_vocabulary("config/vocabulary")
    print(json.dumps(reading(data, words)))


def reading(data: Path, words: Vocabulary) -> dict[str, float]:
    found = collection(data)
    paths = listed_articles(found.open_articles, found.full_texts)
    paths += sorted(found.question_articles.glob("*.nxml"))
    extract_records(records_of(paths[0]), words)  # loads what is loaded once
    records, parsing = timed(lambda: [record for path in paths for record in records_of(path)])
    _, full = timed(lambda: extract_records(records, words))
    abstracts = [abstract for record in records if (abstract := only_abstract(record)).passages]
    abstracts += [
        record for path in sorted((data / "pico-brat").glob("*.txt")) for record in records_of(path)
    ]
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


def timed(work: Callable[[], T]) -> tuple[T, float]:
    start = time.process_time()
    result = work()
    return result, time.process_time() - start


if __name__ == "__main__":
    main()
