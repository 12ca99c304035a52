"""A user's mistake: one line that names the file, the row, the field, what was found and what is allowed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sonospine.model.table_io import table_text
from sonospine.model.tables import CURATION, EFFECTS, RECONCILED

BINARY = bytes(range(256)) * 8


@pytest.fixture(autouse=True)
def files(review: Path) -> Path:
    (review / "empty.tsv").write_bytes(b"")
    (review / "binary.tsv").write_bytes(BINARY)
    (review / "words.tsv").write_text("yi\tvi\n1\t0.1\nmany\t0.2\n")
    (review / "folder").mkdir()
    return review


def left(folder: Path) -> list[str]:
    """Return the files that a run that failed must not leave behind: parts, and what it was to write."""
    files = [p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()]
    return sorted(name for name in files if ".part" in name or "made" in name)


INPUTS = {
    "missing": ("none.xml", "none.xml: no such file"),
    "a folder": ("folder", "folder: is a folder"),
    "empty": ("empty.tsv", "empty.tsv: the file is empty"),
    "binary": ("binary.tsv", "binary.tsv: "),
    "a table of effects, or a paper": ("config/config.yaml", "config/config.yaml"),
}


@pytest.mark.parametrize("command", ["read", "extract", "pool", "forest"])
@pytest.mark.parametrize(("name", "message"), INPUTS.values(), ids=INPUTS.keys())
def test_an_input_that_cannot_be_read_is_named_and_nothing_is_written(
    sonospine, files: Path, command: str, name: str, message: str
) -> None:
    out = {"extract": ["-o", "made.tsv"], "forest": ["-o", "made.svg"]}.get(command, [])
    assert sonospine(command, name, *out).line().startswith(message)
    assert left(files) == []


def test_text_in_a_number_is_named_with_its_line_and_column(sonospine) -> None:
    assert (
        sonospine("pool", "words.tsv")
        .line()
        .startswith("words.tsv, line 3, yi: no usable value; found 'many'")
    )


def test_files_that_can_be_read_are_read_and_the_others_named(sonospine, files: Path) -> None:
    said = sonospine("extract", "none.xml", "paper.md", "-o", "made.tsv")
    assert said.status == 1
    assert said.err.splitlines()[0] == "none.xml: no such file"
    assert (files / "made.tsv").read_text().count("\n") == 5


OUTPUTS = {
    "a folder where a file is wanted": ("extract paper.md -o folder", "folder, --out: is a folder"),
    "a figure that is a folder": ("forest effects.tsv -o fig.svg", "fig.svg, --out: is a folder"),
    "below a file": ("pool effects.tsv -o paper.md/made.tsv", "paper.md/made.tsv: cannot be written"),
    "a device": ("pool effects.tsv -o /dev/null/made.tsv", "/dev/null/made.tsv: cannot be written"),
    "a file where a folder is wanted": (
        "import --config config/config.yaml --out paper.md",
        "paper.md, --out: is a file; allowed: the name of a folder",
    ),
}


@pytest.mark.parametrize(("command", "message"), OUTPUTS.values(), ids=OUTPUTS.keys())
def test_an_output_that_cannot_be_written_is_named(
    sonospine, files: Path, command: str, message: str
) -> None:
    (files / "fig.svg").mkdir()
    assert sonospine(*command.split()).line().startswith(message)
    assert left(files) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_named(sonospine, files: Path) -> None:
    (files / "folder").chmod(0o500)
    line = sonospine("pool", "effects.tsv", "-o", "folder/made.tsv").line()
    assert line == "folder/made.tsv: cannot be written: Permission denied"


def test_missing_folders_of_an_output_are_made(sonospine, files: Path) -> None:
    assert sonospine("pool", "effects.tsv", "-o", "new/deep/pooled.tsv").status == 0
    assert (files / "new/deep/pooled.tsv").exists()


@pytest.mark.parametrize("command", ["import", "report"])
def test_a_folder_is_not_replaced_that_holds_what_the_command_did_not_make(
    sonospine, files: Path, command: str
) -> None:
    (files / "folder/corrections").mkdir()
    line = sonospine(command, "--config", "config/config.yaml", "--out", "folder").line()
    assert "holds what this command did not make; found 'corrections'" in line
    assert (files / "folder/corrections").exists()


def edited(files: Path, old: str, new: str) -> str:
    path = files / "config/config.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return "config/config.yaml"


def test_a_typo_in_a_key_names_the_nearest_one(sonospine, files: Path) -> None:
    config = edited(files, "\neligibility:", "\neligability:")
    line = sonospine("import", "--config", config, "--out", "made").line()
    assert line.startswith(f"{config}, line ")
    assert "eligability: unknown key; did you mean eligibility?" in line
    assert left(files) == []


def test_a_tab_in_the_configuration_is_named_with_its_line(sonospine, files: Path) -> None:
    (files / "tab.yaml").write_text("title: x\n\tquestion: y\n")
    line = sonospine("import", "--config", "tab.yaml", "--out", "made").line()
    assert line.startswith("tab.yaml, line 2: not valid YAML")
    assert "tab" in line


@pytest.mark.parametrize("command", ["screen", "reconcile", "effects", "extract", "read"])
def test_an_id_that_the_vocabulary_lacks_is_named(sonospine, files: Path, command: str) -> None:
    config = edited(files, "include: [rct", "include: [rtc")
    others = {
        "screen": ["--shards=s", "--records=r", "--studies=s", "--curation=c", "--out=made"],
        "reconcile": ["--curated=c", "--studies=s"],
        "effects": ["--curated=c", "--studies=s", "--screening=s", "--out=made.tsv"],
        "extract": ["paper.md", "-o", "made.tsv"],
        "read": ["paper.md"],
    }[command]
    said = sonospine(command, "--config", config, *others)
    assert said.status == 1
    last = said.err.splitlines()[-1]
    assert last.startswith(f"{config}, line ")
    assert "did you mean rct?; found 'rtc'; allowed: " in last
    assert "Traceback" not in said.err


def test_a_mistake_in_the_vocabulary_names_file_and_line(sonospine, files: Path) -> None:
    path = files / "config/vocabulary/designs.yaml"
    text = path.read_text(encoding="utf-8")
    line = text[: text.index(" label:")].count("\n") + 1
    path.write_text(text.replace(" label:", " lable:", 1), encoding="utf-8")
    said = sonospine("read", "paper.md").line()
    assert said.startswith(f"config/vocabulary/designs.yaml, line {line}")
    assert "lable" in said


def table(path: Path, names: tuple[str, ...], *rows: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(table_text(names, [{name: row.get(name, "") for name in names} for row in rows]))


def test_a_corrections_file_with_a_wrong_action_or_a_missing_column_is_named(sonospine, files: Path) -> None:
    from sonospine.model.tables import MACHINE_ARMS, MEASUREMENTS, RECORDS

    for folder in ("shards", "records"):
        (files / folder).mkdir()
        (files / folder / "0.jsonl").write_text("")
    table(files / "machine/measurements/0.tsv", MEASUREMENTS.names)
    table(files / "machine/arms/0.tsv", MACHINE_ARMS.names)
    table(files / "studies/records.tsv", RECORDS.names)
    theirs = files / "curation/corrections/ada.tsv"
    command = [
        "correct",
        "--shards",
        "shards",
        "--records",
        "records",
        "--studies",
        "studies",
        "--machine",
        "machine",
        "--curation",
        "curation",
        "--out",
        "made",
    ]
    line = {
        "action_id": "ada-1",
        "curator": "ada",
        "action": "sett",
        "target_type": "measurement",
        "target_id": "m1",
    }

    table(theirs, CURATION.names, line)
    assert (
        sonospine(*command)
        .line()
        .startswith(
            "curation/corrections/ada.tsv, line 2, action: the value is not allowed; found 'sett'; allowed: confirm, set"
        )
    )
    table(theirs, tuple(n for n in CURATION.names if n != "target_id"), line)
    assert (
        sonospine(*command)
        .line()
        .startswith(
            "curation/corrections/ada.tsv, line 1: the columns are not those of the table curation (missing target_id)"
        )
    )
    table(theirs, CURATION.names, {**line, "action": "comment", "reason": '"an open'})
    theirs.write_text(theirs.read_text().replace('"""an open"', '"an open'))
    theirs.write_text(theirs.read_text() + "\t" * (len(CURATION.names) - 1) + "\n")
    assert "a quotation mark is opened and not closed" in sonospine(*command).line()
    theirs.unlink()
    theirs.mkdir()
    assert sonospine(*command).line().startswith("curation/corrections/ada.tsv: ")
    theirs.rmdir()
    assert (
        "--out: only people write in the folder of curation"
        in sonospine(*command[:-1], "curation/made").line()
    )
    assert left(files) == []
    assert sonospine(*command).status == 0


def test_a_table_of_measurements_with_text_in_a_number_is_named(sonospine, files: Path) -> None:
    row = {"measurement_id": "m1", "record_id": "r", "value": "many", "centre": "mean"}
    table(files / "curated/measurements.tsv", RECONCILED.names, row)
    line = sonospine(
        "effects", "--config", "config/config.yaml", "--curated", "curated", "--studies", "s",
        "--screening", "s", "--out", "made.tsv",
    ).line()  # fmt: skip
    assert line.startswith("curated/measurements.tsv, line 2, ")
    assert left(files) == []


def test_a_wrong_table_is_told_by_its_columns(sonospine) -> None:
    line = sonospine("pool", "effects.tsv", "--config", "config/config.yaml").line()
    assert line.startswith(
        "effects.tsv, line 1: the columns are not those of the table effects (missing effect_id, "
    )
    assert line.endswith(f"allowed: {', '.join(EFFECTS.names)}")


def test_folders_of_the_pipeline_that_are_not_there_are_named(sonospine) -> None:
    command = ["link", "--shards", "none", "--records", "none", "--curation", "curation", "--out", "made"]
    said = sonospine(*command)
    assert said.status == 1
    assert said.err.splitlines()[-1].startswith("none: no shard of records here; allowed: the folder that")


def test_a_shard_is_not_taken_for_records_nor_a_paper_for_a_shard(sonospine, files: Path) -> None:
    (files / "0.jsonl").write_text('{"record_id": "x"}\n')
    assert sonospine("read", "0.jsonl").line().startswith("0.jsonl, line 1: not a record")
    assert sonospine("parse", "paper.md", "--out", "made").line() == "paper.md, line 1: not a raw record"
    assert "name one shard" in sonospine("parse", "folder", "--out", "made").line()
    assert left(files) == []


def test_evaluation_without_annotated_articles_says_where_they_are_looked_for(sonospine) -> None:
    line = sonospine("evaluate", "--data", "none").line()
    assert line.startswith("none/gold/dev.jsonl: the annotated articles are not here")
