"""``sonospine screen``: which studies are in, why the others are out, and the PRISMA counts."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer

from sonospine.cli.import_tables import searches_of
from sonospine.cli.inputs import review_of
from sonospine.cli.outputs import curation_apart, folder_to_write

log = logging.getLogger(__name__)


def run(
    config: Annotated[Path, typer.Option(metavar="FILE", help="Configuration of the review.")],
    shards: Annotated[
        Path,
        typer.Option(
            metavar="FOLDER", help="Folder that import made (names the buckets, holds searches.tsv)."
        ),
    ],
    records: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Folder of parsed records, with rejected.tsv.")
    ],
    studies: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Folder of linked tables; studies.tsv is written here.")
    ],
    curation: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Folder of curation (screening/ is read).")
    ],
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="FOLDER", help="Folder for decisions.tsv and prisma.tsv.")
    ],
) -> None:
    """Decide by the configuration's criteria, with reason, words and place; classify studies; count.

    Writes decisions.tsv and prisma.tsv to OUT and studies.tsv to the folder of linked tables.
    """
    from sonospine.model.buckets import bucket_files
    from sonospine.model.record import read_records
    from sonospine.model.table_io import read_table, write_table
    from sonospine.model.tables import DECISIONS, LINKS, PRISMA, RECORDS, REJECTED, REPORTS, STUDIES
    from sonospine.model.votes import read_votes
    from sonospine.screening import fault_of_screening_line, screen
    from sonospine.screening.run import LinkedRows

    folder_to_write(out)
    curation_apart(curation, out)
    settings, vocabulary = review_of(config)
    linked = LinkedRows(
        read_table(studies / "records.tsv", RECORDS),
        read_table(studies / "reports.tsv", REPORTS),
        read_table(studies / "links.tsv", LINKS),
    )
    screened = screen(
        [r for path in bucket_files(shards, records, ".jsonl") for r in read_records(path)],
        linked,
        settings,
        vocabulary,
        read_votes(curation / "screening", fault_of_screening_line(vocabulary)),
        read_table(records / "rejected.tsv", REJECTED),
        searches_of(shards),
    )
    for line in screened.unheeded:
        log.warning("curation: %s", line)
    write_table(out / "decisions.tsv", DECISIONS, screened.decisions)
    write_table(out / "prisma.tsv", PRISMA, screened.prisma)
    write_table(studies / "studies.tsv", STUDIES, screened.studies)
    typer.echo(f"{len(screened.studies)} studies, {len(screened.decisions)} decisions", err=True)
