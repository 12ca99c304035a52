"""Whatever curators do, in whatever order, and wherever a file is cut: the log says the same."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from small_log import ACTS, ADDED, RECORD, ROWS, Writer, actions_of, replayed, state

from sonospine.corrections import ordered, read_actions
from sonospine.curation import lines, logbook
from sonospine.curation.logbook import Logbook
from sonospine.model.errors import InputError
from sonospine.model.table_io import Row, table_text
from sonospine.model.tables import CURATION


@pytest.fixture(autouse=True, scope="module")
def at_once() -> Iterator[None]:
    """Wait for no disk and no editor: what is looked at here is what is written, not when it is safe."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logbook, "_SETTLING", 0)
        patch.setattr(logbook.os, "fsync", lambda fd: None)
        yield


MANY = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SOME = settings(MANY, max_examples=30)
"""Where files are written and read."""
HEADER = table_text(CURATION.names, [])
DEEDS = st.lists(ACTS, max_size=8)


@contextmanager
def a_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def clock(steps: Sequence[int]) -> Iterator[int]:
    """A clock that goes on by these seconds, stands still, or is set back; then on by one second for ever."""
    return itertools.accumulate(itertools.chain(steps, itertools.repeat(1)))


def without_place(actions: object) -> list[object]:
    return [(a.action_id, a.when, a.field, a.new_value, a.refers_to) for a in actions]  # type: ignore[attr-defined]


@SOME
@given(
    deeds=st.lists(st.tuples(st.sampled_from(["ann", "bob", "cat"]), ACTS), max_size=12),
    steps=st.lists(st.integers(-5, 5), max_size=12),
)
def test_what_is_read_back_replays_as_what_was_done(
    deeds: list[tuple[str, object]], steps: list[int]
) -> None:
    time = clock(steps)
    writers = {name: Writer(name, time) for name in ("ann", "bob", "cat")}
    with a_folder() as folder:
        book = Logbook(folder)
        done: list[Row] = []
        for name, act in deeds:
            made = writers[name].does(act, done)
            book.append("corrections", name, made)
            done += made
        read = read_actions(folder / "corrections")
        assert sorted(row["action_id"] for row in done) == sorted(action.action_id for action in read)
        in_memory = ordered([actions_of(w.written, f"{w.curator}.tsv") for w in writers.values()])
        assert read == in_memory
        assert {row["action_id"]: row for row in book.rows("corrections")} == {
            r["action_id"]: r for r in done
        }
        result = replayed(read)
        assert [row["action_id"] for row in result.log] == [action.action_id for action in read]
        assert state(result) == state(replayed(in_memory))
        assert {r["measurement_id"] for r in ROWS} <= {r["measurement_id"] for r in result.corrected}


@SOME
@given(ann=DEEDS, bob=DEEDS, turns=st.randoms(use_true_random=False))
def test_two_curators_who_write_in_turns_give_the_same_files_and_state_whoever_is_first(
    ann: list[object], bob: list[object], turns: object
) -> None:
    first, second = Writer("ann"), Writer("bob")
    acts = [[("ann", first.does(act)) for act in ann], [("bob", second.does(act)) for act in bob]]
    mixed = merged(acts, turns)
    with a_folder() as one, a_folder() as other:
        for folder, writes in ((one, mixed), (other, [*acts[1], *acts[0]])):
            for name, made in writes:
                Logbook(folder).append("corrections", name, made)
        for name in ("ann", "bob"):
            paths = [folder / f"corrections/{name}.tsv" for folder in (one, other)]
            assert paths[0].exists() == paths[1].exists()
            assert not paths[0].exists() or paths[0].read_bytes() == paths[1].read_bytes()
        assert state(replayed(read_actions(one / "corrections"))) == state(
            replayed(read_actions(other / "corrections"))
        )


def merged(parts: list[list[tuple[str, list[Row]]]], turns: object) -> list[tuple[str, list[Row]]]:
    """Mix sequences, each in its own order."""
    queues = [list(part) for part in parts]
    mixed = []
    while any(queues):
        queue = turns.choice([q for q in queues if q])  # type: ignore[attr-defined]
        mixed.append(queue.pop(0))
    return mixed


@SOME
@given(one=DEEDS, two=DEEDS, turns=st.randoms(use_true_random=False))
def test_two_pages_of_one_curator_write_one_file_in_the_order_of_the_clicks(
    one: list[object], two: list[object], turns: object
) -> None:
    time = itertools.count()
    pages = [Writer("ann", time, page="-a"), Writer("ann", time, page="-b")]
    clicks = merged([[("0", act) for act in one], [("1", act) for act in two]], turns)  # type: ignore[list-item]
    with a_folder() as folder:
        books = [Logbook(folder), Logbook(folder)]
        done: list[Row] = []
        for page, act in clicks:
            made = pages[int(page)].does(act, done)
            books[int(page)].append("corrections", "ann", made)
            done += made
        read = read_actions(folder / "corrections")
        assert read == actions_of(done, "ann.tsv")
        assert state(replayed(read)) == state(replayed(actions_of(done, "ann.tsv")))


@MANY
@given(deeds=st.lists(ACTS, min_size=1, max_size=8), choice=st.integers(0, 100))
def test_undoing_an_undo_brings_back_what_was(deeds: list[object], choice: int) -> None:
    ann = Writer("ann")
    for act in deeds:
        ann.does(act)
    before = state(replayed(actions_of(ann.written, "ann.tsv")))
    target = ann.written[choice % len(ann.written)]
    undo = lines.undo(ann.hand, target["action_id"])
    again = lines.undo(ann.hand, undo["action_id"])
    assert state(replayed(actions_of([*ann.written, undo, again], "ann.tsv"))) == before
    once_more = lines.undo(ann.hand, again["action_id"])
    undone = state(replayed(actions_of([*ann.written, undo], "ann.tsv")))
    assert state(replayed(actions_of([*ann.written, undo, again, once_more], "ann.tsv"))) == undone


@MANY
@given(deeds=DEEDS)
def test_undoing_every_line_from_the_last_to_the_first_leaves_what_the_machine_read(
    deeds: list[object],
) -> None:
    ann = Writer("ann")
    for act in deeds:
        ann.does(act)
    undos = [lines.undo(ann.hand, row["action_id"]) for row in reversed(ann.written)]
    assert state(replayed(actions_of([*ann.written, *undos], "ann.tsv"))) == state(replayed([]))


@SOME
@given(deeds=DEEDS, data=st.data())
def test_a_file_that_is_cut_at_any_byte_keeps_every_whole_line_and_says_what_was_torn(
    deeds: list[object], data: st.DataObject
) -> None:
    ann = Writer("ann")
    for act in deeds:
        ann.does(act)
    whole = table_text(CURATION.names, ann.written).encode("utf-8")
    kept = whole[: data.draw(st.integers(0, len(whole)), label="cut at")]
    stands = [row for number, row in enumerate(ann.written) if kept.startswith(end_of(ann.written, number))]
    last = kept.rpartition(b"\n")[2]
    torn = last if not kept.endswith(end_of(stands, len(stands) - 1)) else b""
    with a_folder() as folder:
        path = folder / "corrections/ann.tsv"
        path.parent.mkdir()
        path.write_bytes(kept)
        book = Logbook(folder)
        if torn:
            with pytest.raises(InputError) as fault:
                read_actions(path.parent)
            assert len(fault.value.line().splitlines()) == 1
            assert (fault.value.file, fault.value.row) == (str(path), kept.count(b"\n") + 1)
        assert [p.read_bytes() for p in book.set_torn_aside()] == ([torn] if torn else [])
        assert path.read_bytes() + torn == kept
        read = read_actions(path.parent)
        assert [a.action_id for a in read] == [row["action_id"] for row in stands]
        assert state(replayed(read)) == state(replayed(actions_of(stands, "ann.tsv")))
        more = ann.does(("confirm", 0, 0))
        book.append("corrections", "ann", more)
        assert book.rows("corrections") == [*stands, *more]


def end_of(rows: list[Row], number: int) -> bytes:
    """Return the bytes up to a line (-1: the header), without its line end: so much the line needs to count."""
    return table_text(CURATION.names, rows[: number + 1]).encode("utf-8").removesuffix(b"\n")


def test_a_cut_at_each_byte_of_a_file_leaves_whole_lines_and_keeps_the_rest() -> None:
    ann = Writer("ann")
    made = [
        lines.set_field(ann.hand, lines.Shown("arm", "a1", {}), "label", text) for text in ('"Ä"', "−1", "x")
    ]
    whole = table_text(CURATION.names, made).encode("utf-8")
    ends = [0, *(len(end_of(made, number)) for number in range(-1, len(made)))]
    with a_folder() as folder:
        path = folder / "links/ann.tsv"
        path.parent.mkdir()
        for cut in range(len(whole) + 1):
            path.write_bytes(whole[:cut])
            aside = Logbook(folder).set_torn_aside()
            end = max(end for end in ends if end <= cut)
            left = path.read_bytes()
            assert left in (whole[:end], whole[: end + 1]), cut
            assert [p.read_bytes() for p in aside] == ([whole[len(left) : cut]] if len(left) < cut else []), (
                cut
            )
            for one in aside:
                one.unlink()


@MANY
@given(deeds=DEEDS, keep=st.integers(0, 10))
def test_an_addition_that_is_cut_before_its_end_is_no_row(deeds: list[object], keep: int) -> None:
    ann = Writer("ann")
    group = lines.add(ann.hand, ADDED, record=RECORD)
    assume(keep < len(group))
    for act in deeds:
        ann.does(act)
    closed = replayed(actions_of([*ann.written, *group], "ann.tsv"))
    open_ = replayed(actions_of([*ann.written, *group[:keep]], "ann.tsv"))
    without = replayed(actions_of(ann.written, "ann.tsv"))
    assert state(open_) == state(without)
    assert len(closed.corrected) == len(without.corrected) + 1
    assert [row["detail"] for row in open_.log[len(ann.written) :]] == ["the group is open"] * keep


@SOME
@given(ann=DEEDS, bob=DEEDS, turns=st.randoms(use_true_random=False))
def test_lines_that_a_merge_put_together_count_as_in_one_file(
    ann: list[object], bob: list[object], turns: object
) -> None:
    """Two branches of one curator's file, merged by union: the lines of both stand, one block below the other."""
    ours, theirs = Writer("ann", page="-a"), Writer("ann", itertools.count(3), page="-b")
    for act in ann:
        ours.does(act)
    for act in bob:
        theirs.does(act)
    with a_folder() as folder:
        path = folder / "corrections/ann.tsv"
        path.parent.mkdir()
        both = [*ours.written, *theirs.written]
        path.write_text(table_text(CURATION.names, both), encoding="utf-8")
        read = read_actions(path.parent)
        assert [a.action_id for a in read] == [row["action_id"] for row in both]
        assert state(replayed(read)) == state(replayed(actions_of(both, "ann.tsv")))


@pytest.mark.parametrize("count", [1, 3])
def test_a_line_is_the_same_whether_it_was_written_alone_or_with_others(count: int) -> None:
    ann = Writer("ann")
    for number in range(count):
        ann.does(("set", number, number))
    with a_folder() as one, a_folder() as other:
        Logbook(one).append("corrections", "ann", ann.written)
        for row in ann.written:
            Logbook(other).append("corrections", "ann", [row])
        assert (one / "corrections/ann.tsv").read_bytes() == (other / "corrections/ann.tsv").read_bytes()
