"""Mantel-Haenszel against metafor's rma.mh with its defaults (tests/reference/rare_events.R)."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from sonospine.synthesis.rare_events import MEASURES, Counts, mantel_haenszel

CASES = json.loads((Path(__file__).parents[1] / "reference" / "rare_events.json").read_text(encoding="utf-8"))


def studies(case: dict[str, Any]) -> list[Counts]:
    return [Counts(*row) for row in zip(case["a"], case["n1"], case["c"], case["n2"], strict=True)]


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_pool_and_heterogeneity_are_those_of_metafor(case: dict[str, Any], measure: str) -> None:
    expected = case["fits"][measure]
    found = mantel_haenszel(measure, studies(case))
    if expected["estimate"] is None:
        assert found.mean is None
        return
    assert found.mean is not None
    for name in ("estimate", "se", "ci_lower", "ci_upper", "p_value"):
        assert getattr(found.mean, name) == pytest.approx(expected[name], rel=1e-9, abs=1e-12), name
    for name in ("q", "q_p", "i2", "h2"):
        assert getattr(found.heterogeneity, name) == pytest.approx(expected[name], rel=1e-9, abs=1e-12), name


def test_zeros_are_halved_for_q_alone_and_counted() -> None:
    table = [Counts(0, 20, 0, 22), Counts(0, 31, 3, 30), Counts(4, 40, 5, 38)]
    found = mantel_haenszel("RR", table)
    assert (found.halved, found.left_out, found.heterogeneity.q_df) == (1, 1, 1)
    assert found.mean == mantel_haenszel("RR", table[1:]).mean


def test_events_in_one_arm_alone_leave_no_ratio_but_a_difference() -> None:
    table = [Counts(0, 20, 2, 22), Counts(0, 31, 3, 30)]
    assert mantel_haenszel("RR", table).mean is None
    assert mantel_haenszel("OR", table).mean is None
    difference = mantel_haenszel("RD", table).mean
    assert difference is not None
    assert -1 < difference.estimate < 0


def test_swapped_arms_turn_the_sign() -> None:
    table = [Counts(3, 20, 2, 22), Counts(1, 31, 3, 30), Counts(4, 40, 5, 38)]
    for measure in MEASURES:
        one = mantel_haenszel(measure, table).mean
        two = mantel_haenszel(measure, [Counts(c, n2, a, n1) for a, n1, c, n2 in table]).mean
        assert one is not None
        assert two is not None
        assert two.estimate == pytest.approx(-one.estimate, rel=1e-12)
        assert two.se == pytest.approx(one.se, rel=1e-12)


@pytest.mark.parametrize("row", [(5, 4, 1, 9), (-1, 4, 1, 9), (0, 0, 1, 9)])
def test_counts_that_cannot_be_are_refused(row: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="are no counts of events"):
        mantel_haenszel("RR", [Counts(*row)])


def test_an_unknown_measure_lists_the_allowed() -> None:
    with pytest.raises(ValueError, match="allowed: RR, OR, RD"):
        mantel_haenszel("MD", [Counts(1, 2, 1, 2)])


def test_a_wider_level_widens_the_interval() -> None:
    table = [Counts(3, 20, 2, 22), Counts(1, 31, 3, 30)]
    narrow, wide = mantel_haenszel("OR", table, level=90).mean, mantel_haenszel("OR", table, level=99).mean
    assert narrow is not None
    assert wide is not None
    assert wide.ci_upper - wide.ci_lower > narrow.ci_upper - narrow.ci_lower
    assert math.isclose(narrow.estimate, wide.estimate)
