"""Where a number that a curator gives stands: the place is checked against the record, or searched for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sonospine.evidence.naming import place_in_words
from sonospine.evidence.registry import number_addresses
from sonospine.model.errors import InputError
from sonospine.model.places import cell_address, parse, quote_at, text_at
from sonospine.model.record import Record

MOST_NAMED = 5
MOST_SHOWN, AROUND = 20, 30


@dataclass(frozen=True, slots=True)
class Found:
    """A place in a record and the characters that stand there."""

    locator: str
    quote: str


def checked(record: Record | None, locator: str, quote: str, near: str = "") -> Found:
    """Return the place that a curator means.

    Parameters
    ----------
    record
        The record that is looked at; ``None`` where it is not at hand.
    locator
        The place, as a selection on the page gives it; empty where only the characters are told.
    quote
        The characters; empty where only the place is told.
    near
        Locator of the row: where the characters stand once in the same passage or cell, that is the place.

    Raises
    ------
    InputError
        The record has no such place, other characters stand there, they stand nowhere, or at several places.
    """
    if record is None:
        raise InputError(
            "the record is not at hand, so a place in it cannot be checked", field="place", found=locator
        )
    if locator:
        there = quote_at(record, locator)
        if there is None:
            raise InputError("there is no such place in the record", field="place", found=locator)
        if quote and there != quote:
            raise InputError(
                "other characters stand at that place", field=locator, found=quote, allowed=there
            )
        if not there.strip():
            raise InputError("nothing stands at that place", field="place", found=locator)
        return Found(locator, there)
    found = occurrences(record, quote)
    here = [place for place in found if near and parse(place.locator).address == parse(near).address]
    for candidates in (here, found):
        if len(candidates) == 1:
            return candidates[0]
    if not found:
        raise InputError("these characters stand nowhere in the record", field="quote", found=quote)
    named = "; ".join(place.locator for place in (here or found)[:MOST_NAMED])
    more = len(here or found) - MOST_NAMED
    raise InputError(
        f"these characters stand at {len(here or found)} places: give one of them as the place",
        field="quote",
        found=quote,
        allowed=named + (f" and {more} more" if more > 0 else ""),
    )


def occurrences(record: Record, quote: str) -> list[Found]:
    """Return every place of the record's texts, tables, captions and results in a registry at which the characters stand."""
    if not quote.strip():
        return []
    found = []
    for address in _addresses(record):
        text = text_at(record, address) or ""
        start = text.find(quote)
        while start >= 0:
            found.append(Found(f"{address}:{start}-{start + len(quote)}", quote))
            start = text.find(quote, start + len(quote))
    return found


@dataclass(frozen=True, slots=True)
class Hit:
    """A place at which searched characters stand: its name in words, and the text before and after them."""

    locator: str
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Search:
    """What was searched for in a record, how often it stands there, and the first places."""

    words: str = ""
    count: int = 0
    places: tuple[Hit, ...] = ()


def search(record: Record | None, words: str) -> Search:
    """Return the places of a record at which characters stand."""
    if record is None or not words.strip():
        return Search()
    found = occurrences(record, words)
    hits = []
    for one in found[:MOST_SHOWN]:
        place = parse(one.locator)
        text, start, end = text_at(record, place.address) or "", place.start or 0, place.end or 0
        before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
        hits.append(
            Hit(
                one.locator,
                place_in_words(record, one.locator),
                ("…" if start > AROUND else "") + before,
                after + ("…" if end + AROUND < len(text) else ""),
            )
        )
    return Search(words, len(found), tuple(hits))


def _addresses(record: Record) -> Iterator[str]:
    yield "title"
    yield from (p.locator for p in record.passages if p.locator != "title")
    for table in record.tables:
        yield f"{table.locator}:caption"
        for r, row in enumerate(table.rows):
            for c, cell in enumerate(row):
                if (cell.row, cell.column) == (r, c):  # a spanned cell is repeated
                    yield cell_address(table, r, c)
        yield from (f"{table.locator}:foot{n}" for n in range(1, len(table.footnotes) + 1))
    yield from (figure.locator for figure in record.figures)
    yield from number_addresses(record)
