"""The append-only log: one file a curator, one line an action, which two programs can write at once and lose nothing.

A line is never changed or taken away; what a person takes back is another line (``undo``). Each append is one
write under a lock, and the file is on the disk when ``append`` returns. The lock is a file of its own (``.lock``
in each folder), since git and editors put another file in the place of the one that they change.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import re
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sonospine.model.curation import KINDS, curation_files, is_whole
from sonospine.model.errors import InputError
from sonospine.model.files import short_hash, write_bytes
from sonospine.model.table_io import Row, table_text, without_breaks
from sonospine.model.tables import CURATION
from sonospine.model.votes import read_votes

log = logging.getLogger(__name__)

CURATOR = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_HEADER = table_text(CURATION.names, []).encode()
_MARK = b"\xef\xbb\xbf"
_ASIDE = ".torn"
_LOCK = ".lock"
_PATIENCE = 30.0
_PAUSE = 0.001
_SETTLING = 0.2
"""Seconds: how long a lock is waited for, between two tries, and until a file that looks torn was left alone."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What tells whether a file is still the one that was seen: two marks of an unchanged file are equal."""

    inode: int
    size: int
    changed: int

    @classmethod
    def of(cls, path: Path) -> Mark | None:
        """Return the mark of a file, ``None`` where there is none."""
        try:
            found = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return cls(found.st_ino, found.st_size, found.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class Appended:
    """A curator's file before and after an append.

    Whoever holds the lines of the log in memory and knows the file by the mark ``before`` has only to take in the
    lines that were appended; any other mark means that somebody else wrote, and the files have to be read again.
    """

    file: str
    before: Mark | None
    after: Mark | None


def curator_name(text: str) -> str:
    """Return a curator's name, which is also the name of the file.

    Raises
    ------
    InputError
        It is empty, too long, or holds anything but letters, digits, dot, hyphen and underscore.
    """
    name = text.strip()
    if not CURATOR.fullmatch(name):
        raise InputError(
            "not a name of a curator",
            field="curator",
            found=text,
            allowed="1 to 40 letters, digits, dots, hyphens or underscores, with a letter or digit first",
        )
    return name


class Logbook:
    """The files of ``extracted/curation/``. Any number of threads and programs may have one for the same folder.

    Parameters
    ----------
    folder
        ``extracted/curation``; it and the folders of the kinds are made by the first append.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)

    def path(self, kind: str, curator: str) -> Path:
        """Return the file of a curator; ``InputError`` for a name that is none, ``ValueError`` for a kind."""
        return self._of(kind) / f"{curator_name(curator)}.tsv"

    def append(self, kind: str, curator: str, lines: Sequence[Row]) -> Appended:
        """Write lines at the end of a curator's file: all of them or none.

        Parameters
        ----------
        kind
            A folder of the log (``model.curation.KINDS``).
        curator
            Whose file; the lines have to be that person's.
        lines
            Rows of the table ``curation``, in the order in which they count.

        Raises
        ------
        InputError
            Nothing was written: the disk is full, the file may not be written, it has another header, or another
            program holds the lock. The file has the length that it had before.
        """
        path = self.path(kind, curator)
        if any(line["curator"] != curator for line in lines):
            raise ValueError(f"a line of somebody else for the file of {curator}")
        body = _body(lines)
        if not body:
            return Appended(path.name, Mark.of(path), Mark.of(path))
        with _named(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._locked(kind):
                before = Mark.of(path)
                while not (_extended(path, body) if path.exists() else _created(path, body)):
                    before = Mark.of(path)
                return Appended(path.name, before, Mark.of(path))

    def fingerprint(self, kind: str) -> Mapping[str, Mark]:
        """Return the mark of each file of a kind by its name; equal as long as nobody writes."""
        marks = {path.name: Mark.of(path) for path in curation_files(self._of(kind))}
        return {name: mark for name, mark in marks.items() if mark is not None}

    def rows(self, kind: str) -> list[Row]:
        """Return all lines of a kind, of every curator, in the order in which they were written.

        Raises
        ------
        InputError
            A file is malformed (see ``model.votes.read_votes``).
        """
        with self.reading(kind):
            return read_votes(self._of(kind), lambda _: None)

    @contextlib.contextmanager
    def reading(self, kind: str) -> Iterator[Path]:
        """Give the folder of a kind while no line is being written, to those who read its files themselves."""
        with self._locked(kind, fcntl.LOCK_SH):
            yield self._of(kind)

    def set_torn_aside(self) -> list[Path]:
        """Cut off last lines that were not written to their end, and keep them aside; returns what ``torn`` does."""
        for kind in KINDS:
            for path in curation_files(self._of(kind)):
                with _named(path), self._locked(kind):
                    fd = os.open(path, os.O_RDWR | os.O_APPEND)
                    try:
                        _mended(fd, path)
                    finally:
                        os.close(fd)
        return self.torn()

    def torn(self) -> list[Path]:
        """Return the files of ``.torn/`` with lines that were cut off while they were written, of every kind."""
        return sorted(path for kind in KINDS for path in (self._of(kind) / _ASIDE).glob("*"))

    def _of(self, kind: str) -> Path:
        if kind not in KINDS:
            raise ValueError(f"no kind of curation: {kind}")
        return self.folder / kind

    @contextlib.contextmanager
    def _locked(self, kind: str, how: int = fcntl.LOCK_EX) -> Iterator[None]:
        """Hold the lock of a kind; who only reads does without one where none can be made."""
        try:
            fd = os.open(self._of(kind) / _LOCK, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError:
            if how == fcntl.LOCK_EX:
                raise
            yield
            return
        try:
            try:
                _wait_for(fd, how, self._of(kind))
            except OSError:  # a file system without locks
                if how == fcntl.LOCK_EX:
                    raise
            yield
        finally:
            os.close(fd)  # gives the lock back


def _wait_for(fd: int, how: int, folder: Path) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(fd, how | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > until:
                raise InputError("another program is writing here and does not end", file=folder) from None
            time.sleep(_PAUSE)


def _body(lines: Sequence[Row]) -> bytes:
    clean = [{name: without_breaks(line[name]) for name in CURATION.names} for line in lines]
    try:
        return table_text(CURATION.names, clean).encode("utf-8")[len(_HEADER) :]
    except UnicodeEncodeError as error:
        raise InputError(
            "half a character, which no file can hold", found=ascii(error.object[error.start])
        ) from None


@contextlib.contextmanager
def _named(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(f"nothing was written: {error.strerror}", file=path) from None


def _created(path: Path, body: bytes) -> bool:
    """Make the file with its header and the first lines, whole or not at all; False where it is there already."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        fd = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            _write(fd, _HEADER + body)
            os.fsync(fd)
        finally:
            os.close(fd)
        try:
            os.link(fresh, path)
        except FileExistsError:
            return False
        except OSError:  # a file system without links
            if path.exists():
                return False
            fresh.rename(path)
    finally:
        fresh.unlink(missing_ok=True)
    _sync_folder(path.parent)
    return True


def _extended(path: Path, body: bytes) -> bool:
    """Write at the end of a file; False where another file took its place meanwhile and has to be extended too."""
    fd = os.open(path, os.O_RDWR | os.O_APPEND)
    try:
        former, lead = _mended(fd, path)
        said = (_HEADER if former == 0 else lead) + body
        try:
            _write(fd, said)
            os.fsync(fd)
        except OSError:
            _cut_back(fd, former, len(said))
            raise
        now = path.stat() if path.exists() else None
        mine = os.fstat(fd)
        return now is not None and (now.st_dev, now.st_ino) == (mine.st_dev, mine.st_ino)
    finally:
        os.close(fd)


def _write(fd: int, content: bytes) -> None:
    """Write everything; the second call, where the first one was cut short, brings the reason."""
    done = os.write(fd, content)
    while done < len(content):
        done += os.write(fd, content[done:])


def _cut_back(fd: int, former: int, most: int) -> None:
    """Give the file its former length, unless somebody who takes no lock wrote at its end as well."""
    if os.fstat(fd).st_size <= former + most:
        os.ftruncate(fd, former)
        with contextlib.suppress(OSError):  # the disk is at fault already, and that is what is told
            os.fsync(fd)


def _mended(fd: int, path: Path) -> tuple[int, bytes]:
    """Set a torn last line aside, and return the length of the file and what the next line needs before it."""
    size, tail = _tail(fd)
    if not tail:
        _check_header(fd, size, path)
        return size, b""
    if not _stands(tail, size):
        time.sleep(_SETTLING)
        while (size, tail) != (now := _tail(fd)):  # an editor is still saving the file
            size, tail = now
            time.sleep(_SETTLING)
    if not tail or _stands(tail, size):
        _check_header(fd, size, path)
        return size, b"\n" if tail else b""
    kept = path.parent / _ASIDE / f"{path.stem}-{short_hash(tail.decode('utf-8', 'replace'))}.txt"
    write_bytes(kept, tail)
    _sync_folder(kept.parent)
    os.ftruncate(fd, size - len(tail))
    log.warning("%s: its last line was cut off while it was written; it is kept in %s", path, kept)
    size -= len(tail)
    _check_header(fd, size, path)
    return size, b""


def _stands(tail: bytes, size: int) -> bool:
    """Tell whether a last line without a line end is more than the beginning of one (of the header: line 1)."""
    if len(tail) < size:
        return is_whole(tail)
    header = _HEADER.rstrip(b"\n")
    first = tail.removeprefix(_MARK)
    return first.rstrip(b"\r") == header or not header.startswith(first)


def _tail(fd: int) -> tuple[int, bytes]:
    """Return the length of a file and what stands behind its last line end."""
    size = os.fstat(fd).st_size
    tail, start = b"", size
    while start > 0 and b"\n" not in tail:
        step = min(start, 1 << 16)
        start -= step
        tail = os.pread(fd, step, start) + tail
    return size, tail.rpartition(b"\n")[2]


def _check_header(fd: int, size: int, path: Path) -> None:
    first = os.pread(fd, len(_HEADER) + 4, 0).removeprefix(_MARK).replace(b"\r\n", b"\n")
    if size and not first.startswith(_HEADER) and first.rstrip(b"\n") != _HEADER.rstrip(b"\n"):
        raise InputError(
            "the first line is not the header of a log, so no line is written below it",
            file=path,
            row=1,
            found=first.decode("utf-8", "replace").splitlines()[0],
            allowed=" ".join(CURATION.names),
        )


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    except OSError:  # some file systems know no such thing
        log.info("%s: the folder cannot be synchronised", folder)
    finally:
        os.close(fd)
