"""Which of a study's candidates enters the pool of an analysis, and why the others do not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sonospine.config.settings import Analysis, Outcome, Window
from sonospine.effects.candidates import Candidate, arm_by_arm, together
from sonospine.effects.choices import Choices
from sonospine.effects.dependence import DEPENDENT
from sonospine.effects.estimates import Estimate
from sonospine.effects.inputs import Source
from sonospine.effects.measuring import estimate
from sonospine.model.numbers import number
from sonospine.model.table_io import Row
from sonospine.model.times import readable_time

_KINDS = {
    "final": "values at follow-up are preferred",
    "change": "change scores are preferred",
    "printed": "printed comparison is preferred",
}


@dataclass(frozen=True, slots=True, eq=False)
class Scored:
    """A candidate with its effect; ``team`` is the slot of effects that enter together (empty: alone)."""

    candidate: Candidate
    estimate: Estimate
    order: tuple[object, ...]
    team: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """An analysis of one study."""

    analysis: Analysis
    outcome: Outcome
    window: Window | None
    source: Source
    study: Row
    level: float

    @property
    def choices(self) -> Choices:
        """The choices of the analysis."""
        return self.source.choices

    def scored(
        self, candidate: Candidate, order: tuple[object, ...] = (), team: tuple[str, ...] = ()
    ) -> Scored:
        """Compute the effect of a candidate."""
        own = order or candidate.order(self.outcome, self.window, self.choices)
        return Scored(candidate, estimate(candidate, self.source), own, team)


@dataclass(frozen=True, slots=True)
class Chosen:
    """All candidates of a study in order of preference, those that enter the pool, and why the whole study does not."""

    task: Task
    scored: tuple[Scored, ...]
    winners: tuple[Scored, ...]
    barred: tuple[str, ...]
    refused: tuple[tuple[bool, str], ...] = ()

    @property
    def of_changes(self) -> bool | None:
        """Whether change scores of the study enter the pool; ``None`` where nothing of it does."""
        return self.winners[0].candidate.of_changes if self.winners else None

    def without(self, of_changes: bool, reason: str) -> Chosen:
        """Return the choice among the candidates of the other kind: change scores, or values at follow-up."""
        return _choice(self.task, self.scored, self.barred, ((of_changes, reason),))

    def reasons(self, item: Scored) -> list[str]:
        """Return why a candidate does not enter the pool; empty where it does."""
        reasons = [*self.barred, *item.estimate.notes.problems]
        reasons += [text for kind, text in self.refused if item.candidate.of_changes == kind]
        if not reasons and item not in self.winners and self.winners:
            reasons = [_why_not(item.candidate, self.winners[0].candidate)]
        return reasons

    def flags(self, item: Scored) -> list[str]:
        """Return the warnings of a candidate that come from the choice, not from its figures."""
        if item not in self.winners:
            return []
        flags = []
        if len(self.winners) > 1 and item.candidate.part is None:
            flags.append(DEPENDENT)
        first = self.scored[0]
        passed = first not in self.winners and first.candidate.lead["weeks"] != item.candidate.lead["weeks"]
        if passed and self.task.window is not None:
            flags.append("nearer_time_not_usable")
        return flags


def choose(task: Task, found: Sequence[Candidate]) -> Chosen:
    """Compute all candidates of a study and choose what enters the pool.

    The first in the order of preference whose figures can be pooled does, with all fitting arms combined; where the
    analysis splits or models a shared comparator, the effects of all arms of interest do.
    """
    scored = [task.scored(candidate) for candidate in found]
    slots: dict[tuple[str, ...], list[Candidate]] = defaultdict(list)
    for item in scored:
        if item.estimate.usable:
            slots[(item.candidate.kind, *item.candidate.slot)].append(item.candidate)
    for slot, usable in slots.items():
        team = _team(task, usable)
        whole = together(usable, task.analysis.contrast)
        if team:
            pairs = {c.pair for c in team if c.part is None}
            scored = [s for s in scored if s.candidate not in usable or s.candidate.pair not in pairs]
            order = (whole or team[0]).order(task.outcome, task.window, task.choices)
            scored += [task.scored(c, (*order, index), slot) for index, c in enumerate(team)]
        elif whole is not None:
            scored.append(task.scored(whole))
    scored.sort(key=lambda item: item.order)
    return _choice(task, scored, barred_study(task.analysis, task.study), ())


def _team(task: Task, usable: Sequence[Candidate]) -> list[Candidate]:
    shared = task.choices.shared_control
    if task.analysis.contrast != "between_arms" or shared == "combine":
        return []
    return arm_by_arm(usable, split=shared == "split")


def _choice(
    task: Task, scored: Sequence[Scored], barred: Sequence[str], refused: tuple[tuple[bool, str], ...]
) -> Chosen:
    out = {kind for kind, _ in refused}
    usable = [item for item in scored if item.estimate.usable and item.candidate.of_changes not in out]
    winners: tuple[Scored, ...] = ()
    if usable and not barred:
        first = usable[0]
        winners = tuple(item for item in usable if item is first or (first.team and item.team == first.team))
    return Chosen(task, tuple(scored), winners, tuple(barred), refused)


def one_kind_only(chosen: Sequence[Chosen]) -> list[Chosen]:
    """Keep values at follow-up and change scores apart in a pool of standardised mean differences.

    They are standardised by different SDs (Cochrane Handbook v6.5, 10.5.2), so the kind with fewer studies is left
    out; at a tie the kind that the analysis prefers stays. A study that has the other kind too takes part with that.
    """
    kinds = [c.of_changes for c in chosen]
    changes, finals = kinds.count(True), kinds.count(False)
    if not changes or not finals:
        return list(chosen)
    prefers_changes = chosen[0].task.choices.change_values in ("prefer_change", "change_only")
    out = changes < finals or (changes == finals and not prefers_changes)
    names = ("values at follow-up", "change scores")
    reason = (
        f"{names[out]} are not pooled with {names[not out]} as a standardised mean difference: "
        f"{max(changes, finals)} studies have {names[not out]}, {min(changes, finals)} {names[out]}"
    )
    return [c.without(out, reason) for c in chosen]


def barred_study(analysis: Analysis, study: Row) -> list[str]:
    """Return why a whole study is no part of an analysis; empty where it may be."""
    reasons = []
    condition = study["condition"]
    unclear = not condition and analysis.unclear_condition == "include"
    if condition not in analysis.conditions and not unclear:
        reasons.append(
            f"the condition ({_words(condition)}) is not pooled in this analysis"
            if condition
            else "the condition is not told, and this analysis pools named ones only"
        )
    if study["design"] not in analysis.designs:
        reasons.append(f"the design ({_words(study['design'])}) is not pooled in this analysis")
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
        return f"the study's {_KINDS[winner.kind]}"
    if winner.part is not None:
        return "the comparator is split between the arms of the study"
    if len(winner.arms_1) + len(winner.arms_2) > len(candidate.arms_1) + len(candidate.arms_2):
        return "combined with the other arms of the study"
    if row["adjusted"] != used["adjusted"]:
        return f"the study's {'adjusted' if used['adjusted'] == 'true' else 'raw'} figures are preferred"
    return "another row of the same people is used"


def _time(row: Row) -> str:
    weeks = number(row["weeks"])
    return row["time"] or (_words(row["phase"]) if weeks is None else readable_time(weeks))
