"""Made-up trials and a browser without a screen over them."""

from __future__ import annotations

from pathlib import Path

import pytest

from sonospine.curation.tables import Tables

from .made_up import Browser, desk_at, tables_of


@pytest.fixture(scope="session")
def trials(project: Path) -> Tables:
    """The tables of the made-up trials."""
    return tables_of(project)


@pytest.fixture
def visitor(trials: Tables, tmp_path: Path) -> Browser:
    """A browser in which nobody has signed in."""
    return Browser(desk_at(tmp_path, trials))


@pytest.fixture
def ada(visitor: Browser) -> Browser:
    """A browser in which the curator ada has signed in."""
    visitor.sign_in()
    return visitor
