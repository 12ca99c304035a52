"""All candidate effects of all analyses, and which of them enters each pool."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sonospine.config.settings import Analysis, Config
from sonospine.effects.candidates import candidates_of
from sonospine.effects.choices import choices_of
from sonospine.effects.choosing import Chosen, Task, choose, one_kind_only
from sonospine.effects.dependence import DEPENDENT, guarded
from sonospine.effects.effect_rows import effect_row, with_other_values
from sonospine.effects.inputs import RULED_OUT, Source
from sonospine.effects.selection import barred_records, belongs, preferred_rows
from sonospine.model.states import by_person
from sonospine.model.table_io import Row

CONFLICT_KINDS = ("value", "spread", "n", "count")


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
        chosen = _chosen(analysis, config, base, studies, arms_of, by_study)
        made = [row for one in chosen for row in _rows(one, others, standing)]
        effects += guarded(made, base.studies, config.assumptions.same_people)
    return effects


def _chosen(
    analysis: Analysis,
    config: Config,
    base: Source,
    studies: Sequence[Row],
    arms_of: Mapping[str, Sequence[Row]],
    by_study: Mapping[str, Sequence[Row]],
) -> list[Chosen]:
    """Return what each study gives to an analysis."""
    outcome = config.outcome(analysis.outcome)
    window = config.window(analysis.window) if analysis.window is not None else None
    choices = choices_of(analysis, config.assumptions)
    chosen = []
    for study in sorted(studies, key=lambda s: s["study_id"]):
        rows, arms = by_study.get(study["study_id"]), arms_of.get(study["study_id"], ())
        if rows is None:
            continue
        measured = [row for row in rows if belongs(row, outcome)]
        source = replace(base, outcome=outcome, choices=choices, rows=measured)
        task = Task(analysis, outcome, window, source, study, config.assumptions.level)
        chosen.append(choose(task, candidates_of(analysis, outcome, window, choices, study, arms, rows)))
    return one_kind_only(chosen) if analysis.measure == "SMD" else chosen


def _rows(chosen: Chosen, others: Mapping[str, str], standing: Mapping[str, Row]) -> list[Row]:
    """Return the rows of all candidates of a study, then those of the pooled ones with the other value."""
    task = chosen.task
    rows = [
        effect_row(task, item, "primary", chosen.reasons(item), standing, chosen.flags(item))
        for item in chosen.scored
    ]
    for winner in chosen.winners:
        other = with_other_values(winner.candidate, others, standing)
        if other is not None:
            item = task.scored(other)
            problems = item.estimate.notes.problems
            flags = ["other_value", *(f for f in chosen.flags(winner) if f == DEPENDENT)]
            rows.append(effect_row(task, item, "other_value", problems, standing, flags))
    return rows


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
