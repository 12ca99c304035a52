"""The typed configuration of a review. JSON Schema and ``docs/configuration.md`` are generated from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from sonospine.config.robustness import EVERY, Robustness
from sonospine.config.searching import Search, Sources
from sonospine.config.written import Identifier, Settings

MEASURES = {
    "before_after": ("MC", "SMCC", "SMCR"),
    "between_arms": ("MD", "SMD", "ROM", "RR", "OR", "RD"),
    "one_arm": ("PLO",),
}
"""The effect measures of each contrast."""


class Question(Settings):
    """What the review asks, in words that the report prints."""

    population: str = Field(description="Who is studied.")
    intervention: str = Field(description="What is done.")
    comparators: str = Field(description="Against what.")
    outcomes: str = Field(description="What is measured.")


class Criterion(Settings):
    """Ids of the vocabulary that are in and out. An id in neither list is out unless `other` is `include`."""

    include: tuple[str, ...] = Field(default=(), description="Ids that are in.")
    exclude: tuple[str, ...] = Field(default=(), description="Ids that are out; they win over `include`.")
    other: Literal["include", "exclude"] = Field(
        default="exclude", description="What happens to an id that stands in neither list."
    )
    unclear: Literal["include", "exclude"] = Field(
        default="exclude", description="What happens where the record does not tell."
    )


class Eligibility(Settings):
    """Which studies are in; each list names ids of `config/vocabulary/`."""

    condition: Criterion = Field(description="Conditions (`conditions.yaml`).")
    design: Criterion = Field(description="Designs (`designs.yaml`).")
    guidance: Criterion = Field(description="Guidance of at least one arm (`guidance.yaml`).")
    procedure: Criterion = Field(description="Procedures (`procedures.yaml`).")
    expression_of_concern: Literal["include", "exclude"] = Field(
        default="exclude",
        description="What happens to a report under an expression of concern. Retracted and withdrawn ones are always "
        "out.",
    )


class MinimalImportantDifference(Settings):
    """A minimal important difference with its source."""

    value: float = Field(
        gt=0,
        description="In points of the outcome's scale; on the analysis scale for ratios and standardised measures.",
    )
    source: str = Field(min_length=5, description="Citation that a panel can check.")


class MinimalImportantDifferences(Settings):
    """The two differences that matter: within a person, and between groups."""

    within_person: MinimalImportantDifference | None = Field(
        default=None, description="For before/after and responders."
    )
    between_groups: MinimalImportantDifference | None = Field(default=None, description="For comparisons.")


class Scale(Settings):
    """The scale on which an outcome is analysed."""

    minimum: float = Field(description="Best or lowest value.")
    maximum: float = Field(description="Highest value.")
    unit: str = Field(description="Name of the unit as printed under an axis.")

    @model_validator(mode="after")
    def _runs_upward(self) -> Scale:
        if self.maximum <= self.minimum:
            raise ValueError("the maximum is not above the minimum")
        return self


class Outcome(Settings):
    """An outcome: which instruments measure it, and on which scale it is analysed."""

    id: Identifier = Field(description="Short name used by analyses.")
    label: str = Field(description="As printed.")
    constructs: tuple[str, ...] = Field(
        min_length=1, description="Constructs of `instruments.yaml` that belong to it."
    )
    instruments: tuple[str, ...] = Field(
        default=(),
        description="Instruments in order of preference; empty: every instrument of the constructs.",
    )
    scale: Scale | None = Field(
        default=None,
        description="Shared scale; values of other scales are converted to it. Leave it out for counts.",
    )
    unit: str = Field(
        default="",
        description="Unit of analysis of an outcome without a shared scale (`min`: times printed in seconds or hours "
        "are converted). Leave it out for counts.",
    )
    direction: Literal["lower", "higher"] = Field(description="Which direction is better.")
    minimal_important_difference: MinimalImportantDifferences = Field(
        default=MinimalImportantDifferences(), description="The two minimal important differences."
    )


class Window(Settings):
    """A span of follow-up, in weeks from the start of treatment. One timepoint per study and window is used."""

    id: Identifier = Field(description="Short name used by analyses.")
    label: str = Field(description="As printed, e.g. `over 1 to 6 weeks`.")
    lower: float = Field(ge=0, description="Lower edge in weeks.")
    lower_closed: bool = Field(default=False, description="Whether the lower edge belongs to it.")
    upper: float | None = Field(default=None, description="Upper edge in weeks, always included; none: open.")
    target: float = Field(ge=0, description="The nearest timepoint to it is used; ties go to the later one.")
    phase: Literal["follow_up", "procedure"] = Field(
        default="follow_up", description="Phase of the rows it takes."
    )

    @model_validator(mode="after")
    def _runs_forward(self) -> Window:
        if self.upper is not None and self.upper <= self.lower:
            raise ValueError("the upper edge is not above the lower edge")
        return self


class ArmSelector(Settings):
    """Which arms count as one side of a contrast; every list that is given must match."""

    guidance: tuple[str, ...] = Field(default=(), description="Guidance ids; empty: any.")
    without_guidance: tuple[str, ...] = Field(
        default=(), description="Guidance ids that the arm must not have: an arm with both is not clear."
    )
    procedure: tuple[str, ...] = Field(default=(), description="Procedure ids; empty: any.")
    injectate: tuple[str, ...] = Field(default=(), description="Injectate ids; empty: any.")
    role: tuple[str, ...] = Field(
        default=(), description="Roles (intervention, comparator, single); empty: any."
    )


class Favours(Settings):
    """What stands under the two ends of the axis."""

    left: str = Field(description="Below smaller values.")
    right: str = Field(description="Below larger values.")


class Analysis(Settings):
    """One pool, one forest plot."""

    id: Identifier = Field(description="Short name; file names use it.")
    title: str = Field(description="As printed above the plot.")
    outcome: Identifier = Field(description="Outcome id.")
    contrast: Literal["before_after", "between_arms", "one_arm"] = Field(
        description="Follow-up against baseline of one arm, arm against arm, or one arm alone (a proportion)."
    )
    window: Identifier | None = Field(
        default=None, description="Window id; none: the time does not matter (procedure time, success)."
    )
    measure: Literal["MD", "SMD", "ROM", "MC", "SMCC", "SMCR", "RR", "OR", "RD", "PLO"] = Field(
        description="Effect measure by metafor's name: MD, SMD, ROM, RR, OR, RD between arms; MC, SMCC, SMCR before "
        "and after; PLO of one arm."
    )
    smd_variance: Literal["LS", "LS2"] = Field(
        default="LS", description="Variance of a standardised mean difference, by metafor's `vtype`."
    )
    conditions: tuple[str, ...] = Field(min_length=1, description="Conditions that are pooled.")
    unclear_condition: Literal["include", "exclude"] = Field(
        default="exclude",
        description="What happens to a study whose condition is not told; `include` suits outcomes that do not "
        "depend on it, such as the time a procedure takes.",
    )
    designs: tuple[str, ...] = Field(min_length=1, description="Designs that share the diamond.")
    intervention: ArmSelector = Field(
        description="The arm of interest (the only one of a before/after analysis)."
    )
    comparator: ArmSelector | None = Field(
        default=None, description="The other arm; needed for `between_arms`."
    )
    same_procedure: bool = Field(
        default=False,
        description="Whether both arms must have the same procedures: where guidance and target differ together, "
        "the guidance cannot be told apart from the target.",
    )
    change_values: Literal["prefer_final", "prefer_change", "final_only", "change_only"] = Field(
        default="prefer_final",
        description="Which of a study's values at follow-up and change scores is used. A standardised mean difference "
        "never mixes the two in one pool: the kind with fewer studies is left out.",
    )
    adjusted: Literal["raw_first", "adjusted_first"] = Field(
        default="raw_first", description="Which of a study's raw and adjusted figures is used."
    )
    zero_cells: Literal["exclude", "half"] = Field(
        default="exclude",
        description="What happens to counts with a cell of 0: left out with the reason, or 0.5 is added to every cell "
        "of that study. A study without events in both arms tells nothing about a ratio and stays out of RR and OR.",
    )
    shared_control: Literal["combine", "split", "model"] = Field(
        default="combine",
        description="Several arms of interest with one comparator: combined into one effect; the comparator split "
        "evenly between them; or one effect for each in one cluster, with the flag `dependent_effects`.",
    )
    favours: Favours = Field(description="Labels under the axis.")
    minimal_important_difference: Literal["within_person", "between_groups"] | None = Field(
        default=None, description="Which of the outcome's two differences the figure draws."
    )
    note: str = Field(default="", description="Printed under the plot.")


class OutcomeAssumption(Settings):
    """What is assumed for one outcome, with its source."""

    outcome: Identifier = Field(description="Outcome id.")
    bayes_prior_scale: float | None = Field(
        default=None, gt=0, description="Scale of the half-normal prior of tau, in units of the analysis."
    )
    smd_points_sd: float | None = Field(
        default=None,
        gt=0,
        description="SD in points by which a standardised pool (SMD, SMCR) is multiplied in the row `in_points`.",
    )
    source: str = Field(min_length=5, description="Where they come from.")


class Assumptions(Settings):
    """What is assumed where papers do not say."""

    correlation: float = Field(
        default=0.5,
        gt=-1,
        lt=1,
        description="Correlation of baseline and follow-up, where a study does not give it.",
    )
    correlation_source: str = Field(default="", description="Where it comes from.")
    correlation_from_study: bool = Field(
        default=False,
        description="Whether the correlation is worked out where a study prints the SDs of baseline, follow-up and "
        "change, and used there in place of the assumed one.",
    )
    conversions: tuple[Literal["se", "ci", "t", "p", "quartiles", "range", "change_sd"], ...] = Field(
        default=("se", "ci"),
        description="What an SD may be worked out from: the SE or interval of a mean; t or an exact p (of a change, of "
        "a difference); a median with quartiles or a range, unless the sample is skewed; the SDs of baseline and "
        "follow-up with the correlation (for a change). Each is a step of the derivation and a flag.",
    )
    same_people: Literal["pick", "cluster"] = Field(
        default="pick",
        description="What happens to two studies of one pool under the same registration: the larger one is used and "
        "the other left out with the reason, or both stay in one cluster with a flag.",
    )
    estimator: Literal["REML", "ML", "DL", "HE", "PM", "CE"] = Field(
        default="REML", description="Estimator of the between-study variance; `CE`: one common effect, none."
    )
    ci: Literal["hksj-conservative", "hksj", "wald"] = Field(
        default="hksj-conservative", description="Interval of the mean."
    )
    level: float = Field(default=95, gt=50, lt=100, description="Confidence level in percent.")
    bayes_prior_scale: float = Field(
        default=0.5,
        gt=0,
        description="Scale of the half-normal prior of tau for log ratios and standardised measures.",
    )
    bayes_prior_share: float = Field(
        default=0.1,
        gt=0,
        description="The same for outcomes with a shared scale, as a share of its range (0.1: 1 of 0 to 10 points).",
    )
    by_outcome: tuple[OutcomeAssumption, ...] = Field(
        default=(), description="What is assumed for single outcomes; it wins over the general."
    )


class Config(Settings):
    """The whole configuration of a review."""

    title: str = Field(description="Title of the review.")
    registration: str = Field(
        default="",
        description="Where the protocol is registered, e.g. the PROSPERO id; `sonospine freeze` stores it.",
    )
    question: Question = Field(description="The question.")
    sources: Sources = Field(description="Where records come from.")
    search: Search = Field(default=Search(), description="What is asked of the live sources.")
    vocabulary: str = Field(default="config/vocabulary", description="Folder of the vocabulary.")
    eligibility: Eligibility = Field(description="Which studies are in.")
    outcomes: tuple[Outcome, ...] = Field(min_length=1, description="What is pooled.")
    windows: tuple[Window, ...] = Field(min_length=1, description="Spans of follow-up.")
    analyses: tuple[Analysis, ...] = Field(min_length=1, description="The pools.")
    assumptions: Assumptions = Field(default=Assumptions(), description="Assumptions, printed in the report.")
    robustness: Robustness = Field(
        default=Robustness(), description="What `sonospine probe` varies and resamples."
    )

    def outcome(self, outcome_id: str) -> Outcome:
        """Return the outcome of an id."""
        return next(o for o in self.outcomes if o.id == outcome_id)

    def window(self, window_id: str) -> Window:
        """Return the window of an id."""
        return next(w for w in self.windows if w.id == window_id)

    def analysis(self, analysis_id: str) -> Analysis:
        """Return the analysis of an id."""
        return next(a for a in self.analyses if a.id == analysis_id)

    def difference(self, analysis: Analysis) -> MinimalImportantDifference | None:
        """Return the minimal important difference that an analysis names."""
        named = analysis.minimal_important_difference
        differences = self.outcome(analysis.outcome).minimal_important_difference
        return getattr(differences, named) if named else None

    @model_validator(mode="after")
    def _names_fit(self) -> Config:
        for kind, ids in (
            ("outcomes", [o.id for o in self.outcomes]),
            ("windows", [w.id for w in self.windows]),
            ("analyses", [a.id for a in self.analyses]),
        ):
            for index, name in enumerate(ids):
                if name in ids[:index]:
                    raise _misfit("the id stands twice", (kind, index, "id"), name)
        names = [a.id for a in self.analyses]
        for index, exploration in enumerate(self.robustness.explorations):
            if exploration.analysis not in (EVERY, *names):
                where = ("robustness", "explorations", index, "analysis")
                raise _misfit("no such analysis", where, exploration.analysis, [EVERY, *names])
        outcomes, windows = [o.id for o in self.outcomes], [w.id for w in self.windows]
        for index, assumption in enumerate(self.assumptions.by_outcome):
            if assumption.outcome not in outcomes:
                place = ("assumptions", "by_outcome", index, "outcome")
                raise _misfit("no such outcome", place, assumption.outcome, outcomes)
        for index, analysis in enumerate(self.analyses):
            here = ("analyses", index)
            if analysis.outcome not in outcomes:
                raise _misfit("no such outcome", (*here, "outcome"), analysis.outcome, outcomes)
            if analysis.window is not None and analysis.window not in windows:
                raise _misfit("no such window", (*here, "window"), analysis.window, windows)
            if (analysis.contrast == "between_arms") != (analysis.comparator is not None):
                raise _misfit("a comparator belongs to between_arms, and only to it", (*here, "contrast"))
            if analysis.measure not in MEASURES[analysis.contrast]:
                raise _misfit(
                    f"the measure does not fit {analysis.contrast}",
                    (*here, "measure"),
                    analysis.measure,
                    MEASURES[analysis.contrast],
                )
        return self


def _misfit(
    reason: str, location: tuple[str | int, ...], found: str = "", allowed: Sequence[str] = ()
) -> PydanticCustomError:
    """Return an error that names where in the whole configuration it stands (a whole has no place of its own)."""
    return PydanticCustomError(
        "misfit",
        "{reason}",
        {"reason": reason, "location": location, "found": found, "allowed": list(allowed)},
    )
