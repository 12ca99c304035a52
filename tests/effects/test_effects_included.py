"""Which studies effects are computed for."""

from __future__ import annotations

import pytest

from sonospine.effects.selection import barred_records, preferred_rows
from sonospine.model.table_io import Row
from sonospine.model.tables import DECISIONS, RECONCILED, RECORDS


def decided(record_id: str, stage: str, decision: str) -> Row:
    return DECISIONS.row(record_id=record_id, stage=stage, decision=decision)


def record(record_id: str, report_id: str) -> Row:
    return RECORDS.row(record_id=record_id, report_id=report_id, study_id="s1")


@pytest.mark.parametrize(
    ("at_report", "expected"),
    [("exclude", set()), ("ongoing", set()), ("include", {"s1"}), ("not_retrieved", {"s1"})],
)
def test_the_other_record_of_a_report_follows_the_decision_on_the_full_text(
    at_report: str, expected: set[str]
) -> None:
    rows = [record("pmc:1", "p1"), record("pubmed:1", "p1")]
    passed = [decided("pmc:1", "record", "include"), decided("pubmed:1", "record", "include")]
    studies, barred = barred_records([*passed, decided("pmc:1", "report", at_report)], rows)
    assert studies == expected
    assert barred == (set() if expected else {"pmc:1", "pubmed:1"})


def test_another_report_of_the_study_keeps_it_in() -> None:
    rows = [record("pmc:1", "p1"), record("ctgov:1", "p2")]
    decisions = [
        decided("pmc:1", "record", "include"), decided("pmc:1", "report", "exclude"),
        decided("ctgov:1", "record", "include"), decided("ctgov:1", "report", "include"),
    ]  # fmt: skip
    assert barred_records(decisions, rows) == ({"s1"}, {"pmc:1"})


def test_a_report_excluded_by_title_and_abstract_keeps_its_study_out() -> None:
    decisions = [decided("pmc:1", "record", "exclude")]
    assert barred_records(decisions, [record("pmc:1", "p1")]) == (set(), {"pmc:1"})


def read(name: str, record_id: str, source: str, *, preferred: str = "false", flags: str = "") -> Row:
    return RECONCILED.row(
        measurement_id=name,
        record_id=record_id,
        source=source,
        preferred=preferred,
        flags=flags,
        confidence="0.8",
    )


def used(*rows: Row) -> list[str]:
    return [row["measurement_id"] for row in preferred_rows(rows, {"pubmed:withdrawn"})]


def test_a_number_of_a_report_that_is_out_gives_way_to_the_same_result_of_a_report_that_is_in() -> None:
    withdrawn = read("m1", "pubmed:withdrawn", "table", preferred="true")
    doubted = read("m2", "pmc:2", "table", flags="ruled_out:smallest_sd")
    assert used(withdrawn, doubted, read("m3", "pmc:2", "abstract"), read("m4", "pmc:2", "text")) == ["m4"]


def test_a_number_that_only_a_report_that_is_out_gives_is_not_used() -> None:
    assert used(read("m1", "pubmed:withdrawn", "table", preferred="true")) == []


def test_no_row_is_used_of_a_result_of_which_none_is_preferred() -> None:
    assert used(read("m1", "pmc:2", "table"), read("m2", "pmc:2", "text")) == []
