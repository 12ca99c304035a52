"""A review of a few documents of the corpus: released, then corrected, with an article retracted and one more study."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from sonospine.cli import (
    correct,
    effects,
    extract,
    import_records,
    link,
    parse,
    pool,
    reconcile,
    release,
    screen,
)
from sonospine.model.table_io import Row, read_table, write_table
from sonospine.model.tables import CURATION, EFFECTS, RECONCILED

PROJECT = Path(__file__).resolve().parents[2]
FEW = (
    "documents/seed-000-fascia-pilot.md",
    "documents/Kulcu2017-Piri.md",
    "jats/Karkucak2020-facet.xml",
    "jats/wanfang-zhsywk202304046.xml",
    "jats/Galiano2007.xml",
)
LATER = "documents/Moon2012-MBB.md"
RETRACTED = "jats/Karkucak2020-facet.xml"
FIRST, SECOND = "2026-01-10", "2026-07-01"


@dataclass(frozen=True)
class Said:
    """What a run of the command said."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Folder:
    """A folder with a review in it, and the command in that folder."""

    path: Path

    @property
    def config(self) -> Path:
        """The configuration."""
        return self.path / "config/config.yaml"

    def take(self, name: str) -> None:
        """Put a document of the project's corpus into the corpus."""
        target = self.path / "config/corpus" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / "config/corpus" / name, target)

    def change(self, name: str, old: str, new: str) -> None:
        """Replace the first occurrence of a text in a file."""
        path = self.path / name
        text = path.read_text(encoding="utf-8")
        assert old in text, old
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def run_pipeline(self) -> None:
        """Run the commands from import to pool, in this folder: its corpus is read."""
        with contextlib.chdir(self.path):
            self._run_pipeline()

    def _run_pipeline(self) -> None:
        results, extracted = self.path / "results", self.path / "extracted"
        for made in (results, extracted / "machine", extracted / "curated"):
            shutil.rmtree(made, ignore_errors=True)
        shards, records, studies = (results / name for name in ("import", "records", "studies"))
        curation, screening, curated = extracted / "curation", results / "screening", extracted / "curated"
        import_records.run(config=self.config, out=shards)
        for shard in sorted(shards.glob("*.jsonl")):
            parse.run(shard=shard, out=records)
        link.run(shards=shards, records=records, curation=curation, out=studies)
        screen.run(
            config=self.config,
            shards=shards,
            records=records,
            studies=studies,
            curation=curation,
            out=screening,
        )
        for shard in sorted(shards.glob("*.jsonl")):
            extract.run([records / shard.name], config=self.config, tables=extracted / "machine")
        correct.run(
            shards=shards, records=records, studies=studies, machine=extracted / "machine",
            curation=curation, out=curated,
        )  # fmt: skip
        self.run_statistics()

    def run_statistics(self) -> None:
        """Run the commands from reconcile to pool."""
        results, curated = self.path / "results", self.path / "extracted/curated"
        reconcile.run(config=self.config, curated=curated, studies=results / "studies")
        effects.run(
            config=self.config, curated=curated, studies=results / "studies", screening=results / "screening",
            out=results / "effects/effects.tsv",
        )  # fmt: skip
        pool.run(results / "effects/effects.tsv", results / "synthesis", self.config)

    def release(self, date: str) -> None:
        """Release the results as they are."""
        release.run(
            config=self.config, out=self.path / "releases", root=self.path, date=date, note="", replace=False
        )

    def rows(self, name: str) -> list[Row]:
        """Read effects or measurements."""
        if name == "effects":
            return read_table(self.path / "results/effects/effects.tsv", EFFECTS)
        return read_table(self.path / "extracted/curated/measurements.tsv", RECONCILED)

    def pooled_number(self, analysis: str, label: str) -> Row:
        """Return the last measurement behind the effect of a study in a pool."""
        (effect,) = (
            row
            for row in self.rows("effects")
            if (row["analysis"], row["included"], row["variant"]) == (analysis, "true", "primary")
            and row["label"].startswith(label)
        )
        name = effect["measurement_ids"].split(";")[-1]
        return next(row for row in self.rows("measurements") if row["measurement_id"] == name)

    def correct_value(self, row: Row, value: str) -> None:
        """Write a line of the curator ada that sets the value of a measurement."""
        line = CURATION.row(
            action_id="ada-1", time="2026-03-01T10:00:00Z", curator="ada", action="set",
            target_type="measurement", target_id=row["measurement_id"], field="value", old_value=row["value"],
            new_value=value, reason="misread", record_id=row["record_id"], locator=row["locator"],
        )  # fmt: skip
        write_table(self.path / "extracted/curation/corrections/ada.tsv", CURATION, [line])

    def sonospine(self, *arguments: str) -> Said:
        """Run the command in this folder."""
        done = subprocess.run(
            [sys.executable, "-c", "from sonospine.cli.main import main; main()", *arguments],
            cwd=self.path, capture_output=True, text=True, check=False, env=os.environ | {"COLUMNS": "80"},
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        return Said(done.returncode, done.stdout, done.stderr)


def folder_at(path: Path) -> Folder:
    """Make a folder with the project's configuration and a few documents of its corpus."""
    folder = Folder(path)
    (path / "config").mkdir(parents=True)
    shutil.copy(PROJECT / "config/config.yaml", folder.config)
    shutil.copytree(PROJECT / "config/vocabulary", path / "config/vocabulary")
    for name in FEW:
        folder.take(name)
    return folder


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """A review that was run and released once. Nobody writes into it."""
    folder = folder_at(tmp_path_factory.mktemp("released"))
    folder.run_pipeline()
    folder.release(FIRST)
    return folder


@pytest.fixture
def copy(released: Folder, tmp_path: Path) -> Folder:
    """A copy of it."""
    shutil.copytree(released.path, tmp_path / "review")
    return Folder(tmp_path / "review")


@pytest.fixture(scope="session")
def updated(released: Folder, tmp_path_factory: pytest.TempPathFactory) -> Folder:
    """The same review later: a number corrected, an article retracted, a study more; released a second time."""
    path = tmp_path_factory.mktemp("updated") / "review"
    shutil.copytree(released.path, path)
    folder = Folder(path)
    folder.correct_value(folder.pooled_number("pain_before_after_short", "Neurolysis"), "3.0")
    folder.change(f"config/corpus/{RETRACTED}", "<article-title>", "<article-title>RETRACTED: ")
    folder.take(LATER)
    folder.run_pipeline()
    folder.release(SECOND)
    return folder
