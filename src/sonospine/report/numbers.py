"""Pooled results and effects as the pages print them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sonospine.config.settings import Analysis, Config, Window
from sonospine.figures.wording import INTERVALS, effect_number, interval_text, p_text, rounded
from sonospine.model.table_io import Row
from sonospine.model.times import readable_time

VARIANTS = {
    "primary": "Primary",
    "wald": "Wald interval",
    "other_value": "With the other value of each conflict",
    "other_value_wald": "With the other value of each conflict, Wald interval",
    "mixture": "With the uncertainty of the reading",
}
FLAGS = {
    "not_pooled": "one study: not pooled",
    "not_interpretable": "not interpretable (two studies)",
    "no_effects": "no study could be pooled",
}


@dataclass(frozen=True, slots=True)
class PooledLine:
    """A pooled result, every number as text."""

    variant: str
    k: str
    n: str
    estimate: str
    interval: str
    method: str
    p_value: str
    prediction: str
    tau2: str
    i2: str
    q: str
    note: str


def pooled_line(row: Row) -> PooledLine:
    """Write a row of the table of pools; ratios are back-transformed, tau² stays on the log scale."""
    measure = row["measure"]
    method = INTERVALS.get(row["ci_method"], row["ci_method"])
    return PooledLine(
        VARIANTS.get(row["variant"], row["variant"].replace("_", " ")),
        row["k"],
        row["n"],
        effect_number(float(row["estimate"]), measure) if row["estimate"] else "",
        _interval(row, "ci_lower", "ci_upper"),
        f"{method}, t({row['df']})" if row["df"] else method,
        p_text(row["p_value"]),
        _interval(row, "pi_lower", "pi_upper"),
        _with_bounds(row, "tau2", 3, ""),
        _with_bounds(row, "i2", 0, " %"),
        f"{rounded(row['q'], 2)} (df = {row['q_df']}, {p_text(row['q_p'])})" if row["q"] else "",
        "; ".join(FLAGS.get(flag, flag.replace("_", " ")) for flag in row["flags"].split(";") if flag),
    )


def mixture_line(row: Row) -> PooledLine:
    """Write a row of the table ``reading``: the pool over what the rows could be that nobody has verified."""
    line = pooled_line(row)
    dropped = rounded(str(100 * float(row["dropped_share"])), 0)
    told = f"{row['draws']} draws of {row['rows_drawn']} unverified rows; {dropped} % of the effects dropped"
    return replace(line, method="mixture of the draws", note="; ".join(filter(None, (told, line.note))))


def _interval(row: Row, lower: str, upper: str) -> str:
    if not (row[lower] and row[upper]):
        return ""
    return interval_text(float(row[lower]), float(row[upper]), row["measure"])


def _with_bounds(row: Row, name: str, digits: int, unit: str) -> str:
    if not row[name]:
        return ""
    text = f"{rounded(row[name], digits)}{unit}"
    lower, upper = row[f"{name}_lower"], row[f"{name}_upper"]
    return f"{text} ({rounded(lower, digits)} to {rounded(upper, digits)})" if lower and upper else text


def effect_text(row: Row) -> str:
    """Write an effect with its interval, such as ``MD −1.20 [−1.62, −0.78]``; empty where there is none."""
    if not row["yi"]:
        return ""
    text = f"{row['measure']} {effect_number(float(row['yi']), row['measure'])}"
    return f"{text} {_interval(row, 'ci_lower', 'ci_upper')}".strip()


def window_bounds(window: Window) -> str:
    """Write what a window holds, such as ``from 0 up to 1 week`` or ``over 18 hours up to 30 hours``."""
    start = (
        f"{'from' if window.lower_closed else 'over'} {readable_time(window.lower) if window.lower else '0'}"
    )
    return start if window.upper is None else f"{start} up to {readable_time(window.upper)}"


def thresholds_of(config: Config, analysis: Analysis, *, drawn: bool) -> list[tuple[str, str, str, bool]]:
    """Return both minimal important differences of an outcome: name, value, source, whether the figure draws it.

    ``drawn`` tells whether there is anything in the figure: an empty plot has no line for them.
    """
    differences = config.outcome(analysis.outcome).minimal_important_difference
    found = []
    for name in ("within_person", "between_groups"):
        difference = getattr(differences, name)
        if difference is not None:
            here = drawn and analysis.minimal_important_difference == name
            found.append((name.replace("_", " "), f"{difference.value:g}", difference.source, here))
    return found
