"""Living updates: what is new, revised, retracted, under concern, withdrawn or no longer found is asked for and told."""

from __future__ import annotations

import csv
from collections.abc import Callable

import pytest
from stand_in.factory import Library

from .conftest import Review

Reviews = Callable[..., Review]


def changes(review: Review, name: str, source: str) -> dict[str, str]:
    """Return what an update says of each record."""
    path = review.snapshots / name / source / "changes.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    found = {row["record_id"]: row["change"] for row in rows}
    assert len(found) == len(rows), "a record is told of twice"
    return found


@pytest.mark.slow
def test_an_update_of_pubmed_asks_for_what_changed_and_tells_it(review_of: Reviews) -> None:
    library = Library.seeded(900, seed=41, in_pmc=0)
    review = review_of(library)
    review.fetch("pubmed", "--name", "old").done()

    hits = library.hits()
    library.revise(hits[10])
    library.retract(hits[20])
    library.raise_concern(hits[30])
    library.delete(hits[40])
    library.unhit(hits[50])
    new = [library.add().pmid for _ in range(3)]
    notice = library.retract(hits[60], notice_hit=True)

    review.configure(snapshot="old")
    review.service.forget()
    said = review.fetch("pubmed", "--update", "--name", "new").done()
    assert "since old:" in said.err
    told = changes(review, "new", "pubmed")
    wanted = {
        **{f"pubmed:{pmid}": "new" for pmid in (*new, notice.pmid)},
        f"pubmed:{hits[10]}": "revised",
        f"pubmed:{hits[20]}": "retracted",
        f"pubmed:{hits[60]}": "retracted",
        f"pubmed:{hits[30]}": "concern",
        f"pubmed:{hits[40]}": "withdrawn",
        f"pubmed:{hits[50]}": "not_found",
    }
    assert {k: v for k, v in told.items() if v != "revised"} == {
        k: v for k, v in wanted.items() if v != "revised"
    }
    assert told[f"pubmed:{hits[10]}"] == "revised"
    fetched = sum(n.records for n in review.service.noted("efetch"))
    assert fetched < 200, "the update fetched what it had"
    manifest = review.manifest("new", "pubmed")
    assert manifest["base"]["snapshot"] == "old"
    assert manifest["reported"] == 902

    review.configure(snapshot="new")
    review.service.forget()
    review.fetch("pubmed", "--update", "--name", "newer").done()
    assert changes(review, "newer", "pubmed") == {}, "nothing changed since"


@pytest.mark.slow
def test_an_update_of_the_registry_asks_for_what_changed_and_tells_it(review_of: Reviews) -> None:
    library = Library.seeded(0, trials=240, seed=42)
    review = review_of(library)
    review.fetch("trials", "--name", "old").done()
    hits = library.trial_hits()
    library.revise_trial(hits[3])
    library.delete_trial(hits[5])
    library.unhit_trial(hits[7])
    new = library.add_trial(updated=library.today).nct

    review.configure(snapshot="old")
    review.fetch("trials", "--update", "--name", "new").done()
    assert changes(review, "new", "trials") == {
        f"ctgov:{new}": "new",
        f"ctgov:{hits[3]}": "revised",
        f"ctgov:{hits[5]}": "withdrawn",
        f"ctgov:{hits[7]}": "not_found",
    }
    assert len(review.record_ids("new", "trials")) == 3


@pytest.mark.slow
def test_an_update_of_full_texts_fetches_what_is_new_or_has_been_opened(review_of: Reviews) -> None:
    library = Library.seeded(150, seed=43, in_pmc=0.8, open_access=0.5)
    review = review_of(library)
    review.configure(trials=None)
    review.fetch("--name", "old").done()
    in_pmc = [a for a in library.articles.values() if a.hit and a.pmcid]
    closed = next(a for a in in_pmc if not a.open_access)
    revised = next(a for a in in_pmc if a.open_access)
    library.open(closed.pmid)
    library.revise(revised.pmid)
    new = library.add(in_pmc=1, open_access=1)

    review.configure(snapshot="old", trials=None)
    review.fetch("--update", "--name", "new").done()
    fetched = review.record_ids("new", "pmc")
    assert {f"PMC{a.pmcid}" for a in (closed, revised, new)} <= set(fetched)
    assert len(fetched) < len(in_pmc) / 2


@pytest.mark.slow
def test_an_update_that_is_asked_for_again_is_left_alone(review_of: Reviews) -> None:
    review = review_of(Library.seeded(30, trials=4, seed=44))
    review.fetch("--name", "old").done()
    review.configure(snapshot="old")
    review.fetch("--update", "--name", "new").done()
    review.service.forget()
    assert review.fetch("--update", "--name", "new").done().err.count("nothing asked") == 3
    assert review.service.noted() == []
    review.fetch("--name", "other").done()
    assert "no update of the configured one" in review.fetch("--update", "--name", "other").last_line()


@pytest.mark.slow
def test_a_source_that_the_base_lacks_is_fetched_whole_and_one_no_longer_asked_for_is_named(
    review_of: Reviews,
) -> None:
    library = Library.seeded(30, trials=12, seed=45)
    review = review_of(library)
    review.configure(trials=None, pmc=False)
    review.fetch("--name", "old").done()
    review.configure(snapshot="old", pmc=False)
    review.fetch("--update", "--name", "new").done()
    assert review.record_ids("new", "trials") == dict.fromkeys(library.trial_hits(), 1)
    assert review.manifest("new", "trials")["base"] is None
    assert review.fetch("--update", "--name", "new").done().err.count("nothing asked") == 2

    review.configure(snapshot="new", pmc=False, pubmed=None)
    said = review.fetch("--update", "--name", "newest").done()
    assert "pubmed: new holds it, the configuration no longer asks for it" in said.err
