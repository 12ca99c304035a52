"""Readers of other packages: registered by an entry point, verified like any other, and never able to break the rest."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sonospine.extraction import readers as registered
from sonospine.extraction.assembly import Extraction, extract_records
from sonospine.extraction.proposals import fault_lines
from sonospine.model.record import Record
from sonospine.model.table_io import check_rows
from sonospine.model.tables import MEASUREMENTS

METHODS = "Group A (n = 30) received heat. Group B (n = 31) received cold."
RESULTS = "The VAS (0-10) at 4 weeks was 2.3 ± 1.1 in group A and 3.4 ± 1.2 in group B (p = 0.04)."
HEAD = """
from sonospine.extraction.reading import Alternative, Reading
RESULTS = {results!r}
def made(value="2.3", at="2.3 ± 1.1", **fields):
    start = RESULTS.index(at)
    base = dict(source="abstract", locator=f"abstract/RESULTS:{{start}}-{{start + len(at)}}", quote="", first_number=start,
                centre="mean", value=value, rule="toy", confidence=0.5, outcome="VAS", arm="Group A")
    return Reading(**(base | fields))
"""

Install = Callable[[str], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Install a package whose entry point names the function ``read`` of a module with this text."""

    def installed(body: str) -> None:
        (tmp_path / "toy_reader.py").write_text(HEAD.format(results=RESULTS) + body, encoding="utf-8")
        info = tmp_path / "toy_reader-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-reader\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("[sonospine.readers]\ntoy = toy_reader:read\n")
        monkeypatch.syspath_prepend(tmp_path)
        registered.readers.cache_clear()

    yield installed
    registered.readers.cache_clear()
    sys.modules.pop("toy_reader", None)


def extracted(record_of: Callable[..., Record], vocabulary, *, records: int = 1) -> Extraction:
    return extract_records([record_of(RESULTS, METHODS)] * records, vocabulary)


def toy_rows(made: Extraction) -> list[dict[str, str]]:
    return [row for row in made.measurements if row["rule"] == "toy"]


def test_a_reader_of_another_package_adds_rows_with_ids_of_their_own(install, record_of, vocabulary) -> None:
    alone = extracted(record_of, vocabulary)
    install(
        "def read(record, context):\n    return [made(spread='sd', spread_value='1.1', p_value='0.04', weeks=4.0)]\n"
    )
    made = extracted(record_of, vocabulary)
    (row,) = toy_rows(made)
    assert (row["value"], row["spread_value"], row["p_value"], row["quote"]) == (
        "2.3",
        "1.1",
        "0.04",
        "2.3 ± 1.1",
    )
    assert [r for r in made.measurements if r["rule"] != "toy"] == alone.measurements
    assert len({r["measurement_id"] for r in made.measurements}) == len(made.measurements)
    assert made.faults == []


@pytest.mark.parametrize(
    "wrong",
    [
        "value='2.4'",
        "spread='sd', spread_value='1.2'",
        "spread='ci', lower='1.1', upper='9.9'",
        "centre='count', total='30'",
        "n='30', n_locator='abstract/METHODS:0-7'",
        "locator='abstract/RESULTS:0-9'",
        "locator='abstract/RESULTS:0-9999'",
        "locator='abstract/RESULTS'",
        "locator='body/s9p9:0-4'",
        "locator='nowhere'",
        "locator=''",
        "first_number=0",
        "value='2,3'",
        "value='2.3e0'",
        "value='٢.٣'",
        "value='nan'",
        "value='two'",
        "value=''",
    ],
)
def test_a_row_whose_number_does_not_stand_at_its_place_is_dropped(
    install, record_of, vocabulary, wrong: str
) -> None:
    install(f"def read(record, context):\n    return [made({wrong}), made()]\n")
    made = extracted(record_of, vocabulary)
    assert [row["value"] for row in toy_rows(made)] == ["2.3"]
    assert len(made.measurements) == 3


def test_a_p_value_that_is_not_printed_beside_the_result_is_left_out(install, record_of, vocabulary) -> None:
    install("def read(record, context):\n    return [made(p_value='0.03')]\n")
    (row,) = toy_rows(extracted(record_of, vocabulary))
    assert row["p_value"] == ""


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            "def read(record, context):\n    raise ValueError('no  model\\nhere')\n",
            "ValueError: no model here",
        ),
        ("def read(record, context):\n    return None\n", "TypeError"),
        ("def read(record):\n    return []\n", "TypeError"),
        ("raise ImportError('torch')\n", "cannot be loaded: ImportError: torch"),
        ("x = 1\n", "cannot be loaded: AttributeError"),
        ("def read(record, context):\n    return ['2.3']\n", "no reading"),
        ("def read(record, context):\n    return [made(value=2.3)]\n", "no reading"),
        ("def read(record, context):\n    return [made(weeks=float('inf'))]\n", "no reading"),
        (
            "def read(record, context):\n    return [made(alternatives=(Alternative('arm', 'B', 7.0),))]\n",
            "no reading",
        ),
        ("def read(record, context):\n    return [made(centre='average')]\n", "centre that is not allowed"),
        ("def read(record, context):\n    return [made(phase='later')]\n", "phase that is not allowed"),
    ],
)
def test_a_reader_that_fails_is_named_once_and_loses_nothing_else(
    install, record_of, vocabulary, body: str, reason: str
) -> None:
    alone = extracted(record_of, vocabulary)
    install(body)
    made = extracted(record_of, vocabulary)
    assert made.measurements == alone.measurements
    (line,) = fault_lines(made.faults)
    assert line.startswith("the reader toy failed on file:made (")
    assert reason in line
    check_rows(made.measurements, MEASUREMENTS, "m")


def test_what_a_reader_found_before_it_failed_is_kept(install, record_of, vocabulary) -> None:
    install("def read(record, context):\n    yield made()\n    raise ValueError\n")
    made = extracted(record_of, vocabulary, records=2)
    assert len(toy_rows(made)) == 2
    (line,) = fault_lines(made.faults)
    assert "ValueError" in line


def test_a_reader_cannot_take_the_place_of_one_that_comes_with_the_package(
    install, record_of, vocabulary, tmp_path
) -> None:
    alone = extracted(record_of, vocabulary)
    install("def read(record, context):\n    raise ValueError\n")
    points = tmp_path / "toy_reader-1.0.dist-info" / "entry_points.txt"
    points.write_text("[sonospine.readers]\ntext = toy_reader:read\n")
    registered.readers.cache_clear()
    made = extracted(record_of, vocabulary)
    assert made.measurements == alone.measurements
    assert [fault.reader for fault in made.faults] == ["added text"]
