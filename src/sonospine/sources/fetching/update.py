"""Updates of a PubMed snapshot: what is new since, what was revised, what is gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sonospine.config.searching import Search
from sonospine.sources.fetching.batches import (
    Counter,
    Group,
    counts_of,
    fetch_group,
    group_of,
    replanned,
)
from sonospine.sources.fetching.eutils import MOST_IDS, EUtils
from sonospine.sources.fetching.progress import Progress
from sonospine.sources.fetching.pubmed import (
    BATCH,
    asked_of,
    described,
    opened_plan,
    refuse_incomplete,
    sent_slices,
    sent_term,
)
from sonospine.sources.fetching.searching import SEARCH, Found, search_all
from sonospine.sources.fetching.unfinished import keep_changes
from sonospine.sources.snapshots.chain import Held, chain, held_in
from sonospine.sources.snapshots.manifest import Manifest, Sent
from sonospine.sources.snapshots.workspace import Workspace, base_of

_NEW, _REVISED, _GONE = "new", "revised", "gone"
_PREFIX = "pubmed:"


def update_pubmed(
    search: Search,
    snapshots: Path,
    base: str,
    workspace: Workspace,
    client: EUtils,
    *,
    today: str,
    progress: Progress,
    batch: int = BATCH,
    limit: int = MOST_IDS,
) -> Manifest:
    """Ask for what changed since a snapshot, and write a snapshot of that alone.

    The query is searched anew for its ids. Fetched are records that the base (with those it updates) does not hold,
    those of its records that PubMed changed since it was searched, and those that the query no longer finds: what
    PubMed no longer holds of these is withdrawn, the rest not found. Records that were withdrawn before are not
    asked for, unless the query finds them again.

    Parameters
    ----------
    search
        The configuration's ``search``.
    snapshots
        Folder of all snapshots.
    base
        Name of the snapshot that is updated.
    workspace, client, today, progress, batch, limit
        As for ``fetch_pubmed``; an update that was stopped goes on in the same way.

    Returns
    -------
    Manifest
        ``reported`` is what the whole query finds now, ``fetched`` the records in this snapshot's own files;
        ``changes`` counts ``changes.tsv`` by kind.

    Raises
    ------
    FetchError
        No good answer came after the last try, or records that a search reports do not come.
    InputError
        The base is missing or was changed, or the unfinished snapshot is one of another query or base.
    """
    asked = asked_of(search)
    term = sent_term(asked)
    members = chain(snapshots, base, "pubmed")
    origin = base_of(snapshots, base, "pubmed")
    plan = opened_plan(workspace, term, today, origin.manifest_sha256)
    known = held_in(members)

    def note() -> None:
        workspace.note(plan)

    progress(0, None)
    old = _to_be_replanned(plan, workspace)
    found, _ = search_all(client, workspace, term, plan["search"], note, limit=limit)
    since = _changed_since(term, members[0][1].searched)
    changed, _ = search_all(
        client, workspace, since, plan["changed"], note, name=f"{SEARCH}-changed", limit=limit
    )
    if old or not plan["groups"]:
        plan["groups"] = [
            replanned(old[name], ids, batch, workspace) if name in old else group_of(name, label, ids, batch)
            for name, (label, ids) in _wanted(known, found, changed).items()
        ]
        note()
    groups: dict[str, Group] = {group["name"]: group for group in plan["groups"]}
    counter = Counter(progress, sum(len(ids) for group in groups.values() for ids in group["batches"]))
    for group in groups.values():
        fetch_group(client, workspace, group, None, note, counter)
        if group["name"] != _GONE:
            refuse_incomplete(group, workspace, note)
    records = {name: count for group in groups.values() for name, count in counts_of(group).items()}
    changes = keep_changes(workspace, known, _fates(groups[_GONE]))
    at_hand = {pmid for name in (_NEW, _REVISED) for ids in groups[name]["batches"] for pmid in ids}
    return workspace.finish(
        records,
        **described(search, asked, workspace, plan),
        base=origin,
        sent=(*sent_slices(found, at_hand), *sent_slices(changed, at_hand), *_sent_gone(groups[_GONE])),
        warnings=_warnings(asked.query, members[0][1], found),
        reported=found.count,
        fetched=sum(records.values()),
        changes=changes,
    )


def _to_be_replanned(plan: dict[str, Any], workspace: Workspace) -> dict[str, Group]:
    """Return the plans that a new search must replace, by name; none where the earlier run only stopped."""
    if not any(group["stale"] for group in plan["groups"]):
        return {}
    workspace.drop(*(name for name in workspace.names() if name.startswith(f"{SEARCH}-")))
    plan.update(search={}, changed={})
    return {group["name"]: group for group in plan["groups"]}


def _changed_since(term: str, searched: str) -> str:
    """Return the query limited to records that PubMed changed since a search.

    The day before counts, too: its date is that of whoever searched, who may have been ahead of PubMed's clocks.
    """
    first = date.fromisoformat(searched) - timedelta(days=1)
    return f'({term}) AND ("{first:%Y/%m/%d}"[mdat] : "3000"[mdat])'


def _wanted(known: Mapping[str, Held], found: Found, changed: Found) -> dict[str, tuple[str, Sequence[str]]]:
    """Return what is to be fetched, by the name of the group: what it is in words, and the ids."""
    now = found.ids()
    withdrawn = {record_id for record_id, held in known.items() if held.change == "withdrawn"}
    alive = {record_id.removeprefix(_PREFIX) for record_id in known.keys() - withdrawn}
    touched = alive.intersection(changed.ids())
    return {
        _NEW: ("records that are new", [pmid for pmid in now if pmid not in alive]),
        _REVISED: ("records that were changed", [pmid for pmid in now if pmid in touched]),
        _GONE: ("records that the query no longer finds", sorted(alive - set(now), key=int)),
    }


def _fates(gone: Group) -> dict[str, str]:
    """Return what became of the records that the query no longer finds."""
    withdrawn = set(gone["absent"])
    return {
        f"{_PREFIX}{pmid}": "withdrawn" if pmid in withdrawn else "not_found"
        for ids in gone["batches"]
        for pmid in ids
    }


def _sent_gone(gone: Group) -> Iterator[Sent]:
    asked = sum(len(ids) for ids in gone["batches"])
    came = asked - len(gone["absent"])
    if asked:
        yield Sent(
            query=f"{asked} ids of records that the query no longer finds", reported=came, fetched=came
        )


def _warnings(query: str, base: Manifest, found: Found) -> tuple[str, ...]:
    differs = f"the query is not that of the snapshot {base.snapshot}" if query != base.query else ""
    return tuple(warning for warning in (*found.warnings, differs) if warning)
