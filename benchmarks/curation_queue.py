"""Try the queue: are the pools nearer to the truth when its first ten rows are corrected than thirty random ones?

    python benchmarks/curation_queue.py [--simulations N] [--workers N] [--check]

Takes the tables of ``make review`` in this folder for the embedded corpus, beside made studies (``queue_corpus.py``),
spoils the rows behind the pools by the reader's error table (``reader_errors.json``), and lets a person correct some of
them: a wrong row becomes the true one, a right one is confirmed. The distance is the sum over the analyses of
|estimate - true estimate| in standard errors of the true pool (1/sqrt(sum 1/(v + tau2))); a pool that is missing on one
side counts 2. The same seeds give the same figures. (Not named ``queue.py``: that would hide the library's own module.)
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from queue_corpus import MADE, SIZES, Corpus, Errors, Spoilt, corpus_of, read_errors, spoilt

from sonospine.curation.influence import APPEARANCE, Pool, pools_of
from sonospine.curation.material import Asked, Material
from sonospine.curation.queue import Queue
from sonospine.curation.tables import Tables, read_tables_of
from sonospine.evaluation.generated_section import replace_section, table
from sonospine.evaluation.version import code_version
from sonospine.model.states import pooled_numbers
from sonospine.model.table_io import Row, read_table
from sonospine.model.tables import ARMS, CONFLICTS, RECONCILED
from sonospine.robustness import Review
from sonospine.robustness.fitting import Fit, PointSet, fit_sets

PROJECT = Path(__file__).resolve().parent.parent
PAGE = PROJECT / "docs" / "benchmarks.md"
FIRST, RANDOM, DRAWS = 10, 30, 10
LARGER = 6
RATES = (1.0, 3.0)
"""The error table as it was counted, and three times as many wrong rows: articles that the reader was not built with."""
WAYS = ("queue", "asked_again", "confidence", "weight", "random_10", "random_30")


class Distance(NamedTuple):
    """Sums over all analyses, and over those of ``LARGER`` effects and more."""

    every: float
    larger: float


NOWHERE = Distance(0.0, 0.0)


@dataclass
class Simulation:
    """The distances of one simulation: before, and by way of choosing rows; how many wrong rows each found.

    ``won`` are the shares of the random draws that the queue beats.
    """

    before: Distance
    wrong: int
    after: dict[str, Distance] = field(default_factory=dict)
    found: dict[str, float] = field(default_factory=dict)
    won: Distance = NOWHERE


class Desk:
    """The pools of a spoilt corpus after any of its rows were corrected; a study is worked out once for each set of them."""

    def __init__(self, corpus: Corpus, read: Spoilt) -> None:
        self.corpus, self.read = corpus, read
        self.view = corpus.view(read.read, read.alternatives)
        self.tables = self.view.tables
        self.material = Material(self.tables)
        self.choice = self.tables.choice
        self.pools = pools_of(self.view.effects, self.tables.config, self.choice)
        truth = corpus.view(read.true, ())
        self.true = pools_of(truth.effects, self.tables.config, self.choice)
        self.study = {name: row["study_id"] for name, row in read.read.items()}
        self.asked: dict[str, Asked] = {}
        self.met: dict[tuple[str, frozenset[str]], dict[str, PointSet]] = {}

    def distances(self, ways: Sequence[Collection[str]]) -> list[Distance]:
        """Return for each choice of rows how far the pools are from the true ones once those are corrected."""
        sets = [one for names in ways for one in self._sets(names)]
        fits = iter(fit_sets(sets, self.choice))
        found = []
        for _ in ways:
            apart = [(true.fit.k, _apart(next(fits), true)) for true in self.true.values()]
            larger = math.fsum(d for k, d in apart if k >= LARGER)
            found.append(Distance(math.fsum(d for _, d in apart), larger))
        return found

    def _sets(self, corrected: Collection[str]) -> list[PointSet]:
        """Return the effects of each pool once some rows are corrected."""
        pieces = {name: dict(pool.pieces) for name, pool in self.pools.items()}
        by_study: dict[str, set[str]] = {}
        for name in corrected:
            by_study.setdefault(self.study[name], set()).add(name)
        for study, names in by_study.items():
            for analysis, piece in self._study(study, frozenset(names)).items():
                pieces[analysis][study] = piece
        return [tuple(p for study in sorted(one) for p in one[study]) for one in pieces.values()]

    def _study(self, study: str, names: frozenset[str]) -> dict[str, PointSet]:
        if (study, names) not in self.met:
            if study not in self.asked:
                entered = {n: p.pieces[study] for n, p in self.pools.items() if study in p.pieces}
                self.asked[study] = self.material.asked(self.view, study, entered, {})
            changed = {name: self.read.true[name] for name in names}
            asked = self.asked[study]
            # A made study is in one analysis, whatever becomes of its rows.
            made = all(name.startswith(MADE) for name in asked.entered) and asked.entered
            analyses = list(asked.entered) if made else list(self.pools)
            self.met[study, names] = asked.pieces(changed, (), analyses)
        return self.met[study, names]


def _apart(fit: Fit, true: Pool) -> float:
    if not fit.k or not true.fit.k:
        return 0.0 if fit.k == true.fit.k else APPEARANCE
    return abs(fit.estimate - true.fit.estimate) / true.unit


def simulated(
    tables: Tables, embedded: Review, effects: Sequence[Row], errors: Errors, seed: int
) -> Simulation:
    """Spoil a corpus and correct it in every way."""
    corpus = corpus_of(tables, embedded, effects, seed)
    read = spoilt(corpus, errors, seed)
    desk = Desk(corpus, read)
    candidates = sorted(pooled_numbers(desk.view.effect_rows) & set(read.read))
    queue = Queue(desk.view, desk.tables)
    chosen = {
        "queue": first_of(queue, candidates),
        "asked_again": asked_again(desk, queue, candidates),
        "confidence": sorted(candidates, key=lambda n: (float(read.read[n]["confidence"]), n))[:FIRST],
        "weight": by_weight(desk, candidates)[:FIRST],
    }
    random = np.random.default_rng([seed, 3])
    drawn = {
        way: [
            [candidates[i] for i in random.choice(len(candidates), size, replace=False)] for _ in range(DRAWS)
        ]
        for way, size in (("random_10", FIRST), ("random_30", RANDOM))
    }
    before, *after = desk.distances([(), *chosen.values(), *drawn["random_10"], *drawn["random_30"]])
    made = Simulation(before, len(read.wrong & set(candidates)))
    made.after = dict(zip(chosen, after, strict=False))
    made.found = {way: float(len(read.wrong & set(names))) for way, names in chosen.items()}
    for way, distances in (("random_10", after[-2 * DRAWS : -DRAWS]), ("random_30", after[-DRAWS:])):
        made.after[way] = Distance(*(float(np.mean(one)) for one in zip(*distances, strict=True)))
        made.found[way] = float(np.mean([len(read.wrong & set(names)) for names in drawn[way]]))
    ours = made.after["queue"]
    made.won = Distance(*(float(np.mean([_won(ours[i], d[i]) for d in after[-DRAWS:]])) for i in (0, 1)))
    return made


def _won(ours: float, theirs: float) -> float:
    return 0.5 if abs(ours - theirs) <= 1e-9 else float(ours < theirs)


def first_of(queue: Queue, candidates: Collection[str], size: int = FIRST) -> list[str]:
    """Return the first rows of the queue that stand behind pools."""
    known = set(candidates)
    return [entry.target_id for entry in queue.entries() if entry.target_id in known][:size]


def asked_again(desk: Desk, queue: Queue, candidates: Collection[str]) -> list[str]:
    """Return the rows that a person looks at who takes the first of the queue, corrects it, and asks again."""
    view, done = desk.view, list[str]()
    while len(done) < FIRST:
        name = first_of(queue, set(candidates) - set(done), 1)[0]
        done.append(name)
        view = view.corrected(desk.read.true[name])
        queue.after_save(view, {desk.study[name]})
    return done


def by_weight(desk: Desk, candidates: Sequence[str]) -> list[str]:
    """Return rows by the weight of their effects in the pools, the largest sum first."""
    weight = dict.fromkeys(candidates, 0.0)
    for analysis, rows in desk.view.effects.items():
        entered = [r for r in rows if r["included"] == "true" and r["variant"] == "primary"]
        tau2 = desk.pools[analysis].fit.tau2
        shares = [1 / (float(r["vi"]) + (0.0 if math.isnan(tau2) else tau2)) for r in entered]
        for row, share in zip(entered, shares, strict=True):
            for name in row["measurement_ids"].split(";"):
                if name in weight:
                    weight[name] += share / math.fsum(shares)
    return sorted(candidates, key=lambda n: (-weight[n], n))


def report(told: dict[float, list[Simulation]], errors: Errors, rows: int) -> str:
    """Return the section."""
    names = {
        "queue": f"first {FIRST} of the queue", "asked_again": f"first of the queue, {FIRST} times, asked again after each",
        "confidence": f"{FIRST} of the lowest confidence", "weight": f"{FIRST} of the largest weight",
        "random_10": f"{FIRST} random", "random_30": f"{RANDOM} random",
    }  # fmt: skip
    parts = []
    for times, made in told.items():
        lines = [
            (
                "nothing",
                _mean([m.before.larger for m in made]),
                "",
                _middle([m.before.every for m in made]),
                "0",
            )
        ]
        for way in WAYS:
            gains = [m.after["random_30"].larger - m.after[way].larger for m in made]
            apart, every = ([m.after[way][i] for m in made] for i in (1, 0))
            found = f"{np.mean([m.found[way] for m in made]):.1f}"
            nearer = "" if way == "random_30" else _mean(gains)
            lines.append((names[way], _mean(apart), nearer, _middle(every), found))
        which = "as counted" if times == 1 else f"with {times:g} times as many wrong rows"
        wins = [100 * np.mean([m.won[i] for m in made]) for i in (0, 1)]
        means = [100 * np.mean([m.after["queue"][i] < m.after["random_30"][i] for m in made]) for i in (0, 1)]
        parts += [
            f"**Error table {which}** ({len(made)} simulations, {np.mean([m.wrong for m in made]):.1f} wrong rows of {rows} "
            f"behind pools in the mean):",
            table(
                ("corrected", f"distance, analyses of {LARGER} effects and more", f"nearer than {RANDOM} random by",
                 "all analyses: median (quartiles)", "wrong rows among them"), lines,
            ),
            f"The queue is nearer to the truth than the mean of {DRAWS} draws of {RANDOM} random rows in {means[1]:.0f} % of "
            f"the simulations ({means[0]:.0f} % over all analyses), and than a single draw in {wins[1]:.0f} % "
            f"({wins[0]:.0f} %; a tie is half).",
        ]  # fmt: skip
    return "\n\n".join(
        (
            f"Written by `python benchmarks/curation_queue.py` ({code_version(PROJECT)}). Distances are sums over "
            f"{len(SIZES)} made analyses (of {SIZES[0]} to {SIZES[-1]} studies), and with the embedded corpus's (of 1 to 5 "
            f"effects: one error there can be dozens of standard errors, so medians are told), in standard errors of the "
            f"true pools; means with 95 % intervals over simulations. A row is wrong with probability "
            f"{100 * errors.rate:.1f} %.",
            *parts,
        )
    )


def _mean(values: Sequence[float]) -> str:
    half = 1.96 * float(np.std(values, ddof=1)) / math.sqrt(len(values))
    mean = float(np.mean(values))
    return f"{mean:.2f} ({mean - half:.2f} to {mean + half:.2f})"


def _middle(values: Sequence[float]) -> str:
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    return f"{middle:.2f} ({low:.2f} to {high:.2f})"


@cache
def embedded_review(root: Path) -> tuple[Tables, Review]:
    """Read the tables of ``make review``."""
    tables = read_tables_of(root, root / "config" / "config.yaml")
    curated = root / "extracted" / "curated"
    read: Callable[[str, object], list[Row]] = lambda name, schema: read_table(curated / name, schema)  # type: ignore[arg-type]  # noqa: E731
    return tables, Review(
        read("measurements.tsv", RECONCILED), read("conflicts.tsv", CONFLICTS), read("arms.tsv", ARMS), tables.studies,
        tables.decisions, tables.records, tables.config, tables.directions,
    )  # fmt: skip


def _one(given: tuple[float, int]) -> Simulation:
    times, seed = given
    tables, embedded = embedded_review(PROJECT)
    return simulated(tables, embedded, embedded.effects(), read_errors(times), seed)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--simulations", type=int, default=200)
    asked.add_argument("--workers", type=int, default=1)
    asked.add_argument("--check", action="store_true", help="print only")
    told = asked.parse_args()
    given = [(times, seed) for times in RATES for seed in range(told.simulations)]
    with ProcessPoolExecutor(told.workers) as workers:
        every = list(workers.map(_one, given, chunksize=5))
    made = {times: [one for (t, _), one in zip(given, every, strict=True) if t == times] for times in RATES}
    tables, embedded = embedded_review(PROJECT)
    section = report(made, read_errors(), len(corpus_of(tables, embedded, embedded.effects(), 0).behind))
    print(section)
    if not told.check:
        replace_section(PAGE, "queue", section)


if __name__ == "__main__":
    main()
