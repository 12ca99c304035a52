"""Rows become results: who stands for each, and what stays in conflict."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sonospine.model.files import short_hash
from sonospine.model.numbers import derived, number, written_truth
from sonospine.model.table_io import Row
from sonospine.model.tables import CONFLICTS, RECONCILED
from sonospine.model.times import readable_time
from sonospine.reconcile.checks import AMBIGUOUS, Finding, check_row, suspected_se
from sonospine.reconcile.choice import (
    PLACE_ORDER,
    Choice,
    ambiguous,
    by_person,
    choose,
    disagreements,
    eligible,
    place_rank,
)
from sonospine.reconcile.identity import result_id, result_key

RULED_OUT = "ruled_out:"
_MEASURED_TIME = re.compile(
    r"\d+(?:\.\d+)?[\s-]*(?:min|minutes?|h|hrs?|hours?|d|days?|wk|weeks?|months?|years?)", re.IGNORECASE
)
_KINDS = ("value", "spread", "n", "count")


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Rows of ``reconciled`` and of ``conflicts``."""

    measurements: list[Row]
    conflicts: list[Row]


def reconcile(
    corrected: Sequence[Row],
    arms: Sequence[Row],
    studies: Sequence[Row],
    *,
    whole_numbers: Collection[str] = (),
) -> Reconciled:
    """Find rows that are the same result, choose one for each, and list what disagrees.

    Parameters
    ----------
    corrected, arms, studies
        The tables of these names.
    whole_numbers
        Instruments whose single scores are whole numbers: only their SDs are held against the smallest possible.

    Returns
    -------
    Reconciled
        Every row with its ``result_id``, ``preferred`` and the flags of the checks (``ruled_out:<check>`` where the
        printed values are impossible, ``ambiguous_place`` where the reader cannot tell several numbers of one place
        apart: neither is pooled), and the conflicts. A conflict that a person or a check has settled is
        listed too; rows of open ones carry the flag ``conflict``.
    """
    arms_by_id = {row["arm_id"]: row for row in arms}
    studies_by_id = {row["study_id"]: row for row in studies}
    findings = {
        row["measurement_id"]: check_row(row, arms_by_id, studies_by_id, whole_numbers) for row in corrected
    }
    standing = [row for row in corrected if eligible(row)]
    for measurement_id, text in suspected_se(standing, arms_by_id).items():
        findings[measurement_id].append(Finding("sd_may_be_se", text, False))
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in corrected:
        groups[result_id(result_key(row))].append(row)
    measurements: list[Row] = []
    conflicts: list[Row] = []
    for result, rows in sorted(groups.items()):
        rows = sorted(rows, key=lambda r: r["measurement_id"])
        candidates = [row for row in rows if eligible(row)]
        unclear = ambiguous(candidates)
        for measurement_id in sorted(unclear):
            text = "the same passage or table prints other numbers for this"
            findings[measurement_id].append(Finding(AMBIGUOUS, text, False))
        chosen = choose(candidates, lambda r: _ruled_out(r, findings), unclear) if candidates else None
        found, open_rows = _conflicts(result, candidates, chosen, findings) if chosen else ([], set())
        conflicts += found
        for row in rows:
            flags = [row["flags"], *(_flag(f) for f in findings[row["measurement_id"]])]
            if row["measurement_id"] in open_rows:
                flags.append("conflict")
            preferred = chosen is not None and row is chosen.row
            measurements.append(
                RECONCILED.row(
                    **{
                        **row,
                        "result_id": result,
                        "preferred": written_truth(preferred),
                        "flags": ";".join(filter(None, flags)),
                    }
                )
            )
    return Reconciled(measurements, conflicts + _time_conflicts(standing))


def _flag(finding: Finding) -> str:
    return f"{RULED_OUT}{finding.flag}" if finding.rules_out else finding.flag


def _ruled_out(row: Mapping[str, str], findings: Mapping[str, Sequence[Finding]]) -> bool:
    return any(f.rules_out for f in findings[row["measurement_id"]])


def _conflicts(
    result: str, rows: Sequence[Row], chosen: Choice, findings: Mapping[str, Sequence[Finding]]
) -> tuple[list[Row], set[str]]:
    """Return the conflicts of a result and the rows whose conflict is open."""
    conflicts: list[Row] = []
    open_rows: set[str] = set()
    listed: set[str] = set()
    for kind in _KINDS:
        against = [
            row
            for row in sorted(rows, key=place_rank)
            if row is not chosen.row and kind in disagreements(chosen.row, row)
        ]
        if not against:
            continue
        standing = [row for row in against if not _ruled_out(row, findings) and not _unclear(row, findings)]
        if standing and not by_person(chosen.row):
            open_rows |= {row["measurement_id"] for row in (chosen.row, *standing)}
        involved = [chosen.row, *against]
        listed |= {row["measurement_id"] for row in involved}
        read = "; ".join(dict.fromkeys(disagreements(chosen.row, row)[kind] for row in against))
        verdicts = _verdicts(involved, findings)
        conflicts.append(
            _conflict(result, kind, involved, chosen, verdicts or f"no check rules a value out ({read})")
        )
    doubted = [
        row
        for row in rows
        if row["measurement_id"] not in listed
        and any(f.rules_out or f.flag == "sd_may_be_se" for f in findings[row["measurement_id"]])
    ]
    if doubted:
        conflicts.append(_conflict(result, "check", doubted, chosen, _verdicts(doubted, findings)))
    if _ruled_out(chosen.row, findings):
        _choose_none(conflicts, "every row of this result has a value that a check rules out")
    elif _unclear(chosen.row, findings):
        _choose_none(conflicts, chosen.reason)
    return conflicts, open_rows


def _unclear(row: Mapping[str, str], findings: Mapping[str, Sequence[Finding]]) -> bool:
    return any(f.flag == AMBIGUOUS for f in findings[row["measurement_id"]])


def _choose_none(conflicts: Sequence[Row], reason: str) -> None:
    for conflict in conflicts:
        conflict["chosen"], conflict["reason"] = "", reason


def _verdicts(rows: Sequence[Row], findings: Mapping[str, Sequence[Finding]]) -> str:
    """Say what the checks find, each thing once with the places it is true of."""
    sources: dict[str, set[str]] = {}
    for row in rows:
        for finding in findings[row["measurement_id"]]:
            sources.setdefault(finding.text, set()).add(row["source"])
    return "; ".join(
        f"{' and '.join(sorted(places, key=PLACE_ORDER.index))}: {text}" for text, places in sources.items()
    )


def _conflict(result: str, kind: str, rows: Sequence[Row], chosen: Choice, check: str) -> Row:
    return CONFLICTS.row(
        conflict_id="c" + short_hash(result, kind),
        study_id=rows[0]["study_id"],
        result_id=result,
        kind=kind,
        measurement_ids=";".join(row["measurement_id"] for row in rows),
        places=";".join(f"{row['record_id']} {row['locator']}" for row in rows),
        chosen=chosen.row["measurement_id"],
        reason=chosen.reason,
        check=check,
    )


def _time_conflicts(rows: Sequence[Row]) -> list[Row]:
    """Find follow-up times that an abstract names and the body of the same study does not.

    An abstract may leave times out; it cannot have more than the article. Studies of which only an abstract is at
    hand are passed over.
    """
    times: dict[str, dict[bool, dict[str, list[Row]]]] = defaultdict(lambda: {True: {}, False: {}})
    for row in rows:
        weeks = number(row["weeks"])
        if row["phase"] == "follow_up" and weeks is not None:
            in_abstract = row["source"] == "abstract"
            times[row["study_id"]][in_abstract].setdefault(derived(weeks), []).append(row)
    conflicts = []
    for study, places in sorted(times.items()):
        abstract, body = places[True], places[False]
        extra = sorted((weeks for weeks in abstract if not _near(weeks, body)), key=float)
        if not body or not extra:
            continue
        involved = sorted((r for w in extra for r in abstract[w]), key=lambda r: r["measurement_id"])
        conflicts.append(
            CONFLICTS.row(
                conflict_id="c" + short_hash(study, "time"),
                study_id=study,
                kind="time",
                measurement_ids=";".join(r["measurement_id"] for r in involved),
                places=";".join(f"{r['record_id']} {r['locator']}" for r in involved),
                reason="the abstract names follow-up times that the rest of the article does not",
                check=f"abstract alone: {_told(abstract, extra)}; elsewhere: {_told(body, body)}",
            )
        )
    return conflicts


def _told(rows: Mapping[str, Sequence[Row]], times: Collection[str]) -> str:
    """List times as the study prints them, else in a unit that can be read; early ones first."""
    told = []
    for weeks in sorted(times, key=float):
        printed = sorted({row["time"] for row in rows[weeks] if _MEASURED_TIME.fullmatch(row["time"])})
        told.append(min(printed, key=len) if printed else readable_time(float(weeks)))
    return ", ".join(told)


def _near(weeks: str, others: Collection[str]) -> bool:
    """Tell whether a time is printed elsewhere, if in another unit (3 months are 13.04 weeks, not 12)."""
    value = float(weeks)
    return any(abs(value - float(other)) <= 0.1 * max(value, float(other)) for other in others)
