"""No number without its place: a reading whose numbers do not stand where it says is dropped."""

from __future__ import annotations

import dataclasses
import functools

from sonospine.extraction.expressions import find_numbers
from sonospine.extraction.reading import Reading
from sonospine.model.places import parse, quote_at
from sonospine.model.record import Record

_LONGEST_KEPT = 200
_IN_SPREAD = ("spread_value", "lower", "upper")


def verified(record: Record, reading: Reading, *, decimal_comma: bool = False) -> Reading | None:
    """Return a reading with its quote as found, or ``None`` where one of its numbers does not stand there.

    The value must stand at ``locator``; spread, total and n there or at the place named for them. An n without
    a place that does not stand in the quote is not known and is left out.
    """
    quote = quote_at(record, reading.locator)
    if quote is None or quote == "":
        return None
    place = parse(reading.locator)
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
    return value == "" or float(value) in numbers
