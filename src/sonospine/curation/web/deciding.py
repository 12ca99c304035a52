"""Screening: the decision about a study and its records, the columns of a study, and the id that is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sonospine.curation.comparison import machine_value
from sonospine.curation.web.fields import label_of
from sonospine.curation.web.paging import paging
from sonospine.curation.web.placing import search
from sonospine.curation.web.saving import posted
from sonospine.curation.web.source import source_of
from sonospine.curation.web.voting import Ballot, Given, ballot_of, quoted_path, save_votes, vote_line
from sonospine.model.errors import InputError
from sonospine.model.numbers import truth
from sonospine.model.table_io import Row
from sonospine.model.tables import DECISIONS, STUDIES
from sonospine.screening.curation import COLUMNS
from sonospine.screening.facts import KIND_OF
from sonospine.screening.verdicts import verdicts

if TYPE_CHECKING:
    from sonospine.curation.tables import Tables
    from sonospine.curation.web.site import Site

SCREENING, STUDY_IDS = "screening", "studies"
DECIDED: Sequence[str] = DECISIONS.column("decision").allowed
A_PAGE = 50
Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """One field of a form: what the machine has, what stands in the form, the ways to choose, and who said what.

    ``choices`` are ids of the vocabulary with their labels; where a column is a list, several may be ticked.
    """

    name: str
    label: str
    machine: str
    given: Given
    said: tuple[Row, ...]
    vote: Row
    saw: str
    choices: tuple[tuple[str, str], ...] = ()
    many: bool = False


def routes(site: Site) -> Sequence[Route]:
    """Return the pages of screening."""

    def decide(request: Request, form: Form) -> Response:
        try:
            return _save(site, request, form)
        except InputError as fault:
            return _page(site, request, problem=fault.line(), typed=form)

    return [
        Route("/screening", lambda request: _list(site, request)),
        Route("/screening/{study_id}", lambda request: _page(site, request)),
        Route("/screening/{study_id}", posted(decide), methods=["POST"]),
    ]


def _list(site: Site, request: Request) -> Response:
    tables, ballot = site.desk.tables, ballot_of(site, request, SCREENING)
    asked = {name: request.query_params.get(name, "") for name in ("decision", "words", "mine")}
    decided = verdicts(tables.decisions, tables.study_of)
    rows = []
    for study in tables.studies:
        study_id = study["study_id"]
        said = ballot.seen.get(("study", study_id, "decision"), ())
        verdict = decided.get(study_id, "")
        words = asked["words"].casefold()
        if asked["decision"] and verdict != asked["decision"]:
            continue
        if words and words not in f"{study['label']} {study['condition']} {study['design']}".casefold():
            continue
        if asked["mine"] == "open" and said:
            continue
        rows.append((study, verdict, [f"{one['curator']}: {one['new_value']}" for one in said]))
    rows.sort(key=lambda row: row[0]["label"].casefold())
    part = paging(request, len(rows), A_PAGE, asked)
    return site.page(
        request,
        "deciding_studies.jinja",
        rows=[
            (study, verdict, said, quoted_path("screening", study["study_id"]))
            for study, verdict, said in rows[part.start : part.end]
        ],
        count=len(rows),
        asked=asked,
        decided=DECIDED,
        paging=part,
        saved=site.told(request),
    )


def _page(site: Site, request: Request, *, problem: str = "", typed: Form | None = None) -> Response:
    view, study_id = site.view(request), request.path_params["study_id"]
    tables = view.tables
    study = tables.study.get(study_id)
    if study is None:
        raise HTTPException(404, f"There is no study {study_id}.")
    ballot, ids = ballot_of(site, request, SCREENING), ballot_of(site, request, STUDY_IDS)
    records = site.records_of(study_id)
    wanted = (typed or request.query_params).get("record", "")
    first = next((r for r in records if truth(tables.record[r]["full_text"])), records[0] if records else "")
    source = source_of(view.evidence(study_id), wanted if wanted in records else first)
    path = quoted_path("screening", study_id)
    return site.page(
        request,
        "deciding_study.jinja",
        400 if problem else 200,
        problem=problem,
        study=study,
        label=site.study_label(study_id),
        decided=DECIDED,
        whole=_asked(tables, ballot, "study", study_id, "decision", typed),
        columns=[_asked(tables, ballot, "study", study_id, name, typed) for name in COLUMNS],
        records=[
            (
                tables.record[name],
                _asked(tables, ballot, "record", name, "decision", typed),
                [row for row in tables.decisions if row["record_id"] == name],
            )
            for name in records
        ],
        kept=[(name, ids.seen.get(("study", name, "study_id"), ())) for name in records],
        source=source,
        find=search(source.record, request.query_params.get("find", "")),
        path=path,
        saved=site.told(request),
        back=path,
    )


def _asked(
    tables: Tables, ballot: Ballot, target_type: str, target_id: str, name: str, typed: Form | None
) -> Asked:
    about = (target_type, target_id, name)
    vote = ballot.of(about)
    machine = machine_value(SCREENING, *about, tables) or ""
    column = STUDIES.column(name) if name in COLUMNS else DECISIONS.column(name)
    value = vote["new_value"] if vote["new_value"] or name == "decision" else machine
    given = Given(value, vote["reason"])
    if typed is not None:
        given = _given(typed, _input(target_type, target_id, name), column.kind == "list")
    choices: tuple[tuple[str, str], ...] = ()
    if name in KIND_OF:
        known = tables.vocabulary.of_kind(KIND_OF[name])
        choices = tuple((term.id, term.label) for term in known.values())
    seen = tuple(ballot.seen.get(about, ()))
    saw = ballot.saw(about, typed, _input(*about))
    return Asked(name, label_of(name), machine, given, seen, vote, saw, choices, column.kind == "list")


def _input(target_type: str, target_id: str, name: str) -> str:
    """Return the name of an input: several records have a decision on one page."""
    return f"{name}@{target_id}" if target_type == "record" else name


def _given(form: Form, name: str, many: bool) -> Given:
    given = Given.of(form, name)
    if not many or name in form:
        return given
    ticked = [key.removeprefix(f"{name}.is.") for key in form if key.startswith(f"{name}.is.")]
    return Given(";".join(ticked), given.reason)


def _save(site: Site, request: Request, form: Form) -> Response:
    study_id, what = request.path_params["study_id"], form.get("what", "")
    tables = site.desk.tables
    if study_id not in tables.study:
        raise HTTPException(404, f"There is no study {study_id}.")
    records = site.records_of(study_id)
    if what == "study_id":
        return _keep_id(site, request, form)
    targets: list[tuple[str, str, str]] = []
    if what == "decision":
        targets = [("study", study_id, "decision"), *(("record", name, "decision") for name in records)]
    elif what == "columns":
        posted_ones = [name for name in COLUMNS if any(key.partition(".is.")[0] == name for key in form)]
        targets = [("study", study_id, name) for name in posted_ones]
    ballot = ballot_of(site, request, SCREENING)
    made = []
    for about in targets:
        many = about[2] in COLUMNS and STUDIES.column(about[2]).kind == "list"
        given = _given(form, _input(*about), many)
        machine = machine_value(SCREENING, *about, tables) or ""
        shown = ballot.shown(form, _input(*about))
        if what == "columns":
            # One reason for all columns that are changed; those left as they stand are no votes.
            standing = shown["new_value"] or machine
            if given.value == standing:
                continue
            given = Given(given.value, " ".join(form.get("reason", "").split()))
            if not given.value:
                raise InputError(
                    "a column cannot be emptied here", field=label_of(about[2]), found="", allowed=standing
                )
        elif given.value and not given.reason:
            raise InputError(
                "a decision needs its reason", field=f"reason ({about[1]})", found="", allowed="a few words"
            )
        made.append(vote_line(site, request, SCREENING, about, given, ballot, shown, machine=machine))
    named = [f"{label_of(row['field'])} {row['new_value']}" for row in made if row is not None]
    save_votes(site, request, SCREENING, made, f"Saved: {', '.join(named)}. The next run counts it.")
    return site.moved(request, quoted_path("screening", study_id))


def _keep_id(site: Site, request: Request, form: Form) -> Response:
    study_id, record_id = request.path_params["study_id"], form.get("of", "")
    if record_id not in site.records_of(study_id):
        raise InputError("the study has no such record", field="record", found=record_id)
    about = ("study", record_id, "study_id")
    ballot = ballot_of(site, request, STUDY_IDS)
    given = Given.of(form, "study_id")
    made = vote_line(site, request, STUDY_IDS, about, given, ballot, ballot.of(about), machine=study_id)
    save_votes(site, request, STUDY_IDS, [made], "Saved: the id of the study is kept.")
    return site.moved(request, quoted_path("screening", study_id))
