"""Working the effects out anew from the tables of the review, with another configuration or other rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from sonospine.config.settings import Config
from sonospine.effects import compute_effects
from sonospine.model.states import by_person
from sonospine.model.table_io import Row
from sonospine.robustness.fitting import grouped, included

NOT_HERE = "the tables behind the effects are not here: nothing can be worked out anew"


@dataclass(frozen=True)
class Review:
    """What effects are computed from: the tables by name, the configuration and directions by instrument."""

    measurements: Sequence[Row]
    conflicts: Sequence[Row]
    arms: Sequence[Row]
    studies: Sequence[Row]
    decisions: Sequence[Row]
    records: Sequence[Row]
    config: Config
    directions: Mapping[str, str] = field(default_factory=dict)

    def effects(self, config: Config | None = None, keep: Callable[[Row], bool] | None = None) -> list[Row]:
        """Compute the effects, with another configuration or with some of the measurements only."""
        rows = self.measurements if keep is None else [row for row in self.measurements if keep(row)]
        return compute_effects(
            rows, self.conflicts, self.arms, self.studies, self.decisions, self.records, config or self.config,
            directions=self.directions,
        )  # fmt: skip

    def of_studies(self, studies: Collection[str]) -> Review:
        """Return the part of the review that belongs to some studies; their effects stay what they are."""
        records = [row for row in self.records if row["study_id"] in studies]
        kept = {row["record_id"] for row in records}
        return replace(
            self,
            measurements=[row for row in self.measurements if row["study_id"] in studies],
            conflicts=[row for row in self.conflicts if row["study_id"] in studies],
            arms=[row for row in self.arms if row["study_id"] in studies],
            studies=[row for row in self.studies if row["study_id"] in studies],
            decisions=[row for row in self.decisions if row["record_id"] in kept],
            records=records,
        )

    def otherwise(
        self, changed: Mapping[str, Row], lost: Collection[str], analyses: Collection[str]
    ) -> Mapping[str, Sequence[Row]]:
        """Return the effects that would enter the pools of some analyses, were some rows otherwise.

        Parameters
        ----------
        changed
            Rows of ``reconciled`` by id that stand in for those of the review.
        lost
            Ids of rows that are left out.
        analyses
            Ids of the analyses that are asked about.
        """
        rows = [
            changed.get(row["measurement_id"], row)
            for row in self.measurements
            if row["measurement_id"] not in lost
        ]
        needed = tuple(one for one in self.config.analyses if one.id in analyses)
        asked = self.config.model_copy(update={"analyses": needed})
        return included(replace(self, measurements=rows, config=asked).effects())

    @cached_property
    def by_id(self) -> Mapping[str, Row]:
        """The measurements by their id."""
        return {row["measurement_id"]: row for row in self.measurements}

    @cached_property
    def arms_of(self) -> Mapping[str, Sequence[Row]]:
        """The arms of each study."""
        return grouped(self.arms, "study_id")


def with_correlation(config: Config, correlation: float) -> Config:
    """Return a copy of the configuration that assumes another correlation of baseline and follow-up."""
    return config.model_copy(
        update={"assumptions": config.assumptions.model_copy(update={"correlation": correlation})}
    )


def verified_row(row: Row) -> bool:
    """Tell whether a person has verified a measurement."""
    return by_person(row["state"])
