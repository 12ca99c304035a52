"""The same against the real services, with a small search; only when SONOSPINE_NETWORK=1 (and NCBI_EMAIL) is set."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import yaml
from stand_in.factory import Library
from stand_in.server import StandIn

from .conftest import PROGRAM, Review

pytestmark = pytest.mark.skipif(
    os.environ.get("SONOSPINE_NETWORK") != "1",
    reason="asks the real services: set SONOSPINE_NETWORK=1, NCBI_EMAIL and perhaps NCBI_API_KEY",
)

# Articles of closed years: the answer hardly changes.
SEARCH = {
    "pubmed": {
        "query": '"erector spinae"[ti] AND ultrasound[ti] AND pain[ti]',
        "date_field": "edat",
        "from_date": "2019-01-01",
        "to_date": "2019-12-31",
    },
    "trials": {"condition": "facet joint pain", "intervention": "ultrasound"},
}


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Review:
    """A review that has been fetched from the real services, once for all tests."""
    if not os.environ.get("NCBI_EMAIL"):
        pytest.skip("NCBI wants an address: set NCBI_EMAIL")
    folder = tmp_path_factory.mktemp("real")
    # The stand-in is not started: it only gives the configuration its shape.
    review = Review(folder, StandIn(Library(1)), project)
    review.configure()
    path = folder / "config" / "config.yaml"
    settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    settings["search"] = SEARCH
    path.write_text(yaml.safe_dump(settings), encoding="utf-8")
    done = subprocess.run(
        [PROGRAM, "fetch", "--config", "config/config.yaml", "--name", "real"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return review


def test_pubmed_gives_every_record_that_it_reports(real: Review) -> None:
    manifest = real.manifest("real", "pubmed")
    found = real.record_ids("real", "pubmed")
    assert len(found) == manifest["reported"] == manifest["fetched"] > 3
    assert set(found.values()) == {1}
    assert manifest["sent"][0]["translation"]


def test_pmc_gives_full_texts_of_some_of_them(real: Review) -> None:
    found = real.record_ids("real", "pmc")
    assert found
    assert set(found.values()) == {1}


def test_the_registry_gives_every_study_that_it_reports(real: Review) -> None:
    manifest = real.manifest("real", "trials")
    found = real.record_ids("real", "trials")
    assert len(found) == manifest["reported"] == manifest["fetched"] > 0


def test_the_key_stands_nowhere(real: Review) -> None:
    key = os.environ.get("NCBI_API_KEY", "")
    if not key:
        pytest.skip("no NCBI_API_KEY is set")
    assert real.places_of(key) == []


def test_nothing_is_asked_for_twice(real: Review) -> None:
    done = subprocess.run(
        [PROGRAM, "fetch", "--config", "config/config.yaml", "--name", "real"],
        cwd=real.folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stderr.count("nothing asked") == 3
