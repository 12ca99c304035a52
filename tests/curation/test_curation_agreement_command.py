"""``sonospine curate agreement`` prints the figures, or writes them as a table."""

from __future__ import annotations

from pathlib import Path

import pytest

from sonospine.cli import curate_agreement
from sonospine.curation import lines
from sonospine.curation.desk import Desk
from sonospine.curation.logbook import Logbook
from sonospine.curation.tables import Tables
from sonospine.model.errors import InputError
from sonospine.model.table_io import read_table
from sonospine.model.tables import AGREEMENT

from .web.made_up import row_id, tables_of


@pytest.fixture
def root(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    tables = tables_of(project)

    def read(where: Path, config: Path) -> Tables:
        assert (where, config) == (tmp_path, tmp_path / "config/config.yaml")
        return tables

    monkeypatch.setattr("sonospine.curation.tables.read_tables_of", read)
    return tmp_path


def voted(root: Path, project: Path) -> None:
    desk = Desk(tables_of(project), Logbook(root / "extracted" / "curation"))
    for curator, value in (("ada", "2.1"), ("bob", "2.2")):
        hand, view = lines.hand_of(curator), desk.view(curator)
        made = [lines.confirm(hand, view.shown("measurement", row_id(s, "FL"))) for s in "123"]
        made.append(lines.set_field(hand, view.shown("measurement", row_id("1", "US")), "value", value))
        desk.save("corrections", curator, made)
        decision = lines.line(
            hand, "set", target_type="study", target_id="s1", field="decision", new_value="include"
        )
        desk.save("screening", curator, [decision])


def test_without_two_curators_it_says_so(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    curate_agreement.run(root=root)
    assert capsys.readouterr().out == "No two curators have spoken about the same thing yet.\n"


def test_fields_are_printed_with_what_is_missing_and_why(
    root: Path, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    voted(root, project)
    curate_agreement.run(root=root)
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].split() == ["field", "of", "curators", "n", "agree", "kappa", "ICC"]
    (value,) = (line for line in printed if line.startswith("value "))
    assert value.split()[:7] == ["value", "measurement", "ada,", "bob", "4", "75", "%"]
    assert value.split()[7:] == ["0.996", "(0.962", "to", "1.000)"]
    (decision,) = (line for line in printed if line.startswith("decision "))
    assert decision.split()[1:] == ["screening", "study", "ada,", "bob", "1", "100", "%"]
    assert any(line.startswith("* kappa is not defined") and "decision" in line for line in printed)


def test_the_table_is_written_as_declared(root: Path, project: Path) -> None:
    voted(root, project)
    curate_agreement.run(root=root, out=root / "agreement.tsv")
    rows = {(row["kind"], row["field"]): row for row in read_table(root / "agreement.tsv", AGREEMENT)}
    assert rows["corrections", "value"]["icc_n"] == "4"
    assert rows["screening", "decision"]["percent"] == "100"


@pytest.mark.parametrize("kind", ["screening", "risk_of_bias"])
def test_a_malformed_line_is_named(root: Path, kind: str) -> None:
    made = lines.line(
        lines.hand_of("ada"), "set", target_type="study", target_id="s1", field="colour", new_value="red"
    )
    Logbook(root / "extracted" / "curation").append(kind, "ada", [made])
    with pytest.raises(InputError, match="field: the line is malformed"):
        curate_agreement.run(root=root)
