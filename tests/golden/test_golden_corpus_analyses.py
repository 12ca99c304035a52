"""What the analyses of the embedded corpus must pool: worked out by hand from the published figures.

Each line holds the figures as published (n, mean, SD of follow-up or intervention; n, mean, SD of baseline or
comparator) and the effect worked out from them: MC and MD as the difference of the means, SMCR as
J(n − 1) · difference / SD at baseline with J(m) = Γ(m/2) / (√(m/2) Γ((m − 1)/2)), RR as ln(a/n1) − ln(c/n2).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import pytest

R = 0.5  # the configured correlation of baseline and follow-up


@dataclass(frozen=True)
class Worked:
    """An effect worked out by hand. ``record`` is part of the id of a record of the study."""

    analysis: str
    record: str
    weeks: float | None
    yi: float
    one: tuple[float, ...]
    two: tuple[float, ...]

    def __str__(self) -> str:
        return f"{self.analysis}:{self.record}"


POOLED = (
    Worked("pain_before_after_immediate", "seed-000", 1, -2.85, (26, 2.42, 0.50), (26, 5.27, 0.45)),
    Worked("pain_before_after_immediate", "bv108", 10 / 10080, -5.97, (34, 2.03, 1.87), (34, 8, 0.85)),
    Worked("pain_before_after_immediate", "moon2012", 1, -5.2, (27, 1.8, 1.6), (27, 7.0, 1.4)),
    Worked("pain_before_after_immediate", "wanfang", 1, -3.7, (60, 2.2, 1.0), (60, 5.9, 0.8)),
    # The week stands in the methods alone.
    Worked("pain_before_after_immediate", "kulcu", 1, -5.5, (17, 3.7, 0.1), (17, 9.2, 1.4)),
    Worked("pain_before_after_short", "seed-000", 2, -3.42, (26, 1.85, 0.37), (26, 5.27, 0.45)),
    Worked("pain_before_after_short", "bv108", 4.345, -6.21, (34, 1.79, 1.72), (34, 8, 0.85)),
    Worked("pain_before_after_short", "karkucak", 6, -4.6, (23, 3.0, 1.7), (23, 7.6, 2.2)),
    Worked("pain_before_after_short", "wanfang", 4.345, -3.9, (60, 2.0, 1.3), (60, 5.9, 0.8)),
    # Those 45 of 57 patients who went on to a second injection.
    Worked("pain_before_after_short", "PMC7954157", 6, -7.11, (45, 0.89, 1.23), (45, 8, 0.67)),
    Worked("pain_us_vs_other_short", "karkucak", 6, -2.2, (23, 3.0, 1.7), (24, 5.2, 2.0)),
    Worked("pain_us_vs_other_short", "wanfang", 4.345, -0.1, (60, 2.0, 1.3), (60, 2.1, 1.3)),
    # In SD at baseline; of 1 and 6 months, 1 month is nearer to 12 weeks. NDI printed of 50.
    Worked("disability_before_after", "seed-000", 12, -14.0831324, (26, 34.81, 4.92), (26, 71.12, 2.50)),
    Worked("disability_before_after", "bv108", 13.035, -2.62939236, (34, 4.35, 4.14), (34, 24.91, 7.64)),
    Worked("disability_before_after", "wanfang", 4.345, -5.82122301, (60, 38.0, 10.6), (60, 72.2, 5.8)),
    # Printed in minutes, and in seconds.
    Worked("procedure_time", "galiano", None, -8.0, (20, 14.3, 6.6), (20, 22.3, 6.3)),
    Worked("procedure_time", "ykxb", None, -191 / 60, (10, 206, 27), (10, 397, 31)),
    Worked("placement", "handmsg", None, 0.78845736, (40, 22), (40, 10)),
)
ANALYSES = (
    "pain_before_after_immediate",
    "pain_before_after_short",
    "pain_us_vs_other_short",
    "disability_before_after",
    "procedure_time",
    "placement",
    "perioperative_pain_24h",
)


def _variance(worked: Worked) -> float:
    """Return the sampling variance by the measure of the analysis."""
    n1, x1, *s1 = worked.one
    n2, x2, *s2 = worked.two
    if worked.analysis == "placement":
        return 1 / x1 - 1 / n1 + 1 / x2 - 1 / n2
    sd1, sd2 = s1[0], s2[0]
    if worked.analysis in ("procedure_time", "pain_us_vs_other_short"):
        unit = 60 if worked.record == "ykxb" else 1
        return (sd1**2 / n1 + sd2**2 / n2) / unit**2
    if worked.analysis == "disability_before_after":
        return 2 * (1 - R) / n1 + worked.yi**2 / (2 * n1)
    return (sd1**2 + sd2**2 - 2 * R * sd1 * sd2) / n1


def _effect(corpus_review, worked):
    study = corpus_review.study_of(worked.record)
    found = [e for e in corpus_review.included(worked.analysis) if e["study_id"] == study]
    assert len(found) == 1, [
        e["exclusion_reason"] for e in corpus_review.effects
        if e["analysis"] == worked.analysis and e["study_id"] == study
    ]  # fmt: skip
    return found[0]


def _holds(corpus_review, worked):
    effect = _effect(corpus_review, worked)
    assert float(effect["yi"]) == pytest.approx(worked.yi, abs=1e-6)
    assert float(effect["vi"]) == pytest.approx(_variance(worked), rel=1e-6)
    if worked.analysis == "placement":
        assert (effect["ai"], effect["ci"]) == (str(worked.one[1]), str(worked.two[1]))
    else:
        assert (effect["n1i"], effect["n2i"]) == (str(worked.one[0]), str(worked.two[0]))
    if worked.weeks is not None:
        assert float(effect["weeks"]) == pytest.approx(worked.weeks)


@pytest.mark.parametrize("worked", POOLED, ids=str)
def test_an_effect_of_the_corpus_is_the_one_worked_out_by_hand(corpus_review, worked):
    _holds(corpus_review, worked)


@pytest.mark.parametrize("worked", POOLED, ids=str)
def test_what_was_worked_out_by_hand_follows_from_the_published_figures(worked):
    if worked.analysis == "placement":
        (n1, a), (n2, c) = worked.one, worked.two
        expected = math.log(a / n1) - math.log(c / n2)
    else:
        expected = worked.one[1] - worked.two[1]
    if worked.analysis == "disability_before_after":
        m = worked.one[0] - 1
        correction = math.exp(math.lgamma(m / 2) - math.lgamma((m - 1) / 2)) / math.sqrt(m / 2)
        expected *= correction / worked.two[2]
    if (worked.analysis, worked.record) == ("procedure_time", "ykxb"):
        expected /= 60
    assert worked.yi == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("analysis", ANALYSES)
def test_an_analysis_pools_no_study_that_the_published_figures_do_not_carry(corpus_review, analysis):
    allowed = {corpus_review.study_of(w.record) for w in POOLED if w.analysis == analysis}
    included = [e["study_id"] for e in corpus_review.included(analysis)]
    assert len(included) == len(set(included))
    assert set(included) <= allowed


def test_these_are_all_the_analyses_of_the_configuration(review_config):
    assert tuple(a.id for a in review_config.analyses) == ANALYSES


@pytest.mark.parametrize("analysis", ANALYSES)
def test_a_pool_counts_the_studies_and_people_of_its_effects(corpus_review, analysis):
    effects = corpus_review.included(analysis)
    pool = corpus_review.pool(analysis)
    assert pool["k"] == str(len(effects))
    before_after = "before_after" in analysis
    people = sum(int(e["n1i"]) + (0 if before_after else int(e["n2i"])) for e in effects)
    assert pool["n"] == str(people)


def test_a_pool_of_three_or_more_has_a_prediction_interval_and_one_of_two_is_not_interpretable(corpus_review):
    for pool in corpus_review.pooled:
        k, flags = int(pool["k"]), pool["flags"].split(";")
        assert bool(pool["pi_lower"]) == (k >= 3)
        assert ("not_interpretable" in flags) == (k == 2)
    variants = {p["variant"] for p in corpus_review.pooled if p["analysis"] == "pain_us_vs_other_short"}
    assert variants == {"primary", "wald"}


def test_only_the_pilot_with_an_open_conflict_makes_a_second_pooled_row(corpus_review):
    others = [e for e in corpus_review.effects if e["variant"] == "other_value" and e["included"] == "true"]
    assert [(e["analysis"], e["label"], e["sd1i"]) for e in others] == [
        ("pain_before_after_short", "Lv 2025", "0.73")
    ]


def test_no_analysis_of_chronic_pain_takes_a_study_around_an_operation_and_none_is_left_for_them(
    corpus_review,
):
    conditions = {s["study_id"]: s["condition"] for s in corpus_review.studies}
    for analysis in ANALYSES[:-1]:
        assert "perioperative" not in {conditions[e["study_id"]] for e in corpus_review.included(analysis)}
    pool = corpus_review.pool("perioperative_pain_24h")
    assert (pool["k"], pool["estimate"]) == ("0", "")


def _excluded(corpus_review, record, analysis):
    study = corpus_review.study_of(record)
    found = [e for e in corpus_review.effects if e["study_id"] == study and e["analysis"] == analysis]
    assert {e["included"] for e in found} <= {"false"}
    return found


def test_standard_errors_printed_as_standard_deviations_are_never_pooled_as_they_stand(corpus_review):
    for analysis in ("pain_before_after_immediate", "pain_before_after_short", "pain_us_vs_other_short"):
        effects = _excluded(corpus_review, "guler2023", analysis)
        assert effects
        assert all("sd_may_be_se" in e["flags"].split(";") for e in effects)
    study = corpus_review.study_of("guler2023")
    checks = [c["check"] for c in corpus_review.conflicts if c["study_id"] == study and c["kind"] == "check"]
    assert checks
    assert all("0.174" in c or "0.238" in c or "0.376" in c for c in checks)


def test_joints_counted_in_fewer_people_are_not_pooled_as_people(corpus_review):
    effects = _excluded(corpus_review, "ykxb", "placement")
    assert any("a count of 37 in an arm of 10 people" in e["exclusion_reason"] for e in effects)


def test_a_study_that_calls_its_design_nonrandomised_is_no_randomised_trial(corpus_review):
    assert corpus_review.study("guler2023")["design"] == "nonrandomised"


def test_a_study_without_a_number_of_people_is_not_pooled(corpus_review):
    for analysis in ANALYSES:
        study = corpus_review.study_of("PMC3155137")
        assert study not in {e["study_id"] for e in corpus_review.included(analysis)}


def test_no_size_of_an_arm_is_made_from_the_digits_of_a_mean(corpus_review):
    study = corpus_review.study_of("PMC3155137")
    assert {m["n"] for m in corpus_review.rows(study)} == {""}
    assert {a["n_randomised"] for a in corpus_review.arms if a["study_id"] == study} == {""}


def test_the_case_report_is_never_pooled(corpus_review):
    effects = _excluded(corpus_review, "seed-004", "disability_before_after")
    assert len(effects) == 1
    assert "one patient's score (n = 1)" in effects[0]["exclusion_reason"]


def test_means_without_a_spread_are_not_pooled(corpus_review):
    effects = _excluded(corpus_review, "cebicci2017", "disability_before_after")
    assert [e["exclusion_reason"] for e in effects] == ["no SD, SE or confidence interval is printed"]


def test_a_retrospective_comparison_of_the_time_of_a_procedure_stays_out_by_its_design(corpus_review):
    effects = _excluded(corpus_review, "kucukbingoz2026", "procedure_time")
    assert len(effects) == 1
    assert "the design (retrospective) is not pooled in this analysis" in effects[0]["exclusion_reason"]


def test_a_study_that_does_not_tell_the_guidance_is_excluded_with_that_reason(corpus_review):
    for name in ("vrsajkov2023", "wu2016", "nature13518"):
        study = corpus_review.study_of(name)
        records = {r["record_id"] for r in corpus_review.records if r["study_id"] == study}
        decisions = [d for d in corpus_review.decisions if d["record_id"] in records]
        assert decisions[-1]["decision"] == "exclude"
        assert decisions[-1]["criterion"] == "eligibility.guidance"


def test_pain_of_a_limb_and_after_shingles_is_excluded_by_its_condition(corpus_review):
    for name, label in (("arm2012", "Limb pain"), ("wang2023-pvblido80", "Other")):
        decisions = [d for d in corpus_review.decisions if name in d["record_id"]]
        assert [(d["decision"], d["criterion"]) for d in decisions] == [("exclude", "eligibility.condition")]
        assert label in decisions[0]["reason"]


def test_a_trial_whose_only_scores_are_at_three_months_is_in_no_shorter_window(corpus_review):
    study = corpus_review.study_of("rs-6330553")
    assert {m["weeks"] for m in corpus_review.rows(study, instrument="vas")} == {"13.035"}
    assert not [e for e in corpus_review.effects if e["study_id"] == study]


def test_every_pooled_effect_rests_on_rows_with_a_place_in_a_record_of_its_study(corpus_review):
    rows = {m["measurement_id"]: m for m in corpus_review.measurements}
    for effect in corpus_review.effects:
        if effect["included"] == "true":
            used = [rows[i] for i in effect["measurement_ids"].split(";")]
            assert len(used) >= 2
            assert {m["study_id"] for m in used} == {effect["study_id"]}
            assert all(m["locator"] and m["quote"] for m in used)
