"""``sonospine curate export``: the review's tables in the forms of other tools."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sonospine.cli.curate import ROOT_HELP
from sonospine.model.errors import InputError

if TYPE_CHECKING:
    from sonospine.exchange.spans import Marked
    from sonospine.model.schema import TableSchema
    from sonospine.model.table_io import Row


class Form(StrEnum):
    """Forms in which rows are marked or edited; data rows of RevMan are written by ``sonospine export``."""

    CSV = "csv"
    LABEL_STUDIO = "label-studio"
    BRAT = "brat"


class Separator(StrEnum):
    """What stands between the cells of CSV."""

    COMMA = "comma"
    SEMICOLON = "semicolon"


TASKS, CONFIGURATION = "tasks.json", "labels.xml"
DEFAULT_TABLE = "reconciled"


def run(
    output: Annotated[
        Path,
        typer.Option(
            "-o",
            "--output",
            metavar="PATH",
            help="A new file (csv), or a new or empty folder (the other forms): nothing is written over.",
            show_default=False,
        ),
    ],
    form: Annotated[Form, typer.Option("--format", help="In which form.")] = Form.CSV,
    study: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Only this study; can be given again.", show_default=False),
    ] = None,
    analysis: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID", help="Only what this analysis rests on; can be given again.", show_default=False
        ),
    ] = None,
    table: Annotated[
        str, typer.Option(metavar="NAME", help="With csv: which table (its name in docs/tables.md).")
    ] = DEFAULT_TABLE,
    separator: Annotated[
        Separator,
        typer.Option(
            help="With csv: semicolon, with a decimal comma, for spreadsheets set to a country that writes 2,5."
        ),
    ] = Separator.COMMA,
    root: Annotated[Path, typer.Option(metavar="FOLDER", help=ROOT_HELP)] = Path(),
) -> None:
    """Write what the last run of the review read, to be edited in a spreadsheet, Label Studio or brat.

    What is changed there comes back with `sonospine curate import`. docs/exchange.md says what each form holds, and
    what it cannot hold. Results for other programs, RevMan's too, are written by `sonospine export`.
    """  # fmt: skip
    from sonospine.cli.replaying import linked_records

    linked_records(root)  # says what to run first
    _refuse_to_write_over(output, folder=form is not Form.CSV)
    wanted = _Wanted.of(root, study or [], analysis or [])
    if form is Form.CSV:
        told = _csv(output, root, table, wanted, ";" if separator is Separator.SEMICOLON else ",")
    else:
        told = _spans(output, root, wanted, form)
    typer.echo(f"{told}: {output}", err=True)


def _refuse_to_write_over(output: Path, *, folder: bool) -> None:
    """Leave alone what a person may have worked on since it was exported."""
    if folder and output.is_dir() and not any(output.iterdir()):
        return
    if output.exists():
        raise InputError("is there already, and may have been edited", file=output, allowed="a new name")


class _Wanted:
    """Which rows are asked for: those of some studies, and of some analyses."""

    def __init__(self, studies: Sequence[str], effects: Sequence[Row] | None) -> None:
        self.studies = set(studies)
        self.effects = effects
        ids = {key for row in effects or () for key in row["measurement_ids"].split(";")}
        self.measurements = ids if effects is not None else None
        self.of_analysis = {row["study_id"] for row in effects or ()}

    @classmethod
    def of(cls, root: Path, studies: Sequence[str], analyses: Sequence[str]) -> _Wanted:
        from sonospine.model.table_io import read_table
        from sonospine.model.tables import STUDIES

        known = {row["study_id"] for row in read_table(root / STUDIES.path, STUDIES)} if studies else set()
        for study in studies:
            if study not in known:
                raise InputError(
                    "no study has this id", file=root / STUDIES.path, field="study_id", found=study
                )
        return cls(studies, _effects(root, analyses) if analyses else None)

    def has(self, row: Row) -> bool:
        """Tell whether a row of any table is asked for (a row that names no study belongs to none)."""
        if self.studies and row.get("study_id", "") not in self.studies:
            return False
        if self.effects is None:
            return True
        if "analysis" in row:
            return row["analysis"] in {effect["analysis"] for effect in self.effects}
        if "measurement_id" in row:
            return self.measurements is not None and row["measurement_id"] in self.measurements
        return row.get("study_id", "") in self.of_analysis


def _effects(root: Path, analyses: Sequence[str]) -> list[Row]:
    from sonospine.model.table_io import read_table
    from sonospine.model.tables import EFFECTS

    path = root / EFFECTS.path
    rows = read_table(path, EFFECTS)
    known = sorted({row["analysis"] for row in rows})
    for analysis in analyses:
        if analysis not in known:
            raise InputError(
                "no effect is of this analysis", file=path, field="analysis", found=analysis,
                allowed=", ".join(known),
            )  # fmt: skip
    return [row for row in rows if not analyses or row["analysis"] in analyses]


def _schema(name: str) -> TableSchema:
    from sonospine.model.tables import ALL_TABLES

    single = {schema.name: schema for schema in ALL_TABLES if "<" not in schema.path}
    if name not in single:
        raise InputError("no such table", field="--table", found=name, allowed=", ".join(sorted(single)))
    return single[name]


def _csv(output: Path, root: Path, table: str, wanted: _Wanted, separator: str) -> str:
    from sonospine.exchange.spreadsheet import sheet_bytes
    from sonospine.model.files import write_bytes
    from sonospine.model.table_io import read_table

    schema = _schema(table)
    rows = [row for row in read_table(root / schema.path, schema) if wanted.has(row)]
    write_bytes(output, sheet_bytes(schema, rows, separator))
    return f"{len(rows)} rows of {schema.path}"


def _spans(output: Path, root: Path, wanted: _Wanted, form: Form) -> str:
    from sonospine.exchange import brat, label_studio
    from sonospine.exchange.documents import file_stem
    from sonospine.model.files import folder_written_whole, write_text
    from sonospine.model.version import VERSION

    documents = marked_documents(root, wanted)
    with folder_written_whole(output) as folder:
        if form is Form.LABEL_STUDIO:
            tasks = [label_studio.task_of(each, f"sonospine {VERSION}") for each in documents]
            write_text(folder / TASKS, label_studio.tasks_text(tasks))
            write_text(folder / CONFIGURATION, label_studio.labelling_config())
        else:
            for each in documents:
                stem = file_stem(each.document.record_id)
                write_text(folder / f"{stem}.txt", each.document.text)
                write_text(folder / f"{stem}.ann", brat.ann_text(brat.annotations_of(each)))
            write_text(folder / "annotation.conf", brat.configuration())
            write_text(folder / brat.EXPORTED, brat.exported_text(documents))
    for each in documents:
        if each.unplaced:
            typer.echo(
                f"{each.document.record_id}: {len(each.unplaced)} rows stand outside its text, and are left out: "
                + ", ".join(each.unplaced),
                err=True,
            )
    return f"{sum(len(each.rows) for each in documents)} rows in {len(documents)} records"


def marked_documents(root: Path, wanted: _Wanted | None) -> list[Marked]:
    """Return the records that have rows as documents with the spans of these rows, sorted by record."""
    from sonospine.cli.replaying import read_in
    from sonospine.exchange.documents import document_of
    from sonospine.exchange.spans import marked
    from sonospine.model.table_io import read_table
    from sonospine.model.tables import RECONCILED

    of_record: dict[str, list[Row]] = defaultdict(list)
    for row in read_table(root / RECONCILED.path, RECONCILED):
        if wanted is None or wanted.has(row):
            of_record[row["record_id"]].append(row)
    records = read_in(root).records_named(of_record)
    return [marked(document_of(records[key]), of_record[key]) for key in sorted(of_record) if key in records]
