"""Rows are complete, verified and identified; the five documents come out as they must."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonospine.extraction import assembly
from sonospine.extraction.assembly import Extraction, extract_records
from sonospine.extraction.reading import Alternative, Reading
from sonospine.extraction.verification import verified
from sonospine.model.places import quote_at
from sonospine.model.record import Cell, Figure, Passage, Record, Table
from sonospine.model.table_io import Row, check_rows
from sonospine.model.tables import ALTERNATIVES, MACHINE_ARMS, MEASUREMENTS, UNREAD
from sonospine.sources import records_of

METHODS = "Group A (n = 30) received heat. Group B (n = 31) received cold."
RESULTS = "The VAS (0-10) at 4 weeks was 2.3 ± 1.1 in group A and 3.4 ± 1.2 in group B."


def reading(**fields: object) -> Reading:
    start = RESULTS.index("2.3")
    base = Reading(
        "abstract", f"abstract/RESULTS:{start}-{start + 9}", "2.3 ± 1.1", start, "mean", "2.3", "test", 0.9
    )
    return dataclasses.replace(base, spread="sd", spread_value="1.1", **fields)  # type: ignore[arg-type]


def test_rows_of_all_four_tables_fit_their_schemas(record_of, vocabulary):
    figure = Figure("figure/F1", "Fig. 1", "Mean VAS over time in both groups")
    made = extract_records([record_of(RESULTS, METHODS, figures=(figure,))], vocabulary)
    assert len(made.measurements) == 2
    check_rows(made.measurements, MEASUREMENTS, "m")
    check_rows(made.alternatives, ALTERNATIVES, "a")
    check_rows(made.arms, MACHINE_ARMS, "arms")
    check_rows(made.unread, UNREAD, "u")


def test_the_vocabulary_names_instrument_and_scale(record_of, vocabulary):
    (first, _) = extract_records([record_of(RESULTS, METHODS)], vocabulary).measurements
    assert (first["instrument"], first["construct"], first["scale_max"]) == ("vas", "pain", "10")


def test_a_number_that_does_not_stand_at_its_place_drops_the_row(record_of):
    record = record_of(RESULTS, METHODS)
    assert verified(record, reading()) is not None
    assert verified(record, reading(value="2.4")) is None
    assert verified(record, reading(lower="1.7")) is None
    assert verified(record, reading(locator="abstract/RESULTS:0-9")) is None
    assert verified(record, reading(locator="body/s9p9:0-9")) is None
    assert verified(record, reading(n="30", n_locator="abstract/METHODS:0-5")) is None


def test_an_n_without_a_place_is_left_out(record_of):
    found = verified(record_of(RESULTS, METHODS), reading(n="30"))
    assert found is not None
    assert found.n == ""


def ids(monkeypatch: pytest.MonkeyPatch, record: Record, vocabulary, *proposed: Reading) -> list[str]:
    monkeypatch.setattr(assembly, "readers", lambda: (("test", lambda _record, _context: list(proposed)),))
    return [row["measurement_id"] for row in extract_records([record], vocabulary).measurements]


def test_retyping_statistic_arm_time_or_outcome_leaves_the_id(record_of, vocabulary, monkeypatch):
    record = record_of(RESULTS, METHODS)
    before = ids(monkeypatch, record, vocabulary, reading())
    retyped = reading(arm="Group B", weeks=9.0, time="9 weeks", outcome="ODI", change=True, centre="median")
    retyped = dataclasses.replace(retyped, spread="se")
    assert ids(monkeypatch, record, vocabulary, retyped) == before


def test_no_two_rows_of_one_number_share_an_id(record_of, vocabulary, monkeypatch):
    record = record_of(RESULTS, METHODS)
    found = ids(monkeypatch, record, vocabulary, reading(), reading(centre="median"), reading(arm="Group B"))
    assert len(set(found)) == 3


def test_alternatives_are_ranked_and_sum_to_one_at_most(record_of, vocabulary, monkeypatch):
    offered = (
        Alternative("spread", "se", 0.3),
        Alternative("spread", "ci", 0.9),
        Alternative("arm", "Group B", 0.2),
    )
    monkeypatch.setattr(
        assembly, "readers", lambda: (("test", lambda _r, _c: [reading(alternatives=offered)]),)
    )
    rows = extract_records([record_of(RESULTS, METHODS)], vocabulary).alternatives
    assert [(r["field"], r["rank"], r["value"]) for r in rows] == [
        ("arm", "1", "Group B"),
        ("spread", "1", "ci"),
        ("spread", "2", "se"),
    ]
    assert sum(float(r["probability"]) for r in rows if r["field"] == "spread") <= 1.0


def test_bounds_printed_in_descending_order_are_turned_and_flagged(vocabulary, monkeypatch):
    text = "The VAS fell by 3.4 (95% CI -1.0, -5.8)."
    record = Record("file:x", "file", passages=(Passage("abstract/RESULTS", text, (), "results"),))
    at = text.index("3.4")
    found = Reading(
        "abstract", f"abstract/RESULTS:{at}-{len(text) - 1}", "", at, "mean", "3.4", "test", 0.9, spread="ci", lower="-1.0", upper="-5.8"
    )  # fmt: skip
    monkeypatch.setattr(assembly, "readers", lambda: (("test", lambda _r, _c: [found]),))
    (row,) = extract_records([record], vocabulary).measurements
    assert (row["lower"], row["upper"], row["flags"]) == ("-5.8", "-1.0", "bounds_descending")


def test_figures_and_image_tables_that_hold_results_are_listed_as_unread(record_of, vocabulary):
    figures = (
        Figure("figure/F1", "Fig. 1", "Flow diagram"),
        Figure("figure/F2", "Fig. 2", "Pain scores over time"),
    )
    record = record_of(
        RESULTS, METHODS, figures=figures, tables=(Table("table/T1", "Table 1", "Outcomes", image=True),)
    )
    assert [row["locator"] for row in extract_records([record], vocabulary).unread] == [
        "figure/F2",
        "table/T1",
    ]


def test_a_review_has_no_results_of_its_own(record_of, vocabulary):
    record = record_of(RESULTS, METHODS, "A systematic review and meta-analysis of blocks")
    assert extract_records([record], vocabulary).measurements == []


def test_two_runs_give_the_same_rows(record_of, vocabulary):
    record = record_of(RESULTS, METHODS)
    assert extract_records([record], vocabulary) == extract_records([record], vocabulary)


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="0123456789.,±()-–%/=<> nNpaVAS\n", max_size=120))
def test_no_text_crashes_and_every_number_stands_at_its_place(vocabulary, text):
    clean = " ".join(text.split())
    record = Record("file:x", "file", passages=(Passage("abstract/RESULTS", clean, (), "results"),))
    for row in extract_records([record], vocabulary).measurements:
        assert quote_at(record, row["locator"]) == row["quote"]


def _values(made: Extraction, instrument: str, source: str) -> list[tuple[str, str, str, str, str]]:
    picked = [
        r
        for r in made.measurements
        if r["instrument"] == instrument and (r["source"] == "table") == (source == "table")
    ]
    picked = [r for r in picked if r["weeks"] or r["phase"]]
    return sorted(
        {(r["weeks"], r["value"], r["spread_value"], r["arm"], r["n"]) for r in picked},
        key=lambda t: float(t[0]),
    )


def _pilot(made: Extraction) -> None:
    table, text = _values(made, "nrs", "table"), _values(made, "nrs", "text")
    assert table == [
        ("0", "5.27", "0.45", "all", "26"),
        ("1", "2.42", "0.50", "all", "26"),
        ("2", "1.85", "0.37", "all", "26"),
        ("12", "2.31", "0.37", "all", "26"),
    ]
    assert [t[:3] for t in text] == [
        ("0", "5.27", "0.45"),
        ("1", "2.42", "0.50"),
        ("2", "1.85", "0.73"),
        ("12", "2.31", "0.47"),
    ]
    assert [t[:3] for t in _values(made, "odi", "table")] == [("0", "71.12", "2.50"), ("12", "34.81", "4.92")]
    motion = [r for r in made.measurements if r["construct"] == "range_of_motion" and r["source"] == "table"]
    assert {r["value"] for r in motion} == {"20.92", "46.04", "45.19", "44.31"}
    assert {r["arm"] for r in made.measurements} == {"all"}
    (arm,) = made.arms
    assert (arm["n_randomised"], "ultrasound" in arm["guidance"]) == ("26", True)


def _case(made: Extraction) -> None:
    scores = [r for r in made.measurements if r["instrument"] == "odi"]
    assert sorted((r["centre"], r["value"], r["scale_max"], r["total"], r["phase"]) for r in scores) == [
        ("single", "10", "50", "", "follow_up"),
        ("single", "17", "50", "", "baseline"),
    ]
    assert next(r["weeks"] for r in scores if r["value"] == "10") == "13.035"
    assert not [
        r for r in made.measurements if r["value"] in {"4", "5"} or r["centre"] in {"percent", "count"}
    ]


def _only(folder: Path, pattern: str) -> list[Record]:
    (path,) = sorted(folder.glob(pattern))
    return records_of(path)


def test_the_condensed_pilot_study_comes_out_with_its_conflicts(project, vocabulary):
    _pilot(extract_records(_only(project / "config/corpus/documents", "seed-000*.md"), vocabulary))


def test_the_condensed_case_report_gives_two_scores_of_one_patient(project, vocabulary):
    _case(extract_records(_only(project / "config/corpus/documents", "seed-004*.md"), vocabulary))


def test_the_real_pilot_study_comes_out_with_its_conflicts(real_seeds, vocabulary):
    _pilot(extract_records(_only(real_seeds, "000_*.txt"), vocabulary))


def test_the_real_case_report_gives_two_scores_of_one_patient(real_seeds, vocabulary):
    _case(extract_records(_only(real_seeds, "004_*.txt"), vocabulary))


@pytest.mark.parametrize("number", ["001", "002", "003"])
def test_news_and_notices_give_no_pain_score(real_seeds, vocabulary, number):
    made = extract_records(_only(real_seeds, f"{number}_*.txt"), vocabulary)
    assert [r for r in made.measurements if r["construct"] in {"pain", "disability"}] == []


def test_the_corpus_gives_rows_that_stand_where_they_say(project, vocabulary):
    rows: list[Row] = []
    for path in sorted((project / "config/corpus/jats").glob("*.xml"))[:8]:
        for record in records_of(path, demonstration=True):
            made = extract_records([record], vocabulary).measurements
            rows += made
            for row in made:
                assert quote_at(record, row["locator"]) == row["quote"]
    assert len({r["measurement_id"] for r in rows}) == len(rows) > 40
    check_rows(rows, MEASUREMENTS, "corpus")


def test_a_value_outside_the_scale_is_not_of_that_instrument(record_of, vocabulary):
    record = record_of(
        "The NRS (0-10) was 7.2±2.5 before. The NRS (0-10) came to 46.9±13.4 on average.",
        title="A single-arm study",
    )
    found = {r["value"]: r for r in extract_records([record], vocabulary).measurements}
    assert found["7.2"]["instrument"] == "nrs"
    assert found["46.9"]["instrument"] == ""


def test_a_negative_mean_of_a_scale_without_negative_scores_is_a_change(record_of, vocabulary):
    record = record_of("The NRS (0-10) was -2.2±1.5 at 4 weeks.", title="A single-arm study")
    (row,) = extract_records([record], vocabulary).measurements
    assert row["change"] == "true"
    assert "change_from_sign" in row["flags"]


def test_a_single_word_that_no_instrument_explains_has_the_caption_behind_it(record_of, vocabulary):
    def cells(r: int, *texts: str) -> tuple[Cell, ...]:
        return tuple(Cell(text, r == 0, r, c) for c, text in enumerate(texts))

    grid = (
        cells(0, "", "Group A", "Group B"),
        cells(1, "Suppleness", "35.5 ± 5.9", "26.8 ± 5.5"),
        cells(2, "VAS pain", "3.5 ± 1.9", "2.8 ± 1.5"),
    )
    table = Table("table/T1", "Table 1", "Fitness of the body after the course", grid, (), False, 1)
    made = extract_records([record_of("", METHODS, tables=(table,))], vocabulary)
    assert {m["outcome"] for m in made.measurements} == {
        "Suppleness (Fitness of the body after the course)",
        "VAS pain",
    }
