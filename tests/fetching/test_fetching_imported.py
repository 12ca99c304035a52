"""What a fetch keeps, an import reads: every record once, with its search, its date and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from stand_in.factory import Library

from sonospine.model.table_io import Row, read_table
from sonospine.model.tables import CHANGES, REJECTED, SEARCHES
from sonospine.sources.raw import RawRecord, raw_from_json
from sonospine.sources.reading import parse_record

from .conftest import DAY, Review

Reviews = Callable[..., Review]


def imported(review: Review, name: str) -> tuple[dict[str, Row], dict[str, RawRecord], Path]:
    """Import a snapshot; return the rows of the searches, the records, and the folder."""
    review.configure(snapshot=name)
    review.fetch("--out", "results/import", command="import").done()
    out = review.folder / "results/import"
    assert read_table(out / "rejected.tsv", REJECTED) == []
    rows = {row["search"]: row for row in read_table(out / "searches.tsv", SEARCHES)}
    records = [
        raw_from_json(line) for path in out.glob("*.jsonl") for line in path.read_text("utf-8").splitlines()
    ]
    assert len({raw.record_id for raw in records}) == len(records)
    return rows, {raw.record_id: raw for raw in records}, out


def test_every_record_of_the_three_sources_is_imported_once_with_its_search(review_of: Reviews) -> None:
    review = review_of(Library.seeded(120, trials=30, seed=7))
    review.fetch("--name", "old").done()
    rows, records, out = imported(review, "old")
    assert set(rows) == {"pubmed", "pmc", "trials"}
    for source, row in rows.items():
        manifest = review.manifest("old", source)
        assert int(row["entries"]) == int(row["kept"]) == int(row["fetched"]) == manifest["fetched"] > 0
        assert {name for name, raw in records.items() if raw.search == source} == {
            f"{'ctgov' if source == 'trials' else source}:{key}" for key in review.record_ids("old", source)
        }
        assert row["warnings"].count("another query") == 0
    assert {raw.first_seen for raw in records.values()} == {DAY}
    assert read_table(out / "changes.tsv", CHANGES) == []


@pytest.mark.slow
def test_an_import_of_an_update_holds_the_newest_version_and_what_became_of_the_rest(
    review_of: Reviews,
) -> None:
    library = Library.seeded(120, trials=30, seed=7)
    review = review_of(library)
    review.fetch("--name", "old").done()
    _, before, _ = imported(review, "old")
    hits = library.hits()
    library.revise(hits[3])
    library.retract(hits[4])
    library.delete(hits[5])
    library.unhit(hits[6])
    trials = library.trial_hits()
    library.revise_trial(trials[1])
    library.delete_trial(trials[2])
    new = library.add().pmid
    review.fetch("--update", "--name", "new").done()
    rows, records, out = imported(review, "new")
    for row in rows.values():
        counted = sum(int(row[name]) for name in ("kept", "repeated", "superseded", "rejected"))
        assert int(row["entries"]) == counted
        assert (row["snapshot"], row["base"]) == ("new", "old")
    statuses = {pmid: parse_record(records[f"pubmed:{pmid}"]).status for pmid in (*hits[3:7], new)}
    assert list(statuses.values()) == ["revised", "retracted", "withdrawn", "current", "current"]
    registered = [parse_record(records[f"ctgov:{nct}"]).status for nct in trials[1:3]]
    assert registered == ["revised", "withdrawn"]
    assert records[f"pubmed:{hits[3]}"].content != before[f"pubmed:{hits[3]}"].content
    assert set(before) <= set(records)
    changes = {row["record_id"]: row["change"] for row in read_table(out / "changes.tsv", CHANGES)}
    assert changes[f"pubmed:{hits[5]}"] == "withdrawn"
    assert changes[f"pubmed:{hits[6]}"] == "not_found"
    assert changes[f"pubmed:{new}"] == "new"
    unchanged = [name for name in before if name not in changes]
    assert [name for name in unchanged if before[name] != records[name]] == []
