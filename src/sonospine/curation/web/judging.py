"""Risk of bias of a study with its sources beside, and GRADE with the figures of the pool beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sonospine.curation.judgements import (
    check_certainty,
    check_risk,
    start_of,
    tool_for,
)
from sonospine.curation.web.placing import search
from sonospine.curation.web.pool_line import pool_line
from sonospine.curation.web.saving import posted
from sonospine.curation.web.site import address
from sonospine.curation.web.source import source_of
from sonospine.curation.web.voting import Ballot, Given, ballot_of, quoted_path, save_votes, vote_line
from sonospine.figures.wording import rounded
from sonospine.model import grade, risk_of_bias
from sonospine.model.errors import InputError
from sonospine.model.numbers import truth
from sonospine.model.risk_of_bias import TOOLS, deviation_of, suggested_overall
from sonospine.model.table_io import Row

if TYPE_CHECKING:
    from sonospine.curation.view import View
    from sonospine.curation.web.site import Site

RISK, GRADE = "risk_of_bias", "grade"
Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """One field of a form: its label, the judgements to choose from, what stands in it, and who said what."""

    name: str
    label: str
    choices: tuple[str, ...]
    given: Given
    said: tuple[Row, ...]
    vote: Row
    saw: str
    note: str = ""


def routes(site: Site) -> Sequence[Route]:
    """Return the pages of judgements."""

    def judge(request: Request, form: Form) -> Response:
        try:
            return _save_risk(site, request, form)
        except InputError as fault:
            return _risk_page(site, request, problem=fault.line(), typed=form)

    def rate(request: Request, form: Form) -> Response:
        try:
            return _save_grade(site, request, form)
        except InputError as fault:
            return _grade_page(site, request, problem=fault.line(), typed=form)

    return [
        Route("/risk-of-bias", lambda request: _risk_list(site, request)),
        Route("/risk-of-bias/{study_id}", lambda request: _risk_page(site, request)),
        Route("/risk-of-bias/{study_id}", posted(judge), methods=["POST"]),
        Route("/grade", lambda request: _grade_list(site, request)),
        Route("/grade/{analysis}", lambda request: _grade_page(site, request)),
        Route("/grade/{analysis}", posted(rate), methods=["POST"]),
    ]


# --- risk of bias -----------------------------------------------------------------------------------------------------


def _risk_list(site: Site, request: Request) -> Response:
    view, ballot = site.view(request), ballot_of(site, request, RISK)
    wanted = request.query_params.get("analysis", "")
    rows = []
    for study_id, analyses in _pooled_in(view).items():
        if wanted and wanted not in analyses:
            continue
        said = {field: _last(ballot, ("study", study_id, field)) for field in risk_of_bias.FIELDS}
        tool = said["tool"] or tool_for(view.tables.study[study_id]["design"])
        judged = sum(bool(said.get(name)) for name in TOOLS[tool].domains)
        rows.append(
            {
                "path": quoted_path("risk-of-bias", study_id),
                "study": site.study_label(study_id),
                "design": view.tables.study[study_id]["design"],
                "tool": said["tool"] or f"{tool} suggested",
                "judged": judged,
                "domains": len(TOOLS[tool].domains),
                "overall": said["overall"],
                "analyses": [site.title_of(name) for name in analyses],
            }
        )
    rows.sort(key=lambda row: (bool(row["overall"]), str(row["study"]).casefold()))
    return site.page(
        request, "judging_studies.jinja", rows=rows, wanted=wanted, saved=site.told(request),
        done=sum(bool(row["overall"]) for row in rows),
        analyses=[(a.id, a.title) for a in view.tables.config.analyses],
    )  # fmt: skip


def _pooled_in(view: View) -> dict[str, list[str]]:
    """Return the analyses in which each study has an effect in the pool."""
    found: dict[str, list[str]] = {}
    for analysis, effects in view.effects.items():
        for row in effects:
            if truth(row["included"]) and row["variant"] == "primary":
                listed = found.setdefault(row["study_id"], [])
                if analysis not in listed:
                    listed.append(analysis)
    return found


def _last(ballot: Ballot, target: tuple[str, str, str]) -> str:
    """Return what a list shows of a field: one's own vote; for an adjudicator what holds, or that it is disputed."""
    if target in ballot.mine:
        return ballot.mine[target]["new_value"]
    poll = ballot.counted.polls.get(target)
    if poll is None:
        return ""
    held = poll.settled
    return held.value if held is not None else "disputed"


def _risk_page(site: Site, request: Request, *, problem: str = "", typed: Form | None = None) -> Response:
    view, study_id = site.view(request), request.path_params["study_id"]
    study = view.tables.study.get(study_id)
    if study is None:
        raise HTTPException(404, f"There is no study {study_id}.")
    analysis = (typed or request.query_params).get("analysis", "")
    analyses = _pooled_in(view).get(study_id, [])
    if analysis and analysis not in analyses:
        raise HTTPException(404, f"The study has no effect in the analysis {analysis}.")
    target = f"{study_id}/{analysis}" if analysis else study_id
    ballot = ballot_of(site, request, RISK)
    asked_tool = (typed or request.query_params).get("tool", "")
    mine_tool = ballot.of(("study", target, "tool"))["new_value"]
    tool = asked_tool if asked_tool in TOOLS else mine_tool or tool_for(study["design"])
    known = TOOLS[tool]

    def asked(name: str, label: str) -> Asked:
        about = ("study", target, name)
        vote = ballot.of(about)
        given = Given.of(typed, name) if typed is not None else _stands(vote)
        strange = vote["new_value"] and vote["new_value"] not in known.judgements
        note = f"{vote['new_value']} is no judgement of {tool}" if strange else ""
        seen, saw = tuple(ballot.seen.get(about, ())), ballot.saw(about, typed, name)
        return Asked(name, label, known.judgements, given, seen, vote, saw, note)

    domains = [asked(name, label) for name, label in known.domains.items()]
    given = {one.name: one.given.value for one in domains}
    suggestion = suggested_overall(tool, given)
    overall = asked("overall", "Overall risk of bias")
    records = site.records_of(study_id)
    wanted = (typed or request.query_params).get("record", "")
    path = quoted_path("risk-of-bias", study_id)
    source = source_of(view.evidence(study_id), wanted if wanted in records else _richest(site, records))
    query = {"tool": tool if tool != mine_tool else "", "analysis": analysis}
    return site.page(
        request,
        "judging_study.jinja",
        400 if problem else 200,
        problem=problem,
        study=study,
        label=site.study_label(study_id),
        tools=list(TOOLS.values()),
        tool=known,
        suggested_tool=tool_for(study["design"]),
        analysis=analysis,
        analyses=[(name, site.title_of(name)) for name in analyses],
        domains=domains,
        overall=overall,
        suggestion=suggestion,
        deviation=deviation_of(suggestion, overall.given.value),
        source=source,
        path=path,
        query={name: value for name, value in query.items() if value},
        saved=site.told(request),
        find=search(source.record, request.query_params.get("find", "")),
        saw_tool=ballot.saw(("study", target, "tool"), typed, "tool"),
        kind=RISK,
        back=address(path, {"analysis": analysis}),
    )


def _richest(site: Site, records: Sequence[str]) -> str:
    """Return the record that is shown first: a full text, else the first."""
    rows = [site.desk.tables.record[name] for name in records]
    full = [row["record_id"] for row in rows if truth(row["full_text"])]
    return full[0] if full else (records[0] if records else "")


def _stands(vote: Row) -> Given:
    return Given(vote["new_value"], vote["reason"], vote["new_locator"], vote["new_quote"])


def _save_risk(site: Site, request: Request, form: Form) -> Response:
    study_id, analysis, tool = request.path_params["study_id"], form.get("analysis", ""), form.get("tool", "")
    if study_id not in site.desk.tables.study:
        raise HTTPException(404, f"There is no study {study_id}.")
    if analysis and analysis not in _pooled_in(site.view(request)).get(study_id, []):
        raise HTTPException(404, f"The study has no effect in the analysis {analysis}.")
    target = f"{study_id}/{analysis}" if analysis else study_id
    fields = [*TOOLS[tool].domains, "overall"] if tool in TOOLS else []
    given = {name: Given.of(form, name) for name in fields}
    check_risk(tool, {name: (one.value, one.reason, one.quote) for name, one in given.items()})
    ballot = ballot_of(site, request, RISK)
    made = [
        vote_line(
            site, request, RISK, ("study", target, name), one, ballot, ballot.shown(form, name),
            record_id=form.get("record", "") if form.get("record") in site.records_of(study_id) else "",
        )
        for name, one in {"tool": Given(tool), **given}.items()
    ]  # fmt: skip
    if not any(one.value for one in given.values()):
        made = []
    named = [row["field"] for row in made if row is not None and row["field"] != "tool"]
    save_votes(site, request, RISK, made, f"Saved: {', '.join(named) or 'the tool'}.")
    return site.moved(request, address(quoted_path("risk-of-bias", study_id), {"analysis": analysis}))


# --- GRADE ------------------------------------------------------------------------------------------------------------


def _grade_list(site: Site, request: Request) -> Response:
    view, ballot = site.view(request), ballot_of(site, request, GRADE)
    rows = []
    for analysis in view.tables.config.analyses:
        pool = view.pooled.get(analysis.id)
        said = {name: _last(ballot, ("analysis", analysis.id, name)) for name in grade.FIELDS}
        rows.append(
            {
                "path": quoted_path("grade", analysis.id),
                "title": analysis.title,
                "k": pool["k"] if pool is not None else "",
                "judged": sum(bool(said[name]) for name in grade.DOWNGRADES),
                "certainty": said["certainty"],
            }
        )
    return site.page(request, "judging_analyses.jinja", rows=rows, saved=site.told(request))


def _grade_page(site: Site, request: Request, *, problem: str = "", typed: Form | None = None) -> Response:
    view, analysis = site.view(request), request.path_params["analysis"]
    if analysis not in {a.id for a in view.tables.config.analyses}:
        raise HTTPException(404, f"There is no analysis {analysis}.")
    ballot = ballot_of(site, request, GRADE)

    def asked(name: str) -> Asked:
        about = ("analysis", analysis, name)
        given = Given.of(typed, name) if typed is not None else _stands(ballot.of(about))
        seen = tuple(ballot.seen.get(about, ()))
        saw = ballot.saw(about, typed, name)
        return Asked(name, grade.LABELS[name], grade.LEVELS[name], given, seen, ballot.of(about), saw)

    fields = {name: asked(name) for name in grade.FIELDS}
    effects = [
        r for r in view.effects.get(analysis, ()) if truth(r["included"]) and r["variant"] == "primary"
    ]
    start = start_of([row["design"] for row in effects])
    suggestion = grade.suggested_certainty(start, {name: one.given.value for name, one in fields.items()})
    pool = view.pooled.get(analysis)
    return site.page(
        request,
        "judging_analysis.jinja",
        400 if problem else 200,
        problem=problem,
        analysis=analysis,
        title=site.title_of(analysis),
        pool=pool_line(view.tables.config, analysis, pool),
        figures=_figures(pool),
        studies=_studies(site, request, view, effects, analysis),
        downgrades=[fields[name] for name in grade.DOWNGRADES],
        upgrades=[fields[name] for name in grade.UPGRADES],
        certainty=fields["certainty"],
        start=start,
        suggestion=suggestion,
        path=quoted_path("grade", analysis),
        saved=site.told(request),
        kind=GRADE,
        back=quoted_path("grade", analysis),
    )


def _figures(pool: Row | None) -> list[tuple[str, str]]:
    """Return what GRADE asks of a pool, in words and figures."""
    if pool is None:
        return []
    found = [("Studies (k)", pool["k"]), ("People", pool["n"])]
    if pool["pi_lower"] and pool["pi_upper"]:
        found.append(("Prediction interval", f"{rounded(pool['pi_lower'])} to {rounded(pool['pi_upper'])}"))
    if pool["tau2"]:
        spread = f"{rounded(pool['tau2'])}"
        if pool["tau2_lower"] and pool["tau2_upper"]:
            spread += f" ({rounded(pool['tau2_lower'])} to {rounded(pool['tau2_upper'])})"
        found.append(("tau² (inconsistency)", spread))
    if pool["i2"]:
        found.append(("I²", f"{rounded(pool['i2'], 0)} %"))
    return [(name, value) for name, value in found if value]


def _studies(
    site: Site, request: Request, view: View, effects: Sequence[Row], analysis: str
) -> list[dict[str, Any]]:
    """Return the studies of a pool with their weight and what one says of their risk of bias."""
    ballot = ballot_of(site, request, RISK)
    found = []
    for row in effects:
        study_id = row["study_id"]
        own = _last(ballot, ("study", f"{study_id}/{analysis}", "overall"))
        weights = [w for w in view.weights.get(row["effect_id"], ()) if w["variant"] == "primary"]
        found.append(
            {
                "label": row["label"],
                "design": row["design"],
                "weight": f"{float(weights[0]['weight']):.1f} %" if weights else "",
                "overall": own or _last(ballot, ("study", study_id, "overall")),
                "path": quoted_path("risk-of-bias", study_id),
            }
        )
    return found


def _save_grade(site: Site, request: Request, form: Form) -> Response:
    analysis = request.path_params["analysis"]
    view = site.view(request)
    if analysis not in {a.id for a in view.tables.config.analyses}:
        raise HTTPException(404, f"There is no analysis {analysis}.")
    given = {name: Given.of(form, name) for name in grade.FIELDS}
    effects = [
        r for r in view.effects.get(analysis, ()) if truth(r["included"]) and r["variant"] == "primary"
    ]
    start = start_of([row["design"] for row in effects])
    check_certainty(start, {name: (one.value, one.reason) for name, one in given.items()})
    ballot = ballot_of(site, request, GRADE)
    made = [
        vote_line(site, request, GRADE, ("analysis", analysis, name), one, ballot, ballot.shown(form, name))
        for name, one in given.items()
    ]
    named = [grade.LABELS[row["field"]].lower() for row in made if row is not None]
    save_votes(site, request, GRADE, made, f"Saved: {', '.join(named)}.")
    return site.moved(request, quoted_path("grade", analysis))
