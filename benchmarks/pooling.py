"""How fast many pools are worked out, beside metafor on the same data.

    python benchmarks/pooling.py [FILE]

10,000 random-effects fits of ragged size (k from 3 to 40): REML, conservative Hartung-Knapp, intervals of tau² and I²,
prediction interval; in one process, by process time of one core, best of three. metafor's ``rma`` + ``confint`` +
``predict`` run in a loop over every 25th of the same sets, also by process time, and are extrapolated per set. Figures
of those sets are compared. Then one pool of 100,000 effects. Prints JSON, and writes it to FILE where one is named;
without R and metafor the peer's figures are null.
"""

from __future__ import annotations

import json
import math
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sonospine.synthesis.batch import Fits, fit_many

SETS, LEAST, MOST, LARGE = 10_000, 3, 40, 100_000
EVERY = 25
REPEATS = 3
COMPARED = (
    "estimate", "se", "ci_lower", "ci_upper", "pi_lower", "pi_upper", "tau2", "tau2_lower", "tau2_upper", "i2",
    "i2_lower", "i2_upper",
)  # fmt: skip
Set = tuple[list[float], list[float]]
METAFOR = """
suppressPackageStartupMessages({library(metafor); library(jsonlite)})
sets <- fromJSON(commandArgs(trailingOnly = TRUE)[1], simplifyVector = TRUE, simplifyMatrix = FALSE)
control <- list(threshold = 1e-12, maxiter = 10000, stepadj = 0.5)
pooled <- function(set) {
  fit <- suppressWarnings(rma(set[[1]], set[[2]], method = "REML", test = "adhoc", control = control))
  spread <- confint(fit)$random
  new <- predict(fit)
  c(fit$beta, fit$se, fit$ci.lb, fit$ci.ub, new$pi.lb, new$pi.ub, spread[1, ], spread[3, ])
}
invisible(pooled(sets[[1]]))
start <- proc.time()
figures <- lapply(sets, function(set) tryCatch(unname(pooled(set)), error = function(e) NULL))
spent <- proc.time() - start
cat(toJSON(list(seconds = spent[["user.self"]] + spent[["sys.self"]], figures = figures), digits = NA, auto_unbox = TRUE))
"""


def main() -> None:
    sets = drawn_sets()
    fit_many(sets[:50])  # imports
    seconds, fits = timed(sets)
    large = random.Random(20261130)
    vi = [math.exp(large.uniform(-4, 0.5)) for _ in range(LARGE)]
    large_seconds, _ = timed([([large.gauss(-1, math.sqrt(v + 0.3)) for v in vi], vi)])
    peer = by_metafor(sets[::EVERY])
    found: dict[str, Any] = {
        "sets": SETS,
        "k": [LEAST, MOST],
        "seconds": round(seconds, 4),
        "pools_per_second": round(SETS / seconds),
        "seconds_for_k_100000": round(large_seconds, 4),
        "metafor_per_second": None,
    }
    if peer is not None:
        per_set = peer["seconds"] / len(peer["figures"])
        found |= {
            "metafor_per_second": round(1 / per_set, 1),
            "metafor_sets_timed": len(peer["figures"]),
            "metafor_seconds_extrapolated": round(per_set * SETS, 1),
            "times_as_fast": round(per_set * SETS / seconds),
            "metafor_without_result": sum(not isinstance(figures, list) for figures in peer["figures"]),
            "largest_difference": differences(fits, peer["figures"]),
        }
    text = json.dumps(found, indent=2)
    print(text)
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text + "\n", encoding="utf-8")


def drawn_sets() -> list[Set]:
    generator = random.Random(20261120)
    sets = []
    for _ in range(SETS):
        vi = [round(math.exp(generator.uniform(-4, 0.5)), 6) for _ in range(generator.randint(LEAST, MOST))]
        sets.append(([round(generator.gauss(-1, math.sqrt(v + 0.3)), 6) for v in vi], vi))
    return sets


def timed(sets: list[Set]) -> tuple[float, Fits]:
    best = math.inf
    for _ in range(REPEATS):
        start = time.process_time()
        fits = fit_many(sets)
        best = min(best, time.process_time() - start)
    return best, fits


def differences(fits: Fits, figures: list[Any]) -> dict[str, float]:
    """Return the largest difference of each figure, relative to the larger of it and 1e-3 (percent: 0.1)."""
    worst = dict.fromkeys(COMPARED, 0.0)
    for at, found in enumerate(figures):
        if not isinstance(found, list):
            continue
        for name, theirs in zip(COMPARED, found, strict=True):
            ours = float(getattr(fits, name)[at * EVERY])
            floor = 0.1 if name.startswith("i2") else 1e-3
            worst[name] = max(worst[name], abs(ours - theirs) / max(abs(theirs), floor))
    return {name: float(f"{value:.2g}") for name, value in worst.items()}


def by_metafor(sets: list[Set]) -> dict[str, Any] | None:
    program = shutil.which("Rscript")
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        script, data = Path(folder, "fit.R"), Path(folder, "sets.json")
        script.write_text(METAFOR, encoding="utf-8")
        data.write_text(json.dumps(sets), encoding="utf-8")
        done = subprocess.run([program, str(script), str(data)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(done.stderr, file=sys.stderr)
        return None
    return dict(json.loads(done.stdout))


if __name__ == "__main__":
    main()
