"""RevMan: the data rows of analyses, in the columns of RevMan Web's own download; and rows that come back."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sonospine.exchange.proposals import Proposals, Proposed
from sonospine.model.errors import InputError
from sonospine.model.numbers import derived, number
from sonospine.model.sheets import guarded
from sonospine.model.table_io import Row

COLUMNS = (
    "Analysis group", "Analysis number", "Analysis name", "Subgroup", "Applicability", "Study", "Study year",
    "GIV Mean", "GIV SE", "Experimental mean", "Experimental SD", "Experimental cases", "Experimental N",
    "Control mean", "Control SD", "Control cases", "Control N", "O-E", "Variance", "Weight", "Mean", "CI start",
    "CI end", "Footnotes",
)  # fmt: skip
STUDY_COLUMNS = ("Study", "Year", "Data source", "Char: Methods", "Char: Participants", "Char: Interventions",
                 "Char: Outcomes", "Char: Notes")  # fmt: skip
_APPLICABILITY = "SUBGROUP_AND_OVERALL"
CONTINUOUS, DICHOTOMOUS, GENERIC = "continuous", "dichotomous", "generic inverse variance"
_TYPES = {**dict.fromkeys(("MD", "SMD"), CONTINUOUS), **dict.fromkeys(("RR", "OR", "RD"), DICHOTOMOUS)}
# Columns of the effects table, and what a data row calls them.
_FIGURES: Mapping[str, Mapping[str, str]] = {
    CONTINUOUS: {
        "m1i": "mean_1",
        "sd1i": "sd_1",
        "n1i": "n_1",
        "m2i": "mean_2",
        "sd2i": "sd_2",
        "n2i": "n_2",
    },
    DICHOTOMOUS: {"ai": "events_1", "n1i": "n_1", "ci": "events_2", "n2i": "n_2"},
    GENERIC: {"yi": "giv_mean", "vi": "giv_se"},
}
_CLOSE = 1e-6
"""Relative difference that is none: RevMan writes six decimals of what it computes."""


@dataclass(frozen=True, slots=True)
class DataRow:
    """A data row. ``figures`` are texts, those that are not given are left out; 1 is the experimental arm, 2 the control.

    ``kind`` is ``continuous``, ``dichotomous`` or ``generic inverse variance``; ratios of the last are logarithms.
    """

    analysis: str
    study: str
    kind: str
    figures: Mapping[str, str]
    year: str = ""
    subgroup: str = ""
    number: str = ""
    footnote: str = ""
    line: int = 0


def data_rows(effects: Sequence[Row], titles: Mapping[str, str]) -> list[DataRow]:
    """Return the included effects (variant ``primary``) as data rows.

    RevMan wants one type of data an analysis: where a row lacks the figures of its arms, or the measure is none of
    two arms, all rows of the analysis are generic (the effect and its standard error).

    Parameters
    ----------
    effects
        The table ``effects``.
    titles
        Titles of the analyses by id, in their order; an analysis without one goes by its id.
    """
    included = [row for row in effects if row["included"] == "true" and row["variant"] == "primary"]
    found = {row["analysis"] for row in included}
    order = [*(name for name in titles if name in found), *sorted(found - set(titles))]
    rows: list[DataRow] = []
    for ordinal, analysis in enumerate(order, start=1):
        members = [row for row in included if row["analysis"] == analysis]
        kind = _kind(members)
        members.sort(key=lambda row: (row["label"], row["effect_id"]))
        for row, study in zip(members, shown_studies(members), strict=True):
            figures = {name: row[column] for column, name in _FIGURES[kind].items()}
            if kind == GENERIC:
                figures["giv_se"] = derived(math.sqrt(number(row["vi"]) or 0.0))
                figures |= {"n_1": row["n1i"], "n_2": row["n2i"] if row["arm_2"] != row["arm_1"] else ""}
            name = titles.get(analysis, analysis)
            rows.append(
                DataRow(
                    name, study, kind, figures, row["year"], number=str(ordinal), footnote=row["effect_id"]
                )
            )
    return rows


def shown_studies(members: Sequence[Row]) -> list[str]:
    """Return what the study of each effect of an analysis is called: its label, with the arm where it has two."""
    labels = [row["label"] for row in members]
    return [
        f"{row['label']} ({row['arm_1']})" if labels.count(row["label"]) > 1 else row["label"]
        for row in members
    ]


def _kind(rows: Sequence[Row]) -> str:
    kinds = {_TYPES.get(row["measure"], GENERIC) for row in rows}
    kind = kinds.pop() if len(kinds) == 1 else GENERIC
    return kind if all(row[column] for row in rows for column in _FIGURES[kind]) else GENERIC


def data_rows_text(rows: Sequence[DataRow]) -> str:
    """Return data rows as CSV; results (weight, mean, interval) are left to RevMan."""
    return _csv(COLUMNS, [
        {
            "Analysis group": "1", "Analysis number": row.number, "Analysis name": guarded(row.analysis),
            "Subgroup": guarded(row.subgroup), "Applicability": _APPLICABILITY, "Study": guarded(row.study),
            "Study year": row.year, "GIV Mean": row.figures.get("giv_mean", ""), "GIV SE": row.figures.get("giv_se", ""),
            "Experimental mean": row.figures.get("mean_1", ""), "Experimental SD": row.figures.get("sd_1", ""), "Experimental cases": row.figures.get("events_1", ""),
            "Experimental N": row.figures.get("n_1", ""), "Control mean": row.figures.get("mean_2", ""), "Control SD": row.figures.get("sd_2", ""),
            "Control cases": row.figures.get("events_2", ""), "Control N": row.figures.get("n_2", ""), "Footnotes": guarded(row.footnote),
        }
        for row in rows
    ])  # fmt: skip


def studies_text(rows: Sequence[DataRow], studies: Sequence[Row]) -> str:
    """Return the studies of data rows as RevMan's list of study information."""
    about = {study["label"]: study for study in studies}
    listed: dict[str, dict[str, str]] = {}
    for row in sorted(rows, key=lambda row: row.study):
        study = about.get(row.study, about.get(row.study.rpartition(" (")[0], {}))
        interventions = "; ".join(filter(None, [study.get("procedure", ""), study.get("guidance", "")]))
        told = {
            "Study": row.study, "Year": row.year, "Data source": "PUB", "Char: Methods": study.get("design", ""),
            "Char: Participants": study.get("condition", ""), "Char: Interventions": interventions,
            "Char: Notes": study.get("registration", ""),
        }  # fmt: skip
        listed[row.study] = {name: guarded(text) for name, text in told.items()}
    return _csv(STUDY_COLUMNS, list(listed.values()))


def _csv(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return "\ufeff" + out.getvalue()


def proposals(
    rows: Sequence[DataRow], effects: Sequence[Row], titles: Mapping[str, str], path: object
) -> Proposals:
    """Compare data rows that come back with the effects that were exported.

    A figure that was changed is traced to the measurement from which it was taken as printed; one that was converted
    (a standard error, other units, a pooled arm) or worked out does not fit, and is to be corrected in its row.
    """
    by_id = {row["effect_id"]: row for row in effects}
    by_name = {
        (titles.get(row["analysis"], row["analysis"]), row["label"]): row
        for row in effects if row["included"] == "true" and row["variant"] == "primary"
    }  # fmt: skip
    cells: dict[str, Row] = {}
    lines: dict[str, int] = {}
    faults: list[InputError] = []
    for row in rows:
        effect = by_id.get(row.footnote) or by_name.get((row.analysis, row.study))
        if effect is None:
            faults.append(
                InputError(
                    "no effect of the review has this analysis and study",
                    file=path,
                    row=row.line or None,
                    field="Study",
                    found=f"{row.analysis}: {row.study}",
                    allowed="rows as they were exported",
                )
            )
            continue
        for column, name in _FIGURES[row.kind].items():
            told = row.figures.get(name, "")
            try:
                found = _traced(effect, column, told)
                if found is None:
                    continue
                key, field = found
                if cells.setdefault(key, {"measurement_id": key}).setdefault(field, told) != told:
                    raise InputError("two rows say two things of one number", allowed=cells[key][field])
                lines.setdefault(key, row.line)
            except InputError as fault:
                faults.append(
                    InputError(
                        fault.reason,
                        file=path,
                        row=row.line or None,
                        field=f"{row.study}, {name}",
                        found=told,
                        allowed=fault.allowed,
                    )
                )
    return Proposals(tuple(Proposed(lines[key], row) for key, row in cells.items()), (), tuple(faults))


def _traced(effect: Row, column: str, told: str) -> tuple[str, str] | None:
    """Return the measurement and its column behind a changed figure; ``None`` where it was not changed."""
    before = number(effect[column])
    if before is not None and column == "vi":
        before = math.sqrt(before)
    now = number(told)
    if before == now or (
        before is not None and now is not None and math.isclose(before, now, rel_tol=_CLOSE)
    ):
        return None
    allowed = f"{derived(before)}, as it was exported" if before is not None else "empty, as it was exported"
    if now is None or column in ("yi", "vi"):
        raise InputError("the figure is worked out: correct the rows behind it", allowed=allowed)
    step = _read_step(effect, 1 if column in ("n2i", "m2i", "sd2i", "ci") else 0)
    field = {"m": "value", "s": "spread_value", "n": "n", "a": "value", "c": "value"}[column[0]]
    printed = step.get("values", {}) if step else {}
    if column[0] == "n" and "total" in printed:
        field = "total"
    is_sd = column[0] != "s" or printed.get("spread") == "sd"
    if step is None or not is_sd or not _equal(printed.get(field), before):
        raise InputError("the figure was converted: correct the row behind it", allowed=allowed)
    return str(step["inputs"][0]), field


def _equal(printed: Any, value: float | None) -> bool:
    return value is not None and bool(printed) and math.isclose(float(str(printed)), value, rel_tol=_CLOSE)


def _read_step(effect: Row, arm: int) -> dict[str, Any] | None:
    """Return the step in which the figures of an arm were read; ``None`` where several were, or none is told."""
    steps: list[dict[str, Any]] = json.loads(effect["derivation"] or "[]")
    if not steps or len(steps[-1]["inputs"]) != 2:
        return None
    step = steps[-1]
    inputs = [step["inputs"][arm]]
    for _ in steps:
        if len(inputs) != 1 or not isinstance(inputs[0], int) or not 1 <= inputs[0] <= len(steps):
            return None
        step = steps[inputs[0] - 1]
        inputs = step["inputs"]
        if step["function"] == "read":
            return step if len(inputs) == 1 else None
    return None
