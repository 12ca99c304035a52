"""A snapshot and those that it is an update of, newest first: what they hold, each file checked against its hash."""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, cast

from sonospine.model.errors import InputError
from sonospine.model.files import sha256
from sonospine.model.record import Record
from sonospine.model.table_io import Row, read_table
from sonospine.model.tables import CHANGES
from sonospine.sources.raw import RawRecord, Rejected, Unreadable
from sonospine.sources.reading import entries_in, parse_record
from sonospine.sources.snapshots.manifest import (
    MANIFEST,
    Base,
    Manifest,
    StoredFile,
    read_manifest,
    source_folder,
)

RECORDS = "records-"
"""How the names of the files begin that hold records; the others are answers of searches."""
CHANGES_FILE = "changes.tsv"
Member = tuple[Path, Manifest]
"""The folder of a source of a snapshot, and its manifest."""


def chain(snapshots: Path, name: str, source: str) -> list[Member]:
    """Return the folder of a source of a snapshot, and those of the snapshots that it updates, newest first.

    Raises
    ------
    InputError
        The snapshot does not hold the source, a snapshot that it is based on is missing or was changed since, or a
        manifest is that of another snapshot.
    """
    found = [_member(snapshots, name, source)]
    while (base := found[-1][1].base) is not None:
        found.append(_base(snapshots, found[-1], base))
    return found


def _member(snapshots: Path, name: str, source: str) -> Member:
    folder = source_folder(snapshots, name, source)
    if not (folder / MANIFEST).exists():
        raise InputError("the snapshot does not hold this source", file=folder)
    manifest = read_manifest(folder)
    for field, stated, wanted in (
        ("snapshot", manifest.snapshot, name),
        ("source", manifest.source, source),
    ):
        if stated != wanted:
            raise InputError(
                "the manifest does not belong here",
                file=folder / MANIFEST,
                field=field,
                found=stated,
                allowed=wanted,
            )
    return folder, manifest


def _base(snapshots: Path, update: Member, base: Base) -> Member:
    folder, manifest = update
    path = source_folder(snapshots, base.snapshot, manifest.source) / MANIFEST
    if not path.exists():
        raise InputError(
            f"the snapshot is an update of {base.snapshot}, which is missing",
            file=folder / MANIFEST,
            allowed=f"{path.parent} as it was fetched",
        )
    if (found := sha256(path.read_bytes())) != base.manifest_sha256:
        raise InputError(
            f"the manifest was changed after {manifest.snapshot} was made from it",
            file=path,
            found=found,
            allowed=base.manifest_sha256,
        )
    return _member(snapshots, base.snapshot, manifest.source)


def record_files(manifest: Manifest) -> list[StoredFile]:
    """Return the files of a snapshot that hold records, in the order of the manifest."""
    return [file for file in manifest.files if file.name.startswith(RECORDS) and file.records]


def entries_of(member: Member, shown: str = "") -> Iterator[RawRecord | Rejected]:
    """Yield the entries of all files with records of one source of a snapshot; each is checked before it is read.

    ``shown`` is how the folder is called in records; empty: its path.

    Raises
    ------
    InputError
        A file is missing, is not what was fetched, or cannot be read to its end: a part of a search is never lost
        silently.
    """
    folder, manifest = member
    for file in record_files(manifest):
        name = f"{shown or folder.as_posix()}/{file.name}"
        with _verified(folder, file) as (stream, size):
            for entry in entries_in(
                stream,
                suffix=Path(file.name.removesuffix(".gz")).suffix,
                size=size,
                name=file.name,
                file=name,
            ):
                if isinstance(entry, Rejected) and entry.file == name:
                    raise InputError(
                        f"a file of the snapshot cannot be read: {entry.reason}", file=folder / file.name
                    )
                yield entry


@contextmanager
def _verified(folder: Path, file: StoredFile) -> Iterator[tuple[IO[bytes], int]]:
    """Open a file of a snapshot, unpacked, with its unpacked size, after its hash has been found right."""
    path = folder / file.name
    try:
        stream = open(path, "rb")  # noqa: SIM115 - it is closed below, whatever the reader does
    except OSError as error:
        raise InputError(f"a file of the snapshot cannot be read: {error.strerror}", file=path) from None
    with stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
        if found != file.sha256:
            raise InputError(
                "a file of the snapshot was changed", file=path, found=found, allowed=file.sha256
            )
        if not file.name.endswith(".gz"):
            stream.seek(0)
            yield stream, file.bytes
            return
        stream.seek(-4, os.SEEK_END)
        unpacked = int.from_bytes(stream.read(4), "little")  # RFC 1952: the size of the content ends the file
        stream.seek(0)
        with gzip.open(stream) as content:
            yield cast("IO[bytes]", content), unpacked


def changes_of(member: Member) -> list[Row]:
    """Return the rows of ``changes.tsv`` of one source of a snapshot; none where it is no update.

    Raises
    ------
    InputError
        The file is missing or was changed, or does not fit the table.
    """
    folder, manifest = member
    for file in manifest.files:
        if file.name == CHANGES_FILE:
            with _verified(folder, file):
                return read_table(folder / CHANGES_FILE, CHANGES)
    return []


def fates(members: Iterable[Member]) -> dict[str, str]:
    """Return the newest change that a chain (newest first) notes of each record."""
    newest: dict[str, str] = {}
    for member in members:
        for row in changes_of(member):
            newest.setdefault(row["record_id"], row["change"])
    return newest


@dataclass(frozen=True, slots=True)
class Held:
    """The newest version of a record in a chain of snapshots.

    ``sha256`` is the hash of its raw content, ``first_seen`` the date of the oldest snapshot that holds it, ``status``
    the editorial status (``withdrawn`` also where the source no longer holds it), ``change`` the newest change that
    an update noted (empty: none), ``ids`` its other identifiers: ``pmid pmcid doi``, those that it has.
    """

    record_id: str
    sha256: str
    first_seen: str
    status: str
    title: str
    ids: Mapping[str, str]
    change: str = ""


def held(snapshots: Path, name: str, source: str) -> dict[str, Held]:
    """Return the newest version of each record of a source in a snapshot and those it updates.

    Raises
    ------
    InputError
        The chain is broken, or a file of it is missing or was changed.
    """
    return held_in(chain(snapshots, name, source))


def held_in(members: Sequence[Member]) -> dict[str, Held]:
    """Return the newest version of each record of a chain, as ``held`` does."""
    known = fates(members)
    found: dict[str, Held] = {}
    for member in members:
        date = member[1].searched
        for raw in entries_of(member):
            if isinstance(raw, Rejected):
                continue
            newer = found.get(raw.record_id)
            if newer is not None:
                found[raw.record_id] = replace(newer, first_seen=min(newer.first_seen, date))
                continue
            record = parsed(raw)
            change = known.get(raw.record_id, "")
            found[raw.record_id] = Held(
                raw.record_id,
                raw.sha256,
                date,
                "withdrawn" if change == "withdrawn" else record.status,
                record.title,
                {key: value for key in ("pmid", "pmcid", "doi") if (value := getattr(record, key))},
                change,
            )
    return found


def parsed(raw: RawRecord) -> Record:
    """Read a raw record; one that cannot be read is a record without a title."""
    try:
        return parse_record(raw)
    except Unreadable:
        return Record(raw.record_id, "file")
