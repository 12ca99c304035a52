"""``sonospine extract``: every arm-level result of a shard of records, or of any raw files."""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from sonospine.cli.inputs import records_in, records_or_fault, vocabulary_of
from sonospine.model.errors import InputError

log = logging.getLogger(__name__)


def run(
    files: Annotated[
        list[Path],
        typer.Argument(help="A shard of records (JSONL), or JATS, PubMed XML, CT.gov JSON, text, Markdown."),
    ],
    config: Annotated[
        Path | None, typer.Option(help="Configuration that names the vocabulary.", show_default=False)
    ] = None,
    tables: Annotated[
        Path | None,
        typer.Option(help="Folder of the machine tables: one file of the shard's name in each."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="One table of measurements for all files.")
    ] = None,
) -> None:
    """Read arm-level results, each with its place; what stands only in a figure is listed as unread."""
    if (tables is None) == (out is None):
        raise InputError("say where to write", allowed="--tables FOLDER or -o FILE")
    if tables is not None:
        if len(files) != 1:
            raise InputError("one shard at a time", found=len(files), allowed="one file with --tables")
        run_tables(files[0], config, tables)
    elif out is not None:
        run_files(files, config, out)


def run_tables(records: Path, config: Path | None, tables: Path) -> None:
    """Extract one shard of records into ``measurements alternatives arms unread`` below a folder."""
    from sonospine.extraction.assembly import extract_records
    from sonospine.model.table_io import write_table
    from sonospine.model.tables import ALTERNATIVES, MACHINE_ARMS, MEASUREMENTS, UNREAD

    made = extract_records(records_or_fault(records), vocabulary_of(config))
    name = f"{records.stem}.tsv"
    write_table(tables / "measurements" / name, MEASUREMENTS, made.measurements)
    write_table(tables / "alternatives" / name, ALTERNATIVES, made.alternatives)
    write_table(tables / "arms" / name, MACHINE_ARMS, made.arms)
    write_table(tables / "unread" / name, UNREAD, made.unread)
    log.info("%s: %d measurements", records, len(made.measurements))


def run_files(files: list[Path], config: Path | None, out: Path) -> None:
    """Extract any files into one table of measurements; files that cannot be read are named, the rest goes on.

    Raises
    ------
    typer.Exit
        With status 1, after the table is written, where a file could not be read.
    """
    from sonospine.extraction.assembly import extract_records
    from sonospine.model.table_io import Row, write_table
    from sonospine.model.tables import MEASUREMENTS

    vocabulary = vocabulary_of(config)
    rows: dict[str, Row] = {}
    faulty = False
    with typer.progressbar(files, label="extract", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        for path in bar:
            records, faults = records_in(path)
            for fault in faults:
                faulty = True
                typer.echo(fault, err=True)
            for row in extract_records(records, vocabulary).measurements:
                rows.setdefault(row["measurement_id"], row)
    write_table(out, MEASUREMENTS, rows.values())
    if faulty:
        raise typer.Exit(1)
