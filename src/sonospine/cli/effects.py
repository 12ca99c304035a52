"""``sonospine effects``: compute effect sizes, each with its derivation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sonospine.cli.inputs import review_of
from sonospine.cli.outputs import file_to_write


def run(
    config: Annotated[Path, typer.Option(metavar="FILE", help="Configuration of the review.")],
    curated: Annotated[Path, typer.Option(metavar="FOLDER", help="Folder of the reconciled tables.")],
    studies: Annotated[Path, typer.Option(metavar="FOLDER", help="Folder of the tables of studies.")],
    screening: Annotated[Path, typer.Option(metavar="FOLDER", help="Folder of the screening decisions.")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="File for the effects.")],
) -> None:
    """Compute every candidate effect of every analysis; those that are not pooled say why."""
    from sonospine.effects import compute_effects
    from sonospine.model.table_io import read_table, write_table
    from sonospine.model.tables import ARMS, CONFLICTS, DECISIONS, EFFECTS, RECONCILED, RECORDS, STUDIES

    file_to_write(out)
    review, vocabulary = review_of(config)
    effects = compute_effects(
        read_table(curated / "measurements.tsv", RECONCILED),
        read_table(curated / "conflicts.tsv", CONFLICTS),
        read_table(curated / "arms.tsv", ARMS),
        read_table(studies / "studies.tsv", STUDIES),
        read_table(screening / "decisions.tsv", DECISIONS),
        read_table(studies / "records.tsv", RECORDS),
        review,
        directions={i.id: i.direction for i in vocabulary.instruments.values() if not i.generic},
    )
    write_table(out, EFFECTS, effects)
    pooled = sum(row["included"] == "true" and row["variant"] == "primary" for row in effects)
    typer.echo(f"{len(effects)} candidate effects, {pooled} of them in a pool", err=True)
