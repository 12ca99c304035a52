"""A state of the review that can be compared with another: a release, or the results as they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sonospine.model import tables as t
from sonospine.model.demonstration import is_demonstration
from sonospine.model.numbers import truth
from sonospine.model.schema import TableSchema
from sonospine.model.table_io import Row
from sonospine.screening.verdicts import verdicts

COMPARED: Mapping[str, TableSchema] = {
    "results/studies/studies.tsv": t.STUDIES,
    "results/studies/records.tsv": t.RECORDS,
    "results/studies/reports.tsv": t.REPORTS,
    "results/screening/decisions.tsv": t.DECISIONS,
    "results/effects/effects.tsv": t.EFFECTS,
    "results/synthesis/pooled.tsv": t.POOLED,
    "results/synthesis/weights.tsv": t.WEIGHTS,
    "extracted/curated/measurements.tsv": t.RECONCILED,
    "extracted/curated/log.tsv": t.CORRECTION_LOG,
}
"""The tables that a release keeps, by their path in the project."""

INCLUDED = ("include", "not_retrieved")
OUT = ("retracted", "withdrawn", "concern")


@dataclass(frozen=True)
class Made:
    """What made an edition: versions and fingerprints by name (``version reader linking calculation``)."""

    version: str
    reader: str
    linking: str
    calculation: str


@dataclass(frozen=True)
class Edition:
    """A state of the review.

    Attributes
    ----------
    name, date
        How it is called; its date is empty where it is not a release.
    made
        What made it.
    configuration, vocabulary
        Its settings (``config.protocol.settled``), and the hashes of its vocabulary.
    rows
        The tables of ``COMPARED`` by the name of their schema.
    actions
        Lines of all curators that can move an estimate, by ``action_id``, in the order of their files.
    """

    name: str
    date: str
    made: Made
    configuration: Mapping[str, Any]
    vocabulary: Mapping[str, str]
    rows: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    actions: Mapping[str, Row] = field(default_factory=dict)

    def table(self, schema: TableSchema) -> Sequence[Row]:
        """Return the rows of a table."""
        return self.rows.get(schema.name, ())

    @cached_property
    def demonstration(self) -> bool:
        """Whether any record is a condensed one."""
        return is_demonstration(self.records)

    @cached_property
    def studies(self) -> dict[str, Row]:
        """Studies by id."""
        return {row["study_id"]: row for row in self.table(t.STUDIES)}

    @cached_property
    def records(self) -> dict[str, Row]:
        """Records by id."""
        return {row["record_id"]: row for row in self.table(t.RECORDS)}

    @cached_property
    def records_of(self) -> dict[str, list[Row]]:
        """Records by study."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.table(t.RECORDS):
            found[row["study_id"]].append(row)
        return dict(found)

    @cached_property
    def measurements(self) -> dict[str, Row]:
        """Curated measurements by id."""
        return {row["measurement_id"]: row for row in self.table(t.RECONCILED)}

    @cached_property
    def verdicts(self) -> dict[str, str]:
        """What screening decided about each study."""
        study_of = {name: row["study_id"] for name, row in self.records.items()}
        return dict.fromkeys(self.studies, "exclude") | verdicts(self.table(t.DECISIONS), study_of)

    @cached_property
    def included(self) -> frozenset[str]:
        """Studies that are in."""
        return frozenset(name for name, verdict in self.verdicts.items() if verdict in INCLUDED)

    @cached_property
    def pooled(self) -> dict[str, Row]:
        """The primary pool of each analysis."""
        return {
            row["analysis"]: row
            for row in self.table(t.POOLED)
            if row["subgroup"] == "" and row["variant"] == "primary"
        }

    @cached_property
    def effects(self) -> dict[str, Row]:
        """Every primary candidate by id."""
        return {row["effect_id"]: row for row in self.table(t.EFFECTS) if row["variant"] == "primary"}

    def entered(self, analysis: str) -> list[Row]:
        """Return the effects that enter the primary pool of an analysis."""
        return [
            row for row in self.effects.values() if row["analysis"] == analysis and truth(row["included"])
        ]

    @cached_property
    def heeded(self) -> dict[str, Row]:
        """Lines of curators that did something: corrections that were applied, and rulings of the other kinds."""
        outcome = {row["action_id"]: row["outcome"] for row in self.table(t.CORRECTION_LOG)}
        return {
            name: row
            for name, row in self.actions.items()
            if row["action"] != "comment" and outcome.get(name, "applied") == "applied"
        }

    def label(self, study_id: str) -> str:
        """Return the label of a study, its id where it has none."""
        row = self.studies.get(study_id)
        return row["label"] if row is not None and row["label"] else study_id

    def why_out(self, study_id: str) -> str:
        """Return the reasons for which a study is out."""
        own = {row["record_id"] for row in self.records_of.get(study_id, [])}
        reasons = [
            row["reason"]
            for row in self.table(t.DECISIONS)
            if row["record_id"] in own and row["decision"] == "exclude" and row["reason"]
        ]
        return "; ".join(dict.fromkeys(reasons))
