"""One row, one screen: the source beside what was read in it, and what becomes of the number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sonospine.curation.web.fields import GROUPS, PLACED, fields_of, label_of
from sonospine.curation.web.placing import search
from sonospine.curation.web.pool_line import PoolLine, pool_line
from sonospine.curation.web.seen import saw, typed_now
from sonospine.curation.web.site import Site
from sonospine.curation.web.source import source_of
from sonospine.curation.web.standing import standing_of
from sonospine.curation.web.walking import filters_of, step_of
from sonospine.evidence.chain import StudyEvidence
from sonospine.evidence.described import conflict_kind
from sonospine.evidence.fragments import chain_html
from sonospine.evidence.naming import place_in_words
from sonospine.figures.wording import effect_number, interval_text
from sonospine.model.numbers import truth
from sonospine.model.table_io import Row
from sonospine.model.times import readable_time

if TYPE_CHECKING:
    from sonospine.curation.view import View

MOST_ALTERNATIVES = 9


@dataclass(frozen=True, slots=True)
class Alternative:
    """What a field of the row could be instead; ``key`` takes it, ``taken`` tells that the row has it now."""

    key: str
    field: str
    label: str
    value: str
    words: str
    probability: str
    taken: bool


@dataclass(frozen=True, slots=True)
class Becomes:
    """An effect that rests on the row: its analysis, size, weight, why it is left out, its chain and its pool."""

    effect: Row
    title: str
    size: str
    weight: str
    left_out: str
    chain: Markup
    pool: PoolLine


def routes(site: Site) -> Sequence[Route]:
    """Return the page of one row."""

    def show(request: Request) -> Response:
        return row_response(site, request, request.path_params["row_id"])

    return [Route("/row/{row_id}", show)]


def row_response(
    site: Site,
    request: Request,
    row_id: str,
    *,
    problem: str = "",
    typed: Mapping[str, str] | None = None,
) -> Response:
    """Return the page of a row; with the problem and what was typed where a form was refused."""
    view = site.view(request)
    row = view.rows.get(row_id)
    if row is None:
        raise HTTPException(404, f"There is no row {row_id}.")
    evidence = view.evidence(row["study_id"])
    asked = request.query_params.get("source", "")
    typed = typed_now("measurement", row, typed)
    source = source_of(evidence, asked if asked in evidence.records else row["record_id"], row)
    read = view.as_read("measurement", row_id)
    saved = site.told(request)
    return site.page(
        request,
        "row.jinja",
        400 if problem else 200,
        problem=problem,
        typed=typed or {},
        row=row,
        saw=saw("measurement", row),
        study=site.study_label(row["study_id"]),
        source=source,
        find=search(source.record, request.query_params.get("find", "")),
        place=place_in_words(evidence.records.get(row["record_id"]), row["locator"]),
        groups=[(name, fields_of("measurement", names, row, read, typed)) for name, names in GROUPS],
        placed=fields_of("measurement", PLACED, row, read),
        instruments=site.instruments,
        arms=sorted({arm["label"] for arm in view.arms_of(row["study_id"])} - {""}),
        alternatives=alternatives_of(site, row),
        becomes=_becomes(site, view, row, evidence),
        conflicts=_conflicts(row, evidence),
        others=_others(row, evidence),
        standing=standing_of(view, site.session(request), row),
        saved=saved,
        shifts=site.moves(saved),
        step=step_of(site, request, request.url.path if request.method == "GET" else f"/row/{row_id}"),
        filters=filters_of(request),
    )


def alternatives_of(site: Site, row: Row) -> list[Alternative]:
    """Return what else the row could be, the likeliest first, at most as many as there are keys."""
    listed = site.alternatives.get(row["measurement_id"], ())
    ranked = sorted(listed, key=lambda a: (-float(a["probability"]), a["field"], int(a["rank"])))
    return [
        Alternative(
            str(key),
            found["field"],
            label_of(found["field"]),
            found["value"],
            _in_words(found),
            f"{100 * float(found['probability']):.0f} %",
            row.get(found["field"], "") == found["value"],
        )
        for key, found in enumerate(ranked[:MOST_ALTERNATIVES], 1)
    ]


def _in_words(alternative: Row) -> str:
    value = alternative["value"]
    if alternative["field"] == "weeks" and value:
        return readable_time(float(value))
    if alternative["field"] in ("spread", "centre", "phase", "time_from"):
        return value.upper() if len(value) <= 3 else value.replace("_", " ")
    return value or "empty"


def _becomes(site: Site, view: View, row: Row, evidence: StudyEvidence) -> list[Becomes]:
    config = site.desk.tables.config
    found = []
    for effect in view.effects_of(row["measurement_id"]):
        weights = [
            w for w in evidence.weights.get(effect["effect_id"], ()) if w["variant"] == effect["variant"]
        ]
        pooled = view.pooled.get(effect["analysis"]) if effect["variant"] == "primary" else None
        found.append(
            Becomes(
                effect,
                site.title_of(effect["analysis"])
                + ("" if effect["variant"] == "primary" else " (with the other value)"),
                _size(effect),
                f"{float(weights[0]['weight']):.1f} %" if weights else "",
                "" if truth(effect["included"]) else effect["exclusion_reason"] or "no reason given",
                chain_html(effect, evidence),
                pool_line(config, effect["analysis"], pooled),
            )
        )
    return sorted(found, key=lambda b: (bool(b.left_out), b.effect["variant"] != "primary", b.title))


def _size(effect: Row) -> str:
    if not effect["yi"]:
        return ""
    text = f"{effect['measure']} {effect_number(float(effect['yi']), effect['measure'])}"
    if effect["ci_lower"] and effect["ci_upper"]:
        text += f" {interval_text(float(effect['ci_lower']), float(effect['ci_upper']), effect['measure'])}"
    return text


def _conflicts(row: Row, evidence: StudyEvidence) -> list[dict[str, Any]]:
    own = row["measurement_id"]
    return [
        {
            "kind": conflict_kind(conflict["kind"]),
            "reason": conflict["reason"],
            "check": conflict["check"],
            "chosen": conflict["chosen"],
            "rows": [
                _other(evidence.measurements[i], evidence)
                for i in conflict["measurement_ids"].split(";")
                if i in evidence.measurements and i != own
            ],
        }
        for conflict in evidence.conflicts
        if own in conflict["measurement_ids"].split(";")
        or (row["result_id"] and conflict["result_id"] == row["result_id"])
    ]


def _others(row: Row, evidence: StudyEvidence) -> list[dict[str, Any]]:
    return [
        _other(other, evidence)
        for other in evidence.measurements.values()
        if row["result_id"] and other["result_id"] == row["result_id"] and other is not row
    ]


def _other(row: Row, evidence: StudyEvidence) -> dict[str, Any]:
    return {
        "row": row,
        "place": place_in_words(evidence.records.get(row["record_id"]), row["locator"]),
    }
