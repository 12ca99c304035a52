"""The embedded corpus, read once for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from sonospine.curation.recompute import Recomputing
from sonospine.curation.tables import Tables, read_tables_of

from .embedded_corpus import read_corpus


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    """A folder with ``results/`` and ``extracted/machine/`` of the embedded corpus. Nobody writes into it."""
    root = tmp_path_factory.mktemp("corpus")
    read_corpus(root, project)
    return root


@pytest.fixture(scope="session")
def tables(corpus: Path, project: Path) -> Tables:
    """Its tables, as the desk reads them."""
    return read_tables_of(corpus, project / "config/config.yaml")


@pytest.fixture(scope="session")
def work(tables: Tables) -> Recomputing:
    """The steps over these tables, with every study worked out without any line."""
    made = Recomputing(tables)
    assert made.base.states
    return made
