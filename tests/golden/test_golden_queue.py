"""The queue of the embedded corpus: its conflicts, checks and pooled rows are all there, what matters first."""

from __future__ import annotations

from dataclasses import replace

import pytest
from queue_views import tables_of, view_of, with_rows

from sonospine.config.settings import Config
from sonospine.curation.queue import Queue
from sonospine.curation.tables import Tables
from sonospine.robustness import Review

from .conftest import PROJECT, Reviewed, vocabulary_at

Looked = tuple[Review, Tables, Queue]


@pytest.fixture(scope="module")
def looked(corpus_review: Reviewed, review_config: Config) -> Looked:
    """The embedded corpus, the tables behind its view, and its queue."""
    words = vocabulary_at(PROJECT / review_config.vocabulary)
    made = corpus_review
    directions = {i.id: i.direction for i in words.instruments.values() if not i.generic}
    review = Review(
        made.measurements, made.conflicts, made.arms, made.studies, made.decisions, made.records, review_config,
        directions,
    )  # fmt: skip
    tables = tables_of(review, made.alternatives, made.unread, words)
    return review, tables, Queue(view_of(review), tables)


def test_every_pooled_number_is_in_the_queue_and_before_all_that_feed_none(looked: Looked) -> None:
    review, _, queue = looked
    behind = {
        name
        for effect in review.effects()
        if effect["included"] == "true" and effect["variant"] == "primary"
        for name in effect["measurement_ids"].split(";")
    }
    entries = queue.entries()
    conflicts = {c["conflict_id"]: c["chosen"] for c in review.conflicts}
    asked = [conflicts.get(e.target_id, e.target_id) for e in entries if e.analyses]
    assert behind <= set(asked)
    assert [bool(e.analyses) for e in entries] == sorted((bool(e.analyses) for e in entries), reverse=True)
    assert (queue.progress().verified, queue.progress().pooled) == (0, len(behind))


def test_the_disagreement_of_table_and_text_is_asked_with_what_it_could_change(looked: Looked) -> None:
    first = looked[2].entries(kind="conflict")[0]
    assert first.analyses == ("pain_before_after_short",)
    assert first.influence > 0
    assert first.reason.startswith("places disagree: SD or other spread; if ")


def test_all_rows_that_a_check_doubts_are_asked(looked: Looked) -> None:
    review, _, queue = looked
    doubted = {
        row["measurement_id"]
        for row in review.measurements
        if "ruled_out:" in row["flags"] or "sd_may_be_se" in row["flags"].split(";")
    }
    assert doubted
    assert doubted == {entry.target_id for entry in queue.entries(kind="check")}


def test_the_first_is_done_once_it_is_confirmed(looked: Looked) -> None:
    review, tables, before = looked
    first = next(e for e in before.entries() if e.kind == "row")
    queue = Queue(view_of(review), tables)
    confirmed = with_rows(review, {first.target_id: {**review.by_id[first.target_id], "state": "confirmed"}})
    queue.after_save(view_of(confirmed), {first.study_id})
    assert first.target_id not in {entry.target_id for entry in queue.entries()}
    assert queue.progress().verified == 1
    assert list(queue.entries()) == list(Queue(view_of(confirmed), tables).entries())


def test_without_doubt_nothing_that_stands_alone_has_influence(looked: Looked) -> None:
    review, tables, _ = looked
    sure = replace(review, measurements=[{**row, "confidence": "1"} for row in review.measurements])
    assert {entry.influence for entry in Queue(view_of(sure), tables).entries(kind="row")} == {0.0}
