"""``sonospine curate``: import and check as a person types them, with their mistakes."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from small_log import ARMS, RECORD, RECORD_ROWS, ROWS, Writer

from sonospine.cli import correct, reconcile
from sonospine.cli.curate import COMMANDS
from sonospine.cli.inputs import CONFIG
from sonospine.corrections import read_actions
from sonospine.curation.logbook import Logbook
from sonospine.model.record import to_json
from sonospine.model.sheets import guarded
from sonospine.model.table_io import Row, read_table, table_text, write_table
from sonospine.model.tables import CURATION, MACHINE_ARMS, MEASUREMENTS, RECONCILED, RECORDS, STUDIES

from .conftest import Said

Sonospine = Callable[..., Said]
LOG = "extracted/curation/corrections/ann.tsv"


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    """A review of one record that has run as far as the reconciled table."""
    made = tmp_path_factory.mktemp("review")
    shutil.copytree(project / "config/vocabulary", made / "config/vocabulary")
    shutil.copy(project / "config/config.yaml", made / "config/config.yaml")
    for folder in ("results/import", "results/records"):
        (made / folder).mkdir(parents=True)
    (made / "results/import/0.jsonl").write_text("", encoding="utf-8")
    (made / "results/records/0.jsonl").write_text(to_json(RECORD) + "\n", encoding="utf-8")
    write_table(made / "results/studies/records.tsv", RECORDS, RECORD_ROWS)
    study = STUDIES.row(study_id="s1", label="One 2025", design="prospective_single_arm", condition="axial")
    write_table(made / "results/studies/studies.tsv", STUDIES, [study])
    write_table(made / "extracted/machine/measurements/0.tsv", MEASUREMENTS, ROWS)
    write_table(made / "extracted/machine/arms/0.tsv", MACHINE_ARMS, ARMS)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(made)
        results, extracted = Path("results"), Path("extracted")
        correct.run(
            shards=results / "import", records=results / "records", studies=results / "studies",
            machine=extracted / "machine", curation=extracted / "curation", out=extracted / "curated",
        )  # fmt: skip
        reconcile.run(config=CONFIG, curated=extracted / "curated", studies=results / "studies")
    return made


@pytest.fixture
def root(finished: Path, tmp_path: Path) -> Path:
    """The folder in which the command runs: a copy of that review."""
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    return tmp_path


def ran(sonospine: Sonospine) -> None:
    """Run the pipeline as far as the reconciled table."""
    done = sonospine(
        "correct", "--shards", "results/import", "--records", "results/records", "--studies", "results/studies",
        "--machine", "extracted/machine", "--curation", "extracted/curation", "-o", "extracted/curated",
    )  # fmt: skip
    assert done.status == 0, done.err
    done = sonospine(
        "reconcile",
        "--config",
        "config/config.yaml",
        "--curated",
        "extracted/curated",
        "--studies",
        "results/studies",
    )
    assert done.status == 0, done.err


def table(root: Path) -> list[Row]:
    return read_table(root / "extracted/curated/measurements.tsv", RECONCILED)


def save(root: Path, rows: list[Row], more: tuple[str, ...] = ()) -> str:
    """Save a table as a spreadsheet of a country with a decimal comma does."""
    plain = [n for n in RECONCILED.names if RECONCILED.column(n).kind in ("number", "integer", "boolean")]
    with (root / "edited.csv").open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, delimiter=";")
        out.writerow([*RECONCILED.names, *more])
        for row in rows:
            cells = {n: t.replace(".", ",").upper() if n in plain else guarded(t) for n, t in row.items()}
            out.writerow([cells.get(name, "") for name in (*RECONCILED.names, *more)])
    return "edited.csv"


def edited(root: Path, changes: dict[str, dict[str, str]], added: list[Row] | None = None) -> str:
    rows = [row | changes.get(row["measurement_id"], {}) for row in table(root)]
    more = sorted({name for change in changes.values() for name in change} - set(RECONCILED.names))
    return save(root, [*rows, *(added or [])], tuple(more))


def new_row(**more: str) -> Row:
    values = {"record_id": "file:one", "source": "figure", "locator": "figure/F1", "arm": "=all", "centre": "mean",
              "value": "2.1", "weeks": "26"}  # fmt: skip
    return RECONCILED.row(**{**values, **more})


def log(root: Path) -> list[Row]:
    return read_table(root / LOG, CURATION) if (root / LOG).exists() else []


def imported(sonospine: Sonospine, *more: str) -> Said:
    return sonospine("curate", "import", "edited.csv", "--curator", "ann", *more)


def test_an_unedited_table_changes_nothing(root: Path, sonospine: Sonospine) -> None:
    edited(root, {})
    said = imported(sonospine)
    assert (said.status, said.out, said.err) == (0, "", "0 changes, 0 lines: nothing written\n")
    assert not (root / LOG).exists()


def test_each_change_becomes_a_line_and_is_listed(root: Path, sonospine: Sonospine) -> None:
    changes = {
        "m1": {"n": "25", "reason": "Table 1"},
        "m2": {"spread": "se", "spread_value": "0.51"},
        "m3": {"state": "confirmed"},
    }
    edited(root, changes, [new_row()])
    before = sorted(p for p in root.rglob("*"))
    dry = imported(sonospine, "--dry-run", "--reason", "checked against the PDF")
    assert dry.err == "5 changes, 12 lines: nothing written\n"
    assert [p for p in sorted(root.rglob("*")) if p.name != ".lock"] == before
    said = imported(sonospine, "--reason", "checked against the PDF")
    assert said.out == dry.out
    assert said.out.splitlines() == [
        "line 2: m1 n '26' -> '25'",
        "line 3: m2 spread 'sd' -> 'se'",
        "line 3: m2 spread_value '0.5' -> '0.51'",
        "line 4: m3 confirmed",
        "line 5: a new row of file:one: '=all' 'mean' '2.1'",
    ]
    assert said.err == f"5 changes, 12 lines added to {LOG}\n"
    assert [row["reason"] for row in log(root)[:2]] == ["Table 1", "checked against the PDF"]
    ran(sonospine)
    now = {row["measurement_id"]: row for row in table(root)}
    added = next(row for key, row in now.items() if key.startswith("x"))
    assert [now[m]["state"] for m in ("m1", "m2", "m3")] == ["corrected", "corrected", "confirmed"]
    assert (now["m2"]["spread"], now["m2"]["spread_value"]) == ("se", "0.51")
    assert (added["arm"], added["value"], added["state"], added["source"]) == (
        "=all",
        "2.1",
        "added",
        "figure",
    )


def test_the_lines_hold_where_the_source_moves_as_those_of_the_page_do(
    root: Path, sonospine: Sonospine
) -> None:
    edited(root, {"m2": {"spread": "se"}})
    imported(sonospine)
    (line,) = log(root)
    assert "2.4 ± 0.5" in line["context"]
    assert '"rows": 1' in line["seen"]
    assert line["source_sha256"] == "abc"


def test_what_was_imported_before_is_not_said_twice_and_what_was_undone_is_said_again(
    root: Path, sonospine: Sonospine
) -> None:
    edited(root, {"m1": {"n": "25"}, "m2": {"state": "rejected"}}, [new_row()])
    imported(sonospine)
    lines = log(root)
    said = imported(sonospine)
    assert [line.endswith(": said already") for line in said.out.splitlines()] == [True] * 3
    assert said.err == "0 changes, 0 lines: nothing written\n"
    assert log(root) == lines
    undo = CURATION.row(action_id="ann-u", curator="ann", action="undo", refers_to=lines[0]["action_id"])
    Logbook(root / "extracted/curation").append("corrections", "ann", [undo])
    assert imported(sonospine).out.splitlines()[0] == "line 2: m1 n '26' -> '25'"
    assert len(log(root)) == len(lines) + 2


def test_what_another_curator_said_is_still_said_by_this_one(root: Path, sonospine: Sonospine) -> None:
    edited(root, {"m1": {"n": "25"}})
    imported(sonospine)
    assert sonospine("curate", "import", "edited.csv", "--curator", "bob").err.startswith(
        "1 changes, 1 lines added"
    )
    ran(sonospine)
    assert next(row for row in table(root) if row["measurement_id"] == "m1")["state"] == "agreed"


def test_numbers_and_truths_that_a_spreadsheet_writes_anew_are_no_change(
    root: Path, sonospine: Sonospine
) -> None:
    edited(root, {"m1": {"value": "5.20", "n": "26.0", "confidence": "9E-1"}, "m3": {"value": "2"}})
    assert imported(sonospine).err == "0 changes, 0 lines: nothing written\n"


def test_rows_that_are_gone_are_listed_and_rejected_only_where_that_is_asked_for(
    root: Path, sonospine: Sonospine
) -> None:
    save(root, table(root)[1:])
    said = imported(sonospine)
    assert said.err.splitlines() == [
        "1 rows are not in the table and stay as they are: m1",
        "0 changes, 0 lines: nothing written",
    ]
    said = imported(sonospine, "--reject-missing")
    assert said.out == "m1 rejected: its row is gone\n"
    assert [row["action"] for row in log(root)] == ["reject"]
    assert imported(sonospine, "--reject-missing").err == "0 changes, 0 lines: nothing written\n"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"m2": {"spread": "sdd"}}, "edited.csv, line 3, spread: the value does not fit spread; found 'sdd'; allowed: sd, se,"),
        ({"m2": {"n": "2,5"}}, "edited.csv, line 3, n: the value does not fit n; found '2.5'; allowed: a whole number, or empty"),
        ({"m2": {"change": ""}}, "edited.csv, line 3, change: the value does not fit change; found ''; allowed: true, false"),
        ({"m2": {"measurement_id": "m9"}}, "edited.csv, line 3, measurement_id: no row has this id; found 'm9'; allowed:"),
        ({"m2": {"measurement_id": "m1"}}, "edited.csv, line 3, measurement_id: the id stands twice; found 'm1'"),
        ({"m2": {"quote": "2.4"}}, "edited.csv, line 3, quote: this column is not for editing"),
        ({"m2": {"record_id": "file:two"}}, "found 'file:two'; allowed: 'file:one', as it was"),
        ({"m2": {"state": "agreed"}}, "found 'agreed'; allowed: 'unread', as it was, or confirmed or rejected"),
        ({"m2": {"colour": "red"}}, "edited.csv, line 1: no such column in the table reconciled; found 'colour'"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_and_nothing_is_written(
    root: Path, sonospine: Sonospine, changes: dict[str, dict[str, str]], message: str
) -> None:
    edited(root, {"m1": {"n": "25"}} | changes, [new_row()])
    assert message in imported(sonospine).line()
    assert not (root / LOG).exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"centre": ""}, "edited.csv, line 5, centre: an added row needs centre"),
        ({"locator": ""}, "edited.csv, line 5, locator: an added row needs locator"),
        ({"record_id": "file:9"}, "edited.csv, line 5, record_id: no record has this id; found 'file:9'"),
        ({"record_id": ""}, "edited.csv, line 5, record_id: an added row needs record_id"),
        ({"source": "text", "locator": "body/s1p1:0-4", "quote": "Pane"},
         "edited.csv, line 5, quote: the quote does not stand at the place; found 'Pane'; allowed: Pain"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_new_row_is_one_line(
    root: Path, sonospine: Sonospine, change: dict[str, str], message: str
) -> None:
    edited(root, {}, [new_row(**change)])
    assert message in imported(sonospine).line()
    assert not (root / LOG).exists()


def test_a_copy_older_than_the_review_is_refused_unless_its_base_is_named(
    root: Path, sonospine: Sonospine
) -> None:
    old = (root / "extracted/curated/measurements.tsv").read_text(encoding="utf-8")
    (root / "old.tsv").write_text(old, encoding="utf-8")
    edited(root, {"m2": {"n": "24"}})
    bob = Writer("bob")
    Logbook(root / "extracted/curation").append("corrections", "bob", bob.does(("set", 1, 1)))
    ran(sonospine)
    assert "the table is older than the review" in imported(sonospine).line()
    said = imported(sonospine, "--base", "old.tsv")
    assert said.out == "line 3: m2 n '26' -> '24'\n"


def test_before_the_first_run_it_says_what_to_run(review: Path, sonospine: Sonospine) -> None:
    (review / "edited.csv").write_text("measurement_id,n\nm1,3\n", encoding="utf-8")
    assert imported(sonospine).line().endswith("the review has not run yet: run `make review` first")
    assert sonospine("curate", "check").out.splitlines() == [
        f"{kind}: no lines"
        for kind in ("corrections", "links", "studies", "screening", "risk_of_bias", "grade")
    ]


def test_a_curator_needs_a_name_that_can_be_a_file(root: Path, sonospine: Sonospine) -> None:
    edited(root, {})
    assert (
        "curator: not a name of a curator; found '../x'"
        in sonospine("curate", "import", "edited.csv", "--curator", "../x").line()
    )
    assert "Missing option '--curator'" in sonospine("curate", "import", "edited.csv").usage()


def write(root: Path, kind: str, *lines: dict[str, str]) -> Path:
    path = root / "extracted/curation" / kind / "ann.tsv"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [CURATION.row(**{"curator": "ann", "action": "set", **line}) for line in lines]
    path.write_text(table_text(CURATION.names, rows), encoding="utf-8")
    return path


def test_check_counts_what_lines_do_and_lists_those_that_do_nothing(root: Path, sonospine: Sonospine) -> None:
    row = {"target_type": "measurement", "target_id": "m2", "field": "n"}
    write(
        root, "corrections",
        {"action_id": "a1", **row, "old_value": "26", "new_value": "25"},
        {"action_id": "a2", **row, "old_value": "30", "new_value": "25"},
        {"action_id": "a3", **row, "target_id": "m9", "new_value": "25"},
        {"action_id": "a4", **row, "field": "spread", "new_value": "sd"},
    )  # fmt: skip
    link = {"target_type": "link", "field": "relation", "new_value": "apart"}
    write(root, "links", {"action_id": "l1", **link, "target_id": "file:one file:two"})
    screen = {"target_type": "record", "field": "decision", "new_value": "exclude"}
    write(root, "screening", {"action_id": "s1", **screen, "target_id": "file:one"},
          {"action_id": "s2", **screen, "target_id": "file:two"})  # fmt: skip
    said = sonospine("curate", "check")
    assert (said.status, said.err) == (0, "")
    assert said.out.splitlines() == [
        "corrections: 4 lines of ann: 1 applied, 1 needless, 1 stale, 1 unknown",
        "  ann.tsv, line 3: stale: the source changed and the place was not found again (set n 25 m2)",
        "  ann.tsv, line 4: unknown: no measurement m9 (set n 25 m9)",
        "links: 1 lines of ann",
        "  link file:one file:two: no record file:two",
        "studies: no lines",
        "screening: 2 lines of ann",
        "  record file:two: not in the corpus",
        "risk_of_bias: no lines",
        "grade: no lines",
    ]


@pytest.mark.parametrize(
    ("kind", "line", "message"),
    [
        ("corrections", {"target_type": "measurement", "target_id": "m2", "field": "spred"},
         "corrections/ann.tsv, line 2, field: no such column to correct (did you mean spread?)"),
        ("links", {"target_type": "link", "target_id": "file:one"}, "links/ann.tsv, line 2, target_id: the line is malformed"),
        ("studies", {"target_type": "stud", "field": "study_id"}, "studies/ann.tsv, line 2, target_type"),
        ("screening", {"target_type": "record", "target_id": "file:one", "field": "decision", "new_value": "maybe"},
         "screening/ann.tsv, line 2, new_value: the line is malformed; found 'maybe'; allowed: include,"),
        ("grade", {"time": "yesterday"}, "grade/ann.tsv, line 2, time"),
    ],
)  # fmt: skip
def test_check_ends_at_a_malformed_line_of_any_kind(
    root: Path, sonospine: Sonospine, kind: str, line: dict[str, str], message: str
) -> None:
    write(root, kind, {"action_id": "a1", **line})
    said = sonospine("curate", "check")
    assert said.status == 1
    assert len(said.err.splitlines()) == 1
    assert message in said.err


def test_check_names_a_line_that_is_cut_off_and_the_page_keeps_it_aside(
    root: Path, sonospine: Sonospine, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(root, "corrections", {"action_id": "a1", "action": "comment", "reason": "x"})
    with path.open("a", encoding="utf-8") as file:
        file.write("a2\t\t2026")
    assert "line 3: the last line is cut off" in sonospine("curate", "check").err
    served(monkeypatch)
    assert "is kept here, and counts no more" in sonospine("curate", "--no-open").err
    said = sonospine("curate", "check")
    assert said.status == 0
    assert "corrections/.torn/ann-" in said.out.splitlines()[-1]


def served(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """Let a page stand in that only says how it was called."""
    calls: list[dict[str, object]] = []
    monkeypatch.setattr("sonospine.curation.web.app.serve", lambda **options: calls.append(options))
    return calls


def test_the_page_is_served_to_this_computer_alone_and_without_a_password(
    root: Path, sonospine: Sonospine, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = served(monkeypatch)
    assert sonospine("curate").status == 0
    assert sonospine("curate", "--curator", "ann", "--port", "0", "--no-open", "--root", root).status == 0
    shown = [{k: v for k, v in call.items() if k != "tell"} for call in calls]
    assert shown == [
        {"root": Path(), "config": Path("config/config.yaml"), "curator": "", "host": "127.0.0.1", "port": 8417,
         "password": "", "open_page": True},
        {"root": root, "config": root / "config/config.yaml", "curator": "ann", "host": "127.0.0.1", "port": 0,
         "password": "", "open_page": False},
    ]  # fmt: skip


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.org", "127.0.0.1.example.org", ""])
def test_a_page_that_others_can_reach_needs_a_password(
    root: Path, sonospine: Sonospine, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    calls = served(monkeypatch)
    assert "needs a password: give --password-file" in sonospine("curate", "--host", host).usage()
    (root / "short").write_text("abc\n", encoding="utf-8")
    (root / "long").write_text("correct horse battery\nmore\n", encoding="utf-8")
    line = sonospine("curate", "--host", host, "--password-file", "short").line()
    assert line == "short, line 1: the password is too short; found '3 characters'; allowed: 8 and more"
    assert "no such file" in sonospine("curate", "--host", host, "--password-file", "none").line()
    assert calls == []
    assert sonospine("curate", "--host", host, "--password-file", "long").status == 0
    assert calls[0]["password"] == "correct horse battery"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "[::1]", "localhost"])
def test_every_name_of_this_computer_needs_none(
    root: Path, sonospine: Sonospine, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    calls = served(monkeypatch)
    assert sonospine("curate", "--host", host).status == 0
    assert (calls[0]["host"], calls[0]["password"]) == (host, "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["imprt"], "No such command 'imprt'. Did you mean 'import'?"),
        (["import"], "Missing argument 'EDITED'."),
        (["--port", "70000"], "Input should be less than or equal to 65535"),
        (["check", "--config"], "requires an argument"),
    ],
)
def test_wrong_usage_below_curate_is_named_with_status_2(
    sonospine: Sonospine, arguments: list[str], message: str
) -> None:
    assert message in sonospine("curate", *arguments).usage()


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_below_curate_explains_itself_with_an_example(sonospine: Sonospine, name: str) -> None:
    said = sonospine("curate", name, "--help", COLUMNS="80")
    assert (said.status, said.err) == (0, "")
    assert f"Usage: sonospine curate {name} " in said.out
    assert COMMANDS[name].example in said.out
    assert "--verbose" in said.out
    assert max(map(len, said.out.splitlines())) <= 80


def test_the_reader_of_the_log_reads_what_was_imported(root: Path, sonospine: Sonospine) -> None:
    edited(root, {"m1": {"arm": '=cmd|"x"'}})
    imported(sonospine)
    (action,) = read_actions(root / "extracted/curation/corrections")
    assert (action.field, action.old_value, action.new_value) == ("arm", "all", '=cmd|"x"')
