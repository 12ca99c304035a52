"""Tables to download, safe to open in a spreadsheet: TSV and CSV, texts that look like formulas defused."""

from __future__ import annotations

from collections.abc import Sequence

from sonospine.model.demonstration import BANNER
from sonospine.model.schema import TableSchema
from sonospine.model.sheets import sheet_text
from sonospine.model.table_io import Row
from sonospine.model.tables import (
    CHANGES,
    CONFLICTS,
    CORRECTION_LOG,
    DECISIONS,
    DEVIATIONS,
    EFFECTS,
    LINKS,
    POOLED,
    PRISMA,
    RECONCILED,
    RECORDS,
    REJECTED,
    REPORTS,
    SEARCHES,
    STUDIES,
    UNREAD,
    WEIGHTS,
)
from sonospine.report.review import Review

SEPARATORS = {"tsv": "\t", "csv": ","}


def tables_of(review: Review) -> list[tuple[str, str, TableSchema, Sequence[Row]]]:
    """Return the tables to download: file name without ending, what it holds, its schema, its rows."""
    return [
        ("searches", "what was searched, how and when", SEARCHES, review.searches),
        ("changes", "what the last update of the snapshot brought", CHANGES, review.changes),
        ("studies", "studies as screened", STUDIES, review.studies),
        ("records", "records with their reports and studies", RECORDS, review.records),
        ("reports", "reports: articles and registrations", REPORTS, review.reports),
        ("links", "links between records with their evidence", LINKS, review.links),
        ("decisions", "screening decisions with reasons", DECISIONS, review.decisions),
        ("prisma", "counts of the flow", PRISMA, review.prisma),
        ("measurements", "every number read, as corrected", RECONCILED, review.measurements),
        ("conflicts", "conflicts between places", CONFLICTS, review.conflicts),
        ("corrections_log", "what each correction did", CORRECTION_LOG, review.log),
        ("effects", "all candidate effects", EFFECTS, review.effects),
        ("pooled", "pooled results", POOLED, review.pooled),
        ("weights", "weights", WEIGHTS, review.weights),
        ("deviations", "deviations from the protocol", DEVIATIONS, review.deviations),
        ("unread", "results that stand only in a figure", UNREAD, review.unread),
        ("rejected", "files that could not be read", REJECTED, review.rejected),
    ]


def table_file(schema: TableSchema, rows: Sequence[Row], ending: str, *, demonstration: bool) -> bytes:
    """Return a table as a file.

    Parameters
    ----------
    schema, rows
        The table.
    ending
        ``tsv`` or ``csv``.
    demonstration
        Whether the first line says that this is the demonstration corpus.

    Returns
    -------
    bytes
        UTF-8. A text that a spreadsheet would take for a formula has an apostrophe in front; numbers are as they
        are.
    """
    banner = f"# {BANNER}\n" if demonstration else ""
    return (banner + sheet_text(schema, rows, SEPARATORS[ending])).encode("utf-8")
