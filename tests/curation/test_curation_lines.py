"""What curators do, as lines: each is checked before it is written."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from small_log import ADDED, ARMS, RECORD, ROWS, SHA256, Writer, actions_of, replayed, shown

from sonospine.corrections import ordered
from sonospine.curation import lines
from sonospine.curation.lines import hand_of, shown_of
from sonospine.model.errors import InputError
from sonospine.model.tables import CURATION


def hand() -> lines.Hand:
    return Writer("ann").hand


def test_a_line_keeps_what_the_curator_saw() -> None:
    line = lines.set_field(hand(), shown(1), "spread", "se", reason="Table 2 prints SE")
    assert tuple(line) == CURATION.names
    assert (line["old_value"], line["new_value"], line["reason"]) == ("sd", "se", "Table 2 prints SE")
    assert line["time"] == "2026-03-01T12:00:00.000000Z"
    assert json.loads(line["seen"])["quote"] == "2.4 ± 0.5"
    assert json.loads(line["seen"])["rows"] == 1
    assert "2.4 ± 0.5" in line["context"]
    assert (line["record_id"], line["source_sha256"]) == ("file:one", SHA256)


def test_the_old_value_is_the_machines_where_the_page_shows_a_corrected_one() -> None:
    corrected = {**ROWS[1], "spread": "se"}
    seen = shown_of("measurement", corrected, machine=ROWS[1], beside=ROWS, record=RECORD)
    assert lines.set_field(hand(), seen, "spread", "none")["old_value"] == "sd"


def test_each_line_does_what_its_name_says() -> None:
    ann, bob = Writer("ann"), Writer("bob")
    made = [
        lines.confirm(ann.hand, shown(0)),
        lines.set_field(ann.hand, shown(1), "spread", "se"),
        lines.reject(ann.hand, shown(2), "not a result"),
        lines.comment(ann.hand, None, "odd"),
    ]
    result = replayed(actions_of(made, "ann.tsv"))
    assert [r["state"] for r in result.corrected] == ["confirmed", "corrected", "rejected"]
    assert [r["outcome"] for r in result.log] == ["applied"] * 4
    taken_back = [*made, lines.undo(ann.hand, made[2]["action_id"])]
    assert replayed(actions_of(taken_back, "ann.tsv")).corrected[2]["state"] == "unread"
    ruled = lines.adjudicate(
        bob.hand, made[1]["action_id"], field="spread", new_value="none", reason="neither"
    )
    result = replayed([*actions_of(made, "ann.tsv"), *actions_of([ruled], "bob.tsv")])
    assert (result.corrected[1]["spread"], result.corrected[1]["state"]) == ("none", "adjudicated")


def test_an_addition_is_a_closed_group_that_makes_a_row_at_once() -> None:
    made = lines.add(hand(), ADDED, record=RECORD, source_sha256=SHA256, reason="read off Figure 1")
    assert len({line["group_id"] for line in made}) == 1
    assert [line["field"] for line in made][-1] == "end"
    assert [line["reason"] for line in made if line["reason"]] == ["read off Figure 1"]
    (row,) = [r for r in replayed(actions_of(made, "ann.tsv")).corrected if r["state"] == "added"]
    assert (row["value"], row["quote"], row["source"], row["rule"]) == ("2.1", "2.1", "figure", "curator:ann")


def test_an_addition_selected_in_the_text_stands_at_its_place() -> None:
    start = RECORD.passages[0].text.index("26")
    place = {
        "source": "text",
        "locator": f"body/s1p1:{start}-{start + 2}",
        "quote": "26",
        "centre": "count",
        "value": "26",
    }
    made = lines.add(hand(), place, record=RECORD, source_sha256=SHA256)
    assert "26" in made[0]["context"]
    with pytest.raises(InputError, match="does not stand at the place") as fault:
        lines.add(hand(), place | {"quote": "27"}, record=RECORD, source_sha256=SHA256)
    assert (fault.value.field, fault.value.found, fault.value.allowed) == ("quote", "27", "26")


def test_arms_and_timepoints_are_shown_and_set_like_rows() -> None:
    read = replayed([])
    arm = shown_of("arm", read.arms[0], machine=read.arms[0], beside=read.arms, record=RECORD)
    time = shown_of("timepoint", read.timepoints[0], machine=read.timepoints[0])
    ann = Writer("ann")
    made = [
        lines.set_field(ann.hand, arm, "role", "intervention"),
        lines.set_field(ann.hand, time, "label", "before"),
    ]
    result = replayed(actions_of(made, "ann.tsv"))
    assert [r["outcome"] for r in result.log] == ["applied", "applied"]
    assert result.arms[0]["role"] == "intervention"
    assert ARMS[0]["role"] == "single"


@pytest.mark.parametrize(
    ("field", "value", "at"),
    [("spread", "sdd", "spread"), ("n", "2.5", "n"), ("value", "2,4", "value"), ("spred", "sd", "field"),
     ("measurement_id", "m9", "field"), ("change", "", "change")],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused_with_its_column(field: str, value: str, at: str) -> None:
    with pytest.raises(InputError) as fault:
        lines.set_field(hand(), shown(), field, value)
    assert fault.value.field == at
    assert fault.value.allowed
    assert fault.value.file is None


@pytest.mark.parametrize(
    ("change", "field"),
    [({"centre": ""}, "centre"), ({"locator": ""}, "locator"), ({"source": ""}, "source"), ({"source": "dream"}, "source"),
     ({"colour": "red"}, "colour"), ({"value": "x"}, "value"), ({"value": "", "quote": ""}, "quote")],
)  # fmt: skip
def test_an_addition_that_lacks_a_column_or_has_a_wrong_one_is_refused(
    change: dict[str, str], field: str
) -> None:
    with pytest.raises(InputError) as fault:
        lines.add(hand(), ADDED | change, record=RECORD)
    assert fault.value.field == field


def test_an_addition_to_no_record_is_refused() -> None:
    with pytest.raises(InputError, match="an added row needs record_id"):
        lines.add(hand(), ADDED, record=None)


def test_a_comment_and_a_decision_need_words_and_an_undo_a_line() -> None:
    with pytest.raises(InputError, match="reason"):
        lines.comment(hand(), shown(), "  ")
    with pytest.raises(InputError, match="reason"):
        lines.adjudicate(hand(), "a1", reason="")
    with pytest.raises(InputError, match="names no action"):
        lines.undo(hand(), "")
    with pytest.raises(InputError, match="only a measurement"):
        lines.reject(hand(), lines.Shown("arm", "a1", {}))


def test_a_decision_is_checked_by_the_column_that_it_names() -> None:
    with pytest.raises(InputError) as fault:
        lines.adjudicate(hand(), "a1", field="spread", new_value="sdd", reason="so")
    assert fault.value.field == "spread"


def test_tabs_and_line_ends_in_a_text_become_spaces() -> None:
    line = lines.set_field(hand(), shown(), "arm", " a\tb\r\nc ", reason="x\u2028y")
    assert (line["new_value"], line["reason"]) == ("a b  c", "x y")


def test_a_line_of_another_kind_of_log_is_left_to_its_own_room() -> None:
    link = lines.Shown("link", "pubmed:1 pubmed:2", {})
    line = lines.set_field(hand(), link, "relation", "apart", reason="other people")
    assert (line["target_id"], line["old_value"], line["new_value"]) == ("pubmed:1 pubmed:2", "", "apart")
    with pytest.raises(InputError) as fault:
        lines.line(hand(), "delete")
    assert fault.value.field == "action"


def test_the_ids_of_a_hand_are_its_own() -> None:
    one = hand_of("ada")
    ids = {one.new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(text.startswith("ada-") and len(text) == 16 for text in ids)
    assert one.now().tzinfo is not None


def test_a_decision_stands_below_what_it_decides_on_though_the_clock_of_the_other_is_ahead() -> None:
    zed = Writer("zed", iter([10**9]))
    said = zed.does(("set", 1, 1))
    told = datetime.fromisoformat(said[0]["time"])
    ruled = lines.adjudicate(hand_of("cat", after=told), said[0]["action_id"], reason="so it is")
    assert told > datetime.now(UTC)
    files = [actions_of([ruled], "cat.tsv"), actions_of(said, "zed.tsv")]
    assert [action.action_id for action in ordered(files)] == [said[0]["action_id"], ruled["action_id"]]
    assert [row["outcome"] for row in replayed(ordered(files)).log] == ["applied", "applied"]
