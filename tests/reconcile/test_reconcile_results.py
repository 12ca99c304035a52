"""Which rows are one result, which stands for it, and what stays in conflict."""

from __future__ import annotations

import itertools
import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonospine.model.table_io import Row
from sonospine.model.tables import ARMS, CORRECTED, STUDIES
from sonospine.reconcile import Reconciled, reconcile
from sonospine.reconcile.plausibility import largest_sd, percent_can_be, possible_totals, smallest_sd
from sonospine.reconcile.printed import agree, interval

ARMS_ROWS = [
    ARMS.row(arm_id=f"a{i}", study_id="s1", label=f"arm {i}", n_randomised="30", record_id="r")
    for i in (1, 2)
]
STUDY = [STUDIES.row(study_id="s1", label="One 2020", n_randomised="60")]


def row(name: str, value: str, sd: str = "", *, source: str = "table", **more: str) -> Row:
    values = {
        "measurement_id": name, "record_id": "file:one", "study_id": "s1", "arm_id": "a1", "arm": "arm 1",
        "state": "unread", "source": source, "locator": f"{source}/{name}", "quote": value, "outcome": "Pain",
        "instrument": "nrs", "construct": "pain", "scale_min": "0", "scale_max": "10", "n": "26", "weeks": "12",
        "phase": "follow_up", "time": "12 weeks", "change": "false", "centre": "mean", "value": value,
        "spread": "sd" if sd else "none", "spread_value": sd, "adjusted": "false", "rule": "t", "confidence": "0.9",
    }  # fmt: skip
    return CORRECTED.row(**{**values, **more})


def run(*rows: Row) -> Reconciled:
    return reconcile(rows, ARMS_ROWS, STUDY, whole_numbers={"nrs"})


def preferred(result: Reconciled) -> list[str]:
    return sorted(r["measurement_id"] for r in result.measurements if r["preferred"] == "true")


def flags(result: Reconciled, name: str) -> list[str]:
    return next(r["flags"].split(";") for r in result.measurements if r["measurement_id"] == name)


def test_the_table_stands_for_a_result_printed_in_three_places_that_agree() -> None:
    result = run(
        row("m1", "2.4", "0.9", source="abstract"),
        row("m2", "2.42", "0.90"),
        row("m3", "2.42", source="text"),
    )
    assert len({r["result_id"] for r in result.measurements}) == 1
    assert preferred(result) == ["m2"]
    assert result.conflicts == []


def test_registry_comes_before_table_before_text_before_abstract() -> None:
    for better, worse in itertools.pairwise(("registry", "table", "text", "abstract")):
        assert preferred(
            run(row("m1", "2.4", "0.9", source=worse), row("m2", "2.4", "0.9", source=better))
        ) == ["m2"]


def test_a_persons_row_comes_first_and_a_rejected_one_never() -> None:
    result = run(row("m1", "2.4", "0.9"), row("m2", "2.9", "0.9", source="abstract", state="corrected"))
    assert preferred(result) == ["m2"]
    assert result.conflicts[0]["reason"] == "a curator corrected it"
    assert "conflict" not in flags(result, "m2")
    assert preferred(run(row("m1", "2.4", state="rejected"))) == []
    assert preferred(run(row("x1", "2.4", state="disputed"))) == []


def test_an_impossible_sd_of_whole_number_scores_is_ruled_out_and_the_text_is_taken() -> None:
    result = run(row("m1", "2.31", "0.37"), row("m2", "2.31", "0.47", source="text"))
    assert preferred(result) == ["m2"]
    (conflict,) = result.conflicts
    assert (conflict["kind"], conflict["chosen"]) == ("spread", "m2")
    assert "0.47" in conflict["check"]
    assert "rules out" in conflict["reason"]
    assert "ruled_out:sd_below_minimum" in flags(result, "m1")
    assert "conflict" not in flags(result, "m2")


def test_a_possible_sd_stays_in_open_conflict_with_the_table_in_front() -> None:
    result = run(row("m1", "1.85", "0.37"), row("m2", "1.85", "0.73", source="text"))
    assert preferred(result) == ["m1"]
    assert result.conflicts[0]["check"].startswith("no check rules a value out")
    assert "conflict" in flags(result, "m1")
    assert "conflict" in flags(result, "m2")


def test_scores_that_need_not_be_whole_are_not_held_against_the_smallest_sd() -> None:
    result = reconcile([row("m1", "2.31", "0.37")], ARMS_ROWS, STUDY, whole_numbers=())
    assert flags(result, "m1") == [""]


def test_a_row_without_a_spread_gives_way_to_one_that_prints_the_same_value_with_it() -> None:
    assert preferred(run(row("m1", "2.4"), row("m2", "2.4", "0.9", source="text"))) == ["m2"]
    assert preferred(run(row("m1", "2.4"), row("m2", "2.9", "0.9", source="text"))) == ["m1"]


def test_rows_of_other_times_arms_or_statistics_are_other_results() -> None:
    result = run(row("m1", "2.4"), row("m2", "2.4", weeks="4"), row("m3", "2.4", arm_id="a2"),
                 row("m4", "2.4", centre="median"), row("m5", "2.4", change="true"))  # fmt: skip
    assert len({r["result_id"] for r in result.measurements}) == 5


def test_the_same_value_in_millimetres_agrees() -> None:
    result = run(row("m1", "2.4", "0.9"), row("m2", "24", "9", source="text", scale_max="100"))
    assert result.conflicts == []


def test_an_sd_and_an_se_that_fit_agree_and_the_same_figure_called_both_does_not() -> None:
    assert run(row("m1", "2.4", "1.02"), row("m2", "2.4", "0.20", source="text", spread="se")).conflicts == []
    result = run(row("m1", "2.4", "0.9"), row("m2", "2.4", "0.9", source="text", spread="se"))
    assert [c["kind"] for c in result.conflicts] == ["spread"]


def test_a_count_and_a_percent_that_cannot_both_be_right_are_a_conflict() -> None:
    count = {"centre": "count", "instrument": "success", "total": "18", "n": ""}
    right = run(row("m1", "16", **count), row("m2", "88.9", source="text", **{**count, "centre": "percent"}))
    wrong = run(row("m1", "16", **count), row("m2", "80", source="text", **{**count, "centre": "percent"}))
    assert right.conflicts == []
    assert [c["kind"] for c in wrong.conflicts] == ["count"]


def test_a_much_smaller_sd_than_the_other_arms_is_suspected_and_not_changed() -> None:
    result = run(
        row("m1", "2.5", "0.174", n="28"), row("m2", "2.6", "0.78", arm_id="a2", arm="arm 2", n="30")
    )
    assert "sd_may_be_se" in flags(result, "m1")
    assert flags(result, "m2") == [""]
    assert next(r for r in result.measurements if r["measurement_id"] == "m1")["spread_value"] == "0.174"
    assert [c["kind"] for c in result.conflicts] == ["check"]


def test_a_doubt_that_holds_at_two_places_is_said_once() -> None:
    finely = {"instrument": "vas", "n": "28"}
    small = row("m1", "2.5", "0.174", **finely), row("m3", "2.5", "0.174", source="abstract", **finely)
    other = row("m2", "2.6", "0.78", arm_id="a2", arm="arm 2", instrument="vas", n="30")
    (conflict,) = run(*small, other).conflicts
    assert conflict["check"].startswith("table and abstract: SD 0.174 in arm 1 against 0.78 in arm 2")
    assert conflict["check"].count("0.174") == 1


def test_a_spread_that_a_person_vouched_for_is_not_suspected_any_more() -> None:
    finely = {"instrument": "vas"}
    other = row("m2", "2.6", "0.78", arm_id="a2", arm="arm 2", n="30", **finely)
    vouched = row("m1", "2.5", "0.174", n="28", state="confirmed", flags="vouched:spread", **finely)
    n_alone = row("m1", "2.5", "0.174", n="28", state="confirmed", **finely)
    assert "sd_may_be_se" not in flags(run(vouched, other), "m1")
    assert run(vouched, other).conflicts == []
    assert "sd_may_be_se" in flags(run(n_alone, other), "m1")


@pytest.mark.parametrize(
    ("changes", "flag"),
    [
        ({"value": "45", "spread_value": "9"}, "ruled_out:value_out_of_scale"),
        ({"value": "5.0", "spread_value": "6.0"}, "ruled_out:sd_above_maximum"),
        ({"n": "40"}, "n_above_randomised"),
        ({"spread": "ci", "spread_value": "", "lower": "2.6", "upper": "3.1"}, "ruled_out:interval_without_estimate"),
        ({"centre": "count", "value": "9", "total": "8", "spread": "none"}, "ruled_out:count_above_total"),
        ({"centre": "percent", "value": "33.0", "total": "8", "spread": "none"}, "percent_impossible_for_n"),
        ({"value": "2.33"}, "mean_impossible_for_n"),
    ],
)  # fmt: skip
def test_a_check_flags_what_cannot_be(changes: dict[str, str], flag: str) -> None:
    assert flag in flags(run({**row("m1", "2.4", "1.5"), **changes}), "m1")


def test_where_every_row_is_ruled_out_none_is_chosen_for_pooling() -> None:
    result = run(row("m1", "2.31", "0.37"))
    assert result.conflicts[0]["chosen"] == ""
    assert preferred(result) == ["m1"]


def test_a_time_that_only_the_abstract_names_is_a_conflict_of_the_study() -> None:
    result = run(row("m1", "2.4"), row("m2", "", centre="none", source="abstract", weeks="4", time="T1"),
                 row("m3", "", centre="none", source="abstract"))  # fmt: skip
    (conflict,) = [c for c in result.conflicts if c["kind"] == "time"]
    assert conflict["result_id"] == ""
    assert conflict["check"] == "abstract alone: 4 weeks; elsewhere: 12 weeks"


def test_times_that_disagree_are_told_as_reported_or_in_units_that_can_be_read() -> None:
    table = [
        row("m1", "2.4", weeks="0.2857142857", time="48 h"),
        row("m2", "2.4", weeks="0.1428571429", time="T2"),
        row("m3", "2.4", weeks="13.035", time="3 months"),
    ]
    result = run(*table, row("m4", "", centre="none", source="abstract", weeks="52.14", time="one year"))
    (conflict,) = [c for c in result.conflicts if c["kind"] == "time"]
    assert conflict["check"] == "abstract alone: 52 weeks; elsewhere: 24 hours, 48 h, 3 months"


def test_the_pilot_study_numbers_have_the_published_smallest_sds() -> None:
    # Seed study, n = 26: totals 60 and 48 are the only ones printed as 2.31 and 1.85.
    assert list(possible_totals(*interval("2.31"), 26)) == [60]
    assert smallest_sd(*interval("2.31"), 26) == pytest.approx(math.sqrt(8 * 18 / (26 * 25)))
    assert f"{smallest_sd(*interval('2.31'), 26):.2f}" == "0.47"
    assert f"{smallest_sd(*interval('1.85'), 26):.2f}" == "0.37"


def test_the_grim_example_of_the_authors_is_impossible() -> None:
    # Brown & Heathers 2017: a mean of 5.19 from 28 whole-number scores cannot be (145/28 = 5.18, 146/28 = 5.21).
    assert list(possible_totals(*interval("5.19"), 28)) == []
    assert list(possible_totals(*interval("5.18"), 28)) == [145]


@given(st.lists(st.integers(0, 10), min_size=2, max_size=40))
def test_no_real_scores_have_a_smaller_or_larger_sd_than_the_bounds(scores: list[int]) -> None:
    mean, sd, n = statistics.fmean(scores), statistics.stdev(scores), len(scores)
    printed = f"{mean:.2f}"
    smallest = smallest_sd(*interval(printed), n)
    assert smallest is not None
    assert smallest <= sd + 1e-9
    assert sd <= largest_sd(mean, 0, 10, n) + 1e-9


@given(st.integers(2, 40), st.integers(0, 400))
def test_the_smallest_sd_is_reached_by_the_closest_scores(n: int, total: int) -> None:
    low, extra = divmod(total, n)
    closest = [low + 1] * extra + [low] * (n - extra)
    assert smallest_sd(total / n, total / n, n) == pytest.approx(statistics.stdev(closest), abs=1e-9)


@given(st.decimals(0, 100, places=3), st.integers(0, 3), st.integers(0, 3))
def test_a_number_agrees_with_each_rounding_of_itself(value, one: int, other: int) -> None:
    a, b = f"{value:.{one}f}", f"{value:.{other}f}"
    # Rounding a rounded number can land one unit off only on the edge, where both readings count.
    assert agree(a, b)
    assert agree(b, a)


def test_numbers_that_differ_beyond_rounding_disagree() -> None:
    assert agree("2.4", "2.42")
    assert not agree("2.4", "2.5")
    assert not agree("2.4", "2.46")
    assert agree("56", "5.6", 10.0)


def test_a_percentage_is_matched_with_its_count() -> None:
    assert percent_can_be(*interval("95.8"), 230, 240)
    assert not percent_can_be(*interval("95.8"), 229, 240)


@given(st.permutations(list(range(5))))
def test_the_order_of_rows_does_not_matter(order: list[int]) -> None:
    rows = [row("m1", "2.4", "0.9"), row("m2", "2.5", "0.9", source="text"), row("m3", "2.4", source="abstract"),
            row("m4", "1.0", "0.5", weeks="4"), row("m5", "1.0", "0.5", weeks="4", source="registry")]  # fmt: skip
    assert run(*[rows[i] for i in order]) == run(*rows)


def test_a_passage_that_seems_to_contradict_itself_gives_way_to_the_table() -> None:
    text = {"source": "text", "locator": "body/s1p1:5-9"}
    unclear = [
        row("m1", "6.3", "1.0", **text),
        row("m2", "2.4", "1.0", **{**text, "locator": "body/s1p1:30-34"}),
    ]
    result = run(*unclear, row("m3", "2.4", "1.0"))
    assert preferred(result) == ["m3"]
    assert "ambiguous_place" in flags(result, "m1")
    assert flags(result, "m3") == [""]
    alone = run(*unclear)
    assert alone.conflicts[0]["chosen"] == ""
    assert "cannot tell apart" in alone.conflicts[0]["reason"]


def test_a_person_can_clear_an_ambiguous_passage() -> None:
    text = {"source": "text", "locator": "body/s1p1:5-9"}
    rows = [row("m1", "6.3", "1.0", **text), row("m2", "2.4", "1.0", **text)]
    assert "ambiguous_place" not in flags(run({**rows[0], "state": "rejected"}, rows[1]), "m2")
    assert "ambiguous_place" not in flags(run({**rows[0], "state": "confirmed"}, rows[1]), "m1")


def test_single_scores_of_several_patients_are_several_results() -> None:
    result = run(*[row(f"m{i}", v, centre="single", n="") for i, v in enumerate(("8.3", "4.9"))])
    assert len({r["result_id"] for r in result.measurements}) == 2
    assert result.conflicts == []
