"""What a pooled effect means in plain words, against no effect and the minimal important difference that is named."""

from __future__ import annotations

from sonospine.config.settings import Config
from sonospine.figures.captions import threshold_size
from sonospine.figures.setting import Threshold, setting_of
from sonospine.figures.wording import is_ratio, sentence
from sonospine.model.table_io import Row
from sonospine.report.suggestions import Bounds, better_side, bounds_of


def difference_in_words(config: Config, analysis_id: str) -> str:
    """Name the minimal important difference of an analysis with its value; empty where none is named."""
    threshold = _threshold(config, analysis_id)
    if threshold is None:
        return ""
    analysis = config.analysis(analysis_id)
    outcome = config.outcome(analysis.outcome)
    if is_ratio(analysis.measure):
        size = threshold_size(Threshold(threshold.name, threshold.value, "", (-1, 1)), analysis.measure)
    else:
        size = f"{threshold.value:g}"
    unit = outcome.scale.unit if outcome.scale and analysis.measure in ("MD", "MC") else ""
    return f"minimal important difference {threshold.name}: {size}{f' ({unit})' if unit else ''}"


def _threshold(config: Config, analysis_id: str) -> Threshold | None:
    return setting_of(config, config.analysis(analysis_id), demonstration=False).threshold


def meaning_of(config: Config, analysis_id: str, primary: Row) -> str:
    """Say what the interval of the mean says, by comparing its bounds with no effect and the named difference.

    Returns
    -------
    str
        One or two sentences; the sides are named as under the axis of the figure. Empty without an interval and for
        a proportion of one arm, which is compared with nothing.
    """
    named = config.difference(config.analysis(analysis_id))
    better = better_side(config, analysis_id)
    mean = bounds_of(primary, ("ci_lower", "ci_upper"), better, named.value if named is not None else None)
    if mean is None or primary["measure"] == "PLO":
        return ""
    favours = config.analysis(analysis_id).favours
    good, bad = (favours.left, favours.right) if better < 0 else (favours.right, favours.left)
    if mean.holds(0):
        first = f"The interval includes no effect and reaches from “{bad}” to “{good}”"
        return f"{first}. {_around_nothing(mean)}".strip()
    side = good if mean.lower > 0 else bad
    if mean.difference is None:
        return f"{sentence(side)}."
    estimate = better * float(primary["estimate"])
    near, far = sorted((abs(mean.lower), abs(mean.upper)))
    return f"{sentence(side)}. {_size(abs(estimate), near, far, mean.difference)}"


def _around_nothing(mean: Bounds) -> str:
    if mean.difference is None:
        return ""
    held = mean.held - {0.0}
    if len(held) == 2:
        return "An important difference in either direction is compatible with the data."
    if mean.difference in held:
        return "A difference for the better that matters is not ruled out; one for the worse is."
    if held:
        return "A difference for the worse that matters is not ruled out; one for the better is."
    return "It rules out a difference that matters, in either direction."


def _size(estimate: float, near: float, far: float, difference: float) -> str:
    if near > difference:
        return "The whole interval lies beyond the difference that matters."
    if far < difference:
        return "The whole interval lies short of the difference that matters."
    if estimate >= difference:
        return "The mean reaches the difference that matters; the interval reaches smaller ones too."
    return "The mean lies short of the difference that matters; the interval reaches it."
