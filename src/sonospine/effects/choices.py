"""The choices of one analysis that decide what enters it and how it is computed."""

from __future__ import annotations

from dataclasses import dataclass

from sonospine.config.settings import Analysis, Assumptions
from sonospine.effects.measures import VType

STANDARDISED = ("SMD", "SMCC", "SMCR")
COUNTED = ("RR", "OR", "RD", "PLO")
RATIOS = ("RR", "OR", "ROM")


@dataclass(frozen=True, slots=True)
class Choices:
    """What an analysis and the assumptions choose; the defaults are those of the configuration.

    Parameters
    ----------
    measure
        Effect measure by metafor's name.
    contrast
        ``before_after``, ``between_arms`` or ``one_arm``.
    vtype
        Variance of a standardised effect.
    correlation, correlation_from_study
        The assumed correlation of baseline and follow-up, and whether a study's own is used where it can be had.
    conversions
        What an SD may be worked out from.
    change_values, adjusted_first, zero_cells, shared_control
        As in the analysis.
    """

    measure: str = "MD"
    contrast: str = "between_arms"
    vtype: VType = "LS"
    correlation: float = 0.5
    correlation_from_study: bool = False
    conversions: frozenset[str] = frozenset({"se", "ci"})
    change_values: str = "prefer_final"
    adjusted_first: bool = False
    zero_cells: str = "exclude"
    shared_control: str = "combine"

    @property
    def paired(self) -> bool:
        """Whether follow-up is compared with baseline."""
        return self.contrast == "before_after"

    @property
    def counted(self) -> bool:
        """Whether the measure is one of counts."""
        return self.measure in COUNTED

    @property
    def scale_free(self) -> bool:
        """Whether the effect has no unit: then an unknown scale is no obstacle."""
        return self.measure in STANDARDISED or self.measure == "ROM"


def choices_of(analysis: Analysis, assumptions: Assumptions) -> Choices:
    """Return the choices of an analysis of the configuration."""
    return Choices(
        analysis.measure,
        analysis.contrast,
        analysis.smd_variance,
        assumptions.correlation,
        assumptions.correlation_from_study,
        frozenset(assumptions.conversions),
        analysis.change_values,
        analysis.adjusted == "adjusted_first",
        analysis.zero_cells,
        analysis.shared_control,
    )
