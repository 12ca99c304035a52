"""A raw record: one entry of a source file, cut out but not yet read, and the entries that cannot be read."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sonospine.model.errors import InputError

FORMATS = ("pubmed", "jats", "ctgov", "markdown", "text", "citation")


class Unreadable(InputError):  # noqa: N818 - it reads as what happened: "raise Unreadable(reason)"
    """A file or an entry that cannot be read, with one reason."""


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One entry of a source file.

    ``content`` is XML of one article, JSON of one study or citation, or the text of a document; ``sha256`` is the hash of it
    as UTF-8. ``ordinal`` counts the entries of the file from 1. ``flags`` warn about the decoding
    (``decoded_as_cp1252``). ``search`` names the search that found the entry, ``first_seen`` is the date of the first
    snapshot that held it; ``status`` is what a snapshot tells of it beyond its content: ``revised`` since, or
    ``withdrawn`` (the source no longer holds it), else empty.
    """

    record_id: str
    format: str
    file: str
    ordinal: int
    content: str
    sha256: str
    demonstration: bool = False
    flags: tuple[str, ...] = ()
    search: str = ""
    first_seen: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A file, or an entry ``file#ordinal`` of it, that could not be read, with one reason."""

    file: str
    reason: str


def entry_name(raw: RawRecord) -> str:
    """Return how an entry is named where it is rejected: ``file#ordinal``, or the file that is one document."""
    return raw.file if raw.format in ("markdown", "text", "citation") else f"{raw.file}#{raw.ordinal}"


_WRITER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def raw_to_json(raw: RawRecord) -> str:
    """Write a raw record as one line of JSON with sorted keys."""
    return _WRITER.encode({name: getattr(raw, name) for name in raw.__slots__})


def raw_from_json(line: str) -> RawRecord:
    """Read a raw record from its line of JSON."""
    data = json.loads(line)
    return RawRecord(**{**data, "flags": tuple(data["flags"])})
