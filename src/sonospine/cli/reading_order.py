"""In which groups and order results are shown: by instrument, time and arm."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from sonospine.model.places import parse
from sonospine.model.record import Record
from sonospine.model.table_io import Row
from sonospine.vocabulary import Vocabulary

_PHASES = {"baseline": 0, "procedure": 1, "follow_up": 2, "": 3}
CHARACTERISTIC = "characteristic"
PLAIN_CENTRES = ("mean", "count", "percent", "none", "")
_CENTRES = {"ls_mean": "least-squares mean", "single": "one patient"}
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Results under one heading: its name, what stands beside it, and the rows in order.

    ``known`` tells that the vocabulary has the instrument. ``wording`` is the commonest wording of the paper: a
    count that is worded otherwise shows its own. ``centre`` is the kind of centre where all rows have the same.
    """

    name: str
    about: str
    known: bool
    wording: str
    centre: str
    rows: tuple[Row, ...]


def outcomes_of(record: Record, arms: list[Row], rows: list[Row], vocabulary: Vocabulary) -> list[Outcome]:
    """Group the rows of a record by what was measured.

    Instruments of the vocabulary come first, in the order of the document, then outcomes that it does not know
    under the paper's own words, then characteristics of the participants. Within a group rows go by time, then by
    arm in the order of the arms (comparisons after them), then by place; subscales stay together.
    """
    groups: dict[tuple[str, str], list[Row]] = {}
    place_order = _PlaceOrder(record)
    for row in sorted(rows, key=place_order.of):
        known = row["instrument"]
        key = (known, row["construct"]) if known else ("", row["outcome"].casefold())
        groups.setdefault(key, []).append(row)
    arm_order = {arm["label"]: index for index, arm in enumerate(arms)}

    def by_time(row: Row) -> tuple[object, ...]:
        arm = arm_order.get(row["arm"], len(arm_order))
        weeks = float(row["weeks"]) if row["weeks"] else 1e9
        comparison = bool(row["comparator_arm"])
        when = (row["subscale"], _PHASES[row["phase"]], weeks)
        return *when, comparison, arm, row["arm"], place_order.of(row)

    made = [_outcome(sorted(group, key=by_time), vocabulary) for group in groups.values()]
    return sorted(made, key=_rank)


def _rank(outcome: Outcome) -> int:
    if outcome.rows[0]["construct"] == CHARACTERISTIC:
        return 2
    return 0 if outcome.known else 1


def _outcome(rows: list[Row], vocabulary: Vocabulary) -> Outcome:
    first = rows[0]
    wordings = Counter(plain_wording(row["outcome"]) for row in rows)
    wording = min(wordings, key=lambda name: (-wordings[name], name))
    centre = _same("centre", rows)
    if not first["instrument"]:
        details = ("not in the vocabulary", centre_name(centre))
        about = " · ".join(d for d in details if d)
        return Outcome(f"“{first['outcome']}”", about, False, wording, centre, tuple(rows))
    term = vocabulary.instruments.get(first["instrument"])
    name = term.label if term else first["instrument"]
    construct = first["construct"].replace("_", " ")
    if construct.casefold() == name.casefold():
        construct = ""
    parts = (construct, _same("subscale", rows), _scale(rows), centre_name(centre))
    return Outcome(name, " · ".join(p for p in parts if p), True, wording, centre, tuple(rows))


def own_words(row: Row, outcome: Outcome) -> str:
    """Return what a row needs beside it: its subscale, and its wording where that says what was counted."""
    parts = []
    if row["subscale"] and row["subscale"] not in outcome.about.split(" · "):
        parts.append(row["subscale"])
    telling = row["centre"] in ("count", "percent") or row["construct"] == CHARACTERISTIC
    if telling and plain_wording(row["outcome"]) not in (outcome.wording, outcome.name.casefold()):
        parts.append(f"“{row['outcome']}”")
    return " ".join(parts)


def plain_wording(outcome: str) -> str:
    """Return the words for an outcome without case and without what stands in brackets."""
    return " ".join(_BRACKETED.sub(" ", outcome).casefold().split())


def centre_name(centre: str) -> str:
    """Return how a kind of centre is called; empty for those that the value itself shows, and for means."""
    if centre in PLAIN_CENTRES:
        return ""
    return _CENTRES.get(centre, centre.replace("_", " "))


def _same(column: str, rows: list[Row]) -> str:
    """Return the value of a column where all rows have the same."""
    values = {row[column] for row in rows}
    return values.pop() if len(values) == 1 else ""


def _scale(rows: list[Row]) -> str:
    """Return the scale and unit of the rows where all have the same."""
    scales = {(row["scale_min"], row["scale_max"], row["unit"]) for row in rows}
    if len(scales) != 1:
        return ""
    lower, upper, unit = scales.pop()
    span = f"{lower} to {upper}" if lower and upper else ""
    return " ".join(part for part in (span, unit) if part)


class _PlaceOrder:
    """The order of places in a document."""

    def __init__(self, record: Record) -> None:
        addresses = ["title", *(p.locator for p in record.passages), *(t.locator for t in record.tables)]
        self._order = {address: index for index, address in enumerate(addresses)}

    def of(self, row: Row) -> tuple[int, list[int], int, str]:
        """Return what a row is sorted by: the passage or table, the numbers in the place, the character."""
        place = parse(row["locator"])
        address, _, part = place.address.partition(":")
        numbers = [
            int(step)
            for step in (part or address).replace("r", "/").replace("c", "/").split("/")
            if step.isdigit()
        ]
        return self._order.get(address, len(self._order)), numbers, place.start or 0, row["locator"]
