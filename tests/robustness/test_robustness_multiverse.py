"""A multiverse has every combination once, and each is the single fit with its settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonospine.config.robustness import Multiverse
from sonospine.effects import compute_effects
from sonospine.model.errors import InputError
from sonospine.model.states import by_person
from sonospine.model.table_io import Row, check_rows
from sonospine.model.tables import CORRELATION, MULTIVERSE
from sonospine.robustness import Behind, Review, probe
from sonospine.robustness.correlation import vary_correlation
from sonospine.robustness.fitting import included
from sonospine.robustness.multiverse import multiverse
from sonospine.synthesis.pooling import Choice
from sonospine.synthesis.random_effects import between_study_variance, mean_effect

from .conftest import any_effects, effect_rows

CHOSEN = Multiverse(
    estimators=("REML", "DL"),
    intervals=("hksj-conservative", "wald"),
    correlations=(0.2, 0.8),
    conversions=("configured", "none", "all"),
    window_rules=("nearest", "earliest", "latest"),
    designs=(("rct",),),
    verified_only=(False, True),
)
CONVERSIONS = {
    "configured": ["se", "ci"],
    "none": [],
    "all": ["se", "ci", "t", "p", "quartiles", "range", "change_sd"],
}
TARGETS = {"nearest": 3.0, "earliest": 1.0, "latest": 6.0}


def pools_of(review: Review) -> dict[str, list[Row]]:
    return included(review.effects())


def by_hand(review: Review, row: Row) -> list[Row]:
    """The effects of a row's settings, from a configuration written for them."""
    config = review.config.model_dump()
    config["assumptions"]["correlation"] = float(row["correlation"])
    config["assumptions"]["conversions"] = CONVERSIONS[row["conversions"]]
    config["windows"][0]["target"] = TARGETS[row["window_rule"]]
    config["analyses"][0]["designs"] = row["designs"].split(";")
    rows = [m for m in review.measurements if row["verified_only"] == "false" or by_person(m["state"])]
    made = compute_effects(
        rows, review.conflicts, review.arms, review.studies, review.decisions, review.records,
        type(review.config).model_validate(config),
    )  # fmt: skip
    return [e for e in made if e["included"] == "true"]


def fitted(effects: Sequence[Row], row: Row) -> Any:
    yi, vi = [float(e["yi"]) for e in effects], [float(e["vi"]) for e in effects]
    return mean_effect(yi, vi, between_study_variance(yi, vi, row["estimator"]), ci=row["ci_choice"])


def test_each_cell_is_the_single_fit_with_its_settings(review: Review) -> None:
    rows = multiverse(pools_of(review), Choice(), CHOSEN, review)
    check_rows(rows, MULTIVERSE, "multiverse")
    several = 0
    for row in rows:
        effects = by_hand(review, row)
        assert row["k"] == str(len(effects))
        if len(effects) > 1:
            several += 1
            mean = fitted(effects, row)
            found = [float(row[name]) for name in ("estimate", "ci_lower", "ci_upper")]
            assert found == pytest.approx([mean.estimate, mean.ci_lower, mean.ci_upper], rel=1e-8)
    assert several > 100


def test_every_combination_stands_there_once_and_the_curve_rises(review: Review) -> None:
    rows = multiverse(pools_of(review), Choice(), CHOSEN, review)
    choices = (
        "estimator",
        "ci_choice",
        "correlation",
        "conversions",
        "window_rule",
        "designs",
        "verified_only",
    )
    told = [tuple(row[name] for name in choices) for row in rows]
    # The ordinary correlation of 0.5 and the designs of the analysis are added.
    assert len(told) == len(set(told)) == 2 * 2 * 3 * 3 * 3 * 2 * 2
    estimates = [float(row["estimate"]) for row in rows if row["estimate"]]
    assert estimates == sorted(estimates)
    assert [int(row["position"]) for row in rows if row["position"]] == list(range(1, len(estimates) + 1))


def test_one_cell_is_the_analysis_as_configured(review: Review) -> None:
    pools = pools_of(review)
    (row,) = [r for r in multiverse(pools, Choice(), CHOSEN, review) if r["ordinary"] == "true"]
    told = (row["estimator"], row["ci_choice"], row["correlation"], row["window_rule"], row["verified_only"])
    assert told == ("REML", "hksj-conservative", "0.5", "nearest", "false")
    assert float(row["estimate"]) == pytest.approx(fitted(pools["pain"], row).estimate, rel=1e-9)


def test_verified_rows_only_means_studies_whose_rows_a_person_has_verified(review: Review) -> None:
    rows = multiverse(pools_of(review), Choice(), CHOSEN, review)
    assert {row["k"] for row in rows if row["verified_only"] == "true" and row["designs"] != "rct"} == {"2"}
    alone = [row for row in rows if row["verified_only"] == "true" and row["designs"] == "rct"]
    assert {(row["k"], row["ci_method"], row["flags"]) for row in alone} == {("1", "study", "not_pooled")}


def test_without_conversions_a_study_with_standard_errors_is_left_out(review: Review) -> None:
    rows = multiverse(pools_of(review), Choice(), CHOSEN, review)
    counts = {
        (row["conversions"], row["k"])
        for row in rows
        if row["verified_only"] == "false" and row["designs"] != "rct"
    }
    assert counts == {("configured", "5"), ("all", "5"), ("none", "4")}


def test_an_analysis_without_effects_says_so_in_every_cell(make_review: Any) -> None:
    review = make_review(())
    rows = multiverse({"pain": []}, Choice(), CHOSEN, review)
    check_rows(rows, MULTIVERSE, "multiverse")
    assert {(row["k"], row["position"]) for row in rows} == {("0", "")}
    assert all(row["refused"] for row in rows)


@settings(max_examples=30, deadline=None)
@given(any_effects(least=2), st.sampled_from(["CE", "REML", "DL", "PM", "HE", "ML"]))
def test_a_plain_file_varies_estimator_and_interval(data: Any, estimator: str) -> None:
    chosen = Multiverse(estimators=(estimator,), intervals=("hksj-conservative", "hksj", "wald"))
    effects = effect_rows(*data)
    rows = multiverse({"one": effects}, Choice(estimator), chosen)
    assert len(rows) == 3
    for row in rows:
        mean = fitted(effects, row)
        assert float(row["estimate"]) == pytest.approx(mean.estimate, rel=1e-6, abs=1e-9)
        assert float(row["ci_upper"]) == pytest.approx(mean.ci_upper, rel=1e-6, abs=1e-7)


def test_too_many_combinations_are_a_clear_error(review: Review) -> None:
    many = Multiverse(correlations=tuple(i / 20_000 for i in range(19_999)))
    with pytest.raises(InputError, match=r"robustness\.multiverse: too many combinations of choices"):
        multiverse(pools_of(review), Choice(), many, review)


def test_the_configured_correlation_changes_nothing_and_another_one_the_variances(review: Review) -> None:
    pools = pools_of(review)
    rows = vary_correlation(pools, Choice(), review, (0.3, 0.5, 0.9))
    check_rows(rows, CORRELATION, "correlation")
    assert [(row["correlation"], row["changed"]) for row in rows] == [
        ("0.3", "5"),
        ("0.5", "0"),
        ("0.9", "5"),
    ]
    ordinary = fitted(pools["pain"], {"estimator": "REML", "ci_choice": "hksj-conservative"})
    assert float(rows[1]["ci_lower"]) == pytest.approx(ordinary.ci_lower, rel=1e-9)
    assert float(rows[0]["q"]) < float(rows[1]["q"]) < float(rows[2]["q"])


def test_without_the_tables_behind_the_effects_what_needs_them_says_so() -> None:
    tables = probe(effect_rows([0.1, 0.3, 0.2, 0.9], [0.1, 0.2, 0.1, 0.1]), Choice(), behind=Behind())
    for name in ("correlation", "reading"):
        (row,) = tables[name]
        assert "not here" in row["refused"]
    assert len(tables["leave_one_out"]) == len(tables["influence"]) == 4
    assert len(tables["multiverse"]) == 9
