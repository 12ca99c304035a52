"""What the reading commands take: raw files and record shards, and the vocabulary that belongs to them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sonospine.model.errors import InputError

if TYPE_CHECKING:
    from sonospine.model.record import Record
    from sonospine.vocabulary import Vocabulary

CONFIG = Path("config/config.yaml")


def vocabulary_of(config: Path | None) -> Vocabulary:
    """Load the vocabulary that a configuration names; without one, that of the project in this folder.

    A relative folder is looked for in the working folder, then in the folder above that of the configuration.
    Where there is no configuration and none was asked for, the vocabulary is empty: results are read under
    their labels, and no instrument is named.

    Raises
    ------
    InputError
        The configuration or the vocabulary is wrong, or the one asked for is missing.
    """
    from sonospine.vocabulary import Vocabulary, load_vocabulary

    if config is None and not CONFIG.exists():
        return Vocabulary({}, {}, {}, {}, {}, {}, {})
    from sonospine.config.loading import load_config

    path = config or CONFIG
    folder = Path(load_config(path).vocabulary)
    beside = path.resolve().parent.parent / folder
    return load_vocabulary(folder if folder.is_absolute() or folder.exists() else beside)


def records_in(path: Path) -> tuple[list[Record], list[str]]:
    """Return the records of a file (a shard of records, or any raw file) and a line for each thing not read."""
    from sonospine.model.record import read_records
    from sonospine.sources import readings_of

    if not path.exists():
        return [], [f"{path}: no such file"]
    if path.is_dir():
        return [], [f"{path}: a folder; name its files"]
    if path.suffix == ".jsonl":
        try:
            return read_records(path), []
        except (ValueError, KeyError, TypeError, AttributeError):
            return [], [f"{path}: not a file of records as `sonospine parse` writes it"]
    records, rejected = readings_of(path)
    return records, [f"{entry.file}: {entry.reason}" for entry in rejected]


def records_or_fault(path: Path) -> list[Record]:
    """Return the records of a shard; anything that cannot be read is the user's mistake."""
    records, faults = records_in(path)
    if faults:
        raise InputError(faults[0].removeprefix(f"{path}: "), file=path)
    return records
