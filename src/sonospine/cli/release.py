"""``sonospine release``: the report of a day with all that a later comparison needs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sonospine.cli.dates import date_given


def run(
    config: Annotated[Path, typer.Option(metavar="FILE", help="Configuration of the review.")],
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="FOLDER", help="Folder of all releases.")
    ] = Path("releases"),
    root: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Folder with results/, extracted/ and releases/.")
    ] = Path(),
    date: Annotated[
        str | None, typer.Option(metavar="DATE", help="Date of the release.", show_default="today")
    ] = None,
    note: Annotated[
        str, typer.Option(metavar="TEXT", help="What it is for; stored with it.", show_default=False)
    ] = "",
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the release of that date, if nobody changed it since.")
    ] = False,
) -> None:
    """Write the report of a finished run, its tables, corrections, configuration and hashes to FOLDER/DATE.

    The report is written anew from the tables. A release that is there stays: its date is refused, unless --replace
    is given and every file in it still is as it was released.
    """
    from sonospine.cli.inputs import review_of, vocabulary_folder
    from sonospine.cli.outputs import folder_to_write
    from sonospine.cli.report import report_content
    from sonospine.config.protocol import vocabulary_hashes
    from sonospine.model.demonstration import is_demonstration
    from sonospine.model.errors import InputError
    from sonospine.model.table_io import read_table
    from sonospine.model.tables import RECORDS
    from sonospine.releases.storing import check_replaceable, kept_files, made_now, release_files
    from sonospine.report.folder import write_folder

    day = date_given(date)
    folder = out / day
    folder_to_write(out)
    folder_to_write(folder)
    if folder.exists() and not replace:
        raise InputError(
            "a release of that date is there",
            file=folder,
            allowed="another --date, or --replace to replace it",
        )
    if folder.exists():
        check_replaceable(folder)
    review, _ = review_of(config)
    words = vocabulary_folder(review, config)
    records = read_table(root / "results/studies/records.tsv", RECORDS, validate=False)
    content = release_files(
        kept_files(root, config, words),
        report_content(config, root),
        review,
        vocabulary_hashes(words),
        made_now(),
        date=day,
        note=" ".join(note.split()),
        demonstration=is_demonstration(row["record_id"] for row in records),
    )
    replaced = folder.exists()
    write_folder(folder, content)
    typer.echo(f"{len(content)} files {'replaced' if replaced else 'written'} in {folder}", err=True)
