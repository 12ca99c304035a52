"""Influence, leaving one out and cumulative pools are those of metafor, and of the single fits."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonospine.model.table_io import Row, check_rows
from sonospine.model.tables import CUMULATIVE, CURATION, INFLUENCE, LEAVE_ONE_OUT
from sonospine.robustness.cumulative import cumulative
from sonospine.robustness.fitting import Point, fit_sets, points
from sonospine.robustness.influence import FIGURES, influence, influence_of
from sonospine.robustness.judgements import overall_risk
from sonospine.robustness.leave_one_out import leave_one_out
from sonospine.synthesis.pooling import Choice, pool
from sonospine.synthesis.random_effects import between_study_variance, mean_effect

from .conftest import any_effects, effect_rows

REFERENCE = json.loads(
    (Path(__file__).parents[1] / "reference" / "influence.json").read_text(encoding="utf-8")
)
INTERVALS = {"adhoc": "hksj-conservative", "knha": "hksj", "z": "wald"}
CASES = [pytest.param(c, id=f"{c['set']}-{c['estimator']}-{c['test']}") for c in REFERENCE["cases"]]
choices = st.builds(Choice, st.sampled_from(["REML", "DL", "PM"]), st.sampled_from([*INTERVALS.values()]))
few = settings(max_examples=12, deadline=None)


def close(value: float) -> Any:
    return pytest.approx(value, rel=1e-6, abs=1e-9)


def effects_of(case: Any) -> tuple[Point, ...]:
    data = REFERENCE["sets"][case["set"]]
    return tuple(Point(y, v) for y, v in zip(data["yi"], data["vi"], strict=True))


def choice_of(case: Any) -> Choice:
    return Choice(case["estimator"], INTERVALS[case["test"]])


@pytest.mark.parametrize("case", CASES)
def test_every_figure_of_influence_is_that_of_metafor(case: Any) -> None:
    found = influence_of(effects_of(case), choice_of(case))
    for name in FIGURES:
        assert list(getattr(found, name)) == [close(value) for value in case["influence"][name]], name
    assert found.influential.tolist() == case["influence"]["influential"]


@pytest.mark.parametrize("case", CASES)
def test_pools_without_one_effect_and_cumulative_pools_are_those_of_metafor(case: Any) -> None:
    data = effects_of(case)
    without = fit_sets([data[:i] + data[i + 1 :] for i in range(len(data))], choice_of(case), by_rule=False)
    growing = fit_sets([data[: i + 1] for i in range(1, len(data))], choice_of(case), by_rule=False)
    for fits, theirs in ((without, case["leave_one_out"]), (growing, case["cumulative"][1:])):
        for fit, one in zip(fits, theirs, strict=True):
            figures = (fit.estimate, fit.ci_lower, fit.ci_upper, fit.tau2)
            assert figures == tuple(close(one[n]) for n in ("estimate", "ci_lower", "ci_upper", "tau2"))


@few
@given(any_effects(least=4), choices)
def test_leaving_one_out_is_the_single_fit_without_it(data: Any, choice: Choice) -> None:
    rows = leave_one_out({"one": effect_rows(*data)}, choice)
    check_rows(rows, LEAVE_ONE_OUT, "leave_one_out")
    for index, row in enumerate(rows):
        yi, vi = ([*one[:index], *one[index + 1 :]] for one in data)
        mean = mean_effect(yi, vi, between_study_variance(yi, vi, choice.estimator), ci=choice.ci)
        assert (row["effect_id"], row["k"]) == (f"e{index}", str(len(yi)))
        assert float(row["estimate"]) == close(mean.estimate)
        assert float(row["ci_lower"]) == pytest.approx(mean.ci_lower, rel=1e-6, abs=1e-7)


@few
@given(any_effects(least=2), choices)
def test_the_last_step_of_a_cumulative_pool_is_the_pool_and_the_first_the_study(
    data: Any, choice: Choice
) -> None:
    years = [str(2000 + (7 * i) % 11) for i in range(len(data[0]))]
    effects = effect_rows(*data, year=years)
    rows = [r for r in cumulative({"one": effects}, choice) if r["order"] == "year"]
    check_rows(rows, CUMULATIVE, "cumulative")
    assert [int(r["by"]) for r in rows] == sorted(map(int, years))
    assert (rows[0]["ci_method"], rows[0]["flags"]) == ("study", "not_pooled")
    whole = next(r for r in pool(effects, choice).pooled if r["variant"] == "primary")
    for name in ("estimate", "ci_lower", "ci_upper", "tau2"):
        assert float(rows[-1][name]) == pytest.approx(float(whole[name]), rel=1e-6, abs=1e-7), name


def test_two_effects_that_are_left_get_the_conservative_interval_and_a_flag() -> None:
    rows = leave_one_out({"one": effect_rows([0.1, 0.4, 0.9], [0.1, 0.2, 0.1])}, Choice(ci="wald"))
    assert {(r["ci_method"], r["flags"]) for r in rows} == {("hksj-conservative", "not_interpretable")}


@pytest.mark.parametrize("k", [0, 1, 2])
def test_too_few_effects_are_a_reason_and_no_error(k: int) -> None:
    pools = {"one": effect_rows([0.1] * k, [0.2] * k)}
    for rows, table in (
        (leave_one_out(pools, Choice()), LEAVE_ONE_OUT),
        (influence(pools, Choice()), INFLUENCE),
    ):
        check_rows(rows, table, table.name)
        assert len(rows) == 1
        assert f"at least 3 effects, and there are {k}" in rows[0]["refused"]
    assert all(
        bool(r["refused"]) == (k < 2 or r["order"] != "year" or not r["k"])
        for r in cumulative(pools, Choice())
    )


def test_what_takes_as_many_fits_as_effects_is_refused_for_thousands() -> None:
    pools = {"one": effect_rows([0.1] * 2001, [0.2] * 2001, year=["2001"] * 2001)}
    said = [*leave_one_out(pools, Choice()), *influence(pools, Choice()), *cumulative(pools, Choice())]
    assert len(said) == 5
    assert all(
        "2000" in row["refused"] or "recorded" in row["refused"] or "2001" in row["refused"] for row in said
    )


def test_effects_that_are_all_the_same_have_no_figure_where_there_is_nothing_to_divide_by() -> None:
    rows = influence({"one": effect_rows([0.5] * 4, [0.2] * 4)}, Choice(ci="hksj"))
    check_rows(rows, INFLUENCE, "influence")
    assert {(r["cooks_d"], r["hat"], r["influential"]) for r in rows} == {("", "0.25", "false")}


def test_a_year_that_is_missing_is_named_with_its_study() -> None:
    effects = effect_rows([0.1, 0.2, 0.3], [0.1, 0.1, 0.1], year=["2001", "", "2003"])
    (row,) = [r for r in cumulative({"one": effects}, Choice()) if r["order"] == "year"]
    assert row["refused"] == "no year is known for 1 of 3 effects (Study 01)"


def test_the_most_certain_effect_comes_first_and_a_verified_row_is_certain() -> None:
    effects = effect_rows([0.1, 0.2, 0.3], [0.1] * 3, measurement_ids=["a;b", "c", "d"])
    measurements = {
        name: {"state": state, "confidence": confidence}
        for name, state, confidence in (
            ("a", "unread", "0.99"), ("b", "unread", "0.4"), ("c", "confirmed", "0.1"), ("d", "unread", "0.8"),
        )
    }  # fmt: skip
    rows = cumulative({"one": effects}, Choice(), measurements=measurements)
    assert [(r["effect_id"], r["by"]) for r in rows if r["order"] == "confidence"] == [
        ("e1", "1"), ("e2", "0.8"), ("e0", "0.4"),
    ]  # fmt: skip


def risk(number: int, curator: str, target: str, value: str, **cells: str) -> Row:
    said = {"action": "set", "target_type": "study", "target_id": target, "field": "overall"}
    return CURATION.row(action_id=str(number), curator=curator, new_value=value, **{**said, **cells})


def test_the_least_biased_study_comes_first_and_of_two_curators_the_worse_judgement_holds() -> None:
    actions = [risk(1, "ann", "s0", "high"), risk(2, "ann", "s1", "low"), risk(3, "bob", "s1", "some_concerns"),
               risk(4, "ann", "s2", "Low"), risk(5, "ann", "s3", "no information")]  # fmt: skip
    judged = overall_risk(actions)
    assert judged == {"s0": "high", "s1": "some concerns", "s2": "low"}
    rows = cumulative({"one": effect_rows([0.1, 0.2, 0.3], [0.1] * 3)}, Choice(), risk_of_bias=judged)
    assert [r["effect_id"] for r in rows if r["order"] == "risk_of_bias"] == ["e2", "e1", "e0"]
    assert "s0" not in overall_risk([*actions, risk(9, "ann", "", "", action="undo", refers_to="1")])
    decided = risk(9, "cyd", "", "low", action="adjudicate", refers_to="3", field="")
    assert overall_risk([*actions, decided])["s1"] == "low"


def test_a_judgement_of_one_result_outweighs_that_of_the_study() -> None:
    effects = effect_rows([0.1, 0.2, 0.3], [0.1] * 3)
    judged = overall_risk(
        [risk(number, "ann", f"s{number}", "some concerns") for number in range(3)]
        + [risk(4, "ann", f"s2/{effects[0]['analysis']}", "low"), risk(5, "ann", "s0/another", "low")]
    )
    rows = cumulative({"one": effects}, Choice(), risk_of_bias=judged)
    assert [r["effect_id"] for r in rows if r["order"] == "risk_of_bias"] == ["e2", "e0", "e1"]


def test_a_study_alone_has_its_own_printed_interval() -> None:
    (row,) = effect_rows([0.5], [0.04], ci_lower=["0.2"], ci_upper=["0.9"])
    (fit,) = fit_sets([points([row])], Choice())
    assert (fit.ci_lower, fit.ci_upper, fit.ci_method) == (0.2, 0.9, "study")
    assert math.isnan(fit.tau2)
