"""Not every pair is compared, and none is lost for that."""

from __future__ import annotations

import time

from sonospine.linkage import link_records
from sonospine.linkage.blocks import LARGE_BLOCK, candidates
from sonospine.linkage.likeness import titled
from sonospine.model.record import Record

STOCK = "Quality of life after surgery of the knee in older adults"


def record(number: int, **changes: object) -> Record:
    name = chr(97 + number % 26) + chr(97 + number // 26 % 26) + "son"
    given = {
        "title": STOCK,
        "authors": (f"{name.title()} A", f"{name[1:].title()} B"),
        "year": "2020",
        "volume": str(number),
        "pages": f"{number * 10}-{number * 10 + 5}",
    }
    return Record(record_id=f"file:{number:05}", source="file", sha256="0" * 64, **(given | changes))  # type: ignore[arg-type]


def test_a_block_that_is_too_large_loses_no_pair() -> None:
    many = [record(n) for n in range(1, 5 * LARGE_BLOCK)]
    copies = [record(n, title=STOCK.upper()) for n in (7, 80, 222)]
    copies = [Record(**{**_fields(c), "record_id": f"file:copy{n}"}) for n, c in enumerate(copies)]
    linked = link_records([*many, *copies])
    assert len(linked.reports) == len(many)


def _fields(one: Record) -> dict[str, object]:
    return {name: getattr(one, name) for name in Record.__slots__}


def test_titles_with_a_misprint_at_either_end_still_meet() -> None:
    a = titled(record(1))
    for title in ("Qualty" + STOCK[7:], STOCK.replace("adults", "adlts"), STOCK.replace("knee", "kne")):
        b = titled(record(2, title=title))
        assert len(list(candidates([a, b]))) == 1


def test_each_pair_comes_once_and_in_order_of_the_ids() -> None:
    known = [titled(record(n)) for n in (3, 1, 2)]
    pairs = [(a.record.record_id, b.record.record_id) for a, b in candidates(known)]
    assert pairs == [("file:00001", "file:00002"), ("file:00001", "file:00003"), ("file:00002", "file:00003")]


def test_two_thousand_different_records_are_linked_in_seconds() -> None:
    many = [
        record(n, title=f"{STOCK} {n % 7} word{n} and other{n * 7}", year=str(1990 + n % 30))
        for n in range(2000)
    ]
    begun = time.process_time()
    assert len(link_records(many).reports) == 2000
    assert time.process_time() - begun < 10
