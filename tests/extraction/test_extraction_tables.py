"""Tables: what stands over a cell decides whose value it is, of what, when, and which statistic."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonospine.extraction.arms import Arm, DocumentArms
from sonospine.extraction.expressions import find_numbers
from sonospine.extraction.reading import Reading
from sonospine.extraction.tables import read_table_results
from sonospine.extraction.verification import verified
from sonospine.model.places import quote_at
from sonospine.model.record import Cell, Passage, Record, Table

TWO = DocumentArms((Arm("Group A", role="intervention"), Arm("Group B", role="comparator")))
ONE = DocumentArms((Arm("all", role="single"),), one_arm=True, n_total="26")


def table(
    rows: list[list[str]], *, caption: str = "", notes: tuple[str, ...] = (), header_rows: int = 1
) -> Table:
    """Return a table; a row of one text spans the whole width."""
    width = max(len(row) for row in rows)
    grid = tuple(
        tuple(Cell(row[0], False, r, 0) for _ in range(width))
        if len(row) == 1 and width > 1
        else tuple(Cell(row[c] if c < len(row) else "", r < header_rows, r, c) for c in range(width))
        for r, row in enumerate(rows)
    )
    return Table("table/T1", "Table 1", caption, grid, notes, False, header_rows)


def read(
    tab: Table, arms: DocumentArms = TWO, *, methods: str = "", decimal_comma: bool = False
) -> list[Reading]:
    passages = (Passage("body/s1p1", methods, (), "methods"),) if methods else ()
    record = Record("pmc:PMC1", "pmc", tables=(tab,), passages=passages)
    found = read_table_results(record, tab, arms, decimal_comma=decimal_comma)
    for reading in found:
        assert verified(record, reading, decimal_comma=decimal_comma) is not None
    return found


def test_arms_in_columns_times_in_rows() -> None:
    tab = table(
        [
            ["", "Group A (n = 28)", "Group B (n = 30)", "P value"],
            ["VAS"],
            ["Baseline", "7.7 ± 1.3", "7.5 ± 1.2", "0.5"],
            ["4 weeks", "3.2 ± 2.4", "4.5 ± 2.3", "0.02"],
        ],
        notes=("Values are mean ± SD.",),
    )
    found = read(tab)
    assert [(f.arm, f.n, f.outcome, f.weeks, f.phase, f.value, f.spread, f.spread_value) for f in found] == [
        ("Group A", "28", "VAS", 0.0, "baseline", "7.7", "sd", "1.3"),
        ("Group B", "30", "VAS", 0.0, "baseline", "7.5", "sd", "1.2"),
        ("Group A", "28", "VAS", 4.0, "follow_up", "3.2", "sd", "2.4"),
        ("Group B", "30", "VAS", 4.0, "follow_up", "4.5", "sd", "2.3"),
    ]
    assert found[0].locator == "table/T1:r2c1:0-9"
    assert found[0].n_locator == "table/T1:r0c1:8-16"
    assert not any("spread_assumed_sd" in f.flags for f in found)


def test_arms_in_rows_outcomes_in_columns_times_in_sections() -> None:
    tab = table(
        [
            ["", "Pulse", "VAS in mm"],
            ["1 h postoperative"],
            ["Group A", "80 (10.2)", "11.6 (3.2)"],
            ["Group B", "88 (10.4)", "12.4 (3.3)"],
            ["2 h postoperative"],
            ["Group A", "78 (9.4)", "11.8 (2.8)"],
            ["Group B", "86 (9.1)", "12.6 (4.0)"],
        ],
        notes=("Values are in mean (SD)",),
    )
    vas = [f for f in read(tab) if "VAS" in f.outcome]
    assert [(f.arm, f.value, f.spread, f.time_from) for f in vas] == [
        ("Group A", "11.6", "sd", "surgery"),
        ("Group B", "12.4", "sd", "surgery"),
        ("Group A", "11.8", "sd", "surgery"),
        ("Group B", "12.6", "sd", "surgery"),
    ]
    assert [f.weeks for f in vas] == pytest.approx([1 / 168, 1 / 168, 2 / 168, 2 / 168])


def test_a_bracket_is_an_sd_only_on_evidence_and_flagged_without() -> None:
    rows = [["", "Group A", "Group B"], ["VAS", "7.7 (1.3)", "7.5 (1.2)"]]
    silent, told = read(table(rows)), read(table(rows), methods="Data are presented as mean (SEM).")
    assert {f.spread for f in silent} == {"sd"}
    assert all("spread_assumed_sd" in f.flags and f.alternatives for f in silent)
    assert {f.spread for f in told} == {"se"}
    assert max(f.confidence for f in silent) < min(f.confidence for f in told)


def test_whole_numbers_in_brackets_without_evidence_are_left_out() -> None:
    assert read(table([["", "Group A", "Group B"], ["Score", "12 (34)", "15 (40)"]])) == []


def test_square_brackets_are_what_the_footnote_says() -> None:
    tab = table(
        [["", "Group A", "Group B"], ["VAS", "58.3 [18.2]", "51.8 [18.8]"]],
        notes=("Values are mean with standard deviation in square brackets.",),
    )
    assert [(f.spread, f.spread_value) for f in read(tab)] == [("sd", "18.2"), ("sd", "18.8")]


def test_counts_take_their_total_from_the_header() -> None:
    found = read(
        table([["", "Group A (n = 20)", "Group B (n = 40)"], ["Nausea, n (%)", "5 (25)", "10 (25)"]])
    )
    assert [(f.centre, f.value, f.total, f.total_locator) for f in found] == [
        ("count", "5", "20", "table/T1:r0c1:8-16"),
        ("count", "10", "40", "table/T1:r0c2:8-16"),
    ]


def test_p_test_and_total_columns_are_no_arms() -> None:
    tab = table(
        [
            ["", "Group A", "Group B", "Total", "t", "P value"],
            ["VAS, mean ± SD", "7.7 ± 1.3", "7.5 ± 1.2", "7.6 ± 1.2", "1.40", "0.17"],
        ]
    )
    assert [f.arm for f in read(tab)] == ["Group A", "Group B"]


def test_a_difference_column_is_a_comparison_and_no_arm() -> None:
    tab = table(
        [
            ["Outcome", "Group A M (SD)", "Group B M (SD)", "Adjusted mean difference (95% CI)"],
            ["VAS at 12 weeks", "3.2 (1.1)", "4.4 (1.3)", "-1.2 (-2.0 to -0.4)"],
        ]
    )
    found = read(tab)
    assert [f.centre for f in found] == ["mean", "mean", "difference"]
    difference = found[2]
    assert (difference.arm, difference.comparator_arm, difference.measure) == ("Group A", "Group B", "MD")
    assert (difference.lower, difference.upper, difference.adjusted) == ("-2.0", "-0.4", True)
    assert "direction_assumed" in difference.flags


def test_a_row_of_intervals_belongs_to_the_difference_above_it() -> None:
    tab = table(
        [
            ["Variable", "Treatment Group", "Week 7", "Week 12"],
            ["VAS (mm) Mean ± SD", "Group A", "40.8 ± 29.3", "36.8 ± 23.6"],
            ["", "Group B", "40.7 ± 27.9", "28.0 ± 22.9"],
            ["", "Mean Diff", "0.05", "8.78"],
            ["", "95% CI", "-26.9; 27.0", "-13.1; 30.7"],
        ]
    )
    differences = [f for f in read(tab) if f.centre == "difference"]
    assert [(f.value, f.lower, f.upper, f.weeks) for f in differences] == [
        ("0.05", "-26.9", "27.0", 7.0),
        ("8.78", "-13.1", "30.7", 12.0),
    ]
    assert differences[0].spread_locator == "table/T1:r4c2"


def test_a_column_of_spreads_belongs_to_the_column_before_it() -> None:
    tab = table(
        [
            ["", "Group A", "Group A", "Group B", "Group B"],
            ["", "Median", "q1–q3", "Median", "q1–q3"],
            ["Pain", "57", "33–72", "66", "29–77"],
            ["Function", "22", "4–55", "17", "3–50"],
        ],
        header_rows=2,
    )
    assert [(f.arm, f.centre, f.value, f.spread, f.lower, f.upper) for f in read(tab)][:2] == [
        ("Group A", "median", "57", "iqr", "33", "72"),
        ("Group B", "median", "66", "iqr", "29", "77"),
    ]


def test_a_change_is_told_and_takes_the_only_later_time() -> None:
    tab = table(
        [
            ["Test", "Group", "Baseline", "4 weeks", "Difference value"],
            ["VAS", "Group A", "58.3 ± 18.2", "42.2 ± 21.1", "16.1"],
            ["", "Group B", "51.8 ± 18.8", "30.6 ± 21.9", "21.2"],
        ],
        notes=("Values are mean ± SD.",),
    )
    changes = [f for f in read(tab) if f.change]
    assert [(f.arm, f.value, f.centre, f.weeks) for f in changes] == [
        ("Group A", "16.1", "mean", 4.0),
        ("Group B", "21.2", "mean", 4.0),
    ]


def test_follow_up_after_a_course_counts_from_the_start_of_treatment() -> None:
    tab = table(
        [
            ["", "Before treatment", "After 10 sessions", "After 1 month"],
            ["Group A", "46.6 (17.7)", "26.6 (13.8)", "27.7 (14.4)"],
            ["Group B", "49.0 (16.0)", "30.7 (13.1)", "25.5 (9.9)"],
        ],
        caption="Mean and SD of VAS",
    )
    weeks = [f.weeks for f in read(tab, methods="Sessions took place three times a week for 4 weeks.")]
    assert weeks[:3] == pytest.approx([0, 4, 8.345])


def test_participants_beside_each_row_follow_the_order_of_the_arms() -> None:
    tab = table(
        [
            ["", "Number Group A/ Group B", "Group A M (SD)", "Group B M (SD)"],
            ["VAS", "182/186", "66.30 (19.64)", "72.32 (16.81)"],
        ]
    )
    assert [(f.arm, f.n, f.n_locator) for f in read(tab)] == [
        ("Group A", "182", "table/T1:r1c1:0-3"),
        ("Group B", "186", "table/T1:r1c1:4-7"),
    ]


def test_baseline_tables_are_week_zero_whatever_recall_period_a_label_names() -> None:
    tab = table(
        [["", "Group A", "Group B"], ["Headache 4 weeks, mean ± SD", "67.6 ± 16.1", "70.9 ± 20.2"]],
        caption="Baseline characteristics",
    )
    assert {(f.weeks, f.phase) for f in read(tab)} == {(0.0, "baseline")}


def test_slashes_and_dashes_are_empty_cells() -> None:
    found = read(
        table(
            [["", "Group A", "Group B"], ["VAS, mean ± SD", "/", "–"], ["ODI, mean ± SD", "3.1 ± 1.0", "—"]]
        )
    )
    assert [(f.outcome, f.value) for f in found] == [("ODI", "3.1")]


def test_one_arm_studies_have_one_arm() -> None:
    tab = table([["", "Baseline", "2 weeks"], ["NRS, mean ± SD", "5.27 ± 0.45", "1.85 ± 0.37"]])
    assert [(f.arm, f.weeks, f.value) for f in read(tab, ONE)] == [("all", 0.0, "5.27"), ("all", 2.0, "1.85")]


def test_responder_columns_are_outcomes_and_not_arms() -> None:
    tab = table(
        [
            ["", "Responders", "Non-responders"],
            ["Group A", "12 (60%)", "8 (40%)"],
            ["Group B", "10 (50%)", "10 (50%)"],
        ]
    )
    assert [(f.arm, f.outcome, f.value) for f in read(tab)] == [
        ("Group A", "Responders", "12"),
        ("Group A", "Non-responders", "8"),
        ("Group B", "Responders", "10"),
        ("Group B", "Non-responders", "10"),
    ]


_CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "Group A",
            "Group B",
            "(n = 20)",
            "VAS",
            "P value",
            "7.7 ± 1.3",
            "7.7 (1.3)",
            "12 (34%)",
            "4 (3-6)",
            "-1.2 (-2.0 to -0.4)",
            "95% CI",
            "SD",
            "Mean",
            "Baseline",
            "4 weeks",
            "n (%)",
            "Difference",
            "17/50",
            "4.41.7",
            "<0.001",
            "/",
            "–",
            "",
            "Total",
            "2.1 to 3.4",
            "182/186",
            "OR",
            "Change",
            "1,5 ± 0,3",
        ]
    ),
)


@given(
    st.lists(st.lists(_CELLS, min_size=1, max_size=6), min_size=1, max_size=9),
    st.sampled_from(["", "Baseline characteristics", "Pain at 4 weeks, mean (SD)"]),
    st.integers(0, 4),
    st.sampled_from([TWO, ONE, DocumentArms()]),
    st.booleans(),
)
@settings(max_examples=250, deadline=None)
def test_any_table_is_read_without_a_crash_and_every_number_stands_at_its_place(
    rows: list[list[str]], caption: str, header_rows: int, arms: DocumentArms, comma: bool
) -> None:
    tab = table(rows, caption=caption, header_rows=min(header_rows, len(rows)))
    record = Record("pmc:PMC1", "pmc", tables=(tab,))
    for found in read_table_results(record, tab, arms, decimal_comma=comma):
        assert verified(record, found, decimal_comma=comma) is not None
        assert quote_at(record, found.locator) == found.quote
        assert 0 <= found.confidence <= 1
        assert found.value in {n.text for n in find_numbers(found.quote, decimal_comma=comma)}


def test_real_tables_never_crash_and_hold_every_number(real_data: Path) -> None:
    from sonospine.sources import records_of

    locked = set((real_data / "gold" / "locked.txt").read_text(encoding="utf-8").split())
    files = [p for p in sorted((real_data / "jats-pain").glob("*.nxml")) if p.stem not in locked][:30]
    read_rows = 0
    for path in files:
        for record in records_of(path):
            for tab in record.tables:
                for found in read_table_results(record, tab, DocumentArms(), decimal_comma=False):
                    read_rows += 1
                    assert verified(record, found) is not None
    assert read_rows > 300
