"""``sonospine correct``: replay what curators corrected over what the machine read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from sonospine.cli.outputs import curation_apart, folder_to_write


def run(
    shards: Annotated[Path, typer.Option(metavar="FOLDER", help="Folder of the shards that import made.")],
    records: Annotated[Path, typer.Option(metavar="FOLDER", help="Folder of the parsed records.")],
    studies: Annotated[Path, typer.Option(metavar="FOLDER", help="Folder of the tables that link made.")],
    machine: Annotated[Path, typer.Option(metavar="FOLDER", help="Folder of the machine's tables.")],
    curation: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Folder that people write; it is only read.")
    ],
    out: Annotated[
        Path,
        typer.Option("-o", "--out", metavar="FOLDER", help="Folder for corrected, arms, timepoints and log."),
    ],
) -> None:
    """Replay the lines of the curators over the machine's rows and fill the ids of study, arm and timepoint.

    Lines that are stale, unknown or needless are listed in log.tsv. Nothing is written to the curation folder.
    """
    from sonospine.corrections import Action, read_actions, replay
    from sonospine.model.buckets import bucket_files
    from sonospine.model.record import Record, read_records
    from sonospine.model.table_io import read_table, read_tables, write_table
    from sonospine.model.tables import (
        ARMS,
        CORRECTED,
        CORRECTION_LOG,
        MACHINE_ARMS,
        MEASUREMENTS,
        RECORDS,
        TIMEPOINTS,
    )

    folder_to_write(out)
    curation_apart(curation, out)

    def named_records(actions: Sequence[Action]) -> dict[str, Record]:
        """Return the parsed records, where there is any line whose place has to be looked at."""
        if not actions:
            return {}
        named = {a.record_id for a in actions} | {str((a.seen or {}).get("record_id", "")) for a in actions}
        targets = {a.target_id for a in actions}
        named |= {row["record_id"] for row in measurements if row["measurement_id"] in targets}
        return {
            record.record_id: record
            for path in bucket_files(shards, records, ".jsonl")
            for record in read_records(path)
            if record.record_id in named
        }

    measurements = read_tables(bucket_files(shards, machine / "measurements", ".tsv"), MEASUREMENTS)
    arms = read_tables(bucket_files(shards, machine / "arms", ".tsv"), MACHINE_ARMS)
    record_rows = read_table(studies / "records.tsv", RECORDS)
    actions = read_actions(curation / "corrections")
    curated = replay(measurements, arms, record_rows, actions, named_records(actions))
    write_table(out / "corrected.tsv", CORRECTED, curated.corrected)
    write_table(out / "arms.tsv", ARMS, curated.arms)
    write_table(out / "timepoints.tsv", TIMEPOINTS, curated.timepoints)
    write_table(out / "log.tsv", CORRECTION_LOG, curated.log)
    outcomes = Counter(row["outcome"] for row in curated.log)
    told = ", ".join(f"{outcomes[name]} {name}" for name in ("applied", "needless", "stale", "unknown"))
    typer.echo(f"{len(curated.corrected)} rows; {len(actions)} curation lines: {told}", err=True)
