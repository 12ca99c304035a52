"""What the configuration allows to work out, and what stays out without it."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from effect_cases import (
    AFTER,
    BEFORE,
    FL,
    TWO_ARMS,
    US,
    between,
    config,
    effects,
    functions,
    pooled,
    reasons,
    row,
)
from pydantic import ValidationError

from sonospine.config.settings import Config
from sonospine.model.table_io import Row


def allowing(*conversions: str, **analysis: Any) -> Config:
    return config(assumptions={"conversions": list(conversions)}, **analysis)


def test_by_default_an_sd_is_worked_out_of_a_standard_error_or_an_interval_alone() -> None:
    assert config().assumptions.conversions == ("se", "ci")
    se = {**AFTER, "spread": "se", "spread_value": "0.1"}
    assert pooled(effects(config(), BEFORE, se))
    assert reasons(effects(allowing("ci"), BEFORE, se)) == [
        "only a standard error is printed, from which this review works out no SD"
    ]
    ci = {**AFTER, "spread": "ci", "spread_value": "", "lower": "1.7", "upper": "2.0"}
    assert "a confidence interval" in reasons(effects(allowing("se"), BEFORE, ci))[0]


def test_an_unknown_conversion_is_refused() -> None:
    with pytest.raises(ValidationError, match="quartiles"):
        allowing("quartile")


# ---- medians ---------------------------------------------------------------------------------------------------

MEDIAN = {**AFTER, "centre": "median", "spread": "iqr", "spread_value": "", "lower": "1.5", "upper": "2.3",
          "value": "1.9"}  # fmt: skip


def test_a_median_with_its_quartiles_becomes_a_mean_and_an_sd_in_a_step() -> None:
    one = pooled(effects(allowing("quartiles"), BEFORE, MEDIAN))
    w = 0.7 + 0.39 / 26
    assert float(one["m1i"]) == pytest.approx(w * 1.9 + (1 - w) * 1.9)
    assert float(one["sd1i"]) == pytest.approx(0.8 / (2 * 0.637484161))  # qnorm(19.375 / 26.25) in R
    assert "mean_sd_from_quartiles" in one["flags"]
    step = next(s for s in json.loads(one["derivation"]) if s["function"] == "mean_sd_from_quartiles")
    assert step["values"] == {"q1": 1.5, "median": 1.9, "q3": 2.3, "n": 26}
    assert "Luo 2018" in step["formula"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"lower": "1.8", "upper": "4.5"}, "the sample is skewed by the test of Shi et al. (2023)"),
        ({"lower": "", "upper": "", "spread_value": "0.8"}, "printed without both quartiles"),
        ({"n": "4"}, "fewer than five people"),
        ({"value": "2.9"}, "not in order"),
    ],
)
def test_a_median_is_not_converted_where_it_tells_no_mean(changes: dict[str, str], reason: str) -> None:
    assert reason in reasons(effects(allowing("quartiles"), BEFORE, {**MEDIAN, **changes}))[0]


def test_without_the_conversion_a_median_stays_a_median() -> None:
    assert "reported as a median" in reasons(effects(allowing("range", "se"), BEFORE, MEDIAN))[0]


RANGE = {**MEDIAN, "spread": "range", "lower": "0.9", "upper": "2.9"}


def test_a_range_is_converted_but_never_the_full_range_of_a_registry() -> None:
    one = pooled(effects(allowing("range"), BEFORE, RANGE))
    assert "mean_sd_from_range" in functions(one)
    registry = effects(allowing("range"), BEFORE, {**RANGE, "source": "registry"})
    assert reasons(registry) == ["a median with the full range of a registry is not converted"]


def test_quartiles_and_ends_of_one_result_are_used_together() -> None:
    other = {**RANGE, "measurement_id": "m8", "preferred": "false", "source": "text"}
    one = pooled(effects(allowing("quartiles", "range"), BEFORE, MEDIAN, other))
    step = next(s for s in json.loads(one["derivation"]) if s["function"] == "mean_sd_from_five")
    assert step["values"] == {"low": 0.9, "q1": 1.5, "median": 1.9, "q3": 2.3, "high": 2.9, "n": 26}
    assert "m8" in one["measurement_ids"].split(";")


@pytest.mark.parametrize("centre", ["ls_mean", "geometric_mean", "single"])
def test_no_conversion_makes_another_centre_a_mean(centre: str) -> None:
    everything = allowing("se", "ci", "t", "p", "quartiles", "range", "change_sd")
    made = effects(everything, BEFORE, {**AFTER, "centre": centre, "spread": "se", "spread_value": "0.1"})
    assert len(reasons(made)) == 1


# ---- t and p ---------------------------------------------------------------------------------------------------


def change(value: str = "-2.4", **more: str) -> Row:
    return row("m1", value, change="true", **more)


def test_the_paired_t_or_p_of_a_change_gives_its_sd() -> None:
    by_t = pooled(effects(allowing("t"), change(p_value="t(25) = -6.0")))
    assert float(by_t["vi"]) == pytest.approx((2.4 / 6) ** 2)
    by_p = pooled(effects(allowing("p"), change(p_value="0.04")))
    assert float(by_p["vi"]) == pytest.approx((2.4 / 2.166586634) ** 2, rel=1e-5)  # qt(0.98, 25) in R
    assert ("sd_from_t" in by_t["flags"], "sd_from_p" in by_p["flags"]) == (True, True)
    assert functions(by_p) == ["read", "sd_from_p", "MC"]


@pytest.mark.parametrize("p_value", ["<0.001", "0.000", "1.0", "NS", ""])
def test_a_bound_and_a_p_of_zero_or_one_give_no_sd(p_value: str) -> None:
    assert reasons(effects(allowing("p", "t"), change(p_value=p_value))) == [
        "no SD, SE or confidence interval is printed"
    ]


def test_a_p_that_two_arms_share_is_not_taken_for_that_of_the_change() -> None:
    rows = [change(arm="a1", p_value="0.04"), {**change(arm="a2", p_value="0.04"), "measurement_id": "m2"}]
    made = effects(allowing("p", intervention={"guidance": ["us"]}), *rows, arms=TWO_ARMS)
    assert "may be that of the comparison" in reasons(made)[0]


def test_the_p_that_both_arms_print_gives_their_pooled_sd() -> None:
    rows = [{**r, "spread": "none", "spread_value": "", "p_value": "0.02"} for r in (US, FL)]
    settings = between(assumptions={"conversions": ["p"]})
    one = pooled(effects(settings, *rows, arms=TWO_ARMS))
    assert float(one["vi"]) == pytest.approx((1 / 2.394801219) ** 2, rel=1e-5)  # qt(0.99, 56) in R
    assert "pooled_sd_from_p" in one["flags"]
    assert one["sd1i"] == one["sd2i"] != ""
    own = [{**rows[0], "p_value": "0.03"}, rows[1]]
    assert reasons(effects(settings, *own, arms=TWO_ARMS)) == ["no SD, SE or confidence interval is printed"]


# ---- changes and their correlation -----------------------------------------------------------------------------


def test_a_change_without_a_spread_takes_its_sd_from_baseline_and_follow_up() -> None:
    rows = [BEFORE, {**AFTER, "weeks": "4", "time": "4 weeks"},
            {**change("-3.42"), "measurement_id": "c1", "result_id": "qc1"}]  # fmt: skip
    settings = allowing("change_sd", change_values="prefer_change")
    one = pooled(effects(settings, *rows))
    assert one["change"] == "true"
    assert float(one["vi"]) == pytest.approx((0.37**2 + 0.45**2 - 0.37 * 0.45) / 26, rel=1e-9)
    assert set(one["measurement_ids"].split(";")) == {"m0", "m1", "c1"}
    assert ("change_sd" in one["flags"], one["ri"]) == (True, "0.5")


GAINS = (
    row("b1", "6.0", "1.1", "0", arm="a1", n="30"), row("b2", "6.2", "1.0", "0", arm="a2", n="28"), US, FL
)  # fmt: skip


def test_changes_of_two_arms_are_worked_out_where_the_analysis_prefers_them() -> None:
    settings = between(change_values="change_only", assumptions={"conversions": ["change_sd"]})
    made = effects(settings, *GAINS, arms=TWO_ARMS)
    one = pooled(made)
    assert float(one["yi"]) == pytest.approx((2.0 - 6.0) - (3.0 - 6.2))
    first, second = 1 + 1.21 - 1.1, 1.44 + 1 - 1.2
    assert float(one["vi"]) == pytest.approx(first / 30 + second / 28, rel=1e-9)
    assert "change_computed" in one["flags"]
    assert reasons(made) == ["values at follow-up are not used in this analysis, only change scores"]


def test_a_study_that_prints_all_three_sds_tells_its_correlation() -> None:
    follow = {**AFTER, "weeks": "4", "time": "4 weeks"}
    rows = [BEFORE, follow, {**change("-3.42", spread="sd", spread_value="0.3"), "measurement_id": "c1"}]
    assumed = pooled(effects(config(), *rows))
    told = pooled(effects(config(assumptions={"correlation_from_study": True}), *rows))
    r = (0.45**2 + 0.37**2 - 0.3**2) / (2 * 0.45 * 0.37)
    assert (assumed["ri"], float(told["ri"])) == ("0.5", pytest.approx(r))
    assert float(told["vi"]) == pytest.approx(0.3**2 / 26)
    assert "correlation_from_study" in told["flags"]
    assert functions(told) == ["read", "read", "correlation", "MC"]
    rows[2]["spread_value"] = "1.3"
    impossible = pooled(effects(config(assumptions={"correlation_from_study": True}), *rows))
    assert (impossible["ri"], "correlation_impossible" in impossible["flags"]) == ("0.5", True)


def test_the_correlation_of_another_arm_stands_in_and_is_flagged() -> None:
    changed = row("c2", "-3.2", "0.9", arm="a2", n="28", change="true")
    settings = config(assumptions={"correlation_from_study": True}, intervention={"guidance": ["us"]})
    one = pooled(effects(settings, *GAINS, changed, arms=TWO_ARMS))
    r = (1.0 + 1.44 - 0.81) / (2 * 1.2)
    assert float(one["ri"]) == pytest.approx(r)
    assert "correlation_from_other_arm" in one["flags"]
    assert float(one["vi"]) == pytest.approx((1 + 1.21 - 2 * r * 1.1) / 30, rel=1e-9)
    assert math.isclose(float(one["yi"]), -4.0)
