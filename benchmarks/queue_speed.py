"""How long the queue of 50,000 rows takes to make, and to take in a save.

    python benchmarks/queue_speed.py [--check]

Takes the tables of ``make review`` in this folder. Beside the spoilt corpus of ``curation_queue.py`` (311 rows behind pools)
stand 1,500 studies of 33 rows that feed none, a third of them excluded, a tenth with a design that an analysis pools,
so that an alternative time can bring them in. What is timed is the queue alone: the view that it is given is
worked out before.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from curation_queue import PAGE, PROJECT, embedded_review
from queue_corpus import Corpus, Errors, Seen, corpus_of, other_values, read_errors, spoilt, study_rows

from sonospine.curation.queue import Queue
from sonospine.evaluation.generated_section import replace_section, table
from sonospine.evaluation.version import code_version
from sonospine.model.numbers import derived
from sonospine.model.table_io import Row
from sonospine.robustness import Review

STUDIES, ROWS, SAVES = 1500, 33, 30


def filled(corpus: Corpus, errors: Errors) -> tuple[Corpus, list[Row]]:
    """Return a corpus with many studies that feed no pool, and the alternatives of their rows."""
    random = np.random.default_rng([0, 4])
    parts: list[Review] = [corpus.review]
    alternatives: list[Row] = []
    for number in range(STUDIES):
        design = "of_no_analysis" if number % 10 else "made_40"
        one = study_rows(
            f"idle{number:04}", design, [str(26 + k) for k in range(ROWS)], included=number % 3 > 0
        )
        rows = []
        for row in one.measurements:
            profile = errors.right[int(random.choice(len(errors.right), p=errors.shares))]
            rows.append({**row, "confidence": derived(profile["confidence"])})
            alternatives += other_values(profile, row, row, "", random)
        parts.append(replace(one, measurements=rows))
    names = ("measurements", "arms", "studies", "decisions", "records")
    joined = {name: [row for part in parts for row in getattr(part, name)] for name in names}
    review = replace(corpus.review, **joined)
    tables = replace(
        corpus.tables, studies=review.studies, records=review.records, decisions=review.decisions
    )
    return Corpus(review, tables, corpus.behind), alternatives


def timed(queue: Queue, view: Seen, rows: Sequence[Row]) -> tuple[list[float], Seen]:
    """Return how long the queue takes for each of some saves (milliseconds), and the last view."""
    times = []
    for row in rows:
        view = view.corrected(row)
        # What a view works out when it is asked is not the queue's own.
        _ = view.rows, view.effects, view.of_study(""), view.arms_of(""), view.conflicts_of("")
        start = time.process_time()
        queue.after_save(view, {row["study_id"]})
        times.append(1000 * (time.process_time() - start))
    return times, view


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--check", action="store_true", help="print only")
    told = asked.parse_args()
    tables, embedded = embedded_review(PROJECT)
    errors = read_errors()
    corpus = corpus_of(tables, embedded, embedded.effects(), 0)
    read = spoilt(corpus, errors, 0)
    large, others = filled(corpus, errors)
    view = large.view(read.read, (*read.alternatives, *others))
    _ = view.rows, view.effects, view.of_study(""), view.arms_of(""), view.conflicts_of("")
    start = time.process_time()
    queue = Queue(view, view.tables)
    first = time.process_time() - start
    start = time.process_time()
    queue.entries(analysis="made_40", kind="row")
    filtering = 1000 * (time.process_time() - start)
    names = [entry.target_id for entry in queue.entries() if entry.target_id in read.read]
    confirmed, view = timed(queue, view, [{**view.rows[n], "state": "confirmed"} for n in names[:SAVES]])
    moved = [{**view.rows[n], "value": "3.3", "state": "corrected"} for n in names if n.startswith("m40x")]
    moving, view = timed(queue, view, moved[:SAVES])
    entries = len(queue.entries())
    lines = [
        ("making the queue", f"{1000 * first:.0f}", ""),
        ("filtering it", f"{filtering:.0f}", ""),
        ("a confirmation", *_spread(confirmed)),
        ("a correction that moves the pool of 40 studies", *_spread(moving)),
    ]
    section = (
        f"Written by `python benchmarks/queue_speed.py` ({code_version(PROJECT)}): {len(view.rows):,} rows, "
        f"{entries:,} entries, processor time of one process.\n\n"
        + table(("", "median ms", "slowest ms"), lines)
    )
    print(section)
    if not told.check:
        replace_section(PAGE, "queue-speed", section)


def _spread(times: Sequence[float]) -> tuple[str, str]:
    return f"{np.median(times):.0f}", f"{max(times):.0f}"


if __name__ == "__main__":
    main()
