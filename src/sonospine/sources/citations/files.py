"""From the text of a file of citations to its entries: each with its key, and their number checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sonospine.sources.citations.bibtex import count_bibtex, read_bibtex
from sonospine.sources.citations.citation import Entry, content_of, fingerprint, key_of
from sonospine.sources.citations.columns import count_columns, read_columns
from sonospine.sources.citations.endnote_tagged import count_endnote_tagged, read_endnote_tagged
from sonospine.sources.citations.endnote_xml import count_endnote_xml, read_endnote_xml
from sonospine.sources.citations.inspec import count_inspec, read_inspec
from sonospine.sources.citations.isi import count_isi, read_isi
from sonospine.sources.citations.medline import count_medline, read_medline
from sonospine.sources.citations.ovid import count_ovid, read_ovid
from sonospine.sources.citations.recognise import name_of
from sonospine.sources.citations.ris import count_ris, read_ris
from sonospine.sources.raw import Unreadable

_Reader = Callable[[str], Iterator[Entry | Unreadable]]
_Counter = Callable[[str], int]
_READERS: dict[str, tuple[_Reader, _Counter]] = {
    "ris": (read_ris, count_ris),
    "isi": (read_isi, count_isi),
    "enw": (read_endnote_tagged, count_endnote_tagged),
    "endnote": (read_endnote_xml, count_endnote_xml),
    "ovid": (read_ovid, count_ovid),
    "columns": (read_columns, count_columns),
    "bibtex": (read_bibtex, count_bibtex),
    "inspec": (read_inspec, count_inspec),
    "medline": (read_medline, count_medline),
}


@dataclass(frozen=True, slots=True)
class Keyed:
    """An entry of a file as it is stored: its key within the file, and its content as JSON."""

    key: str
    content: str


def citations_in(text: str, form: str) -> Iterator[Keyed | Unreadable]:
    """Yield the entries of a file of citations in order; ones that cannot be read as the reason why.

    The key of an entry does not depend on its place in the file: an export in another order gives the same keys.
    Different publications with one accession number, PubMed number or DOI each get their fingerprint besides.

    Raises
    ------
    Unreadable
        After the last entry: another number of entries was found than the marks of entries in the file tell.
    """
    read, count = _READERS[form]
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    found = [_keyed(entry, form) for entry in read(plain)]
    prints: dict[str, set[str]] = {}
    for entry in found:
        if not isinstance(entry, Unreadable):
            prints.setdefault(entry[0], set()).add(entry[1])
    for entry in found:
        if isinstance(entry, Unreadable):
            yield entry
        else:
            key, mark, content = entry
            yield Keyed(f"{key}-{mark}" if len(prints[key]) > 1 else key, content)
    expected = count(plain)
    if found and expected != len(found):
        raise Unreadable(
            f"{len(found)} entries were found, but the file has the marks of {expected}: look for broken entries"
        )


def _keyed(entry: Entry | Unreadable, form: str) -> tuple[str, str, str] | Unreadable:
    """Return key, fingerprint and content of an entry."""
    if isinstance(entry, Unreadable):
        return entry
    return key_of(entry.citation), fingerprint(entry.citation), content_of(entry, name_of(form))
