"""Every table of the project, declared once, one module a phase. ``docs/tables.md`` is written from here."""

from sonospine.model.tables.curation import ARMS, CONFLICTS, CORRECTION_LOG, CURATION, TIMEPOINTS
from sonospine.model.tables.effects import EFFECTS, POOLED, WEIGHTS
from sonospine.model.tables.measurements import (
    ALTERNATIVES,
    CORRECTED,
    MACHINE_ARMS,
    MEASUREMENTS,
    RECONCILED,
    SPREADS,
    UNREAD,
)
from sonospine.model.tables.records import (
    CHANGES,
    LINKS,
    RECORDS,
    REJECTED,
    REPORTS,
    SEARCHES,
    STUDIES,
)
from sonospine.model.tables.screening import DECISIONS, PRISMA

ALL_TABLES = (
    CHANGES,
    SEARCHES,
    REJECTED,
    RECORDS,
    REPORTS,
    STUDIES,
    LINKS,
    DECISIONS,
    PRISMA,
    MEASUREMENTS,
    ALTERNATIVES,
    MACHINE_ARMS,
    UNREAD,
    CORRECTED,
    ARMS,
    TIMEPOINTS,
    CORRECTION_LOG,
    RECONCILED,
    CONFLICTS,
    EFFECTS,
    POOLED,
    WEIGHTS,
    CURATION,
)

__all__ = [
    "ALL_TABLES",
    "ALTERNATIVES",
    "ARMS",
    "CHANGES",
    "CONFLICTS",
    "CORRECTED",
    "CORRECTION_LOG",
    "CURATION",
    "DECISIONS",
    "EFFECTS",
    "LINKS",
    "MACHINE_ARMS",
    "MEASUREMENTS",
    "POOLED",
    "PRISMA",
    "RECONCILED",
    "RECORDS",
    "REJECTED",
    "REPORTS",
    "SEARCHES",
    "SPREADS",
    "STUDIES",
    "TIMEPOINTS",
    "UNREAD",
    "WEIGHTS",
]
