"""Tables to download, safe to open in a spreadsheet: TSV and CSV, texts that look like formulas defused."""

from __future__ import annotations

from collections.abc import Sequence

from sonospine.model.demonstration import BANNER
from sonospine.model.schema import TableSchema
from sonospine.model.sheets import sheet_text
from sonospine.model.table_io import Row
from sonospine.model.tables import (
    AGREEMENT,
    CHANGES,
    CONFLICTS,
    CORRECTION_LOG,
    CORRELATION,
    CUMULATIVE,
    DECISIONS,
    DEVIATIONS,
    EFFECTS,
    INFLUENCE,
    LEAVE_ONE_OUT,
    LINKS,
    MULTIVERSE,
    POOLED,
    PRISMA,
    READING,
    RECONCILED,
    RECORDS,
    REGRESSION,
    REJECTED,
    REPORTS,
    SEARCHES,
    SMALL_STUDY,
    STUDIES,
    SUBGROUPS,
    UNREAD,
    WEIGHTS,
)
from sonospine.report.review import Review

SEPARATORS = {"tsv": "\t", "csv": ","}
OPTIONAL: dict[TableSchema, str] = {
    SUBGROUPS: "tests between subgroups",
    REGRESSION: "meta-regression",
    LEAVE_ONE_OUT: "each pool without one of its effects",
    INFLUENCE: "how much each effect pulls its pool",
    CUMULATIVE: "each pool as its effects come in",
    CORRELATION: "each pool with other correlations of baseline and follow-up",
    MULTIVERSE: "every combination of the configured choices",
    READING: "each pool over what the reading leaves open",
    SMALL_STUDY: "small-study effects",
    AGREEMENT: "agreement of the curators",
}
"""Tables that are offered where the run made them."""
EXPORTS = {
    "everything.zip": "everything below, the tables as CSV, and a description of the run (RO-Crate) in one zip",
    "metafor/effects.csv": "effects as metafor reads them",
    "metafor/pools.csv": "the pools as printed, to compare with",
    "metafor/reproduce.R": "a script for R that pools the effects again and stops where a figure differs",
    "revman/data-rows.csv": "data rows of RevMan",
    "revman/study-information.csv": "list of studies of RevMan",
    "ris/included.ris": "included reports for reference managers",
    "ris/excluded.ris": "excluded reports, with the reason in the notes",
    "json/results.json": "all results as JSON",
    "json/results.schema.json": "its schema",
}
"""Files of ``sonospine export`` that the report offers, by their paths, and what they are."""


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
        *(
            (schema.name, about, schema, review.optional[schema.name])
            for schema, about in OPTIONAL.items()
            if schema.name in review.optional
        ),
        ("unread", "results that stand only in a figure", UNREAD, review.unread),
        ("rejected", "files that could not be read", REJECTED, review.rejected),
    ]


def exports_of(review: Review) -> list[tuple[str, str]]:
    """Return the exports to download that are there: path in the folder ``exports``, and what it is."""
    return [(name, about) for name, about in EXPORTS.items() if name in review.exports]


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
