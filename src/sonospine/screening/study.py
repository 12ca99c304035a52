"""A study with its reports, as the tables of linkage have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sonospine.model.record import Record
from sonospine.model.table_io import Row
from sonospine.screening import registration

ARTICLES = ("article", "abstract")
MAIN = (*ARTICLES, "protocol", "registration")
_KIND_ORDER = (*MAIN, "news", "erratum", "notice")


@dataclass(frozen=True, slots=True)
class Report:
    """A report: its kind, its records (the one with the most text first), whether a source calls it retracted."""

    report_id: str
    kind: str
    records: tuple[Record, ...]
    retracted: bool
    withdrawn: bool

    @property
    def best(self) -> Record:
        """The record with the most text."""
        return self.records[0]

    @property
    def main(self) -> bool:
        """Whether it can stand for the study: news, notices and errata cannot."""
        return self.kind in MAIN

    @property
    def without_results(self) -> bool:
        """Whether it is a protocol, or a registration that shows no results."""
        if self.kind == "registration":
            return not any(registration.has_results(r) for r in self.records)
        return self.kind == "protocol"

    @property
    def retrieved(self) -> bool:
        """Whether the whole report is at hand: a full text, or a registration."""
        return self.kind == "registration" or any(r.full_text for r in self.records)


@dataclass(frozen=True, slots=True)
class Study:
    """A study with its reports: articles first, then protocols, registrations, news and notices."""

    study_id: str
    reports: tuple[Report, ...]
    registrations: tuple[str, ...]

    @property
    def telling(self) -> tuple[Report, ...]:
        """The reports that tell what the study is: the main ones, else whatever there is."""
        return tuple(r for r in self.reports if r.main) or self.reports

    @property
    def records(self) -> tuple[Record, ...]:
        """The records of the telling reports, in the order of their weight."""
        return tuple(record for report in self.telling for record in report.records)


def studies_of(
    records: Mapping[str, Record],
    records_rows: Iterable[Row],
    reports_rows: Iterable[Row],
    links_rows: Iterable[Row],
) -> list[Study]:
    """Return the studies, sorted by id, with their reports and registrations."""
    members: dict[str, list[Row]] = {}
    for row in sorted(records_rows, key=lambda r: r["record_id"]):
        members.setdefault(row["report_id"], []).append(row)
    grouped: dict[str, list[Report]] = {}
    ids: dict[str, set[str]] = {}
    study_of = {}
    for row in sorted(reports_rows, key=lambda r: r["report_id"]):
        rows = sorted(members[row["report_id"]], key=lambda r: r["record_id"] != row["best_record_id"])
        statuses = {r["status"] for r in rows}
        report = Report(
            row["report_id"],
            row["kind"],
            tuple(records[r["record_id"]] for r in rows),
            "retracted" in statuses,
            "withdrawn" in statuses,
        )
        grouped.setdefault(row["study_id"], []).append(report)
        for one in rows:
            study_of[one["record_id"]] = row["study_id"]
            ids.setdefault(row["study_id"], set())
            if report.main and row["kind"] != "notice":
                ids[row["study_id"]].update(one["nct"].split(";"))
    for link in links_rows:
        if link["relation"] == "registration" and link["to_id"].startswith("nct:"):
            ids[study_of[link["from_id"]]].add(link["to_id"].removeprefix("nct:"))
    return [
        Study(
            study_id,
            tuple(sorted(grouped[study_id], key=_weight)),
            tuple(sorted(ids[study_id] - {""})),
        )
        for study_id in sorted(grouped)
    ]


def _weight(report: Report) -> tuple[int, str, str]:
    return (_KIND_ORDER.index(report.kind), report.best.year or "9999", report.best.record_id)
