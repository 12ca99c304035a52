"""``sonospine reconcile``: find the same result in several places, and conflicts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sonospine.cli.inputs import review_of


def run(
    config: Annotated[Path, typer.Option(metavar="FILE", help="Configuration of the review.")],
    curated: Annotated[
        Path,
        typer.Option(metavar="FOLDER", help="Folder of the corrected tables; the result is written there."),
    ],
    studies: Annotated[Path, typer.Option(metavar="FOLDER", help="Folder of the tables of studies.")],
) -> None:
    """Decide which rows are one result, which of them stands for it, and what disagrees."""
    from sonospine.model.table_io import read_table, write_table
    from sonospine.model.tables import ARMS, CONFLICTS, CORRECTED, RECONCILED, STUDIES
    from sonospine.reconcile import reconcile

    _, vocabulary = review_of(config)
    whole = {i.id for i in vocabulary.instruments.values() if i.whole_numbers}
    result = reconcile(
        read_table(curated / "corrected.tsv", CORRECTED),
        read_table(curated / "arms.tsv", ARMS),
        read_table(studies / "studies.tsv", STUDIES),
        whole_numbers=whole,
    )
    write_table(curated / "measurements.tsv", RECONCILED, result.measurements)
    write_table(curated / "conflicts.tsv", CONFLICTS, result.conflicts)
    results = {row["result_id"] for row in result.measurements}
    told = f"{len(result.measurements)} rows are {len(results)} results; {len(result.conflicts)} conflicts"
    typer.echo(told, err=True)
