"""XML entry by entry, in flat memory, without a network and without expanding entities."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator

from lxml import etree

from sonospine.sources.decoding import xml_chunks
from sonospine.sources.raw import Unreadable

# libxml2 refuses single texts and look-aheads beyond ten million bytes unless told otherwise.
HUGE = 10_000_000
# No article nests its markup as deep as this; libxml2 refuses 256 levels in a short document, and not in a huge one.
_DEEP = etree.XPath(f"boolean({'/'.join('*' * 32)})")

# What stands before the root of a document that declares nothing of its own; nothing is tried twice.
_PLAIN_PROLOG = re.compile(
    rb"""\s*+(?:<\?xml[^<>?]*+\?>\s*+)?+(?:<!DOCTYPE(?:[^\[<>"']|"[^"]*+"|'[^']*+')*+>\s*+)?+<[A-Za-z]"""
)


def entries(chunks: Iterable[bytes], tags: tuple[str, ...], *, huge: bool) -> Iterator[etree._Element]:
    """Yield each element of the given local names as it is completed; it is emptied when the next is asked for.

    Raises
    ------
    Unreadable
        The XML is malformed or breaks off; the entries before that place have been yielded.
    """
    for element, _ in judged_entries(chunks, tags, huge=huge):
        yield element


def judged_entries(
    chunks: Iterable[bytes], tags: tuple[str, ...], *, huge: bool
) -> Iterator[tuple[etree._Element, bool]]:
    """Yield entries as ``entries`` does, each with whether it is surely the same when it is parsed on its own.

    It may not be: a prefix without a namespace is an error of the file that shows only at its end, but an error of
    the entry at once; a huge file may nest deeper than an entry may; and a DOCTYPE may declare attributes that nobody
    wrote.
    """
    names = [f"{{*}}{tag}" for tag in tags]
    parser = etree.XMLPullParser(
        events=("end", "start-ns", "end-ns"),
        tag=names,
        huge_tree=huge,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    plain: bool | None = None
    namespaces = _Namespaces()
    done = 0
    ended = False
    try:
        for chunk in xml_chunks(chunks):
            if plain is None:
                plain = _PLAIN_PROLOG.match(chunk) is not None
            parser.feed(chunk)
            sound = plain and len(parser.feed_error_log) == 0
            for event, element in parser.read_events():
                if event != "end":
                    namespaces.note(event)
                    continue
                done += 1
                yield element, sound and namespaces.none_since() and not (huge and _DEEP(element))
                _forget(element)
        ended = True
        parser.close()
        for event, element in parser.read_events():
            if event == "end":
                done += 1
                yield element, False
                _forget(element)
    except etree.XMLSyntaxError as error:
        raise Unreadable(_reason(error, done, ended)) from None


class _Namespaces:
    """Whether a namespace was declared in an entry or around it."""

    def __init__(self) -> None:
        self._open = 0
        self._seen = False

    def note(self, event: str) -> None:
        self._open += 1 if event == "start-ns" else -1
        self._seen = True

    def none_since(self) -> bool:
        """Return whether none is in force and none was declared since this was last asked."""
        none = not (self._open or self._seen)
        self._seen = False
        return none


def _forget(element: etree._Element) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def parse_entry(content: str) -> etree._Element:
    """Parse the XML of one entry and take the namespaces off its element names.

    Raises
    ------
    Unreadable
        The XML is malformed.
    """
    data = b"".join(xml_chunks([content.encode("utf-8", "replace")]))
    try:
        root: etree._Element = etree.fromstring(data, _entry_parser(len(data) > HUGE))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(_reason(error, 0, False)) from None
    if "xmlns" in content:
        for element in root.iter(etree.Element):
            tag = element.tag
            if isinstance(tag, str) and tag[0] == "{":
                element.tag = tag[tag.index("}") + 1 :]
    return root


@functools.cache
def _entry_parser(huge: bool) -> etree.XMLParser:
    """Return a parser of entries; making one costs as much as parsing a short entry."""
    return etree.XMLParser(
        encoding="utf-8",
        huge_tree=huge,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )


def _reason(error: Exception, done: int, ended: bool) -> str:
    message = re.sub(r"\s*\(<string>, line \d+\)$", "", " ".join(str(error).split())) or "no content"
    kept = f"; the {done} complete entries before that are kept" if done else ""
    return f"{'truncated' if ended else 'malformed'} XML ({message}){kept}"
