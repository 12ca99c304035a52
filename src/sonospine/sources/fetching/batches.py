"""Planned batches of PubMed records: each holds exactly the records that the search found, or it is asked again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sonospine.sources.fetching.answers import Faulty, FetchError, Refused, SessionExpired, checked_xml
from sonospine.sources.fetching.eutils import EUtils, SearchAnswer, error_in, without_records
from sonospine.sources.fetching.progress import Progress
from sonospine.sources.fetching.searching import DATABASE
from sonospine.sources.pubmed import TAGS, entry_id
from sonospine.sources.raw import Unreadable
from sonospine.sources.snapshots.workspace import Workspace

ROOT = "PubmedArticleSet"
# So many answers must lack the same records before these count as missing.
_PATIENCE = 3
_SESSIONS = 3
_SHOWN = 5


class History:
    """The hits of a search on the history server, which forgets them after some hours.

    Where the search is not at hand, or forgotten, it is searched anew; where it then finds other records, or the
    server gives others than it listed, the planned records are fetched by id.

    Parameters
    ----------
    client
        Who is asked.
    term
        The query as sent.
    limit
        Hits that a search lists at most.
    answer
        The answer to the search, where this run has it.
    """

    def __init__(self, client: EUtils, term: str, limit: int, answer: SearchAnswer | None = None) -> None:
        self._client = client
        self._term = term
        self._limit = limit
        self._answer = answer
        self._of_use = True

    def fetch(self, ids: Sequence[str], check: Wanted) -> tuple[bytes, list[str]]:
        """Fetch planned records, in the order of the plan."""
        for _ in range(_SESSIONS):
            if not self._of_use:
                break
            if self._answer is None:
                self._answer = self._client.search(DATABASE, self._term, retmax=self._limit)
            start = self._place(self._answer.ids, ids)
            if start is None:
                break
            try:
                return self._client.fetch_history(
                    DATABASE, self._answer.webenv, self._answer.query_key, start, len(ids), check
                )
            except SessionExpired:
                self._answer = None
                self._of_use = not check.misled()
        return self._client.fetch_ids(DATABASE, ids, check)

    @staticmethod
    def _place(listed: tuple[str, ...], ids: Sequence[str]) -> int | None:
        try:
            start = listed.index(ids[0])
        except ValueError:
            return None
        return start if listed[start : start + len(ids)] == tuple(ids) else None


@dataclass(frozen=True, slots=True)
class Wanted:
    """The check of an answer: it raises Faulty unless it holds exactly these records, and returns what is missing.

    Records may be missing only where several answers lack the same ones: a server that drops some by mistake drops
    others the next time. Several answers with other records tell that the history server does not hold what the
    search listed.
    """

    ids: tuple[str, ...]
    lacking: list[set[str]] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)

    def misled(self) -> bool:
        """Tell whether other records came again and again."""
        return len(self.strange) >= _PATIENCE

    def __call__(self, content: bytes) -> list[str]:
        """Return the ids that the answer lacks."""
        came = record_ids(content)
        present = set(came)
        other = sorted(present.difference(self.ids))
        if other:
            self.strange.append(other[0])
            reason = f"{len(other)} records that were not asked for, first {other[0]}"
            raise SessionExpired(reason) if self.misled() else Faulty(reason)
        if len(present) != len(came):
            raise Faulty("a record came twice")
        missing = [pmid for pmid in self.ids if pmid not in present]
        if missing:
            self.lacking.append(set(missing))
            if len(self.lacking) < _PATIENCE or set(missing) != set.intersection(*self.lacking):
                reason = f"{len(missing)} of {len(self.ids)} records are missing, first {_first(missing)}"
                raise Faulty(reason)
        return missing


def record_ids(content: bytes) -> list[str]:
    """Return the PubMed ids of the articles and books in an answer, in order.

    Raises
    ------
    Faulty
        It is no set of PubMed records, or something in it is no record.
    """
    if without_records(error_in(content)):
        return []
    found = []
    for entry in checked_xml(content, ROOT).iterchildren("*"):
        if entry.tag not in TAGS:
            raise Faulty(f"<{entry.tag!s}> in place of a record")
        try:
            record_id = entry_id(entry)
        except Unreadable as fault:
            raise Faulty(fault.reason) from None
        if not record_id:
            raise Faulty("a record without an id")
        found.append(record_id.removeprefix("pubmed:"))
    return found


Group = dict[str, Any]
"""The plan of a slice or a list of ids: ``name``, ``label``, ``batches`` (lists of ids), ``counts`` (records of files
that hold other than their whole batch), ``absent`` (ids that did not come), ``stale`` (to be searched anew)."""


def group_of(name: str, label: str, ids: Sequence[str], size: int) -> Group:
    """Return the plan of some records: batches of at most ``size``."""
    batches = [list(ids[start : start + size]) for start in range(0, len(ids), size)]
    return {"name": name, "label": label, "batches": batches, "counts": {}, "absent": [], "stale": False}


def replanned(group: Group, ids: Sequence[str], size: int, workspace: Workspace) -> Group:
    """Return the plan after a new search; batches whose records are all found again keep their files.

    Records that are no longer found leave their batch, new ones come into batches at the end.
    """
    found = set(ids)
    batches: list[list[str]] = []
    counts = dict(group["counts"])
    for number, batch in enumerate(group["batches"], start=1):
        remaining = [pmid for pmid in batch if pmid in found]
        if remaining != batch:
            names = file_names(group["name"], number)
            workspace.drop(*names)
            counts = {name: count for name, count in counts.items() if name not in names}
        batches.append(remaining)
    planned = {pmid for batch in batches for pmid in batch}
    fresh = group_of(group["name"], group["label"], [pmid for pmid in ids if pmid not in planned], size)
    absent = [pmid for pmid in group["absent"] if pmid in planned]
    return {**fresh, "batches": batches + fresh["batches"], "counts": counts, "absent": absent}


def file_names(group: str, number: int) -> tuple[str, str]:
    """Return the names of the files of a batch: its answer, and the one for records that this lacked."""
    return f"records-{group}-b{number:04d}.xml.gz", f"records-{group}-b{number:04d}-again.xml.gz"


def fetch_group(
    client: EUtils,
    workspace: Workspace,
    group: Group,
    history: History | None,
    note: Callable[[], None],
    progress: Callable[[int], None],
) -> None:
    """Fetch the batches of a group that are not at hand; one is in memory at a time.

    Parameters
    ----------
    client, workspace
        Who is asked, and where the answers are kept.
    group
        The plan; ids that do not come, however often they are asked for, are added to its ``absent``.
    history
        Where the records lie on the history server; none: they are asked for by id.
    note
        Writes the note of the plan.
    progress
        Told how many more records are at hand.

    Raises
    ------
    FetchError
        No good answer came; what was fetched stays.
    """
    for number, batch in enumerate(group["batches"], start=1):
        name, name_again = file_names(group["name"], number)
        if batch and not workspace.holds(name):
            workspace.drop(name_again)
            content, missing = (
                history.fetch(batch, Wanted(tuple(batch))) if history else _by_id(client, batch)
            )
            if missing and history:  # by id it may come as a whole, as it should have come
                content, missing = _by_id(client, batch)
            again, absent = _by_id(client, missing) if missing else (b"", [])
            if len(missing) == len(batch):
                content, missing, again = again, absent, b""
            came_again = len(missing) - len(absent) if again else 0
            _count(group, number, len(missing), came_again, absent, note)
            if came_again:
                workspace.keep(name_again, again)
            workspace.keep(name, content)
        progress(len(batch))


def _count(
    group: Group, number: int, missing: int, came_again: int, absent: list[str], note: Callable[[], None]
) -> None:
    """Take down what the files of a batch hold, before they are kept, where that is not just the batch."""
    batch, names = group["batches"][number - 1], file_names(group["name"], number)
    known = {name: group["counts"].pop(name) for name in names if name in group["counts"]}
    group["absent"] = [pmid for pmid in group["absent"] if pmid not in set(batch)] + absent
    if missing:
        group["counts"].update(zip(names, (len(batch) - missing, came_again), strict=True))
    if missing or known:
        note()


def _by_id(client: EUtils, ids: Sequence[str]) -> tuple[bytes, list[str]]:
    """Fetch records by id; where the service refuses because it knows none of them, they are all missing."""
    try:
        return client.fetch_ids(DATABASE, ids, Wanted(tuple(ids)))
    except Refused as refusal:
        if not without_records(refusal.reason):
            raise
        return b"", list(ids)


def counts_of(group: Group) -> dict[str, int]:
    """Return how many records each file of a group holds."""
    counts = {}
    for number, batch in enumerate(group["batches"], start=1):
        name, name_again = file_names(group["name"], number)
        if batch:
            counts[name] = group["counts"].get(name, len(batch))
            if group["counts"].get(name_again):
                counts[name_again] = group["counts"][name_again]
    return counts


def missing_records(group: Group, planned: int) -> FetchError:
    """Return the error of a group some of whose records did not come."""
    absent = group["absent"]
    return FetchError(
        f"PubMed, {group['label']}: {len(absent)} of {planned} records that it reports did not come, first "
        f"{_first(absent)}; what came is kept, the next run searches this part anew"
    )


def _first(ids: Sequence[str]) -> str:
    return ", ".join(ids[:_SHOWN]) + (", …" if len(ids) > _SHOWN else "")


def forget_incomplete(group: Group, workspace: Workspace) -> None:
    """Mark a group to be searched anew, and drop the batches that lack records: they will be asked for whole."""
    lost = set(group["absent"])
    for number, batch in enumerate(group["batches"], start=1):
        if lost & set(batch):
            workspace.drop(*file_names(group["name"], number))
            for name in file_names(group["name"], number):
                group["counts"].pop(name, None)
    group.update(absent=[], stale=True)


class Counter:
    """Adds up the records at hand over all groups, for the progress."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0
        progress(0, total)

    def __call__(self, more: int) -> None:
        """Count more records."""
        self._done += more
        self._progress(self._done, self._total)
