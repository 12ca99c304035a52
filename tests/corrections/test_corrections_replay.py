"""Replay of the curators' lines over the machine's rows."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonospine.corrections import Action, ordered, read_actions, replay, seen_text
from sonospine.corrections.additions import addition_id
from sonospine.corrections.identity import normalised_label
from sonospine.model.errors import InputError
from sonospine.model.places import context_of
from sonospine.model.record import Passage, Record
from sonospine.model.table_io import table_text
from sonospine.model.tables import CURATION, MACHINE_ARMS, MEASUREMENTS, RECORDS

TEXT = "Pain was 5.2 ± 0.4 at baseline, 2.4 ± 0.5 after four weeks and 2.0 ± 0.9 after twelve weeks (n = 26)."
RECORD = Record("file:one", "file", passages=(Passage("body/s1p1", TEXT),))


def place(quote: str, text: str = TEXT) -> str:
    start = text.index(quote)
    return f"body/s1p1:{start}-{start + len(quote)}"


def row(name: str, value: str, sd: str, weeks: str, phase: str = "follow_up", **more: str) -> dict[str, str]:
    quote = f"{value} ± {sd}"
    values = {
        "measurement_id": name, "record_id": "file:one", "source": "text", "locator": place(quote), "quote": quote,
        "outcome": "pain", "instrument": "nrs", "construct": "pain", "scale_min": "0", "scale_max": "10", "arm": "all", "n": "26",
        "weeks": weeks, "phase": phase, "time": f"week {weeks}", "change": "false", "centre": "mean", "value": value, "spread": "sd",
        "spread_value": sd, "adjusted": "false", "rule": "test", "confidence": "0.9",
    }  # fmt: skip
    return MEASUREMENTS.row(**{**values, **more})


ROWS = [row("m1", "5.2", "0.4", "0", "baseline"), row("m2", "2.4", "0.5", "4"), row("m3", "2.0", "0.9", "12")]
ARMS = [
    MACHINE_ARMS.row(record_id="file:one", label="all", role="single", n_randomised="26", locator="body/s1p1")
]
RECORD_ROWS = [
    RECORDS.row(record_id="file:one", source="file", report_id="r1", study_id="s1", status="current",
                full_text="true", sha256="abc")
]  # fmt: skip


def act(action_id: str, curator: str, action: str, target: str = "m2", **more: object) -> Action:
    kind = "" if action in ("undo", "adjudicate", "comment", "add") else "measurement"
    values: dict[str, object] = {
        "target_type": kind,
        "target_id": target if kind else "",
        "file": f"{curator}.tsv",
    }
    return Action(action_id, curator, action, **{**values, **more})  # type: ignore[arg-type] # keyword mix of a test


def run(
    *actions: Action, rows: list[dict[str, str]] = ROWS, records: list[Record] | None = None, sha: str = "abc"
):
    known = {r.record_id: r for r in (records or [RECORD])}
    return replay(rows, ARMS, [{**RECORD_ROWS[0], "sha256": sha}], list(actions), known)


def state(result, name: str = "m2") -> dict[str, str]:
    return next(r for r in result.corrected if r["measurement_id"] == name)


def outcomes(result) -> list[str]:
    return [line["outcome"] for line in result.log]


def test_without_curation_every_row_stays_and_gets_its_ids() -> None:
    result = run()
    assert [r["state"] for r in result.corrected] == ["unread"] * 3
    assert {r["study_id"] for r in result.corrected} == {"s1"}
    assert len(result.arms) == 1
    assert result.arms[0]["arm_id"] == result.corrected[0]["arm_id"] != ""
    assert len({r["timepoint_id"] for r in result.corrected}) == 3 == len(result.timepoints)
    assert result.log == []


def test_one_curators_value_is_taken_and_the_row_is_corrected() -> None:
    result = run(act("a1", "ann", "set", field="spread", old_value="sd", new_value="se"))
    assert (state(result)["spread"], state(result)["state"]) == ("se", "corrected")
    assert "corrected:spread" in state(result)["flags"]
    assert outcomes(result) == ["applied"]


@pytest.mark.parametrize(
    ("lines", "vouched"),
    [
        ([("ann", "confirm", {"field": "spread"})], True),
        ([("ann", "confirm", {"field": "spread_value"})], True),
        ([("ann", "confirm", {})], True),
        ([("ann", "set", {"field": "spread", "new_value": "se"})], True),
        ([("ann", "set", {"field": "spread_value", "new_value": "0.51"})], True),
        ([("ann", "set", {"field": "spread", "new_value": "sd"})], True),
        ([("ann", "confirm", {"field": "n"})], False),
        ([("ann", "set", {"field": "n", "new_value": "25"})], False),
        ([("ann", "set", {"field": "spread", "new_value": "se"}), ("bob", "confirm", {})], False),
        ([("ann", "set", {"field": "n", "new_value": "25"}), ("bob", "set", {"field": "n", "new_value": "24"}),
          ("cat", "adjudicate", {"refers_to": "a0"})], False),
        ([("ann", "set", {"field": "spread", "new_value": "se"}), ("bob", "confirm", {}),
          ("cat", "adjudicate", {"refers_to": "a1"})], True),
        ([], False),
    ],
)  # fmt: skip
def test_a_person_vouches_for_a_spread_only_by_speaking_about_it(lines, vouched) -> None:
    result = run(*(act(f"a{i}", who, what, **more) for i, (who, what, more) in enumerate(lines)))
    assert ("vouched:spread" in state(result)["flags"].split(";")) == vouched


def test_two_curators_who_give_the_same_value_agree_even_if_they_print_it_differently() -> None:
    result = run(
        act("a1", "ann", "set", field="spread_value", new_value="0.50"),
        act("b1", "bob", "set", field="spread_value", new_value="0.5"),
    )
    assert state(result)["state"] == "agreed"


def test_a_confirmation_against_a_correction_is_a_dispute_and_the_machine_value_stays() -> None:
    result = run(
        act("a1", "ann", "set", field="spread", new_value="se"),
        act("b1", "bob", "confirm", seen=dict(ROWS[1])),
    )
    assert (state(result)["spread"], state(result)["state"]) == ("sd", "disputed")


def test_a_third_person_settles_a_dispute_and_the_later_ruling_holds() -> None:
    lines = [
        act("a1", "ann", "set", field="spread", new_value="se"),
        act("b1", "bob", "confirm"),
        act("c1", "cat", "adjudicate", refers_to="a1"),
    ]
    assert (state(run(*lines))["spread"], state(run(*lines))["state"]) == ("se", "adjudicated")
    later = run(*lines, act("c2", "cat", "adjudicate", refers_to="b1"))
    assert (state(later)["spread"], state(later)["state"]) == ("sd", "adjudicated")


def test_one_who_voted_cannot_adjudicate() -> None:
    result = run(
        act("a1", "ann", "set", field="spread", new_value="se"),
        act("b1", "bob", "confirm"),
        act("a2", "ann", "adjudicate", refers_to="a1"),
    )
    assert state(result)["state"] == "disputed"
    assert result.log[2]["outcome"] == "unknown"


def test_a_rejected_row_stays_in_the_table_as_rejected() -> None:
    assert state(run(act("a1", "ann", "reject")))["state"] == "rejected"
    assert state(run(act("a1", "ann", "reject"), act("b1", "bob", "confirm")))["state"] == "disputed"


def test_an_undone_line_counts_no_more_and_undoing_the_undo_brings_it_back() -> None:
    lines = [
        act("a1", "ann", "set", field="spread", new_value="se"),
        act("a2", "ann", "undo", refers_to="a1"),
    ]
    assert state(run(*lines))["state"] == "unread"
    assert state(run(*lines, act("a3", "ann", "undo", refers_to="a2")))["spread"] == "se"


def test_nobody_undoes_the_line_of_another() -> None:
    result = run(
        act("a1", "ann", "set", field="spread", new_value="se"), act("b1", "bob", "undo", refers_to="a1")
    )
    assert state(result)["spread"] == "se"
    assert outcomes(result) == ["applied", "unknown"]


def test_a_target_that_does_not_exist_is_unknown() -> None:
    assert outcomes(run(act("a1", "ann", "set", target="m9", field="n", new_value="25"))) == ["unknown"]


def test_a_line_about_what_the_machine_now_reads_is_needless_and_the_state_stays() -> None:
    seen = json.loads(seen_text({**ROWS[1], "spread": "se"}, ROWS))
    result = run(act("a1", "ann", "set", field="spread", old_value="se", new_value="sd", seen=seen))
    assert outcomes(result) == ["needless"]
    assert state(result)["state"] == "corrected"


def test_an_old_value_that_is_not_the_machines_any_more_makes_the_line_stale() -> None:
    result = run(act("a1", "ann", "set", field="weeks", old_value="6", new_value="8"))
    assert outcomes(result) == ["stale"]
    assert (state(result)["weeks"], state(result)["state"]) == ("4", "stale")


def moved_source(shift: str, **changes: str) -> tuple[list[dict[str, str]], Record]:
    text = shift + TEXT
    start = text.index("2.0 ± 0.9")
    moved = {**ROWS[2], "measurement_id": "m7", "locator": f"body/s1p1:{start}-{start + 9}", **changes}
    return [moved], dataclasses.replace(RECORD, passages=(Passage("body/s1p1", text),))


def seen_line() -> Action:
    seen = json.loads(seen_text(ROWS[2], ROWS))
    return act("a1", "ann", "set", "m3", field="spread", new_value="se", seen=seen, record_id="file:one",
               context=context_of(RECORD, ROWS[2]["locator"]), source_sha256="abc")  # fmt: skip


def test_a_line_finds_its_row_again_when_the_text_before_it_grew() -> None:
    rows, record = moved_source("A sentence that was added in a revision of the article, long enough. ")
    result = run(seen_line(), rows=rows, records=[record], sha="def")
    assert outcomes(result) == ["applied"]
    assert "found again" in result.log[0]["detail"]
    assert (state(result, "m7")["spread"], state(result, "m7")["state"]) == ("se", "corrected")


def test_a_line_whose_row_now_has_another_reading_is_stale_and_not_applied() -> None:
    rows, record = moved_source(
        "A sentence that was added in a revision of the article, long enough. ", weeks="8"
    )
    result = run(seen_line(), rows=rows, records=[record], sha="def")
    assert outcomes(result) == ["stale"]
    assert (state(result, "m7")["spread"], state(result, "m7")["state"]) == ("sd", "stale")


def test_a_line_whose_words_are_gone_is_stale() -> None:
    record = dataclasses.replace(RECORD, passages=(Passage("body/s1p1", "Nothing is left."),))
    assert outcomes(run(seen_line(), rows=[ROWS[0]], records=[record], sha="def")) == ["stale"]


def test_a_number_that_now_makes_two_rows_is_another_reading() -> None:
    rows = [
        *ROWS,
        {**ROWS[2], "measurement_id": "m8", "centre": "percent", "spread": "none", "spread_value": ""},
    ]
    assert outcomes(run(seen_line(), rows=rows)) == ["stale"]


def addition(*, closed: bool = True, group: str = "g1", curator: str = "ann") -> list[Action]:
    fields = {"source": "figure", "locator": "figure/F1", "quote": "2.1", "centre": "mean", "value": "2.1",
              "arm": "all", "instrument": "nrs", "weeks": "26", "phase": "follow_up"}  # fmt: skip
    lines = [
        act(
            f"{group}-{name}",
            curator,
            "add",
            group_id=group,
            field=name,
            new_value=value,
            record_id="file:one",
        )
        for name, value in fields.items()
    ]
    return lines + ([act(f"{group}-end", curator, "add", group_id=group, field="end")] if closed else [])


def test_an_addition_counts_only_when_its_group_is_closed() -> None:
    assert len(run(*addition(closed=False)).corrected) == 3
    result = run(*addition())
    added = state(result, addition_id("g1"))
    assert (added["state"], added["value"], added["study_id"]) == ("added", "2.1", "s1")


def test_a_second_curator_who_confirms_an_addition_makes_it_agreed_and_one_who_rejects_it_disputes_it() -> (
    None
):
    name = addition_id("g1")
    assert state(run(*addition(), act("b1", "bob", "confirm", name)), name)["state"] == "agreed"
    assert state(run(*addition(), act("b1", "bob", "reject", name)), name)["state"] == "disputed"


def test_a_row_added_at_the_place_of_another_makes_no_line_about_that_one_stale() -> None:
    seen = json.loads(seen_text(ROWS[1], ROWS))
    beside = [
        dataclasses.replace(line, new_value=ROWS[1][line.field])
        if line.field in ("locator", "source")
        else line
        for line in addition()
    ]
    result = run(act("b1", "bob", "confirm", seen=seen), *beside)
    assert result.log[0]["outcome"] == "applied"
    assert state(result)["state"] == "confirmed"
    added = json.loads(seen_text(state(result, addition_id("g1")), ROWS)) | {"state": ""}
    result = run(*beside, act("b1", "bob", "confirm", addition_id("g1"), seen=added))
    assert result.log[-1]["outcome"] == "applied"


def test_undoing_a_line_of_a_group_takes_the_addition_out() -> None:
    result = run(*addition(), act("a9", "ann", "undo", refers_to="g1-end"))
    assert len(result.corrected) == 3
    assert set(outcomes(result)) == {"applied"}


def test_a_closed_group_that_lacks_a_column_names_it() -> None:
    lines = [line for line in addition() if line.field != "centre"]
    with pytest.raises(InputError, match="centre"):
        run(*lines)


def test_a_closed_group_that_names_two_records_is_refused() -> None:
    lines = addition()
    other = dataclasses.replace(lines[4], record_id="file:two", file="ann.tsv", line=6)
    with pytest.raises(InputError, match="two records") as fault:
        run(*lines[:4], other, *lines[5:])
    assert (fault.value.row, fault.value.found, fault.value.allowed) == (6, "file:two", "file:one")


def test_an_added_value_that_is_written_again_brings_its_own_place() -> None:
    lines = [line for line in addition() if line.field not in ("locator", "quote")]
    first = dataclasses.replace(lines[2], new_locator="figure/F1:0-3", new_quote="2.7", new_value="2.7")
    again = dataclasses.replace(
        first, action_id="g1-again", new_locator="figure/F1:9-12", new_quote="2.1", new_value="2.1"
    )
    upper = act(
        "g1-upper", "ann", "add", group_id="g1", field="upper", new_value="3", new_locator="figure/F1:20-21"
    )
    assert first.field == "value"
    added = state(run(*lines[:2], first, again, upper, *lines[3:]), addition_id("g1"))
    assert (added["value"], added["locator"], added["quote"]) == ("2.1", "figure/F1:9-12", "2.1")
    assert added["spread_locator"] == "figure/F1:20-21"


def test_an_arm_can_be_corrected() -> None:
    arm = run().arms[0]["arm_id"]
    result = run(act("a1", "ann", "set", arm, target_type="arm", field="guidance", new_value="ultrasound"))
    assert result.arms[0]["guidance"] == "ultrasound"
    assert result.arms[0]["arm_id"] == arm


def test_a_timepoint_correction_changes_the_time_of_its_rows() -> None:
    name = state(run())["timepoint_id"]
    result = run(act("a1", "ann", "set", name, target_type="timepoint", field="weeks", new_value="6"))
    assert state(result)["weeks"] == "6"
    assert state(result, "m3")["weeks"] == "12"
    assert state(result)["timepoint_id"] == name


def test_a_new_label_of_a_timepoint_moves_no_row() -> None:
    rows = [ROWS[0], {**ROWS[1], "phase": "baseline", "weeks": "-2"}]
    name = state(run(rows=rows))["timepoint_id"]
    assert name == state(run(rows=rows), "m1")["timepoint_id"]
    line = act("a1", "ann", "set", name, target_type="timepoint", field="label", new_value="before")
    result = run(line, rows=rows)
    assert outcomes(result) == ["applied"]
    assert [state(result, m)["weeks"] for m in ("m1", "m2")] == ["0", "-2"]


def test_a_value_taken_from_another_place_moves_the_row_there_and_leaves_its_spread_where_it_was() -> None:
    result = run(
        act("a1", "ann", "set", field="value", new_value="2.0", new_locator=place("2.0"), new_quote="2.0")
    )
    moved = state(result)
    assert (moved["locator"], moved["quote"]) == (place("2.0"), "2.0")
    assert moved["spread_locator"] == ROWS[1]["locator"]


def test_labels_that_differ_in_case_and_empty_words_are_one_arm() -> None:
    assert normalised_label("The US Group") == normalised_label("us")
    assert normalised_label("Group") == "group"


def write(path: Path, lines: list[dict[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(table_text(CURATION.names, [CURATION.row(**line) for line in lines]), encoding="utf-8")


SET = {"action_id": "a1", "time": "2026-01-02T10:00:00Z", "curator": "ann", "action": "set",
       "target_type": "measurement", "target_id": "m2", "field": "spread", "new_value": "se"}  # fmt: skip


def test_no_folder_and_files_with_only_a_header_are_fine(tmp_path: Path) -> None:
    assert read_actions(tmp_path / "none") == []
    write(tmp_path / "ann.tsv", [])
    assert read_actions(tmp_path) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"field": "spred"}, "field"),
        ({"new_value": "sdd"}, "new_value"),
        ({"time": "yesterday"}, "time"),
        ({"seen": "{"}, "seen"),
        ({"action": "delete"}, "action"),
        ({"target_type": "study"}, "target_type"),
        ({"target_id": ""}, "target_id"),
        ({"action": "undo"}, "refers_to"),
        ({"action": "add", "target_type": ""}, "group_id"),
    ],
)
def test_a_malformed_line_names_file_line_and_column(
    tmp_path: Path, change: dict[str, str], field: str
) -> None:
    write(tmp_path / "ann.tsv", [SET, {**SET, "action_id": "a2", **change}])
    with pytest.raises(InputError) as fault:
        read_actions(tmp_path)
    assert (Path(fault.value.file or "").name, fault.value.row, fault.value.field) == ("ann.tsv", 3, field)


@pytest.mark.parametrize(
    ("ruling", "field"),
    [
        ({"field": "spread", "new_value": "sdd"}, "new_value"),
        ({"new_value": "sdd"}, "new_value"),
        ({"field": "spred", "new_value": "sd"}, "field"),
        ({"field": "rule", "new_value": "mine"}, "field"),
    ],
)
def test_a_decision_that_does_not_fit_what_it_decides_on_names_file_line_and_column(
    tmp_path: Path, ruling: dict[str, str], field: str
) -> None:
    line = {"action_id": "c1", "curator": "cat", "action": "adjudicate", "refers_to": "a1"}
    write(tmp_path / "ann.tsv", [SET])
    write(tmp_path / "cat.tsv", [line | ruling])
    again = {"action_id": "d1", "curator": "dan", "action": "adjudicate", "refers_to": "c1"}
    for name, lines in (("cat.tsv", [line | ruling]), ("dan.tsv", [again | {"field": "spread"} | ruling])):
        write(tmp_path / "cat.tsv", [line])
        write(tmp_path / name, lines)
        with pytest.raises(InputError) as fault:
            read_actions(tmp_path)
        assert (Path(fault.value.file or "").name, fault.value.row, fault.value.field) == (name, 2, field)


@pytest.mark.parametrize("mark", ["<<<<<<< ours", "=======", ">>>>>>> theirs"])
def test_marks_of_a_conflict_are_named_with_their_line(tmp_path: Path, mark: str) -> None:
    write(tmp_path / "ann.tsv", [SET])
    with (tmp_path / "ann.tsv").open("a", encoding="utf-8") as file:
        file.write(f"{mark}\n")
    with pytest.raises(InputError, match="git left a conflict here") as fault:
        read_actions(tmp_path)
    assert fault.value.row == 3


def test_a_header_that_a_merge_left_twice_is_named_with_its_line(tmp_path: Path) -> None:
    write(tmp_path / "ann.tsv", [SET])
    text = (tmp_path / "ann.tsv").read_text(encoding="utf-8")
    (tmp_path / "ann.tsv").write_text(text + text.replace("a1", "a2"), encoding="utf-8")
    with pytest.raises(InputError, match="the header stands a second time") as fault:
        read_actions(tmp_path)
    assert fault.value.row == 3


def test_a_last_line_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "ann.tsv", [SET])
    whole = (tmp_path / "ann.tsv").read_text(encoding="utf-8")
    (tmp_path / "ann.tsv").write_text(whole.rstrip("\n")[:-3], encoding="utf-8")
    with pytest.raises(InputError, match="cut off"):
        read_actions(tmp_path)


def test_the_line_that_is_named_is_the_line_of_the_file_though_lines_above_are_empty(tmp_path: Path) -> None:
    write(tmp_path / "ann.tsv", [SET, {**SET, "action_id": "a2", "time": "yesterday"}])
    text = (tmp_path / "ann.tsv").read_text(encoding="utf-8").replace("\n", "\n\n")
    (tmp_path / "ann.tsv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as fault:
        read_actions(tmp_path)
    assert text.split("\n")[(fault.value.row or 0) - 1].startswith("a2\t")


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"])
def test_a_time_outside_the_calendar_is_malformed(tmp_path: Path, time: str) -> None:
    write(tmp_path / "ann.tsv", [{**SET, "time": time}])
    with pytest.raises(InputError, match="the time cannot be read"):
        read_actions(tmp_path)


def test_files_are_merged_by_time_and_keep_their_own_order(tmp_path: Path) -> None:
    write(
        tmp_path / "bob.tsv",
        [{**SET, "action_id": "b1", "curator": "bob", "time": "2026-01-02T09:00:00+01:00"}],
    )
    back = {**SET, "action_id": "a2", "time": "2026-01-01T00:00:00Z"}
    write(tmp_path / "ann.tsv", [SET, back])
    assert [a.action_id for a in read_actions(tmp_path)] == ["b1", "a1", "a2"]


VALUES = {"spread": ["sd", "se", "ci"], "weeks": ["4", "4.0", "6"], "n": ["26", "25"]}


@st.composite
def files(draw: st.DrawFn) -> list[list[Action]]:
    result = []
    for curator in ("ann", "bob"):
        lines: list[Action] = []
        for number in range(draw(st.integers(0, 6))):
            name = f"{curator}{number}"
            kind = draw(st.sampled_from(["set", "set", "confirm", "reject", "comment", "undo"]))
            earlier = [line.action_id for line in lines]
            if kind == "undo" and not earlier:
                kind = "comment"
            target = draw(st.sampled_from(["m1", "m2", "m9"]))
            if kind == "set":
                field = draw(st.sampled_from(sorted(VALUES)))
                value = draw(st.sampled_from(VALUES[field]))
                lines.append(act(name, curator, "set", target, field=field, new_value=value, line=number + 2))
            elif kind == "undo":
                lines.append(
                    act(name, curator, "undo", refers_to=draw(st.sampled_from(earlier)), line=number + 2)
                )
            else:
                lines.append(act(name, curator, kind, target, line=number + 2))
        result.append(lines)
    return result


@given(files(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_interleaving_of_two_curators_does_not_matter(lines, random) -> None:
    apart = run(*lines[0], *lines[1])
    queues = [list(lines[0]), list(lines[1])]
    mixed = []
    while any(queues):
        mixed.append(random.choice([q for q in queues if q]).pop(0))
    together = run(*mixed)
    assert together.corrected == apart.corrected
    assert {r["action_id"]: r["outcome"] for r in together.log} == {
        r["action_id"]: r["outcome"] for r in apart.log
    }


@given(files())
@settings(max_examples=60, deadline=None)
def test_any_prefix_replays_and_undoing_everything_gives_the_machine_rows_back(lines) -> None:
    everything = ordered(lines)
    for end in range(len(everything) + 1):
        result = run(*everything[:end])
        assert len(result.log) == end
        assert len(result.corrected) == len(ROWS)
    standing = [a for a in everything if a.action != "undo"]
    undo = [act(f"u{a.action_id}", a.curator, "undo", refers_to=a.action_id) for a in standing]
    assert run(*standing, *undo).corrected == run().corrected


@given(files())
@settings(max_examples=30, deadline=None)
def test_replay_leaves_its_input_alone_and_gives_the_same_twice(lines) -> None:
    before = json.dumps(ROWS)
    assert run(*ordered(lines)) == run(*ordered(lines))
    assert json.dumps(ROWS) == before


@pytest.mark.parametrize(
    ("column", "value", "fits"),
    [
        ("value", "1e999", False), ("value", "1e308", False), ("spread_value", "1e-320", False), ("n", "-5", False),
        ("n", "99999999999999999999", False), ("total", "-1", False), ("value", "-5", True), ("n", "0", True),
        ("spread_value", "0", True), ("value", "0.000", True), ("value", "1e3", True), ("n", "", True),
    ],
)  # fmt: skip
def test_a_number_that_no_trial_can_have_is_refused_with_its_line(
    tmp_path: Path, column: str, value: str, fits: bool
) -> None:
    line = CURATION.row(action_id="a1", curator="ann", action="set", target_type="measurement", target_id="m1",
                        field=column, new_value=value)  # fmt: skip
    (tmp_path / "ann.tsv").write_text(table_text(CURATION.names, [line]), encoding="utf-8")
    if fits:
        assert [a.new_value for a in read_actions(tmp_path)] == [value]
        return
    with pytest.raises(InputError, match=f"ann.tsv, line 2, new_value: no {column} is of this size"):
        read_actions(tmp_path)


def test_an_added_row_at_a_place_does_not_make_what_was_said_of_the_machines_row_stale() -> None:
    lines = [act("a1", "ann", "confirm", seen=json.loads(seen_text(ROWS[1], ROWS)))]
    values = {
        "source": "text",
        "locator": ROWS[1]["locator"],
        "quote": "2.4 ± 0.5",
        "value": "2.4",
        "centre": "mean",
    }
    for number, (name, value) in enumerate([*values.items(), ("end", "")]):
        lines.append(
            act(f"b{number}", "bob", "add", field=name, new_value=value, group_id="g", record_id="file:one")
        )
    assert outcomes(run(*lines)) == ["applied"] * len(lines)
    assert state(run(*lines))["state"] == "confirmed"


def test_the_replay_of_lines_says_what_each_speaks_about_even_where_it_is_stale() -> None:
    moved = {**json.loads(seen_text(ROWS[1], ROWS)), "value": "99"}
    result = run(act("a1", "ann", "confirm", "m3"), act("a2", "ann", "confirm", seen=moved))
    assert outcomes(result) == ["applied", "stale"]
    assert result.targets == {"a1": ("measurement", "m3"), "a2": ("measurement", "m2")}
