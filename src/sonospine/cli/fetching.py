"""What ``sonospine fetch`` does for one source: whether it is there already, who asks, and fetch or update."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sonospine.model.errors import InputError

if TYPE_CHECKING:
    from sonospine.config.searching import Search
    from sonospine.sources.fetching.credentials import Credentials, Secret
    from sonospine.sources.fetching.eutils import EUtils
    from sonospine.sources.fetching.polite import Polite
    from sonospine.sources.fetching.progress import Progress
    from sonospine.sources.snapshots.manifest import Manifest
    from sonospine.sources.snapshots.workspace import Workspace

REQUESTS = ".requests"
"""Folder beside the snapshots through which all processes share the rate of requests, and lock a fetch."""
EUTILS_RATES = (3, 10)
"""Requests a second that NCBI allows without a key, and with one."""
TRIALS_RATE = 1
"""ClinicalTrials.gov has published no rate; this is polite."""


@dataclass(frozen=True, slots=True)
class Asking:
    """How is asked: the folder of snapshots, the name of this one, its base (empty: none), the date, and patience."""

    search: Search
    snapshots: Path
    name: str
    base: str
    today: str
    timeout: float
    tries: int


def wanted_sources(search: Search, named: str) -> list[str]:
    """Return the sources to be fetched, in order: the one that is named, or all that the configuration asks for.

    Raises
    ------
    InputError
        The configuration does not ask for the source, or for none at all.
    """
    asked = {
        "pubmed": search.pubmed is not None,
        "pmc": search.pmc and (search.pubmed is not None or named == "pmc"),
        "trials": search.trials is not None,
    }
    if named and not asked[named]:
        field = f"search.{named}"
        allowed = "true" if named == "pmc" else "a query" if named == "pubmed" else "a condition or a term"
        raise InputError("no search is configured for this source", field=field, allowed=allowed)
    found = [source for source, wanted in asked.items() if wanted and named in ("", source)]
    if not found:
        raise InputError("no search is configured", field="search", allowed="pubmed, trials or both")
    return found


def held_already(asking: Asking, source: str) -> Manifest | None:
    """Return the manifest of a source that has been fetched under this name; none where it has not.

    Raises
    ------
    InputError
        It was fetched with another query, or as an update of another snapshot: both are named.
    """
    from sonospine.sources.snapshots.manifest import MANIFEST, read_manifest
    from sonospine.sources.snapshots.workspace import Workspace

    workspace = Workspace(asking.snapshots, asking.name, source)
    if not workspace.complete():
        return None
    manifest = read_manifest(workspace.place)
    place = workspace.place / MANIFEST
    there, configured = (manifest.query, manifest.limits), _query(asking.search, source)
    if configured is not None and there != configured:
        raise InputError(
            "a snapshot of this name was fetched with another query",
            file=place,
            field="query",
            found=_words(*there),
            allowed=f"{_words(*configured)} (or another --name)",
        )
    base = manifest.base.snapshot if manifest.base is not None else ""
    if _updates(asking, source) and base != asking.base:
        raise InputError(
            "a snapshot of this name is there that is no update of the configured one",
            file=place,
            field="base",
            found=base or "none",
            allowed=f"{asking.base} (or another --name)",
        )
    return manifest


def _query(search: Search, source: str) -> tuple[str, tuple[str, ...]] | None:
    """Return query and limits as the manifest of a source would have them; none: the source has no query."""
    if source == "pubmed":
        from sonospine.sources.fetching.pubmed import asked_of, limits_of

        asked = asked_of(search)
        return asked.query, limits_of(asked)
    if source == "trials":
        from sonospine.sources.fetching.trials import query_of

        return query_of(search), ()
    return None


def _words(query: str, limits: tuple[str, ...]) -> str:
    return "; ".join((" ".join(query.split()), *limits))


def _updates(asking: Asking, source: str) -> bool:
    """Tell whether a source is updated: the base may be without it, and it is fetched whole then."""
    return bool(asking.base) and source in held_in_base(asking)


def held_in_base(asking: Asking) -> list[str]:
    """Return the sources that the base holds."""
    from sonospine.sources.snapshots.manifest import SOURCES, source_folder

    return [source for source in SOURCES if source_folder(asking.snapshots, asking.base, source).is_dir()]


def fetched(asking: Asking, source: str, progress: Progress) -> Manifest:
    """Fetch a source, or what is new in it since the base; an unfinished fetch goes on where it stopped.

    Raises
    ------
    InputError
        The one clear line: what was fetched until then is kept.
    """
    from sonospine.sources.snapshots.workspace import Workspace

    workspace = Workspace(asking.snapshots, asking.name, source)
    updating = _updates(asking, source)
    who = who_asks(asking.search, source)
    with _alone(asking, source):
        if who is None:
            with _trials(asking) as client:
                return _from_trials(asking, workspace, client, progress, updating)
        with _eutils(asking, who) as eutils:
            return _from_eutils(asking, source, workspace, eutils, progress, updating)


def _from_eutils(
    asking: Asking, source: str, workspace: Workspace, client: EUtils, progress: Progress, updating: bool
) -> Manifest:
    search, today = asking.search, asking.today
    if source == "pubmed":
        from sonospine.sources.fetching.pubmed import fetch_pubmed
        from sonospine.sources.fetching.update import update_pubmed

        if updating:
            return update_pubmed(
                search, asking.snapshots, asking.base, workspace, client, today=today, progress=progress
            )
        return fetch_pubmed(search, workspace, client, today=today, progress=progress)
    from sonospine.sources.fetching.pmc import fetch_pmc, update_pmc

    if updating:
        return update_pmc(
            search, asking.snapshots, asking.base, workspace, client, today=today, progress=progress
        )
    return fetch_pmc(search, asking.snapshots, workspace, client, today=today, progress=progress)


def _from_trials(
    asking: Asking, workspace: Workspace, client: Polite, progress: Progress, updating: bool
) -> Manifest:
    from sonospine.sources.fetching.trials import fetch_trials, update_trials

    search, today = asking.search, asking.today
    if updating:
        return update_trials(
            search, asking.snapshots, asking.base, workspace, client, today=today, progress=progress
        )
    return fetch_trials(search, workspace, client, today=today, progress=progress)


def who_asks(search: Search, source: str) -> Credentials | None:
    """Return what NCBI is told with each request; none: the source is not NCBI's.

    Raises
    ------
    InputError
        There is no address, or the key is none.
    """
    from sonospine.sources.fetching.credentials import credentials

    return None if source == "trials" else credentials(search, os.environ)


@contextmanager
def _eutils(asking: Asking, who: Credentials) -> Iterator[EUtils]:
    """Open a client of E-utilities; the key comes from the environment and goes into it, nowhere else."""
    from sonospine.sources.fetching.eutils import EUtils
    from sonospine.sources.fetching.polite import user_agent

    address = asking.search.addresses.eutils
    per_second = EUTILS_RATES[bool(who.api_key)]
    with _client(asking, address, per_second, who.api_key, user_agent(who.tool, who.email)) as polite:
        yield EUtils(polite, who)


@contextmanager
def _trials(asking: Asking) -> Iterator[Polite]:
    from sonospine.sources.fetching.credentials import Secret
    from sonospine.sources.fetching.polite import user_agent

    address = asking.search.addresses.trials
    with _client(asking, address, TRIALS_RATE, Secret(), user_agent(asking.search.tool)) as polite:
        yield polite


def _client(asking: Asking, address: str, per_second: float, secret: Secret, agent: str) -> Polite:
    from sonospine.sources.fetching.polite import Polite
    from sonospine.sources.fetching.rate import Rate

    rate = Rate(asking.snapshots / REQUESTS, urlsplit(address).netloc, per_second)
    return Polite(address, rate, secret=secret, timeout=asking.timeout, tries=asking.tries, agent=agent)


@contextmanager
def _alone(asking: Asking, source: str) -> Iterator[None]:
    """Let nobody else fetch the same source of the same snapshot; the lock ends with its process.

    Raises
    ------
    InputError
        Somebody does.
    """
    path = asking.snapshots / REQUESTS / f"{asking.name}.{source}.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise InputError(
                f"another process is fetching {source} into this snapshot",
                file=asking.snapshots / asking.name,
            ) from None
        yield
