"""An effect in the making: its steps, its notes, and the groups it is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sonospine.effects.conversions import combined
from sonospine.effects.derivation import Derivation, Value
from sonospine.effects.inputs import Cell, Notes, Source
from sonospine.effects.measures import Effect, Group
from sonospine.effects.summaries import CONVERTED, Printed, Summary, summarise


@dataclass(slots=True)
class Estimate:
    """An effect with what the columns of ``effects`` need; ``effect`` is ``None`` where there are problems."""

    steps: Derivation = field(default_factory=Derivation)
    notes: Notes = field(default_factory=Notes)
    effect: Effect | None = None
    unit: str = ""
    n1: int | None = None
    n2: int | None = None
    one: Group | None = None
    two: Group | None = None
    printed_1: Printed = CONVERTED
    printed_2: Printed = CONVERTED
    events_1: int | None = None
    events_2: int | None = None
    interval: tuple[float, float] | None = None

    @property
    def usable(self) -> bool:
        """Whether the effect can be pooled."""
        return self.effect is not None and not self.notes.problems


def summaries_of(
    made: Estimate, cells: Sequence[Cell], source: Source, *, spread_elsewhere: bool = False
) -> list[Summary]:
    """Read the rows of one side."""
    return [
        summarise(cell, source, made.steps, made.notes, spread_elsewhere=spread_elsewhere) for cell in cells
    ]


def group_of(made: Estimate, summaries: Sequence[Summary]) -> tuple[Group | None, int]:
    """Return the group of one arm, or of several arms combined, and its step."""
    groups = [g for s in summaries if (g := s.group()) is not None]
    if len(groups) != len(summaries) or not groups:
        return None, summaries[0].step if summaries else 0
    if len(groups) == 1:
        return groups[0], summaries[0].step
    group = combined(groups)
    values = {
        f"{name}{i}": v for i, g in enumerate(groups, 1) for name, v in zip(("n", "m", "s"), g, strict=True)
    }
    step = made.steps.add(
        "combine_arms",
        [s.step for s in summaries],
        "N = n1 + n2; M = (n1 m1 + n2 m2)/N; SD² = [(n1 − 1) s1² + (n2 − 1) s2² + n1 n2/N (m1 − m2)²]/(N − 1)",
        values,
        {"n": group.n, "mean": group.mean, "sd": group.sd},
    )
    made.notes.flag("arms_combined")
    return group, step


def printed_of(summaries: Sequence[Summary]) -> Printed:
    """Return the figures of one arm as printed; those of arms combined are derived."""
    return summaries[0].printed if len(summaries) == 1 else CONVERTED


def refuse_unsigned(made: Estimate, cells: Sequence[Cell], source: Source) -> None:
    """Refuse change scores that are all printed without a minus where lower is better.

    They may be reductions or worsenings. Changes that were worked out here have their sign.
    """
    values = [cell.row["value"] for cell in cells if cell.row["value"] and cell.minus is None]
    direction = source.direction(cells[0].row) or source.outcome.direction
    if values and direction == "lower" and not any(v.startswith("-") for v in values):
        made.notes.problem("the change is printed without a sign: better or worse is not clear")


def final_step(
    made: Estimate, measure: str, inputs: Sequence[int], formula: str, values: Mapping[str, Value]
) -> None:
    """Add the step that gives ``yi`` and ``vi``."""
    if made.effect is not None:
        result = {"yi": made.effect.yi, "vi": made.effect.vi}
        made.steps.add(measure, list(inputs), formula, values, result)
