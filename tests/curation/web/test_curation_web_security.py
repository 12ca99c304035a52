"""What may reach the page, and what every page carries."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml.html import HtmlElement

from sonospine.curation.tables import Tables
from sonospine.curation.web import signing_in
from sonospine.curation.web.app import serve
from sonospine.curation.web.listening import hosts_of, is_loopback
from sonospine.curation.web.security import HEADERS, LARGEST_BODY
from sonospine.model.errors import InputError

from .made_up import Browser, desk_at, row_id, said

PAGES = ("/", f"/row/{row_id('1', 'US')}", "/study/s1", "/study/s1/add?record=file:1&place=figure/F1", "/stale", "/history", "/keys",
         "/row/none", "/sign-in", f"/row/{row_id('1', 'US')}?find=4")  # fmt: skip
CONFIRM = f"/row/{row_id('1', 'US')}/confirm"


@pytest.mark.parametrize("path", PAGES)
def test_no_page_holds_inline_style_or_script(ada: Browser, path: str) -> None:
    page = ada.get(path)
    assert page.xpath("//style | //@style | //script[not(@src)] | //script[normalize-space()]") == []
    assert [name for e in page.iter() for name in e.attrib if name.startswith(("on", "hx-on"))] == []
    assert set(page.xpath("//script/@src | //link/@href")) <= {
        "/static/style.css", "/static/htmx.min.js", "/static/curate.js",
    }  # fmt: skip
    for name, value in HEADERS.items():
        assert ada.answer.headers[name] == value


@pytest.mark.parametrize("path", PAGES)
def test_words_of_papers_are_shown_as_text(ada: Browser, path: str) -> None:
    ada.get(path)
    text = ada.answer.text
    assert "<script>alert" not in text
    assert "<img" not in text
    assert "<b>bold</b>" not in text
    assert "\u202e" not in text


def test_hostile_words_of_a_paper_stand_on_its_page(ada: Browser) -> None:
    page = ada.get(f"/row/{row_id('1', 'US')}")
    shown = said(page, "//*[@data-address='abstract/RESULTS']")
    assert "<script>alert(1)</script>" in shown
    assert "=cmd|' /C calc'!A0" in shown
    assert "⟨U+202E⟩reversed" in shown


def test_hostile_words_that_a_curator_writes_are_shown_as_text(ada: Browser) -> None:
    page = ada.post(f"/row/{row_id('1', 'US')}/comment", reason="<script>x</script>\u202e")
    assert "<script>x</script>⟨U+202E⟩" in said(page, "//ul[@class='log']")
    assert page.xpath("//ul[@class='log']//script") == []


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8417", ""])
def test_another_host_is_refused(ada: Browser, host: str) -> None:
    answer = ada.client.get("/", headers={"Host": host})
    assert answer.status_code == 421
    assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Origin": "https://127.0.0.1:8417"},
        {"Origin": "", "Referer": ""},
        {"Origin": "", "Referer": "http://evil.example/http://127.0.0.1:8417/"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_from_elsewhere_is_refused_and_nothing_is_written(
    ada: Browser, headers: dict[str, str]
) -> None:
    ada.get("/")
    ada.post(CONFIRM, headers=headers)
    assert ada.answer.status_code == 403
    assert ada.lines() == []


def test_a_form_with_a_referer_in_place_of_an_origin_is_taken(ada: Browser) -> None:
    ada.get(CONFIRM.removesuffix("/confirm"))
    ada.post(CONFIRM, headers={"Origin": "", "Referer": f"{ada.base}/row/x"})
    assert len(ada.lines()) == 1


@pytest.mark.parametrize("token", ["", "0" * 64, "ü"])
def test_a_form_without_the_token_of_its_session_is_refused(ada: Browser, token: str) -> None:
    ada.token = token
    ada.post(CONFIRM)
    assert ada.answer.status_code == 403
    assert ada.lines() == []


def test_the_token_of_another_session_is_refused(ada: Browser, trials: Tables) -> None:
    other = Browser(ada.desk)
    other.sign_in("bob")
    ada.token = other.token
    ada.post(CONFIRM)
    assert ada.answer.status_code == 403


def test_a_form_too_large_is_refused(ada: Browser) -> None:
    ada.post(CONFIRM, reason="x" * LARGEST_BODY)
    assert ada.answer.status_code == 413
    assert ada.lines() == []


def test_a_form_without_a_length_that_grows_too_large_is_refused(ada: Browser) -> None:
    head = {"Origin": ada.base, "Content-Type": "application/x-www-form-urlencoded"}
    parts = (b"a=" + b"x" * 1000 for _ in range(LARGEST_BODY // 1000 + 2))
    assert ada.client.post(CONFIRM, content=parts, headers=head).status_code == 413


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""])
def test_a_form_of_another_kind_is_refused(ada: Browser, kind: str) -> None:
    answer = ada.client.post(CONFIRM, content=b"{}", headers={"Origin": ada.base, "Content-Type": kind})
    assert answer.status_code == 415


def test_a_form_with_very_many_fields_is_refused(ada: Browser) -> None:
    body = f"csrf={ada.token}&" + "&".join(f"f{i}=1" for i in range(2000))
    head = {"Origin": ada.base, "Content-Type": "application/x-www-form-urlencoded"}
    assert ada.client.post(CONFIRM, content=body, headers=head).status_code == 400


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_other_methods_are_refused(ada: Browser, method: str) -> None:
    assert ada.client.request(method, "/").status_code == 405


def test_whoever_has_not_signed_in_is_led_to_sign_in_and_back(visitor: Browser) -> None:
    page = visitor.get(f"/row/{row_id('2', 'US')}?kind=row")
    assert said(page, "//h1") == "Sign in"
    page = visitor.post(
        "/sign-in", name="ada", role="curator", next=page.xpath("//input[@name='next']/@value")[0]
    )
    assert visitor.answer.url.path == f"/row/{row_id('2', 'US')}"
    assert visitor.answer.url.query == b"kind=row"


@pytest.mark.parametrize(
    "where", ["//evil.example", "https://evil.example", "/\\evil.example", "\\/x", "/a\tb"]
)
def test_signing_in_leads_nowhere_else(visitor: Browser, where: str) -> None:
    visitor.get("/sign-in")
    visitor.post("/sign-in", name="ada", role="curator", next=where)
    assert str(visitor.answer.url) == f"{visitor.base}/"


def test_a_post_of_somebody_who_has_not_signed_in_writes_nothing(visitor: Browser) -> None:
    visitor.get("/sign-in")
    visitor.post(CONFIRM)
    assert visitor.answer.url.path == "/sign-in"
    assert visitor.lines() == []


@pytest.mark.parametrize("name", ["", "../x", "a b", "-x", "x" * 41, "ü"])
def test_a_name_that_is_none_is_told_in_one_line(visitor: Browser, name: str) -> None:
    visitor.get("/sign-in")
    page = visitor.post("/sign-in", name=name, role="curator")
    assert visitor.answer.status_code == 400
    assert "not a name of a curator" in said(page, "//*[@role='alert']")


def test_a_cookie_that_was_changed_proves_nothing(ada: Browser) -> None:
    (cookie,) = ada.client.cookies.jar
    text, _, signature = str(cookie.value).strip('"').rpartition(".")
    for forged in (f"{text}x.{signature}", f"{text}.{signature[:-1]}0", "x", ".", f"{text}.", "ü.ü"):
        answer = ada.client.get(
            "/", headers={"Cookie": f"{cookie.name}={forged}".encode()}, follow_redirects=False
        )
        sent = ada.client.build_request("GET", "/", headers={"Cookie": f"{cookie.name}={forged}".encode()})
        assert forged.encode() in sent.headers["cookie"].encode()
        assert answer.status_code in (200, 303)
    other = Browser(ada.desk)
    other.client.cookies.set(str(cookie.name), f"{text}x.{signature}")
    assert said(other.get("/"), "//h1") == "Sign in"


def test_a_cookie_is_for_this_site_and_for_no_script(visitor: Browser) -> None:
    visitor.get("/sign-in")
    cookie = visitor.answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_whoever_signs_out_is_out_even_with_the_old_cookie(ada: Browser) -> None:
    (cookie,) = ada.client.cookies.jar
    ada.post("/sign-out")
    other = Browser(ada.desk)
    other.client.app = ada.client.app
    ada.client.cookies.set(str(cookie.name), str(cookie.value))
    assert said(ada.get("/"), "//h1") == "Sign in"


def test_a_wrong_password_lets_nobody_in_and_slows_the_next(
    trials: Tables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(signing_in.asyncio, "sleep", pause)
    guest = Browser(desk_at(tmp_path, trials), password="a good secret")
    for wrong in ("", "a good secre", "A GOOD SECRET", "ü"):
        page = guest.sign_in(password=wrong)
        assert guest.answer.status_code == 403
        assert said(page, "//h1") == "Sign in"
    assert pauses == sorted(pauses)
    assert pauses[0] < pauses[-1]
    assert said(guest.sign_in(password="a good secret"), "//h1") == "Queue"


def test_only_loopback_needs_no_password(project: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="needs a password"):
        serve(tmp_path, project / "config/config.yaml", host="0.0.0.0")
    assert all(is_loopback(host) for host in ("127.0.0.1", "localhost", "::1", "127.1.2.3"))
    assert not any(is_loopback(host) for host in ("0.0.0.0", "192.168.0.1", "::", "example.org"))
    assert "192.168.0.1" not in hosts_of("127.0.0.1")


def test_a_port_in_use_is_one_clear_line(project: Path, tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(InputError, match="cannot listen here") as fault:
            serve(tmp_path, project / "config/config.yaml", port=taken.getsockname()[1])
    assert "\n" not in fault.value.line()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/row/none", "There is no row none."),
        ("/study/none", "There is no study none."),
        ("/study/none/add", "There is no study none."),
        ("/study/s1/add?record=file:2", "The study has no record file:2."),
        ("/nowhere", "Not Found"),
        ("/static/../app.py", "Not Found"),
        ("/static/evil.js", "no such file"),
        ("/row/<script>", "There is no row <script>."),
    ],
)
def test_what_is_not_there_is_told_in_one_line(ada: Browser, path: str, words: str) -> None:
    page = ada.get(path)
    assert ada.answer.status_code == 404
    assert said(page, "//p[@role='alert']") == words


def test_the_pages_work_under_names_of_this_machine_only(ada: Browser) -> None:
    for host in ("127.0.0.1:8417", "localhost:8417", "[::1]:8417", "localhost"):
        assert ada.client.get("/static/style.css", headers={"Host": host}).status_code == 200


def _ids(page: HtmlElement) -> list[str]:
    return [str(i) for i in page.xpath("//@id")]


@pytest.mark.parametrize("path", PAGES)
def test_ids_are_unique_and_every_field_has_a_label(ada: Browser, path: str) -> None:
    page = ada.get(path)
    assert len(_ids(page)) == len(set(_ids(page)))
    labelled = set(page.xpath("//label/@for"))
    for field in page.xpath("//input[not(@type='hidden')] | //select"):
        assert field.get("id") in labelled or field.xpath("ancestor::label"), field.attrib
    assert len(page.xpath("//main")) == 1
    assert len(page.xpath("//h1")) == 1
