"""What the commands take: raw files and shards of records."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sonospine.model.errors import InputError

if TYPE_CHECKING:
    from sonospine.model.record import Record


def records_in(path: Path) -> tuple[list[Record], list[InputError]]:
    """Return the records of a file (a shard of records, or any raw file) and an error for each thing not read."""
    from sonospine.model.record import read_records
    from sonospine.sources import readings_of

    if not path.exists():
        return [], [InputError("no such file", file=path)]
    if path.is_dir():
        return [], [InputError("is a folder: name its files", file=path)]
    if path.suffix == ".jsonl":
        try:
            return read_records(path), []
        except InputError as error:
            return [], [error]
    records, rejected = readings_of(path)
    return records, [InputError(entry.reason, file=entry.file) for entry in rejected]


def records_or_fault(path: Path) -> list[Record]:
    """Return the records of a shard; anything that cannot be read is the user's mistake."""
    records, faults = records_in(path)
    if faults:
        raise faults[0]
    return records
