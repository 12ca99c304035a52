"""All candidate effects of all analyses, and which of them enters each pool."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sonospine.config.settings import Analysis, Config, Outcome, Window
from sonospine.effects.candidates import Candidate, candidates_of, together
from sonospine.effects.conversions import quantile
from sonospine.effects.estimates import Estimate, estimate
from sonospine.effects.selection import arm_terms, barred_records, preferred_rows
from sonospine.effects.summaries import RULED_OUT, Cell, Source
from sonospine.model.files import short_hash
from sonospine.model.numbers import derived, number, written_truth
from sonospine.model.states import by_person, verified
from sonospine.model.table_io import Row
from sonospine.model.tables import EFFECTS
from sonospine.model.times import readable_time

CONFLICT_KINDS = ("value", "spread", "n", "count")
_PRINTED_SPREAD = ("spread", "spread_value", "spread_locator", "lower", "upper", "level")


@dataclass(frozen=True, slots=True)
class _Scored:
    candidate: Candidate
    estimate: Estimate
    order: tuple[object, ...]


def compute_effects(
    measurements: Sequence[Row],
    conflicts: Sequence[Row],
    arms: Sequence[Row],
    studies: Sequence[Row],
    decisions: Sequence[Row],
    records: Sequence[Row],
    config: Config,
    *,
    directions: Mapping[str, str] | None = None,
) -> list[Row]:
    """Compute every candidate effect of every analysis.

    One effect of a study enters a pool: on the preferred instrument, at the time nearest to the window's target (ties
    to the later), final values before change scores before a printed comparison, and all fitting arms combined. Where
    the first choice cannot be pooled the next one is taken. All others stay in the table with the reason in words.

    Parameters
    ----------
    measurements, conflicts, arms, studies, decisions, records
        The tables ``reconciled``, ``conflicts``, ``arms``, ``studies``, ``decisions`` and ``records``. Only preferred
        rows of included studies are used, and none of a report that is out.
    config
        The configuration.
    directions
        Which values are better (``lower`` or ``higher``) by instrument of the vocabulary.

    Returns
    -------
    list of dict
        Rows of ``effects``: variant ``primary`` for all, and ``other_value`` for an effect in a pool that rests on
        an open conflict, computed with the other value. A value that a check rules out gets no such row.
    """
    included, barred = barred_records(decisions, records)
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in measurements:
        if row["study_id"] in included and row["state"] != "rejected":
            groups[row["result_id"]].append(row)
    results = {name: [r for r in rows if r["record_id"] not in barred] for name, rows in groups.items()}
    standing = {row["measurement_id"]: row for rows in results.values() for row in rows}
    by_study: dict[str, list[Row]] = defaultdict(list)
    used = (row for rows in groups.values() for row in preferred_rows(rows, barred))
    for row in sorted(used, key=lambda row: row["measurement_id"]):
        by_study[row["study_id"]].append(row)
    arms_of: dict[str, list[Row]] = defaultdict(list)
    for arm in sorted(arms, key=lambda a: a["arm_id"]):
        arms_of[arm["study_id"]].append(arm)
    base = Source(
        config.outcomes[0],
        directions or {},
        {a["arm_id"]: a for a in arms},
        {s["study_id"]: s for s in studies},
        results,
    )
    others = open_conflicts(conflicts, standing)
    effects: list[Row] = []
    for analysis in config.analyses:
        outcome = config.outcome(analysis.outcome)
        window = config.window(analysis.window) if analysis.window is not None else None
        source = replace(base, outcome=outcome, scale_free=analysis.measure == "SMCR")
        for study in sorted(studies, key=lambda s: s["study_id"]):
            key = study["study_id"]
            if key not in by_study:
                continue
            found = candidates_of(analysis, outcome, window, study, arms_of[key], by_study[key])
            effects += _of_study(
                _Task(analysis, outcome, window, source, study, config), found, others, standing
            )
    return effects


def open_conflicts(conflicts: Iterable[Row], standing: Mapping[str, Row]) -> dict[str, str]:
    """Return, for each chosen row in an open conflict, the first row that says something else.

    A conflict is open unless a person has vouched for the chosen row, a check rules the others out, or the reader
    could not tell the others apart.
    """
    others: dict[str, str] = {}
    for conflict in conflicts:
        chosen = standing.get(conflict["chosen"])
        if conflict["kind"] not in CONFLICT_KINDS or chosen is None or by_person(chosen["state"]):
            continue
        for other in conflict["measurement_ids"].split(";"):
            row = standing.get(other)
            settled = row is None or RULED_OUT in row["flags"] or "ambiguous_place" in row["flags"]
            if not settled and row is not chosen:
                others.setdefault(conflict["chosen"], other)
                break
    return others


@dataclass(frozen=True, slots=True)
class _Task:
    analysis: Analysis
    outcome: Outcome
    window: Window | None
    source: Source
    study: Row
    config: Config

    def scored(self, candidate: Candidate) -> _Scored:
        made = estimate(candidate, self.analysis.measure, self.source, self.config.assumptions.correlation)
        return _Scored(candidate, made, candidate.order(self.outcome, self.window))


def _of_study(
    task: _Task, found: Sequence[Candidate], others: Mapping[str, str], standing: Mapping[str, Row]
) -> list[Row]:
    scored = [task.scored(candidate) for candidate in found]
    slots: dict[tuple[object, ...], list[Candidate]] = defaultdict(list)
    for item in scored:
        if item.estimate.usable:
            slots[(item.candidate.kind, *item.candidate.slot)].append(item.candidate)
    for usable in slots.values():
        whole = together(usable, before_after=task.analysis.comparator is None)
        if whole is not None:
            scored.append(task.scored(whole))
    scored.sort(key=lambda item: item.order)
    barred = _barred(task)
    winner = next((item for item in scored if item.estimate.usable), None) if not barred else None
    rows = []
    for item in scored:
        reasons = [*barred, *item.estimate.notes.problems]
        if not reasons and item is not winner and winner is not None:
            reasons = [_why_not(item.candidate, winner.candidate)]
        flags = _winner_flags(item, scored, task) if item is winner else []
        rows.append(_row(task, item, "primary", reasons, standing, flags))
    if winner is not None:
        other = _with_other_values(winner.candidate, others, standing)
        if other is not None:
            item = task.scored(other)
            rows.append(
                _row(task, item, "other_value", item.estimate.notes.problems, standing, ["other_value"])
            )
    return rows


def _barred(task: _Task) -> list[str]:
    """Return why a whole study is no part of the analysis."""
    reasons = []
    condition = task.study["condition"]
    unclear = not condition and task.analysis.unclear_condition == "include"
    if condition not in task.analysis.conditions and not unclear:
        reasons.append(
            f"the condition ({_words(condition)}) is not pooled in this analysis"
            if condition
            else "the condition is not told, and this analysis pools named ones only"
        )
    if task.study["design"] not in task.analysis.designs:
        reasons.append(f"the design ({_words(task.study['design'])}) is not pooled in this analysis")
    return reasons


def _words(term: str) -> str:
    return term.replace("_", " ") or "not known"


def _why_not(candidate: Candidate, winner: Candidate) -> str:
    row, used = candidate.lead, winner.lead
    if row["instrument"] != used["instrument"]:
        return f"another instrument of the same people is preferred ({used['instrument'] or used['outcome']})"
    if row["subscale"].casefold() != used["subscale"].casefold():
        return f"another part of the instrument is preferred ({used['subscale'] or 'the whole'})"
    if row["population"] != used["population"]:
        return "another population of the study is preferred"
    if (row["weeks"], row["phase"]) != (used["weeks"], used["phase"]):
        return f"another time of the same people is nearer to the target ({_time(used)})"
    if candidate.kind != winner.kind:
        preferred = {
            "final": "values at follow-up",
            "change": "change scores",
            "printed": "the printed comparison",
        }
        return f"the study's {preferred[winner.kind]} are preferred".replace(
            "comparison are", "comparison is"
        )
    if len(winner.arms_1) + len(winner.arms_2) > len(candidate.arms_1) + len(candidate.arms_2):
        return "combined with the other arms of the study"
    return "another row of the same people is used"


def _time(row: Row) -> str:
    weeks = number(row["weeks"])
    return row["time"] or (_words(row["phase"]) if weeks is None else readable_time(weeks))


def _winner_flags(winner: _Scored, scored: Sequence[_Scored], task: _Task) -> list[str]:
    """Say where a time nearer to the target had to be passed over because its values cannot be pooled."""
    first = scored[0]
    passed = first is not winner and first.candidate.lead["weeks"] != winner.candidate.lead["weeks"]
    return ["nearer_time_not_usable"] if passed and task.window is not None else []


def _with_other_values(
    candidate: Candidate, others: Mapping[str, str], standing: Mapping[str, Row]
) -> Candidate | None:
    def swapped(cell: Cell) -> Cell:
        other = others.get(cell.row["measurement_id"])
        if other is None:
            return cell
        row = dict(standing[other])
        lent = []
        if row["spread"] == "none" and cell.row["spread"] != "none":
            row |= {name: cell.row[name] for name in _PRINTED_SPREAD}
            lent.append(cell.row["measurement_id"])
        return Cell(row, tuple(lent))

    one, two = tuple(map(swapped, candidate.one)), tuple(map(swapped, candidate.two))
    if (one, two) == (candidate.one, candidate.two):
        return None
    return replace(candidate, one=one, two=two)


def _row(
    task: _Task,
    item: _Scored,
    variant: str,
    reasons: Sequence[str],
    standing: Mapping[str, Row],
    flags: Sequence[str],
) -> Row:
    candidate, made, study = item.candidate, item.estimate, task.study
    analysis, lead = task.analysis, item.candidate.lead
    effect = made.effect
    ids = made.notes.ids
    arm_1 = " + ".join(a["label"] for a in candidate.arms_1)
    arm_2 = " + ".join(a["label"] for a in candidate.arms_2)
    keys = [a["arm_id"] for a in (*candidate.arms_1, *candidate.arms_2)]
    values = {
        "effect_id": "e" + short_hash(analysis.id, variant, study["study_id"], candidate.kind, *keys, *ids),
        "analysis": analysis.id,
        "variant": variant,
        "included": written_truth(not reasons),
        "exclusion_reason": "; ".join(reasons),
        "study_id": study["study_id"],
        "label": study["label"],
        "year": study["year"],
        "design": study["design"],
        "guidance": _union(candidate.arms_1, study, "guidance"),
        "procedure": _union(candidate.arms_1, study, "procedure") or study["procedure"],
        "condition": study["condition"],
        "outcome": task.outcome.id,
        "instrument": lead["instrument"],
        "unit": made.unit,
        "direction": task.outcome.direction,
        "window": analysis.window or "",
        "weeks": lead["weeks"],
        "change": written_truth(candidate.kind == "change" or lead["change"] == "true"),
        "measure": analysis.measure,
        "n1i": _whole(made.n1),
        "n2i": _whole(made.n2),
        "ai": _whole(made.events_1),
        "ci": _whole(made.events_2),
        "ri": derived(made.correlation),
        "arm_1": arm_1,
        "arm_2": arm_2,
        "cluster": study["study_id"],
        "derivation": made.steps.text(),
        "measurement_ids": ";".join(ids),
        "verified": written_truth(verified(standing[i]["state"] for i in ids)),
        "flags": ";".join(dict.fromkeys([*made.notes.flags, *flags])),
    }
    if effect is not None:
        half = quantile(task.config.assumptions.level, None) * effect.vi**0.5
        own = made.interval if task.config.assumptions.level == 95 else None
        low, high = own or (effect.yi - half, effect.yi + half)
        values |= {
            "yi": derived(effect.yi),
            "vi": derived(effect.vi),
            "ci_lower": derived(low),
            "ci_upper": derived(high),
        }
    for side, group, printed in (("1", made.one, made.printed_1), ("2", made.two, made.printed_2)):
        if group is not None:
            values |= {f"m{side}i": printed.mean or derived(group.mean)}
            values |= {f"sd{side}i": printed.sd or derived(group.sd)}
    return EFFECTS.row(**values)


def _union(arms: Iterable[Row], study: Row, column: str) -> str:
    return ";".join(sorted({term for arm in arms for term in arm_terms(arm, study, column)}))


def _whole(value: int | None) -> str:
    return "" if value is None else str(value)
