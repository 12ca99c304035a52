"""The flow diagram of PRISMA 2020 from the table of counts: boxes of a main line, each with those beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sonospine.model.table_io import Row


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its title, what it counts, and a line for each source or reason."""

    title: str
    total: int
    unit: str
    lines: tuple[tuple[str, int], ...]
    queries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the flow: the boxes of the main line and those beside it."""

    name: str
    main: tuple[Box, ...]
    beside: tuple[Box, ...]


_TITLES = {
    "identified_databases": "Identified in databases",
    "identified_registers": "Identified in registers",
    "identified_other": "Identified by other means",
    "duplicates_removed": "Duplicates removed",
    "removed_other": "Removed for other reasons",
    "screened": "Screened",
    "excluded_records": "Excluded",
    "sought": "Sought for retrieval",
    "not_retrieved": "Full text not retrieved",
    "assessed": "Assessed for eligibility",
    "excluded_reports": "Excluded",
    "reports_ongoing": "Ongoing, without results",
    "reports_awaiting": "Awaiting classification",
    "studies_included": "Studies included",
    "reports_included": "Reports of included studies",
    "studies_ongoing": "Studies ongoing",
    "studies_awaiting": "Studies awaiting classification",
    "studies_excluded": "Studies excluded",
}
_STAGES = (
    (
        "Identification",
        ("identified_databases", "identified_registers", "identified_other"),
        ("duplicates_removed", "removed_other"),
    ),
    ("Screening", ("screened",), ("excluded_records",)),
    ("Retrieval", ("sought",), ("not_retrieved",)),
    ("Eligibility", ("assessed",), ("excluded_reports", "reports_ongoing", "reports_awaiting")),
    (
        "Included",
        ("studies_included", "reports_included"),
        ("studies_ongoing", "studies_awaiting", "studies_excluded"),
    ),
)


def flow_of(prisma: Sequence[Row]) -> list[Stage]:
    """Return the stages with their boxes. Boxes that the table lacks are left out; unknown ones come last."""
    names = list(dict.fromkeys(row["box"] for row in prisma))
    stages = []
    for title, main, beside in _STAGES:
        stage = Stage(title, _boxes(prisma, main), _boxes(prisma, beside))
        if stage.main or stage.beside:
            stages.append(stage)
    unknown = [name for name in names if name not in _TITLES]
    if unknown:
        stages.append(Stage("Other counts", _boxes(prisma, unknown), ()))
    return stages


_SUMS = (
    (
        ("identified_databases", "identified_registers", "identified_other"),
        ("duplicates_removed", "removed_other", "screened"),
    ),
    (("screened",), ("excluded_records", "sought")),
    (("sought",), ("not_retrieved", "assessed")),
)


def faults_of(prisma: Sequence[Row]) -> list[str]:
    """Return the sums of the flow that do not hold, in words; empty where all do. Sums of missing boxes are not asked."""
    counts: dict[str, int] = {}
    for row in prisma:
        counts[row["box"]] = counts.get(row["box"], 0) + int(row["count"])
    found = []
    for whole, parts in _SUMS:
        if counts.keys() >= {*whole, *parts} and _sum(counts, whole) != _sum(counts, parts):
            found.append(f"{_added(counts, whole)} ≠ {_added(counts, parts)}")
    return found


def _sum(counts: Mapping[str, int], names: Sequence[str]) -> int:
    return sum(counts[name] for name in names)


def _added(counts: Mapping[str, int], names: Sequence[str]) -> str:
    return " + ".join(f"{_TITLES[name].lower()} {counts[name]:,}" for name in names)


def _boxes(prisma: Sequence[Row], names: Sequence[str]) -> tuple[Box, ...]:
    boxes = []
    for name in names:
        rows = [row for row in prisma if row["box"] == name]
        if rows:
            lines = tuple((row["reason"], int(row["count"])) for row in rows if row["reason"])
            title = _TITLES.get(name, name.replace("_", " ").capitalize())
            total = sum(int(row["count"]) for row in rows)
            queries = tuple(dict.fromkeys(row["query"] for row in rows))
            boxes.append(Box(title, total, rows[0]["unit"], lines, queries))
    return tuple(boxes)
