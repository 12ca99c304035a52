"""The columns of text of a forest plot, by effect measure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sonospine.figures.setting import Setting
from sonospine.figures.wording import in_words, list_in_words, rounded, time_text
from sonospine.model.table_io import Row

ABSENT = "–"
PRINTED_DECIMALS = 3


@dataclass(frozen=True, slots=True)
class Head:
    """A column: its group (a head over several columns), its head, how a row fills it, and how it is set."""

    group: str
    text: str
    cell: Callable[[Row], str]
    numeric: bool = True


def heads_of(setting: Setting, rows: Sequence[Row]) -> tuple[Head, ...]:
    """Return the columns between the study and the plot.

    Changes and standardised changes show n once and the means at follow-up and baseline; counts events/n (a
    proportion once); differences n, mean and SD per arm; a plain file none. A design column stands only where a
    design is known.
    """
    heads: list[Head] = []
    if any(row["design"] or row["guidance"] for row in rows):
        heads.append(Head("", "Design, guidance", _design, numeric=False))
    if setting.timed and any(row["weeks"] for row in rows):
        heads.append(Head("", "Time", lambda row: time_text(row["weeks"])))
    one, two = setting.head_1, setting.head_2
    if setting.measure == "PLO" and not setting.plain:
        heads.append(Head(one, "events/n", lambda row: _events(row, "ai", "n1i")))
    elif setting.measure in ("RR", "OR", "RD") and not setting.plain:
        heads.append(Head(one, "events/n", lambda row: _events(row, "ai", "n1i")))
        heads.append(Head(two, "events/n", lambda row: _events(row, "ci", "n2i")))
    elif setting.measure in ("MC", "SMCC", "SMCR") and not setting.plain:
        heads.append(Head("", "n", _column("n1i")))
        heads += [Head(one, "mean", _column("m1i")), Head(one, "SD", _column("sd1i"))]
        heads += [Head(two, "mean", _column("m2i")), Head(two, "SD", _column("sd2i"))]
    elif not setting.plain:
        for group, i in ((one, "1"), (two, "2")):
            heads += [Head(group, text, _column(f"{name}{i}i")) for text, name in _ARM]
    return tuple(heads)


_ARM = (("n", "n"), ("mean", "m"), ("SD", "sd"))


def cells_of(row: Row, heads: Sequence[Head]) -> tuple[str, ...]:
    """Return the texts of a row; what the source does not print is a dash."""
    return tuple(head.cell(row) or ABSENT for head in heads)


def _column(name: str) -> Callable[[Row], str]:
    return lambda row: _as_printed(row[name])


def _as_printed(text: str) -> str:
    """Keep what the source may have printed (three decimals at most); a derived number has more and is rounded."""
    decimals = len(text.partition(".")[2])
    return rounded(text, decimals if decimals <= PRINTED_DECIMALS else 2)


def _events(row: Row, events: str, total: str) -> str:
    return f"{row[events]}/{row[total]}" if row[events] and row[total] else ""


def _design(row: Row) -> str:
    return ", ".join(
        part for part in (in_words(row["design"]), list_in_words(row["guidance"], " + ")) if part
    )
