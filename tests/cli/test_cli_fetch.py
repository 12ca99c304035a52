"""``sonospine fetch``: each mistake is one line that says what to do; nothing is asked before all is settled."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

NOBODY = {"eutils": "http://127.0.0.1:9/entrez/eutils", "trials": "http://127.0.0.1:9/api/v2"}
ASKED = ("fetch", "--config", "config/config.yaml")


@pytest.fixture
def configured(review: Path, monkeypatch: pytest.MonkeyPatch):
    """Write the configuration of the review with another search; no address and no key in the environment."""
    monkeypatch.delenv("NCBI_EMAIL", raising=False)
    monkeypatch.delenv("NCBI_API_KEY", raising=False)

    def write(snapshot: str = "", **search: object) -> None:
        path = review / "config" / "config.yaml"
        settings = yaml.safe_load(path.read_text(encoding="utf-8"))
        settings["search"] = {"addresses": NOBODY, **search}
        settings["sources"]["snapshot"] = snapshot
        path.write_text(yaml.safe_dump(settings), encoding="utf-8")

    write(pubmed={"query": "pain"}, trials={"term": "pain"})
    return write


def test_a_source_that_is_not_configured_is_named(sonospine, configured) -> None:
    configured(pubmed={"query": "pain"}, pmc=False)
    assert "search.trials: no search is configured for this source" in sonospine(*ASKED, "trials").line()
    assert "search.pmc: no search is configured for this source" in sonospine(*ASKED, "pmc").line()
    configured()
    assert "search: no search is configured; allowed: pubmed, trials" in sonospine(*ASKED).line()


def test_without_an_address_nothing_is_asked(sonospine, configured, review: Path) -> None:
    line = sonospine(*ASKED, "pubmed").line()
    assert line.startswith("search.email: NCBI wants the address")
    assert "NCBI_EMAIL" in line
    assert not (review / "resources").exists()


def test_a_name_that_leads_elsewhere_is_refused(sonospine, configured) -> None:
    for name in ("../elsewhere", ".hidden", "a/b", "x" * 65):
        assert "--name: not a name for a snapshot" in sonospine(*ASKED, "--name", name).line()


def test_an_update_needs_a_snapshot_and_a_name_of_its_own(sonospine, configured, review: Path) -> None:
    line = sonospine(*ASKED, "--update").line()
    assert "sources.snapshot: there is no snapshot to be updated" in line
    configured("old", pubmed={"query": "pain"})
    assert "the snapshot to be updated is not there" in sonospine(*ASKED, "--update", "--name", "new").line()
    (review / "resources" / "snapshots" / "old").mkdir(parents=True)
    line = sonospine(*ASKED, "--update", "--name", "old").line()
    assert "an update needs a name of its own" in line
    assert "'old'" in line


def test_an_unknown_source_and_a_wrong_date_are_named(sonospine, configured) -> None:
    assert "'embase' is not one of" in sonospine(*ASKED, "embase").usage()
    assert "--today: not a date; found '20.11.2026'" in sonospine(*ASKED, "--today", "20.11.2026").line()


def test_a_service_that_does_not_answer_is_one_line_and_what_is_there_is_kept(
    sonospine, configured, review: Path
) -> None:
    for source in ("pubmed", "trials"):
        said = sonospine(*ASKED, source, "--name", "first", "--tries", "1", NCBI_EMAIL="a@example.org")
        assert said.status == 1
        last = said.err.splitlines()[-1]
        assert "127.0.0.1:9 refuses the connection" in last
        assert "the same command goes on" in last
        assert "Traceback" not in said.err


def test_the_help_says_where_the_key_comes_from_and_hides_what_only_tests_need(sonospine) -> None:
    text = " ".join(sonospine("fetch", "--help").out.split())
    assert "NCBI_API_KEY" in text
    assert "--today" not in text
    assert re.search(r"--snapshots FOLDER .*resources/snapshots", text)
