"""The application: its pages, what stands before them, and the server that the command line starts."""

from __future__ import annotations

import contextlib
import logging
import webbrowser
from collections.abc import Callable
from functools import partial
from importlib.resources import files
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from sonospine.curation.desk import Desk, read_tables_of
from sonospine.curation.logbook import Logbook, curator_name
from sonospine.curation.tables import Tables
from sonospine.curation.web import (
    adding,
    comparing,
    deciding,
    help_page,
    history_page,
    judging,
    linking,
    queue_page,
    renewing,
    row_page,
    saving,
    signing_in,
    stale_page,
    study_page,
    voting,
)
from sonospine.curation.web.listening import EVERY_ADDRESS, address_of, hosts_of, is_loopback, listening
from sonospine.curation.web.security import Guard
from sonospine.curation.web.sessions import Sessions
from sonospine.curation.web.signing_in import Gate
from sonospine.curation.web.site import Site
from sonospine.model.errors import InputError

PORT = 8417
KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
STATIC = ("style.css", "curate.js", "htmx.min.js")

log = logging.getLogger(__name__)


def application(
    desk: Desk,
    *,
    host: str = "127.0.0.1",
    password: str = "",
    curator: str = "",
    port: int = PORT,
    reread: Callable[[], Tables] | None = None,
) -> ASGIApp:
    """Return the pages over a desk, guarded.

    Parameters
    ----------
    desk
        Tables, log and views.
    host, port
        Where it will listen: which names it answers under, and how its cookie is called.
    password
        Asked at the sign-in; empty: none.
    curator
        The name that stands in the sign-in form.
    reread
        Reads the tables again, once the review was run while the pages were open.
    """
    sessions = Sessions(password, cookie=f"sonospine-{port}")
    site = Site(desk, sessions, curator, reread)
    site.prepare()
    routes: list[BaseRoute] = [
        Route("/static/{name}", _static),
        Route("/favicon.ico", lambda _: Response(status_code=204)),
    ]
    for module in (
        signing_in,
        queue_page,
        row_page,
        saving,
        adding,
        study_page,
        stale_page,
        history_page,
        help_page,
        renewing,
        deciding,
        linking,
        judging,
        comparing,
        voting,
    ):
        routes += module.routes(site)
    pages = Starlette(
        routes=routes,
        middleware=[Middleware(Gate, sessions=sessions)],
        exception_handlers={
            HTTPException: _told(site, lambda error: (error.status_code, error.detail)),
            InputError: _told(site, lambda error: (400, error.line())),
            Exception: _told(site, lambda _: (500, "Something went wrong here; nothing was written.")),
        },
    )
    # Outermost, so that pages about failures carry the headers too.
    return Guard(pages, hosts_of(host), host in EVERY_ADDRESS, sessions)


def _told(site: Site, what: Callable[..., tuple[int, str]]) -> Callable[[Request, Exception], Response]:
    """Return a handler that shows an error as a page of one line."""

    def handler(request: Request, error: Exception) -> Response:
        status, words = what(error)
        return site.page(request, "problem.jinja", status, problem=words, code=status)

    return handler


def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in STATIC:
        raise HTTPException(404, "no such file")
    content = (files("sonospine.curation") / "static" / name).read_bytes()
    return Response(content, media_type=KINDS[name.rpartition(".")[2]])


def serve(
    root: Path,
    config: Path,
    curator: str = "",
    host: str = "127.0.0.1",
    port: int = PORT,
    password: str = "",
    open_page: bool = False,
    tell: Callable[[str], None] = log.info,
) -> None:
    """Serve the pages until the process is interrupted.

    Parameters
    ----------
    root
        Folder with ``results/`` and ``extracted/``.
    config
        Configuration of the review.
    curator
        Name that stands in the sign-in form.
    host, port
        Where to listen; anything but this machine alone demands a password. Port 0 takes a free one.
    password
        Asked at the sign-in.
    open_page
        Whether to open the page.
    tell
        Takes the one line that names the address.

    Raises
    ------
    InputError
        The tables are missing or faulty, the name is not one, no password where others can reach the page, or the
        port is in use.
    """
    import uvicorn

    host = host.strip("[]")  # as addresses write IPv6
    if curator:
        curator_name(curator)
    if not password and not is_loopback(host):
        raise InputError(
            "a page that other machines can reach needs a password",
            field="--password",
            allowed="a password with --host",
        )
    bound = listening(host, port)
    port = bound.getsockname()[1]
    with contextlib.closing(bound), contextlib.suppress(KeyboardInterrupt):
        reread = partial(read_tables_of, root, config)
        desk = Desk(reread(), Logbook(root / "extracted" / "curation"))
        app = application(desk, host=host, password=password, curator=curator, port=port, reread=reread)
        where = address_of(host, port)
        tell(f"Curation page: {where} (Ctrl-C ends it)")
        if open_page:
            webbrowser.open(where)
        settings = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False)
        uvicorn.Server(settings).run(sockets=[bound])
