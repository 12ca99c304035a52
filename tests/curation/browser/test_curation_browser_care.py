"""In a browser: hostile words, pages from elsewhere, access for everybody, 200 % zoom; and the screenshots."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sonospine.curation.desk import Desk
from sonospine.curation.logbook import Logbook, Mark
from sonospine.curation.tables import Tables

from ..web.made_up import row_id
from .conftest import Served, serving

pytestmark = pytest.mark.browser
US = row_id("1", "US")
PAGES = (
    "/", f"/row/{US}", "/study/s1", f"/study/s1/add?like={US}", "/study/s1/add?record=file:1&place=figure/F1",
    "/history", "/stale", "/keys", "/screening", "/screening/s1", "/links", "/links/pair?one=file:1&other=file:2", "/risk-of-bias",
    "/risk-of-bias/s1", "/grade", "/grade/pain",
)  # fmt: skip
ADJUDICATED = ("/", f"/row/{US}", "/disagreements", "/screening/s1", "/risk-of-bias/s1", "/history")


def serious(page: Any) -> list[str]:
    """Return what axe-core finds that is serious or critical, with the element."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    return [
        f"{page.url}: {one['id']}: {one['help']}: {node['html'][:160]}"
        for one in found if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]  # fmt: skip


def _disagree(served: Served) -> None:
    for name, value in (("ada", "2.5"), ("bob", "2.6")):
        page = served.sign_in(name)
        page.goto(f"{served.address}/row/{US}")
        page.fill("#f-value", value)
        page.click("text=Save changes")
        page.wait_for_selector("#notice")


def test_axe_finds_nothing_serious_on_any_page(small: Served) -> None:
    found: list[str] = []
    stranger = small.chromium.new_context()
    small.contexts.append(stranger)
    page = stranger.new_page()
    page.goto(f"{small.address}/sign-in")
    found += serious(page)
    page = small.sign_in("ada")
    for path in PAGES:
        answer = page.goto(small.address + path)
        assert answer.status == 200, path
        found += serious(page)
    page.goto(f"{small.address}/row/{US}")
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    found += serious(page)
    page.fill("#f-value", "much")
    page.click("text=Save changes")
    page.wait_for_selector("[role=alert]")
    found += serious(page)
    page.fill("#f-value", "2.9")
    page.click("text=Save changes")
    page.wait_for_selector("#notice svg")
    found += serious(page)
    assert found == []


def test_axe_finds_nothing_serious_on_the_pages_of_an_adjudicator(small: Served) -> None:
    _disagree(small)
    page = small.sign_in("cyd", "adjudicator")
    found: list[str] = []
    page.goto(f"{small.address}/disagreements")
    one = page.get_attribute("table.queue th a", "href")
    for path in (*ADJUDICATED, one):
        assert page.goto(small.address + path).status == 200, path
        found += serious(page)
    assert found == []


def test_axe_is_at_work(small: Served) -> None:
    page = small.sign_in("ada")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<input><img src=\"/x\">')")
    assert {line.split(": ")[1] for line in serious(page)} >= {"label", "image-alt"}


def test_hostile_words_of_a_paper_are_shown_as_words(small: Served) -> None:
    page = small.sign_in("ada")
    for path in (
        "/",
        f"/row/{US}",
        "/study/s1",
        f"/study/s1/add?like={US}",
        "/screening/s1",
        "/risk-of-bias/s1",
    ):
        page.goto(small.address + path)
        assert page.locator("main img, main script, main b:text-is('bold')").count() == 0
    page.goto(f"{small.address}/row/{US}")
    words = page.inner_text("#source")
    assert "<script>alert(1)</script>" in words
    assert "<img src=x onerror=alert(2)>" in words
    assert "=cmd|' /C calc'!A0" in words
    assert "\u202e" not in words
    assert "⟨U+202E⟩" in words
    page.fill("#f-arm", '"><script>alert(3)</script>')
    page.click("text=Save changes")
    page.wait_for_selector("#notice")
    page.goto(f"{small.address}/history")
    assert "<script>alert(3)</script>" in page.inner_text("main")
    assert page.complaints == [], "no dialog, no script, nothing refused by the policy"
    assert small.lines()[0]["new_value"] == '"><script>alert(3)</script>'


ATTACK = """<!doctype html><title>elsewhere</title><form method="post" action="{}/row/{}/confirm"><input name="csrf"
value="x"></form><script>document.forms[0].submit()</script>"""


@pytest.fixture
def elsewhere(small: Served) -> Iterator[str]:
    """A page of another origin that posts a form to the curation page as soon as it is open."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = ATTACK.format(small.address, US).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_a_form_from_another_page_is_refused(small: Served, elsewhere: str) -> None:
    page = small.sign_in("ada")
    with page.expect_response("**/confirm") as caught:
        page.goto(elsewhere)
    assert caught.value.status == 403
    page.wait_for_selector("text=The form was posted from another page.")
    assert small.lines() == []


def test_another_name_that_leads_here_is_refused(small: Served) -> None:
    page = small.sign_in("ada")
    answer = page.goto(small.address.replace("127.0.0.1", "evil.test"))
    assert answer.status == 421
    assert "Queue" not in page.inner_text("body")


def test_a_page_cannot_be_framed_and_nothing_is_loaded_from_elsewhere(small: Served, elsewhere: str) -> None:
    page = small.sign_in("ada")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in PAGES:
        page.goto(small.address + path)
    assert asked
    assert [url for url in asked if not url.startswith(small.address)] == []
    page.route(elsewhere, lambda route: route.fulfill(
        content_type="text/html", body=f'<iframe src="{small.address}/"></iframe>'
    ))  # fmt: skip
    page.goto(elsewhere)
    page.wait_for_timeout(300)
    assert [frame for frame in page.frames[1:] if "Queue" in frame.content()] == []


def test_at_200_percent_nothing_is_cut_off(small: Served) -> None:
    page = small.sign_in("ada", window={"width": 640, "height": 400})  # 1280 x 800 at 200 %
    wide, cut = [], []
    for path in PAGES:
        page.goto(small.address + path)
        if page.evaluate("document.documentElement.scrollWidth") > 640:
            wide.append(path)
        cut += page.evaluate(
            """() => [...document.querySelectorAll('main :is(a, button, input, select, h1, h2, p)')]
                .filter(e => e.offsetParent !== null && !e.closest('.scroll, #source, [hidden]'))
                .filter(e => { const b = e.getBoundingClientRect(); return b.width > 0 && (b.left < -1 || b.right > 641); })
                .map(e => location.pathname + ' ' + e.outerHTML.slice(0, 120))"""
        )
    assert (wide, cut) == ([], [])


@pytest.mark.slow
def test_pictures_for_the_documentation(real: Served, picture: Callable[[str], Path]) -> None:
    """Written into docs/images/ where SONOSPINE_SCREENSHOTS=1 asks for it, else into a temporary folder."""
    view = real.desk.view("ada")
    effect = next(e for e in view.effects["procedure_time"] if e["label"] == "Galiano 2007")
    key = effect["measurement_ids"].split(";")[0]
    page = real.sign_in("ada")
    taken = [picture("queue")]
    page.screenshot(path=taken[-1])
    page.goto(f"{real.address}/row/{key}")
    taken.append(picture("row"))
    page.screenshot(path=taken[-1])
    page.fill("#f-value", f"{float(view.rows[key]['value']) + 1.6:.1f}")
    page.fill("#reason", "the table of the journal's own page")
    page.click("text=Save changes")
    page.wait_for_selector("#notice svg")
    page.evaluate("document.querySelector('#notice').scrollIntoView({block: 'center'})")
    taken.append(picture("saved"))
    page.screenshot(path=taken[-1])
    bob = real.sign_in("bob")
    bob.goto(f"{real.address}/row/{key}")
    bob.fill("#f-value", f"{float(view.rows[key]['value']) + 0.3:.1f}")
    bob.fill("#reason", "the text has this")
    bob.click("text=Save changes")
    bob.wait_for_selector("#notice svg")
    cyd = real.sign_in("cyd", "adjudicator")
    cyd.goto(f"{real.address}/disagreements")
    cyd.click("table.queue th a")
    cyd.wait_for_selector("h1")
    taken.append(picture("disagreement"))
    cyd.screenshot(path=taken[-1])
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in taken)
    assert [page.complaints, bob.complaints, cyd.complaints] == [[], [], []]


def test_another_window_s_change_is_asked_again_and_a_new_run_is_read_with_the_keyboard_alone(
    trials: Tables, tmp_path: Path, chromium: Any
) -> None:
    remade = replace(trials, marks={tmp_path / "remade.tsv": Mark(1, 1, 1)})
    desk = Desk(remade, Logbook(tmp_path / "curation"))
    with serving(desk, chromium, reread=lambda: trials) as served:
        page = served.sign_in("ada")
        page.goto(f"{served.address}/row/{US}")
        assert "The review was run again" in page.inner_text("main")
        found = serious(page)
        other = page.context.new_page()
        other.goto(f"{served.address}/row/{US}")
        other.fill("#f-n", "29")
        other.click("text=Save changes")
        other.wait_for_selector("#notice .said")
        page.keyboard.press("c")
        page.wait_for_selector("#notice[role=alert]")
        assert "n 30 → 29" in page.inner_text("#notice")
        assert page.evaluate("document.activeElement.id") == "notice"
        found += serious(page)
        assert [line["action"] for line in served.lines()] == ["set"]
        page.focus("text=Read the new tables")
        page.keyboard.press("Enter")
        page.wait_for_load_state()
        page.wait_for_selector("main:not(:has-text('was run again'))")
        assert found == []
