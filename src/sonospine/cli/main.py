"""``sonospine``: the commands, loaded only when they are called, so that ``--help`` answers at once."""

from __future__ import annotations

import importlib
import logging
import sys
from typing import Annotated, Any

import click
import typer
from typer.core import TyperGroup

from sonospine.model.errors import InputError

PIPELINE = "The pipeline, in order (Snakemake runs these)"
PEOPLE = "For people"

COMMANDS: dict[str, tuple[str, str, str]] = {
    "import": ("import_records", PIPELINE, "Split the sources into shards of raw records."),
    "parse": ("parse", PIPELINE, "Parse a shard into records with addressed sections and tables."),
    "link": ("link", PIPELINE, "Join records into reports and reports into studies."),
    "screen": ("screen", PIPELINE, "Decide which studies are in, with reasons, and count for PRISMA."),
    "extract": ("extract", PIPELINE, "Read arm-level results; also takes raw files."),
    "correct": ("correct", PIPELINE, "Replay what curators corrected over what was read."),
    "reconcile": ("reconcile", PIPELINE, "Find the same result in several places, and conflicts."),
    "effects": ("effects", PIPELINE, "Compute effect sizes, each with its derivation."),
    "pool": ("pool", PIPELINE, "Pool effects; also takes a plain file with yi and vi."),
    "draw": ("draw", PIPELINE, "Draw a forest plot per analysis."),
    "report": ("report", PIPELINE, "Write the pages on which every number can be followed."),
    "read": ("read", PEOPLE, "Print what the reader finds in a paper, each number with its place."),
    "forest": ("forest", PEOPLE, "Draw a forest plot of a plain file with yi and vi."),
    "evaluate": ("evaluate", PEOPLE, "Score the reader on the gold standards into docs/benchmarks.md."),
    "docs": ("docs", PEOPLE, "Write the generated schemas and documentation."),
}


class LazyCommands(TyperGroup):
    """A group that imports a command's module when the command is called, not before."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names in the order of the pipeline."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return one command, or ``None`` for an unknown name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, summary = COMMANDS[cmd_name]
        app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
        run: Any = importlib.import_module(f"sonospine.cli.{module}").run
        app.command(cmd_name, short_help=summary)(run)
        command = typer.main.get_command(app)
        command.name = cmd_name
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the two lists of commands without importing any."""
        for section in (PIPELINE, PEOPLE):
            rows = [(name, summary) for name, (_, where, summary) in COMMANDS.items() if where == section]
            with formatter.section(section):
                formatter.write_dl(rows)


app = typer.Typer(
    cls=LazyCommands,
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"sonospine {version('sonospine')}")
        raise typer.Exit


@app.callback()
def options(
    verbose: Annotated[bool, typer.Option("--verbose", help="Log what is done to standard error.")] = False,
    version: Annotated[  # noqa: ARG001 - its callback acts on it
        bool, typer.Option("--version", is_eager=True, help="Print the version.", callback=_show_version)
    ] = False,
) -> None:
    """Read the numbers of trial reports, correct them, pool them, and show where each comes from.

    Exit status: 0 done, 1 the input is at fault, 2 wrong usage.
    """
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        format="%(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )


def main() -> None:
    """Run the command line; a user's mistake is one line on standard error and exit status 1."""
    try:
        app()
    except InputError as error:
        print(error.line(), file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
