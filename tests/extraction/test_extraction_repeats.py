"""A result of a sentence that stands in a table too takes from it what the sentence leaves open."""

from __future__ import annotations

from read_rows import rows

from sonospine.extraction.assembly import extract_records
from sonospine.extraction.reading import Reading
from sonospine.extraction.repeats import completed
from sonospine.model.record import Cell, Table

METHODS = "Group A (n = 30) received heat. Group B (n = 31) received cold."


def _printed(**fields: object) -> Reading:
    told: dict[str, object] = {
        "outcome": "Grip, left (kg)", "arm": "Group A", "n": "28", "n_locator": "table/T1:r0c1:3-5", "time": "4 weeks",
        "weeks": 4.0, "phase": "follow_up", "spread": "sd", "spread_value": "2.15",
    }  # fmt: skip
    return Reading("table", "table/T1:r1c1:0-11", "", 0, "mean", "12.40", "table", 0.9, **(told | fields))  # type: ignore[arg-type]


def _told(**fields: object) -> Reading:
    told: dict[str, object] = {"outcome": "visits", "spread": "sd", "spread_value": "2.15"}
    return Reading("text", "body/s1p1:0-11", "", 0, "mean", "12.40", "text", 0.5, **(told | fields))  # type: ignore[arg-type]


def test_arm_time_people_and_label_come_from_the_table(vocabulary):
    (_, found) = completed([_printed(), _told(flags=("arm_unclear",))], vocabulary)
    assert rows([found], "arm", "weeks", "n", "outcome", "flags") == [
        ("Group A", 4.0, "28", "Grip, left (kg)", ())
    ]


def test_what_the_sentence_says_otherwise_is_another_result(vocabulary):
    for own in (
        {"arm": "Group B"},
        {"weeks": 12.0},
        {"phase": "baseline"},
        {"change": True},
        {"spread_value": "2.1"},
    ):
        told = _told(**own)
        assert completed([_printed(), told], vocabulary)[1] == told


def test_two_results_of_the_tables_decide_nothing(vocabulary):
    told = _told()
    assert completed([_printed(), _printed(arm="Group B"), told], vocabulary)[2] == told


def test_few_digits_and_values_without_a_spread_coincide(vocabulary):
    short = Reading("text", "body/s1p1:0-5", "", 0, "mean", "12", "text", 0.5, spread="sd", spread_value="2")
    assert completed([_twelve(), short], vocabulary)[1] == short
    bare = _told(spread="none", spread_value="")
    assert completed([_printed(spread="none", spread_value=""), bare], vocabulary)[1] == bare


def _twelve() -> Reading:
    return Reading(
        "table",
        "table/T1:r1c1:0-6",
        "",
        0,
        "mean",
        "12",
        "table",
        0.9,
        arm="Group A",
        spread="sd",
        spread_value="2",
    )


def test_a_label_that_names_an_instrument_stays_unless_the_table_is_more_exact(vocabulary):
    (_, other) = completed([_printed(outcome="Row one"), _told(outcome="VAS pain")], vocabulary)
    assert other.outcome == "VAS pain"
    (_, exact) = completed([_printed(outcome="VAS2 at night"), _told(outcome="VAS")], vocabulary)
    assert exact.outcome == "VAS2 at night"


def test_a_whole_article_takes_the_people_of_the_table(record_of, vocabulary):
    told = [
        ["", "Group A (n = 27)", "Group B (n = 28)"],
        ["VAS at 4 weeks, mean (SD)", "2.31 (1.12)", "3.42 (1.23)"],
    ]
    grid = tuple(tuple(Cell(text, r == 0, r, c) for c, text in enumerate(row)) for r, row in enumerate(told))
    tab = Table("table/T1", "Table 1", "", grid, (), False, 1)
    results = "The VAS (0-10) was 2.31 ± 1.12 in group A and 3.42 ± 1.23 in group B."
    made = extract_records([record_of(results, METHODS, tables=(tab,))], vocabulary)
    found = [row for row in made.measurements if row["source"] == "abstract"]
    assert sorted((row["arm"], row["n"], row["weeks"]) for row in found) == [
        ("Group A", "27", "4"),
        ("Group B", "28", "4"),
    ]
