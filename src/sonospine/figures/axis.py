"""The horizontal axis: what it spans, where its ticks stand, how a value becomes a place."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sonospine.figures.forest import Forest
from sonospine.figures.wording import MINUS, is_ratio

RATIO_TICKS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
FINE_RATIO_TICKS = (0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4, 5)
MOST_TICKS = 7


@dataclass(frozen=True, slots=True)
class Axis:
    """Span on the analysis scale, ticks (value and label), and the place in inches from the left."""

    lower: float
    upper: float
    ticks: tuple[tuple[float, str], ...]
    left: float
    width: float

    def place(self, value: float) -> float:
        """Return the place of a value in inches; values outside lie at the ends."""
        share = (value - self.lower) / (self.upper - self.lower)
        return self.left + self.width * min(1.0, max(0.0, share))


def axis_for(forest: Forest, left: float, width: float) -> Axis:
    """Return an axis that holds every estimate, no effect, the threshold, and pooled intervals of three or more.

    Other intervals are shown as far as one and a half times the span of these on either side; beyond, they are cut
    and end in an arrow (the interval of two studies is so wide that it would flatten the plot).
    """
    core = [0.0, *(line.estimate for line in forest.lines)]
    core += [line.estimate for line in forest.summaries]
    if len(forest.lines) > 2:
        core += [bound for line in forest.summaries for bound in (line.lower, line.upper)]
    if forest.setting.threshold is not None:
        core += [side * forest.setting.threshold.value for side in forest.setting.threshold.sides]
    every = core + [bound for line in forest.lines for bound in (line.lower, line.upper)]
    every += [bound for line in forest.summaries for bound in (line.lower, line.upper)]
    if forest.prediction is not None:
        every += [forest.prediction.lower, forest.prediction.upper]
    own = min((line.upper - line.lower for line in forest.lines), default=1.0)
    span = max(max(core) - min(core), own, 1e-6)
    lower = max(min(every), min(core) - 1.5 * span)
    upper = min(max(every), max(core) + 1.5 * span)
    if upper - lower < 1e-9:  # nothing to show, or effects that are all the same and exact
        lower, upper = lower - 0.5, upper + 0.5
    margin = 0.04 * (upper - lower)
    lower, upper = lower - margin, upper + margin
    values = _ratio_ticks(lower, upper) if is_ratio(forest.setting.measure) else _even_ticks(lower, upper)
    return Axis(lower, upper, values, left, width)


def _even_ticks(lower: float, upper: float) -> tuple[tuple[float, str], ...]:
    rough = (upper - lower) / MOST_TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough * 0.999999)
    digits = max(0, -math.floor(math.log10(step)) + (1 if round(step / power, 6) == 2.5 else 0))
    first = math.ceil(lower / step - 1e-9)
    last = math.floor(upper / step + 1e-9)
    return tuple(
        (i * step, f"{i * step:.{digits}f}".replace("-", MINUS) if i else "0") for i in range(first, last + 1)
    )


def _ratio_ticks(lower: float, upper: float) -> tuple[tuple[float, str], ...]:
    for choice in (RATIO_TICKS, FINE_RATIO_TICKS):
        inside = [tick for tick in choice if lower <= math.log(tick) <= upper]
        if len(inside) >= 3:
            return tuple((math.log(tick), f"{tick:g}") for tick in _thinned(inside))
    even = _even_ticks(math.exp(lower), math.exp(upper))
    return tuple((math.log(tick), label) for tick, label in even if tick > 0)


def _thinned(ticks: Sequence[float]) -> list[float]:
    """Keep every n-th tick, always with 1 among them."""
    step = math.ceil(len(ticks) / MOST_TICKS)
    middle = ticks.index(1) if 1 in ticks else 0
    return [tick for i, tick in enumerate(ticks) if (i - middle) % step == 0]
