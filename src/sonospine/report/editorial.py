"""What has become of reports: retracted, withdrawn, under concern; what is only an abstract; what an update brought."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sonospine.evidence.naming import addresses_of_row
from sonospine.model.numbers import truth
from sonospine.model.table_io import Row
from sonospine.report.review import Review
from sonospine.screening.notices import tells

STATUSES = {
    "retracted": "retracted",
    "withdrawn": "withdrawn",
    "concern": "under an expression of concern",
    "revised": "revised",
}
"""Editorial statuses other than ``current`` in words, the gravest first."""
GRAVE = ("retracted", "withdrawn", "concern")
CHANGES = {
    "new": "New",
    "revised": "Revised",
    "retracted": "Retracted",
    "concern": "Under an expression of concern",
    "withdrawn": "Withdrawn: the source no longer holds them",
    "not_found": "No longer found by the query, kept",
}
ABSTRACT_ONLY = "abstract only"
REGISTRY_ONLY = "registry only"
NOT_RETRIEVED = "the full report was not retrieved"
_TELLING = {"retracted": "retract", "withdrawn": "withdraw", "concern": "concern"}
_WRITTEN = ("article", "abstract", "protocol")
_OUTSIDE = re.compile(r"(pmid|pubmed|pmcid|pmc|doi|nct):(.+)")


@dataclass(frozen=True, slots=True)
class Told:
    """Why a report has its status: words, with an address outside where there is one."""

    text: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class EditorialLine:
    """A report that is retracted, withdrawn or under concern."""

    study_id: str
    label: str
    title: str
    record_ids: tuple[str, ...]
    status: str
    why: tuple[Told, ...]
    decision: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A record in the list of what an update brought; ``study_id`` is empty where the record is not at hand."""

    record_id: str
    title: str
    study_id: str


def editorial_lines(review: Review) -> list[EditorialLine]:
    """Return the reports with a grave status, the gravest first, then by label."""
    rows: dict[str, list[Row]] = {}
    for row in review.records:
        if row["status"] in GRAVE:
            rows.setdefault(row["report_id"], []).append(row)
    lines = []
    for found in rows.values():
        status = min((row["status"] for row in found), key=GRAVE.index)
        own = [row for row in found if row["status"] == status]
        lines.append(
            EditorialLine(
                own[0]["study_id"],
                review.label(own[0]["study_id"]),
                next((row["title"] for row in own if row["title"]), own[0]["record_id"]),
                tuple(row["record_id"] for row in own),
                STATUSES[status],
                tuple(dict.fromkeys(why for row in own for why in _why(review, row))),
                _decision(review, own[0]["report_id"]),
            )
        )
    order = {words: i for i, words in enumerate(STATUSES.values())}
    return sorted(lines, key=lambda line: (order[line.status], line.label.casefold(), line.record_ids))


def _why(review: Review, row: Row) -> list[Told]:
    """Return what tells of a record's status: linked notices, publication types, the registry, or the source."""
    status, study = row["status"], row["study_id"]
    told = [
        _notice(review, link["from_id"])
        for link in review.links_of.get(study, [])
        if link["to_id"] == row["record_id"] and tells(link, status)
    ]
    types = [name for name in row["types"].split(";") if _TELLING[status] in name.lower()]
    told += [Told(f"publication type “{name}”") for name in types]
    if row["record_id"] in review.withdrawn_ids and status == "withdrawn":
        told.append(Told("the source no longer holds the record"))
    elif status == "withdrawn" and row["source"] == "ctgov":
        told.append(Told("the registry calls the trial withdrawn"))
    elif status == "withdrawn" and not told:
        told.append(Told("withdrawn by its publisher, or no longer held by the source"))
    return told or [Told("so called by its source")]


def _notice(review: Review, name: str) -> Told:
    row = review.record_rows.get(name)
    if row is not None:
        address = next((address for _, address in addresses_of_row(row)), "")
        return Told(f"notice “{row['title'] or name}”", address)
    known = _OUTSIDE.fullmatch(name)
    blank = {"pmid": "", "pmcid": "", "doi": "", "nct": ""}
    if known is None:
        return Told(f"notice {name}")
    kind = {"pubmed": "pmid", "pmc": "pmcid"}.get(known[1], known[1])
    address = next((address for _, address in addresses_of_row(blank | {kind: known[2]})), "")
    return Told(f"notice {name}, not at hand", address)


def _decision(review: Review, report_id: str) -> str:
    """Return the last decision about a report with its reason."""
    rows = [
        row
        for record in review.records_of_report.get(report_id, [])
        for row in review.decisions_of_record.get(record["record_id"], [])
    ]
    final = [row for row in rows if row["stage"] == "report"] or rows
    if not final:
        return "no decision at hand"
    words = final[0]["decision"].replace("_", " ")
    return f"{words}: {final[0]['reason']}" if final[0]["reason"] else words


def text_badge(review: Review, study_id: str) -> str:
    """Return what is at hand of a study short of a full text: its abstract or its registry entry; else empty."""
    rows = review.records_of.get(study_id, [])
    if any(truth(row["full_text"]) for row in rows):
        return ""
    kinds = {review.kind_of_report.get(row["report_id"], "") for row in rows}
    if kinds & set(_WRITTEN):
        return ABSTRACT_ONLY
    return REGISTRY_ONLY if "registration" in kinds else ""


def status_badges(review: Review, study_id: str) -> list[str]:
    """Return the statuses other than current that records of a study have, in words, the gravest first."""
    found = {row["status"] for row in review.records_of.get(study_id, [])}
    return [words for status, words in STATUSES.items() if status in found]


def change_groups(review: Review) -> list[tuple[str, list[ChangeLine]]]:
    """Return what the last update brought: heading and records for each kind of change that occurred."""
    groups = []
    for change, heading in CHANGES.items():
        lines = [
            ChangeLine(
                row["record_id"],
                row["title"] or row["record_id"],
                review.record_rows.get(row["record_id"], {}).get("study_id", ""),
            )
            for row in sorted(review.changes, key=lambda r: (r["title"].casefold(), r["record_id"]))
            if row["change"] == change
        ]
        if lines:
            groups.append((heading, lines))
    return groups


def updates(review: Review) -> list[str]:
    """Return which snapshots were updated, each once: ``2026-11 (since 2026-10)``; empty without an update."""
    told = (f"{row['snapshot']} (since {row['base']})" for row in review.searches if row["base"])
    return list(dict.fromkeys(told))
