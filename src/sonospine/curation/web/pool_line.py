"""A pool as a small line: what is drawn of it (attributes only, no style), and its numbers in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sonospine.config.settings import Config
from sonospine.figures.captions import threshold_line
from sonospine.figures.setting import Threshold, setting_of
from sonospine.figures.wording import effect_number, interval_text
from sonospine.model.table_io import Row

if TYPE_CHECKING:
    from sonospine.curation.view import Shift

WIDTH, MARGIN, ROW, FIRST, HALF = 360, 14, 24, 14, 8
"""Size of the drawing: width, margin at its ends, height of a row, middle of the first one, half a diamond."""


@dataclass(frozen=True, slots=True)
class Diamond:
    """One diamond: corners as the attribute ``points`` takes them, and whether it is the former one."""

    points: str
    former: bool


@dataclass(frozen=True, slots=True)
class PoolLine:
    """A pool to draw and to read: positions are in the units of the drawing, numbers are text.

    ``mids`` are the places of the minimal important difference, ``none`` that of "no effect"; ``difference`` names
    the former, ``verdict`` says how the interval lies to both.
    """

    analysis: str
    title: str
    before: str
    after: str
    verdict: str
    difference: str
    diamonds: tuple[Diamond, ...]
    mids: tuple[str, ...]
    none: str
    ends: tuple[str, str]
    favours: tuple[str, str]
    height: int

    @property
    def changed(self) -> bool:
        """Whether the numbers as printed differ from those before."""
        return self.before != self.after


def pool_line(config: Config, analysis_id: str, after: Row | None, before: Row | None = None) -> PoolLine:
    """Return the line of a pool; with ``before`` the former diamond is drawn above the one of now.

    Rows are of ``pooled`` (``None``: no pool). Ratios are drawn on the scale of the analysis and printed as ratios.
    """
    setting = setting_of(config, config.analysis(analysis_id), demonstration=False)
    threshold = setting.threshold
    drawn = [
        (row, former)
        for row, former in ((before, True), (after, False))
        if row is not None and row["estimate"]
    ]
    mids = [side * threshold.value for side in threshold.sides] if threshold and drawn else []
    numbers = [float(row[c]) for row, _ in drawn for c in ("ci_lower", "ci_upper", "estimate") if row[c]]
    low, high = min([*numbers, *mids, 0.0]), max([*numbers, *mids, 0.0])
    if high <= low:
        low, high = low - 1, high + 1

    def x(value: float) -> str:
        return f"{MARGIN + (value - low) / (high - low) * (WIDTH - 2 * MARGIN):.1f}"

    diamonds = []
    for place, (row, former) in enumerate(drawn):
        y, middle = FIRST + place * ROW, x(float(row["estimate"]))
        left, right = (x(float(row[c] or row["estimate"])) for c in ("ci_lower", "ci_upper"))
        diamonds.append(Diamond(f"{left},{y} {middle},{y - HALF} {right},{y} {middle},{y + HALF}", former))
    return PoolLine(
        analysis_id,
        setting.title,
        pool_text(before),
        pool_text(after),
        _verdict(after, threshold),
        threshold_line(threshold, setting) if threshold and drawn else "",
        tuple(diamonds),
        tuple(x(value) for value in mids),
        x(0.0),
        (effect_number(low, setting.measure), effect_number(high, setting.measure)),
        (setting.favours_left, setting.favours_right),
        FIRST + max(len(drawn), 1) * ROW,
    )


def shift_lines(config: Config, shifts: Sequence[Shift]) -> list[PoolLine]:
    """Return the lines of pools that changed, in order of the configuration."""
    order = {analysis.id: place for place, analysis in enumerate(config.analyses)}
    known = [shift for shift in shifts if shift.analysis in order]
    return [
        pool_line(config, shift.analysis, shift.after, shift.before)
        for shift in sorted(known, key=lambda shift: order[shift.analysis])
    ]


def pool_text(row: Row | None) -> str:
    """Write a pool as ``MD −1.20 [−1.62, −0.78], k = 4, n = 310``; without one ``no pool``."""
    if row is None or not row["estimate"]:
        return "no pool"
    text = f"{row['measure']} {effect_number(float(row['estimate']), row['measure'])}"
    if row["ci_lower"] and row["ci_upper"]:
        text += f" {interval_text(float(row['ci_lower']), float(row['ci_upper']), row['measure'])}"
    people = f", n = {row['n']}" if row["n"] else ""
    alone = " (one study: not pooled)" if "not_pooled" in row["flags"].split(";") else ""
    return f"{text}, k = {row['k']}{people}{alone}"


def _verdict(row: Row | None, threshold: Threshold | None) -> str:
    if row is None or not (row["ci_lower"] and row["ci_upper"]):
        return ""
    low, high = float(row["ci_lower"]), float(row["ci_upper"])
    told = f"The interval {'includes' if low <= 0 <= high else 'excludes'} no effect"
    if threshold is not None:
        within = any(low <= side * threshold.value <= high for side in threshold.sides)
        told += f" and {'includes' if within else 'excludes'} the minimal important difference"
    return f"{told}."
