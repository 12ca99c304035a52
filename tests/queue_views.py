"""A view and the tables behind it, made from a review in memory: what the queue looks at, without a desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from sonospine.config.settings import Config
from sonospine.model.table_io import Row
from sonospine.robustness import Review
from sonospine.robustness.fitting import grouped
from sonospine.vocabulary import Vocabulary


@dataclass(frozen=True)
class MadeTables:
    """The tables behind a view."""

    review: Review
    alternatives: Sequence[Row] = ()
    unread: Sequence[Row] = ()
    vocabulary: Vocabulary | None = None

    @property
    def config(self) -> Config:
        return self.review.config

    @property
    def directions(self) -> dict[str, str]:
        return dict(self.review.directions)

    @property
    def records(self) -> Sequence[Row]:
        return self.review.records

    @property
    def studies(self) -> Sequence[Row]:
        return self.review.studies

    @property
    def decisions(self) -> Sequence[Row]:
        return self.review.decisions


@dataclass(frozen=True)
class MadeView:
    """A view of a review: its rows, and the effects that are computed from them."""

    review: Review
    stale: Sequence[tuple[Row, Row]] = ()
    actions: Sequence[Row] = field(default_factory=list)

    @cached_property
    def rows(self) -> dict[str, Row]:
        return dict(self.review.by_id)

    @cached_property
    def effects(self) -> dict[str, list[Row]]:
        return dict(grouped(self.review.effects(), "analysis"))

    def of_study(self, study_id: str) -> Sequence[Row]:
        return self._of["measurements"].get(study_id, [])

    def arms_of(self, study_id: str) -> Sequence[Row]:
        return self._of["arms"].get(study_id, [])

    def conflicts_of(self, study_id: str) -> Sequence[Row]:
        return self._of["conflicts"].get(study_id, [])

    @cached_property
    def _of(self) -> dict[str, dict[str, list[Row]]]:
        names = ("measurements", "arms", "conflicts")
        return {name: dict(grouped(getattr(self.review, name), "study_id")) for name in names}

    def with_rows(self, *rows: Row) -> MadeView:
        """Return the view with some rows in place of those with their ids."""
        new = {row["measurement_id"]: row for row in rows}
        listed = [new.get(row["measurement_id"], row) for row in self.review.measurements]
        return MadeView(replace(self.review, measurements=listed), self.stale, self.actions)
