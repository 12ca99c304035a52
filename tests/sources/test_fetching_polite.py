"""The polite client: what is asked again, what is not, and what the one line at the end says."""

from __future__ import annotations

import gzip
import json
import ssl
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from sonospine.model.errors import InputError
from sonospine.sources.fetching import polite
from sonospine.sources.fetching.answers import (
    Faulty,
    FetchError,
    Refused,
    SessionExpired,
    checked_json,
    checked_xml,
)
from sonospine.sources.fetching.credentials import Secret
from sonospine.sources.fetching.polite import Polite, user_agent
from sonospine.sources.fetching.rate import Rate

KEY = "0123456789abcdef0123"
GOOD = b"<set><item/></set>"


class Service:
    """Gives the answers of a list one after the other, the last one for ever, and notes what it was asked."""

    def __init__(self, *answers: httpx.Response | Exception | bytes) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []
        self.slept: list[float] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(200, content=answer) if isinstance(answer, bytes) else answer


class Clock:
    """A clock for the rate that sleeping moves."""

    now = 1_800_000_000.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


Asking = Callable[..., tuple[bytes, object]]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ask(tmp_path: Path, clock: Clock) -> Asking:
    def asked(
        service: Service, *, post: bool = True, tries: int = 7, fields: object = None
    ) -> tuple[bytes, object]:
        rate = Rate(tmp_path, "h", 3, clock=clock.clock, sleep=clock.sleep)
        with Polite(
            "https://service.example/base/",
            rate,
            secret=Secret(KEY),
            tries=tries,
            transport=httpx.MockTransport(service),
            seed=1,
            sleep=service.slept.append,
            agent=user_agent("tool", "a@example.org"),
        ) as client:
            return client.ask(
                "get.fcgi",
                fields or [("db", "x"), ("term", "a b&c=ü"), ("api_key", KEY)],
                lambda content: checked_xml(content, "set"),
                what="PubMed, records 1-2",
                post=post,
            )

    return asked


def test_a_form_has_the_fields_in_its_body_and_nothing_in_its_address(ask: Asking) -> None:
    service = Service(GOOD)
    content, element = ask(service)
    request = service.asked[0]
    assert content == GOOD
    assert getattr(element, "tag", "") == "set"
    assert (request.method, str(request.url)) == ("POST", "https://service.example/base/get.fcgi")
    assert urllib.parse.parse_qsl(request.content.decode()) == [
        ("db", "x"),
        ("term", "a b&c=ü"),
        ("api_key", KEY),
    ]
    assert request.headers["user-agent"].startswith("sonospine/")
    assert request.headers["user-agent"].endswith("(tool; a@example.org)")


def test_a_query_without_a_form_stands_in_the_address(ask: Asking) -> None:
    service = Service(GOOD)
    ask(service, post=False, fields=[("q", "a b&c=ü"), ("q", "2")])
    assert (service.asked[0].method, service.asked[0].content) == ("GET", b"")
    assert urllib.parse.parse_qsl(service.asked[0].url.query.decode()) == [("q", "a b&c=ü"), ("q", "2")]


PASSING = {
    "429": httpx.Response(429),
    "408": httpx.Response(408),
    "425": httpx.Response(425),
    "500": httpx.Response(500, content=b"oops"),
    "502": httpx.Response(502, content=b"<html><title>Bad gateway</title></html>"),
    "503": httpx.Response(503),
    "204": httpx.Response(204),
    "timeout": httpx.ReadTimeout("slow"),
    "no connection in time": httpx.ConnectTimeout("slow"),
    "cut": httpx.ReadError("reset"),
    "short": httpx.RemoteProtocolError("peer closed connection without sending complete message body"),
    "refused": httpx.ConnectError("refused"),
    "bad gzip": httpx.Response(200, headers={"content-encoding": "gzip"}, content=b""),
    "empty": b" \n",
    "truncated": b"<set><item>",
    "page": b"<!DOCTYPE html><html><head><title>Sorry</title></head></html>",
    "json": b'{"error": "API rate limit exceeded", "count": "11"}',
    "error": b"<eFetchResult><ERROR>Search Backend failed</ERROR></eFetchResult>",
    "other root": b"<other/>",
}


@pytest.mark.parametrize("name", PASSING)
def test_an_answer_that_is_no_good_is_asked_for_again(ask: Asking, name: str) -> None:
    service = Service(PASSING[name], PASSING[name], GOOD)
    assert ask(service)[0] == GOOD
    assert len(service.asked) == 3
    assert len(service.slept) == 2


def test_a_packed_answer_that_is_cut_or_damaged_is_asked_for_again(ask: Asking) -> None:
    packed = gzip.compress(b"<set>" + b"<item/>" * 5000 + b"</set>")
    cut = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(packed[:-20]))
    damaged = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b"no gzip"))
    service = Service(cut, damaged, GOOD)
    assert ask(service)[0] == GOOD
    assert len(service.asked) == 3


def test_after_the_last_try_one_line_says_what_was_asked_and_what_came(ask: Asking) -> None:
    service = Service(httpx.Response(503, content=b"<html><title>Down  for\nwork</title></html>"))
    with pytest.raises(FetchError) as caught:
        ask(service)
    assert str(caught.value) == "PubMed, records 1-2: HTTP 503: Down for work (7 tries)"
    assert len(service.asked) == 7


def test_pauses_double_with_jitter_up_to_a_minute(ask: Asking) -> None:
    service = Service(httpx.Response(500))
    with pytest.raises(FetchError):
        ask(service, tries=9)
    whole = [1, 2, 4, 8, 16, 32, 60, 60]
    assert all(w / 2 <= pause <= w for w, pause in zip(whole, service.slept, strict=True))
    assert len({pause / w for w, pause in zip(whole, service.slept, strict=True)}) == 8


def test_retry_after_is_obeyed_by_this_and_every_other_process(ask: Asking, clock: Clock) -> None:
    start = clock.now
    service = Service(httpx.Response(429, headers={"retry-after": "40"}), GOOD)
    ask(service)
    assert service.slept == [40.0]
    assert clock.now - start >= 40


def test_retry_after_as_a_date_is_counted_from_the_date_of_the_answer(ask: Asking) -> None:
    headers = {"date": "Fri, 20 Nov 2026 10:00:00 GMT", "retry-after": "Fri, 20 Nov 2026 10:01:30 GMT"}
    service = Service(httpx.Response(503, headers=headers), GOOD)
    ask(service)
    assert service.slept == [90.0]


@pytest.mark.parametrize("told", ["soon", "-5", "nan", "Fri, 99 Nov 2026", ""])
def test_a_retry_after_that_says_nothing_leaves_the_usual_pause(ask: Asking, told: str) -> None:
    service = Service(httpx.Response(503, headers={"retry-after": told}), GOOD)
    ask(service)
    assert 0.5 <= service.slept[0] <= 1


def test_a_service_that_wants_hours_is_not_waited_for(ask: Asking) -> None:
    service = Service(httpx.Response(503, headers={"retry-after": "86400"}))
    with pytest.raises(FetchError, match="again in 86400 s only"):
        ask(service)
    assert (len(service.asked), service.slept) == (1, [])


@pytest.mark.parametrize("status", [400, 401, 403, 404, 414])
def test_a_refusal_is_not_asked_again(ask: Asking, status: int) -> None:
    service = Service(httpx.Response(status, content=b'{"error": "API key invalid"}'))
    with pytest.raises(
        Refused, match=f"PubMed, records 1-2: HTTP {status}: API key invalid(; it turns|$)"
    ) as caught:
        ask(service)
    assert (caught.value.status, len(service.asked)) == (status, 1)


def test_a_redirect_is_not_followed_and_says_where_it_points(ask: Asking) -> None:
    service = Service(httpx.Response(301, headers={"location": f"https://else.example/?api_key={KEY}"}))
    with pytest.raises(
        Refused, match=r"moved to https://else\.example/\?api_key=\*\*\*; that is not followed"
    ):
        ask(service)
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(400, content=b"<eFetchResult><ERROR>Unable to obtain query #1</ERROR></eFetchResult>"),
        httpx.Response(200, content=b"<eFetchResult><ERROR>Cannot find WebEnv MCID_1</ERROR></eFetchResult>"),
    ],
)
def test_an_expired_session_is_handed_on_at_once(ask: Asking, answer: httpx.Response) -> None:
    service = Service(answer)
    with pytest.raises(SessionExpired):
        ask(service)
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(400, content=json.dumps({"error": "API key invalid", "api-key": KEY}).encode()),
        httpx.Response(403, content=f"your key {KEY.upper()} is blocked".encode()),
        httpx.Response(503, content=f"%{ord('0'):x}{KEY[1:]}".encode()),
        httpx.Response(200, content=f"<html><title>{KEY}</title></html>".encode()),
        httpx.Response(200, content=f"<set><ERROR>{KEY}</ERROR></set>".encode()),
        httpx.Response(200, content=f"<set><{KEY}".encode()),
        httpx.Response(200, content=f"<k{KEY}/>".encode()),
        httpx.Response(400, content=f"<ERROR>WebEnv of {KEY}</ERROR>".encode()),
        httpx.RemoteProtocolError(f"illegal header line {KEY}"),
        httpx.ConnectError(f"cannot connect {KEY}"),
    ],
)
def test_the_key_is_in_no_error(ask: Asking, answer: httpx.Response | Exception) -> None:
    with pytest.raises((FetchError, SessionExpired)) as caught:
        ask(Service(answer))
    assert KEY not in str(caught.value).lower()
    assert KEY[1:] not in repr(caught.value).lower()
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_a_good_answer_that_echoes_the_key_comes_without_it(ask: Asking) -> None:
    assert ask(Service(f"<set>{KEY}</set>".encode()))[0] == b"<set>***</set>"


def test_an_answer_that_is_too_long_is_given_up(ask: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polite, "LARGEST_ANSWER", 2 << 20)
    bomb = gzip.compress(b" " * (3 << 20))
    service = Service(
        httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(bomb))
    )
    with pytest.raises(FetchError, match="more than 2 MiB"):
        ask(service)
    assert len(service.asked) == 1


def test_an_answer_that_drips_is_given_up(ask: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter(range(0, 10**9, 100))
    monkeypatch.setattr(polite.time, "monotonic", lambda: float(next(now)))

    class Drips(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield from [b" "] * 100

    with pytest.raises(FetchError, match="not whole after 600 s"):
        ask(Service(httpx.Response(200, stream=Drips())), tries=1)


def test_a_certificate_that_is_not_trusted_is_said_at_once(ask: Asking) -> None:
    cause = ssl.SSLCertVerificationError(1, "certificate verify failed")
    cause.verify_message = "self-signed certificate"
    error = httpx.ConnectError("failed")
    error.__cause__ = cause
    service = Service(error)
    with pytest.raises(FetchError, match=r"service\.example is not trusted \(self-signed.*SSL_CERT_FILE"):
        ask(service)
    assert len(service.asked) == 1


def test_nobody_there_is_tried_a_few_times_and_the_host_is_named(tmp_path: Path, clock: Clock) -> None:
    rate = Rate(tmp_path, "h", 3, clock=clock.clock, sleep=clock.sleep)
    for address, said in (
        ("http://127.0.0.1:9/x", "127.0.0.1:9 refuses the connection"),
        ("http://nobody.invalid/x", "the name nobody.invalid is not known"),
    ):
        slept: list[float] = []
        with (
            Polite(address, rate, secret=Secret(), sleep=slept.append) as client,
            pytest.raises(FetchError, match=said),
        ):
            client.ask("get", [], checked_json, what="ClinicalTrials.gov", post=False)
        assert len(slept) == polite.TRIES_TO_CONNECT - 1


def test_an_address_that_is_none_is_not_tried_again(tmp_path: Path, clock: Clock) -> None:
    rate = Rate(tmp_path, "h", 3, clock=clock.clock, sleep=clock.sleep)
    with (
        Polite("ftp://h.example", rate, secret=Secret(), sleep=clock.sleep) as client,
        pytest.raises(FetchError, match=r"not an address that can be asked[^(]*$"),
    ):
        client.ask("get", [], checked_json, what="PubMed", post=True)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        (
            "SSL_CERT_FILE",
            "missing.pem",
            "certificates that the environment names cannot be read: No such file",
        ),
        (
            "HTTPS_PROXY",
            "ftp://me:opensesame@proxy.example",
            "proxy that the environment names cannot be used",
        ),
        ("ALL_PROXY", "socks5://proxy.example:1080", "proxy that the environment names cannot be used"),
    ],
)
def test_an_environment_that_cannot_be_used_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InputError, match=said) as caught:
        Polite("https://service.example", Rate(tmp_path, "h", 3), secret=Secret())
    assert "opensesame" not in str(caught.value)


def test_an_interruption_ends_the_asking(ask: Asking) -> None:
    def interrupted(_request: httpx.Request) -> httpx.Response:
        raise KeyboardInterrupt

    service = Service(GOOD)
    service.__class__ = type("Interrupted", (Service,), {"__call__": lambda self, r: interrupted(r)})
    with pytest.raises(KeyboardInterrupt):
        ask(service)
    assert service.slept == []


def test_a_service_without_sessions_cannot_let_one_expire(ask: Asking) -> None:
    for answer in (httpx.Response(403, content=b"session expired"), b'{"error": "session expired"}'):
        with pytest.raises(FetchError, match="session expired"):
            ask(Service(answer), post=False)


def test_xml_is_checked_as_the_reader_reads_it_and_text_is_shown() -> None:
    assert checked_xml("\ufeff<set>3 &plusmn; 1</set>".encode(), "set").text == "3 ± 1"
    with pytest.raises(Faulty, match="text in place of XML: Error: try later"):
        checked_xml(b"Error: try\n later", "set")


def test_json_that_is_no_object_or_reports_an_error_is_faulty() -> None:
    assert checked_json(b'{"a": 1}') == {"a": 1}
    for content in (b"[1]", b'{"error": "busy"}', b'{"a": ', b"", b"<html></html>", b"[" * 100_000):
        with pytest.raises(Faulty):
            checked_json(content)


def test_entities_of_an_answer_are_not_expanded_and_nothing_outside_is_read(tmp_path: Path) -> None:
    outside = tmp_path / "secret.txt"
    outside.write_text("inside the file")
    content = f'<!DOCTYPE set [<!ENTITY x SYSTEM "file://{outside}">]><set>&x;</set>'.encode()
    assert "inside" not in "".join(str(t) for t in checked_xml(content, "set").itertext())
