"""Replaying thread by thread is replaying all lines at once, however lines refer to one another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonospine.config.loading import load_config
from sonospine.corrections import ordered, seen_text
from sonospine.corrections.actions import action_of
from sonospine.corrections.additions import addition_id
from sonospine.corrections.identity import arm_id
from sonospine.curation.line_files import Line
from sonospine.curation.recompute import Recomputing
from sonospine.curation.tables import Tables
from sonospine.curation.taking_in import empty_view, taken_in
from sonospine.curation.threads import Threads
from sonospine.curation.view import EVERYBODY, View
from sonospine.model import tables as t
from sonospine.model.errors import InputError
from sonospine.model.table_io import Row
from sonospine.model.tables import CURATION
from sonospine.model.written_order import written_keys
from sonospine.vocabulary import load_vocabulary

from .embedded_corpus import tables_in_memory

RECORDS = ("file:one", "file:two", "file:three")
STUDIES = {"file:one": "s1", "file:two": "s1", "file:three": "s2"}


def machine_row(record: str, number: int) -> Row:
    return t.MEASUREMENTS.row(
        measurement_id=f"m{RECORDS.index(record)}{number}", record_id=record, source="text", locator=f"body/s1p1:{number}-{number + 3}",
        quote="2.5", outcome="pain", instrument="nrs", construct="pain", scale_min="0", scale_max="10", arm=("US", "FL")[number % 2],
        n="20", time="4 weeks", weeks="4", phase="follow_up", change="false", centre="mean", value=f"2.{number}", spread="sd",
        spread_value="0.5", adjusted="false", rule="test", confidence="0.9",
    )  # fmt: skip


ROWS = [machine_row(record, number) for record in RECORDS for number in range(3)]
SEEN = {row["measurement_id"]: seen_text(row, ROWS) for row in ROWS}


@pytest.fixture(scope="module")
def small(project: Path) -> Recomputing:
    config = load_config(project / "config/config.yaml")
    work = Recomputing(
        Tables(
            config=config,
            vocabulary=load_vocabulary(project / "config/vocabulary"),
            measurements=ROWS,
            alternatives=(),
            arms=[t.MACHINE_ARMS.row(record_id="file:one", label="US", role="intervention", locator="title")],
            unread=(),
            records=[
                t.RECORDS.row(record_id=name, source="file", report_id=f"r{name[5:]}", study_id=study,
                              status="current", full_text="true", sha256="abc")
                for name, study in STUDIES.items()
            ],
            studies=[t.STUDIES.row(study_id=name, label=name, design="rct", condition="axial") for name in ("s1", "s2")],
            decisions=[t.DECISIONS.row(record_id=name, stage="record", decision="include", by="rule") for name in RECORDS],
        )
    )  # fmt: skip
    assert set(work.base.states) == {"s1", "s2"}
    return work


ARM_IDS = [arm_id(study, label) for study in ("s1", "s2") for label in ("US", "FL", "Third")]
TIMES = ("", "2026-03-01", "2026-03-02", "2026-03-03")
some_record = st.sampled_from(("", *RECORDS, "file:unknown"))


@st.composite
def a_line(draw: st.DrawFn, number: int) -> Row:
    """A line that may contradict itself: its target, its record and what it saw need not belong together."""
    curator = draw(st.sampled_from(("ann", "bob")))
    action = draw(
        st.sampled_from(("set", "set", "set", "confirm", "reject", "add", "undo", "adjudicate", "comment"))
    )
    earlier = st.integers(0, max(0, number - 1)).map(lambda n: f"a{n}")
    line = {
        "action_id": f"a{number}",
        "curator": curator,
        "action": action,
        "time": draw(st.sampled_from(TIMES)),
    }
    if action in ("undo", "adjudicate"):
        return CURATION.row(**line, refers_to=draw(earlier), reason="so")
    record = draw(some_record)
    if action == "add":
        field, value = draw(
            st.sampled_from((("source", "figure"), ("locator", "figure/F1"), ("quote", "2"), ("centre", "mean"),
                             ("arm", "Third"), ("value", "2")))
        )  # fmt: skip
        return CURATION.row(
            **line, group_id=f"g{curator}", field=field, new_value=value, record_id="file:one"
        )
    ids = [*SEEN, "m99", addition_id("gann"), addition_id("gbob")]
    kind, target = draw(
        st.one_of(
            st.sampled_from(ids).map(lambda name: ("measurement", name)),
            st.sampled_from(ARM_IDS).map(lambda name: ("arm", name)),
        )
    )
    if kind == "arm":
        action = "confirm" if action == "reject" else action
        more = (
            {"field": "role", "new_value": draw(st.sampled_from(("comparator", "single")))}
            if action == "set"
            else {}
        )
    else:
        more = {"field": "", "new_value": ""}
        if action == "set":
            name = draw(st.sampled_from(("arm", "value", "weeks")))
            values = {"arm": ("US", "Third", ""), "value": ("2.0", "3"), "weeks": ("4", "12", "")}[name]
            more = {"field": name, "new_value": draw(st.sampled_from(values))}
    seen = draw(st.sampled_from(("", *SEEN.values())))
    if kind == "arm":
        seen = ""
    elif seen and draw(st.booleans()):
        seen = json.dumps(json.loads(seen) | {"value": "9"})
    return CURATION.row(
        **{**line, "action": action}, target_type=kind, target_id=target, record_id=record, seen=seen,
        source_sha256=draw(st.sampled_from(("", "abc", "old"))), **more,
    )  # fmt: skip


def closing(number: int, curator: str) -> Row:
    """The line that closes a curator's group, after all that the group needs."""
    return CURATION.row(action_id=f"a{number}", curator=curator, action="add", group_id=f"g{curator}", field="end",
                        record_id="file:one", time="2026-03-04")  # fmt: skip


def complete(curator: str) -> list[Row]:
    needed = (("source", "figure"), ("locator", "figure/F1"), ("quote", "2"), ("centre", "mean"))
    return [
        CURATION.row(action_id=f"{curator}{i}", curator=curator, action="add", group_id=f"g{curator}", field=name,
                     new_value=value, record_id="file:one")
        for i, (name, value) in enumerate(needed)
    ]  # fmt: skip


def as_lines(rows: list[Row]) -> list[Line]:
    """The lines of two files, in the order of each file."""
    made = []
    for curator in ("ann", "bob"):
        own = [row for row in rows if row["curator"] == curator]
        actions = [action_of(row, Path(f"{curator}.tsv"), number) for number, row in enumerate(own, 2)]
        keys = written_keys((a.when for a in actions), f"{curator}.tsv")
        made += [Line(row, action, key) for row, action, key in zip(own, actions, keys, strict=True)]
    return made


def whole(work: Recomputing, viewer: str, lines: list[Line]) -> dict[str, list[Row]] | None:
    """All tables by one replay of everything; ``None`` where the lines cannot be replayed."""
    counted = [line.action for line in lines if viewer in (EVERYBODY, line.action.curator)]
    files = [[action for action in counted if action.curator == name] for name in ("ann", "bob")]
    try:
        return tables_in_memory(work.tables, ordered(files))
    except InputError:
        return None


def assert_whole(view: View, expected: dict[str, list[Row]]) -> None:
    for schema in (t.CORRECTION_LOG, t.CORRECTED, t.ARMS, t.TIMEPOINTS, t.RECONCILED, t.CONFLICTS, t.EFFECTS):
        assert view.table(schema) == expected[schema.name], schema.name


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_replaying_thread_by_thread_is_replaying_all_at_once(small: Recomputing, data: st.DataObject) -> None:
    rows = [data.draw(a_line(number)) for number in range(data.draw(st.integers(1, 12)))]
    grouped = data.draw(st.booleans())
    if grouped:
        rows = [*complete("ann"), *rows, closing(len(rows), "ann")]
    lines = as_lines(rows)
    # Lines reach the desk in any order of the two files; a group is closed after its lines.
    order = lines if grouped else data.draw(st.permutations(lines))
    for viewer in (EVERYBODY, "ann"):
        expected = whole(small, viewer, lines)
        at_once = Threads(small.tables.study_of, small.base.study_of)
        at_once.take(lines)
        if expected is None:
            with pytest.raises(InputError, match="is closed without"):
                taken_in(empty_view(viewer, small), at_once, at_once.all())
            continue
        assert_whole(taken_in(empty_view(viewer, small), at_once, at_once.all()), expected)
        one_by_one, view = Threads(small.tables.study_of, small.base.study_of), empty_view(viewer, small)
        for line in order:
            view = taken_in(view, one_by_one, one_by_one.take([line]))
        assert_whole(view, expected)


def test_a_line_about_an_arm_that_another_line_names_joins_its_study(small: Recomputing) -> None:
    name = arm_id("s2", "Third")
    of_arm = CURATION.row(action_id="a1", curator="ann", action="set", target_type="arm", target_id=name,
                          field="role", new_value="single")  # fmt: skip
    names_it = CURATION.row(action_id="a2", curator="ann", action="set", target_type="measurement",
                            target_id="m20", field="arm", new_value="Third")  # fmt: skip
    threads, view = Threads(small.tables.study_of, small.base.study_of), empty_view("ann", small)
    outcomes = []
    for line in as_lines([of_arm, names_it]):
        view = taken_in(view, threads, threads.take([line]))
        outcomes.append(view.log["a1"]["outcome"])
    assert outcomes == ["unknown", "applied"]
    assert view.shown("arm", name).row["role"] == "single"
