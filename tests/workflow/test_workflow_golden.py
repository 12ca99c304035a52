"""The whole way through on a few records: what is built, what reruns, and what a person's correction changes."""

from __future__ import annotations

import re
from pathlib import Path

from sonospine.model.table_io import read_table, table_text
from sonospine.model.tables import (
    ALL_TABLES,
    CONFLICTS,
    CORRECTED,
    CORRECTION_LOG,
    CURATION,
    EFFECTS,
    MEASUREMENTS,
    POOLED,
    RECONCILED,
    RECORDS,
    STUDIES,
)

DOCUMENT = """---
title: A later pilot of the same block in twelve people
year: 2026
types: [Journal Article]
---
# A later pilot of the same block in twelve people

## Abstract
Twelve patients with chronic low back pain had an ultrasound-guided medial branch block in a prospective
single-arm study. VAS was 6.0 ± 1.0 at baseline and 3.0 ± 1.5 at 4 weeks.
"""

ON_DEMAND = ("diff", "freeze")
"""Commands that people call and no rule does."""
DOWNLOADS = "results/report/"
"""What is offered there begins with the line on the demonstration corpus."""


def test_a_run_builds_every_declared_table_and_each_fits_its_schema(built_review):
    for table in ALL_TABLES:
        if table.written_by in ("people", *ON_DEMAND) or table.path.startswith(("resources/", DOWNLOADS)):
            continue
        paths = sorted(built_review.folder.glob(table.path.replace("<bucket>", "*")))
        assert paths, f"{table.path} was not built"
        for path in paths:
            read_table(path, table)


def test_a_run_builds_a_figure_of_each_format_for_each_analysis_and_the_report(built_review):
    figures = {p.name for p in (built_review.folder / "results/figures").iterdir()}
    analyses = {row["analysis"] for row in read_table(built_review.folder / POOLED.path, POOLED)}
    assert {f"{name}.{kind}" for name in analyses for kind in ("svg", "pdf", "png")} <= figures
    assert (built_review.folder / "results/report/index.html").is_file()


def test_a_second_run_has_nothing_to_do(built_review):
    assert built_review.planned() == {}


def test_every_included_effect_can_be_followed_to_measurements_that_stand_in_a_record(built_review):
    measured = {m["measurement_id"]: m for m in read_table(built_review.folder / RECONCILED.path, RECONCILED)}
    included = [e for e in read_table(built_review.folder / EFFECTS.path, EFFECTS) if e["included"] == "true"]
    assert included
    for effect in included:
        for measurement_id in effect["measurement_ids"].split(";"):
            assert measured[measurement_id]["quote"]


def test_one_added_record_reruns_one_extract_job(review_copy):
    before = _extract_jobs(review_copy)
    added = review_copy.folder / "config/corpus/documents/later-pilot.md"
    added.write_text(DOCUMENT, encoding="utf-8")
    said = review_copy.run("--", POOLED.path).stderr
    assert len(re.findall(r"^(?:rule|localrule) extract_measurements:", said, flags=re.M)) == 1
    assert "extract_measurements" not in review_copy.planned()
    assert _extract_jobs(review_copy) == before
    records = read_table(review_copy.folder / RECORDS.path, RECORDS)
    assert "demo:file:documents-later-pilot" in {r["record_id"] for r in records}


def test_one_correction_reruns_no_extract_job_and_changes_the_pool(review_copy):
    pooled_before = (review_copy.folder / POOLED.path).read_text(encoding="utf-8")
    target = _pooled_measurement(review_copy.folder)
    corrected = str(float(target["value"]) + 1)
    _correct(review_copy.folder, target, corrected)
    said = review_copy.run("--", POOLED.path).stderr
    assert "rule extract_measurements:" not in said
    assert "rule apply_corrections:" in said
    left = review_copy.planned()
    assert "extract_measurements" not in left
    assert "write_report" in left
    assert (review_copy.folder / POOLED.path).read_text(encoding="utf-8") != pooled_before
    rows = {r["measurement_id"]: r for r in read_table(review_copy.folder / CORRECTED.path, CORRECTED)}
    assert rows[target["measurement_id"]]["value"] == corrected
    assert rows[target["measurement_id"]]["state"] == "corrected"
    log = read_table(review_copy.folder / CORRECTION_LOG.path, CORRECTION_LOG)
    assert [line["outcome"] for line in log] == ["applied"]
    machine = [
        row for p in (review_copy.folder / "extracted/machine/measurements").glob("*.tsv")
        for row in read_table(p, MEASUREMENTS)
    ]  # fmt: skip
    assert {m["value"] for m in machine if m["measurement_id"] == target["measurement_id"]} == {
        target["value"]
    }


def test_the_fascia_pilot_comes_out_as_one_study_with_its_conflicts_shown(built_review):
    records = read_table(built_review.folder / RECORDS.path, RECORDS)
    pilot = {r["study_id"] for r in records if "seed-000" in r["record_id"] or "seed-001" in r["record_id"]}
    assert len(pilot) == 1
    conflicts = [
        c for c in read_table(built_review.folder / CONFLICTS.path, CONFLICTS) if c["study_id"] in pilot
    ]
    measured = {m["measurement_id"]: m for m in read_table(built_review.folder / RECONCILED.path, RECONCILED)}
    spreads = [{measured[i]["spread_value"] for i in c["measurement_ids"].split(";") if i} for c in conflicts]
    assert {"0.37", "0.73"} in spreads
    assert {"0.37", "0.47"} in spreads
    twelve = next(c for c, s in zip(conflicts, spreads, strict=True) if s == {"0.37", "0.47"})
    assert measured[twelve["chosen"]]["spread_value"] == "0.47"


def test_the_case_report_is_a_study_that_no_pool_takes(built_review):
    studies = {s["study_id"]: s for s in read_table(built_review.folder / STUDIES.path, STUDIES)}
    records = read_table(built_review.folder / RECORDS.path, RECORDS)
    case = next(r["study_id"] for r in records if "seed-004" in r["record_id"])
    assert studies[case]["design"] == "case_report"
    included = [e for e in read_table(built_review.folder / EFFECTS.path, EFFECTS) if e["included"] == "true"]
    assert case not in {e["study_id"] for e in included}


def test_a_typo_in_the_configuration_is_one_clear_line_and_nothing_is_built(fresh_review):
    config = fresh_review.folder / "config/config.yaml"
    config.write_text(
        config.read_text(encoding="utf-8").replace("eligibility:", "eligibilty:"), encoding="utf-8"
    )
    done = fresh_review.run(check=False)
    said = [line for line in done.stderr.splitlines() if "eligibilty" in line]
    assert done.returncode == 1
    assert said
    assert "eligibility" in said[0]
    assert "Traceback" not in done.stderr
    assert not (fresh_review.folder / "results").exists()


def test_no_rule_has_curation_or_a_folder_above_it_as_output(project):
    rules = "".join(p.read_text(encoding="utf-8") for p in sorted((project / "workflow/rules").glob("*.smk")))
    outputs = re.findall(r"output:\n((?:\s{8,}.*\n)+)", rules)
    assert outputs
    assert not any("curation" in o or 'directory("extracted' in o for o in outputs)


def _extract_jobs(review) -> int:
    return len(list((review.folder / "extracted/machine/measurements").glob("*.tsv")))


def _pooled_measurement(folder: Path) -> dict[str, str]:
    """A measurement whose value enters a pool as a mean."""
    measured = {m["measurement_id"]: m for m in read_table(folder / RECONCILED.path, RECONCILED)}
    for effect in read_table(folder / EFFECTS.path, EFFECTS):
        if effect["included"] != "true" or effect["variant"] != "primary" or not effect["m1i"]:
            continue
        for measurement_id in effect["measurement_ids"].split(";"):
            row = measured[measurement_id]
            if row["centre"] == "mean" and row["phase"] == "follow_up" and row["change"] == "false":
                return row
    raise AssertionError("no pooled measurement")


def _correct(folder: Path, target: dict[str, str], value: str) -> None:
    line = CURATION.row(
        action_id="ada-1", time="2026-11-20T09:00:00Z", curator="ada", action="set", target_type="measurement",
        target_id=target["measurement_id"], field="value", old_value=target["value"], new_value=value,
        reason="misread", record_id=target["record_id"], locator=target["locator"], context=target["quote"],
    )  # fmt: skip
    file = folder / "extracted/curation/corrections/ada.tsv"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(table_text(CURATION.names, [line]), encoding="utf-8")
