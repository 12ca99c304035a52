"""From the machine's rows and the lines that count to corrected rows, conflicts, effects and pools, study by study.

The steps are those of the pipeline. Every table is handed on as a reader of its file would get it, so that the
figures are those of the pipeline too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from sonospine.corrections import Curated, replay
from sonospine.curation.line_files import Line
from sonospine.curation.tables import ParsedRecords, Tables
from sonospine.effects.computing import Plan, StudyEffects, analysis_effects, plans_of, study_effects
from sonospine.effects.selection import barred_records
from sonospine.model import tables as declared
from sonospine.model.record import Record
from sonospine.model.table_io import Row, as_written, in_order
from sonospine.reconcile import reconcile
from sonospine.robustness.fitting import grouped
from sonospine.synthesis.pooling import pool

Target = tuple[str, str]


@dataclass(frozen=True, eq=False, slots=True)
class Replayed:
    """What lines did that are replayed together.

    Attributes
    ----------
    studies, lines
        What was replayed.
    log
        What became of each line, by id.
    targets
        The row (kind and id) that each line speaks about now, by id.
    """

    studies: frozenset[str]
    lines: tuple[Line, ...]
    log: Mapping[str, Row]
    targets: Mapping[str, Target]


@dataclass(frozen=True, eq=False, slots=True)
class StudyState:
    """A study with some lines replayed: its rows of each table, in the order of the tables.

    ``read`` are its added rows, arms and timepoints before any vote on them, by kind and id; ``effects`` is ``None``
    for a study that is not in.
    """

    study_id: str
    replayed: Replayed
    reconciled: Sequence[Row]
    arms: Sequence[Row]
    timepoints: Sequence[Row]
    conflicts: Sequence[Row]
    read: Mapping[Target, Row]
    effects: StudyEffects | None


@dataclass(frozen=True, eq=False)
class AnalysisState:
    """An analysis: what each study gives, all its effects and its pools, in the order of the tables."""

    given: tuple[StudyEffects, ...]
    effects: Sequence[Row]
    pooled: Sequence[Row]
    weights: Sequence[Row]

    @cached_property
    def primary(self) -> Row:
        """The primary pool."""
        return next(row for row in self.pooled if row["variant"] == "primary")

    @cached_property
    def of_study(self) -> Mapping[str, Sequence[Row]]:
        """Its effects by study."""
        return grouped(self.effects, "study_id")

    @cached_property
    def of_effect(self) -> Mapping[str, Sequence[Row]]:
        """Its weights by effect."""
        return grouped(self.weights, "effect_id")


class _Read(Mapping[str, Record]):
    """Parsed records, each read when it is asked for: most lines need none."""

    def __init__(self, ids: Collection[str], parsed: ParsedRecords) -> None:
        self._ids, self._parsed = ids, parsed

    def __getitem__(self, record_id: str) -> Record:
        found = self._parsed(record_id) if record_id in self._ids else None
        if found is None:
            raise KeyError(record_id)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


@dataclass(frozen=True)
class Recomputing:
    """The steps from the machine's rows to the pools, for single studies and analyses.

    Parameters
    ----------
    tables
        What the machine read, and the review that rests on it.
    """

    tables: Tables
    plans: Sequence[Plan] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "plans", plans_of(self.tables.config))

    def replayed(self, studies: Collection[str], lines: Sequence[Line]) -> tuple[Replayed, list[StudyState]]:
        """Replay lines over the rows of the studies that they are about, and work these studies out.

        Parameters
        ----------
        studies
            All studies that the lines can be about; none for lines about nothing that is there.
        lines
            Lines in the order in which they count.

        Raises
        ------
        InputError
            A group of lines that add a row is closed and incomplete.
        """
        named = sorted(studies)
        curated = self._curated(named, lines)
        log = as_written(declared.CORRECTION_LOG, curated.log)
        replayed = Replayed(
            frozenset(named), tuple(lines), {row["action_id"]: row for row in log}, curated.targets
        )
        read: dict[str, dict[Target, Row]] = {study: {} for study in named}
        for row in curated.added:
            read[self.tables.study_of[row["record_id"]]]["measurement", row["measurement_id"]] = row
        for kind, rows in (("arm", curated.arms_read), ("timepoint", curated.timepoints_read)):
            for row in rows:
                read[row["study_id"]][kind, row[f"{kind}_id"]] = row
        corrected = grouped(as_written(declared.CORRECTED, curated.corrected), "study_id")
        arms = grouped(as_written(declared.ARMS, curated.arms), "study_id")
        timepoints = grouped(as_written(declared.TIMEPOINTS, curated.timepoints), "study_id")
        return replayed, [
            self._state(
                replayed, study, corrected.get(study, []), arms.get(study, []), timepoints.get(study, []),
                read[study],
            )
            for study in named
        ]  # fmt: skip

    def corrected(self, replayed: Replayed) -> list[Row]:
        """Return the corrected rows of some studies: they are not kept, since nothing but reconciling asks for them."""
        curated = self._curated(sorted(replayed.studies), replayed.lines)
        return as_written(declared.CORRECTED, curated.corrected)

    def _curated(self, studies: Sequence[str], lines: Sequence[Line]) -> Curated:
        tables = self.tables
        records = [row for study in studies for row in tables.records_of.get(study, ())]
        return replay(
            [row for study in studies for row in tables.measurements_of.get(study, ())],
            [row for study in studies for row in tables.arms_of.get(study, ())],
            records,
            [line.action for line in lines],
            _Read({row["record_id"] for row in records}, tables.parsed),
        )

    def _state(
        self,
        replayed: Replayed,
        study_id: str,
        corrected: list[Row],
        arms: list[Row],
        timepoints: list[Row],
        read: Mapping[Target, Row],
    ) -> StudyState:
        study, tables = self.tables.study.get(study_id), self.tables
        found = reconcile(corrected, arms, [study] if study else [], whole_numbers=tables.whole_numbers)
        reconciled = as_written(declared.RECONCILED, found.measurements)
        conflicts = as_written(declared.CONFLICTS, found.conflicts)
        if replayed.lines:
            # Most rows are as they are without any line: they are held once, whoever looks.
            base = self.base.states[study_id]
            reconciled, arms = _held(reconciled, base.reconciled), _held(arms, base.arms)
            timepoints = _held(timepoints, base.timepoints)
        effects = None
        studies_in, barred = self._barred
        if study is not None and reconciled and study_id in studies_in:
            effects = study_effects(
                study, reconciled, conflicts, arms, self.plans, barred, directions=tables.directions
            )
        return StudyState(study_id, replayed, reconciled, arms, timepoints, conflicts, read, effects)

    @cached_property
    def base(self) -> Base:
        """Every study without any line."""
        return Base(self)

    @cached_property
    def _barred(self) -> tuple[set[str], set[str]]:
        return barred_records(self.tables.decisions, self.tables.records)

    def analysis(
        self, plan: Plan, given: Iterable[StudyEffects], former: AnalysisState | None = None
    ) -> AnalysisState:
        """Put an analysis together and pool it.

        Parameters
        ----------
        plan
            The analysis.
        given
            What each study gives, in order of ``study_id``.
        former
            The analysis as it was: where what is pooled is the same, the pools are not worked out again.
        """
        name = plan.analysis.id
        giving = tuple(one for one in given if name in one.chosen)
        if former is not None and _same(plan, former.given, giving):
            return former if former.given == giving else replace(former, given=giving)
        made = analysis_effects(plan, giving, self.tables.study, self.tables.config.assumptions.same_people)
        effects = in_order(declared.EFFECTS, made)
        if former is not None and _entered(effects) == _entered(former.effects):
            return AnalysisState(giving, effects, former.pooled, former.weights)
        pools = pool(effects, self.tables.choice, self.tables.thresholds, [name])
        return AnalysisState(
            giving,
            effects,
            as_written(declared.POOLED, pools.pooled),
            as_written(declared.WEIGHTS, pools.weights),
        )


class Base:
    """Every study without any line: worked out once, at the start.

    Attributes
    ----------
    states
        The studies by id.
    rows
        The reconciled rows by id.
    study_of
        Study by kind and id of a measurement, arm or timepoint.
    """

    def __init__(self, work: Recomputing) -> None:
        self.states: dict[str, StudyState] = {}
        self.rows: dict[str, Row] = {}
        self.study_of: dict[Target, str] = {}
        for study_id in sorted(work.tables.records_of):
            (state,) = work.replayed({study_id}, ())[1]
            self.states[study_id] = state
            self.rows |= {row["measurement_id"]: row for row in state.reconciled}
            named = [("measurement", row["measurement_id"]) for row in state.reconciled]
            self.study_of |= dict.fromkeys([*named, *state.read], study_id)


def _held(rows: Sequence[Row], base: Iterable[Row]) -> list[Row]:
    """Return rows, those that are equal to one of ``base`` as that one."""
    known = {next(iter(row.values())): row for row in base}
    return [held if (held := known.get(next(iter(row.values())))) == row else row for row in rows]


def _same(plan: Plan, former: Sequence[StudyEffects], giving: Sequence[StudyEffects]) -> bool:
    """Tell whether all studies give to an analysis what they gave before."""
    if [one.study_id for one in former] != [one.study_id for one in giving]:
        return False
    name = plan.analysis.id
    changed = [(old, new) for old, new in zip(former, giving, strict=True) if old is not new]
    if changed and plan.analysis.measure == "SMD":
        return False  # which of its candidates a study gives depends on the other studies
    return all(old.rows(old.chosen[name]) == new.rows(new.chosen[name]) for old, new in changed)


def _entered(effects: Iterable[Row]) -> list[Row]:
    """Return what a pool can depend on: the effects in it, whoever verified them."""
    return [{**row, "verified": ""} for row in effects if row["included"] == "true"]
