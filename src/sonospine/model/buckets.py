"""Which hash bucket a record belongs to, and the files of the buckets that exist."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sonospine.model.errors import InputError

RECORDS_PER_BUCKET = 25


def bucket_count(records: int) -> int:
    """Return a power of two that keeps about 25 records a bucket; it changes only when the number doubles."""
    count = 1
    while count * RECORDS_PER_BUCKET < records:
        count *= 2
    return count


def bucket_of(record_id: str, buckets: int) -> int:
    """Return the bucket (from 0) of a record id by its SHA-256."""
    return int.from_bytes(hashlib.sha256(record_id.encode("utf-8")).digest()[:8]) % buckets


def bucket_files(shards: Path | str, folder: Path | str, suffix: str) -> list[Path]:
    """Return ``folder/<bucket><suffix>`` for each bucket that ``import`` made, in order.

    Files of buckets that no longer exist (left by an earlier run with more records) are passed over.

    Raises
    ------
    InputError
        There is no shard: every import makes one, so the folder is another one.
    """
    names = sorted((p.stem for p in Path(shards).glob("*.jsonl") if p.stem.isdigit()), key=int)
    if not names:
        raise InputError(
            "no shard of records here", file=shards, allowed="the folder that `sonospine import` made"
        )
    return [Path(folder) / f"{name}{suffix}" for name in names]
