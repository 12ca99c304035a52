"""Searches with more hits than PubMed lists, divided by date of entry, then by id; nothing falls between."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sonospine.sources.fetching.answers import FetchError
from sonospine.sources.fetching.eutils import MOST_IDS

FIRST_DAY = date(1800, 1, 1)
LAST_DAY = date(3000, 12, 31)
LAST_UID = 999_999_999
"""PubMed ids have at most nine digits."""
_ALWAYS = "all dates of entry"
_Part = tuple[int, int, int]
"""First and last number of a range (days as ordinals, or ids), and its hits."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of a search: the query as it is sent, what sets it apart in words, and its hits."""

    term: str
    label: str
    count: int


def dated(term: str, first: date, last: date, field: str = "edat") -> str:
    """Return a query limited to records with a date from ``first`` to ``last`` (both included).

    ``field`` is PubMed's name of the date: ``edat`` entry, ``pdat`` publication, ``crdt`` creation, ``mdat`` last
    change.
    """
    return f"({term}) AND {_range(first, last, field)}"


def divided(term: str, count: Callable[[str], int], *, limit: int = MOST_IDS) -> tuple[int, list[Slice]]:
    """Divide a search into slices of at most ``limit`` hits each.

    A search that is small enough is one slice, sent as it stands. A larger one is halved by date of entry until
    each part is small enough, and neighbours that are small enough together are joined; a single day with too many hits is halved by PubMed id; records without a date of
    entry are a slice of their own (NOT), halved by id.

    Parameters
    ----------
    term
        The query.
    count
        Asks how many hits a query has.
    limit
        Most hits of a slice.

    Returns
    -------
    tuple
        The hits of the whole search, and the slices that hold any of them, by date; together they have as many.

    Raises
    ------
    FetchError
        The hits of the slices do not add up to those of the whole, twice (once may be a record that came in between).
    """
    for last in (False, True):
        whole = count(term)
        slices = [Slice(term, _ALWAYS, whole)] if whole <= limit else list(_slices(term, whole, count, limit))
        if sum(part.count for part in slices) == whole:
            break
        if last:
            raise shortfall(whole, slices)
    return whole, slices


def shortfall(whole: int, slices: Sequence[Slice]) -> FetchError:
    """Return the error of slices that do not hold as many records as the search reported."""
    parts = "; ".join(f"{part.label}: {part.count}" for part in slices)
    total = sum(part.count for part in slices)
    return FetchError(f"PubMed reports {whole} records, its slices hold {total}: {parts}")


def _slices(term: str, whole: int, count: Callable[[str], int], limit: int) -> Iterator[Slice]:
    known = 0
    for part in _by_date(term, count, limit):
        known += part.count
        yield part
    if known < whole:
        undated = f"({term}) NOT {_range(FIRST_DAY, LAST_DAY)}"
        yield from _small_enough(Slice(undated, "no date of entry", count(undated)), count, limit)


def _by_date(term: str, count: Callable[[str], int], limit: int) -> Iterator[Slice]:
    def entered(first: int, last: int) -> str:
        return dated(term, date.fromordinal(first), date.fromordinal(last))

    days = _halved(
        FIRST_DAY.toordinal(), LAST_DAY.toordinal(), lambda first, last: count(entered(first, last)), limit
    )
    for first, last, hits in _joined(days, limit):
        span = _span(date.fromordinal(first), date.fromordinal(last))
        yield from _small_enough(Slice(entered(first, last), f"entered {span}", hits), count, limit)


def _small_enough(part: Slice, count: Callable[[str], int], limit: int) -> Iterator[Slice]:
    """Yield a search as one slice where it is small enough, as several by id where not, as none where it is empty."""
    if part.count <= limit:
        if part.count:
            yield part
        return

    def numbered(first: int, last: int) -> str:
        return f"({part.term}) AND ({first}:{last}[uid])"

    ids = _halved(1, LAST_UID, lambda first, last: count(numbered(first, last)), limit)
    for first, last, hits in _joined(ids, limit):
        label = f"{part.label}, ids {first} to {last}"
        if hits > limit:
            raise FetchError(
                f"PubMed reports {hits} records of one id ({label}): its ranges of ids do not work"
            )
        if hits:
            yield Slice(numbered(first, last), label, hits)


def _halved(first: int, last: int, count: Callable[[int, int], int], limit: int) -> Iterator[_Part]:
    """Halve a range until no part has more hits than the limit, or is a single number; yield all parts in order."""
    hits = count(first, last)
    if hits <= limit or first == last:
        yield first, last, hits
        return
    middle = (first + last) // 2
    yield from _halved(first, middle, count, limit)
    yield from _halved(middle + 1, last, count, limit)


def _joined(parts: Iterable[_Part], limit: int) -> Iterator[_Part]:
    """Join neighbours as long as they are small enough together: fewer searches to send and to report."""
    kept: _Part | None = None
    for first, last, hits in parts:
        if kept is not None and kept[2] + hits <= limit:
            kept = kept[0], last, kept[2] + hits
            continue
        if kept is not None:
            yield kept
        kept = first, last, hits
    if kept is not None:
        yield kept


def _range(first: date, last: date, field: str = "edat") -> str:
    return f'("{first:%Y/%m/%d}"[{field}] : "{last:%Y/%m/%d}"[{field}])'


def _span(first: date, last: date) -> str:
    return f"{first}" if first == last else f"{first} to {last}"
