"""``sonospine extract``: every arm-level result of a shard of records, or of any raw files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sonospine.cli.inputs import (
    CONFIG_DEFAULT,
    CONFIG_HELP,
    vocabulary_of,
)
from sonospine.cli.outputs import file_to_write, folder_to_write
from sonospine.cli.progress import tracked
from sonospine.cli.record_files import records_in, records_or_fault


def run(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE",
            help="A shard of records (JSONL), or JATS, PubMed XML, CT.gov JSON, exports of databases, text, Markdown.",
        ),
    ],
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help=CONFIG_HELP, show_default=CONFIG_DEFAULT)
    ] = None,
    tables: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Folder of the machine tables: one file of the shard's name in each."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", metavar="FILE", help="One table of measurements for all files."),
    ] = None,
) -> None:
    """Read arm-level results, each with its place; what stands only in a figure is listed as unread."""
    if (tables is None) == (out is None):
        raise typer.BadParameter("say where to write: -o FILE, or --tables FOLDER", param_hint="-o")
    if tables is not None:
        if len(files) != 1:
            raise typer.BadParameter(f"takes one shard, not {len(files)} files", param_hint="--tables")
        run_tables(files[0], config, tables)
    elif out is not None:
        run_files(files, config, out)


def run_tables(records: Path, config: Path | None, tables: Path) -> None:
    """Extract one shard of records into ``measurements alternatives arms unread`` below a folder."""
    folder_to_write(tables)
    from sonospine.extraction.assembly import extract_records
    from sonospine.extraction.proposals import fault_lines
    from sonospine.model.table_io import write_table
    from sonospine.model.tables import ALTERNATIVES, MACHINE_ARMS, MEASUREMENTS, UNREAD

    made = extract_records(records_or_fault(records), vocabulary_of(config))
    name = f"{records.stem}.tsv"
    write_table(tables / "measurements" / name, MEASUREMENTS, made.measurements)
    write_table(tables / "alternatives" / name, ALTERNATIVES, made.alternatives)
    write_table(tables / "arms" / name, MACHINE_ARMS, made.arms)
    write_table(tables / "unread" / name, UNREAD, made.unread)
    for line in fault_lines(made.faults):
        typer.echo(line, err=True)
    typer.echo(f"{records.name}: {len(made.measurements)} measurements", err=True)


def run_files(files: list[Path], config: Path | None, out: Path) -> None:
    """Extract any files into one table of measurements; files that cannot be read are named, the rest goes on.

    Raises
    ------
    typer.Exit
        With status 1 where a file could not be read, after the table of the others is written; where none could
        be read, none is written.
    """
    file_to_write(out)
    from sonospine.extraction.assembly import extract_records
    from sonospine.extraction.proposals import ReaderFault, fault_lines
    from sonospine.model.table_io import Row, write_table
    from sonospine.model.tables import MEASUREMENTS

    vocabulary = vocabulary_of(config)
    rows: dict[str, Row] = {}
    failed: list[ReaderFault] = []
    read, faulty = 0, False
    for path in tracked(files, "extract"):
        records, faults = records_in(path)
        read += len(records)
        for fault in faults:
            faulty = True
            typer.echo(fault.line(), err=True)
        made = extract_records(records, vocabulary)
        failed += made.faults
        for row in made.measurements:
            rows.setdefault(row["measurement_id"], row)
    for line in fault_lines(failed):
        typer.echo(line, err=True)
    if read:
        write_table(out, MEASUREMENTS, rows.values())
        typer.echo(f"{len(rows)} measurements of {read} records written to {out}", err=True)
    if faulty:
        raise typer.Exit(1)
