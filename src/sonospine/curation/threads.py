"""Which lines have to be replayed together: those about one study, and whatever refers to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sonospine.corrections import Action
from sonospine.corrections.additions import addition_id
from sonospine.curation.line_files import Line

Node = tuple[str, ...]


@dataclass(eq=False, slots=True)
class Thread:
    """Lines (by id) that are replayed together, and the studies they are about; usually one.

    A thread without a study is of lines about things that are not there (or not yet: an arm that another line names).
    """

    studies: set[str] = field(default_factory=set)
    lines: dict[str, Line] = field(default_factory=dict)


class Threads:
    """All lines, laid out in threads. Two lines are in one thread where the outcome of one can depend on the other.

    So it is for lines about rows of one study, for lines of one group, for lines about one target, and for a line
    and what it refers to. Replaying a thread over the rows of its studies gives what replaying all lines over all
    rows gives there.

    Parameters
    ----------
    study_of_record
        Study by record.
    study_of_target
        Study by kind and id of a measurement, arm or timepoint, as the machine has them.
    """

    def __init__(
        self, study_of_record: Mapping[str, str], study_of_target: Mapping[tuple[str, str], str]
    ) -> None:
        self._record = study_of_record
        self._target = study_of_target
        self._up: dict[Node, Node] = {}
        self._threads: dict[Node, Thread] = {}

    def take(self, lines: Iterable[Line]) -> list[Thread]:
        """Take lines in and return the threads that hold them now."""
        nodes = [self._take(line) for line in lines]
        return list({id(thread): thread for thread in map(self._thread, nodes)}.values())

    def all(self) -> list[Thread]:
        """Return all threads."""
        return list(self._threads.values())

    def found(self, study_id: str, targets: Iterable[tuple[str, str]]) -> Thread | None:
        """Say that a study has these arms and timepoints.

        Lines can name an arm or a timepoint that is there only because of another line. Where there are such lines
        and they were not known to be about this study, its thread is returned.
        """
        joined = False
        for target in targets:
            node = ("target", *target)
            if node in self._up and study_id not in self._thread(node).studies:
                self._join(node, self._study(study_id))
                joined = True
        return self._thread(("study", study_id)) if joined else None

    def _take(self, line: Line) -> Node:
        action = line.action
        node = self._node("action", action.action_id)
        self._thread(node).lines[action.action_id] = line
        if action.group_id:
            self._join(node, self._node("group", action.group_id))
        if action.action == "add":
            self._join(node, self._node("target", "measurement", addition_id(action.group_id)))
        if action.refers_to:
            self._join(node, self._node("action", action.refers_to))
        if action.target_id:
            self._join(node, self._node("target", *action.target))
        for study_id in sorted(self._studies(action)):
            self._join(node, self._study(study_id))
        return node

    def _studies(self, action: Action) -> set[str]:
        records = {action.record_id, str((action.seen or {}).get("record_id", ""))}
        if action.action == "add" and action.field == "record_id":
            records.add(action.new_value)
        named = {self._record.get(record, "") for record in records}
        return (named | {self._target.get(action.target, "")}) - {""}

    def _study(self, study_id: str) -> Node:
        node = self._node("study", study_id)
        self._thread(node).studies.add(study_id)
        return node

    def _node(self, *node: str) -> Node:
        if node not in self._up:
            self._up[node] = node
            self._threads[node] = Thread()
        return node

    def _thread(self, node: Node) -> Thread:
        return self._threads[self._root(node)]

    def _root(self, node: Node) -> Node:
        while self._up[node] != node:
            self._up[node] = self._up[self._up[node]]
            node = self._up[node]
        return node

    def _join(self, one: Node, other: Node) -> None:
        kept, gone = self._root(one), self._root(other)
        if kept == gone:
            return
        if len(self._threads[kept].lines) < len(self._threads[gone].lines):
            kept, gone = gone, kept
        self._up[gone] = kept
        thread, joined = self._threads[kept], self._threads.pop(gone)
        thread.studies |= joined.studies
        thread.lines |= joined.lines
        joined.lines = {}  # whoever still holds it has nothing to replay
