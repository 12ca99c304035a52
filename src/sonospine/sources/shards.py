"""Shards: raw records divided by the hash of their id, written by import and parsed one by one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from sonospine.model.buckets import bucket_count, bucket_of
from sonospine.model.errors import InputError
from sonospine.model.files import sha256, written_whole
from sonospine.model.record import Record, to_json
from sonospine.model.table_io import Row, write_table
from sonospine.model.tables import REJECTED
from sonospine.sources.raw import RawRecord, Rejected, Unreadable, entry_name, raw_from_json, raw_to_json
from sonospine.sources.reading import parse_record


@dataclass(frozen=True, slots=True)
class _Kept:
    offset: int
    length: int
    sha256: str
    file: str


class Spool:
    """Records that wait in a file until their number is known: memory grows with the number, not with the size.

    Of two entries with one id the first stays.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._kept: dict[str, _Kept] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def take(self, raw: RawRecord) -> Rejected | bool:
        """Keep a record if its id is new (true), pass it over if the same is there (false), reject another one."""
        first = self._kept.get(raw.record_id)
        if first is None:
            self._write(raw, raw.record_id)
            return True
        if first.sha256 == raw.sha256:
            return False
        if "file:" in raw.record_id:
            # Ids made from names may meet without meaning the same document; the content tells them apart.
            other = f"{raw.record_id}-{raw.sha256[:8]}"
            if other in self._kept:
                return False
            self._write(raw, other)
            return True
        return Rejected(
            f"{raw.file}#{raw.ordinal}", f"{raw.record_id} stands in {first.file} already, with other content"
        )

    def _write(self, raw: RawRecord, record_id: str) -> None:
        named = raw if raw.record_id == record_id else replace(raw, record_id=record_id)
        line = raw_to_json(named).encode("utf-8") + b"\n"
        self._kept[record_id] = _Kept(self._stream.tell(), len(line), raw.sha256, raw.file)
        self._stream.write(line)

    def write_shards(self, folder: Path) -> int:
        """Write ``folder/<bucket>.jsonl``, records sorted by id; return how many shards there are."""
        buckets = bucket_count(len(self._kept))
        members: list[list[str]] = [[] for _ in range(buckets)]
        for record_id in sorted(self._kept):
            members[bucket_of(record_id, buckets)].append(record_id)
        for bucket, ids in enumerate(members):
            with open(folder / f"{bucket}.jsonl", "wb") as shard:  # the folder as a whole is moved into place
                for record_id in ids:
                    place = self._kept[record_id]
                    self._stream.seek(place.offset)
                    shard.write(self._stream.read(place.length))
        return buckets


def rejected_rows(rejected: Iterable[Rejected]) -> list[Row]:
    """Return one row for each name that was rejected (the first reason)."""
    first: dict[str, Rejected] = {}
    for entry in rejected:
        first.setdefault(entry.file, entry)
    return [{"file": entry.file, "reason": entry.reason} for entry in first.values()]


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
    rows = rejected_rows(rejected)
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
