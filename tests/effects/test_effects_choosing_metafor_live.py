"""The effects of the pipeline, worked again in R from the columns of their own rows."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from effect_cases import (
    AFTER,
    BEFORE,
    FL,
    THREE_ARMS,
    TWO_ARMS,
    US,
    between,
    config,
    counted,
    effects,
    entered,
    row,
)

from sonospine.model.table_io import Row

pytestmark = pytest.mark.r

SCRIPT = """
suppressPackageStartupMessages({library(metafor); library(jsonlite)})
rows <- fromJSON(commandArgs(TRUE)[1], simplifyVector=FALSE)
one <- function(x) {
  v <- function(name) if (nzchar(x[[name]])) as.numeric(x[[name]]) else NA
  m <- x$measure
  e <- if (m %in% c("MD", "ROM"))
    escalc(m, m1i=v("m1i"), sd1i=v("sd1i"), n1i=v("n1i"), m2i=v("m2i"), sd2i=v("sd2i"), n2i=v("n2i"))
  else if (m == "SMD") escalc(m, m1i=v("m1i"), sd1i=v("sd1i"), n1i=v("n1i"), m2i=v("m2i"), sd2i=v("sd2i"),
    n2i=v("n2i"), vtype=x$vtype)
  else if (m %in% c("MC", "SMCC"))
    escalc(m, m1i=v("m1i"), sd1i=v("sd1i"), m2i=v("m2i"), sd2i=v("sd2i"), ni=v("n1i"), ri=v("ri"))
  else if (m == "SMCR") escalc(m, m1i=v("m1i"), m2i=v("m2i"), sd1i=v("sd2i"), ni=v("n1i"), ri=v("ri"))
  else if (m == "PLO") escalc(m, xi=v("ai"), ni=v("n1i"), add=0.5, to="only0")
  else escalc(m, ai=v("ai"), n1i=v("n1i"), ci=v("ci"), n2i=v("n2i"), add=0.5, to="only0")
  list(yi=as.numeric(e$yi), vi=as.numeric(e$vi))
}
cat(toJSON(lapply(rows, one), digits=NA, auto_unbox=TRUE))
"""


def made() -> list[Row]:
    """Return effects of every measure: plain, with arms combined, split, and with cells of 0."""
    rows: list[Row] = []
    second = row("m3", "2.6", "0.8", arm="a3", n="20")
    for measure in ("MD", "SMD", "ROM"):
        for vtype in ("LS", "LS2") if measure == "SMD" else ("LS",):
            for rule in ("combine", "split", "model"):
                settings = between(measure=measure, smd_variance=vtype, shared_control=rule)
                found = entered(effects(settings, US, FL, second, arms=THREE_ARMS))
                rows += [{**e, "vtype": vtype} for e in found]
    for measure in ("MC", "SMCC", "SMCR"):
        for r in (0.2, 0.5, 0.9):
            rows += entered(effects(config(measure=measure, assumptions={"correlation": r}), BEFORE, AFTER))
    for measure in ("RR", "OR", "RD"):
        for a, c in (("27", "20"), ("0", "3"), ("30", "11"), ("4", "28")):
            counts = counted("m1", a, "30", "a1"), counted("m2", c, "28", "a2")
            settings = between(outcome="success", window=None, measure=measure, zero_cells="half")
            rows += entered(effects(settings, *counts, arms=TWO_ARMS))
    for a in ("0", "7", "26"):
        one_arm = {"outcome": "success", "measure": "PLO", "contrast": "one_arm", "window": None}
        rows += entered(effects(config(**one_arm, zero_cells="half"), counted("m1", a, "26", "a0")))
    return rows


def test_metafor_has_the_same_effects_and_variances(rscript: str, tmp_path: Path) -> None:
    rows = made()
    assert len(rows) == 20 + 9 + 12 + 3
    script, cases = tmp_path / "escalc.R", tmp_path / "rows.json"
    script.write_text(SCRIPT)
    cases.write_text(json.dumps(rows))
    answer = subprocess.run(
        [rscript, str(script), str(cases)], check=True, capture_output=True, text=True, timeout=120
    )
    for effect, other in zip(rows, json.loads(answer.stdout), strict=True):
        for name in ("yi", "vi"):
            assert float(effect[name]) == pytest.approx(other[name], rel=3e-9), (effect["measure"], name)
