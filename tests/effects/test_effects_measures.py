"""Effect measures against published worked examples, and what they refuse."""

from __future__ import annotations

import math

import pytest

from sonospine.effects.measures import (
    Group,
    RefusedError,
    bias_correction,
    change_in_change_sds,
    log_odds_ratio,
    log_risk_ratio,
    logit_proportion,
    mean_change,
    mean_difference,
    printed_change,
    proportion_with_half_events,
    ratio_of_means,
    risk_difference,
    standardised_change,
    standardised_mean_difference,
    with_half_events,
)


@pytest.mark.parametrize(
    ("pre", "post", "sd_pre", "n", "r", "yi", "vi"),
    # Morris 2008, table 1, treatment groups, as re-computed by metafor on its page "Morris (2008)" (four decimals).
    [
        (30.6, 38.5, 15.0, 20, 0.47, 0.5056, 0.0594),
        (23.5, 26.8, 3.1, 50, 0.64, 1.0481, 0.0254),
        (0.5, 0.7, 0.1, 9, 0.77, 1.8054, 0.2322),
        (53.4, 75.9, 14.5, 10, 0.89, 1.4181, 0.1225),
        (35.6, 36.0, 4.7, 14, 0.44, 0.0801, 0.0802),
    ],
)
def test_smcr_is_metafors_for_morris_2008(pre, post, sd_pre, n, r, yi, vi) -> None:
    effect = standardised_change(post - pre, sd_pre, n, r)
    assert effect.yi == pytest.approx(yi, abs=6e-5)
    assert effect.vi == pytest.approx(vi, abs=6e-5)


def test_the_log_risk_ratio_is_metafors_for_the_first_bcg_trial() -> None:
    # dat.bcg, Aronson 1948: 4 of 123 against 11 of 139; metafor prints -0.8893 and 0.3256.
    effect = log_risk_ratio(4, 123, 11, 139)
    assert effect.yi == pytest.approx(-0.8893, abs=5e-5)
    assert effect.vi == pytest.approx(0.3256, abs=5e-5)


def test_the_mean_difference_is_metafors_for_the_first_trial_of_normand() -> None:
    # dat.normand1999, Edinburgh: 155, 55 (47) against 156, 75 (64): yi -20, vi 47²/155 + 64²/156 = 40.5079.
    effect = mean_difference(Group(155, 55, 47), Group(156, 75, 64))
    assert effect.yi == -20
    assert effect.vi == pytest.approx(40.5079, abs=5e-4)


def test_the_mean_change_follows_its_equation() -> None:
    # By hand: 2.5² + 4.92² - 2·0.5·2.5·4.92 = 18.1564; over 26: 0.698323.
    effect = mean_change(Group(26, 34.81, 4.92), Group(26, 71.12, 2.5), 26, 0.5)
    assert effect.yi == pytest.approx(-36.31)
    assert effect.vi == pytest.approx(0.698323, abs=1e-6)


def test_a_printed_change_has_the_variance_of_its_mean() -> None:
    assert printed_change(-2.4, 1.2, 36).vi == pytest.approx(0.04)


def test_the_exact_bias_correction_lies_by_its_approximation() -> None:
    for m in (2, 5, 10, 50, 400):
        assert bias_correction(m) == pytest.approx(1 - 3 / (4 * m - 1), abs=8e-3)
    assert bias_correction(2) == pytest.approx(1 / math.sqrt(math.pi))


def test_no_correction_is_made_up_for_a_zero_cell() -> None:
    with pytest.raises(ValueError, match="zero cell"):
        log_risk_ratio(0, 20, 3, 20)


@pytest.mark.parametrize(
    ("one", "two", "d", "variance", "g"),
    # Borenstein, Hedges, Higgins & Rothstein 2009, chapter 4: d 0.5970 with V 0.0418, g 0.5924 with V 0.0411.
    [(Group(50, 103, 5.5), Group(50, 100, 4.5), 0.5970, 0.0411, 0.5924)],
)
def test_hedges_g_and_its_ls2_variance_are_borensteins(one, two, d, variance, g) -> None:
    effect = standardised_mean_difference(one, two, vtype="LS2")
    assert effect.yi == pytest.approx(g, abs=5e-5)
    assert effect.yi / bias_correction(98) == pytest.approx(d, abs=5e-5)
    assert effect.vi == pytest.approx(variance, abs=6e-5)


def test_g_of_the_first_trial_of_normand_is_metafors() -> None:
    # dat.normand1999, Edinburgh: metafor prints -0.3552 and 0.0131.
    effect = standardised_mean_difference(Group(155, 55, 47), Group(156, 75, 64))
    assert effect.yi == pytest.approx(-0.3552, abs=5e-5)
    assert effect.vi == pytest.approx(0.0131, abs=5e-5)


@pytest.mark.parametrize(
    ("measure", "yi", "vi"),
    # Borenstein et al. 2009, chapter 5: 5 of 100 against 10 of 100.
    [
        (log_risk_ratio, -0.6931, 0.2800),
        (log_odds_ratio, -0.7472, 0.3216),
        (risk_difference, -0.0500, 0.0014),
    ],
)
def test_measures_of_counts_are_borensteins(measure, yi, vi) -> None:
    effect = measure(5, 100, 10, 100)
    assert effect.yi == pytest.approx(yi, abs=5e-5)
    assert effect.vi == pytest.approx(vi, abs=5e-5)


def test_the_log_odds_ratio_is_metafors_for_the_first_bcg_trial() -> None:
    # dat.bcg, Aronson 1948: metafor prints -0.9387 and 0.3571.
    effect = log_odds_ratio(4, 123, 11, 139)
    assert effect.yi == pytest.approx(-0.9387, abs=5e-5)
    assert effect.vi == pytest.approx(0.3571, abs=5e-5)


def test_the_zero_cell_rule_adds_half_a_person_to_each_cell() -> None:
    assert with_half_events(0, 20, 3, 21) == (0.5, 21, 3.5, 22)
    assert proportion_with_half_events(0, 15) == (0.5, 16)


def test_the_bias_correction_goes_on_from_gammas_to_their_series_without_a_step() -> None:
    # Γ(x + 3/2)/Γ(x + 1) = Γ(x + 1/2)/Γ(x) · (x + 1/2)/x, x = (m − 1)/2, on both sides of x = 100 and across it.
    for m in (2, 3, 50, 198, 199, 200, 201, 202, 1000, 30_008, 10**9):
        x = (m - 1) / 2
        here, next_one = (bias_correction(k) * math.sqrt(k / 2) for k in (m, m + 2))
        assert next_one == pytest.approx(here * (x + 0.5) / x, rel=2e-15)
        assert bias_correction(m) < 1


def test_no_other_variance_is_known() -> None:
    with pytest.raises(ValueError, match="vtype is LS or LS2, not UB"):
        standardised_mean_difference(Group(20, 1, 1), Group(20, 2, 1), vtype="UB")  # type: ignore[arg-type]


GOOD = Group(20, 4.0, 1.5)
REFUSED = {
    "MD of one person": (lambda: mean_difference(Group(1, 4.0, 1.5), GOOD), "fewer than two"),
    "MD without spread": (lambda: mean_difference(GOOD, Group(20, 4.0, 0.0)), "SD must be above 0"),
    "MD of an SD below 0": (lambda: mean_difference(GOOD, Group(20, 4.0, -1.0)), "SD must be above 0"),
    "MD of an SD that is no number": (lambda: mean_difference(GOOD, Group(20, 4.0, math.nan)), "above 0"),
    "SMD of one person": (lambda: standardised_mean_difference(GOOD, Group(1, 4.0, 1.5)), "fewer than two"),
    "SMD without spread": (lambda: standardised_mean_difference(Group(20, 1.0, 0.0), GOOD), "above 0"),
    "ROM of a mean of 0": (lambda: ratio_of_means(Group(20, 0.0, 1.0), GOOD), "two means above 0"),
    "ROM of different signs": (lambda: ratio_of_means(GOOD, Group(20, -4.0, 1.5)), "two means above 0"),
    "ROM of two negative means": (
        lambda: ratio_of_means(Group(20, -1.0, 1.0), Group(20, -4.0, 1.5)),
        "two means above 0",
    ),
    "MC of one person": (lambda: mean_change(GOOD, GOOD, 1, 0.5), "fewer than two"),
    "MC of a correlation of 1.1": (lambda: mean_change(GOOD, GOOD, 20, 1.1), "from -1 to 1"),
    "MC that cannot vary": (lambda: mean_change(GOOD, GOOD, 20, 1.0), "variance is 0"),
    "a printed change without spread": (lambda: printed_change(-1.0, 0.0, 20), "SD must be above 0"),
    "SMCR of two people": (lambda: standardised_change(-1.0, 2.0, 2, 0.5), "fewer than three"),
    "SMCR without spread": (lambda: standardised_change(-1.0, 0.0, 20, 0.5), "SD must be above 0"),
    "SMCR of no correlation": (lambda: standardised_change(-1.0, 2.0, 20, math.nan), "from -1 to 1"),
    "SMCC of two people": (lambda: change_in_change_sds(-1.0, 2.0, 2), "fewer than three"),
    "SMCC without spread": (lambda: change_in_change_sds(-1.0, 0.0, 20), "SD must be above 0"),
    "RR of no events": (lambda: log_risk_ratio(3, 20, 0, 20), "zero cell"),
    "RR of everybody": (lambda: log_risk_ratio(20, 20, 15, 15), "everybody"),
    "RR of more events than people": (lambda: log_risk_ratio(21, 20, 3, 20), "more events than people"),
    "RR of nobody": (lambda: log_risk_ratio(0, 0, 3, 20), "nobody in the arm"),
    "OR of no events": (lambda: log_odds_ratio(0, 20, 3, 20), "zero cell"),
    "OR of everybody in an arm": (lambda: log_odds_ratio(3, 20, 20, 20), "zero cell"),
    "OR of more events than people": (lambda: log_odds_ratio(3, 20, 21, 20), "more events than people"),
    "RD of nobody and everybody": (lambda: risk_difference(0, 20, 15, 15), "variance is 0"),
    "RD of fewer than no events": (lambda: risk_difference(-1, 20, 15, 15), "fewer than no events"),
    "PLO of no events": (lambda: logit_proportion(0, 12), "zero cell"),
    "PLO of everybody": (lambda: logit_proportion(12, 12), "zero cell"),
    "PLO of more events than people": (lambda: logit_proportion(13, 12), "more events than people"),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED.keys())
def test_an_effect_that_cannot_be_had_is_refused_with_the_reason(case) -> None:
    compute, reason = case
    with pytest.raises(RefusedError, match=reason):
        compute()
