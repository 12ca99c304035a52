"""Screening: decisions and the counts of the flow diagram."""

from __future__ import annotations

from sonospine.model.schema import Column, TableSchema

DECISIONS = TableSchema(
    "decisions",
    "results/screening/decisions.tsv",
    "screen",
    ("record_id", "stage"),
    (
        Column("record_id", "id", "the record", required=True),
        Column(
            "stage", "text", "title and abstract, or full report", allowed=("record", "report"), required=True
        ),
        Column(
            "decision",
            "text",
            "decision",
            allowed=("include", "exclude", "ongoing", "awaiting", "not_retrieved"),
            required=True,
        ),
        Column("reason", "text", "the reason in words"),
        Column("criterion", "text", "the criterion of the configuration, e.g. eligibility.designs"),
        Column("evidence", "text", "the words found (or that nothing was found)"),
        Column("locator", "locator", "where the words stand"),
        Column("by", "text", "rule, or the curator", required=True),
    ),
    "Screening decisions with reason and evidence.",
)

PRISMA = TableSchema(
    "prisma",
    "results/screening/prisma.tsv",
    "screen",
    ("box", "reason"),
    (
        Column("box", "text", "box of the PRISMA 2020 flow diagram", required=True),
        Column("reason", "text", "source or reason, where the box lists several"),
        Column("count", "integer", "how many", required=True),
        Column("unit", "text", "what is counted", allowed=("records", "reports", "studies"), required=True),
        Column("query", "text", "how the count follows from the tables", required=True),
    ),
    "PRISMA 2020 counts, each a query over the tables.",
)
