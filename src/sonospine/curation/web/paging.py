"""Long lists, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request

from sonospine.curation.web.site import address


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of a list is shown: ``start`` to ``end``, page ``number`` of ``pages``, addresses of its neighbours."""

    number: int
    pages: int
    start: int
    end: int
    previous: str
    next: str


def paging(request: Request, count: int, size: int, filters: Mapping[str, str] | None = None) -> Paging:
    """Return the part of a list of ``count`` that an address asks for; a page that is none gives the nearest."""
    pages = max(1, -(-count // size))
    asked = request.query_params.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    number = min(max(number, 1), pages)
    path = request.url.path
    return Paging(
        number,
        pages,
        (number - 1) * size,
        min(number * size, count),
        address(path, filters, page=str(number - 1)) if number > 1 else "",
        address(path, filters, page=str(number + 1)) if number < pages else "",
    )
