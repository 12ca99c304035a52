from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonospine.model.places import quote_at
from sonospine.model.record import from_json, to_json
from sonospine.sources import RawRecord, Rejected, parse_record, read_entries, readings_of
from sonospine.sources.decoding import decode, xml_chunks
from sonospine.sources.grid import SpannedCell, expand

ENDINGS = (".xml", ".nxml", ".json", ".md", ".txt", ".csv", ".bin", "")
MARKUP = st.lists(
    st.sampled_from(
        [
            "<article>",
            "</article>",
            "<front>",
            "</front>",
            "<article-meta>",
            "</article-meta>",
            "<body>",
            "</body>",
            "<sec>",
            "</sec>",
            "<title>",
            "</title>",
            "<p>",
            "</p>",
            "<sup>",
            "</sup>",
            "<table-wrap>",
            "</table-wrap>",
            "<table>",
            "</table>",
            "<tr>",
            "</tr>",
            "<td>",
            "</td>",
            "<fn>",
            "</fn>",
            "<xref>",
            "</xref>",
            "<abstract>",
            "</abstract>",
            "&plusmn;",
            "&l1;",
            "&amp;",
            "&#0;",
            "&#55296;",
            "<!DOCTYPE",
            "[",
            "]>",
            "<?xml",
            "?>",
            "<!--",
            "-->",
            "<![CDATA[",
            "]]>",
            "<PubmedArticleSet>",
            "</PubmedArticleSet>",
            "<PubmedArticle>",
            "</PubmedArticle>",
            "<MedlineCitation>",
            "</MedlineCitation>",
            "<Article>",
            "</Article>",
            "<AbstractText>",
            "</AbstractText>",
            "5.1",
            "±",
            "1.2",
            "Results:",
            "NCT01234567",
        ]
    ),
    max_size=40,
).map(" ".join)
LINES = st.lists(
    st.sampled_from(
        [
            "# Title of the document",
            "## Abstract",
            "Results: 5.1 ± 1.2",
            "Abstract",
            "Methods",
            "Table 1 Scores",
            "Table 1",
            "a\tb",
            "\t1\t2",
            "| a | b |",
            "|---|---|",
            "Fig. 1 A needle",
            "Page 1 of 2",
            "---",
            "title: x",
            "- Background:** x",
            "",
            "$5 \\pm 3$",
            "Ann Lee, MD<sup>1</sup>, Bo Chan",
            "lower case goes on",
            "x" * 301,
            "*",
        ]
    ),
    max_size=30,
).map("\n".join)


def read_bytes(content: bytes, ending: str) -> None:
    """Read bytes as a file; every record survives JSON and its places are found, every file has one reason."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file{ending}"
        path.write_bytes(content)
        records, rejected = readings_of(path)
        assert records or rejected
        assert len({entry.file for entry in rejected}) == len(rejected)
        assert all(entry.reason.strip() for entry in rejected)
        for record in records:
            assert from_json(to_json(record)) == record
            to_json(record).encode("utf-8")
            locators = [p.locator for p in record.passages] + [t.locator for t in record.tables]
            assert len(set(locators)) == len(locators)
            for passage in record.passages:
                assert quote_at(record, f"{passage.locator}:0-{len(passage.text)}") == passage.text
            for table in record.tables:
                assert len({len(row) for row in table.rows}) <= 1


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(ENDINGS))
def test_no_bytes_crash_the_reader(content: bytes, ending: str) -> None:
    read_bytes(content, ending)


@settings(max_examples=200, deadline=None)
@given(MARKUP, st.sampled_from(("<article><front/><body>{}</body></article>", "<PubmedArticleSet>{}", "{}")))
def test_no_markup_crashes_the_reader(text: str, frame: str) -> None:
    read_bytes(frame.format(text).encode("utf-8"), ".xml")


@settings(max_examples=200, deadline=None)
@given(LINES, st.sampled_from((".md", ".txt")))
def test_no_document_crashes_the_reader(text: str, ending: str) -> None:
    read_bytes(text.encode("utf-8"), ending)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300), st.sampled_from((".md", ".txt", ".json", ".xml")))
def test_no_text_crashes_the_reader(text: str, ending: str) -> None:
    read_bytes(text.encode("utf-8", "surrogatepass"), ending)


CELLS = st.builds(
    SpannedCell,
    st.sampled_from(("", "5.1", "a")),
    st.booleans(),
    st.integers(1, 200),
    st.integers(0, 10**9),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.lists(CELLS, max_size=4), max_size=4), max_size=3))
def test_an_expanded_grid_is_rectangular_and_keeps_every_cell(groups: list[list[list[SpannedCell]]]) -> None:
    grid = expand(groups)
    cells = any(row for group in groups for row in group)
    assert len(grid) == (sum(len(group) for group in groups) if cells else 0)
    assert len({len(row) for row in grid}) <= 1
    starts = {(c.row, c.column) for row in grid for c in row if c.text}
    assert len(starts) == sum(bool(cell.text) for group in groups for row in group for cell in row)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 12))
def test_an_entity_divided_between_chunks_is_still_replaced(size: int) -> None:
    data = b"<p>5 &plusmn; 3 &amp; &ge;</p>"
    chunks = [data[i : i + size] for i in range(0, len(data), size)]
    assert b"".join(xml_chunks(chunks)) == b"<p>5 &#177; 3 &amp; &#8805;</p>"


@pytest.mark.parametrize(
    ("content", "text", "flags"),
    [
        ("5 ± 3".encode(), "5 ± 3", ()),
        ("\ufeff5 ± 3".encode(), "5 ± 3", ()),
        ("5 ± 3".encode("utf-16"), "5 ± 3", ()),
        ("5 ± 3".encode("latin-1"), "5 ± 3", ("decoded_as_cp1252",)),
        (b"5 \xb1 3 \x81", "5 ± 3 \x81", ("decoded_as_latin_1",)),
    ],
)
def test_encodings_are_told_apart_and_a_guessed_one_is_flagged(
    content: bytes, text: str, flags: tuple[str]
) -> None:
    assert decode(content) == (text, flags)


def test_utf_16_xml_is_read(tmp_path: Path) -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?><article><body><p>5 ± 3 &plusmn;</p></body></article>'
    path = tmp_path / "a.xml"
    path.write_bytes(text.encode("utf-16"))
    ((record,), rejected) = readings_of(path)
    assert record.body()[0].text == "5 ± 3 ±"
    assert rejected == []


def test_xml_in_a_wrong_encoding_is_refused_and_not_guessed(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes("<article><body><p>5 ± 3</p></body></article>".encode("latin-1"))
    records, (entry,) = readings_of(path)
    assert records == []
    assert "encoding" in entry.reason


def test_an_entry_that_breaks_only_when_parsed_has_its_reason() -> None:
    raw = RawRecord("pubmed:1", "pubmed", "f.xml", 3, "<PubmedArticle><x/></PubmedArticle>", "")
    with pytest.raises(Exception, match="without a citation"):
        parse_record(raw)


def test_a_file_that_cannot_be_opened_has_its_reason(tmp_path: Path) -> None:
    (entry,) = read_entries(tmp_path / "missing.xml")
    assert isinstance(entry, Rejected)
    assert "cannot be opened" in entry.reason


def test_memory_does_not_grow_with_the_number_of_entries(tmp_path: Path) -> None:
    import tracemalloc

    entry = "<PubmedArticle><MedlineCitation><PMID>{}</PMID><Article><ArticleTitle>x</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
    path = tmp_path / "big.xml"
    path.write_text(
        "<PubmedArticleSet>" + "".join(entry.format(i) for i in range(20_000)) + "</PubmedArticleSet>"
    )
    tracemalloc.start()
    count = sum(1 for _ in read_entries(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 20_000
    assert peak < 8_000_000
