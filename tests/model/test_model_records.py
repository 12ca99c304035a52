"""A record survives its trip through JSON, and a place finds the characters that stand there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonospine.model.places import Place, cell_address, context_of, parse, quote_at, text_at
from sonospine.model.record import (
    Cell,
    Figure,
    Notice,
    Passage,
    Record,
    Table,
    from_json,
    read_records,
    to_json,
)

RECORD = Record(
    record_id="demo:pmc:PMC1",
    source="pmc",
    title="A trial: of 5 words",
    authors=("Lv Y", "O'Neil\tJ"),
    nct=("NCT00000001",),
    notices=(Notice("corrects", "pubmed:2"),),
    passages=(
        Passage("title", "A trial: of 5 words", role="other"),
        Passage("abstract/RESULTS", "Pain fell from 5.27 ± 0.45 to 2.42 ± 0.50.", ("RESULTS",), "results"),
        Passage("body/s3p2", "ODI was 34.81 (4.92)", ("Results", "Disability"), "results"),
    ),
    tables=(
        Table(
            "table/T2",
            "Table 2",
            "NRS, mean ± SD",
            rows=(
                (Cell("", True, 0, 0), Cell("Baseline", True, 0, 1)),
                (Cell("NRS", False, 1, 0), Cell("5.27 ± 0.45", False, 1, 1)),
            ),
            footnotes=("* p < 0.05", "n = 26"),
            header_rows=1,
        ),
    ),
    figures=(Figure("figure/F1", "Figure 1", "Flow"),),
    registry={"protocolSection": {"a/b": {"~x": ["26", "NA"]}, "nothing": None}},
)


def test_a_record_survives_its_trip_through_json() -> None:
    assert from_json(to_json(RECORD)) == RECORD
    assert "\n" not in to_json(RECORD)
    assert list(json.loads(to_json(RECORD))) == sorted(json.loads(to_json(RECORD)))


def test_records_are_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "0.jsonl"
    path.write_text(f"{to_json(RECORD)}\n\n{to_json(Record('pubmed:2', 'pubmed'))}\n", encoding="utf-8")
    assert [r.record_id for r in read_records(path)] == ["demo:pmc:PMC1", "pubmed:2"]


def test_a_record_knows_its_parts_and_whether_it_is_condensed() -> None:
    assert RECORD.demonstration
    assert not Record("pubmed:2", "pubmed").demonstration
    assert [p.locator for p in RECORD.abstract()] == ["abstract/RESULTS"]
    assert [p.locator for p in RECORD.body()] == ["body/s3p2"]


TEXTS = st.text(max_size=40)
TUPLES = st.lists(TEXTS, max_size=3).map(tuple)
PASSAGES = st.builds(Passage, TEXTS, TEXTS, TUPLES, st.sampled_from(["methods", "other"]))
CELLS = st.builds(Cell, TEXTS, st.booleans(), st.integers(0, 9), st.integers(0, 9))
TABLES = st.builds(
    Table,
    TEXTS,
    TEXTS,
    TEXTS,
    st.lists(st.lists(CELLS, max_size=3).map(tuple), max_size=3).map(tuple),
    TUPLES,
    st.booleans(),
    st.integers(0, 3),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
RECORDS = st.builds(
    Record,
    record_id=TEXTS,
    source=st.just("file"),
    title=TEXTS,
    authors=TUPLES,
    nct=TUPLES,
    types=TUPLES,
    notices=st.lists(st.builds(Notice, TEXTS, TEXTS), max_size=2).map(tuple),
    full_text=st.booleans(),
    passages=st.lists(PASSAGES, max_size=3).map(tuple),
    tables=st.lists(TABLES, max_size=2).map(tuple),
    figures=st.lists(st.builds(Figure, TEXTS, TEXTS, TEXTS), max_size=2).map(tuple),
    registry=st.dictionaries(TEXTS, JSON, max_size=3),
)


@given(RECORDS)
def test_any_record_survives_its_trip_through_one_line_of_json(record: Record) -> None:
    line = to_json(record)
    assert len(line.split("\n")) == 1
    assert from_json(line) == record
    assert to_json(from_json(line)) == line


@pytest.mark.parametrize(
    ("locator", "quote"),
    [
        ("title", "A trial: of 5 words"),
        ("title:12-13", "5"),
        ("abstract/RESULTS:15-26", "5.27 ± 0.45"),
        ("body/s3p2:8-13", "34.81"),
        ("table/T2:r1c1:0-11", "5.27 ± 0.45"),
        ("table/T2:r1c1", "5.27 ± 0.45"),
        ("table/T2:caption:0-3", "NRS"),
        ("table/T2:foot2:4-6", "26"),
        ("figure/F1:0-4", "Flow"),
        ("registry/protocolSection/a~1b/~0x/0", "26"),
        ("registry/protocolSection/a~1b/~0x/0:0-1", "2"),
    ],
)
def test_a_place_finds_its_characters(locator: str, quote: str) -> None:
    assert quote_at(RECORD, locator) == quote


@pytest.mark.parametrize(
    "locator",
    [
        "body/s9p9:0-1",
        "abstract/RESULTS:10-999",
        "table/T9:r0c0:0-1",
        "table/T2:r9c0",
        "table/T2:r0c9",
        "table/T2:foot0",
        "table/T2:foot3",
        "table/T2:nonsense",
        "figure/F9",
        "registry/protocolSection/a~1b",
        "registry/protocolSection/none",
        "registry/protocolSection/a~1b/~0x/9",
        "registry/protocolSection/a~1b/~0x/-1",
        "registry/protocolSection/a~1b/~0x/²",
        "registry/protocolSection/nothing",
        "table/T2:foot²",
        "table/T2:r1c1:٣-٥",
        f"table/T2:r{'9' * 5000}c1",
        f"abstract/RESULTS:{'9' * 5000}-1",
    ],
)
def test_a_place_that_is_not_there_is_none(locator: str) -> None:
    assert quote_at(RECORD, locator) is None


def test_a_context_has_forty_characters_either_side() -> None:
    text = "x" * 100 + "5.27" + "y" * 100
    record = Record("pubmed:1", "pubmed", passages=(Passage("abstract/p1", text),))
    assert context_of(record, "abstract/p1:100-104") == "x" * 40 + "5.27" + "y" * 40
    assert context_of(record, "abstract/p1:0-1") == "x" * 41
    assert context_of(record, "nowhere:0-1") == ""


@given(st.text(max_size=60), st.integers(0, 60), st.integers(0, 60))
def test_a_span_of_any_text_is_found_or_refused(text: str, start: int, end: int) -> None:
    record = Record("file:a", "file", passages=(Passage("body/s1p1", text),))
    found = quote_at(record, f"body/s1p1:{start}-{end}")
    assert found == (text[start:end] if start <= end <= len(text) else None)


@given(
    st.from_regex(r"[a-z]+/[A-Za-z0-9-]+(:r\d{1,2}c\d{1,2})?", fullmatch=True),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
)
def test_a_place_is_read_as_it_was_written(address: str, start: int, end: int) -> None:
    assert parse(str(Place(address, start, end))) == Place(address, start, end)
    assert parse(str(Place(address))) == Place(address)


@given(
    st.sampled_from(
        ["title", "abstract/RESULTS", "table/T2:", "figure/", "registry/protocolSection/a~1b/~0x/", ""]
    ),
    st.text(alphabet="r1c²٣0:-/~foot ", max_size=12),
)
def test_whatever_stands_in_a_locator_gives_characters_of_the_record_or_nothing(head: str, rest: str) -> None:
    found = quote_at(RECORD, head + rest)
    assert found is None or found in to_json(RECORD) or found in RECORD.title


def test_every_cell_of_a_table_has_its_own_address() -> None:
    table = RECORD.tables[0]
    texts = {
        cell_address(table, r, c): text_at(RECORD, cell_address(table, r, c))
        for r in range(len(table.rows))
        for c in range(len(table.rows[r]))
    }
    assert list(texts.values()) == ["", "Baseline", "NRS", "5.27 ± 0.45"]
