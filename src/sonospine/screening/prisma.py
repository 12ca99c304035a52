"""PRISMA 2020 counts: each is a query over the tables, and together they add up.

See ``docs/screening.md`` for the boxes and their sums.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from sonospine.model.table_io import Row
from sonospine.model.tables import PRISMA
from sonospine.screening.identified import identified
from sonospine.screening.verdicts import weightiest


def prisma_counts(
    records: Sequence[Row],
    reports: Sequence[Row],
    decisions: Sequence[Row],
    rejected: Sequence[Row],
    searches: Sequence[Row] = (),
) -> list[Row]:
    """Return the counts of the flow diagram.

    Parameters
    ----------
    records, reports
        Rows of the tables of linkage.
    decisions
        Rows of ``decisions.tsv``: one at stage ``record`` for each record, one at stage ``report`` for the best
        record of each report that passed.
    rejected
        Files and entries that could not be read.
    searches
        Rows of ``searches.tsv``: they tell the box in which records are identified.

    Returns
    -------
    list of Row
        Rows of ``prisma.tsv``. A box has one row, or one for each reason; it counts the sum of its rows.
    """
    at_record = {d["record_id"]: d for d in decisions if d["stage"] == "record"}
    at_report = {d["record_id"]: d for d in decisions if d["stage"] == "report"}
    best = [row["best_record_id"] for row in reports]
    screened = [at_record[name] for name in best]
    assessed = [at_report[name] for name in best if name in at_report]
    study_verdicts = Counter(_study_verdicts(reports, at_report).values())
    found = identified(records, reports, rejected, searches)
    rows: list[Row] = []

    def add(box: str, count: int, unit: str, query: str, reason: str = "") -> None:
        rows.append(PRISMA.row(box=box, reason=reason, count=str(count), unit=unit, query=query))

    def split(box: str, chosen: Iterable[Row], unit: str, query: str) -> None:
        counts = Counter(row["reason"] for row in chosen)
        for reason, count in sorted(counts.items()):
            add(box, count, unit, f"{query}, by reason", reason)
        if not counts:
            add(box, 0, unit, query)

    def at_stage(decision: str) -> Callable[[Row], bool]:
        return lambda row: row["decision"] == decision

    for box, lines in found.boxes.items():
        for line in lines:
            add(box, line.number, "records", line.query, line.name)
        if not lines:
            add(box, 0, "records", "searches.tsv: no such search")
    for line in found.duplicates:
        add("duplicates_removed", line.number, "records", line.query, line.name)
    add("removed_other", found.unreadable.number, "records", found.unreadable.query, found.unreadable.name)
    add("screened", len(screened), "records", "reports.tsv: best records (one for each report)")
    query = "decisions.tsv: stage record, best records, decision exclude"
    split("excluded_records", [r for r in screened if r["decision"] == "exclude"], "records", query)
    add("sought", len(assessed), "reports", "decisions.tsv: stage report")
    not_retrieved = [r for r in assessed if r["decision"] == "not_retrieved"]
    query = "decisions.tsv: stage report, decision not_retrieved"
    add("not_retrieved", len(not_retrieved), "reports", query)
    query = "decisions.tsv: stage report, decision other than not_retrieved"
    add("assessed", len(assessed) - len(not_retrieved), "reports", query)
    for box, decision in (("excluded_reports", "exclude"),):
        query = f"decisions.tsv: stage report, decision {decision}"
        split(box, filter(at_stage(decision), assessed), "reports", query)
    for decision in ("ongoing", "awaiting"):
        query = f"decisions.tsv: stage report, decision {decision}"
        add(f"reports_{decision}", sum(map(at_stage(decision), assessed)), "reports", query)
    for reason, decision in (("assessed in full", "include"), ("used on the abstract", "not_retrieved")):
        query = f"decisions.tsv: stage report, decision {decision}"
        add("reports_included", sum(map(at_stage(decision), assessed)), "reports", query, reason)
    query = "reports.tsv: studies of which a report has decision include or not_retrieved at stage report"
    included = study_verdicts["include"] + study_verdicts["not_retrieved"]
    add("studies_included", included, "studies", query)
    for decision in ("ongoing", "awaiting"):
        query = f"reports.tsv: other studies of which a report has decision {decision}"
        add(f"studies_{decision}", study_verdicts[decision], "studies", query)
    add("studies_excluded", study_verdicts["exclude"], "studies", "reports.tsv: all other studies")
    return rows


def _study_verdicts(reports: Sequence[Row], at_report: Mapping[str, Row]) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for row in reports:
        decision = at_report.get(row["best_record_id"])
        found.setdefault(row["study_id"], set()).add(decision["decision"] if decision else "exclude")
    return {study: weightiest(decided) for study, decided in found.items()}
