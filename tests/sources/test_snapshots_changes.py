from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written_snapshots import Article, change, pubmed_set, write_snapshot

from sonospine.model.table_io import check_rows
from sonospine.model.tables import CHANGES
from sonospine.sources.raw import RawRecord
from sonospine.sources.snapshots.chain import Held, chain, entries_of, held
from sonospine.sources.snapshots.changes import changes_between


@pytest.fixture
def base(tmp_path: Path) -> dict[str, Held]:
    """Records 1 to 4 of a snapshot; 3 is retracted, 4 was withdrawn by an update."""
    write_snapshot(
        tmp_path,
        "one",
        "pubmed",
        {"records-1.xml.gz": pubmed_set(Article(1), Article(2), Article(3, retracted_by=9), Article(4))},
    )
    write_snapshot(tmp_path, "two", "pubmed", {}, base="one", changes=[change("pubmed:4", "withdrawn")])
    return held(tmp_path, "two", "pubmed")


@pytest.fixture
def fetched(tmp_path: Path):
    """A function that gives articles as a fetch would."""

    def fetch(*articles: Article) -> list[RawRecord]:
        folder = tmp_path / f"fetched{len(list(tmp_path.iterdir()))}"
        write_snapshot(folder, "x", "pubmed", {"records-1.xml.gz": pubmed_set(*articles)})
        return [raw for raw in entries_of(chain(folder, "x", "pubmed")[0]) if isinstance(raw, RawRecord)]

    return fetch


def kinds(rows: list[dict[str, str]]) -> dict[str, str]:
    return {row["record_id"]: row["change"] for row in rows}


def test_what_is_not_in_the_base_is_new_even_where_it_is_retracted_already(base, fetched) -> None:
    rows = changes_between(base, fetched(Article(10), Article(11, retracted_by=12)), {})
    assert kinds(rows) == {"pubmed:10": "new", "pubmed:11": "new"}
    assert rows[0]["title"] == "A trial of a block"
    assert rows[0]["before"] == ""
    assert len(rows[0]["after"]) == 64


def test_other_content_is_a_revision_and_the_same_content_is_no_change(base, fetched) -> None:
    rows = changes_between(base, fetched(Article(1), Article(2, title="Put right")), {})
    assert kinds(rows) == {"pubmed:2": "revised"}
    assert rows[0]["title"] == "Put right"
    assert rows[0]["before"] == base["pubmed:2"].sha256 != rows[0]["after"]


def test_a_retraction_outranks_that_the_query_no_longer_finds_it(base, fetched) -> None:
    fresh = fetched(Article(1, retracted_by=8), Article(2, title="Put right"))
    rows = changes_between(base, fresh, {"pubmed:1": "not_found", "pubmed:2": "not_found"})
    assert kinds(rows) == {"pubmed:1": "retracted", "pubmed:2": "not_found"}


def test_a_retracted_record_that_changes_again_is_revised(base, fetched) -> None:
    rows = changes_between(base, fetched(Article(3, title="RETRACTED: it", retracted_by=9)), {})
    assert kinds(rows) == {"pubmed:3": "revised"}


def test_what_the_source_no_longer_holds_keeps_its_title_and_is_noted_once(base, fetched) -> None:
    rows = changes_between(base, [], {"pubmed:1": "withdrawn", "pubmed:4": "withdrawn"})
    assert kinds(rows) == {"pubmed:1": "withdrawn"}
    assert (rows[0]["title"], rows[0]["after"]) == ("A trial of a block", "")


def test_a_withdrawn_record_that_is_there_again_is_revised(base, fetched) -> None:
    assert kinds(changes_between(base, fetched(Article(4)), {})) == {"pubmed:4": "revised"}


@given(st.data())
def test_each_record_has_at_most_one_row_and_the_rows_fit_the_table(data) -> None:
    names = [f"pubmed:{n}" for n in range(1, 7)]
    base = {
        name: Held(name, data.draw(st.sampled_from("ab")) * 64, "2026-01-15", "current", "Title", {})
        for name in data.draw(st.sets(st.sampled_from(names)))
    }
    fresh = [
        RawRecord(name, "text", "f", 1, "Some words of a text", data.draw(st.sampled_from("ab")) * 64)
        for name in data.draw(st.lists(st.sampled_from(names)))
    ]
    gone = {name: data.draw(st.sampled_from(("withdrawn", "not_found"))) for name in base}
    gone = {name: kind for name, kind in gone.items() if data.draw(st.booleans())}
    rows = changes_between(base, fresh, gone)
    check_rows(rows, CHANGES, "changes.tsv")
    assert [row["record_id"] for row in rows] == sorted({row["record_id"] for row in rows})
    new = {row["record_id"] for row in rows if row["change"] == "new"}
    assert new == {raw.record_id for raw in fresh} - set(base)
    assert set(gone) <= {row["record_id"] for row in rows}
