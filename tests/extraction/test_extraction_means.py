"""Means and their people, times and arms: one kind of misreading a test."""

from __future__ import annotations

import pytest
from read_rows import rows

from sonospine.extraction.arm_patterns import sized
from sonospine.extraction.arms import DocumentArms, find_arms
from sonospine.extraction.courses import find_course
from sonospine.extraction.expressions import find_expressions
from sonospine.extraction.people_by_time import with_people_of_time
from sonospine.extraction.reading import Reading
from sonospine.extraction.tables.context import TableContext
from sonospine.extraction.text import read_text
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


def test_an_interval_named_once_as_one_of_confidence_is_one_in_bare_brackets_too(record_of, vocabulary):
    told = "The mean content was 0.51 (0.30-0.72) in group A and 0.44 (0.20-0.68) in group B. "
    again = "It was 0.51 (95% CI 0.30-0.72) in group A at the end."
    record = record_of(told + again, TWO_GROUPS)
    found = [
        r for r in read_text(record, find_arms(record, vocabulary), vocabulary) if "content" in r.outcome
    ]
    assert rows(found, "arm", "value", "spread", "lower", "upper", "n")[:2] == [
        ("Group A", "0.51", "ci", "0.30", "0.72", "30"),
        ("Group B", "0.44", "ci", "0.20", "0.68", "30"),
    ]


def test_bare_brackets_are_no_interval_of_confidence_where_nothing_says_so(read):
    assert read("The mean content was 0.51 (0.30-0.72) in group A and 0.44 (0.20-0.68) in group B.") == []


def test_a_mean_that_is_lower_than_another_is_no_value_of_the_arm(record_of, vocabulary):
    told = "The content in group A was a mean of 0.51 (0.30-0.72) lower than in group B (95% CI 0.30-0.72)."
    record = record_of(told, TWO_GROUPS)
    found = read_text(record, find_arms(record, vocabulary), vocabulary)
    assert [
        r for r in found if r.spread == "ci" and r.centre == "mean" and "spread_from_article" in r.flags
    ] == []


def test_the_phrase_behind_mean_names_the_outcome_and_not_what_qualifies_it(read):
    (found,) = read("The mean dried salt content in the loaves baked was 4.1 ± 1.2 in group A.")
    assert found.outcome == "dried salt content"


def test_a_phrase_that_has_its_own_value_is_not_the_outcome_of_the_next(read):
    found = read("The mean age was 41.0 ± 5.0 years when pain history was 4.1 ± 1.2 years.")
    assert [r.outcome for r in found] == ["age", "pain history"]


def test_sizes_in_the_bracket_behind_the_allocation(record_of, vocabulary):
    methods = "Patients were allocated to the heat group or to the control group. In all, 61 were randomised (31 heat and 30 control)."
    arms = find_arms(record_of("", methods), vocabulary)
    assert sorted((a.label, a.n_randomised) for a in arms.arms) == [
        ("control group", "30"),
        ("heat group", "31"),
    ]


def test_a_decrease_far_before_its_amount_or_just_before_the_group_is_a_change(read):
    found = read(
        "This came from a decrease in the mean salt content in the loaves that were baked following the course that was offered to"
        " group A of 4.1 ± 1.2, with no corresponding decrease in group B 1.1 ± 0.9."
    )
    assert rows(found, "arm", "change") == [("Group A", True), ("Group B", True)]


CROSSOVER = "In a randomised crossover the order of the drinks was random: each of two drinks was compared with water."


def test_conditions_listed_behind_the_values_are_the_arms_where_no_arm_has_a_name(read):
    told = "The mean salivary flow was 4.1 ± 1.0, 5.2 ± 1.1 and 6.0 ± 0.9 ml on water, juice and juice with milk respectively."
    found = read(told, CROSSOVER)
    assert rows(found, "arm", "value") == [("water", "4.1"), ("juice", "5.2"), ("juice with milk", "6.0")]
    assert {r.flags[-1] for r in found} == {"arm_as_reported"}


@pytest.mark.parametrize(
    "told",
    [
        "after 2 weeks and 4 weeks respectively",
        "with VAS and ODI respectively",
        "on water, juice and milk respectively",
    ],
)
def test_times_instruments_and_lists_of_another_length_are_no_conditions(read, told):
    found = read(f"The mean salivary flow was 4.1 ± 1.0 and 5.2 ± 1.1 ml {told}.", CROSSOVER)
    assert {r.arm for r in found} == {""}


def test_a_unit_is_not_what_was_measured(read):
    found = read(
        "The mean salivary flow was 4.1 ± 1.0 mg/dl in group A, and 5.2 ± 1.1 mg/dl in group B was reached."
    )
    assert {r.outcome for r in found} == {"salivary flow"}


def test_the_words_of_the_article_stand_before_a_note_that_its_letters_do_not_fit():
    told = grid([["", "Group A"], ["COD (s)", "5.4 ± 0.2"]], notes=("COD, agility run; HR, heart rate.",))
    text = Passage(
        "body/s2p1", "We measured the change of direction ability (COD) and HR.", ("Methods",), "methods"
    )
    context = TableContext(Record("pmc:PMC1", "pmc", passages=(text,), tables=(told,)), told, DocumentArms())
    context.meanings.expansions["COD"] = "agility run"
    assert context.meanings.expanded("COD (s)") == "COD [change of direction ability, agility run] (s)"
    assert context.meanings.expanded("HR") == "HR [heart rate]"


def test_results_of_women_and_men_are_those_of_parts_of_the_arm(read):
    found = read(
        "The VAS was 4.1 ± 1.0 in group A. The VAS of women in group A was 3.1 ± 1.0 and 3.3 ± 1.1 in group B."
        " In group A, the VAS was 5.1 ± 1.0 in women and 6.1 ± 1.2 in men."
    )
    assert rows(found, "value", "population", "n") == [
        ("4.1", "", "30"),
        ("3.1", "subgroup:women", ""),
        ("3.3", "subgroup:women", ""),
        ("5.1", "subgroup:women", ""),
        ("6.1", "subgroup:men", ""),
    ]


def test_a_study_of_women_alone_has_no_part_of_women(read):
    (found,) = read("The VAS of women in group A was 3.1 ± 1.0.")
    assert (found.population, found.n) == ("", "30")


@pytest.mark.parametrize(
    "people", ["8 men and 6 women", "men and women", "60% women, 40% men", "women (n = 8), men (n = 6)"]
)
def test_a_count_of_women_and_men_makes_no_part_of_the_arm(read, people):
    found = read(f"Of {people} in group A the VAS was 3.1 ± 1.0.")
    assert [(r.population, r.n) for r in found if r.value == "3.1"] == [("", "30")]
