"""Every measure of the configuration, from rows to an effect with its derivation."""

from __future__ import annotations

import json
import math

import pytest
from effect_cases import (
    AFTER,
    BEFORE,
    FL,
    ONE_ARM,
    THREE_ARMS,
    TWO_ARMS,
    US,
    between,
    config,
    counted,
    effects,
    functions,
    pooled,
    printed,
    reasons,
    row,
)
from pydantic import ValidationError

from sonospine.effects.measures import bias_correction

COUNTS = counted("m1", "27", "30", "a1"), counted("m2", "20", "28", "a2")


def ratio(measure: str, **more):
    return between(outcome="success", measure=measure, window=None, **more)


def proportion(**more):
    return config(outcome="success", measure="PLO", contrast="one_arm", window=None, **more)


def test_arms_make_a_standardised_mean_difference_with_the_variance_named() -> None:
    pooled_sd = math.sqrt((29 * 1.0 + 27 * 1.44) / 56)
    d, c = -1 / pooled_sd, bias_correction(56)
    one = pooled(effects(between(measure="SMD"), US, FL, arms=TWO_ARMS))
    assert float(one["yi"]) == pytest.approx(c * d, rel=1e-9)
    assert float(one["vi"]) == pytest.approx(1 / 30 + 1 / 28 + (c * d) ** 2 / 116, rel=1e-9)
    assert one["unit"] == "SD units"
    two = pooled(effects(between(measure="SMD", smd_variance="LS2"), US, FL, arms=TWO_ARMS))
    assert float(two["vi"]) == pytest.approx(c**2 * (1 / 30 + 1 / 28 + d**2 / 116), rel=1e-9)
    assert functions(one)[-1] == "SMD"
    assert "c(N − 2)² [" in json.loads(two["derivation"])[-1]["formula"]


def test_a_standardised_difference_needs_no_known_scale() -> None:
    rows = [{**r, "scale_max": ""} for r in (US, FL)]
    assert pooled(effects(between(measure="SMD"), *rows, arms=TWO_ARMS))["flags"] == "scale_not_known"


TIMED = {"construct": "procedure_time", "instrument": "procedure_time", "scale_min": "", "scale_max": "",
         "phase": "procedure", "weeks": "0", "unit": "min"}  # fmt: skip


def test_times_make_a_log_ratio_of_means() -> None:
    settings = between(outcome="time", window=None, measure="ROM")
    one = pooled(effects(settings, {**US, **TIMED}, {**FL, **TIMED}, arms=TWO_ARMS))
    assert float(one["yi"]) == pytest.approx(math.log(2 / 3))
    assert float(one["vi"]) == pytest.approx(1 / (30 * 4) + 1.44 / (28 * 9))


def test_a_ratio_of_means_needs_a_scale_from_zero_and_no_change_scores() -> None:
    one_to_five = [{**r, "scale_min": "1", "scale_max": "5"} for r in (US, FL)]
    made = effects(between(measure="ROM"), *one_to_five, arms=TWO_ARMS)
    assert reasons(made) == ["a ratio of means needs a scale that starts at 0 and is not turned"]
    changes = [{**r, "change": "true", "value": f"-{r['value']}"} for r in (US, FL)]
    assert "not made of change scores" in reasons(effects(between(measure="ROM"), *changes, arms=TWO_ARMS))[0]


def test_before_and_after_are_standardised_by_the_sd_of_the_change() -> None:
    sd = math.sqrt(0.37**2 + 0.45**2 - 0.37 * 0.45)
    one = pooled(effects(config(measure="SMCC"), BEFORE, AFTER))
    assert float(one["yi"]) == pytest.approx(bias_correction(25) * -3.42 / sd, rel=1e-9)
    assert float(one["vi"]) == pytest.approx(1 / 26 + float(one["yi"]) ** 2 / 52, rel=1e-8)
    assert functions(one) == ["read", "read", "change_sd", "SMCC"]
    change = pooled(effects(config(measure="SMCC"), row("m1", "-2.4", "1.3", change="true")))
    assert float(change["yi"]) == pytest.approx(bias_correction(25) * -2.4 / 1.3, rel=1e-9)


@pytest.mark.parametrize(
    ("measure", "yi", "vi"),
    [
        ("OR", math.log(27 * 8 / (3 * 20)), 1 / 27 + 1 / 3 + 1 / 20 + 1 / 8),
        ("RD", 27 / 30 - 20 / 28, 0.9 * 0.1 / 30 + (20 / 28) * (8 / 28) / 28),
    ],
)
def test_counts_make_an_odds_ratio_and_a_risk_difference(measure: str, yi: float, vi: float) -> None:
    one = pooled(effects(ratio(measure), *COUNTS, arms=TWO_ARMS))
    assert float(one["yi"]) == pytest.approx(yi)
    assert float(one["vi"]) == pytest.approx(vi)
    assert (one["ai"], one["n1i"], one["ci"], one["n2i"]) == ("27", "30", "20", "28")
    assert functions(one) == ["read", "read", measure]


def test_one_arm_makes_a_proportion_and_several_are_added_up() -> None:
    one = pooled(effects(proportion(), counted("m1", "20", "26", "a0"), arms=ONE_ARM))
    assert float(one["yi"]) == pytest.approx(math.log(20 / 6))
    assert float(one["vi"]) == pytest.approx(1 / 20 + 1 / 6)
    assert (one["arm_1"], one["arm_2"], one["n2i"], one["ci"]) == ("all", "", "", "")
    rows = [counted("m1", "27", "30", "a1"), counted("m3", "13", "20", "a3")]
    both = pooled(effects(proportion(intervention={"guidance": ["us"]}), *rows, arms=THREE_ARMS))
    assert (both["ai"], both["n1i"], both["arm_1"]) == ("40", "50", "US + US 2")


def test_a_measure_that_does_not_fit_the_contrast_is_refused_with_those_that_do() -> None:
    with pytest.raises(ValidationError, match="does not fit one_arm"):
        config(contrast="one_arm", measure="RR")
    with pytest.raises(ValidationError, match="a comparator belongs to between_arms"):
        config(contrast="one_arm", measure="PLO", comparator={})


# ---- comparisons as printed ------------------------------------------------------------------------------------


def test_a_printed_standardised_difference_is_taken_as_it_stands() -> None:
    given = printed(measure="SMD", value="-0.5", lower="-0.9", upper="-0.1")
    one = pooled(effects(between(measure="SMD"), given, arms=TWO_ARMS))
    assert (one["yi"], one["ci_lower"], one["unit"]) == ("-0.5", "-0.9", "SD units")
    assert float(one["vi"]) == pytest.approx((0.8 / (2 * 1.959964)) ** 2, rel=1e-6)


def test_a_printed_difference_is_standardised_by_the_sd_that_its_interval_tells() -> None:
    one = pooled(effects(between(measure="SMD"), printed(), arms=TWO_ARMS))
    sd = (1.2 / (2 * 2.003241)) / math.sqrt(1 / 30 + 1 / 28)
    assert float(one["yi"]) == pytest.approx(-bias_correction(56) / sd, rel=1e-5)
    assert functions(one) == ["read", "pooled_sd_from_ci", "SMD"]
    adjusted = effects(between(measure="SMD"), printed(adjusted="true"), arms=TWO_ARMS)
    assert reasons(adjusted) == ["an adjusted difference tells no SD within the arms"]


def given_count(measure: str, centre: str, value: str, lower: str, upper: str, **more: str):
    return printed(centre=centre, measure=measure, value=value, lower=lower, upper=upper, construct="placement",
                   instrument="first_pass", phase="procedure", **more)  # fmt: skip


def test_a_printed_odds_ratio_is_taken_on_the_log_scale_and_turned_where_it_has_to_be() -> None:
    turned = given_count("OR", "ratio", "2.0", "1.0", "4.0", arm_id="a2", comparator_arm_id="a1")
    one = pooled(effects(ratio("OR"), turned, arms=TWO_ARMS))
    assert float(one["yi"]) == pytest.approx(-math.log(2))
    assert float(one["ci_lower"]) == pytest.approx(-math.log(4))
    assert "printed as OR" in reasons(effects(ratio("RR"), turned, arms=TWO_ARMS))[0]


def test_a_risk_difference_in_percent_becomes_a_share() -> None:
    percent = given_count("RD", "difference", "18.6", "2.0", "35.2", unit="%")
    one = pooled(effects(ratio("RD"), percent, arms=TWO_ARMS))
    assert (one["yi"], one["ci_upper"]) == ("0.186", "0.352")
    share = given_count("RD", "difference", "0.186", "0.02", "0.352")
    assert pooled(effects(ratio("RD"), share, arms=TWO_ARMS))["yi"] == "0.186"


def test_the_p_of_a_printed_comparison_gives_its_variance_only_where_that_is_configured() -> None:
    bare = {"spread": "none", "lower": "", "upper": "", "p_value": "0.001"}
    refused = effects(between(), printed(**bare), arms=TWO_ARMS)
    assert reasons(refused) == ["the difference is printed without a confidence interval or SE"]
    settings = between(assumptions={"conversions": ["p"]})
    one = pooled(effects(settings, printed(**bare), arms=TWO_ARMS))
    assert float(one["vi"]) == pytest.approx((1 / 3.47291614) ** 2, rel=1e-5)  # qt(0.9995, 56) in R
    assert "variance_from_p" in one["flags"]
    bound = effects(settings, printed(**{**bare, "p_value": "<0.001"}), arms=TWO_ARMS)
    assert reasons(bound) == ["the difference is printed without a confidence interval or SE"]
    odds = given_count("OR", "ratio", "2.0", "", "", spread="none", p_value="0.05")
    told = pooled(effects(ratio("OR", assumptions={"conversions": ["p"]}), odds, arms=TWO_ARMS))
    assert float(told["vi"]) == pytest.approx((math.log(2) / 1.959964) ** 2, rel=1e-6)
