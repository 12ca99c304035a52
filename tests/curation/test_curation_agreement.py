"""Percent, kappa and ICC: as published, as psych computes them, and as they must behave."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sonospine.curation.agreement import cohen_kappa, intraclass_correlation

REFERENCES = Path(__file__).parents[1] / "reference"
REFERENCE = json.loads((REFERENCES / "agreement.json").read_text("utf-8"))
# Shrout & Fleiss 1979, table 2: four judges rate six targets.
SHROUT_FLEISS = [(9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7)]
# Fleiss, Levin & Paik 2003, table 18.1: two raters diagnose 100 people as psychotic, neurotic or organic.
FLEISS = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]

pairs = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=1, max_size=30)
values = st.integers(-40, 40).map(lambda number: number / 4)
tables = st.lists(st.tuples(values, values), min_size=2, max_size=15)


def close(value: float) -> Any:
    # Both sides work in double precision; quantiles of F come from two programs.
    return pytest.approx(value, rel=1e-8, abs=1e-10)


def pairs_of(counts: list[list[int]]) -> list[tuple[str, str]]:
    return [(str(i), str(j)) for i, row in enumerate(counts) for j, n in enumerate(row) for _ in range(n)]


def test_kappa_of_the_diagnoses_is_as_fleiss_prints_it() -> None:
    found = cohen_kappa(pairs_of(FLEISS))
    assert found.value is not None
    assert round(found.value, 2) == 0.68
    assert (found.lower, found.upper) == (pytest.approx(0.51, abs=0.01), pytest.approx(0.85, abs=0.01))


def test_icc_of_the_six_targets_is_as_shrout_and_fleiss_print_it() -> None:
    found = intraclass_correlation(SHROUT_FLEISS)
    assert found.value is not None
    assert round(found.value, 2) == 0.29


@pytest.mark.parametrize("name", sorted(REFERENCE["kappa"]))
def test_kappa_and_its_interval_are_those_of_psych(name: str) -> None:
    case = REFERENCE["kappa"][name]
    found = cohen_kappa(pairs_of(case["counts"]))
    assert (found.value, found.lower, found.upper) == (
        close(case["kappa"]), close(case["lower"]), close(case["upper"]),
    )  # fmt: skip
    assert found.note == ""


@pytest.mark.parametrize("name", sorted(REFERENCE["icc"]))
def test_icc_and_its_interval_are_those_of_psych(name: str) -> None:
    case = REFERENCE["icc"][name]
    found = intraclass_correlation(case["ratings"])
    assert (found.value, found.lower, found.upper) == (
        close(case["icc"]), close(case["lower"]), close(case["upper"]),
    )  # fmt: skip


def test_kappa_is_not_defined_where_both_gave_one_answer_throughout() -> None:
    found = cohen_kappa([("sd", "sd")] * 12)
    assert (found.n, found.value, found.lower, found.upper) == (12, None, None, None)
    assert "not defined" in found.note


def test_kappa_of_perfect_agreement_is_1_and_has_no_interval_of_no_width() -> None:
    found = cohen_kappa([("sd", "sd")] * 12 + [("se", "se")])
    assert (found.value, found.lower, found.upper) == (1, None, None)
    assert "no interval" in found.note


def test_where_one_rater_never_differs_kappa_is_0() -> None:
    assert cohen_kappa([("sd", "sd")] * 3 + [("sd", "se")]).value == 0


def test_nothing_judged_by_both_is_said() -> None:
    assert cohen_kappa([]).value is None
    assert intraclass_correlation([]).value is None
    assert "nothing" in cohen_kappa([]).note


@pytest.mark.parametrize(
    ("ratings", "value", "word"),
    [
        ([(1, 1)], None, "fewer than two"),
        ([(3, 3), (3, 3)], None, "every value is the same"),
        ([(0, 1), (1, 0)], None, "not defined"),
        ([(3, 3), (4, 4), (7, 7)], 1, "agree on every value"),
        ([(3, 5), (3, 5), (3, 5)], 0, "degree of freedom"),
    ],
)
def test_what_an_icc_cannot_say_it_says(
    ratings: list[tuple[float, float]], value: float | None, word: str
) -> None:
    found = intraclass_correlation(ratings)
    assert (found.value, found.lower, found.upper) == (value, None, None)
    assert word in found.note


@given(pairs)
def test_kappa_does_not_depend_on_order_names_or_which_rater_comes_first(
    drawn: list[tuple[str, str]],
) -> None:
    found = cohen_kappa(drawn)
    for other in (
        cohen_kappa(drawn[::-1]),
        cohen_kappa([(b, a) for a, b in drawn]),
        cohen_kappa([(a.upper(), b.upper()) for a, b in drawn]),
    ):
        if found.value is None:
            assert other.value is None
        else:
            assert (other.value, other.lower, other.upper) == tuple(
                part if part is None else close(part) for part in (found.value, found.lower, found.upper)
            )


@given(pairs)
def test_kappa_lies_between_minus_1_and_1_and_inside_its_interval(drawn: list[tuple[str, str]]) -> None:
    found = cohen_kappa(drawn)
    assert (found.value is None) == (len({name for pair in drawn for name in pair}) == 1)
    if found.value is not None:
        assert -1 <= found.value <= 1
        assert (found.value == 1) == all(a == b for a, b in drawn)
    if found.value is not None and found.lower is not None and found.upper is not None:
        assert found.lower <= found.value <= found.upper


@settings(deadline=None)
@given(tables)
def test_icc_does_not_depend_on_order_or_which_rater_comes_first(drawn: list[tuple[float, float]]) -> None:
    found = intraclass_correlation(drawn)
    for other in (intraclass_correlation(drawn[::-1]), intraclass_correlation([(b, a) for a, b in drawn])):
        assert (other.value, other.lower, other.upper) == (found.value, found.lower, found.upper)


@settings(deadline=None)
@given(tables, st.integers(1, 20), st.integers(-50, 50))
def test_icc_does_not_depend_on_the_unit(drawn: list[tuple[float, float]], times: int, plus: int) -> None:
    found = intraclass_correlation(drawn)
    other = intraclass_correlation([(a * times + plus, b * times + plus) for a, b in drawn])
    if found.value is None:
        assert other.value is None
        return
    assert (other.value, other.lower, other.upper) == tuple(
        part if part is None else close(part) for part in (found.value, found.lower, found.upper)
    )


@settings(deadline=None)
@given(tables)
def test_icc_is_at_most_1_lies_in_its_interval_and_is_1_only_where_all_agree(
    drawn: list[tuple[float, float]],
) -> None:
    found = intraclass_correlation(drawn)
    assume(found.value is not None)
    assert found.value is not None
    assert found.value <= 1
    assert (found.value == 1) == all(a == b for a, b in drawn)
    if found.lower is not None and found.upper is not None:
        assert found.lower <= found.value + 1e-9
        assert found.value <= found.upper + 1e-9


@settings(deadline=None)
@given(tables, st.integers(4, 40))
def test_a_constant_difference_lowers_absolute_agreement(
    drawn: list[tuple[float, float]], shift: int
) -> None:
    alike = [(a, a) for a, _ in drawn]
    assume(len({a for a, _ in drawn}) > 1)
    shifted = intraclass_correlation([(a, a + shift) for a, _ in drawn]).value
    assert intraclass_correlation(alike).value == 1
    assert shifted is not None
    assert shifted < 1


@pytest.mark.r
def test_the_figures_of_psych_are_as_committed(rscript: str) -> None:
    if subprocess.run([rscript, "-e", "library(psych)"], capture_output=True).returncode:
        pytest.skip("R has no psych here (Debian: r-cran-psych)")
    command = [sys.executable, str(REFERENCES / "remake.py"), "agreement"]
    again = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert (again.returncode, again.stdout.strip()) == (0, "every figure is as committed"), again.stderr
