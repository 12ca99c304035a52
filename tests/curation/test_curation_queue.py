"""What comes first in the queue is what could change most; what a person has verified leaves it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_reviews import STUDIES_MADE, alternative, review_of
from queue_views import tables_of, view_of, with_rows

from sonospine.curation.queue import NO_POOL, STUDY_OUT, Entry, Queue
from sonospine.curation.scenarios import in_words
from sonospine.model.table_io import Row
from sonospine.model.tables import CONFLICTS, CURATION, UNREAD
from sonospine.robustness import Review
from sonospine.vocabulary import load_vocabulary

OPEN = [made._replace(state="unread", confidence="0.9") for made in STUDIES_MADE]
SURE = [made._replace(state="unread", confidence="1") for made in STUDIES_MADE]


def queue_of(review: Review, alternatives: Sequence[Row] = (), **more: Any) -> Queue:
    tables = tables_of(review, alternatives, more.pop("unread", ()))
    return Queue(view_of(review, **more), tables)


def names(entries: Sequence[Entry]) -> list[str]:
    return [entry.target_id for entry in entries]


def row(review: Review, name: str, **changed: str) -> Review:
    return with_rows(review, {name: {**review.by_id[name], **changed}})


def test_rows_that_feed_a_pool_come_before_those_that_feed_none() -> None:
    entries = queue_of(review_of(OPEN)).entries()
    fed = [bool(entry.analyses) for entry in entries]
    assert True in fed
    assert False in fed
    assert fed == sorted(fed, reverse=True)
    influences = [entry.influence for entry in entries]
    assert influences == sorted(influences, reverse=True)


def test_rows_that_feed_none_come_the_least_confident_first() -> None:
    rows = queue_of(
        review_of(
            [m._replace(confidence=c) for m, c in zip(OPEN, ["0.9", "0.5", "0.7", "0.8", "0.6"], strict=True)]
        )
    )
    idle = [entry for entry in rows.entries() if not entry.analyses]
    assert len(idle) > 1
    assert [entry.confidence for entry in idle] == sorted(entry.confidence for entry in idle)
    assert {entry.reason for entry in idle} == {NO_POOL}


def test_a_certain_row_has_no_influence() -> None:
    assert {entry.influence for entry in queue_of(review_of(SURE)).entries()} == {0.0}


def test_a_row_without_doubt_is_the_last_of_those_that_feed_a_pool() -> None:
    review = review_of(OPEN)
    first = queue_of(review).entries()[0]
    entries = queue_of(row(review, first.target_id, confidence="1")).entries()
    fed = [entry for entry in entries if entry.analyses]
    assert fed[-1].target_id == first.target_id
    assert fed[-1].influence == 0


def test_the_less_sure_of_two_rows_of_one_effect_comes_first() -> None:
    review = row(review_of(OPEN), "m1w0", confidence="0.6")
    entries = names(queue_of(review).entries(study="s1"))
    assert entries.index("m1w0") < entries.index("m1w2")


def test_verified_and_rejected_rows_leave_the_queue() -> None:
    review = review_of(OPEN)
    for state in ("confirmed", "agreed", "adjudicated", "corrected", "added", "rejected"):
        assert "m1w0" not in names(queue_of(row(review, "m1w0", state=state)).entries())
    assert "m1w0" in names(queue_of(review).entries())


def test_the_reason_says_what_would_change_by_how_much() -> None:
    queue = queue_of(review_of(OPEN), [alternative("m1w2", "value", "4.1", 0.09)])
    (entry,) = [e for e in queue.entries() if e.target_id == "m1w2"]
    assert entry.reason.startswith("if value is 4.1: −")
    assert " → −" in entry.reason
    assert entry.reason.endswith(" %")
    assert entry.analyses == ("pain",)


def test_an_alternative_can_bring_a_row_into_a_pool_that_it_does_not_feed() -> None:
    review = review_of(OPEN)
    for name in ("m3w2",):
        review = row(review, name, weeks="26", time="26 weeks")
    queue = queue_of(review, [alternative("m3w2", "weeks", "3", 0.08)])
    (entry,) = [e for e in queue.entries() if e.target_id == "m3w2"]
    assert entry.influence > 0
    assert entry.analyses == ("pain",)
    assert "if it belongs to 3 weeks" in entry.reason


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("spread", "se", "if 1.6 is an SE"),
        ("weeks", "26", "if it belongs to 26 weeks"),
        ("arm", "control", "if it is of control"),
        ("comparator_arm", "sham", "if it is set against sham"),
        ("n", "12", "if n is 12"),
        ("spread_value", "", "if spread value is not known"),
    ],
)
def test_alternatives_are_said_in_plain_words(field: str, value: str, words: str) -> None:
    assert in_words(review_of(OPEN).by_id["m1w2"], field, value) == words


def test_the_filters_narrow_the_queue_and_keep_its_order() -> None:
    queue = queue_of(review_of(STUDIES_MADE))
    every = list(queue.entries())
    assert list(queue.entries(study="s4")) == [e for e in every if e.study_id == "s4"]
    assert list(queue.entries(analysis="pain")) == [e for e in every if "pain" in e.analyses]
    assert list(queue.entries(instrument="nrs", kind="row", state="unread")) == every
    assert list(queue.entries(kind="conflict")) == []
    assert list(queue.entries(instrument="another")) == []


def test_progress_counts_the_pooled_numbers_as_the_report_does() -> None:
    review = review_of(STUDIES_MADE)
    progress = queue_of(review).progress()
    behind = {n for e in review.effects() if e["included"] == "true" for n in e["measurement_ids"].split(";")}
    assert (progress.verified, progress.pooled) == (4, len(behind))
    assert str(progress) == f"4 of {len(behind)} pooled numbers verified by a person"


def test_the_same_tables_give_the_same_order_however_they_are_listed() -> None:
    review = review_of([m._replace(confidence="0.9") for m in OPEN])
    turned = replace(
        review, measurements=review.measurements[::-1], records=review.records[::-1], studies=review.studies[::-1],
        decisions=review.decisions[::-1], arms=review.arms[::-1],
    )  # fmt: skip
    assert list(queue_of(review).entries()) == list(queue_of(turned).entries())


def test_rows_of_a_study_that_is_out_come_last() -> None:
    review = review_of(OPEN)
    out = [{**d, "decision": "exclude"} if d["record_id"] == "r2" else d for d in review.decisions]
    entries = queue_of(replace(review, decisions=out)).entries()
    last = entries[-3:]
    assert {e.study_id for e in last} == {"s2"}
    assert {e.reason for e in last} == {STUDY_OUT}


# Conflicts, checks, lines and figures


def twice(review: Review, name: str, **changed: str) -> Review:
    """Return a review in which a result stands at a second place, in open conflict with the first."""
    first = review.by_id[name]
    other = {
        **first,
        "measurement_id": f"{name}b",
        "source": "text",
        "preferred": "false",
        "state": "unread",
        **changed,
    }
    kind = "value" if "value" in changed else "spread"
    conflict = CONFLICTS.row(
        conflict_id="c1", study_id=first["study_id"], result_id=first["result_id"], kind=kind,
        measurement_ids=f"{name};{name}b", chosen=name, reason="table over text",
    )  # fmt: skip
    return replace(review, measurements=[*review.measurements, other], conflicts=[conflict])


def test_an_open_conflict_stands_for_the_row_that_was_chosen() -> None:
    queue = queue_of(twice(review_of(OPEN), "m1w2", value="5.9"))
    first = queue.entries()[0]
    assert (first.kind, first.target_id, first.analyses) == ("conflict", "c1", ("pain",))
    assert "if mean 5.9" in first.reason
    assert "m1w2" not in names(queue.entries())


def test_a_conflict_weighs_more_the_further_the_other_value_is_away() -> None:
    influences = [
        queue_of(twice(review_of(OPEN), "m1w2", value=value)).entries(kind="conflict")[0].influence
        for value in ("3.3", "4.5")
    ]
    assert influences[0] < influences[1]


def test_a_conflict_is_settled_once_a_person_vouched_for_the_chosen_row() -> None:
    review = row(twice(review_of(OPEN), "m1w2", value="5.9"), "m1w2", state="confirmed")
    assert not queue_of(review).entries(kind="conflict")


def test_an_sd_that_may_be_an_se_is_weighed_by_what_would_enter() -> None:
    flagged = row(review_of(OPEN), "m2w2", flags="sd_may_be_se")
    flagged = row(flagged, "m2w5", flags="sd_may_be_se")
    (entry,) = [e for e in queue_of(flagged).entries() if e.target_id == "m2w2"]
    assert entry.kind == "check"
    assert entry.influence > 0
    assert "the SD may be a standard error" in entry.reason


def test_an_impossible_value_is_weighed_by_the_size_of_its_study() -> None:
    def entry(people: str) -> Entry:
        review = review_of(OPEN)
        for name in ("m3w2",):
            review = row(review, name, flags="ruled_out:value_out_of_scale")
        studies = [{**s, "n_randomised": people} if s["study_id"] == "s3" else s for s in review.studies]
        return next(e for e in queue_of(replace(review, studies=studies)).entries() if e.target_id == "m3w2")

    small, large = entry("20"), entry("200")
    assert (small.kind, small.analyses) == ("check", ("pain",))
    assert 0 < small.influence < large.influence
    assert "a study of 200 people would get" in large.reason


def test_a_disputed_row_is_weighed_by_what_the_curators_wrote() -> None:
    review = row(review_of(SURE), "m1w2", state="disputed", flags="disputed:value")
    lines = [
        CURATION.row(
            action_id=f"{who}-1", curator=who, action="set", target_type="measurement", target_id="m1w2", field="value",
            new_value=value,
        )
        for who, value in (("ada", "5.2"), ("ben", "2.3"))
    ]  # fmt: skip
    first = queue_of(review, lines=lines).entries()[0]
    assert (first.kind, first.target_id, first.state) == ("disputed", "m1w2", "disputed")
    assert first.influence > 0
    assert "curators disagree about value" in first.reason
    assert "if value is 5.2" in first.reason


def test_a_stale_line_asks_for_its_row_again() -> None:
    review = row(review_of(SURE), "m1w2", state="stale")
    line = CURATION.row(
        action_id="ada-1", curator="ada", action="set", target_type="measurement", target_id="m1w2", field="value",
        new_value="5.2", record_id="r1",
    )  # fmt: skip
    gone = {**line, "action_id": "ada-2", "target_id": "m-gone"}
    entries = queue_of(review, lines=[line, gone], stale=["ada-1", "ada-2"]).entries(kind="stale")
    assert names(entries) == ["m1w2", "m-gone"]
    assert entries[0].influence > 0
    assert entries[0].reason.startswith(
        "the source or the reading changed since ada looked at it; if value is 5.2"
    )
    assert entries[1].study_id == "s1"


def test_a_figure_counts_where_its_study_lacks_a_value_and_its_caption_names_the_outcome(
    project: Path,
) -> None:
    words = load_vocabulary(project / "config" / "vocabulary")
    review = review_of(OPEN)
    without = replace(review, measurements=[r for r in review.measurements if r["study_id"] != "s5"])
    unread = [
        UNREAD.row(record_id="r5", locator="figure/F1", caption="Figure 1. VAS pain scores over time"),
        UNREAD.row(record_id="r5", locator="figure/F2", caption="Figure 2. Serum levels over time"),
        UNREAD.row(record_id="r1", locator="figure/F1", caption="Figure 1. VAS pain scores over time"),
    ]
    tables = tables_of(without, (), unread, words)
    entries = Queue(view_of(without), tables).entries(kind="unread")
    assert [(e.record_id, e.target_id, e.influence > 0) for e in entries] == [
        ("r5", "figure/F1", True), ("r1", "figure/F1", False), ("r5", "figure/F2", False),
    ]  # fmt: skip
    assert entries[0].analyses == ("pain",)


def test_text_of_papers_cannot_turn_the_order_of_what_is_read() -> None:
    queue = queue_of(review_of(OPEN), [alternative("m1w2", "arm", "\u202eniap", 0.09)])
    (entry,) = [e for e in queue.entries() if e.target_id == "m1w2"]
    assert "\u202e" not in entry.reason
    assert "⟨U+202E⟩" in entry.reason


# After a save

CHANGES: tuple[tuple[str, dict[str, str]], ...] = (
    ("m1w2", {"state": "confirmed"}),
    ("m1w2", {"value": "7.9", "state": "corrected"}),
    ("m2w0", {"spread": "se", "state": "corrected"}),
    ("m3w2", {"state": "rejected"}),
    ("m4w5", {"weeks": "40", "state": "corrected"}),
    ("m5w2", {"n": "12", "state": "corrected"}),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(CHANGES), min_size=1, max_size=4))
def test_after_a_save_the_queue_is_the_one_that_is_made_anew(
    changes: list[tuple[str, dict[str, str]]],
) -> None:
    alternatives = [alternative("m1w2", "spread", "se", 0.04), alternative("m4w2", "weeks", "26", 0.05)]
    review = review_of(OPEN)
    tables = tables_of(review, alternatives)
    queue = Queue(view_of(review), tables)
    for number, (name, changed) in enumerate(changes):
        review = row(review, name, **changed)
        told = {review.by_id[name]["study_id"]} if number % 2 else None
        queue.after_save(view_of(review), told)
        anew = Queue(view_of(review), tables)
        assert list(queue.entries()) == list(anew.entries())
        assert queue.progress() == anew.progress()


@settings(max_examples=25, deadline=None)
@given(st.floats(0.05, 0.95), st.floats(0.01, 0.9))
def test_an_influence_is_a_finite_number_and_never_below_zero(confidence: float, share: float) -> None:
    review = row(review_of(OPEN), "m1w2", confidence=f"{confidence:.3f}")
    others = [alternative("m1w2", "spread", "se", round(share * (1 - confidence), 4))]
    for entry in queue_of(review, others).entries():
        assert 0 <= entry.influence < 100


@pytest.mark.parametrize("field", ["spread", "weeks", "n"])
def test_an_alternative_of_probability_zero_changes_nothing(field: str) -> None:
    value = {"spread": "se", "weeks": "26", "n": "9"}[field]
    review = review_of(OPEN)
    assert list(queue_of(review, [alternative("m1w2", field, value, 0.0)]).entries()) == list(
        queue_of(review).entries()
    )


def test_a_line_that_becomes_stale_is_found_by_comparing_the_views() -> None:
    review = review_of(OPEN)
    tables = tables_of(review)
    line = CURATION.row(
        action_id="ada-1", curator="ada", action="set", target_type="measurement", target_id="m2w2", field="value",
        new_value="5.2", record_id="r2",
    )  # fmt: skip
    queue = Queue(view_of(review), tables)
    queue.after_save(view_of(review, lines=[line], stale=["ada-1"]))
    assert names(queue.entries(kind="stale")) == ["m2w2"]
    queue.after_save(view_of(review, lines=[line]))
    assert not queue.entries(kind="stale")
