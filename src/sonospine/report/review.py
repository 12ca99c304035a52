"""Everything the report shows, as read from the tables, with the questions pages ask of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sonospine.config.settings import Config
from sonospine.evidence.chain import StudyEvidence
from sonospine.figures.forest import conflicted_effects
from sonospine.model.demonstration import is_demonstration
from sonospine.model.grade import Grade
from sonospine.model.numbers import truth
from sonospine.model.record import Record
from sonospine.model.risk_of_bias import StudyRisk
from sonospine.model.states import pooled_numbers, verified_numbers
from sonospine.model.table_io import Row
from sonospine.screening.identified import search_names
from sonospine.screening.verdicts import verdicts

INCLUDED = ("include", "not_retrieved")


@dataclass(frozen=True)
class Review:
    """A review as its tables say it is.

    Attributes
    ----------
    config
        The configuration.
    parsed
        Parsed records by id, of all studies that are not excluded (others need not be here).
    records, reports, links, studies, decisions, prisma, rejected, unread, machine, measurements, arms, conflicts,
    log, actions, effects, pooled, weights, reading, small_study, agreement, searches, changes, protocol, deviations
        Rows of the tables of these names; ``machine`` are the measurements as the machine read them, ``actions``
        the curators' lines on measurements, arms and timepoints.
    risks, grades
        What people settled about the risk of bias (by ``study_id`` or ``study_id/analysis``) and about the certainty
        of each analysis.
    optional
        Rows of the tables that a run may lack (those of ``sonospine probe``, agreement of curators), by name.
    exports
        Files that ``sonospine export`` made, by their paths.
    figures
        Forest plots by analysis and format (``svg pdf png``).
    version
        Version of the program.
    software
        Versions of the packages that it stands on, by name.
    """

    config: Config
    parsed: Mapping[str, Record]
    records: Sequence[Row] = ()
    reports: Sequence[Row] = ()
    links: Sequence[Row] = ()
    studies: Sequence[Row] = ()
    decisions: Sequence[Row] = ()
    prisma: Sequence[Row] = ()
    rejected: Sequence[Row] = ()
    unread: Sequence[Row] = ()
    machine: Sequence[Row] = ()
    measurements: Sequence[Row] = ()
    arms: Sequence[Row] = ()
    conflicts: Sequence[Row] = ()
    log: Sequence[Row] = ()
    actions: Sequence[Row] = ()
    effects: Sequence[Row] = ()
    pooled: Sequence[Row] = ()
    weights: Sequence[Row] = ()
    reading: Sequence[Row] = ()
    small_study: Sequence[Row] = ()
    agreement: Sequence[Row] = ()
    searches: Sequence[Row] = ()
    changes: Sequence[Row] = ()
    protocol: Sequence[Row] = ()
    deviations: Sequence[Row] = ()
    risks: Mapping[str, StudyRisk] = field(default_factory=dict)
    grades: Mapping[str, Grade] = field(default_factory=dict)
    optional: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    exports: Mapping[str, bytes] = field(default_factory=dict)
    figures: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)
    version: str = ""
    software: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def demonstration(self) -> bool:
        """Whether any record is a condensed one."""
        return is_demonstration(row["record_id"] for row in self.records)

    @cached_property
    def study(self) -> dict[str, Row]:
        """Rows of studies by id."""
        return {row["study_id"]: row for row in self.studies}

    @cached_property
    def record_rows(self) -> dict[str, Row]:
        """Rows of records by id."""
        return {row["record_id"]: row for row in self.records}

    @cached_property
    def measurement(self) -> dict[str, Row]:
        """Curated measurements by id."""
        return {row["measurement_id"]: row for row in self.measurements}

    @cached_property
    def verdicts(self) -> dict[str, str]:
        """What screening decided for each study (``screening.verdicts``); of one without any decision, that it is out."""
        study_of = {name: row["study_id"] for name, row in self.record_rows.items()}
        return dict.fromkeys(self.study, "exclude") | verdicts(self.decisions, study_of)

    @cached_property
    def decisions_of(self) -> dict[str, list[Row]]:
        """Decisions by study, in order of record and stage."""
        return _grouped(
            self.decisions, lambda row: self.record_rows.get(row["record_id"], {}).get("study_id", "")
        )

    @cached_property
    def records_of(self) -> dict[str, list[Row]]:
        """Rows of records by study."""
        return _grouped(self.records, lambda row: row["study_id"])

    @cached_property
    def decisions_of_record(self) -> dict[str, list[Row]]:
        """Decisions by record, in order of stage."""
        return _grouped(self.decisions, lambda row: row["record_id"])

    @cached_property
    def links_of(self) -> dict[str, list[Row]]:
        """Links by study, in their order; a link between two studies stands with both."""
        groups: dict[str, list[Row]] = defaultdict(list)
        for row in self.links:
            ends = (self.record_rows.get(row[end]) for end in ("from_id", "to_id"))
            for study in dict.fromkeys(end["study_id"] for end in ends if end is not None):
                groups[study].append(row)
        return dict(groups)

    @cached_property
    def records_of_report(self) -> dict[str, list[Row]]:
        """Rows of records by report."""
        return _grouped(self.records, lambda row: row["report_id"])

    @cached_property
    def withdrawn_ids(self) -> set[str]:
        """Records that the last update found to be withdrawn."""
        return {row["record_id"] for row in self.changes if row["change"] == "withdrawn"}

    @cached_property
    def kind_of_report(self) -> dict[str, str]:
        """Kind of each report; one that the table of reports lacks is what its source gives."""
        kinds = {
            row["report_id"]: "registration" if row["source"] == "ctgov" else "article"
            for row in self.records
        }
        return kinds | {row["report_id"]: row["kind"] for row in self.reports}

    @cached_property
    def search_names(self) -> dict[str, str]:
        """How each search is called."""
        return search_names(self.searches)

    @cached_property
    def measurements_of(self) -> dict[str, list[Row]]:
        """Curated measurements by study."""
        return _grouped(self.measurements, lambda row: row["study_id"])

    @cached_property
    def effects_of(self) -> dict[str, list[Row]]:
        """Effects by study, in order of the configuration's analyses."""
        order = {analysis.id: i for i, analysis in enumerate(self.config.analyses)}
        rows = sorted(
            self.effects,
            key=lambda r: (
                order.get(r["analysis"], len(order)),
                not truth(r["included"]),
                r["variant"] != "primary",
                r["effect_id"],
            ),
        )
        return _grouped(rows, lambda row: row["study_id"])

    @cached_property
    def pooled_ids(self) -> set[str]:
        """Measurements behind the effects of the primary pools."""
        return pooled_numbers(self.effects)

    @cached_property
    def checked_ids(self) -> set[str]:
        """Those of them that a person has verified (``model.states``)."""
        return verified_numbers(self.pooled_ids, self.measurement)

    @cached_property
    def conflicted(self) -> set[str]:
        """Effects with an open conflict."""
        return conflicted_effects(self.effects, self.measurements)

    def has_full_page(self, study_id: str) -> bool:
        """Tell whether a study has a page with its numbers: it is not excluded, or an effect rests on it."""
        return self.verdicts.get(study_id, "exclude") != "exclude" or study_id in self.effects_of

    def label(self, study_id: str) -> str:
        """Return the label of a study, its id where it has none."""
        row = self.study.get(study_id)
        return row["label"] if row is not None and row["label"] else study_id

    def evidence(self, study_id: str) -> StudyEvidence:
        """Return what is known of the numbers of a study."""
        own = {row["measurement_id"]: row for row in self.measurements_of.get(study_id, [])}
        targets = {(kind, row[column]) for row in own.values() for kind, column in _TARGETS if row[column]}
        return StudyEvidence(
            records={
                row["record_id"]: self.parsed[row["record_id"]]
                for row in self.records_of.get(study_id, [])
                if row["record_id"] in self.parsed
            },
            measurements=own,
            machine={i: self._machine[i] for i in own if i in self._machine},
            actions=[a for a in self.actions if (a["target_type"], a["target_id"]) in targets],
            log=self._log,
            conflicts=[row for row in self.conflicts if row["study_id"] == study_id],
            weights=self._weights,
        )

    @cached_property
    def _machine(self) -> dict[str, Row]:
        return {row["measurement_id"]: row for row in self.machine}

    @cached_property
    def _log(self) -> dict[str, Row]:
        return {row["action_id"]: row for row in self.log}

    @cached_property
    def _weights(self) -> dict[str, list[Row]]:
        drawn = [row for row in self.weights if row["subgroup"] == ""]
        return _grouped(drawn, lambda row: row["effect_id"])


_TARGETS = (
    ("measurement", "measurement_id"),
    ("arm", "arm_id"),
    ("arm", "comparator_arm_id"),
    ("timepoint", "timepoint_id"),
)


def _grouped(rows: Sequence[Row], key: Callable[[Row], str]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return dict(groups)
