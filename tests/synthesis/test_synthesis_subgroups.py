"""Subgroups against metafor 3.8 (tests/reference/regression.R), and the tables of why effects differ."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonospine.model.errors import InputError
from sonospine.model.table_io import Row
from sonospine.model.tables import EFFECTS, POOLED, REGRESSION, SMALL_STUDY, SUBGROUPS
from sonospine.synthesis.pooling import Choice, pool
from sonospine.synthesis.probing import design_of, probe_heterogeneity
from sonospine.synthesis.refusal import RefusalError
from sonospine.synthesis.regression import CI
from sonospine.synthesis.subgroups import subgroup_test

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "regression.json").read_text("utf-8"))
CASES = [pytest.param(case, id=case["name"]) for case in REFERENCE["subgroups"]]
ESTIMATORS = ("REML", "ML", "DL", "HE", "PM")


def near(value: float, relative: float = 1e-6) -> Any:
    return pytest.approx(value, rel=relative, abs=1e-9)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_separate_pools_and_q_between_are_those_of_metafor(case: dict[str, Any], estimator: str) -> None:
    expected = case["separate"][estimator]
    found = subgroup_test(case["yi"], case["vi"], case["group"], estimator=estimator)
    assert [pool.level for pool in found.subgroups] == case["levels"]
    assert [pool.estimate for pool in found.subgroups] == near(expected["estimate"])
    assert [pool.se for pool in found.subgroups] == near(expected["se"])
    assert [pool.tau2 for pool in found.subgroups] == near(expected["tau2"], 1e-5)
    assert (found.q_between, found.p_value) == (near(expected["q"]), near(expected["p"]))
    assert (found.df, found.df2, found.k) == (len(case["levels"]) - 1, None, len(case["yi"]))


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("ci", CI)
def test_pools_and_test_with_a_common_tau2_are_those_of_metafor(
    case: dict[str, Any], estimator: str, ci: str
) -> None:
    expected = case["common"][estimator]
    found = subgroup_test(
        case["yi"], case["vi"], case["group"], estimator=estimator, ci=ci, tau2_model="common"
    )
    assert [pool.estimate for pool in found.subgroups] == near(expected["estimate"])
    assert [pool.se for pool in found.subgroups] == near(expected["se"])
    assert [pool.tau2 for pool in found.subgroups] == near([expected["tau2"]] * len(found.subgroups), 1e-5)
    test = expected["tests"][CI[ci]]
    assert (found.q_between, found.p_value) == (near(test["qm"]), near(test["qm_p"]))
    assert (found.df2 is None) == (ci == "wald")


@pytest.mark.parametrize(
    ("levels", "words"),
    [(["a"] * 5, "1 level with effects"), (["a", "a", "b", "b", "c"], "fewer than 2 effects at c")],
)
def test_too_few_effects_or_levels_are_refused(levels: list[str], words: str) -> None:
    with pytest.raises(RefusalError, match=words):
        subgroup_test([0.1, 0.2, 0.3, 0.4, 0.5], [0.1] * 5, levels)


def test_an_unknown_model_lists_the_allowed() -> None:
    with pytest.raises(ValueError, match=r"unknown model .*; allowed: separate, common"):
        subgroup_test([0.1, 0.2], [0.1, 0.1], ["a", "b"], tau2_model="none")


samples = st.lists(
    st.tuples(st.floats(-3, 3).map(lambda x: round(x, 3)), st.floats(0.01, 2).map(lambda x: round(x, 3))),
    min_size=6,
    max_size=12,
)


@given(samples, st.sampled_from(["separate", "common"]))
@settings(deadline=None, max_examples=25)
def test_levels_that_agree_differ_by_nothing_and_names_do_not_matter(
    rows: list[tuple[float, float]], model: str
) -> None:
    yi, vi = [y for y, _ in rows], [v for _, v in rows]
    levels = ["x", "y"] * len(yi)
    same = subgroup_test(
        [y for y in yi for _ in range(2)], [v for v in vi for _ in range(2)], levels, tau2_model=model
    )
    assert same.q_between == pytest.approx(0, abs=1e-9)
    assert same.p_value == pytest.approx(1, abs=1e-4)
    split = ["x" if i % 2 else "y" for i in range(len(yi))]
    renamed = ["2" if level == "x" else "1" for level in split]
    one, other = (subgroup_test(yi, vi, names, tau2_model=model) for names in (split, renamed))
    assert other.q_between == pytest.approx(one.q_between, rel=1e-6, abs=1e-9)


# ---- tables ----------------------------------------------------------------------------------------------------


def effects(count: int, **columns: list[str]) -> list[Row]:
    """Make effects of one analysis; extra columns by name."""
    rows = []
    for i in range(count):
        row = EFFECTS.row(
            effect_id=f"e{i}", analysis="pain", variant="primary", included="true", study_id=f"s{i}",
            label=f"Study {i}", outcome="pain", measure="MD", yi=f"{math.sin(7 * i) - 0.1 * i:.4f}",
            vi=f"{0.05 + 0.02 * (i * 5 % 11):.4f}", year=str(1990 + i * 3 % 17), derivation="[]",
            verified="false",
        )  # fmt: skip
        rows.append({**row, **{name: values[i] for name, values in columns.items()}})
    return rows


def probed(rows: list[Row], factors: list[str], moderators: list[str]) -> dict[str, list[Row]]:
    return probe_heterogeneity(rows, Choice(), {"*": factors}, {"*": moderators}, seed=1)


def test_the_rows_fit_their_tables() -> None:
    rows = effects(14, design=["rct", "cohort"] * 7, guidance=["b;a", "a;b", "c", "c", "c", "a;b", ""] * 2)
    tables = probed(rows, ["design", "guidance"], ["year", "year + design", "guidance"])
    declared = {
        "pooled": POOLED, "subgroups": SUBGROUPS, "regression": REGRESSION, "small_study": SMALL_STUDY,
    }  # fmt: skip
    assert set(tables) == set(declared)
    for name, table in declared.items():
        assert tables[name]
        keys = [tuple(row[column] for column in table.key) for row in tables[name]]
        assert len(set(keys)) == len(keys)
        for row in tables[name]:
            assert tuple(row) == table.names
            assert all(table.column(column).permits(value) for column, value in row.items())


def test_each_level_is_pooled_as_any_pool_and_unknown_values_are_counted() -> None:
    rows = effects(10, guidance=["b;a", "a;b", "c", "c", "c", "a;b", "", "c", "a;b", "c"])
    tables = probed(rows, ["guidance"], [])
    assert [row["subgroup"] for row in tables["pooled"]] == ["guidance: a;b", "guidance: c"]
    alone = pool([rows[i] for i in (2, 3, 4, 7, 9)], Choice()).pooled[0]
    assert tables["pooled"][1] == {**alone, "subgroup": "guidance: c"}
    for row in tables["subgroups"]:
        assert (row["level_count"], row["k"], row["unknown"], row["refused"]) == ("2", "9", "1", "")


def test_a_level_of_one_effect_refuses_the_test_and_says_which() -> None:
    tables = probed(effects(5, design=["rct", "rct", "rct", "rct", "cohort"]), ["design"], [])
    assert {row["refused"] for row in tables["subgroups"]} == {
        "fewer than 2 effects at cohort; each level needs 2"
    }
    assert all(row["q_between"] == row["p_value"] == "" for row in tables["subgroups"])
    assert [row["flags"] for row in tables["pooled"]] == ["not_pooled", ""]


@pytest.mark.parametrize(("k", "printed"), [(4, "none"), (5, "permutation"), (9, "permutation"), (10, "all")])
def test_what_a_regression_prints_hangs_on_k(k: int, printed: str) -> None:
    rows = probed(effects(k), [], ["year"])["regression"]
    if printed == "none":
        assert [(row["term"], row["estimate"], row["refused"]) for row in rows] == [
            ("", "", "k = 4 is below 5")
        ]
        return
    assert [row["term"] for row in rows] == ["intercept", "year"]
    for row in rows:
        assert row["estimate"] != ""
        assert row["p_permutation"] != ""
        assert (row["p_value"] != "") == (row["se"] != "") == (row["qm_p"] != "") == (printed == "all")
        assert (row["refused"] == "") == (printed == "all")
    assert rows[0]["permutation_exact"] == ("true" if k <= 5 else rows[0]["permutation_exact"])


def test_two_moderators_need_twice_the_effects() -> None:
    rows = probed(effects(14, design=["rct", "cohort"] * 7), [], ["year + design"])["regression"]
    assert [row["term"] for row in rows] == ["intercept", "year", "design: rct (against cohort)"]
    assert "below 10 for each of 2 moderators" in rows[0]["refused"]


def test_a_moderator_that_does_not_vary_is_refused() -> None:
    for column in ("outcome", "dose"):
        rows = probed(effects(12, dose=["5"] * 12), [], [column])["regression"]
        assert [row["refused"] for row in rows] == [
            f"{column} does not vary, or follows from the other moderators"
        ]


def test_the_most_frequent_level_is_the_one_held_against() -> None:
    design, terms = design_of(effects(4, design=["b", "a", "c", "c"]), ["design"])
    assert terms == ["intercept", "design: a (against c)", "design: b (against c)"]
    assert design == [[1, 0, 1], [1, 1, 0], [1, 0, 0], [1, 0, 0]]


def test_small_study_tests_say_why_they_are_not_run() -> None:
    refused = {row["test"]: row["refused"] for row in probed(effects(9), [], [])["small_study"]}
    assert len(refused) == 9
    assert all(reason.startswith("k = 9 is below 10") for reason in refused.values())
    run = {row["test"]: row for row in probed(effects(12), [], [])["small_study"]}
    assert {test for test, row in run.items() if row["refused"]} == {"egger_smd_safe"}
    assert "standardised differences" in run["egger_smd_safe"]["refused"]


def test_standardised_differences_have_the_safe_form_and_a_caution_on_the_others() -> None:
    rows = effects(12, measure=["SMD"] * 12, n1i=[str(8 + 3 * i) for i in range(12)], n2i=["20"] * 12)
    found = {row["test"]: row for row in probed(rows, [], [])["small_study"]}
    assert found["egger_smd_safe"]["p_value"] != ""
    assert "hangs on the effect" in found["egger"]["detail"]
    assert "hangs on the effect" not in found["egger_smd_safe"]["detail"]


def test_effects_of_the_same_people_are_flagged() -> None:
    tables = probed(effects(12, cluster=["c1", "c1", *[""] * 10]), [], ["year"])
    assert {row["flags"] for row in (*tables["regression"], *tables["small_study"])} == {"dependent_effects"}


def test_excluded_rows_and_other_values_are_not_looked_at() -> None:
    rows = effects(11)
    rows[0]["included"], rows[1]["variant"] = "false", "other_value"
    assert {row["k"] for row in probed(rows, [], ["year"])["regression"]} == {"9"}


def test_an_analysis_has_its_own_factors_before_those_of_every_analysis() -> None:
    rows = effects(6, design=["a", "b"] * 3)
    tables = probe_heterogeneity(rows, Choice(), {"*": ["design"], "pain": []}, {}, seed=1)
    assert tables["subgroups"] == []


def test_a_column_that_no_effect_has_is_named() -> None:
    with pytest.raises(InputError, match="no such column; found 'colour'"):
        probed(effects(5), ["colour"], [])


def test_an_effect_that_cannot_be_pooled_is_named() -> None:
    rows = effects(5)
    rows[3]["vi"] = "0"
    with pytest.raises(InputError, match="effect e3 of analysis pain"):
        probed(rows, [], [])


def test_the_same_seed_gives_the_same_tables() -> None:
    rows = effects(9)
    assert probed(rows, [], ["year"]) == probed(rows, [], ["year"])
