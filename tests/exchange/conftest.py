"""A small review of five documents of the corpus, run once; and the command over a copy of it."""

from __future__ import annotations

import logging
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from sonospine.model.table_io import Row, read_table
from sonospine.model.tables import CORRECTED, CORRECTION_LOG, CURATION, EFFECTS, RECONCILED

DOCUMENTS = (
    "jats/Galiano2007.xml", "jats/Karkucak2020-facet.xml", "jats/ykxb-USvsBlindFacet.xml",
    "jats/Seo2021-MBBFJI.xml", "documents/handmsg-CNRB-120.md", "documents/Wallace2020-SIJPRP.md",
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What a run of the command said."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Reviewed:
    """A review in a folder, and the command in this process."""

    root: Path
    run: Callable[..., Said]

    def rows(self) -> dict[str, Row]:
        """Return the rows of the table by id."""
        return {row["measurement_id"]: row for row in read_table(self.root / RECONCILED.path, RECONCILED)}

    def effects(self) -> list[Row]:
        """Return the included effects."""
        return [row for row in read_table(self.root / EFFECTS.path, EFFECTS) if row["included"] == "true"]

    def lines(self) -> list[Row]:
        """Return the lines that ada wrote."""
        path = self.root / "extracted/curation/corrections/ada.tsv"
        return read_table(path, CURATION) if path.exists() else []

    def export(self, form: str, *more: str) -> Path:
        """Export into the folder of the review, and return where."""
        out = self.root / f"out-{form}"
        command = ("export",) if form in ("revman", "metafor", "ris", "json", "all") else ("curate", "export")
        said = self.run(*command, "--format", form, "-o", out, *more)
        assert said.status == 0, said.err
        return out

    def corrected(self) -> dict[str, Row]:
        """Replay the log as the pipeline does; every line has to be applied. Return the rows by id."""
        said = self.run(
            "correct", "--shards", "results/import", "--records", "results/records", "--studies", "results/studies",
            "--machine", "extracted/machine", "--curation", "extracted/curation", "--out", "extracted/curated",
        )  # fmt: skip
        assert said.status == 0, said.err
        log = read_table(self.root / CORRECTION_LOG.path, CORRECTION_LOG)
        assert {row["outcome"] for row in log} == {"applied"}
        return {row["measurement_id"]: row for row in read_table(self.root / CORRECTED.path, CORRECTED)}

    def take(self, form: str, file: Path, *more: str) -> Said:
        """Import as ada."""
        return self.run("curate", "import", "--format", form, file, "--curator", "ada", *more)


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    """The review as the pipeline leaves it; nobody writes into it."""
    from sonospine.cli import correct, effects, extract, import_records, link, parse, pool, reconcile, screen

    root = tmp_path_factory.mktemp("small")
    shutil.copytree(project / "config/vocabulary", root / "config/vocabulary")
    settings = yaml.safe_load((project / "config/config.yaml").read_text(encoding="utf-8"))
    settings["sources"] = {"files": [str(project / "config/corpus" / name) for name in DOCUMENTS]}
    config = root / "config/config.yaml"
    config.write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
    results, curation = root / "results", root / "extracted/curation"
    curated, machine = root / "extracted/curated", root / "extracted/machine"
    shards, records, studies, screening = (
        results / name for name in ("import", "records", "studies", "screening")
    )
    import_records.run(config=config, out=shards)
    for shard in sorted(shards.glob("*.jsonl")):
        parse.run(shard=shard, out=records)
    link.run(shards=shards, records=records, curation=curation, out=studies)
    screen.run(
        config=config, shards=shards, records=records, studies=studies, curation=curation, out=screening
    )
    for shard in sorted(shards.glob("*.jsonl")):
        extract.run([records / shard.name], config=config, tables=machine)
    correct.run(
        shards=shards, records=records, studies=studies, machine=machine, curation=curation, out=curated
    )
    reconcile.run(config=config, curated=curated, studies=studies)
    effects.run(
        config=config, curated=curated, studies=studies, screening=screening,
        out=results / "effects/effects.tsv",
    )  # fmt: skip
    pool.run(results / "effects/effects.tsv", results / "synthesis", config, all_variants=False)
    return root


@pytest.fixture
def reviewed(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Reviewed:
    """A copy of the review, and the command in it."""
    from sonospine.cli.main import main

    root = tmp_path / "review"
    shutil.copytree(made, root)
    monkeypatch.chdir(root)
    capsys.readouterr()

    def run(*arguments: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["sonospine", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            main()
        logging.getLogger("sonospine").setLevel(logging.NOTSET)
        said = capsys.readouterr()
        return Said(int(stop.value.code or 0), said.out, said.err)

    return Reviewed(root, run)
