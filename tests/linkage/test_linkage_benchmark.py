"""Deduplication on corrupted copies and near-twins of real MEDLINE records: a sample here, the whole when slow."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def benchmark(project: Path) -> Iterator[ModuleType]:
    sys.path.insert(0, str(project / "benchmarks"))
    try:
        yield importlib.import_module("deduplication")
    finally:
        sys.path.remove(str(project / "benchmarks"))


def test_a_sample_of_copies_is_joined_and_no_near_twin_is(benchmark: ModuleType, real_data: Path) -> None:
    originals, abbreviations = benchmark.medline(real_data / benchmark.MEDLINE)
    found = benchmark.measured(originals[::9], abbreviations, [1])
    listed = found["copies"]["the above together"]
    assert listed["joined"] >= 0.98 * listed["total"]
    assert sum(one["wrong"] for one in found["copies"].values()) == 0
    assert found["twins"]["together"]["merged"] == 0
    assert (found["natural"]["reports"], found["natural"]["studies"]) == (0, 0)


@pytest.mark.slow
def test_copies_are_joined_at_no_false_merge_over_the_reported_seeds(
    benchmark: ModuleType, real_data: Path
) -> None:
    originals, abbreviations = benchmark.medline(real_data / benchmark.MEDLINE)
    found = benchmark.measured(originals, abbreviations, benchmark.SEEDS)
    for kind in (*benchmark.LISTED, "the above together"):
        one = found["copies"][kind]
        assert one["joined"] >= 0.98 * one["total"], kind
    assert sum(one["wrong"] for one in found["copies"].values()) == 0
    assert found["twins"]["together"]["merged"] == 0
    assert (found["natural"]["reports"], found["natural"]["studies"]) == (0, 0)


def test_the_test_set_of_colrev_gives_the_expected_number_of_reports(
    benchmark: ModuleType, real_data: Path
) -> None:
    found = benchmark.colrev(real_data / "citation-files/colrev")
    assert found is not None
    assert found["reports"] == found["expected"] < found["records"]


def test_an_exact_interval_covers_nothing_and_everything(benchmark: ModuleType) -> None:
    low, high = benchmark.exact_interval(0, 1000)
    assert (low, round(high, 6)) == (0, 0.003682)
    low, high = benchmark.exact_interval(1000, 1000)
    assert (round(low, 6), high) == (0.996318, 1)
