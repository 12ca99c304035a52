"""Links: two records beside each other with the evidence, and whether they are one report, one study, or apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sonospine.curation.comparison import machine_value
from sonospine.curation.web.saving import posted
from sonospine.curation.web.site import address
from sonospine.curation.web.voting import Given, ballot_of, save_votes, vote_line
from sonospine.evidence.naming import addresses_of_row
from sonospine.linkage.curation import RELATIONS
from sonospine.model.errors import InputError

if TYPE_CHECKING:
    from sonospine.curation.web.site import Site

LINKS = "links"
WORDS = {
    "same_report": "one report: the same article or registration twice",
    "same_study": "one study: two reports of the same investigation",
    "apart": "apart: two studies, whatever links them",
}
COMPARED = ("title", "authors", "journal", "year", "doi", "pmid", "pmcid", "nct", "source", "types", "status")
Form = Mapping[str, str]


def routes(site: Site) -> Sequence[Route]:
    """Return the pages of links."""

    def decide(request: Request, form: Form) -> Response:
        try:
            one, other = _pair(site, form)
            given = Given.of(form, "relation")
            if given.value and not given.reason:
                raise InputError("a link needs its reason", field="reason", found="", allowed="a few words")
            about = ("link", " ".join((one, other)), "relation")
            machine = machine_value(LINKS, *about, site.desk.tables) or ""
            ballot = ballot_of(site, request, LINKS)
            shown = ballot.shown(form, "relation")
            made = vote_line(site, request, LINKS, about, given, ballot, shown, machine=machine)
            words = f"Saved: {WORDS.get(given.value, given.value)}. The next run counts it."
            save_votes(site, request, LINKS, [made], words)
        except InputError as fault:
            return _page(site, request, form, problem=fault.line())
        return site.moved(request, address("/links/pair", one=one, other=other))

    return [
        Route("/links", lambda request: _list(site, request)),
        Route("/links/pair", lambda request: _page(site, request, request.query_params)),
        Route("/links/pair", posted(decide), methods=["POST"]),
    ]


def _pair(site: Site, given: Mapping[str, str]) -> tuple[str, str]:
    """Return the ids of the two records, sorted.

    Raises
    ------
    InputError
        One is not in the corpus, or both are the same.
    """
    ids = sorted((given.get("one", "").strip(), given.get("other", "").strip()))
    for name in ids:
        if name not in site.desk.tables.record:
            raise InputError(
                "there is no such record", field="record", found=name, allowed="the id of a record"
            )
    if ids[0] == ids[1]:
        raise InputError("a record is no pair with itself", field="record", found=ids[0])
    return ids[0], ids[1]


def _list(site: Site, request: Request) -> Response:
    tables, ballot = site.desk.tables, ballot_of(site, request, LINKS)
    pairs: dict[tuple[str, ...], list[str]] = {}
    for row in tables.links:
        if row["from_id"] in tables.record and row["to_id"] in tables.record:
            words = f"{row['relation'].replace('_', ' ')}: {row['evidence']}"
            pairs.setdefault(tuple(sorted((row["from_id"], row["to_id"]))), []).append(words)
    for kind, name, _ in ballot.seen:
        if kind == "link":
            pairs.setdefault(tuple(sorted(name.split())), [])
    rows = [
        {
            "path": address("/links/pair", one=one, other=other),
            "titles": [tables.record.get(name, {}).get("title", "") or name for name in (one, other)],
            "ids": (one, other),
            "evidence": evidence,
            "now": machine_value(LINKS, "link", f"{one} {other}", "relation", tables) or "",
            "said": ballot.seen.get(("link", f"{one} {other}", "relation"), ()),
        }
        for (one, other), evidence in sorted(pairs.items())
    ]
    return site.page(request, "deciding_links.jinja", rows=rows, saved=site.told(request), problem="")


def _page(site: Site, request: Request, given: Mapping[str, str], problem: str = "") -> Response:
    tables = site.desk.tables
    try:
        one, other = _pair(site, given)
    except InputError as fault:
        if request.method == "POST":
            raise HTTPException(400, fault.line()) from None
        raise HTTPException(404, fault.line()) from None
    about = ("link", f"{one} {other}", "relation")
    ballot = ballot_of(site, request, LINKS)
    vote = ballot.of(about)
    typed = (
        Given.of(given, "relation") if request.method == "POST" else Given(vote["new_value"], vote["reason"])
    )
    return site.page(
        request,
        "deciding_pair.jinja",
        400 if problem else 200,
        problem=problem,
        pair=(one, other),
        sides=[_side(site, name) for name in (one, other)],
        rows=[
            (label, tables.record[one][label], tables.record[other][label])
            for label in COMPARED
            if tables.record[one][label] or tables.record[other][label]
        ],
        evidence=[row for row in tables.links if {row["from_id"], row["to_id"]} == {one, other}],
        now=machine_value(LINKS, *about, tables) or "",
        relations=[(name, WORDS[name]) for name in RELATIONS],
        given=typed,
        said=ballot.seen.get(about, ()),
        vote=vote,
        saw=ballot.saw(about, given if request.method == "POST" else None, "relation"),
        saved=site.told(request),
        kind=LINKS,
        back=address("/links/pair", one=one, other=other),
    )


def _side(site: Site, record_id: str) -> dict[str, Any]:
    """Return a record as it stands beside another: its row, study, addresses and abstract."""
    row = site.desk.tables.record[record_id]
    record = site.desk.tables.parsed(record_id)
    abstract = [p for p in record.passages if p.locator.startswith("abstract")] if record is not None else []
    return {
        "row": row,
        "study": site.study_label(row["study_id"]),
        "addresses": addresses_of_row(row),
        "abstract": abstract,
        "at_hand": record is not None,
    }
