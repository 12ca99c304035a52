"""What was read of a record, as the lines of a terminal: outcomes under their instrument, numbers under their point."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from sonospine.cli.reading_order import PLAIN_CENTRES, Outcome, centre_name, own_words
from sonospine.model.table_io import Row

LEGEND = (
    "sure: the reader's own estimate that the whole row is right; look up what is below 80% before all else.",
    "n: participants behind the value. place: section:characters, or table:row and column (from 0).",
)
MOST_ROWS = 40
_SPREADS = {"sd": "SD", "se": "SE", "ci": "CI", "iqr": "IQR", "range": "range"}
_GAP = "  "
_LEAST = {"arm": 10, "time": 10, "place": 16}
_NUMBER = re.compile(r"[-+−]?\d+")


@dataclass(frozen=True, slots=True)
class Grid:
    """The columns that all outcomes of a record share: the width of each, and of the parts around the point."""

    width: int
    widths: Mapping[str, int]
    value: tuple[int, int]
    spread: tuple[int, int]


def header_line(grid: Grid) -> Text:
    """Return the names of the columns over their places."""
    right = {"n", "sure"}
    cells = [
        _fitted(name if name != "spread" else "", grid.widths[name], right=name in right)
        for name in ("arm", "time", "value", "spread", "n", "sure", "place")
    ]
    return Text(_GAP.join(cells).rstrip(), style="dim")


def heading(outcome: Outcome) -> Text:
    """Return the line over an outcome: the instrument and what it measures, or the paper's own words."""
    line = Text(outcome.name, style="bold cyan")
    if outcome.about:
        line.append(f"  {outcome.about}", style="dim")
    return line


def grid_of(outcomes: list[Outcome], width: int) -> Grid:
    """Lay out the columns for all rows of a record within the width of a terminal."""
    rows = [row for outcome in outcomes for row in outcome.rows]
    value = _around_point([_value(row) for row in rows])
    spread = _around_point([row["spread_value"] for row in rows if row["spread_value"]])
    widths = {
        "arm": _widest([_arm(row) for row in rows], "arm"),
        "time": _widest([_time(row) for row in rows], "time"),
        "value": max(sum(value), len("value")),
        "spread": _widest([_spread(r, o, spread) for o in outcomes for r in o.rows], ""),
        "n": _widest([row["total"] or row["n"] for row in rows], "n"),
        "sure": 4,
        "place": _widest([_short_place(row["locator"]) for row in rows], "place"),
    }
    spare = width - sum(widths.values()) - len(_GAP) * (len(widths) - 1)
    while spare < 0:
        wide = [name for name in ("arm", "time", "place") if widths[name] > _LEAST[name]]
        if not wide:
            break
        widths[max(wide, key=lambda name: widths[name] - _LEAST[name])] -= 1
        spare += 1
    return Grid(width, widths, value, spread)


def row_lines(row: Row, outcome: Outcome, grid: Grid) -> Iterator[Text]:
    """Yield one result as a line; words for the outcome that are not those of its neighbours follow."""
    widths = grid.widths
    line = Text(_fitted(_middle(_arm(row), widths["arm"]), widths["arm"]) + _GAP)
    line.append(_fitted(cut(_time(row), widths["time"]), widths["time"]) + _GAP)
    line.append(_fitted(_pointed(_value(row), grid.value), widths["value"]) + _GAP, style="bold")
    line.append(_fitted(_spread(row, outcome, grid.spread), widths["spread"]) + _GAP)
    line.append(_fitted(row["total"] or row["n"], widths["n"], right=True) + _GAP)
    line.append_text(_sure(row))
    line.append(
        _GAP + _fitted(_middle(_short_place(row["locator"]), widths["place"]), widths["place"]), "dim"
    )
    line.rstrip()
    said = own_words(row, outcome)
    if not said:
        yield line
    elif line.cell_len + len(_GAP) + cell_len(said) <= grid.width:
        yield line.append(_GAP + said, "dim")
    else:
        yield line
        yield Text("    " + cut(said, grid.width - 4), style="dim")


def arm_lines(arms: list[Row], width: int) -> Iterator[Text]:
    """Yield the arms of a record: label, participants, guidance, and what the article says they are."""
    numbers = [arm["n_analysed"] or arm["n_randomised"] for arm in arms]
    guidance = [arm["guidance"].replace(";", ", ") for arm in arms]
    label = min(_widest([arm["label"] for arm in arms], "arm"), max(width // 3, _LEAST["arm"]))
    widths = (label, _widest(numbers, "n"), _widest(guidance, "guidance"))
    indent = sum(widths) + 3 * len(_GAP)
    head = ("arm", "n", "guidance")
    fitted = [_fitted(name, w, right=name == "n") for name, w in zip(head, widths, strict=True)]
    yield Text(_GAP.join([*fitted, "what it is"]), style="dim")
    for arm, number, guided in zip(arms, numbers, guidance, strict=True):
        said = wrapped(arm["definition"], max(width - indent, 20), most=3) or [""]
        line = Text(_fitted(_middle(arm["label"], label), label), style="bold")
        rest = (_fitted(number, widths[1], right=True), _fitted(guided, widths[2]), said[0])
        line.append(_GAP + _GAP.join(rest), "not bold")
        line.rstrip()
        yield line
        yield from (Text(" " * indent + more) for more in said[1:])


def wrapped(text: str, width: int, *, most: int = 0) -> list[str]:
    """Break a text into lines of a width in terminal cells; with ``most`` the last line ends in an ellipsis."""
    lines: list[str] = []
    rest = text.strip()
    while rest:
        part = _head(rest, width)
        if len(part) < len(rest) and not rest[len(part)].isspace() and " " in part:
            part = part[: part.rindex(" ")]
        if most and len(lines) == most - 1:
            return [*lines, cut(rest, width)]
        lines.append(part.rstrip())
        rest = rest[len(part) :].lstrip()
    return lines


def cut(text: str, width: int) -> str:
    """Shorten a text at its end to a width in terminal cells."""
    return text if cell_len(text) <= width else _head(text, width - 1).rstrip() + "…"


def _middle(text: str, width: int) -> str:
    """Shorten a text in its middle: arms and places often differ only at their end."""
    if cell_len(text) <= width:
        return text
    tail = _head(text[::-1], (width - 1) // 2)[::-1]
    return _head(text, width - 1 - cell_len(tail)) + "…" + tail


def _head(text: str, width: int) -> str:
    used = 0
    for index, character in enumerate(text):
        used += cell_len(character)
        if used > width:
            return text[: max(index, 1)]
    return text


def _fitted(text: str, width: int, *, right: bool = False) -> str:
    missing = width - cell_len(text)
    if missing < 0:
        return set_cell_size(text, width)
    return " " * missing + text if right else text + " " * missing


def _widest(texts: list[str], name: str) -> int:
    return max(map(cell_len, [*texts, name]))


def _around_point(numbers: list[str]) -> tuple[int, int]:
    """Return the widest parts before and after the decimal point (or the end of the whole number)."""
    parts = [_parts(number) for number in numbers] or [("", "")]
    return max(len(left) for left, _ in parts), max(len(right) for _, right in parts)


def _parts(number: str) -> tuple[str, str]:
    whole = _NUMBER.match(number)
    end = whole.end() if whole else 0
    return number[:end], number[end:]


def _pointed(number: str, around: tuple[int, int]) -> str:
    left, right = _parts(number)
    return left.rjust(around[0]) + right.ljust(around[1])


def _arm(row: Row) -> str:
    return f"{row['arm']} − {row['comparator_arm']}" if row["comparator_arm"] else row["arm"] or "?"


def _time(row: Row) -> str:
    change = " (change)" if row["change"] == "true" else ""
    return (row["time"] or row["phase"].replace("_", " ")) + change


def _value(row: Row) -> str:
    if row["centre"] == "count" and row["total"]:
        return f"{row['value']}/{row['total']}"
    if row["centre"] == "single" and row["scale_max"]:
        return f"{row['value']} of {row['scale_max']}"
    return f"{row['value']}%" if row["centre"] == "percent" else row["value"]


def _spread(row: Row, outcome: Outcome, around: tuple[int, int]) -> str:
    own = row["centre"] not in (*PLAIN_CENTRES, outcome.centre)
    centre = centre_name(row["centre"]) if own else ""
    name = _SPREADS.get(row["spread"], "")
    if row["spread_value"]:
        parts = f"± {_pointed(row['spread_value'], around)} {name}"
    elif row["lower"] or row["upper"]:
        parts = f"{name} {row['lower'] or '?'} to {row['upper'] or '?'}"
    else:
        parts = ""
    return " ".join(part for part in (parts, centre) if part)


def _sure(row: Row) -> Text:
    confidence = float(row["confidence"])
    style = "green" if confidence >= 0.8 else "yellow" if confidence >= 0.5 else "red"
    return Text(f"{100 * confidence:.0f}%".rjust(4), style=style)


def _short_place(locator: str) -> str:
    """Leave out of a long place in a registry's entry what is the same in most: ``registry/…/0/…/1/value``."""
    steps = locator.split("/")
    if steps[0] != "registry" or len(steps) <= 6:
        return locator
    return "/".join([steps[0], "…", steps[2], "…", *steps[-2:]])
