"""The keys of the page."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sonospine.curation.web.site import Site

KEYS = (
    ("c", "confirm the row as it stands"),
    ("e", "edit: go to the first field"),
    ("1 … 9", "take the alternative of that number"),
    ("r", "reject the row, with a reason"),
    ("s", "skip: the next row, nothing is written"),
    ("u", "undo: take back what you did last to this row"),
    ("n, p", "next and previous row of the queue"),
    ("a", "add a result that was missed"),
    ("/", "search the source for characters"),
    (
        "v, d, l, h, m, t",
        "with a number selected in the source: use it as value, SD or SE, lower, upper, people, total",
    ),
    ("?", "this list"),
)


def routes(site: Site) -> Sequence[Route]:
    """Return the page that lists the keys."""

    def show(request: Request) -> Response:
        return site.page(request, "keys.jinja", keys=KEYS)

    return [Route("/keys", show)]
