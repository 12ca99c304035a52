"""What a study comes to."""

from __future__ import annotations

import pytest

from sonospine.model.tables import DECISIONS
from sonospine.screening.verdicts import verdicts

STUDY_OF = {"r1": "s1", "r2": "s1", "r3": "s2"}


def decided(*rows: tuple[str, str, str]) -> dict[str, str]:
    return verdicts(
        [DECISIONS.row(record_id=record, stage=stage, decision=decision) for record, stage, decision in rows],
        STUDY_OF,
    )


def test_a_study_whose_records_are_out_at_the_first_stage_is_excluded() -> None:
    assert decided(("r3", "record", "exclude")) == {"s2": "exclude"}


def test_a_record_that_passed_the_first_stage_alone_decides_nothing() -> None:
    assert decided(("r3", "record", "include")) == {"s2": "exclude"}


@pytest.mark.parametrize("better", ["include", "not_retrieved", "ongoing", "awaiting"])
def test_the_weightiest_decision_about_a_report_is_that_of_its_study(better: str) -> None:
    assert decided(("r1", "report", "exclude"), ("r2", "report", better)) == {"s1": better}


def test_a_study_without_a_decision_has_no_verdict() -> None:
    assert decided(("unknown", "report", "include")) == {}
