"""Any bytes, any text, any table: no crash, no number away from its place, and no id that depends on what was typed."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sonospine.extraction import assembly
from sonospine.extraction.assembly import extract_records
from sonospine.extraction.expressions import find_numbers, uses_decimal_comma
from sonospine.extraction.readers import BUILT_IN, Context, Reader
from sonospine.extraction.reading import Reading
from sonospine.model.places import quote_at, text_at
from sonospine.model.record import Passage, Record, Table
from sonospine.model.table_io import Row
from sonospine.model.tables import MEASUREMENTS
from sonospine.sources import records_of
from sonospine.sources.decoding import collapse
from sonospine.sources.grid import SpannedCell, expand
from sonospine.sources.raw import Unreadable
from sonospine.vocabulary import Vocabulary

Check = Callable[[Sequence[Record]], None]
METHODS = (
    "Group A (n = 30) received heat. Group B (n = 31) received cold. Pain (VAS 0-10) was measured at 4 weeks."
)
FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
PLACES = (
    ("value", "locator"),
    ("spread_value", "spread_locator"),
    ("lower", "spread_locator"),
    ("upper", "spread_locator"),
    ("total", "total_locator"),
    ("n", "n_locator"),
)

pieces = st.sampled_from(
    [
        *(
            "1",
            "0",
            "2.3",
            "1.1",
            "12",
            "34",
            "35%",
            "40",
            "1,234",
            "1\u2009234",
            "0,04",
            "6·8",
            "2,3",
            ".5",
            "1.2e-05",
            "10^9",
        ),
        *(
            "±",
            "+/-",
            "+-",
            "(",
            ")",
            "[",
            "]",
            "–",
            "−",
            "-",
            "/",
            ",",
            ";",
            ":",
            "=",
            "<",
            "%",
            " to ",
            " of ",
            " and ",
            "×",
        ),
        *(
            "Group A",
            "Group B",
            "group A",
            "VAS",
            "ODI",
            "Total",
            "P",
            "n = 28",
            "n",
            "mean (SD)",
            "SD",
            "95% CI",
            "median (IQR)",
        ),
        *(
            "n (%)",
            "% (n)",
            "at 4 weeks",
            "Baseline",
            "12 months",
            "difference",
            "change in VAS",
            "patients",
            "was",
            ". ",
            "nausea",
        ),
        *(
            "a",
            "*",
            "†",
            "🦴",
            "e\u0301",
            "\u202e",
            "𝟛",
            "٣",
            "½",
            "\u00a0",
            "\ufffd",
            "Q1–Q3",
            "S.D.",
            "p < 0.001",
            "respectively",
        ),
    ]
)
texts = st.lists(pieces, max_size=14).map(" ".join) | st.lists(pieces, max_size=10).map("".join)
values = (
    st.sampled_from(
        [
            "2.3 ± 1.1",
            "2.3 (1.1)",
            "12 (40)",
            "12/30 (40%)",
            "4 [3–6]",
            "−1.1 (−1.7 to −0.5)",
            "0.04",
            "28",
            "",
        ]
    )
    | texts
)
spans = st.sampled_from(["", "0", "1", "2", "3", "7", "-2", "x", "1.5", "65534", "99999999999999"])


def sound(records: Sequence[Record], vocabulary: Vocabulary) -> None:
    """Check that every row has its quote and every number at its place, and an id of its own."""
    for record in records:
        made = extract_records([record], vocabulary)
        assert len({row["measurement_id"] for row in made.measurements}) == len(made.measurements)
        told = [p.text for p in record.passages if p.role != "introduction"]
        told += [cell.text for table in record.tables for row in table.rows for cell in row]
        comma = uses_decimal_comma(told)
        for row in made.measurements:
            assert quote_at(record, row["locator"]) == row["quote"] != ""
            for column, place in PLACES:
                assert row[column] == "" or _stands(record, row, column, place, comma=comma), (row, column)
            assert row["p_value"] == "" or _digits(row["p_value"]) in _digits(_around(record, row["locator"]))
            assert all(c.permits(row[c.name]) for c in MEASUREMENTS.columns)
        for row in made.unread:
            assert row["locator"].partition("/")[0] in {"figure", "table", "registry"}


def _stands(record: Record, row: Row, column: str, place: str, *, comma: bool) -> bool:
    found = [row["quote"]] + ([quote_at(record, row[place]) or ""] if row[place] else [])
    printed = {float(n.text) for text in found for n in find_numbers(text, decimal_comma=comma)}
    # Besides the grammar's own word for it: the digits stand there as printed, whatever divides them.
    worded = any(re.search(r"[a-z]{2}", text, re.IGNORECASE) for text in found)
    return float(row[column]) in printed and (
        worded or any(_digits(row[column]).lstrip("0") in _digits(text) for text in found)
    )


def _digits(text: str) -> str:
    return re.sub(r"[^0-9]", "", text)


def _around(record: Record, locator: str) -> str:
    address = re.sub(r":\d+-\d+$", "", locator)
    row = re.fullmatch(r"(table/.+):r(\d+)c\d+", address)
    table = next((t for t in record.tables if row and t.locator == row[1]), None)
    beside = [cell.text for cell in table.rows[int(row[2])]] if table is not None and row is not None else []
    return " ".join([text_at(record, address) or "", *beside])


@pytest.fixture
def check(vocabulary: Vocabulary) -> Callable[[Sequence[Record]], None]:
    """What ``sound`` checks, with the vocabulary of the project."""
    return lambda records: sound(records, vocabulary)


def read_file(folder: Path, name: str, content: bytes) -> list[Record]:
    """Return the records of a file, none where it cannot be read."""
    path = folder / name
    path.write_bytes(content)
    try:
        return records_of(path)
    except Unreadable:
        return []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _cell(tag: str, text: str, colspan: str, rowspan: str, inner: str) -> str:
    return f'<{tag} colspan="{colspan}" rowspan="{rowspan}">{_escaped(text)}{inner}</{tag}>'


MARKS = (
    "<sup>a</sup>",
    "<sup>2</sup>",
    "<xref ref-type='fn'>*</xref>",
    "<break/>",
    "<fn><p>p &lt; 0.05</p></fn>",
)
NESTED = (
    "<table><tr><td>2.3 ± 1.1</td></tr></table>",
    "<table><thead><tr><th colspan='3'>Group B</th></tr></thead><tr><td rowspan='-1'>1</td><td>2</td></tr></table>",
)


def rows_of(tag: str) -> st.SearchStrategy[str]:
    """Rows of cells with any spans; now and then a cell holds a table, a mark or a footnote."""
    inner = st.just("") | st.sampled_from([*MARKS, *NESTED])
    cells = st.builds(_cell, st.just(tag), values, spans | st.just("1"), spans | st.just("1"), inner)
    return st.lists(cells, max_size=4).map(lambda made: f"<tr>{''.join(made)}</tr>")


tables = st.builds(
    lambda head, body, loose: (
        f"<table>{''.join(loose)}<thead>{''.join(head)}</thead><tbody>{''.join(body)}</tbody></table>"
    ),
    st.lists(rows_of("th"), max_size=2),
    st.lists(rows_of("td"), max_size=5),
    st.lists(rows_of("td"), max_size=1),
)


@FEW
@given(
    st.lists(tables, min_size=1, max_size=2),
    texts,
    texts,
    st.none() | st.integers(0, 3000),
    st.binary(max_size=3),
)
def test_any_article_with_any_tables_is_read_soundly(
    folder: Path,
    check: Check,
    grids: list[str],
    caption: str,
    results: str,
    cut: int | None,
    noise: bytes,
) -> None:
    wraps = "".join(
        f'<table-wrap id="T"><label>Table</label><caption><p>{_escaped(caption)}</p></caption>{grid}</table-wrap>'
        for grid in grids
    )
    xml = (
        "<article><front><article-meta><title-group><article-title>Heat or cold</article-title></title-group><abstract><p>"
        f"{METHODS}</p></abstract></article-meta></front><body><sec><title>Results</title><p>{_escaped(results)}</p>{wraps}"
        "</sec></body></article>"
    ).encode()
    if cut is not None:
        xml = xml[:cut] + noise + xml[cut:]
    check(read_file(folder, "any.xml", xml))


@FEW
@given(
    st.lists(st.lists(values, min_size=1, max_size=5), min_size=2, max_size=6),
    texts,
    st.sampled_from(["\t", " | "]),
)
def test_any_plain_grid_is_read_soundly(
    folder: Path, check: Check, grid: list[list[str]], caption: str, divider: str
) -> None:
    lines = [divider.join(row) for row in grid]
    if divider != "\t":
        lines = [f"| {line} |" for line in lines]
        lines.insert(1, "|" + "---|" * len(grid[0]))
    text = (
        f"---\ntitle: Heat or cold\n---\n\n# Methods\n\n{METHODS}\n\n# Results\n\nTable 1. {collapse(caption)}\n\n"
        + "\n".join(lines)
    )
    check(read_file(folder, "any.md", text.encode()))


@FEW
@given(
    st.lists(
        st.lists(st.tuples(values, st.integers(-2, 9), st.integers(-2, 9)), min_size=1, max_size=5),
        max_size=6,
    ),
    texts,
    texts,
)
def test_any_grid_is_read_soundly(
    check: Check, cells: list[list[tuple[str, int, int]]], caption: str, note: str
) -> None:
    rows = expand(
        [[[SpannedCell(collapse(t), r == 0, c, d) for t, c, d in row] for r, row in enumerate(cells)]]
    )
    table = Table(
        "table/T1", "Table 1", collapse(caption), rows, (collapse(note),), header_rows=min(1, len(rows))
    )
    methods = Passage("abstract/METHODS", METHODS, ("METHODS",), "methods")
    check([Record("file:x", "file", passages=(methods,), tables=(table,))])


@FEW
@given(texts | st.text(max_size=200), st.booleans())
def test_any_text_is_read_soundly(check: Check, results: str, one_arm: bool) -> None:
    passages = [Passage("abstract/RESULTS", collapse(results), ("RESULTS",), "results")]
    if not one_arm:
        passages.insert(0, Passage("abstract/METHODS", METHODS, ("METHODS",), "methods"))
    title = "Heat: a single-arm study" if one_arm else "Heat or cold"
    check([Record("file:x", "file", title=title, passages=tuple(passages))])


STARTS = {
    "any.xml": [
        b"<article>",
        b"<PubmedArticleSet><PubmedArticle>",
        b"<?xml version='1.0'?><article><body><p>",
        b"\xff\xfe<",
    ],
    "any.json": [b"{", b'{"protocolSection": {}, "resultsSection": {"outcomeMeasuresModule": ', b"["],
    "any.md": [b"# Results\n\nThe VAS was ", b"---\ntitle: x\n---\n", b"| a | b |\n|---|---|\n| "],
    "any.txt": [b"Results: the VAS was ", b"", b"\x00"],
    "any.ris": [b"TY  - JOUR\nTI  - Heat\nAB  - The VAS was "],
    "any.nbib": [b"PMID- 1\nTI  - Heat\nAB  - Results: The VAS was "],
    "any.csv": [b"Title,Abstract\nHeat,The VAS was "],
}


@FEW
@given(
    st.sampled_from([(name, start) for name, starts in STARTS.items() for start in starts]),
    st.lists(st.binary(max_size=12) | texts.map(lambda text: text.encode()), max_size=6).map(b" ".join),
)
def test_any_bytes_of_any_format_are_read_soundly(
    folder: Path, check: Check, kind: tuple[str, bytes], content: bytes
) -> None:
    check(read_file(folder, kind[0], kind[1] + content))


retyped = st.fixed_dictionaries(
    {},
    optional={
        "centre": st.sampled_from(["mean", "median", "count", "percent", "difference", "single"]),
        "spread": st.sampled_from(["sd", "se", "ci", "iqr", "range", "none"]),
        "arm": st.sampled_from(["", "Group B", "all", "other"]),
        "comparator_arm": st.sampled_from(["", "Group A"]),
        "outcome": st.sampled_from(["", "ODI", "nausea"]),
        "time": st.sampled_from(["", "9 weeks"]),
        "weeks": st.sampled_from([None, 0.0, 9.0]),
        "phase": st.sampled_from(["", "baseline", "follow_up"]),
        "change": st.booleans(),
        "measure": st.sampled_from(["", "MD", "RR"]),
    },
)
SENTENCE = "The VAS at 4 weeks was 2.3 ± 1.1 (95% CI 1.9 to 2.7) in group A and 3.4 ± 1.2 in group B, and nausea occurred in 12/30 (40%)."
GRID = [
    ["", "Group A (n = 30)", "Group B (n = 31)", "Difference (95% CI)", "P"],
    ["VAS at 4 weeks, mean (SD)", "2.3 (1.1)", "3.4 (1.2)", "−1.1 (−1.7 to −0.5)", "0.001"],
    ["Nausea, n (%)", "12 (40)", "5 (16)", "", ""],
]


@FEW
@given(st.lists(retyped, min_size=1, max_size=6))
def test_retyping_changes_no_id(vocabulary: Vocabulary, changes: list[dict[str, object]]) -> None:
    rows = expand([[[SpannedCell(text, r == 0) for text in row] for r, row in enumerate(GRID)]])
    passages = (
        Passage("abstract/METHODS", METHODS, ("METHODS",), "methods"),
        Passage("abstract/RESULTS", SENTENCE, ("RESULTS",), "results"),
    )
    record = Record(
        "file:x", "file", passages=passages, tables=(Table("table/T1", "", "", rows, header_rows=1),)
    )
    before = {row["measurement_id"] for row in extract_records([record], vocabulary).measurements}

    def retyping(name: str) -> Reader:
        def read(record: Record, context: Context) -> list[Reading]:
            found = BUILT_IN[name](record, context)
            return [dataclasses.replace(r, **changes[i % len(changes)]) for i, r in enumerate(found)]  # type: ignore[arg-type]

        return read

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assembly, "readers", lambda: tuple((name, retyping(name)) for name in BUILT_IN))
        after = {row["measurement_id"] for row in extract_records([record], vocabulary).measurements}
    assert after == before
    assert len(before) >= 7


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("mean (SD)", "mean (SE)"),
        ("Group A (n", "Group C (n"),
        ("4 weeks, mean", "8 weeks, mean"),
        ("Nausea", "Itches"),
        ("VAS at", "ODI at"),
    ],
)
def test_ids_stay_where_the_labels_of_a_table_are_others(vocabulary: Vocabulary, old: str, new: str) -> None:
    def ids(grid: list[list[str]]) -> set[str]:
        rows = expand([[[SpannedCell(text, r == 0) for text in row] for r, row in enumerate(grid)]])
        methods = Passage("abstract/METHODS", METHODS, ("METHODS",), "methods")
        record = Record(
            "file:x", "file", passages=(methods,), tables=(Table("table/T1", "", "", rows, header_rows=1),)
        )
        return {row["measurement_id"] for row in extract_records([record], vocabulary).measurements}

    other = [[text.replace(old, new) for text in row] for row in GRID]
    assert other != GRID
    assert ids(GRID) == ids(other) != set()


def test_a_table_of_rows_without_cells_is_no_table(check: Check, folder: Path) -> None:
    xml = (
        f"<article><front><article-meta><abstract><p>{METHODS}</p></abstract></article-meta></front><body><p>x</p>"
        "<table-wrap><table><tbody><tr></tr><tr></tr></tbody></table></table-wrap></body></article>"
    )
    (record,) = read_file(folder, "empty.xml", xml.encode())
    assert record.tables[0].rows == ()
    check([record])
    check([dataclasses.replace(record, tables=(Table("table/1", rows=((), ()), header_rows=1),))])
