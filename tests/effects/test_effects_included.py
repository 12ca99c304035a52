"""Which studies effects are computed for."""

from __future__ import annotations

import pytest

from sonospine.effects.selection import included_studies
from sonospine.model.table_io import Row
from sonospine.model.tables import DECISIONS, RECORDS


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
    assert included_studies([*passed, decided("pmc:1", "report", at_report)], rows) == expected


def test_another_report_of_the_study_keeps_it_in() -> None:
    rows = [record("pmc:1", "p1"), record("ctgov:1", "p2")]
    decisions = [
        decided("pmc:1", "record", "include"), decided("pmc:1", "report", "exclude"),
        decided("ctgov:1", "record", "include"), decided("ctgov:1", "report", "include"),
    ]  # fmt: skip
    assert included_studies(decisions, rows) == {"s1"}


def test_a_report_excluded_by_title_and_abstract_keeps_its_study_out() -> None:
    assert included_studies([decided("pmc:1", "record", "exclude")], [record("pmc:1", "p1")]) == set()
