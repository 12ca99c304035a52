"""In a browser: keys, selecting in the source, and where the focus goes (``curate.js``)."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from browsers import running_chromium

from sonospine.curation.tables import Tables
from sonospine.curation.web.app import application

from .made_up import HOSTILE, Browser, desk_at, row_id, text_of

ROW = row_id("1", "US")

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    yield from running_chromium()


@pytest.fixture
def served(trials: Tables, tmp_path: Path) -> Iterator[tuple[str, Browser]]:
    """The address of a running server, and a browser without a screen over the same desk (to read the lines)."""
    desk = desk_at(tmp_path, trials)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(application(desk, port=port), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        until = time.monotonic() + 20
        while not server.started and time.monotonic() < until:
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}", Browser(desk)
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture
def page(chromium: Any, served: tuple[str, Browser]) -> Iterator[Any]:
    """The page of a row, as the curator ada sees it; ``complaints`` are what the browser says against it."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(served[0] + "/")
    page.fill("#name", "ada")
    page.click("text=Sign in >> nth=-1")
    # Whoever goes on before the answer is there has not signed in.
    page.wait_for_selector("h1:has-text('Queue')")
    page.goto(f"{served[0]}/row/{ROW}")
    yield page
    context.close()


def _select(page: Any, place: str, words: str) -> None:
    """Select words of a place across whatever marks they stand in."""
    page.evaluate(
        """([place, words]) => {
            const element = document.querySelector(`#source [data-address="${place}"]`);
            const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
            const nodes = [], at = element.textContent.indexOf(words);
            for (let seen = 0; walker.nextNode(); seen += walker.currentNode.length)
                nodes.push([walker.currentNode, seen]);
            const find = (offset) => {
                const [node, start] = nodes.filter(([, first]) => first <= offset).pop();
                return [node, offset - start];
            };
            document.activeElement.blur();
            const range = document.createRange();
            range.setStart(...find(at));
            range.setEnd(...find(at + words.length));
            getSelection().removeAllRanges();
            getSelection().addRange(range);
        }""",
        [place, words],
    )
    page.wait_for_selector("#fill:not([hidden])")


def test_c_confirms_and_the_focus_goes_to_what_was_saved(page: Any, served: tuple[str, Browser]) -> None:
    page.keyboard.press("c")
    page.wait_for_selector("#notice")
    assert "Confirmed." in page.inner_text("#notice")
    page.wait_for_selector("#notice:focus")
    page.wait_for_selector("#live:has-text('Confirmed.')", state="attached")
    assert [line["action"] for line in served[1].lines()] == ["confirm"]
    page.keyboard.press("u")
    page.wait_for_selector("text=Taken back.")
    assert [line["action"] for line in served[1].lines()] == ["confirm", "undo"]
    assert page.complaints == []


def test_keys_do_nothing_while_a_field_is_typed_in(page: Any, served: tuple[str, Browser]) -> None:
    page.keyboard.press("e")
    page.focus("#f-outcome")
    page.keyboard.press("End")
    page.keyboard.type("crsun1?")
    assert page.input_value("#f-outcome") == "Paincrsun1?"
    page.focus("#f-spread")
    page.keyboard.press("c")
    page.wait_for_timeout(200)
    assert served[1].lines() == []
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.wait_for_selector("#reject-reason:focus")


def test_keys_can_be_turned_off(page: Any, served: tuple[str, Browser]) -> None:
    page.keyboard.press("?")
    page.wait_for_url("**/keys")
    page.check("#keys-off")
    page.goto(f"{served[0]}/row/{ROW}")
    page.keyboard.press("c")
    page.wait_for_timeout(200)
    assert served[1].lines() == []


def test_a_number_takes_an_alternative(page: Any, served: tuple[str, Browser]) -> None:
    page.keyboard.press("1")
    page.wait_for_selector("#notice")
    assert [(line["field"], line["new_value"]) for line in served[1].lines()] == [("spread", "se")]


def test_a_number_selected_past_hidden_characters_fills_a_field(
    page: Any, served: tuple[str, Browser]
) -> None:
    _select(page, "abstract/RESULTS", "3.0±1.0")
    start = text_of("1").index("3.0±1.0")
    assert start > len(HOSTILE)
    assert page.inner_text("#fill [data-locator]") == f"abstract/RESULTS:{start}-{start + 7}"
    page.keyboard.press("v")
    assert page.input_value("#f-value") == "3.0"
    page.keyboard.press("Enter")
    page.wait_for_selector("#notice")
    (line,) = served[1].lines()
    assert (line["new_value"], line["new_quote"]) == ("3.0", "3.0±1.0")
    assert line["new_locator"] == f"abstract/RESULTS:{start}-{start + 7}"
    assert page.complaints == []


def test_a_selection_of_hidden_characters_themselves_is_the_text_of_the_paper(
    page: Any, served: tuple[str, Browser]
) -> None:
    _select(page, "abstract/RESULTS", "⟨U+202E⟩reversed")
    start = text_of("1").index("\u202ereversed")
    assert page.inner_text("#fill [data-locator]") == f"abstract/RESULTS:{start}-{start + 9}"


def test_a_missed_result_is_added_from_what_is_selected(page: Any, served: tuple[str, Browser]) -> None:
    _select(page, "table/T1:r2c1", "1.1")
    page.keyboard.press("a")
    page.wait_for_url("**/add?**")
    assert page.input_value("#f-value") == "1.1"
    page.fill("#f-weeks", "12")
    page.click("text=Add the result")
    page.wait_for_selector("text=added by a person")
    page.wait_for_url("**/row/x*")
    page.go_back()
    page.wait_for_selector("text=Add a result that was missed")
    told = {line["field"]: line["new_value"] for line in served[1].lines()}
    assert (told["value"], told["weeks"], told["locator"], told["source"]) == (
        "1.1",
        "12",
        "table/T1:r2c1:0-3",
        "table",
    )


def test_a_place_is_found_and_taken_by_keys_alone(page: Any, served: tuple[str, Browser]) -> None:
    page.keyboard.press("/")
    page.keyboard.type("1.9")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-take]")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#fill:not([hidden])")
    page.keyboard.press("v")
    assert page.input_value("#f-value") == "1.9"
    assert page.input_value("[name='at.value']") == "table/T1:r2c2:0-3"


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("5.27±0.45", "5.27"), ("5,27", "5.27"), ("5·27", "5.27"), ("1,234", "1234"), ("−3.5", "-3.5"), ("(12)", "12"),
        ("n = 26", "26"), (".5", ".5"), ("about", ""), ("1 234", "1234"), ("1,234.5", "1234.5"),
    ],
)  # fmt: skip
def test_the_number_in_what_is_selected_is_written_as_tables_write_it(
    page: Any, printed: str, number: str
) -> None:
    page.evaluate(
        "words => { document.querySelector('[data-address=\"abstract/RESULTS\"]').textContent = words; }",
        printed,
    )
    _select(page, "abstract/RESULTS", printed)
    page.keyboard.press("v")
    assert page.input_value("#f-value") == (number or "2.0")


def test_the_number_is_in_view_and_no_page_scrolls_sideways(page: Any, served: tuple[str, Browser]) -> None:
    box, pane = page.locator(f"#{ROW}").bounding_box(), page.locator("#source").bounding_box()
    assert pane["y"] <= box["y"] <= pane["y"] + pane["height"]
    page.set_viewport_size({"width": 640, "height": 400})  # 200 % of 1280 x 800
    for path in (f"/row/{ROW}", "/", "/study/s1", "/history", f"/study/s1/add?like={ROW}"):
        page.goto(served[0] + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 640


def test_a_server_that_is_gone_is_told(page: Any, chromium: Any) -> None:
    page.route("**/confirm*", lambda route: route.abort())
    page.keyboard.press("c")
    page.wait_for_selector("#unsent")
    assert "nothing was saved" in page.inner_text("#unsent")
