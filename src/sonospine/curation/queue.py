"""What to look at first: rows, conflicts, failed checks, figures and stale lines, ordered by what they could change."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from operator import itemgetter
from typing import TypeVar

from sonospine.curation.influence import Pool, Weighed, pools_of, weigh
from sonospine.curation.material import Looked, Material
from sonospine.curation.progress import Progress, progress_of
from sonospine.curation.tables import Tables
from sonospine.curation.targets import Target, targets_of
from sonospine.model.table_io import Row
from sonospine.synthesis.pooling import Choice

T = TypeVar("T")
Place = tuple[float, bool, bool, bool, float, str, str, str]
DIGITS = 9
NO_POOL = "it feeds no pool"
STUDY_OUT = "its study is not included"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to look at.

    Attributes
    ----------
    kind
        ``row``, ``conflict``, ``check``, ``unread``, ``stale`` or ``disputed``.
    target_id
        Id of the measurement or conflict, place of the figure, or what a stale line was about.
    record_id, study_id, instrument, state
        Where it belongs; ``state`` is that of the row (of the chosen row of a conflict).
    analyses
        The analyses that it feeds or could change, by name.
    influence
        The expected move of the pools, in their standard errors (``influence.weigh``).
    confidence
        Probability that the row is right as read; 0 where there is no row.
    reason
        What could change by how much, in plain words. It holds text from papers: escape it.
    """

    kind: str
    target_id: str
    record_id: str
    study_id: str
    analyses: tuple[str, ...]
    instrument: str
    state: str
    influence: float
    confidence: float
    reason: str


class Queue:
    """The queue of one view.

    Entries come by influence, the largest first; among equals those that feed a pool, then those of included studies,
    then what is more than a plain row, then the less confident, then by kind and id: the same tables give the same
    order.

    Parameters
    ----------
    view
        The view; it may be another object after each save.
    tables
        The tables behind it.
    """

    def __init__(self, view: Looked, tables: Tables) -> None:
        self._material = Material(tables)
        assumed = tables.config.assumptions
        self._choice = Choice(assumed.estimator, assumed.ci, assumed.level)
        self._view = view
        self._pools: dict[str, Pool] = {}
        self._targets: dict[str, list[Target]] = {}
        self._weighed: dict[str, list[dict[str, Weighed]]] = {}
        self._open: dict[str, dict[int, set[str]]] = {}
        self._placed: dict[str, list[tuple[Place, Entry]]] = {}
        self._places: list[Place] = []
        self._ordered: list[Entry] = []
        self._progress = Progress(0, 0)
        self._take_in(view, {*self._material.records, *self._material.studies})

    def entries(
        self, *, analysis: str = "", study: str = "", instrument: str = "", state: str = "", kind: str = ""
    ) -> Sequence[Entry]:
        """Return the entries in order, those that fit every filter that is not empty."""
        if not (analysis or study or instrument or state or kind):
            return list(self._ordered)
        return [
            one
            for one in self._ordered
            if (not analysis or analysis in one.analyses)
            and (not study or one.study_id == study)
            and (not instrument or one.instrument == instrument)
            and (not state or one.state == state)
            and (not kind or one.kind == kind)
        ]

    def progress(self) -> Progress:
        """Return how many of the pooled numbers a person has verified."""
        return self._progress

    def after_save(self, view: Looked, changed: Collection[str] | None = None) -> None:
        """Take in what a save changed: the studies themselves, and the analyses whose pools moved with them.

        Parameters
        ----------
        view
            The view as it is now.
        changed
            Ids of the studies with lines that were saved; ``None``: they are found by comparing the views.
        """
        self._take_in(view, self._differing(view) if changed is None else set(changed))

    def _differing(self, view: Looked) -> set[str]:
        """Return the studies whose rows, arms, conflicts or lines differ between the last view and another."""
        old = self._view
        found = {
            study
            for study in self._targets
            if old.of_study(study) != view.of_study(study)
            or old.arms_of(study) != view.arms_of(study)
            or old.conflicts_of(study) != view.conflicts_of(study)
        }
        lines = ({line["action_id"]: line for line in one.actions} for one in (old, view))
        stale = ({line["action_id"]: line for line, _ in one.stale} for one in (old, view))
        for before, after in (tuple(lines), tuple(stale)):
            for name in before.keys() ^ after.keys():
                found.add(self._study_of({**before, **after}[name], view))
        return found & self._targets.keys()

    def _study_of(self, line: Row, view: Looked) -> str:
        """Return the study that a line is about; empty where neither its target nor its record tells."""
        known = view.rows.get(line["target_id"])
        return known["study_id"] if known is not None else self._material.study_of.get(line["record_id"], "")

    def copied(self) -> Queue:
        """Return a queue that goes its own way from here: one of another viewer, who has to be taken in yet."""
        twin = copy(self)
        twin._targets, twin._open = dict(self._targets), dict(self._open)
        twin._weighed = {study: [dict(one) for one in listed] for study, listed in self._weighed.items()}
        twin._placed = {study: list(listed) for study, listed in self._placed.items()}
        twin._places, twin._ordered = list(self._places), list(self._ordered)
        return twin

    def _take_in(self, view: Looked, changed: set[str]) -> None:
        before, self._view = self._pools, view
        self._pools = pools_of(view.effects, self._material.config, self._choice, before)
        moved = {name for name, pool in self._pools.items() if pool != before.get(name)}
        changed |= self._studies_moved(before, moved)
        self._renew(view, changed)
        self._order(changed, self._weigh(changed, moved))
        self._progress = progress_of((row for rows in view.effects.values() for row in rows), view.rows)

    def _studies_moved(self, before: Mapping[str, Pool], moved: Iterable[str]) -> set[str]:
        """Return the studies whose effects in a pool are others than before."""
        found: set[str] = set()
        for name in moved:
            old = before[name].pieces if name in before else {}
            new = self._pools[name].pieces
            found |= {study for study in {*old, *new} if old.get(study) != new.get(study)}
        return found

    def _renew(self, view: Looked, changed: Collection[str]) -> None:
        """List the targets of some studies anew."""
        candidates: dict[str, dict[str, list[Row]]] = {}
        for name, rows in view.effects.items():
            for row in rows:
                if row["study_id"] in changed:
                    candidates.setdefault(row["study_id"], {}).setdefault(name, []).append(row)
        stale: dict[str, list[tuple[Row, Row]]] = {}
        for action, log in view.stale:
            stale.setdefault(self._study_of(action, view), []).append((action, log))
        for study in sorted(changed):
            entered = {name: p.pieces[study] for name, p in self._pools.items() if study in p.pieces}
            asked = self._material.asked(view, study, entered, candidates.get(study, {}))
            found = targets_of(self._material, view, asked, stale.get(study, []))
            self._targets[study] = found
            self._weighed[study] = [{} for _ in found]
            self._open[study] = {i: names for i, one in enumerate(found) if (names := one.doubt.analyses)}

    def _weigh(self, changed: Collection[str], moved: set[str]) -> list[tuple[str, int]]:
        """Weigh the targets of changed studies in all analyses, those of the others in the analyses that moved.

        Returns
        -------
        list of tuple
            Study and number of each target that was weighed.
        """
        places = [
            (study, index, wanted)
            for study, targets in self._open.items()
            for index, names in targets.items()
            if (wanted := names if study in changed else names & moved)
        ]
        doubts = [self._targets[study][index].doubt for study, index, _ in places]
        found = weigh(doubts, self._pools, self._choice, [wanted for _, _, wanted in places])
        for (study, index, _), weighed in zip(places, found, strict=True):
            self._weighed[study][index].update(weighed)
        return [(study, index) for study, index, _ in places]

    def _order(self, changed: Collection[str], weighed: Iterable[tuple[str, int]]) -> None:
        """Put the entries of changed studies, and others that were weighed, in their places; the rest stays."""
        leaving: list[Place] = []
        coming: list[tuple[Place, Entry]] = []
        for study in changed:
            leaving += [place for place, _ in self._placed.get(study, ())]
            self._placed[study] = [self._made(study, index) for index in range(len(self._targets[study]))]
            coming += self._placed[study]
        for study, index in weighed:
            if study not in changed:
                leaving.append(self._placed[study][index][0])
                self._placed[study][index] = self._made(study, index)
                coming.append(self._placed[study][index])
        gone = sorted(bisect_left(self._places, place) for place in leaving)
        places, ordered = _without(self._places, gone), _without(self._ordered, gone)
        coming.sort(key=itemgetter(0))
        at = [bisect_left(places, place) for place, _ in coming]
        self._places = _among(places, at, [place for place, _ in coming])
        self._ordered = _among(ordered, at, [entry for _, entry in coming])

    def _made(self, study: str, index: int) -> tuple[Place, Entry]:
        entry = self._entry(self._targets[study][index], self._weighed[study][index])
        return self._place(entry), entry

    def _place(self, entry: Entry) -> Place:
        idle = not entry.analyses
        out = entry.study_id not in self._material.included
        plain = entry.kind == "row"
        where = (entry.kind, entry.record_id, entry.target_id)
        return -entry.influence, idle, out, plain, entry.confidence, *where

    def _entry(self, target: Target, weighed: Mapping[str, Weighed]) -> Entry:
        # Pools that are fitted together and apart differ in their last digits, which must not decide the order.
        influence = round(math.fsum(w.influence for w in weighed.values()), DIGITS)
        analyses = tuple(sorted({*target.feeds, *(n for n, w in weighed.items() if w.influence > 0)}))
        most = max(
            weighed.values(), key=lambda w: (not w.aside, round(w.most, DIGITS), w.words), default=Weighed()
        )
        told = [target.why, most.words]
        if not analyses:
            out = target.study_id not in self._material.included
            told.append(STUDY_OUT if out else NO_POOL)
        elif not most.words and not target.why:
            told.append("nothing else is known that it could be")
        return Entry(
            target.kind, target.target_id, target.record_id, target.study_id, analyses, target.instrument,
            target.state, influence, target.confidence, "; ".join(filter(None, told)),
        )  # fmt: skip


def _without(listed: list[T], indexes: Sequence[int]) -> list[T]:
    """Return a list without some of its items, whose indexes are in order."""
    found: list[T] = []
    start = 0
    for index in indexes:
        found += listed[start:index]
        start = index + 1
    return found + listed[start:]


def _among(listed: list[T], indexes: Sequence[int], items: Sequence[T]) -> list[T]:
    """Return a list with some items put in before those of some indexes, which are in order."""
    found: list[T] = []
    start = 0
    for index, item in zip(indexes, items, strict=True):
        found += listed[start:index]
        found.append(item)
        start = index
    return found + listed[start:]
