"""The desk and the files that people write: other programs, faults, and what is refused."""

from __future__ import annotations

import itertools
import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sonospine.curation import lines as make
from sonospine.curation.desk import EVERYBODY, Desk
from sonospine.curation.lines import Hand, Shown
from sonospine.curation.logbook import Logbook
from sonospine.curation.recompute import Recomputing
from sonospine.curation.tables import Tables, read_tables_of
from sonospine.model import tables as t
from sonospine.model.errors import InputError
from sonospine.model.table_io import Row, table_text
from sonospine.model.tables import CURATION

KIND = "corrections"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "curation"


@pytest.fixture
def desk(work: Recomputing, folder: Path) -> Desk:
    return Desk(work.tables, Logbook(folder), work)


def hand(curator: str = "ann") -> Hand:
    count = itertools.count(1)
    start = datetime(2026, 3, 1, tzinfo=UTC)
    return Hand(curator, lambda: start + timedelta(minutes=next(count)), lambda: f"{curator}-{next(count)}")


def pooled(desk: Desk, place: int = 0) -> Shown:
    """A row behind a pool."""
    view = desk.view(EVERYBODY)
    effects = [effect for effect in view.table(t.EFFECTS) if effect["included"] == "true"]
    return view.shown("measurement", effects[place]["measurement_ids"].split(";")[0])


def write(folder: Path, curator: str, lines: list[Row]) -> Path:
    """Write a curator's file as an editor or git does."""
    path = folder / KIND / f"{curator}.tsv"
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(table_text(CURATION.names, lines), encoding="utf-8")
    fresh.replace(path)
    return path


def test_a_save_says_which_pools_moved_and_which_study_was_worked_out_again(desk: Desk) -> None:
    shown = pooled(desk)
    before = desk.view("ann")
    saved = desk.save(KIND, "ann", [make.set_field(hand(), shown, "value", "1.5")])
    assert saved.studies == {before.rows[shown.target_id]["study_id"]}
    assert saved.shifts
    for shift in saved.shifts:
        assert shift.before == before.pooled[shift.analysis]
        assert shift.after == desk.view("ann").pooled[shift.analysis] != shift.before
    assert before.rows[shift_row := shown.target_id]["state"] == "unread", "a view never changes"
    assert desk.view("ann").rows[shift_row]["value"] == "1.5"
    assert desk.view("bob").rows[shift_row] == before.rows[shift_row], "neither sees the other's"
    assert desk.view(EVERYBODY).rows[shift_row]["state"] == "corrected"


def test_a_line_that_moves_no_figure_moves_no_pool(desk: Desk) -> None:
    saved = desk.save(KIND, "ann", [make.comment(hand(), pooled(desk), "hm")])
    assert (saved.shifts, len(saved.studies)) == ((), 1)


def test_lines_of_other_kinds_are_written_and_nothing_is_worked_out(desk: Desk, folder: Path) -> None:
    line = CURATION.row(action_id="ann-1", curator="ann", action="set", target_type="record", target_id="x",
                        field="decision", new_value="exclude")  # fmt: skip
    assert desk.save("screening", "ann", [line]).shifts == ()
    assert (folder / "screening" / "ann.tsv").read_text(encoding="utf-8").endswith("\n")
    assert desk.view(EVERYBODY).lines == []


def test_what_another_program_writes_is_seen_after_a_refresh(desk: Desk, folder: Path) -> None:
    shown, bob = pooled(desk), hand("bob")
    first = make.set_field(bob, shown, "value", "1.5")
    write(folder, "bob", [first])
    assert desk.view(EVERYBODY).lines == []
    desk.refresh()
    assert desk.view(EVERYBODY).rows[shown.target_id]["value"] == "1.5"
    write(folder, "bob", [first, make.undo(bob, first["action_id"])])
    desk.refresh()
    assert desk.view(EVERYBODY).rows[shown.target_id]["state"] == "unread"
    write(folder, "bob", [{**first, "new_value": "2.5"}])  # what no program of ours does
    desk.refresh()
    assert desk.view(EVERYBODY).rows[shown.target_id]["value"] == "2.5"
    (folder / KIND / "bob.tsv").unlink()
    desk.refresh()
    assert desk.view(EVERYBODY).lines == []


def test_lines_that_came_meanwhile_are_taken_in_by_a_save(desk: Desk, folder: Path) -> None:
    shown, other = pooled(desk), pooled(desk, 3)
    write(folder, "ann", [make.confirm(hand(), other)])
    desk.save(KIND, "ann", [{**make.confirm(hand(), shown), "action_id": "ann-later"}])
    states = [desk.view("ann").rows[one.target_id]["state"] for one in (shown, other)]
    assert states == ["confirmed", "confirmed"]
    assert [line.action.line for line in desk.view("ann").lines] == [2, 3]


def broken(shown: Shown) -> list[Row]:
    """Lines that the log can't have: a value that no column allows, and a group that is closed without its columns."""
    wrong = {**make.confirm(hand("bob"), shown), "action": "set", "field": "n", "new_value": "many"}
    group = CURATION.row(action_id="bob-8", curator="bob", action="add", group_id="g", field="end",
                         record_id=shown.record_id)  # fmt: skip
    return [wrong, group]


@pytest.mark.parametrize("which", [0, 1])
def test_a_malformed_line_of_somebody_is_told_and_what_was_seen_stands(
    desk: Desk, folder: Path, which: int
) -> None:
    shown = pooled(desk)
    desk.save(KIND, "ann", [make.set_field(hand(), shown, "value", "1.5")])
    good = {**make.confirm(hand("bob"), shown), "action_id": "bob-1"}
    path = write(folder, "bob", [good, broken(shown)[which]])
    before = desk.view(EVERYBODY)
    for _ in range(2):
        with pytest.raises(InputError) as caught:
            desk.refresh()
        assert (caught.value.file, caught.value.row) == (str(path), 3)
    assert desk.view(EVERYBODY) is before
    assert desk.fault is caught.value
    # Nobody else is kept from working, and nothing is lost.
    later = {**make.confirm(hand(), pooled(desk, 3)), "action_id": "ann-9"}
    desk.save(KIND, "ann", [later])
    assert desk.view("ann").rows[later["target_id"]]["state"] == "confirmed"
    assert desk.fault is not None
    write(folder, "bob", [good])
    desk.refresh()
    assert desk.fault is None
    assert [line.action.action_id for line in desk.view("bob").lines] == ["bob-1"]
    assert desk.view(EVERYBODY).rows[shown.target_id]["state"] == "disputed"


@pytest.mark.parametrize("which", [0, 1])
def test_lines_that_cannot_be_replayed_are_refused_and_not_written(
    desk: Desk, folder: Path, which: int
) -> None:
    shown = pooled(desk)
    line = {**broken(shown)[which], "curator": "ann", "action_id": "ann-1"}
    with pytest.raises(InputError):
        desk.save(KIND, "ann", [line])
    assert not (folder / KIND / "ann.tsv").exists()
    assert desk.save(KIND, "ann", [make.confirm(hand(), shown)]).lines
    with pytest.raises(InputError, match="stands twice"):
        desk.save(KIND, "ann", [make.confirm(hand(), shown)])
    assert len(desk.view(EVERYBODY).lines) == 1


def test_lines_that_cannot_be_written_are_not_seen(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise InputError("nothing was written: No space left on device")

    shown = pooled(desk)
    with monkeypatch.context() as patched:
        patched.setattr(desk.logbook, "append", full)
        with pytest.raises(InputError, match="No space left"):
            desk.save(KIND, "ann", [make.set_field(hand(), shown, "value", "1.5")])
    assert desk.view("ann").lines == desk.view(EVERYBODY).lines == []
    desk.save(KIND, "ann", [make.confirm(hand(), shown)])
    assert desk.view("ann").rows[shown.target_id]["state"] == "confirmed"


def test_a_stale_line_comes_with_what_was_seen_and_what_the_machine_reads_now(desk: Desk) -> None:
    shown = pooled(desk)
    line = make.confirm(hand(), shown)
    line["seen"] = json.dumps(json.loads(line["seen"]) | {"value": "99"})
    desk.save(KIND, "ann", [line])
    view = desk.view("ann")
    ((action, told),) = view.stale
    assert (action["action_id"], told["outcome"]) == (line["action_id"], "stale")
    now = view.reads_now(action["action_id"])
    assert now is not None
    assert (json.loads(action["seen"])["value"], now["value"]) == (
        "99",
        view.machine[shown.target_id]["value"],
    )
    assert view.rows[shown.target_id]["state"] == "stale"


def test_an_addition_can_be_shown_corrected_and_taken_back(desk: Desk) -> None:
    shown, ann, bob = pooled(desk), hand(), hand("bob")
    record = desk.tables.parsed(shown.record_id)
    values = {
        "source": "figure",
        "locator": "figure/F1",
        "value": "4.4",
        "centre": "mean",
        "arm": shown.row["arm"],
    }
    made = make.add(ann, values, record=record, source_sha256=shown.source_sha256)
    saved = desk.save(KIND, "ann", made)
    (name,) = (name for name in desk.view("ann").rows if name.startswith("x"))
    added = desk.view("ann").shown("measurement", name)
    assert (added.row["state"], added.row["study_id"]) == ("added", *saved.studies)
    desk.save(KIND, "bob", [make.confirm(bob, desk.view(EVERYBODY).shown("measurement", name))])
    assert desk.view(EVERYBODY).rows[name]["state"] == "agreed"
    assert name not in desk.view("bob").rows, "bob's own view has no such row"
    desk.save(KIND, "ann", [make.undo(ann, made[0]["action_id"])])
    assert name not in desk.view("ann").rows
    assert name not in desk.view(EVERYBODY).rows
    assert dict(desk.view("ann").rows) == dict(desk.view("nobody").rows)


def test_arms_timepoints_conflicts_and_effects_can_be_asked_for(desk: Desk) -> None:
    shown, view = pooled(desk), desk.view(EVERYBODY)
    study = shown.row["study_id"]
    assert shown.row in view.of_study(study)
    assert view.shown("arm", shown.row["arm_id"]).row in view.arms_of(study)
    assert {effect["study_id"] for effect in view.effects_of(shown.target_id)} == {study}
    assert {row["study_id"] for row in view.conflicts_of(study)} <= {study}
    evidence = view.evidence(study)
    assert shown.record_id in evidence.records
    assert set(evidence.measurements) == {row["measurement_id"] for row in view.of_study(study)}
    assert any("ruled_out:" in row["flags"] for row in view.rows.values())
    assert view.unread is desk.tables.unread
    assert {row["phase"] for row in view.timepoints_of(study)} >= {"baseline"}
    for kind in ("measurement", "arm", "timepoint", "", "study"):
        with pytest.raises(InputError, match="no such"):
            view.shown(kind, "nothing")
    assert view.of_study("nothing") == view.arms_of("nothing") == ()
    assert view.effects_of("nothing") == []


def test_many_threads_save_and_read_at_once(desk: Desk, folder: Path, work: Recomputing) -> None:
    rows = [pooled(desk, place) for place in range(4)]
    faults: list[BaseException] = []

    def work_at(curator: str) -> None:
        own = hand(curator)
        try:
            for shown in rows:
                desk.save(KIND, curator, [make.set_field(own, shown, "value", "1.5")])
                assert desk.view(curator).rows[shown.target_id]["value"] == "1.5"
                assert desk.view(EVERYBODY).pooled
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work_at, args=(f"c{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    later = Desk(work.tables, Logbook(folder), work).view(EVERYBODY)
    for schema in (t.RECONCILED, t.CORRECTION_LOG, t.EFFECTS, t.POOLED):
        assert desk.view(EVERYBODY).table(schema) == later.table(schema)
    assert len(later.lines) == 16


def test_every_parsed_record_is_found_without_reading_them_all(tables: Tables) -> None:
    for row in tables.records:
        record = tables.parsed(row["record_id"])
        assert record is not None
        assert record.record_id == row["record_id"]
    assert tables.parsed("pubmed:0") is None


def test_without_a_review_the_desk_says_what_to_run_first(tmp_path: Path, project: Path) -> None:
    with pytest.raises(InputError, match="run `make review` first"):
        read_tables_of(tmp_path, project / "config/config.yaml")
