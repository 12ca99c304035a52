"""What may reach the page, and what every answer carries: hosts, origins, tokens, sizes, headers."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, MutableMapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sonospine.curation.web.sessions import Sessions

LARGEST_BODY = 1 << 20
MOST_FIELDS = 1000
FORM = "application/x-www-form-urlencoded"
TOKEN = "csrf"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: with it a browser sends `Origin: null` along with the page's own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """Lets through what the page itself asks, and nothing else; puts the headers on every answer.

    Refused, each in one line: another Host than the machine's own (421: a page elsewhere could have its name point
    here), other methods (405), a post from another origin or of none (403), of another kind (415), too large (413)
    or without the token of its session (403).

    Parameters
    ----------
    app
        What is guarded.
    hosts
        Names of this server, without port.
    addresses
        Whether any numeric address is one of its names too (it listens on all of them).
    sessions
        Knows the token of each session.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str], addresses: bool, sessions: Sessions) -> None:
        self.app, self.hosts, self.addresses, self.sessions = app, hosts, addresses, sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        refusal = self._refused(scope)
        body = b""
        if refusal is None and scope["method"] == "POST":
            body, refusal = await self._body(scope, receive)
        if refusal is not None:
            status, words = refusal
            await PlainTextResponse(words + "\n", status)(scope, receive, with_headers)
            return
        await self.app(scope, _Replayed(body, receive) if body else receive, with_headers)

    def _refused(self, scope: MutableMapping[str, Any]) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        named = headers.getlist("host")
        if len(named) != 1 or not self._own(named[0]):
            return 421, "This page answers under the name of its own machine only."
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return 405, "Pages are read and forms are posted; nothing else."
        if scope["method"] != "POST":
            return None
        origin = headers.get("origin") or _origin(headers.get("referer", ""))
        if origin.lower() != f"{scope['scheme']}://{named[0]}".lower():
            return 403, "The form was posted from another page."
        if headers.get("sec-fetch-site", "same-origin") != "same-origin":
            return 403, "The form was posted from another page."
        if headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
            return 415, f"Forms are posted as {FORM}."
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > LARGEST_BODY:
            return 413, f"The form is larger than {LARGEST_BODY} bytes."
        return None

    def _own(self, named: str) -> bool:
        if "@" in named:
            return False
        try:
            host = (urlsplit(f"//{named}").hostname or "").lower()
        except ValueError:
            return False
        if host in self.hosts:
            return True
        if not self.addresses:
            return False
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return False
        return True

    async def _body(self, scope: Scope, receive: Receive) -> tuple[bytes, tuple[int, str] | None]:
        body = b""
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return b"", (400, "The form was cut off.")
            body += message.get("body", b"")
            if len(body) > LARGEST_BODY:
                return b"", (413, f"The form is larger than {LARGEST_BODY} bytes.")
            more = message.get("more_body", False)
        try:
            fields = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
        except ValueError:
            return b"", (400, "The form cannot be read.")
        session = self.sessions.of(HTTPConnection(scope).cookies)
        given = fields.get(TOKEN, [""])[0]
        if session is None or not self.sessions.is_token(session, given):
            return b"", (403, "The form is not of this session: load the page again.")
        return body, None


class _Replayed:
    """Gives a body that was read already once more."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self.body, self.receive, self.given = body, receive, False

    async def __call__(self) -> Message:
        if self.given:
            return await self.receive()
        self.given = True
        return {"type": "http.request", "body": self.body, "more_body": False}


def _origin(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
