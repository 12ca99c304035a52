"""Counts: what they are counts of, whose they are, and what their labels say."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sonospine.extraction.arms import Arm, DocumentArms
from sonospine.extraction.expressions import find_expressions, find_numbers
from sonospine.extraction.reading import Reading
from sonospine.extraction.tables import read_table_results
from sonospine.extraction.text import read_text
from sonospine.extraction.verification import verified
from sonospine.model.record import Cell, Record, Table
from sonospine.vocabulary import Vocabulary

TWO = DocumentArms((Arm("Group A", n_randomised="30"), Arm("Group B", n_randomised="30")))
SIDES = DocumentArms((Arm("intervention group"), Arm("control group")))
NONE = DocumentArms(())
Read = Callable[..., list[Reading]]


def table(
    rows: list[list[str]],
    caption: str,
    header_rows: int,
    name: str,
    spans: dict[tuple[int, int], tuple[int, int]],
) -> Table:
    """Build a grid; ``spans`` tells for a cell which cell it continues."""
    width = max(len(row) for row in rows)
    grid = []
    for r, row in enumerate(rows):
        cells = []
        for c in range(width):
            at = spans.get((r, c), (r, 0) if len(row) == 1 else (r, c))
            source = rows[at[0]]
            cells.append(Cell(source[at[1]] if at[1] < len(source) else "", r < header_rows, *at))
        grid.append(tuple(cells))
    return Table(f"table/{name}", name, caption, tuple(grid), (), False, header_rows)


def read_tables(
    rows: list[list[str]],
    arms: DocumentArms = TWO,
    *,
    caption: str = "",
    header_rows: int = 1,
    others: tuple[list[list[str]], ...] = (),
    spans: dict[tuple[int, int], tuple[int, int]] | None = None,
) -> list[Reading]:
    """Read the first of an article's tables."""
    tab = table(rows, caption, header_rows, "T1", spans or {})
    more = tuple(table(other, "", 1, f"T{k}", {}) for k, other in enumerate(others, 2))
    record = Record("pmc:PMC1", "pmc", tables=(tab, *more))
    found = read_table_results(record, tab, arms, decimal_comma=False)
    for reading in found:
        assert verified(record, reading, decimal_comma=False) is not None
    return found


def fields(found: list[Reading], *names: str) -> list[tuple[object, ...]]:
    return [tuple(getattr(r, name) for name in names) for r in found]


@pytest.fixture
def read(record_of, vocabulary: Vocabulary) -> Read:
    def of(text: str, arms: DocumentArms = TWO) -> list[Reading]:
        return read_text(record_of(text), arms, vocabulary)

    return of


def test_samples_beside_their_rejections_are_the_total() -> None:
    found = read_tables(
        [
            ["", "Group A", "Group A", "Group B", "Group B"],
            ["Clinic", "Samples", "Rejected, n (%)", "Samples", "Rejected, n (%)"],
            ["North", "7557", "60 (0.79)", "10 218", "79 (0.77)"],
            ["South", "3973", "45 (1.13)", "4114", "48 (1.17)"],
        ],
        DocumentArms((Arm("Group A", n_randomised="20"), Arm("Group B", n_randomised="20"))),
        header_rows=2,
    )
    counts = [r for r in found if r.value in {"60", "79", "45", "48"}]
    assert fields(counts, "value", "total", "n") == [
        ("60", "7557", ""),
        ("79", "10218", ""),
        ("45", "3973", ""),
        ("48", "4114", ""),
    ]
    assert all("total_by_percent" in r.flags for r in counts)


def test_a_total_that_another_table_prints_is_proven_by_all_percentages_of_the_column() -> None:
    found = read_tables(
        [
            ["Reason, n (%)", "Group A (n = 23)", "Group B (n = 23)"],
            ["Clotted", "20 (0.26)", "9 (39.1)"],
            ["Leaking", "12 (0.16)", "5 (21.7)"],
            ["Unlabelled", "17 (0.22)", "4 (17.4)"],
            ["Spilt", "0", "0"],
        ],
        others=([["Clinic", "Samples"], ["North", "7557"], ["South", "3973"]],),
    )
    assert fields(found, "value", "total") == [
        ("20", "7557"), ("9", "23"), ("12", "7557"), ("5", "23"), ("17", "7557"), ("4", "23"), ("0", "7557"), ("0", "23"),
    ]  # fmt: skip
    assert found[0].total_locator == "table/T2:r1c1:0-4"


def test_a_percentage_that_is_not_that_of_the_group_leaves_the_total_open() -> None:
    found = read_tables(
        [["Reason, n (%)", "Group A (n = 230)", "Group B (n = 230)"], ["Clotted", "20 (0.3)", "23 (10)"]]
    )
    assert fields(found, "value", "total") == [("20", ""), ("23", "230")]
    assert "total_not_n" in found[0].flags


def test_a_slip_of_rounding_keeps_the_total() -> None:
    found = read_tables(
        [["Event, n (%)", "Group A (n = 49)", "Group B (n = 50)"], ["Nausea", "28 (57)", "12 (24.4)"]]
    )
    assert fields(found, "value", "total") == [("28", "49"), ("12", "50")]


def test_periods_that_count_other_samples_are_groups() -> None:
    found = read_tables(
        [
            ["Reason", "Before the course, n (%)", "After the course, n (%)"],
            ["Clotted", "20 (0.26)", "20 (0.50)"],
            ["Leaking", "12 (0.16)", "31 (0.78)"],
            ["Unlabelled", "17 (0.22)", "44 (1.11)"],
        ],
        NONE,
        others=([["Period", "Samples"], ["one", "7557"], ["two", "3973"]],),
    )
    assert fields(found[:2], "arm", "value", "total", "outcome") == [
        ("Before the course", "20", "7557", "Clotted"),
        ("After the course", "20", "3973", "Clotted"),
    ]


def test_a_cell_of_digits_in_groups_of_three_is_one_number() -> None:
    assert [n.text for n in find_numbers("10 218")] == ["10218"]
    assert [n.text for n in find_numbers("10 218 and 5")] == ["5"]  # one number or two: not read


def test_how_many_beside_a_maximum_is_no_count_of_a_total() -> None:
    assert read_tables([["Intake", "Group A", "Group B"], ["Full N/max VAS", "17/96", "19/81"]]) == []


def test_a_section_of_statistics_ends_at_the_row_that_names_an_outcome() -> None:
    found = read_tables(
        [
            ["", "Group A (n = 50)", "Group B (n = 50)"],
            ["Clearance (mL/min)"],
            ["mean (SD)", "25.4 (12.3)", "13.5 (9.5)"],
            ["Completed, n (%)", "46 (92)", "22 (44)"],
        ]
    )
    assert [r.outcome for r in found] == ["Clearance (mL/min)"] * 2 + ["Completed"] * 2


def test_a_row_that_only_compares_heads_the_rows_below_it() -> None:
    found = read_tables(
        [
            ["", "Group A", "Group B", "Relative risk (95% CI)", "p"],
            ["Distress", "42/402 (10.5)", "41/388 (10.6)", "0.99 (0.65-1.51)", "0.958"],
            ["Severity of disease", "", "", "1.03 (0.69-1.53)", "0.883"],
            ["Mild", "24/402 (6.0)", "28/388 (7.2)", "", ""],
            ["Severe", "8/402 (2.0)", "7/388 (1.8)", "", ""],
            ["Fever", "43/402 (10.7)", "45/388 (11.6)", "0.92 (0.62-1.37)", "0.670"],
        ]
    )
    counts = [r.outcome for r in found if r.centre == "count" and r.arm == "Group A"]
    assert counts == ["Distress", "Severity of disease, Mild", "Severity of disease, Severe", "Fever"]


def test_doses_under_the_name_of_the_drug_stand_where_the_corner_forgot_its_span() -> None:
    found = read_tables(
        [
            ["", "Placebo (N = 121)", "Drug X, mg/day", ""],
            ["1200 (N = 122)", "", "2400 (N = 123)", ""],
            ["Any event, n (%)", "67 (55.4)", "69 (56.6)", "85 (69.1)"],
        ],
        DocumentArms((Arm("Placebo"),)),
        header_rows=2,
        spans={(1, 1): (0, 1), (0, 3): (0, 2)},
    )
    assert fields(found, "arm", "value", "total", "outcome") == [
        ("Placebo", "67", "121", "Any event"),
        ("Drug X, mg/day 1200", "69", "122", "Any event"),
        ("Drug X, mg/day 2400", "85", "123", "Any event"),
    ]


def test_a_code_in_the_stub_is_read_with_its_header() -> None:
    found = read_tables(
        [["Grade", "Group A (n = 40)", "Group B (n = 40)"], ["2", "10 (25)", "8 (20)"]], caption="Numbers (%)"
    )
    assert {r.outcome for r in found} == {"Grade 2"}


def test_after_the_procedure_is_just_after_beside_before_and_during() -> None:
    found = read_tables(
        [
            ["", "Group A", "Group B"],
            ["Preprocedure"],
            ["VAS", "6.1 ± 1.0", "6.2 ± 1.1"],
            ["Postprocedure"],
            ["VAS", "1.4 ± 1.9", "6.4 ± 1.8"],
        ],
        caption="Mean ± SD",
    )
    assert fields(found, "phase", "weeks") == [("baseline", 0.0)] * 2 + [("follow_up", 0.0)] * 2


def test_a_stretch_of_hours_is_a_time_where_the_label_says_so() -> None:
    found = read_tables(
        [
            ["", "Group A (n = 50)", "Group B (n = 50)"],
            ["Early period (0-2 h)"],
            ["Nausea, n (%)", "17 (34)", "10 (20)"],
            ["Late period (2-24 h)"],
            ["Nausea, n (%)", "12 (24)", "9 (18)"],
        ]
    )
    assert fields(found[2:], "outcome", "time", "weeks") == [("Nausea", "2-24 h", 24 / 168)] * 2


def test_events_set_against_each_other_have_each_its_own_group(read: Read) -> None:
    found = read(
        "At six months, 27 patients (90%) in group A were free of pain, compared with 14 patients (47%) in group B."
    )
    assert fields(found, "arm", "value", "weeks") == [("Group A", "27", 26.07), ("Group B", "14", 26.07)]


def test_a_percentage_and_the_fraction_behind_it_are_one_count(read: Read) -> None:
    found = read(
        "At week 12, 33% of patients (25/75) had nausea in group A compared with 11% (9/79) in group B."
    )
    assert fields(found, "arm", "centre", "value", "total") == [
        ("Group A", "count", "25", "75"),
        ("Group B", "count", "9", "79"),
    ]


def test_clusters_are_named_by_their_side(read: Read) -> None:
    found = read(
        "In control villages, 82% (331/403) of samples tested positive compared to 77% (310/404) in intervention villages.",
        SIDES,
    )
    assert fields(found, "arm", "value") == [("control group", "331"), ("intervention group", "310")]


@pytest.mark.parametrize(
    "sentence",
    [
        "No adverse effects related to study products were observed.",
        "No adverse effects were seen.",
        "There were no adverse effects in either group.",
    ],
)
def test_what_nobody_had_nobody_of_any_group_had(read: Read, sentence: str) -> None:
    assert fields(read(sentence), "arm", "value", "outcome", "total")[:2] == [
        ("Group A", "0", "adverse effects", "30"),
        ("Group B", "0", "adverse effects", "30"),
    ]


def test_no_difference_is_no_event(read: Read) -> None:
    assert read("There were no differences in adverse effects. There was no effect on nausea.") == []


def test_what_a_count_was_calculated_by_is_not_what_was_counted(read: Read) -> None:
    found = read(
        "The occurrence of serious adverse events according to the intent-to-treat principle was 5.1% (4/79) and 3.6% (3/83) "
        "in group A and group B respectively."
    )
    assert {r.outcome for r in found} == {"occurrence of serious adverse events"}


@pytest.mark.parametrize(
    "text",
    ["4 out of 13 (31%)", "four out of thirteen (31%)", "31% (4 out of 13)", "4 out of the 13 infants"],
)
def test_so_many_out_of_so_many_are_a_count_of_a_total(text: str) -> None:
    assert [(e.centre, e.value, e.total) for e in find_expressions(text)] == [("count", "4", "13")]
