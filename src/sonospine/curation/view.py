"""The review as it stands with the lines that somebody counts: one curator's own, or everybody's."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from threading import Lock

from sonospine.curation.line_files import Line
from sonospine.curation.lines import Shown, shown_of
from sonospine.curation.recompute import AnalysisState, Recomputing, StudyState, Target
from sonospine.curation.tables import Tables
from sonospine.evidence.chain import StudyEvidence
from sonospine.model import tables as declared
from sonospine.model.errors import InputError
from sonospine.model.schema import TableSchema
from sonospine.model.table_io import Row, in_order

EVERYBODY = ""
"""The viewer for whom all lines count, as the pipeline counts them."""
_OF_ROW = (
    ("measurement", "measurement_id"),
    ("arm", "arm_id"),
    ("arm", "comparator_arm_id"),
    ("timepoint", "timepoint_id"),
)


@dataclass(frozen=True, slots=True)
class Shift:
    """A pool that moved: its primary row before and after (``None`` where there was or is no such analysis)."""

    analysis: str
    before: Row | None
    after: Row | None


class Analyses:
    """The analyses of a view, worked out when they are asked for; what did not change since is taken over.

    Parameters
    ----------
    work
        The steps.
    given
        All studies, in order of their ids.
    former
        The analyses of the view before.
    """

    def __init__(
        self, work: Recomputing, given: Mapping[str, StudyState], former: Analyses | None = None
    ) -> None:
        self._work = work
        self._given = given
        self._lock = Lock()
        # What was never asked for is no former state: the one before it is, so that no chain of them is kept.
        self._former: Mapping[str, AnalysisState] = former.made() if former is not None else {}
        self._made: dict[str, AnalysisState] | None = None

    def made(self) -> Mapping[str, AnalysisState]:
        """Return what was worked out, else what there was before."""
        return self._former if self._made is None else self._made

    @property
    def by_name(self) -> Mapping[str, AnalysisState]:
        """The analyses in the order of the configuration."""
        if self._made is None:
            with self._lock:
                if self._made is None:
                    self._made = self._worked_out()
                    self._former, self._given = {}, {}
        return self._made

    def _worked_out(self) -> dict[str, AnalysisState]:
        effects = [state.effects for state in self._given.values() if state.effects is not None]
        return {
            name: self._work.analysis(plan, effects, self._former.get(name))
            for plan in self._work.plans
            if (name := plan.analysis.id)
        }


@dataclass(frozen=True, eq=False)
class View:
    """What one viewer sees. It never changes: a line that is taken in makes another view.

    Attributes
    ----------
    viewer
        The curator whose lines count; ``EVERYBODY`` for all of them.
    work
        The steps, with the tables they start from, and every study without any line (``work.base``).
    states
        The studies that lines of this viewer are about.
    own_rows
        The reconciled rows of these studies, by id.
    lines
        The lines that count, in the order in which they were written.
    log
        What became of each line, by its id.
    targets
        The row (kind and id) that each line speaks about now, by its id; of stale lines too, where one can be named.
    analyses
        What follows.
    """

    viewer: str
    work: Recomputing = field(repr=False)
    states: Mapping[str, StudyState] = field(repr=False)
    own_rows: dict[str, Row] = field(repr=False)
    lines: Sequence[Line] = field(repr=False)
    log: Mapping[str, Row] = field(repr=False)
    targets: Mapping[str, Target] = field(repr=False)
    analyses: Analyses = field(repr=False)

    @property
    def tables(self) -> Tables:
        """What the machine read."""
        return self.work.tables

    @cached_property
    def actions(self) -> Sequence[Row]:
        """The lines that count, as rows of ``curation``."""
        return [line.row for line in self.lines]

    @cached_property
    def rows(self) -> Mapping[str, Row]:
        """The reconciled rows by id (state, result and the rest filled)."""
        return ChainMap(self.own_rows, self.work.base.rows)

    @property
    def machine(self) -> Mapping[str, Row]:
        """The rows as the machine read them, by id; added rows are not among them."""
        return self.tables.machine

    @property
    def unread(self) -> Sequence[Row]:
        """Results that stand only in a figure or an image."""
        return self.tables.unread

    @property
    def effects(self) -> Mapping[str, Sequence[Row]]:
        """All candidate effects by analysis, in the order of the configuration and of the table."""
        return {name: made.effects for name, made in self.analyses.by_name.items()}

    @property
    def pooled(self) -> Mapping[str, Row]:
        """The primary pool of each analysis."""
        return {name: made.primary for name, made in self.analyses.by_name.items()}

    @cached_property
    def weights(self) -> Mapping[str, Sequence[Row]]:
        """Rows of the table of weights by effect."""
        found: dict[str, Sequence[Row]] = {}
        for made in self.analyses.by_name.values():
            found |= made.of_effect
        return found

    @cached_property
    def stale(self) -> Sequence[tuple[Row, Row]]:
        """The lines that no longer fit, each with what the log says of it: they are asked again."""
        return [
            (line.row, told)
            for line in self.lines
            if (told := self.log[line.action.action_id])["outcome"] == "stale"
        ]

    def of_study(self, study_id: str) -> Sequence[Row]:
        """Return the reconciled rows of a study."""
        state = self._state(study_id)
        return state.reconciled if state else ()

    def arms_of(self, study_id: str) -> Sequence[Row]:
        """Return the arms of a study."""
        state = self._state(study_id)
        return state.arms if state else ()

    def timepoints_of(self, study_id: str) -> Sequence[Row]:
        """Return the timepoints of a study."""
        state = self._state(study_id)
        return state.timepoints if state else ()

    def conflicts_of(self, study_id: str) -> Sequence[Row]:
        """Return the conflicts of a study."""
        state = self._state(study_id)
        return state.conflicts if state else ()

    def effects_of(self, measurement_id: str) -> list[Row]:
        """Return the candidate effects that rest on a row."""
        row = self.rows.get(measurement_id)
        if row is None:
            return []
        return [
            effect
            for made in self.analyses.by_name.values()
            for effect in made.of_study.get(row["study_id"], ())
            if measurement_id in effect["measurement_ids"].split(";")
        ]

    def evidence(self, study_id: str) -> StudyEvidence:
        """Return what is known of the numbers of a study, with the lines that count in this view."""
        own = {row["measurement_id"]: row for row in self.of_study(study_id)}
        about = {(kind, row[column]) for row in own.values() for kind, column in _OF_ROW if row[column]}
        state = self._state(study_id)
        told = [line.row for line in state.replayed.lines] if state else []
        records = [row["record_id"] for row in self.tables.records_of.get(study_id, ())]
        return StudyEvidence(
            records={name: record for name in records if (record := self.tables.parsed(name)) is not None},
            measurements=own,
            machine={name: self.machine[name] for name in own if name in self.machine},
            actions=[row for row in told if (row["target_type"], row["target_id"]) in about],
            log=self.log,
            conflicts=self.conflicts_of(study_id),
            weights=self.weights,
        )

    def shown(self, target_type: str, target_id: str) -> Shown:
        """Return a target as this viewer sees it.

        Raises
        ------
        InputError
            There is no such target.
        """
        row, read = self.standing(target_type, target_id), self.as_read(target_type, target_id)
        if row is None or read is None:
            raise InputError(f"no such {target_type or 'target'}", field="target_id", found=target_id)
        record_id, tables = read.get("record_id", ""), self.tables
        return shown_of(
            target_type,
            row,
            machine=read,
            beside=tables.machine_of_record.get(record_id, ()),
            record=tables.parsed(record_id) if record_id else None,
            source_sha256=tables.record[record_id]["sha256"] if record_id in tables.record else "",
        )

    def as_read(self, target_type: str, target_id: str) -> Row | None:
        """Return a measurement, arm or timepoint before any vote on it; ``None`` where there is none."""
        if target_type == "measurement" and target_id in self.machine:
            return self.machine[target_id]
        state = self._holding(target_type, target_id)
        return None if state is None else state.read.get((target_type, target_id))

    def reads_now(self, action_id: str) -> Row | None:
        """Return what the machine reads where a line speaks now, to be held against its ``seen``.

        ``None`` where no row can be named: the place was not found again, or several rows stand there.
        """
        return self.as_read(*self.targets.get(action_id, ("", "")))

    def table(self, schema: TableSchema) -> list[Row]:
        """Return one of the tables that the pipeline writes for these lines, in the order of its file.

        It is one of ``corrected``, ``arms``, ``timepoints``, ``correction_log``, ``reconciled``, ``conflicts`` and
        ``effects``, or of ``pooled`` and ``weights`` as ``sonospine pool --primary-only`` gives them.
        """
        if schema is declared.CORRECTION_LOG:
            return [self.log[line.action.action_id] for line in self.lines]
        if schema in (declared.EFFECTS, declared.POOLED, declared.WEIGHTS):
            parts = [getattr(made, schema.name) for made in self.analyses.by_name.values()]
        else:
            states = {**self.work.base.states, **self.states}.values()
            if schema is declared.CORRECTED:
                parts = [
                    self.work.corrected(one) for one in dict.fromkeys(state.replayed for state in states)
                ]
            else:
                parts = [getattr(state, schema.name) for state in states]
        return in_order(schema, list(chain.from_iterable(parts)))

    def _state(self, study_id: str) -> StudyState | None:
        return self.states.get(study_id) or self.work.base.states.get(study_id)

    def _holding(self, kind: str, target_id: str) -> StudyState | None:
        """Return the study that has a row, an arm or a timepoint."""
        study = self.work.base.study_of.get((kind, target_id), "")
        if kind == "measurement" and target_id in self.own_rows:
            study = self.own_rows[target_id]["study_id"]
        if study:
            return self._state(study)
        return next((state for state in self.states.values() if (kind, target_id) in state.read), None)

    def standing(self, kind: str, target_id: str) -> Row | None:
        """Return a measurement, arm or timepoint with the lines of this view; ``None`` where there is none."""
        if kind == "measurement":
            return self.rows.get(target_id)
        state = self._holding(kind, target_id)
        rows: Iterable[Row] = () if state is None else state.arms if kind == "arm" else state.timepoints
        return next((row for row in rows if row[f"{kind}_id"] == target_id), None)


def shifts(before: View, after: View) -> list[Shift]:
    """Return the primary pools that differ between two views, in the order of the configuration."""
    return [
        Shift(name, before.pooled.get(name), row)
        for name, row in after.pooled.items()
        if before.pooled.get(name) != row
    ]
