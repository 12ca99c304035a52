"""The manifest of one source of a snapshot: what was asked, when, how much came, and the hash of each file."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sonospine.model.errors import InputError
from sonospine.model.files import read_text, sha256

MANIFEST = "manifest.json"
SOURCES = ("pubmed", "pmc", "trials")
"""The folders of a snapshot, in the order in which they are fetched."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_Date = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
_Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Base(_Part):
    """The snapshot of which this one is an update."""

    snapshot: str
    manifest_sha256: _Hash


class Sent(_Part):
    """One search as it was sent, with how many records the source reported and how many came."""

    query: str
    reported: int = Field(ge=0)
    fetched: int = Field(ge=0)
    translation: str = ""
    """What the source made of the query."""


class StoredFile(_Part):
    """A file of the snapshot: the SHA-256 of the file as it lies there, its bytes and the records in it."""

    name: str
    sha256: _Hash
    bytes: int = Field(ge=0)
    records: int = Field(ge=0)


class Manifest(_Part):
    """How one source of a snapshot was fetched.

    ``query`` is the query as the configuration has it, ``sent`` what was really sent (one entry a slice, a page run
    or a list of ids), ``limits`` restrictions in words; ``reported`` the whole number that the source reported,
    ``fetched`` the number of different records in the files; ``changes`` counts of an update by kind of change.
    """

    format: Literal[1] = 1
    source: Literal["pubmed", "pmc", "trials"]
    snapshot: str
    base: Base | None = None
    database: str
    platform: str
    address: str
    searched: _Date
    query: str
    limits: tuple[str, ...] = ()
    sent: tuple[Sent, ...] = ()
    warnings: tuple[str, ...] = ()
    reported: int = Field(ge=0)
    fetched: int = Field(ge=0)
    changes: dict[str, int] = Field(default_factory=dict)
    versions: dict[str, str] = Field(default_factory=dict)
    files: tuple[StoredFile, ...] = ()

    def written(self) -> str:
        """Return the manifest as JSON, two spaces in, with a line end."""
        return json.dumps(self.model_dump(), ensure_ascii=False, indent=2) + "\n"


def checked_name(name: str, field: str = "sources.snapshot") -> str:
    """Return the name of a snapshot if it can be one.

    Raises
    ------
    InputError
        It could lead out of the folder, or is no plain name.
    """
    if not NAME.fullmatch(name):
        raise InputError(
            "not a name for a snapshot",
            field=field,
            found=name,
            allowed="letters, digits, point, hyphen and underscore; at most 64",
        )
    return name


def source_folder(snapshots: Path, name: str, source: str) -> Path:
    """Return the folder of a source of a snapshot: ``<snapshots>/<name>/<source>``."""
    return snapshots / checked_name(name) / source


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest in the folder of a source.

    Raises
    ------
    InputError
        It is missing, or not a manifest: the field at fault is named.
    """
    path = folder / MANIFEST
    try:
        return Manifest.model_validate_json(read_text(path))
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise InputError(f"not a manifest: {fault['msg']}", file=path, field=place or None) from None


def stored_file(path: Path, records: int) -> StoredFile:
    """Describe a file for the manifest."""
    content = path.read_bytes()
    return StoredFile(name=path.name, sha256=sha256(content), bytes=len(content), records=records)


def verified_bytes(folder: Path, file: StoredFile) -> bytes:
    """Return the bytes of a file of a snapshot.

    Raises
    ------
    InputError
        It is missing, or is not what was fetched: its hash differs from the manifest's.
    """
    path = folder / file.name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"a file of the snapshot cannot be read: {error.strerror}", file=path) from None
    found = sha256(content)
    if found != file.sha256:
        raise InputError("a file of the snapshot was changed", file=path, found=found, allowed=file.sha256)
    return content
