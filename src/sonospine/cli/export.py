"""``sonospine export``: the results of the review as files for other tools."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sonospine.cli.curate import ROOT_HELP
from sonospine.cli.inputs import CONFIG
from sonospine.cli.outputs import file_to_write, folder_to_replace
from sonospine.model.errors import InputError

if TYPE_CHECKING:
    from sonospine.config.settings import Config
    from sonospine.exchange.results import Results, Used
    from sonospine.model.table_io import Row


class Form(StrEnum):
    """Forms that are written."""

    ALL = "all"
    METAFOR = "metafor"
    REVMAN = "revman"
    RIS = "ris"
    JSON = "json"
    RO_CRATE = "ro-crate"


MADE = ("metafor", "revman", "ris", "json", "tables", "README.md", "ro-crate-metadata.json", "everything.zip")
SOFTWARE = ("PyMARE", "numpy", "pandas", "scipy", "scispacy", "snakemake", "spacy")


def run(
    out: Annotated[
        Path,
        typer.Option(
            "-o",
            "--out",
            metavar="PATH",
            help="A folder, replaced as a whole, or a file that ends in .zip.",
            show_default=False,
        ),
    ],
    form: Annotated[
        Form, typer.Option("--format", help="In which form; all: every form, and a zip of everything.")
    ] = Form.ALL,
    date: Annotated[
        str,
        typer.Option(
            metavar="DATE",
            help="Date of the data, written YYYY-MM-DD.",
            show_default="the last search, if any tells one",
        ),
    ] = "",
    root: Annotated[Path, typer.Option(metavar="FOLDER", help=ROOT_HELP)] = Path(),
    config: Annotated[
        Path, typer.Option(metavar="FILE", help="Configuration of the review; relative to its folder.")
    ] = CONFIG,
) -> None:
    """Write the results of the last run for R, RevMan, reference managers and programs.

    docs/exchange.md says what each form holds. What people mark or edit in another tool, and what comes back from
    it, is written by sonospine curate export.
    """
    from sonospine.cli.replaying import linked_records
    from sonospine.exchange.packing import FORMS, ZIP, everything, zipped
    from sonospine.model.files import folder_written_whole, write_bytes

    if date:
        _check_date(date)
    as_zip = out.suffix == ".zip"
    if as_zip:
        file_to_write(out)
    else:
        folder_to_replace(out, lambda name: name in MADE)
    linked_records(root)  # says what to run first
    results = results_of(root, root / config, date)
    files = everything(results) if form is Form.ALL else FORMS[form.value](results)
    if as_zip:
        write_bytes(out, zipped(files))
    else:
        if form is Form.ALL:
            files = {**files, ZIP: zipped(files)}
        with folder_written_whole(out) as folder:
            for name, content in files.items():
                write_bytes(folder / name, content)
    typer.echo(f"{len(files)} files written to {out}", err=True)


def _check_date(date: str) -> None:
    import datetime
    import re

    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", date):
            raise ValueError
        datetime.date.fromisoformat(date)
    except ValueError:
        raise InputError("not a date", field="--date", found=date, allowed="such as 2026-11-29") from None


def results_of(root: Path, config: Path, date: str) -> Results:
    """Read what a run of a review left in its folder.

    Raises
    ------
    InputError
        A table or the configuration is missing, or does not fit its schema.
    """
    from sonospine.config.loading import load_config
    from sonospine.exchange.results import OPTIONAL_TABLES, RESULT_TABLES, Results
    from sonospine.model.table_io import read_table

    settings = load_config(config)
    tables: dict[str, list[Row]] = {}
    for schema in RESULT_TABLES:
        tables[schema.name] = read_table(root / schema.path, schema)
    for schema in OPTIONAL_TABLES:
        if (root / schema.path).exists():
            tables[schema.name] = read_table(root / schema.path, schema)
    dates = [row["searched"][:10] for row in tables["searches"]]
    dates += [row["first_seen"][:10] for row in tables["records"]]
    return Results(
        settings, tables, sorted(_used(root, config, settings), key=lambda file: file.path), _versions(),
        date or max(dates, default=""),
    )  # fmt: skip


def _used(root: Path, config: Path, settings: Config) -> Iterator[Used]:
    """Yield what the run read and wrote; a file outside of the review is called by its name alone."""
    from sonospine.cli.import_records import snapshot_path, source_paths
    from sonospine.exchange import results as told
    from sonospine.model.files import sha256
    from sonospine.sources.listing import source_files

    snapshot = snapshot_path(settings, config)
    vocabulary = Path(settings.vocabulary)
    vocabulary = vocabulary if vocabulary.is_absolute() else root / vocabulary
    tables = [root / schema.path for schema in (*told.RESULT_TABLES, *told.OPTIONAL_TABLES)]
    groups = {
        told.INPUT: [*source_files(source_paths(settings, config)), *(snapshot.files() if snapshot else [])],
        told.CONFIGURATION: [config, *sorted(vocabulary.glob("*.yaml"))],
        told.CURATION: sorted((root / "extracted/curation").glob("*/*.tsv")),
        told.WORKFLOW: [
            path
            for path in (root / "Snakefile", *sorted((root / "workflow/rules").glob("*.smk")))
            if path.exists()
        ],
        told.OUTPUT: [path for path in tables if path.exists()],
    }
    seen: set[str] = set()
    for role, paths in groups.items():
        for path in paths:
            content = path.read_bytes()
            shown = _shown(path, root)
            if shown not in seen:
                seen.add(shown)
                yield told.Used(shown, role, sha256(content), len(content))


def _shown(path: Path, root: Path) -> str:
    whole, above = path.resolve(), root.resolve()
    return whole.relative_to(above).as_posix() if whole.is_relative_to(above) else whole.name


def _versions() -> dict[str, str]:
    import platform
    from importlib.metadata import PackageNotFoundError, version

    from sonospine.model.version import VERSION

    found = {"sonospine": VERSION, "Python": platform.python_version()}
    for name in SOFTWARE:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
