"""What a curator does on the pages writes the right lines and shows what they did."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sonospine.corrections.additions import addition_id
from sonospine.curation import lines
from sonospine.curation.queue import Queue
from sonospine.curation.tables import Tables
from sonospine.curation.web.queues import Queues

from .made_up import HOSTILE, Browser, row_id, said, text_of

ROW = row_id("1", "US")
PATH = f"/row/{ROW}"


def _notice(page) -> str:
    return said(page, "//*[@id='notice']")


def test_the_queue_lists_every_number_and_how_many_are_verified(ada: Browser) -> None:
    page = ada.get("/")
    assert "0 of 6 pooled numbers verified by a person" in said(page, "//p[@class='progress']")
    links = page.xpath("//table[@class='queue']//th/a/@href")
    assert {f"/row/{row_id(s, arm)}" for s in "123" for arm in ("US", "FL")} <= set(links)
    assert "/study/s1/add?record=file%3A1&place=figure%2FF1" in links


def test_filters_narrow_the_queue_and_stay_on_the_way(ada: Browser) -> None:
    page = ada.get("/?study=s2")
    links = page.xpath("//table[@class='queue']//th/a/@href")
    assert sorted(links) == sorted(f"/row/{row_id('2', arm)}?study=s2" for arm in ("US", "FL"))
    page = ada.get(links[0])
    assert page.xpath("//a[@data-key='s n']/@href") == [links[1]]
    assert "1 of 2 in the queue" in said(page, "//p[@class='crumbs']")
    assert "Nothing in the queue fits" in said(ada.get("/?state=adjudicated"))


def test_a_number_stands_marked_in_its_source_with_links_outside(ada: Browser) -> None:
    page = ada.get(PATH)
    (mark,) = page.xpath(f"//div[@id='source']//mark[@id='{ROW}']")
    assert mark.text_content() == "2.0±1.0"
    assert "used" in mark.get("class").split()
    assert page.xpath("//div[@id='source']/@data-anchor") == [ROW]
    outside = page.xpath("//p[@class='record']/a/@href")
    assert "https://pubmed.ncbi.nlm.nih.gov/123456/" in outside
    assert "https://clinicaltrials.gov/study/NCT01234567" in outside
    cells = page.xpath("//div[@id='source']//td/@data-address")
    assert "table/T1:r1c1" in cells


def test_a_row_shows_what_it_becomes(ada: Browser) -> None:
    words = said(ada.get(PATH), "//section[@aria-label='Reading']")
    for part in (
        "mean 2.0, SD 1.0, n = 30",
        "Confidence 80 %",
        "taken for an SD",
        "MD −1.00",
        "weight",
        "k = 3",
        "not yet checked",
    ):
        assert part in words


def test_confirming_writes_one_line_and_says_so(ada: Browser) -> None:
    ada.get(PATH)
    page = ada.post(f"{PATH}/confirm")
    assert ada.answer.url.path == PATH
    (line,) = ada.lines()
    assert (line["action"], line["target_id"], line["curator"], line["field"]) == ("confirm", ROW, "ada", "")
    assert json.loads(line["seen"])["value"] == "2.0"
    assert line["source_sha256"] == "1" * 64
    assert "Confirmed." in _notice(page)
    assert "confirmed by one person" in said(page, "//p[@class='values']")
    assert "1 of 6" in said(ada.get("/"), "//p[@class='progress']")


def test_setting_a_value_shows_the_diamond_before_and_after(ada: Browser) -> None:
    ada.get(PATH)
    page = ada.post(f"{PATH}/set", f__value="1.0", reason="misread")
    (line,) = ada.lines()
    assert (line["action"], line["field"], line["old_value"], line["new_value"]) == (
        "set",
        "value",
        "2.0",
        "1.0",
    )
    assert line["reason"] == "misread"
    before, after = (
        said(page, f"//*[@id='notice']//p[@class='numbers']//*[@class='{n}']") for n in ("former", "now")
    )
    assert before.startswith("before: MD −1.17")
    assert after.startswith("now: MD −1.5")
    assert len(page.xpath("//*[@id='notice']//polygon")) == 2
    assert "read: 2.0" in said(page, "//div[contains(@class,'changed')]")


def test_only_what_changed_is_set_and_nothing_is_written_where_nothing_did(ada: Browser) -> None:
    ada.get(PATH)
    page = ada.post(f"{PATH}/set", f__value="2.0", f__n="30", f__outcome=" Pain ")
    assert ada.lines() == []
    assert "Nothing was changed" in _notice(page)


def test_several_fields_are_taken_back_together(ada: Browser) -> None:
    ada.get(PATH)
    page = ada.post(f"{PATH}/set", f__value="1.0", f__n="29")
    assert len(ada.lines()) == 2
    (actions,) = page.xpath("//*[@id='notice']//input[@name='actions']/@value")
    page = ada.post("/undo", actions=actions, back=PATH)
    assert [line["action"] for line in ada.lines()] == ["set", "set", "undo", "undo"]
    assert "Taken back." in _notice(page)
    assert "mean 2.0, SD 1.0, n = 30" in said(page, "//p[@class='values']")
    assert "not yet checked" in said(page, "//p[@class='values']")


def test_a_place_selected_in_the_source_goes_into_the_line(ada: Browser) -> None:
    ada.get(PATH)
    page = ada.post(f"{PATH}/set", f__value="1.1", at__value="table/T1:r2c1:0-3", quote__value="1.1")
    (line,) = ada.lines()
    assert (line["new_locator"], line["new_quote"], line["new_value"]) == ("table/T1:r2c1:0-3", "1.1", "1.1")
    assert "“1.1” stands at table/T1:r2c1:0-3" in _notice(page)
    assert page.xpath(f"//td[@data-address='table/T1:r2c1']/mark[@id='{ROW}']")


def test_a_place_counts_code_points_past_hidden_characters(ada: Browser) -> None:
    start = text_of("1").index("4 weeks")
    assert start > len(HOSTILE)
    ada.get(PATH)
    ada.post(f"{PATH}/set", f__time="4 wk", at__n=f"abstract/RESULTS:{start}-{start + 1}", quote__n="4")
    assert [line["new_quote"] for line in ada.lines() if line["field"] == "n"] == ["4"]


def test_characters_that_stand_once_are_found_by_themselves(ada: Browser) -> None:
    ada.get(PATH)
    ada.post(f"{PATH}/set", f__value="1.9", quote__value="1.9")
    assert [line["new_locator"] for line in ada.lines()] == ["table/T1:r2c2:0-3"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"f__value": "abc"}, "the value does not fit value"),
        ({"f__spread": "sem"}, "the value does not fit spread"),
        ({"at__value": "table/T1:r1c1:0-3", "quote__value": "9.9"}, "other characters stand at that place"),
        ({"at__value": "table/T9:r1c1:0-3"}, "there is no such place"),
        ({"quote__value": "77.7"}, "stand nowhere"),
        ({"quote__value": "±1.0"}, "stand at 2 places"),
        ({"quote__value": "2.0", "record": "file:2"}, "stands in the record where it was read"),
    ],
)
def test_what_does_not_fit_is_told_and_what_was_typed_stays(
    ada: Browser, fields: dict[str, str], words: str
) -> None:
    ada.get(PATH)
    page = ada.post(f"{PATH}/set", **{"f__n": "28", **fields})
    assert ada.answer.status_code == 400
    assert words in said(page, "//*[@role='alert']")
    assert page.xpath("//input[@name='f.n']/@value") == ["28"]
    assert ada.lines() == []


def test_an_alternative_is_one_key_away(ada: Browser) -> None:
    page = ada.get(PATH)
    buttons = page.xpath("//ol[@class='alternatives']//button")
    assert [b.get("data-key") for b in buttons] == ["1", "2"]
    assert "SE" in buttons[0].text_content()
    page = ada.post(f"{PATH}/alternative", field="spread", value="se")
    (line,) = ada.lines()
    assert (line["action"], line["field"], line["new_value"]) == ("set", "spread", "se")
    assert page.xpath("//ol[@class='alternatives']//button[@data-key='1']/@disabled")


def test_rejecting_asks_for_a_reason(ada: Browser) -> None:
    ada.get(PATH)
    page = ada.post(f"{PATH}/reject", reason="  ")
    assert ada.answer.status_code == 400
    assert "needs its reason" in said(page, "//*[@role='alert']")
    page = ada.post(f"{PATH}/reject", reason="it is a range of motion")
    (line,) = ada.lines()
    assert (line["action"], line["reason"]) == ("reject", "it is a range of motion")
    assert "rejected" in said(page, "//p[@class='values']")
    assert "k = 2" in _notice(page)


def test_one_cannot_take_back_what_another_wrote(ada: Browser) -> None:
    bob = Browser(ada.desk)
    bob.sign_in("bob")
    bob.get(PATH)
    bob.post(f"{PATH}/confirm")
    (line,) = ada.lines()
    ada.get("/")
    ada.post("/undo", actions=line["action_id"])
    assert ada.answer.status_code == 400
    assert len(ada.lines()) == 1


def test_curators_do_not_see_each_other_and_an_adjudicator_sees_both(ada: Browser) -> None:
    ada.get(PATH)
    ada.post(f"{PATH}/set", f__value="1.0", reason="secret of ada")
    bob = Browser(ada.desk)
    bob.sign_in("bob")
    page = bob.get(PATH)
    for text in (said(page), said(bob.get("/study/s1")), said(bob.get("/history")), said(bob.get("/"))):
        assert "secret of ada" not in text
    assert "mean 2.0" in said(page, "//p[@class='values']")
    bob.post(f"{PATH}/set", f__value="1.2")
    cat = Browser(ada.desk)
    cat.sign_in("cat", "adjudicator")
    page = cat.get(PATH)
    assert "secret of ada" in said(page)
    assert "curators disagree" in said(page, "//p[@class='values']")


def test_an_adjudicator_does_not_vote(ada: Browser) -> None:
    cat = Browser(ada.desk)
    cat.sign_in("cat", "adjudicator")
    page = cat.get(PATH)
    assert page.xpath("//button[@data-key='c']") == []
    cat.post(f"{PATH}/confirm")
    assert cat.answer.status_code == 400
    assert cat.lines() == []


def test_a_missed_result_is_added_by_selecting_its_number_and_shows_up_at_once(ada: Browser) -> None:
    page = ada.get(f"/study/s1/add?record=file:1&like={ROW}&at=table/T1:r2c1:0-3&quote=1.1&value=1.1")
    assert page.xpath("//input[@name='f.value']/@value") == ["1.1"]
    assert page.xpath("//input[@name='at.value']/@value") == ["table/T1:r2c1:0-3"]
    assert page.xpath("//input[@name='f.arm']/@value") == ["US"]
    fields = {"f__value": "1.1", "at__value": "table/T1:r2c1:0-3", "quote__value": "1.1", "f__outcome": "Pain", "f__arm": "US",
              "f__centre": "mean", "f__spread": "none", "f__change": "false", "f__adjusted": "false", "f__weeks": "12",
              "f__phase": "follow_up", "f__instrument": "nrs", "record": "file:1"}  # fmt: skip
    page = ada.post("/study/s1/add", **fields)
    lines = ada.lines()
    assert {line["action"] for line in lines} == {"add"}
    assert lines[-1]["field"] == "end"
    added = addition_id(lines[0]["group_id"])
    assert ada.answer.url.path == f"/row/{added}"
    assert "added by a person" in said(page, "//p[@class='values']")
    assert page.xpath(f"//td[@data-address='table/T1:r2c1']/mark[@id='{added}']")
    assert added in ada.get("/study/s1").xpath(
        "string(//table[@class='queue']//a[contains(@href, '/row/x')]/@href)"
    )


def test_a_missed_result_is_typed_with_page_and_note(ada: Browser) -> None:
    ada.get("/study/s1/add?record=file:1&place=figure/F1")
    fields = {"f__value": "1.4", "f__outcome": "Pain", "f__arm": "US", "f__centre": "mean", "f__spread": "none", "f__change": "false",
              "f__adjusted": "false", "kind": "figure", "where": "Figure 1, page 7", "record": "file:1"}  # fmt: skip
    page = ada.post("/study/s1/add", **fields)
    assert ada.answer.status_code == 400
    assert "reason" in said(page, "//*[@role='alert']")
    assert page.xpath("//input[@id='where']/@value") == ["Figure 1, page 7"]
    page = ada.post("/study/s1/add", **fields, reason="read off with a ruler")
    told = {line["field"]: line["new_value"] for line in ada.lines()}
    assert (told["source"], told["locator"], told["value"]) == ("figure", "Figure 1, page 7", "1.4")
    assert ada.lines()[0]["reason"] == "read off with a ruler"
    assert "Figure 1, page 7" in said(page, "//div[@id='source']")


def test_taking_an_addition_back_takes_the_row_away(ada: Browser) -> None:
    ada.get("/study/s1/add?record=file:1")
    page = ada.post("/study/s1/add", f__value="1.1", f__centre="mean", f__spread="none", f__change="false", f__adjusted="false",
                    quote__value="1.1", record="file:1")  # fmt: skip
    assert len(page.xpath("//ul[@class='log']/li")) == 1, "the lines of one addition are told as one"
    page = ada.get("/history")
    assert [said(row, "td[2]") for row in page.xpath("//tbody/tr")] == ["added the row"]
    (actions,) = page.xpath("//tbody//input[@name='actions']/@value")
    ada.post("/undo", actions=actions, back="/history")
    assert len(ada.get("/study/s1").xpath("//table[@class='queue']/tbody/tr")) == 2


def test_an_arm_is_renamed_once_for_all_its_rows(ada: Browser) -> None:
    page = ada.get("/study/s1")
    (form,) = page.xpath("//form[contains(@action, '/arm/')][.//input[@name='f.label'][@value='US']]")
    page = ada.post(form.get("action"), f__label="Ultrasound group", reason="clearer")
    (line,) = ada.lines()
    assert (line["target_type"], line["field"], line["new_value"]) == ("arm", "label", "Ultrasound group")
    assert page.xpath("//input[@name='f.label'][@value='Ultrasound group']")
    assert "Saved for all rows of the arm" in _notice(page)


def test_a_time_is_moved_once_for_all_its_rows(ada: Browser) -> None:
    page = ada.get("/study/s1")
    (form,) = page.xpath("//form[contains(@action, '/timepoint/')]")
    page = ada.post(form.get("action"), f__weeks="5")
    (line,) = ada.lines()
    assert (line["target_type"], line["field"], line["new_value"]) == ("timepoint", "weeks", "5")
    for arm in ("US", "FL"):
        assert ada.get(f"/row/{row_id('1', arm)}").xpath("//input[@name='f.weeks']/@value") == ["5"]


def test_an_arm_of_another_study_is_not_found(ada: Browser) -> None:
    page = ada.get("/study/s1")
    action = page.xpath("//form[contains(@action, '/arm/')]/@action")[0].replace("/s1/", "/s2/")
    ada.post(action, f__label="x")
    assert ada.answer.status_code == 404
    assert ada.lines() == []


def test_history_lists_my_lines_newest_first_and_takes_back(ada: Browser) -> None:
    ada.get(PATH)
    ada.post(f"{PATH}/confirm")
    ada.post(f"{PATH}/set", f__n="29")
    page = ada.get("/history")
    told = [said(row, "td[2]") for row in page.xpath("//table/tbody/tr")]
    assert told[0].startswith("set People (n): 30 → 29")
    assert told[1] == "confirmed the row"
    ada.post("/undo", actions=page.xpath("//tbody/tr[1]//input[@name='actions']/@value")[0], back="/history")
    assert ada.answer.url.path == "/history"
    assert "n = 30" in said(ada.get(PATH), "//p[@class='values']")


def test_a_line_that_another_program_spoilt_is_told_at_the_top_and_the_pages_go_on(ada: Browser) -> None:
    folder = ada.desk.logbook.folder / "corrections"
    ada.get(PATH)
    ada.post(f"{PATH}/confirm")
    good = (folder / "ada.tsv").read_text(encoding="utf-8")
    (folder / "bob.tsv").write_text(
        good.replace("ada", "bob").replace("\tconfirm\t", "\tapprove\t"), encoding="utf-8"
    )
    for _ in range(2):
        page = ada.get("/")
        assert "bob.tsv, line 2, action" in said(page, "//p[@class='fault']")
    assert said(page, "//h1") == "Queue"
    (folder / "bob.tsv").unlink()
    assert ada.get("/").xpath("//p[@class='fault']") == []


def test_the_queue_of_each_viewer_is_the_one_worked_out_from_nothing(ada: Browser) -> None:
    queues = Queues(ada.desk.tables)
    queues.of(ada.desk.view("cat"))
    for number, name in enumerate(("ada", "bob", "ada", "")):
        if name:
            line = lines.set_field(
                lines.hand_of(name), ada.desk.view(name).shown("measurement", ROW), "n", str(20 + number)
            )
            ada.desk.save("corrections", name, [line])
        for viewer in ("ada", "bob", "cat", ""):
            view = ada.desk.view(viewer)
            made, anew = queues.of(view), Queue(view, ada.desk.tables)
            assert made.entries() == anew.entries()
            assert made.progress() == anew.progress()


def test_lines_that_another_program_wrote_are_taken_in(ada: Browser) -> None:
    cat = Browser(ada.desk)
    cat.sign_in("cat", "adjudicator")
    assert "0 of 6" in said(cat.get("/"), "//p[@class='progress']")
    ada.get(PATH)
    ada.post(f"{PATH}/confirm")
    assert "1 of 6" in said(cat.get("/"), "//p[@class='progress']")


@pytest.mark.parametrize("choice", ["again", "drop"])
def test_a_stale_line_is_asked_again(trials: Tables, tmp_path: Path, ada: Browser, choice: str) -> None:
    ada.get(PATH)
    ada.post(f"{PATH}/set", f__n="29", reason="the table says so")
    file = ada.desk.logbook.folder / "corrections" / "ada.tsv"
    # The machine reads otherwise than when the line was written: what the line saw is another value.
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('""value"": ""2.0""', '""value"": ""2.9""'), encoding="utf-8")
    page = ada.get("/stale")
    assert "set People (n): 30 → 29" in said(page)
    assert [said(cell, ".") for cell in page.xpath("//section[@class='again']//tbody/tr/*")] == [
        "Value",
        "2.9",
        "2.0",
    ]
    assert "asked again" in said(ada.get("/?kind=stale"), "//table[@class='queue']")
    row = ada.get(PATH)
    assert "n = 30" in said(row, "//p[@class='values']")
    assert row.xpath("//section[@class='again']")
    action = ada.lines()[0]["action_id"]
    ada.post(f"/stale/{action}", choice=choice)
    told = [(line["action"], line["new_value"], line["refers_to"]) for line in ada.lines()[1:]]
    assert told == [("undo", "", action), ("set", "29", "")][: 2 if choice == "again" else 1]
    assert "Nothing: every line" in said(ada.get("/stale"))
    assert f"n = {29 if choice == 'again' else 30}" in said(ada.get(PATH), "//p[@class='values']")


def test_searching_the_source_gives_places_to_take(ada: Browser) -> None:
    page = ada.get(f"{PATH}?find=3.0")
    assert page.xpath("//button/@data-take") == [
        f"abstract/RESULTS:{text_of('1').index('3.0')}-{text_of('1').index('3.0') + 3}", "table/T1:r1c2:0-3",
    ]  # fmt: skip


def test_a_figure_that_nobody_read_leads_to_a_form_beside_it(ada: Browser) -> None:
    page = ada.get("/study/s1/add?record=file:1&place=figure/F1")
    assert page.xpath("//*[@id='place']/@data-address") == ["figure/F1"]
    assert page.xpath("//select[@id='kind']/option[@selected]/@value") == ["figure"]


def test_what_one_window_did_is_not_told_in_another(ada: Browser) -> None:
    ada.get(PATH)
    said_to_the_first = ada.client.post(
        f"{PATH}/reject",
        data={"csrf": ada.token, "saw": ada.saw[f"{PATH}/reject"]["saw"], "reason": "no result"},
        headers={"Origin": ada.base},
        follow_redirects=False,
    )
    other = ada.get(f"/row/{row_id('2', 'US')}")
    assert not other.xpath("//*[@id='notice']")
    assert "Rejected." in _notice(ada.get(said_to_the_first.headers["location"]))
    assert not ada.get(said_to_the_first.headers["location"]).xpath("//*[@id='notice']")


def test_a_figure_has_its_place_in_the_queue_of_a_filter_too(ada: Browser) -> None:
    page = ada.get("/?study=s1")
    (link,) = page.xpath("//table[@class='queue']//th/a[contains(@href, 'place=')]/@href")
    assert "of 3 in the queue" in said(ada.get(link), "//p[@class='crumbs']")


def _in_another_window(ada: Browser, page: str, path: str, **fields: str) -> None:
    """Let another window of the same browser do something: this one keeps what it saw."""
    other = Browser(ada.desk, ada.base)
    other.sign_in()
    other.get(page)
    other.post(path, **fields)


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("confirm", {}),
        ("set", {"f__value": "1.5", "f__n": "30"}),
        ("reject", {"reason": "no"}),
        ("alternative", {"field": "n", "value": "28"}),
    ],
)
def test_a_row_that_changed_since_it_was_shown_is_asked_again(
    ada: Browser, what: str, fields: dict[str, str]
) -> None:
    ada.get(PATH)
    _in_another_window(ada, PATH, f"{PATH}/set", f__n="29")
    page = ada.post(f"{PATH}/{what}", **fields)
    assert [line["action"] for line in ada.lines()] == ["set"]
    assert "n 30 → 29" in _notice(page)
    # What was not touched is shown as it is now, what was typed stays; said again, it is taken.
    assert page.xpath("//input[@name='f.n']/@value") == ["29"]
    fields = {**fields, **({"f__n": "29"} if "f__n" in fields else {})}
    ada.post(f"{PATH}/{what}", **fields)
    assert ada.answer.status_code == 200
    assert len(ada.lines()) == 2


def test_a_form_that_does_not_say_what_was_seen_confirms_nothing(ada: Browser) -> None:
    ada.get(PATH)
    for seen in ("", "[]", "{", "{}"):
        ada.post(f"{PATH}/confirm", saw=seen)
        assert ada.answer.status_code == 400
    assert ada.lines() == []
    ada.get(PATH)
    ada.post(f"{PATH}/comment", reason="a comment needs no more")
    assert len(ada.lines()) == 1


def test_an_arm_that_changed_since_it_was_shown_is_asked_again(ada: Browser) -> None:
    page = ada.get("/study/s1")
    (path,) = {
        p
        for p in ada.saw
        if "/arm/" in p and page.xpath(f"//form[@action='{p}'][contains(@aria-label, 'US')]")
    }
    _in_another_window(ada, "/study/s1", path, f__label="US guided")
    ada.post(path, action="confirm")
    assert ada.answer.status_code == 400
    assert [line["action"] for line in ada.lines()] == ["set"]
