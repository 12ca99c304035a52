"""The whole pipeline in memory: from files and a configuration to the pools, without the workflow."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from sonospine.cli.main import main
from sonospine.config.loading import load_config
from sonospine.config.settings import Config
from sonospine.corrections import replay
from sonospine.effects import compute_effects
from sonospine.extraction.assembly import extract_records
from sonospine.linkage import link_records
from sonospine.model.record import Record
from sonospine.model.table_io import Row, write_table
from sonospine.model.tables import EFFECTS
from sonospine.reconcile import reconcile
from sonospine.screening import screen
from sonospine.screening.run import LinkedRows
from sonospine.sources.reading import readings_of
from sonospine.synthesis.pooling import Choice, Threshold, pool
from sonospine.vocabulary import Vocabulary, load_vocabulary

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Reviewed:
    """Every table of one run, in memory."""

    parsed: tuple[Record, ...]
    rejected: tuple[Row, ...]
    records: list[Row]
    reports: list[Row]
    links: list[Row]
    decisions: list[Row]
    studies: list[Row]
    prisma: list[Row]
    extracted: list[Row]
    alternatives: list[Row]
    unread: list[Row]
    corrected: list[Row]
    arms: list[Row]
    measurements: list[Row]
    conflicts: list[Row]
    effects: list[Row]
    pooled: list[Row]
    weights: list[Row]

    def study_of(self, part: str) -> str:
        """Return the study of the one record whose id or source holds these words."""
        found = {r["study_id"] for r in self.records if part in r["record_id"]}
        assert len(found) == 1, f"{part}: {sorted(found)} of {[r['record_id'] for r in self.records]}"
        return found.pop()

    def study(self, part: str) -> Row:
        """Return the row of the study that a record belongs to."""
        study_id = self.study_of(part)
        return next(s for s in self.studies if s["study_id"] == study_id)

    def rows(self, study_id: str, **wanted: str) -> list[Row]:
        """Return the reconciled rows of a study with these values in these columns."""
        return [m for m in self.measurements if m["study_id"] == study_id and fits(m, wanted)]

    def pool(self, analysis: str, variant: str = "primary") -> Row:
        """Return the pooled row of an analysis."""
        return next(p for p in self.pooled if p["analysis"] == analysis and p["variant"] == variant)

    def included(self, analysis: str, variant: str = "primary") -> list[Row]:
        """Return the effects that enter the pool of an analysis."""
        wanted = {"analysis": analysis, "variant": variant, "included": "true"}
        return [e for e in self.effects if fits(e, wanted)]


def fits(row: Row, wanted: dict[str, str]) -> bool:
    """Tell whether a row has these values."""
    return all(row[name] == value for name, value in wanted.items())


def review_files(
    files: Iterable[Path], config: Config, vocabulary: Vocabulary, *, demonstration: bool = False
) -> Reviewed:
    """Run every room over the files, in the order of the workflow."""
    parsed: dict[str, Record] = {}
    rejected: dict[str, Row] = {}
    for path in files:
        records, faults = readings_of(path, demonstration=demonstration)
        for record in records:
            parsed.setdefault(record.record_id, record)
        for fault in faults:
            rejected.setdefault(fault.file, {"file": fault.file, "reason": fault.reason})
    return review_records(tuple(parsed.values()), tuple(rejected.values()), config, vocabulary)


def review_records(
    parsed: tuple[Record, ...], rejected: Sequence[Row], config: Config, vocabulary: Vocabulary
) -> Reviewed:
    """Run the rooms after parsing over records."""
    linked = link_records(parsed, [])
    rows = LinkedRows(linked.records, linked.reports, linked.links)
    screened = screen(parsed, rows, config, vocabulary, [], rejected)
    read = extract_records(parsed, vocabulary)
    curated = replay(read.measurements, read.arms, linked.records, [], {})
    whole = {i.id for i in vocabulary.instruments.values() if i.whole_numbers}
    result = reconcile(curated.corrected, curated.arms, screened.studies, whole_numbers=whole)
    effects = compute_effects(
        result.measurements, result.conflicts, curated.arms, screened.studies, screened.decisions,
        linked.records, config,
        directions={i.id: i.direction for i in vocabulary.instruments.values() if not i.generic},
    )  # fmt: skip
    pools = pool(effects, _choice(config), _thresholds(config), [a.id for a in config.analyses])
    return Reviewed(
        parsed, tuple(rejected), linked.records, linked.reports, linked.links,
        screened.decisions, screened.studies, screened.prisma,
        read.measurements, read.alternatives, read.unread, curated.corrected, curated.arms,
        result.measurements, result.conflicts, effects, pools.pooled, pools.weights,
    )  # fmt: skip


def _choice(config: Config) -> Choice:
    return Choice(config.assumptions.estimator, config.assumptions.ci, config.assumptions.level)


def _thresholds(config: Config) -> dict[str, Threshold]:
    found: dict[str, Threshold] = {}
    for analysis in config.analyses:
        named = analysis.minimal_important_difference
        differences = config.outcome(analysis.outcome).minimal_important_difference
        difference = getattr(differences, named) if named else None
        if difference is not None:
            found[analysis.id] = Threshold(difference.value, difference.source)
    return found


@cache
def vocabulary_at(folder: Path) -> Vocabulary:
    """Load a vocabulary once."""
    return load_vocabulary(folder)


@pytest.fixture(scope="session")
def review_config() -> Config:
    """The configuration that comes with the project."""
    return load_config(PROJECT / "config" / "config.yaml")


@pytest.fixture(scope="session")
def run_review(review_config: Config) -> Callable[..., Reviewed]:
    """A function: files and a configuration (by default the project's) in, every table out."""

    def run(files: Iterable[Path], config: Config | None = None, *, demonstration: bool = False) -> Reviewed:
        chosen = config or review_config
        vocabulary = vocabulary_at(PROJECT / chosen.vocabulary)
        return review_files(files, chosen, vocabulary, demonstration=demonstration)

    return run


@pytest.fixture(scope="session")
def corpus_review(run_review: Callable[..., Reviewed]) -> Reviewed:
    """The embedded corpus, reviewed as configured."""
    folder = PROJECT / "config" / "corpus"
    files = sorted(p for kind in ("ctgov", "documents", "jats", "pubmed") for p in (folder / kind).iterdir())
    return run_review(files, demonstration=True)


@pytest.fixture
def pooled_corpus(
    corpus_review: Reviewed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, Path]:
    """The files of effects and pools of the embedded corpus, all variants, as ``sonospine pool`` writes them."""
    effects, pooled = tmp_path / "effects.tsv", tmp_path / "pooled.tsv"
    write_table(effects, EFFECTS, corpus_review.effects)
    config = PROJECT / "config" / "config.yaml"
    monkeypatch.setattr(
        sys, "argv",
        ["sonospine", "pool", str(effects), "--config", str(config), "--all-variants", "-o", str(pooled)],
    )  # fmt: skip
    with pytest.raises(SystemExit) as stop:
        main()
    assert not stop.value.code
    return effects, pooled
