"""What the queue looks at: the tables, grouped by study, and one study of a view at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from sonospine.curation.tables import Tables
from sonospine.effects.choosing import barred_study
from sonospine.effects.selection import barred_records
from sonospine.model.numbers import truth
from sonospine.model.table_io import Row
from sonospine.robustness import Review
from sonospine.robustness.fitting import PointSet, grouped, points
from sonospine.robustness.reading import behind


class Looked(Protocol):
    """What the queue looks at of a view (``curation.view.View``)."""

    @property
    def rows(self) -> Mapping[str, Row]:
        """Rows of ``reconciled`` by id."""

    @property
    def effects(self) -> Mapping[str, Sequence[Row]]:
        """Rows of ``effects`` by analysis, all candidates."""

    @property
    def actions(self) -> Sequence[Row]:
        """The lines that count."""

    @property
    def stale(self) -> Sequence[tuple[Row, Row]]:
        """Lines that no longer fit, and what the log says of them."""

    def of_study(self, study_id: str) -> Sequence[Row]:
        """Return the reconciled rows of a study."""

    def arms_of(self, study_id: str) -> Sequence[Row]:
        """Return the arms of a study."""

    def conflicts_of(self, study_id: str) -> Sequence[Row]:
        """Return the conflicts of a study."""


class Material:
    """The tables, grouped so that one study is at hand without looking through the others."""

    def __init__(self, tables: Tables) -> None:
        self.config = tables.config
        self.vocabulary = tables.vocabulary
        self.directions = tables.directions
        self.alternatives = grouped(tables.alternatives, "measurement_id")
        self.unread = grouped(tables.unread, "record_id")
        self.records = grouped(tables.records, "study_id")
        self.study_of = tables.study_of
        self.studies = {row["study_id"]: row for row in tables.studies}
        self.decisions = grouped(tables.decisions, "record_id")
        self.included, self.barred = barred_records(tables.decisions, tables.records)

    def asked(
        self,
        view: Looked,
        study_id: str,
        entered: Mapping[str, PointSet],
        candidates: Mapping[str, list[Row]],
    ) -> Asked:
        """Return one study, ready to be asked what it would give to the pools.

        Parameters
        ----------
        view
            The view that its rows are taken from.
        study_id
            The study.
        entered
            Its effects in the pools, by analysis.
        candidates
            Its rows of ``effects`` by analysis.
        """
        records = self.records.get(study_id, [])
        review = Review(
            sorted(view.of_study(study_id), key=lambda row: row["measurement_id"]),
            view.conflicts_of(study_id),
            view.arms_of(study_id),
            [self.studies[study_id]] if study_id in self.studies else [],
            [row for record in records for row in self.decisions.get(record["record_id"], [])],
            records,
            self.config,
            self.directions,
        )
        return Asked(study_id, review, entered, candidates, study_id in self.included)

    def constructs_named(self, caption: str) -> set[str]:
        """Return the constructs of the instruments that a caption names, a generic one by the words about it."""
        known = self.vocabulary.instruments
        mentions = self.vocabulary.find("instruments", caption)
        found = {known[m.term].construct for m in mentions if m.term in known}
        whole = self.vocabulary.instrument(caption)
        return (found | ({whole.construct} if whole is not None else set())) - {""}


@dataclass(frozen=True)
class Asked:
    """One study: its tables, its effects in the pools by analysis, all its candidates, and whether it is included."""

    study_id: str
    review: Review
    entered: Mapping[str, PointSet]
    candidates: Mapping[str, list[Row]]
    included: bool

    def pieces(
        self, changed: Mapping[str, Row], lost: Collection[str], analyses: Collection[str]
    ) -> dict[str, PointSet]:
        """Return what the study would give to each of some analyses, were some of its rows otherwise."""
        if not analyses:
            return {}
        anew = self.review.otherwise(changed, lost, analyses)
        return {name: points(anew.get(name, [])) for name in analyses}

    @cached_property
    def feeds(self) -> Mapping[str, set[str]]:
        """The analyses that each row of the study feeds."""
        return analyses_behind(self.candidates, wanted=True)

    @cached_property
    def of_record(self) -> Mapping[str, Sequence[Row]]:
        """The rows of each record of the study."""
        return grouped(self.review.measurements, "record_id")

    @cached_property
    def could_feed(self) -> Mapping[str, set[str]]:
        """The analyses that lack an effect of the study and may have one, by the rows behind refused candidates."""
        return analyses_behind({n: self.candidates.get(n, []) for n in self.lacking}, wanted=False)

    @cached_property
    def lacking(self) -> tuple[str, ...]:
        """The analyses that lack an effect of the study, though its condition and design fit; none if it is out."""
        if not self.included or not self.review.studies:
            return ()
        study = self.review.studies[0]
        return tuple(
            one.id
            for one in self.review.config.analyses
            if not self.entered.get(one.id) and not barred_study(one, study)
        )


def analyses_behind(effects: Mapping[str, Sequence[Row]], *, wanted: bool) -> dict[str, set[str]]:
    """Return the analyses of the primary effects that rest on each measurement: those that entered, or the others."""
    found: dict[str, set[str]] = {}
    for analysis, rows in effects.items():
        for row in rows:
            if row["variant"] == "primary" and truth(row["included"]) == wanted:
                for name in behind(row):
                    found.setdefault(name, set()).add(analysis)
    return found
