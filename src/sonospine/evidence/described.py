"""A measurement in words: what was read, for which arm, at which time."""

from __future__ import annotations

import re

from sonospine.model.numbers import truth
from sonospine.model.table_io import Row
from sonospine.model.times import readable_time

CENTRE = {"ls_mean": "least-squares mean", "geometric_mean": "geometric mean", "none": ""}
SPREAD = {"sd": "SD", "se": "SE", "ci": "CI", "iqr": "IQR", "range": "range"}


_KINDS = {
    "check": "a check doubts it",
    "n": "number of people",
    "value": "mean or other value",
    "spread": "SD or other spread",
}
_NEGATIVE = re.compile(r"(?<![\w.)])-(?=[\d.])")


def conflict_kind(kind: str) -> str:
    """Return what a conflict is about, in words."""
    return _KINDS.get(kind, kind.replace("_", " "))


def signed(text: str) -> str:
    """Return a text of our own making with true minus signs before its numbers (quotes are left as they are)."""
    return _NEGATIVE.sub("−", text)


def p_of(text: str) -> str:
    """Write a p value as printed, with its sign; a p of 0 is none, so what is printed is told beside what it means."""
    bare = text.lstrip("<>=≤≥ ")
    if text and text[0] in "<>≤≥":
        return f"p {text[0]} {bare}"
    if bare and not bare.strip("0."):
        return f"p < {bare[:-1]}1 (printed {bare})" if "." in bare else f"p printed as {bare}"
    return f"p = {bare}"


def values_of(row: Row) -> str:
    """Return the parsed numbers of a measurement, such as ``mean 5.27, SD 0.45, n = 26``."""
    parts = []
    centre = CENTRE.get(row["centre"], row["centre"])
    if row["centre"] in ("difference", "ratio") and row["measure"]:
        centre = f"{row['measure']} ({centre})"
    if row["value"]:
        total = f" of {row['total']}" if row["total"] else ""
        parts.append(f"{centre} {row['value']}{total}".strip())
    if row["spread"] != "none":
        parts.append(_spread(row))
    if row["n"]:
        parts.append(f"n = {row['n']}")
    if row["p_value"]:
        parts.append(p_of(row["p_value"]))
    if truth(row["change"]):
        parts.append("change from baseline")
    if truth(row["adjusted"]):
        parts.append("adjusted")
    return signed(", ".join(part for part in parts if part))


def _spread(row: Row) -> str:
    name = SPREAD.get(row["spread"], row["spread"])
    if row["spread"] == "ci" and row["level"]:
        name = f"{row['level']} % {name}"
    if row["lower"] or row["upper"]:
        return f"{name} {row['lower']} to {row['upper']}"
    return f"{name} {row['spread_value']}" if row["spread_value"] else ""


def subject_of(row: Row) -> str:
    """Return what the measurement is about: outcome, sub-scale, arm (against which), time."""
    outcome = row["outcome"] or row["instrument"] or row["construct"] or "outcome not named"
    arms = "" if row["arm"] in ("", "all") else f"arm {row['arm']}"
    if arms and row["comparator_arm"]:
        arms += f" against {row['comparator_arm']}"
    return ", ".join(
        part for part in (outcome, row["subscale"], arms, time_of(row), row["population"]) if part
    )


def time_of(row: Row) -> str:
    """Return the time as reported, with the time it was taken for where that is told otherwise."""
    shown = row["time"] or row["phase"].replace("_", "-")
    if not row["weeks"] or row["phase"] == "baseline":
        return shown
    taken = readable_time(float(row["weeks"]))
    return shown if taken in shown.casefold() else f"{shown} (read as {taken})"
