"""What a figure says besides its numbers: title, axis, captions, taken from the configuration."""

from __future__ import annotations

from dataclasses import dataclass

from sonospine.config.settings import Analysis, ArmSelector, Config, Outcome
from sonospine.figures.wording import in_words, sentence

UNCONTROLLED = "Uncontrolled: includes natural course and regression to the mean"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A minimal important difference: its name, value (analysis scale), source, and the sides it is drawn on."""

    name: str
    value: float
    source: str
    sides: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """Texts of one forest plot. ``links``: rows lead to evidence pages; ``timed``: a column shows the weeks."""

    analysis: str
    title: str
    subtitle: str
    measure: str
    axis_label: str
    head_1: str = ""
    head_2: str = ""
    favours_left: str = ""
    favours_right: str = ""
    note: str = ""
    threshold: Threshold | None = None
    level: float = 95
    demonstration: bool = False
    links: bool = True
    timed: bool = False
    plain: bool = False


def setting_of(config: Config, analysis: Analysis, *, demonstration: bool) -> Setting:
    """Return the texts of an analysis of the configuration.

    The minimal important difference lies on the side of improvement in a before/after analysis and on both sides
    in a comparison, which can go either way.
    """
    outcome = config.outcome(analysis.outcome)
    paired = analysis.contrast == "before_after"
    named = analysis.minimal_important_difference
    found = config.difference(analysis)
    threshold = None
    if named and found is not None:
        better = -1 if outcome.direction == "lower" else 1
        sides = (better,) if paired else (-1, 1)
        threshold = Threshold(named.replace("_", " "), found.value, found.source, sides)
    window = config.window(analysis.window).label if analysis.window else ""
    return Setting(
        analysis=analysis.id,
        title=analysis.title,
        subtitle=", ".join(part for part in (outcome.label, window) if part),
        measure=analysis.measure,
        axis_label=axis_label(analysis.measure, unit_of(outcome)),
        head_1="Follow-up" if paired else _head(analysis.intervention, "Intervention"),
        head_2="Baseline" if paired else _head(analysis.comparator, "Comparator"),
        favours_left=analysis.favours.left,
        favours_right=analysis.favours.right,
        note=_note(analysis.note, paired),
        threshold=threshold,
        level=config.assumptions.level,
        demonstration=demonstration,
        timed=analysis.window is not None,
    )


def unit_of(outcome: Outcome) -> str:
    """Return the unit in which an outcome is pooled: that of its scale, else its own."""
    return outcome.scale.unit if outcome.scale else outcome.unit


def axis_label(measure: str, unit: str) -> str:
    """Return the words under the axis: the measure, and the unit where values are in points."""
    from sonospine.figures.wording import MEASURES, is_ratio

    name = MEASURES.get(measure, measure or "Effect")
    if is_ratio(measure):
        return f"{name} (log axis)"
    return f"{name}, {unit}" if unit and measure in ("MD", "MC") else name


def _head(selector: ArmSelector | None, otherwise: str) -> str:
    kinds = selector.guidance if selector is not None else ()
    return sentence(", ".join(in_words(kind) for kind in kinds)) if 0 < len(kinds) <= 2 else otherwise


def _note(note: str, paired: bool) -> str:
    if not paired or "uncontrolled" in note.lower():
        return note
    return f"{UNCONTROLLED}. {note}".strip()
