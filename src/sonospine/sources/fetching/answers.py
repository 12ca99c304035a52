"""What counts as a good answer, and what went wrong with one that is not."""

from __future__ import annotations

import json
import re
from typing import Any

from lxml import etree

from sonospine.model.errors import InputError
from sonospine.sources.decoding import xml_chunks
from sonospine.sources.xml_stream import HUGE

_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_TITLE = re.compile(rb"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_SESSION = re.compile(
    r"web\s?env|query[ _]?key|unable to obtain query|history (?:server|session)|session (?:has )?expired",
    re.IGNORECASE,
)
_SHOWN = 200


class FetchError(InputError):
    """The one clear line when a source could not be fetched; what was fetched so far is kept.

    Names the source and the part of it that was asked for, and the reason of the last try; never the key.
    """


class Refused(FetchError):  # noqa: N818 - it reads as what happened
    """The service answered that it will not give this (an HTTP status from 400 on that no second try mends)."""

    def __init__(self, reason: str, status: int) -> None:
        self.status = status
        super().__init__(reason)


class Faulty(Exception):  # noqa: N818 - it is a property of one answer: another try may be good
    """One answer that is no good.

    Parameters
    ----------
    reason
        What is wrong with it.
    retry_after
        Seconds after which the server wants to be asked again; none: it did not say.
    again
        Whether another try can help.
    """

    def __init__(self, reason: str, retry_after: float | None = None, again: bool = True) -> None:
        self.reason = reason
        self.retry_after = retry_after
        self.again = again
        super().__init__(reason)


class SessionExpired(Faulty):
    """The history server no longer knows the result of the search: it must be searched again.

    Asking for the same once more does not help, so ``Polite.ask`` hands it on at once.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason, again=False)


def checked_xml(content: bytes, root: str) -> etree._Element:
    """Return the root of an answer in XML.

    Parameters
    ----------
    content
        The whole answer.
    root
        Name that its root must have.

    Raises
    ------
    SessionExpired
        It says that the result of the search is no longer known.
    Faulty
        It is empty, a web page, JSON, broken off, has another root, or says that there was an error.
    """
    _is_something(content, "XML")
    if content.lstrip()[:1] in (b"{", b"["):
        raise _error(f"JSON in place of XML: {said(content)}")
    data = b"".join(xml_chunks([content]))  # as the reader will see it
    if data.lstrip()[:1] != b"<":
        raise _error(f"text in place of XML: {said(content)}")
    parser = etree.XMLParser(
        huge_tree=len(data) > HUGE, resolve_entities=False, no_network=True, load_dtd=False
    )
    try:
        element: etree._Element = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        where = re.sub(r"\s*\(<string>, line \d+\)$", "", str(error))
        raise Faulty(f"truncated or malformed XML ({short(where)})") from None
    told = next(element.iter("ERROR"), None)
    if told is not None:
        raise _error(f"the service reports an error: {short(' '.join(map(str, told.itertext())))}")
    name = etree.QName(element).localname
    if name != root:
        raise Faulty(f"XML of another kind: <{short(name)}> in place of <{root}>")
    return element


def checked_json(content: bytes) -> dict[str, Any]:
    """Return the object of an answer in JSON.

    Raises
    ------
    Faulty
        It is empty, a web page, XML, broken off, no object, or says that there was an error.
    """
    _is_something(content, "JSON")
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Faulty(f"truncated or malformed JSON ({short(str(error))})") from None
    if not isinstance(data, dict):
        raise Faulty("JSON of another kind: no object")
    if "error" in data:
        raise _error(f"the service reports an error: {said(content)}")
    return data


def said(content: bytes) -> str:
    """Return what an answer says of an error, in a few words: the title of a page, the message of JSON, its text."""
    title = _TITLE.search(content[:65_536])
    if title:
        return short(title[1].decode("utf-8", "replace"))
    text = content[:65_536].decode("utf-8", "replace")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return short(re.sub(r"<[^<>]*>", " ", text))
    told = data.get("error") or data.get("message") if isinstance(data, dict) else data
    return short(told if isinstance(told, str) else json.dumps(told, ensure_ascii=False))


def expired(content: bytes) -> bool:
    """Tell whether an answer with an error speaks of the history server."""
    return _SESSION.search(content[:65_536].decode("utf-8", "replace")) is not None


def short(text: str) -> str:
    """Return a text on one line; where it is long, its beginning."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def _is_something(content: bytes, wanted: str) -> None:
    if not content.strip():
        raise Faulty("an empty answer")
    if _HTML.match(content[:4096]):
        raise Faulty(f"a web page in place of {wanted}: {said(content)}")


def _error(reason: str) -> Faulty:
    return SessionExpired(reason) if _SESSION.search(reason) else Faulty(reason)
