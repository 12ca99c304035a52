"""In a browser, over real tables: correct, add, disagree and decide; the pipeline then gives the same figures."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from sonospine.curation.web.pool_line import pool_text
from sonospine.model.table_io import read_table
from sonospine.model.tables import POOLED

from ..web.made_up import row_id
from .conftest import Served

pytestmark = pytest.mark.browser
US, FL = row_id("1", "US"), row_id("1", "FL")


def _primary(root: Path, analysis: str) -> dict[str, str]:
    rows = read_table(root / POOLED.path, POOLED)
    return next(r for r in rows if (r["analysis"], r["subgroup"], r["variant"]) == (analysis, "", "primary"))


@pytest.mark.slow
def test_a_corrected_value_moves_the_diamond_and_the_report_has_the_same_number(
    real: Served, pipeline: Callable[[], Path]
) -> None:
    view = real.desk.view("ada")
    analysis = "pain_us_vs_other_short"
    effect = next(e for e in view.effects[analysis] if e["included"] == "true")
    key = effect["measurement_ids"].split(";")[0]
    before = float(view.rows[key]["value"])

    page = real.sign_in("ada")
    page.goto(f"{real.address}/row/{key}")
    page.keyboard.press("e")
    page.fill("#f-value", f"{before + 1.3:.1f}")
    page.fill("#reason", "Table 2 prints it so")
    page.press("#reason", "Enter")
    page.wait_for_selector("#notice")
    figure = page.locator("#notice figure.pool", has_text="ultrasound against other guidance")
    former, now = (figure.locator(f"polygon.{name}").get_attribute("points") for name in ("former", "now"))
    assert former is not None
    assert now is not None
    middles = [points.split()[1].split(",")[0] for points in (former, now)]
    assert float(middles[1]) > float(middles[0]), "the diamond moved to the right"
    said = figure.locator(".numbers .now b").inner_text()
    assert said not in figure.locator(".numbers .former").inner_text()

    root = pipeline()
    pooled = _primary(root, analysis)
    assert pool_text(pooled) == said
    assert pooled == view_row(real, analysis)
    report = html.fromstring((root / "results/report/index.html").read_text(encoding="utf-8"))
    (article,) = report.xpath(f"//article[@id='analysis-{analysis}']")
    told = " ".join(article.text_content().split())
    estimate, interval = re.fullmatch(r"\S+ (\S+) \[(.+)\], k = .*", said).groups()  # type: ignore[union-attr]
    assert estimate in told
    assert all(bound in told for bound in interval.split(", "))
    assert page.complaints == []


def view_row(served: Served, analysis: str) -> dict[str, str]:
    """Return the pool that the page holds."""
    return dict(served.desk.view("ada").pooled[analysis])


def _set_value(page: Any, served: Served, row: str, value: str, reason: str) -> None:
    page.goto(f"{served.address}/row/{row}")
    page.fill("#f-value", value)
    page.fill("#reason", reason)
    page.click("text=Save changes")
    page.wait_for_selector("#notice")


def test_two_curators_work_apart_and_a_third_person_decides(small: Served) -> None:
    ada, bob = small.sign_in("ada"), small.sign_in("bob")
    _set_value(ada, small, US, "2.5", "the table says so")
    bob.goto(f"{small.address}/row/{US}")
    assert bob.input_value("#f-value") == "2.0", "neither sees what the other did"
    assert "ada" not in bob.inner_text("main")
    _set_value(bob, small, US, "2.6", "the text says so")
    for page in (ada, bob):
        assert page.goto(f"{small.address}/disagreements").status == 403
    cyd = small.sign_in("cyd", "adjudicator")
    cyd.click("nav >> text=Disagreements")
    cyd.click("table.queue th a")
    words = cyd.inner_text("main")
    for part in ("ada", "2.5", "the table says so", "bob", "2.6", "the text says so"):
        assert part in words
    cyd.get_by_label(re.compile(r"2\.6.*bob")).check()
    cyd.get_by_label("Reason").first.fill("I read the paper again")
    cyd.get_by_role("button", name=re.compile("Decide")).first.click()
    cyd.wait_for_selector("#notice")
    assert "Decided by cyd: 2.6, because: I read the paper again" in " ".join(cyd.inner_text("main").split())
    row = small.desk.view("").rows[US]
    assert (row["value"], row["state"]) == ("2.6", "adjudicated")
    assert [(r["curator"], r["action"]) for r in small.lines()] == [
        ("ada", "set"), ("bob", "set"), ("cyd", "adjudicate"),
    ]  # fmt: skip


def test_a_missed_value_is_added_by_selecting_it_with_the_mouse(small: Served) -> None:
    page = small.sign_in("ada")
    page.goto(f"{small.address}/row/{US}")
    cell = page.locator("#source [data-address='table/T1:r2c2']")
    cell.scroll_into_view_if_needed()
    box = cell.evaluate(
        "e => { const r = document.createRange(); r.selectNodeContents(e); return r.getBoundingClientRect(); }"
    )
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 1, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 0.5, middle, steps=4)
    page.mouse.up()
    page.wait_for_selector("#fill:not([hidden])")
    assert page.inner_text("#fill [data-selected]") == "1.9"
    page.click("#fill >> text=missed result")
    page.wait_for_url("**/add?**")
    assert page.input_value("#f-value") == "1.9"
    page.fill("#f-weeks", "12")
    page.fill("#f-arm", "FL")
    page.click("text=Add the result")
    page.wait_for_selector("text=added by a person")
    told = {r["field"]: r["new_value"] for r in small.lines()}
    assert (told["value"], told["locator"], told["source"]) == ("1.9", "table/T1:r2c2:0-3", "table")
    (added,) = [row for row in small.desk.view("ada").rows.values() if row["state"] == "added"]
    assert (added["value"], added["weeks"], added["arm"]) == ("1.9", "12", "FL")


def test_two_windows_of_one_person_lose_nothing(small: Served) -> None:
    first, second = small.sign_in("ada"), small.sign_in("ada")
    for page, row in ((first, US), (second, FL)):
        page.goto(f"{small.address}/row/{row}")
    for page in (first, second):
        page.keyboard.press("c")
        page.wait_for_selector("#notice")
    assert sorted(r["target_id"] for r in small.lines()) == sorted([US, FL])
    assert {small.desk.view("ada").rows[row]["state"] for row in (US, FL)} == {"confirmed"}


def test_a_row_is_corrected_and_taken_back_with_the_keyboard_alone(small: Served) -> None:
    context = small.chromium.new_context()
    small.contexts.append(context)
    page = context.new_page()
    page.goto(small.address)

    def tab_to(what: str) -> None:
        for _ in range(80):
            if page.evaluate("what => document.activeElement?.matches(what)", what):
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"Tab never reaches {what}")

    tab_to("#name")
    page.keyboard.type("ada")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Queue')")
    tab_to(f"a[href^='/row/{US}']")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none", "one sees where one is"
    page.keyboard.press("Enter")
    page.wait_for_selector("#f-value")
    tab_to("#f-value")
    page.keyboard.press("Control+A")
    page.keyboard.type("2.7")
    tab_to("#reason")
    page.keyboard.type("typed")
    page.keyboard.press("Enter")
    page.wait_for_selector("#notice:focus")
    assert [(r["field"], r["new_value"], r["reason"]) for r in small.lines()] == [("value", "2.7", "typed")]
    page.keyboard.press("Tab")
    tab_to("#notice button")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Taken back.")
    assert [r["action"] for r in small.lines()] == ["set", "undo"]
