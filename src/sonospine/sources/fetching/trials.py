"""ClinicalTrials.gov: the studies that a search finds, with their results sections, and updates of them."""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sonospine.config.searching import Search, TrialsSearch
from sonospine.model.errors import InputError
from sonospine.sources.fetching.answers import Faulty, Refused, checked_json
from sonospine.sources.fetching.pages import SERVICE, Fields, Pages, fetch_pages, nct_of
from sonospine.sources.fetching.polite import Polite
from sonospine.sources.fetching.progress import Progress
from sonospine.sources.fetching.unfinished import continued, fresh_records, keep_changes
from sonospine.sources.fetching.versions import versions
from sonospine.sources.snapshots.chain import Held, chain, held_in
from sonospine.sources.snapshots.manifest import Manifest, Sent
from sonospine.sources.snapshots.workspace import Workspace, base_of

PAGE = 200
"""Studies of one answer."""
_PAGE_OF_IDS = 1000
_NUMBERS = 100
_FORMAT = ("format", "json")
# In this order a study stays where it is when it is revised while the pages are asked for.
_ORDER = ("sort", "StudyFirstPostDate:asc")
_RECORDS, _IDS, _NEW, _GONE = "records-", "ids-", "records-new-", "records-gone-"
# 404: no such number; 301: the number was given up for another one.
_NO_LONGER_HELD = (301, 404)
_FATES = ("withdrawn", "not_found")
_PREFIX = "ctgov:"


def fetch_trials(
    search: Search,
    workspace: Workspace,
    client: Polite,
    *,
    today: str,
    progress: Progress,
    page: int = PAGE,
) -> Manifest:
    """Fetch every study that the configured search finds, as pages of JSON.

    A run that was stopped goes on after its last page.

    Parameters
    ----------
    search
        The configuration's ``search``.
    workspace
        The unfinished snapshot.
    client
        Client of the service's base address.
    today
        Date of the search, ``YYYY-MM-DD``; a run that goes on keeps the date of the one that searched.
    progress
        Told how many studies have come.
    page
        Studies of one answer, at most 1,000.

    Returns
    -------
    Manifest
        Of the finished snapshot; ``reported`` and ``fetched`` are equal.

    Raises
    ------
    FetchError
        No good answer came after the last try, or not as many studies as are reported. What was fetched stays.
    InputError
        ClinicalTrials.gov is not asked for, or the unfinished snapshot is one of another query.
    """
    asked = asked_of(search)
    plan = _plan(workspace, search, today, page, "")
    fields = sent_fields(asked)
    progress(0, None)
    pages = _pages(client, workspace, plan, fields, _RECORDS, plan["page"], SERVICE, progress)
    return workspace.finish(
        {name: len(ids) for name, ids in pages.files.items()},
        **_described(search, asked, workspace, plan),
        sent=(Sent(query=_words(fields), reported=pages.total, fetched=len(pages.ids())),),
        reported=pages.total,
        fetched=len(pages.ids()),
    )


def update_trials(
    search: Search,
    snapshots: Path,
    base: str,
    workspace: Workspace,
    client: Polite,
    *,
    today: str,
    progress: Progress,
    page: int = PAGE,
) -> Manifest:
    """Fetch the studies that are new or revised since a snapshot, and tell what became of the others.

    The whole search is asked for its numbers alone. Studies revised since the base was searched are fetched again,
    new ones as far as they are not among those; each that is no longer found is asked for by its number: it is
    ``withdrawn`` where the registry does not hold it, else ``not_found`` and kept as it is now.

    Parameters
    ----------
    search, workspace, client, today, progress, page
        As for ``fetch_trials``.
    snapshots
        Folder of all snapshots.
    base
        Name of the snapshot to be updated.

    Returns
    -------
    Manifest
        Of the finished snapshot: ``reported`` counts the whole search, ``fetched`` the studies in its files.

    Raises
    ------
    FetchError
        As for ``fetch_trials``.
    InputError
        As for ``fetch_trials``; or the base is missing, or was changed.
    """
    asked = asked_of(search)
    members = chain(snapshots, base, "trials")
    before = held_in(members)
    origin = base_of(snapshots, base, "trials")
    plan = _plan(workspace, search, today, page, f"{base} ({origin.manifest_sha256})")
    fields = sent_fields(asked)

    progress(0, None)
    whole = _pages(
        client, workspace, plan, [*fields, ("fields", "NCTId")], _IDS, _PAGE_OF_IDS,
        f"{SERVICE}, numbers of all studies", progress,
    )  # fmt: skip
    since = _revised_since(asked, members[0][1].searched)
    revised = _pages(
        client, workspace, plan, sent_fields(since), _RECORDS, plan["page"],
        f"{SERVICE}, studies revised since {members[0][1].searched}", progress,
    )  # fmt: skip
    wanted = _wanted(before, whole, revised)
    runs = [revised, *_by_number(client, workspace, plan, wanted, progress)]
    gone = _gone(client, workspace, plan, _no_longer_found(before, whole, revised), progress)

    records = {name: len(ids) for run in runs for name, ids in run.files.items()}
    records |= {_gone_name(nct): 1 for nct, fate in gone.items() if fate == "not_found"}
    changes = keep_changes(workspace, before, {f"{_PREFIX}{nct}": fate for nct, fate in gone.items()})
    at_hand = {raw.record_id for raw in fresh_records(workspace)}
    if members[0][1].query != query_of(search):
        plan["warnings"].append(f"the query is not that of the snapshot {base}")
    return workspace.finish(
        records,
        **_described(search, asked, workspace, plan),
        base=origin,
        sent=(
            Sent(
                query=_words([*fields, ("fields", "NCTId")]),
                reported=whole.total,
                fetched=sum(f"{_PREFIX}{nct}" in at_hand for nct in whole.ids()),
            ),
            Sent(query=_words(sent_fields(since)), reported=revised.total, fetched=len(revised.ids())),
        ),
        reported=whole.total,
        fetched=len(at_hand),
        changes=changes,
    )


def asked_of(search: Search) -> TrialsSearch:
    """Return the configured search of ClinicalTrials.gov.

    Raises
    ------
    InputError
        There is none.
    """
    if search.trials is None:
        raise InputError(
            "no search of ClinicalTrials.gov is configured",
            field="search.trials",
            allowed="a condition, an intervention, a term or a filter",
        )
    return search.trials


def query_of(search: Search) -> str:
    """Return the configured search, filter included, as one text, as the manifest has it.

    Raises
    ------
    InputError
        There is none.
    """
    return _words(_query(asked_of(search)))


def sent_fields(asked: TrialsSearch) -> list[tuple[str, str]]:
    """Return the names and values that are sent for a search, but for the page."""
    return [*_query(asked), _FORMAT, _ORDER]


def _query(asked: TrialsSearch) -> list[tuple[str, str]]:
    fields = (
        ("query.cond", asked.condition),
        ("query.intr", asked.intervention),
        ("query.term", asked.term),
        ("filter.advanced", asked.filter),
    )
    return [(name, " ".join(value.split())) for name, value in fields if value.strip()]


def _words(fields: Fields) -> str:
    return "; ".join(f"{name}={value}" for name, value in fields)


def _revised_since(asked: TrialsSearch, day: str) -> TrialsSearch:
    """Return the search limited to studies whose last update was posted since a day.

    The day before counts, too: its date is that of whoever searched, who may have been ahead of the registry's clocks.
    """
    first = date.fromisoformat(day) - timedelta(days=1)
    since = f"AREA[LastUpdatePostDate]RANGE[{first.isoformat()},MAX]"
    return asked.model_copy(update={"filter": f"({asked.filter}) AND {since}" if asked.filter else since})


def _plan(workspace: Workspace, search: Search, today: str, page: int, base: str) -> dict[str, Any]:
    fresh = {"query": query_of(search), "base": base, "searched": today, "page": page}
    return continued(workspace, {**fresh, "warnings": [], "new": None, "gone": {}})


def _pages(
    client: Polite,
    workspace: Workspace,
    plan: dict[str, Any],
    fields: Fields,
    prefix: str,
    size: int,
    what: str,
    progress: Progress,
) -> Pages:
    return fetch_pages(
        client,
        workspace,
        fields,
        prefix=prefix,
        size=size,
        what=what,
        warn=_warner(workspace, plan),
        progress=progress,
    )


def _warner(workspace: Workspace, plan: dict[str, Any]) -> Callable[[str], None]:
    def warn(words: str) -> None:
        if words not in plan["warnings"]:
            plan["warnings"].append(words)
            workspace.note(plan)

    return warn


def _by_number(
    client: Polite, workspace: Workspace, plan: dict[str, Any], wanted: list[str], progress: Progress
) -> list[Pages]:
    """Fetch studies by their numbers; the batches are planned once, so that a later run asks for the same."""
    if plan["new"] is None:
        plan["new"] = [wanted[start : start + _NUMBERS] for start in range(0, len(wanted), _NUMBERS)]
        workspace.note(plan)
    runs = []
    for number, batch in enumerate(plan["new"], start=1):
        run = _pages(
            client, workspace, plan, [("filter.ids", ",".join(batch)), _FORMAT, _ORDER],
            f"{_NEW}{number:04d}-", len(batch), f"{SERVICE}, new studies from {batch[0]} on", progress,
        )  # fmt: skip
        runs.append(run)
        missing = [nct for nct in batch if nct not in set(run.ids())]
        if missing:
            _warner(workspace, plan)(f"found, but not given when asked for by number: {', '.join(missing)}")
    return runs


def _wanted(before: Mapping[str, Held], whole: Pages, revised: Pages) -> list[str]:
    """Return the studies to be fetched by number: those that are new, or found again, and not among the revised."""
    at_hand = {record_id for record_id, held in before.items() if held.change not in _FATES}
    fetched = set(revised.ids())
    return [nct for nct in whole.ids() if nct not in fetched and f"{_PREFIX}{nct}" not in at_hand]


def _no_longer_found(before: Mapping[str, Held], whole: Pages, revised: Pages) -> list[str]:
    found = {*whole.ids(), *revised.ids()}
    known = (record_id for record_id, held in before.items() if held.change != "withdrawn")
    numbers = sorted(record_id.removeprefix(_PREFIX) for record_id in known)
    return [nct for nct in numbers if nct not in found and re.fullmatch(r"NCT[0-9]{8}", nct)]


def _gone(
    client: Polite, workspace: Workspace, plan: dict[str, Any], numbers: list[str], progress: Progress
) -> dict[str, str]:
    """Ask for each study that the search no longer finds, and return what became of it."""
    fates: dict[str, str] = plan["gone"]
    for done, nct in enumerate(numbers):
        progress(done, len(numbers))
        if nct not in fates:
            fates[nct] = _fate(client, workspace, nct)
            workspace.note(plan)
    return {nct: fates[nct] for nct in numbers}


def _fate(client: Polite, workspace: Workspace, nct: str) -> str:
    def check(content: bytes) -> None:
        if nct_of(checked_json(content)) != nct:
            raise Faulty("another study than the one asked for")

    try:
        content, _ = client.ask(f"studies/{nct}", [_FORMAT], check, what=f"{SERVICE}, {nct}", post=False)
    except Refused as refusal:
        if refusal.status in _NO_LONGER_HELD:
            return "withdrawn"
        raise
    workspace.keep(_gone_name(nct), content)
    return "not_found"


def _gone_name(nct: str) -> str:
    return f"{_GONE}{nct}.json.gz"


def _described(
    search: Search, asked: TrialsSearch, workspace: Workspace, plan: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the fields of the manifest that fetch and update share."""
    form = urllib.parse.urlencode(sent_fields(asked), quote_via=urllib.parse.quote)
    return {
        "source": "trials",
        "snapshot": workspace.place.parent.name,
        "database": SERVICE,
        "platform": "ClinicalTrials.gov API v2",
        "address": f"{search.addresses.trials.rstrip('/')}/studies?{form}",
        "searched": plan["searched"],
        "query": query_of(search),
        "warnings": tuple(plan["warnings"]),
        "versions": versions(),
    }
