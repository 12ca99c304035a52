"""Which pooled estimates moved, by how much, and over which line of decision."""

from __future__ import annotations

from sonospine.model.numbers import derived, number
from sonospine.model.table_io import Row, in_order
from sonospine.model.tables import CHANGED_ESTIMATES
from sonospine.releases.comparing import Comparison
from sonospine.releases.edition import Edition

_SHOWN = ("measure", "k", "n", "estimate", "ci_lower", "ci_upper")


def changed_estimates(both: Comparison) -> list[Row]:
    """Return rows of ``changed_estimates``, one for each analysis that has a primary pool in either edition."""
    names = sorted({*both.old.pooled, *both.new.pooled})
    return in_order(CHANGED_ESTIMATES, [_row(both, name) for name in names])


def _row(both: Comparison, analysis: str) -> Row:
    old, new = both.old.pooled.get(analysis, {}), both.new.pooled.get(analysis, {})
    values = {f"{name}_old": old.get(name, "") for name in _SHOWN}
    values |= {f"{name}_new": new.get(name, "") for name in _SHOWN}
    if not old.get("estimate") or not new.get("estimate"):
        change = "came" if new.get("estimate") else "went" if old.get("estimate") else "same"
        return CHANGED_ESTIMATES.row(analysis=analysis, change=change, **values, note=_missing(old, new))
    fault = _not_comparable(both, analysis, old, new)
    if fault:
        return CHANGED_ESTIMATES.row(analysis=analysis, change="not_comparable", **values, note=fault)
    moved = float(new["estimate"]) - float(old["estimate"])
    before, after = _width(old), _width(new)
    same = all(old[name] == new[name] for name in _SHOWN)
    return CHANGED_ESTIMATES.row(
        analysis=analysis,
        change="same" if same else "moved",
        **values,
        moved=derived(moved),
        moved_half_widths=derived(moved / (before / 2)) if before else "",
        width_ratio=derived(after / before) if before and after else "",
        crossed=";".join(_crossed(both, analysis, old, new)),
        note="; ".join(_warnings(old, new, complete=bool(before and after))),
    )


def _missing(old: Row, new: Row) -> str:
    if not old.get("estimate") and not new.get("estimate"):
        return "no estimate in either"
    return "no estimate in the older one" if new.get("estimate") else "no estimate in the newer one"


def _warnings(old: Row, new: Row, *, complete: bool) -> list[str]:
    """Return what a reader has to know before the two intervals are compared."""
    notes = [] if complete else ["an interval is missing"]
    for side, row in (("older", old), ("newer", new)):
        if row["k"] == "1":
            notes.append(f"{side}: one study, not pooled")
        elif row["k"] == "2":
            notes.append(f"{side}: two studies, not interpretable")
    return notes


def _not_comparable(both: Comparison, analysis: str, old: Row, new: Row) -> str:
    if old["measure"] != new["measure"]:
        return f"the effect measure is another: {old['measure']}, now {new['measure']}"
    units = [sorted({row["unit"] for row in edition.entered(analysis)}) for edition in (both.old, both.new)]
    if all(units) and units[0] != units[1]:
        return f"the unit is another: {', '.join(units[0])}, now {', '.join(units[1])}"
    return ""


def _width(row: Row) -> float | None:
    lower, upper = number(row["ci_lower"]), number(row["ci_upper"])
    return None if lower is None or upper is None or upper <= lower else upper - lower


def _lines(edition: Edition, analysis: str) -> dict[str, float]:
    """Return the lines of decision on the analysis scale: no effect, and the difference that matters on both sides."""
    row = edition.pooled[analysis]
    lines = {"zero": 0.0}
    mid = number(row["mid"])
    if mid is not None:
        directions = {one["direction"] for one in edition.entered(analysis) if one["direction"]}
        benefit = -mid if directions == {"lower"} else mid
        lines |= {
            "minimal important difference (benefit)": benefit,
            "minimal important difference (harm)": -benefit,
        }
    return lines


def _crossed(both: Comparison, analysis: str, old: Row, new: Row) -> list[str]:
    before, after = _lines(both.old, analysis), _lines(both.new, analysis)
    found = []
    for name in [name for name in before if name in after]:
        if _side(float(old["estimate"]), before[name]) != _side(float(new["estimate"]), after[name]):
            found.append(f"{name}: the estimate is on the other side")
        was, now = _reaches(old, before[name]), _reaches(new, after[name])
        if was is not None and now is not None and was != now:
            found.append(f"{name}: the interval {'now includes it' if now else 'no longer includes it'}")
    return found


def _side(value: float, line: float) -> int:
    return (value > line) - (value < line)


def _reaches(row: Row, line: float) -> bool | None:
    lower, upper = number(row["ci_lower"]), number(row["ci_upper"])
    return None if lower is None or upper is None else lower <= line <= upper
