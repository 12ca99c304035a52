"""The queues of the viewers: made once, and told of the studies that later lines are about."""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING

from sonospine.curation.queue import Queue
from sonospine.model.table_io import Row

if TYPE_CHECKING:
    from sonospine.curation.tables import Tables
    from sonospine.curation.view import View


class Queues:
    """The queue of each viewer; threads may share it.

    Parameters
    ----------
    tables
        The tables behind the views.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._held: dict[str, tuple[View, Queue]] = {}
        self._lock = RLock()

    def of(self, view: View) -> Queue:
        """Return the queue of a view; of another view than before only what changed is worked out anew."""
        with self._lock:
            held = self._held.get(view.viewer)
            if held is None:
                queue = Queue(view, self._tables)
            elif held[0] is view:
                return held[1]
            else:
                queue = self._renewed(held, view)
            self._held[view.viewer] = (view, queue)
            return queue

    def _renewed(self, held: tuple[View, Queue], view: View) -> Queue:
        before, queue = held
        changed = changed_studies(before, view)
        if changed is None:
            return Queue(view, self._tables)
        queue.after_save(view, changed)
        return queue


def changed_studies(before: View, after: View) -> set[str] | None:
    """Return the studies that the lines of one view and not of the other are about; ``None`` where one cannot be told."""
    lines = {
        name: {a["action_id"]: a for a in view.actions}
        for name, view in (("before", before), ("after", after))
    }
    every = lines["before"] | lines["after"]
    found: set[str] = set()
    for action_id in lines["before"].keys() ^ lines["after"].keys():
        study = _study_of(every[action_id], every, (after, before))
        if study is None:
            return None
        found.add(study)
    return found


def _study_of(action: Row, every: dict[str, Row], views: tuple[View, View]) -> str | None:
    for _ in range(len(every) + 1):
        referred = every.get(action["refers_to"]) if action["action"] in ("undo", "adjudicate") else None
        if referred is None:
            break
        action = referred
    study_of = views[0].tables.study_of
    if action["record_id"] in study_of:
        return study_of[action["record_id"]]
    for view in views:
        row = view.as_read(action["target_type"], action["target_id"])
        if row is not None:
            return row.get("study_id") or study_of.get(row.get("record_id", ""))
    return "" if action["action"] == "comment" else None
