"""What curators do to a row: confirm, set, take an alternative, reject, comment, take back, decide on stale lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sonospine.curation import lines
from sonospine.curation.web.fields import PLACE, PLACED, QUOTE, changes, label_of
from sonospine.curation.web.placing import Found, checked
from sonospine.curation.web.row_page import row_response
from sonospine.curation.web.seen import check_seen
from sonospine.curation.web.sessions import ADJUDICATOR
from sonospine.curation.web.site import Site, address
from sonospine.curation.web.walking import filters_of
from sonospine.model.errors import InputError
from sonospine.model.table_io import Row
from sonospine.model.votes import undone

if TYPE_CHECKING:
    from sonospine.curation.lines import Hand, Shown

CORRECTIONS = "corrections"
Form = Mapping[str, str]
Builder = Callable[["Hand", "Shown", Form], tuple[list[Row], str]]


def routes(site: Site) -> Sequence[Route]:
    """Return what can be posted about a row."""

    def posts(build: Builder) -> Callable[[Request], Response]:
        def post(request: Request, form: Form) -> Response:
            row_id = request.path_params["row_id"]
            view = site.view(request)
            if row_id not in view.rows:
                raise HTTPException(404, f"There is no row {row_id}.")
            try:
                refuse_adjudicators(site, request)
                if build is not _comment:
                    check_seen("measurement", view.rows[row_id], form)
                made, words = build(site.hand(request), view.shown("measurement", row_id), form)
                if made:
                    site.save(request, CORRECTIONS, made, words)
                else:
                    site.tell(request, words)
            except InputError as fault:
                return row_response(site, request, row_id, problem=fault.line(), typed=form)
            return site.moved(request, address(f"/row/{row_id}", filters_of(request)))

        return posted(post)

    def set_fields(hand: Hand, shown: Shown, form: Form) -> tuple[list[Row], str]:
        places = _places(site, shown, form)
        values = changes("measurement", shown.row, form)
        for name in places:
            values.setdefault(name, shown.row[name])
        made = [
            lines.set_field(
                hand,
                shown,
                name,
                value,
                new_locator=places[name].locator if name in places else "",
                new_quote=places[name].quote if name in places else "",
                reason=form.get("reason", ""),
            )
            for name, value in values.items()
        ]
        if not made:
            return [], "Nothing was changed, so nothing was saved."
        told = ", ".join(f"{label_of(name)} {value or 'empty'}" for name, value in values.items())
        stands = "; ".join(f"“{place.quote}” stands at {place.locator}" for place in places.values())
        return made, f"Saved: {told}." + (f" {stands}." if stands else "")

    def undo(request: Request, form: Form) -> Response:
        view, name = site.view(request), site.session(request).name
        asked = form.get("actions", "").split()
        check_undo(asked, [action for action in view.actions if action["curator"] == name])
        hand = site.hand(request)
        made = [lines.undo(hand, action_id, form.get("reason", "")) for action_id in asked]
        site.save(request, CORRECTIONS, made, "Taken back.")
        return site.moved(request, _back(form))

    return [
        Route("/row/{row_id}/confirm", posts(_confirm), methods=["POST"]),
        Route("/row/{row_id}/set", posts(set_fields), methods=["POST"]),
        Route("/row/{row_id}/alternative", posts(_alternative), methods=["POST"]),
        Route("/row/{row_id}/reject", posts(_reject), methods=["POST"]),
        Route("/row/{row_id}/comment", posts(_comment), methods=["POST"]),
        Route("/undo", posted(undo), methods=["POST"]),
    ]


def check_undo(asked: Sequence[str], own: Sequence[Row]) -> None:
    """Check that lines can be taken back.

    Parameters
    ----------
    asked
        Their ids.
    own
        All lines of whoever asks, in the order in which they were written.

    Raises
    ------
    InputError
        None is named, one is another's, or one was taken back already.
    """
    if not asked or not {action["action_id"] for action in own}.issuperset(asked):
        raise InputError(
            "only a line of your own can be taken back", field="action_id", found=" ".join(asked)
        )
    if again := undone(own).intersection(asked):
        raise InputError(
            "it was taken back already: load the page again", field="action_id", found=" ".join(sorted(again))
        )


def posted(answer: Callable[[Request, Form], Response]) -> Callable[[Request], Response]:
    """Return an endpoint that reads the form, then answers in a thread of its own (files are written there)."""
    from starlette.concurrency import run_in_threadpool

    async def endpoint(request: Request) -> Response:
        async with request.form() as form:
            values = {name: str(value) for name, value in form.items()}
        return await run_in_threadpool(answer, request, values)

    return endpoint  # type: ignore[return-value]  # Starlette takes both kinds; plain pages are declared by this one


def refuse_adjudicators(site: Site, request: Request) -> None:
    """Raise where an adjudicator would vote: who decides on a row has not voted on it."""
    if site.session(request).role == ADJUDICATOR:
        raise InputError(
            "an adjudicator decides on disagreements and does not vote: sign in as a curator to vote"
        )


def _confirm(hand: Hand, shown: Shown, form: Form) -> tuple[list[Row], str]:
    field = form.get("field", "")
    line = lines.confirm(hand, shown, field, form.get("reason", ""))
    return [line], f"Confirmed: {label_of(field)}." if field else "Confirmed."


def _alternative(hand: Hand, shown: Shown, form: Form) -> tuple[list[Row], str]:
    field, value = form.get("field", ""), form.get("value", "")
    line = lines.set_field(hand, shown, field, value, reason=form.get("reason", ""))
    return [line], f"Saved: {label_of(field)} {value or 'empty'}."


def _reject(hand: Hand, shown: Shown, form: Form) -> tuple[list[Row], str]:
    if not form.get("reason", "").strip():
        raise InputError("a rejection needs its reason", field="reason", allowed="a few words")
    return [lines.reject(hand, shown, form["reason"])], "Rejected."


def _comment(hand: Hand, shown: Shown, form: Form) -> tuple[list[Row], str]:
    return [lines.comment(hand, shown, form.get("reason", ""))], "Noted."


def _places(site: Site, shown: Shown, form: Form) -> dict[str, Found]:
    """Return the places that a form gives for numbers, each checked against the record."""
    record = site.desk.tables.parsed(shown.record_id)
    found = {}
    for name in PLACED:
        locator, quote = form.get(PLACE + name, "").strip(), form.get(QUOTE + name, "")
        if locator or quote.strip():
            if form.get("record", shown.record_id) != shown.record_id:
                raise InputError(
                    "a number of this row stands in the record where it was read; add another result for another record",
                    field=label_of(name),
                    found=form["record"],
                    allowed=shown.record_id,
                )
            found[name] = checked(record, locator, quote, shown.row["locator"])
    return found


def _back(form: Form) -> str:
    """Return the page that a form came from; the queue where it names none of this server."""
    from sonospine.curation.web.signing_in import own_path

    return own_path(form.get("back", "")) or "/"
