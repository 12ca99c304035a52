"""``sonospine curate agreement``: how far two curators agree, field by field."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sonospine.cli.curate import ROOT_HELP
from sonospine.cli.inputs import CONFIG

if TYPE_CHECKING:
    from sonospine.model.table_io import Row

HEAD = ("field", "of", "curators", "n", "agree", "kappa", "ICC")


def run(
    root: Annotated[Path, typer.Option(metavar="FOLDER", help=ROOT_HELP)] = Path(),
    config: Annotated[
        Path,
        typer.Option(
            metavar="FILE", help="Configuration of the review; relative to the folder of the review."
        ),
    ] = CONFIG,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--out",
            metavar="FILE",
            help="Write the table agreement there, with all digits.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Say for every field on which two curators both spoke how far they agree.

    Percent agreement; Cohen's kappa of fields that are no numbers, ICC(2,1) of numbers, each with its 95 % interval.
    Numbers, arms and times, screening, links, risk of bias and GRADE count alike. The machine's reading stood before
    both curators: theirs are not two blank sheets.
    """
    from sonospine.model.table_io import write_table
    from sonospine.model.tables import AGREEMENT

    rows = agreement_of(root, root / config)
    if out is not None:
        write_table(out, AGREEMENT, rows)
        typer.echo(f"{len(rows)} rows written to {out}", err=True)
        return
    if not rows:
        typer.echo("No two curators have spoken about the same thing yet.")
        return
    for line in _table([HEAD, *(_cells(row) for row in rows)]):
        typer.echo(line)
    for note in dict.fromkeys(row["note"] for row in rows if row["note"]):
        typer.echo(f"* {note}: {', '.join(row['field'] for row in rows if row['note'] == note)}")


def agreement_of(root: Path, config: Path) -> list[Row]:
    """Return the rows of the table ``agreement`` for a review.

    Raises
    ------
    InputError
        A file of lines is at fault, or the tables are not of one run.
    """
    from sonospine.curation.agreement_table import agreement_rows
    from sonospine.curation.desk import EVERYBODY, Desk
    from sonospine.curation.kinds import lines_of
    from sonospine.curation.logbook import Logbook
    from sonospine.curation.tables import read_tables_of

    tables = read_tables_of(root, config)
    desk = Desk(tables, Logbook(root / "extracted" / "curation"))
    if desk.fault is not None:
        raise desk.fault
    return agreement_rows(desk.view(EVERYBODY), lambda kind: lines_of(desk.logbook, kind, tables.vocabulary))


def _cells(row: Row) -> tuple[str, ...]:
    about = row["target_type"] if row["kind"] == "corrections" else f"{row['kind']} {row['target_type']}"
    return (
        row["field"],
        about,
        f"{row['curator_1']}, {row['curator_2']}",
        row["n"],
        f"{float(row['percent']):.0f} %",
        _with_interval(row, "kappa"),
        _with_interval(row, "icc"),
    )


def _with_interval(row: Row, name: str) -> str:
    if not row[name]:
        return ""
    text = f"{float(row[name]):.3f}"
    if row[f"{name}_lower"]:
        text += f" ({float(row[f'{name}_lower']):.3f} to {float(row[f'{name}_upper']):.3f})"
    return text if not row["note"] else f"{text} *"


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
