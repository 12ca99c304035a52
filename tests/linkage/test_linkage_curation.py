"""What people say about links and ids outranks the machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from sonospine.linkage import Linked, fault_of_link_line, fault_of_study_line, link_records
from sonospine.model.errors import InputError
from sonospine.model.record import Record
from sonospine.model.table_io import Row, write_table
from sonospine.model.tables import CURATION
from sonospine.model.votes import read_votes


def article(number: int, **values: object) -> Record:
    return Record(record_id=f"file:{number}", source="file", sha256="0" * 64, **values)  # type: ignore[arg-type]


def line(number: int, value: str = "", pair: str = "file:1 file:2", **values: str) -> Row:
    given = {"action_id": f"a{number}", "curator": "ann", "action": "set", "target_type": "link"}
    return CURATION.row(**(given | {"target_id": pair, "field": "relation", "new_value": value} | values))


def undo(number: int, refers_to: str) -> Row:
    return CURATION.row(action_id=f"a{number}", curator="ann", action="undo", refers_to=refers_to)


TWINS = [article(1, pmid="7"), article(2, pmid="7")]
STRANGERS = [article(1), article(2)]


def studies(linked: Linked) -> int:
    return len({row["study_id"] for row in linked.records})


def test_apart_wins_over_a_shared_identifier_and_the_link_stays_listed() -> None:
    linked = link_records(TWINS, [line(1, "apart")])
    assert studies(linked) == 2
    assert len(linked.reports) == 2
    machine = next(row for row in linked.links if row["relation"] == "same_report")
    assert "not applied" in machine["evidence"]


def test_apart_also_holds_where_a_third_record_joins_both() -> None:
    third = article(3, pmid="7")
    linked = link_records([*TWINS, third], [line(1, "apart")])
    ids = {row["record_id"]: row["study_id"] for row in linked.records}
    assert ids["file:1"] != ids["file:2"]
    assert ids["file:3"] in (ids["file:1"], ids["file:2"])


def test_people_join_what_the_machine_does_not_in_either_order_of_the_ids() -> None:
    assert studies(link_records(STRANGERS, [line(1, "same_study", "file:2 file:1")])) == 1
    assert len(link_records(STRANGERS, [line(1, "same_report")]).reports) == 1
    assert len(link_records(STRANGERS, [line(1, "same_study")]).reports) == 2


def test_people_can_make_two_reports_of_what_the_machine_takes_for_one() -> None:
    linked = link_records(TWINS, [line(1, "same_study")])
    assert len(linked.reports) == 2
    assert studies(linked) == 1


def test_undo_takes_a_line_back_and_can_be_undone() -> None:
    assert studies(link_records(TWINS, [line(1, "apart"), undo(2, "a1")])) == 1
    assert studies(link_records(TWINS, [line(1, "apart"), undo(2, "a1"), undo(3, "a2")])) == 2


def test_the_later_line_of_a_curator_holds() -> None:
    assert studies(link_records(STRANGERS, [line(1, "apart"), line(2, "same_study")])) == 1


def test_two_curators_who_disagree_leave_the_machine_s_link_until_a_third_adjudicates() -> None:
    lines = [line(1, "apart"), line(2, "same_report", curator="bob")]
    assert studies(link_records(TWINS, lines)) == 1
    verdict = line(3, "apart", action="adjudicate", curator="cyd", refers_to="a1")
    assert studies(link_records(TWINS, [*lines, verdict])) == 2


def test_one_who_voted_on_a_link_does_not_adjudicate_it_and_is_told_so() -> None:
    lines = [line(1, "apart"), line(2, "same_report", curator="bob")]
    own = line(3, "apart", action="adjudicate", refers_to="a2")
    linked = link_records(TWINS, [*lines, own])
    assert studies(linked) == 1
    assert linked.unheeded == ("line a3: an adjudicator is a third person, not one who voted",)


def test_nobody_takes_another_curator_s_line_back() -> None:
    linked = link_records(STRANGERS, [line(1, "same_study"), {**undo(2, "a1"), "curator": "bob"}])
    assert studies(linked) == 1
    assert linked.unheeded == ("line a2: only the curator of a line can undo it",)


def test_a_line_about_an_unknown_record_is_reported_and_does_nothing() -> None:
    linked = link_records(TWINS, [line(1, "apart", "file:1 file:9")])
    assert studies(linked) == 1
    assert linked.unheeded == ("link file:1 file:9: no record file:9",)


def keep(number: int, record_id: str, value: str) -> Row:
    return line(number, value, record_id, target_type="study", field="study_id")


def test_a_study_keeps_its_id_when_a_smaller_record_joins_it() -> None:
    before = link_records([article(2, pmid="7")]).records[0]["study_id"]
    after = link_records([article(1, pmid="7"), article(2, pmid="7")])
    assert after.records[0]["study_id"] != before
    kept = link_records(TWINS, [keep(1, "file:2", before)])
    assert {row["study_id"] for row in kept.records} == {before}


def test_two_studies_never_share_a_kept_id() -> None:
    linked = link_records(STRANGERS, [keep(1, "file:1", "s1"), keep(2, "file:2", "s1")])
    ids = {row["record_id"]: row["study_id"] for row in linked.records}
    assert ids["file:1"] == "s1"
    assert ids["file:2"] != "s1"


def test_a_malformed_line_names_file_line_and_column(tmp_path: Path) -> None:
    write_table(tmp_path / "ann.tsv", CURATION, [line(1, "apart"), line(2, "twins")])
    with pytest.raises(InputError) as error:
        read_votes(tmp_path, fault_of_link_line)
    assert (error.value.row, error.value.field, error.value.found) == (3, "new_value", "twins")


@pytest.mark.parametrize("value", ["", "two words", "../../outside", "s/1", "s.", "s" * 81])
def test_a_kept_id_can_name_a_page_and_nothing_outside_the_report(tmp_path: Path, value: str) -> None:
    write_table(tmp_path / "ann.tsv", CURATION, [keep(1, "file:1", value)])
    with pytest.raises(InputError) as error:
        read_votes(tmp_path, fault_of_study_line)
    assert error.value.field == "new_value"


def test_an_adjudicated_id_that_could_leave_the_report_is_reported_and_not_taken() -> None:
    said = {"action": "adjudicate", "curator": "cyd", "refers_to": "a1", "target_type": "", "field": ""}
    decided = line(3, "../../outside", "", **said)
    linked = link_records(STRANGERS, [keep(1, "file:1", "s1"), decided])
    assert linked.unheeded == ("study ../../outside: not an id",)
    assert not any("/" in row["study_id"] for row in linked.records)


def test_lines_of_several_files_are_read_in_order_of_time(tmp_path: Path) -> None:
    write_table(tmp_path / "ann.tsv", CURATION, [line(1, "apart", time="2026-03-02T10:00:00Z")])
    write_table(tmp_path / "bob.tsv", CURATION, [line(2, "apart", time="2026-03-01T10:00:00Z")])
    assert [row["action_id"] for row in read_votes(tmp_path, fault_of_link_line)] == ["a2", "a1"]
    assert read_votes(tmp_path / "none", fault_of_link_line) == []
