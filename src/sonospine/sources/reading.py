"""From a file to raw records and to records: the one door through which sources come in."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from lxml import etree

from sonospine.model.files import sha256
from sonospine.model.record import DEMONSTRATION_PREFIX, Record
from sonospine.sources import ctgov, jats, pubmed
from sonospine.sources.citations.files import citations_in
from sonospine.sources.citations.recognise import FORMS as CITATIONS
from sonospine.sources.citations.record import parse_citation
from sonospine.sources.decoding import clean, decode
from sonospine.sources.detection import HEAD, detect
from sonospine.sources.documents import parse_document
from sonospine.sources.identifiers import slug
from sonospine.sources.packed import MOST_UNPACKED, Readable, Unpacked, inner_name, is_packed
from sonospine.sources.raw import RawRecord, Rejected, Unreadable, entry_name
from sonospine.sources.xml_stream import HUGE, judged_entries, may_have_namespaces

_CHUNK = 1 << 18
MOST_TEXT = 64 << 20
MOST_CITATIONS = 128 << 20
MOST_JSON = 256 << 20
"""As much as a fetch takes in one answer: what it kept must be read."""
_GRAVITY = ("current", "revised", "concern", "withdrawn", "retracted")
_Entry = TypeVar("_Entry")
_XML: dict[str, tuple[tuple[str, ...], Callable[[etree._Element], str]]] = {
    "pubmed": (pubmed.TAGS, pubmed.entry_id),
    "jats": (jats.TAGS, jats.entry_id),
}
_PARSERS: dict[str, Callable[[RawRecord], Record]] = {
    "pubmed": pubmed.parse_pubmed,
    "jats": jats.parse_jats,
    "ctgov": ctgov.parse_ctgov,
    "markdown": parse_document,
    "text": parse_document,
    "citation": parse_citation,
}
_AT_HAND: dict[str, Callable[[RawRecord, etree._Element], Record]] = {"pubmed": pubmed.read_pubmed}


def read_entries(
    path: Path, *, demonstration: bool = False, name: str = "", file: str = ""
) -> Iterator[RawRecord | Rejected]:
    """Divide a file into raw records, in order, and say which entries, or that the whole file, cannot be read.

    A file packed with gzip is read as what it holds.

    Parameters
    ----------
    path
        The file.
    demonstration
        Whether its records are condensed demonstrations (their ids then begin with ``demo:``).
    name
        Path relative to the folder that was given, from which the id of a record without an id of its own is made;
        empty: the file's name. Citations have ids of it and their own key, wherever they stand in the file.
    file
        How the file is called in records and messages; empty: the path as given.

    Yields
    ------
    RawRecord | Rejected
        Entries in the order of the file. A file that breaks off yields the entries before that place, then its
        rejection; at most one rejection names the file itself, others name ``file#ordinal``.
    """
    for entry, _ in _divided_file(path, demonstration, name, file):
        yield entry


def _divided_file(
    path: Path, demonstration: bool, name: str, file: str
) -> Iterator[tuple[RawRecord | Rejected, etree._Element | None]]:
    shown = clean(file or path.as_posix())  # a name that is not UTF-8 has lone surrogates
    try:
        with open(path, "rb") as stream:
            packed = is_packed(stream)
            content: Readable = Unpacked(stream) if packed else stream
            inner = inner_name(name or path.name) if packed else name or path.name
            yield from _divided(
                content,
                suffix=Path(inner_name(path.name) if packed else path.name).suffix.lower(),
                size=MOST_UNPACKED if packed else path.stat().st_size,
                name=inner,
                file=shown,
                demonstration=demonstration,
            )
    except OSError as fault:
        yield Rejected(shown, f"cannot be opened: {fault.strerror or fault}"), None


def entries_in(
    stream: Readable, *, suffix: str, size: int, name: str, file: str, demonstration: bool = False
) -> Iterator[RawRecord | Rejected]:
    """Divide an open file, or an answer of a source, into raw records, as ``read_entries`` does.

    ``suffix`` is the ending of its name in lower case with the point, ``size`` its bytes (unpacked), ``name`` and
    ``file`` as for ``read_entries``.
    """
    for entry, _ in _divided(
        stream, suffix=suffix, size=size, name=name, file=file, demonstration=demonstration
    ):
        yield entry


def _divided(
    stream: Readable, *, suffix: str, size: int, name: str, file: str, demonstration: bool
) -> Iterator[tuple[RawRecord | Rejected, etree._Element | None]]:
    """Yield each entry with its element, where there is one that can be read as it is until the next is asked for."""
    base = f"file:{slug(name)}"
    prefix = DEMONSTRATION_PREFIX if demonstration else ""
    ordinal = 0
    try:
        for piece in _pieces(stream, suffix, size):
            ordinal += 1
            if isinstance(piece, Unreadable):
                yield Rejected(f"{file}#{ordinal}", piece.reason), None
                continue
            key = piece.key or (str(ordinal) if ordinal > 1 else "")
            record_id = prefix + (piece.record_id or (f"{base}-{key}" if key else base))
            digest = sha256(piece.content.encode("utf-8"))
            raw = RawRecord(
                record_id, piece.form, file, ordinal, piece.content, digest, demonstration, piece.flags
            )
            yield raw, piece.element
        if ordinal == 0:
            yield Rejected(file, "no record in it"), None
    except Unreadable as fault:
        yield Rejected(file, fault.reason), None


@dataclass(frozen=True, slots=True)
class _Piece:
    record_id: str
    content: str
    form: str
    flags: tuple[str, ...] = ()
    key: str = ""
    element: etree._Element | None = None


def _pieces(stream: Readable, suffix: str, size: int) -> Iterator[_Piece | Unreadable]:
    """Yield each entry of a file, or why it cannot be read."""
    head = stream.read(HEAD)
    form = detect(head, suffix)
    if form in _XML:
        tags, identify = _XML[form]
        chunks = itertools.chain((head,), iter(lambda: stream.read(_CHUNK), b""))
        for element, sound in judged_entries(chunks, tags, huge=size > HUGE):
            yield _cut_xml(element, sound, identify, form)
        return
    most = MOST_CITATIONS if form in CITATIONS else MOST_JSON if form == "ctgov" else MOST_TEXT
    content = head + stream.read(most + 1 - len(head))
    if len(content) > most:
        raise Unreadable(f"more than {most >> 20} MiB in a file of {form}: divide it")
    text, flags = decode(content)
    if form == "ctgov":
        for study in ctgov.studies_in(text):
            yield _cut(study, ctgov.entry_id, ctgov.canonical, form, flags)
    elif form in CITATIONS:
        for entry in citations_in(text, form):
            yield (
                entry
                if isinstance(entry, Unreadable)
                else _Piece("", entry.content, "citation", flags, entry.key)
            )
    else:
        yield _Piece("", text, form, flags)


def _cut(
    entry: _Entry,
    identify: Callable[[_Entry], str],
    write: Callable[[_Entry], str],
    form: str,
    flags: tuple[str, ...],
) -> _Piece | Unreadable:
    try:
        return _Piece(identify(entry), write(entry), form, flags)
    except Unreadable as fault:
        return fault


def _cut_xml(
    element: etree._Element, sound: bool, identify: Callable[[etree._Element], str], form: str
) -> _Piece | Unreadable:
    try:
        content = etree.tostring(element, encoding="unicode", with_tail=False)
        at_hand = element if sound and form in _AT_HAND and not may_have_namespaces(content) else None
        return _Piece(identify(element), content, form, element=at_hand)
    except Unreadable as fault:
        return fault


def read_file(path: Path, *, demonstration: bool = False) -> Iterator[RawRecord]:
    """Divide a file into raw records; entries that cannot be read are passed over.

    Raises
    ------
    Unreadable
        The file cannot be read, or breaks off (after the entries before that place have been yielded).
    """
    for entry in read_entries(path, demonstration=demonstration):
        if isinstance(entry, RawRecord):
            yield entry
        elif "#" not in entry.file.removeprefix(clean(path.as_posix())):
            raise Unreadable(entry.reason, file=path)


def parse_record(raw: RawRecord) -> Record:
    """Read a raw record into a record with addressed passages, tables and figures.

    Raises
    ------
    Unreadable
        The content cannot be read as its format.
    """
    return _parsed(raw, None)


def _parsed(raw: RawRecord, element: etree._Element | None) -> Record:
    """Read a raw record; its element, where it is at hand, saves parsing the content again."""
    try:
        parsed = _PARSERS[raw.format](raw) if element is None else _AT_HAND[raw.format](raw, element)
    except RecursionError:
        raise Unreadable("nested too deep") from None
    if not (raw.search or raw.status):
        return parsed
    return dataclasses.replace(
        parsed,
        search=raw.search,
        first_seen=raw.first_seen,
        status=max(parsed.status, raw.status or "current", key=_GRAVITY.index),
    )


def readings_of(path: Path, *, demonstration: bool = False) -> tuple[list[Record], list[Rejected]]:
    """Return the records of a file and what of it could not be read, in the order of the file."""
    records: list[Record] = []
    rejected: list[Rejected] = []
    for entry, element in _divided_file(path, demonstration, "", ""):
        if isinstance(entry, Rejected):
            rejected.append(entry)
            continue
        try:
            records.append(_parsed(entry, element))
        except Unreadable as fault:
            rejected.append(Rejected(entry_name(entry), fault.reason))
    return records, rejected


def records_of(path: Path, *, demonstration: bool = False) -> list[Record]:
    """Return the records of a file, as far as they can be read.

    Raises
    ------
    Unreadable
        Nothing of the file can be read: the first reason.
    """
    records, rejected = readings_of(path, demonstration=demonstration)
    if not records:
        raise Unreadable(rejected[0].reason if rejected else "no record in it", file=path)
    return records
