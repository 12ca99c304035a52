"""The five documents, real and condensed, come out of linkage and screening as they must."""

from __future__ import annotations

from pathlib import Path

import pytest

from sonospine.cli.link import run as run_link
from sonospine.cli.screen import run as run_screen
from sonospine.config.loading import load_config
from sonospine.linkage import Linked, link_records
from sonospine.model.errors import InputError
from sonospine.model.places import quote_at
from sonospine.model.record import Record, to_json
from sonospine.model.table_io import Row, read_table, write_table
from sonospine.model.tables import CURATION, DECISIONS, PRISMA, REJECTED, SEARCHES, STUDIES
from sonospine.screening import Screened, screen
from sonospine.screening.run import LinkedRows
from sonospine.sources.reading import records_of
from sonospine.vocabulary import load_vocabulary

Outcome = tuple[dict[str, Record], Linked, Screened]


def _outcome(project: Path, records: list[Record]) -> Outcome:
    linked = link_records(records)
    rows = LinkedRows(linked.records, linked.reports, linked.links)
    config, vocabulary = (
        load_config(project / "config/config.yaml"),
        load_vocabulary(project / "config/vocabulary"),
    )
    return {r.record_id: r for r in records}, linked, screen(records, rows, config, vocabulary)


@pytest.fixture(scope="module", params=["real", "condensed"])
def seeds(request: pytest.FixtureRequest, project: Path) -> Outcome:
    if request.param == "real":
        files = sorted(request.getfixturevalue("real_seeds").glob("00*.txt"))
    else:
        files = sorted((project / "config/corpus/documents").glob("seed-00*.md"))
        files.append(project / "config/corpus/ctgov/NCT07241559.json")
        files.append(project / "config/corpus/pubmed/Lv2025-TLF.xml")
    return _outcome(project, [r for path in files for r in records_of(path)])


def _id(outcome: Outcome, number: str) -> str:
    return next(name for name in outcome[0] if name.startswith((f"file:{number}", f"file:seed-{number}")))


def _study(outcome: Outcome, number: str) -> Row:
    study_id = next(r["study_id"] for r in outcome[1].records if r["record_id"] == _id(outcome, number))
    return next(s for s in outcome[2].studies if s["study_id"] == study_id)


def _decisions(outcome: Outcome, number: str) -> dict[str, Row]:
    return {d["stage"]: d for d in outcome[2].decisions if d["record_id"] == _id(outcome, number)}


def test_the_pilot_study_is_one_included_single_arm_study_of_26(seeds: Outcome) -> None:
    study = _study(seeds, "000")
    assert study["label"] == "Lv 2025"
    assert study["design"] == "prospective_single_arm"
    assert study["n_randomised"] == "26"
    assert {"ultrasound", "hybrid"} <= set(study["guidance"].split(";"))
    assert study["procedure"].split(";")[0] == "thoracolumbar_fascia"
    assert _decisions(seeds, "000")["report"]["decision"] == "include"


def test_the_news_report_is_a_companion_of_the_pilot_study_by_title_author_and_doi(seeds: Outcome) -> None:
    assert _study(seeds, "001") == _study(seeds, "000")
    link = next(
        row
        for row in seeds[1].links
        if (row["from_id"], row["to_id"]) == (_id(seeds, "001"), _id(seeds, "000"))
    )
    assert link["relation"] == "companion"
    assert "10.1186/s12871-025-03046-6" in link["evidence"]
    assert "Lv" in link["evidence"]
    assert "adds no participants" in _decisions(seeds, "001")["report"]["reason"]


def test_the_technical_review_is_excluded_for_want_of_outcome_data_with_its_procedures_known(
    seeds: Outcome,
) -> None:
    row = _decisions(seeds, "002")["record"]
    assert (row["decision"], row["reason"]) == ("exclude", "review: no outcome data")
    known = set(_study(seeds, "002")["procedure"].split(";"))
    assert {"erector_spinae_plane", "medial_branch", "costotransverse", "costovertebral"} <= known


def test_the_recruiting_trial_is_ongoing_and_linked_to_its_registration(seeds: Outcome) -> None:
    assert _decisions(seeds, "003")["report"]["decision"] == "ongoing"
    assert _study(seeds, "003")["registration"] == "NCT07241559"
    ends = {
        r["to_id"]
        for r in seeds[1].links
        if (r["from_id"], r["relation"]) == (_id(seeds, "003"), "registration")
    }
    assert ends & {"ctgov:NCT07241559", "nct:NCT07241559"}


def test_the_case_report_is_listed_as_one(seeds: Outcome) -> None:
    assert _study(seeds, "004")["design"] == "case_report"
    assert _study(seeds, "004")["label"] == "Perez 2025"
    assert _decisions(seeds, "004")["report"]["reason"] == "case report: listed, not pooled"


def test_the_five_documents_are_four_studies(seeds: Outcome) -> None:
    assert len(seeds[2].studies) == 4


def test_every_place_of_a_decision_exists_in_its_record(project: Path) -> None:
    files = [
        p for p in sorted((project / "config/corpus").rglob("*")) if p.suffix in (".xml", ".json", ".md")
    ]
    records, linked, outcome = _outcome(
        project, [r for p in files if p.name != "README.md" for r in records_of(p)]
    )
    located = [d for d in outcome.decisions if d["locator"]]
    assert len(located) > 100
    assert all(quote_at(records[d["record_id"]], d["locator"]) for d in located)
    twins = {"pubmed:20567613": "ctgov:NCT00355914", "pubmed:40375134": "file:seed-000-fascia-pilot"}
    study_of = {r["record_id"]: r["study_id"] for r in linked.records}
    assert all(study_of[a] == study_of[b] for a, b in twins.items())


def test_the_commands_write_the_tables_and_name_a_curator_s_mistake(
    tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    shards, parsed, studies = tmp_path / "import", tmp_path / "records", tmp_path / "studies"
    curation, out = tmp_path / "curation", tmp_path / "screening"
    for folder in (shards, parsed / "rejected", curation / "screening"):
        folder.mkdir(parents=True)
    record = records_of(project / "config/corpus/documents/seed-004-pars-case-report.md")[0]
    (shards / "0.jsonl").write_text("", encoding="utf-8")
    (parsed / "0.jsonl").write_text(to_json(record) + "\n", encoding="utf-8")
    write_table(shards / "rejected.tsv", REJECTED, [REJECTED.row(file="a.xml", reason="truncated")])
    write_table(parsed / "rejected" / "0.tsv", REJECTED, [REJECTED.row(file="b.xml#2", reason="no id")])
    run_link(shards, parsed, curation, studies)
    assert [r["file"] for r in read_table(parsed / "rejected.tsv", REJECTED)] == ["a.xml", "b.xml#2"]
    config = project / "config/config.yaml"
    with pytest.raises(InputError, match="run `sonospine import` again"):
        run_screen(config, shards, parsed, studies, curation, out)
    write_table(shards / "searches.tsv", SEARCHES, [])
    run_screen(config, shards, parsed, studies, curation, out)
    assert [d["decision"] for d in read_table(out / "decisions.tsv", DECISIONS)] == ["include", "include"]
    assert read_table(studies / "studies.tsv", STUDIES)[0]["label"] == "Perez 2025"
    assert read_table(out / "prisma.tsv", PRISMA)
    line = CURATION.row(
        action_id="a1",
        curator="ann",
        action="set",
        target_type="study",
        target_id="s1",
        field="design",
        new_value="rtc",
    )
    write_table(curation / "screening" / "ann.tsv", CURATION, [line])
    with pytest.raises(InputError, match="rct"):
        run_screen(config, shards, parsed, studies, curation, out)
