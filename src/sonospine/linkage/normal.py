"""Titles, names and identifiers in the form in which they are compared."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Any

from sonospine.model.identifiers import ncts_in, normal_doi
from sonospine.model.record import Record

REVIEW_TYPES = frozenset(
    {"review", "systematic review", "meta-analysis", "scoping review", "network meta-analysis"}
)
_REVIEW_TITLE = re.compile(
    r"\b(systematic|scoping|narrative|umbrella|technical) review\b|\bmeta ?analys[ei]s\b|\breview of\b"
)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,80}>")
_SIGNS = str.maketrans(
    {
        "®": "",
        "™": "",
        "©": "",
        "ß": "ss",
        "ø": "o",
        "Ø": "O",
        "æ": "ae",
        "Æ": "AE",
        "œ": "oe",
        "Œ": "OE",
        "ł": "l",
    }
    | {"Ł": "L", "đ": "d", "ı": "i", "&": " and ", "%": " percent ", "'": "", "\u2019": "", "\u2018": ""}
    | {letter: unicodedata.name(letter).split()[-1].lower() for letter in "αβγδεζηθικμνξοπρςστυφχψω"}
    | {"λ": "lambda"}
)
# One spelling for what British and American editors write differently; applied to both sides of a comparison, so
# that a word it changes beyond need does no harm. Numbers (four) are left alone.
_SPELLING = (
    (re.compile(r"(?<=\w\w)(?:ae|oe)|(?:ae|oe)(?=\w{4})"), "e"),
    (re.compile(r"z"), "s"),
    (re.compile(r"(?<=\w\w\w)our(?=s?\b|ed\b|al\b|able\b|ing\b)"), "or"),
    (re.compile(r"(?<=\w\w)([bt])re(?=s?\b)"), r"\1er"),
    (re.compile(r"(?<=[a-z]{3})ll(?=(?:ed|ing)\b)"), "l"),
    (re.compile(r"\bsulph"), "sulf"),
    (re.compile(r"\bleuco"), "leuko"),
    (re.compile(r"programme\b"), "program"),
)


def plain(text: str) -> str:
    """Return text in lower case without markup, accents and punctuation, in one spelling, words one space apart."""
    words = bare_words(text)
    for pattern, replacement in _SPELLING:
        words = pattern.sub(replacement, words)
    return words


def bare_words(text: str) -> str:
    """Return text in lower case without markup, accents and punctuation, words one space apart."""
    bare = _TAG.sub("", html.unescape(html.unescape(text))) if "<" in text or "&" in text else text
    decomposed = unicodedata.normalize("NFKD", bare.translate(_SIGNS))
    low = "".join(c for c in decomposed if not unicodedata.combining(c)).lower().translate(_SIGNS)
    return " ".join(re.findall(r"[^\W_]+", low))


def nct(text: str) -> str:
    """Return a registration id in capitals; empty where there is none."""
    return next(iter(ncts_in(text)), "")


def pmcid(text: str) -> str:
    """Return a PMC id as ``PMC123``; empty where there is none."""
    digits = re.sub(r"[^0-9]", "", text.split(".")[0])
    return f"PMC{digits}" if digits else ""


def own_registrations(record: Record) -> tuple[str, ...]:
    """Return the ids of a record's own registrations, aliases of a registration included, sorted."""
    aliases = registry_list(record, "identificationModule", "nctIdAliases")
    return tuple(sorted({nct(text) for text in (*record.nct, *map(str, aliases))} - {""}))


def registry_list(record: Record, module: str, name: str) -> list[Any]:
    """Return a list of a module of the registry's protocol; empty where it is missing or of another kind."""
    here: Any = record.registry
    for key in ("protocolSection", module, name):
        here = here.get(key) if isinstance(here, dict) else None
    return here if isinstance(here, list) else []


def cited_registrations(record: Record) -> tuple[str, ...]:
    """Return the ids of the registrations that a record only mentions, sorted."""
    return tuple(sorted({nct(text) for text in record.nct_cited} - {""} - set(own_registrations(record))))


def cited_dois(record: Record) -> tuple[str, ...]:
    """Return the DOIs that a record mentions, its own left out, sorted."""
    return tuple(sorted({normal_doi(text) for text in record.dois_cited} - {"", normal_doi(record.doi)}))


def is_review(record: Record) -> bool:
    """Tell whether a record is a review or a meta-analysis, by its publication types or its title."""
    types = {text.strip().lower() for text in record.types}
    return bool(types & REVIEW_TYPES) or _REVIEW_TITLE.search(plain(record.title)) is not None
