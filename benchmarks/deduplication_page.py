"""The section of docs/benchmarks.md about deduplication, from what deduplication.py measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sonospine.evaluation.generated_section import table

Figures = dict[str, Any]
LISTED = (
    "no DOI, no PMID",
    "capitals or title case",
    "diacritics",
    "journal abbreviated or rewritten",
    "forms of pages",
    "year ± 1",
    "misprints and signs",
    "author list cut",
    "forms of names",
    "brackets, RETRACTED in front",
    "three to six of these",
)
"""Corruptions of what a copy holds; the others leave out what the decision rests on."""


def deduplication_section(found: Figures, version: str) -> str:
    copies, twins, natural, scale = found["copies"], found["twins"], found["natural"], found["scale"]
    rows = [copy_row(kind, one) for kind, one in copies.items()]
    pairs = [twin_row(kind, one) for kind, one in twins.items()]
    low, high = natural["interval"]
    colrev = found["colrev"]
    told = (
        f"CoLRev's test set: {colrev['records']} records, {colrev['reports']} reports, {colrev['expected']} expected."
        if colrev
        else "CoLRev's test set could not be read."
    )
    return "\n\n".join(
        (
            f"Written by `python benchmarks/run.py deduplication` ({version}): {found['records']} different MEDLINE "
            f"records, seeds {', '.join(map(str, found['seeds']))} (development used others, below 200). Copies carry neither PubMed "
            "number nor DOI, types nor abstract. Intervals are exact (Clopper-Pearson, 95 %), as if the copies of one record "
            "under several seeds were independent.",
            table(
                ("copies of a record", "joined", "of", "sensitivity", "interval", "joined to another record"),
                rows,
            ),
            "Near-twins beside the records and a corrupted copy (three to six corruptions) of each, without "
            "identifiers; a third give no volume and pages. A false merge makes one report of two, or one study of two "
            "that are not.",
            table(("near-twins", "pairs", "false merges", "rate", "interval"), pairs),
            f"The records among themselves, their identifiers taken off: {natural['pairs']:,} pairs, "
            f"{natural['reports']} merged into one report ({low:.1e} to {high:.1e}), {natural['studies']} into one study. "
            f"{told}",
            f"{scale['records']:,} recombined records are linked in {scale['seconds']:.1f} s (peak {scale['peak_mb']:.0f} MB); "
            f"rapidfuzz on all pairs of their titles alone, in the same run: {scale['peer']:.1f} s; "
            f"ratio {scale['peer'] / scale['seconds']:.2f}.",
        )
    )


def copy_row(kind: str, one: Figures) -> Sequence[str]:
    low, high = one["interval"]
    share = one["joined"] / one["total"]
    counts = f"{one['joined']:,}", f"{one['total']:,}"
    return kind, *counts, f"{share:.4f}", f"{low:.4f} to {high:.4f}", str(one["wrong"])


def twin_row(kind: str, one: Figures) -> Sequence[str]:
    low, high = one["interval"]
    rate = f"{one['merged'] / one['pairs']:.1e}" if one["merged"] else "0"
    return kind, f"{one['pairs']:,}", str(one["merged"]), rate, f"{low:.1e} to {high:.1e}"
