"""PubMed: the records that a query finds, all of them and each once, as a snapshot."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from typing import Any

from sonospine.config.searching import PubMedSearch, Search
from sonospine.model.errors import InputError
from sonospine.sources.fetching.answers import FetchError
from sonospine.sources.fetching.batches import (
    Counter,
    Group,
    History,
    counts_of,
    fetch_group,
    forget_incomplete,
    group_of,
    missing_records,
    replanned,
)
from sonospine.sources.fetching.eutils import MOST_IDS, EUtils
from sonospine.sources.fetching.progress import Progress
from sonospine.sources.fetching.searching import Found, Handles, found_in, search_again, search_all
from sonospine.sources.fetching.slices import FIRST_DAY, LAST_DAY, dated
from sonospine.sources.fetching.unfinished import continued
from sonospine.sources.fetching.versions import versions
from sonospine.sources.snapshots.manifest import Manifest, Sent
from sonospine.sources.snapshots.workspace import Workspace

BATCH = 250
"""Records of one answer."""
_FIELDS = {"edat": "date of entry", "pdat": "date of publication", "crdt": "date of creation"}


def fetch_pubmed(
    search: Search,
    workspace: Workspace,
    client: EUtils,
    *,
    today: str,
    progress: Progress,
    batch: int = BATCH,
    limit: int = MOST_IDS,
) -> Manifest:
    """Fetch every record that the configured query finds.

    The search is noted with all its ids before the first record is fetched, and each batch is checked against it.
    A run that was stopped, however, goes on where it stopped and ends with the same files.

    Parameters
    ----------
    search
        The configuration's ``search``.
    workspace
        The unfinished snapshot.
    client
        E-utilities.
    today
        Date of the search, ``YYYY-MM-DD``; a run that goes on keeps the date of the one that searched.
    progress
        Told how many records are at hand.
    batch
        Records of one answer.
    limit
        Hits that a search lists at most; one with more is divided.

    Returns
    -------
    Manifest
        Of the finished snapshot; ``reported`` and ``fetched`` are equal.

    Raises
    ------
    FetchError
        No good answer came after the last try, or records that the search reports do not come (the slice is named).
        What was fetched stays.
    InputError
        PubMed is not asked for, a date is none, or the unfinished snapshot is one of another query.
    """
    asked = asked_of(search)
    term = sent_term(asked)
    plan = opened_plan(workspace, term, today)

    def note() -> None:
        workspace.note(plan)

    progress(0, None)
    if plan["groups"]:
        handles = _search_stale(client, workspace, plan, batch, limit)
        found = found_in(plan["search"])
    else:
        found, handles = search_all(client, workspace, term, plan["search"], note, limit=limit)
        plan["groups"] = [
            group_of(f"s{number:03d}", part.label, part.ids, batch)
            for number, part in enumerate(found.slices, start=1)
        ]
        note()
    counter = Counter(progress, found.count)
    for part, group in zip(found.slices, plan["groups"], strict=True):
        history = History(client, part.term, limit, handles.get(part.term))
        fetch_group(client, workspace, group, history, note, counter)
        refuse_incomplete(group, workspace, note)
    records = {name: count for group in plan["groups"] for name, count in counts_of(group).items()}
    if sum(records.values()) != found.count:
        raise FetchError(
            f"PubMed reports {found.count} records, {sum(records.values())} came; remove {workspace.folder} to begin "
            "anew"
        )
    return workspace.finish(
        records,
        **described(search, asked, workspace, plan),
        sent=tuple(sent_slices(found, set(found.ids()))),
        warnings=found.warnings,
        reported=found.count,
        fetched=sum(records.values()),
    )


def asked_of(search: Search) -> PubMedSearch:
    """Return the configured search of PubMed.

    Raises
    ------
    InputError
        There is none.
    """
    if search.pubmed is None:
        raise InputError("no search of PubMed is configured", field="search.pubmed", allowed="a query")
    return search.pubmed


def sent_term(asked: PubMedSearch) -> str:
    """Return the query as it is sent: as it is written, or limited to the configured dates.

    Raises
    ------
    InputError
        A date is none, or the last day lies before the first.
    """
    if not (asked.from_date or asked.to_date):
        return asked.query
    first = _day(asked.from_date, FIRST_DAY, "search.pubmed.from_date")
    last = _day(asked.to_date, LAST_DAY, "search.pubmed.to_date")
    if last < first:
        raise InputError(
            "the last day lies before the first",
            field="search.pubmed.to_date",
            found=asked.to_date,
            allowed=f"{asked.from_date} or later",
        )
    return dated(asked.query, first, last, asked.date_field)


def limits_of(asked: PubMedSearch) -> tuple[str, ...]:
    """Return the limits of the configured search in words."""
    words = [f"from {asked.from_date}"] if asked.from_date else []
    words += [f"to {asked.to_date}"] if asked.to_date else []
    return (f"{_FIELDS[asked.date_field]} {' '.join(words)} ([{asked.date_field}])",) if words else ()


def _day(written: str, otherwise: date, field: str) -> date:
    if not written:
        return otherwise
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise InputError(
            "no such day", field=field, found=written, allowed="a date such as 2026-11-20"
        ) from None


def opened_plan(workspace: Workspace, term: str, today: str, base: str = "") -> dict[str, Any]:
    """Return what an earlier run noted, or an empty plan of this search; it is dated when it first finds something.

    Raises
    ------
    InputError
        The unfinished snapshot is one of another query, or an update of another snapshot.
    """
    fresh = {"query": term, "base": base, "searched": today, "search": {}, "changed": {}, "groups": []}
    plan = continued(workspace, fresh)
    return plan if plan["search"].get("slices") else {**plan, "searched": today}


def refuse_incomplete(group: Group, workspace: Workspace, note: Callable[[], None]) -> None:
    """Raise the error of a group that lacks records; it is noted that it must be searched anew.

    Raises
    ------
    FetchError
        Some records did not come.
    """
    if group["absent"]:
        error = missing_records(group, sum(len(batch) for batch in group["batches"]))
        forget_incomplete(group, workspace)
        note()
        raise error


def _search_stale(
    client: EUtils, workspace: Workspace, plan: dict[str, Any], batch: int, limit: int
) -> Handles:
    """Search the slices anew some of whose records did not come."""
    handles: Handles = {}
    for number, group in enumerate(plan["groups"], start=1):
        if group["stale"]:
            answer = search_again(client, workspace, plan["search"], number, limit)
            handles[plan["search"]["slices"][number - 1]["term"]] = answer
            plan["groups"][number - 1] = replanned(group, answer.ids, batch, workspace)
            workspace.note(plan)
    return handles


def sent_slices(found: Found, at_hand: Collection[str]) -> Iterator[Sent]:
    """Yield how each slice was searched; ``at_hand`` are the ids of the records in this snapshot."""
    for part in found.slices:
        fetched = sum(pmid in at_hand for pmid in part.ids)
        yield Sent(query=part.term, reported=part.count, fetched=fetched, translation=part.translation)


def described(
    search: Search, asked: PubMedSearch, workspace: Workspace, plan: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the fields of the manifest that fetch and update share."""
    return {
        "source": "pubmed",
        "snapshot": workspace.place.parent.name,
        "database": "PubMed",
        "platform": "NCBI E-utilities",
        "address": search.addresses.eutils,
        "searched": plan["searched"],
        "query": asked.query,
        "limits": limits_of(asked),
        "versions": versions(),
    }
