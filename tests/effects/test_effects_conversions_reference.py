"""Conversions get back the SD that R made a test or an interval from (tests/reference/effect_sizes.R)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sonospine.effects.conversions import (
    combined,
    pooled_sd_from_ci,
    pooled_sd_from_p,
    pooled_sd_from_t,
    sd_from_ci,
    sd_from_p,
    sd_from_se,
    sd_from_t,
    variance_from_ci,
    variance_from_p,
)
from sonospine.effects.measures import Group, standardised_mean_difference

PATH = Path(__file__).parents[1] / "reference" / "effect_sizes.json"
MADE: dict[str, list[dict[str, Any]]] = json.loads(PATH.read_text(encoding="utf-8"))["conversions"]
# p and the ends of an interval are written with 15 digits; a p of 1e-60 and a narrow interval lose a few of them.
CLOSE = {"rel": 1e-10}


@pytest.mark.parametrize("case", MADE["one_group"])
def test_the_sd_of_a_group_comes_back_from_its_se_interval_t_and_p(case: dict[str, Any]) -> None:
    mean, n = case["mean"], case["n"]
    assert sd_from_se(case["se"], n) == pytest.approx(case["sd"], **CLOSE)
    assert sd_from_ci(case["lower"], case["upper"], n, case["level"]) == pytest.approx(case["sd"], **CLOSE)
    assert sd_from_t(mean, case["t"], n) == pytest.approx(case["sd"], **CLOSE)
    assert sd_from_p(mean, case["p"], n) == pytest.approx(case["sd"], **CLOSE)


@pytest.mark.parametrize("case", MADE["two_groups"])
def test_the_sd_within_two_groups_comes_back_from_interval_t_and_p(case: dict[str, Any]) -> None:
    sizes = case["n1"], case["n2"]
    assert pooled_sd_from_t(case["difference"], case["t"], *sizes) == pytest.approx(case["sd"], **CLOSE)
    assert pooled_sd_from_p(case["difference"], case["p"], *sizes) == pytest.approx(case["sd"], **CLOSE)
    found = pooled_sd_from_ci(case["lower"], case["upper"], *sizes, case["level"])
    assert found == pytest.approx(case["sd"], **CLOSE)


@pytest.mark.parametrize("case", MADE["two_groups"])
def test_the_variance_of_a_difference_comes_back_from_p_and_interval(case: dict[str, Any]) -> None:
    n1, n2 = case["n1"], case["n2"]
    variance = case["sd"] ** 2 * (1 / n1 + 1 / n2)
    df = n1 + n2 - 2
    assert variance_from_p(case["difference"], case["p"], df) == pytest.approx(variance, **CLOSE)
    assert variance_from_p(case["difference"], case["p_normal"], None) == pytest.approx(variance, **CLOSE)
    found = variance_from_ci(case["lower"], case["upper"], case["level"], df if max(n1, n2) < 60 else None)
    assert found == pytest.approx(variance, **CLOSE)


@pytest.mark.parametrize("case", MADE["two_groups"])
def test_g_from_a_printed_t_is_that_of_escalc_with_ti(case: dict[str, Any]) -> None:
    sd = pooled_sd_from_t(case["difference"], case["t"], case["n1"], case["n2"])
    found = standardised_mean_difference(Group(case["n1"], case["difference"], sd), Group(case["n2"], 0, sd))
    assert found.yi == pytest.approx(case["yi"], **CLOSE)
    assert found.vi == pytest.approx(case["vi"], **CLOSE)


@pytest.mark.parametrize("case", MADE["raw_one"])
def test_a_paired_t_test_on_raw_changes_gives_back_their_sd(case: dict[str, Any]) -> None:
    assert sd_from_t(case["mean"], case["t"], case["n"]) == pytest.approx(case["sd"], **CLOSE)
    assert sd_from_p(case["mean"], case["p"], case["n"]) == pytest.approx(case["sd"], **CLOSE)
    assert sd_from_ci(case["lower"], case["upper"], case["n"]) == pytest.approx(case["sd"], **CLOSE)


@pytest.mark.parametrize("case", MADE["raw_two"])
def test_students_test_on_raw_numbers_gives_back_the_sd_within_groups(case: dict[str, Any]) -> None:
    sizes = case["n1"], case["n2"]
    assert pooled_sd_from_t(case["difference"], case["t"], *sizes) == pytest.approx(case["sd"], **CLOSE)
    assert pooled_sd_from_p(case["difference"], case["p"], *sizes) == pytest.approx(case["sd"], **CLOSE)
    assert pooled_sd_from_ci(case["lower"], case["upper"], *sizes) == pytest.approx(case["sd"], **CLOSE)
    whole = combined(
        [Group(case["n1"], case["mean1"], case["sd1"]), Group(case["n2"], case["mean2"], case["sd2"])]
    )
    assert whole.n == sum(sizes)
    assert whole.mean == pytest.approx(case["mean_together"], **CLOSE)
    assert whole.sd == pytest.approx(case["sd_together"], **CLOSE)
