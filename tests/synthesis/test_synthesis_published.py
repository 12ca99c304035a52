"""Published meta-analyses come out as printed (tolerance: relative 0.01, or half of the last printed digit).

The figures are in tests/reference/published.json with their citations. Of the estimators that DerSimonian & Kacker 2007
print, those of ``NOT_HERE`` are not offered; CA and PM are HE and EB by another name.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from sonospine.effects.conversions import mean_sd_from_five, mean_sd_from_quartiles, mean_sd_from_range
from sonospine.effects.measures import (
    Effect,
    Group,
    log_odds_ratio,
    log_risk_ratio,
    mean_difference,
    ratio_of_means,
    risk_difference,
    standardised_mean_difference,
)
from sonospine.synthesis.heterogeneity import heterogeneity, prediction_interval
from sonospine.synthesis.random_effects import between_study_variance, generalised_q, mean_effect

Effects = tuple[list[float], list[float]]
REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "published.json").read_text("utf-8"))
PUBLISHED: dict[str, Any] = REFERENCE["cases"]
DATA: dict[str, dict[str, list[float]]] = REFERENCE["data"]
RAUDENBUSH: Effects = DATA["dat.raudenbush1985"]["yi"], DATA["dat.raudenbush1985"]["vi"]
TWO_BY_TWO = {"RR": log_risk_ratio, "OR": log_odds_ratio, "RD": risk_difference}

NOT_HERE = {
    "CA2": "two-step Cochran: a step of an iteration whose end, PM, is offered",
    "DL2": "two-step DL: likewise",
    "HS": "Hunter-Schmidt: biased downwards (Viechtbauer 2005, J Educ Behav Stat 30:261)",
    "HSk": "HS with a correction for k: likewise",
    "SJ": "Sidik-Jonkman: never 0, biased upwards where studies agree (Langan et al. 2019, Res Synth Methods 10:83)",
    "SJ2": "two-step SJ: likewise",
    "GENQM": "median-unbiased with weights of the user's choice: the choice is nobody's here",
    "PMM": "median-unbiased PM: later than the recommendations that the project follows",
}


def printed(value: float, digits: int = 4) -> Any:
    return pytest.approx(value, rel=0.01, abs=0.5000001 * 10**-digits)


def fixed(effects: Effects, ci: str = "wald") -> Any:
    return mean_effect(*effects, 0.0, ci=ci)


def fitted(effects: Effects, estimator: str, ci: str = "wald") -> tuple[float, Any]:
    tau2 = between_study_variance(*effects, estimator)
    return tau2, mean_effect(*effects, tau2, ci=ci)


def test_raudenbush_2009_prints_each_estimator() -> None:
    case, effects = PUBLISHED["raudenbush2009"], RAUDENBUSH
    assert len(effects[0]) == case["k"]
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


def test_the_printed_normal_prediction_interval_lies_within_ours() -> None:
    """The source takes the normal quantile; t(k - 1) with the same se is wider by the ratio of the quantiles."""
    from scipy.stats import norm, t

    tau2, mean = fitted(RAUDENBUSH, "REML")
    lower, upper, df = prediction_interval(mean, tau2, len(RAUDENBUSH[0]))
    ratio = norm.ppf(0.975) / t(df).ppf(0.975)
    expected = PUBLISHED["raudenbush2009"]["prediction_interval_REML"]
    narrowed = [mean.estimate + ratio * (bound - mean.estimate) for bound in (lower, upper)]
    assert narrowed == [printed(value) for value in expected]
    assert lower < expected[0] < expected[1] < upper


@pytest.mark.parametrize("name", ["normand1999_MD", "normand1999_RD"])
def test_normand_1999_prints_mean_interval_and_tau2(name: str) -> None:
    case = PUBLISHED[name]
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


def split(effects: list[Effect]) -> Effects:
    return [effect.yi for effect in effects], [effect.vi for effect in effects]


def counted(measure: str, data: dict[str, list[float]]) -> Effects:
    rows = zip(data["ai"], data["n1i"], data["ci"], data["n2i"], strict=True)
    return split([TWO_BY_TWO[measure](*row) for row in rows])


def groups(rows: int | None = None) -> list[tuple[Group, Group]]:
    data = DATA["dat.normand1999"]
    names = ("n1i", "m1i", "sd1i", "n2i", "m2i", "sd2i")
    columns = zip(*(data[name][:rows] for name in names), strict=True)
    return [(Group(int(n), m, sd), Group(int(n2), m2, sd2)) for n, m, sd, n2, m2, sd2 in columns]


def test_normand_1999_effects_follow_from_the_printed_groups() -> None:
    """Its differences take the SD pooled within a study for both groups; its risk differences are in percent."""
    case, made = PUBLISHED["normand1999_MD"], []
    for one, two in groups():
        variance = ((one.n - 1) * one.sd**2 + (two.n - 1) * two.sd**2) / (one.n + two.n - 2)
        pooled = math.sqrt(variance)
        made.append(mean_difference(one._replace(sd=pooled), two._replace(sd=pooled)))
    yi, vi = split(made)
    assert yi == case["yi"]
    assert vi == pytest.approx(case["vi"], abs=0.5000001e-4)
    yi, vi = counted("RD", DATA["dat.hine1989"])
    case = PUBLISHED["normand1999_RD"]
    assert [100 * y for y in yi] == pytest.approx(case["yi"], abs=0.5000001e-4)
    # metafor divides by n, as here; what is printed has four digits.
    assert [10_000 * v for v in vi] == pytest.approx(case["vi"], abs=0.5000001e-4)


def test_effect_sizes_of_normand_1999_are_those_printed_by_another_program() -> None:
    """SMDH (variances not taken for equal) is printed too; it is not offered."""
    case = PUBLISHED["escalc_SMD_normand1999_first4"]
    for name, measure in (("SMD_hedges_g", standardised_mean_difference), ("ROM", ratio_of_means)):
        yi, vi = split([measure(one, two) for one, two in groups(4)])
        assert yi == pytest.approx(case[name]["yi"], abs=0.5000001e-4)
        assert vi == pytest.approx(case[name]["vi"], abs=0.5000001e-4)


@pytest.mark.parametrize("case", PUBLISHED["conv_fivenum_n20"]["cases"], ids=["range", "quartiles", "five"])
def test_medians_become_the_printed_mean_and_sd(case: dict[str, float]) -> None:
    n, median = int(case["n"]), case["median"]
    if "q1" not in case:
        made = mean_sd_from_range(case["min"], median, case["max"], n)
    elif "min" not in case:
        made = mean_sd_from_quartiles(case["q1"], median, case["q3"], n)
    else:
        made = mean_sd_from_five(case["min"], case["q1"], median, case["q3"], case["max"], n)
    assert not made.skewed
    assert (made.mean, made.sd) == pytest.approx((case["mean"], case["sd"]), abs=0.5000001e-6)


@pytest.mark.parametrize(
    "name", [n for n in PUBLISHED["dersimonian2007_CLASP"]["estimators"] if n not in NOT_HERE]
)
def test_dersimonian_2007_prints_tau_and_mean(name: str) -> None:
    case = PUBLISHED["dersimonian2007_CLASP"]
    # Its Cochran estimator (CA) is Hedges', its empirical Bayes (EB) is Paule-Mandel's.
    estimator = {"HE(CA)": "HE", "EB": "PM"}.get(name, name)
    tau2, mean = fitted(counted("OR", case["data"]), estimator)
    figures = case["estimators"][name]
    assert mean.estimate == printed(figures["mu"])
    assert mean.se == printed(figures["se"])
    if estimator == "ML":
        # The printed 0.0023 is where an iteration stopped on its way to 0: nothing is more likely than 0 here.
        assert tau2 == 0
        assert math.sqrt(tau2) <= figures["tau"]
    else:
        assert math.sqrt(tau2) == printed(figures["tau"])


def test_what_is_printed_and_not_offered_is_listed() -> None:
    printed_names = set(PUBLISHED["dersimonian2007_CLASP"]["estimators"])
    assert set(NOT_HERE) <= printed_names
    assert len(printed_names - set(NOT_HERE)) == 6
    assert len(PUBLISHED) == 7


def bcg(measure: str) -> Effects:
    data = DATA["dat.bcg"]
    one = [a + b for a, b in zip(data["tpos"], data["tneg"], strict=True)]
    two = [c + d for c, d in zip(data["cpos"], data["cneg"], strict=True)]
    return counted(measure, {"ai": data["tpos"], "n1i": one, "ci": data["cpos"], "n2i": two})


@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
def test_bcg_agrees_with_another_statistics_package(measure: str) -> None:
    case = PUBLISHED["bcg_RR_OR_RD_vs_stata_metan"][measure]
    effects = bcg(measure)
    common = fixed(effects)
    assert common.estimate == printed(case["EE"]["mu"])
    assert common.estimate / common.se == printed(case["EE"]["z"])
    assert (common.ci_lower, common.ci_upper) == tuple(printed(b) for b in case["EE"]["ci"])
    assert generalised_q(*effects, 0.0) == printed(case["EE"]["Q"])
    tau2, mean = fitted(effects, "DL")
    assert mean.estimate == printed(case["DL"]["mu"])
    assert (mean.ci_lower, mean.ci_upper) == tuple(printed(b) for b in case["DL"]["ci"])
    assert mean.estimate / mean.se == printed(case["DL"]["z"])
    if "tau2" in case["DL"]:
        assert tau2 == printed(case["DL"]["tau2"])
    if "exp" in case["DL"]:
        ratios = [math.exp(value) for value in (mean.estimate, mean.ci_lower, mean.ci_upper)]
        assert ratios == [printed(value) for value in case["DL"]["exp"]]
    # The DL estimator makes I² from tau² and I² from Q the same figure.
    assert heterogeneity(*effects, tau2).i2 == printed(case["DL"]["I2"])


def test_bcg_reml_is_as_published() -> None:
    """The printed prediction interval takes the normal quantile; ours takes t(k - 1) with the same se."""
    from scipy.stats import norm, t

    figures = PUBLISHED["bcg_RR_OR_RD_vs_stata_metan"]["REML_RR"]
    tau2, mean = fitted(bcg("RR"), "REML")
    assert mean.estimate == printed(figures["mu"], 2)
    assert mean.se == printed(figures["se"], 2)
    assert (mean.ci_lower, mean.ci_upper) == tuple(printed(b, 2) for b in figures["ci"])
    lower, upper, df = prediction_interval(mean, tau2, 13)
    ratio = norm.ppf(0.975) / t(df).ppf(0.975)
    narrowed = [mean.estimate + ratio * (bound - mean.estimate) for bound in (lower, upper)]
    assert narrowed == [printed(value, 2) for value in figures["pi"]]
