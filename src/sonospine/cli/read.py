"""``sonospine read``: what the reader finds in a paper, each number with its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sonospine.cli.inputs import CONFIG_DEFAULT, CONFIG_HELP, records_in, vocabulary_of

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    from sonospine.extraction.assembly import Extraction
    from sonospine.model.record import Record
    from sonospine.model.table_io import Row

_SPREADS = {"sd": "SD", "se": "SE", "ci": "CI", "iqr": "IQR", "range": "range"}
_SHOWN = 40


def run(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE", help="JATS, PubMed XML, CT.gov JSON, text, Markdown, or records (JSONL)."
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

    vocabulary = vocabulary_of(config)
    faulty = False
    for path in files:
        records, faults = records_in(path)
        for record in records:
            made = extract_records([record], vocabulary)
            if as_json:
                typer.echo(as_json_line(record, made))
            else:
                show(record, made, quotes=quotes)
        for fault in faults:
            faulty = True
            typer.echo(fault.line(), err=True)
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
            "unread": made.unread,
        },
        ensure_ascii=False,
        sort_keys=True,
    )


def show(record: Record, made: Extraction, *, quotes: bool, console: Console | None = None) -> None:
    """Print one record: title, arms, a table per outcome, and what could not be read."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.rule import Rule
    from rich.text import Text

    console = console or Console(highlight=False, soft_wrap=False)
    console.print(Rule(style="dim"))
    console.print(Text(record.title or record.record_id, style="bold"))
    console.print(Text(_about(record), style="dim"))
    if record.demonstration:
        from sonospine.model.demonstration import BANNER

        console.print(Text(BANNER, style="yellow"))
    if record.status != "current":
        console.print(Text(f"Status: {record.status}", style="bold red"))
    if made.arms:
        console.print(Padding(_arms(made.arms), (1, 0, 0, 0)))
    for outcome, rows in _by_outcome(record, made.measurements):
        console.print(Padding(_results(outcome, rows), (1, 0, 0, 0)))
        if quotes:
            for row in rows:
                console.print(Padding(_quote(record, row), (0, 0, 0, 2)))
    console.print()
    if not made.measurements:
        console.print(Text("No result could be read.", style="yellow"))
    for row in made.unread:
        line = Text("Not read: ", style="yellow")
        line.append(f"{row['locator']}  ", style="dim").append(_cut(row["caption"], 110))
        console.print(line)


def _about(record: Record) -> str:
    authors = record.authors[0] + (" et al." if len(record.authors) > 1 else "") if record.authors else ""
    ids = [record.record_id, f"doi {record.doi}" if record.doi else ""]
    return " · ".join(p for p in (authors, record.journal, record.year, *ids) if p)


def _arms(arms: list[Row]) -> Grid:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", title=None)
    for name in ("arm", "n", "what it is", "guidance"):
        table.add_column(name, justify="right" if name == "n" else "left", overflow="fold")
    for arm in arms:
        n = arm["n_analysed"] or arm["n_randomised"]
        cells = (arm["label"], n, _cut(arm["definition"], 70), arm["guidance"].replace(";", ", "))
        table.add_row(*(Text(c) for c in cells))
    return table


def _by_outcome(record: Record, rows: list[Row]) -> list[tuple[str, list[Row]]]:
    """Group rows by what was measured, instruments of the vocabulary first, in the order of the document."""
    order = {address: i for i, address in enumerate(_addresses(record))}

    def position(row: Row) -> tuple[int, int, str]:
        from sonospine.model.places import parse

        place = parse(row["locator"])
        return order.get(place.address.partition(":")[0], len(order)), place.start or 0, row["locator"]

    groups: dict[str, list[Row]] = {}
    for row in sorted(rows, key=lambda r: (not r["instrument"], position(r))):
        name = row["outcome"]
        if row["instrument"]:
            name = f"{row['instrument']} ({row['construct'].replace('_', ' ')})"
        groups.setdefault(name, []).append(row)
    for members in groups.values():
        members.sort(key=lambda r: (_weeks(r), r["arm"], position(r)))
    return list(groups.items())


def _addresses(record: Record) -> list[str]:
    return ["title", *(p.locator for p in record.passages), *(t.locator for t in record.tables)]


def _weeks(row: Row) -> tuple[int, float]:
    phases = {"baseline": 0, "procedure": 1, "follow_up": 2, "": 3}
    return phases[row["phase"]], float(row["weeks"] or 1e9)


def _results(outcome: str, rows: list[Row]) -> Grid:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", title=Text(outcome, style="bold cyan"))
    table.title_justify = "left"
    for name in ("arm", "time", "value", "", "n", "sure", "place"):
        table.add_column(name, justify="right" if name in {"value", "n", "sure"} else "left", overflow="fold")
    for row in rows[:_SHOWN]:
        table.add_row(
            Text(_arm(row)),
            Text(_time(row)),
            Text(_value(row), style="bold"),
            Text(_spread(row)),
            Text(row["total"] or row["n"]),
            _sure(row),
            Text(row["locator"], style="dim"),
        )
    if len(rows) > _SHOWN:
        table.add_row(Text(f"and {len(rows) - _SHOWN} more", style="dim"))
    return table


def _arm(row: Row) -> str:
    return f"{row['arm']} − {row['comparator_arm']}" if row["comparator_arm"] else row["arm"] or "?"


def _time(row: Row) -> str:
    change = " (change)" if row["change"] == "true" else ""
    return (_cut(row["time"], 40) or row["phase"].replace("_", " ")) + change


def _value(row: Row) -> str:
    if row["centre"] == "count" and row["total"]:
        return f"{row['value']}/{row['total']}"
    if row["centre"] == "single" and row["scale_max"]:
        return f"{row['value']} of {row['scale_max']}"
    return f"{row['value']}%" if row["centre"] == "percent" else row["value"]


def _spread(row: Row) -> str:
    centre = {"mean": "", "count": "", "percent": "", "none": ""}.get(row["centre"], row["centre"])
    name = _SPREADS.get(row["spread"], "")
    if row["spread_value"]:
        parts = f"± {row['spread_value']} {name}"
    elif row["lower"] or row["upper"]:
        parts = f"{name} {row['lower']} to {row['upper']}"
    else:
        parts = ""
    return " ".join(p for p in (parts, centre.replace("_", " ")) if p)


def _sure(row: Row) -> Text:
    from rich.text import Text

    confidence = float(row["confidence"])
    style = "green" if confidence >= 0.8 else "yellow" if confidence >= 0.5 else "red"
    return Text(f"{100 * confidence:.0f}%", style=style)


def _quote(record: Record, row: Row) -> Text:
    from rich.text import Text

    from sonospine.model.places import parse, text_at

    place = parse(row["locator"])
    text = text_at(record, place.address) or ""
    start = place.start if place.start is not None else 0
    end = place.end if place.end is not None else len(text)
    line = Text("… " if start > 60 else "", style="dim")
    line.append(text[max(0, start - 60) : start], style="dim")
    line.append(text[start:end], style="bold reverse")
    line.append(text[end : end + 60], style="dim")
    return line.append(" …" if end + 60 < len(text) else "", style="dim")


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"
