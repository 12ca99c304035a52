"""Screening, links and ids of studies on the page."""

from __future__ import annotations

import pytest

from sonospine.linkage import fault_of_link_line
from sonospine.linkage.curation import ruling
from sonospine.model.votes import read_votes
from sonospine.screening import fault_of_screening_line
from sonospine.screening.curation import orders

from .made_up import Browser, said

STUDIES = {f"file:{n}": f"s{n}" for n in "123"}


def decided(visitor: Browser) -> dict[str, dict[str, str]]:
    """Return what `screen` takes from the lines that were written, by study."""
    check = fault_of_screening_line(visitor.desk.tables.vocabulary)
    rows = read_votes(visitor.desk.logbook.folder / "screening", check)
    found = orders(rows, STUDIES)
    return {
        name: {field: vote.value for field, vote in fields.items()}
        for name, fields in {**found.studies, **found.records}.items()
    }


def test_the_list_shows_what_was_decided_and_can_be_filtered(ada: Browser) -> None:
    page = ada.get("/screening")
    assert page.xpath("//tbody//th/a/@href") == ["/screening/s1", "/screening/s2", "/screening/s3"]
    assert "No study fits" in said(ada.get("/screening?decision=exclude"))
    assert len(ada.get("/screening?words=trial+2").xpath("//tbody/tr")) == 1


def test_a_decision_about_a_study_is_a_line_that_screen_takes(ada: Browser) -> None:
    ada.get("/screening/s1")
    page = ada.post("/screening/s1", what="decision", decision="exclude", decision__reason="no patients")
    assert "Saved: Decision exclude. The next run counts it." in said(page)
    assert decided(ada) == {"s1": {"decision": "exclude"}}
    (line,) = ada.lines("screening")
    assert (line["old_value"], line["reason"]) == ("include", "no patients")
    assert len(ada.get("/screening?mine=open").xpath("//tbody/tr")) == 2


def test_a_record_is_decided_by_itself(ada: Browser) -> None:
    ada.get("/screening/s2")
    ada.post(
        "/screening/s2",
        what="decision",
        **{"decision@file:2": "awaiting", "decision@file:2__reason": "asked"},
    )
    assert decided(ada) == {"file:2": {"decision": "awaiting"}}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"what": "decision", "decision": "exclude"}, "needs its reason"),
        ({"what": "decision", "decision": "perhaps", "decision__reason": "x"}, "allowed: include, exclude"),
        ({"what": "columns", "design": "clever"}, "allowed"),
        ({"what": "columns", "year": "soon"}, "a whole number"),
        ({"what": "columns", "design": ""}, "cannot be emptied"),
        ({"what": "study_id", "of": "file:2", "study_id": "s1"}, "no such record"),
        ({"what": "study_id", "of": "file:1", "study_id": "../x"}, "letters, digits"),
    ],
)
def test_what_does_not_fit_is_one_line_and_writes_nothing(
    ada: Browser, fields: dict[str, str], words: str
) -> None:
    ada.get("/screening/s1")
    page = ada.post("/screening/s1", **fields)
    assert ada.answer.status_code == 400
    assert words in said(page, "//*[@role='alert']")
    assert not [*ada.lines("screening"), *ada.lines("studies")]


def test_columns_of_a_study_are_set_one_by_one_and_lists_by_ticking(ada: Browser) -> None:
    page = ada.get("/screening/s1")
    assert page.xpath("//select[@name='design']/option[@selected]/@value") == ["rct"]
    ada.post("/screening/s1", what="columns", design="nonrandomised", year="2020",
             **{"guidance.is.ultrasound": "on", "guidance.is.ct": "on"}, reason="as the methods say")  # fmt: skip
    assert decided(ada) == {"s1": {"design": "nonrandomised", "guidance": "ultrasound;ct"}}
    page = ada.get("/screening/s1")
    assert page.xpath("//select[@name='design']/option[@selected]/@value") == ["nonrandomised"]
    assert {line["reason"] for line in ada.lines("screening")} == {"as the methods say"}


def test_the_id_of_a_study_is_kept(ada: Browser) -> None:
    ada.get("/screening/s1")
    ada.post("/screening/s1", what="study_id", of="file:1", study_id="s1")
    rows = ada.lines("studies")
    assert ruling(rows, STUDIES).kept_ids == {"file:1": "s1"}


def test_two_records_are_linked_with_the_evidence_shown(ada: Browser) -> None:
    page = ada.get("/links/pair?one=file:2&other=file:1")
    assert "the same" in said(page), "both have one PMID"
    assert "The last run: apart" in said(page)
    page = ada.post(
        "/links/pair",
        one="file:2",
        other="file:1",
        relation="same_study",
        relation__reason="one registration",
    )
    assert "Saved: one study" in said(page)
    rows = read_votes(ada.desk.logbook.folder / "links", fault_of_link_line)
    (link,) = ruling(rows, STUDIES).links
    assert (link.relation, {link.from_id, link.to_id}) == ("same_study", {"file:1", "file:2"})
    assert "same study" in said(ada.get("/links"))


@pytest.mark.parametrize("other", ["file:1", "file:9", ""])
def test_a_pair_is_two_records_of_the_corpus(ada: Browser, other: str) -> None:
    assert ada.client.get("/links/pair", params={"one": "file:1", "other": other}).status_code == 404


def test_a_link_without_a_reason_or_of_an_unknown_kind_is_refused(ada: Browser) -> None:
    ada.get("/links/pair?one=file:1&other=file:2")
    page = ada.post("/links/pair", one="file:1", other="file:2", relation="apart")
    assert "needs its reason" in said(page, "//*[@role='alert']")
    page = ada.post("/links/pair", one="file:1", other="file:2", relation="twins", relation__reason="alike")
    assert "allowed: same_report, same_study, apart" in said(page, "//*[@role='alert']")
    assert ada.lines("links") == []


def test_a_curator_sees_no_decision_of_another(ada: Browser) -> None:
    ada.get("/screening/s1")
    ada.post("/screening/s1", what="decision", decision="exclude", decision__reason="a secret of ada")
    bob = Browser(ada.desk)
    bob.sign_in("bob")
    bob.get("/screening/s1")
    assert "a secret of ada" not in bob.answer.text
    cyd = Browser(ada.desk)
    cyd.sign_in("cyd", "adjudicator")
    assert "a secret of ada" in said(cyd.get("/screening/s1"))
    assert "ada: exclude" in said(cyd.get("/screening"))
    assert "does not vote" in said(
        cyd.post("/screening/s1", what="decision", decision="include", decision__reason="x")
    )
