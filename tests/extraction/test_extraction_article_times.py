"""A change without a time in an article whose tables know one time after baseline only."""

from __future__ import annotations

from sonospine.extraction.assembly import extract_records
from sonospine.model.record import Cell, Passage, Record, Table
from sonospine.vocabulary import Vocabulary

HEAD = ["", "Heat group (n = 12)", "Cold group (n = 11)"]
CHANGE = [HEAD, ["Change in VAS pain, mean (SD)", "-2.2 (1.0)", "-1.1 (1.2)"]]


def changes_of(vocabulary: Vocabulary, *others: list[list[str]]) -> list[dict[str, str]]:
    tables = []
    for k, rows in enumerate([CHANGE, *others]):
        grid = tuple(
            tuple(Cell(text, r < 1, r, c) for c, text in enumerate(row)) for r, row in enumerate(rows)
        )
        tables.append(Table(f"table/T{k}", f"Table {k}", "Pain", grid, (), False, 1))
    passage = Passage("abstract/METHODS", "Women were randomized to two groups.", ("METHODS",), "methods")
    record = Record("file:made", "file", title="A trial", passages=(passage,), tables=tuple(tables))
    rows = extract_records([record], vocabulary).measurements
    return [row for row in rows if row["change"] == "true"]


def rows_at(*times: str) -> list[list[str]]:
    return [
        HEAD,
        *(
            [f"VAS pain at {time}, mean (SD)", f"{4 + k}.2 (1.1)", f"{5 + k}.3 (1.4)"]
            for k, time in enumerate(times)
        ),
    ]


def test_a_change_belongs_to_the_only_time_of_the_article(vocabulary: Vocabulary) -> None:
    found = changes_of(vocabulary, rows_at("baseline", "6 weeks"))
    assert [(row["weeks"], row["phase"]) for row in found] == [("6", "follow_up")] * 2
    assert all("time_from_article" in row["flags"] and "time_unknown" not in row["flags"] for row in found)


def test_a_change_has_no_time_where_the_article_has_two(vocabulary: Vocabulary) -> None:
    assert {row["weeks"] for row in changes_of(vocabulary, rows_at("6 weeks", "12 weeks"))} == {""}


def test_a_change_has_no_time_where_the_article_has_none(vocabulary: Vocabulary) -> None:
    assert {row["weeks"] for row in changes_of(vocabulary, rows_at("baseline"))} == {""}
    assert {row["weeks"] for row in changes_of(vocabulary, rows_at("6 weeks", "discharge"))} == {""}
