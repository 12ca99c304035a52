"""From one entry of the queue to the next: each session walks through the order that it saw last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def walked(entries: Sequence[Entry], view: View) -> list[str]:
    """Return the pages of entries in their order, each once."""
    return list(dict.fromkeys(path_of(entry, view) for entry in entries))


def step_of(site: Site, request: Request, path: str) -> Step:
    """Return where a page stands among the entries that the filters of its address let through."""
    filters = filters_of(request)
    walks = site.memory(request).walks
    key = urlencode(filters)
    if key not in walks:
        walks[key] = walked(site.queue(request).entries(**filters), site.view(request))
    walk = walks[key]
    at = walk.index(path) if path in walk else -1
    following = walk[at + 1] if at + 1 < len(walk) else ""
    return Step(
        _with(walk[at - 1], filters) if at > 0 else "",
        _with(following, filters) if following != path else "",
        at + 1,
        len(walk),
        key,
    )


def _with(path: str, filters: Mapping[str, str]) -> str:
    head, mark, tail = path.partition("#")
    joined = head + ("&" if "?" in head else "?") + urlencode(filters) if filters else head
    return joined + mark + tail
