"""Large searches are divided so that each record is in exactly one slice and no slice is too large."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonospine.sources.fetching.answers import FetchError
from sonospine.sources.fetching.slices import FIRST_DAY, LAST_DAY, dated, divided

QUERY = "pain[tiab] OR (block[mh])"
Records = dict[int, datetime.date | None]
_DATES = re.compile(r'(AND|NOT) \("(\d{4}/\d\d/\d\d)"\[edat\] : "(\d{4}/\d\d/\d\d)"\[edat\]\)')
_UIDS = re.compile(r"AND \((\d+):(\d+)\[uid\]\)")


def found(term: str, records: Records) -> set[int]:
    """Return what a term finds among records that all match the query."""
    ids = set(records)
    for operator, first, last in _DATES.findall(term):
        low, high = (datetime.datetime.strptime(day, "%Y/%m/%d").date() for day in (first, last))
        within = {uid for uid, day in records.items() if day is not None and low <= day <= high}
        ids = ids & within if operator == "AND" else ids - within
    for first, last in _UIDS.findall(term):
        ids = {uid for uid in ids if int(first) <= uid <= int(last)}
    assert QUERY in term
    assert term.count("(") == term.count(")")
    return ids


def counting(records: Records) -> Callable[[str], int]:
    return lambda term: len(found(term, records))


few_days = st.sampled_from(
    [datetime.date(2014, 3, 14), datetime.date(2014, 3, 15), FIRST_DAY, LAST_DAY, None]
)
any_day = st.one_of(few_days, st.dates(FIRST_DAY, LAST_DAY))


@settings(max_examples=80, deadline=None)
@given(st.dictionaries(st.integers(1, 999_999_999), any_day, max_size=40), st.integers(1, 12))
def test_slices_hold_each_record_once_and_are_never_too_large(records: Records, limit: int) -> None:
    whole, slices = divided(QUERY, counting(records), limit=limit)
    assert whole == len(records) == sum(part.count for part in slices)
    held = [uid for part in slices for uid in sorted(found(part.term, records))]
    assert sorted(held) == sorted(records)
    assert all(part.count == len(found(part.term, records)) <= limit for part in slices)
    assert len({part.label for part in slices}) == len(slices)
    if len(records) > limit:
        assert all(part.count for part in slices)
    else:
        assert [part.term for part in slices] == [QUERY]


def test_a_busy_day_is_divided_by_id_and_what_has_no_date_is_a_slice_of_its_own() -> None:
    day = datetime.date(2014, 3, 14)
    records: Records = {**dict.fromkeys(range(1, 26), day), **dict.fromkeys(range(100, 108), None)}
    _, slices = divided(QUERY, counting(records), limit=10)
    by_id = [part for part in slices if "[uid]" in part.term]
    assert sum(part.count for part in by_id) == 25
    assert all(part.label.startswith("entered 2014-03-14, ids ") for part in by_id)
    assert slices[-1].term == f'({QUERY}) NOT ("1800/01/01"[edat] : "3000/12/31"[edat])'
    assert (slices[-1].label, slices[-1].count) == ("no date of entry", 8)


def test_neighbours_that_are_small_enough_together_are_one_slice() -> None:
    days = [datetime.date(2000, 1, 1) + datetime.timedelta(days=400 * number) for number in range(20)]
    records: Records = dict(enumerate(days, start=1))
    records |= dict.fromkeys(range(100, 112), datetime.date(2010, 5, 5))
    _, slices = divided(QUERY, counting(records), limit=12)
    assert [part.count for part in slices] == [10, 12, 10]
    assert slices[0].label.startswith("entered 1800-01-01 to 20")
    assert slices[-1].label.endswith(" to 3000-12-31")


def test_slices_that_fall_short_of_the_whole_are_an_error_with_whole_sum_and_slices() -> None:
    def count(term: str) -> int:
        return 30 if term == QUERY else 0 if "NOT" in term else 8 if "1800/01/01" in term else 0

    with pytest.raises(
        FetchError, match=r"reports 30 records, its slices hold 8: entered 1800-01-01 to .*: 8$"
    ):
        divided(QUERY, count, limit=10)


def test_a_record_that_comes_in_while_the_slices_are_counted_is_no_error() -> None:
    records: Records = {uid: datetime.date(2000 + uid % 20, 1, 1) for uid in range(1, 31)}
    asked = 0

    def count(term: str) -> int:
        nonlocal asked
        asked += 1
        if asked == 2:
            records[31] = datetime.date(2026, 11, 20)
        return len(found(term, records))

    whole, slices = divided(QUERY, count, limit=10)
    assert whole == 31 == sum(part.count for part in slices)


def test_a_service_that_ignores_ranges_of_ids_is_named() -> None:
    with pytest.raises(FetchError, match="ranges of ids do not work"):
        divided(QUERY, lambda _term: 20, limit=10)


def test_dates_join_a_query_of_alternatives_as_a_whole() -> None:
    first, last = datetime.date(2020, 1, 1), datetime.date(2020, 12, 31)
    assert dated("a OR b", first, last, "pdat") == '(a OR b) AND ("2020/01/01"[pdat] : "2020/12/31"[pdat])'
