"""A review in a folder of its own: the project's workflow, a configuration and a few records of the corpus."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
A_FEW = (
    "documents/seed-000-fascia-pilot.md",
    "documents/seed-001",
    "documents/seed-002",
    "documents/seed-003",
    "documents/seed-004",
    "jats/BV108-CSNRI-34.xml",
    "jats/Galiano2007.xml",
    "jats/Karkucak2020-facet.xml",
    "jats/wanfang-zhsywk202304046.xml",
    "documents/Moon2012-MBB.md",
    "documents/Kulcu2017-Piri.md",
    "pubmed/Lv2025-TLF.xml",
    "ctgov/NCT07241559.json",
)
BUILT = ("results", "extracted/machine", "extracted/curated")


@dataclass(frozen=True)
class Review:
    """A folder with a configuration in which the workflow runs."""

    folder: Path

    def run(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run snakemake here and return what it said."""
        done = subprocess.run(
            [*self.command(), *arguments], capture_output=True, text=True, env=environment(), check=False
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def command(self) -> list[str]:
        """The command that runs the workflow in this folder."""
        return [
            str(Path(sys.executable).parent / "snakemake"), "--snakefile", str(PROJECT / "Snakefile"),
            "--directory", str(self.folder), "--cores", "2",
        ]  # fmt: skip

    def start(self, stderr: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        """Start a review as ``make review`` does, in a process group of its own."""
        return subprocess.Popen(
            self.starter(), cwd=self.folder, env=environment(), start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=stderr,
        )  # fmt: skip

    def starter(self) -> list[str]:
        """The command that ``make review`` gives."""
        return [sys.executable, str(PROJECT / "workflow/scripts/start_review.py"), *self.command()[1:]]

    def planned(self, *arguments: str) -> dict[str, int]:
        """How many jobs of each rule a run would start."""
        said = self.run("--dry-run", "--quiet", "rules", *arguments).stdout
        return job_counts(said)

    def digests(self) -> dict[str, str]:
        """The hash of every file that the run built."""
        files = [p for top in BUILT for p in (self.folder / top).rglob("*") if p.is_file()]
        return {
            p.relative_to(self.folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(files)
            if p.name != ".snakemake_timestamp"
        }


def environment() -> dict[str, str]:
    """The environment of a run: the commands beside this Python come first."""
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}


def job_counts(text: str) -> dict[str, int]:
    """The job statistics that snakemake prints, by rule."""
    counts: dict[str, int] = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) == 2 and words[1].isdigit() and words[0] not in ("job", "total"):
            counts[words[0]] = int(words[1])
    return counts


def make_review(folder: Path, records: tuple[str, ...] = A_FEW, **changes: object) -> Review:
    """Copy the configuration and a few records into a folder; ``changes`` replace top-level keys."""
    shutil.copytree(PROJECT / "config" / "vocabulary", folder / "config" / "vocabulary")
    for name in records:
        found = sorted((PROJECT / "config" / "corpus").glob(f"{name}*"))
        assert found, f"the corpus has no {name}"
        for file in found:
            target = folder / "config" / "corpus" / file.relative_to(PROJECT / "config" / "corpus")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)
    config = yaml.safe_load((PROJECT / "config" / "config.yaml").read_text(encoding="utf-8"))
    config.update(changes)
    (folder / "config" / "config.yaml").write_text(
        yaml.safe_dump(config, allow_unicode=True), encoding="utf-8"
    )
    return Review(folder)


@pytest.fixture(scope="session")
def new_review() -> Callable[..., Review]:
    """A function that makes a review in a folder (``make_review``)."""
    return make_review


@pytest.fixture
def fresh_review(tmp_path: Path) -> Review:
    """A review that has not run yet."""
    return make_review(tmp_path)


@pytest.fixture(scope="module")
def built_review(tmp_path_factory: pytest.TempPathFactory) -> Review:
    """A review that has run once; tests must not change it."""
    review = make_review(tmp_path_factory.mktemp("built"))
    review.run()
    return review


@pytest.fixture
def review_copy(built_review: Review, tmp_path: Path) -> Review:
    """A copy of the review that has run, to change."""
    shutil.copytree(built_review.folder, tmp_path / "copy", symlinks=True)
    return Review(tmp_path / "copy")
