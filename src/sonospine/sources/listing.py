"""Which files the folders and files of the configuration hold, and how records and messages name them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sonospine.model.errors import InputError
from sonospine.sources.searches import Documented

_NOT_RECORDS = ("license", "licence", "copying")


@dataclass(frozen=True, slots=True)
class SourcePath:
    """A folder or file to import.

    ``key`` is the configuration's name for it, ``shown`` the path as the configuration writes it: records and
    messages name it so, wherever the project lies. ``search`` is how the search that it came from is documented;
    none: a file without a search.
    """

    path: Path
    key: str
    shown: str
    demonstration: bool = False
    search: Documented | None = None


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to import: its path, its name within the source, and how records and messages call it."""

    path: Path
    name: str
    shown: str
    demonstration: bool


def files_of(sources: Iterable[SourcePath]) -> list[tuple[SourcePath, list[SourceFile]]]:
    """Return the files of each source, in order; a file that was listed before under another name is left out.

    Raises
    ------
    InputError
        A path of the configuration does not exist (the key is named).
    """
    listed = list(sources)
    for source in listed:
        if not source.path.exists():
            raise InputError("no such file or folder", field=source.key, found=source.shown)
    seen: set[Path] = set()
    found = []
    for source in listed:
        files = []
        for path, name, shown in _files(source):
            real = path.resolve()
            if real not in seen:
                seen.add(real)
                files.append(SourceFile(path, name, shown, source.demonstration))
        found.append((source, files))
    return found


def source_files(sources: Iterable[SourcePath]) -> list[Path]:
    """Return the files that an import of the sources would read, in order.

    Raises
    ------
    InputError
        A path of the configuration does not exist.
    """
    return [file.path for _, files in files_of(sources) for file in files]


def _files(source: SourcePath) -> Iterator[tuple[Path, str, str]]:
    """Yield the files of a path, sorted, with the name relative to it and the name shown in messages."""
    path = source.path
    if not path.is_dir():
        yield path, path.name, source.shown
        return
    for folder, folders, names in os.walk(path, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if _is_record_file(name):
                found = Path(folder) / name
                name_within = found.relative_to(path).as_posix()
                yield found, name_within, f"{source.shown.rstrip('/')}/{name_within}"


def _is_record_file(name: str) -> bool:
    plain = name.lower()
    return not (
        plain.startswith(".")
        or "readme" in Path(plain).stem
        or plain == "provenance.tsv"
        or Path(plain).stem in _NOT_RECORDS
    )
