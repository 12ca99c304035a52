"""Where tests find real records: ``SONOSPINE_TEST_DATA``, by default ``../shared/data`` beside the project."""

from __future__ import annotations

import os
import shutil
import subprocess
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


@pytest.fixture(scope="session")
def rscript() -> str:
    """The program of R, with metafor and jsonlite; without them the test is skipped, or fails where all is required."""
    program = shutil.which("Rscript")
    packages = "library(metafor); library(jsonlite)"
    if program and subprocess.run([program, "-e", packages], capture_output=True).returncode == 0:
        return program
    if os.environ.get("SONOSPINE_REQUIRE_ALL"):
        pytest.fail("SONOSPINE_REQUIRE_ALL is set and R with metafor and jsonlite is not here")
    pytest.skip("R with metafor and jsonlite is not here (Debian: r-cran-metafor r-cran-jsonlite)")
