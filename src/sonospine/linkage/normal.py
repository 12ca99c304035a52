"""Titles, names and identifiers in the form in which they are compared."""

from __future__ import annotations

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
_INITIALS = re.compile(r"[a-z]{1,3}")
# One spelling for what British and American editors write differently.
_SPELLING = (
    (re.compile(r"(?<=\w)iz(?=(e|es|ed|ing|ation|ations|er)\b)"), "is"),
    (re.compile(r"(?<=\w)yz(?=(e|es|ed|ing|er)\b)"), "ys"),
    (re.compile(r"aem(?=i)"), "em"),
    (re.compile(r"aes(?=th)"), "es"),
    (re.compile(r"(?<=h)aem"), "em"),
    (re.compile(r"paed(?=i)"), "ped"),
)


def plain(text: str) -> str:
    """Return text in lower case without accents and punctuation, in one spelling, words one space apart."""
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in decomposed if not unicodedata.combining(c)).lower()
    bare = bare.replace("&", " and ").replace("%", " percent ")
    words = " ".join(re.findall(r"[^\W_]+", bare))
    for pattern, replacement in _SPELLING:
        words = pattern.sub(replacement, words)
    return words


def nct(text: str) -> str:
    """Return a registration id in capitals; empty where there is none."""
    return next(iter(ncts_in(text)), "")


def pmcid(text: str) -> str:
    """Return a PMC id as ``PMC123``; empty where there is none."""
    digits = re.sub(r"[^0-9]", "", text.split(".")[0])
    return f"PMC{digits}" if digits else ""


def name_words(author: str) -> frozenset[str]:
    """Return the words of a name that are more than initials, whatever the order of its parts.

    A short family name (two letters, as in ``Lv Y``) is kept where it is not written in capitals alone.
    """
    words = {plain(word) for word in re.split(r"[\s,]+", author) if not _is_initials(word)}
    return frozenset(word for word in words if word)


def _is_initials(word: str) -> bool:
    letters = re.sub(r"[^\w]", "", word)
    return (
        not letters
        or letters.isdigit()
        or (letters.isupper() and _INITIALS.fullmatch(letters.lower()) is not None)
    )


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
