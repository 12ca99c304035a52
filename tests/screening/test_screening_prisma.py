"""The counts of the flow diagram add up, whatever was decided."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from sonospine.model.table_io import Row, check_rows
from sonospine.model.tables import DECISIONS, PRISMA, RECORDS, REJECTED, REPORTS
from sonospine.screening import prisma_counts
from sonospine.screening.prisma import VERDICTS

REASONS = ("condition", "design", "guidance")


def tables(
    reports: list[tuple[int, int, str, str, str]], rejected: int
) -> tuple[list[Row], list[Row], list[Row], list[Row]]:
    """Make tables: for each report its study, how many records, a source, a decision and a reason."""
    records, report_rows, decisions = [], [], []
    for number, (study, members, source, verdict, reason) in enumerate(reports):
        best = f"{source}:{number}-0"
        row = {"report_id": f"r{number}", "study_id": f"s{study}"}
        report_rows.append(REPORTS.row(**row, kind="article", best_record_id=best))
        passed = verdict != "exclude_at_record"
        for member in range(members):
            name = f"{source}:{number}-{member}"
            blank = {"title": "", "status": "current", "full_text": "false", "sha256": "0"}
            records.append(RECORDS.row(**row, **blank, record_id=name, source=source))
            decisions.append(_decision(name, "record", "include" if passed else "exclude", reason))
        if passed:
            decisions.append(_decision(best, "report", verdict, reason))
    refused = [REJECTED.row(file=f"f{n}", reason="no XML") for n in range(rejected)]
    return records, report_rows, decisions, refused


def _decision(record_id: str, stage: str, decision: str, reason: str) -> Row:
    return DECISIONS.row(record_id=record_id, stage=stage, decision=decision, reason=reason, by="rule")


def boxes(rows: list[Row]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for row in rows:
        counts[row["box"]] += int(row["count"])
    return counts


_reports = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.integers(1, 3),
        st.sampled_from(["pubmed", "pmc", "ctgov", "file"]),
        st.sampled_from([*VERDICTS, "exclude", "exclude_at_record"]),
        st.sampled_from(REASONS),
    ),
    max_size=12,
)


@given(_reports, st.integers(0, 3))
def test_every_box_is_the_sum_of_those_it_divides_into(
    reports: list[tuple[int, int, str, str, str]], rejected: int
) -> None:
    rows = prisma_counts(*tables(reports, rejected))
    check_rows(rows, PRISMA, "prisma.tsv")
    box = boxes(rows)
    identified = box["identified_databases"] + box["identified_registers"] + box["identified_other"]
    assert identified == box["duplicates_removed"] + box["removed_other"] + box["screened"]
    assert box["screened"] == box["excluded_records"] + box["sought"]
    assert box["sought"] == box["not_retrieved"] + box["assessed"]
    included_in_full = next(
        int(r["count"]) for r in rows if (r["box"], r["reason"]) == ("reports_included", "assessed in full")
    )
    ends = box["excluded_reports"] + box["reports_ongoing"] + box["reports_awaiting"] + included_in_full
    assert box["assessed"] == ends
    assert box["reports_included"] == included_in_full + box["not_retrieved"]
    studies = {study for study, *_ in reports}
    ends = (
        box["studies_included"] + box["studies_ongoing"] + box["studies_awaiting"] + box["studies_excluded"]
    )
    assert len(studies) == ends
    assert box["studies_included"] <= box["reports_included"]


def test_a_study_is_included_once_however_many_reports_it_has() -> None:
    reports = [
        (0, 1, "pubmed", "include", ""),
        (0, 2, "ctgov", "ongoing", ""),
        (1, 1, "file", "awaiting", ""),
    ]
    box = boxes(prisma_counts(*tables(reports, 0)))
    assert (box["studies_included"], box["studies_ongoing"], box["studies_awaiting"]) == (1, 0, 1)
    assert box["duplicates_removed"] == 1


def test_files_that_could_not_be_read_are_counted_in_and_out() -> None:
    box = boxes(prisma_counts(*tables([(0, 1, "pubmed", "include", "")], 2)))
    assert (box["identified_other"], box["removed_other"], box["screened"]) == (2, 2, 1)
