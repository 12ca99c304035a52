"""``sonospine link``: records become reports, reports become studies."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer

from sonospine.cli.outputs import curation_apart, folder_to_write

log = logging.getLogger(__name__)


def run(
    shards: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Folder that import made (names the buckets).")
    ],
    records: Annotated[Path, typer.Option(metavar="FOLDER", help="Folder of parsed records.")],
    curation: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Folder of curation (links/ and studies/ are read).")
    ],
    out: Annotated[
        Path,
        typer.Option(
            "-o", "--out", metavar="FOLDER", help="Folder for records.tsv, reports.tsv and links.tsv."
        ),
    ],
) -> None:
    """Join records into reports and reports into studies; list what could not be read.

    Writes records.tsv, reports.tsv and links.tsv to OUT and rejected.tsv to the folder of parsed records (the
    rejections of import and parse, joined).
    """
    from sonospine.linkage import fault_of_link_line, fault_of_study_line, link_records
    from sonospine.model.buckets import bucket_files
    from sonospine.model.record import read_records
    from sonospine.model.table_io import read_table, write_table
    from sonospine.model.tables import LINKS, RECORDS, REJECTED, REPORTS
    from sonospine.model.votes import read_votes

    folder_to_write(out)
    curation_apart(curation, out)
    listed = [r for path in bucket_files(shards, records, ".jsonl") for r in read_records(path)]
    lines = [
        *read_votes(curation / "links", fault_of_link_line),
        *read_votes(curation / "studies", fault_of_study_line),
    ]
    linked = link_records(listed, lines)
    for line in linked.unheeded:
        log.warning("curation: %s", line)
    rejections = [shards / "rejected.tsv", *bucket_files(shards, records / "rejected", ".tsv")]
    rejected = {
        row["file"]: row for path in rejections if path.exists() for row in read_table(path, REJECTED)
    }
    write_table(out / "records.tsv", RECORDS, linked.records)
    write_table(out / "reports.tsv", REPORTS, linked.reports)
    write_table(out / "links.tsv", LINKS, linked.links)
    write_table(records / "rejected.tsv", REJECTED, rejected.values())
    told = f"{len(linked.records)} records, {len(linked.reports)} reports, {len(linked.links)} links"
    typer.echo(told, err=True)
