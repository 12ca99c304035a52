"""The key of NCBI is told to NCBI and stands nowhere else, whatever goes wrong and whatever a server echoes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from stand_in.factory import Library
from stand_in.misbehaviour import FAULTS, Misbehaviour
from stand_in.server import KEY

from .conftest import Review

Reviews = Callable[..., Review]
WRONG = "a_mistyped_key_0123456789abcdef"


def nowhere(review: Review, secret: str) -> None:
    """The secret, or a telling part of it, is in no file (what was printed is in files, too) and no address."""
    assert review.places_of(secret) == []
    assert review.places_of(secret[:12]) == []
    assert not any(noted.asked.key_in_address for noted in review.service.noted())


def test_the_key_is_in_no_file_after_a_good_fetch(review_of: Reviews) -> None:
    review = review_of(Library.seeded(60, trials=5, seed=51))
    review.fetch("pubmed", "--name", "first", "--verbose").done()
    assert {noted.asked.key for noted in review.service.noted()} == {"right"}
    nowhere(review, KEY)


def test_a_wrong_key_is_one_line_that_does_not_repeat_it(review_of: Reviews) -> None:
    review = review_of(Library.seeded(10, seed=52))
    line = review.fetch("pubmed", "--name", "first", key=WRONG).last_line()
    assert "API key invalid" in line
    assert len(review.service.noted()) == 1, "a wrong key is not asked again"
    nowhere(review, WRONG)


def test_a_key_with_odd_characters_is_refused_without_repeating_it(review_of: Reviews) -> None:
    review = review_of(Library.seeded(10, seed=52))
    line = review.fetch("pubmed", "--name", "first", key="two words, and a comma").last_line()
    assert "NCBI_API_KEY" in line
    nowhere(review, "two words, and a comma")
    assert review.service.noted() == []


def test_the_echo_of_the_key_is_masked_when_there_are_too_many_requests(review_of: Reviews) -> None:
    review = review_of(Library.seeded(10, seed=53), limits=(0, 0))
    line = review.fetch("pubmed", "--name", "first", "--tries", "1", "--verbose").last_line()
    assert "rate limit" in line
    nowhere(review, KEY)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["esearch", "efetch", "elink"])
def test_the_key_is_nowhere_under_each_misbehaviour_that_stays(review_of: Reviews, kind: str) -> None:
    review = review_of(Library.seeded(40, seed=54, in_pmc=1))
    if kind == "elink":
        review.fetch("pubmed", "--name", "first").done()
    source = "pmc" if kind == "elink" else "pubmed"
    for fault in FAULTS:
        review.service.faults = Misbehaviour([fault], 1.0, in_a_row=0, only=[kind])
        name = "first" if kind == "elink" else fault
        said = review.fetch(source, "--name", name, "--tries", "2", "--timeout", "0.4", "--verbose")
        assert said.status in (0, 1)
        assert "Traceback" not in said.err
        assert KEY[:12] not in said.err + said.out
        nowhere(review, KEY)


def test_another_address_is_not_followed_with_the_key(review_of: Reviews) -> None:
    review = review_of(Library.seeded(3, seed=55))
    address = review.service.eutils_address.replace("/entrez/", "/elsewhere/")
    review.configure(addresses={"eutils": address})
    review.fetch("pubmed", "--name", "first", "--tries", "1").last_line()
    nowhere(review, KEY)
