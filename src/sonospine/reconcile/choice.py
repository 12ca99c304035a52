"""Which row stands for a result while places disagree, and what they disagree about."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sonospine.model import states
from sonospine.model.numbers import number
from sonospine.model.table_io import Row
from sonospine.reconcile.printed import agree, half_unit, interval

PLACE_ORDER = (
    "registry",
    "table",
    "text",
    "abstract",
    "supplement",
    "pdf",
    "figure",
    "author",
    "manual",
)
_DECIDED = {
    "adjudicated": "a third person decided",
    "agreed": "two curators agree on it",
    "corrected": "a curator corrected it",
    "confirmed": "a curator confirmed it",
    "added": "a curator added it",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """The row that stands for a result, and why."""

    row: Row
    reason: str


def eligible(row: Mapping[str, str]) -> bool:
    """Tell whether a row may stand for its result: not rejected, and no addition that is disputed."""
    disputed_addition = row["state"] == "disputed" and row["measurement_id"].startswith("x")
    return row["state"] != "rejected" and not disputed_addition


def by_person(row: Mapping[str, str]) -> bool:
    """Tell whether a person has vouched for the row."""
    return states.by_person(row["state"])


def ambiguous(rows: Sequence[Row]) -> set[str]:
    """Return the ids of rows that one passage or table prints with different numbers for one result.

    A paper does not contradict itself within a sentence or two: there the reader has mistaken a time, an arm or an
    outcome, and cannot say which number is the right one. Rows that a person vouches for are not touched.
    """
    found: set[str] = set()
    for one, other in itertools.combinations([row for row in rows if not by_person(row)], 2):
        if _where(one) == _where(other) and disagreements(one, other).keys() & {"value", "spread", "count"}:
            found |= {one["measurement_id"], other["measurement_id"]}
    places = {_where(row) for row in rows if row["measurement_id"] in found}
    return {row["measurement_id"] for row in rows if _where(row) in places and not by_person(row)}


def _where(row: Mapping[str, str]) -> tuple[str, str]:
    """Return the passage or table of a row; each cell of a registry is a place of its own."""
    address = row["locator"].partition(":")[0]
    return row["record_id"], row["measurement_id"] if address.startswith("registry/") else address


def choose(rows: Sequence[Row], ruled_out: Callable[[Row], bool], unclear: Collection[str] = ()) -> Choice:
    """Choose the row that is pooled: a person's, then registry, table, text, abstract.

    Rows whose value a check rules out come last within each, before them those of ``unclear``. Where the machine's best row prints no spread and
    another row prints the same value with one, that row is taken.

    Parameters
    ----------
    rows
        The eligible rows of one result, at least one.
    ruled_out
        Whether a check rules a row's values out.
    unclear
        Ids of rows that ``ambiguous`` found.
    """

    def rank(row: Row) -> tuple[int, bool, bool, int, float, str]:
        person = states.BY_PERSON.index(row["state"]) if by_person(row) else len(states.BY_PERSON)
        return (
            person,
            ruled_out(row),
            row["measurement_id"] in unclear,
            place_rank(row),
            -float(row["confidence"]),
            row["measurement_id"],
        )

    ranked = sorted(rows, key=rank)
    best = ranked[0]
    if by_person(best):
        return Choice(best, _DECIDED[best["state"]])
    passed = sorted(
        {r["source"] for r in rows if ruled_out(r) and place_rank(r) < place_rank(best)},
        key=PLACE_ORDER.index,
    )
    if passed and not ruled_out(best):
        return Choice(best, f"a check rules out the value in the {' and the '.join(passed)}")
    if not _has_spread(best) and best["centre"] in ("mean", "difference"):
        fuller = [
            r
            for r in ranked[1:]
            if _has_spread(r) and not ruled_out(r) and "value" not in disagreements(best, r)
        ]
        if fuller:
            return Choice(fuller[0], f"the {fuller[0]['source']} prints the same value with its spread")
    if best["measurement_id"] in unclear:
        return Choice(
            best, f"the {best['source']} prints several values here that the reader cannot tell apart"
        )
    others = sorted({r["source"] for r in rows} - {best["source"]}, key=PLACE_ORDER.index)
    over = f" over {', '.join(others)}" if others else ""
    return Choice(best, f"preferred source: {best['source']}{over}")


def place_rank(row: Mapping[str, str]) -> int:
    """Return where the row's kind of place stands in the order of preference (0 first)."""
    return PLACE_ORDER.index(row["source"])


def _has_spread(row: Mapping[str, str]) -> bool:
    return bool(row["spread_value"] or (row["lower"] and row["upper"]))


def disagreements(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    """Return what two rows of one result disagree about, beyond rounding.

    Returns
    -------
    dict
        By kind (``value spread n count``): the two readings, as printed. What only one of them prints is no
        disagreement.
    """
    if {one["centre"], other["centre"]} <= {"count", "percent"}:
        return _count_disagreements(one, other)
    if (
        one["unit"]
        and other["unit"]
        and one["unit"] != other["unit"]
        and not (one["scale_max"] and other["scale_max"])
    ):
        return {}
    factor = _factor(one, other)
    found: dict[str, str] = {}
    if one["value"] and other["value"] and not agree(one["value"], other["value"], factor):
        found["value"] = f"{one['value']} / {other['value']}"
    spread = _spread_disagreement(one, other, factor)
    if spread:
        found["spread"] = spread
    if one["n"] and other["n"] and one["n"] != other["n"]:
        found["n"] = f"{one['n']} / {other['n']}"
    return found


def _factor(one: Mapping[str, str], other: Mapping[str, str]) -> float:
    """Return what turns the other row's scale into this one's; both scales must start at 0."""
    top, other_top = number(one["scale_max"]), number(other["scale_max"])
    bottoms = {number(one["scale_min"]), number(other["scale_min"])}
    if not top or not other_top or bottoms != {0.0}:
        return 1.0
    return top / other_top


def _spread_disagreement(one: Mapping[str, str], other: Mapping[str, str], factor: float) -> str:
    kinds = (one["spread"], other["spread"])
    if kinds[0] == kinds[1] and kinds[0] in ("ci", "iqr", "range") and one["lower"] and other["lower"]:
        if one["level"] != other["level"] and one["level"] and other["level"]:
            return ""
        same = all(
            agree(one[end], other[end], factor) for end in ("lower", "upper") if one[end] and other[end]
        )
        return "" if same else f"{one['lower']} to {one['upper']} / {other['lower']} to {other['upper']}"
    if not (one["spread_value"] and other["spread_value"]):
        return ""
    if kinds[0] == kinds[1]:
        if agree(one["spread_value"], other["spread_value"], factor):
            return ""
        return f"{kinds[0].upper()} {one['spread_value']} / {other['spread_value']}"
    if set(kinds) == {"sd", "se"} and not _se_of(one, other, factor):
        return f"{kinds[0].upper()} {one['spread_value']} / {kinds[1].upper()} {other['spread_value']}"
    return ""


def _se_of(one: Mapping[str, str], other: Mapping[str, str], factor: float) -> bool:
    """Tell whether the SE of one row is the SD of the other over the square root of n."""
    sd, se = (one, other) if one["spread"] == "sd" else (other, one)
    scale = factor if sd is one else 1 / factor
    n = se["n"] or sd["n"]
    if not n:
        return False
    root = float(int(n) ** 0.5)
    expected = float(se["spread_value"]) * scale * root
    slack = half_unit(sd["spread_value"]) + half_unit(se["spread_value"]) * scale * root
    return bool(abs(expected - float(sd["spread_value"])) <= slack)


def _count_disagreements(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    if one["centre"] == other["centre"]:
        if not agree(one["value"] or "0", other["value"] or "0"):
            return {"count": f"{_share(one)} / {_share(other)}"}
        if one["total"] and other["total"] and one["total"] != other["total"]:
            return {"n": f"{one['total']} / {other['total']}"}
        return {}
    count, percent = (one, other) if one["centre"] == "count" else (other, one)
    total = count["total"] or percent["total"]
    if not total or not int(total) or not count["value"] or not percent["value"]:
        return {}
    low, high = interval(percent["value"])
    if low - 1e-9 <= 100 * float(count["value"]) / int(total) <= high + 1e-9:
        return {}
    return {"count": f"{_share(count)} / {percent['value']} %"}


def _share(row: Mapping[str, str]) -> str:
    if row["centre"] == "percent":
        return f"{row['value']} %"
    return f"{row['value']} of {row['total']}" if row["total"] else row["value"]
