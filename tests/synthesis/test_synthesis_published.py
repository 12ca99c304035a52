"""Published meta-analyses come out as printed (tolerance: relative 0.01, or half of the last printed digit)."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import pytest

from sonospine.synthesis.heterogeneity import heterogeneity, prediction_interval
from sonospine.synthesis.random_effects import between_study_variance, generalised_q, mean_effect

Effects = tuple[list[float], list[float]]


@pytest.fixture(scope="module")
def folder(real_data: Path) -> Path:
    return real_data / "meta-analysis"


@pytest.fixture(scope="module")
def published(folder: Path) -> dict[str, Any]:
    text = (folder / "published_reference.json").read_text(encoding="utf-8")
    return {case["id"]: case for case in json.loads(text)["cases"]}


def printed(value: float, digits: int = 4) -> Any:
    return pytest.approx(value, rel=0.01, abs=0.5000001 * 10**-digits)


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def fixed(effects: Effects, ci: str = "wald") -> Any:
    return mean_effect(*effects, 0.0, ci=ci)


def fitted(effects: Effects, estimator: str, ci: str = "wald") -> tuple[float, Any]:
    tau2 = between_study_variance(*effects, estimator)
    return tau2, mean_effect(*effects, tau2, ci=ci)


def test_raudenbush_2009_prints_each_estimator(folder: Path, published: dict[str, Any]) -> None:
    case = published["raudenbush2009"]
    rows = table(folder / "dat.raudenbush1985.csv")
    effects = [float(r["yi"]) for r in rows], [float(r["vi"]) for r in rows]
    for block, ci, statistic in (("standard", "wald", "z"), ("knapp_hartung_no_adhoc", "hksj", "t")):
        for estimator, figures in case[block].items():
            tau2 = 0.0 if estimator == "EE" else between_study_variance(*effects, estimator)
            mean = mean_effect(*effects, tau2, ci=ci)
            assert tau2 == printed(figures["tau2"]), estimator
            assert mean.estimate == printed(figures["mu"])
            assert mean.se == printed(figures["se"])
            assert mean.estimate / mean.se == printed(figures[statistic])
            assert (mean.ci_lower, mean.ci_upper) == (printed(figures["ci_lb"]), printed(figures["ci_ub"]))
    assert generalised_q(*effects, 0.0) == printed(case["Q"])


def test_the_printed_normal_prediction_interval_lies_within_ours(
    folder: Path, published: dict[str, Any]
) -> None:
    """The source takes the normal quantile; t(k - 1) with the same se is wider by the ratio of the quantiles."""
    from scipy.stats import norm, t

    rows = table(folder / "dat.raudenbush1985.csv")
    effects = [float(r["yi"]) for r in rows], [float(r["vi"]) for r in rows]
    tau2, mean = fitted(effects, "REML")
    lower, upper, df = prediction_interval(mean, tau2, len(rows))
    ratio = norm.ppf(0.975) / t(df).ppf(0.975)
    expected = published["raudenbush2009"]["prediction_interval_REML"]
    narrowed = [mean.estimate + ratio * (bound - mean.estimate) for bound in (lower, upper)]
    assert narrowed == [printed(value) for value in expected]
    assert lower < expected[0] < expected[1] < upper


@pytest.mark.parametrize("name", ["normand1999_MD", "normand1999_RD"])
def test_normand_1999_prints_mean_interval_and_tau2(published: dict[str, Any], name: str) -> None:
    case = published[name]
    effects = case["yi"], case["vi"]
    common = fixed(effects)
    assert common.estimate == printed(case["EE"]["mu"])
    assert (common.ci_lower, common.ci_upper) == tuple(printed(b) for b in case["EE"]["ci"])
    for estimator in ("DL", "REML"):
        tau2, mean = fitted(effects, estimator)
        assert tau2 == printed(case[estimator]["tau2"])
        assert mean.estimate == printed(case[estimator]["mu"])
        for bound, value in zip((mean.ci_lower, mean.ci_upper), case[estimator].get("ci", []), strict=False):
            assert bound == printed(value)


def log_odds_ratios(data: dict[str, list[float]]) -> Effects:
    yi, vi = [], []
    for a, n1, c, n2 in zip(data["ai"], data["n1i"], data["ci"], data["n2i"], strict=True):
        b, d = n1 - a, n2 - c
        yi.append(math.log(a * d / (b * c)))
        vi.append(1 / a + 1 / b + 1 / c + 1 / d)
    return yi, vi


@pytest.mark.parametrize("estimator", ["PM", "DL", "REML", "ML"])
def test_dersimonian_2007_prints_tau_and_mean(published: dict[str, Any], estimator: str) -> None:
    case = published["dersimonian2007_CLASP"]
    tau2, mean = fitted(log_odds_ratios(case["data"]), estimator)
    figures = case["estimators"][estimator]
    assert mean.estimate == printed(figures["mu"])
    assert mean.se == printed(figures["se"])
    if estimator == "ML":
        # The printed 0.0023 is where an iteration stopped on its way to 0: nothing is more likely than 0 here.
        assert tau2 == 0
        assert math.sqrt(tau2) <= figures["tau"]
    else:
        assert math.sqrt(tau2) == printed(figures["tau"])


def bcg(folder: Path, measure: str) -> Effects:
    yi, vi = [], []
    for row in table(folder / "dat.bcg.csv"):
        a, b, c, d = (float(row[name]) for name in ("tpos", "tneg", "cpos", "cneg"))
        n1, n2 = a + b, c + d
        if measure == "RR":
            yi.append(math.log(a / n1 * n2 / c))
            vi.append(1 / a - 1 / n1 + 1 / c - 1 / n2)
        elif measure == "OR":
            yi.append(math.log(a * d / (b * c)))
            vi.append(1 / a + 1 / b + 1 / c + 1 / d)
        else:
            yi.append(a / n1 - c / n2)
            vi.append(a * b / n1**3 + c * d / n2**3)
    return yi, vi


@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
def test_bcg_agrees_with_another_statistics_package(
    folder: Path, published: dict[str, Any], measure: str
) -> None:
    case = published["bcg_RR_OR_RD_vs_stata_metan"][measure]
    effects = bcg(folder, measure)
    common = fixed(effects)
    assert common.estimate == printed(case["EE"]["mu"])
    assert (common.ci_lower, common.ci_upper) == tuple(printed(b) for b in case["EE"]["ci"])
    assert generalised_q(*effects, 0.0) == printed(case["EE"]["Q"])
    tau2, mean = fitted(effects, "DL")
    assert mean.estimate == printed(case["DL"]["mu"])
    assert (mean.ci_lower, mean.ci_upper) == tuple(printed(b) for b in case["DL"]["ci"])
    # The DL estimator makes I² from tau² and I² from Q the same figure.
    assert heterogeneity(*effects, tau2).i2 == printed(case["DL"]["I2"])


def test_bcg_reml_is_as_published(folder: Path, published: dict[str, Any]) -> None:
    figures = published["bcg_RR_OR_RD_vs_stata_metan"]["REML_RR"]
    _, mean = fitted(bcg(folder, "RR"), "REML")
    assert mean.estimate == printed(figures["mu"], 2)
    assert mean.se == printed(figures["se"], 2)
    assert (mean.ci_lower, mean.ci_upper) == tuple(printed(b, 2) for b in figures["ci"])


def test_intercept_models_of_metafor_4_6_come_out(folder: Path) -> None:
    """Relative 3e-4: those figures are from metafor's default threshold, which leaves tau² unfinished."""
    text = (folder / "pymare" / "metafor_reference.json").read_text(encoding="utf-8")
    rows = table(folder / "pymare" / "metafor_small_sample.csv")
    names = {"z": "wald", "knha": "hksj", "adhoc": "hksj-conservative"}
    compared = 0
    for case in json.loads(text)["cases"]:
        if case["model"] != "intercept" or case["method"] not in ("FE", "REML", "ML", "DL", "HE", "PM"):
            continue
        mine = [row for row in rows if row["case"] == case["design"]]
        effects = [float(r["y"]) for r in mine], [float(r["v"]) for r in mine]
        tau2 = 0.0 if case["method"] == "FE" else between_study_variance(*effects, case["method"])
        mean = mean_effect(*effects, tau2, ci=names[case["test"]])
        where = (case["design"], case["method"], case["test"])
        assert mean.estimate == pytest.approx(case["beta"][0], rel=3e-4, abs=1e-6), where
        assert mean.se == pytest.approx(case["se"][0], rel=3e-4), where
        assert mean.ci_lower == pytest.approx(case["ci_lb"][0], rel=3e-4, abs=1e-5), where
        assert mean.p_value == pytest.approx(case["pval"][0], rel=3e-3, abs=1e-12), where
        compared += 1
    assert compared >= 30
