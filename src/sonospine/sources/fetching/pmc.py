"""PMC: full texts of the open-access subset for the PubMed records of a snapshot, and what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sonospine.config.searching import Search
from sonospine.model.errors import InputError
from sonospine.model.files import sha256
from sonospine.model.table_io import Row, read_table, write_table
from sonospine.model.tables import FULL_TEXTS
from sonospine.sources.fetching.articles import DATABASE, Article, articles_at_hand, ask_articles
from sonospine.sources.fetching.eutils import EUtils
from sonospine.sources.fetching.progress import Progress
from sonospine.sources.fetching.unfinished import continued, keep_changes
from sonospine.sources.fetching.versions import versions
from sonospine.sources.snapshots.chain import Member, chain, changes_of, held_in
from sonospine.sources.snapshots.manifest import MANIFEST, Manifest, Sent, source_folder, verified_bytes
from sonospine.sources.snapshots.workspace import Workspace, base_of

ARTICLES = "articles.tsv"
"""What became of the full text of each PubMed record (``FULL_TEXTS``)."""
LINKED, SEARCHED, ARTICLES_A_BATCH = 200, 200, 20
"""Ids of one request: for links, for the search of the open-access subset, for full texts."""
OPEN = '"open access"[filter]'
_QUERY = "full texts of the open-access subset for the PubMed records of this snapshot"
_PUBMED_PREFIX = "pubmed:"
_REVISED = ("revised", "retracted", "concern")
_NOTHING_FOUND = "No items found."
_SHOWN = 20


def fetch_pmc(
    search: Search,
    snapshots: Path,
    workspace: Workspace,
    client: EUtils,
    *,
    today: str,
    progress: Progress,
) -> Manifest:
    """Fetch the full texts that PMC has, openly, of the PubMed records of the same snapshot.

    PMC ids are those of the PubMed records, else of their links; which of them are in the open-access subset is
    searched; those are fetched as JATS. ``articles.tsv`` says of each PubMed record what became of its full text. An
    article that does not come is a warning and no error: the study is then one whose report was not retrieved. A run
    that was stopped goes on where it stopped.

    Parameters
    ----------
    search
        The configuration's ``search``.
    snapshots
        Folder of all snapshots; this one must hold PubMed.
    workspace
        The unfinished snapshot.
    client
        E-utilities.
    today
        Date, ``YYYY-MM-DD``; a run that goes on keeps the date of the first.
    progress
        Told how many full texts are at hand.

    Returns
    -------
    Manifest
        ``reported`` is how many articles are in the open-access subset, ``fetched`` how many came.

    Raises
    ------
    FetchError
        No good answer came after the last try. What was fetched stays.
    InputError
        The snapshot holds no PubMed records, or the unfinished one was begun with others.
    """
    members = _pubmed(snapshots, workspace)
    plan = _plan(workspace, members, today, "")
    known = _known(members)
    progress(0, None)
    rows, opened, articles = _obtained(client, workspace, plan, known, progress)
    write_table(workspace.folder / ARTICLES, FULL_TEXTS, rows.values())
    return workspace.finish(
        _counts(articles), **_described(search, workspace, plan, known, rows, opened, articles)
    )


def update_pmc(
    search: Search,
    snapshots: Path,
    base: str,
    workspace: Workspace,
    client: EUtils,
    *,
    today: str,
    progress: Progress,
) -> Manifest:
    """Fetch the full texts that a snapshot does not hold yet, and those whose PubMed record was revised since.

    Asked for are the articles of PubMed records that are new, of those without a full text so far (it may have been
    put into PMC, or opened, since), and of those that PubMed revised. ``articles.tsv`` covers all records again.

    Parameters
    ----------
    search, snapshots, workspace, client, today, progress
        As for ``fetch_pmc``.
    base
        Name of the snapshot to be updated.

    Returns
    -------
    Manifest
        As for ``fetch_pmc``, of what was asked for now; ``changes`` counts ``changes.tsv`` by kind.

    Raises
    ------
    FetchError
        As for ``fetch_pmc``.
    InputError
        As for ``fetch_pmc``; or the base is missing, or was changed.
    """
    earlier = chain(snapshots, base, DATABASE)
    origin = base_of(snapshots, base, DATABASE)
    members = _pubmed(snapshots, workspace)
    plan = _plan(workspace, members, today, f"{base} ({origin.manifest_sha256})")
    known = _known(members)
    before = {pmid: row for pmid, row in _articles_of(earlier[0]).items() if pmid in known}
    wanted = _wanted(known, before, _revised(members[0]))
    progress(0, None)
    rows, opened, articles = _obtained(client, workspace, plan, wanted, progress)
    lost = _lost(before, rows)
    if lost:
        _warn(plan, f"no longer given by PMC, kept as fetched before: {_some(lost)}")
        rows |= {pmid: before[pmid] for pmid in lost}
    write_table(workspace.folder / ARTICLES, FULL_TEXTS, (before | rows).values())
    return workspace.finish(
        _counts(articles),
        **_described(search, workspace, plan, wanted, rows, opened, articles),
        base=origin,
        changes=keep_changes(workspace, held_in(earlier), {}),
    )


def _pubmed(snapshots: Path, workspace: Workspace) -> list[Member]:
    name = workspace.place.parent.name
    folder = source_folder(snapshots, name, "pubmed")
    if not (folder / MANIFEST).exists():
        raise InputError(
            "full texts are fetched for the PubMed records of a snapshot, and there are none",
            file=folder,
            allowed="a finished fetch of pubmed under the same name, before that of pmc",
        )
    return chain(snapshots, name, "pubmed")


def _known(members: Sequence[Member]) -> dict[str, str]:
    """Return the PMC id of each PubMed record that is not withdrawn, as far as the record gives it, by PubMed id."""
    records = {
        record_id.removeprefix(_PUBMED_PREFIX): held.ids.get("pmcid", "")
        for record_id, held in held_in(members).items()
        if record_id.startswith(_PUBMED_PREFIX) and held.change != "withdrawn"
    }
    return {pmid: records[pmid] for pmid in sorted(records, key=int)}


def _revised(newest: Member) -> set[str]:
    """Return the PubMed records that the newest snapshot notes as revised."""
    rows = changes_of(newest)
    return {row["record_id"].removeprefix(_PUBMED_PREFIX) for row in rows if row["change"] in _REVISED}


def _wanted(known: Mapping[str, str], before: Mapping[str, Row], revised: set[str]) -> dict[str, str]:
    """Return the PubMed records whose full text is asked for in an update, with their PMC ids where known."""
    return {
        pmid: pmcid or (before[pmid]["pmcid"] if pmid in before else "")
        for pmid, pmcid in known.items()
        if pmid not in before or before[pmid]["state"] != "fetched" or pmid in revised
    }


def _lost(before: Mapping[str, Row], rows: Mapping[str, Row]) -> list[str]:
    return [
        pmid
        for pmid, row in rows.items()
        if pmid in before and before[pmid]["state"] == "fetched" and row["state"] != "fetched"
    ]


def _articles_of(member: Member) -> dict[str, Row]:
    folder, manifest = member
    for file in manifest.files:
        if file.name == ARTICLES:
            verified_bytes(folder, file)
            return {row["pmid"]: row for row in read_table(folder / ARTICLES, FULL_TEXTS)}
    raise InputError("the snapshot does not say what became of the full texts", file=folder / ARTICLES)


def _plan(workspace: Workspace, members: Sequence[Member], today: str, base: str) -> dict[str, Any]:
    # A fetch of PubMed that was made anew under the same name has other records.
    pubmed = sha256((members[0][0] / MANIFEST).read_bytes())
    fresh = {"query": f"{_QUERY} ({pubmed})", "base": base, "searched": today}
    return continued(workspace, {**fresh, "links": {}, "open": [], "absent": [], "warnings": []})


def _obtained(
    client: EUtils, workspace: Workspace, plan: dict[str, Any], known: Mapping[str, str], progress: Progress
) -> tuple[dict[str, Row], set[str], list[Article]]:
    """Fetch the full texts of some PubMed records; return a row for each, the open PMC ids, and what came."""
    pmcids = dict(known) | _linked(client, workspace, plan, [p for p, pmcid in known.items() if not pmcid])
    in_pmc = _sorted(pmcid for pmcid in pmcids.values() if pmcid)
    opened = _opened(client, workspace, plan, in_pmc)
    articles = _fetched(client, workspace, plan, _sorted(opened), progress)
    at_hand = {article.pmcid: article for article in articles}
    strange = [pmcid for pmcid in at_hand if pmcid not in opened]
    missing = [pmcid for pmcid in _sorted(opened) if pmcid not in at_hand]
    if missing:
        _warn(plan, f"asked for, also alone, and not given by PMC: {_some(missing)}")
    if strange:
        _warn(plan, f"given by PMC without being asked for: {_some(strange)}")
    snapshot = workspace.place.parent.name
    rows = {
        pmid: _row(pmid, pmcid, pmcid in opened, at_hand.get(pmcid), snapshot)
        for pmid, pmcid in pmcids.items()
    }
    return rows, opened, articles


def _row(pmid: str, pmcid: str, is_open: bool, article: Article | None, snapshot: str) -> Row:
    if not pmcid or not is_open:
        return FULL_TEXTS.row(pmid=pmid, pmcid=pmcid, state="not_open_access" if pmcid else "not_in_pmc")
    if article is None:
        return FULL_TEXTS.row(pmid=pmid, pmcid=pmcid, state="missing")
    return FULL_TEXTS.row(
        pmid=pmid,
        pmcid=pmcid,
        state="fetched" if article.full_text else "no_full_text",
        licence=article.licence,
        snapshot=snapshot,
        file=article.file,
    )


def _linked(
    client: EUtils, workspace: Workspace, plan: dict[str, Any], pmids: Sequence[str]
) -> dict[str, str]:
    """Ask for the PMC ids of PubMed records that do not give one; empty where PMC does not hold the article."""
    links: dict[str, list[str]] = plan["links"]
    for number, batch in enumerate(_batches(pmids, LINKED), start=1):
        name = f"links-{number:04d}.xml.gz"
        if not workspace.holds(name):
            content, found = client.link(batch)
            links |= {pmid: list(found[pmid]) for pmid in batch}
            workspace.note(plan)
            workspace.keep(name, content)
    several = [pmid for pmid in pmids if len(links[pmid]) > 1]
    if several:
        _warn(plan, f"linked to several articles in PMC, the first was taken: {_some(several)}")
    return {pmid: next(iter(links[pmid]), "") for pmid in pmids}


def _opened(client: EUtils, workspace: Workspace, plan: dict[str, Any], pmcids: Sequence[str]) -> set[str]:
    """Search which articles are in the open-access subset."""
    for number, batch in enumerate(_batches(pmcids, SEARCHED), start=1):
        name = f"search-{number:04d}.xml.gz"
        if not workspace.holds(name):
            listed = " OR ".join(f"{pmcid.removeprefix('PMC')}[uid]" for pmcid in batch)
            answer = client.search(DATABASE, f"({listed}) AND {OPEN}", retmax=len(batch))
            found = {f"PMC{number.removeprefix('PMC')}" for number in answer.ids}
            plan["open"] = _sorted({*plan["open"], *(pmcid for pmcid in batch if pmcid in found)})
            for warning in answer.warnings:
                if warning != _NOTHING_FOUND:
                    _warn(plan, warning)
            workspace.note(plan)
            workspace.keep(name, answer.content)
    return set(plan["open"])


def _fetched(
    client: EUtils, workspace: Workspace, plan: dict[str, Any], pmcids: Sequence[str], progress: Progress
) -> list[Article]:
    """Fetch articles; one that its batch lacks is asked for once more alone."""
    done = 0
    for number, batch in enumerate(_batches(pmcids, ARTICLES_A_BATCH), start=1):
        _keep(client, workspace, plan, f"records-{number:04d}.xml.gz", batch)
        done += len(batch)
        progress(done, len(pmcids))
    articles = {article.pmcid: article for article in articles_at_hand(workspace)}
    alone = [pmcid for pmcid in pmcids if pmcid not in articles]
    for pmcid in alone:
        _keep(client, workspace, plan, f"records-alone-{pmcid}.xml.gz", [pmcid])
    if alone:
        articles = {article.pmcid: article for article in articles_at_hand(workspace)}
    progress(len(articles), len(pmcids))
    return list(articles.values())


def _keep(
    client: EUtils, workspace: Workspace, plan: dict[str, Any], name: str, pmcids: Sequence[str]
) -> None:
    """Ask for articles unless they are at hand, or it is noted that an answer held none of them."""
    if workspace.holds(name) or name in plan["absent"]:
        return
    if content := ask_articles(client, pmcids):
        workspace.keep(name, content)
    else:
        plan["absent"].append(name)
        workspace.note(plan)


def _described(
    search: Search,
    workspace: Workspace,
    plan: Mapping[str, Any],
    asked: Mapping[str, str],
    rows: Mapping[str, Row],
    opened: set[str],
    articles: Sequence[Article],
) -> dict[str, Any]:
    """Return the fields of the manifest that fetch and update share."""
    in_pmc = sum(bool(row["pmcid"]) for row in rows.values())
    linked = [pmid for pmid, pmcid in asked.items() if not pmcid]
    found = sum(bool(rows[pmid]["pmcid"]) for pmid in linked)
    sent = (
        Sent(
            query=f"elink dbfrom=pubmed db=pmc linkname=pubmed_pmc: {len(linked)} PubMed ids without a PMC id",
            reported=found,
            fetched=found,
        ),
        Sent(
            query=f"esearch db=pmc: ({in_pmc} PMC ids, each as <id>[uid], joined by OR) AND {OPEN}",
            reported=len(opened),
            fetched=sum(article.pmcid in opened for article in articles),
        ),
    )
    return {
        "source": DATABASE,
        "snapshot": workspace.place.parent.name,
        "database": "PubMed Central (open-access subset)",
        "platform": "NCBI E-utilities",
        "address": search.addresses.eutils,
        "searched": plan["searched"],
        "query": _QUERY,
        "sent": sent,
        "warnings": tuple(plan["warnings"]),
        "reported": len(opened),
        "fetched": len(articles),
        "versions": versions(),
    }


def _counts(articles: Iterable[Article]) -> dict[str, int]:
    return dict(Counter(article.file for article in articles))


def _warn(plan: dict[str, Any], words: str) -> None:
    if words not in plan["warnings"]:
        plan["warnings"].append(words)


def _some(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
    return ", ".join(ids[:_SHOWN]) + more


def _sorted(pmcids: Iterable[str]) -> list[str]:
    return sorted(set(pmcids), key=lambda pmcid: int(pmcid.removeprefix("PMC")))


def _batches(ids: Sequence[str], size: int) -> list[list[str]]:
    return [list(ids[start : start + size]) for start in range(0, len(ids), size)]
