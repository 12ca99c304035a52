"""Risk of bias and GRADE on the page: judged with support, suggested by the tool's rule, seen by nobody else."""

from __future__ import annotations

import pytest

from sonospine.model.risk_of_bias import TOOLS, risks_of_bias

from .made_up import Browser, said, spaced

LOW = dict.fromkeys(TOOLS["RoB 2"].domains, "low")
REASONS = {f"{name}__reason": "as described" for name in LOW}


@pytest.fixture
def bob(ada: Browser) -> Browser:
    other = Browser(ada.desk)
    other.sign_in("bob")
    return other


def test_the_list_names_every_pooled_study_with_the_tool_that_fits_its_design(ada: Browser) -> None:
    page = ada.get("/risk-of-bias")
    assert page.xpath("//tbody//a/@href") == ["/risk-of-bias/s1", "/risk-of-bias/s2", "/risk-of-bias/s3"]
    assert "RoB 2 suggested" in said(page)
    assert "0 of 3" in said(page)


def test_a_study_is_judged_with_its_source_beside_and_each_domain_becomes_a_line(ada: Browser) -> None:
    page = ada.get("/risk-of-bias/s1")
    assert "Pain at 4 weeks was" in said(page, "//*[@id='source']")
    assert len(page.xpath("//fieldset[@class='judge']")) == 6
    page = ada.post(
        "/risk-of-bias/s1", tool="RoB 2", record="file:1", D1="low", D1__quote="Pain at 4 weeks", D2="some concerns",
        D2__reason="nobody was blinded",
    )  # fmt: skip
    assert "Saved: D1, D2." in said(page)
    told = {line["field"]: line for line in ada.lines("risk_of_bias")}
    assert {name: line["new_value"] for name, line in told.items()} == {
        "tool": "RoB 2", "D1": "low", "D2": "some concerns",
    }  # fmt: skip
    first = told["D1"]
    assert (first["target_type"], first["target_id"], first["record_id"]) == ("study", "s1", "file:1")
    assert first["new_locator"].startswith("abstract/RESULTS:")
    assert first["source_sha256"] == "1" * 64
    assert told["D2"]["reason"] == "nobody was blinded"
    assert page.xpath("//input[@name='D2'][@value='some concerns'][@checked]")
    assert "not judged yet: D3, D4, D5" in said(page, "//*[@id='suggested']")


def test_saving_the_same_again_writes_nothing_and_a_change_writes_one_line(ada: Browser) -> None:
    form = {"tool": "RoB 2", "record": "file:1", **LOW, **REASONS}
    ada.get("/risk-of-bias/s1")
    ada.post("/risk-of-bias/s1", **form)
    written = len(ada.lines("risk_of_bias"))
    page = ada.post("/risk-of-bias/s1", **form)
    assert "Nothing was changed" in said(page)
    assert len(ada.lines("risk_of_bias")) == written
    page = ada.post("/risk-of-bias/s1", **{**form, "D3": "high"})
    assert len(ada.lines("risk_of_bias")) == written + 1
    assert "high (high in D3" in said(page, "//*[@id='suggested']")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"tool": "RoB 2", "D1": "low"}, "needs its support"),
        ({"tool": "RoB 2", "D1": "serious", "D1__reason": "x"}, "no judgement of RoB 2"),
        ({"tool": "AMSTAR", "D1": "low", "D1__reason": "x"}, "no such tool"),
        ({"tool": "RoB 2", "D1__reason": "why"}, "without a judgement"),
        ({"tool": "RoB 2", "D1": "low", "D1__quote": "words that are not there"}, "stand nowhere"),
        ({"tool": "RoB 2", **LOW, **REASONS, "overall": "high"}, "where the tool's rule gives low"),
    ],
)
def test_what_is_missing_is_one_line_and_what_was_typed_stays(
    ada: Browser, fields: dict[str, str], words: str
) -> None:
    ada.get("/risk-of-bias/s1")
    page = ada.post("/risk-of-bias/s1", record="file:1", **fields)
    assert ada.answer.status_code == 400
    assert words in said(page, "//*[@role='alert']")
    assert ada.lines("risk_of_bias") == []
    for name in ("D1__reason", "D1__quote"):
        typed = page.xpath(f"//textarea[@name='{name.replace('__', '.')}']")
        assert not typed or (typed[0].text or "").strip() == fields.get(name, "")


def test_an_overall_judgement_against_the_rule_is_told_with_its_rationale(ada: Browser) -> None:
    ada.get("/risk-of-bias/s1")
    page = ada.post(
        "/risk-of-bias/s1",
        tool="RoB 2",
        **LOW,
        **REASONS,
        overall="some concerns",
        overall__reason="one author",
    )
    assert "Not the tool’s rule: some concerns, where the tool's rule gives low" in said(page)
    (risk,) = risks_of_bias(ada.lines("risk_of_bias"))[0].values()
    assert risk.deviation


def test_robins_i_has_its_own_domains_and_words_and_may_be_chosen_without_script(ada: Browser) -> None:
    page = ada.get("/risk-of-bias/s1?tool=ROBINS-I")
    assert "Bias due to confounding" in said(page)
    assert len(page.xpath("//fieldset[@class='judge']")) == 8
    ada.post("/risk-of-bias/s1", tool="ROBINS-I", D7="no information", D7__reason="no protocol")
    page = ada.get("/risk-of-bias/s1")
    assert page.xpath("//select[@name='tool']/option[@selected]/@value") == ["ROBINS-I"]


def test_a_single_result_can_be_judged_apart_from_the_study(ada: Browser) -> None:
    analysis = ada.desk.tables.config.analyses[0].id
    ada.get(f"/risk-of-bias/s1?analysis={analysis}")
    ada.post("/risk-of-bias/s1", tool="RoB 2", analysis=analysis, D4="high", D4__reason="self-reported")
    assert {line["target_id"] for line in ada.lines("risk_of_bias")} == {f"s1/{analysis}"}
    assert not ada.get("/risk-of-bias/s1").xpath("//input[@name='D4'][@value='high'][@checked]")
    assert ada.client.get("/risk-of-bias/s1?analysis=another").status_code == 404


def test_a_curator_sees_no_judgement_of_another_and_an_adjudicator_sees_both(
    ada: Browser, bob: Browser
) -> None:
    ada.get("/risk-of-bias/s1")
    ada.post("/risk-of-bias/s1", tool="RoB 2", D1="high", D1__reason="a secret of ada")
    page = bob.get("/risk-of-bias/s1")
    assert "a secret of ada" not in bob.answer.text
    assert not page.xpath("//input[@name='D1'][@value='high'][@checked]")
    assert "not judged" in said(bob.get("/risk-of-bias"))
    cyd = Browser(ada.desk)
    cyd.sign_in("cyd", "adjudicator")
    assert "a secret of ada" in said(cyd.get("/risk-of-bias/s1"))
    assert not cyd.get("/risk-of-bias/s1").xpath("//form[@class='judgements']")
    page = cyd.post("/risk-of-bias/s1", tool="RoB 2", D1="low", D1__reason="mine")
    assert "does not vote" in said(page)
    assert len(ada.lines("risk_of_bias")) == 2


def test_a_judgement_is_taken_back_by_its_own_curator_only(ada: Browser, bob: Browser) -> None:
    ada.get("/risk-of-bias/s1")
    page = ada.post("/risk-of-bias/s1", tool="RoB 2", D1="high", D1__reason="why")
    (button,) = page.xpath("//fieldset[@id='D1']//button[@formaction]")
    bob.get("/risk-of-bias/s1")
    assert "only a line of your own" in said(bob.post(button.get("formaction"), action=button.get("value")))
    page = ada.post(button.get("formaction"), action=button.get("value"), back="/risk-of-bias/s1")
    assert "Taken back." in said(page)
    assert not page.xpath("//input[@name='D1'][@value='high'][@checked]")


def test_what_the_source_and_people_say_is_shown_as_text(ada: Browser) -> None:
    ada.get("/risk-of-bias/s1")
    page = ada.post(
        "/risk-of-bias/s1", tool="RoB 2", D1="low", D1__reason="<script>alert(9)</script> \u202ex"
    )
    assert "<script>alert" not in ada.answer.text
    assert "⟨U+202E⟩" in said(page, "//textarea[@name='D1.reason']")


def test_grade_is_rated_beside_the_pool_with_a_footnote_for_each_step(ada: Browser) -> None:
    analysis = ada.desk.tables.config.analyses[0].id
    assert ada.get("/grade").xpath("//tbody//a/@href") == [
        f"/grade/{a.id}" for a in ada.desk.tables.config.analyses
    ]
    page = ada.get(f"/grade/{analysis}")
    assert "Studies (k) 3" in spaced(page)
    assert "Starts high: every study is randomised" in said(page)
    rated = {"risk_of_bias": "serious", "inconsistency": "no", "indirectness": "no", "imprecision": "no",
             "publication_bias": "no"}  # fmt: skip
    page = ada.post(f"/grade/{analysis}", **rated)
    assert ada.answer.status_code == 400
    assert "Risk of bias: it needs its footnote" in said(page, "//*[@role='alert']")
    page = ada.post(f"/grade/{analysis}", **rated, risk_of_bias__reason="nobody was blinded")
    assert "moderate (starts high; 1 level down)" in said(page, "//*[@id='suggested']")
    page = ada.post(f"/grade/{analysis}", **rated, risk_of_bias__reason="nobody was blinded", certainty="low")
    assert "it needs a reason: the ratings give moderate" in said(page, "//*[@role='alert']")
    ada.post(f"/grade/{analysis}", **rated, risk_of_bias__reason="nobody was blinded", certainty="moderate")
    lines = {line["field"]: line for line in ada.lines("grade")}
    assert lines["certainty"]["new_value"] == "moderate"
    assert (lines["risk_of_bias"]["target_type"], lines["risk_of_bias"]["target_id"]) == (
        "analysis",
        analysis,
    )
    assert "moderate" in said(ada.get("/grade"))


def test_the_risk_of_bias_of_the_studies_stands_beside_the_ratings(ada: Browser) -> None:
    analysis = ada.desk.tables.config.analyses[0].id
    ada.get("/risk-of-bias/s2")
    ada.post("/risk-of-bias/s2", tool="RoB 2", **{**LOW, "D2": "high"}, **REASONS, overall="high")
    page = ada.get(f"/grade/{analysis}")
    judged = {row.xpath("string(th)"): row.xpath("string(td[last()])") for row in page.xpath("//tbody/tr")}
    assert sorted(judged.values()) == ["high", "not judged", "not judged"]
    assert [label for label, overall in judged.items() if overall == "high"] == ["Trial 2 2020"]


@pytest.mark.parametrize(
    "path", ["/risk-of-bias/none", "/grade/none", "/screening/none", "/disagreements/none"]
)
def test_what_does_not_exist_is_not_found(ada: Browser, path: str) -> None:
    other = Browser(ada.desk)
    other.sign_in("cyd", "adjudicator")
    assert other.client.get(path).status_code == 404


def test_a_window_that_is_out_of_date_takes_no_judgement_back(ada: Browser) -> None:
    ada.get("/risk-of-bias/s1")
    ada.post("/risk-of-bias/s1", tool="RoB 2", D1="low", D1__reason="drawn by computer")
    ada.get("/risk-of-bias/s1")
    other = Browser(ada.desk)
    other.sign_in()
    other.get("/risk-of-bias/s1")
    kept = {"D1": "low", "D1__reason": "drawn by computer", "tool": "RoB 2"}
    other.post("/risk-of-bias/s1", **{**kept, "D1": "high", "D1__reason": "by weekday"})
    # What is not touched in the old window is no vote ...
    ada.post("/risk-of-bias/s1", **kept, D2="low", D2__reason="blinded")
    assert [(x["field"], x["new_value"]) for x in ada.lines("risk_of_bias")][2:] == [
        ("D1", "high"),
        ("D2", "low"),
    ]


def test_a_judgement_that_changed_in_another_window_is_asked_again(ada: Browser) -> None:
    ada.get("/risk-of-bias/s1")
    other = Browser(ada.desk)
    other.sign_in()
    other.get("/risk-of-bias/s1")
    other.post("/risk-of-bias/s1", tool="RoB 2", D1="high", D1__reason="by weekday")
    form = {"tool": "RoB 2", "D1": "low", "D1__reason": "drawn by computer", "D3": "low", "D3__reason": "all"}
    page = ada.post("/risk-of-bias/s1", **form)
    assert ada.answer.status_code == 400
    assert "in another window" in said(page, "//*[@role='alert']")
    assert len(ada.lines("risk_of_bias")) == 2
    ada.post("/risk-of-bias/s1", **form)
    assert [(x["field"], x["new_value"]) for x in ada.lines("risk_of_bias")][2:] == [
        ("D1", "low"),
        ("D3", "low"),
    ]


def test_not_judged_does_not_pass_for_taking_a_judgement_back(ada: Browser) -> None:
    ada.get("/risk-of-bias/s1")
    ada.post("/risk-of-bias/s1", tool="RoB 2", D1="low", D1__reason="drawn by computer")
    page = ada.post("/risk-of-bias/s1", tool="RoB 2", D1="", D1__reason="", D2="low", D2__reason="blinded")
    assert "taken back with the button" in said(page, "//*[@role='alert']")
    assert len(ada.lines("risk_of_bias")) == 2
