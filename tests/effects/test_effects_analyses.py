"""What enters a pool, what does not, and the words that say why."""

from __future__ import annotations

import json
import math

import pytest
from effect_cases import (
    AFTER,
    BEFORE,
    DECIDED,
    FL,
    ONE_ARM,
    RATIO,
    STUDIES_ROWS,
    THREE_ARMS,
    TWO_ARMS,
    US,
    between,
    config,
    conflict,
    counted,
    effects,
    pooled,
    printed,
    reasons,
    row,
)

from sonospine.model.tables import DECISIONS


def test_before_and_after_make_a_mean_change_with_every_step_shown() -> None:
    one = pooled(effects(config(), BEFORE, AFTER))
    assert float(one["yi"]) == pytest.approx(-3.42)
    assert float(one["vi"]) == pytest.approx((0.37**2 + 0.45**2 - 0.37 * 0.45) / 26, rel=1e-9)
    assert (one["m1i"], one["m2i"], one["n1i"], one["n2i"], one["ri"]) == ("1.85", "5.27", "26", "26", "0.5")
    assert one["arm_1"] == one["arm_2"] == "all"
    steps = json.loads(one["derivation"])
    assert [s["function"] for s in steps] == ["read", "read", "MC"]
    assert {s["inputs"][0] for s in steps[:2]} == {"m0", "m1"}
    assert sorted(steps[2]["inputs"]) == [1, 2]
    assert steps[2]["result"]["yi"] == pytest.approx(-3.42)
    assert one["verified"] == "false"


def test_an_effect_is_verified_when_a_person_vouched_for_every_row() -> None:
    rows = [{**r, "state": state} for r, state in ((BEFORE, "confirmed"), (AFTER, "agreed"))]
    assert pooled(effects(config(), *rows))["verified"] == "true"
    assert pooled(effects(config(), rows[0], AFTER))["verified"] == "false"


@pytest.mark.parametrize(
    ("state", "verified"),
    [("confirmed", True), ("agreed", True), ("adjudicated", True), ("corrected", True), ("added", True),
     ("unread", False), ("disputed", False), ("stale", False)],
)  # fmt: skip
def test_verified_follows_the_one_rule_of_the_states(state: str, verified: bool) -> None:
    made = effects(config(), {**BEFORE, "state": state}, {**AFTER, "state": state})
    assert (pooled(made)["verified"] == "true") == verified


def test_a_suspected_standard_error_is_not_pooled_until_a_person_decides() -> None:
    made = effects(config(), BEFORE, {**AFTER, "flags": "sd_may_be_se"})
    assert reasons(made) == ["the SDs look like standard errors: several times smaller than in the other arm"]
    assert pooled(effects(config(), BEFORE, {**AFTER, "state": "confirmed"}))["yi"]


def test_figures_that_were_not_converted_keep_their_printed_digits() -> None:
    one = pooled(effects(config(), row("m0", "5.0", "0.50", "0"), row("m1", "2.50", "1.0")))
    assert (one["m1i"], one["sd1i"], one["m2i"], one["sd2i"]) == ("2.50", "1.0", "5.0", "0.50")
    se = {"spread": "se", "scale_max": "100"}
    scaled = pooled(effects(config(), row("m0", "5.0", "0.50", "0"), row("m1", "25.0", "2.0", **se)))
    assert (scaled["m1i"], scaled["sd1i"]) == ("2.5", "1.019803903")
    error = pooled(effects(config(), row("m0", "5.0", "0.50", "0"), row("m1", "2.50", "0.20", spread="se")))
    assert (error["m1i"], error["sd1i"]) == ("2.50", "1.019803903")


def test_a_person_taken_off_n_changes_no_digit_and_combined_arms_have_derived_ones() -> None:
    fewer = pooled(effects(config(), row("m0", "5.0", "0.50", "0", n="26"), row("m1", "2.50", "1.0", n="24")))
    assert (fewer["n1i"], fewer["m1i"], fewer["m2i"], fewer["sd2i"]) == ("24", "2.50", "5.0", "0.50")
    rows = [row("m1", "2.0", "0.50", arm="a1", n="30"), row("m2", "3.0", "0.60", arm="a2", n="28"),
            row("m3", "2.0", "0.50", arm="a3", n="20")]  # fmt: skip
    made = pooled(effects(between(), *rows, arms=THREE_ARMS))
    assert (made["m1i"], made["m2i"], made["sd2i"]) == ("2", "3.0", "0.60")


def test_one_study_gives_one_effect_at_the_time_nearest_the_target_and_ties_go_to_the_later() -> None:
    rows = [row(f"m{w}", "2.0", "0.5", w) for w in ("2", "3", "5", "6")]
    made = effects(config(), BEFORE, *rows)
    assert pooled(made)["weeks"] == "5"
    assert len(made) == 4
    assert all("nearer to the target" in reason for reason in reasons(made))


def test_times_outside_the_window_are_no_candidates() -> None:
    assert effects(config(), BEFORE, row("m1", "2.0", "0.5", "1"), row("m2", "2.0", "0.5", "12")) == []


def test_a_nearer_time_that_cannot_be_pooled_is_passed_over_and_said() -> None:
    made = effects(config(), BEFORE, row("m1", "2.0", weeks="4"), row("m2", "2.5", "0.5", "2"))
    assert pooled(made)["weeks"] == "2"
    assert "nearer_time_not_usable" in pooled(made)["flags"]
    assert reasons(made) == ["no SD, SE or confidence interval is printed"]


def test_the_instrument_that_the_configuration_lists_first_is_used() -> None:
    vas = [{**r, "measurement_id": f"v{i}", "instrument": "vas"} for i, r in enumerate((BEFORE, AFTER))]
    made = effects(config(), BEFORE, AFTER, *vas)
    assert pooled(made)["instrument"] == "nrs"
    assert reasons(made) == ["another instrument of the same people is preferred (nrs)"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"centre": "median"}, "reported as a median, which is not pooled as a mean"),
        ({"centre": "ls_mean"}, "reported as a least-squares mean, which is not pooled as a raw mean"),
        ({"centre": "geometric_mean"}, "reported as a geometric mean, which is not pooled as a mean"),
        ({"spread": "iqr", "spread_value": "1"}, "the spread is an interquartile range, which is not pooled as an SD"),
        ({"spread": "range", "lower": "1", "upper": "4"}, "the spread is a range, which is not pooled as an SD"),
        ({"n": "1"}, "n = 1: a single patient is not pooled"),
        ({"spread_value": "0"}, "the printed spread is 0, which gives no variance"),
        ({"scale_max": ""}, "the scale of nrs is not known"),
        ({"population": "subgroup:women"}, "reported for a subgroup of the study only"),
        ({"flags": "ruled_out:sd_below_minimum"},
         "the printed SD is smaller than whole-number scores with this mean and n allow"),
    ],
)  # fmt: skip
def test_what_is_not_a_mean_with_an_sd_is_listed_with_its_reason(
    changes: dict[str, str], reason: str
) -> None:
    assert reason in reasons(effects(config(), BEFORE, {**AFTER, **changes}))[0]


def test_without_a_baseline_there_is_no_change() -> None:
    assert reasons(effects(config(), AFTER)) == ["no baseline value of the same arm and instrument"]


def test_a_design_or_condition_outside_the_analysis_is_listed_and_not_pooled() -> None:
    other = [{**STUDIES_ROWS[0], "design": "case_report", "condition": "limb"}]
    (one,) = effects(config(), BEFORE, AFTER, studies=other)
    assert one["included"] == "false"
    assert "the condition (limb) is not pooled" in one["exclusion_reason"]
    assert "the design (case report) is not pooled" in one["exclusion_reason"]


def test_a_study_that_screening_left_out_gives_no_candidates() -> None:
    out = [*DECIDED, DECISIONS.row(record_id="r1", stage="report", decision="exclude", by="rule")]
    assert effects(config(), BEFORE, AFTER, decisions=out) == []


def test_rejected_rows_are_not_used() -> None:
    assert effects(config(), BEFORE, {**AFTER, "state": "rejected"}) == []


def test_a_visual_scale_in_millimetres_comes_to_ten_points_in_a_step() -> None:
    rows = [
        row("m0", "52.7", "4.5", "0", scale_max="100", unit="mm"),
        row("m1", "18.5", "3.7", "2", scale_max="100"),
    ]
    one = pooled(effects(config(), *rows))
    plain = pooled(effects(config(), BEFORE, AFTER))
    assert float(one["yi"]) == pytest.approx(float(plain["yi"]))
    assert float(one["vi"]) == pytest.approx(float(plain["vi"]))
    assert "rescale" in [s["function"] for s in json.loads(one["derivation"])]


def test_disability_is_standardised_and_raw_points_of_fifty_are_doubled() -> None:
    rows = [row("m0", "35.56", "1.25", "0", instrument="odi", construct="disability", scale_max="50"),
            row("m1", "34.81", "4.92", "4", instrument="odi", construct="disability", scale_max="100")]  # fmt: skip
    one = pooled(effects(config(outcome="disability", measure="SMCR"), *rows))
    c = math.gamma(12.5) / (math.sqrt(12.5) * math.gamma(12))
    assert float(one["yi"]) == pytest.approx(c * (34.81 - 71.12) / 2.5)
    assert float(one["vi"]) == pytest.approx(1 / 26 + float(one["yi"]) ** 2 / 52)
    assert one["unit"] == "SD units"


def test_an_instrument_on_which_higher_is_better_is_turned() -> None:
    rows = [{**BEFORE, "value": "4.73"}, {**AFTER, "value": "8.15"}]
    one = pooled(effects(config(), *rows, directions={"nrs": "higher"}))
    assert float(one["yi"]) == pytest.approx(-3.42)


def test_a_standard_error_and_an_interval_become_sds_in_a_step() -> None:
    se = {**BEFORE, "spread": "se", "spread_value": "0.1"}
    ci = {**AFTER, "spread": "ci", "spread_value": "", "lower": "1.7", "upper": "2.0", "level": "95"}
    one = pooled(effects(config(), se, ci))
    assert float(one["sd2i"]) == pytest.approx(0.1 * math.sqrt(26))
    assert float(one["sd1i"]) == pytest.approx(math.sqrt(26) * 0.3 / (2 * 2.0595386), rel=1e-6)
    assert {"sd_from_se", "sd_from_ci"} <= {s["function"] for s in json.loads(one["derivation"])}


def test_a_printed_change_fills_yi_and_vi_only() -> None:
    one = pooled(effects(config(), row("m1", "-2.4", "1.3", change="true")))
    assert (one["yi"], one["m1i"], one["sd1i"], one["ri"]) == ("-2.4", "", "", "")
    assert float(one["vi"]) == pytest.approx(1.3**2 / 26)
    assert one["change"] == "true"


def test_a_change_without_a_sign_is_not_guessed() -> None:
    assert "without a sign" in reasons(effects(config(), row("m1", "2.4", "1.3", change="true")))[0]


def test_a_missing_n_comes_from_the_arm_and_is_flagged() -> None:
    one = pooled(effects(config(), {**BEFORE, "n": ""}, {**AFTER, "n": ""}))
    assert one["n1i"] == "26"
    assert "n_from_arm" in one["flags"]


def test_a_missing_n_comes_first_from_another_place_of_the_same_result() -> None:
    other = row("m9", "1.9", weeks="2", result_id="qm1", preferred="false", n="25", source="text")
    one = pooled(effects(config(), BEFORE, {**AFTER, "n": ""}, other))
    assert one["n1i"] == "25"
    assert "m9" in one["measurement_ids"]
    assert "n_differs_from_baseline" in one["flags"]


def test_an_open_conflict_gives_a_second_effect_with_the_other_value() -> None:
    other = row(
        "m2", "1.85", "0.73", "2", preferred="false", result_id="qm1", source="text", flags="conflict"
    )
    made = effects(config(), BEFORE, {**AFTER, "flags": "conflict"}, other, conflicts=conflict("m1", "m2"))
    assert (pooled(made)["sd1i"], pooled(made, "other_value")["sd1i"]) == ("0.37", "0.73")
    assert "conflict" in pooled(made)["flags"]
    assert pooled(made)["effect_id"] != pooled(made, "other_value")["effect_id"]


def test_a_value_that_a_check_rules_out_or_that_a_person_settled_gets_no_second_effect() -> None:
    other = row(
        "m2", "1.85", "0.2", "2", preferred="false", result_id="qm1", flags="ruled_out:sd_below_minimum"
    )
    assert len(effects(config(), BEFORE, AFTER, other, conflicts=conflict("m1", "m2"))) == 1
    settled = {**AFTER, "state": "adjudicated"}
    assert (
        len(effects(config(), BEFORE, settled, {**other, "flags": ""}, conflicts=conflict("m1", "m2"))) == 1
    )


def test_another_value_without_a_spread_borrows_the_one_of_the_chosen_row() -> None:
    other = row("m2", "2.5", "", "2", preferred="false", result_id="qm1")
    one = pooled(effects(config(), BEFORE, AFTER, other, conflicts=conflict("m1", "m2")), "other_value")
    assert (one["m1i"], one["sd1i"]) == ("2.5", "0.37")
    assert {"m1", "m2"} <= set(one["measurement_ids"].split(";"))


def test_two_arms_make_a_mean_difference_of_intervention_minus_comparator() -> None:
    one = pooled(effects(between(), US, FL, arms=TWO_ARMS))
    assert one["yi"] == "-1"
    assert float(one["vi"]) == pytest.approx(1 / 30 + 1.44 / 28)
    assert (one["arm_1"], one["arm_2"], one["guidance"]) == ("US", "FL", "us")


def test_final_values_are_preferred_to_change_scores() -> None:
    changes = [
        {**r, "measurement_id": f"c{i}", "change": "true", "value": "-2.0"} for i, r in enumerate((US, FL))
    ]
    made = effects(between(), US, FL, *changes, arms=TWO_ARMS)
    assert pooled(made)["change"] == "false"
    assert reasons(made) == ["the study's values at follow-up are preferred"]


def test_a_printed_difference_with_its_interval_is_taken_where_the_arms_are_not_printed() -> None:
    one = pooled(effects(between(), printed(), arms=TWO_ARMS))
    assert (one["yi"], one["ci_lower"], one["ci_upper"], one["m1i"]) == ("-1", "-1.6", "-0.4", "")
    assert float(one["vi"]) == pytest.approx((1.2 / (2 * 2.003241)) ** 2, rel=1e-5)


def test_a_printed_difference_the_other_way_round_is_turned() -> None:
    turned = printed(arm_id="a2", comparator_arm_id="a1", value="1.0", lower="0.4", upper="1.6")
    one = pooled(effects(between(), turned, arms=TWO_ARMS))
    assert (one["yi"], one["ci_lower"], one["ci_upper"]) == ("-1", "-1.6", "-0.4")


def test_a_difference_whose_direction_is_not_clear_is_not_pooled() -> None:
    made = effects(between(), printed(flags="direction_unclear"), arms=TWO_ARMS)
    assert reasons(made) == ["it is not clear which arm was subtracted from which"]


def test_a_standardised_difference_is_not_pooled_as_points() -> None:
    assert "printed as SMD" in reasons(effects(between(), printed(measure="SMD"), arms=TWO_ARMS))[0]


def test_two_arms_of_one_side_are_combined_and_the_pairs_are_listed() -> None:
    second = row("m3", "2.6", "0.8", arm="a3", n="20")
    made = effects(between(), US, FL, second, arms=THREE_ARMS)
    one = pooled(made)
    assert (one["n1i"], one["arm_1"], one["n2i"]) == ("50", "US + US 2", "28")
    assert float(one["m1i"]) == pytest.approx((30 * 2.0 + 20 * 2.6) / 50)
    assert "arms_combined" in one["flags"]
    assert reasons(made) == ["combined with the other arms of the study"] * 2


def test_the_same_people_in_both_arms_are_refused() -> None:
    both = [{**r, "n": "60"} for r in (US, FL)]
    assert "the same people are in both" in reasons(effects(between(), *both, arms=TWO_ARMS))[0]


def test_a_comparator_without_a_value_is_said_to_be_missing() -> None:
    assert "no value of the comparator" in reasons(effects(between(), US, arms=TWO_ARMS))[0]


def test_seconds_become_minutes() -> None:
    timed = {"construct": "procedure_time", "instrument": "procedure_time", "scale_min": "", "scale_max": "",
             "phase": "procedure", "weeks": "0"}  # fmt: skip
    rows = [{**US, **timed, "value": "300", "spread_value": "60", "unit": "s"},
            {**FL, **timed, "value": "7", "spread_value": "2", "unit": "min"}]  # fmt: skip
    settings = between(outcome="time", window=None)
    one = pooled(effects(settings, *rows, arms=TWO_ARMS))
    assert (one["yi"], one["m1i"], one["sd1i"], one["unit"]) == ("-2", "5", "1", "min")
    unknown = effects(settings, {**rows[0], "unit": ""}, rows[1], arms=TWO_ARMS)
    assert reasons(unknown) == ["the unit of time is not known"]


def test_counts_make_a_log_risk_ratio() -> None:
    one = pooled(
        effects(
            between(**RATIO), counted("m1", "27", "30", "a1"), counted("m2", "20", "28", "a2"), arms=TWO_ARMS
        )
    )
    assert float(one["yi"]) == pytest.approx(math.log((27 / 30) / (20 / 28)))
    assert (one["ai"], one["n1i"], one["ci"], one["n2i"]) == ("27", "30", "20", "28")


def test_a_percentage_becomes_a_count_only_when_one_count_fits() -> None:
    percent = {"centre": "percent"}
    rows = [counted("m1", "90.0", "", "a1", **percent), counted("m2", "71.4", "", "a2", **percent)]
    one = pooled(effects(between(**RATIO), *rows, arms=TWO_ARMS))
    assert (one["ai"], one["ci"]) == ("27", "20")
    rows[0]["value"] = "91.0"
    assert "no single whole number" in reasons(effects(between(**RATIO), *rows, arms=TWO_ARMS))[0]


def test_a_zero_cell_is_excluded_and_no_correction_is_made_up() -> None:
    rows = [counted("m1", "0", "30", "a1"), counted("m2", "3", "28", "a2")]
    assert "zero cell" in reasons(effects(between(**RATIO), *rows, arms=TWO_ARMS))[0]


def test_a_printed_risk_ratio_is_taken_on_the_log_scale() -> None:
    ratio = printed(centre="ratio", measure="RR", value="1.26", lower="1.02", upper="1.56", construct="placement",
                    instrument="first_pass", phase="procedure")  # fmt: skip
    one = pooled(effects(between(**RATIO), ratio, arms=TWO_ARMS))
    assert float(one["yi"]) == pytest.approx(math.log(1.26))
    assert float(one["ci_upper"]) == pytest.approx(math.log(1.56))


def test_the_whole_study_gives_way_to_its_arms_and_takes_the_guidance_of_the_study() -> None:
    settings = config(intervention={"guidance": ["us"]})
    assert pooled(effects(settings, BEFORE, AFTER))["arm_1"] == "all"
    rows = [BEFORE, AFTER, row("b1", "6.0", "1.0", "0", arm="a1"), row("b2", "3.0", "1.0", "4", arm="a1")]
    assert pooled(effects(settings, *rows, arms=[*ONE_ARM, *TWO_ARMS]))["arm_1"] == "US"


def test_the_order_of_rows_does_not_matter() -> None:
    second = row("m3", "2.6", "0.8", arm="a3", n="20")
    rows = [US, FL, second, printed()]
    assert effects(between(), *rows, arms=THREE_ARMS) == effects(
        between(), *rows[::-1], arms=THREE_ARMS[::-1]
    )


def test_an_abstract_whose_full_text_was_not_retrieved_is_used() -> None:
    kept = [*DECIDED, DECISIONS.row(record_id="r1", stage="report", decision="not_retrieved", by="rule")]
    assert pooled(effects(config(), BEFORE, AFTER, decisions=kept))["included"] == "true"


def test_an_arm_with_both_kinds_of_guidance_is_on_neither_side() -> None:
    sides = {
        "intervention": {"guidance": ["us"], "without_guidance": ["fl"]},
        "comparator": {"guidance": ["fl"], "without_guidance": ["us"]},
    }
    both = [{**arm, "guidance": "us;fl"} for arm in TWO_ARMS]
    assert effects(between(**sides), US, FL, arms=both) == []
    assert pooled(effects(between(**sides), US, FL, arms=TWO_ARMS))["yi"] == "-1"


def test_arms_that_differ_in_the_procedure_are_not_compared_for_their_guidance() -> None:
    arms = [{**TWO_ARMS[0], "procedure": "one"}, {**TWO_ARMS[1], "procedure": "two"}]
    assert "differ in the procedure" in reasons(effects(between(same_procedure=True), US, FL, arms=arms))[0]
    assert pooled(effects(between(), US, FL, arms=arms))["yi"] == "-1"
    fewer = [{**arms[0], "procedure": "one;two"}, arms[1]]
    assert pooled(effects(between(same_procedure=True), US, FL, arms=fewer))["yi"] == "-1"


def test_without_a_shared_scale_the_rows_of_one_effect_meet_on_the_wider_of_their_own() -> None:
    rows = [row("m0", "35.56", "1.25", "0", instrument="odi", construct="function", scale_max="50"),
            row("m1", "34.81", "4.92", "4", instrument="odi", construct="function", scale_max="100")]  # fmt: skip
    settings = config(outcome="function", measure="SMCR")
    one = pooled(effects(settings, *rows))
    assert (one["m1i"], one["m2i"], one["sd2i"]) == ("34.81", "71.12", "2.5")
    alone = pooled(effects(settings, *[{**r, "scale_max": "", "scale_min": ""} for r in rows]))
    assert alone["m2i"] == "35.56"


def test_an_outcome_with_a_unit_and_no_scale_takes_times_in_that_unit() -> None:
    timed = {"construct": "duration", "instrument": "duration", "scale_min": "", "scale_max": "",
             "phase": "procedure", "weeks": "0"}  # fmt: skip
    rows = [{**US, **timed, "value": "300", "spread_value": "60", "unit": "s"},
            {**FL, **timed, "value": "7", "spread_value": "2", "unit": "min"}]  # fmt: skip
    one = pooled(effects(between(outcome="duration", window=None), *rows, arms=TWO_ARMS))
    assert (one["yi"], one["unit"]) == ("-2", "min")


def test_a_value_that_the_reader_could_not_tell_apart_from_others_is_not_pooled() -> None:
    assert "cannot tell apart" in reasons(effects(config(), BEFORE, {**AFTER, "flags": "ambiguous_place"}))[0]


def test_the_arms_own_means_settle_the_direction_of_a_printed_difference() -> None:
    means = [{**US, "spread": "none", "spread_value": ""}, {**FL, "spread": "none", "spread_value": ""}]
    one = pooled(effects(between(), *means, printed(flags="direction_assumed"), arms=TWO_ARMS))
    assert one["yi"] == "-1"
    assert "direction_checked" in one["flags"]
    wrong = printed(flags="direction_assumed", value="1.0", lower="0.4", upper="1.6")
    assert any(
        "does not fit the arms' own figures" in r
        for r in reasons(effects(between(), *means, wrong, arms=TWO_ARMS))
    )
    assert (
        "not clear which arm"
        in reasons(effects(between(), printed(flags="direction_assumed"), arms=TWO_ARMS))[0]
    )
