"""What papers print of themselves besides DOIs: own registrations, PubMed ids, years, languages; names of files."""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata
from collections.abc import Iterable

from sonospine.model.identifiers import NCT

_REGISTERED = re.compile(
    r"regist|clinical\s?trials?\.gov|identifier|trial (?:number|no\b|id\b)|clinical trials? (?:number|no\b)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_LANGUAGES = {
    "ar": "ara",
    "cs": "cze",
    "da": "dan",
    "de": "ger",
    "el": "gre",
    "en": "eng",
    "es": "spa",
    "fa": "per",
    "fi": "fin",
    "fr": "fre",
    "he": "heb",
    "hr": "hrv",
    "hu": "hun",
    "it": "ita",
    "ja": "jpn",
    "ko": "kor",
    "nl": "dut",
    "no": "nor",
    "pl": "pol",
    "pt": "por",
    "ro": "rum",
    "ru": "rus",
    "sr": "srp",
    "sv": "swe",
    "th": "tha",
    "tr": "tur",
    "uk": "ukr",
    "vi": "vie",
    "zh": "chi",
}
_ENGLISH = frozenset(
    ["the", "of", "and", "in", "to", "was", "were", "with", "for", "is", "that", "from", "by", "on"]
)
REGISTRATION_REACH = 120


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """Return the values that are not empty, each once, in order of first appearance."""
    return tuple(dict.fromkeys(filter(None, values)))


def registered_in(text: str) -> tuple[str, ...]:
    """Return the registrations that stand near words of registration, and so are the report's own."""
    own = []
    for found in NCT.finditer(text):
        start = max(0, found.start() - REGISTRATION_REACH)
        if _REGISTERED.search(text, start, found.end() + REGISTRATION_REACH // 2):
            own.append(f"NCT{found[1]}")
    return unique(own)


def normal_pmid(text: str) -> str:
    """Return a PubMed id of digits, or an empty text."""
    text = text.strip()
    return text if len(text) <= 9 and text.isascii() and text.isdigit() else ""


def year_in(text: str) -> str:
    """Return the first year (1800 to 2099) of a text, or an empty text."""
    found = _YEAR.search(text)
    return found[1] if found else ""


@functools.lru_cache(maxsize=256)
def normal_language(text: str) -> str:
    """Return the ISO 639-2 code that PubMed uses for ``en``, ``en-GB`` or ``eng``; unknown codes stay."""
    code = text.strip().lower().replace("_", "-").split("-")[0]
    return _LANGUAGES.get(code, code if re.fullmatch(r"[a-z]{3}", code) else "")


def written_language(text: str) -> str:
    """Return ``eng`` where the common words of a text are English, else an empty text."""
    words = re.findall(r"[^\W\d_]+", text[:20_000].lower())
    return "eng" if len(words) >= 12 and sum(word in _ENGLISH for word in words) > len(words) * 0.08 else ""


def slug(path: str) -> str:
    """Return a path without its ending as lower-case letters and digits joined by hyphens."""
    stem = re.sub(r"\.[A-Za-z0-9]{1,8}$", "", path)
    plain = unicodedata.normalize("NFKD", stem).encode("ascii", "ignore").decode("ascii").lower()
    name = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:120].strip("-")
    # A name in another script leaves nothing to read: its hash still tells it from others.
    return name or "x" + hashlib.sha256(path.encode("utf-8", "replace")).hexdigest()[:10]
