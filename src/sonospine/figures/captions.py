"""The lines under a forest plot: heterogeneity, method, thresholds, keys, and the note of the analysis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sonospine.figures.columns import ABSENT
from sonospine.figures.setting import Setting, Threshold
from sonospine.figures.wording import INTERVALS, MINUS, effect_number, is_ratio, p_text, rounded
from sonospine.model.table_io import Row


def notes_of(
    setting: Setting, k: int, pools: Mapping[str, Row], rows: Sequence[Row], hollow: bool
) -> tuple[str, ...]:
    """Return the lines under the plot, in order; a line that does not apply is left out."""
    primary = pools.get("primary")
    lines = []
    if k == 1:
        lines.append("One study: its own interval is shown; it is not pooled.")
    if k == 2:
        lines.append("Two studies: both intervals are shown; the pooled result is not interpretable.")
    if k >= 2 and primary is not None:
        lines += [heterogeneity_line(primary, setting), method_line(primary, setting)]
    assumed = sorted({row["ri"] for row in rows} - {""})
    if assumed:
        lines.append(f"Correlation of baseline and follow-up: {' or '.join(assumed)}, assumed.")
    if k > 0 and setting.threshold is not None:
        lines.append(threshold_line(setting.threshold, setting))
    if hollow:
        lines.append("Hollow square: places in the source disagree and no person has decided yet.")
    if not setting.plain and any(_lacks_arms(row) for row in rows):
        lines.append(f"{ABSENT}: not printed; the source gives the effect itself, or a value was left out.")
    if setting.note:
        lines.append(setting.note)
    return tuple(lines)


def heterogeneity_line(row: Row, setting: Setting) -> str:
    """Return tau² with its Q-profile interval, I² from tau² with its interval, and Q with df and p."""
    scale = " (log scale)" if is_ratio(setting.measure) else ""
    parts = []
    if row["tau2"]:
        bounds = _bounds(row, "tau2", 3)
        parts.append(f"tau²{scale} = {rounded(row['tau2'], 3)}{f' (Q-profile {bounds})' if bounds else ''}")
    if row["i2"]:
        origin = "from tau²" if row["i2_method"] == "tau2" else f"from {row['i2_method']}"
        bounds = _bounds(row, "i2", 0)
        parts.append(f"I² ({origin}) = {rounded(row['i2'], 0)} %{f' ({bounds} %)' if bounds else ''}")
    if row["q"]:
        parts.append(f"Q = {rounded(row['q'], 2)}, df = {row['q_df']}, {p_text(row['q_p'])}")
    return "Heterogeneity: " + "; ".join(parts) if parts else "Heterogeneity: not estimated"


def _bounds(row: Row, name: str, digits: int) -> str:
    lower, upper = row[f"{name}_lower"], row[f"{name}_upper"]
    return f"{rounded(lower, digits)} to {rounded(upper, digits)}" if lower and upper else ""


def method_line(row: Row, setting: Setting) -> str:
    """Return how the mean and its intervals were made, with the p value of the mean."""
    method = INTERVALS.get(row["ci_method"], row["ci_method"])
    df = f", t({row['df']})" if row["df"] else ""
    model = "Common effect" if row["estimator"] == "CE" else f"Random effects ({row['estimator']})"
    parts = [model, f"{setting.level:g} % interval: {method}{df}"]
    if row["p_value"]:
        parts.append(f"pooled effect {p_text(row['p_value'])}")
    if row["pi_lower"]:
        parts.append(f"prediction interval from t({row['pi_df']})")
    return "; ".join(parts)


def threshold_line(threshold: Threshold, setting: Setting) -> str:
    """Name the minimal important difference that is drawn, with its source."""
    size = threshold_size(threshold, setting.measure)
    return f"Dashed: minimal important difference (MID) {threshold.name}, {size} ({threshold.source})"


def threshold_size(threshold: Threshold, measure: str) -> str:
    """Write a threshold as drawn: ``−2``, ``±0.5``, or for ratios ``0.82 and 1.22``."""
    if is_ratio(measure):
        return " and ".join(effect_number(side * threshold.value, measure) for side in threshold.sides)
    sign = "±" if len(threshold.sides) > 1 else (MINUS if threshold.sides[0] < 0 else "")
    return f"{sign}{threshold.value:g}"


def _lacks_arms(row: Row) -> bool:
    columns = ("ai", "ci") if row["measure"] == "RR" else ("m1i", "sd1i", "m2i", "sd2i")
    return any(row[column] == "" for column in columns)
