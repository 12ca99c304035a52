"""How many pools a second: mean, interval, prediction interval, I² and Q-profile of REML, ours and metafor's.

    python benchmarks/pooling.py

Prints JSON; without R and metafor the peer's figure is null.
"""

from __future__ import annotations

import json
import math
import random
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from sonospine.synthesis.heterogeneity import heterogeneity, prediction_interval
from sonospine.synthesis.random_effects import between_study_variance, mean_effect

SETS = 300
METAFOR = """
suppressPackageStartupMessages({library(metafor); library(jsonlite)})
sets <- fromJSON(commandArgs(trailingOnly = TRUE)[1], simplifyDataFrame = FALSE)
control <- list(threshold = 1e-12, maxiter = 10000, stepadj = 0.5)
start <- proc.time()[["elapsed"]]
for (set in sets) {
  fit <- suppressWarnings(rma(set$yi, set$vi, method = "REML", test = "adhoc", control = control))
  predict(fit)
  confint(fit)
}
cat(length(sets) / (proc.time()[["elapsed"]] - start))
"""


def main() -> None:
    sets = drawn_sets()
    pooled(sets[0])  # imports
    start = time.perf_counter()
    for data in sets:
        pooled(data)
    ours = len(sets) / (time.perf_counter() - start)
    print(json.dumps({"sets": len(sets), "pools_per_second": ours, "metafor_per_second": by_metafor(sets)}))


def drawn_sets() -> list[dict[str, list[float]]]:
    generator = random.Random(20261120)
    sets = []
    for _ in range(SETS):
        vi = [round(math.exp(generator.uniform(-4, 0.5)), 6) for _ in range(generator.randint(3, 30))]
        sets.append({"yi": [round(generator.gauss(-1, math.sqrt(v + 0.3)), 6) for v in vi], "vi": vi})
    return sets


def pooled(data: dict[str, list[float]]) -> None:
    yi, vi = data["yi"], data["vi"]
    tau2 = between_study_variance(yi, vi, "REML")
    prediction_interval(mean_effect(yi, vi, tau2), tau2, len(yi))
    heterogeneity(yi, vi, tau2)


def by_metafor(sets: list[dict[str, list[float]]]) -> float | None:
    program = shutil.which("Rscript")
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        script, data = Path(folder, "fit.R"), Path(folder, "sets.json")
        script.write_text(METAFOR, encoding="utf-8")
        data.write_text(json.dumps(sets), encoding="utf-8")
        done = subprocess.run([program, str(script), str(data)], capture_output=True, text=True, check=False)
    return float(done.stdout) if done.returncode == 0 else None


if __name__ == "__main__":
    main()
