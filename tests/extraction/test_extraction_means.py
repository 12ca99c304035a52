"""Means and their people, times and arms: one kind of misreading a test."""

from __future__ import annotations

import pytest
from read_rows import rows

from sonospine.extraction.arm_patterns import sized
from sonospine.extraction.arms import find_arms
from sonospine.extraction.courses import find_course
from sonospine.extraction.expressions import find_expressions
from sonospine.extraction.people_by_time import with_people_of_time
from sonospine.extraction.reading import Reading
from sonospine.model.record import Cell, Passage, Record, Table

TWO_GROUPS = "Sixty patients were randomised: Group A (n = 30) received heat, Group B (n = 30) received cold."


def grid(told: list[list[str]], name: str = "T1", caption: str = "", notes: tuple[str, ...] = ()) -> Table:
    """Return a table with one header row."""
    cells = tuple(tuple(Cell(text, r == 0, r, c) for c, text in enumerate(row)) for r, row in enumerate(told))
    return Table(f"table/{name}", name, caption, cells, notes, False, 1)


@pytest.mark.parametrize(
    "text",
    [
        "The mean was 8.0 with an SD of 3.0.",
        "a mean of 8.0 points with a standard deviation of 3.0",
        "mean 8.0 with SD 3.0",
    ],
)
def test_a_spread_that_is_led_to_by_with_belongs_to_the_value_before_it(text):
    (found,) = find_expressions(text)
    assert (found.centre, found.value, found.spread, found.spread_value) == ("mean", "8.0", "sd", "3.0")


def test_a_coefficient_of_correlation_is_no_result(read):
    assert (
        read("The correlation between the VAS at baseline and the VAS at 4 weeks was 0.41 in group A.") == []
    )
    assert rows(read("The VAS at 4 weeks was 0.41 in group A."), "value") == [("0.41",)]


def test_a_number_word_in_the_name_of_an_arm_names_no_arm_elsewhere(read):
    methods = "Patients were randomised to usual care (n = 30) or one of three courses of heat (n = 30)."
    found = read("The mean VAS was 4.1 ± 1.2 at three months.", methods)
    assert rows(found, "arm", "time") == [("", "three months")]


def test_a_length_told_of_the_treatment_itself_outweighs_one_that_stands_near_it():
    near = "The sessions of the rehabilitation were spread over 12 days of the stay, which lasted on average 22 days (SD 2)."
    course = find_course([("body/s1p1", near)])
    assert course is not None
    assert round(course.weeks * 7) == 22


def test_the_only_row_that_counts_the_patients_gives_the_sizes_of_the_columns(vocabulary):
    told = [
        ["", "Group A (heat)", "Group B (cold)"],
        ["Men", "7 (28.0%)", "9 (37.5%)"],
        ["Total cases", "25", "24"],
    ]
    text = "Patients were randomised to group A, heat, or to group B, cold."
    passages = (Passage("body/s1p1", text, ("Methods",), "methods"),)
    arms = find_arms(Record("pmc:PMC1", "pmc", passages=passages, tables=(grid(told),)), vocabulary)
    assert [(a.label, a.n_randomised, a.n_locator) for a in arms.arms] == [
        ("Group A", "25", "table/T1:r2c1:0-2"),
        ("Group B", "24", "table/T1:r2c2:0-2"),
    ]


def test_people_of_a_time_come_from_the_table_whose_columns_print_them():
    def row(table: str, weeks: float, n: str, place: str) -> Reading:
        at = f"table/{table}:r1c1:0-9"
        return Reading(
            "table", at, "", 0, "mean", "1.0", "table", 0.9, arm="A", n=n, n_locator=place, weeks=weeks
        )

    printed = [row("T2", 7, "18", "table/T2:r0c1:2-4"), row("T2", 26, "13", "table/T2:r0c3:2-4")]
    early, late = row("T4", 7, "18", "table/T2:r0c1:2-4"), row("T4", 26, "18", "table/T2:r0c1:2-4")
    own = row("T4", 26, "11", "table/T4:r0c3:2-4")
    found = with_people_of_time([*printed, early, late, own])
    assert rows(found[2:], "weeks", "n", "n_locator") == [
        (7, "18", "table/T2:r0c1:2-4"),
        (26, "13", "table/T2:r0c3:2-4"),
        (26, "11", "table/T4:r0c3:2-4"),
    ]
    constant = [
        row("T2", 7, "18", "table/T2:r0c1:2-4"),
        row("T2", 26, "18", "table/T2:r0c3:2-4"),
        row("T4", 26, "20", ""),
    ]
    assert with_people_of_time(constant) == constant


def test_the_noun_between_a_code_in_brackets_and_its_n_names_no_arm():
    text = "assigned to heat in bed (HIB) (n=19), heat in water (HIW) (n=20), and bed and water (HIBW) position (n=17)."
    assert [(c.label, c.n, text[c.start : c.end]) for c in sized(text)][-1] == ("HIBW", "17", "HIBW")
