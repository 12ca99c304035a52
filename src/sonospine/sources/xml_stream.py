"""XML entry by entry, in flat memory, without a network and without expanding entities."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml import etree

from sonospine.sources.decoding import xml_chunks
from sonospine.sources.raw import Unreadable

# libxml2 refuses single texts and look-aheads beyond ten million bytes unless told otherwise.
HUGE = 10_000_000


def entries(chunks: Iterable[bytes], tags: tuple[str, ...], *, huge: bool) -> Iterator[etree._Element]:
    """Yield each element of the given local names as it is completed; it is emptied when the next is asked for.

    Raises
    ------
    Unreadable
        The XML is malformed or breaks off; the entries before that place have been yielded.
    """
    names = [f"{{*}}{tag}" for tag in tags]
    parser = etree.XMLPullParser(
        events=("end",),
        tag=names,
        huge_tree=huge,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    done = 0
    ended = False
    try:
        for chunk in xml_chunks(chunks):
            parser.feed(chunk)
            for _, element in parser.read_events():
                done += 1
                yield element
                _forget(element)
        ended = True
        parser.close()
        for _, element in parser.read_events():
            done += 1
            yield element
            _forget(element)
    except etree.XMLSyntaxError as error:
        raise Unreadable(_reason(error, done, ended)) from None


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
    parser = etree.XMLParser(
        encoding="utf-8",
        huge_tree=len(data) > HUGE,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root: etree._Element = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(_reason(error, 0, False)) from None
    for element in root.iter(etree.Element):
        tag = element.tag
        if isinstance(tag, str) and tag[0] == "{":
            element.tag = tag[tag.index("}") + 1 :]
    return root


def _reason(error: Exception, done: int, ended: bool) -> str:
    message = re.sub(r"\s*\(<string>, line \d+\)$", "", " ".join(str(error).split())) or "no content"
    kept = f"; the {done} complete entries before that are kept" if done else ""
    return f"{'truncated' if ended else 'malformed'} XML ({message}){kept}"
