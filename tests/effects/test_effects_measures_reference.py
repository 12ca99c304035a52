"""Every measure against metafor's ``escalc`` (tests/reference/effect_sizes.R), relative 1e-12: closed formulas."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sonospine.effects.measures import (
    Effect,
    Group,
    change_in_change_sds,
    log_odds_ratio,
    log_risk_ratio,
    logit_proportion,
    mean_change,
    mean_difference,
    printed_change,
    proportion_with_half_events,
    ratio_of_means,
    risk_difference,
    standardised_change,
    standardised_mean_difference,
    with_half_events,
)

Row = dict[str, float]
PATH = Path(__file__).parents[1] / "reference" / "effect_sizes.json"
ESCALC: dict[str, list[Row]] = json.loads(PATH.read_text(encoding="utf-8"))["escalc"]


def arms(row: Row) -> tuple[Group, Group]:
    one = Group(int(row["n1i"]), row["m1i"], row["sd1i"])
    return one, Group(int(row["n2i"]), row["m2i"], row["sd2i"])


def pair(row: Row) -> tuple[Group, Group, int, float]:
    n = int(row["n1i"])
    return Group(n, row["m1i"], row["sd1i"]), Group(n, row["m2i"], row["sd2i"]), n, row["ri"]


def change(row: Row) -> float:
    return row["m1i"] - row["m2i"]


def table(row: Row) -> tuple[float, float, float, float]:
    return row["ai"], row["n1i"], row["ci"], row["n2i"]


OURS: dict[str, Callable[[Row], Effect]] = {
    "MD": lambda row: mean_difference(*arms(row)),
    "SMD_LS": lambda row: standardised_mean_difference(*arms(row)),
    "SMD_LS2": lambda row: standardised_mean_difference(*arms(row), vtype="LS2"),
    "ROM": lambda row: ratio_of_means(*arms(row)),
    "MC": lambda row: mean_change(*pair(row)),
    "MN": lambda row: printed_change(row["mi"], row["sdi"], int(row["ni"])),
    "SMCR_LS": lambda row: standardised_change(change(row), row["sd2i"], int(row["n1i"]), row["ri"]),
    "SMCR_LS2": lambda row: standardised_change(
        change(row), row["sd2i"], int(row["n1i"]), row["ri"], vtype="LS2"
    ),
    "SMCC_LS": lambda row: change_in_change_sds(change(row), row["sd_change"], int(row["n1i"])),
    "SMCC_LS2": lambda row: change_in_change_sds(change(row), row["sd_change"], int(row["n1i"]), vtype="LS2"),
    "RR": lambda row: log_risk_ratio(*table(row)),
    "OR": lambda row: log_odds_ratio(*table(row)),
    "RD": lambda row: risk_difference(*table(row)),
    "RR_whole": lambda row: log_risk_ratio(*table(row)),
    "RD_zeros": lambda row: risk_difference(*table(row)),
    "RR_half": lambda row: log_risk_ratio(*with_half_events(*table(row))),
    "OR_half": lambda row: log_odds_ratio(*with_half_events(*table(row))),
    "RD_half": lambda row: risk_difference(*with_half_events(*table(row))),
    "PLO": lambda row: logit_proportion(row["xi"], row["ni"]),
    "PLO_half": lambda row: logit_proportion(*proportion_with_half_events(row["xi"], row["ni"])),
}


@pytest.mark.parametrize(
    ("name", "row"),
    [
        pytest.param(name, row, id=f"{name}-{i}")
        for name, rows in ESCALC.items()
        for i, row in enumerate(rows, 1)
    ],
)
def test_an_effect_and_its_variance_are_those_of_escalc(name: str, row: Row) -> None:
    # 1e-14 beside it: a difference of 0 that metafor has as 0 up to rounding. metafor's c(m) is the difference of two
    # log gammas; at 30,000 people each is near 130,000 and rounded to 1.5e-11, so 5e-11 is asked there.
    large = name.startswith("SM") and row["n1i"] > 1000
    rel = 5e-11 if large else 1e-12
    found = OURS[name](row)
    assert found.yi == pytest.approx(row["yi"], rel=rel, abs=1e-14)
    assert found.vi == pytest.approx(row["vi"], rel=rel, abs=1e-18)


def test_every_measure_is_compared_in_several_rows() -> None:
    assert set(OURS) == set(ESCALC)
    assert min(len(rows) for rows in ESCALC.values()) >= 2
    assert sum(len(rows) for rows in ESCALC.values()) * 2 >= 300
