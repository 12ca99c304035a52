"""How many figures are held against metafor and R, the worst difference of each kind, and what is beyond tolerance.

    python benchmarks/statistics_against_metafor.py

Reads the committed reference files (tests/reference) and the figures that PyMARE brings; R is not run. Prints JSON: for
each kind the count within tolerance, the worst difference as a share of what is allowed, its size, and where it is;
then the same of what is beyond tolerance, by cause. A figure is within tolerance where |ours - theirs| <= floor + relative * |theirs|: floor
1e-9 (1e-7 for percent), relative 1e-6, and 1e-5 for tau² and what follows from it alone.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sonospine.effects import measures
from sonospine.effects.measures import Effect, Group
from sonospine.robustness.fitting import Point, fit_sets
from sonospine.robustness.influence import FIGURES, influence_of
from sonospine.synthesis import small_study
from sonospine.synthesis.bayes import posterior
from sonospine.synthesis.dependent import correlated_effects_tau2, cr2_coefficients
from sonospine.synthesis.exceedance import p_beyond
from sonospine.synthesis.fitting import Choice
from sonospine.synthesis.heterogeneity import heterogeneity, prediction_interval
from sonospine.synthesis.permutation import permutation_test
from sonospine.synthesis.random_effects import between_study_variance, mean_effect
from sonospine.synthesis.rare_events import Counts, mantel_haenszel
from sonospine.synthesis.refusal import RefusalError
from sonospine.synthesis.regression import meta_regression

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "reference"
INTERVAL = {"adhoc": "hksj-conservative", "knha": "hksj", "z": "wald"}
MEAN = ("estimate", "se", "ci_lower", "ci_upper", "p_value")
STEEP = ("tau2", "tau2_lower", "tau2_upper", "i2", "h2", "r2", "tau2_del", "tau", "tau_lower", "tau_upper")
CAUSES = {
    "PyMARE extreme_k10, one, ML": "two maxima of the likelihood: metafor stops at the lower one (2.886, here 3.171)",
    "PyMARE iterated": "pinned with metafor's default threshold, at which ML and REML stop short of their tau²",
}
"""Start of the place of a figure that is known to differ -> why."""
Compared = tuple[str, str, float, float, str]  # kind, figure, ours, theirs, where


def main() -> None:
    kinds: dict[str, dict[str, Any]] = {}
    exceptions: dict[str, dict[str, Any]] = {}
    parts = (
        pools, effect_sizes, counts, posteriors, exceedances, influences, regressions, small_studies, of_pymare,
        of_robumeta,
    )  # fmt: skip
    for part in parts:
        for kind, name, ours, theirs, where in part():
            share = share_of(name, ours, theirs)
            place = {"worst_share": share, "worst": abs(ours - theirs), "where": f"{where}: {name}"}
            table, key = kinds, kind
            if share > 1:
                cause = next((why for start, why in CAUSES.items() if where.startswith(start)), "unknown")
                table, key = exceptions, cause
            entry = table.setdefault(key, {"count": 0, "worst_share": 0.0, "worst": 0.0, "where": ""})
            entry["count"] += 1
            if share > entry["worst_share"]:
                entry |= place
    within, beyond = (sum(entry["count"] for entry in table.values()) for table in (kinds, exceptions))
    found = {
        "metafor": load("metafor")["metafor"],
        "within": within,
        "beyond": beyond,
        "kinds": kinds,
        "exceptions": exceptions,
    }
    print(json.dumps(found, indent=1, ensure_ascii=False))


def share_of(name: str, ours: float, theirs: float) -> float:
    """Return the difference as a share of what is allowed."""
    relative = 1e-5 if name in STEEP else 1e-6
    floor = 1e-7 if name.startswith(("i2", "r2")) else 1e-9
    if math.isnan(ours) or math.isnan(theirs):
        return 0.0 if math.isnan(ours) and math.isnan(theirs) else math.inf
    return abs(ours - theirs) / (floor + relative * abs(theirs))


def load(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def kind_of(name: str) -> str:
    if name.startswith("ci"):
        return "interval of the mean"
    if name.startswith("pi"):
        return "prediction interval"
    if name.startswith("tau2_"):
        return "interval of tau²"
    if name.startswith(("i2_", "h2_")):
        return "interval of I² and H²"
    return {
        "estimate": "pooled mean",
        "se": "its standard error",
        "tau2": "tau²",
        "i2": "I²",
        "h2": "H²",
    }.get(name, "Q and p values")


def pools() -> Iterator[Compared]:
    for case in load("metafor")["sets"]:
        yi, vi = case["yi"], case["vi"]
        for estimator, theirs in case["fits"].items():
            tau2 = between_study_variance(yi, vi, estimator)
            found = heterogeneity(yi, vi, tau2)
            where = f"pool {case['name']}, {estimator}"
            for name, figure in theirs.items():
                if name != "means":
                    yield kind_of(name), name, getattr(found, name), figure, where
            for test, figures in theirs["means"].items():
                mean = mean_effect(yi, vi, tau2, ci=INTERVAL[test])
                ours = {name: getattr(mean, name) for name in MEAN}
                if case["k"] >= 3:
                    ours["pi_lower"], ours["pi_upper"], _ = prediction_interval(mean, tau2, case["k"])
                for name, figure in ours.items():
                    yield kind_of(name), name, figure, figures[name], f"{where}, {test}"


def effect_sizes() -> Iterator[Compared]:
    for name, rows in load("effect_sizes")["escalc"].items():
        for number, row in enumerate(rows, 1):
            ours = effect(name, row)
            for figure in ("yi", "vi"):
                kind = "effect sizes" if figure == "yi" else "variances of effect sizes"
                yield kind, figure, getattr(ours, figure), row[figure], f"{name} {number}"


def effect(name: str, row: Mapping[str, Any]) -> Effect:
    """Work out an effect as ``escalc`` names it, with the form of the variance or the halves after an underscore."""
    measure, _, form = name.partition("_")
    vtype: Any = form if form in ("LS", "LS2") else "LS"
    if measure in ("RR", "OR", "RD"):
        made = {"RR": measures.log_risk_ratio, "OR": measures.log_odds_ratio, "RD": measures.risk_difference}
        table = row["ai"], row["n1i"], row["ci"], row["n2i"]
        return made[measure](*(measures.with_half_events(*table) if form == "half" else table))
    if measure == "PLO":
        events = row["xi"], row["ni"]
        return measures.logit_proportion(
            *(measures.proportion_with_half_events(*events) if form == "half" else events)
        )
    if measure == "MN":
        return measures.printed_change(row["mi"], row["sdi"], row["ni"])
    change, n = row["m1i"] - row["m2i"], row["n1i"]
    if measure == "SMCR":
        return measures.standardised_change(change, row["sd2i"], n, row["ri"], vtype=vtype)
    if measure == "SMCC":
        return measures.change_in_change_sds(change, row["sd_change"], n, vtype=vtype)
    one, two = Group(n, row["m1i"], row["sd1i"]), Group(row.get("n2i", n), row["m2i"], row["sd2i"])
    if measure == "MC":
        return measures.mean_change(one, two, n, row["ri"])
    if measure == "SMD":
        return measures.standardised_mean_difference(one, two, vtype=vtype)
    return {"MD": measures.mean_difference, "ROM": measures.ratio_of_means}[measure](one, two)


def counts() -> Iterator[Compared]:
    for case in load("rare_events"):
        studies = [Counts(*row) for row in zip(case["a"], case["n1"], case["c"], case["n2"], strict=True)]
        for measure, theirs in case["fits"].items():
            found = mantel_haenszel(measure, studies)
            for name, figure in theirs.items():
                side = found.mean if name in MEAN else found.heterogeneity
                if figure is not None and theirs["estimate"] is not None:
                    yield "Mantel-Haenszel", name, getattr(side, name), figure, f"{case['name']}, {measure}"


def posteriors() -> Iterator[Compared]:
    for case in load("bayes"):
        found = posterior(case["yi"], case["vi"], case["scale"])
        for name in set(case) - {"name", "yi", "vi", "scale"}:
            below = {"p_mean_below": found.p_mean_below, "p_new_below": found.p_new_below}.get(name)
            ours = below(-0.5) if below else getattr(found, name)
            yield "Bayesian model (integrate)", name, ours, case[name], f"bayes {case['name']}"


def exceedances() -> Iterator[Compared]:
    for case in load("exceedance"):
        yi, vi = case["yi"], case["vi"]
        tau2 = between_study_variance(yi, vi, "REML")
        mean = mean_effect(yi, vi, tau2, ci=INTERVAL[case["test"]])
        spread = math.sqrt(tau2 + mean.se**2)
        towards = case["mid"], case["direction"]
        where = f"beyond {towards} {case['set']}, {case['test']}"
        kind = "probability beyond a threshold (integrate)"
        yield kind, "p_mean", p_beyond(mean.estimate, mean.se, mean.df, *towards), case["p_mean"], where
        yield kind, "p_new", p_beyond(mean.estimate, spread, len(yi) - 1, *towards), case["p_new"], where


def influences() -> Iterator[Compared]:
    reference = load("influence")
    for case in reference["cases"]:
        own = reference["sets"][case["set"]]
        data = tuple(Point(y, v) for y, v in zip(own["yi"], own["vi"], strict=True))
        choice = Choice(case["estimator"], INTERVAL[case["test"]])
        where = f"{case['set']}, {case['estimator']}, {case['test']}"
        found = influence_of(data, choice)
        for name in FIGURES:
            for ours, theirs in zip(getattr(found, name), case["influence"][name], strict=True):
                yield "influence", name, float(ours), theirs, where
        without = fit_sets([data[:i] + data[i + 1 :] for i in range(len(data))], choice, by_rule=False)
        growing = fit_sets([data[: i + 1] for i in range(1, len(data))], choice, by_rule=False)
        for kind, fits, rows in (
            ("leaving one out", without, case["leave_one_out"]),
            ("cumulative pools", growing, case["cumulative"][1:]),
        ):
            for fit, row in zip(fits, rows, strict=True):
                for name in ("estimate", "ci_lower", "ci_upper", "tau2"):
                    yield kind, name, getattr(fit, name), row[name], where


def regressions() -> Iterator[Compared]:
    reference = load("regression")
    for case in reference["cases"]:
        for estimator, theirs in case["fits"].items():
            where = f"regression {case['name']}, {estimator}"
            for test, figures in theirs["tests"].items():
                fit = meta_regression(
                    case["yi"], case["vi"], case["design"], case["terms"], ci=INTERVAL[test],
                    estimator="CE" if estimator == "FE" else estimator,
                )  # fmt: skip
                for name in MEAN:
                    for coefficient, figure in zip(fit.coefficients, figures[name], strict=True):
                        yield "meta-regression: coefficients", name, getattr(coefficient, name), figure, where
                for name in ("qm", "qm_p"):
                    yield "meta-regression: tests", name, getattr(fit, name), figures[name], where
            for name, figure in theirs.items():
                if name != "tests" and figure is not None:
                    yield "meta-regression: heterogeneity", name, getattr(fit, name), figure, where
    for case in reference["permutations"]:
        found = permutation_test(
            case["yi"], case["vi"], case["design"], case["terms"], estimator=case["estimator"],
            ci=INTERVAL[case["test"]],
        )  # fmt: skip
        for ours, theirs in zip((*found.p_values, found.qm_p), (*case["p_value"], case["qm_p"]), strict=True):
            yield "permutation p values", "p", ours, theirs, case["name"]


def small_studies() -> Iterator[Compared]:
    for case in load("small_study")["cases"]:
        yi, vi, name = case["yi"], case["vi"], case["name"]
        for test in ("egger", "peese"):
            found = getattr(small_study, test)(yi, vi)
            for part, figures in case[test].items():
                yield from fields("Egger and PEESE", getattr(found, part), figures, f"{test} {name}")
        rank = small_study.begg(yi, vi)
        yield from fields("Begg", rank, case["begg"], f"begg {name}", STRICT)
        for estimator, theirs in case["random"].items():
            random = small_study.egger_random(yi, vi, estimator=estimator)
            limit = random.limit
            values = (random.slope.statistic, random.slope.p_value, random.slope.estimate, limit.estimate)
            ours = (*values, limit.ci_lower, limit.ci_upper)
            names = ("statistic", "p_value", "slope", "limit", "ci_lower", "ci_upper")
            for figure, value in zip(names, ours, strict=True):
                yield "Egger, random effects", figure, value, theirs[figure], f"{name}, {estimator}"
        for key, theirs in case["trim_and_fill"].items():
            yield from filled(yi, vi, key, theirs, f"trim and fill {name}, {key}")


STRICT = {"tau": "rank tau"}  # Kendall's tau is no tau², and has the usual tolerance


def fields(
    kind: str, found: Any, theirs: Mapping[str, float], where: str, names: Mapping[str, str] | None = None
) -> Iterator[Compared]:
    for name, figure in theirs.items():
        yield kind, (names or {}).get(name, name), getattr(found, name), figure, where


def filled(
    yi: Sequence[float], vi: Sequence[float], key: str, theirs: Mapping[str, Any] | None, where: str
) -> Iterator[Compared]:
    estimator, k0, side = key.split()
    wanted = None if side == "rule" else side
    try:
        found = small_study.trim_and_fill(yi, vi, k0=k0, side=wanted, estimator=estimator)
    except RefusalError:
        yield "trim and fill", "refused", 1.0, 0.0 if theirs else 1.0, where
        return
    if not theirs:
        yield "trim and fill", "refused", 0.0, 1.0, where
        return
    yield "trim and fill", "missing", found.missing, theirs["missing"], where
    yield "trim and fill", "tau2", found.tau2, theirs["tau2"], where
    for name in ("estimate", "se", "ci_lower", "ci_upper"):
        yield "trim and fill", name, getattr(found.mean, name), theirs[name], where


def pymare_file(name: str) -> Any:
    import pymare

    path = Path(pymare.__file__).parent / "tests" / "data" / name
    if path.suffix == ".json":
        return json.loads(path.read_text(encoding="utf-8"))["cases"]
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def of_pymare() -> Iterator[Compared]:
    rows = pymare_file("metafor_small_sample.csv")
    columns = {"intercept": (), "one": ("mod1",), "two": ("mod1", "mod2")}
    for case in pymare_file("metafor_reference.json"):
        data = [row for row in rows if row["case"] == case["design"]]
        terms: tuple[str, ...] = columns[case["model"]]
        fit = meta_regression(
            [float(row["y"]) for row in data], [float(row["v"]) for row in data],
            [[1.0, *(float(row[name]) for name in terms)] for row in data], ["intercept", *terms],
            estimator="CE" if case["method"] == "FE" else case["method"], ci=INTERVAL[case["test"]],
        )  # fmt: skip
        where = f"PyMARE {case['design']}, {case['model']}, {case['method']}"
        if case["method"] in ("ML", "REML") and where not in CAUSES:
            where = f"PyMARE iterated: {where}"
        kind = "the 180 cases of PyMARE (metafor 4.6)"
        yield kind, "tau2", fit.tau2, case["tau2"], where
        for name, pins in zip(MEAN, ("beta", "se", "ci_lb", "ci_ub", "pval"), strict=True):
            for coefficient, theirs in zip(fit.coefficients, case[pins], strict=True):
                yield kind, name, getattr(coefficient, name), theirs, where


def of_robumeta() -> Iterator[Compared]:
    rows = pymare_file("robumeta_correlated_effects.csv")
    columns = {"intercept": (), "within": ("within",), "both": ("within", "between")}
    yi, groups = [float(row["effect"]) for row in rows], [row["study"] for row in rows]
    for case in pymare_file("robumeta_reference.json"):
        vi = [float(row[case["variances"]]) for row in rows]
        terms: tuple[str, ...] = columns[case["model"]]
        design = [[1.0, *(float(row[name]) for name in terms)] for row in rows]
        tau2 = correlated_effects_tau2(yi, vi, groups, rho=case["rho"], design=design)
        where = f"robumeta {case['model']}, rho {case['rho']}, {case['variances']}"
        yield "CR2 (robumeta)", "tau2", tau2, case["tau2"], where
        for position, fit in enumerate(cr2_coefficients(yi, vi, design, groups, tau2)):
            for name, pins in (("estimate", "beta"), ("se", "se"), ("df", "dof")):
                yield "CR2 (robumeta)", name, getattr(fit, name), case[pins][position], where


if __name__ == "__main__":
    main()
