"""A study at once: its arms and times, edited once for all its rows; its rows, conflicts, figures and lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sonospine.corrections.actions import SETTABLE
from sonospine.curation import lines
from sonospine.curation.web.fields import changes, fields_of, label_of
from sonospine.curation.web.saving import CORRECTIONS, posted, refuse_adjudicators
from sonospine.curation.web.seen import check_seen, saw, typed_now
from sonospine.curation.web.site import Site
from sonospine.curation.web.standing import STATES, said_of, shown_lines
from sonospine.evidence.described import conflict_kind
from sonospine.evidence.naming import addresses_of_row, place_in_words
from sonospine.model.errors import InputError
from sonospine.model.table_io import Row

KINDS = ("arm", "timepoint")


def routes(site: Site) -> Sequence[Route]:
    """Return the page of a study, and what is posted about its arms and times."""

    def show(request: Request) -> Response:
        return _page(site, request)

    def change(request: Request, form: Mapping[str, str]) -> Response:
        study_id, kind = request.path_params["study_id"], request.path_params["kind"]
        target = request.path_params["target_id"]
        view = site.view(request)
        own = {row["arm_id"] for row in view.arms_of(study_id)} | {
            row["timepoint_id"] for row in view.timepoints_of(study_id)
        }
        if kind not in KINDS or target not in own:
            raise HTTPException(404, f"The study has no {kind} {target}.")
        try:
            refuse_adjudicators(site, request)
            hand, shown = site.hand(request), view.shown(kind, target)
            check_seen(kind, shown.row, form)
            if form.get("action") == "confirm":
                made, words = (
                    [lines.confirm(hand, shown, "", form.get("reason", ""))],
                    f"Confirmed the {kind}.",
                )
            else:
                values = changes(kind, shown.row, form)
                made = [
                    lines.set_field(hand, shown, name, value, reason=form.get("reason", ""))
                    for name, value in values.items()
                ]
                told = ", ".join(f"{label_of(name)} {value or 'empty'}" for name, value in values.items())
                words = f"Saved for all rows of the {kind}: {told}."
            if made:
                site.save(request, CORRECTIONS, made, words)
            else:
                site.tell(request, "Nothing was changed, so nothing was saved.")
        except InputError as fault:
            return _page(site, request, problem=fault.line(), typed={target: form})
        return site.moved(request, f"/study/{study_id}")

    return [
        Route("/study/{study_id}", show),
        Route("/study/{study_id}/{kind}/{target_id}", posted(change), methods=["POST"]),
    ]


def _page(
    site: Site,
    request: Request,
    *,
    problem: str = "",
    typed: Mapping[str, Mapping[str, str]] | None = None,
) -> Response:
    view, study_id = site.view(request), request.path_params["study_id"]
    study = site.desk.tables.study.get(study_id)
    if study is None:
        raise HTTPException(404, f"There is no study {study_id}.")
    records = site.records_of(study_id)
    evidence = view.evidence(study_id)
    rows = sorted(view.of_study(study_id), key=_as_printed)
    forms: dict[str, list[dict[str, Any]]] = {
        kind: [
            {
                "id": row[f"{kind}_id"],
                "row": row,
                "saw": saw(kind, row),
                "fields": fields_of(
                    kind, SETTABLE[kind][1], row, view.as_read(kind, row[f"{kind}_id"]),
                    typed_now(kind, row, (typed or {}).get(row[f"{kind}_id"])),
                ),
                "count": sum(row[f"{kind}_id"] in (r[f"{kind}_id"], r.get("comparator_arm_id", "")) for r in rows),
            }
            for row in listed
        ]
        for kind, listed in (("arm", view.arms_of(study_id)), ("timepoint", sorted(view.timepoints_of(study_id), key=_in_time)))
    }  # fmt: skip
    own = {("measurement", r["measurement_id"]) for r in rows}
    own |= {(kind, form["id"]) for kind, listed in forms.items() for form in listed}
    session = site.session(request)
    saved = site.told(request)
    return site.page(
        request,
        "study.jinja",
        400 if problem else 200,
        problem=problem,
        study=study,
        label=site.study_label(study_id),
        records=[
            (r, addresses_of_row(site.desk.tables.record[r]), sum(m["record_id"] == r for m in rows))
            for r in records
        ],
        forms=forms,
        rows=[
            (
                r,
                place_in_words(evidence.records.get(r["record_id"]), r["locator"]),
                STATES.get(r["state"] or "unread", ("", r["state"])),
            )
            for r in rows
        ],
        conflicts=[
            (c, conflict_kind(c["kind"]), [i for i in c["measurement_ids"].split(";") if i in view.rows])
            for c in view.conflicts_of(study_id)
        ],
        unread=[u for u in view.unread if u["record_id"] in records],
        said=[
            said_of(view, session, action)
            for action in reversed(shown_lines(view.actions))
            if (view.targets.get(action["action_id"]) or (action["target_type"], action["target_id"])) in own
            or action["record_id"] in records
        ],
        saved=saved,
        shifts=site.moves(saved),
    )


def _as_printed(row: Row) -> tuple[object, ...]:
    """Order rows as they stand in their records."""
    pieces = re.split(r"(\d+)", row["locator"])
    return row["record_id"], [(int(piece), "") if piece.isdigit() else (-1, piece) for piece in pieces]


def _in_time(row: Row) -> tuple[bool, bool, float]:
    """Order timepoints: baseline first, those without weeks last."""
    return row["phase"] != "baseline", not row["weeks"], float(row["weeks"] or 0)
