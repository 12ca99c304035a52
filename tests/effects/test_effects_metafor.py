"""Effect sizes against metafor's ``escalc`` (tests/reference/random_effects.R), relative 1e-12: closed measures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sonospine.effects import measures
from sonospine.effects.measures import Effect, Group

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "metafor.json").read_text(encoding="utf-8"))


def examples(measure: str) -> list[Any]:
    rows = REFERENCE["effect_sizes"][measure]
    return [pytest.param(row, id=f"{measure}-{number}") for number, row in enumerate(rows, 1)]


def same(found: Effect, row: dict[str, float]) -> bool:
    exact = {"rel": 1e-12, "abs": 1e-14}
    return found.yi == pytest.approx(row["yi"], **exact) and found.vi == pytest.approx(row["vi"], **exact)


@pytest.mark.parametrize("row", examples("MD"))
def test_a_mean_difference_is_that_of_escalc(row: dict[str, float]) -> None:
    one = Group(int(row["n1i"]), row["m1i"], row["sd1i"])
    two = Group(int(row["n2i"]), row["m2i"], row["sd2i"])
    assert same(measures.mean_difference(one, two), row)


@pytest.mark.parametrize("row", examples("MC"))
def test_a_mean_change_is_that_of_escalc(row: dict[str, float]) -> None:
    n = int(row["n1i"])
    after, before = Group(n, row["m1i"], row["sd1i"]), Group(n, row["m2i"], row["sd2i"])
    assert same(measures.mean_change(after, before, n, row["ri"]), row)


@pytest.mark.parametrize("row", examples("SMCR"))
def test_a_standardised_change_is_that_of_escalc_with_the_baseline_sd(row: dict[str, float]) -> None:
    found = measures.standardised_change(row["m1i"] - row["m2i"], row["sd2i"], int(row["n1i"]), row["ri"])
    assert same(found, row)


@pytest.mark.parametrize("row", examples("RR"))
def test_a_log_risk_ratio_is_that_of_escalc(row: dict[str, float]) -> None:
    counts = (int(row[name]) for name in ("ai", "n1i", "ci", "n2i"))
    assert same(measures.log_risk_ratio(*counts), row)


def test_each_measure_has_five_examples() -> None:
    assert {
        name: len(REFERENCE["effect_sizes"][name]) for name in ("MD", "MC", "SMCR", "RR")
    } == dict.fromkeys(("MD", "MC", "SMCR", "RR"), 5)
