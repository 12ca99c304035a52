"""In a browser: a click on a number of the plot shows the marked quote."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import running_chromium

from sonospine.report.folder import write_folder

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from running_chromium()


@pytest.fixture
def index(browser: Any, made: Any, tmp_path: Path) -> Iterator[Any]:
    write_folder(tmp_path / "report", made.files)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.goto((tmp_path / "report" / "index.html").as_uri())
    yield page
    page.close()


def test_a_click_on_a_number_of_the_plot_shows_the_marked_quote(index: Any) -> None:
    row = index.locator("#analysis-change svg.forest a[*|href$='s1.html#e1']")
    row.scroll_into_view_if_needed()
    box = row.bounding_box()
    index.mouse.click(box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2)  # the printed effect
    index.wait_for_url("**#e1")
    assert index.url.endswith("studies/s1.html#e1")
    mark = index.locator("#e1 mark.used", has_text="1.85 ± 0.37").first
    assert mark.is_visible()
    box = mark.bounding_box()
    assert 0 <= box["y"] <= 900, "the quote stands in the window without scrolling"


def test_the_quote_leads_on_to_its_place_in_the_whole_source(index: Any) -> None:
    index.locator("#analysis-change svg.forest a[*|href$='s3.html#e3']").click()
    index.locator("#e3 .place a").first.click()
    assert index.url.endswith("#mreg")
    box = index.locator("#mreg").bounding_box()
    assert 0 <= box["y"] <= 900


def test_the_sheet_and_the_colours_of_the_figure_survive_the_policy(index: Any) -> None:
    assert index.complaints == []
    fills = index.eval_on_selector_all("svg.forest path", "all => all.map(e => getComputedStyle(e).fill)")
    assert "rgb(31, 78, 121)" in fills
    banner = index.eval_on_selector(".banner", "e => getComputedStyle(e).backgroundColor")
    assert banner == "rgb(255, 244, 204)"


@pytest.mark.parametrize("width", [380, 1280])
def test_the_page_never_scrolls_sideways(index: Any, width: int) -> None:
    index.set_viewport_size({"width": width, "height": 900})
    assert index.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")


@pytest.mark.parametrize("name", ["index", "methods", "prisma"])
def test_a_narrow_screen_or_a_sheet_of_a4_cuts_no_table(index: Any, name: str) -> None:
    index.goto(index.url.replace("index.html", f"{name}.html"))
    for medium, width in (("screen", 640), ("print", 703)):  # A4 between its margins
        index.emulate_media(media=medium)
        index.set_viewport_size({"width": width, "height": 900})
        assert index.evaluate("document.documentElement.scrollWidth") <= width
        cut = (
            "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.getAttribute('aria-label'))"
        )
        tables = index.locator("main > section#results .scroll, main > .scroll")
        assert tables.evaluate_all(cut) == []
    assert index.complaints == []


def test_the_keyboard_reaches_the_rows_of_the_plot(index: Any) -> None:
    stops = index.locator("svg.forest a")
    stops.first.focus()
    index.keyboard.press("Enter")
    index.wait_for_url("**/studies/*.html#e*")
