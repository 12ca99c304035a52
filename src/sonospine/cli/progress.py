"""Progress of long work, on standard error; silent where that is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import typer

if TYPE_CHECKING:
    from rich.progress import Task

    from sonospine.sources.fetching.progress import Progress as Counting

_Item = TypeVar("_Item")


def _seen() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def tracked(items: Sequence[_Item], label: str) -> Iterator[_Item]:
    """Yield the items while a bar with their number is shown; it is taken away at the end."""
    if not items or not _seen():
        yield from items
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(compact=True))
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        yield from shown.track(items)


@contextmanager
def counted(label: str, begun: str) -> Iterator[Counting]:
    """Give a function that takes the records at hand and those to be had (None: not known yet).

    A terminal shows a bar with records, records a second and the time left; it is taken away at the end. Elsewhere
    only the line ``begun`` is written, once the work has really begun.
    """
    if not _seen():
        lines = [begun]

        def silent(done: int, total: int | None) -> None:  # noqa: ARG001 - its signature is given
            while lines:
                typer.echo(lines.pop(), err=True)

        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn(label),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        number = shown.add_task(label, total=None, rate="")

        def seen(done: int, total: int | None) -> None:
            shown.update(number, completed=done, total=total, rate=_rate(shown.tasks[number]))

        yield seen


def _rate(task: Task) -> str:
    speed = task.speed
    return f"{speed:,.0f} records/s" if speed else ""
