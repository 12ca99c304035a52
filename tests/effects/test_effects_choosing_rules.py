"""Final and change values, raw and adjusted ones, zero cells and shared comparators: what an analysis chooses."""

from __future__ import annotations

import json
import math

import pytest
from effect_cases import (
    FL,
    THREE_ARMS,
    TWO_ARMS,
    US,
    between,
    config,
    conflict,
    counted,
    effects,
    effects_of_studies,
    entered,
    functions,
    pooled,
    printed,
    reasons,
    row,
)

from sonospine.effects.derivation import Derivation
from sonospine.effects.gains import sd_by_correlation
from sonospine.effects.inputs import Notes
from sonospine.model.table_io import Row

CHANGES = tuple({**r, "measurement_id": f"c{i}", "result_id": f"qc{i}", "change": "true", "value": f"-{i}.5"}
                for i, r in enumerate((US, FL), 1))  # fmt: skip


# ---- values at follow-up and change scores ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "change", "reason"),
    [
        ("prefer_final", "false", "the study's values at follow-up are preferred"),
        ("prefer_change", "true", "the study's change scores are preferred"),
        ("final_only", "false", "change scores are not used in this analysis"),
        ("change_only", "true", "values at follow-up are not used in this analysis, only change scores"),
    ],
)
def test_the_analysis_says_whether_final_or_change_values_are_used(
    rule: str, change: str, reason: str
) -> None:
    made = effects(between(change_values=rule), US, FL, *CHANGES, arms=TWO_ARMS)
    assert pooled(made)["change"] == change
    assert reasons(made) == [reason]


@pytest.mark.parametrize(("rule", "k"), [("final_only", 0), ("prefer_final", 1)])
def test_a_study_with_change_scores_alone_is_out_of_an_analysis_of_final_values_only(
    rule: str, k: int
) -> None:
    assert len(entered(effects(between(change_values=rule), *CHANGES, arms=TWO_ARMS))) == k


def test_a_printed_difference_of_changes_counts_as_a_change() -> None:
    made = effects(between(change_values="final_only"), printed(change="true"), arms=TWO_ARMS)
    assert reasons(made) == ["change scores are not used in this analysis"]


FINAL, CHANGE = ((US, FL), TWO_ARMS, {}), (CHANGES, TWO_ARMS, {})


def test_a_pool_of_standardised_differences_takes_the_kind_with_more_studies() -> None:
    made = effects_of_studies(between(measure="SMD"), FINAL, CHANGE, CHANGE)
    assert [e["study_id"] for e in entered(made)] == ["s2", "s3"]
    assert reasons(made) == [
        "values at follow-up are not pooled with change scores as a standardised mean difference: 2 studies have "
        "change scores, 1 values at follow-up"
    ]


@pytest.mark.parametrize(("rule", "kept"), [("prefer_final", "s1"), ("prefer_change", "s2")])
def test_at_a_tie_the_kind_that_the_analysis_prefers_stays(rule: str, kept: str) -> None:
    made = effects_of_studies(between(measure="SMD", change_values=rule), FINAL, CHANGE)
    assert [e["study_id"] for e in entered(made)] == [kept]


def test_a_study_that_has_the_other_kind_too_takes_part_with_that() -> None:
    both = ((US, FL, *CHANGES), TWO_ARMS, {})
    made = effects_of_studies(between(measure="SMD"), both, CHANGE, CHANGE)
    assert [(e["study_id"], e["change"]) for e in entered(made)] == [
        ("s1", "true"), ("s2", "true"), ("s3", "true")
    ]  # fmt: skip


def test_a_pool_of_mean_differences_may_mix_the_two() -> None:
    unlike = [{**r, "value": "-4.0", "n": "11"} if r is CHANGES[0] else r for r in CHANGES]
    assert len(entered(effects_of_studies(between(), FINAL, (unlike, TWO_ARMS, {})))) == 2


# ---- raw and adjusted ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rule", "yi"), [("raw_first", "-1"), ("adjusted_first", "-0.8")])
def test_the_analysis_says_whether_raw_or_adjusted_figures_come_first(rule: str, yi: str) -> None:
    adjusted = printed(adjusted="true", value="-0.8", lower="-1.4", upper="-0.2")
    made = effects(between(adjusted=rule), US, FL, adjusted, arms=TWO_ARMS)
    assert pooled(made)["yi"] == yi
    assert len(reasons(made)) == 1


@pytest.mark.parametrize(("rule", "yi"), [("raw_first", "-1"), ("adjusted_first", "-0.8")])
def test_of_two_printed_differences_the_raw_or_the_adjusted_one_is_used(rule: str, yi: str) -> None:
    adjusted = printed(adjusted="true", value="-0.8", lower="-1.4", upper="-0.2", measurement_id="d2")
    made = effects(between(adjusted=rule), printed(), adjusted, arms=TWO_ARMS)
    assert pooled(made)["yi"] == yi
    assert reasons(made) == [f"the study's {rule.partition('_')[0]} figures are preferred"]


# ---- cells of 0 ------------------------------------------------------------------------------------------------


def counts(a: str, c: str) -> tuple[Row, Row]:
    return counted("m1", a, "30", "a1"), counted("m2", c, "28", "a2")


def of_counts(measure: str, zero_cells: str, a: str, c: str) -> list[Row]:
    settings = between(outcome="success", window=None, measure=measure, zero_cells=zero_cells)
    return effects(settings, *counts(a, c), arms=TWO_ARMS)


@pytest.mark.parametrize("measure", ["RR", "OR"])
def test_a_zero_cell_is_left_out_or_takes_a_half_in_every_cell(measure: str) -> None:
    assert "zero cell" in reasons(of_counts(measure, "exclude", "0", "3"))[0]
    one = pooled(of_counts(measure, "half", "0", "3"))
    expected = {
        "RR": math.log((0.5 / 31) / (3.5 / 29)),
        "OR": math.log((0.5 * 25.5) / (30.5 * 3.5)),
    }
    assert float(one["yi"]) == pytest.approx(expected[measure])
    assert one["flags"] == "zero_cell;half_added"
    assert (one["ai"], one["ci"]) == ("0", "3")
    assert functions(one)[2] == "with_half_events"


@pytest.mark.parametrize(("a", "c", "who"), [("0", "0", "no events"), ("30", "28", "everybody")])
@pytest.mark.parametrize("measure", ["RR", "OR"])
def test_a_study_without_a_contrast_tells_nothing_about_a_ratio(
    a: str, c: str, who: str, measure: str
) -> None:
    for rule in ("exclude", "half"):
        assert any(
            who in reason or "zero cell" in reason for reason in reasons(of_counts(measure, rule, a, c))
        )
    assert "tell nothing about a ratio" in reasons(of_counts(measure, "half", a, c))[0]


def test_a_risk_difference_keeps_an_arm_without_events_as_it_is() -> None:
    one = pooled(of_counts("RD", "exclude", "0", "7"))
    assert (one["yi"], one["flags"]) == ("-0.25", "zero_cell")
    assert float(one["vi"]) == pytest.approx(0.25 * 0.75 / 28)
    assert "variance is 0" in reasons(of_counts("RD", "exclude", "0", "0"))[0]
    assert pooled(of_counts("RD", "half", "0", "0"))["flags"] == "zero_cell;half_added"


@pytest.mark.parametrize("events", ["0", "26"])
def test_a_proportion_of_nobody_or_everybody_is_left_out_or_takes_a_half(events: str) -> None:
    def made(rule: str) -> list[Row]:
        settings = config(outcome="success", measure="PLO", contrast="one_arm", window=None, zero_cells=rule)
        return effects(settings, counted("m1", events, "26", "a0"))

    assert "zero cell" in reasons(made("exclude"))[0]
    sign = 1 if events == "26" else -1
    assert float(pooled(made("half"))["yi"]) == pytest.approx(sign * math.log(26.5 / 0.5))


# ---- one comparator of several arms ----------------------------------------------------------------------------

SECOND = row("m3", "2.6", "0.8", arm="a3", n="20")


def shared(rule: str, **more) -> list[Row]:
    return effects(between(shared_control=rule, **more), US, FL, SECOND, arms=THREE_ARMS)


def test_a_split_comparator_gives_each_arm_its_share_of_the_people() -> None:
    first, second = entered(shared("split"))
    assert [(e["arm_1"], e["n1i"], e["n2i"]) for e in (first, second)] == [
        ("US", "30", "14"), ("US 2", "20", "14")
    ]  # fmt: skip
    assert float(first["vi"]) == pytest.approx(1 / 30 + 1.44 / 14)
    assert "control_split" in first["flags"]
    assert "split_control" in functions(first)
    assert first["cluster"] == second["cluster"] == "s1"
    assert first["effect_id"] != second["effect_id"]
    assert reasons(shared("split")) == ["the comparator is split between the arms of the study"] * 2


def test_a_modelled_comparator_leaves_one_effect_for_each_arm_in_one_cluster() -> None:
    made = shared("model")
    first, second = entered(made)
    assert [(e["arm_1"], e["n2i"], e["yi"]) for e in (first, second)] == [
        ("US", "28", "-1"), ("US 2", "28", "-0.4")
    ]  # fmt: skip
    assert all("dependent_effects" in e["flags"] and e["cluster"] == "s1" for e in (first, second))
    assert len(made) == 2


def test_counts_of_a_shared_comparator_are_split_too() -> None:
    rows = [*counts("27", "20"), counted("m3", "15", "20", "a3")]
    settings = between(outcome="success", window=None, measure="RR", shared_control="split")
    made = entered(effects(settings, *rows, arms=THREE_ARMS))
    assert [(e["ai"], e["n1i"], e["ci"], e["n2i"]) for e in made] == [
        ("27", "30", "10", "14"), ("15", "20", "10", "14")
    ]  # fmt: skip


def test_printed_comparisons_with_one_comparator_are_modelled_or_one_is_used() -> None:
    rows = [printed(), printed(measurement_id="d2", arm_id="a3", value="-0.5", lower="-1.2", upper="0.2")]
    for rule, k in (("combine", 1), ("split", 1), ("model", 2)):
        made = effects(between(shared_control=rule), *rows, arms=THREE_ARMS)
        assert len(entered(made)) == k
    assert all("dependent_effects" in e["flags"] for e in entered(made))


def test_with_one_arm_of_interest_there_is_nothing_to_split() -> None:
    for rule in ("combine", "split", "model"):
        one = pooled(effects(between(shared_control=rule), US, FL, arms=TWO_ARMS))
        assert (one["n2i"], one["flags"]) == ("28", "")


def test_each_modelled_effect_has_its_own_other_value() -> None:
    other = {**US, "measurement_id": "m9", "result_id": "qm1", "preferred": "false", "spread_value": "2.0"}
    settings = between(shared_control="model")
    made = effects(settings, US, FL, SECOND, other, arms=THREE_ARMS, conflicts=conflict("m1", "m9"))
    (one,) = entered(made, "other_value")
    assert (one["arm_1"], one["sd1i"]) == ("US", "2.0")
    assert "dependent_effects" in one["flags"]


def test_every_step_of_a_derivation_rests_on_rows_arms_or_earlier_steps() -> None:
    for effect in entered([*shared("split"), *shared("model"), *shared("combine")]):
        steps = json.loads(effect["derivation"])
        known = set(effect["measurement_ids"].split(";"))
        for i, step in enumerate(steps, 1):
            assert all(x in known if isinstance(x, str) else 0 < x < i for x in step["inputs"])


@pytest.mark.parametrize("rule", ["combine", "split", "model"])
@pytest.mark.parametrize("measure", ["MD", "SMD", "ROM"])
def test_the_order_of_rows_and_arms_does_not_matter(rule: str, measure: str) -> None:
    settings = between(shared_control=rule, measure=measure, change_values="prefer_change")
    rows = [US, FL, SECOND, printed(), *CHANGES]
    there = effects(settings, *rows, arms=THREE_ARMS)
    assert there == effects(settings, *rows[::-1], arms=THREE_ARMS[::-1])
    assert all(e["exclusion_reason"] for e in there if e["included"] == "false")
    assert all(e["yi"] and e["vi"] for e in entered(there))


def test_a_correlation_that_leaves_no_spread_of_the_changes_is_said() -> None:
    steps = Derivation()
    step = steps.add("read", ["m1"], "as printed", {}, {})
    found = sd_by_correlation(1.0, 1.0, 1.0, steps, [step], Notes())
    assert (found.sd, "gives no variance" in found.problem) == (None, True)
