"""The trial of the queue is fair: what is wrong is what was spoilt, and correcting all of it gives the truth."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from made_reviews import configuration
from queue_views import tables_of

from sonospine.robustness import Review


@pytest.fixture(scope="module")
def trial() -> Iterator[tuple[ModuleType, ModuleType]]:
    """The modules of the benchmark: the trial and its corpus."""
    folder = str(Path(__file__).resolve().parents[2] / "benchmarks")
    sys.path.insert(0, folder)
    try:
        yield importlib.import_module("curation_queue"), importlib.import_module("queue_corpus")
    finally:
        sys.path.remove(folder)


def test_correcting_every_row_leaves_no_distance_and_correcting_none_leaves_some(
    trial: tuple[ModuleType, ModuleType],
) -> None:
    trying, made = trial
    empty = Review([], [], [], [], [], [], configuration())
    corpus = made.corpus_of(tables_of(empty), empty, [], 7)
    read = made.spoilt(corpus, made.read_errors(3.0), 7)
    assert read.wrong
    desk = trying.Desk(corpus, read)
    none, some, every = desk.distances([(), sorted(read.wrong), sorted(read.read)])
    assert none.every > 0
    assert some.every == pytest.approx(0, abs=1e-9)
    assert every.every == pytest.approx(0, abs=1e-9)


def test_a_seed_spoils_the_same_rows_again_and_the_error_table_sets_the_rate(
    trial: tuple[ModuleType, ModuleType],
) -> None:
    _, made = trial
    empty = Review([], [], [], [], [], [], configuration())
    corpus = made.corpus_of(tables_of(empty), empty, [], 3)
    errors = made.read_errors()
    assert made.spoilt(corpus, errors, 3) == made.spoilt(corpus, errors, 3)
    counted = [len(made.spoilt(corpus, errors, seed).wrong) / len(corpus.behind) for seed in range(30)]
    assert sum(counted) / len(counted) == pytest.approx(errors.rate, rel=0.3)
    assert sum(errors.kinds.values()) == pytest.approx(1)
