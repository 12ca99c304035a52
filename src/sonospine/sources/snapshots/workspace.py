"""Where a fetch works: beside the place of its snapshot, so that it can be stopped anywhere and go on later."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sonospine.model.errors import InputError
from sonospine.model.files import sha256, write_bytes, write_text
from sonospine.sources.snapshots.manifest import (
    MANIFEST,
    Base,
    Manifest,
    read_manifest,
    source_folder,
    stored_file,
)

_PLAN = "plan.json"


class Workspace:
    """The unfinished folder of one source of a snapshot, ``<snapshots>/<name>/.<source>.part``.

    Each file is written whole or not at all, so one that is there is complete: the next run asks only for what is
    missing. ``finish`` writes the manifest and moves the folder to ``<snapshots>/<name>/<source>``.

    Parameters
    ----------
    snapshots
        Folder of all snapshots.
    name
        Name of this one.
    source
        ``pubmed``, ``pmc`` or ``trials``.
    """

    def __init__(self, snapshots: Path, name: str, source: str) -> None:
        self.place = source_folder(snapshots, name, source)
        self.folder = self.place.with_name(f".{source}.part")

    def complete(self) -> bool:
        """Tell whether the source has been fetched: its manifest is in its place. The note of the fetch goes then."""
        done = (self.place / MANIFEST).exists()
        if done:
            (self.place / _PLAN).unlink(missing_ok=True)
        return done

    def plan(self) -> dict[str, Any]:
        """Return what an earlier run noted of its search; empty where there is none."""
        path = self.folder / _PLAN
        try:
            noted = json.loads(path.read_bytes())
        except FileNotFoundError:
            return {}
        except ValueError:
            raise InputError(
                "the note of an unfinished fetch is damaged", file=path, allowed="remove its folder"
            ) from None
        return dict(noted)

    def note(self, plan: Mapping[str, Any]) -> None:
        """Note what a later run must know to go on; it is no part of the snapshot."""
        write_text(self.folder / _PLAN, json.dumps(plan, ensure_ascii=False, sort_keys=True) + "\n")

    def holds(self, name: str) -> bool:
        """Tell whether a file has been fetched."""
        return (self.folder / name).exists()

    def keep(self, name: str, content: bytes) -> None:
        """Keep an answer; a name that ends in ``.gz`` is compressed (the same content gives the same bytes)."""
        packed = gzip.compress(content, compresslevel=6, mtime=0) if name.endswith(".gz") else content
        write_bytes(self.folder / name, packed)

    def read(self, name: str) -> bytes:
        """Return an answer that was kept, unpacked."""
        content = (self.folder / name).read_bytes()
        return gzip.decompress(content) if name.endswith(".gz") else content

    def drop(self, *names: str) -> None:
        """Remove files that a new search has made stale."""
        for name in names:
            (self.folder / name).unlink(missing_ok=True)

    def names(self) -> list[str]:
        """Return the names of the files that are kept, sorted."""
        known = (p.name for p in self.folder.glob("*") if not p.name.startswith("."))
        return sorted(name for name in known if name not in (_PLAN, MANIFEST))

    def finish(self, records: Mapping[str, int], **fields: Any) -> Manifest:
        """Write the manifest and move the folder into its place.

        Parameters
        ----------
        records
            How many records each file holds; files that are not named hold none (answers of searches).
        fields
            The fields of the manifest other than ``files``.

        Returns
        -------
        Manifest
            As written.
        """
        files = tuple(stored_file(self.folder / name, records.get(name, 0)) for name in self.names())
        manifest = Manifest(files=files, **fields)
        write_text(self.folder / MANIFEST, manifest.written())
        for left in self.folder.glob(".*.part"):  # a run that was killed while it wrote
            left.unlink()
        self.folder.replace(self.place)
        (self.place / _PLAN).unlink(missing_ok=True)
        return manifest


def base_of(snapshots: Path, name: str, source: str) -> Base:
    """Return how an update names the snapshot that it is based on.

    Raises
    ------
    InputError
        That snapshot does not hold the source.
    """
    folder = source_folder(snapshots, name, source)
    if not (folder / MANIFEST).exists():
        raise InputError("the snapshot to be updated does not hold this source", file=folder)
    read_manifest(folder)
    return Base(snapshot=name, manifest_sha256=sha256((folder / MANIFEST).read_bytes()))
