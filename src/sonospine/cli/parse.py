"""``sonospine parse``: parse a shard of raw records into records with addressed sections and tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sonospine.cli.outputs import folder_to_write


def run(
    shard: Annotated[
        Path, typer.Argument(metavar="SHARD", help="A shard that import made, e.g. results/import/3.jsonl.")
    ],
    out: Annotated[
        Path,
        typer.Option(
            "-o", "--out", metavar="FOLDER", help="Folder for <bucket>.jsonl and rejected/<bucket>.tsv."
        ),
    ],
) -> None:
    """Parse every raw record of SHARD into OUT; entries that cannot be read are listed with one reason each."""
    from sonospine.sources.shards import parse_shard

    folder_to_write(out)
    records, rejected = parse_shard(shard, out)
    typer.echo(f"{shard.name}: {records} records, {rejected} not read", err=True)
