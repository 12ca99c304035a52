"""The flow diagram: boxes in their order, and sums that hold or are said not to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import lxml.html

from sonospine.model.table_io import Row
from sonospine.model.tables import PRISMA
from sonospine.report.flow import faults_of, flow_of
from sonospine.report.pages import report_files


def rows(**counts: int) -> list[Row]:
    return [PRISMA.row(box=box, count=str(n), unit="records", query="q") for box, n in counts.items()]


WHOLE = {
    "identified_databases": 1200, "identified_registers": 40, "identified_other": 0, "duplicates_removed": 30,
    "removed_other": 10, "screened": 1200, "excluded_records": 1000, "sought": 200, "not_retrieved": 150, "assessed": 50,
}  # fmt: skip


def test_sums_that_hold_are_no_fault_and_missing_boxes_are_not_asked() -> None:
    assert faults_of(rows(**WHOLE)) == []
    assert faults_of(rows(screened=5, sought=1)) == []


def test_a_sum_that_does_not_hold_is_named_with_its_numbers(review_maker: Any) -> None:
    wrong = rows(**{**WHOLE, "sought": 199})
    assert faults_of(wrong) == [
        "screened 1,200 ≠ excluded 1,000 + sought for retrieval 199",
        "sought for retrieval 199 ≠ full text not retrieved 150 + assessed for eligibility 50",
    ]
    page = lxml.html.document_fromstring(
        report_files(replace(review_maker(), prisma=wrong))["index.html"].decode()
    )
    assert "The counts do not add up: screened 1,200" in page.xpath("string(//section[@id='flow'])")


def test_each_search_has_its_line_in_the_box_of_its_kind() -> None:
    listed = [
        PRISMA.row(box="identified_databases", reason=name, count="3", unit="records", query="q")
        for name in ("Embase", "PubMed")
    ]
    (stage,) = flow_of(listed)
    assert stage.main[0].total == 6
    assert stage.main[0].lines == (("Embase", 3), ("PubMed", 3))
