"""From one entry of the queue to the next: each session walks through the order that it saw last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from starlette.requests import Request

from sonospine.curation.web.site import Site, address

if TYPE_CHECKING:
    from sonospine.curation.queue import Entry
    from sonospine.curation.view import View

FILTERS = ("kind", "analysis", "study", "instrument", "state")


@dataclass(frozen=True, slots=True)
class Step:
    """Where a page stands in the walk: addresses of its neighbours (empty at an end), its place from 1, the length."""

    previous: str
    next: str
    place: int
    length: int
    query: str


def filters_of(request: Request) -> dict[str, str]:
    """Return the filters that an address carries."""
    return {name: request.query_params[name] for name in FILTERS if request.query_params.get(name)}


def path_of(entry: Entry, view: View) -> str:
    """Return the page on which an entry is worked on."""
    if entry.target_id in view.rows:
        return f"/row/{quote(entry.target_id)}"
    if entry.kind == "unread":
        return address(f"/study/{quote(entry.study_id)}/add", record=entry.record_id, place=entry.target_id)
    if entry.kind == "stale":
        return f"/stale#{quote(entry.target_id)}"
    for conflict in view.conflicts_of(entry.study_id):
        if conflict["conflict_id"] == entry.target_id:
            first = conflict["chosen"] or conflict["measurement_ids"].partition(";")[0]
            return f"/row/{quote(first)}"
    return f"/study/{quote(entry.study_id)}"


def step_of(site: Site, request: Request, path: str) -> Step:
    """Return where a page stands among the entries that the filters of its address let through.

    The order is the one that the session saw when it last looked at the queue: what is saved meanwhile moves nothing.
    """
    filters = filters_of(request)
    walks = site.memory(request).walks
    key = urlencode(filters)
    if key not in walks:
        walks[key] = site.queue(request).entries(**filters)
    walk, view = walks[key], site.view(request)
    here = [place for place, entry in enumerate(walk) if _is_at(entry, path, view)]
    before = walk[here[0] - 1] if here and here[0] > 0 else None
    following = here[-1] + 1 if here else 0
    after = walk[following] if following < len(walk) else None
    return Step(
        address_of(before, view, filters) if before is not None else "",
        address_of(after, view, filters) if after is not None else "",
        here[0] + 1 if here else 0,
        len(walk),
        key,
    )


def address_of(entry: Entry, view: View, filters: Mapping[str, str]) -> str:
    """Return the page of an entry with the filters by which it was found."""
    path, mark, fragment = path_of(entry, view).partition("#")
    joined = path + ("&" if "?" in path else "?") + urlencode(filters) if filters else path
    return joined + mark + fragment


def _is_at(entry: Entry, path: str, view: View) -> bool:
    # Most entries are rows, which are told without asking the view: there can be very many.
    if entry.kind in ("row", "check", "disputed"):
        return path.endswith(entry.target_id) and path == f"/row/{quote(entry.target_id)}"
    return path_of(entry, view) == path
