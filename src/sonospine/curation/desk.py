"""The desk: tables in memory, the log of what people do, and what every viewer sees of both."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock

from sonospine.curation.line_files import Line, LineFiles, News
from sonospine.curation.logbook import Logbook
from sonospine.curation.recompute import Recomputing
from sonospine.curation.tables import Tables, read_tables_of
from sonospine.curation.taking_in import counts, empty_view, taken_in
from sonospine.curation.threads import Threads
from sonospine.curation.view import EVERYBODY, Shift, View, shifts
from sonospine.model.errors import InputError
from sonospine.model.table_io import Row

__all__ = ["EVERYBODY", "Desk", "Saved", "Shift", "Tables", "View", "read_tables_of"]

log = logging.getLogger(__name__)

CORRECTIONS = "corrections"


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving did.

    Attributes
    ----------
    lines
        What was written.
    shifts
        The pools that moved in the view of the curator.
    studies
        The studies that were worked out again.
    """

    lines: tuple[Row, ...]
    shifts: tuple[Shift, ...] = ()
    studies: frozenset[str] = frozenset()


class Desk:
    """The one place of a server where lines are saved and views are made; threads may share it.

    A view never changes: whoever holds one may go on reading it while lines are saved.

    Parameters
    ----------
    tables
        What the machine read.
    logbook
        The files that people write.
    work
        The steps over these tables; given, several desks share what was worked out without any line.

    Attributes
    ----------
    fault
        What is wrong with the files that people write, as ``refresh`` found it last; ``None`` where nothing is. While
        something is, the lines that were read before it stand, and lines can be saved all the same.

    Raises
    ------
    InputError
        A line of the log is malformed, or the tables are not of one run.
    """

    def __init__(self, tables: Tables, logbook: Logbook, work: Recomputing | None = None) -> None:
        self.tables = tables
        self.logbook = logbook
        self.fault: InputError | None = None
        self._lock = RLock()
        self._work = work or Recomputing(tables)
        self._files = LineFiles(logbook, CORRECTIONS)
        self._views: dict[str, View] = {}
        self._threads = self._laid_out([])
        self.view(EVERYBODY)
        self.refresh()

    def view(self, viewer: str) -> View:
        """Return what a curator sees (only that person's lines count), or everybody (``EVERYBODY``)."""
        found = self._views.get(viewer)
        if found is not None:
            return found
        with self._lock:
            if viewer not in self._views:
                # What one curator alone wrote about a study was worked out for everybody already.
                everybody = self._views.get(EVERYBODY)
                start = empty_view(viewer, self._work)
                self._views[viewer] = taken_in(start, self._threads, self._threads.all(), everybody)
            return self._views[viewer]

    def save(self, kind: str, curator: str, lines: Sequence[Row]) -> Saved:
        """Write lines to a curator's file and take them in.

        Parameters
        ----------
        kind
            A folder of the log. What follows from lines of other kinds than ``corrections`` is worked out by the
            pipeline.
        curator, lines
            Whose file, and its new lines.

        Raises
        ------
        InputError
            A line is malformed or cannot be replayed, or nothing could be written: then nothing is.
        """
        if not lines:
            return Saved(())
        if kind != CORRECTIONS:
            self.logbook.append(kind, curator, lines)
            return Saved(tuple(lines))
        with self._lock:
            try:
                self.refresh()
            except InputError:
                log.warning("%s", self.fault)  # somebody else's line: no reason to lose this one
            before = self.view(curator)
            with self._or_as_before():
                taken = self._files.prepared(curator, lines)
                views = self._with(taken)
                after = views.get(curator, before)
                moved = tuple(shifts(before, after))
                written = self.logbook.append(kind, curator, lines)
            self._files.wrote(curator, taken, written.before, written.after)
            self._views.update(views)
            studies = {name for name, state in after.states.items() if before.states.get(name) is not state}
            return Saved(tuple(line.row for line in taken), moved, frozenset(studies))

    def refresh(self) -> None:
        """Take in the lines that other programs or people wrote since.

        Raises
        ------
        InputError
            A line there is malformed; what was seen so far stands, and ``fault`` says what is wrong.
        """
        with self._lock:
            try:
                news = self._files.news()
                if news is not None:
                    self._take(news)
            except InputError as fault:
                self.fault = self._placed(fault)
                raise self.fault from None
            self.fault = None

    def _take(self, news: News) -> None:
        if news.rewritten:
            self._threads, self._views = self._anew(news.lines())
        else:
            with self._or_as_before():
                self._views.update(self._with(news.fresh))
        self._files.accept(news)

    def _placed(self, fault: InputError) -> InputError:
        """Return a fault with the whole path of its file: lines know but its name."""
        if not fault.file or Path(fault.file).name != fault.file:
            return fault
        return InputError(
            fault.reason, file=self.logbook.folder / CORRECTIONS / fault.file, row=fault.row, field=fault.field,
            found=fault.found, allowed=fault.allowed,
        )  # fmt: skip

    def _with(self, lines: Sequence[Line]) -> dict[str, View]:
        """Return the views that lines count in, with these lines."""
        touched = self._threads.take(lines)
        return {
            viewer: taken_in(view, self._threads, touched)
            for viewer, view in self._views.items()
            if any(counts(view, line) for line in lines)
        }

    def _anew(self, lines: Sequence[Line]) -> tuple[Threads, dict[str, View]]:
        """Lay all lines out again; what was worked out from the same lines is taken over."""
        threads = self._laid_out(lines)
        views = {}
        for viewer, view in self._views.items():
            start = empty_view(viewer, self._work)
            views[viewer] = taken_in(start, threads, threads.all(), view)
        return threads, views

    def _laid_out(self, lines: Sequence[Line]) -> Threads:
        threads = Threads(self.tables.study_of, self._work.base.study_of)
        threads.take(lines)
        return threads

    @contextmanager
    def _or_as_before(self) -> Iterator[None]:
        """Forget the lines that were tried where they cannot be taken in."""
        try:
            yield
        except BaseException:
            self._threads = self._laid_out(self._views[EVERYBODY].lines)
            raise
