"""The queues of the viewers: one is worked out, the others follow from it by what their lines change."""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING

from sonospine.curation.queue import Queue

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
        """Return the queue of a view; where there is one of any view already, only what differs is worked out."""
        if view.tables is not self._tables:  # taken just before the tables were read again
            return Queue(view, view.tables)
        with self._lock:
            own = self._held.get(view.viewer)
            if own is not None and own[0] is view:
                return own[1]
            if own is not None:
                former, queue = own
            elif self._held:
                former, first = next(iter(self._held.values()))
                queue = first.copied()
            else:
                former, queue = view, Queue(view, self._tables)
            if former is not view:
                queue.after_save(view, changed_studies(former, view))
            self._held[view.viewer] = (view, queue)
            return queue


def changed_studies(one: View, other: View) -> set[str]:
    """Return the studies that stand otherwise in one view than in the other."""
    return {
        study
        for study in one.states.keys() | other.states.keys()
        if one.states.get(study) is not other.states.get(study)
    }
