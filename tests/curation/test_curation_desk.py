"""The desk gives what the pipeline gives, whatever people write."""

from __future__ import annotations

import itertools
import json
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sonospine.corrections.identity import arm_id
from sonospine.curation import lines as make
from sonospine.curation.desk import EVERYBODY, Desk, View
from sonospine.curation.lines import Hand
from sonospine.curation.logbook import Logbook
from sonospine.curation.recompute import Recomputing
from sonospine.curation.tables import Tables
from sonospine.model import tables as t
from sonospine.model.table_io import Row

from .embedded_corpus import CURATED, run_commands, tables_of_files, tables_written

KIND = "corrections"
CURATORS = ("ann", "bob", "cat")


@dataclass
class Room:
    """A log of its own, a desk over it, and hands whose clock and ids are counted."""

    work: Recomputing
    folder: Path
    desk: Desk = field(init=False)
    count: itertools.count = field(default_factory=lambda: itertools.count(1))
    written: list[Row] = field(default_factory=list)
    steps: int = 60

    def __post_init__(self) -> None:
        self.desk = self.another_desk()

    @property
    def tables(self) -> Tables:
        return self.work.tables

    def another_desk(self) -> Desk:
        return Desk(self.tables, Logbook(self.folder), self.work)

    def hand(self, curator: str) -> Hand:
        return Hand(curator, self.now, lambda: f"{curator}-{next(self.count):04d}")

    def now(self) -> datetime:
        return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=self.steps * next(self.count))

    def save(self, curator: str, *lines: Row, desk: Desk | None = None):
        saved = (desk or self.desk).save(KIND, curator, lines)
        self.written += lines
        return saved

    def view(self, curator: str = EVERYBODY) -> View:
        return self.desk.view(curator)


@pytest.fixture
def room(work: Recomputing, tmp_path: Path) -> Room:
    return Room(work, tmp_path / "curation")


def tables_of(view: View) -> dict[str, list[Row]]:
    return {schema.name: view.table(schema) for schema in CURATED}


def assert_same(ours: dict[str, list[Row]], theirs: dict[str, list[Row]]) -> None:
    for name, rows in theirs.items():
        differing = [pair for pair in itertools.zip_longest(ours[name], rows) if pair[0] != pair[1]]
        assert not differing, f"{name}: {differing[:1]}"


def pooled_rows(view: View) -> list[Row]:
    """The rows behind the pools, in a fixed order."""
    ids = {
        name
        for effect in view.table(t.EFFECTS)
        if effect["included"] == "true"
        for name in effect["measurement_ids"].split(";")
    }
    return [view.rows[name] for name in sorted(ids)]


# ---- by hand ---------------------------------------------------------------------------------------------------


def by_hand(room: Room) -> None:
    """Everything a person can do, on rows behind the pools."""
    ann, bob, cat = (room.hand(name) for name in CURATORS)
    rows = [row for row in pooled_rows(room.view()) if row["weeks"] and row["spread"] == "sd"]
    one, two, three, four, five, six, *_ = (
        room.view().shown("measurement", r["measurement_id"]) for r in rows
    )
    room.save("ann", make.set_field(ann, one, "spread", "se", reason="Table 2 prints SE"))
    room.save("bob", make.confirm(bob, one))
    room.save("cat", make.adjudicate(cat, room.written[0]["action_id"], reason="seen"))
    room.save("ann", make.set_field(ann, two, "value", "3.3", new_locator=two.locator, new_quote="3.3"))
    room.save("bob", make.set_field(bob, two, "value", "3.1"))
    room.save("ann", make.reject(ann, three), make.comment(ann, three, "of another study"))
    room.save("bob", make.set_field(bob, four, "weeks", "26"), make.set_field(bob, four, "arm", "Third arm"))
    study = room.view("bob").rows[four.target_id]["study_id"]
    third = room.view("bob").shown("arm", arm_id(study, "Third arm"))
    room.save(
        "bob", make.set_field(bob, third, "role", "comparator"), make.set_field(bob, third, "n_analysed", "9")
    )
    room.save("ann", make.undo(ann, room.written[5]["action_id"]))
    record = room.tables.parsed(five.record_id)
    added = {**{k: v for k, v in five.row.items() if k in ("arm", "weeks", "phase", "instrument", "construct",
             "scale_min", "scale_max", "unit", "outcome")}, "source": "figure", "locator": "figure/F1", "value": "4.4",
             "spread": "sd", "spread_value": "1.1", "n": "31", "centre": "mean"}  # fmt: skip
    room.save(
        "cat", *make.add(cat, added, record=record, source_sha256=five.source_sha256, reason="Figure 2")
    )
    timepoint = room.view("ann").shown("timepoint", six.row["timepoint_id"])
    room.save("ann", make.set_field(ann, timepoint, "weeks", "11"))
    room.save("cat", make.confirm(cat, six, "spread"))


def test_the_desk_has_the_tables_that_the_commands_write(
    room: Room, corpus: Path, project: Path, tmp_path: Path
) -> None:
    nobody = tables_of(room.view())
    by_hand(room)
    run_commands(corpus, tmp_path / "all", room.folder, project, all_variants=True)
    everybody = tables_written(tmp_path / "all")
    ours = tables_of(room.view())
    for name in ("pooled", "weights"):  # the command gives other variants beside
        assert all(row in everybody[name] for row in ours[name])
        primary = [
            r for r in everybody[name] if r["variant"] in ("primary", "other_value") and not r["subgroup"]
        ]
        assert all(row in ours[name] for row in primary)
    assert_same(ours, {name: rows for name, rows in everybody.items() if name not in ("pooled", "weights")})
    assert ours["pooled"] != nobody["pooled"]
    assert {row["outcome"] for row in everybody["correction_log"]} == {"applied"}
    for curator in CURATORS:
        assert_same(tables_of(room.view(curator)), tables_of_files(room.tables, room.folder, curator))


def test_a_desk_that_starts_later_sees_what_one_sees_that_was_there_all_the_time(room: Room) -> None:
    by_hand(room)
    later = room.another_desk()
    for viewer in (EVERYBODY, *CURATORS, "dan"):
        assert_same(tables_of(room.view(viewer)), tables_of(later.view(viewer)))
    assert room.view("dan").actions == []


# ---- whatever people do ----------------------------------------------------------------------------------------

VALUES = {
    "value": ("2.5", "3", "0", "-1", "1e3", ""),
    "spread": ("sd", "se", "ci", "none"),
    "spread_value": ("0.5", "1.9", "0", "12", ""),
    "n": ("20", "1", "0", ""),
    "arm": ("all", "control", "Another arm", "group group", ""),
    "comparator_arm": ("control", ""),
    "weeks": ("0", "1", "4", "12.0", "52", ""),
    "time": ("4 weeks", "at discharge", ""),
    "phase": ("baseline", "follow_up", "procedure", ""),
    "centre": ("mean", "median", "count", "difference"),
    "change": ("true", "false"),
    "instrument": ("nrs", "vas", "odi", ""),
    "population": ("itt", "subgroup:men"),
    "total": ("30", ""),
}
OF_ARMS = {"role": ("intervention", "comparator", "single", ""), "label": ("all", "x"), "n_analysed": ("12", ""),
           "guidance": ("ultrasound", "fluoroscopy", "")}  # fmt: skip
OF_TIMEPOINTS = {"weeks": ("2", "12", ""), "phase": ("baseline", "follow_up"), "label": ("later",)}
DEEDS = (
    "set", "set", "set", "set", "confirm", "confirm field", "reject", "add", "open group", "add beside", "undo",
    "undo any", "adjudicate", "adjudicate value", "comment", "arm", "timepoint", "unknown", "stale", "moved",
    "by hand", "early",
)  # fmt: skip


def kind_of(line: Row, written: list[Row]) -> str:
    """Return what a line is about; that of a decision is what it decides on."""
    by_id = {row["action_id"]: row for row in written}
    while line["action"] == "adjudicate":
        line = by_id[line["refers_to"]]
    return line["target_type"]


def lines_of(draw: st.DataObject, room: Room, curator: str, names: list[str]) -> list[Row]:
    """Draw what a curator does next, on one of the rows of these names or on what was done before."""
    hand, view = room.hand(curator), room.view(curator)

    def pick(of):
        return draw.draw(st.sampled_from(list(of)))

    deed = pick(DEEDS)
    if deed in ("undo", "undo any", "adjudicate", "adjudicate value"):
        wanted = [
            w for w in room.written if (w["curator"] == curator) == (deed == "undo") or deed == "undo any"
        ]
        if not wanted:
            return []
        target = pick(wanted)
        if deed.startswith("undo"):
            return [make.undo(hand, target["action_id"])]
        valued = deed == "adjudicate value" and kind_of(target, room.written) not in ("arm", "timepoint")
        more = {"field": "value", "new_value": pick(("3", "4.5"))} if valued else {}
        return [make.adjudicate(hand, target["action_id"], reason="so", **more)]
    added = [name for name in view.own_rows if name.startswith("x")]
    shown = view.shown("measurement", pick([*names, *added]))
    if deed in ("arm", "timepoint"):
        ids = [
            shown.row[c] for c in (("arm_id", "comparator_arm_id") if deed == "arm" else ("timepoint_id",))
        ]
        if not any(ids):
            return []
        fields = OF_ARMS if deed == "arm" else OF_TIMEPOINTS
        field_name = pick(fields)
        return [
            make.set_field(
                hand, view.shown(deed, pick(filter(None, ids))), field_name, pick(fields[field_name])
            )
        ]
    if deed in ("add", "open group", "add beside"):
        kept = {k: v for k, v in shown.row.items() if k in VALUES or k in ("outcome", "construct", "unit")}
        place = {"source": shown.row["source"], "locator": shown.locator, "quote": shown.row["quote"]}
        if deed == "add":
            place = {"source": "figure", "locator": "figure/F1", "value": pick(("3.3", "4"))}
        made = make.add(hand, {**kept, **place}, record=room.tables.parsed(shown.record_id),
                        source_sha256=shown.source_sha256)  # fmt: skip
        return made[:-1] if deed == "open group" else made
    name = pick(VALUES)
    value = pick(VALUES[name])
    if name in ("centre", "change", "spread") or value:
        line = make.set_field(hand, shown, name, value)
    else:
        line = make.set_field(hand, shown, name, "")
    if deed == "confirm":
        line = make.confirm(hand, shown)
    elif deed == "confirm field":
        line = make.confirm(hand, shown, name)
    elif deed == "reject":
        line = make.reject(hand, shown)
    elif deed == "comment":
        line = make.comment(hand, shown, "hm")
    elif deed == "unknown":
        line = line | {"target_id": "m00000000000", "seen": "", "record_id": "", "context": ""}
    elif deed == "stale":
        line["seen"] = json.dumps(json.loads(line["seen"]) | {"value": "99"})
    elif deed == "moved":
        line |= {"target_id": "m00000000000", "source_sha256": pick(("", "other", line["source_sha256"]))}
    elif deed == "by hand":
        study = shown.row["study_id"] or room.tables.study_of[shown.record_id]
        kind, target = pick((("measurement", shown.target_id), ("arm", arm_id(study, "Another arm"))))
        line |= {"target_type": kind, "target_id": target, "seen": "", "context": "", "record_id": ""}
        if kind == "arm":
            line |= {"field": "role", "old_value": "", "new_value": "comparator"}
    elif deed == "early":
        line["time"] = pick(("", "2026-02-01", "2026-03-01T00:10:00Z"))
    return [line]


@settings(max_examples=15, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.data())
def test_whatever_people_write_the_desk_is_the_pipeline_in_memory(
    work: Recomputing, data: st.DataObject
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        room = Room(work, Path(folder))
        behind = [row["measurement_id"] for row in pooled_rows(room.view())]
        start = data.draw(st.integers(0, len(behind) - 1))
        names = [
            *behind[start : start + 2],
            *data.draw(st.lists(st.sampled_from(sorted(work.tables.machine)), max_size=2)),
        ]
        study = room.view().rows[names[0]]["study_id"]
        names += [row["measurement_id"] for row in room.view().of_study(study)][:4]
        second = room.another_desk()
        for _ in range(data.draw(st.integers(1, 14))):
            curator = data.draw(st.sampled_from(CURATORS))
            lines = lines_of(data, room, curator, names)
            desk = data.draw(st.sampled_from([room.desk, second]))
            room.save(curator, *lines, desk=desk)
            room.desk.refresh()
        second.refresh()
        later = room.another_desk()
        for viewer in (EVERYBODY, data.draw(st.sampled_from(CURATORS))):
            theirs = tables_of_files(work.tables, room.folder, viewer)
            for desk in (room.desk, second, later):
                assert_same(tables_of(desk.view(viewer)), theirs)
