"""Services go wrong; the snapshot comes out the same, or one clear line says what happened and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from stand_in.factory import Library
from stand_in.misbehaviour import FAULTS, Misbehaviour
from stand_in.server import KEY

from .conftest import NAME, Review

Reviews = Callable[..., Review]


def test_answers_that_are_faulty_in_many_ways_give_the_same_bytes(review_of: Reviews) -> None:
    library = Library.seeded(900, trials=30, seed=21)
    review = review_of(library)
    review.configure(pmc=False)
    review.fetch_into("good").done()
    quick = [kind for kind in FAULTS if not kind.startswith("429_") and kind != "timeout"]
    review.service.faults = Misbehaviour(quick, 0.6, seed=5, in_a_row=1)
    review.fetch_into("spoilt").done()
    assert sum(bool(noted.fault) for noted in review.service.noted()) >= 2
    review.same_bytes("good", "spoilt")


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_that_passes_is_waited_out_and_one_that_stays_is_one_clear_line(
    review_of: Reviews, fault: str
) -> None:
    library = Library.seeded(600, seed=22)
    review = review_of(library)
    review.service.faults = _AfterTheFirst(fault)
    said = review.fetch_into("first", "pubmed", "--tries", "2", "--timeout", "2")
    if said.status == 0:
        # A history that is gone for good: the records are fetched by their ids.
        assert fault == "expired_history"
    else:
        line = said.last_line()
        assert "PubMed" in line or "pubmed" in line
        assert "what was fetched is kept" in line
        assert review.kept("first", "pubmed") == 1
    assert review.places_of(KEY) == []

    review.service.faults = None
    review.service.forget()
    review.fetch_into("first", "pubmed").done()
    assert review.service.counts()["efetch"] == (0 if said.status == 0 else 2)
    found = review.record_ids(NAME, "pubmed", "first")
    assert found == dict.fromkeys(map(str, library.hits()), 1)

    review.service.faults = Misbehaviour([fault], 0.6, seed=3, in_a_row=2)
    review.fetch_into("second", "pubmed", "--timeout", "2").done()
    review.same_bytes("first", "second")


class _AfterTheFirst(Misbehaviour):
    """Every request from the second efetch on meets the fault, however often it is repeated."""

    def __init__(self, fault: str) -> None:
        super().__init__([fault], 1.0, in_a_row=0, only=["efetch"])
        self._first = ""

    def fault(self, asked):  # type: ignore[no-untyped-def]
        batch = asked.first("retstart") + asked.first("id")
        self._first = self._first or batch
        return "" if asked.kind == "efetch" and batch == self._first else super().fault(asked)


@pytest.mark.slow
def test_histories_that_expire_all_the_time_are_searched_anew(review_of: Reviews) -> None:
    library = Library.seeded(1500, seed=23)
    review = review_of(library, history_life=2)
    review.fetch_into("first", "pubmed").done()
    found = review.record_ids(NAME, "pubmed", "first")
    assert found == dict.fromkeys(map(str, library.hits()), 1)
    review.service.eutils.history_life = 0
    review.fetch_into("second", "pubmed").done()
    review.same_bytes("first", "second")


@pytest.mark.slow
def test_25000_records_with_a_fifth_of_the_answers_faulty_give_the_same_bytes(review_of: Reviews) -> None:
    library = Library.seeded(25_000, trials=600, seed=24, same_day=12_000, undated=0.002, in_pmc=0.02)
    review = review_of(library)
    review.fetch_into("good").done()
    review.service.forget()
    review.service.faults = Misbehaviour(share=0.2, seed=7)
    said = review.fetch_into("spoilt", "--timeout", "2").done()
    noted = review.service.noted()
    assert sum(bool(n.fault) for n in noted) / len(noted) > 0.12
    assert {n.fault for n in noted} >= set(FAULTS) - {"expired_history"}
    assert review.service.max_per_second("eutils") <= 10
    assert review.service.max_per_second("trials") <= 1
    assert 20 < said.peak_mb < 300
    review.same_bytes("good", "spoilt")
    assert review.places_of(KEY) == []
