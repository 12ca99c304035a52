"""How many people stand behind a cell of a table: marks, brackets, parts of a group, captions that count them."""

from __future__ import annotations

import pytest

from sonospine.extraction.arms import Arm, DocumentArms
from sonospine.extraction.reading import Reading
from sonospine.extraction.tables import read_table_results
from sonospine.model.record import Cell, Record, Table

TWO = DocumentArms(
    (
        Arm("Group A", n_randomised="30", n_locator="abstract/p1:0-2"),
        Arm("Group B", n_randomised="31", n_locator="abstract/p1:3-5"),
    )
)
HEAD = ["", "Group A", "Group B"]


def read(rows: list[list[str]], *, caption: str = "", notes: tuple[str, ...] = ()) -> list[Reading]:
    grid = tuple(tuple(Cell(text, r < 1, r, c) for c, text in enumerate(row)) for r, row in enumerate(rows))
    table = Table("table/T1", "Table 1", caption, grid, notes, False, 1)
    return read_table_results(Record("pmc:PMC1", "pmc", tables=(table,)), table, TWO, decimal_comma=False)


def sizes(found: list[Reading]) -> dict[str, str]:
    return {reading.value: reading.n for reading in found}


def test_the_size_of_a_group_stands_behind_a_plain_row() -> None:
    assert sizes(read([HEAD, ["VAS, mean (SD)", "4.2 (1.1)", "5.3 (1.2)"]])) == {"4.2": "30", "5.3": "31"}


@pytest.mark.parametrize("notes", [("* n = 27 ** n = 26",), ("* n = 27", "** n = 26"), ("*n=27; **n=26.",)])
def test_a_mark_behind_a_value_tells_its_people(notes: tuple[str, ...]) -> None:
    rows = [
        HEAD,
        ["VAS, mean (SD)", "4.2 (1.1)*", "5.3 (1.2)**"],
        ["ODI, mean (SD)", "24.2 (1.1)", "25.3 (1.2)"],
    ]
    assert sizes(read(rows, notes=notes)) == {"4.2": "27", "5.3": "26", "24.2": "30", "25.3": "31"}


@pytest.mark.parametrize("note", ["* P < 0.05", "* n = 13 for group B", "*n = 27 and *n = 25"])
def test_a_mark_that_tells_something_else_does_not_count(note: str) -> None:
    rows = [HEAD, ["VAS, mean (SD)", "4.2 (1.1)*", "5.3 (1.2)"]]
    assert sizes(read(rows, notes=(note,)))["4.2"] == "30"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Men", "Women"),
        ("M", "F"),
        ("Male", "Female"),
        ("< 45 years", "45-60 years"),
        ("<17.5 years", "≥ 18 years"),
    ],
)
def test_a_part_of_a_group_has_not_the_size_of_the_group(first: str, second: str) -> None:
    rows = [
        ["Group", "Sex", "VAS, mean (SD)"],
        ["Group A", first, "4.2 (1.1)"],
        ["Group A", second, "4.4 (1.3)"],
        ["Group B", first, "5.3 (1.2)"],
        ["Group B", second, "5.5 (1.4)"],
    ]
    assert set(sizes(read(rows)).values()) == {""}


def test_a_group_is_no_larger_than_everybody_in_the_table() -> None:
    rows = [HEAD, ["VAS, mean (SD)", "4.2 (1.1)", "5.3 (1.2)"]]
    assert set(sizes(read(rows, caption="Pain of 10 patients of the pilot study")).values()) == {""}
    assert set(sizes(read(rows, caption="Pain (n = 61)")).values()) == {"30", "31"}


def test_the_size_of_one_group_in_a_caption_is_not_everybody() -> None:
    rows = [HEAD, ["VAS, mean (SD)", "4.2 (1.1)", "5.3 (1.2)"]]
    assert set(sizes(read(rows, caption="Pain in the cold group (n = 20)")).values()) == {"30", "31"}
