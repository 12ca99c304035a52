"""The committed figures of metafor are what R gives here and now."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sonospine.synthesis.random_effects import between_study_variance, mean_effect

pytestmark = pytest.mark.r
REFERENCE = Path(__file__).parents[1] / "reference"


# `make reference` remakes all parts; the three that are not here (influence, small_study, regression) take R minutes each.
@pytest.mark.parametrize("part", ["random_effects", "effect_sizes", "rare_events", "bayes", "exceedance"])
def test_r_gives_the_committed_figures(rscript: str, part: str) -> None:
    command = [sys.executable, str(REFERENCE / "remake.py"), part]
    again = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False)
    assert (again.returncode, again.stdout.strip()) == (0, "every figure is as committed"), again.stderr


def test_every_part_and_no_other_is_made() -> None:
    parts = {path.stem for path in REFERENCE.glob("*.R")} - {"make_reference"}
    listed = (REFERENCE / "make_reference.R").read_text("utf-8").split("PARTS <- c(")[1].split("\n)\n")[0]
    assert parts == {line.split()[-1] for line in listed.replace(",", "\n").split("=")[:-1]}


RANDOM_SETS = """
suppressPackageStartupMessages({library(metafor); library(jsonlite)})
path <- commandArgs(trailingOnly = TRUE)
fit <- function(set, method) {
  control <- list(threshold = 1e-12, maxiter = 100000, stepadj = 0.5)
  found <- tryCatch(rma(set$yi, set$vi, method = method, test = "adhoc", control = control), error = function(e) NULL)
  if (is.null(found)) return(list(converged = FALSE))
  list(converged = TRUE, tau2 = found$tau2, lower = found$ci.lb, upper = found$ci.ub,
       loglik = as.numeric(logLik(found, REML = method == "REML")))
}
sets <- fromJSON(path[1], simplifyDataFrame = FALSE)
out <- lapply(sets, function(set) list(REML = fit(set, "REML"), ML = fit(set, "ML")))
writeLines(toJSON(out, auto_unbox = TRUE, digits = NA), path[2])
"""


@pytest.mark.slow
def test_200_random_sets_agree_with_metafor_or_are_more_likely(rscript: str, tmp_path: Path) -> None:
    """Where the two differ, our tau² has the higher likelihood: metafor stops at the first maximum it reaches."""
    from sonospine.synthesis.likelihood import log_likelihood

    sets = random_sets(200)
    (tmp_path / "sets.json").write_text(json.dumps(sets), encoding="utf-8")
    (tmp_path / "fit.R").write_text(RANDOM_SETS, encoding="utf-8")
    arguments = [str(tmp_path / name) for name in ("fit.R", "sets.json", "fits.json")]
    subprocess.run([rscript, *arguments], check=True, timeout=300, stderr=subprocess.DEVNULL)
    fits = json.loads((tmp_path / "fits.json").read_text(encoding="utf-8"))
    unlike, converged = [], 0
    for number, (data, fit) in enumerate(zip(sets, fits, strict=True)):
        for method, theirs in fit.items():
            if not theirs["converged"]:
                continue
            converged += 1
            ours = between_study_variance(data["yi"], data["vi"], method)
            mean = mean_effect(data["yi"], data["vi"], ours)
            close = math.isclose(ours, theirs["tau2"], rel_tol=1e-5, abs_tol=1e-9) and (
                mean.ci_lower == pytest.approx(theirs["lower"], rel=1e-6, abs=1e-7)
                and mean.ci_upper == pytest.approx(theirs["upper"], rel=1e-6, abs=1e-7)
            )
            gain = log_likelihood(data["yi"], data["vi"], ours, restricted=method == "REML") - log_likelihood(
                data["yi"], data["vi"], theirs["tau2"], restricted=method == "REML"
            )
            if not close and gain < 1e-9:
                unlike.append((number, method, ours, theirs["tau2"], gain))
    assert unlike == []
    assert converged >= 380


def random_sets(count: int) -> list[dict[str, list[float]]]:
    generator = np.random.default_rng(20261120)
    sets = []
    for _ in range(count):
        k = int(generator.integers(2, 41))
        vi = np.exp(generator.uniform(math.log(0.001), math.log(4), k))
        tau2 = float(generator.choice([0.0, 0.01, 0.1, 1.0, 5.0]))
        yi = generator.normal(0, np.sqrt(vi + tau2))
        sets.append({"yi": [round(float(y), 6) for y in yi], "vi": [round(float(v), 6) for v in vi]})
    return sets
