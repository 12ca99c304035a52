"""``sonospine curate import``: turn an edited table, annotations or data rows into lines of the log."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sonospine.cli.curate import CURATOR_HELP, ROOT_HELP
from sonospine.cli.curate_forms import Form
from sonospine.cli.inputs import CONFIG
from sonospine.model.errors import InputError

if TYPE_CHECKING:
    from sonospine.curation.edited import Edits, Reading
    from sonospine.exchange.spreadsheet import SheetRow
    from sonospine.model.table_io import Row

KIND = "corrections"
_LISTED = 20


def run(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="EDITED",
            help="An edited copy of extracted/curated/measurements.tsv or corrected.tsv (TSV or CSV); an export of "
            "Label Studio (JSON); a folder of brat or one .ann; data rows of RevMan.",
        ),
    ],
    curator: Annotated[str, typer.Option(metavar="NAME", help=CURATOR_HELP)],
    form: Annotated[Form, typer.Option("--format", help="What the file is.")] = Form.CSV,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List the changes and write nothing.")] = False,
    reject_missing: Annotated[
        bool, typer.Option("--reject-missing", help="Reject the rows that were exported and are gone.")
    ] = False,
    base: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The table before it was edited, where the review has run since.",
            show_default="the one in extracted/curated/",
        ),
    ] = None,
    reason: Annotated[
        str,
        typer.Option(metavar="TEXT", help="Why, for rows without a reason of their own.", show_default=False),
    ] = "",
    root: Annotated[Path, typer.Option(metavar="FOLDER", help=ROOT_HELP)] = Path(),
    config: Annotated[
        Path, typer.Option(metavar="FILE", help="Configuration of the review; relative to its folder.")
    ] = CONFIG,
) -> None:
    """Turn what was changed in a table or in another tool into lines of the log, and list each change.

    A changed cell sets a value, a row without measurement_id is added, "confirmed" or "rejected" in the column
    state is said of the row, and a column named reason says why. Rows that are gone are only listed. With a single
    mistake in the table nothing is written.
    """
    from sonospine.curation.edited import REASON, edits_of
    from sonospine.curation.lines import hand_of
    from sonospine.curation.logbook import Logbook, curator_name
    from sonospine.exchange.spreadsheet import read_sheet
    from sonospine.model.tables import RECONCILED

    name = curator_name(curator)
    if form is not Form.CSV:
        if base is not None:
            raise typer.BadParameter("only an edited table has a base", param_hint="--base")
        if reject_missing and form is Form.REVMAN:
            raise typer.BadParameter("data rows cannot reject a measurement", param_hint="--reject-missing")
        _of_other_tools(
            file, form, name, root=root, config=root / config, dry_run=dry_run, reject_missing=reject_missing,
            reason=reason,
        )  # fmt: skip
        return
    sheet = read_sheet(file, RECONCILED, (REASON,))
    logbook = Logbook(root / "extracted" / "curation")
    reading = _reading(root, sheet, base, logbook.rows(KIND), everything=reject_missing)
    edits = edits_of(sheet, reading, hand_of(name), file, reject_missing=reject_missing, reason=reason)
    rows = [row for change in edits.changes for row in change.rows]
    if not dry_run:
        logbook.append(KIND, name, rows)
    _tell(edits, reject_missing)
    _tell_counts(len(edits.changes), rows, logbook.path(KIND, name), dry_run=dry_run)


def _of_other_tools(
    file: Path,
    form: Form,
    name: str,
    *,
    root: Path,
    config: Path,
    dry_run: bool,
    reject_missing: bool,
    reason: str,
) -> None:
    from sonospine.cli.curate_exchange import found_in
    from sonospine.curation.lines import hand_of
    from sonospine.curation.logbook import Logbook

    logbook = Logbook(root / "extracted" / "curation")
    found = found_in(
        file, form, root=root, config=config, log=logbook.rows(KIND), hand=hand_of(name),
        reject_missing=reject_missing, reason=reason,
    )  # fmt: skip
    for fault in found.faults:
        typer.echo(fault.line(), err=True)
    if found.faults:
        raise typer.Exit(1)
    rows = [row for _, change in found.changes for row in change.rows]
    if not dry_run:
        logbook.append(KIND, name, rows)
    for remark in found.remarks:
        typer.echo(remark, err=True)
    for listed, said in ((found.changes, ""), (found.already, ": said already")):
        for place, change in listed:
            line = f", line {change.line}" if change.line else ""
            typer.echo(
                f"{place}{line}: {change.target_id}{' ' if change.target_id else ''}{change.what}{said}"
            )
    _tell_counts(len(found.changes), rows, logbook.path(KIND, name), dry_run=dry_run)


def _tell_counts(changes: int, rows: Sequence[Row], where: Path, *, dry_run: bool) -> None:
    counted = f"{changes} changes, {len(rows)} lines"
    typer.echo(
        f"{counted}: nothing written" if dry_run or not rows else f"{counted} added to {where}", err=True
    )


def _reading(
    root: Path, sheet: Sequence[SheetRow], base: Path | None, log: Sequence[Row], *, everything: bool
) -> Reading:
    """Gather the table before it was edited, and what the machine read of the rows that changed."""
    from sonospine.cli.curate_reading import reading_of
    from sonospine.cli.replaying import read_in
    from sonospine.curation.edited import ID, is_same
    from sonospine.exchange.spreadsheet import read_sheet
    from sonospine.model.tables import RECONCILED

    before = {
        row.cells[ID]: RECONCILED.row(**row.cells)
        for row in read_sheet(base or _exported(root, sheet), RECONCILED)
    }
    touched = {row.cells.get("record_id", "") for row in sheet if not row.cells[ID]}
    for row in sheet:
        old = before.get(row.cells[ID])
        if old and not all(is_same(row, name, old[name]) for name in row.cells if name in old):
            touched.add(old["record_id"])
    if everything:
        touched |= {row["record_id"] for row in before.values()}
    was_read = read_in(root)
    return reading_of(was_read, was_read.records_named(touched), before, log)


def _exported(root: Path, sheet: Sequence[SheetRow]) -> Path:
    """Return the table that was edited: the reconciled one names the result of each row, the corrected one none."""
    reconciled = any(row.cells.get("result_id") for row in sheet)
    path = root / "extracted" / "curated" / ("measurements.tsv" if reconciled else "corrected.tsv")
    if not path.exists():
        raise InputError("the review has not run yet: run `make review` first", file=path)
    return path


def _tell(edits: Edits, rejected: bool) -> None:
    for change in edits.changes:
        typer.echo(f"{_place(change.line)}{change.target_id}{' ' if change.target_id else ''}{change.what}")
    for change in edits.already:
        typer.echo(f"{_place(change.line)}{change.target_id} {change.what}: said already")
    if edits.missing and not rejected:
        more = len(edits.missing) - _LISTED
        named = ", ".join(edits.missing[:_LISTED]) + (f" and {more} more" if more > 0 else "")
        typer.echo(f"{len(edits.missing)} rows are not in the table and stay as they are: {named}", err=True)


def _place(line: int) -> str:
    return f"line {line}: " if line else ""
