"""The results of a review as files for other tools: what is in them, and what reads them."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from sonospine.cli.docs import generated
from sonospine.exchange.metafor import EFFECT_SHEET, metafor_files
from sonospine.exchange.packing import zipped
from sonospine.exchange.results import OPTIONAL_TABLES, RESULT_TABLES, Results
from sonospine.exchange.results_json import results_schema, results_text
from sonospine.exchange.ris import EXCLUDED, INCLUDED, ris_files
from sonospine.model import tables as t
from sonospine.model.table_io import Row, read_table
from sonospine.report.downloads import EXPORTS
from sonospine.sources.citations.citation import Citation, Entry
from sonospine.sources.citations.ris import read_ris

BANNER = "Demonstration corpus"


def _citations(content: bytes) -> list[Citation]:
    found = list(read_ris(content.decode("utf-8")))
    assert all(isinstance(entry, Entry) for entry in found)
    return [entry.citation for entry in found if isinstance(entry, Entry)]


def _sheet(content: bytes) -> list[Row]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


def _with(results: Results, **tables: list[Row]) -> Results:
    return Results(results.config, {**results.tables, **tables}, results.used, results.versions, results.date)


@pytest.fixture(scope="module")
def results(made: Path) -> Results:
    """The small review as the command reads it."""
    from sonospine.cli.export import results_of

    return results_of(made, made / "config/config.yaml", "")


def test_every_form_is_written_and_the_zip_holds_them_all_in_order(reviewed: Any) -> None:
    out = reviewed.export("all")
    made = {p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file()}
    assert set(EXPORTS) <= set(made)  # what the report offers
    archive = made.pop("everything.zip")
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert opened.namelist() == sorted(made)
        assert {name: opened.read(name) for name in opened.namelist()} == made
        assert {entry.date_time for entry in opened.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert {name.partition("/")[0] for name in made} == {
        "README.md", "json", "metafor", "revman", "ris", "ro-crate-metadata.json", "tables",
    }  # fmt: skip


def test_the_same_review_gives_the_same_bytes_and_an_older_folder_is_replaced(reviewed: Any) -> None:
    first = {p: p.read_bytes() for p in sorted(reviewed.export("all").rglob("*")) if p.is_file()}
    again = {p: p.read_bytes() for p in sorted(reviewed.export("all").rglob("*")) if p.is_file()}
    assert first == again
    said = reviewed.run("export", "-o", "one.zip")
    assert said.status == 0
    whole = next(content for path, content in first.items() if path.name == "everything.zip")
    assert (reviewed.root / "one.zip").read_bytes() == whole


@pytest.mark.parametrize(
    ("form", "names"),
    [
        ("metafor", {"metafor/effects.csv", "metafor/pools.csv", "metafor/reproduce.R"}),
        ("revman", {"revman/data-rows.csv", "revman/study-information.csv"}),
        ("ris", {"ris/included.ris", "ris/excluded.ris"}),
        ("json", {"json/results.json", "json/results.schema.json"}),
        ("ro-crate", {"ro-crate-metadata.json"}),
    ],
)
def test_one_form_can_be_asked_for_as_a_folder_or_a_zip(reviewed: Any, form: str, names: set[str]) -> None:
    assert reviewed.run("export", "--format", form, "-o", "out").status == 0
    out = reviewed.root / "out"
    assert {p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()} == names
    assert reviewed.run("export", "--format", form, "-o", "out.zip").status == 0
    with zipfile.ZipFile(reviewed.root / "out.zip") as archive:
        assert set(archive.namelist()) == names


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--format", "xlsx", "-o", "out"), 2, "'xlsx' is not one of"),
        (("--date", "yesterday", "-o", "out"), 1, "--date: not a date; found 'yesterday'"),
        (("--date", "2026-02-30", "-o", "out"), 1, "--date: not a date"),
        (("-o", "config"), 1, "the folder would be replaced, and it holds what this command did not make"),
        (("-o", "config/config.yaml"), 1, "is a file"),
        (("--root", "nowhere", "-o", "out"), 1, "the review has not run yet: run `make review` first"),
        (("--config", "none.yaml", "-o", "out"), 1, "none.yaml: no such file"),
    ],
)
def test_a_mistake_is_one_line_and_nothing_is_written(
    reviewed: Any, arguments: tuple[str, ...], status: int, said: str
) -> None:
    before = {p for p in reviewed.root.rglob("*") if p.is_file()}
    told = reviewed.run("export", *arguments)
    assert told.status == status
    assert said in " ".join(told.err.split())
    if status == 1:
        assert len(told.err.splitlines()) == 1
    assert {p for p in reviewed.root.rglob("*") if p.is_file()} == before


def test_a_table_that_is_missing_is_named_and_the_old_folder_stays(reviewed: Any) -> None:
    out = reviewed.export("ris")
    (reviewed.root / t.POOLED.path).unlink()
    said = reviewed.run("export", "--format", "ris", "-o", out)
    assert (said.status, said.err) == (1, "results/synthesis/pooled.tsv: no such file\n")
    assert (out / "ris/included.ris").exists()


def test_the_sheet_for_metafor_holds_every_effect_that_was_pooled(results: Results) -> None:
    pooled = [row for row in results.rows(t.EFFECTS) if row["included"] == "true"]
    rows = _sheet(metafor_files(results)[EFFECT_SHEET.path])
    assert pooled
    assert {row["effect_id"] for row in rows} == {row["effect_id"] for row in pooled}
    by_id = {row["effect_id"]: row for row in pooled}
    for row in rows:
        same = {"yi", "vi", "n1i", "m1i", "sd1i", "n2i", "m2i", "sd2i", "ai", "ci", "measure"}
        assert {name: row[name] for name in same} == {name: by_id[row["effect_id"]][name] for name in same}
        assert float(row["sei"]) ** 2 == pytest.approx(float(row["vi"]), rel=1e-9)
    slabs = [(row["analysis"], row["variant"], row["slab"]) for row in rows]
    assert len(slabs) == len(set(slabs))


def test_formulas_are_guarded_and_the_demonstration_is_said(results: Results) -> None:
    effects = [{**row, "label": '=HYPERLINK("x")'} for row in results.rows(t.EFFECTS)]
    records = [{**row, "record_id": f"demo:{row['record_id']}"} for row in results.rows(t.RECORDS)]
    content = metafor_files(_with(results, effects=effects, records=records))[EFFECT_SHEET.path].decode()
    assert content.startswith(f"# {BANNER}")
    assert ",=HYPERLINK" not in content
    assert '"=HYPERLINK' not in content
    assert "'=HYPERLINK" in content


def test_ris_is_read_back_by_our_own_importer(results: Results) -> None:
    made = ris_files(results)
    reports = {row["report_id"]: row for row in results.rows(t.REPORTS)}
    assert len(_citations(made[INCLUDED])) + len(_citations(made[EXCLUDED])) == len(reports)
    by_title = {row["title"]: row for row in results.rows(t.RECORDS)}
    for citation in _citations(made[INCLUDED]):
        row = by_title[citation.title]
        assert (citation.year, citation.doi, citation.pmid, citation.pmcid) == (
            row["year"], row["doi"], row["pmid"], row["pmcid"],
        )  # fmt: skip
        assert list(citation.authors) == [a.strip() for a in row["authors"].split(";") if a.strip()]
        assert citation.journal == row["journal"]
        assert citation.types[0] == "Journal Article"
        assert any(note.startswith("Included, stage report: ") for note in citation.notes)


def test_an_excluded_report_tells_its_reason_and_one_that_is_awaited_is_in_neither_file(
    results: Results,
) -> None:
    first, second, third = results.rows(t.RECORDS)[:3]
    decisions = [dict(row) for row in results.rows(t.DECISIONS)]
    kept = [row for row in decisions if row["record_id"] not in (first["record_id"], second["record_id"])]
    kept.append(
        t.DECISIONS.row(
            record_id=first["record_id"], stage="record", decision="exclude", by="rule",
            reason="design not eligible: Review", criterion="eligibility.design",
        )
    )  # fmt: skip
    kept.append(
        t.DECISIONS.row(
            record_id=second["record_id"], stage="report", decision="awaiting", by="rule",
            reason="registered", criterion="status",
        )
    )  # fmt: skip
    records = [{**first, "nct": "NCT01234567", "pmid": "12345678"}, second, third]
    records += results.rows(t.RECORDS)[3:]
    made = ris_files(_with(results, decisions=kept, records=records))
    excluded = {c.title: c for c in _citations(made[EXCLUDED])}
    citation = excluded[first["title"]]
    assert "Excluded, stage record: design not eligible: Review (eligibility.design)" in citation.notes
    assert (citation.registered, citation.pmid) == (("NCT01234567",), "12345678")
    titles = {c.title for content in made.values() for c in _citations(content)}
    assert second["title"] not in titles
    assert third["title"] in titles


def test_a_hostile_title_stays_one_entry(results: Results) -> None:
    records = [{**row, "title": "ER  - TY  - JOUR\u2028<b>"} for row in results.rows(t.RECORDS)]
    made = ris_files(_with(results, records=records))
    assert len(_citations(made[INCLUDED]) + _citations(made[EXCLUDED])) == len(results.rows(t.REPORTS))


def test_without_any_report_the_files_are_there_and_empty(results: Results) -> None:
    made = ris_files(_with(results, reports=[], decisions=[]))
    assert made == {INCLUDED: b"", EXCLUDED: b""}


def _probed() -> dict[str, list[Row]]:
    return {
        t.SUBGROUPS.name: [],
        t.LEAVE_ONE_OUT.name: [
            t.LEAVE_ONE_OUT.row(analysis="procedure_time", effect_id="e1", study_id="s1", label="A", k="2",
                                estimate="-1.5", flags="not_interpretable;dependent_effects")
        ],
    }  # fmt: skip


def test_the_json_fits_the_schema_that_the_declared_tables_give(results: Results) -> None:
    found = json.loads(results_text(_with(results, **_probed())))
    schema = json.loads(results_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert [error.message for error in validator.iter_errors(found)] == []
    assert set(found["tables"]) == {s.name for s in RESULT_TABLES} | {"subgroups", "leave_one_out"}
    for table in RESULT_TABLES:
        assert len(found["tables"][table.name]) == len(results.rows(table))
    assert found["tables"]["leave_one_out"][0]["flags"] == ["not_interpretable", "dependent_effects"]
    effect = next(row for row in found["tables"]["effects"] if row["included"])
    assert isinstance(effect["yi"], float)
    assert [step["function"] for step in effect["derivation"]]
    assert found["demonstration"] is None
    assert "email" not in json.dumps(found["review"])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda found: found["tables"]["effects"][0].pop("yi"),
        lambda found: found["tables"]["effects"][0].update(measure="HR"),
        lambda found: found["tables"]["pooled"][0].update(estimate="1.5"),
        lambda found: found["tables"]["studies"][0].update(study_id="two words"),
        lambda found: found["tables"].pop("pooled"),
        lambda found: found["review"]["analyses"][0].update(measure="nothing"),
    ],
)
def test_the_schema_refuses_what_the_tables_do_not_allow(
    results: Results, spoil: Callable[[dict[str, Any]], object]
) -> None:
    found = json.loads(results_text(results))
    spoil(found)
    assert list(jsonschema.Draft202012Validator(json.loads(results_schema())).iter_errors(found))


def test_the_schema_is_generated_with_the_documentation() -> None:
    assert generated()["workflow/schemas/results.schema.json"] == results_schema()
    named = {schema.name for schema in (*RESULT_TABLES, *OPTIONAL_TABLES)}
    assert named == set(json.loads(results_schema())["properties"]["tables"]["properties"])


def test_the_crate_tells_every_file_with_its_hash(reviewed: Any) -> None:
    (reviewed.root / "Snakefile").write_text("rule all:\n", encoding="utf-8")
    (reviewed.root / "workflow/rules").mkdir(parents=True)
    (reviewed.root / "workflow/rules/a b.smk").write_text("# rules\n", encoding="utf-8")
    out = reviewed.export("all")
    graph = json.loads((out / "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]
    entities = {entity["@id"]: entity for entity in graph}
    assert len(entities) == len(graph)
    told = re.findall(r'\{"@id": "([^"]+)"\}', json.dumps(graph))
    assert [name for name in told if name not in entities and not name.startswith("https:")] == []
    made = {p.relative_to(out).as_posix(): p for p in out.rglob("*") if p.is_file()}
    parts = {part["@id"] for part in entities["./"]["hasPart"]}
    assert parts == set(made) - {"everything.zip", "ro-crate-metadata.json"}
    for name in parts:
        assert entities[name]["sha256"] == hashlib.sha256(made[name].read_bytes()).hexdigest()
    run = entities["#run"]
    effects = entities[f"#{t.EFFECTS.path}"]
    assert effects["sha256"] == hashlib.sha256((reviewed.root / t.EFFECTS.path).read_bytes()).hexdigest()
    assert {"@id": effects["@id"]} in run["result"]
    inputs = {part["@id"] for part in run["object"]}
    assert {"#config/config.yaml", "#config/vocabulary/guidance.yaml", "#Galiano2007.xml"} <= inputs
    assert {"@id": "#Snakefile"} in run["instrument"]
    assert entities["#Snakefile"]["hasPart"] == [{"@id": "#workflow/rules/a%20b.smk"}]
    assert entities["#software/numpy"]["softwareVersion"]
    text = json.dumps(graph)
    assert str(reviewed.root) not in text
    assert "datePublished" not in text  # no search tells a date
    assert reviewed.run("export", "--date", "2026-11-29", "-o", "dated").status == 0
    dated = (reviewed.root / "dated/ro-crate-metadata.json").read_text(encoding="utf-8")
    assert '"datePublished": "2026-11-29"' in dated


def test_a_zip_does_not_depend_on_the_order_of_its_files() -> None:
    assert zipped({"b": b"1", "a": b"2"}) == zipped({"a": b"2", "b": b"1"})


@pytest.fixture
def in_r(reviewed: Any, rscript: str) -> Callable[[], subprocess.CompletedProcess[str]]:
    """A function that runs the exported script from another folder."""

    def run() -> subprocess.CompletedProcess[str]:
        script = reviewed.root / "out-metafor/metafor/reproduce.R"
        return subprocess.run([rscript, str(script)], capture_output=True, text=True, timeout=300)

    return run


@pytest.mark.r
def test_a_figure_that_differs_stops_the_script_and_is_named(
    reviewed: Any, in_r: Callable[[], subprocess.CompletedProcess[str]]
) -> None:
    out = reviewed.export("metafor")
    right = in_r()
    assert right.returncode == 0, right.stderr
    assert re.search(r"^\d+ figures of \d+ pools agree$", right.stdout, re.MULTILINE)
    pools = out / "metafor/pools.csv"
    row = next(row for row in read_table(reviewed.root / t.POOLED.path, t.POOLED) if row["estimate"])
    spoilt = f"{float(row['estimate']) * 1.00001:.10g}"
    pools.write_text(pools.read_text(encoding="utf-8").replace(row["estimate"], spoilt), encoding="utf-8")
    wrong = in_r()
    assert wrong.returncode == 1
    assert "differ from what was printed by more than 1e-9 + 1e-6 of it (tau2: 1e-5)" in wrong.stderr
    assert f"{row['analysis']}, {row['variant']}: estimate: {spoilt} printed, " in wrong.stderr


@pytest.mark.r
def test_an_effect_that_is_missing_stops_the_script(
    reviewed: Any, in_r: Callable[[], subprocess.CompletedProcess[str]]
) -> None:
    effects = reviewed.export("metafor") / "metafor/effects.csv"
    lines = effects.read_text(encoding="utf-8").splitlines(keepends=True)
    effects.write_text("".join(lines[:-1]), encoding="utf-8")
    done = in_r()
    assert done.returncode == 1
    assert re.search(r"k: \d+ printed, \d+ in effects.csv", done.stderr)
    effects.unlink()
    assert "no such file: " in in_r().stderr


@pytest.mark.r
@pytest.mark.parametrize(
    ("estimator", "interval"),
    [
        *((name, "hksj-conservative") for name in ("REML", "ML", "DL", "HE", "PM", "CE")),
        ("REML", "hksj"), ("DL", "wald"), ("CE", "wald"),
    ],
)  # fmt: skip
def test_the_script_follows_the_configured_estimator_interval_and_level(
    results: Results, rscript: str, tmp_path: Path, estimator: str, interval: str
) -> None:
    from sonospine.synthesis.pooling import Choice, pool

    figures = [(-1.2, 0.09), (-0.4, 0.05), (-2.1, 0.2), (-0.9, 0.12)]
    rows = [
        t.EFFECTS.row(effect_id=f"e{k}{i}", analysis=f"of_{k}", variant="primary", included="true", study_id=f"s{i}",
                      label=f"Study, \"{i}\"", outcome="pain", measure="MD", yi=str(y), vi=str(v), derivation="[]",
                      verified="false")
        for k in (1, 2, 4) for i, (y, v) in enumerate(figures[:k])
    ]  # fmt: skip
    pooled = pool(rows, Choice(estimator, interval, 90)).pooled
    assumptions = results.config.assumptions.model_copy(update={"level": 90})
    config = results.config.model_copy(update={"assumptions": assumptions})
    made = metafor_files(Results(config, {"effects": rows, "pooled": pooled}))
    for name, content in made.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    done = subprocess.run(
        [rscript, str(tmp_path / "metafor/reproduce.R")], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert "of 4 pools agree" in done.stdout
