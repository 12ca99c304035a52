"""From folders and files to hash-bucketed shards of raw records."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from sonospine.model.buckets import bucket_count, bucket_of
from sonospine.model.errors import InputError
from sonospine.model.files import folder_written_whole, sha256, written_whole
from sonospine.model.record import Record, to_json
from sonospine.model.table_io import write_table
from sonospine.model.tables import REJECTED
from sonospine.sources.raw import RawRecord, Rejected, Unreadable, entry_name, raw_from_json, raw_to_json
from sonospine.sources.reading import parse_record, read_entries

_NOT_RECORDS = ("license", "licence", "copying")


@dataclass(frozen=True, slots=True)
class SourcePath:
    """A folder or file to import.

    ``key`` is the configuration's name for it, ``shown`` the path as the configuration writes it: records and
    messages name it so, wherever the project lies.
    """

    path: Path
    key: str
    shown: str
    demonstration: bool = False


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to import: its path, its name within the source, and how records and messages call it."""

    path: Path
    name: str
    shown: str
    demonstration: bool


@dataclass(frozen=True, slots=True)
class Imported:
    """How many records, rejections and shards an import made."""

    records: int
    rejected: int
    shards: int


@dataclass(frozen=True, slots=True)
class _Spooled:
    offset: int
    length: int
    sha256: str
    file: str


def import_sources(
    sources: Iterable[SourcePath],
    out: Path,
    *,
    watched: Callable[[Sequence[SourceFile]], Iterable[SourceFile]] = iter,
) -> Imported:
    """Write every entry of the sources into ``out/<bucket>.jsonl`` and what cannot be read into ``rejected.tsv``.

    The folder is made beside its place and moved there whole. Of two entries with one id the first stays: the same
    content again is passed over, other content is rejected with the name of the first. Records wait in a file, so
    memory grows with their number, not with their size. ``watched`` yields the files it is given and may show how
    far the import has come.

    Raises
    ------
    InputError
        A path of the configuration does not exist (the key is named).
    """
    listed = [
        SourceFile(path, name, shown, source.demonstration)
        for source in _existing(sources)
        for path, name, shown in _files(source)
    ]
    with folder_written_whole(out) as fresh:
        with tempfile.TemporaryFile(dir=fresh) as spool:
            kept, rejected = _spool(watched(listed), spool)
            shards = _write_shards(kept, spool, fresh)
        write_table(
            fresh / "rejected.tsv", REJECTED, [{"file": r.file, "reason": r.reason} for r in _once(rejected)]
        )
    return Imported(len(kept), len(rejected), shards)


def _spool(files: Iterable[SourceFile], spool: IO[bytes]) -> tuple[dict[str, _Spooled], list[Rejected]]:
    kept: dict[str, _Spooled] = {}
    rejected: list[Rejected] = []
    seen: set[Path] = set()
    for file in files:
        real = file.path.resolve()
        if real in seen:
            continue
        seen.add(real)
        for entry in read_entries(
            file.path, demonstration=file.demonstration, name=file.name, file=file.shown
        ):
            new = _new(entry, kept) if isinstance(entry, RawRecord) else entry
            if isinstance(new, Rejected):
                rejected.append(new)
            elif new is not None:
                line = raw_to_json(new).encode("utf-8") + b"\n"
                kept[new.record_id] = _Spooled(spool.tell(), len(line), new.sha256, new.file)
                spool.write(line)
    return kept, rejected


def _new(raw: RawRecord, kept: dict[str, _Spooled]) -> RawRecord | Rejected | None:
    """Return the record if its id is new, nothing if the same is there already, a rejection if another is."""
    first = kept.get(raw.record_id)
    if first is None:
        return raw
    if first.sha256 == raw.sha256:
        return None
    if "file:" in raw.record_id:
        # Ids made from names may meet without meaning the same document; the content tells them apart.
        other = f"{raw.record_id}-{raw.sha256[:8]}"
        if other in kept:
            return None
        return RawRecord(
            other, raw.format, raw.file, raw.ordinal, raw.content, raw.sha256, raw.demonstration, raw.flags
        )
    return Rejected(
        f"{raw.file}#{raw.ordinal}", f"{raw.record_id} stands in {first.file} already, with other content"
    )


def source_files(sources: Iterable[SourcePath]) -> list[Path]:
    """Return the files that an import of the sources would read, in order.

    Raises
    ------
    InputError
        A path of the configuration does not exist.
    """
    return [path for source in _existing(sources) for path, _, _ in _files(source)]


def _existing(sources: Iterable[SourcePath]) -> list[SourcePath]:
    listed = list(sources)
    for source in listed:
        if not source.path.exists():
            raise InputError("no such file or folder", field=source.key, found=source.shown)
    return listed


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


def _write_shards(kept: dict[str, _Spooled], spool: IO[bytes], folder: Path) -> int:
    buckets = bucket_count(len(kept))
    members: list[list[str]] = [[] for _ in range(buckets)]
    for record_id in sorted(kept):
        members[bucket_of(record_id, buckets)].append(record_id)
    for bucket, ids in enumerate(members):
        with open(folder / f"{bucket}.jsonl", "wb") as stream:  # the folder as a whole is moved into place
            for record_id in ids:
                place = kept[record_id]
                spool.seek(place.offset)
                stream.write(spool.read(place.length))
    return buckets


def _once(rejected: Iterable[Rejected]) -> list[Rejected]:
    """Return one rejection per name (the first reason)."""
    first: dict[str, Rejected] = {}
    for entry in rejected:
        first.setdefault(entry.file, entry)
    return list(first.values())


def parse_shard(shard: Path, out: Path) -> tuple[int, int]:
    """Parse a shard into ``out/<bucket>.jsonl`` and ``out/rejected/<bucket>.tsv``; return how many of each.

    Raises
    ------
    InputError
        The shard is missing or holds a line that is no raw record.
    """
    rejected: list[Rejected] = []
    count = 0
    with written_whole(out / f"{shard.stem}.jsonl") as stream:
        for raw in _raw_records(shard):
            parsed = _parsed(raw)
            if isinstance(parsed, Rejected):
                rejected.append(parsed)
            else:
                stream.write(to_json(parsed).encode("utf-8") + b"\n")
                count += 1
    rows = [{"file": entry.file, "reason": entry.reason} for entry in _once(rejected)]
    write_table(out / "rejected" / f"{shard.stem}.tsv", REJECTED, rows)
    return count, len(rows)


def _parsed(raw: RawRecord) -> Record | Rejected:
    try:
        return parse_record(raw)
    except Unreadable as fault:
        return Rejected(entry_name(raw), fault.reason)


def _raw_records(shard: Path) -> Iterator[RawRecord]:
    try:
        with open(shard, "rb") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                try:
                    raw = raw_from_json(line.decode("utf-8"))
                except (json.JSONDecodeError, UnicodeDecodeError, TypeError, KeyError):
                    raise InputError("not a raw record", file=shard, row=number) from None
                if sha256(raw.content.encode("utf-8")) != raw.sha256:
                    raise InputError("the content does not fit its hash", file=shard, row=number)
                yield raw
    except FileNotFoundError:
        raise InputError("no such shard", file=shard) from None
    except IsADirectoryError:
        raise InputError("is a folder: name one shard in it", file=shard) from None
