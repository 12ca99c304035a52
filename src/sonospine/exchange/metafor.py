"""Effects and pools for R: tables that metafor reads as they are, and a script that pools them again."""

from __future__ import annotations

import math
from importlib.resources import files

from sonospine.exchange.results import Results
from sonospine.exchange.revman import shown_studies
from sonospine.model.numbers import derived, number
from sonospine.model.schema import Column, TableSchema
from sonospine.model.sheets import sheet_text
from sonospine.model.table_io import Row
from sonospine.model.tables import EFFECTS, POOLED

EFFECT_SHEET = TableSchema(
    "metafor_effects",
    "metafor/effects.csv",
    "export",
    ("effect_id",),
    (
        *(EFFECTS.column(name) for name in ("analysis", "variant", "effect_id", "study_id")),
        Column("slab", "text", "label of the study; with the arm where an analysis has two of its effects"),
        *(EFFECTS.column(name) for name in ("year", "design", "measure", "unit", "weeks", "yi", "vi")),
        Column("sei", "number", "standard error, √vi"),
        *(EFFECTS.column(name) for name in (
            "ci_lower", "ci_upper", "n1i", "m1i", "sd1i", "n2i", "m2i", "sd2i", "ai", "ci", "ri", "arm_1", "arm_2",
            "cluster", "verified", "flags",
        )),
    ),
)  # fmt: skip
POOL_SHEET = TableSchema(
    "metafor_pools",
    "metafor/pools.csv",
    "export",
    ("analysis", "variant"),
    (
        *(POOLED.column(name) for name in (
            "analysis", "variant", "measure", "k", "n", "estimate", "se", "ci_lower", "ci_upper", "ci_method",
        )),
        Column("level", "number", "confidence level", "percent"),
        *(POOLED.column(name) for name in (
            "df", "p_value", "pi_lower", "pi_upper", "pi_df", "tau2", "estimator", "flags",
        )),
    ),
)  # fmt: skip
SCRIPT = "metafor/reproduce.R"
ELSEWHERE = ("bayes", "cr2", "in_points")
"""Variants that the script does not pool: they are none of ``rma()`` on these effects alone."""


def metafor_files(results: Results) -> dict[str, bytes]:
    """Return ``effects.csv``, ``pools.csv`` and ``reproduce.R`` by their paths.

    The effects are those that enter a pool, of the variants ``primary`` and ``other_value``. The pools are all rows of
    ``pooled`` with an estimate, without the variants of ``ELSEWHERE``.
    """
    script = files("sonospine.exchange") / "templates" / "reproduce.R"
    level = derived(results.config.assumptions.level)
    effects = [row for row in results.rows(EFFECTS) if row["included"] == "true"]
    pools = [
        {name: row[name] for name in POOL_SHEET.names if name != "level"} | {"level": level}
        for row in results.rows(POOLED)
        if row["estimate"] and not row["subgroup"] and row["variant"] not in ELSEWHERE
    ]
    order = {name: number_ for number_, name in enumerate(results.titles)}
    listed = sorted(
        _with_slabs(effects),
        key=lambda row: (
            order.get(row["analysis"], len(order)),
            row["analysis"],
            row["variant"] != "primary",
            row["slab"],
            row["effect_id"],
        ),
    )
    return {
        EFFECT_SHEET.path: _sheet(EFFECT_SHEET, listed, results.banner),
        POOL_SHEET.path: _sheet(POOL_SHEET, pools, results.banner),
        SCRIPT: script.read_bytes(),
    }


def _with_slabs(effects: list[Row]) -> list[Row]:
    rows = []
    for key in dict.fromkeys((row["analysis"], row["variant"]) for row in effects):
        members = [row for row in effects if (row["analysis"], row["variant"]) == key]
        for row, study in zip(members, shown_studies(members), strict=True):
            se = derived(math.sqrt(number(row["vi"]) or 0.0))
            rows.append({name: row.get(name, "") for name in EFFECT_SHEET.names} | {"slab": study, "sei": se})
    return rows


def _sheet(schema: TableSchema, rows: list[Row], banner: str) -> bytes:
    head = f"# {banner}\n" if banner else ""
    return (head + sheet_text(schema, rows)).encode("utf-8")
