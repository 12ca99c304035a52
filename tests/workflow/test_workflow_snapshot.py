"""A run on a snapshot: no network, nothing done twice, an update changes only what it must."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest
from written_snapshots import Article, change, pubmed_set, write_snapshot

from sonospine.model.table_io import read_table
from sonospine.model.tables import RECORDS, SEARCHES

ABSTRACT = (
    "Twenty patients had an ultrasound-guided medial branch block. VAS was 6.{} ± 1.0 at baseline and 3.0 ± 1.5 at "
    "4 weeks."
)
SEARCH = {
    "pubmed": {"query": "a block[tiab]"},
    "pmc": False,
    "addresses": {"eutils": "http://127.0.0.1:9/eutils", "trials": "http://127.0.0.1:9/v2"},
}
CURATED = "extracted/curated/corrected.tsv"
NO_NETWORK = """
import socket
open({loaded!r}, "w").close()
def refused(self, address):
    if self.family != socket.AF_UNIX:
        open({noted!r}, "a").write(f"{{address}}\\n")
        raise OSError("the network was asked")
socket.socket.connect = socket.socket.connect_ex = refused
"""


def article(pmid: int, **fields: object) -> Article:
    return Article(
        pmid, f"A single-arm study of a block, number {pmid}", ABSTRACT.format(pmid % 10), **fields
    )


def first(snapshots: Path) -> None:
    """A snapshot of 30 articles: two buckets."""
    answers = {
        "records-1.xml.gz": pubmed_set(*map(article, range(1, 21))),
        "records-2.xml.gz": pubmed_set(*map(article, range(21, 31))),
    }
    write_snapshot(snapshots, "first", "pubmed", answers, searched="2026-01-15")


def named(review, name: str) -> None:
    path = review.folder / "config/config.yaml"
    text = re.sub(r"(?m)^  snapshot: .*$", f"  snapshot: {name!r}", path.read_text("utf-8"))
    path.write_text(text, "utf-8")


@pytest.fixture(scope="module")
def snapshot_review(new_review, tmp_path_factory):
    """A review of a snapshot, read as far as its links, where every call of the network is noted and refused."""
    folder = tmp_path_factory.mktemp("snapshot")
    review = new_review(folder, (), sources={"files": [], "snapshot": "first"}, search=SEARCH)
    first(folder / "resources/snapshots")
    blocked = folder / "blocked"
    blocked.mkdir()
    (blocked / "sitecustomize.py").write_text(
        NO_NETWORK.format(noted=str(folder / "asked.txt"), loaded=str(folder / "loaded.txt"))
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(blocked), os.environ.get("PYTHONPATH", "")]))
        review.run("--", RECORDS.path)
    return review


def test_a_snapshot_is_read_without_a_network_and_each_record_says_where_it_came_from(
    snapshot_review,
) -> None:
    assert (snapshot_review.folder / "loaded.txt").exists()
    assert not (snapshot_review.folder / "asked.txt").exists()
    rows = read_table(snapshot_review.folder / RECORDS.path, RECORDS)
    assert len(rows) == 30
    assert {(row["search"], row["first_seen"]) for row in rows} == {("pubmed", "2026-01-15")}
    (search,) = read_table(snapshot_review.folder / SEARCHES.path, SEARCHES)
    assert (search["entries"], search["kept"], search["snapshot"]) == ("30", "30", "first")


def test_a_second_run_on_a_snapshot_has_nothing_to_do(snapshot_review) -> None:
    assert snapshot_review.planned("--", RECORDS.path) == {}


def test_no_rule_of_a_run_fetches_and_the_target_fetch_leaves_receipts(snapshot_review) -> None:
    assert not {name for name in snapshot_review.planned() if "fetch" in name}
    said = snapshot_review.run("--dry-run", "--", "fetch").stdout
    assert "results/fetched/first/pubmed.done" in said
    assert "fetch_trials" not in said
    assert "resources/" not in re.sub(r"(?m)^.*(directory|Snakefile).*$", "", said)


def test_without_a_name_for_the_snapshot_the_target_fetch_asks_for_one(fresh_review) -> None:
    done = fresh_review.run("--", "fetch", check=False)
    said = [line for line in done.stderr.splitlines() if "sources.snapshot" in line]
    assert done.returncode == 1
    assert len(said) == 1
    assert "give the snapshot that is to be fetched a name" in said[0]
    assert not (fresh_review.folder / "results").exists()


def test_a_snapshot_that_is_not_there_ends_the_run_with_a_line_that_names_the_command(fresh_review) -> None:
    named(fresh_review, "nowhere")
    done = fresh_review.run(check=False)
    said = [line for line in done.stderr.splitlines() if "no such snapshot" in line]
    assert done.returncode == 1
    assert len(said) == 1
    assert "sonospine fetch --name nowhere" in said[0]
    assert "Traceback (most recent call last)" not in done.stderr
    assert not (fresh_review.folder / "results").exists()


@pytest.fixture
def snapshot_copy(snapshot_review, tmp_path):
    """A copy of the review that has run, to change."""
    shutil.copytree(snapshot_review.folder, tmp_path / "copy", symlinks=True)
    return type(snapshot_review)(tmp_path / "copy")


@pytest.mark.slow
def test_a_changed_file_of_the_snapshot_stops_the_run_with_its_name(snapshot_copy) -> None:
    before = snapshot_copy.digests()
    path = snapshot_copy.folder / "resources/snapshots/first/pubmed/records-2.xml.gz"
    path.write_bytes(path.read_bytes() + b"x")
    done = snapshot_copy.run("--", RECORDS.path, check=False)
    said = [
        line
        for line in (snapshot_copy.folder / "logs/import_records.log").read_text("utf-8").splitlines()
        if line
    ]
    assert done.returncode == 1
    assert len(said) == 1
    assert "first/pubmed/records-2.xml.gz: a file of the snapshot was changed" in said[0]
    assert {name for name in before if name.startswith("results/records")} <= set(snapshot_copy.digests())


@pytest.mark.slow
def test_an_update_reruns_the_bucket_of_its_new_record_and_no_other(snapshot_copy) -> None:
    snapshot_copy.run("--", CURATED)
    new = article(31)
    write_snapshot(
        snapshot_copy.folder / "resources/snapshots",
        "second",
        "pubmed",
        {"records-1.xml.gz": pubmed_set(new)},
        searched="2026-04-15",
        base="first",
        changes=[change("pubmed:31", "new", title=new.title)],
    )
    named(snapshot_copy, "second")
    said = snapshot_copy.run("--", CURATED).stderr
    assert len(re.findall(r"(?m)^(?:rule|localrule) parse_records:", said)) == 1
    assert len(re.findall(r"(?m)^(?:rule|localrule) extract_measurements:", said)) == 1
    rows = {row["record_id"]: row for row in read_table(snapshot_copy.folder / RECORDS.path, RECORDS)}
    assert len(rows) == 31
    assert rows["pubmed:31"]["first_seen"] == "2026-04-15"
    assert rows["pubmed:1"]["first_seen"] == "2026-01-15"
    (search,) = read_table(snapshot_copy.folder / SEARCHES.path, SEARCHES)
    assert (search["snapshot"], search["base"], search["new"], search["fetched"]) == (
        "second",
        "first",
        "1",
        "31",
    )
