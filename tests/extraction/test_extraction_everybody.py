"""Studies in which everybody is in every group: the people behind each value are all who took part."""

from __future__ import annotations

import pytest

from sonospine.extraction.assembly import extract_records
from sonospine.model.record import Cell, Passage, Record, Table
from sonospine.vocabulary import Vocabulary

ROWS = [["", "Heat", "Cold"], ["VAS pain, mean (SD)", "41.2 (11.0)", "52.6 (12.1)"]]
SIZED = [["", "Heat (n = 12)", "Cold (n = 11)"], *ROWS[1:]]


def rows_of(
    vocabulary: Vocabulary, methods: str, results: str = "", rows: list[list[str]] = ROWS
) -> list[dict[str, str]]:
    grid = tuple(tuple(Cell(text, r < 1, r, c) for c, text in enumerate(row)) for r, row in enumerate(rows))
    passages = [Passage("abstract/METHODS", methods, ("METHODS",), "methods")]
    if results:
        passages.append(Passage("abstract/RESULTS", results, ("RESULTS",), "results"))
    table = Table("table/T1", "Table 1", "Pain after heat and after cold", grid, (), False, 1)
    record = Record("file:made", "file", title="Heat or cold", passages=tuple(passages), tables=(table,))
    return [row for row in extract_records([record], vocabulary).measurements if row["source"] == "table"]


@pytest.mark.parametrize(
    "design",
    [
        "In a randomized crossover trial 24 volunteers had heat and cold.",
        "Twenty-four volunteers took part in a double-blind, placebo-controlled, cross-over study of heat and cold.",
        "24 volunteers were randomized, and each volunteer received both treatments, heat and cold, in random order.",
        "Heat versus cold was studied with a within-subject design in 24 volunteers.",
    ],
)
def test_everybody_is_behind_each_value_of_a_crossover(vocabulary: Vocabulary, design: str) -> None:
    found = rows_of(vocabulary, design)
    assert [row["n"] for row in found] == ["24", "24"]
    assert all("n_of_everybody" in row["flags"] for row in found)


@pytest.mark.parametrize(
    "told",
    [
        "Twenty-two volunteers completed both sessions.",
        "The 22 volunteers who completed the study were young.",
        "The remaining 22 volunteers were included in the statistical analysis.",
    ],
)
def test_those_who_completed_a_crossover_count(vocabulary: Vocabulary, told: str) -> None:
    found = rows_of(vocabulary, "In a randomized crossover trial 24 volunteers had heat and cold.", told)
    assert [row["n"] for row in found] == ["22", "22"]


@pytest.mark.parametrize(
    "told",
    [
        "Five volunteers did not complete the study.",
        "Two volunteers were unable to complete both sessions.",
        "Of the men, 5 volunteers completed both sessions.",
    ],
)
def test_those_who_did_not_complete_are_not_everybody(vocabulary: Vocabulary, told: str) -> None:
    found = rows_of(vocabulary, "In a randomized crossover trial 24 volunteers had heat and cold.", told)
    assert [row["n"] for row in found] == ["24", "24"]


@pytest.mark.parametrize(
    "methods",
    [
        "24 volunteers were randomized to heat or cold.",
        "24 volunteers were randomized to heat or cold. The size was found in a crossover pilot study.",
        "24 volunteers were randomized to heat or cold. Crossover was not offered before six months.",
        "24 volunteers were randomized to heat or cold. An earlier crossover trial had shown an effect.",
    ],
)
def test_groups_of_different_people_are_not_everybody(vocabulary: Vocabulary, methods: str) -> None:
    assert all(row["n"] == "" for row in rows_of(vocabulary, methods))


def test_a_size_that_is_printed_counts_for_more(vocabulary: Vocabulary) -> None:
    found = rows_of(
        vocabulary, "In a randomized crossover trial 24 volunteers had heat and cold.", rows=SIZED
    )
    assert {row["value"]: row["n"] for row in found} == {"41.2": "12", "52.6": "11"}
