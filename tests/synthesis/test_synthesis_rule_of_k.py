"""What is pooled, and how it is marked, depends on how many effects there are."""

from __future__ import annotations

import math

import pytest

from sonospine.model.errors import InputError
from sonospine.model.table_io import Row
from sonospine.model.tables import EFFECTS, POOLED, WEIGHTS
from sonospine.synthesis.pooling import Choice, Threshold, pool

T2 = 4.302652729911275  # t(2) at 0.975
T1 = 12.706204736432095  # t(1) at 0.975
Z = 1.959963984540054


def effect(number: int, yi: float, vi: float, **columns: str) -> Row:
    row = EFFECTS.row(
        effect_id=f"e{number}", analysis="pain", variant="primary", included="true", study_id=f"s{number}",
        label=f"Study {number}", measure="MD", yi=str(yi), vi=str(vi),
    )  # fmt: skip
    return row | columns


THREE = [effect(1, -1.0, 0.04), effect(2, -2.0, 0.09), effect(3, -0.4, 0.16)]


def only(rows: list[Row]) -> Row:
    assert len(rows) == 1
    return rows[0]


def test_no_effect_gives_a_row_that_says_so() -> None:
    pools = pool([], Choice(), analyses=["pain"])
    row = only(pools.pooled)
    assert (row["k"], row["flags"], row["estimate"], row["n"]) == ("0", "no_effects", "", "0")
    assert pools.weights == []


def test_one_effect_is_not_pooled_and_keeps_its_own_interval() -> None:
    pools = pool([effect(1, -1.0, 0.04, ci_lower="-1.5", ci_upper="-0.5")], Choice())
    row = only(pools.pooled)
    assert (row["k"], row["flags"], row["ci_method"]) == ("1", "not_pooled", "study")
    assert (row["estimate"], row["ci_lower"], row["ci_upper"]) == ("-1", "-1.5", "-0.5")
    assert [row[c] for c in ("tau2", "i2", "q", "pi_lower", "df", "estimator")] == [""] * 6
    assert only(pools.weights)["weight"] == "100"


def test_one_effect_without_an_interval_gets_the_normal_one() -> None:
    row = only(pool([effect(1, -1.0, 0.04)], Choice()).pooled)
    assert float(row["ci_lower"]) == pytest.approx(-1 - Z * 0.2, rel=1e-9)
    assert float(row["ci_upper"]) == pytest.approx(-1 + Z * 0.2, rel=1e-9)


@pytest.mark.parametrize("ci", ["hksj-conservative", "hksj", "wald"])
def test_two_effects_give_both_intervals_marked_not_interpretable(ci: str) -> None:
    pools = pool(THREE[:2], Choice(ci=ci))
    rows = {row["variant"]: row for row in pools.pooled}
    assert list(rows) == ["primary", "wald"]
    assert [row["ci_method"] for row in pools.pooled] == ["hksj-conservative", "wald"]
    assert {row["flags"] for row in pools.pooled} == {"not_interpretable"}
    assert {row["pi_lower"] + row["pi_upper"] + row["pi_df"] for row in pools.pooled} == {""}
    assert (rows["primary"]["df"], rows["wald"]["df"]) == ("1", "")
    primary, wald = rows["primary"], rows["wald"]
    assert primary["estimate"] == wald["estimate"]
    half = float(primary["ci_upper"]) - float(primary["estimate"])
    assert half == pytest.approx(T1 * float(primary["se"]), rel=1e-8)
    assert float(wald["ci_upper"]) - float(wald["estimate"]) == pytest.approx(Z * float(wald["se"]), rel=1e-8)


def test_three_effects_have_a_prediction_interval_of_the_printed_se() -> None:
    row = only(pool(THREE, Choice()).pooled)
    estimate, se, tau2 = (float(row[c]) for c in ("estimate", "se", "tau2"))
    half = T2 * math.sqrt(tau2 + se**2)
    assert (row["k"], row["flags"], row["df"], row["pi_df"]) == ("3", "", "2", "2")
    assert (row["ci_method"], row["estimator"], row["i2_method"]) == ("hksj-conservative", "REML", "tau2")
    assert float(row["pi_lower"]) == pytest.approx(estimate - half, rel=1e-8)
    assert float(row["pi_upper"]) == pytest.approx(estimate + half, rel=1e-8)


def test_the_plain_hartung_knapp_of_three_equal_effects_collapses_and_the_default_does_not() -> None:
    """tau² = 0 and three effects alike: the factor q is near 0; max(1, q) keeps at least Wald's se."""
    alike = [effect(1, 0.50, 0.04), effect(2, 0.51, 0.05), effect(3, 0.49, 0.06)]
    se = {
        ci: float(only(pool(alike, Choice(ci=ci)).pooled)["se"])
        for ci in ("hksj-conservative", "hksj", "wald")
    }
    assert se["hksj"] < se["wald"] / 10
    assert se["hksj-conservative"] == se["wald"]


def test_effects_that_are_not_included_stay_out() -> None:
    out = effect(4, 50, 0.0001, included="false", exclusion_reason="no spread")
    assert pool([*THREE, out], Choice()) == pool(THREE, Choice())


def test_the_other_value_of_a_conflict_gives_a_second_pool() -> None:
    other = effect(3, -0.4, 0.5, variant="other_value", effect_id="e3b")
    pools = pool([*THREE, other], Choice())
    rows = {row["variant"]: row for row in pools.pooled}
    assert list(rows) == ["primary", "other_value"]
    assert rows["primary"] == only(pool(THREE, Choice()).pooled)
    replaced = pool([*THREE[:2], effect(3, -0.4, 0.5)], Choice()).pooled
    assert rows["other_value"] == only(replaced) | {"variant": "other_value"}
    entered = [w["effect_id"] for w in pools.weights if w["variant"] == "other_value"]
    assert entered == ["e1", "e2", "e3b"]


def test_another_value_of_a_study_that_is_not_in_the_pool_makes_no_second_pool() -> None:
    other = effect(9, -0.4, 0.5, variant="other_value")
    assert [row["variant"] for row in pool([*THREE, other], Choice()).pooled] == ["primary"]


def test_another_value_replaces_only_the_row_of_the_same_arms() -> None:
    rows = [
        effect(1, -1, 0.1, study_id="s", arm_1="A"), effect(2, -2, 0.1, study_id="s", arm_1="B"), effect(3, 0, 0.1),
        effect(4, -9, 0.1, study_id="s", arm_1="B", variant="other_value"),
    ]  # fmt: skip
    entered = [w["effect_id"] for w in pool(rows, Choice()).weights if w["variant"] == "other_value"]
    assert entered == ["e1", "e4", "e3"]


def test_the_same_people_behind_two_effects_are_flagged() -> None:
    rows = [row | {"cluster": "c1"} for row in THREE[:2]] + THREE[2:]
    assert only(pool(rows, Choice()).pooled)["flags"] == "dependent_effects"
    apart = [row | {"cluster": row["study_id"]} for row in THREE]
    assert only(pool(apart, Choice()).pooled)["flags"] == ""


def test_weights_sum_to_a_hundred_in_every_pool() -> None:
    rows = [*THREE, effect(3, -0.4, 0.5, variant="other_value", effect_id="e3b")]
    rows += [effect(n, n / 3, 0.1 * n, analysis="time", effect_id=f"t{n}") for n in range(1, 3)]
    sums: dict[tuple[str, str], float] = {}
    for row in pool(rows, Choice()).weights:
        key = (row["analysis"], row["variant"])
        sums[key] = sums.get(key, 0.0) + float(row["weight"])
    assert set(sums) == {("pain", "primary"), ("pain", "other_value"), ("time", "primary"), ("time", "wald")}
    assert list(sums.values()) == [pytest.approx(100, abs=1e-6)] * 4


def test_analyses_come_in_the_order_of_the_configuration() -> None:
    rows = [*THREE, *(row | {"analysis": "a", "effect_id": row["effect_id"] + "a"} for row in THREE)]
    assert [row["analysis"] for row in pool(rows, Choice(), analyses=["pain", "a", "none"]).pooled] == [
        "pain",
        "a",
        "none",
    ]


def test_participants_are_counted_once_where_both_arms_are_the_same_people() -> None:
    apart = [effect(n, n, 0.1, n1i="10", n2i="12", arm_1="US", arm_2="CT") for n in range(3)]
    paired = [effect(n, n, 0.1, n1i="10", n2i="10", arm_1="all", arm_2="all") for n in range(3)]
    by_measure = [effect(n, n, 0.1, n1i="10", n2i="10", measure="MC") for n in range(3)]
    unnamed = [effect(n, n, 0.1, n1i="10", n2i="12") for n in range(3)]
    unknown = [*apart[:2], effect(2, 2, 0.1, n1i="10", arm_1="US", arm_2="CT")]
    counts = [
        only(pool(rows, Choice()).pooled)["n"] for rows in (apart, paired, by_measure, unnamed, unknown)
    ]
    assert counts == ["66", "30", "30", "66", ""]


def test_the_minimal_important_difference_stands_with_its_source() -> None:
    row = only(pool(THREE, Choice(), {"pain": Threshold(2.0, "Ostelo 2008")}).pooled)
    assert (row["mid"], row["mid_source"]) == ("2", "Ostelo 2008")


@pytest.mark.parametrize(
    ("column", "value"), [("vi", "0"), ("vi", "-1"), ("vi", ""), ("yi", "nan"), ("yi", "1e300")]
)
def test_an_included_effect_that_cannot_be_pooled_is_named(column: str, value: str) -> None:
    with pytest.raises(InputError, match=f"{column}: effect e2 of analysis pain cannot be pooled"):
        pool([THREE[0], THREE[1] | {column: value}, THREE[2]], Choice())


def test_rows_fit_their_declared_tables() -> None:
    pools = pool([*THREE, effect(3, -0.4, 0.5, variant="other_value", effect_id="e3b")], Choice())
    for schema, rows in ((POOLED, pools.pooled), (WEIGHTS, pools.weights)):
        faults = [(c.name, row[c.name]) for row in rows for c in schema.columns if not c.permits(row[c.name])]
        assert faults == []
