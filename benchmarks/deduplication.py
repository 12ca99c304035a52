"""Sensitivity and false merges of linking on seeded corruptions and near-twins of real MEDLINE records.

    python benchmarks/deduplication.py FOLDER_OF_REAL_RECORDS

Prints its figures as JSON. Seeds below 200 served development; the figures are of SEEDS.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

from corruptions import copied, listed
from deduplication_page import LISTED
from scipy.stats import beta
from twins import MAKERS, twins_of

from sonospine.linkage import link_records
from sonospine.model.record import Record

SEEDS = (201, 202, 203, 204, 205)
MEDLINE = "citation-files/robotreviewer/pubmed_test_1000.medline.txt"
SCALE, PEER_THRESHOLD = 30_000, 93
Figures = dict[str, Any]


def main() -> None:
    data = Path(sys.argv[1])
    originals, abbreviations = medline(data / MEDLINE)
    found = measured(originals, abbreviations, SEEDS)
    found["colrev"] = colrev(data / "citation-files/colrev")
    found["scale"] = scale(originals)
    print(json.dumps(found))


def medline(path: Path) -> tuple[list[Record], dict[str, str]]:
    """Return the different records of a MEDLINE file, and its abbreviations of journals by PubMed number."""
    from Bio import Medline

    from sonospine.sources import records_of

    with path.open(encoding="utf-8") as lines:
        abbreviations = {r["PMID"]: r.get("TA", "") for r in Medline.parse(lines)}
    # The file holds some records twice.
    originals = {r.pmid: replace(r, record_id=f"pubmed:{r.pmid}", passages=()) for r in records_of(path)}
    return list(originals.values()), abbreviations


def measured(originals: Sequence[Record], abbreviations: dict[str, str], seeds: Iterable[int]) -> Figures:
    """Count joined copies and false merges of each kind over the seeds."""
    copies: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    twins: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    seeds = tuple(seeds)
    changes = listed(abbreviations)
    for seed in seeds:
        for kind, change in changes.items():
            rng = random.Random(f"{seed} {kind}")
            made = [change(copied(r, kind="copy"), rng) for r in originals]
            report, _ = linked([*originals, *made])
            pairs = [(o.record_id, c.record_id) for o, c in zip(originals, made, strict=True)]
            joined = sum(report[a] == report[b] for a, b in pairs)
            add(
                copies[kind], joined, len(pairs), wrong(report, [o.record_id for o in originals], dict(pairs))
            )
        for kind in MAKERS:
            rng = random.Random(f"{seed} {kind}")
            made_twins = twins_of(originals, kind, rng)
            several = changes["three to six of these"]
            made = [several(copied(r, kind="copy"), rng) for r in originals]
            new = [r for t in made_twins for r in t.records[1:]]
            report, study = linked([*originals, *made, *new])
            for twin, copy in zip(made_twins, made, strict=True):
                ids = [r.record_id for r in twin.records]
                groups = [*combinations(ids, 2), *((copy.record_id, i) for i in ids[1:])]
                # Records of one report are of one study: where the twins are not one study, that counts.
                group = report if twin.same_study else study
                add(twins[kind], sum(group[a] == group[b] for a, b in groups), len(groups))
    natural = natural_pairs(originals)
    total = [sum(copies[kind][i] for kind in LISTED) for i in range(3)]
    every = [sum(row[i] for row in twins.values()) for i in range(2)]
    return {
        "seeds": list(seeds),
        "records": len(originals),
        "copies": {k: sensitivity(*copies[k]) for k in LISTED}
        | {"the above together": sensitivity(*total)}
        | {k: sensitivity(*row) for k, row in copies.items() if k not in LISTED},
        "twins": {k: specificity(*row) for k, row in twins.items()} | {"together": specificity(*every)},
        "natural": natural,
    }


def add(row: list[int], *counts: int) -> None:
    for place, count in enumerate(counts):
        row[place] += count


def linked(records: Sequence[Record]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the report and the study of each record."""
    rows = link_records(records).records
    return {r["record_id"]: r["report_id"] for r in rows}, {r["record_id"]: r["study_id"] for r in rows}


def wrong(report: dict[str, str], originals: Sequence[str], copy: dict[str, str]) -> int:
    """Count copies that share a report with another original than their own."""
    owners: dict[str, set[str]] = defaultdict(set)
    for original in originals:
        owners[report[original]].add(original)
    return sum(bool(owners[report[copy[o]]] - {o}) for o in originals)


def natural_pairs(originals: Sequence[Record]) -> Figures:
    """Count merges among the real records with their identifiers taken off: all are different publications."""
    bare = [replace(r, pmid="", pmcid="", doi="", notices=(), types=()) for r in originals]
    report, study = linked(bare)
    pairs = len(originals) * (len(originals) - 1) // 2
    merged = {"reports": shared(report), "studies": shared(study)}
    return merged | {"pairs": pairs, "interval": exact_interval(merged["reports"], pairs)}


def shared(group: dict[str, str]) -> int:
    sizes: dict[str, int] = defaultdict(int)
    for name in group.values():
        sizes[name] += 1
    return sum(n * (n - 1) // 2 for n in sizes.values())


def sensitivity(joined: int, total: int, mixed: int) -> Figures:
    return {"joined": joined, "total": total, "wrong": mixed, "interval": exact_interval(joined, total)}


def specificity(merged: int, pairs: int) -> Figures:
    return {"merged": merged, "pairs": pairs, "interval": exact_interval(merged, pairs)}


def exact_interval(successes: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """Return the interval of a proportion by Clopper and Pearson (Biometrika 1934;26:404)."""
    tail = (1 - level) / 2
    low = 0.0 if successes == 0 else float(beta.ppf(tail, successes, trials - successes + 1))
    high = 1.0 if successes == trials else float(beta.ppf(1 - tail, successes + 1, trials - successes))
    return low, high


def colrev(folder: Path) -> Figures | None:
    """Compare with the expected result of CoLRev's test of deduplication; ``None`` where it cannot be read."""
    from bibtexparser import parse_string

    from sonospine.sources import readings_of

    given, rejected = readings_of(folder / "data__dedupe__records.bib")
    if rejected or not given:
        return None
    expected = (folder / "data__dedupe__records_expected.bib").read_text(encoding="utf-8")
    return {
        "records": len(given),
        "reports": len(set(linked(given)[0].values())),
        "expected": len(parse_string(expected).entries),
    }


def scale(originals: Sequence[Record]) -> Figures:
    """Time linking of many records, and all pairs of their titles by rapidfuzz alone, in one run."""
    many = recombined(originals, SCALE)
    begun = time.perf_counter()
    link_records(many)
    ours = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    begun = time.perf_counter()
    all_pairs([r.title for r in many])
    return {"records": SCALE, "seconds": ours, "peak_mb": peak, "peer": time.perf_counter() - begun}


def all_pairs(titles: Sequence[str]) -> list[tuple[int, int]]:
    """Return the pairs of titles whose ratio reaches the threshold, each compared with each (the peer)."""
    from rapidfuzz import fuzz, process
    from rapidfuzz.utils import default_process

    plain = [default_process(title) for title in titles]
    return [
        (place, place + 1 + found[2])
        for place, title in enumerate(plain)
        for found in process.extract(
            title, plain[place + 1 :], scorer=fuzz.ratio, score_cutoff=PEER_THRESHOLD, limit=None
        )
    ]


def recombined(originals: Sequence[Record], count: int) -> list[Record]:
    """Return many records: titles of real ones with a third of their words from others, authors from others."""
    rng = random.Random(7)
    words = [w for r in originals for w in r.title.split()]
    made = []
    for number in range(count):
        record = originals[number % len(originals)]
        title = " ".join(rng.choice(words) if rng.random() < 0.33 else w for w in record.title.split())
        first = str(rng.randint(1, 1500))
        made.append(
            replace(
                record,
                record_id=f"pubmed:{number + 1}",
                pmid=str(number + 1),
                doi="",
                title=title,
                authors=rng.choice(originals).authors,
                year=str(rng.randint(1990, 2026)),
                volume=str(rng.randint(1, 80)),
                pages=f"{first}-{int(first) + 8}",
            )
        )
    return made


if __name__ == "__main__":
    main()
