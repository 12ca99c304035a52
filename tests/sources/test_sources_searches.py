from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from written_snapshots import Article, change, pmc_set, pubmed_set, study_page, write_snapshot

from sonospine.cli.import_records import run as run_import
from sonospine.model.errors import InputError
from sonospine.model.table_io import Row, read_table
from sonospine.model.tables import CHANGES, REJECTED, SEARCHES
from sonospine.sources.importing import SnapshotPath, import_sources
from sonospine.sources.listing import SourcePath
from sonospine.sources.raw import RawRecord, raw_from_json
from sonospine.sources.reading import parse_record
from sonospine.sources.snapshots.chain import chain, entries_of, held
from sonospine.sources.snapshots.changes import changes_between

FATES = ("kept", "repeated", "superseded", "rejected")
ASKED = {
    "pubmed": {"query": "a block[tiab]"},
    "pmc": True,
    "trials": {"condition": "pain"},
}


def searches(out: Path) -> dict[str, Row]:
    return {row["search"]: row for row in read_table(out / "searches.tsv", SEARCHES)}


def counts(row: Row) -> tuple[int, ...]:
    return tuple(int(row[name]) for name in ("entries", *FATES))


def records(out: Path) -> dict[str, RawRecord]:
    listed = [
        raw_from_json(line)
        for path in sorted(out.glob("*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    found = {raw.record_id: raw for raw in listed}
    assert len(found) == len(listed)
    return found


def configured(project: Path, folder: Path, **sources: object) -> Path:
    """A configuration in a folder of its own, with these sources and a search of everything."""
    data = yaml.safe_load((project / "config/config.yaml").read_text("utf-8"))
    data["sources"] = sources
    data["search"] = ASKED
    path = folder / "config/config.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    return path


def full_snapshot(folder: Path) -> Path:
    """PubMed with an update, PMC and ClinicalTrials.gov; the folder of all snapshots is returned."""
    snapshots = folder / "resources/snapshots"
    write_snapshot(
        snapshots,
        "one",
        "pubmed",
        {"records-1.xml.gz": pubmed_set(Article(1), Article(2), Article(3), Article(3))},
        searched="2026-01-15",
        reported=3,
        fetched=3,
        sent=({"query": "a block[tiab]", "reported": 3, "fetched": 3},),
        limits=("English; French", "2000 on"),
        warnings=("a word was ignored",),
        versions={"sonospine": "0", "httpx": "1"},
    )
    write_snapshot(snapshots, "one", "pmc", {"records-1.xml.gz": pmc_set(11)})
    write_snapshot(snapshots, "one", "trials", {"records-1.json.gz": study_page(7, 8)})
    write_snapshot(
        snapshots,
        "two",
        "pubmed",
        {"records-1.xml.gz": pubmed_set(Article(2, title="Put right"), Article(4))},
        searched="2026-04-15",
        base="one",
        reported=3,
        changes=[
            change("pubmed:2", "revised"), change("pubmed:4", "new"), change("pubmed:1", "withdrawn"),
            change("pubmed:3", "not_found"),
        ],
    )  # fmt: skip
    write_snapshot(snapshots, "two", "pmc", {}, base="one", searched="2026-04-15")
    write_snapshot(snapshots, "two", "trials", {}, base="one", searched="2026-04-15", changes=[])
    return snapshots


@pytest.fixture
def imported(project: Path, tmp_path: Path) -> Path:
    """What an import of an updated snapshot and three files made."""
    full_snapshot(tmp_path)
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports/Embase 2026.xml").write_bytes(pubmed_set(Article(4), Article(60), Article(60)))
    (tmp_path / "exports/hand.xml").write_bytes(
        pubmed_set(Article(1, title="Another"), Article(61), Article(62))[:-60]
    )
    path = configured(
        project,
        tmp_path,
        snapshot="two",
        files=[
            {
                "path": "exports/Embase 2026.xml", "database": "Embase", "platform": "Ovid", "searched": "2026-01-10",
                "query": "exp block/", "limits": ["human"], "reported": 5,
            },
            "exports/hand.xml",
        ],
    )  # fmt: skip
    run_import(path, tmp_path / "out", tmp_path / "resources/snapshots")
    return tmp_path / "out"


def test_what_became_of_every_entry_adds_up(imported: Path) -> None:
    found = {name: counts(row) for name, row in searches(imported).items()}
    assert found == {
        "pubmed": (6, 4, 1, 1, 0),
        "pmc": (1, 1, 0, 0, 0),
        "trials": (2, 2, 0, 0, 0),
        "file:exports/Embase_2026.xml": (3, 1, 2, 0, 0),
        "file:exports/hand.xml": (3, 1, 0, 0, 2),
    }
    assert sum(row[1] for row in found.values()) == len(records(imported))
    assert sum(row[4] for row in found.values()) == len(read_table(imported / "rejected.tsv", REJECTED))


def test_every_record_names_its_search_and_parsing_carries_it_on(imported: Path) -> None:
    found = records(imported)
    assert {name: raw.search for name, raw in found.items()} == {
        "pubmed:1": "pubmed",
        "pubmed:2": "pubmed",
        "pubmed:3": "pubmed",
        "pubmed:4": "pubmed",
        "pmc:PMC11": "pmc",
        "ctgov:NCT00000007": "trials",
        "ctgov:NCT00000008": "trials",
        "pubmed:60": "file:exports/Embase_2026.xml",
        "pubmed:61": "file:exports/hand.xml",
    }
    withdrawn, revised = parse_record(found["pubmed:1"]), parse_record(found["pubmed:2"])
    assert (withdrawn.search, withdrawn.first_seen, withdrawn.status) == ("pubmed", "2026-01-15", "withdrawn")
    assert (revised.title, revised.first_seen, revised.status) == ("Put right", "2026-01-15", "revised")
    assert parse_record(found["pubmed:3"]).status == "current"
    assert parse_record(found["pubmed:4"]).first_seen == "2026-04-15"


def test_a_search_of_a_snapshot_is_documented_from_its_newest_manifest(imported: Path) -> None:
    row = searches(imported)["pubmed"]
    assert (row["kind"], row["searched"], row["snapshot"], row["base"]) == (
        "database",
        "2026-04-15",
        "two",
        "one",
    )
    assert (row["reported"], row["fetched"]) == ("3", "4")
    assert (row["new"], row["revised"], row["retracted"], row["withdrawn"]) == ("1", "1", "0", "2")
    assert {name: row["kind"] for name, row in searches(imported).items() if name in ASKED} == {
        "pubmed": "database",
        "pmc": "full_text",
        "trials": "register",
    }


def test_a_query_that_was_changed_after_the_fetch_is_told_and_the_old_one_documented(
    project: Path, tmp_path: Path
) -> None:
    snapshots = tmp_path / "s"
    for source, query in (("pubmed", "a block[tiab]"), ("trials", "query.cond=another")):
        write_snapshot(snapshots, "one", source, {}, query=query)
    write_snapshot(snapshots, "one", "pmc", {})
    run_import(configured(project, tmp_path, snapshot="one"), tmp_path / "out", snapshots)
    found = searches(tmp_path / "out")
    assert found["pubmed"]["warnings"] == found["pmc"]["warnings"] == ""
    assert "asks another query by now" in found["trials"]["warnings"]
    assert found["trials"]["query"] == "query.cond=another"


def test_the_first_fetch_keeps_what_was_sent_and_what_the_source_said(project: Path, tmp_path: Path) -> None:
    full_snapshot(tmp_path)
    path = configured(project, tmp_path, snapshot="one")
    run_import(path, tmp_path / "out", tmp_path / "resources/snapshots")
    row = searches(tmp_path / "out")["pubmed"]
    assert json.loads(row["sent"]) == [
        {"query": "a block[tiab]", "reported": 3, "fetched": 3, "translation": ""}
    ]
    assert row["limits"] == "English, French;2000 on"
    assert row["warnings"].split(";")[0] == "a word was ignored"
    assert json.loads(row["versions"]) == {"sonospine": "0", "httpx": "1"}
    assert (row["reported"], row["fetched"], row["base"], row["new"]) == ("3", "3", "", "")
    assert read_table(tmp_path / "out/changes.tsv", CHANGES) == []


def test_a_file_of_a_database_keeps_what_it_reported_beside_what_was_read(imported: Path) -> None:
    row = searches(imported)["file:exports/Embase_2026.xml"]
    assert (row["kind"], row["database"], row["platform"]) == ("database", "Embase", "Ovid")
    assert (row["reported"], row["fetched"], row["entries"]) == ("5", "2", "3")
    assert (row["query"], row["limits"], row["searched"]) == ("exp block/", "human", "2026-01-10")
    plain = searches(imported)["file:exports/hand.xml"]
    assert (plain["kind"], plain["database"], plain["reported"]) == ("other", "", "")
    assert plain["address"] == "exports/hand.xml"


def test_the_corpus_says_that_it_is_no_systematic_search(project: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/a.xml").write_bytes(pubmed_set(Article(1)))
    for demonstration, said in ((True, "not a systematic search"), (False, "")):
        path = configured(project, tmp_path, corpus={"path": "mine", "demonstration": demonstration})
        run_import(path, tmp_path / "out")
        row = searches(tmp_path / "out")["corpus"]
        assert row["kind"] == "corpus"
        assert said in row["database"]
        assert bool(row["database"]) == demonstration
        assert {raw.search for raw in records(tmp_path / "out").values()} == {"corpus"}


def test_changes_are_those_of_the_snapshot_that_is_named(imported: Path) -> None:
    changes = {row["record_id"]: row["change"] for row in read_table(imported / "changes.tsv", CHANGES)}
    assert changes == {
        "pubmed:1": "withdrawn",
        "pubmed:2": "revised",
        "pubmed:3": "not_found",
        "pubmed:4": "new",
    }


def test_files_of_one_path_are_two_searches_and_are_read_once(project: Path, tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes(pubmed_set(Article(1)))
    path = configured(project, tmp_path, files=["a.xml", {"path": "a.xml", "database": "CINAHL"}])
    run_import(path, tmp_path / "out")
    assert {name: counts(row)[:2] for name, row in searches(tmp_path / "out").items()} == {
        "file:a.xml": (1, 1),
        "file:a.xml-2": (0, 0),
    }


def test_an_import_may_replace_what_an_import_made_and_nothing_else(imported: Path, project: Path) -> None:
    config = imported.parent / "config/config.yaml"
    before = {path.name: path.read_bytes() for path in imported.iterdir()}
    run_import(config, imported, imported.parent / "resources/snapshots")
    assert {path.name: path.read_bytes() for path in imported.iterdir()} == before
    (imported / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match=r"notes\.txt"):
        run_import(config, imported, imported.parent / "resources/snapshots")


def test_a_snapshot_with_a_source_missing_ends_the_import_in_one_line(project: Path, tmp_path: Path) -> None:
    write_snapshot(tmp_path / "s", "one", "pubmed", {"records-1.xml.gz": pubmed_set(Article(1))})
    path = configured(project, tmp_path, snapshot="one")
    with pytest.raises(
        InputError, match=r"sources\.snapshot: the snapshot is not finished; missing: pmc, trials"
    ):
        run_import(path, tmp_path / "out", tmp_path / "s")
    path = configured(project, tmp_path, snapshot="none")
    with pytest.raises(InputError, match=r"no such snapshot .*make fetch"):
        run_import(path, tmp_path / "out", tmp_path / "s")
    assert not (tmp_path / "out").exists()


def test_a_changed_file_of_a_snapshot_leaves_the_earlier_import_as_it_was(imported: Path) -> None:
    snapshots = imported.parent / "resources/snapshots"
    before = {path.name: path.read_bytes() for path in imported.iterdir()}
    (snapshots / "one/trials/records-1.json.gz").write_bytes(b"changed")
    with pytest.raises(
        InputError, match=r"one/trials/records-1\.json\.gz: a file of the snapshot was changed"
    ):
        run_import(imported.parent / "config/config.yaml", imported, snapshots)
    assert {path.name: path.read_bytes() for path in imported.iterdir()} == before


_ARTICLES = st.lists(
    st.builds(Article, st.integers(1, 6), st.sampled_from(("A title", "Another title"))), max_size=6
)


@settings(max_examples=15, deadline=None)
@given(st.lists(_ARTICLES, min_size=1, max_size=3), st.lists(_ARTICLES, max_size=2))
def test_entries_are_kept_repeated_superseded_or_rejected_whatever_comes(
    updates: list[list[Article]], files: list[list[Article]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, articles in enumerate(updates):
            once = list({article.pmid: article for article in articles}.values())
            base = f"s{number - 1}" if number else ""
            answers = {"records-1.xml.gz": pubmed_set(*once)} if once else {}
            write_snapshot(folder / "new", f"s{number}", "pubmed", answers)
            fresh = list(entries_of(chain(folder / "new", f"s{number}", "pubmed")[0]))
            known = held(folder / "all", base, "pubmed") if base else {}
            changes = changes_between(known, fresh, {}) if base else None
            write_snapshot(folder / "all", f"s{number}", "pubmed", answers, base=base, changes=changes)
        sources = []
        for number, articles in enumerate(files):
            path = folder / f"{number}.xml"
            path.write_bytes(pubmed_set(*articles))
            sources.append(SourcePath(path, "sources.files", path.name))
        snapshot = SnapshotPath(folder / "all", "resources/snapshots", f"s{len(updates) - 1}")
        done = import_sources(sources, folder / "out", snapshot=snapshot)
        rows = searches(folder / "out")
        found = records(folder / "out")
        newest: dict[int, str] = {}
        for articles in reversed(updates):
            for article in {article.pmid: article for article in articles}.values():
                newest.setdefault(article.pmid, article.title)
        for row in rows.values():
            entries, *fates = counts(row)
            assert entries == sum(fates)
        given_entries = sum(len({a.pmid for a in articles}) for articles in updates)
        assert counts(rows["pubmed"])[0] == given_entries
        assert int(rows["pubmed"]["kept"]) == len(newest)
        assert sum(int(row["kept"]) for row in rows.values()) == done.records == len(found)
        for pmid, title in newest.items():
            assert title in found[f"pubmed:{pmid}"].content
            assert found[f"pubmed:{pmid}"].search == "pubmed"
