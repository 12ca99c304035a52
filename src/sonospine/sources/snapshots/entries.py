"""The entries of a snapshot for import: the newest version of each record, and what of it is older."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sonospine.model.errors import InputError
from sonospine.sources.raw import RawRecord, Rejected
from sonospine.sources.snapshots.chain import CHANGES_FILE, Member, chain, entries_of, fates, record_files
from sonospine.sources.snapshots.manifest import MANIFEST, SOURCES, checked_name, source_folder


@dataclass(frozen=True, slots=True)
class Superseded:
    """What an earlier snapshot of a chain holds of a record: its place, and whose it is."""

    file: str
    ordinal: int
    record_id: str


@dataclass(frozen=True, slots=True)
class _Past:
    """What older snapshots hold of a record: the date of the oldest, and where each content came first."""

    first_seen: str
    places: Mapping[str, tuple[str, int]]


def held_sources(snapshots: Path, name: str, wanted: Sequence[str] = ()) -> list[str]:
    """Return the sources that a snapshot holds, in the order in which they are fetched.

    Raises
    ------
    InputError
        There is no such snapshot, or it holds no source, or not each of those ``wanted``: its fetch is not finished.
    """
    here = f"`sonospine fetch --name {checked_name(name)}` or `make fetch`"
    if not (snapshots / name).is_dir():
        raise InputError(
            f"no such snapshot in {snapshots}",
            field="sources.snapshot",
            found=name,
            allowed=f"one that is there; {here} makes it",
        )
    found = [source for source in SOURCES if (source_folder(snapshots, name, source) / MANIFEST).exists()]
    missing = [source for source in wanted if source not in found]
    if missing or not found:
        what = ", ".join(missing) or "every source"
        raise InputError(
            f"the snapshot is not finished; missing: {what}",
            field="sources.snapshot",
            found=name,
            allowed=f"a finished one; {here} goes on where it stopped",
        )
    return found


def source_entries(members: Sequence[Member], shown: str) -> Iterator[RawRecord | Rejected | Superseded]:
    """Yield the entries of a chain, newest snapshot first.

    Parameters
    ----------
    members
        The chain (``chain.chain``).
    shown
        How the folder of all snapshots is called in records.

    Yields
    ------
    RawRecord | Rejected | Superseded
        Records carry ``search`` (the source), ``first_seen`` (date of the oldest snapshot with them) and ``status``:
        ``withdrawn`` where the newest change noted of them is that, else ``revised`` where an older snapshot holds
        other content. What earlier snapshots hold of a record is ``Superseded``, whether its content differs or not:
        it was identified once. The place of a record is the oldest that has the same content, so that an update which
        fetched it once more changes nothing of it.

    Raises
    ------
    InputError
        A file of the chain is missing, or is not what was fetched.
    """
    known = fates(members)
    past = _past(members[1:], shown)
    newer: set[str] = set()
    for member in members:
        manifest = member[1]
        here: set[str] = set()
        for raw in entries_of(member, _folder(member, shown)):
            if isinstance(raw, Rejected):
                yield raw
                continue
            if raw.record_id in newer:
                yield Superseded(raw.file, raw.ordinal, raw.record_id)
                continue
            here.add(raw.record_id)
            yield _dated(raw, manifest.source, manifest.searched, past.get(raw.record_id), known)
        newer |= here


def _folder(member: Member, shown: str) -> str:
    return f"{shown}/{member[1].snapshot}/{member[1].source}"


def _past(members: Sequence[Member], shown: str) -> dict[str, _Past]:
    """Return what older snapshots (newest first) hold of each record."""
    found: dict[str, _Past] = {}
    for member in members:
        date = member[1].searched
        for raw in entries_of(member, _folder(member, shown)):
            if isinstance(raw, RawRecord):
                newer = found.get(raw.record_id, _Past(date, {}))
                places = {**newer.places, raw.sha256: (raw.file, raw.ordinal)}
                found[raw.record_id] = _Past(min(newer.first_seen, date), places)
    return found


def _dated(raw: RawRecord, search: str, date: str, past: _Past | None, known: Mapping[str, str]) -> RawRecord:
    first_seen, status = date, ""
    file, ordinal = raw.file, raw.ordinal
    if past is not None:
        first_seen = min(past.first_seen, date)
        file, ordinal = past.places.get(raw.sha256, (file, ordinal))
        status = "revised" if past.places.keys() - {raw.sha256} else ""
    if known.get(raw.record_id) == "withdrawn":
        status = "withdrawn"
    return replace(raw, file=file, ordinal=ordinal, search=search, first_seen=first_seen, status=status)


def snapshot_files(snapshots: Path, name: str, wanted: Sequence[str] = ()) -> list[Path]:
    """Return the files of a snapshot, and of those that it updates, that an import reads.

    Raises
    ------
    InputError
        There is no such snapshot, a source that is ``wanted`` or a file is missing, or the chain is broken.
    """
    found: dict[Path, None] = {}
    for source in held_sources(snapshots, name, wanted):
        for folder, manifest in chain(snapshots, name, source):
            found[folder / MANIFEST] = None
            listed = [file.name for file in manifest.files if file.name == CHANGES_FILE]
            for file in [*(stored.name for stored in record_files(manifest)), *listed]:
                found[folder / file] = None
    for path in found:
        if not path.exists():
            raise InputError("a file of the snapshot is missing", file=path)
    return list(found)
