"""A polite client of one service: it waits for its turn, tells who asks, and asks again where that can help."""

from __future__ import annotations

import email.utils
import os
import random
import re
import socket
import ssl
import time
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from sonospine.model.errors import InputError
from sonospine.model.version import VERSION
from sonospine.sources.fetching.answers import (
    Faulty,
    FetchError,
    Refused,
    SessionExpired,
    expired,
    said,
    short,
)
from sonospine.sources.fetching.credentials import Secret, masked, masked_bytes
from sonospine.sources.fetching.rate import LONGEST_HOLD, Rate

if TYPE_CHECKING:
    import httpx
    import tenacity

T = TypeVar("T")

LARGEST_ANSWER = 256 * 1024 * 1024
"""Bytes, unpacked; a batch of full texts has a tenth of it."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds between tries: doubled from the first to the longest, of which chance takes off up to a half."""
TRIES_TO_CONNECT = 4
_AGAIN = (408, 425, 429)
_TURNED_AWAY = "; it turns this client or its network away (a mirror can be named in search.addresses)"
_LARGEST_ERROR = 65_536


class _Unreachable(Faulty):
    """Nobody answered at that address: asking often does not help."""


class _Refusal(Faulty):
    """The service will not give this."""

    def __init__(self, reason: str, status: int) -> None:
        self.status = status
        super().__init__(reason, again=False)


def user_agent(tool: str = "", email: str = "") -> str:
    """Return how a client names itself: program and version, then the tool and the address where given."""
    told = "; ".join(part for part in (tool, email) if part)
    return f"sonospine/{VERSION} ({told})" if told else f"sonospine/{VERSION}"


class Polite:
    """A client of one service; use it in a ``with`` block, whose end closes the connection.

    Parameters
    ----------
    address
        Base address of the service, without an end slash.
    rate
        How fast it may be asked; each try takes a slot.
    secret
        The key that may stand in the fields; it is masked in every text that comes from the server.
    timeout
        Seconds without a sign of life after which a try is given up; a whole answer may take ten times as long.
    tries
        How often the same is asked at most.
    transport
        What sends, for tests; by default the network (the environment's proxies are used).
    seed
        Of the chance in the pauses; none: from the system.
    sleep
        A wait of so many seconds (between tries).
    agent
        How the client names itself (``user_agent``).
    """

    def __init__(
        self,
        address: str,
        rate: Rate,
        *,
        secret: Secret,
        timeout: float = 60,
        tries: int = 7,
        transport: httpx.BaseTransport | None = None,
        seed: int | None = None,
        sleep: Callable[[float], None] = time.sleep,
        agent: str = "",
    ) -> None:
        self.address = address.rstrip("/")
        self.host = urllib.parse.urlsplit(address).netloc
        self._rate = rate
        self._secret = secret
        self._timeout = timeout
        self._tries = tries
        self._chance = random.Random(seed)
        self._sleep = sleep
        self._client = _client(transport, timeout, agent or user_agent())

    def __enter__(self) -> Polite:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._client.close()

    def ask(
        self,
        path: str,
        fields: Sequence[tuple[str, str]],
        check: Callable[[bytes], T],
        *,
        what: str,
        post: bool,
    ) -> tuple[bytes, T]:
        """Ask for something until a good answer comes.

        Parameters
        ----------
        path
            Below the base address.
        fields
            Names and values; with ``post`` they are the body (a form), else they stand in the address.
        check
            Returns what is wanted of the answer's bytes, or raises ``Faulty``.
        what
            What is asked for, in words: errors begin with it.
        post
            Whether to send the fields as a form. A secret must never be asked with otherwise.

        Returns
        -------
        tuple[bytes, T]
            The answer as it came (unpacked) and what ``check`` made of it.

        Raises
        ------
        SessionExpired
            The history server no longer knows the search: search again (with ``post`` only).
        Refused
            The service answers that it will not give this (HTTP 4xx); it was asked once.
        FetchError
            No good answer after the last try.
        """
        import tenacity

        retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception(lambda error: isinstance(error, Faulty) and error.again),
            stop=self._given_up,
            wait=self._pause,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(self._try, path, fields, check, post)
        except SessionExpired as fault:
            reason = self._plain(fault.reason)
            if post:
                raise SessionExpired(reason) from None
            reason = f"{what}: {reason}"  # a service without sessions says so of something else
        except _Refusal as fault:
            raise Refused(f"{what}: {self._plain(fault.reason)}", fault.status) from None
        except Faulty as fault:
            done = int(retrying.statistics.get("attempt_number", 1))
            times = f" ({done} tries)" if done > 1 else ""
            reason = f"{what}: {self._plain(fault.reason)}{times}"
        raise FetchError(reason)

    def _plain(self, reason: str) -> str:
        return masked(reason, self._secret)

    def _given_up(self, state: tenacity.RetryCallState) -> bool:
        fault = state.outcome.exception() if state.outcome else None
        tries = min(self._tries, TRIES_TO_CONNECT) if isinstance(fault, _Unreachable) else self._tries
        return state.attempt_number >= tries

    def _pause(self, state: tenacity.RetryCallState) -> float:
        """Return the seconds until the next try: doubled each time, with jitter, never less than was asked for."""
        pause = min(FIRST_PAUSE * 2.0 ** (state.attempt_number - 1), LONGEST_PAUSE)
        fault = state.outcome.exception() if state.outcome else None
        wanted = fault.retry_after if isinstance(fault, Faulty) and fault.retry_after else 0.0
        return max(wanted, pause * (0.5 + 0.5 * self._chance.random()))

    def _try(
        self, path: str, fields: Sequence[tuple[str, str]], check: Callable[[bytes], T], post: bool
    ) -> tuple[bytes, T]:
        self._rate.wait()
        content = masked_bytes(self._answer(path, fields, post), self._secret)
        return content, check(content)

    def _answer(self, path: str, fields: Sequence[tuple[str, str]], post: bool) -> bytes:
        import httpx

        form = urllib.parse.urlencode(fields, quote_via=urllib.parse.quote)
        address = f"{self.address}/{path}"
        if not post and form:
            address = f"{address}?{form}"
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if post else {}
        try:
            with self._client.stream(
                "POST" if post else "GET", address, content=form.encode() if post else None, headers=headers
            ) as answer:
                if answer.status_code == httpx.codes.OK:
                    return b"".join(self._parts(answer))
                self._raise_for(answer)
        except httpx.TimeoutException as error:
            raise _timed_out(error, self.host, self._timeout) from None
        except (httpx.ConnectError, httpx.ProxyError) as error:
            raise _unreachable(error, self.host) from None
        except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise Faulty(f"not an address that can be asked: {short(str(error))}", again=False) from None
        except httpx.DecodingError:
            raise Faulty("an answer that cannot be unpacked") from None
        except httpx.TransportError as error:
            raise Faulty(
                f"the connection to {self.host} was cut ({short(str(error)) or 'no reason'})"
            ) from None
        raise AssertionError("an answer that is not good raises")

    def _parts(self, answer: httpx.Response) -> Iterator[bytes]:
        """Yield the parts of an answer while it is neither too long nor too long under way."""
        size = 0
        end = time.monotonic() + 10 * self._timeout
        for part in answer.iter_bytes():
            size += len(part)
            if size > LARGEST_ANSWER:
                raise Faulty(f"an answer of more than {LARGEST_ANSWER >> 20} MiB", again=False)
            if time.monotonic() > end:
                raise Faulty(f"the answer was not whole after {10 * self._timeout:g} s")
            yield part

    def _raise_for(self, answer: httpx.Response) -> None:
        """Say what an answer other than 200 means."""
        status = answer.status_code
        content = b""
        for part in answer.iter_bytes():
            content += part
            if len(content) > _LARGEST_ERROR:
                break
        words = said(content)
        reason = f"HTTP {status}" + (f": {words}" if words else "")
        if 300 <= status < 400:
            to = short(answer.headers.get("location", ""))
            raise _Refusal(
                f"HTTP {status}: the service has moved to {to or 'no address'}; that is not followed", status
            )
        if 400 <= status < 500 and status not in _AGAIN:
            if answer.request.method == "POST" and expired(content):
                raise SessionExpired(reason)
            raise _Refusal(reason + (_TURNED_AWAY if status == 403 else ""), status)
        wanted = _retry_after(answer)
        if wanted is not None and wanted > LONGEST_HOLD:
            raise Faulty(f"{reason}; it wants to be asked again in {wanted:.0f} s only", again=False)
        if wanted or status == 429:
            self._rate.hold(wanted or FIRST_PAUSE)
        raise Faulty(reason, retry_after=wanted)


def _client(transport: httpx.BaseTransport | None, timeout: float, agent: str) -> httpx.Client:
    """Return what sends; the environment's proxies and certificates count.

    Raises
    ------
    InputError
        Those of the environment cannot be used.
    """
    import httpx

    try:
        return httpx.Client(
            transport=transport,
            http2=False,
            follow_redirects=False,
            timeout=httpx.Timeout(timeout, connect=min(timeout, 30.0)),
            headers={"User-Agent": agent, "Accept-Encoding": "gzip"},
        )
    except OSError as error:
        raise InputError(
            f"the certificates that the environment names cannot be read: {error.strerror or error}",
            field="SSL_CERT_FILE",
            found=os.environ.get("SSL_CERT_FILE"),
        ) from None
    except (ValueError, ImportError):
        # The address of a proxy can hold a password: it is not repeated.
        raise InputError(
            "the proxy that the environment names cannot be used",
            field="HTTP_PROXY, HTTPS_PROXY or ALL_PROXY",
            allowed="addresses that begin with http:// or https://",
        ) from None


def _retry_after(answer: httpx.Response) -> float | None:
    """Return the seconds of ``Retry-After`` (a number or a date, counted from the answer's own date)."""
    told = answer.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", told):
        return float(told)
    until = _seconds(told)
    if until is None:
        return None
    now = _seconds(answer.headers.get("date", ""))
    return max(until - (time.time() if now is None else now), 0.0)


def _seconds(date: str) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):
        return None


def _timed_out(error: httpx.TimeoutException, host: str, timeout: float) -> Faulty:
    import httpx

    if isinstance(error, httpx.ConnectTimeout):
        return _Unreachable(f"no connection to {host} in time")
    return Faulty(f"no answer from {host} within {timeout:g} s")


def _unreachable(error: httpx.TransportError, host: str) -> Faulty:
    """Say why there is no connection: the reason stands in what the error came from."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return Faulty(
                f"the certificate of {host} is not trusted ({cause.verify_message}); behind a proxy that looks into "
                "connections, name its certificate in SSL_CERT_FILE",
                again=False,
            )
        if isinstance(cause, ssl.SSLError):
            return _Unreachable(f"no safe connection to {host} ({cause.reason or 'TLS failed'})")
        if isinstance(cause, socket.gaierror):
            return _Unreachable(f"the name {host} is not known ({cause.strerror}); is there a network?")
        if isinstance(cause, ConnectionRefusedError):
            return _Unreachable(f"{host} refuses the connection")
        cause = cause.__cause__ or cause.__context__
    return _Unreachable(f"no connection to {host} ({short(str(error)) or 'no reason given'})")
