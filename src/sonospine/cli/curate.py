"""``sonospine curate``: the local page for curators, and what else is done to their log."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sonospine.cli.inputs import CONFIG
from sonospine.cli.lazy import Entry
from sonospine.model.errors import InputError

LOOPBACK = "127.0.0.1"
PORT = 8417
SHORTEST = 8
"""Characters of a password."""

COMMANDS: dict[str, Entry] = {
    "export": Entry(
        "curate_export",
        "Commands",
        "Write the review's tables for a spreadsheet, Label Studio, brat or RevMan.",
        "sonospine curate export --format csv -o measurements.csv",
    ),
    "import": Entry(
        "curate_import",
        "Commands",
        "Turn what was edited in a table or another tool into lines of the log.",
        "sonospine curate import edited.csv --curator ada --dry-run",
    ),
    "check": Entry(
        "curate_check",
        "Commands",
        "Say what each line of the log does.",
        "sonospine curate check --root .",
    ),
    "agreement": Entry(
        "curate_agreement",
        "Commands",
        "Say how far two curators agree, field by field.",
        "sonospine curate agreement -o agreement.tsv",
    ),
}
ROOT_HELP = "Folder of the review."
CURATOR_HELP = "Whose lines they are; also the name of the file."


def run(
    ctx: typer.Context,
    curator: Annotated[
        str, typer.Option(metavar="NAME", help="Who works; left out, the page asks.", show_default=False)
    ] = "",
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS", help="Where the page answers; any but this computer needs a password."
        ),
    ] = LOOPBACK,
    port: Annotated[
        int, typer.Option(metavar="N", min=0, max=65535, help="Its port; 0 takes a free one.")
    ] = PORT,
    password_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="File whose first line is the password; left out, it is asked for.",
            show_default=False,
        ),
    ] = None,
    root: Annotated[Path, typer.Option(metavar="FOLDER", help=ROOT_HELP)] = Path(),
    config: Annotated[
        Path, typer.Option(metavar="FILE", help="Configuration of the review; relative to its folder.")
    ] = CONFIG,
    open_page: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = True,
) -> None:
    """Serve the page on which curators correct what was read, until Ctrl-C.

    It shows the tables of the last run of the review and writes to extracted/curation/ alone: one file a
    curator, to which lines are only added.
    """
    if ctx.invoked_subcommand is not None:
        return
    from sonospine.curation.logbook import Logbook, curator_name
    from sonospine.curation.web.app import serve

    name = curator_name(curator) if curator else ""
    password = _password(host, password_file)
    for kept in Logbook(root / "extracted" / "curation").set_torn_aside():
        typer.echo(
            f"{kept}: a line that was cut off while it was written is kept here, and counts no more", err=True
        )
    serve(
        root=root, config=root / config, curator=name, host=host, port=port, password=password,
        open_page=open_page, tell=lambda line: typer.echo(line, err=True),
    )  # fmt: skip


def _password(host: str, file: Path | None) -> str:
    """Return the password, empty where none is needed: only for a page that no other computer reaches.

    Raises
    ------
    InputError
        The file holds none, or it is too short.
    """
    from sonospine.curation.web.listening import is_loopback

    if file is not None:
        from sonospine.model.files import read_text

        password = read_text(file).partition("\n")[0].strip()
    elif is_loopback(host):
        return ""
    elif not _asked():
        raise typer.BadParameter(f"{host} needs a password: give --password-file", param_hint="--host")
    else:
        password = typer.prompt("Password for the page", hide_input=True, confirmation_prompt=True, err=True)
    if len(password) < SHORTEST:
        raise InputError(
            "the password is too short",
            file=file,
            row=1 if file else None,
            found=f"{len(password)} characters",
            allowed=f"{SHORTEST} and more",
        )
    return password


def _asked() -> bool:
    """Tell whether somebody sits at a terminal who can be asked."""
    import sys

    return sys.stdin is not None and sys.stdin.isatty()
