"""``sonospine draw`` and ``sonospine report`` from the tables on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from sonospine.cli import draw, report
from sonospine.model import tables as t
from sonospine.model.errors import InputError
from sonospine.model.files import write_text
from sonospine.model.record import to_json
from sonospine.model.table_io import write_table


def laid_out(made: Any, root: Path) -> Path:
    """Write the tables of the made-up review as the pipeline would."""
    review = made.review
    results, curated = root / "results", root / "extracted/curated"
    lines = [to_json(record) for _, record in sorted(review.parsed.items())]
    write_text(results / "import/0.jsonl", "\n".join(lines))
    write_text(results / "records/0.jsonl", "\n".join(lines))
    for path, schema, rows in (
        (results / "import/searches.tsv", t.SEARCHES, review.searches),
        (results / "import/changes.tsv", t.CHANGES, review.changes),
        (results / "studies/records.tsv", t.RECORDS, review.records),
        (results / "studies/reports.tsv", t.REPORTS, review.reports),
        (results / "studies/links.tsv", t.LINKS, review.links),
        (results / "studies/studies.tsv", t.STUDIES, review.studies),
        (results / "screening/decisions.tsv", t.DECISIONS, review.decisions),
        (results / "screening/prisma.tsv", t.PRISMA, review.prisma),
        (results / "records/rejected.tsv", t.REJECTED, review.rejected),
        (root / "extracted/machine/unread/0.tsv", t.UNREAD, review.unread),
        (root / "extracted/machine/measurements/0.tsv", t.MEASUREMENTS, review.machine),
        (curated / "measurements.tsv", t.RECONCILED, review.measurements),
        (curated / "arms.tsv", t.ARMS, review.arms),
        (curated / "conflicts.tsv", t.CONFLICTS, review.conflicts),
        (curated / "log.tsv", t.CORRECTION_LOG, review.log),
        (root / "extracted/curation/corrections/jane.tsv", t.CURATION, review.actions),
        (results / "effects/effects.tsv", t.EFFECTS, review.effects),
        (results / "synthesis/pooled.tsv", t.POOLED, review.pooled),
        (results / "synthesis/weights.tsv", t.WEIGHTS, review.weights),
    ):
        write_table(path, schema, rows)
    config = root / "config.yaml"
    write_text(config, yaml.safe_dump(review.config.model_dump(mode="json"), allow_unicode=True))
    return config


def test_the_commands_build_the_report_from_the_tables(made: Any, tmp_path: Path) -> None:
    config, results = laid_out(made, tmp_path), tmp_path / "results"
    draw.run(
        config,
        results / "effects/effects.tsv",
        results / "synthesis",
        results / "studies",
        tmp_path / "extracted/curated",
        results / "figures",
    )
    for analysis, figures in made.review.figures.items():
        for ending, content in figures.items():
            assert (results / f"figures/{analysis}.{ending}").read_bytes() == content
    report.run(config, results / "report", tmp_path)
    built = {
        p.relative_to(results / "report").as_posix() for p in (results / "report").rglob("*") if p.is_file()
    }
    assert built == set(made.files)
    assert (results / "report/studies/s1.html").read_bytes().count(b'id="mbase"') == 1


def test_agreement_of_curators_is_told_where_the_run_worked_it_out(made: Any, tmp_path: Path) -> None:
    config = laid_out(made, tmp_path)
    row = t.AGREEMENT.row(kind="corrections", target_type="measurement", field="value", curator_1="ann",
                          curator_2="jane", n="4", agreed="3")  # fmt: skip
    write_table(tmp_path / "results/agreement.tsv", t.AGREEMENT, [row])
    report.run(config, tmp_path / "report", tmp_path)
    assert "Numbers, value, ann and jane: 3 of 4" in (tmp_path / "report/methods.md").read_text("utf-8")


def test_a_folder_of_shards_without_its_searches_is_not_taken_for_one_without_a_search(
    made: Any, tmp_path: Path
) -> None:
    config = laid_out(made, tmp_path)
    (tmp_path / "results/import/searches.tsv").unlink()
    with pytest.raises(InputError, match=r"searches.tsv.*run `sonospine import` again"):
        report.run(config, tmp_path / "results/report", tmp_path)
    assert not (tmp_path / "results/report").exists()
