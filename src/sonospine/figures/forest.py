"""What a forest plot shows, as values: from the tables of effects, pools and weights to lines of text and numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sonospine.figures.captions import notes_of
from sonospine.figures.columns import Head, cells_of, heads_of
from sonospine.figures.setting import Setting
from sonospine.figures.wording import effect_number, interval_text, plain
from sonospine.model.numbers import number, truth
from sonospine.model.table_io import Row

POOLED_VARIANTS = ("primary", "wald", "other_value", "other_value_wald")


@dataclass(frozen=True, slots=True)
class StudyLine:
    """One study: its label (``fallback`` where the font lacks a character), its cells, its effect on the analysis scale, its share of the pool in percent."""

    effect_id: str
    label: str
    fallback: str
    cells: tuple[str, ...]
    estimate: float
    lower: float
    upper: float
    effect: str
    weight: float | None
    url: str
    conflict: bool


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """A pooled result; ``second`` for one that does not stand for the analysis (other value, second interval)."""

    label: str
    estimate: float
    lower: float
    upper: float
    effect: str
    second: bool


@dataclass(frozen=True, slots=True)
class Prediction:
    """The prediction interval on the analysis scale, with its text."""

    lower: float
    upper: float
    effect: str


@dataclass(frozen=True, slots=True)
class Forest:
    """All that is drawn. Without lines it is the honest empty plot; ``message`` then says why."""

    setting: Setting
    heads: tuple[Head, ...]
    lines: tuple[StudyLine, ...]
    summaries: tuple[SummaryLine, ...]
    prediction: Prediction | None
    message: tuple[str, ...]
    notes: tuple[str, ...]


def forest_of(
    setting: Setting,
    effects: Sequence[Row],
    pooled: Sequence[Row],
    weights: Sequence[Row],
    conflicted: Collection[str] = (),
) -> Forest:
    """Collect what the forest plot of one analysis shows.

    Parameters
    ----------
    setting
        Title, axis and captions of the analysis.
    effects, pooled, weights
        Rows of the tables of these names (other analyses are passed over).
    conflicted
        Effects (``effect_id``) that rest on values over which an open conflict stands.

    Returns
    -------
    Forest
        Studies in order of year and label (of the rows, in a plain file). Only the effects of the primary pool are lines.
    """
    own = [row for row in effects if row["analysis"] == setting.analysis and row["variant"] == "primary"]
    entered = [row for row in own if truth(row["included"])]
    if not setting.plain:
        entered.sort(key=lambda r: (r["year"], r["label"], r["effect_id"]))
    shares = {
        row["effect_id"]: float(row["weight"])
        for row in weights
        if row["analysis"] == setting.analysis and row["variant"] == "primary" and row["subgroup"] == ""
    }
    if len(entered) == 1:
        shares = {}  # a single study is not pooled: it has no share
    pools = {
        row["variant"]: row for row in pooled if row["analysis"] == setting.analysis and row["subgroup"] == ""
    }
    heads = heads_of(setting, entered)
    lines = tuple(_line(row, heads, setting, shares, row["effect_id"] in conflicted) for row in entered)
    primary = pools.get("primary")
    return Forest(
        setting,
        heads,
        lines,
        _summaries(pools, setting) if len(lines) > 1 else (),
        _prediction(primary, setting),
        () if lines else _why_empty(own),
        notes_of(setting, len(lines), pools, entered, any(line.conflict for line in lines)),
    )


def _line(
    row: Row, heads: Sequence[Head], setting: Setting, shares: Mapping[str, float], conflict: bool
) -> StudyLine:
    estimate, lower, upper = (_required(row, column) for column in ("yi", "ci_lower", "ci_upper"))
    return StudyLine(
        row["effect_id"],
        study_label(row),
        f"Study {row['study_id']}" + (f" ({row['year']})" if row["year"] else ""),
        cells_of(row, heads),
        estimate,
        lower,
        upper,
        f"{effect_number(estimate, setting.measure)} {interval_text(lower, upper, setting.measure)}",
        shares.get(row["effect_id"]),
        f"studies/{row['study_id']}.html#{row['effect_id']}" if setting.links else "",
        conflict,
    )


def study_label(row: Mapping[str, str]) -> str:
    """Return the label of a study with its year once."""
    label, year = plain(row["label"]) or row["study_id"], row.get("year", "")
    return label if not year or year in label else f"{label} {year}"


def _required(row: Row, column: str) -> float:
    value = number(row[column])
    if value is None:
        raise ValueError(f"effect {row['effect_id']} is included but has no {column}")
    return value


def _summaries(pools: Mapping[str, Row], setting: Setting) -> tuple[SummaryLine, ...]:
    found = []
    for variant in POOLED_VARIANTS:
        row = pools.get(variant)
        if row is None or (variant == "wald" and pools["primary"]["k"] != "2"):
            continue
        estimate, lower, upper = (number(row[c]) for c in ("estimate", "ci_lower", "ci_upper"))
        if estimate is None or lower is None or upper is None:
            continue
        text = f"{effect_number(estimate, setting.measure)} {interval_text(lower, upper, setting.measure)}"
        found.append(
            SummaryLine(_summary_label(variant, row), estimate, lower, upper, text, variant != "primary")
        )
    return tuple(found)


def _summary_label(variant: str, row: Row) -> str:
    people = f", n = {row['n']}" if row["n"] else ""
    label = f"Pooled: k = {row['k']} studies{people}"
    if variant.startswith("other_value"):
        label = "Pooled with the other value of each conflict"
    if row["k"] == "2":
        method = "Wald" if variant.endswith("wald") else "Hartung-Knapp, max(1, q)"
        label += f" ({method}; not interpretable)"
    return label


def _prediction(row: Row | None, setting: Setting) -> Prediction | None:
    if row is None:
        return None
    lower, upper = number(row["pi_lower"]), number(row["pi_upper"])
    if lower is None or upper is None:
        return None
    return Prediction(lower, upper, interval_text(lower, upper, setting.measure))


def _why_empty(candidates: Sequence[Row]) -> tuple[str, ...]:
    """Say how many candidates there were, and why none of them is in the pool."""
    reasons = Counter(plain(row["exclusion_reason"]) or "no reason given" for row in candidates)
    counted = [
        f"{count} × {reason}" for reason, count in sorted(reasons.items(), key=lambda r: (-r[1], r[0]))
    ]
    total = len(candidates)
    found = "no candidate was found" if total == 0 else f"{total} candidate{'s' if total > 1 else ''}:"
    return ("No study could be pooled.", found, *counted[:8], *(["…"] if len(counted) > 8 else []))


def conflicted_effects(effects: Sequence[Row], measurements: Sequence[Row]) -> set[str]:
    """Return the effects that rest on a value over which a conflict is open (its row carries ``conflict``)."""
    doubted = {row["measurement_id"] for row in measurements if "conflict" in row["flags"].split(";")}
    return {row["effect_id"] for row in effects if _touches(row, doubted)}


def _touches(effect: Row, doubted: Collection[str]) -> bool:
    flagged = "conflict" in effect["flags"].split(";")
    return flagged or any(name in doubted for name in effect["measurement_ids"].split(";"))
