"""A result that the reader missed: its number selected in the source, or typed with page, figure or file and a note."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sonospine.corrections.actions import SETTABLE
from sonospine.corrections.additions import addition_id
from sonospine.corrections.votes import PLACE_OF, SOURCE_OF
from sonospine.curation import lines
from sonospine.curation.web.fields import FIELD, GROUPS, PLACE, PLACED, QUOTE, fields_of, values_typed
from sonospine.curation.web.placing import checked, search
from sonospine.curation.web.saving import CORRECTIONS, posted, refuse_adjudicators
from sonospine.curation.web.site import Site, address
from sonospine.curation.web.source import source_of
from sonospine.curation.web.walking import step_of
from sonospine.model.errors import InputError
from sonospine.model.table_io import Row
from sonospine.model.tables import MEASUREMENTS

ELSEWHERE = ("figure", "supplement", "pdf", "author", "manual")
"""Kinds of place that are named by hand: nothing in the record can be pointed at."""
_LIKE = ("outcome", "instrument", "construct", "scale_min", "scale_max", "unit", "subscale", "arm", "arm_definition",
         "comparator_arm", "n", "time", "weeks", "phase", "time_from", "change", "centre", "spread", "measure",
         "adjusted", "population")  # fmt: skip
"""Columns that a new row takes over from one like it."""


def routes(site: Site) -> Sequence[Route]:
    """Return the page for adding a result, and what is posted from it."""

    def show(request: Request) -> Response:
        return _page(site, request)

    def add(request: Request, form: Mapping[str, str]) -> Response:
        try:
            refuse_adjudicators(site, request)
            made = _lines(site, request, form)
            row_id = addition_id(made[0]["group_id"])
            site.save(request, CORRECTIONS, made, "Added.")
        except InputError as fault:
            return _page(site, request, problem=fault.line(), typed=form)
        return site.moved(request, f"/row/{row_id}")

    return [
        Route("/study/{study_id}/add", show),
        Route("/study/{study_id}/add", posted(add), methods=["POST"]),
    ]


def _page(
    site: Site, request: Request, *, problem: str = "", typed: Mapping[str, str] | None = None
) -> Response:
    view, study_id = site.view(request), request.path_params["study_id"]
    records = site.records_of(study_id)
    if not records:
        raise HTTPException(404, f"There is no study {study_id}.")
    typed = typed or _carried(request)
    asked = {
        **request.query_params,
        **{k: v for k, v in (typed or {}).items() if k in ("record", "place", "like")},
    }
    like = view.rows.get(asked.get("like", ""))
    row = MEASUREMENTS.row(change="false", adjusted="false", spread="none", centre="mean")
    if like is not None:
        row |= {name: like[name] for name in _LIKE}
    record_id = asked.get("record", "") or (like["record_id"] if like is not None else records[0])
    if record_id not in records:
        raise HTTPException(404, f"The study has no record {record_id}.")
    place = asked.get("place", "")
    names = [(group, [n for n in columns if n != "source"]) for group, columns in GROUPS]
    return site.page(
        request,
        "adding.jinja",
        400 if problem else 200,
        problem=problem,
        typed=typed,
        study_id=study_id,
        study=site.study_label(study_id),
        like=like,
        record_id=record_id,
        place=place,
        unread=next((u for u in view.unread if u["record_id"] == record_id and u["locator"] == place), None),
        source=source_of(view.evidence(study_id), record_id, place=place),
        find=search(site.desk.tables.parsed(record_id), request.query_params.get("find", "")),
        groups=[(group, fields_of("measurement", columns, row, None, typed)) for group, columns in names],
        placed=fields_of("measurement", PLACED, row, None),
        kinds=ELSEWHERE,
        instruments=site.instruments,
        arms=sorted({arm["label"] for arm in view.arms_of(study_id)} - {""}),
        saved=site.told(request),
        step=step_of(site, request, address(request.url.path, record=asked.get("record", ""), place=place)),
    )


def _carried(request: Request) -> dict[str, str]:
    """Return what a selection on the page of a row brought along: a place, its characters, the number in them."""
    names = (("at", PLACE + "value"), ("quote", QUOTE + "value"), ("value", FIELD + "value"))
    return {ours: request.query_params[name] for name, ours in names if request.query_params.get(name)}


def _lines(site: Site, request: Request, form: Mapping[str, str]) -> list[Row]:
    record_id, kind = form.get("record", ""), form.get("kind", "")
    if record_id not in site.records_of(request.path_params["study_id"]):
        raise InputError("the study has no such record", field="record", found=record_id)
    record = site.desk.tables.parsed(record_id)
    values = values_typed(SETTABLE["measurement"][1], form) | {"record_id": record_id}
    if not values.get("value") and not values.get("lower"):
        raise InputError("a result has a number", field="value", found="", allowed="a number, or an interval")
    if kind in ELSEWHERE:
        page = " ".join(form.get("where", "").split())
        if not page or not form.get("reason", "").strip():
            raise InputError(
                "a result from elsewhere says where it stands, and a note how it was read",
                field="where" if not page else "reason",
                found="",
                allowed="page, figure or file, and a few words",
            )
        values |= {"source": kind, "locator": page}
        if quoted := form.get(QUOTE + "value", "").strip():
            values["quote"] = quoted
    else:
        for name in PLACED:
            locator, quote = form.get(PLACE + name, "").strip(), form.get(QUOTE + name, "")
            if name == "value" and not locator and not quote.strip():
                quote = values.get("value", "") or values.get("lower", "")
            if not locator and not quote.strip():
                continue
            found = checked(record, locator, quote, form.get(PLACE + "value", ""))
            if name == "value":
                values |= {"locator": found.locator, "quote": found.quote}
                values["source"] = SOURCE_OF.get(found.locator.partition("/")[0], "figure")
            else:
                values[PLACE_OF[name]] = found.locator
    sha256 = site.desk.tables.record[record_id]["sha256"]
    return lines.add(
        site.hand(request), values, record=record, source_sha256=sha256, reason=form.get("reason", "")
    )
