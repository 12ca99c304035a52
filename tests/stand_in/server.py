"""The stand-in on a loopback address: keys, rates, keep-alive, misbehaviour, and a record of every request."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from collections import Counter, deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from stand_in.answers import Answer, Asked, Noted
from stand_in.eutils import EUtils
from stand_in.factory import Library
from stand_in.misbehaviour import ON_THE_WIRE, Misbehaviour, spoilt, too_many
from stand_in.trials import Trials

EUTILS, TRIALS = "/entrez/eutils", "/api/v2"
KEY = "5ec7e7c0ffee5ec7e7c0ffee5ec7e7c0ffee"
"""The key that the stand-in knows; tests look for it wherever it must not be."""
_CHUNK = 16_384
_CHUNKED_FROM = 65_536
"""Longer answers come in chunks without a length, as those of E-utilities do."""


class StandIn:
    """Both services over one library, in threads of this process; a context manager.

    Parameters
    ----------
    library
        What the services hold; it may be changed while they run.
    faults
        How answers go wrong; none: they do not. May be exchanged while the services run.
    key
        The one API key that is right.
    limits
        Requests a second of E-utilities without a key, and with the right one; more are answered with 429.
    history_life
        How many requests a history lives; 0: for ever.
    pause
        Seconds that each answer takes.
    """

    def __init__(
        self,
        library: Library,
        *,
        faults: Misbehaviour | None = None,
        key: str = KEY,
        limits: tuple[int, int] = (3, 10),
        history_life: int = 0,
        pause: float = 0.0,
        port: int = 0,
    ) -> None:
        self.library = library
        self.faults = faults
        self.key = key
        self.limits = limits
        self.pause = pause
        self.eutils = EUtils(library, history_life)
        self.trials = Trials(library)
        self.requests: list[Noted] = []
        self.stopped = threading.Event()
        self._recent: dict[str, deque[float]] = {}
        self._open = 0
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.stand_in = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )

    def __enter__(self) -> StandIn:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)

    @property
    def address(self) -> str:
        """``http://127.0.0.1:<port>``."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def eutils_address(self) -> str:
        """The base address of E-utilities, for ``search.addresses.eutils``."""
        return self.address + EUTILS

    @property
    def trials_address(self) -> str:
        """The base address of API v2, for ``search.addresses.trials``."""
        return self.address + TRIALS

    # What was asked.

    def forget(self) -> None:
        """Forget the requests so far, those that are being answered included."""
        self.settle()
        with self._lock:
            self.requests.clear()

    def settle(self, seconds: float = 10.0) -> None:
        """Wait until no request is being answered: one of a client that was killed is noted at the end of its pause."""
        deadline = time.monotonic() + seconds
        while self._open and time.monotonic() < deadline:
            time.sleep(0.01)

    def counts(self) -> Counter[str]:
        """Return how many requests of each kind came (``esearch``, ``efetch``, ``elink``, ``studies`` ...)."""
        return Counter(noted.asked.kind for noted in self.noted())

    def noted(self, *kinds: str, service: str = "") -> list[Noted]:
        """Return the requests of some kinds, by default all, in the order in which they came."""
        with self._lock:
            return [
                n
                for n in self.requests
                if (not kinds or n.asked.kind in kinds) and (not service or n.asked.service == service)
            ]

    def max_per_second(self, service: str = "eutils") -> int:
        """Return the most requests that came within any one second."""
        times = sorted(noted.asked.time for noted in self.noted(service=service))
        most = first = 0
        for last, now in enumerate(times):
            while times[first] <= now - 1.0:
                first += 1
            most = max(most, last - first + 1)
        return most

    # Answering.

    def note(self, asked: Asked, answer: Answer, fault: str) -> None:
        """Note a request and its answer."""
        with self._lock:
            self.requests.append(Noted(asked, answer.status, answer.records, fault))

    def answer(self, asked: Asked, given_key: str) -> tuple[Answer, str]:
        """Return the answer and the fault that the connection must still commit (empty: none)."""
        with self._lock:
            self._open += 1
        try:
            return self._answered(asked, given_key)
        finally:
            with self._lock:
                self._open -= 1

    def _answered(self, asked: Asked, given_key: str) -> tuple[Answer, str]:
        if refused := self._refused(asked, given_key):
            self.note(asked, refused, "")
            return refused, ""
        if self.pause:
            time.sleep(self.pause)
        fault = self.faults.fault(asked) if self.faults is not None else ""
        answer = (self.eutils if asked.service == "eutils" else self.trials).answer(asked)
        if fault and fault not in ON_THE_WIRE:
            answer = spoilt(answer, fault, asked, given_key)
        self.note(asked, answer, fault)
        return answer, fault if fault in ON_THE_WIRE else ""

    def _refused(self, asked: Asked, given_key: str) -> Answer | None:
        if asked.service != "eutils":
            return None
        if asked.key == "wrong":
            body = (
                f'{{"error":"API key invalid","api-key":"{given_key}","type":"api_key","status":"unknown"}}'
            )
            return Answer(body.encode(), 400, "application/json")
        if not asked.first("tool") or "@" not in asked.first("email"):
            return Answer(b'{"error":"tool and email are missing"}', 400, "application/json")
        limit = self.limits[asked.key == "right"]
        with self._lock:
            recent = self._recent.setdefault(asked.key, deque())
            while recent and recent[0] <= asked.time - 1.0:
                recent.popleft()
            recent.append(asked.time)
            return too_many(given_key, {}) if len(recent) > limit else None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    stand_in: StandIn

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that have gone."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve("")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        self._serve(self.rfile.read(length).decode("utf-8"))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its signature is given
        """Write no log."""

    def _serve(self, form: str) -> None:
        now = time.time()
        stand_in = self.server.stand_in
        parts = urlsplit(self.path)
        fields = parse_qs(parts.query, keep_blank_values=True)
        in_address = "api_key" in fields
        for name, values in parse_qs(form, keep_blank_values=True).items():
            fields.setdefault(name, []).extend(values)
        given = (fields.pop("api_key", None) or [""])[0]
        service, kind = _named(parts.path)
        asked = Asked(
            time=now,
            service=service,
            kind=kind,
            method=self.command,
            path=parts.path,
            fields={name: tuple(values) for name, values in fields.items()},
            key="none" if not given else "right" if given == stand_in.key else "wrong",
            key_in_address=in_address or bool(given and given in self.path),
            agent=self.headers.get("User-Agent", ""),
        )
        answer, fault = stand_in.answer(asked, given)
        with contextlib.suppress(OSError):
            self._send(answer, fault)

    def _send(self, answer: Answer, fault: str) -> None:
        if fault == "timeout":
            self._hang()
            return
        if fault == "cut_before":
            self._cut()
            return
        body = answer.body
        chunked = len(body) > _CHUNKED_FROM and fault != "short_body"
        head = [f"HTTP/1.1 {answer.status} {self.responses.get(answer.status, ('',))[0]}"]
        head += [f"Content-Type: {answer.content_type}", "Server: stand-in"]
        head += [f"{name}: {value}" for name, value in answer.headers.items()]
        head.append("Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}")
        start = ("\r\n".join(head) + "\r\n\r\n").encode("latin-1")
        if fault in ("cut_in_body", "short_body"):
            sent = body[: len(body) // 2]
            if chunked:
                sent = b"%x\r\n%b\r\n" % (len(sent), sent)
            self.wfile.write(start + sent)
            self._cut(reset=fault == "cut_in_body")
            return
        if chunked:
            self.wfile.write(start)
            for place in range(0, len(body), _CHUNK):
                piece = body[place : place + _CHUNK]
                self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.wfile.write(start + body)

    def _cut(self, *, reset: bool = True) -> None:
        """End the connection, with or without a reset."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.wfile.flush()
            if reset:
                linger = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.connection.close()
            else:
                self.connection.shutdown(socket.SHUT_RDWR)

    def _hang(self) -> None:
        """Answer nothing until the client has gone or the server is stopped."""
        self.close_connection = True
        while not self.server.stand_in.stopped.is_set():
            ready, _, _ = select.select([self.connection], [], [], 0.1)
            if ready and not self.connection.recv(1, socket.MSG_PEEK):
                return


def _named(path: str) -> tuple[str, str]:
    """Return the service and the kind of request of a path."""
    if path.startswith(f"{EUTILS}/"):
        return "eutils", path.removeprefix(f"{EUTILS}/").removesuffix(".fcgi")
    if path.startswith(f"{TRIALS}/studies/"):
        return "trials", "study"
    if path.startswith(f"{TRIALS}/"):
        return "trials", path.removeprefix(f"{TRIALS}/").rstrip("/")
    return "unknown", path
