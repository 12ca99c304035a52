"""Where tests find real records: ``SONOSPINE_TEST_DATA``, by default ``../shared/data`` beside the project."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


def _data_folder() -> Path:
    return (PROJECT / os.environ.get("SONOSPINE_TEST_DATA", "../shared/data")).resolve()


def _existing(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"real records are not here ({path.name}); set SONOSPINE_TEST_DATA")
    return path


@pytest.fixture(scope="session")
def project() -> Path:
    """The root of the project."""
    return PROJECT


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real records; the test is skipped, with the reason, where it is absent."""
    return _existing(_data_folder())


@pytest.fixture(scope="session")
def real_seeds() -> Path:
    """The folder of the five real documents."""
    return _existing(_data_folder().parent / "seeds")


@pytest.fixture(scope="session")
def study_facts() -> Path:
    """The file of published figures that the corpus rests on."""
    return _existing(_data_folder().parent / "facts" / "studies.jsonl")


@pytest.fixture(scope="session")
def scorers() -> Path:
    """The folder of the scorers."""
    return _existing(_data_folder().parent / "bench")
