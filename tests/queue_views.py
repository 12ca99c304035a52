"""Tables and a view of them, made from a review in memory: what the queue looks at, without a desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sonospine.curation.tables import Tables
from sonospine.curation.view import EVERYBODY, View
from sonospine.model.table_io import Row
from sonospine.model.tables import CORRECTION_LOG
from sonospine.robustness import Review
from sonospine.vocabulary import Vocabulary

NO_WORDS = Vocabulary({}, {}, {}, {}, {}, {}, {})


def tables_of(
    review: Review, alternatives: Sequence[Row] = (), unread: Sequence[Row] = (), words: Vocabulary = NO_WORDS
) -> Tables:
    """Return the tables behind a review."""
    return Tables(
        review.config, words, (), alternatives, (), unread, review.records, review.studies, review.decisions
    )


def view_of(
    review: Review,
    tables: Tables,
    *,
    lines: Sequence[Row] = (),
    stale: Sequence[str] = (),
) -> View:
    """Return a view of a review with some lines, those of the ids ``stale`` not applied; effects are computed here."""
    log = [
        CORRECTION_LOG.row(
            action_id=line["action_id"], file="a.tsv", line="2",
            outcome="stale" if line["action_id"] in stale else "applied",
        )
        for line in lines
    ]  # fmt: skip
    rows = review.measurements
    return View(
        EVERYBODY, tables, lines, rows, rows, review.arms, (), review.conflicts, log, review.effects(), (), ()
    )  # fmt: skip


def with_rows(review: Review, changed: Mapping[str, Row]) -> Review:
    """Return a review with some rows in place of those with their ids."""
    return replace(
        review, measurements=[changed.get(row["measurement_id"], row) for row in review.measurements]
    )
