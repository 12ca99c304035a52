"""What has become of a report: retracted, withdrawn, under an expression of concern."""

from __future__ import annotations

from dataclasses import replace

from sonospine.model.record import Notice
from sonospine.model.tables import CURATION

from .made_up import ELIGIBILITY, article, decision, only_stage, registration, screened


def test_an_expression_of_concern_takes_the_whole_study_out_and_names_the_notice() -> None:
    paper = article(nct=("NCT00000001",), full_text=True, status="concern")
    trial = registration(registry={"hasResults": True})
    outcome = screened(paper, trial, notices=(("pubmed:9", "concern_about", "pubmed:1"),))
    for record in (paper, trial):
        row = only_stage(outcome, record.record_id)
        assert (row["decision"], row["reason"]) == ("exclude", "expression of concern")
        assert row["criterion"] == "eligibility.expression_of_concern"
        assert row["evidence"] == "status concern of pubmed:1, notice pubmed:9"


def test_the_configuration_may_let_reports_under_concern_in() -> None:
    permitting = ELIGIBILITY.model_copy(update={"expression_of_concern": "include"})
    paper = article(full_text=True, status="concern")
    assert decision(screened(paper, eligibility=permitting), "pubmed:1")["decision"] == "include"
    retracted = article(full_text=True, status="retracted")
    row = only_stage(screened(retracted, eligibility=permitting), "pubmed:1")
    assert row["reason"] == "retracted", "a retraction is out whatever the configuration says"


def test_a_curator_may_take_a_report_under_concern_in() -> None:
    paper = article(full_text=True, status="concern")
    line = CURATION.row(
        action_id="a1", curator="ann", action="set", target_type="record", target_id="pubmed:1",
        field="decision", new_value="include", reason="the concern is about authorship",
    )  # fmt: skip
    row = decision(screened(paper, curation=[line]), "pubmed:1")
    assert (row["decision"], row["by"]) == ("include", "ann")


def test_what_its_source_no_longer_holds_is_out_with_its_reason() -> None:
    row = only_stage(screened(article(full_text=True, status="withdrawn")), "pubmed:1")
    assert (row["reason"], row["evidence"]) == ("publication withdrawn", "status withdrawn of pubmed:1")
    trial = registration(registry={"hasResults": True}, status="COMPLETED")
    gone = replace(trial, status="withdrawn")
    row = only_stage(screened(gone), trial.record_id)
    assert row["reason"] == "registration no longer held by its source"


def test_a_retracted_article_under_concern_is_called_retracted() -> None:
    paper = article(pmid="1", full_text=True, status="concern")
    notice = article("pubmed:2", "Retraction", kind="notice", notices=(Notice("retraction_of", "pmid:1"),))
    row = only_stage(screened(paper, notice), "pubmed:1")
    assert (row["reason"], row["evidence"]) == ("retracted", "status retracted of pubmed:1, notice pubmed:2")
