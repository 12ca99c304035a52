"""The desk: tables in memory, the log of what people do, and what every viewer sees of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import RLock

from sonospine.corrections import Action, ordered
from sonospine.corrections.actions import action_of
from sonospine.curation.logbook import Logbook
from sonospine.curation.recompute import viewed
from sonospine.curation.tables import Tables, read_tables_of
from sonospine.curation.view import EVERYBODY, Shift, View, shifts
from sonospine.model.curation import curation_files, curation_rows
from sonospine.model.errors import InputError
from sonospine.model.table_io import Row

__all__ = ["EVERYBODY", "Desk", "Saved", "Shift", "Tables", "View", "read_tables_of"]

CORRECTIONS = "corrections"


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving did: the lines, and the pools that moved in the view of their curator."""

    lines: tuple[Row, ...]
    shifts: tuple[Shift, ...]


class Desk:
    """The one place of a server where lines are saved and views are made; threads may share it.

    Parameters
    ----------
    tables
        What the machine read.
    logbook
        The files that people write.

    Raises
    ------
    InputError
        A line of the log is malformed.
    """

    def __init__(self, tables: Tables, logbook: Logbook) -> None:
        self.tables = tables
        self.logbook = logbook
        self._lock = RLock()
        self._seen: object = None
        self._actions: list[Action] = []
        self._lines: Mapping[str, Row] = {}
        self._views: dict[str, View] = {}
        self.refresh()

    def view(self, viewer: str) -> View:
        """Return what a curator sees (only that person's lines count), or everybody (``EVERYBODY``)."""
        with self._lock:
            if viewer not in self._views:
                self._views[viewer] = self._made(viewer)
            return self._views[viewer]

    def save(self, kind: str, curator: str, lines: Sequence[Row]) -> Saved:
        """Write lines to a curator's file and take them in.

        Raises
        ------
        InputError
            A line is malformed or cannot be replayed, or nothing could be written: then nothing is.
        """
        with self._lock:
            if kind != CORRECTIONS:
                self.logbook.append(kind, curator, lines)
                return Saved(tuple(lines), ())
            self.refresh()
            before = self.view(curator)
            self._try(curator, lines)
            self.logbook.append(kind, curator, lines)
            self.refresh()
            return Saved(tuple(lines), tuple(shifts(before, self.view(curator))))

    def refresh(self) -> None:
        """Take in the lines that other programs or people wrote since.

        Raises
        ------
        InputError
            A line there is malformed; what was seen so far stands.
        """
        with self._lock:
            seen = self.logbook.fingerprint(CORRECTIONS)
            if seen == self._seen:
                return
            with self.logbook.reading(CORRECTIONS) as folder:
                seen = self.logbook.fingerprint(CORRECTIONS)
                actions, lines = _read(folder)
            viewed(EVERYBODY, self.tables, actions, [])
            self._actions, self._lines, self._seen = actions, lines, seen
            self._views.clear()

    def _made(self, viewer: str) -> View:
        own = [a for a in self._actions if viewer in (EVERYBODY, a.curator)]
        return viewed(viewer, self.tables, own, [self._lines[a.action_id] for a in own])

    def _try(self, curator: str, lines: Sequence[Row]) -> None:
        """Raise what would be wrong with the log if these lines stood in it."""
        path = self.logbook.folder / CORRECTIONS / f"{curator}.tsv"
        fresh = [action_of(line, path, 0) for line in lines]
        for action in fresh:
            if action.action_id in self._lines:
                raise InputError("the action stands twice", field="action_id", found=action.action_id)
        viewed(EVERYBODY, self.tables, [*self._actions, *fresh], [])


def _read(folder: Path) -> tuple[list[Action], dict[str, Row]]:
    files: list[list[Action]] = []
    rows: dict[str, Row] = {}
    for path in curation_files(folder):
        numbered = curation_rows(path)
        rows |= {row["action_id"]: row for _, row in numbered}
        files.append([action_of(row, path, number) for number, row in numbered])
    return ordered(files), rows
