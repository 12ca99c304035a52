"""Two curators work apart; a third person sees both and decides."""

from __future__ import annotations

import pytest

from .made_up import Browser, row_id, said, spaced

US = row_id("1", "US")


def visitor(ada: Browser, name: str, role: str = "curator") -> Browser:
    other = Browser(ada.desk)
    other.sign_in(name, role)
    return other


@pytest.fixture
def bob(ada: Browser) -> Browser:
    return visitor(ada, "bob")


@pytest.fixture
def cyd(ada: Browser) -> Browser:
    return visitor(ada, "cyd", "adjudicator")


@pytest.fixture
def disputed(ada: Browser, bob: Browser) -> None:
    """Both set the value of a row, each with a reason; and both screen a study."""
    ada.get(f"/row/{US}")
    ada.post(f"/row/{US}/set", f__value="2.5", reason="the table says so")
    bob.get(f"/row/{US}")
    bob.post(f"/row/{US}/set", f__value="2.6", reason="the text says so")
    for browser, decision in ((ada, "include"), (bob, "exclude")):
        browser.get("/screening/s2")
        browser.post("/screening/s2", what="decision", decision=decision, decision__reason="as I see it")


@pytest.mark.usefixtures("disputed")
def test_curators_do_not_see_disagreements(ada: Browser) -> None:
    page = ada.get("/disagreements")
    assert ada.answer.status_code == 403
    assert "Curators work independently" in said(page)
    assert "the text says so" not in ada.answer.text


@pytest.mark.usefixtures("disputed")
def test_the_list_counts_and_filters_and_shows_who_says_what(cyd: Browser) -> None:
    page = cyd.get("/disagreements")
    assert "2 open, 0 decided." in said(page)
    assert "2: they give different values" in said(page)
    rows = spaced(page, "//table[@class='queue']/tbody")
    assert "ada set: 2.5 bob set: 2.6 2.0 open" in rows
    assert "ada set: include bob set: exclude include open" in rows
    assert len(cyd.get("/disagreements?kind=screening").xpath("//table[@class='queue']/tbody/tr")) == 1
    assert len(cyd.get("/disagreements?field=value").xpath("//table[@class='queue']/tbody/tr")) == 1
    assert "Nothing fits" in said(cyd.get("/disagreements?stands=decided"))


@pytest.mark.usefixtures("disputed")
def test_the_figures_of_agreement_stand_on_the_list(cyd: Browser) -> None:
    table = spaced(cyd.get("/disagreements"), "//details//table")
    assert "Value numbers, arms and times (measurement) ada and bob 1 0 %" in table
    assert "ICC is not defined for fewer than two things" in table


@pytest.mark.usefixtures("disputed")
def test_one_disagreement_shows_the_source_both_votes_and_the_machine(cyd: Browser) -> None:
    (path,) = cyd.get("/disagreements?field=value").xpath("//table[@class='queue']//th/a/@href")
    page = cyd.get(path)
    assert "Pain at 4 weeks was" in said(page, "//*[@id='source']")
    assert page.xpath("//*[@id='source']/@data-anchor") == [US]
    words = said(page, "//section[@class='reading']")
    for part in ("ada set: 2.5", "because: the table says so", "bob set: 2.6", "The machine reads: 2.0"):
        assert part in words


@pytest.mark.usefixtures("disputed")
@pytest.mark.parametrize(
    ("form", "value"),
    [
        ({"choice": "curator:ada"}, "2.5"),
        ({"choice": "machine"}, "2.0"),
        ({"choice": "other", "value": "2.4", "record": "file:1", "quote": "2.0±1.0"}, "2.4"),
    ],
)
def test_a_decision_moves_the_pool_and_is_shown_with_its_reason(
    cyd: Browser, form: dict[str, str], value: str
) -> None:
    (path,) = cyd.get("/disagreements?field=value").xpath("//table[@class='queue']//th/a/@href")
    cyd.get(path)
    page = cyd.post(path, **form, reason="I read the table")
    assert f"Decided by cyd: {value}, because: I read the table" in said(page)
    row = cyd.desk.view("").rows[US]
    assert (row["value"], row["state"]) == (value, "adjudicated")
    if value != "2.0":
        assert "before:" in said(page, "//*[@id='notice']")
    line = cyd.lines()[-1]
    assert (line["curator"], line["action"], line["reason"]) == ("cyd", "adjudicate", "I read the table")
    if form["choice"] == "other":
        assert line["new_locator"].startswith("abstract/RESULTS:")
    assert "Nothing fits" in said(cyd.get("/disagreements?stands=open&field=value"))
    assert "1 open, 1 decided." in said(cyd.get("/disagreements"))


@pytest.mark.usefixtures("disputed")
@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"choice": "curator:ada", "reason": " "}, "needs its reason"),
        ({"choice": "", "reason": "why"}, "no such choice"),
        ({"choice": "other", "value": "much", "reason": "why"}, "does not fit value"),
        (
            {"choice": "other", "value": "2.4", "quote": "nowhere", "record": "file:1", "reason": "why"},
            "stand nowhere",
        ),
    ],
)
def test_a_decision_that_does_not_fit_is_refused_in_one_line(
    cyd: Browser, form: dict[str, str], words: str
) -> None:
    (path,) = cyd.get("/disagreements?field=value").xpath("//table[@class='queue']//th/a/@href")
    cyd.get(path)
    before = len(cyd.lines())
    page = cyd.post(path, **form)
    assert cyd.answer.status_code == 400
    assert words in said(page, "//*[@role='alert']")
    assert len(cyd.lines()) == before


@pytest.mark.usefixtures("disputed")
def test_who_voted_on_a_row_is_refused_as_its_adjudicator_with_the_reason(ada: Browser) -> None:
    own = visitor(ada, "ada", "adjudicator")
    (path,) = own.get("/disagreements?field=value").xpath("//table[@class='queue']//th/a/@href")
    page = own.get(path)
    assert "ada has voted on this: an adjudicator is a third person, not one who voted" in said(page)
    assert not page.xpath("//input[@name='choice']")
    page = own.post(path, choice="curator:bob", reason="I was wrong")
    assert "third person" in said(page, "//*[@role='alert']")
    assert [line["action"] for line in own.lines()] == ["set", "set"]


@pytest.mark.usefixtures("disputed")
def test_a_screening_decision_is_adjudicated(cyd: Browser) -> None:
    (path,) = cyd.get("/disagreements?kind=screening").xpath("//table[@class='queue']//th/a/@href")
    assert "The last run has: include" in said(cyd.get(path))
    page = cyd.post(path, choice="curator:bob", reason="no patients")
    assert "Decided by cyd: exclude, because: no patients" in said(page)
    assert cyd.lines("screening")[-1]["action"] == "adjudicate"


def test_a_disagreement_that_was_taken_back_is_no_longer_there(ada: Browser, cyd: Browser) -> None:
    assert "Curators do not disagree about anything" in said(cyd.get("/disagreements"))
    assert cyd.client.get("/disagreements/abc").status_code == 404
    assert ada.client.post(
        "/disagreements/abc", data={"csrf": ada.token}, headers={"Origin": ada.base}
    ).status_code in (403, 404)


def test_a_hostile_reason_is_shown_as_text(ada: Browser, bob: Browser, cyd: Browser) -> None:
    for browser, value in ((ada, "2.5"), (bob, "2.6")):
        browser.get(f"/row/{US}")
        browser.post(f"/row/{US}/set", f__value=value, reason="<script>alert(9)</script> \u202ex")
    (path,) = cyd.get("/disagreements?field=value").xpath("//table[@class='queue']//th/a/@href")
    page = cyd.get(path)
    assert "<script>alert" not in cyd.answer.text
    assert "<script>alert(9)</script> ⟨U+202E⟩x" in said(page)


@pytest.mark.usefixtures("disputed")
@pytest.mark.parametrize(("kind", "value"), [("corrections", "2.6"), ("screening", "exclude")])
def test_a_decision_counts_although_the_clock_of_a_curator_was_ahead(
    ada: Browser, cyd: Browser, kind: str, value: str
) -> None:
    path = ada.desk.logbook.path(kind, "bob")
    text = path.read_text(encoding="utf-8")
    times = [row["time"] for row in ada.lines(kind) if row["curator"] == "bob"]
    path.write_text(text.replace(times[0], "2199-01-01T00:00:00Z"), encoding="utf-8")
    (at,) = cyd.get(f"/disagreements?kind={kind}").xpath("//table[@class='queue']//th/a/@href")
    page = cyd.get(at)
    cyd.post(at, choice="curator:bob", reason="the text is later")
    assert cyd.answer.status_code == 200, said(page)
    page = cyd.get(at)
    assert f"Decided by cyd: {value}" in said(page)


@pytest.mark.usefixtures("disputed")
def test_a_vote_that_changed_since_it_was_shown_is_not_decided_on_blindly(bob: Browser, cyd: Browser) -> None:
    (at,) = cyd.get("/disagreements?field=value").xpath("//table[@class='queue']//th/a/@href")
    cyd.get(at)
    bob.get(f"/row/{US}")
    bob.post(f"/row/{US}/set", f__value="2.7", reason="the supplement says so")
    page = cyd.post(at, choice="curator:bob", reason="as bob says")
    assert cyd.answer.status_code == 400
    assert "somebody said otherwise since" in said(page)
    assert not [x for x in cyd.lines() if x["action"] == "adjudicate"]
    cyd.post(at, choice="curator:bob", reason="as bob says")
    assert [x["new_value"] for x in cyd.lines() if x["action"] == "adjudicate"] == ["2.7"]
