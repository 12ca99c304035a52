"""Tables and a view of them, made from a review in memory: what the queue looks at, without a desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sonospine.curation.tables import Tables
from sonospine.model.table_io import Row
from sonospine.model.tables import CORRECTION_LOG
from sonospine.robustness import Review
from sonospine.robustness.fitting import grouped
from sonospine.vocabulary import Vocabulary

NO_WORDS = Vocabulary({}, {}, {}, {}, {}, {}, {})


def tables_of(
    review: Review, alternatives: Sequence[Row] = (), unread: Sequence[Row] = (), words: Vocabulary = NO_WORDS
) -> Tables:
    """Return the tables behind a review."""
    return Tables(
        review.config, words, (), alternatives, (), unread, review.records, review.studies, review.decisions
    )


@dataclass(frozen=True, eq=False)
class MadeUpView:
    """What the queue asks of a view, from a review whose rows stand as they are."""

    review: Review
    actions: Sequence[Row]
    log: Mapping[str, Row]

    @property
    def rows(self) -> Mapping[str, Row]:
        return self.review.by_id

    @property
    def stale(self) -> list[tuple[Row, Row]]:
        told = ((line, self.log[line["action_id"]]) for line in self.actions)
        return [(line, log) for line, log in told if log["outcome"] == "stale"]

    @cached_property
    def effects(self) -> Mapping[str, Sequence[Row]]:
        made = grouped(self.review.effects(), "analysis")
        return {analysis.id: made.get(analysis.id, []) for analysis in self.review.config.analyses}

    def of_study(self, study_id: str) -> Sequence[Row]:
        return [row for row in self.review.measurements if row["study_id"] == study_id]

    def arms_of(self, study_id: str) -> Sequence[Row]:
        return [row for row in self.review.arms if row["study_id"] == study_id]

    def conflicts_of(self, study_id: str) -> Sequence[Row]:
        return [row for row in self.review.conflicts if row["study_id"] == study_id]


def view_of(review: Review, *, lines: Sequence[Row] = (), stale: Sequence[str] = ()) -> MadeUpView:
    """Return a view of a review with some lines, those of the ids ``stale`` not applied; effects are computed here."""
    log = [
        CORRECTION_LOG.row(
            action_id=line["action_id"], file="a.tsv", line="2",
            outcome="stale" if line["action_id"] in stale else "applied",
        )
        for line in lines
    ]  # fmt: skip
    return MadeUpView(review, lines, {row["action_id"]: row for row in log})


def with_rows(review: Review, changed: Mapping[str, Row]) -> Review:
    """Return a review with some rows in place of those with their ids."""
    return replace(
        review, measurements=[changed.get(row["measurement_id"], row) for row in review.measurements]
    )
