"""``sonospine read``: what the reader finds in a paper, each number with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sonospine.cli.inputs import CONFIG_DEFAULT, CONFIG_HELP, vocabulary_of
from sonospine.cli.record_files import records_in

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from sonospine.extraction.assembly import Extraction
    from sonospine.model.record import Record
    from sonospine.vocabulary import Vocabulary

_CONTROLS = dict.fromkeys((*range(32), *range(127, 160)), "\N{REPLACEMENT CHARACTER}")


def run(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE",
            help="JATS, PubMed XML, CT.gov JSON, exports of databases, text, Markdown, or records (JSONL).",
        ),
    ],
    config: Annotated[
        Path | None, typer.Option(metavar="FILE", help=CONFIG_HELP, show_default=CONFIG_DEFAULT)
    ] = None,
    quotes: Annotated[
        bool, typer.Option("--quotes", help="Show each number in its sentence or cell.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a record, one a line.")] = False,
) -> None:
    """Print arms and results of papers, with the place of each number, and what could not be read."""
    from sonospine.extraction.assembly import extract_records
    from sonospine.extraction.proposals import ReaderFault, fault_lines

    vocabulary = vocabulary_of(config)
    console = None if as_json else terminal()
    faulty = any_result = False
    failed: list[ReaderFault] = []
    for path in files:
        records, faults = records_in(path)
        for record in records:
            made = extract_records([record], vocabulary)
            any_result |= bool(made.measurements)
            failed += made.faults
            if console is None:
                typer.echo(as_json_line(record, made))
            else:
                console.rule(str(path) if len(files) > 1 else "", style="dim", align="left")
                show(record, made, vocabulary, console, quotes=quotes)
        for fault in faults:
            faulty = True
            typer.echo(fault.line(), err=True)
    for line in fault_lines(failed):
        typer.echo(line, err=True)
    if console is not None and any_result:
        _say_what_columns_mean(console)
    if faulty:
        raise typer.Exit(1)


def as_json_line(record: Record, made: Extraction) -> str:
    """Return what was read of a record as one line of JSON."""
    return json.dumps(
        {
            "record_id": record.record_id,
            "title": record.title,
            "arms": made.arms,
            "measurements": made.measurements,
            "alternatives": made.alternatives,
            "reasons": {identity: list(made.reasons[identity]) for identity in sorted(made.reasons)},
            "unread": made.unread,
        },
        ensure_ascii=False,
        sort_keys=True,
    )


def terminal() -> Console:
    """Return the terminal; styles are left out where it is none, colours where NO_COLOR is set."""
    from rich.console import Console

    class Terminal(Console):
        def on_broken_pipe(self) -> None:
            raise  # the error that is being handled: the command line ends quietly

    return Terminal(highlight=False, markup=False, emoji=False)


def show(record: Record, made: Extraction, vocabulary: Vocabulary, console: Console, *, quotes: bool) -> None:
    """Print one record: title, arms, results under their outcomes, and what could not be read."""
    from rich.text import Text

    from sonospine.cli.reading_lines import arm_lines, wrapped

    def put(text: str, style: str) -> None:
        for line in wrapped(text, console.width):
            _put(console, Text(line, style=style))

    put(record.title or record.record_id, "bold")
    put(_about(record), "dim")
    if record.demonstration:
        from sonospine.model.demonstration import BANNER

        put(BANNER, "yellow")
    if record.status != "current":
        put(f"Status: {record.status}", "bold red")
    if made.arms:
        console.print()
        for line in arm_lines(made.arms, console.width):
            _put(console, line)
    console.print()
    if made.measurements:
        _show_results(record, made, vocabulary, console, quotes=quotes)
    else:
        put(_nothing(record), "yellow")
    if made.unread:
        from sonospine.cli.reading_lines import cut

        put("Not read, because the results stand only in a picture:", "yellow")
        for row in made.unread:
            _put(console, Text(cut(f"  {row['locator']}  {row['caption']}", console.width)))
    if made.unread or not made.measurements:
        console.print()


def _show_results(
    record: Record, made: Extraction, vocabulary: Vocabulary, console: Console, *, quotes: bool
) -> None:
    from rich.text import Text

    from sonospine.cli.reading_lines import MOST_ROWS, grid_of, header_line, heading, row_lines, wrapped
    from sonospine.cli.reading_order import outcomes_of
    from sonospine.cli.reading_quotes import quote_line

    outcomes = outcomes_of(record, made.arms, made.measurements, vocabulary)
    grid = grid_of(outcomes, console.width)
    _put(console, header_line(grid))
    for outcome in outcomes:
        _put(console, heading(outcome))
        for row in outcome.rows[:MOST_ROWS]:
            for line in row_lines(row, outcome, grid):
                _put(console, line)
            if quotes:
                quoted = quote_line(record, row, marked=not console.is_terminal)
                for line in quoted.wrap(console, max(console.width - 4, 20)):
                    line.rstrip()
                    _put(console, Text("    ").append_text(line))
                told = "; ".join(made.reasons.get(row["measurement_id"], ()))
                for part in wrapped(f"believed by: {told}", max(console.width - 4, 20)) if told else ():
                    _put(console, Text(f"    {part}", style="dim italic"))
        if len(outcome.rows) > MOST_ROWS:
            more = f"and {len(outcome.rows) - MOST_ROWS} more (--json shows all)"
            _put(console, Text(more, style="dim"))
        console.print()


def _put(console: Console, line: Text) -> None:
    line.plain = line.plain.translate(_CONTROLS)  # a paper must not steer the terminal
    console.print(line, no_wrap=True, overflow="ellipsis", soft_wrap=not console.is_terminal)


def _about(record: Record) -> str:
    authors = record.authors[0] + (" et al." if len(record.authors) > 1 else "") if record.authors else ""
    ids = [record.record_id, f"doi {record.doi}" if record.doi else ""]
    return " · ".join(p for p in (authors, record.journal, record.year, *ids) if p)


def _nothing(record: Record) -> str:
    if record.kind == "registration":
        why = "" if record.registry.get("hasResults") else ": the registration has no results"
    else:
        why = "" if record.body() or record.tables else ": the file has only the title and the abstract"
    return f"No result could be read{why}."


def _say_what_columns_mean(console: Console) -> None:
    from rich.text import Text

    from sonospine.cli.reading_lines import LEGEND, wrapped

    for sentence in LEGEND:
        for line in wrapped(sentence, console.width):
            _put(console, Text(line, style="dim"))
