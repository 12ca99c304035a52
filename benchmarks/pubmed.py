"""How fast PubMed XML becomes records, beside pubmed_parser and Bio.Entrez, all on the same packed file.

    python benchmarks/pubmed.py FOLDER_OF_REAL_RECORDS

Prints JSON. pubmed_parser opens nothing but gzip, so all three unpack. They take turns in one process, after a
collection of garbage; the median of the turns counts, in seconds of the processor (waiting for others is none). Records
are real ones repeated under new PubMed ids; nothing is kept from one to the next but names of languages, types and
headings by ours.
"""

from __future__ import annotations

import gc
import gzip
import hashlib
import json
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from lxml import etree

from sonospine.sources.reading import parse_record, read_entries, records_of

TURNS = 5
REPEATS = 10
CHUNK = 1 << 18
HEAD = (
    b'<?xml version="1.0" ?>\n'
    b'<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
    b'"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n<PubmedArticleSet>\n'
)


def main() -> None:
    real = list(pubmed_articles(Path(sys.argv[1]) / "pubmed-xml" / "metapub"))
    print(
        json.dumps(
            {
                "with_references": compared(real * REPEATS),
                "without_references": compared(
                    [without_references(article) for article in real] * REPEATS * 2
                ),
            }
        )
    )


def compared(articles: list[bytes]) -> dict[str, float]:
    numbered = [with_pmid(article, 10_000_000 + number) for number, article in enumerate(articles)]
    content = HEAD + b"\n".join(numbered) + b"\n</PubmedArticleSet>\n"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "pubmed.xml.gz")
        file.write_bytes(gzip.compress(content, mtime=0))
        works: dict[str, Callable[[], int]] = {
            "ours": lambda: len(records_of(file)),
            "pubmed_parser": lambda: by_pubmed_parser(file),
            "entrez": lambda: by_entrez(file),
            "by_entries": lambda: sum(1 for entry in read_entries(file) if parse_record(entry)),
            "floor": lambda: cut_and_hashed(file),
        }
        seconds: dict[str, list[float]] = {name: [] for name in works}
        for _ in range(TURNS):
            for name, work in works.items():
                gc.collect()
                start = time.process_time()
                count = work()
                seconds[name].append(time.process_time() - start)
                if count != len(articles):
                    raise SystemExit(f"{len(articles)} records, {name} reads {count}")
    speeds = {
        f"{name}_per_second": len(articles) / statistics.median(taken) for name, taken in seconds.items()
    }
    return {"records": len(articles), "kilobytes": len(content) / len(articles) / 1000} | speeds


def by_pubmed_parser(file: Path) -> int:
    from pubmed_parser import parse_medline_xml

    return len(list(parse_medline_xml(str(file))))


def by_entrez(file: Path) -> int:
    from Bio import Entrez

    with gzip.open(file, "rb") as stream:
        return len(Entrez.read(stream)["PubmedArticle"])


def cut_and_hashed(file: Path) -> int:
    """Unpack, parse and hash with lxml and read nothing: the most that a reader in Python on lxml could reach."""
    parser = etree.XMLPullParser(
        events=("end",), tag="PubmedArticle", resolve_entities=False, no_network=True
    )
    count = 0
    with gzip.open(file, "rb") as stream:
        while chunk := stream.read(CHUNK):
            parser.feed(chunk)
            for _, element in parser.read_events():
                hashlib.sha256(etree.tostring(element, encoding="UTF-8", with_tail=False)).hexdigest()
                count += 1
                element.clear()
    return count


def pubmed_articles(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.glob("*.xml")):
        tree = etree.fromstring(
            path.read_bytes(), etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        )
        for article in tree.iter("PubmedArticle"):
            yield etree.tostring(article, with_tail=False)


def with_pmid(article: bytes, pmid: int) -> bytes:
    return re.sub(rb"(<PMID[^>]*>)\d+", rb"\g<1>%d" % pmid, article, count=1)


def without_references(article: bytes) -> bytes:
    return re.sub(rb"<ReferenceList>.*</ReferenceList>", b"", article, flags=re.DOTALL)


if __name__ == "__main__":
    main()
