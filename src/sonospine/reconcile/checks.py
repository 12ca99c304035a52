"""Checks of single rows before they are pooled."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sonospine.model.numbers import derived, number, truth
from sonospine.model.states import VOUCHED_SPREAD
from sonospine.model.table_io import Row
from sonospine.reconcile.plausibility import (
    largest_sd_of_rounded,
    percent_can_be,
    possible_totals,
    smallest_sd,
)
from sonospine.reconcile.printed import half_unit, interval

AMBIGUOUS = "ambiguous_place"
"""Flag of rows that one passage or table prints with different numbers for what is read as one result."""

SE_RATIO = 2.5
"""An SD this many times smaller than the other arm's is looked at."""
SE_LIKENESS = 2.0
"""It is suspected when times sqrt(n) it comes within this factor of the other arm's."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check says about a row: a flag, a sentence, and whether the printed values are impossible."""

    flag: str
    text: str
    rules_out: bool


def participants(row: Mapping[str, str], arms: Mapping[str, Mapping[str, str]]) -> int | None:
    """Return the n of a row, else the number analysed or randomised in its arm."""
    arm = arms.get(row["arm_id"], {})
    text = row["n"] or arm.get("n_analysed", "") or arm.get("n_randomised", "")
    return int(text) if text else None


def check_row(
    row: Mapping[str, str],
    arms: Mapping[str, Mapping[str, str]],
    studies: Mapping[str, Mapping[str, str]],
    whole_numbers: Collection[str],
) -> list[Finding]:
    """Check what one row prints.

    Parameters
    ----------
    row
        A row of ``corrected``.
    arms, studies
        Arms by ``arm_id`` and studies by ``study_id``.
    whole_numbers
        Instruments whose single scores are whole numbers.

    Returns
    -------
    list of Finding
        Findings that rule values out come from what cannot be: an SD below the smallest or above the largest
        possible, a mean off its scale, an interval that does not contain its estimate. The others are doubts.
    """
    n = participants(row, arms)
    findings = [*_interval(row), *_count(row), *_people(row, arms, studies)]
    if row["centre"] in ("mean", "ls_mean", "median", "single", "geometric_mean"):
        findings += _scale(row)
    if row["centre"] == "mean" and n is not None and n >= 2:
        findings += _spread(row, n)
        if row["instrument"] in whole_numbers and _own_scale(row):
            findings += _whole_numbers(row, n)
    return findings


def _own_scale(row: Mapping[str, str]) -> bool:
    """Whole numbers are counted in points: a scale of length 1 or a percentage is another scale."""
    low, high = number(row["scale_min"]), number(row["scale_max"])
    return row["unit"] not in ("%", "percent") and (low is None or high is None or high - low >= 4)


def _sd_bounds(row: Mapping[str, str], n: int) -> tuple[float, float] | None:
    if row["spread"] not in ("sd", "se") or not row["spread_value"]:
        return None
    low, high = interval(row["spread_value"])
    factor = math.sqrt(n) if row["spread"] == "se" else 1.0
    return low * factor, high * factor


def _whole_numbers(row: Mapping[str, str], n: int) -> list[Finding]:
    if not row["value"]:
        return []
    low, high = interval(row["value"])
    if not possible_totals(low, high, n):
        text = f"no {n} whole-number scores have the mean {row['value']}"
        return [Finding("mean_impossible_for_n", text, False)]
    bounds, smallest = _sd_bounds(row, n), smallest_sd(low, high, n)
    if bounds is None or smallest is None or bounds[1] >= smallest * (1 - 1e-9):
        return []
    text = (
        f"{row['spread'].upper()} {row['spread_value']} is impossible for whole-number scores with mean "
        f"{row['value']} and n = {n}: the smallest possible SD is {smallest:.2f}"
    )
    return [Finding("sd_below_minimum", text, True)]


def _spread(row: Mapping[str, str], n: int) -> list[Finding]:
    low, high, bounds = number(row["scale_min"]), number(row["scale_max"]), _sd_bounds(row, n)
    if low is None or high is None or bounds is None or not row["value"]:
        return []
    width = high - low
    if truth(row["change"]):
        low, high = -width, width
    value_low, value_high = interval(row["value"])
    if value_high < low or value_low > high:
        return []  # the mean is off the scale, which is said already
    largest = largest_sd_of_rounded(value_low, value_high, low, high, n)
    if bounds[0] <= largest * (1 + 1e-9):
        return []
    text = (
        f"{row['spread'].upper()} {row['spread_value']} is impossible between {derived(low)} and {derived(high)} "
        f"with mean {row['value']} and n = {n}: the largest possible SD is {largest:.2f}"
    )
    return [Finding("sd_above_maximum", text, True)]


def _scale(row: Mapping[str, str]) -> list[Finding]:
    low, high, value = number(row["scale_min"]), number(row["scale_max"]), number(row["value"])
    if low is None or high is None or value is None:
        return []
    if truth(row["change"]):
        low, high = low - high, high - low
    half = half_unit(row["value"])
    if low - half <= value <= high + half:
        return []
    text = f"{row['value']} lies outside the scale from {derived(low)} to {derived(high)}"
    return [Finding("value_out_of_scale", text, True)]


def _interval(row: Mapping[str, str]) -> list[Finding]:
    low, high, value = number(row["lower"]), number(row["upper"]), number(row["value"])
    if row["spread"] not in ("ci", "iqr", "range") or low is None or high is None or value is None:
        return []
    if low - half_unit(row["lower"]) <= value <= high + half_unit(row["upper"]):
        return []
    if row["spread"] == "iqr" and row["centre"] != "median":
        return []  # a mean may lie outside the quartiles
    text = f"the {row['spread'].upper()} {row['lower']} to {row['upper']} does not contain {row['value']}"
    return [Finding("interval_without_estimate", text, True)]


def _count(row: Mapping[str, str]) -> list[Finding]:
    if row["centre"] not in ("count", "percent") or not row["total"] or not row["value"]:
        return []
    total = int(row["total"])
    if row["centre"] == "count":
        if float(row["value"]) > total:
            return [Finding("count_above_total", f"{row['value']} is more than {total}", True)]
        return []
    low, high = interval(row["value"])
    middle = round((low + high) / 2 * total / 100)
    if any(percent_can_be(low, high, c, total) for c in (middle - 1, middle, middle + 1) if 0 <= c <= total):
        return []
    text = f"no whole number of {total} is {row['value']} %"
    return [Finding("percent_impossible_for_n", text, False)]


def _people(
    row: Mapping[str, str],
    arms: Mapping[str, Mapping[str, str]],
    studies: Mapping[str, Mapping[str, str]],
) -> list[Finding]:
    if not row["n"]:
        return []
    n = int(row["n"])
    arm = arms.get(row["arm_id"], {}).get("n_randomised", "")
    if arm and n > int(arm):
        return [Finding("n_above_randomised", f"n = {n} is more than the {arm} randomised to the arm", False)]
    study = studies.get(row["study_id"], {}).get("n_randomised", "")
    if study and n > int(study):
        return [Finding("n_above_randomised", f"n = {n} is more than the {study} of the study", False)]
    return []


def suspected_se(rows: Sequence[Row], arms: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Find SDs several times smaller than those of the same instrument and time in another arm.

    A row is suspected when the other arm's SD is at least ``SE_RATIO`` times as large, and this one times sqrt(n)
    comes within a factor ``SE_LIKENESS`` of it (where n is known): then it may be a standard error. Nothing is
    changed. A row whose spread a person vouched for is not suspected.

    Returns
    -------
    dict
        Sentence by ``measurement_id``.
    """
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        # Without instrument and arm there is no telling whether two SDs belong to the same thing.
        known = row["instrument"] and row["arm_id"] and row["phase"]
        if known and row["centre"] == "mean" and row["spread"] == "sd" and number(row["spread_value"]):
            key = tuple(
                row[c]
                for c in ("study_id", "instrument", "subscale", "phase", "weeks", "change", "scale_max")
            )
            groups.setdefault(key, []).append(row)
    suspected: dict[str, str] = {}
    for group in groups.values():
        for row in group:
            if VOUCHED_SPREAD in row["flags"].split(";"):
                continue
            small = float(row["spread_value"])
            others = [
                o
                for o in group
                if o["arm_id"] != row["arm_id"] and float(o["spread_value"]) >= SE_RATIO * small
            ]
            n = participants(row, arms)
            for other in others:
                large = float(other["spread_value"])
                if n is not None and not large / SE_LIKENESS <= small * math.sqrt(n) <= large * SE_LIKENESS:
                    continue
                told = f" (times the square root of n = {n} it is {small * math.sqrt(n):.2f})" if n else ""
                suspected[row["measurement_id"]] = (
                    f"SD {row['spread_value']} in {row['arm']} against {other['spread_value']} in {other['arm']}: "
                    f"it may be a standard error{told}"
                )
                break
    return suspected
