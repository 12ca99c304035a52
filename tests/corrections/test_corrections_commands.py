"""The three commands from machine rows to effects, on a small review in a folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sonospine.cli import correct, effects, reconcile
from sonospine.corrections import seen_text
from sonospine.model.places import context_of
from sonospine.model.record import Passage, Record, to_json
from sonospine.model.table_io import Row, read_table, table_text, write_table
from sonospine.model.tables import (
    CONFLICTS,
    CORRECTION_LOG,
    CURATION,
    DECISIONS,
    EFFECTS,
    MACHINE_ARMS,
    MEASUREMENTS,
    RECONCILED,
    RECORDS,
    STUDIES,
)

TEXT = "The NRS was 5.27 ± 0.45 at baseline and 1.85 ± 0.73 after two weeks in 26 patients."
TABLE = "In the other paragraph it was 1.85 ± 0.37 after two weeks."
RECORD = Record("file:one", "file", passages=(Passage("body/s1p1", TEXT), Passage("body/s2p1", TABLE)))


def row(name: str, address: str, text: str, quote: str, weeks: str, source: str = "text") -> Row:
    start = text.index(quote)
    value, sd = quote.split(" ± ")
    return MEASUREMENTS.row(
        measurement_id=name, record_id="file:one", source=source, locator=f"{address}:{start}-{start + len(quote)}",
        quote=quote, outcome="NRS", instrument="nrs", construct="pain", scale_min="0", scale_max="10", unit="points",
        arm="all", n="26", time=f"{weeks} weeks", weeks=weeks, phase="follow_up" if weeks != "0" else "baseline",
        change="false", centre="mean", value=value, spread="sd", spread_value=sd, adjusted="false", rule="text",
        confidence="0.9",
    )  # fmt: skip


ROWS = [
    row("m1", "body/s1p1", TEXT, "5.27 ± 0.45", "0"),
    row("m2", "body/s1p1", TEXT, "1.85 ± 0.73", "2"),
    row("m3", "body/s2p1", TABLE, "1.85 ± 0.37", "2", source="table"),
]


@pytest.fixture
def review(tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for folder in ("shards", "records", "machine/measurements", "machine/arms", "curation/corrections"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "shards/0.jsonl").write_text("", encoding="utf-8")
    (tmp_path / "records/0.jsonl").write_text(to_json(RECORD) + "\n", encoding="utf-8")
    write_table(tmp_path / "machine/measurements/0.tsv", MEASUREMENTS, ROWS)
    arm = MACHINE_ARMS.row(
        record_id="file:one", label="all", role="single", guidance="ultrasound", locator="title"
    )
    write_table(tmp_path / "machine/arms/0.tsv", MACHINE_ARMS, [arm])
    record = RECORDS.row(record_id="file:one", source="file", report_id="p1", study_id="s1", status="current",
                         full_text="true", sha256="abc")  # fmt: skip
    write_table(tmp_path / "studies/records.tsv", RECORDS, [record])
    study = STUDIES.row(study_id="s1", label="One 2025", design="prospective_single_arm", condition="axial")
    write_table(tmp_path / "studies/studies.tsv", STUDIES, [study])
    decision = DECISIONS.row(record_id="file:one", stage="record", decision="include", by="rule")
    write_table(tmp_path / "screening/decisions.tsv", DECISIONS, [decision])
    monkeypatch.chdir(project)
    return tmp_path


def run(review: Path, project: Path) -> dict[str, bytes]:
    config = project / "config/config.yaml"
    correct.run(
        shards=review / "shards", records=review / "records", studies=review / "studies",
        machine=review / "machine", curation=review / "curation", out=review / "curated",
    )  # fmt: skip
    reconcile.run(config=config, curated=review / "curated", studies=review / "studies")
    effects.run(
        config=config, curated=review / "curated", studies=review / "studies", screening=review / "screening",
        out=review / "effects.tsv",
    )  # fmt: skip
    made = [*sorted((review / "curated").iterdir()), review / "effects.tsv"]
    return {path.name: path.read_bytes() for path in made}


def curate(review: Path, *lines: dict[str, str]) -> None:
    rows = [CURATION.row(**line) for line in lines]
    path = review / "curation/corrections/ann.tsv"
    path.write_text(table_text(CURATION.names, rows), encoding="utf-8")


def test_without_curation_the_machine_rows_become_effects_and_the_open_conflict_two(
    review: Path, project: Path
) -> None:
    run(review, project)
    made = [
        e for e in read_table(review / "effects.tsv", EFFECTS) if e["analysis"] == "pain_before_after_short"
    ]
    assert [(e["variant"], e["included"], e["sd1i"]) for e in sorted(made, key=lambda e: e["variant"])] == [
        ("other_value", "true", "0.73"),
        ("primary", "true", "0.37"),
    ]
    assert [c["kind"] for c in read_table(review / "curated/conflicts.tsv", CONFLICTS)] == ["spread"]


def test_two_runs_give_the_same_bytes(review: Path, project: Path) -> None:
    assert run(review, project) == run(review, project)


def test_a_correction_decides_the_conflict_and_the_curators_folder_stays_as_it_is(
    review: Path, project: Path
) -> None:
    line = {
        "action_id": "a1", "time": "2026-02-03T10:00:00Z", "curator": "ann", "action": "confirm",
        "target_type": "measurement", "target_id": "m2", "record_id": "file:one", "source_sha256": "abc",
        "seen": seen_text(ROWS[1], ROWS), "context": context_of(RECORD, ROWS[1]["locator"]),
    }  # fmt: skip
    curate(review, line)
    before = (review / "curation/corrections/ann.tsv").read_bytes()
    run(review, project)
    (one,) = [
        e for e in read_table(review / "effects.tsv", EFFECTS) if e["analysis"] == "pain_before_after_short"
    ]
    assert one["sd1i"] == "0.73"
    rows = {r["measurement_id"]: r for r in read_table(review / "curated/measurements.tsv", RECONCILED)}
    assert (rows["m2"]["state"], rows["m2"]["preferred"]) == ("confirmed", "true")
    assert [r["outcome"] for r in read_table(review / "curated/log.tsv", CORRECTION_LOG)] == ["applied"]
    assert (review / "curation/corrections/ann.tsv").read_bytes() == before
    assert [p.name for p in (review / "curation").rglob("*")] == ["corrections", "ann.tsv"]


def test_a_line_finds_its_row_again_in_the_records_when_its_id_has_changed(
    review: Path, project: Path
) -> None:
    seen = json.loads(seen_text(ROWS[1], ROWS)) | {"measurement_id": "m0", "locator": "body/s1p1:0-11"}
    line = {
        "action_id": "a1", "curator": "ann", "action": "set", "target_type": "measurement", "target_id": "m0",
        "field": "spread", "new_value": "se", "record_id": "file:one", "source_sha256": "older",
        "seen": json.dumps(seen), "context": context_of(RECORD, ROWS[1]["locator"]),
    }  # fmt: skip
    curate(review, line)
    run(review, project)
    (logged,) = read_table(review / "curated/log.tsv", CORRECTION_LOG)
    assert (logged["outcome"], logged["detail"]) == ("applied", "found again as m2")
