"""`sonospine probe` on the tables of a review and on a plain file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer

from sonospine.cli.pool import run as pool_command
from sonospine.cli.probe import run
from sonospine.config.loading import load_config
from sonospine.config.settings import Config
from sonospine.model.errors import InputError
from sonospine.model.table_io import Row, read_table, write_table
from sonospine.model.tables import (
    ALTERNATIVES,
    ARMS,
    CONFLICTS,
    CORRELATION,
    CUMULATIVE,
    DECISIONS,
    EFFECTS,
    INFLUENCE,
    LEAVE_ONE_OUT,
    MULTIVERSE,
    POOLED,
    READING,
    RECONCILED,
    RECORDS,
    REGRESSION,
    SMALL_STUDY,
    STUDIES,
    SUBGROUPS,
)
from sonospine.robustness import Review
from sonospine.synthesis.pooling import Choice, pool

from .conftest import alternative, configuration

PROJECT = Path(__file__).resolve().parents[2]
TABLES = (LEAVE_ONE_OUT, INFLUENCE, CUMULATIVE, CORRELATION, MULTIVERSE, READING)
PLAIN = "study,year,yi,vi\nA,2001,0.1,0.04\nB,2005,0.3,0.02\nC,2003,-0.2,0.09\n"


def written(out: Path) -> dict[str, list[Row]]:
    return {table.name: read_table(out / f"{table.name}.tsv", table) for table in TABLES}


@pytest.fixture
def folder(tmp_path: Path, review: Review) -> Path:
    """A review as the workflow leaves it."""
    config = configuration(draws=50).model_dump(mode="json", exclude_none=True)
    config["vocabulary"] = str(PROJECT / "config" / "vocabulary")
    (tmp_path / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
    effects = review.effects()
    for name, table, rows in (
        ("curated/measurements", RECONCILED, review.measurements),
        ("curated/conflicts", CONFLICTS, review.conflicts),
        ("curated/arms", ARMS, review.arms),
        ("studies/studies", STUDIES, review.studies),
        ("studies/records", RECORDS, review.records),
        ("screening/decisions", DECISIONS, review.decisions),
        ("machine/alternatives/0", ALTERNATIVES, [alternative("m1w0", "spread", "se", 0.05)]),
        ("effects", EFFECTS, effects),
        ("pooled", POOLED, pool(effects, Choice(), analyses=["pain"]).pooled),
    ):
        write_table(tmp_path / f"{name}.tsv", table, rows)
    return tmp_path


def probe_folder(folder: Path, out: Path, *, level: float | None = None) -> dict[str, list[Row]]:
    run(
        folder / "effects.tsv", out, folder / "config.yaml", folder / "curated", folder / "studies",
        folder / "screening", folder / "machine", folder / "curation", folder / "pooled.tsv", level=level,
    )  # fmt: skip
    return written(out)


def test_a_review_is_probed_into_six_tables_and_a_second_run_writes_the_same_bytes(folder: Path) -> None:
    tables = probe_folder(folder, folder / "one")
    assert len(tables["leave_one_out"]) == len(tables["influence"]) == 5
    assert {row["correlation"] for row in tables["correlation"]} == {"0.3", "0.5", "0.7", "0.9"}
    # 4 correlations, 2 rules for conversions, 3 for windows, all and verified rows, 3 estimators, 3 intervals.
    assert len(tables["multiverse"]) == 4 * 2 * 3 * 2 * 3 * 3
    (reading,) = tables["reading"]
    assert (reading["variant"], reading["draws"], reading["n"], reading["refused"]) == (
        "mixture",
        "50",
        "165",
        "",
    )
    probe_folder(folder, folder / "two")
    for table in TABLES:
        name = f"{table.name}.tsv"
        assert (folder / "one" / name).read_bytes() == (folder / "two" / name).read_bytes()


def test_another_level_is_that_of_every_interval(folder: Path) -> None:
    wide, narrow = (probe_folder(folder, folder / f"l{level}", level=level) for level in (95, 80))
    for name in ("leave_one_out", "correlation", "reading", "cumulative", "multiverse"):
        pairs = [(a, b) for a, b in zip(wide[name], narrow[name], strict=True) if a["ci_lower"]]
        assert pairs
        assert all(float(a["ci_lower"]) < float(b["ci_lower"]) for a, b in pairs)


def test_a_plain_file_is_probed_and_what_needs_more_than_effects_says_so(tmp_path: Path) -> None:
    (tmp_path / "plain.csv").write_text(PLAIN, encoding="utf-8")
    run(tmp_path / "plain.csv", tmp_path / "out", estimator="PM", ci="hksj")
    tables = written(tmp_path / "out")
    assert {row["estimator"] for row in tables["leave_one_out"]} == {"PM"}
    assert [row["label"] for row in tables["cumulative"] if row["order"] == "year"] == ["A", "C", "B"]
    (ordinary,) = [row for row in tables["multiverse"] if row["ordinary"] == "true"]
    assert (ordinary["estimator"], ordinary["ci_choice"], ordinary["correlation"]) == ("PM", "hksj", "")
    assert all(row["refused"] for name in ("correlation", "reading") for row in tables[name])


def test_a_column_of_a_plain_file_makes_subgroups_and_one_that_it_has_not_is_named(tmp_path: Path) -> None:
    designs = ("rct", "rct", "case_series", "case_series")
    lines = [f"0.{i},0.0{i + 1},{design}" for i, design in enumerate(designs)]
    (tmp_path / "plain.csv").write_text("\n".join(["yi,vi,design", *lines]), encoding="utf-8")
    run(tmp_path / "plain.csv", tmp_path / "out", subgroup=["design"])
    rows = read_table(tmp_path / "out" / "subgroups.tsv", SUBGROUPS)
    assert {(row["factor"], row["level_count"], row["refused"]) for row in rows} == {("design", "2", "")}
    with pytest.raises(InputError, match="no such column"):
        run(tmp_path / "plain.csv", tmp_path / "out", moderator=["dose"])


def test_one_effect_alone_is_refused_everywhere_and_no_error(tmp_path: Path) -> None:
    (tmp_path / "plain.csv").write_text("yi,vi\n0.3,0.02\n", encoding="utf-8")
    run(tmp_path / "plain.csv", tmp_path / "out")
    tables = written(tmp_path / "out")
    for name in ("leave_one_out", "influence", "cumulative", "correlation", "reading"):
        assert tables[name], name
        assert all(row["refused"] for row in tables[name])
    assert {row["flags"] for row in tables["multiverse"]} == {"not_pooled"}


def test_folders_that_belong_together_are_asked_for_together(tmp_path: Path) -> None:
    (tmp_path / "plain.csv").write_text(PLAIN, encoding="utf-8")
    with pytest.raises(typer.BadParameter, match="--studies, --screening, --config too"):
        run(tmp_path / "plain.csv", tmp_path / "out", curated=tmp_path)


def test_a_result_that_is_no_number_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "plain.csv").write_text("yi,vi\n0.3,0.02\n0.1,-1\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"plain\.csv, line 3, vi: no usable value"):
        run(tmp_path / "plain.csv", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"draws": 0}, r"robustness\.draws"),
        (
            {"multiverse": {"estimators": ["EB"]}},
            r"robustness\.multiverse\.estimators\[0\]: not one of the choices",
        ),
        ({"explorations": [{"analysis": "pian"}]}, r"no such analysis; did you mean pain\?"),
        ({"corelations": [0.5]}, "unknown key; did you mean correlations"),
    ],
)
def test_a_mistake_in_the_configuration_of_robustness_is_named(
    folder: Path, section: dict[str, object], message: str
) -> None:
    config = json.loads((folder / "config.yaml").read_text(encoding="utf-8")) | {"robustness": section}
    (folder / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        load_config(folder / "config.yaml")


def test_the_settings_have_defaults() -> None:
    section = configuration().robustness
    assert section == Config.model_fields["robustness"].default
    assert (section.draws, section.correlations) == (1000, (0.3, 0.5, 0.7, 0.9))


def test_subgroups_that_are_asked_for_are_tested_and_their_pools_stand_beside_the_whole(folder: Path) -> None:
    config = json.loads((folder / "config.yaml").read_text(encoding="utf-8"))
    config["robustness"] = {"draws": 5, "explorations": [{"subgroups": ["design"], "moderators": ["year"]}]}
    (folder / "config.yaml").write_text(json.dumps(config), encoding="utf-8")
    pool_command(folder / "effects.tsv", folder / "out", folder / "config.yaml")
    pooled = read_table(folder / "out" / "pooled.tsv", POOLED)
    counts = {row["subgroup"]: row["k"] for row in pooled if row["variant"] == "primary"}
    assert counts == {"": "5", "design: rct": "4", "design: prospective_single_arm": "1"}
    probe_folder(folder, folder / "out")
    rows = read_table(folder / "out" / "subgroups.tsv", SUBGROUPS)
    assert {(row["analysis"], row["factor"]) for row in rows} == {("pain", "design")}
    assert all(row["refused"] for row in rows), "one study is no level that can be compared"
    (regression, _) = read_table(folder / "out" / "regression.tsv", REGRESSION)
    assert (regression["moderators"], regression["k"]) == ("year", "5")
    assert read_table(folder / "out" / "small_study.tsv", SMALL_STUDY)


def test_an_analysis_that_is_named_is_asked_what_is_named_for_it() -> None:
    section = configuration(
        explorations=[{"subgroups": ["design"]}, {"analysis": "pain", "moderators": ["weeks"]}]
    ).robustness
    assert section.exploration_of("pain").subgroups == ()
    assert section.exploration_of("pain").moderators == ("weeks",)
    assert section.exploration_of("other").subgroups == ("design",)
