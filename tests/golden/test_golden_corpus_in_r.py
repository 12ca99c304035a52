"""The pools of the embedded corpus, worked out in R with metafor from the table of effects alone."""

from __future__ import annotations

import json
import math
import subprocess
from pathlib import Path

import pytest

from sonospine.model.table_io import Row, read_table
from sonospine.model.tables import POOLED

pytestmark = [pytest.mark.r, pytest.mark.slow]
PROJECT = Path(__file__).resolve().parents[2]
TAU2 = ("tau2", "tau2_lower", "tau2_upper", "i2", "i2_lower", "i2_upper", "h2", "h2_lower", "h2_upper")

IN_R = """
suppressPackageStartupMessages({library(metafor); library(jsonlite)})
path <- commandArgs(trailingOnly = TRUE)
effects <- read.delim(path[1], colClasses = "character", quote = "", check.names = FALSE)
effects <- effects[effects$included == "true", ]
number <- function(x) as.numeric(x)
pool <- function(yi, vi, test, method = "REML") {
  most <- 1000 * (diff(range(yi))^2 + max(vi))
  control <- list(threshold = 1e-12 * min(1, max(vi)), maxiter = 100000, stepadj = 0.5, tau2.max = most)
  fit <- suppressWarnings(rma(yi, vi, method = method, test = test, control = control))
  k <- length(yi)
  found <- list(estimate = as.numeric(fit$beta), se = fit$se, ci_lower = fit$ci.lb, ci_upper = fit$ci.ub,
                p_value = fit$pval, q = fit$QE, q_p = fit$QEp, i2 = fit$I2, h2 = fit$H2)
  if (method == "FE") return(found)
  spread <- confint(fit, control = list(tol = 1e-14, maxiter = 10000, tau2.max = most))$random
  found <- c(found, list(tau2 = fit$tau2,
    tau2_lower = spread["tau^2", "ci.lb"], tau2_upper = spread["tau^2", "ci.ub"],
    i2_lower = spread["I^2(%)", "ci.lb"], i2_upper = spread["I^2(%)", "ci.ub"],
    h2_lower = spread["H^2", "ci.lb"], h2_upper = spread["H^2", "ci.ub"]))
  if (k < 3) return(found)
  half <- qt(0.975, k - 1) * sqrt(fit$tau2 + fit$se^2)
  c(found, list(pi_lower = found$estimate - half, pi_upper = found$estimate + half))
}
whole <- function(rows) {
  yi <- number(rows$yi)
  vi <- number(rows$vi)
  out <- list(primary = pool(yi, vi, "adhoc"), wald = pool(yi, vi, "z"), hksj = pool(yi, vi, "knha"),
              common = pool(yi, vi, "z", "FE"))
  counts <- sapply(c("ai", "n1i", "ci", "n2i"), function(name) number(rows[[name]]))
  if (rows$measure[1] %in% c("RR", "OR", "RD") && !anyNA(counts)) {
    fit <- rma.mh(ai = counts[, 1], n1i = counts[, 2], ci = counts[, 3], n2i = counts[, 4], measure = rows$measure[1])
    out$mantel_haenszel <- list(estimate = as.numeric(fit$beta), se = fit$se, ci_lower = fit$ci.lb,
                                ci_upper = fit$ci.ub, p_value = fit$pval, q = fit$QE, q_p = fit$QEp)
  }
  out
}
primary <- effects[effects$variant == "primary", ]
sets <- split(primary, primary$analysis)
sets <- sets[sapply(sets, nrow) >= 2]
out <- lapply(sets, whole)
for (name in names(sets)) {  # the second value of a conflict stands in for the first one of the same study and arms
  rows <- sets[[name]]
  key <- function(x) paste(x$study_id, x$arm_1, x$arm_2)
  other <- effects[effects$variant == "other_value" & effects$analysis == name, ]
  other <- other[key(other) %in% key(rows), ]
  if (nrow(other)) {
    mixed <- rbind(rows[!key(rows) %in% key(other), ], other)
    out[[name]]$other_value <- pool(number(mixed$yi), number(mixed$vi), "adhoc")
  }
}
writeLines(toJSON(out, auto_unbox = TRUE, digits = NA, null = "null"), path[2])
"""


def differing(row: Row, expected: dict[str, float]) -> list[str]:
    """Compare what is printed with ten digits: absolute 1e-9 plus relative 1e-6, relative 1e-5 for tau²."""
    faults = []
    for name, figure in expected.items():
        steep, floor = name in TAU2, 1e-7 if name.startswith("i2") else 1e-9
        found = float(row[name] or "nan")
        if not math.isclose(found, figure, rel_tol=1e-5 if steep else 1e-6, abs_tol=floor):
            faults.append(f"{row['analysis']}, {row['variant']}: {name} {row[name]!r}, metafor {figure!r}")
    return faults


def test_every_pool_of_the_corpus_is_that_of_metafor(
    pooled_corpus: tuple[Path, Path], rscript: str, tmp_path: Path
) -> None:
    effects, pooled = pooled_corpus
    (tmp_path / "pool.R").write_text(IN_R, encoding="utf-8")
    figures = tmp_path / "figures.json"
    subprocess.run([rscript, str(tmp_path / "pool.R"), str(effects), str(figures)], check=True, timeout=300)
    expected = json.loads(figures.read_text(encoding="utf-8"))
    rows = {
        (row["analysis"], row["variant"]): row
        for row in read_table(pooled, POOLED)
        if not row["subgroup"] and row["estimate"]
    }
    faults, compared = [], set()
    for analysis, variants in expected.items():
        for variant, theirs in variants.items():
            row = rows.get((analysis, variant))
            if row is None:
                faults.append(f"{analysis}: no row {variant}")
                continue
            compared.add((analysis, variant))
            faults += differing(row, theirs)
    assert faults == []
    # metafor has no row of these kinds; a single study is not pooled (the corpus has no two studies of counts).
    elsewhere = ("bayes", "cr2", "in_points", "other_value_wald")
    left = {key for key, row in rows.items() if row["k"] != "1" and key[1] not in elsewhere} - compared
    assert left == set()
    assert len(expected) >= 5
    assert {variant for _, variant in compared} >= {"primary", "wald", "hksj", "common"}
