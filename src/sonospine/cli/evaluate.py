"""``sonospine evaluate``: score the reader on annotated articles into ``docs/benchmarks.md``."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sonospine.cli.progress import tracked

if TYPE_CHECKING:
    from sonospine.evaluation.articles import Measured
    from sonospine.model.table_io import Row
    from sonospine.vocabulary import Vocabulary

DATA = "../shared/data"


def run(
    data: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Folder of annotated articles.",
            show_default=f"SONOSPINE_TEST_DATA, else {DATA}",
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="FILE", help="Page whose section of scores is rewritten.")
    ] = Path("docs/benchmarks.md"),
    scorers: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Folder of the two scorers.", show_default="bench beside the data"
        ),
    ] = None,
    vocabulary: Annotated[Path, typer.Option(metavar="FOLDER", help="Folder of the vocabulary.")] = Path(
        "config/vocabulary"
    ),
    locked: Annotated[
        bool, typer.Option("--locked", help="Read and score the locked articles too (figures only).")
    ] = False,
) -> None:
    """Score the reader on annotated articles.

    The figures replace the section between the markers evaluate:begin and evaluate:end of the page.
    """
    from sonospine.evaluation.articles import collection, listed_articles
    from sonospine.evaluation.followup import after_baseline, not_about_baseline
    from sonospine.evaluation.generated_section import replace_section
    from sonospine.evaluation.scorers import find_scorers
    from sonospine.evaluation.scores import Scores, scores_section
    from sonospine.evaluation.version import code_version
    from sonospine.model.table_io import write_table
    from sonospine.model.tables import MEASUREMENTS
    from sonospine.vocabulary import load_vocabulary

    folder = data or Path(os.environ.get("SONOSPINE_TEST_DATA", DATA))
    found = collection(folder)
    programs = find_scorers(scorers or folder.resolve().parent / "bench")
    opened = listed_articles(found.open_articles, found.full_texts)
    hidden = listed_articles(found.locked_articles, found.full_texts) if locked else []
    asked = sorted(found.question_articles.glob("*.nxml"))
    words = load_vocabulary(vocabulary)
    with tempfile.TemporaryDirectory(prefix="sonospine-evaluate-") as temporary:

        def written(rows: Sequence[Row], what: str) -> Path:
            table = Path(temporary, f"{what}.tsv")
            write_table(table, MEASUREMENTS, rows)
            return table

        opening = _measured(opened, words, "open articles")
        open_table = written(opening.rows, "open articles")
        figures = programs.score_measurements(found.gold, open_table, found.open_articles)
        locked_figures = None
        if locked:
            locked_table = written(_measured(hidden, words, "locked articles").rows, "locked articles")
            locked_figures = programs.score_measurements(found.gold, locked_table, found.locked_articles)
        reading = _measured(asked, words, "articles with questions")
        answers = programs.score_questions(found.questions, written(reading.rows, "articles with questions"))
        treatment = Path(temporary, "questions.json")
        treatment.write_text(not_about_baseline(found.questions), encoding="utf-8")
        later = programs.score_questions(
            treatment, written(after_baseline(reading.rows), "rows after baseline")
        )
    unreadable = (*opening.unreadable, *reading.unreadable)
    scores = Scores(figures, locked_figures, answers, later, len(asked), unreadable)
    command = "sonospine evaluate --locked" if locked else "sonospine evaluate"
    section = scores_section(scores, command=command, version=code_version(Path()))
    replace_section(out, "evaluate", section)
    typer.echo(section)
    typer.echo(f"written to {out}", err=True)


def _measured(paths: Sequence[Path], words: Vocabulary, what: str) -> Measured:
    from sonospine.evaluation.articles import read_articles

    return read_articles(tracked(paths, f"reading {what}"), words)
