"""``sonospine draw``: a forest plot per analysis, as SVG with links, PDF and PNG."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer

from sonospine.cli.outputs import folder_to_write

log = logging.getLogger(__name__)

REPORT_FROM_FIGURES = "../report/"


def run(
    config: Annotated[Path, typer.Option(metavar="FILE", help="Configuration of the review.")],
    effects: Annotated[Path, typer.Option(metavar="FILE", help="Table of effects.")],
    synthesis: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Folder with pooled.tsv and weights.tsv.")
    ],
    studies: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Folder of linked tables (records.tsv is read).")
    ],
    curated: Annotated[Path, typer.Option(metavar="FOLDER", help="Folder with measurements.tsv.")],
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="FOLDER", help="Folder for <analysis>.svg, .pdf and .png.")
    ],
) -> None:
    """Draw the forest plot of each analysis of the configuration; its rows lead to the report beside it."""
    from sonospine.config.loading import load_config
    from sonospine.figures.forest import conflicted_effects, forest_of
    from sonospine.figures.rendering import FORMATS, rendered
    from sonospine.figures.setting import setting_of
    from sonospine.model.demonstration import is_demonstration
    from sonospine.model.files import write_bytes
    from sonospine.model.table_io import read_table
    from sonospine.model.tables import EFFECTS, POOLED, RECONCILED, RECORDS, WEIGHTS

    folder_to_write(out)
    review = load_config(config)
    rows = read_table(effects, EFFECTS)
    pooled = read_table(synthesis / "pooled.tsv", POOLED)
    weights = read_table(synthesis / "weights.tsv", WEIGHTS)
    records = read_table(studies / "records.tsv", RECORDS, validate=False)
    demonstration = is_demonstration(row["record_id"] for row in records)
    doubted = conflicted_effects(rows, read_table(curated / "measurements.tsv", RECONCILED, validate=False))
    for analysis in review.analyses:
        setting = setting_of(review, analysis, demonstration=demonstration)
        forest = forest_of(setting, rows, pooled, weights, doubted)
        for name in FORMATS:
            write_bytes(out / f"{analysis.id}.{name}", rendered(forest, name, base=REPORT_FROM_FIGURES))
        log.info("%s: %d studies drawn", analysis.id, len(forest.lines))
    typer.echo(f"{len(review.analyses)} analyses drawn in {out}", err=True)
