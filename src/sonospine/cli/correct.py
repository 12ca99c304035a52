"""``sonospine correct``: replay what curators corrected over what the machine read."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from sonospine.cli.outputs import curation_apart, folder_to_write
from sonospine.cli.replaying import what_was_read


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
    from sonospine.corrections import read_actions
    from sonospine.model.table_io import write_table
    from sonospine.model.tables import ARMS, CORRECTED, CORRECTION_LOG, TIMEPOINTS

    folder_to_write(out)
    curation_apart(curation, out)
    read = what_was_read(shards, records, studies, machine)
    actions = read_actions(curation / "corrections")
    curated = read.replayed(actions)
    write_table(out / "corrected.tsv", CORRECTED, curated.corrected)
    write_table(out / "arms.tsv", ARMS, curated.arms)
    write_table(out / "timepoints.tsv", TIMEPOINTS, curated.timepoints)
    write_table(out / "log.tsv", CORRECTION_LOG, curated.log)
    outcomes = Counter(row["outcome"] for row in curated.log)
    told = ", ".join(f"{outcomes[name]} {name}" for name in ("applied", "needless", "stale", "unknown"))
    typer.echo(f"{len(curated.corrected)} rows; {len(actions)} curation lines: {told}", err=True)
