"""Which format a file holds: decided by what is in it, then by its ending."""

from __future__ import annotations

import re

from sonospine.sources.citations.recognise import ENDINGS, citation_form
from sonospine.sources.decoding import binary_reason, decode, wide_encoding
from sonospine.sources.raw import Unreadable

HEAD = 65_536
_TEXT_ENDINGS = {".md": "markdown", ".markdown": "markdown", ".txt": "text", ".text": "text", "": "text"}
_XML_ENDINGS = (".xml", ".nxml")
_ROOT = re.compile(r"\s*<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)(?=[\s/>])")
_ROOTS = {
    "PubmedArticleSet": "pubmed",
    "PubmedBookArticleSet": "pubmed",
    "PubmedArticle": "pubmed",
    "PubmedBookArticle": "pubmed",
    "article": "jats",
    "articles": "jats",
    "pmc-articleset": "jats",
    "OAI-PMH": "jats",
}
_ENDNOTE = re.compile(r"<records\b[^>]*>\s*(?:<record\b|</records>)|<records\b[^>]*/>")
_ANSWERS = {
    "eSearchResult": "esearch",
    "eSummaryResult": "esummary",
    "eLinkResult": "elink",
    "ePostResult": "epost",
    "eInfoResult": "einfo",
    "eSpellResult": "espell",
    "eFetchResult": "efetch (an error)",
}
_SUBSET_END = re.compile(r"\]\s*>")
_HTML = re.compile(r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)


def detect(head: bytes, suffix: str) -> str:
    """Return the format of a file from its first bytes and its ending.

    Parameters
    ----------
    head
        The first bytes of the file (up to 64 KiB).
    suffix
        Its ending in lower case with the point.

    Returns
    -------
    str
        ``pubmed jats ctgov markdown text``, or a format of citations.

    Raises
    ------
    Unreadable
        Nothing that is read: the reason says what it is instead.
    """
    reason = binary_reason(head, suffix)
    if reason:
        raise Unreadable(reason)
    text, _ = decode(head if not wide_encoding(head[:4]) else head[: len(head) // 4 * 4])
    start = text.lstrip()
    if suffix in (".md", ".markdown") and not start.startswith("<"):
        return "markdown"
    if start.startswith("<"):
        return _markup(start, suffix)
    if suffix in _XML_ENDINGS:
        raise Unreadable("the ending says XML, but there is no XML in it")
    if start.startswith(("{", "[")) and suffix not in (".txt", ".text", *ENDINGS):
        return "ctgov"
    if suffix == ".json":
        raise Unreadable("the ending says JSON, but there is no JSON in it")
    return _plain(text, suffix)


def _plain(text: str, suffix: str) -> str:
    """Return the format of a text: citations by its first lines, else by its ending."""
    form = citation_form(text, suffix)
    if form:
        return form
    if suffix not in _TEXT_ENDINGS:
        raise Unreadable(f"not a format that is read yet: {suffix}")
    return _TEXT_ENDINGS[suffix]


def _after_prologue(text: str) -> str:
    """Return what follows the declaration, comments, processing instructions and document type."""
    while True:
        text = text.lstrip()
        if text.startswith("<?"):
            end = text.find("?>") + 2
        elif text.startswith("<!--"):
            end = text.find("-->") + 3
        elif text[:9].upper() == "<!DOCTYPE":
            close = text.find(">")
            subset = text.find("[", 0, close if close >= 0 else None)
            ending = _SUBSET_END.search(text, subset) if subset >= 0 else None
            end = ending.end() if ending else (close + 1 if subset < 0 else 0)
        else:
            return text
        if end < 3:
            return ""
        text = text[end:]


def _markup(text: str, suffix: str) -> str:
    if _HTML.match(text):
        where = " in place of XML" if suffix in _XML_ENDINGS else ""
        raise Unreadable(f"a web page (HTML){where}")
    rest = _after_prologue(text)
    root = _ROOT.match(rest)
    name = root[1] if root else ""
    if name in _ROOTS:
        return _ROOTS[name]
    if name in _ANSWERS:
        raise Unreadable(f"an answer of {_ANSWERS[name]}, not records: fetch the records with efetch")
    if name in ("xml", "records") and _ENDNOTE.search(rest[:4000]):
        return "endnote"
    if suffix in ENDINGS or (suffix in _TEXT_ENDINGS and (name == "" or suffix)):
        return _plain(text, suffix)
    if name.lower() in ("html", "head", "body", "div", "p"):
        raise Unreadable("a web page (HTML) in place of XML")
    if not name:
        raise Unreadable("malformed XML: no root element in the first 64 KiB")
    raise Unreadable(f"XML of a kind that is not read: root element <{name}>")
