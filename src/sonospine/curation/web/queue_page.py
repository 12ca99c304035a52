"""The queue: what to look at first, and how far the review has been looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sonospine.curation.web.paging import paging
from sonospine.curation.web.site import Site
from sonospine.curation.web.walking import address_of, filters_of, path_of
from sonospine.evidence.described import subject_of, values_of
from sonospine.model.tables.measurements import STATES

if TYPE_CHECKING:
    from sonospine.curation.queue import Entry
    from sonospine.curation.view import View

A_PAGE = 50
KINDS = {
    "row": "number",
    "conflict": "conflict between places",
    "check": "failed check",
    "unread": "result in a figure only",
    "stale": "asked again",
    "disputed": "disagreement of curators",
}


def routes(site: Site) -> Sequence[Route]:
    """Return the page of the queue."""

    def show(request: Request) -> Response:
        view, queue = site.view(request), site.queue(request)
        filters = filters_of(request)
        entries = queue.entries(**filters)
        part = paging(request, len(entries), A_PAGE, filters)
        if part.number == 1:
            site.memory(request).walks[urlencode(filters)] = entries
        progress = queue.progress()
        return site.page(
            request,
            "queue.jinja",
            lines=[_line(site, view, entry, filters) for entry in entries[part.start : part.end]],
            count=len(entries),
            filters=filters,
            choices=_choices(site),
            verified=progress.verified,
            pooled=progress.pooled,
            paging=part,
        )

    return [Route("/", show)]


def _line(site: Site, view: View, entry: Entry, filters: dict[str, str]) -> dict[str, Any]:
    path = path_of(entry, view)
    # Of a conflict the row that is used (or the first one) tells what it is about.
    row = view.rows.get(entry.target_id) or view.rows.get(path.removeprefix("/row/"))
    return {
        "entry": entry,
        "kind": KINDS.get(entry.kind, entry.kind),
        "path": address_of(entry, view, filters),
        "study": site.study_label(entry.study_id),
        "subject": subject_of(row) if row is not None else entry.target_id,
        "values": values_of(row) if row is not None else "",
        "analyses": [site.title_of(analysis) for analysis in entry.analyses],
    }


def _choices(site: Site) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return the filters: name, label, values with their words."""
    tables = site.desk.tables
    return [
        ("kind", "Kind", list(KINDS.items())),
        ("analysis", "Analysis", [(a.id, a.title) for a in tables.config.analyses]),
        ("study", "Study", sorted(site.studies_with_numbers.items(), key=lambda item: item[1].casefold())),
        ("instrument", "Instrument", [(i, i.replace("_", " ")) for i in site.instruments]),
        ("state", "State", [(s, s) for s in STATES]),
    ]
