"""The review as it stands with the lines that somebody counts: one curator's own, or everybody's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sonospine.corrections import seen_text
from sonospine.curation.lines import Shown
from sonospine.curation.tables import Tables
from sonospine.evidence.chain import StudyEvidence
from sonospine.model.errors import InputError
from sonospine.model.places import context_of
from sonospine.model.table_io import Row, without_breaks

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


@dataclass(frozen=True)
class View:
    """What one viewer sees; it never changes, a line that is taken in makes another one.

    Attributes
    ----------
    viewer
        The curator whose lines count; ``EVERYBODY`` for all of them.
    tables
        What the machine read.
    actions
        The lines that count (table ``curation``), in the order in which they were written.
    corrected, reconciled, arms, timepoints, conflicts, log_rows, effect_rows, pooled_rows, weight_rows
        The tables that ``correct``, ``reconcile``, ``effects`` and ``pool`` write for these lines, in their order; of
        pools those that ``pool --primary-only`` gives.
    read
        Added rows, arms and timepoints before any vote on them, by kind and id.
    targets
        The row (kind and id) that each line speaks about now.
    """

    viewer: str
    tables: Tables
    actions: Sequence[Row]
    corrected: Sequence[Row]
    reconciled: Sequence[Row]
    arms: Sequence[Row]
    timepoints: Sequence[Row]
    conflicts: Sequence[Row]
    log_rows: Sequence[Row]
    effect_rows: Sequence[Row]
    pooled_rows: Sequence[Row]
    weight_rows: Sequence[Row]
    read: Mapping[tuple[str, str], Row] = field(default_factory=dict)
    targets: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    @cached_property
    def rows(self) -> Mapping[str, Row]:
        """The reconciled rows by id."""
        return {row["measurement_id"]: row for row in self.reconciled}

    @property
    def machine(self) -> Mapping[str, Row]:
        """The rows as the machine read them, by id; added rows are not among them."""
        return self.tables.machine

    @property
    def unread(self) -> Sequence[Row]:
        """Results that stand only in a figure or an image."""
        return self.tables.unread

    @cached_property
    def effects(self) -> Mapping[str, Sequence[Row]]:
        """All candidate effects by analysis, in the order of the configuration."""
        found = _grouped(self.effect_rows, lambda row: row["analysis"])
        return {a.id: found.get(a.id, []) for a in self.tables.config.analyses}

    @cached_property
    def pooled(self) -> Mapping[str, Row]:
        """The primary pool of each analysis."""
        return {row["analysis"]: row for row in self.pooled_rows if row["variant"] == "primary"}

    @cached_property
    def weights(self) -> Mapping[str, Sequence[Row]]:
        """Rows of the table of weights by effect."""
        return _grouped(self.weight_rows, lambda row: row["effect_id"])

    @cached_property
    def log(self) -> Mapping[str, Row]:
        """What became of each line, by its id."""
        return {row["action_id"]: row for row in self.log_rows}

    @cached_property
    def stale(self) -> Sequence[tuple[Row, Row]]:
        """The lines that no longer fit, each with what the log says of it: they are asked again."""
        return [
            (action, self.log[action["action_id"]])
            for action in self.actions
            if self.log[action["action_id"]]["outcome"] == "stale"
        ]

    def of_study(self, study_id: str) -> Sequence[Row]:
        """Return the reconciled rows of a study."""
        return self._rows_of.get(study_id, ())

    def arms_of(self, study_id: str) -> Sequence[Row]:
        """Return the arms of a study."""
        return self._arms_of.get(study_id, ())

    def timepoints_of(self, study_id: str) -> Sequence[Row]:
        """Return the timepoints of a study."""
        return self._timepoints_of.get(study_id, ())

    def conflicts_of(self, study_id: str) -> Sequence[Row]:
        """Return the conflicts of a study."""
        return self._conflicts_of.get(study_id, ())

    def effects_of(self, measurement_id: str) -> list[Row]:
        """Return the candidate effects that rest on a row."""
        return list(self._effects_of.get(measurement_id, ()))

    def evidence(self, study_id: str) -> StudyEvidence:
        """Return what is known of the numbers of a study, with the lines that count in this view."""
        own = {row["measurement_id"]: row for row in self.of_study(study_id)}
        about = {(kind, row[column]) for row in own.values() for kind, column in _OF_ROW if row[column]}
        return StudyEvidence(
            records={
                name: record
                for name in self.tables.records_of.get(study_id, ())
                if (record := self.tables.parsed(name)) is not None
            },
            measurements=own,
            machine={name: self.machine[name] for name in own if name in self.machine},
            actions=[a for a in self.actions if (a["target_type"], a["target_id"]) in about],
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
        row, read = self._standing(target_type, target_id), self.as_read(target_type, target_id)
        if row is None or read is None:
            raise InputError(f"no such {target_type or 'target'}", field="target_id", found=target_id)
        record_id, locator = read.get("record_id", ""), read.get("locator", "")
        record = self.tables.parsed(record_id) if record_id else None
        return Shown(
            target_type,
            target_id,
            row,
            seen_text(read, self.tables.machine_of_record.get(record_id, ())),
            record_id,
            locator,
            without_breaks(context_of(record, locator)) if record is not None and locator else "",
            self.tables.record[record_id]["sha256"] if record_id in self.tables.record else "",
        )

    def as_read(self, target_type: str, target_id: str) -> Row | None:
        """Return a measurement, arm or timepoint before any vote on it; ``None`` where there is none."""
        if target_type == "measurement" and target_id in self.machine:
            return self.machine[target_id]
        return self.read.get((target_type, target_id))

    def reads_now(self, action_id: str) -> Row | None:
        """Return what the machine reads where a line speaks now, beside what its ``seen`` holds.

        ``None`` where no row can be named: the place was not found again, or several rows stand there.
        """
        return self.as_read(*self.targets.get(action_id, ("", "")))

    def _standing(self, target_type: str, target_id: str) -> Row | None:
        if target_type == "measurement":
            return self.rows.get(target_id)
        return self._by_id.get((target_type, target_id))

    @cached_property
    def _by_id(self) -> Mapping[tuple[str, str], Row]:
        arms = {("arm", row["arm_id"]): row for row in self.arms}
        return arms | {("timepoint", row["timepoint_id"]): row for row in self.timepoints}

    @cached_property
    def _rows_of(self) -> Mapping[str, list[Row]]:
        return _grouped(self.reconciled, lambda row: row["study_id"])

    @cached_property
    def _arms_of(self) -> Mapping[str, list[Row]]:
        return _grouped(self.arms, lambda row: row["study_id"])

    @cached_property
    def _timepoints_of(self) -> Mapping[str, list[Row]]:
        return _grouped(self.timepoints, lambda row: row["study_id"])

    @cached_property
    def _conflicts_of(self) -> Mapping[str, list[Row]]:
        return _grouped(self.conflicts, lambda row: row["study_id"])

    @cached_property
    def _effects_of(self) -> Mapping[str, list[Row]]:
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.effect_rows:
            for name in filter(None, row["measurement_ids"].split(";")):
                found[name].append(row)
        return found


def shifts(before: View, after: View) -> list[Shift]:
    """Return the primary pools that differ between two views, in the order of the configuration."""
    return [
        Shift(analysis.id, before.pooled.get(analysis.id), after.pooled.get(analysis.id))
        for analysis in after.tables.config.analyses
        if before.pooled.get(analysis.id) != after.pooled.get(analysis.id)
    ]


def _grouped(rows: Iterable[Row], key: Callable[[Row], str]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return dict(groups)
