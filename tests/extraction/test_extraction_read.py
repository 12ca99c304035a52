"""The two reading commands: what they print and write, and what they do with files that cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from sonospine.cli import extract, read
from sonospine.model.record import to_json
from sonospine.model.table_io import read_table
from sonospine.model.tables import ALTERNATIVES, MACHINE_ARMS, MEASUREMENTS, UNREAD

PAPER = """---
title: "Heat against cold: a randomised trial"
year: 2020
---

# Heat against cold: a randomised trial

## Abstract

Methods: Group A (n = 30) received heat. Group B (n = 31) received cold.

Results: The VAS at 4 weeks was 2.3 ± 1.1 in group A and 3.4 ± 1.2 in group B.
"""


@pytest.fixture
def paper(tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(project)
    path = tmp_path / "paper.md"
    path.write_text(PAPER, encoding="utf-8")
    return path


def runner_of(module: object) -> typer.Typer:
    app = typer.Typer(add_completion=False)
    app.command()(module.run)  # type: ignore[attr-defined]
    return app


def call(module: object, *arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(runner_of(module), [str(a) for a in arguments], env={"COLUMNS": "160"})
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def test_read_prints_title_arms_values_and_places(paper):
    status, out, _ = call(read, paper)
    assert status == 0
    assert "Heat against cold" in out
    for piece in ("Group A", "Group B", "2.3", "± 1.1 SD", "abstract/RESULTS:", "30", "heat"):
        assert piece in out


def test_quotes_show_the_number_in_its_sentence(paper):
    _, out, _ = call(read, paper, "--quotes")
    assert "The VAS at 4 weeks was »2.3 ± 1.1« in group A" in " ".join(out.split())


def test_json_is_one_object_a_record(paper):
    _, out, _ = call(read, paper, "--json")
    (line,) = out.splitlines()
    assert [m["value"] for m in sorted(json.loads(line)["measurements"], key=lambda m: m["arm"])] == [
        "2.3",
        "3.4",
    ]


def test_a_file_that_cannot_be_read_is_one_line_and_the_rest_goes_on(paper, tmp_path):
    empty = tmp_path / "empty.xml"
    empty.write_bytes(b"")
    status, out, err = call(read, empty, tmp_path / "absent.xml", paper)
    assert status == 1
    assert "Heat against cold" in out
    assert len(err.splitlines()) == 2
    assert "empty.xml" in err
    assert "no such file" in err


def test_extract_writes_one_table_of_any_files(paper, tmp_path):
    out = tmp_path / "m.tsv"
    assert call(extract, paper, "-o", out)[0] == 0
    assert {r["value"] for r in read_table(out, MEASUREMENTS)} == {"2.3", "3.4"}


def test_extract_writes_four_tables_of_a_shard(paper, tmp_path, project):
    from sonospine.sources import records_of

    shard = tmp_path / "3.jsonl"
    shard.write_text("".join(f"{to_json(r)}\n" for r in records_of(paper)), encoding="utf-8")
    extract.run_tables(shard, None, tmp_path / "machine")
    for name, schema in (
        ("measurements", MEASUREMENTS),
        ("alternatives", ALTERNATIVES),
        ("arms", MACHINE_ARMS),
        ("unread", UNREAD),
    ):
        rows = read_table(tmp_path / "machine" / name / "3.tsv", schema)
        assert (name == "unread") == (rows == []) or name == "alternatives"


def test_extract_wants_to_know_where_to_write(paper):
    status, _, err = call(extract, paper)
    assert status == 2
    assert "say where to write" in err


def test_real_articles_registrations_and_abstracts_can_be_read(real_data, project, monkeypatch):
    monkeypatch.chdir(project)
    study = real_data / "ctgov" / "studies" / "NCT00238238.json"
    status, out, _ = call(read, study)
    assert status == 0
    assert "registry/" in out
