"""From snapshots, folders and files to hash-bucketed shards of raw records, with a row for each search."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from sonospine.model.files import folder_written_whole
from sonospine.model.table_io import write_table
from sonospine.model.tables import CHANGES, REJECTED, SEARCHES
from sonospine.sources.listing import SourceFile, SourcePath, files_of
from sonospine.sources.raw import RawRecord, Rejected
from sonospine.sources.reading import read_entries
from sonospine.sources.searches import Documented, Tally, file_search, of_snapshot, search_row
from sonospine.sources.shards import Spool, rejected_rows
from sonospine.sources.snapshots.chain import Member, chain, changes_of
from sonospine.sources.snapshots.entries import Superseded, held_sources, snapshot_files, source_entries

Entries = Iterator[RawRecord | Rejected | Superseded]
TABLES = ("rejected.tsv", "searches.tsv", "changes.tsv")
"""What an import writes beside the shards."""


@dataclass(frozen=True, slots=True)
class SnapshotPath:
    """A snapshot to import.

    ``snapshots`` is the folder of all snapshots and ``shown`` how records call it, ``name`` the snapshot, ``wanted``
    are the sources that it must hold, ``configured`` what the configuration asks them by now.
    """

    snapshots: Path
    shown: str
    name: str
    wanted: tuple[str, ...] = ()
    configured: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)

    def chains(self) -> list[list[Member]]:
        """Return the chain of each source that the snapshot holds.

        Raises
        ------
        InputError
            The snapshot, or a source that is wanted, is missing, or a chain is broken.
        """
        held = held_sources(self.snapshots, self.name, self.wanted)
        return [chain(self.snapshots, self.name, source) for source in held]

    def files(self) -> list[Path]:
        """Return the files that an import of it reads; the errors are those of ``snapshot_files``."""
        return snapshot_files(self.snapshots, self.name, self.wanted)


@dataclass(frozen=True, slots=True)
class Imported:
    """How many records, rejections and shards an import made."""

    records: int
    rejected: int
    shards: int


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an import: a source of a snapshot, or a file, with the search that it belongs to."""

    search: str
    entries: Callable[[], Entries]


@dataclass
class _Intake:
    """Takes entries in and counts what became of them."""

    spool: Spool
    tallies: dict[str, Tally]
    rejected: list[Rejected] = field(default_factory=list)

    def take(self, part: Part) -> None:
        tally = self.tallies[part.search]
        for entry in part.entries():
            if isinstance(entry, Superseded):
                tally.superseded += 1
                tally.ids.add(entry.record_id)
                continue
            taken: Rejected | bool
            if isinstance(entry, RawRecord):
                tally.ids.add(entry.record_id)
                taken = self.spool.take(entry if entry.search else replace(entry, search=part.search))
            else:
                taken = entry
            if isinstance(taken, Rejected):
                tally.rejected += 1
                self.rejected.append(taken)
            elif taken:
                tally.kept += 1
            else:
                tally.repeated += 1


def import_sources(
    sources: Iterable[SourcePath],
    out: Path,
    *,
    snapshot: SnapshotPath | None = None,
    watched: Callable[[Sequence[Part]], Iterable[Part]] = iter,
) -> Imported:
    """Write every entry of the snapshot and the sources into ``out/<bucket>.jsonl``.

    Beside the shards stand ``rejected.tsv``, what could not be read, ``searches.tsv``, one row a search with what
    became of its entries, and ``changes.tsv``, what the snapshot brought as an update. The folder is made beside its
    place and moved there whole. Records of the snapshot come first. Of two entries with one id the first stays: the
    same content again is passed over, an older version in a chain of snapshots is superseded, other content is
    rejected with the name of the first. ``watched`` yields the parts it is given and may show how far the import has
    come.

    Raises
    ------
    InputError
        A path of the configuration does not exist (the key is named); the snapshot is missing or not finished, or a
        file of it is missing or was changed.
    """
    listed = files_of(sources)
    chains = snapshot.chains() if snapshot else []
    searches: list[Documented] = []
    parts: list[Part] = []
    for members in chains:
        searches.append(of_snapshot(members, snapshot.configured if snapshot else None))
        shown = snapshot.shown if snapshot else ""
        parts.append(Part(searches[-1].search, partial(source_entries, members, shown)))
    for source, files in listed:
        searches.append(_documented(source))
        parts += [Part(searches[-1].search, partial(_file_entries, file)) for file in files]
    with folder_written_whole(out) as fresh:
        with tempfile.TemporaryFile(dir=fresh) as stream:
            intake = _Intake(Spool(stream), {search.search: Tally() for search in searches})
            for part in watched(parts):
                intake.take(part)
            shards = intake.spool.write_shards(fresh)
        rows = {search.search: search_row(search, intake.tallies[search.search]) for search in searches}
        write_table(fresh / "rejected.tsv", REJECTED, rejected_rows(intake.rejected))
        write_table(fresh / "searches.tsv", SEARCHES, rows.values())
        write_table(
            fresh / "changes.tsv", CHANGES, [row for members in chains for row in changes_of(members[0])]
        )
    return Imported(len(intake.spool), len(intake.rejected), shards)


def _file_entries(file: SourceFile) -> Iterator[RawRecord | Rejected]:
    return read_entries(file.path, demonstration=file.demonstration, name=file.name, file=file.shown)


def _documented(source: SourcePath) -> Documented:
    if source.search is not None:
        return source.search
    return Documented(file_search(source.shown), {"kind": "other", "address": source.shown})
