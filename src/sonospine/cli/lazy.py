"""Commands that are loaded when they are called, so that ``--help`` answers at once."""

from __future__ import annotations

import copy
import difflib
import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from typer._click.core import Command, Context
    from typer._click.formatting import HelpFormatter

PIPELINE = "The pipeline, in order (Snakemake runs these)"
PEOPLE = "For people"
READER_GONE = 141
"""What a shell reports for a program whose reader (``| head``) has gone."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A command: its module, the list in which it stands, what it does in a line, and an example.

    The module has a function ``run``; where it has ``COMMANDS`` too (entries by name), these stand below the command.
    """

    module: str
    where: str
    summary: str
    example: str


class LazyCommands(TyperGroup):
    """A group that imports a command's module when the command is called, not before."""

    entries: ClassVar[Mapping[str, Entry]] = {}

    def list_commands(self, ctx: Context) -> list[str]:  # noqa: ARG002 - its signature is given
        """Return the names in the order of the entries."""
        return list(self.entries)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """Import and return one command; an unknown name ends with the nearest known one."""
        if cmd_name not in self.entries:
            near = difflib.get_close_matches(cmd_name, self.entries, n=1)
            ctx.fail(f"No such command {cmd_name!r}." + (f" Did you mean {near[0]!r}?" if near else ""))
        command = _loaded(cmd_name, self.entries[cmd_name])
        for option in self.params:
            if option.name == "verbose":
                mine = copy.copy(option)
                mine.expose_value = False  # its callback acts on it
                command.params.append(mine)
        return command

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:  # noqa: ARG002 - its signature is given
        """Write the lists of commands without importing any."""
        for section in dict.fromkeys(entry.where for entry in self.entries.values()):
            rows = [(name, entry.summary) for name, entry in self.entries.items() if entry.where == section]
            with formatter.section(section):
                formatter.write_dl(rows)

    def invoke(self, ctx: Context) -> Any:
        """Call the command; a reader of its output that has gone (``| head``) is no fault of anybody."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise typer.Exit(READER_GONE) from None


def _loaded(name: str, entry: Entry) -> Command:
    module: Any = importlib.import_module(f"sonospine.cli.{entry.module}")
    plain: dict[str, Any] = {
        "add_completion": False,
        "rich_markup_mode": None,
        "pretty_exceptions_enable": False,
    }
    # \b keeps the lines of the example as they are.
    told: dict[str, Any] = {
        "short_help": entry.summary,
        "epilog": f"\b\nExample:\n  {entry.example}",
    }
    below = getattr(module, "COMMANDS", None)
    if below is None:
        commands = typer.Typer(**plain)
        commands.command(name, **told)(module.run)
    else:
        group = type("Below", (LazyCommands,), {"entries": below})
        commands = typer.Typer(cls=group, **plain)
        commands.callback(invoke_without_command=True, **told)(module.run)
    command = typer.main.get_command(commands)
    command.name = name
    return command
