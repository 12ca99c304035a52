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
from sonospine.sources.xml_stream import HUGE, judged_entries

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
    for cut in _divided_file(path, demonstration, name, file):
        yield cut.raw() if isinstance(cut, _Cut) else cut


def _divided_file(path: Path, demonstration: bool, name: str, file: str) -> Iterator[_Cut | Rejected]:
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
        yield Rejected(shown, f"cannot be opened: {fault.strerror or fault}")


def entries_in(
    stream: Readable, *, suffix: str, size: int, name: str, file: str, demonstration: bool = False
) -> Iterator[RawRecord | Rejected]:
    """Divide an open file, or an answer of a source, into raw records, as ``read_entries`` does.

    ``suffix`` is the ending of its name in lower case with the point, ``size`` its bytes (unpacked), ``name`` and
    ``file`` as for ``read_entries``.
    """
    for cut in _divided(stream, suffix=suffix, size=size, name=name, file=file, demonstration=demonstration):
        yield cut.raw() if isinstance(cut, _Cut) else cut


@dataclass(frozen=True, slots=True)
class _Cut:
    """An entry as it was cut out; an element, where there is one, holds until the next entry is asked for."""

    record_id: str
    file: str
    ordinal: int
    sha256: str
    demonstration: bool
    piece: _Piece

    def raw(self) -> RawRecord:
        piece = self.piece
        return RawRecord(
            self.record_id,
            piece.form,
            self.file,
            self.ordinal,
            piece.content.decode("utf-8"),
            self.sha256,
            self.demonstration,
            piece.flags,
        )


def _divided(
    stream: Readable, *, suffix: str, size: int, name: str, file: str, demonstration: bool
) -> Iterator[_Cut | Rejected]:
    base = f"file:{slug(name)}"
    prefix = DEMONSTRATION_PREFIX if demonstration else ""
    ordinal = 0
    try:
        for piece in _pieces(stream, suffix, size):
            ordinal += 1
            if isinstance(piece, Unreadable):
                yield Rejected(f"{file}#{ordinal}", piece.reason)
                continue
            key = piece.key or (str(ordinal) if ordinal > 1 else "")
            record_id = prefix + (piece.record_id or (f"{base}-{key}" if key else base))
            yield _Cut(record_id, file, ordinal, sha256(piece.content), demonstration, piece)
        if ordinal == 0:
            yield Rejected(file, "no record in it")
    except Unreadable as fault:
        yield Rejected(file, fault.reason)


@dataclass(frozen=True, slots=True)
class _Piece:
    record_id: str
    content: bytes
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
                else _Piece("", entry.content.encode("utf-8"), "citation", flags, entry.key)
            )
    else:
        yield _Piece("", text.encode("utf-8"), form, flags)


def _cut(
    entry: _Entry,
    identify: Callable[[_Entry], str],
    write: Callable[[_Entry], str],
    form: str,
    flags: tuple[str, ...],
) -> _Piece | Unreadable:
    try:
        return _Piece(identify(entry), write(entry).encode("utf-8"), form, flags)
    except Unreadable as fault:
        return fault


def _cut_xml(
    element: etree._Element, sound: bool, identify: Callable[[etree._Element], str], form: str
) -> _Piece | Unreadable:
    try:
        content = etree.tostring(element, encoding="UTF-8", with_tail=False, xml_declaration=False)
        return _Piece(identify(element), content, form, element=element if sound else None)
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
    try:
        parsed = _PARSERS[raw.format](raw)
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
    for cut in _divided_file(path, demonstration, "", ""):
        if isinstance(cut, Rejected):
            rejected.append(cut)
            continue
        try:
            records.append(_parsed(cut))
        except Unreadable as fault:
            rejected.append(Rejected(entry_name(cut.raw()), fault.reason))
    return records, rejected


def _parsed(cut: _Cut) -> Record:
    """Read an entry; the element that it was cut from, where it is at hand, saves parsing the content again."""
    element = cut.piece.element
    if element is None or cut.piece.form != "pubmed":
        return parse_record(cut.raw())
    return pubmed.read_pubmed(element, record_id=cut.record_id, file=cut.file, sha256=cut.sha256)


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
