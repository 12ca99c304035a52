"""The chain of one effect: what was read, what people corrected, what disagrees, how it was converted, its weight."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sonospine.evidence.described import conflict_kind, signed, subject_of, values_of
from sonospine.evidence.flags import flags_in_words
from sonospine.evidence.naming import place_in_words
from sonospine.model.places import quote_at
from sonospine.model.record import Record
from sonospine.model.table_io import Row
from sonospine.model.tables import MEASUREMENTS

FILLED = ("study_id", "arm_id", "comparator_arm_id", "timepoint_id", "result_id", "preferred", "state")
LOGARITHMS = ("RR", "OR", "ROM")


@dataclass(frozen=True, slots=True)
class StudyEvidence:
    """All that is known of the numbers of one study.

    Attributes
    ----------
    records
        Its parsed records by id.
    measurements
        Its curated and reconciled rows by id; ``machine``: the rows as the machine read them.
    actions, log
        Lines of curators (table ``curation``), and what each did, by action.
    conflicts
        Its rows of the table of conflicts.
    weights
        Rows of the table of weights by effect.
    """

    records: Mapping[str, Record]
    measurements: Mapping[str, Row]
    machine: Mapping[str, Row] = field(default_factory=dict)
    actions: Sequence[Row] = ()
    log: Mapping[str, Row] = field(default_factory=dict)
    conflicts: Sequence[Row] = ()
    weights: Mapping[str, Sequence[Row]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """What differs between the machine's row and the row that is used."""

    column: str
    machine: str
    used: str


@dataclass(frozen=True, slots=True)
class Line:
    """A curator's line about a row, and what became of it."""

    action_id: str
    curator: str
    time: str
    what: str
    reason: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Other:
    """The same result at another place."""

    measurement_id: str
    place: str
    quote: str
    values: str
    agrees: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """One measurement that an effect rests on."""

    measurement_id: str
    subject: str
    values: str
    place: str
    quote: str
    found: bool
    state: str
    rule: str
    flags: str
    changes: tuple[Change, ...]
    lines: tuple[Line, ...]
    others: tuple[Other, ...]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A conflict between places, or a value that a check rules out."""

    conflict_id: str
    kind: str
    places: tuple[str, ...]
    chosen: str
    chosen_quote: str
    reason: str
    check: str


@dataclass(frozen=True, slots=True)
class Step:
    """A conversion: its number (from 1), name and formula, what it starts from, what went in and what came out.

    ``inputs`` are texts with the anchor they lead to (empty where there is none).
    """

    number: int
    name: str
    formula: str
    inputs: tuple[tuple[str, str], ...]
    values: tuple[tuple[str, str], ...]
    results: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """Everything between the words of a source and the pool for one effect."""

    effect: Row
    readings: tuple[Reading, ...]
    disagreements: tuple[Disagreement, ...]
    steps: tuple[Step, ...]
    results: tuple[tuple[str, str], ...]
    weights: tuple[tuple[str, str], ...]


def chain_of(effect: Row, evidence: StudyEvidence) -> Chain:
    """Return the chain of an effect; a measurement that is not in ``evidence`` is passed over."""
    ids = [part for part in effect["measurement_ids"].split(";") if part in evidence.measurements]
    readings = tuple(_reading(evidence.measurements[i], evidence) for i in ids)
    return Chain(
        effect,
        readings,
        tuple(_disagreement(row, evidence) for row in conflicts_of(effect, evidence)),
        steps_of(effect, ids),
        _results(effect),
        tuple(
            (row["variant"].replace("_", " "), f"{float(row['weight']):.1f} %")
            for row in evidence.weights.get(effect["effect_id"], ())
        ),
    )


def conflicts_of(effect: Row, evidence: StudyEvidence) -> list[Row]:
    """Return the conflicts that touch the measurements of an effect or the results they stand for."""
    ids = set(effect["measurement_ids"].split(";"))
    results = {evidence.measurements[i]["result_id"] for i in ids if i in evidence.measurements} - {""}
    return [
        row
        for row in evidence.conflicts
        if row["result_id"] in results or ids.intersection(row["measurement_ids"].split(";"))
    ]


def _reading(row: Row, evidence: StudyEvidence) -> Reading:
    record = evidence.records.get(row["record_id"])
    others = tuple(
        Other(
            other["measurement_id"],
            _place(other, evidence),
            other["quote"],
            values_of(other),
            (other["value"], other["spread_value"]) == (row["value"], row["spread_value"]),
        )
        for other in evidence.measurements.values()
        if row["result_id"] and other["result_id"] == row["result_id"]
        if other["measurement_id"] != row["measurement_id"]
    )
    return Reading(
        row["measurement_id"],
        subject_of(row),
        values_of(row),
        _place(row, evidence),
        row["quote"],
        record is not None and bool(quote_at(record, row["locator"])),
        row["state"].replace("_", " "),
        row["rule"],
        flags_in_words(row["flags"]),
        _changes(row, evidence.machine.get(row["measurement_id"])),
        tuple(_line(action, evidence) for action in evidence.actions if _about(action, row)),
        others,
    )


def _place(row: Row, evidence: StudyEvidence) -> str:
    return place_in_words(evidence.records.get(row["record_id"]), row["locator"])


def _changes(row: Row, machine: Row | None) -> tuple[Change, ...]:
    if machine is None:
        return ()
    # Flags are the warnings of checks; what people changed stands in the other columns.
    names = [name for name in MEASUREMENTS.names if name not in (*FILLED, "flags")]
    return tuple(Change(n, machine[n], row[n]) for n in names if machine[n] != row[n])


def _about(action: Row, row: Row) -> bool:
    own = {
        ("measurement", row["measurement_id"]),
        ("arm", row["arm_id"]),
        ("arm", row["comparator_arm_id"]),
        ("timepoint", row["timepoint_id"]),
    }
    return bool(action["target_id"]) and (action["target_type"], action["target_id"]) in own


def _line(action: Row, evidence: StudyEvidence) -> Line:
    done = evidence.log.get(action["action_id"])
    outcome = "" if done is None else done["outcome"] + (f" ({done['detail']})" if done["detail"] else "")
    what = action["action"]
    if action["field"]:
        what += f" {action['field']}: {action['old_value'] or 'empty'} → {action['new_value'] or 'empty'}"
    return Line(action["action_id"], action["curator"], action["time"], what, action["reason"], outcome)


def _disagreement(row: Row, evidence: StudyEvidence) -> Disagreement:
    ids = [part for part in row["measurement_ids"].split(";") if part]
    known = [evidence.measurements[i] for i in ids if i in evidence.measurements]
    places = tuple(f"{_place(m, evidence)}: {m['quote']}" for m in known)
    if not places:
        places = tuple(part for part in row["places"].split(";") if part)
    chosen = evidence.measurements.get(row["chosen"])
    return Disagreement(
        row["conflict_id"],
        conflict_kind(row["kind"]),
        places,
        row["chosen"],
        chosen["quote"] if chosen is not None else row["chosen"],
        row["reason"],
        row["check"],
    )


def steps_of(effect: Row, known: Collection[str] = ()) -> tuple[Step, ...]:
    """Read the derivation of an effect: a JSON list of steps (``function inputs formula values result``).

    Inputs are numbers of earlier steps or ids; those in ``known`` have a mark on the page and become its anchor.
    """
    steps = json.loads(effect["derivation"] or "[]")
    return tuple(_step(number, step, known) for number, step in enumerate(steps, 1))


def _step(number: int, step: Mapping[str, Any], known: Collection[str]) -> Step:
    inputs = tuple(
        (f"step {item}", "")
        if isinstance(item, int)
        else (str(item), str(item) if str(item) in known else "")
        for item in step.get("inputs", ())
    )
    return Step(
        number,
        str(step.get("function", "step")).replace("_", " "),
        str(step.get("formula", "")),
        inputs,
        _named(step.get("values", {}), "value"),
        _named(step.get("result", {}), "result"),
    )


def _named(found: Any, otherwise: str) -> tuple[tuple[str, str], ...]:
    pairs = found.items() if isinstance(found, Mapping) else [(otherwise, found)]
    return tuple((str(name), signed(_shown(value))) for name, value in pairs if _shown(value))


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, list):
        return ", ".join(_shown(item) for item in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} = {_shown(item)}" for key, item in value.items())
    return "" if value is None else str(value)


def _results(effect: Row) -> tuple[tuple[str, str], ...]:
    found = [
        (name, signed(f"{float(effect[column]):.6g}"))
        for name, column in (
            ("effect, yi", "yi"),
            ("its sampling variance, vi", "vi"),
            ("interval from", "ci_lower"),
            ("interval to", "ci_upper"),
        )
        if effect[column]
    ]
    if effect["measure"] in LOGARITHMS and effect["yi"]:
        bounds = [math.exp(float(effect[c])) for c in ("ci_lower", "ci_upper") if effect[c]]
        text = f"{math.exp(float(effect['yi'])):.4g}"
        if len(bounds) == 2:
            text += f" (interval {bounds[0]:.4g} to {bounds[1]:.4g})"
        found.append((f"{effect['measure']} = exp(yi)", text))
    return tuple(found)
