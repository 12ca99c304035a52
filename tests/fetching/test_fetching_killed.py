"""A fetch that is killed in the middle: the next run asks only for what is missing and ends with the same bytes."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable

import pytest
from stand_in.factory import Library

from .conftest import NAME, Review, killed

Reviews = Callable[..., Review]


def killed_at(review: Review, folder: str, moments: list[float], source: str) -> list[int]:
    """Kill a fetch once at each moment (seconds from its start); return how many answers were kept after each."""
    kept = []
    for moment in moments:
        process = review.start(source, "--name", NAME, "--snapshots", folder)
        deadline = time.monotonic() + moment
        while time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.01)
        killed(process)
        kept.append(review.kept(folder, source))
    return kept


def test_a_killed_fetch_goes_on_where_it_stopped(review_of: Reviews) -> None:
    library = Library.seeded(1200, seed=31)
    review = review_of(library)
    review.fetch_into("whole", "pubmed").done()
    wanted = review.service.counts()["efetch"]
    review.service.forget()
    review.service.pause = 0.15
    process = review.start("pubmed", "--name", NAME, "--snapshots", "killed")
    deadline = time.monotonic() + 30
    while review.service.counts()["efetch"] < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    killed(process)
    kept = review.kept("killed", "pubmed")
    assert kept >= 1
    review.service.forget()
    review.service.pause = 0
    review.fetch_into("killed", "pubmed").done()
    assert review.service.counts()["efetch"] == wanted - kept
    review.same_bytes("whole", "killed")


@pytest.mark.slow
def test_ten_kills_at_random_moments_change_no_byte_and_cost_few_requests(review_of: Reviews) -> None:
    library = Library.seeded(25_000, seed=32, same_day=11_000)
    review = review_of(library)
    review.fetch_into("whole", "pubmed").done()
    clean = review.service.counts()
    review.service.forget()
    rng = random.Random(32)
    kept = killed_at(review, "killed", [rng.uniform(0.3, 3.2) for _ in range(10)], "pubmed")
    assert kept == sorted(kept), "an answer that had been fetched is gone"
    assert kept[-1] < clean["efetch"], "the kills came after the end"
    before = review.service.counts()["efetch"]
    review.fetch_into("killed", "pubmed").done()
    last_run = review.service.counts()["efetch"] - before
    assert last_run == clean["efetch"] - kept[-1], "the last run asked for what was there"
    # A kill costs at most the one answer that was under way.
    assert review.service.counts()["efetch"] <= clean["efetch"] + 10
    review.same_bytes("whole", "killed")


@pytest.mark.slow
@pytest.mark.parametrize("source", ["pmc", "trials"])
def test_kills_of_the_other_sources_change_no_byte(review_of: Reviews, source: str) -> None:
    library = Library.seeded(1200, trials=1500, seed=33, in_pmc=0.4)
    review = review_of(library, pause=0.05)
    review.fetch_into("whole", "pubmed").done()
    shutil.copytree(review.folder / "whole", review.folder / "killed")
    review.fetch_into("whole", source).done()
    rng = random.Random(33)
    kept = killed_at(review, "killed", [rng.uniform(0.6, 2.6) for _ in range(5)], source)
    assert kept == sorted(kept)
    assert kept[-1] > 0
    review.fetch_into("killed", source).done()
    review.same_bytes("whole", "killed")
