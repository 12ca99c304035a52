"""A study with its reports, as the tables of linkage have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sonospine.model.record import Record
from sonospine.model.table_io import Row
from sonospine.screening import registration
from sonospine.screening.notices import RELATIONS, tells

ARTICLES = ("article", "abstract")
MAIN = (*ARTICLES, "protocol", "registration")
_KIND_ORDER = (*MAIN, "news", "erratum", "notice")


@dataclass(frozen=True, slots=True)
class Report:
    """A report: its kind, its records (the one with the most text first), what has become of it.

    ``editorial`` holds the words that tell of each status other than ``current`` (``retracted withdrawn concern
    revised``): the record that has it, and the notice that is linked to it.
    """

    report_id: str
    kind: str
    records: tuple[Record, ...]
    editorial: Mapping[str, str] = field(default_factory=dict)

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
    links = list(links_rows)
    notices = _notices(links)
    members: dict[str, list[Row]] = {}
    for row in sorted(records_rows, key=lambda r: r["record_id"]):
        members.setdefault(row["report_id"], []).append(row)
    grouped: dict[str, list[Report]] = {}
    ids: dict[str, set[str]] = {}
    study_of = {}
    for row in sorted(reports_rows, key=lambda r: r["report_id"]):
        rows = sorted(members[row["report_id"]], key=lambda r: r["record_id"] != row["best_record_id"])
        report = Report(
            row["report_id"],
            row["kind"],
            tuple(records[r["record_id"]] for r in rows),
            _editorial(rows, notices),
        )
        grouped.setdefault(row["study_id"], []).append(report)
        for one in rows:
            study_of[one["record_id"]] = row["study_id"]
            ids.setdefault(row["study_id"], set())
            if report.main and row["kind"] != "notice":
                ids[row["study_id"]].update(one["nct"].split(";"))
    for link in links:
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


def _notices(links: Iterable[Row]) -> dict[tuple[str, str], str]:
    """Return the notice that tells of a status, by record and status."""
    found: dict[tuple[str, str], str] = {}
    for link in links:
        for status in RELATIONS:
            if tells(link, status):
                found.setdefault((link["to_id"], status), link["from_id"])
    return found


def _editorial(rows: Iterable[Row], notices: Mapping[tuple[str, str], str]) -> dict[str, str]:
    told: dict[str, str] = {}
    for row in rows:
        status = row["status"]
        if status != "current":
            notice = notices.get((row["record_id"], status))
            words = f"status {status} of {row['record_id']}" + (f", notice {notice}" if notice else "")
            if notice or status not in told:
                told[status] = words
    return told


def _weight(report: Report) -> tuple[int, str, str]:
    return (_KIND_ORDER.index(report.kind), report.best.year or "9999", report.best.record_id)
