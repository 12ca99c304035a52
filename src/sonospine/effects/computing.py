"""All candidate effects of all analyses, and which of them enters each pool."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sonospine.config.settings import Analysis, Config, Outcome, Window
from sonospine.effects.candidates import candidates_of
from sonospine.effects.choices import Choices, choices_of
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
    plans = plans_of(config)
    studies_in, barred = barred_records(decisions, records)
    of_study = defaultdict(list)
    study_of: dict[str, str] = {}
    for row in measurements:
        of_study[row["study_id"]].append(row)
        study_of[row["measurement_id"]] = row["study_id"]
    arms_of: dict[str, list[Row]] = defaultdict(list)
    for arm in arms:
        arms_of[arm["study_id"]].append(arm)
    conflicts_of: dict[str, list[Row]] = defaultdict(list)
    for conflict in conflicts:
        conflicts_of[study_of.get(conflict["chosen"], "")].append(conflict)
    found = [
        study_effects(
            study,
            of_study[name],
            conflicts_of.get(name, ()),
            arms_of.get(name, ()),
            plans,
            barred,
            directions=directions,
        )
        for study in sorted(studies, key=lambda s: s["study_id"])
        if (name := study["study_id"]) in studies_in and name in of_study
    ]
    by_id = {s["study_id"]: s for s in studies}
    return [
        row for plan in plans for row in analysis_effects(plan, found, by_id, config.assumptions.same_people)
    ]


@dataclass(frozen=True, slots=True)
class Plan:
    """An analysis with what the configuration says of it; ``level`` is that of the intervals."""

    analysis: Analysis
    outcome: Outcome
    window: Window | None
    choices: Choices
    level: float


def plans_of(config: Config) -> list[Plan]:
    """Return the plans of all analyses, in the order of the configuration."""
    return [
        Plan(
            analysis,
            config.outcome(analysis.outcome),
            config.window(analysis.window) if analysis.window is not None else None,
            choices_of(analysis, config.assumptions),
            config.assumptions.level,
        )
        for analysis in config.analyses
    ]


@dataclass(frozen=True, eq=False)
class StudyEffects:
    """What one study gives to every analysis, whatever the other studies give.

    Attributes
    ----------
    study_id
        The study.
    chosen
        Its candidates by analysis; an analysis for which it has none is missing.
    others, standing
        The other row of each open conflict (``open_conflicts``), and its standing rows by id.
    """

    study_id: str
    chosen: Mapping[str, Chosen]
    others: Mapping[str, str]
    standing: Mapping[str, Row]
    _written: dict[tuple[str, tuple[tuple[bool, str], ...]], list[Row]] = field(default_factory=dict)

    def rows(self, chosen: Chosen) -> Sequence[Row]:
        """Return the rows of all candidates of an analysis, then those of the pooled ones with the other value.

        ``chosen`` is that of ``chosen`` or what ``one_kind_only`` made of it. The rows are kept: none may be changed.
        """
        key = chosen.task.analysis.id, chosen.refused
        if key not in self._written:
            self._written[key] = _rows(chosen, self.others, self.standing)
        return self._written[key]


def study_effects(
    study: Row,
    measurements: Sequence[Row],
    conflicts: Sequence[Row],
    arms: Sequence[Row],
    plans: Sequence[Plan],
    barred: Collection[str],
    *,
    directions: Mapping[str, str] | None = None,
) -> StudyEffects:
    """Work out what a study that is in gives to every analysis.

    Parameters
    ----------
    study, measurements, conflicts, arms
        Its row of ``studies`` and its rows of ``reconciled``, ``conflicts`` and ``arms``, in the order of the tables.
    plans
        The analyses.
    barred
        Records of reports that are out (``selection.barred_records``).
    directions
        Which values are better by instrument.
    """
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in measurements:
        if row["state"] != "rejected":
            groups[row["result_id"]].append(row)
    results = {name: [r for r in rows if r["record_id"] not in barred] for name, rows in groups.items()}
    standing = {row["measurement_id"]: row for rows in results.values() for row in rows}
    used = [row for rows in groups.values() for row in preferred_rows(rows, barred)]
    used.sort(key=lambda row: row["measurement_id"])
    if not used:
        return StudyEffects(study["study_id"], {}, {}, standing)
    ranked = sorted(arms, key=lambda a: a["arm_id"])
    by_id = {a["arm_id"]: a for a in arms}
    chosen = {}
    for plan in plans:
        measured = [row for row in used if belongs(row, plan.outcome)]
        found = candidates_of(plan.analysis, plan.outcome, plan.window, plan.choices, study, ranked, measured)
        if not found:
            continue
        source = Source(
            plan.outcome,
            directions or {},
            by_id,
            {study["study_id"]: study},
            results,
            plan.choices,
            measured,
        )
        task = Task(plan.analysis, plan.outcome, plan.window, source, study, plan.level)
        chosen[plan.analysis.id] = choose(task, found)
    return StudyEffects(study["study_id"], chosen, open_conflicts(conflicts, standing), standing)


def analysis_effects(
    plan: Plan, studies: Iterable[StudyEffects], by_id: Mapping[str, Row], same_people: str
) -> list[Row]:
    """Put the effects of an analysis together: what can only be said of all its studies at once.

    Parameters
    ----------
    plan
        The analysis.
    studies
        What each study gives, in order of ``study_id``.
    by_id
        Rows of ``studies``.
    same_people
        What becomes of the same people in two effects (``dependence.guarded``).
    """
    giving = [one for one in studies if plan.analysis.id in one.chosen]
    chosen = [one.chosen[plan.analysis.id] for one in giving]
    if plan.analysis.measure == "SMD":
        chosen = one_kind_only(chosen)
    made = [row for one, choice in zip(giving, chosen, strict=True) for row in one.rows(choice)]
    return guarded(made, by_id, same_people)


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
