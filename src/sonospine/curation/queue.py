"""What to look at first: rows, conflicts, failed checks, figures and stale lines, ordered by what they could change."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass

from sonospine.curation.influence import Pool, Weighed, pools_of, weigh
from sonospine.curation.material import Material
from sonospine.curation.progress import Progress, progress_of
from sonospine.curation.tables import Tables
from sonospine.curation.targets import Target, targets_of
from sonospine.curation.view import View
from sonospine.model.table_io import Row
from sonospine.synthesis.pooling import Choice

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

    def __init__(self, view: View, tables: Tables) -> None:
        self._material = Material(tables)
        assumed = tables.config.assumptions
        self._choice = Choice(assumed.estimator, assumed.ci, assumed.level)
        self._pools: dict[str, Pool] = {}
        self._targets: dict[str, list[Target]] = {}
        self._weighed: dict[str, list[dict[str, Weighed]]] = {}
        self._entries: dict[str, list[Entry]] = {}
        self._ordered: list[Entry] = []
        self._progress = Progress(0, 0)
        self._take_in(view, {*self._material.records, *self._material.studies})

    def entries(
        self, *, analysis: str = "", study: str = "", instrument: str = "", state: str = "", kind: str = ""
    ) -> Sequence[Entry]:
        """Return the entries in order, those that fit every filter that is not empty."""
        if not (analysis or study or instrument or state or kind):
            return self._ordered
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

    def after_save(self, view: View, changed: Collection[str]) -> None:
        """Take in what a save changed: the studies themselves, and the analyses whose pools moved with them.

        Parameters
        ----------
        view
            The view as it is now.
        changed
            Ids of the studies with lines that were saved.
        """
        self._take_in(view, set(changed))

    def copied(self) -> Queue:
        """Return a queue that goes its own way from here: one of another viewer, who has to be taken in yet."""
        twin = copy(self)
        twin._pools, twin._targets, twin._entries = (
            dict(self._pools),
            dict(self._targets),
            dict(self._entries),
        )
        twin._weighed = {study: [dict(one) for one in listed] for study, listed in self._weighed.items()}
        return twin

    def _take_in(self, view: View, changed: set[str]) -> None:
        before = self._pools
        self._pools = pools_of(view.effects, self._material.config, self._choice)
        moved = {name for name, pool in self._pools.items() if pool != before.get(name)}
        changed |= self._studies_moved(before, moved)
        self._renew(view, changed)
        self._weigh(changed, moved)
        self._order(changed)
        self._progress = progress_of((row for rows in view.effects.values() for row in rows), view.rows)

    def _studies_moved(self, before: Mapping[str, Pool], moved: Iterable[str]) -> set[str]:
        """Return the studies whose effects in a pool are others than before."""
        found: set[str] = set()
        for name in moved:
            old = before[name].pieces if name in before else {}
            new = self._pools[name].pieces
            found |= {study for study in {*old, *new} if old.get(study) != new.get(study)}
        return found

    def _renew(self, view: View, changed: Collection[str]) -> None:
        """List the targets of some studies anew."""
        candidates: dict[str, dict[str, list[Row]]] = {}
        for name, rows in view.effects.items():
            for row in rows:
                if row["study_id"] in changed:
                    candidates.setdefault(row["study_id"], {}).setdefault(name, []).append(row)
        stale: dict[str, list[tuple[Row, Row]]] = {}
        studies = {r["record_id"]: study for study, rows in self._material.records.items() for r in rows}
        for action, log in view.stale:
            known = view.rows.get(action["target_id"])
            study = known["study_id"] if known is not None else studies.get(action["record_id"], "")
            stale.setdefault(study, []).append((action, log))
        for study in sorted(changed):
            entered = {name: p.pieces[study] for name, p in self._pools.items() if study in p.pieces}
            asked = self._material.asked(view, study, entered, candidates.get(study, {}))
            self._targets[study] = targets_of(self._material, view, asked, stale.get(study, []))

    def _weigh(self, changed: Collection[str], moved: Collection[str]) -> None:
        """Weigh the targets of changed studies in all analyses, those of the others in the analyses that moved."""
        places, doubts, wanted = [], [], []
        for study, targets in self._targets.items():
            anew = study in changed
            if anew:
                self._weighed[study] = [{} for _ in targets]
            for index, target in enumerate(targets):
                names = target.doubt.analyses if anew else target.doubt.analyses & set(moved)
                if names:
                    places.append((study, index))
                    doubts.append(target.doubt)
                    wanted.append(names)
        for (study, index), names, found in zip(
            places, wanted, weigh(doubts, self._pools, self._choice, wanted), strict=True
        ):
            self._weighed[study][index].update({name: found[name] for name in names if name in found})
            self._entries.pop(study, None)

    def _order(self, changed: Collection[str]) -> None:
        for study, targets in self._targets.items():
            if study in changed or study not in self._entries:
                self._entries[study] = [
                    self._entry(target, weighed)
                    for target, weighed in zip(targets, self._weighed[study], strict=True)
                ]
        self._ordered = sorted((e for listed in self._entries.values() for e in listed), key=self._place)

    def _place(self, entry: Entry) -> tuple[object, ...]:
        idle = not entry.analyses
        out = entry.study_id not in self._material.included
        plain = entry.kind == "row"
        where = (entry.kind, entry.record_id, entry.target_id)
        return -entry.influence, idle, out, plain, entry.confidence, *where

    def _entry(self, target: Target, weighed: Mapping[str, Weighed]) -> Entry:
        # Pools that are fitted together and apart differ in their last digits, which must not decide the order.
        influence = round(math.fsum(w.influence for w in weighed.values()), DIGITS)
        analyses = tuple(sorted({*target.feeds, *(n for n, w in weighed.items() if w.influence > 0)}))
        most = max(weighed.values(), key=lambda w: (round(w.most, DIGITS), w.words), default=Weighed())
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
