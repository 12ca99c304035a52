"""What `sonospine probe` varies, resamples and splits by."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sonospine.config.written import Settings

EVERY = "*"
Correlation = Annotated[float, Field(gt=-1, lt=1)]
Estimator = Literal["CE", "REML", "ML", "DL", "HE", "PM"]
Interval = Literal["hksj-conservative", "hksj", "wald"]


class Multiverse(Settings):
    """The choices that are combined in full. The choice of the analysis itself is added where it is missing."""

    estimators: tuple[Estimator, ...] = Field(
        default=("REML", "PM", "DL"), description="Estimators of the between-study variance."
    )
    intervals: tuple[Interval, ...] = Field(
        default=("hksj-conservative", "hksj", "wald"), description="Intervals of the mean."
    )
    correlations: tuple[Correlation, ...] = Field(
        default=(0.3, 0.5, 0.7, 0.9), description="Correlations of baseline and follow-up that are assumed."
    )
    conversions: tuple[Literal["configured", "none", "all"], ...] = Field(
        default=("configured", "none"),
        description="What an SD may be worked out from: what `assumptions.conversions` lists, nothing (only figures "
        "printed as mean and SD), or all that is known.",
    )
    window_rules: tuple[Literal["nearest", "earliest", "latest"], ...] = Field(
        default=("nearest", "earliest", "latest"),
        description="Which timepoint inside a window is used: the nearest to its target, the first, or the last.",
    )
    designs: tuple[tuple[str, ...], ...] = Field(
        default=(),
        description="Sets of designs beside those of each analysis; of a set only designs that the analysis has are "
        "used.",
    )
    verified_only: tuple[bool, ...] = Field(
        default=(False, True),
        description="Whether only rows are used that a person has verified.",
    )


class Exploration(Settings):
    """What the heterogeneity of one analysis is explained by."""

    analysis: str = Field(
        default=EVERY, description="Analysis id; `*` stands for every analysis that is not named."
    )
    subgroups: tuple[str, ...] = Field(
        default=(),
        description="Columns of `effects` whose values make subgroups, such as `procedure` or `design`.",
    )
    moderators: tuple[str, ...] = Field(
        default=(),
        description="Columns of `effects` that enter a meta-regression, such as `year` or `weeks`.",
    )


class Robustness(Settings):
    """How far the results hold when choices, studies and readings are varied (`sonospine probe`)."""

    correlations: tuple[Correlation, ...] = Field(
        default=(0.3, 0.5, 0.7, 0.9),
        description="Correlations of baseline and follow-up with which each pool is worked out anew.",
    )
    multiverse: Multiverse = Field(default=Multiverse(), description="What the multiverse combines.")
    draws: int = Field(
        default=1000,
        ge=1,
        le=100_000,
        description="How often the rows that nobody has verified are drawn anew from what else they could be.",
    )
    seed: int = Field(default=20261129, ge=0, description="Seed of the draws: the same seed, the same draws.")
    explorations: tuple[Exploration, ...] = Field(
        default=(), description="Subgroups and moderators by analysis."
    )

    def exploration_of(self, analysis: str) -> Exploration:
        """Return what is asked of an analysis: all that names it, else all that stands for every analysis."""
        named = [one for one in self.explorations if one.analysis == analysis]
        found = named or [one for one in self.explorations if one.analysis == EVERY]
        return Exploration(
            analysis=analysis,
            subgroups=tuple(dict.fromkeys(name for one in found for name in one.subgroups)),
            moderators=tuple(dict.fromkeys(name for one in found for name in one.moderators)),
        )
