"""Signing in and out: a name, a role, and a password where one is asked; nobody else gets past the gate."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sonospine.curation.logbook import curator_name
from sonospine.curation.web.sessions import ADJUDICATOR, CURATOR, ROLES, Sessions
from sonospine.curation.web.site import Site, address
from sonospine.model.errors import InputError

OPEN = ("/sign-in", "/static/", "/favicon.ico")
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 4.0
"""Seconds that a wrong password costs: doubled with each until the longest."""


class Gate:
    """Sends whoever has not signed in to the page where one does."""

    def __init__(self, app: ASGIApp, sessions: Sessions) -> None:
        self.app, self.sessions = app, sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or answer it with the way to sign in."""
        if scope["type"] == "http" and not scope["path"].startswith(OPEN):
            request = Request(scope, receive)
            session = self.sessions.of(request.cookies)
            if session is None or not session.name:
                await _to_sign_in(request)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _to_sign_in(request: Request) -> Response:
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    where = address("/sign-in", next=asked if request.method == "GET" and asked != "/" else "")
    if request.headers.get("hx-request"):
        return Response(status_code=401, headers={"HX-Redirect": "/sign-in"})
    return RedirectResponse(where, 303)


def routes(site: Site) -> Sequence[Route]:
    """Return the pages for signing in and out."""
    attempts = _Attempts()

    def show(
        request: Request, problem: str = "", status: int = 200, name: str = "", role: str = CURATOR
    ) -> Response:
        session = site.sessions.of(request.cookies) or site.sessions.fresh()
        response = site.page(
            request,
            "sign_in.jinja",
            status,
            token=site.sessions.token(session),
            problem=problem,
            name=name or site.suggested,
            role=role,
            roles=ROLES,
            asks_password=bool(site.sessions.password),
            next=own_path(request.query_params.get("next", "")),
        )
        site.sessions.give(session, response)
        return response

    async def sign_in(request: Request) -> Response:
        if request.method != "POST":
            return show(request)
        form = await request.form()
        name, role = str(form.get("name", "")).strip(), str(form.get("role", ""))
        try:
            curator_name(name)
            if role not in ROLES:
                raise InputError("no such role", found=role, allowed=", ".join(ROLES))
        except InputError as fault:
            return show(request, fault.line(), 400, name)
        if site.sessions.password and not await attempts.right(
            lambda: site.sessions.is_password(str(form.get("password", "")))
        ):
            return show(request, "The password is not the right one.", 403, name, role)
        response = site.moved(request, own_path(str(form.get("next", ""))) or "/")
        before = site.sessions.of(request.cookies)
        if before is not None:
            site.sessions.ended.add(before.id)
        site.sessions.give(site.sessions.fresh(name, role), response)
        if role != ADJUDICATOR:
            site.look_ahead(name)
        return response

    async def sign_out(request: Request) -> Response:
        response = site.moved(request, "/sign-in")
        site.forget(request)
        site.sessions.end(site.session(request), response)
        return response

    return [
        Route("/sign-in", sign_in, methods=["GET", "POST"]),
        Route("/sign-out", sign_out, methods=["POST"]),
    ]


class _Attempts:
    """Takes passwords one after the other; each wrong one makes the next answer slower."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.wrong = 0
        self.pause: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def right(self, check: Callable[[], bool]) -> bool:
        async with self.lock:
            if check():
                self.wrong = 0
                return True
            await self.pause(min(FIRST_PAUSE * 2 ** min(self.wrong, 10), LONGEST_PAUSE))
            self.wrong += 1
            return False


def own_path(text: str) -> str:
    """Return a path of this server, empty where the text leads elsewhere."""
    own = (
        text.startswith("/")
        and not text.startswith(("//", "/\\"))
        and text.isprintable()
        and "\\" not in text
    )
    return text if own else ""
