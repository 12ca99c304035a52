"""Learn how much each reason tells for or against a row, and write the weights and what they are worth.

    python benchmarks/calibrate.py [--check]

Reads the open annotated articles of SONOSPINE_TEST_DATA (by default ../shared/data), never the locked ones. Every row
that the scorer of measurements can judge is right (everything agrees) or wrong. The log odds are a sum of weights of
reasons, found by penalised logistic regression: the penalty draws each weight to its value in ``PRIOR``, what a reason
is worth before any row was counted, so that a reason that was seldom seen keeps it. A warning never raises the odds.
What is reported is cross-validated: the rows of an article are judged with weights learned without that article.
``--check`` prints and writes nothing.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib.util
import itertools
import json
import os
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from scipy.optimize import minimize

from sonospine.evaluation.articles import collection, listed_articles
from sonospine.evaluation.generated_section import replace_section, table
from sonospine.evaluation.scorers import find_scorers
from sonospine.evaluation.version import code_version
from sonospine.extraction import confidence
from sonospine.extraction.assembly import extract_records
from sonospine.model.files import write_text
from sonospine.sources.reading import records_of
from sonospine.vocabulary import load_vocabulary

Vector = np.ndarray[Any, np.dtype[np.float64]]
PROJECT = Path(__file__).resolve().parent.parent
PAGE = PROJECT / "docs" / "benchmarks.md"
SURE = 0.9
PENALTY = 5.0
START = {"table": 2.0, "text": 0.5}
# Log odds before any row was counted; a warning without an entry has WARNING, another reason 0.
WARNING = -0.5
PRIOR = {
    "a count": -1.0, "a percent": -1.0, "no spread": -0.5, "in the abstract": -0.5, "no value": -1.0,
    "time not known in weeks": -1.0, "time without a length": -1.0, "statistic assumed": -0.7, "n not known": -0.7,
    "n from the text, for a later time": -1.0, "n from another table, for a later time": -1.0,
    "another value under the same labels": -1.5, "value outside the scale": -2.0, "outcome from the caption": -0.5,
    "outcome from the sentence before": -0.7, "only a part of the people": -0.7, "outcome not known to the vocabulary": -0.5, "warning: arm unclear": -2.0,
    "warning: arm unknown": -1.5, "the same numbers elsewhere in the report": 0.5,
}  # fmt: skip
DOUBTS = (
    "warning:",
    "no ",
    "time not",
    "time without",
    "another value",
    "value outside",
    "outcome",
    "n not",
    "a count",
)
SUPPORTS = (
    "arm from column header", "arm from row label", "arm from section row", "arm: own", "arm: list", "statistic named",
    "statistic from", "n beside", "n from the table", "time: own", "time: list", "the same numbers",
)  # fmt: skip
BINS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)
LEVELS = ("value", "spread", "weeks", "outcome", "arm", "n")


@dataclasses.dataclass(frozen=True)
class Judged:
    """A row with its reasons, and how far it agrees with the annotation (0 none, 6 everything)."""

    article: str
    family: str
    rule: str
    reasons: tuple[str, ...]
    level: int
    before: float

    @property
    def right(self) -> bool:
        return self.level == len(LEVELS)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--check", action="store_true", help="print only")
    asked.add_argument("--penalty", type=float, default=PENALTY)
    told = asked.parse_args()
    data = Path(os.environ.get("SONOSPINE_TEST_DATA", "../shared/data"))
    rows, annotated = judged(data)
    crossed = cross_validated(rows, told.penalty)
    learned = {**learn(rows, told.penalty), "wrong": faults(rows)}
    section = report(rows, crossed, annotated)
    print(section)
    if told.check:
        print(json.dumps(learned, indent=1))
        return
    write_text(
        Path(confidence.__file__).with_name(confidence.WEIGHTS),
        json.dumps(learned, indent=1, ensure_ascii=False) + "\n",
    )
    replace_section(PAGE, "calibration", section)


def judged(data: Path) -> tuple[list[Judged], int]:
    """Return the rows of the open articles that the scorer can judge, and how many means and medians are annotated."""
    found = collection(data)
    scorer = _module(find_scorers(data.resolve().parent / "bench").measurements)
    articles = set(found.open_articles.read_text(encoding="utf-8").split())
    gold = scorer.read_gold(found.gold, articles)
    words = load_vocabulary(PROJECT / "config" / "vocabulary")
    rows: list[Judged] = []
    for path in listed_articles(found.open_articles, found.full_texts):
        made = extract_records(records_of(path), words)
        read = [(scorer.predicted_row(row), row) for row in made.measurements]
        for family in ("arm", "count", "difference"):
            mine = [(p, row) for p, row in read if p is not None and p["family"] == family]
            levels = _levels(
                scorer, [g for g in gold[path.stem] if g["family"] == family], [p for p, _ in mine]
            )
            rows += [
                Judged(
                    path.stem,
                    family,
                    row["rule"],
                    made.reasons[row["measurement_id"]],
                    k,
                    float(row["confidence"]),
                )
                for k, (_, row) in zip(levels, mine, strict=True)
                if k is not None
            ]
    annotated = sum(g["family"] == "arm" and not g.get("optional") for part in gold.values() for g in part)
    return rows, annotated


def _levels(scorer: ModuleType, gold: list[Any], read: list[Any]) -> list[int | None]:
    """Return how far each row agrees, ``None`` for one that is not judged: a repeat, or an optional annotation."""
    arms = list({frozenset(g["arm_words"]): g["arm_words"] for g in gold}.values())
    outcomes = list({frozenset(g["outcome_words"]): g["outcome_words"] for g in gold}.values())
    pairs, level = scorer.match(gold, read, arms, outcomes)
    best: dict[int, int | None] = {j: None if gold[i].get("optional") else k for k, i, j in pairs}
    for j in range(len(read)):
        if j not in best:
            best[j] = None if any(level[i, j] >= scorer.TOP - 1 for i in range(len(gold))) else 0
    return [best[j] for j in range(len(read))]


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def prior(reason: str) -> float:
    return PRIOR.get(reason, WARNING if reason.startswith("warning:") else 0.0)


def learn(rows: list[Judged], penalty: float) -> dict[str, dict[str, float]]:
    """Return the weights: where each rule begins, and what each reason adds.

    Rows of one article are alike, so an article counts with the root of its number of rows.
    """
    rules = sorted(START)
    names = sorted({reason for row in rows for reason in row.reasons} | set(PRIOR))
    columns = {name: k for k, name in enumerate([*rules, *names])}
    features = np.zeros((len(rows), len(columns)))
    for k, row in enumerate(rows):
        features[
            k, [columns[row.rule], *(columns[reason] for reason in row.reasons if reason in columns)]
        ] = 1.0
    right = np.array([row.right for row in rows], dtype=float)
    of_article = Counter(row.article for row in rows)
    share = np.array([of_article[row.article] ** -0.5 for row in rows])
    share *= len(rows) / share.sum() / 2
    centre = np.array([*(START[rule] for rule in rules), *(prior(name) for name in names)])

    def loss(weights: Vector) -> tuple[float, Vector]:
        odds = features @ weights
        apart = weights - centre
        value = share @ (np.logaddexp(0.0, odds) - right * odds) + 0.5 * penalty * apart @ apart
        slope = features.T @ (share * (1.0 / (1.0 + np.exp(-odds)) - right)) + penalty * apart
        return float(value), slope

    bounds = [_bounds(name) for name in [*rules, *names]]
    found = minimize(
        loss, centre, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 2000, "ftol": 1e-12}
    )
    rounded = [round(float(weight), 3) + 0.0 for weight in found.x]
    return {
        "start": {rule: rounded[columns[rule]] for rule in rules},
        "reasons": {name: rounded[columns[name]] for name in names},
    }


def faults(rows: list[Judged]) -> dict[str, float]:
    """Return the share of the wrong rows that disagree first in a field that has alternatives.

    One row is added for each field, so that what was never seen is not impossible.
    """
    wrong = Counter(LEVELS[row.level] for row in rows if not row.right)
    total = sum(wrong.values()) + len(LEVELS)
    return {name: round((wrong[name] + 1) / total, 3) for name in ("spread", "weeks", "arm", "n")}


def _bounds(reason: str) -> tuple[float | None, float | None]:
    """Return between what a weight may lie: what supports a row never tells against it, nor a doubt for it."""
    return (0.0 if reason.startswith(SUPPORTS) else None, 0.0 if reason.startswith(DOUBTS) else None)


def cross_validated(rows: list[Judged], penalty: float) -> list[float]:
    """Return for each row the probability by weights that never saw its article."""
    of: dict[str, confidence.Weights] = {}
    for article in sorted({row.article for row in rows}):
        learned = learn([row for row in rows if row.article != article], penalty)
        # A reason that no other article has keeps what it was worth before.
        known = {**{reason: prior(reason) for row in rows for reason in row.reasons}, **learned["reasons"]}
        of[article] = confidence.Weights(learned["start"], known)
    return [of[row.article].probability(row.rule, row.reasons) or 0.0 for row in rows]


def report(rows: list[Judged], crossed: list[float], annotated: int) -> str:
    """Return the section: the bins of the cross-validated confidence, and the rows that it is sure of."""
    lines = []
    for low, high in itertools.pairwise(BINS):
        inside = [
            (p, r)
            for p, r in zip(crossed, rows, strict=True)
            if low <= p < high or (high == 1.0 and p == 1.0)
        ]
        if inside:
            lines.append(
                (
                    f"{low:.2f} to {high:.2f}", str(len(inside)), f"{sum(p for p, _ in inside) / len(inside):.3f}",
                    f"{sum(r.right for _, r in inside) / len(inside):.3f}", str(len({r.article for _, r in inside})),
                )
            )  # fmt: skip
    sure = [r for p, r in zip(crossed, rows, strict=True) if p >= SURE]
    of = {family: [r.right for r in sure if r.family == family] for family in ("arm", "count", "difference")}
    brier = sum((p - r.right) ** 2 for p, r in zip(crossed, rows, strict=True)) / len(rows)
    articles = len({r.article for r in rows})
    return "\n\n".join(
        (
            f"Written by `python benchmarks/calibrate.py` ({code_version(PROJECT)}): {len(rows)} rows of {articles} open "
            "articles that the annotation can judge; each article's rows are judged by weights learned from the others.",
            table(("confidence", "rows", "mean confidence", "share right", "articles"), lines),
            f"Means and medians of confidence {SURE} and more: precision {_precision(of['arm'])}, covering "
            f"{sum(of['arm']) / annotated:.3f} of the annotated; counts: precision {_precision(of['count'])}; differences: "
            f"{_precision(of['difference'])}. Brier score of all rows: {brier:.3f} "
            f"(share right {sum(r.right for r in rows) / len(rows):.3f}).",
        )
    )


def _precision(right: list[bool]) -> str:
    return f"{sum(right) / len(right):.3f} of {len(right)} rows" if right else "no row"


if __name__ == "__main__":
    main()
