"""Lines that no longer fit what is read: what was seen then beside what is read now, and three ways on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sonospine.curation import lines
from sonospine.curation.web.saving import CORRECTIONS, posted
from sonospine.curation.web.seen import check_seen
from sonospine.curation.web.signing_in import own_path
from sonospine.curation.web.site import Site
from sonospine.curation.web.standing import stale_of
from sonospine.model.errors import InputError
from sonospine.model.table_io import Row

AGAIN, DROP = "again", "drop"


def routes(site: Site) -> Sequence[Route]:
    """Return the page of stale lines, and what is posted about one."""

    def show(request: Request) -> Response:
        view, session = site.view(request), site.session(request)
        saved = site.told(request)
        return site.page(
            request,
            "stale.jinja",
            stale=[stale_of(view, session, action) for action, _ in view.stale],
            rows=view.rows,
            saved=saved,
            shifts=site.moves(saved),
        )

    def decide(request: Request, form: Mapping[str, str]) -> Response:
        view, session = site.view(request), site.session(request)
        action = next((a for a, _ in view.stale if a["action_id"] == request.path_params["action_id"]), None)
        if action is None:
            raise HTTPException(404, "There is no such line to ask about.")
        if action["curator"] != session.name:
            raise InputError(
                "only whoever wrote a line decides on it again", field="curator", found=session.name
            )
        hand = site.hand(request)
        made: list[Row] = [
            lines.undo(hand, action["action_id"], form.get("reason", "") or "it no longer fits")
        ]
        words = "Dropped: the line no longer counts."
        if form.get("choice") == AGAIN:
            target = stale_of(view, session, action).target
            if not target:
                raise InputError(
                    "no row can be named that the line speaks about now: find it, or drop the line"
                )
            check_seen(action["target_type"], view.shown(action["target_type"], target).row, form)
            made.append(_again(site, request, action, target))
            words = "Said again about what is read now."
        elif form.get("choice") != DROP:
            raise InputError(
                "no such choice", field="choice", found=form.get("choice", ""), allowed=f"{AGAIN}, {DROP}"
            )
        site.save(request, CORRECTIONS, made, words)
        return site.moved(request, own_path(form.get("back", "")) or "/stale")

    return [
        Route("/stale", show),
        Route("/stale/{action_id}", posted(decide), methods=["POST"]),
    ]


def _again(site: Site, request: Request, action: Row, target: str) -> Row:
    hand, shown = site.hand(request), site.view(request).shown(action["target_type"], target)
    if action["action"] == "set":
        # The place is that of the old source: it is not claimed for the new one.
        return lines.set_field(hand, shown, action["field"], action["new_value"], reason=action["reason"])
    if action["action"] == "reject":
        return lines.reject(hand, shown, action["reason"])
    return lines.confirm(hand, shown, action["field"], action["reason"])
