"""No number without its place: a reading whose numbers do not stand where it says is dropped."""

from __future__ import annotations

import dataclasses
import functools
import re

from sonospine.extraction.expressions import find_numbers
from sonospine.extraction.reading import Reading
from sonospine.model.places import Place, cell_of, parse, quote_at, text_at
from sonospine.model.record import Record

_LONGEST_KEPT = 200
_PLAIN = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_P_SIGN = re.compile(r"^[<>=~]+")
_SPACES = re.compile(r"\s+")
_IN_SPREAD = ("spread_value", "lower", "upper")


def verified(record: Record, reading: Reading, *, decimal_comma: bool = False) -> Reading | None:
    """Return a reading with its quote as found, or ``None`` where one of its numbers does not stand there.

    The value must stand at ``locator``; spread, total and n there or at the place named for them. An n without
    a place that does not stand in the quote is not known and is left out, like a p value that does not stand in the
    same passage or row.
    """
    quote = quote_at(record, reading.locator)
    if quote is None or quote == "":
        return None
    place = parse(reading.locator)
    if place.start is None and place.address.partition("/")[0] not in ("registry", "table"):
        return None  # somewhere in a passage is no place
    if place.start is not None and not place.start <= reading.first_number < (place.end or 0):
        return None
    here = _numbers(quote, decimal_comma)
    if not _stands(reading.value, here):
        return None
    spread = here | _at(record, reading.spread_locator, decimal_comma)
    if any(not _stands(getattr(reading, name), spread) for name in _IN_SPREAD):
        return None
    if not _stands(reading.total, here | _at(record, reading.total_locator, decimal_comma)):
        return None
    if reading.p_value and not _p_stands(record, place, reading.p_value):
        reading = dataclasses.replace(reading, p_value="")
    n_place = _at(record, reading.n_locator, decimal_comma)
    if not _stands(reading.n, here | n_place):
        if reading.n_locator:
            return None
        return dataclasses.replace(reading, n="", quote=quote)
    return reading if reading.quote == quote else dataclasses.replace(reading, quote=quote)


def _at(record: Record, locator: str, decimal_comma: bool) -> frozenset[float]:
    if not locator:
        return frozenset()
    if locator.startswith("registry/"):
        pointer, _, name = locator.rpartition("/")
        names = {"lowerLimit": ("lowerLimit", "upperLimit"), "ciLowerLimit": ("ciLowerLimit", "ciUpperLimit")}
        found = [quote_at(record, f"{pointer}/{n}") or "" for n in names.get(name, (name,))]
        return frozenset().union(*(_numbers(text, False) for text in found))
    return _numbers(quote_at(record, locator) or "", decimal_comma)


def _numbers(text: str, decimal_comma: bool) -> frozenset[float]:
    # The size of an arm stands at one place for all its rows; whole paragraphs are not kept.
    return _kept_numbers(text, decimal_comma) if len(text) <= _LONGEST_KEPT else _read(text, decimal_comma)


def _read(text: str, decimal_comma: bool) -> frozenset[float]:
    return frozenset(float(span.text) for span in find_numbers(text, decimal_comma=decimal_comma))


_kept_numbers = functools.lru_cache(maxsize=4096)(_read)


def _stands(value: str, numbers: frozenset[float]) -> bool:
    return value == "" or (_PLAIN.fullmatch(value) is not None and float(value) in numbers)


def _p_stands(record: Record, place: Place, p_value: str) -> bool:
    """Tell whether a p value is printed in the passage, or in the row of the table, of a result."""
    if place.address.startswith("registry/"):
        return True  # it is a field of the same object
    texts = [text_at(record, place.address) or "", *_row_at(record, place.address)]
    digits = _P_SIGN.sub("", p_value)
    bare = digits.removeprefix("0") if digits.startswith("0.") else digits
    return any(bare.casefold() in _normal(text) for text in texts)


def _row_at(record: Record, address: str) -> list[str]:
    name, _, part = address.partition(":")
    cell = cell_of(part)
    table = next((t for t in record.tables if t.locator == name), None)
    if cell is None or table is None or cell[0] >= len(table.rows):
        return []
    return [other.text for other in table.rows[cell[0]]]


def _normal(text: str) -> str:
    plain = _SPACES.sub("", text).casefold()
    return plain.replace("\u00b7", ".").replace("\u2219", ".").replace("\u22c5", ".").replace(",", ".")
