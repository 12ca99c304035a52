"""A multiverse of more than 5,000 specifications over the embedded corpus: its time, and its figures against single fits.

    python benchmarks/multiverse.py

Prints JSON. The corpus is read and reconciled first; that is not measured.
"""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

from sonospine.cli.inputs import review_of
from sonospine.config.robustness import Multiverse
from sonospine.config.settings import Config
from sonospine.corrections import replay
from sonospine.effects import compute_effects
from sonospine.extraction.assembly import extract_records
from sonospine.linkage import link_records
from sonospine.model.states import by_person
from sonospine.model.table_io import Row
from sonospine.reconcile import reconcile
from sonospine.robustness import Review
from sonospine.robustness.fitting import included
from sonospine.robustness.multiverse import multiverse
from sonospine.robustness.specifications import LATEST
from sonospine.screening import screen
from sonospine.screening.run import LinkedRows
from sonospine.sources.reading import readings_of
from sonospine.synthesis.pooling import Choice
from sonospine.synthesis.random_effects import between_study_variance, mean_effect

PROJECT = Path(__file__).resolve().parent.parent
CHECKED = 300
CHOSEN = Multiverse(
    estimators=("CE", "DL", "HE", "ML", "REML", "PM"),
    intervals=("hksj-conservative", "hksj", "wald"),
    correlations=(0.1, 0.3, 0.5, 0.7, 0.8, 0.9),
    conversions=("configured", "none"),
    window_rules=("nearest", "earliest", "latest"),
    designs=(("rct",), ("rct", "nonrandomised"), ("prospective_single_arm", "retrospective", "case_series")),
    verified_only=(False, True),
)


def main() -> None:
    review = corpus()
    effects = review.effects()
    pools: dict[str, list[Row]] = {a.id: [] for a in review.config.analyses} | included(effects)
    # As `sonospine probe` does: studies without a candidate effect have none with other choices either.
    part = review.of_studies({row["study_id"] for row in effects})
    multiverse(pools, Choice(), Multiverse(correlations=(0.5,)), part)  # imports
    start, processor = time.perf_counter(), time.process_time()
    rows = multiverse(pools, Choice(), CHOSEN, part)
    seconds, processor = time.perf_counter() - start, time.process_time() - processor
    print(
        json.dumps(
            {
                "specifications": len({row["specification"] for row in rows}),
                "rows": len(rows),
                "fits": sum(row["k"] > "1" for row in rows),
                "seconds": seconds,
                "processor_seconds": processor,
                "checked": CHECKED,
                "worst_against_single_fit": worst(rows, review),
            }
        )
    )


def corpus() -> Review:
    config, vocabulary = review_of(PROJECT / "config" / "config.yaml")
    folder = PROJECT / "config" / "corpus"
    files = sorted(p for kind in ("ctgov", "documents", "jats", "pubmed") for p in (folder / kind).iterdir())
    records = {r.record_id: r for path in files for r in readings_of(path, demonstration=True)[0]}
    parsed = tuple(records.values())
    linked = link_records(parsed, [])
    screened = screen(
        parsed, LinkedRows(linked.records, linked.reports, linked.links), config, vocabulary, [], []
    )
    read = extract_records(parsed, vocabulary)
    curated = replay(read.measurements, read.arms, linked.records, [], {})
    whole = {i.id for i in vocabulary.instruments.values() if i.whole_numbers}
    made = reconcile(curated.corrected, curated.arms, screened.studies, whole_numbers=whole)
    return Review(
        made.measurements, made.conflicts, curated.arms, screened.studies, screened.decisions, linked.records,
        config, {i.id: i.direction for i in vocabulary.instruments.values() if not i.generic},
    )  # fmt: skip


def worst(rows: list[Row], review: Review) -> float:
    """Fit some rows one by one, from a configuration written for their settings; return the largest difference."""
    several = [row for row in rows if int(row["k"]) > 1]
    largest = 0.0
    for row in random.Random(20261129).sample(several, min(CHECKED, len(several))):
        effects = single_effects(row, review)
        yi, vi = [float(e["yi"]) for e in effects], [float(e["vi"]) for e in effects]
        tau2 = 0.0 if row["estimator"] == "CE" else between_study_variance(yi, vi, row["estimator"])
        mean = mean_effect(yi, vi, tau2, ci=row["ci_choice"])
        for name in ("estimate", "ci_lower", "ci_upper"):
            ours, single = float(row[name]), float(getattr(mean, name))
            largest = max(largest, abs(ours - single) / max(1.0, abs(single)))
    return largest


def single_effects(row: Row, review: Review) -> list[Row]:
    config = review.config.model_dump()
    config["assumptions"]["correlation"] = float(row["correlation"])
    if row["conversions"] == "none":
        config["assumptions"]["conversions"] = []
    for window in config["windows"]:
        if row["window_rule"] != "nearest":
            last = LATEST if window["upper"] is None else window["upper"]
            window["target"] = window["lower"] if row["window_rule"] == "earliest" else last
    config["analyses"] = [a for a in config["analyses"] if a["id"] == row["analysis"]]
    analysis = config["analyses"][0]
    analysis["designs"] = [d for d in analysis["designs"] if d in row["designs"].split(";")]
    measurements = [
        m for m in review.measurements if row["verified_only"] == "false" or by_person(m["state"])
    ]
    made = compute_effects(
        measurements, review.conflicts, review.arms, review.studies, review.decisions, review.records,
        Config.model_validate(config), directions=review.directions,
    )  # fmt: skip
    return [e for e in made if e["included"] == "true" and e["variant"] == "primary"]


if __name__ == "__main__":
    main()
