"""Reports as RIS for reference managers: those that are included, and those that were excluded with the reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, ClassVar

from sonospine.exchange.results import Results
from sonospine.model.record import DEMONSTRATION_PREFIX
from sonospine.model.table_io import Row
from sonospine.model.tables import DECISIONS, RECORDS, REPORTS, STUDIES
from sonospine.screening.verdicts import weightiest

INCLUDED, EXCLUDED = "ris/included.ris", "ris/excluded.ris"
_FILE_OF = {"include": INCLUDED, "not_retrieved": INCLUDED, "exclude": EXCLUDED}
_DATABASES = {"pubmed": "PubMed", "pmc": "PubMed Central", "ctgov": "ClinicalTrials.gov"}
_TYPES = {"news": "NEWS", "registration": "GEN"}


def ris_files(results: Results) -> dict[str, bytes]:
    """Return ``included.ris`` and ``excluded.ris`` by their paths.

    A report is included where the weightiest decision about one of its records at stage ``report`` is to include it
    (on its abstract too, ``not_retrieved``), excluded where none of its records got further than an exclusion. One
    that is ongoing or awaited stands in neither.
    """
    records: dict[str, list[Row]] = defaultdict(list)
    for row in results.rows(RECORDS):
        records[row["report_id"]].append(row)
    decisions: dict[str, list[Row]] = defaultdict(list)
    for row in results.rows(DECISIONS):
        decisions[row["record_id"]].append(row)
    labels = {row["study_id"]: row["label"] for row in results.rows(STUDIES)}
    entries: dict[str, list[dict[str, Any]]] = {INCLUDED: [], EXCLUDED: []}
    for report in sorted(results.rows(REPORTS), key=lambda row: row["report_id"]):
        own = records[report["report_id"]]
        decided = [row for record in own for row in decisions[record["record_id"]]]
        verdict = weightiest(row["decision"] for row in decided if row["stage"] == "report")
        if not decided or verdict not in _FILE_OF:
            continue
        notes = _notes(decided, verdict)
        notes.append(f"Study {report['study_id']}: {labels.get(report['study_id'], '')}")
        notes += [f"{results.banner}."] if results.banner else []
        entries[_FILE_OF[verdict]].append(_entry(report, own, notes))
    return {name: _ris(found) for name, found in entries.items()}


def _notes(decided: Sequence[Row], verdict: str) -> list[str]:
    """Say what was decided and why, once each."""
    kept = [
        row for row in decided
        if row["decision"] == verdict and (row["stage"] == "report" or verdict == "exclude")
    ]  # fmt: skip
    word = "Excluded" if verdict == "exclude" else "Included"
    told = []
    for row in kept:
        criterion = f" ({row['criterion']})" if row["criterion"] else ""
        told.append(f"{word}, stage {row['stage']}: {row['reason']}{criterion}")
    return list(dict.fromkeys(told))


def _entry(report: Row, records: Sequence[Row], notes: list[str]) -> dict[str, Any]:
    best = next((row for row in records if row["record_id"] == report["best_record_id"]), records[0])

    def first(column: str) -> str:
        return best[column] or next((row[column] for row in records if row[column]), "")

    known = best["record_id"].removeprefix(DEMONSTRATION_PREFIX).partition(":")[2]
    database = _DATABASES.get(best["source"], "")
    registrations = sorted({name for row in records for name in row["nct"].split(";") if name})
    pmid, pmcid = first("pmid"), first("pmcid")
    fields: dict[str, Any] = {
        "type_of_reference": _TYPES.get(report["kind"], "JOUR"),
        "title": first("title") or f"[no title] {best['record_id']}",
        "authors": [name for name in (part.strip() for part in first("authors").split(";")) if name],
        "secondary_title": first("journal"),
        "year": first("year"),
        "doi": first("doi"),
        "name_of_database": database,
        "accession_number": known if database else "",
        "user_defined_1": f"{pmid}[pmid]" if pmid else "",
        "custom2": pmcid,
        "custom1": "; ".join(registrations),
        "type_of_work": "Trial registry record" if report["kind"] == "registration" else "",
        "language": first("language"),
        "notes": notes,
    }
    return {name: value for name, value in fields.items() if value}


def _ris(entries: Sequence[dict[str, Any]]) -> bytes:
    import rispy  # type: ignore[import-untyped]  # rispy has no types

    class Writer(rispy.RisWriter):  # type: ignore[misc]  # rispy has no types
        """Without the number that rispy writes before each entry: it is no RIS."""

        DEFAULT_MAPPING: ClassVar = {**rispy.config.TAG_KEY_MAPPING, "U1": "user_defined_1"}

        def set_header(self, count: int) -> str:  # noqa: ARG002  # the signature is rispy's
            """Return what stands before an entry: nothing."""
            return ""

    text: str = rispy.dumps(list(entries), implementation=Writer) if entries else ""
    return text.encode("utf-8")
