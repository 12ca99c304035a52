"""The embedded corpus up to what the machine reads, and the pipeline from there: in files, and in memory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sonospine.cli import correct, effects, extract, import_records, link, parse, pool, reconcile, screen
from sonospine.corrections import read_actions, replay
from sonospine.corrections.actions import Action
from sonospine.curation.tables import Tables
from sonospine.effects import compute_effects
from sonospine.model import tables as t
from sonospine.model.schema import TableSchema
from sonospine.model.table_io import Row, as_written, read_table
from sonospine.reconcile import reconcile as reconciled_rows
from sonospine.synthesis.pooling import pool as pooled_effects

CURATED = {
    t.CORRECTED: "extracted/curated/corrected.tsv",
    t.ARMS: "extracted/curated/arms.tsv",
    t.TIMEPOINTS: "extracted/curated/timepoints.tsv",
    t.CORRECTION_LOG: "extracted/curated/log.tsv",
    t.RECONCILED: "extracted/curated/measurements.tsv",
    t.CONFLICTS: "extracted/curated/conflicts.tsv",
    t.EFFECTS: "results/effects/effects.tsv",
    t.POOLED: "results/synthesis/pooled.tsv",
    t.WEIGHTS: "results/synthesis/weights.tsv",
}
"""What the commands write, by table."""


def read_corpus(root: Path, project: Path) -> None:
    """Run the commands from import to extract on the embedded corpus; results go below ``root``."""
    config = project / "config/config.yaml"
    shards, records, studies = (root / "results" / name for name in ("import", "records", "studies"))
    curation, screening = root / "extracted/curation", root / "results/screening"
    import_records.run(config=config, out=shards)
    for shard in sorted(shards.glob("*.jsonl")):
        parse.run(shard=shard, out=records)
    link.run(shards=shards, records=records, curation=curation, out=studies)
    screen.run(
        config=config, shards=shards, records=records, studies=studies, curation=curation, out=screening
    )
    for shard in sorted(shards.glob("*.jsonl")):
        extract.run([records / shard.name], config=config, tables=root / "extracted/machine")


def run_commands(root: Path, out: Path, curation: Path, project: Path, *, all_variants: bool = False) -> None:
    """Run the commands from correct to pool on what ``read_corpus`` made; tables go below ``out``."""
    config, curated = project / "config/config.yaml", out / "extracted/curated"
    results = root / "results"
    correct.run(
        shards=results / "import", records=results / "records", studies=results / "studies",
        machine=root / "extracted/machine", curation=curation, out=curated,
    )  # fmt: skip
    reconcile.run(config=config, curated=curated, studies=results / "studies")
    effects.run(
        config=config, curated=curated, studies=results / "studies", screening=results / "screening",
        out=out / "results/effects/effects.tsv",
    )  # fmt: skip
    pool.run(
        out / "results/effects/effects.tsv", out / "results/synthesis", config, all_variants=all_variants
    )


def tables_written(out: Path) -> dict[str, list[Row]]:
    """Read what the commands wrote."""
    return {schema.name: read_table(out / path, schema) for schema, path in CURATED.items()}


def tables_in_memory(tables: Tables, actions: Sequence[Action]) -> dict[str, list[Row]]:
    """Give what the commands write for these lines: every step once over the whole review."""
    parsed = {
        row["record_id"]: record for row in tables.records if (record := tables.parsed(row["record_id"]))
    }
    curated = replay(tables.measurements, tables.arms, tables.records, actions, parsed)
    made: dict[str, list[Row]] = {}

    def write(schema: TableSchema, rows: Sequence[Row]) -> list[Row]:
        made[schema.name] = as_written(schema, rows)
        return made[schema.name]

    corrected, arms = write(t.CORRECTED, curated.corrected), write(t.ARMS, curated.arms)
    write(t.TIMEPOINTS, curated.timepoints)
    write(t.CORRECTION_LOG, curated.log)
    found = reconciled_rows(corrected, arms, tables.studies, whole_numbers=tables.whole_numbers)
    computed = compute_effects(
        write(t.RECONCILED, found.measurements), write(t.CONFLICTS, found.conflicts), arms, tables.studies,
        tables.decisions, tables.records, tables.config, directions=tables.directions,
    )  # fmt: skip
    names = [analysis.id for analysis in tables.config.analyses]
    pools = pooled_effects(write(t.EFFECTS, computed), tables.choice, tables.thresholds, names)
    write(t.POOLED, pools.pooled)
    write(t.WEIGHTS, pools.weights)
    return made


def tables_of_files(tables: Tables, curation: Path, curator: str = "") -> dict[str, list[Row]]:
    """Give what the commands write for the lines of everybody, or of one curator."""
    actions = [a for a in read_actions(curation / "corrections") if curator in ("", a.curator)]
    return tables_in_memory(tables, actions)
