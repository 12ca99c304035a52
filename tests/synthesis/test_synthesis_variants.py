"""The rows beside the primary pool, and which of them figures and pages show."""

from __future__ import annotations

import math

import pytest

from sonospine.model.table_io import Row
from sonospine.model.tables import EFFECTS, POOLED, is_drawn
from sonospine.synthesis.bayes import posterior
from sonospine.synthesis.dependent import cr2_mean
from sonospine.synthesis.pooling import Beside, Choice, Threshold, pool
from sonospine.synthesis.rare_events import Counts, mantel_haenszel
from sonospine.synthesis.variants import default_prior_scale

COUNTS = [(3, 50, 6, 60), (0, 40, 4, 40), (2, 30, 3, 30), (0, 25, 0, 20)]
YI, VI = [-0.5, -1.9, -0.4, -0.2], [0.4, 2.0, 0.7, 3.9]


def effects(measure: str = "RR", *, k: int = 4, **columns: str) -> list[Row]:
    rows = []
    for i, (y, v, (a, n1, c, n2)) in enumerate(list(zip(YI, VI, COUNTS, strict=True))[:k]):
        rows.append(
            EFFECTS.row(
                effect_id=f"e{i}", analysis="a", variant="primary", included="true", study_id=f"s{i}", label=f"S{i}",
                measure=measure, yi=str(y), vi=str(v), n1i=str(n1), n2i=str(n2), ai=str(a), ci=str(c),
                direction="lower",
            )
            | columns
        )  # fmt: skip
    return rows


def pooled(rows: list[Row], beside: Beside | None = None, choice: Choice | None = None) -> dict[str, Row]:
    threshold = {"a": Threshold(0.3, "a source")}
    found = pool(rows, choice or Choice(), threshold, beside=Beside() if beside is None else beside).pooled
    return {row["variant"]: row for row in found}


def test_every_analysis_has_the_other_intervals_and_the_common_effect() -> None:
    rows = pooled(effects("MD"))
    assert list(rows) == ["primary", "wald", "hksj", "common"]
    assert [rows[v]["ci_method"] for v in rows] == ["hksj-conservative", "wald", "hksj", "wald"]
    assert {rows[v]["estimate"] for v in ("primary", "wald", "hksj")} == {rows["primary"]["estimate"]}
    weights = [1 / v for v in VI]
    mean = math.fsum(w * y for w, y in zip(weights, YI, strict=True)) / math.fsum(weights)
    assert float(rows["common"]["estimate"]) == pytest.approx(mean, rel=1e-9)
    assert float(rows["common"]["se"]) == pytest.approx(math.fsum(weights) ** -0.5, rel=1e-9)
    assert [rows["common"][c] for c in ("tau2", "tau2_lower", "pi_lower", "i2_lower")] == [""] * 4
    assert rows["common"]["i2_method"] == "Q"


def test_counts_are_pooled_by_mantel_haenszel_with_the_zero_cell_rule_stated() -> None:
    row = pooled(effects("RR"))["mantel_haenszel"]
    mean = mantel_haenszel("RR", [Counts(*c) for c in COUNTS]).mean
    assert mean is not None
    assert float(row["estimate"]) == pytest.approx(mean.estimate, rel=1e-9)
    assert (row["estimator"], row["q_df"]) == ("MH", "2")
    assert row["flags"] == (
        "zero_cells:1_with_0.5_added_for_q_alone;no_events_or_only_events:1_left_out_of_q"
    )


def test_an_arm_without_events_in_any_study_is_said_to_be_not_estimable() -> None:
    row = pooled(effects("OR", ai="0"))["mantel_haenszel"]
    assert row["estimate"] == ""
    assert row["flags"].startswith("not_estimable:no_events_in_an_arm")
    assert row["q"] == row["q_df"] == ""


@pytest.mark.parametrize("column", ["ai", "n1i", "ci", "n2i"])
def test_a_study_without_counts_leaves_mantel_haenszel_out(column: str) -> None:
    rows = effects("RR")
    rows[2][column] = ""
    assert "mantel_haenszel" not in pooled(rows)


def test_the_bayesian_row_prints_its_prior_and_is_the_posterior() -> None:
    row = pooled(effects(), Beside({"a": 0.5}))["bayes"]
    found = posterior(YI, VI, 0.5)
    for name, value in (
        ("estimate", found.estimate), ("se", found.sd), ("ci_lower", found.ci_lower), ("ci_upper", found.ci_upper),
        ("pi_lower", found.pi_lower), ("pi_upper", found.pi_upper), ("tau2", found.tau**2),
        ("tau2_upper", found.tau_upper**2), ("p_mean_beyond_mid", found.p_mean_below(-0.3)),
        ("p_new_beyond_mid", found.p_new_below(-0.3)),
    ):  # fmt: skip
        assert float(row[name]) == pytest.approx(value, rel=1e-8), name
    assert row["estimator"] == "half-normal(0.5)"
    assert row["ci_method"] == "credible, half-normal(0.5)"
    assert "prior_of_tau:half-normal(0.5)" in row["flags"].split(";")
    assert row["p_value"] == row["df"] == row["pi_df"] == ""


def test_an_analysis_without_a_prior_has_no_bayesian_row() -> None:
    assert "bayes" not in pooled(effects(), Beside({"b": 0.5}))
    assert (default_prior_scale("RR"), default_prior_scale("SMD"), default_prior_scale("MD")) == (
        0.5,
        0.5,
        None,
    )


def test_repeated_clusters_are_pooled_by_cr2_and_no_longer_flagged_there() -> None:
    rows = effects("MD")
    for row, cluster in zip(rows, ("c1", "c1", "c2", "c3"), strict=True):
        row["cluster"] = cluster
    found = pooled(rows)
    expected = cr2_mean(YI, VI, ["c1", "c1", "c2", "c3"], float(found["primary"]["tau2"]))
    assert float(found["cr2"]["se"]) == pytest.approx(expected.se, rel=1e-6)
    assert float(found["cr2"]["df"]) == pytest.approx(expected.df, rel=1e-6)
    assert "dependent_effects" in found["primary"]["flags"]
    assert "dependent_effects" not in found["cr2"]["flags"]
    assert "clusters:3" in found["cr2"]["flags"]
    assert "cr2" not in pooled(effects("MD"))


def test_one_cluster_has_no_robust_interval() -> None:
    row = pooled(effects("MD", cluster="c"))["cr2"]
    assert (row["estimate"], row["flags"]) == ("", "not_estimable:one_cluster")


def test_a_standardised_pool_is_said_in_points() -> None:
    found = pooled(effects("SMD"), Beside(points={"a": 2.5}))
    one, two = found["primary"], found["in_points"]
    for name in ("estimate", "se", "ci_lower", "ci_upper", "pi_lower", "pi_upper", "mid"):
        assert float(two[name]) == pytest.approx(2.5 * float(one[name]), rel=1e-8), name
    assert float(two["tau2_upper"]) == pytest.approx(6.25 * float(one["tau2_upper"]), rel=1e-8)
    assert [two[c] for c in ("i2", "q", "p_value")] == [one[c] for c in ("i2", "q", "p_value")]
    assert (two["measure"], two["flags"]) == ("MD", "times_sd:2.5")
    for name in ("p_mean_beyond_mid", "p_new_beyond_mid"):
        assert float(two[name]) == pytest.approx(float(one[name]), rel=1e-8)
    assert "in_points" not in pooled(effects("MD"), Beside(points={"a": 2.5}))


def test_the_probabilities_beyond_the_difference_follow_the_printed_intervals() -> None:
    from scipy.stats import t

    row = pooled(effects("MD"))["primary"]
    estimate, se, tau2 = (float(row[c]) for c in ("estimate", "se", "tau2"))
    assert float(row["p_mean_beyond_mid"]) == pytest.approx(t(3).cdf((-0.3 - estimate) / se), rel=1e-7)
    new = t(3).cdf((-0.3 - estimate) / math.hypot(se, math.sqrt(tau2)))
    assert float(row["p_new_beyond_mid"]) == pytest.approx(new, rel=1e-7)
    higher = pooled(effects("MD", direction="higher"))["primary"]
    assert float(higher["p_mean_beyond_mid"]) == pytest.approx(t(3).sf((0.3 - estimate) / se), rel=1e-7)


def test_two_effects_or_no_direction_have_no_probability() -> None:
    for rows in (effects("MD", k=2), effects("MD", direction="")):
        assert {row["p_mean_beyond_mid"] + row["p_new_beyond_mid"] for row in pooled(rows).values()} == {""}


def test_two_effects_are_not_interpretable_in_any_variant() -> None:
    rows = pooled(effects("RR", k=2), Beside({"a": 0.5}))
    assert list(rows) == ["primary", "wald", "hksj", "common", "mantel_haenszel", "bayes"]
    assert all("not_interpretable" in row["flags"] for row in rows.values())
    assert {row["pi_lower"] for row in rows.values()} == {""}


@pytest.mark.parametrize("k", [0, 1])
def test_fewer_than_two_effects_have_no_variants(k: int) -> None:
    found = pool(effects(k=k), Choice(), analyses=["a"], beside=Beside({"a": 0.5})).pooled
    assert [row["variant"] for row in found] == ["primary"]


def test_the_primary_row_and_the_weights_are_those_without_variants() -> None:
    rows = [*effects("RR"), effects("RR")[0] | {"effect_id": "o", "variant": "other_value", "yi": "-0.9"}]
    plain, full = pool(rows, Choice()), pool(rows, Choice(), beside=Beside({"a": 0.5}))
    assert plain.weights == full.weights
    assert [row for row in full.pooled if is_drawn(row)] == plain.pooled
    assert {row["variant"] for row in full.pooled} > {"other_value", "bayes"}


def test_figures_and_pages_show_wald_for_two_effects_only() -> None:
    assert [v for v, row in pooled(effects(k=2)).items() if is_drawn(row)] == ["primary", "wald"]
    assert [v for v, row in pooled(effects()).items() if is_drawn(row)] == ["primary"]
    assert not is_drawn(pooled(effects())["primary"] | {"subgroup": "guidance: us"})


def test_a_common_effect_can_be_the_primary_choice() -> None:
    row = pooled(effects("MD"), choice=Choice("CE", "wald"))["primary"]
    assert (row["estimator"], row["tau2"], row["pi_lower"], row["i2_method"]) == ("CE", "", "", "Q")


def test_rows_fit_their_declared_table() -> None:
    rows = effects("RR", cluster="c")
    rows[3]["cluster"] = "d"
    found = pool(rows, Choice(), {"a": Threshold(1, "source")}, beside=Beside({"a": 0.5}, {"a": 2})).pooled
    assert [
        (c.name, row[c.name]) for row in found for c in POOLED.columns if not c.permits(row[c.name])
    ] == []
