"""What is decided about records and reports, and why."""

from __future__ import annotations

from typing import Any

import pytest

from sonospine.model.places import quote_at
from sonospine.model.record import Notice, Passage
from sonospine.model.table_io import Row
from sonospine.model.tables import CURATION

from .made_up import GOOD, article, decision, only_stage, registration, screened


def test_a_study_that_meets_the_criteria_is_included_with_words_and_place() -> None:
    record = article(full_text=True)
    row = decision(screened(record), "pubmed:1")
    assert row["decision"] == "include"
    assert "“Sonography-guided”" in row["evidence"]
    assert quote_at(record, row["locator"]) == "back pain"


def test_a_report_without_full_text_is_not_retrieved_and_its_study_still_included() -> None:
    outcome = screened(article())
    assert decision(outcome, "pubmed:1")["decision"] == "not_retrieved"
    counts = {(p["box"], p["reason"]): p["count"] for p in outcome.prisma}
    assert counts["studies_included", ""] == "1"
    assert counts["reports_included", "used on the abstract"] == "1"


@pytest.mark.parametrize(
    ("title", "criterion", "reason"),
    [
        ("Joint injection for back pain under x-ray", "eligibility.guidance", "guidance not eligible: X-ray"),
        (
            "Therapeutic sonography and joint injection for back pain",
            "eligibility.guidance",
            "guidance not told",
        ),
        (
            "Sonography-guided joint injection for knee pain",
            "eligibility.condition",
            "condition not eligible",
        ),
        (
            "Sonography-guided dry needling for back pain",
            "eligibility.procedure",
            "procedure not eligible: Dry",
        ),
        ("Sonography-guided exercise for back pain", "eligibility.procedure", "procedure not told"),
        (
            "Sonography-guided joint injection: a technical review",
            "eligibility.design",
            "review: no outcome data",
        ),
        (
            "Sonography-guided joint injection: a meta-analysis",
            "eligibility.design",
            "design not eligible: Meta",
        ),
    ],
)
def test_each_exclusion_names_its_criterion_and_reason(title: str, criterion: str, reason: str) -> None:
    row = only_stage(screened(article(title=title)), "pubmed:1")
    assert row["decision"] == "exclude"
    assert row["criterion"] == criterion
    assert row["reason"].startswith(reason)


def test_imaging_that_only_marked_the_skin_before_the_procedure_is_no_guidance() -> None:
    record = article(
        title="Sonography or x-ray for joint injection in back pain",
        abstract="Pre-procedural sonography marked the skin in one arm.",
    )
    assert only_stage(screened(record), "pubmed:1")["criterion"] == "eligibility.guidance"


def test_what_the_title_and_abstract_do_not_tell_is_looked_up_in_the_methods() -> None:
    methods = Passage("body/s1p1", "The needle was placed under sonography.", ("Methods",), "methods")
    told = article(title="Joint injection for back pain", full_text=True, passages=[methods])
    outcome = screened(told)
    assert decision(outcome, "pubmed:1", "record")["decision"] == "include"
    assert decision(outcome, "pubmed:1")["decision"] == "include"
    untold = screened(article(title="Joint injection for back pain", full_text=True))
    assert decision(untold, "pubmed:1", "record")["decision"] == "include"
    assert decision(untold, "pubmed:1")["decision"] == "exclude"


def test_introduction_discussion_and_other_studies_do_not_count() -> None:
    body = [
        Passage("body/s1p1", "Sonography is popular.", ("Introduction",), "introduction"),
        Passage(
            "body/s3p1", "Both randomised groups improved under sonography.", ("Discussion",), "discussion"
        ),
        Passage("body/s2p1", "A previous randomised trial used sonography.", ("Methods",), "methods"),
    ]
    record = article(title="Joint injection for back pain: a pilot study", full_text=True, passages=body)
    outcome = screened(record)
    assert decision(outcome, "pubmed:1")["criterion"] == "eligibility.guidance"
    assert outcome.studies[0]["design"] == "prospective_single_arm"


@pytest.mark.parametrize(
    ("values", "design"),
    [
        ({"types": ("Journal Article", "Randomized Controlled Trial")}, "rct"),
        ({"types": ("Review", "Randomized Controlled Trial")}, "rct"),
        ({"types": ("Case Reports",), "title": "Sonography-guided nerve block in back pain"}, "case_report"),
        ({"types": ("Case Reports",), "title": "Sonography-guided nerve block: three cases"}, "case_series"),
        ({"title": "A non-randomised comparison of nerve block under sonography"}, "nonrandomised"),
        ({"title": "Nerve block", "abstract": "Patients were randomised. This retrospective part"}, "rct"),
        ({"title": "Nerve block", "abstract": "Nothing tells."}, ""),
        # What a study says of its design, or stands under, outranks a passing "randomised".
        (
            {"title": "Nerve block", "abstract": "Patients were randomised. The design was non-randomised."},
            "nonrandomised",
        ),
        (
            {
                "title": "Nerve block",
                "abstract": "Patients were randomised. This was a non-randomised study.",
            },
            "nonrandomised",
        ),
        (
            {
                "title": "Nerve block",
                "abstract": "Patients were randomised, those who declined stayed non-randomised.",
            },
            "rct",
        ),
        (
            {
                "title": "Nerve block",
                "abstract": "They were randomised.",
                "types": ("Retrospective comparison",),
            },
            "retrospective",
        ),
        (
            {
                "title": "Nerve block",
                "abstract": "Patients were randomised.",
                "types": ("Prospective study",),
            },
            "rct",
        ),
        ({"title": "A randomised trial of nerve block", "types": ("Retrospective comparison",)}, "rct"),
    ],
)
def test_the_design_comes_from_types_then_title_then_own_words(values: dict[str, Any], design: str) -> None:
    assert screened(article(**values)).studies[0]["design"] == design


def test_a_heading_and_methods_that_deny_randomisation_outrank_the_abstract() -> None:
    passages = [Passage("body/s1p1", "The design was non-randomised.", ("Methods",), "methods")]
    record = article(
        title="Nerve block under sonography",
        abstract="Patients were described as randomised and retrospectively compared.",
        types=("research-article", "Retrospective comparison"),
        full_text=True,
        passages=passages,
    )
    assert screened(record).studies[0]["design"] == "nonrandomised"


@pytest.mark.parametrize(
    ("info", "design"),
    [
        ({"allocation": "RANDOMIZED"}, "rct"),
        ({"allocation": "NON_RANDOMIZED"}, "nonrandomised"),
        ({"allocation": "NA", "interventionModel": "SINGLE_GROUP"}, "prospective_single_arm"),
        ({"observationalModel": "COHORT", "timePerspective": "RETROSPECTIVE"}, "retrospective"),
        ({"observationalModel": "COHORT", "timePerspective": "PROSPECTIVE"}, "prospective_single_arm"),
    ],
)
def test_the_design_of_a_registration_is_the_registry_s(info: dict[str, str], design: str) -> None:
    kind = "OBSERVATIONAL" if "timePerspective" in info else "INTERVENTIONAL"
    trial = registration(
        protocol={"designModule": {"studyType": kind, "designInfo": info}}, title="Nerve block"
    )
    assert screened(trial).studies[0]["design"] == design


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("RECRUITING", "ongoing"),
        ("NOT_YET_RECRUITING", "ongoing"),
        ("ACTIVE_NOT_RECRUITING", "ongoing"),
        ("COMPLETED", "awaiting"),
        ("TERMINATED", "awaiting"),
        ("UNKNOWN", "awaiting"),
    ],
)
def test_a_registration_without_results_is_ongoing_or_awaiting(status: str, expected: str) -> None:
    trial = registration(status)
    outcome = screened(trial)
    row = decision(outcome, trial.record_id)
    assert row["decision"] == expected
    assert quote_at(trial, row["locator"]) == status
    assert outcome.studies[0]["status"] == status.replace("_", " ").lower()


def test_a_registration_with_results_is_included() -> None:
    trial = registration(registry={"hasResults": True, "resultsSection": {}})
    assert decision(screened(trial), trial.record_id)["decision"] == "include"


def test_a_withdrawn_registration_and_a_retracted_article_are_out() -> None:
    trial = registration("WITHDRAWN")
    assert "withdrawn" in only_stage(screened(trial), trial.record_id)["reason"]
    row = only_stage(screened(article(status="retracted")), "pubmed:1")
    assert (row["decision"], row["reason"], row["criterion"]) == ("exclude", "retracted", "status")


def test_a_retraction_notice_takes_the_article_and_its_registration_out() -> None:
    paper = article(pmid="1", nct=("NCT00000001",), full_text=True)
    notice = article("pubmed:2", "Retraction", kind="notice", notices=(Notice("retraction_of", "pmid:1"),))
    trial = registration(registry={"hasResults": True})
    outcome = screened(paper, notice, trial)
    assert {d["decision"] for d in outcome.decisions} == {"exclude"}


def test_a_registration_follows_its_article() -> None:
    trial = registration("RECRUITING")
    included = screened(trial, article(nct=("NCT00000001",), full_text=True))
    assert decision(included, trial.record_id)["reason"] == "registration of an included study"
    assert len(included.studies) == 1
    bad = "Joint injection for back pain under x-ray"
    excluded = screened(trial, article(title=bad, nct=("NCT00000001",), full_text=True))
    assert decision(excluded, trial.record_id)["decision"] == "exclude"


def test_a_protocol_is_ongoing_until_its_registration_says_otherwise() -> None:
    plan = article(kind="protocol", nct=("NCT00000001",), full_text=True)
    assert decision(screened(plan), "pubmed:1")["decision"] == "ongoing"
    assert decision(screened(plan, registration("COMPLETED")), "pubmed:1")["decision"] == "awaiting"


def test_news_follows_its_study_and_adds_none() -> None:
    paper = article(full_text=True, doi="10.1000/x")
    page = article("file:n", "News", kind="news", doi="10.1000/x")
    outcome = screened(paper, page)
    assert len(outcome.studies) == 1
    assert "adds no participants" in decision(outcome, "file:n")["reason"]


def test_news_alone_is_ongoing_where_it_announces_and_awaiting_where_it_reports() -> None:
    announced = article("file:n", GOOD, "The trial is currently recruiting.", kind="news", full_text=True)
    assert decision(screened(announced), "file:n")["decision"] == "ongoing"
    reported = article("file:n", GOOD, "Pain fell.", kind="news", full_text=True)
    assert decision(screened(reported), "file:n")["decision"] == "awaiting"


def test_a_case_report_is_listed() -> None:
    row = decision(screened(article(types=("Case Reports",), full_text=True)), "pubmed:1")
    assert (row["decision"], row["reason"]) == ("include", "case report: listed, not pooled")


def test_one_group_with_two_kinds_of_imaging_had_them_combined_and_two_arms_did_not() -> None:
    text = "The needle was guided by sonography; x-ray showed its tip."
    one = article(title="Joint injection for back pain: a pilot study", abstract=text)
    assert screened(one).studies[0]["guidance"] == "sono;xray;both"
    two = article(title="Joint injection for back pain, randomised", abstract=text)
    assert screened(two).studies[0]["guidance"] == "sono;xray"


def test_every_record_of_a_report_carries_its_decision() -> None:
    outcome = screened(article(pmid="7"), article("pmc:PMC7", pmid="7", full_text=True))
    assert decision(outcome, "pubmed:1", "record")["evidence"] == "another record of the report pmc:PMC7"
    assert decision(outcome, "pmc:PMC7")["decision"] == "include"


def line(number: int, target_type: str, target_id: str, field: str, value: str, **values: str) -> Row:
    given = {"action_id": f"a{number}", "curator": "ann", "action": "set", "target_type": target_type}
    return CURATION.row(**(given | {"target_id": target_id, "field": field, "new_value": value} | values))


def test_a_curator_s_decision_overrides_the_rules_and_undo_restores_them() -> None:
    bad = article(title="Joint injection for back pain under x-ray", full_text=True)
    lines = [
        line(1, "record", "pubmed:1", "decision", "include", reason="the authors told us"),
        CURATION.row(action_id="a2", curator="ann", action="undo", refers_to="a1"),
    ]
    row = decision(screened(bad, curation=lines[:1]), "pubmed:1")
    assert (row["decision"], row["by"], row["reason"]) == ("include", "ann", "the authors told us")
    assert only_stage(screened(bad, curation=lines), "pubmed:1")["by"] == "rule"


def test_a_curator_can_exclude_with_a_reason_of_their_own() -> None:
    lines = [
        line(1, "record", "pubmed:1", "decision", "exclude"),
        line(2, "record", "pubmed:1", "reason", "same patients as another study"),
    ]
    row = only_stage(screened(article(full_text=True), curation=lines), "pubmed:1")
    assert (row["decision"], row["reason"]) == ("exclude", "same patients as another study")


def test_a_column_that_a_curator_sets_is_judged_again() -> None:
    study_id = screened(article(full_text=True)).studies[0]["study_id"]
    outcome = screened(article(full_text=True), curation=[line(1, "study", study_id, "condition", "knee")])
    assert outcome.studies[0]["condition"] == "knee"
    row = only_stage(outcome, "pubmed:1")
    assert (row["decision"], row["criterion"], row["by"]) == ("exclude", "eligibility.condition", "ann")


def test_an_adjudicated_value_that_is_not_allowed_is_reported_and_does_nothing() -> None:
    lines = [
        line(1, "record", "pubmed:1", "decision", "exclude"),
        line(2, "", "", "", "perhaps", action="adjudicate", curator="cyd", refers_to="a1"),
    ]
    outcome = screened(article(full_text=True), curation=lines)
    assert decision(outcome, "pubmed:1")["by"] == "rule"
    assert "perhaps" in outcome.unheeded[0]


def test_a_label_that_a_curator_sets_is_printed_and_an_unknown_target_reported() -> None:
    lines = [
        line(1, "study", "pubmed:1", "label", "Lv 2025"),
        line(2, "record", "pubmed:9", "decision", "exclude"),
    ]
    outcome = screened(article(), curation=lines)
    assert outcome.studies[0]["label"] == "Lv 2025"
    assert outcome.unheeded == ("record pubmed:9: not in the corpus",)
