"""The script for R that `sonospine export` writes, on the embedded corpus with every variant of its pools."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from sonospine.config.settings import Config
from sonospine.exchange.metafor import ELSEWHERE, metafor_files
from sonospine.exchange.results import Results
from sonospine.model.table_io import read_table
from sonospine.model.tables import POOLED

pytestmark = [pytest.mark.r, pytest.mark.slow]
PROJECT = Path(__file__).resolve().parents[2]


def test_the_script_reproduces_every_pool_of_the_embedded_corpus(
    corpus_review: Any, review_config: Config, pooled_corpus: tuple[Path, Path], rscript: str, tmp_path: Path
) -> None:
    _, pooled = pooled_corpus
    tables = {
        "effects": corpus_review.effects, "pooled": read_table(pooled, POOLED), "records": corpus_review.records,
    }  # fmt: skip
    folder = tmp_path / "in a folder"
    for name, content in metafor_files(Results(review_config, tables)).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    done = subprocess.run(
        [rscript, str(folder / "metafor/reproduce.R")], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    pools = [row for row in tables["pooled"] if row["estimate"] and row["variant"] not in ELSEWHERE]
    assert {row["k"] for row in pools} >= {"1", "2", "3", "5"}
    assert {row["variant"] for row in pools} >= {"primary", "other_value", "wald", "hksj", "common"}
    assert f"figures of {len(pools)} pools agree" in done.stdout
