"""All lines of one person, newest first, each with what became of it and the way to take it back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sonospine.curation.kinds import CORRECTIONS, LABELS, VOTED, lines_of
from sonospine.curation.web.paging import paging
from sonospine.curation.web.sessions import Session
from sonospine.curation.web.site import Site
from sonospine.curation.web.standing import Said, said_of, shown_lines, what_of
from sonospine.evidence.described import subject_of
from sonospine.model.table_io import Row
from sonospine.model.votes import undone

if TYPE_CHECKING:
    from sonospine.curation.view import View

A_PAGE = 100


def routes(site: Site) -> Sequence[Route]:
    """Return the page of one's own lines."""

    def show(request: Request) -> Response:
        view, session = site.view(request), site.session(request)
        own = [
            (CORRECTIONS, action) for action in shown_lines(view.actions) if action["curator"] == session.name
        ]
        taken_back: set[str] = set()
        for kind in VOTED:
            listed = lines_of(site.desk.logbook, kind, site.desk.tables.vocabulary)
            mine = [action for action in listed if action["curator"] == session.name]
            own += [(kind, action) for action in mine]
            taken_back |= undone(mine)
        own.sort(key=lambda one: one[1]["time"], reverse=True)
        by_id = {action["action_id"]: action for _, action in own}
        part = paging(request, len(own), A_PAGE)
        saved = site.told(request)
        return site.page(
            request,
            "history.jinja",
            lines=[
                _about_number(site, view, session, action, by_id)
                if kind == CORRECTIONS
                else _about_other(kind, action, by_id, taken_back)
                for kind, action in own[part.start : part.end]
            ],
            count=len(own),
            paging=part,
            saved=saved,
            shifts=site.moves(saved),
        )

    return [Route("/history", show)]


def _about_number(
    site: Site, view: View, session: Session, action: Row, by_id: Mapping[str, Row]
) -> dict[str, Any]:
    about = by_id.get(action["refers_to"], action) if action["action"] == "undo" else action
    target = view.targets.get(about["action_id"], (about["target_type"], about["target_id"]))[1]
    row = view.rows.get(target)
    return {
        "said": said_of(view, session, action),
        "what": _what(action, by_id),
        "kind": LABELS[CORRECTIONS],
        "undo": "/undo",
        "field": "actions",
        "target": target,
        "row": row,
        "about": f"{site.study_label(row['study_id'])}: {subject_of(row)}" if row is not None else "",
    }


def _about_other(
    kind: str, action: Row, by_id: Mapping[str, Row], taken_back: Collection[str]
) -> dict[str, Any]:
    about = by_id.get(action["refers_to"], action) if action["action"] == "undo" else action
    stands = action["action_id"] not in taken_back
    outcome = "the next run counts it" if stands else "taken back"
    words = (action["action_id"], action["time"], action["curator"], what_of(action), action["reason"])
    return {
        "said": Said(*words, outcome, stands, mine=True),
        "what": _what(action, by_id),
        "kind": LABELS[kind],
        "undo": f"/votes/{kind}/undo",
        "field": "action",
        "target": f"{about['target_type']} {about['target_id']}",
        "row": None,
        "about": "",
    }


def _what(action: Row, by_id: Mapping[str, Row]) -> str:
    referred = by_id.get(action["refers_to"]) if action["action"] == "undo" else None
    return what_of(action) if referred is None else f"took back: {what_of(referred)}"
