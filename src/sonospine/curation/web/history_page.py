"""All lines of one person, newest first, each with what became of it and the way to take it back."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sonospine.curation.web.pool_line import shift_lines
from sonospine.curation.web.site import Site, address
from sonospine.curation.web.standing import said_of
from sonospine.evidence.described import subject_of

A_PAGE = 100


def routes(site: Site) -> Sequence[Route]:
    """Return the page of one's own lines on numbers, arms and times."""

    def show(request: Request) -> Response:
        view, session = site.view(request), site.session(request)
        own = [action for action in reversed(view.actions) if action["curator"] == session.name]
        pages = max(1, -(-len(own) // A_PAGE))
        asked = request.query_params.get("page", "1")
        page = min(max(int(asked), 1), pages) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
        lines = []
        for action in own[(page - 1) * A_PAGE : page * A_PAGE]:
            target = view.targets.get(action["action_id"], (action["target_type"], action["target_id"]))[1]
            row = view.rows.get(target)
            lines.append(
                {
                    "said": said_of(view, session, action),
                    "target": target,
                    "row": row,
                    "subject": subject_of(row) if row is not None else "",
                    "study": site.study_label(row["study_id"]) if row is not None else "",
                }
            )
        saved = site.told(request)
        return site.page(
            request,
            "history.jinja",
            lines=lines,
            count=len(own),
            page_number=page,
            pages=pages,
            previous=address("/history", page=str(page - 1)) if page > 1 else "",
            next=address("/history", page=str(page + 1)) if page < pages else "",
            saved=saved,
            shifts=shift_lines(site.desk.tables.config, saved.saved.shifts) if saved and saved.saved else [],
        )

    return [Route("/history", show)]
