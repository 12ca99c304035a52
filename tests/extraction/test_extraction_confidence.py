"""How sure a row is, what else it could be, and how many of an arm were analysed."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonospine.extraction.assembly import Extraction, extract_records
from sonospine.extraction.confidence import Weights, reasons_of, surroundings, weights
from sonospine.extraction.ranking import alternative_rows
from sonospine.extraction.reading import Alternative, Reading
from sonospine.model.record import Cell, Passage, Record, Table

SD = "Values are mean ± SD."


def table(rows: list[list[str]], caption: str, *notes: str) -> Table:
    cells = tuple(tuple(Cell(text, r == 0, r, c) for c, text in enumerate(row)) for r, row in enumerate(rows))
    return Table("table/T1", "Table 1", caption, cells, notes, header_rows=1)


def extracted(vocabulary: Any, *tables: Table, methods: str = "", results: str = "") -> Extraction:
    passages = (
        Passage("title", "Heat or cold for the back: a randomised trial", (), "title"),
        Passage("body/s1p1", methods or "Patients were randomised to heat or cold.", ("Methods",), "methods"),
        Passage("body/s2p1", results, ("Results",), "results"),
    )
    return extract_records([Record("file:t", "file", passages=passages, tables=tables)], vocabulary)


ROWS = [
    ["", "Heat (n = 20)", "Cold (n = 21)"],
    ["VAS at baseline", "6.1 ± 1.2", "6.0 ± 1.1"],
    ["VAS at 4 weeks", "3.1 ± 1.2", "4.6 ± 1.1"],
]


def test_every_row_of_the_built_in_readers_has_reasons_that_can_be_told(vocabulary: Any) -> None:
    made = extracted(vocabulary, table(ROWS, "Pain (0-10)", SD))
    assert len(made.measurements) == 4
    for row in made.measurements:
        told = made.reasons[row["measurement_id"]]
        assert {"arm from column header", "statistic from caption or footnote", "n from the table"} <= set(
            told
        )


def test_confidence_is_what_the_reasons_come_to(vocabulary: Any) -> None:
    made = extracted(vocabulary, table(ROWS, "Pain (0-10)", SD))
    for row in made.measurements:
        told = weights().probability(row["rule"], made.reasons[row["measurement_id"]])
        assert float(row["confidence"]) == told


@pytest.mark.parametrize(
    ("doubtful", "reason"),
    [
        (lambda r: [r[0], ["VAS", "3.1 ± 1.2", "4.6 ± 1.1"]], "time not known in weeks"),
        (lambda r: [["", "Heat", "Cold"], *r[1:]], "n not known"),
        (lambda r: [*r, ["VAS at 4 weeks", "3.3 ± 1.2", "4.7 ± 1.1"]], "another value under the same labels"),
    ],
)
def test_what_speaks_against_a_row_makes_it_less_sure(vocabulary: Any, doubtful: Any, reason: str) -> None:
    sure = extracted(vocabulary, table(ROWS, "Pain (VAS, 0-10)", SD)).measurements
    made = extracted(vocabulary, table(doubtful(ROWS), "Pain (VAS, 0-10)", SD))
    told = [r for r in made.measurements if reason in made.reasons[r["measurement_id"]]]
    assert told
    assert max(float(r["confidence"]) for r in told) < min(float(r["confidence"]) for r in sure)


def test_a_score_outside_its_scale_is_doubted() -> None:
    score = Reading(
        "table", "table/T1:r1c1:0-4", "", 0, "mean", "13.1", "table", 0.9, spread="sd", spread_value="1.2"
    )
    assert "value outside the scale" in reasons_of(score, surroundings([score]), (0.0, 10.0))
    assert "value outside the scale" not in reasons_of(score, surroundings([score]), (0.0, 100.0))


def test_no_doubt_raises_the_odds_and_no_support_lowers_them() -> None:
    told = weights().reasons
    assert all(
        w <= 0 for r, w in told.items() if r.startswith(("warning:", "no ", "time not", "n not", "value"))
    )
    assert all(
        w >= 0
        for r, w in told.items()
        if r.startswith(("arm from column", "n from the table", "statistic from"))
    )


def test_a_rule_without_weights_keeps_what_its_reader_says() -> None:
    assert Weights({"table": 1.0}, {}).probability("another reader", ()) is None


@given(st.lists(st.sampled_from(sorted(weights().reasons)), unique=True), st.sampled_from(["table", "text"]))
def test_a_probability_is_one_whatever_the_reasons(reasons: list[str], rule: str) -> None:
    found = weights().probability(rule, reasons)
    assert found is not None
    assert 0 < found < 1


@given(
    st.floats(0, 1),
    st.lists(
        st.builds(
            Alternative,
            st.sampled_from(["arm", "spread", "weeks", "n"]),
            st.text("ab1", max_size=3),
            st.floats(0, 1),
        ),
        max_size=12,
    ),
)
def test_a_row_and_its_alternatives_never_come_to_more_than_one(
    believed: float, found: list[Alternative]
) -> None:
    rows = alternative_rows("m0", found, believed)
    assert believed + sum(float(r["probability"]) for r in rows) <= 1.0 + 1e-9
    assert len({(r["field"], r["rank"]) for r in rows}) == len(rows)


def test_a_spread_that_nothing_names_could_be_a_standard_error(vocabulary: Any) -> None:
    made = extracted(vocabulary, table(ROWS, "Pain (0-10)"))
    assert {(a["field"], a["value"]) for a in made.alternatives} >= {("spread", "se")}
    for row in made.measurements:
        others = [a for a in made.alternatives if a["measurement_id"] == row["measurement_id"]]
        assert float(row["confidence"]) + sum(float(a["probability"]) for a in others) <= 1


def test_a_time_without_a_length_could_be_another_of_the_table(vocabulary: Any) -> None:
    rows = [*ROWS, ["VAS after discharge", "2.2 ± 1.2", "3.3 ± 1.1"]]
    made = extracted(vocabulary, table(rows, "Pain (0-10)", SD))
    late = {r["measurement_id"] for r in made.measurements if r["value"] == "2.2"}
    weeks = {a["value"] for a in made.alternatives if a["measurement_id"] in late and a["field"] == "weeks"}
    assert "4" in weeks


def test_the_same_numbers_in_text_and_table_support_each_other() -> None:
    base = Reading(
        "table", "table/T1:r1c1:0-9", "", 0, "mean", "3.1", "table", 0.9, arm="a", spread_value="1.2"
    )
    again = dataclasses.replace(base, source="text", locator="body/s2p1:5-14", rule="text")
    told = reasons_of(base, surroundings([base, again]), (None, None))
    assert "the same numbers elsewhere in the report" in told
    assert "the same numbers elsewhere in the report" not in reasons_of(
        base, surroundings([base]), (None, None)
    )


METHODS = "Patients were randomised to the heat group (n = 20) or the cold group (n = 21)."


@pytest.mark.parametrize(
    "told",
    [
        "In the end 18 patients in the heat group and 19 in the cold group were analysed.",
        "We analysed 18 and 19 patients in the heat and cold groups, respectively.",
        "Included in the final analysis were the heat group (n = 18) and the cold group (n = 19).",
    ],
)
def test_analysed_people_are_read_for_each_arm(vocabulary: Any, told: str) -> None:
    made = extracted(vocabulary, methods=METHODS, results=told)
    assert sorted((a["n_randomised"], a["n_analysed"]) for a in made.arms) == [("20", "18"), ("21", "19")]


def test_each_group_and_everybody_tell_the_analysed_too(vocabulary: Any) -> None:
    same = "Patients were randomised to the heat group (n = 20) or the cold group (n = 20)."
    for told in (
        "A total of 36 were analysed, 18 in each study group.",
        "For each group, 18 patients were analysed.",
    ):
        made = extracted(vocabulary, methods=same, results=told)
        assert [a["n_analysed"] for a in made.arms] == ["18", "18"]
    made = extracted(vocabulary, methods=METHODS, results="Data of all 41 patients were analysed.")
    assert sorted(a["n_analysed"] for a in made.arms) == ["20", "21"]


@pytest.mark.parametrize(
    "told",
    [
        "Blood samples of 18 patients in the heat group and 19 in the cold group were analysed.",
        "In a subgroup, 18 patients in the heat group and 19 in the cold group were analysed.",
        "Analysed were 28 patients in the heat group and 19 in the cold group.",
        "The study was finished by 18 patients in the heat group and 19 in the cold group.",
    ],
)
def test_parts_samples_completers_and_too_many_are_not_the_analysed(vocabulary: Any, told: str) -> None:
    made = extracted(vocabulary, methods=METHODS, results=told)
    assert {a["n_analysed"] for a in made.arms} == {""}


def test_a_later_value_has_the_analysed_people_behind_it_and_baseline_the_randomised(vocabulary: Any) -> None:
    rows = [["", "Heat group", "Cold group"], *ROWS[1:]]
    told = "In the end 18 patients in the heat group and 19 in the cold group were analysed."
    made = extracted(vocabulary, table(rows, "Pain (0-10)", SD), methods=METHODS, results=told)
    sizes = {(r["phase"], r["n"]) for r in made.measurements if r["source"] == "table"}
    assert sizes == {("baseline", "20"), ("baseline", "21"), ("follow_up", "18"), ("follow_up", "19")}
