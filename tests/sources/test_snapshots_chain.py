from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from written_snapshots import Article, change, pubmed_set, study_page, write_snapshot

from sonospine.model.errors import InputError
from sonospine.sources.raw import RawRecord, Rejected
from sonospine.sources.snapshots.chain import chain, entries_of, held
from sonospine.sources.snapshots.entries import (
    Superseded,
    held_sources,
    snapshot_files,
    source_entries,
)


@pytest.fixture
def snapshots(tmp_path: Path) -> Path:
    """Three snapshots of PubMed: the first, an update, and an update of that."""
    write_snapshot(
        tmp_path,
        "one",
        "pubmed",
        {
            "search-1.xml.gz": b"<eSearchResult/>",
            "records-1.xml.gz": pubmed_set(Article(1), Article(2)),
            "records-2.xml.gz": pubmed_set(Article(3)),
        },
        searched="2026-01-15",
    )
    write_snapshot(
        tmp_path,
        "two",
        "pubmed",
        {"records-1.xml.gz": pubmed_set(Article(2, title="Changed"), Article(4), Article(3))},
        searched="2026-04-15",
        base="one",
        changes=[change("pubmed:2", "revised"), change("pubmed:4", "new"), change("pubmed:1", "withdrawn")],
    )
    write_snapshot(
        tmp_path,
        "three",
        "pubmed",
        {"records-1.xml.gz": pubmed_set(Article(5), Article(4, retracted_by=9))},
        searched="2026-07-15",
        base="two",
        changes=[
            change("pubmed:5", "new"), change("pubmed:4", "retracted"), change("pubmed:3", "not_found"),
        ],
    )  # fmt: skip
    return tmp_path


def snapshot_entries(snapshots: Path, name: str) -> Iterator[RawRecord | Rejected | Superseded]:
    for source in held_sources(snapshots, name):
        yield from source_entries(chain(snapshots, name, source), snapshots.as_posix())


def newest(snapshots: Path, name: str) -> dict[str, RawRecord]:
    found: dict[str, RawRecord] = {}
    for entry in snapshot_entries(snapshots, name):
        if isinstance(entry, RawRecord):
            found.setdefault(entry.record_id, entry)
    return found


def test_a_chain_is_read_newest_first_down_to_the_first_fetch(snapshots: Path) -> None:
    assert [manifest.snapshot for _, manifest in chain(snapshots, "three", "pubmed")] == [
        "three",
        "two",
        "one",
    ]
    assert [manifest.snapshot for _, manifest in chain(snapshots, "one", "pubmed")] == ["one"]


def test_of_each_record_the_newest_version_counts_and_older_ones_are_superseded(snapshots: Path) -> None:
    entries = list(snapshot_entries(snapshots, "three"))
    records = [entry for entry in entries if isinstance(entry, RawRecord)]
    older = [entry for entry in entries if isinstance(entry, Superseded)]
    assert [r.record_id for r in records] == [f"pubmed:{n}" for n in (5, 4, 2, 3, 1)]
    assert "Changed" in newest(snapshots, "three")["pubmed:2"].content
    assert [(entry.record_id, entry.file.split("/")[-3]) for entry in older] == [
        ("pubmed:4", "two"),
        ("pubmed:2", "one"),
        ("pubmed:3", "one"),
    ]


def test_first_seen_is_the_date_of_the_oldest_snapshot_that_holds_the_record(snapshots: Path) -> None:
    dates = {name: raw.first_seen for name, raw in newest(snapshots, "three").items()}
    assert dates == {
        "pubmed:1": "2026-01-15",
        "pubmed:2": "2026-01-15",
        "pubmed:3": "2026-01-15",
        "pubmed:4": "2026-04-15",
        "pubmed:5": "2026-07-15",
    }


def test_the_status_tells_of_revisions_and_withdrawals_and_not_found_changes_nothing(snapshots: Path) -> None:
    statuses = {name: raw.status for name, raw in newest(snapshots, "three").items()}
    assert statuses == {
        "pubmed:1": "withdrawn",
        "pubmed:2": "revised",
        "pubmed:3": "",
        "pubmed:4": "revised",
        "pubmed:5": "",
    }
    assert {raw.status for raw in newest(snapshots, "one").values()} == {""}
    assert {raw.search for raw in newest(snapshots, "three").values()} == {"pubmed"}


def test_a_withdrawn_record_that_came_back_is_withdrawn_no_longer(snapshots: Path) -> None:
    write_snapshot(
        snapshots,
        "four",
        "pubmed",
        {"records-1.xml.gz": pubmed_set(Article(1))},
        base="three",
        changes=[change("pubmed:1", "revised")],
    )
    assert newest(snapshots, "four")["pubmed:1"].status == ""
    assert held(snapshots, "four", "pubmed")["pubmed:1"].status == "current"


def test_held_gives_the_newest_version_with_its_status_title_and_identifiers(snapshots: Path) -> None:
    records = held(snapshots, "three", "pubmed")
    assert {name: r.status for name, r in records.items()} == {
        "pubmed:1": "withdrawn",
        "pubmed:2": "current",
        "pubmed:3": "current",
        "pubmed:4": "retracted",
        "pubmed:5": "current",
    }
    assert records["pubmed:2"].title == "Changed"
    assert records["pubmed:2"].ids == {"pmid": "2", "doi": "10.5555/2"}
    assert records["pubmed:3"].change == "not_found"
    assert {name: r.first_seen for name, r in records.items()} == {
        name: raw.first_seen for name, raw in newest(snapshots, "three").items()
    }
    assert {name: r.sha256 for name, r in records.items()} == {
        name: raw.sha256 for name, raw in newest(snapshots, "three").items()
    }


def test_records_are_named_by_their_place_in_the_snapshot(snapshots: Path) -> None:
    (first, *_) = entries_of(chain(snapshots, "one", "pubmed")[0], "resources/snapshots/one/pubmed")
    assert isinstance(first, RawRecord)
    assert (first.file, first.ordinal) == ("resources/snapshots/one/pubmed/records-1.xml.gz", 1)


def test_a_record_that_an_update_fetched_again_unchanged_is_as_it_was(snapshots: Path) -> None:
    before, after = newest(snapshots, "one"), newest(snapshots, "two")
    assert after["pubmed:3"] == before["pubmed:3"]
    assert after["pubmed:2"].file.endswith("two/pubmed/records-1.xml.gz")


def test_pages_of_the_registry_are_read_through_the_same_door(tmp_path: Path) -> None:
    write_snapshot(tmp_path, "one", "trials", {"records-1.json.gz": study_page(7, 8)})
    assert list(newest(tmp_path, "one")) == ["ctgov:NCT00000007", "ctgov:NCT00000008"]
    assert {raw.search for raw in newest(tmp_path, "one").values()} == {"trials"}


def test_the_files_of_an_import_are_manifests_records_and_changes_of_the_whole_chain(snapshots: Path) -> None:
    files = [path.relative_to(snapshots).as_posix() for path in snapshot_files(snapshots, "two")]
    assert files == [
        "two/pubmed/manifest.json",
        "two/pubmed/records-1.xml.gz",
        "two/pubmed/changes.tsv",
        "one/pubmed/manifest.json",
        "one/pubmed/records-1.xml.gz",
        "one/pubmed/records-2.xml.gz",
    ]


def test_a_changed_file_stops_the_reading_with_its_name(snapshots: Path) -> None:
    path = snapshots / "one/pubmed/records-2.xml.gz"
    path.write_bytes(gzip.compress(pubmed_set(Article(3, title="Forged")), mtime=0))
    with pytest.raises(
        InputError, match=r"records-2\.xml\.gz: a file of the snapshot was changed; found '.*allowed"
    ):
        list(snapshot_entries(snapshots, "one"))


def test_a_cut_file_and_a_changed_table_of_changes_stop_too(snapshots: Path) -> None:
    table = snapshots / "two/pubmed/changes.tsv"
    table.write_text(table.read_text().replace("withdrawn", "revised"))
    with pytest.raises(InputError, match=r"changes\.tsv: a file of the snapshot was changed"):
        list(snapshot_entries(snapshots, "three"))
    path = snapshots / "one/pubmed/records-1.xml.gz"
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(InputError, match=r"records-1\.xml\.gz: a file of the snapshot was changed"):
        held(snapshots, "one", "pubmed")


def test_a_missing_file_stops_before_anything_is_read(snapshots: Path) -> None:
    (snapshots / "one/pubmed/records-2.xml.gz").unlink()
    with pytest.raises(InputError, match=r"one/pubmed/records-2\.xml\.gz: a file of the snapshot is missing"):
        snapshot_files(snapshots, "two")
    with pytest.raises(InputError, match=r"records-2\.xml\.gz: a file of the snapshot cannot be read"):
        list(snapshot_entries(snapshots, "two"))


def test_a_file_that_is_as_it_was_fetched_and_breaks_off_is_no_silent_loss(tmp_path: Path) -> None:
    whole = pubmed_set(Article(1), Article(2))
    write_snapshot(
        tmp_path, "one", "pubmed", {"records-1.xml.gz": whole[:-40]}, records={"records-1.xml.gz": 2}
    )
    with pytest.raises(
        InputError, match=r"records-1\.xml\.gz: a file of the snapshot cannot be read: truncated XML"
    ):
        list(snapshot_entries(tmp_path, "one"))


def test_a_missing_base_and_a_changed_one_are_named(snapshots: Path) -> None:
    manifest = snapshots / "one/pubmed/manifest.json"
    before = manifest.read_text()
    manifest.write_text(json.dumps({**json.loads(before), "query": "another one"}))
    with pytest.raises(
        InputError, match=r"one/pubmed/manifest\.json: the manifest was changed after two was made"
    ):
        chain(snapshots, "three", "pubmed")
    manifest.rename(manifest.with_name("away.json"))
    with pytest.raises(InputError, match=r"the snapshot is an update of one, which is missing"):
        chain(snapshots, "two", "pubmed")


def test_a_renamed_snapshot_is_told_from_the_one_it_was(snapshots: Path) -> None:
    (snapshots / "one").rename(snapshots / "first")
    with pytest.raises(InputError, match=r"the manifest does not belong here; found 'one'; allowed: first"):
        chain(snapshots, "first", "pubmed")


def test_a_snapshot_that_is_not_there_or_not_finished_names_the_command(snapshots: Path) -> None:
    with pytest.raises(
        InputError, match=r"sources\.snapshot: no such snapshot .*'five'.*sonospine fetch --name five"
    ):
        held_sources(snapshots, "five")
    (snapshots / "five" / ".pubmed.part").mkdir(parents=True)
    with pytest.raises(InputError, match=r"not finished; missing: every source.*goes on where it stopped"):
        held_sources(snapshots, "five")
    with pytest.raises(InputError, match=r"not finished; missing: pmc, trials.*make fetch"):
        snapshot_files(snapshots, "one", ("pubmed", "pmc", "trials"))
    with pytest.raises(InputError, match=r"not a name for a snapshot"):
        snapshot_files(snapshots, "../one")


def test_files_without_records_are_not_read(tmp_path: Path) -> None:
    write_snapshot(
        tmp_path, "one", "pubmed", {"records-1.xml.gz": pubmed_set()}, records={"records-1.xml.gz": 0}
    )
    assert list(snapshot_entries(tmp_path, "one")) == []
