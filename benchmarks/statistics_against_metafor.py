"""How many figures of pooling and of effect sizes are held against metafor, and the worst difference of each kind.

    python benchmarks/statistics_against_metafor.py

Prints JSON: for each figure the count, the worst difference and the data set where it is. A difference is absolute
below 1 and relative above: |ours - theirs| / max(1, |theirs|); the p value's is relative.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sonospine.effects import measures
from sonospine.effects.measures import Effect, Group
from sonospine.synthesis.heterogeneity import heterogeneity, prediction_interval
from sonospine.synthesis.random_effects import between_study_variance, mean_effect

REFERENCE = Path(__file__).resolve().parent.parent / "tests" / "reference" / "metafor.json"
INTERVAL = {"adhoc": "hksj-conservative", "knha": "hksj", "z": "wald"}
KINDS = {
    "estimate": "pooled mean", "se": "its standard error", "ci_lower": "interval of the mean",
    "ci_upper": "interval of the mean", "p_value": "p value (relative)", "pi_lower": "prediction interval",
    "pi_upper": "prediction interval", "tau2": "tau²", "tau2_lower": "Q-profile interval of tau²",
    "tau2_upper": "Q-profile interval of tau²", "i2": "I² (percent)", "i2_lower": "interval of I²",
    "i2_upper": "interval of I²", "h2": "H²", "h2_lower": "interval of H²", "h2_upper": "interval of H²", "q": "Q",
    "q_p": "p value (relative)", "yi": "effect sizes MD, MC, SMCR, RR", "vi": "their variances",
}  # fmt: skip
Compared = tuple[str, float, float, str]


def main() -> None:
    reference = json.loads(REFERENCE.read_text(encoding="utf-8"))
    worst: dict[str, dict[str, Any]] = {}
    for name, ours, theirs, where in compared(reference):
        kind = KINDS[name]
        scale = abs(theirs) if "relative" in kind else max(1.0, abs(theirs))
        difference = abs(ours - theirs) / scale if scale else abs(ours - theirs)
        entry = worst.setdefault(kind, {"count": 0, "worst": 0.0, "where": ""})
        entry["count"] += 1
        if difference > entry["worst"]:
            entry |= {"worst": difference, "where": where}
    print(json.dumps({"metafor": reference["metafor"], "sets": len(reference["sets"]), "kinds": worst}))


def compared(reference: dict[str, Any]) -> Iterator[Compared]:
    for case in reference["sets"]:
        for estimator, theirs in case["fits"].items():
            yield from pooled(case, estimator, theirs)
    for measure, rows in reference["effect_sizes"].items():
        for number, row in enumerate(rows, 1):
            ours = effect(measure, row)
            if ours is not None:
                yield "yi", ours.yi, row["yi"], f"{measure} {number}"
                yield "vi", ours.vi, row["vi"], f"{measure} {number}"


def pooled(case: dict[str, Any], estimator: str, theirs: dict[str, Any]) -> Iterator[Compared]:
    yi, vi = case["yi"], case["vi"]
    tau2 = between_study_variance(yi, vi, estimator)
    found = heterogeneity(yi, vi, tau2)
    where = f"{case['name']}, {estimator}"
    for name, figure in theirs.items():
        if name != "means":
            yield name, getattr(found, name), figure, where
    for test, figures in theirs["means"].items():
        mean = mean_effect(yi, vi, tau2, ci=INTERVAL[test])
        ours = {name: getattr(mean, name) for name in figures if not name.startswith("pi_")}
        if case["k"] >= 3:
            ours["pi_lower"], ours["pi_upper"], _ = prediction_interval(mean, tau2, case["k"])
        for name, figure in ours.items():
            yield name, figure, figures[name], f"{where}, {test}"


def effect(measure: str, row: dict[str, Any]) -> Effect | None:
    if measure == "MD":
        one = Group(row["n1i"], row["m1i"], row["sd1i"])
        return measures.mean_difference(one, Group(row["n2i"], row["m2i"], row["sd2i"]))
    if measure == "MC":
        n = row["n1i"]
        after, before = Group(n, row["m1i"], row["sd1i"]), Group(n, row["m2i"], row["sd2i"])
        return measures.mean_change(after, before, n, row["ri"])
    if measure == "SMCR":
        return measures.standardised_change(row["m1i"] - row["m2i"], row["sd2i"], row["n1i"], row["ri"])
    if measure == "RR":
        return measures.log_risk_ratio(row["ai"], row["n1i"], row["ci"], row["n2i"])
    return None


if __name__ == "__main__":
    main()
