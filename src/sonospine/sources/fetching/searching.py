"""Searches of PubMed, slice by slice, noted so that a later run goes on with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sonospine.sources.fetching.answers import FetchError
from sonospine.sources.fetching.eutils import MOST_IDS, EUtils, SearchAnswer
from sonospine.sources.fetching.slices import Slice, divided, shortfall
from sonospine.sources.snapshots.workspace import Workspace

DATABASE = "pubmed"
SEARCH = "search"
"""How the names of the files begin that keep answers to searches."""


@dataclass(frozen=True, slots=True)
class Searched:
    """A slice that was searched: query as sent, what sets it apart in words, hits, translation, ids in order."""

    term: str
    label: str
    count: int
    translation: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, whole: ``count`` hits in slices that share none; ``warnings`` of the whole query."""

    count: int
    warnings: tuple[str, ...]
    slices: tuple[Searched, ...]

    def ids(self) -> list[str]:
        """Return all ids, slice by slice."""
        return [pmid for part in self.slices for pmid in part.ids]


Handles = dict[str, SearchAnswer]
"""Answers of this run by query as sent: their places on the history server are still known."""


def search_all(
    client: EUtils,
    workspace: Workspace,
    term: str,
    noted: dict[str, Any],
    note: Callable[[], None],
    *,
    name: str = SEARCH,
    limit: int = MOST_IDS,
) -> tuple[Found, Handles]:
    """Search PubMed, slice by slice; what an earlier run noted is not asked again.

    Parameters
    ----------
    client, workspace
        Who is asked, and where the answers are kept: ``<name>-001.xml.gz`` for each slice, and ``<name>-000.xml.gz``
        for the whole where there are several.
    term
        The query as sent.
    noted
        What earlier runs noted of this search, empty at first; it is filled here.
    note
        Writes the note; called after each slice.
    limit
        Most hits of a slice.

    Returns
    -------
    tuple
        What was found, and the answers of this run.

    Raises
    ------
    FetchError
        No answer came, or the slices do not hold together what the whole search reports, twice.
    """
    handles: Handles = {}
    for last in (False, True):
        if "slices" not in noted:
            _divide(client, workspace, term, noted, note, handles, name, limit)
            note()
        for number, part in enumerate(noted["slices"], start=1):
            if part["ids"] is None:
                answer = client.search(DATABASE, part["term"], retmax=limit)
                handles[part["term"]] = answer
                _take(part, answer)
                workspace.keep(answer_name(name, number), answer.content)
                note()
        found = found_in(noted)
        if len(set(found.ids())) == found.count == sum(part.count for part in found.slices):
            return found, handles
        if last:
            break
        workspace.drop(*(answer_name(name, number) for number in range(len(noted["slices"]) + 1)))
        noted.clear()
    raise shortfall(found.count, [Slice(part.term, part.label, len(part.ids)) for part in found.slices])


def search_again(
    client: EUtils, workspace: Workspace, noted: dict[str, Any], number: int, limit: int = MOST_IDS
) -> SearchAnswer:
    """Search one slice anew (``number`` counts from 1) and take its answer in place of the earlier one."""
    part = noted["slices"][number - 1]
    answer = client.search(DATABASE, part["term"], retmax=limit)
    if answer.count > len(answer.ids):
        raise FetchError(
            f"PubMed, {part['label']}: the search has grown to {answer.count} records since it was divided; remove "
            f"{workspace.folder} to begin anew"
        )
    noted["count"] += answer.count - part["count"]
    _take(part, answer)
    workspace.keep(answer_name(SEARCH, number), answer.content)
    return answer


def answer_name(name: str, number: int) -> str:
    """Return the name of the file that keeps the answer for a slice (0: for the whole)."""
    return f"{name}-{number:03d}.xml.gz"


def _divide(
    client: EUtils,
    workspace: Workspace,
    term: str,
    noted: dict[str, Any],
    note: Callable[[], None],
    handles: Handles,
    name: str,
    limit: int,
) -> None:
    """Divide a search; each count is noted, so that a run that is stopped here goes on here."""
    counts: dict[str, int] = noted.setdefault("counts", {})

    def count(part: str) -> int:
        if part == term:
            again = term in handles
            handles[term] = client.search(DATABASE, term, retmax=limit)
            # Counts belong to one state of PubMed: they are of no use where the whole has grown, or did not add up.
            if again or counts.get(term) != handles[term].count:
                counts.clear()
            counts[term] = handles[term].count
        elif part not in counts:
            counts[part] = client.search(DATABASE, part, retmax=0).count
            note()
        return counts[part]

    whole, slices = divided(term, count, limit=limit)
    answer = handles[term]
    del noted["counts"]
    noted.update(count=whole, warnings=list(answer.warnings))
    noted["slices"] = [{**asdict(part), "translation": "", "ids": None} for part in slices]
    alone = whole <= limit
    workspace.keep(answer_name(name, 1 if alone else 0), answer.content)
    if alone:
        _take(noted["slices"][0], answer)


def _take(part: dict[str, Any], answer: SearchAnswer) -> None:
    part.update(count=answer.count, translation=answer.translation, ids=list(answer.ids))


def found_in(noted: Mapping[str, Any]) -> Found:
    """Return what a search found from its note, once every slice has been searched."""
    return Found(
        noted["count"],
        tuple(noted["warnings"]),
        tuple(Searched(**{**part, "ids": tuple(part["ids"])}) for part in noted["slices"]),
    )
