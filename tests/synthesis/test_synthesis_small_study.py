"""Tests of small-study effects against metafor 3.8 (tests/reference/small_study.R), and what must hold.

Tolerances are those of test_synthesis_metafor.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonospine.synthesis.random_effects import between_study_variance, mean_effect
from sonospine.synthesis.refusal import RefusalError
from sonospine.synthesis.regression import Coefficient
from sonospine.synthesis.small_study import (
    begg,
    contour_multiples,
    egger,
    egger_random,
    peese,
    pet,
    pet_peese,
    smd_safe_error,
    trim_and_fill,
)

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "small_study.json").read_text("utf-8"))
CASES = [pytest.param(case, id=case["name"]) for case in REFERENCE["cases"]]
ESTIMATORS = ("REML", "ML", "DL", "HE", "PM")
FIGURES = ("estimate", "se", "statistic", "p_value", "ci_lower", "ci_upper")


def near(value: float, relative: float = 1e-6) -> Any:
    return pytest.approx(value, rel=relative, abs=1e-9)


def figures(coefficient: Coefficient) -> dict[str, float]:
    return {name: getattr(coefficient, name) for name in FIGURES}


@pytest.mark.parametrize("case", CASES)
def test_eggers_regression_and_peese_are_those_of_metafor_and_lm(case: dict[str, Any]) -> None:
    for name, found in {
        "egger": egger(case["yi"], case["vi"]),
        "peese": peese(case["yi"], case["vi"]),
    }.items():
        for part in ("slope", "limit"):
            assert figures(getattr(found, part)) == {n: near(v) for n, v in case[name][part].items()}
    assert pet(case["yi"], case["vi"]) == egger(case["yi"], case["vi"])


@pytest.mark.parametrize("case", [case for case in CASES if case.values[0].get("n1")])
def test_the_form_for_standardised_differences_regresses_on_the_part_without_the_effect(
    case: dict[str, Any],
) -> None:
    predictor = [smd_safe_error(n1, n2) for n1, n2 in zip(case["n1"], case["n2"], strict=True)]
    found = egger(case["yi"], case["vi"], predictor=predictor)
    for part in ("slope", "limit"):
        assert figures(getattr(found, part)) == {n: near(v) for n, v in case["smd_safe"][part].items()}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_the_random_effects_form_is_that_of_metafor(case: dict[str, Any], estimator: str) -> None:
    expected = case["random"][estimator]
    found = egger_random(case["yi"], case["vi"], estimator=estimator)
    assert {
        "statistic": found.slope.statistic,
        "p_value": found.slope.p_value,
        "slope": found.slope.estimate,
        "limit": found.limit.estimate,
        "ci_lower": found.limit.ci_lower,
        "ci_upper": found.limit.ci_upper,
    } == {name: near(value) for name, value in expected.items()}


@pytest.mark.parametrize("case", CASES)
def test_beggs_rank_test_is_that_of_metafor(case: dict[str, Any]) -> None:
    found = begg(case["yi"], case["vi"])
    assert (found.tau, found.p_value) == (near(case["begg"]["tau"]), near(case["begg"]["p_value"]))


def test_the_rank_test_is_seen_with_and_without_ties() -> None:
    assert {begg(case["yi"], case["vi"]).exact for case in REFERENCE["cases"]} == {True, False}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("k0", ["L0", "R0"])
@pytest.mark.parametrize("side", ["rule", "left", "right"])
def test_trim_and_fill_is_that_of_metafor(case: dict[str, Any], estimator: str, k0: str, side: str) -> None:
    expected = case["trim_and_fill"].get(f"{estimator} {k0} {side}")
    wanted = None if side == "rule" else side
    if not expected:
        with pytest.raises(RefusalError, match="does not settle"):
            trim_and_fill(case["yi"], case["vi"], k0=k0, side=wanted, estimator=estimator)
        return
    found = trim_and_fill(case["yi"], case["vi"], k0=k0, side=wanted, estimator=estimator)
    assert (found.side, found.missing, found.p_missing) == (
        expected["side"],
        expected["missing"],
        expected.get("p_missing"),
    )
    # Where the variance of L0 comes out below zero metafor has NaN, and 0 is written here.
    error = expected["se_missing"]
    assert found.se_missing == (0 if error in (None, "NaN") else near(error))
    mean = {name: getattr(found.mean, name) for name in ("estimate", "se", "ci_lower", "ci_upper")}
    assert mean == {name: near(expected[name]) for name in mean}
    assert found.tau2 == near(expected["tau2"], 1e-5)
    assert list(found.yi) == [near(y) for y in expected["yi"] or []]
    assert list(found.vi) == [near(v) for v in expected["vi"] or []]


def test_both_sides_and_none_missing_are_seen() -> None:
    seen = {
        (fill["side"], fill["missing"] > 0)
        for case in REFERENCE["cases"]
        for name, fill in case["trim_and_fill"].items()
        if name.endswith("rule") and fill
    }
    assert seen == {("left", True), ("right", True), ("left", False), ("right", False)}


def test_peese_is_read_where_pet_finds_an_effect() -> None:
    seen = set()
    for case in REFERENCE["cases"]:
        found = pet_peese(case["yi"], case["vi"])
        seen.add(found.chosen)
        expected = case["peese" if found.pet_p_one_sided < 0.05 else "egger"]["limit"]
        assert found.estimate.estimate == near(expected["estimate"])
        assert found.chosen == ("peese" if found.pet_p_one_sided < 0.05 else "pet")
    assert seen == {"pet", "peese"}


def test_pet_counts_only_an_effect_in_the_direction_of_the_mean() -> None:
    yi = [-0.5, -0.45, -0.55, -0.2, 0.2, 0.5, 0.9, 1.6, 2.2, 3.1]
    vi = [0.011, 0.01, 0.012, 0.02, 0.01, 0.012, 0.011, 0.03, 0.05, 0.08]
    found = pet_peese(yi, vi)
    assert found.estimate.estimate < 0 < sum(y / v for y, v in zip(yi, vi, strict=True))
    assert (found.chosen, found.pet_p_one_sided > 0.5) == ("pet", True)


@pytest.mark.parametrize("test", [egger, egger_random, begg, trim_and_fill, pet, peese, pet_peese])
def test_below_ten_effects_none_is_run(test: Any) -> None:
    with pytest.raises(RefusalError, match="k = 9 is below 10"):
        test([0.1 * i for i in range(9)], [0.1 + i for i in range(9)])


@pytest.mark.parametrize("test", [egger, egger_random, begg, trim_and_fill, peese])
def test_studies_of_one_size_say_nothing_of_small_ones(test: Any) -> None:
    with pytest.raises(RefusalError, match="one size"):
        test([0.1 * i for i in range(12)], [0.2] * 12)


@pytest.mark.parametrize("wrong", [{"k0": "Q0"}, {"side": "up"}])
def test_an_unknown_name_lists_the_allowed(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="allowed: L0, R0 and left, right"):
        trim_and_fill([0.1 * i for i in range(12)], [0.1 + i for i in range(12)], **wrong)


def test_contours_stand_at_the_normal_quantiles() -> None:
    assert contour_multiples() == (
        (0.90, near(1.6448536269514722)),
        (0.95, near(1.959963984540054)),
        (0.99, near(2.5758293035489004)),
    )


samples = st.lists(
    st.tuples(st.floats(-3, 3).map(lambda x: round(x, 3)), st.floats(0.01, 2).map(lambda x: round(x, 3))),
    min_size=10,
    max_size=20,
    unique_by=(lambda row: row[0], lambda row: row[1]),
)


@given(samples)
@settings(deadline=None, max_examples=30)
def test_a_mirrored_funnel_is_as_asymmetric_to_the_other_side(rows: list[tuple[float, float]]) -> None:
    yi, vi = [y for y, _ in rows], [v for _, v in rows]
    turned = [-y for y in yi]
    one, other = egger(yi, vi), egger(turned, vi)
    assert other.slope.estimate == pytest.approx(-one.slope.estimate, rel=1e-9, abs=1e-12)
    assert other.slope.p_value == pytest.approx(one.slope.p_value, rel=1e-9)
    assert begg(turned, vi).tau == pytest.approx(-begg(yi, vi).tau)
    for k0 in ("L0", "R0"):
        try:
            left = trim_and_fill(yi, vi, k0=k0, side="left", estimator="DL")
        except RefusalError:
            with pytest.raises(RefusalError):
                trim_and_fill(turned, vi, k0=k0, side="right", estimator="DL")
            continue
        right = trim_and_fill(turned, vi, k0=k0, side="right", estimator="DL")
        assert right.missing == left.missing
        assert right.mean.estimate == pytest.approx(-left.mean.estimate, abs=1e-9)


@given(samples)
@settings(deadline=None, max_examples=20)
def test_with_none_missing_the_pool_stays(rows: list[tuple[float, float]]) -> None:
    yi, vi = [y for y, _ in rows], [v for _, v in rows]
    try:
        found = trim_and_fill(yi, vi, estimator="DL")
    except RefusalError:
        return
    if found.missing == 0:
        plain = mean_effect(yi, vi, between_study_variance(yi, vi, "DL"))
        assert found.mean == plain
    assert len(found.yi) == len(found.vi) == found.missing


def test_beside_one_study_that_outweighs_all_others_ranks_say_nothing() -> None:
    with pytest.raises(RefusalError, match="outweighs"):
        begg([0.1 * i for i in range(12)], [1e-18, *(0.1 + 0.1 * i for i in range(11))])
