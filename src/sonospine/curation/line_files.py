"""The lines of all curators' files, held in memory: what was read, and what came since."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sonospine.corrections import Action
from sonospine.corrections.actions import action_of, check_decisions, check_distinct
from sonospine.curation.logbook import Logbook, Mark
from sonospine.model.curation import curation_rows
from sonospine.model.files import read_text
from sonospine.model.table_io import Row, without_breaks
from sonospine.model.tables import CURATION
from sonospine.model.written_order import WrittenKey, written_keys


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the log: as a row, checked, and where it stands among all lines (``model.written_order``)."""

    row: Row
    action: Action
    key: WrittenKey


@dataclass(frozen=True, slots=True)
class _File:
    """A curator's file: its lines, how many lines of text it has, and what tells whether it changed since."""

    mark: Mark | None
    lines: tuple[Line, ...]
    length: int


@dataclass(frozen=True, slots=True)
class News:
    """What stands in the files now.

    Attributes
    ----------
    files
        All files.
    fresh
        Lines that were not there when the files were accepted last.
    rewritten
        Whether anything else changed than that lines came at the ends of files.
    """

    files: Mapping[str, _File]
    fresh: tuple[Line, ...] = ()
    rewritten: bool = False

    def lines(self) -> list[Line]:
        """Return all lines in the order in which they are replayed."""
        listed = [line for file in self.files.values() for line in file.lines]
        return sorted(listed, key=lambda line: line.key)


class LineFiles:
    """The files of one kind of the log.

    Parameters
    ----------
    logbook, kind
        Where they stand.
    """

    def __init__(self, logbook: Logbook, kind: str) -> None:
        self._logbook = logbook
        self._kind = kind
        self._files: dict[str, _File] = {}
        self._known: dict[str, Line] = {}
        self._groups: dict[str, str] = {}

    def news(self) -> News | None:
        """Read the files that changed since they were accepted; ``None`` where none did.

        Raises
        ------
        InputError
            A line is malformed.
        """
        if self._logbook.fingerprint(self._kind) == self._marks():
            return None
        with self._logbook.reading(self._kind) as folder:
            marks = self._logbook.fingerprint(self._kind)
            files = {
                name: former
                if (former := self._files.get(name)) is not None and former.mark == mark
                else _read(folder / name, mark, former)
                for name, mark in marks.items()
            }
        fresh: list[Line] = []
        rewritten = bool(set(self._files) - set(files))
        for name, file in files.items():
            former = self._files.get(name)
            before = former.lines if former is not None else ()
            rewritten = rewritten or file.lines[: len(before)] != before
            fresh += file.lines[len(before) :]
        listed = [line.action for file in files.values() for line in file.lines]
        check_distinct(listed, folder)
        check_decisions(listed, {action.action_id: action for action in listed}, folder)
        return News(files, tuple(fresh), rewritten)

    def accept(self, news: News) -> None:
        """Take what stands in the files for what is known."""
        self._files, self._known, self._groups = dict(news.files), {}, {}
        for file in self._files.values():
            self._note(file.lines)

    def prepared(self, curator: str, rows: Sequence[Row]) -> tuple[Line, ...]:
        """Return lines as they will stand in a curator's file.

        Raises
        ------
        InputError
            A line is malformed, or its id stands in the log already.
        """
        path = self._logbook.path(self._kind, curator)
        former = self._files.get(path.name)
        start = former.length + 1 if former is not None and former.length else 2
        clean = [{name: without_breaks(row[name]) for name in CURATION.names} for row in rows]
        lines = _lines(path, list(enumerate(clean, start)), former.lines if former is not None else ())
        check_distinct((line.action for line in lines), path.parent, self._known, self._groups)
        if any(line.action.action == "adjudicate" for line in lines):
            known = {name: line.action for name, line in self._known.items()}
            check_decisions((line.action for line in lines), known, path.parent)
        return lines

    def wrote(self, curator: str, lines: tuple[Line, ...], before: Mark | None, after: Mark | None) -> None:
        """Note lines that were appended; a file that somebody else wrote to meanwhile is read again by ``news``."""
        name = self._logbook.path(self._kind, curator).name
        former = self._files.get(name, _File(None, (), 1))
        mark = after if before == former.mark else None
        self._files[name] = _File(mark, (*former.lines, *lines), max(former.length, 1) + len(lines))
        self._note(lines)

    def _note(self, lines: Iterable[Line]) -> None:
        for line in lines:
            self._known[line.action.action_id] = line
            if line.action.action == "add":
                self._groups[line.action.group_id] = line.action.file

    def _marks(self) -> dict[str, Mark | None]:
        return {name: file.mark for name, file in self._files.items()}


def _read(path: Path, mark: Mark, former: _File | None) -> _File:
    rows = curation_rows(path)
    length = sum(1 for _ in io.StringIO(read_text(path), newline=""))
    before = former.lines if former is not None else ()
    same = [(line.action.line, line.row) for line in before] == rows[: len(before)]
    lines = (*before, *_lines(path, rows[len(before) :], before)) if same else _lines(path, rows, ())
    return _File(mark, lines, length)


def _lines(path: Path, numbered: Sequence[tuple[int, Row]], before: Sequence[Line]) -> tuple[Line, ...]:
    """Check rows of a file that stand below those of ``before``."""
    actions = [action_of(row, path, number) for number, row in numbered]
    keys = written_keys((a.when for a in actions), path.name, before[-1].key if before else None)
    return tuple(
        Line(row, action, key) for (_, row), action, key in zip(numbered, actions, keys, strict=True)
    )
