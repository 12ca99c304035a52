"""The rows of an arm: which of several is used, and which others stand beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from sonospine.model.numbers import derived, number
from sonospine.model.table_io import Row

MEANS = ("mean", "ls_mean", "geometric_mean", "median", "single")
COUNTS = ("count", "percent")

Slot = tuple[str, ...]


def slot_of(row: Mapping[str, str], *, by_label: bool = False) -> Slot:
    """Return what two arms' rows must share to be compared."""
    label = row["outcome"].casefold() if by_label else ""
    return (
        row["instrument"],
        label,
        row["subscale"].casefold(),
        row["population"],
        row["phase"],
        _time(row),
        row["change"],
    )


def _time(row: Mapping[str, str]) -> str:
    weeks = number(row["weeks"])
    return row["time"].casefold() if weeks is None else derived(weeks)


def best_rows(rows: Iterable[Row], wanted: Sequence[str], *, adjusted_first: bool = False) -> dict[str, Row]:
    """Return the row of each arm that can be used best.

    A mean comes before a median, then raw figures before adjusted ones (or the other way round), then the surer
    reading.
    """
    best: dict[str, Row] = {}
    order = {name: rank for rank, name in enumerate(wanted)}
    for row in sorted(
        rows,
        key=lambda r: (
            order[r["centre"]],
            (r["adjusted"] == "true") != adjusted_first,
            -float(r["confidence"]),
            r["measurement_id"],
        ),
    ):
        best.setdefault(row["arm_id"], row)
    return best


def baseline_of(row: Row, rows: Iterable[Row]) -> Row | None:
    """Return the baseline of a row: of the same arm, instrument and people, or of all people where it names none."""
    same = [
        b
        for b in rows
        if b["phase"] == "baseline"
        and b["change"] == "false"
        and _alike(b, row)
        and (b["population"] == row["population"] or b["population"] in ("", "itt"))
    ]
    same.sort(key=lambda b: b["population"] != row["population"])
    exact = [b for b in same if b["population"] == same[0]["population"]]
    return best_rows(exact, MEANS).get(row["arm_id"])


def change_of(row: Row, rows: Iterable[Row]) -> Row | None:
    """Return the change from baseline that is printed beside a value at follow-up."""
    return _beside(row, rows, lambda other: other["change"] == "true")


def final_of(row: Row, rows: Iterable[Row]) -> Row | None:
    """Return the value at follow-up that is printed beside a change."""
    return _beside(row, rows, lambda other: other["change"] == "false")


def _beside(row: Row, rows: Iterable[Row], wanted: Callable[[Row], bool]) -> Row | None:
    found = [
        other
        for other in rows
        if _alike(other, row)
        and (other["population"], other["phase"], _time(other))
        == (row["population"], row["phase"], _time(row))
        and wanted(other)
    ]
    return best_rows(found, MEANS).get(row["arm_id"])


def _alike(other: Row, row: Row) -> bool:
    return (
        other["arm_id"] == row["arm_id"]
        and other["instrument"] == row["instrument"]
        and other["subscale"].casefold() == row["subscale"].casefold()
        and other["centre"] in MEANS
    )


def same_scale(*rows: Row) -> bool:
    """Tell whether rows are printed on one scale, so that their SDs can be set against one another."""
    return len({(r["scale_min"], r["scale_max"], r["unit"].strip().casefold()) for r in rows}) == 1
