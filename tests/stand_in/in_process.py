"""The E-utilities of the stand-in without a server: what a client sends is answered in the same process."""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable
from pathlib import Path

import httpx

from sonospine.sources.fetching.credentials import Credentials, Secret
from sonospine.sources.fetching.eutils import EUtils as Client
from sonospine.sources.fetching.polite import Polite
from sonospine.sources.fetching.rate import Rate
from stand_in.answers import Answer, Asked
from stand_in.eutils import EUtils
from stand_in.factory import Library
from stand_in.misbehaviour import ON_THE_WIRE, Misbehaviour, spoilt

KEY = "0123456789abcdef0123456789abcdef0123"
ADDRESS = "https://eutils.example.org/entrez/eutils"


class _Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class InProcess:
    """Answers what a client sends, and notes it.

    Parameters
    ----------
    library
        What is searched.
    misbehaviour
        Which answers are spoilt.
    spoil
        Called with each request and its answer; returns the answer that is given (it may raise, too).
    """

    def __init__(
        self,
        library: Library,
        misbehaviour: Misbehaviour | None = None,
        spoil: Callable[[Asked, Answer], Answer] | None = None,
    ) -> None:
        self.service = EUtils(library)
        self.misbehaviour = misbehaviour
        self.spoil = spoil
        self.asked: list[Asked] = []

    def kinds(self) -> list[str]:
        """Return the kinds of the requests so far."""
        return [asked.kind for asked in self.asked]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        form = urllib.parse.parse_qs(request.content.decode(), keep_blank_values=True)
        key = form.pop("api_key", [""])[0]
        asked = Asked(
            time=0.0,
            service="eutils",
            kind=request.url.path.rpartition("/")[2].removesuffix(".fcgi"),
            method=request.method,
            path=request.url.path,
            fields={name: tuple(values) for name, values in form.items()},
            key="right" if key == KEY else "wrong" if key else "none",
            key_in_address=bool(request.url.query),
            agent=request.headers.get("User-Agent", ""),
        )
        self.asked.append(asked)
        answer = self.service.answer(asked)
        if self.spoil is not None:
            answer = self.spoil(asked, answer)
        fault = self.misbehaviour.fault(asked) if self.misbehaviour else ""
        if fault == "timeout":
            raise httpx.ReadTimeout("no answer")
        if fault in ON_THE_WIRE:
            raise httpx.RemoteProtocolError("cut")
        if fault:
            answer = spoilt(answer, fault, asked, KEY)
        headers = {"Content-Type": answer.content_type, **answer.headers}
        return httpx.Response(answer.status, content=answer.body, headers=headers)

    def client(self, folder: Path, key: str = KEY) -> Client:
        """Return a client of this service that does not wait; ``folder`` is where the rate is kept."""
        clock = _Clock()
        secret = Secret(key)
        polite = Polite(
            ADDRESS,
            Rate(folder, "eutils.example.org", 1000, clock=clock, sleep=clock.sleep),
            secret=secret,
            transport=httpx.MockTransport(self),
            seed=1,
            sleep=lambda _seconds: None,
        )
        return Client(polite, Credentials("sonospine", "somebody@example.org", secret))
