"""Disagreements of curators: the list with the figures of agreement, and one disagreement a screen to decide on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sonospine.corrections.actions import REJECT
from sonospine.curation.agreement_table import agreement_rows
from sonospine.curation.comparison import KEPT, WHAT, Disagreement, Said, all_disagreements
from sonospine.curation.desk import EVERYBODY, Saved
from sonospine.curation.kinds import CORRECTIONS, LABELS, VOTED, lines_of
from sonospine.curation.rulings import Decision, choices_of, ruling_lines
from sonospine.curation.view import shifts
from sonospine.curation.web.fields import label_of
from sonospine.curation.web.paging import paging
from sonospine.curation.web.placing import checked, search
from sonospine.curation.web.saving import posted
from sonospine.curation.web.seen import SAW
from sonospine.curation.web.sessions import ADJUDICATOR
from sonospine.curation.web.site import Notice, address
from sonospine.curation.web.source import Source, source_of
from sonospine.curation.web.voting import quoted_path
from sonospine.evidence.described import subject_of
from sonospine.figures.wording import rounded
from sonospine.model.errors import InputError
from sonospine.model.files import short_hash
from sonospine.model.grade import LABELS as LABELS_OF_GRADE
from sonospine.model.places import parse
from sonospine.model.risk_of_bias import DOMAINS
from sonospine.model.table_io import Row
from sonospine.model.votes import THIRD_PERSON

if TYPE_CHECKING:
    from sonospine.curation.view import View
    from sonospine.curation.web.site import Site

FILTERS = ("kind", "what", "field", "study", "stands")
A_PAGE = 50
Form = Mapping[str, str]


class Compared:
    """The disagreements and the figures of agreement, worked out again only where a line was written since."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._view: View | None = None
        self._seen: object = None
        self._votes: object = None
        self._found: list[Disagreement] = []
        self._agreement: list[Row] = []

    def disagreements(self, site: Site, view: View) -> list[Disagreement]:
        """Return the disagreements in the view of everybody; ``InputError`` where a line of the log is malformed."""
        with self._lock:
            seen = [site.desk.logbook.fingerprint(kind) for kind in VOTED]
            if self._view is not view or self._seen != seen:
                self._found = all_disagreements(view, site.desk.logbook)
                self._view, self._seen = view, seen
            return self._found

    def agreement(self, site: Site, view: View) -> list[Row]:
        """Return the rows of agreement; decisions of adjudicators do not change them."""
        with self._lock:
            lines = {kind: _votes(site, kind) for kind in VOTED}
            votes = [
                row["action_id"]
                for listed in (view.actions, *lines.values())
                for row in listed
                if row["action"] not in ("adjudicate", "comment")
            ]
            if (view.tables, votes) != self._votes:
                self._agreement = agreement_rows(view, lines.__getitem__)
                self._votes = (view.tables, votes)
            return self._agreement


def routes(site: Site) -> Sequence[Route]:
    """Return the pages of disagreements, for adjudicators only: curators work independently."""
    compared = Compared()

    def decide(request: Request, form: Form) -> Response:
        if site.session(request).role != ADJUDICATOR:
            return _closed(site, request)
        view, one = _one(site, request, compared)
        try:
            before = view.actions if one.kind == CORRECTIONS else _votes(site, one.kind)
            decision = _decision(site, view, one, form)
            lines = ruling_lines(site.hand(request, before), one, decision, view.tables.vocabulary)
            if form.get(SAW, "") != _shown(one):
                raise InputError(
                    "somebody said otherwise since this page was shown: look at it as it stands now"
                )
            site.desk.save(one.kind, site.session(request).name, lines)
        except InputError as fault:
            return _page(site, request, compared, problem=fault.line(), typed=form)
        if one.kind == CORRECTIONS:
            # What moved is told in the view that everybody's lines make, not in the adjudicator's own.
            moved = tuple(shifts(view, site.desk.view(EVERYBODY)))
            site.note(request, Notice("Decided.", (), Saved(tuple(lines), moved)))
        else:
            site.tell(request, "Decided. The next run counts it.")
        return site.moved(request, quoted_path("disagreements", one.key))

    return [
        Route("/disagreements", lambda request: _list(site, request, compared)),
        Route("/disagreements/{key}", lambda request: _page(site, request, compared)),
        Route("/disagreements/{key}", posted(decide), methods=["POST"]),
    ]


def _votes(site: Site, kind: str) -> list[Row]:
    return lines_of(site.desk.logbook, kind, site.desk.tables.vocabulary)


def _shown(one: Disagreement) -> str:
    """Return a hash of what a page shows of a disagreement: the lines, and the machine's value."""
    shown = [one.machine or "", *(line["action_id"] for said in one.said for line in said.lines)]
    return short_hash("\n".join([*shown, one.verdict.line["action_id"]] if one.verdict else shown))


def _closed(site: Site, request: Request) -> Response:
    return site.page(request, "comparing_closed.jinja", 403)


def _everything(site: Site, request: Request, compared: Compared) -> tuple[View, list[Disagreement]]:
    site.view(request)
    view = site.desk.view(EVERYBODY)
    return view, compared.disagreements(site, view)


def _one(site: Site, request: Request, compared: Compared) -> tuple[View, Disagreement]:
    view, found = _everything(site, request, compared)
    key = request.path_params["key"]
    one = next((one for one in found if one.key == key), None)
    if one is None:
        raise HTTPException(404, "There is no such disagreement (any more): a vote may have been taken back.")
    return view, one


def _list(site: Site, request: Request, compared: Compared) -> Response:
    if site.session(request).role != ADJUDICATOR:
        return _closed(site, request)
    view, found = _everything(site, request, compared)
    filters = {name: request.query_params.get(name, "") for name in FILTERS}
    shown = []
    for one in found:
        stands = "decided" if one.verdict is not None else "open"
        has = {"kind": one.kind, "what": one.what, "field": one.field, "study": study_of(one, view)}
        if filters["stands"] not in ("", stands):
            continue
        if all(not filters[name] or filters[name] == value for name, value in has.items()):
            shown.append(one)
    part = paging(request, len(shown), A_PAGE, filters)
    studies = {study_of(one, view) for one in found} - {""}
    return site.page(
        request,
        "comparing_list.jinja",
        rows=[_row(site, view, one) for one in shown[part.start : part.end]],
        count=len(shown),
        open_ones=sum(one.verdict is None for one in found),
        decided=sum(one.verdict is not None for one in found),
        by_what=Counter(one.what for one in found if one.verdict is None),
        what=WHAT,
        filters=filters,
        choices=[
            ("stands", "Stands", [("open", "open"), ("decided", "decided")]),
            ("kind", "About", list(LABELS.items())),
            ("what", "How they differ", list(WHAT.items())),
            ("field", "Field", sorted({(one.field, field_name(one)) for one in found})),
            ("study", "Study", sorted(((s, site.study_label(s)) for s in studies), key=lambda item: item[1])),
        ],
        agreement=[_figures(row) for row in compared.agreement(site, view)],
        paging=part,
        saved=site.told(request),
    )


def study_of(one: Disagreement, view: View) -> str:
    """Return the study that a disagreement is about; empty where it is about none, or about several."""
    if one.kind == CORRECTIONS:
        if one.target_type == "measurement":
            return view.rows.get(one.target_id, {}).get("study_id", "")
        return (view.as_read(one.target_type, one.target_id) or {}).get("study_id", "")
    if one.kind in ("screening", "studies"):
        return view.tables.study_of.get(one.target_id, one.target_id)
    return one.target_id.partition("/")[0] if one.kind == "risk_of_bias" else ""


def field_name(one: Disagreement) -> str:
    """Return what a disagreement is about in words."""
    if one.field == REJECT:
        return "the whole row"
    if one.kind == "risk_of_bias" and one.field in DOMAINS:
        return f"Domain {one.field}"
    return LABELS_OF_GRADE.get(one.field, one.field) if one.kind == "grade" else label_of(one.field)


def told(one: Disagreement, said: Said) -> str:
    """Return what a curator says in words: ``set: 2.5``, ``confirmed: 2.0``, ``rejects it``, ``keeps it (confirmed)``."""
    if one.field == REJECT and said.value == REJECT:
        return "rejects it"
    if one.field == REJECT and said.value == KEPT:
        return f"keeps it ({said.words})"
    return f"{said.words}: {in_form(one, said.value)}"


def in_form(one: Disagreement, value: str | None) -> str:
    """Return a value as a page prints it: ids of decisions and links as words."""
    if value is None:
        return "nothing"
    words = value.replace("_", " ") if one.field in ("decision", "relation") else value
    return words or "empty"


def _where(one: Disagreement, study: str) -> tuple[str, str]:
    """Return the page on which such a thing stands whole, and its name."""
    if one.kind == CORRECTIONS:
        if one.target_type == "measurement":
            return quoted_path("row", one.target_id), "The whole row"
        return quoted_path("study", study), "The study’s arms and times"
    if one.kind == "links":
        first, second = one.target_id.split()
        return address("/links/pair", one=first, other=second), "Both records beside each other"
    if one.kind == "grade":
        return quoted_path("grade", one.target_id), "All ratings of the analysis"
    if one.kind == "risk_of_bias":
        path, analysis = quoted_path("risk-of-bias", study), one.target_id.partition("/")[2]
        return address(path, analysis=analysis), "All judgements of the study"
    return quoted_path("screening", study), "The study’s screening"


def subject_of_disagreement(site: Site, view: View, one: Disagreement) -> str:
    """Return the thing in words: the row, the arm, the study, the link."""
    if one.target_type == "measurement":
        row = view.rows.get(one.target_id)
        return subject_of(row) if row is not None else one.target_id
    if one.kind == CORRECTIONS:
        read = view.as_read(one.target_type, one.target_id) or {}
        named = read.get("label") or read.get("phase") or one.target_id
        return f"{one.target_type} {named}"
    if one.kind == "grade":
        return site.title_of(one.target_id)
    if one.kind == "risk_of_bias":
        analysis = one.target_id.partition("/")[2]
        return f"its result in: {site.title_of(analysis)}" if analysis else "the study"
    return one.target_id if one.target_type != "study" else "the study"


def _row(site: Site, view: View, one: Disagreement) -> dict[str, Any]:
    study = study_of(one, view)
    return {
        "one": one,
        "path": quoted_path("disagreements", one.key),
        "study": site.study_label(study) if study else "",
        "subject": subject_of_disagreement(site, view, one),
        "field": field_name(one),
        "what": WHAT[one.what],
        "about": LABELS[one.kind],
        "said": [(said, told(one, said)) for said in one.said],
        "machine": in_form(one, one.machine),
        "verdict": in_form(one, one.verdict.value) if one.verdict is not None else "",
        "where": _where(one, study),
    }


def _figures(row: Row) -> dict[str, str]:
    """Return a row of agreement as the page prints it."""

    def interval(name: str) -> str:
        if not row[name]:
            return ""
        text = rounded(row[name], 3)
        if row[f"{name}_lower"] and row[f"{name}_upper"]:
            text += f" ({rounded(row[f'{name}_lower'], 3)} to {rounded(row[f'{name}_upper'], 3)})"
        return text

    return {
        "about": LABELS[row["kind"]],
        "target": row["target_type"],
        "field": "kept or rejected" if row["field"] == "row" else label_of(row["field"]),
        "curators": f"{row['curator_1']} and {row['curator_2']}",
        "n": row["n"],
        "percent": f"{rounded(row['percent'], 0)} %",
        "kappa": interval("kappa"),
        "icc": interval("icc"),
        "note": row["note"],
    }


def _page(
    site: Site, request: Request, compared: Compared, *, problem: str = "", typed: Form | None = None
) -> Response:
    if site.session(request).role != ADJUDICATOR:
        return _closed(site, request)
    view, one = _one(site, request, compared)
    name = site.session(request).name
    refused = ""
    if name in one.voters:
        refused = f"{name} has voted on this: {THIRD_PERSON}. Somebody else decides."
    source = _source(view, one, request.query_params.get("record", ""))
    found = _everything(site, request, compared)[1]
    waiting = [o for o in found if o.verdict is None and o.key != one.key]
    saved = site.told(request)
    return site.page(
        request,
        "comparing_one.jinja",
        400 if problem else 200,
        problem=problem,
        typed=typed or {},
        row=_row(site, view, one),
        one=one,
        refused=refused,
        saw=_shown(one),
        choices=[(choice, in_form(one, choice.value)) for choice in choices_of(one)],
        source=source,
        find=search(source.record, request.query_params.get("find", "")) if source is not None else None,
        measurement=view.rows.get(one.target_id) if one.target_type == "measurement" else None,
        machine=view.machine.get(one.target_id) if one.target_type == "measurement" else None,
        next=quoted_path("disagreements", waiting[0].key) if waiting else "",
        left_open=len(waiting),
        saved=saved,
        shifts=site.moves(saved),
        path=quoted_path("disagreements", one.key),
    )


def _source(view: View, one: Disagreement, wanted: str) -> Source | None:
    """Return the record beside the votes, with the place of the number or of the support in view."""
    study_id = study_of(one, view)
    if not study_id and one.kind == "links":
        study_id = view.tables.study_of.get(one.target_id.split()[0], "")
    if study_id not in view.tables.study:
        return None
    evidence = view.evidence(study_id)
    row = view.rows.get(one.target_id) if one.target_type == "measurement" else None
    supported = next((said.line for said in one.said if said.line["new_locator"]), None)
    read = view.as_read(one.target_type, one.target_id) or {} if one.kind == CORRECTIONS else {}
    ids = [wanted, row["record_id"] if row else "", read.get("record_id", "")]
    ids += [supported["record_id"] if supported else "", one.target_id, *evidence.records]
    record_id = next((name for name in ids if name and name in evidence.records), "")
    place = parse(supported["new_locator"]).address if supported is not None and row is None else ""
    return source_of(evidence, record_id, row, place)


def _decision(site: Site, view: View, one: Disagreement, form: Form) -> Decision:
    """Return what was chosen; the place of another value is checked against the record that is shown."""
    value = " ".join(form.get("value", "").split())
    locator, quote = form.get("at", "").strip(), form.get("quote", "").strip()
    if form.get("choice", "") == "other" and (locator or quote):
        record = site.desk.tables.parsed(form.get("record", ""))
        row = view.rows.get(one.target_id, {})
        found = checked(record, locator, quote, row.get("locator", ""))
        locator, quote = found.locator, found.quote
    return Decision(form.get("choice", ""), " ".join(form.get("reason", "").split()), value, locator, quote)
