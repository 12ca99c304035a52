"""A fetch that is killed in the middle: the next run asks only for what is missing and ends with the same bytes."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from stand_in.factory import Library

from sonospine.sources.snapshots.workspace import Workspace

from .conftest import NAME, Review, killed

Reviews = Callable[..., Review]


def killed_at(review: Review, folder: str, moments: list[float], source: str) -> list[int]:
    """Kill a fetch once at each moment (seconds from its first request); return how many answers were kept."""
    kept = []
    for moment in moments:
        review.service.settle()
        before = len(review.service.noted())
        process = review.start(source, "--name", NAME, "--snapshots", folder)
        wait_for(lambda before=before: len(review.service.noted()) > before)
        time.sleep(moment)
        killed(process)
        kept.append(review.kept(folder, source))
    review.service.settle()
    return kept


def wait_for(reached: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not reached() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert reached()


def test_a_killed_fetch_goes_on_where_it_stopped(review_of: Reviews) -> None:
    library = Library.seeded(1200, seed=31)
    review = review_of(library)
    review.fetch_into("whole", "pubmed").done()
    wanted = review.service.counts()["efetch"]
    review.service.forget()
    review.service.pause = 0.15
    process = review.start("pubmed", "--name", NAME, "--snapshots", "killed")
    wait_for(lambda: review.service.counts()["efetch"] >= 3)
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
    kept = killed_at(review, "killed", [rng.uniform(0.0, 1.8) for _ in range(10)], "pubmed")
    assert kept == sorted(kept), "an answer that had been fetched is gone"
    assert 0 < kept[-1] < clean["efetch"], "the kills did not fall into the fetching"
    before = review.service.counts()["efetch"]
    review.fetch_into("killed", "pubmed").done()
    last_run = review.service.counts()["efetch"] - before
    assert last_run == clean["efetch"] - kept[-1], "the last run asked for what was there"
    # A kill costs at most the one answer that was under way; a run that divides the search asks for the whole first,
    # one that goes on with a slice searches it anew for its place on the history server.
    asked = review.service.counts()
    assert asked["efetch"] <= clean["efetch"] + 10
    assert asked["esearch"] <= clean["esearch"] + 2 * 11
    review.same_bytes("whole", "killed")


@pytest.mark.slow
@pytest.mark.parametrize(("source", "longest"), [("pmc", 0.6), ("trials", 1.6)])
def test_kills_of_the_other_sources_change_no_byte(review_of: Reviews, source: str, longest: float) -> None:
    library = Library.seeded(1200, trials=1500, seed=33, in_pmc=0.4)
    review = review_of(library, pause=0.05)
    review.fetch_into("whole", "pubmed").done()
    shutil.copytree(review.folder / "whole", review.folder / "killed")
    review.fetch_into("whole", source).done()
    rng = random.Random(33)
    kept = killed_at(review, "killed", [rng.uniform(0.0, longest) for _ in range(5)], source)
    assert kept == sorted(kept)
    assert kept[-1] > 0
    review.fetch_into("killed", source).done()
    review.same_bytes("whole", "killed")


def test_what_a_kill_left_half_written_does_not_get_into_the_snapshot(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, "first", "trials")
    workspace.keep("records-0001.json.gz", b"{}")
    (workspace.folder / ".records-0002.json.gz.x1y2.part").write_bytes(b"half")
    assert workspace.names() == ["records-0001.json.gz"]
    workspace.finish(
        {"records-0001.json.gz": 0},
        source="trials", snapshot="first", database="d", platform="p", address="a", searched="2026-11-20",
        query="q", reported=0, fetched=0,
    )  # fmt: skip
    assert sorted(p.name for p in workspace.place.iterdir()) == ["manifest.json", "records-0001.json.gz"]
