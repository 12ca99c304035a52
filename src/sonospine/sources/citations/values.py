"""Values of citation fields in the form in which records hold them: numbers, pages, languages, names, types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sonospine.model.identifiers import normal_doi, normal_pmcid
from sonospine.sources.decoding import collapse, unescape
from sonospine.sources.identifiers import normal_language, normal_pmid, unique

_LANGUAGE_NAMES = {
    "arabic": "ara",
    "bosnian": "bos",
    "bulgarian": "bul",
    "catalan": "cat",
    "chinese": "chi",
    "croatian": "hrv",
    "czech": "cze",
    "danish": "dan",
    "dutch": "dut",
    "english": "eng",
    "estonian": "est",
    "farsi": "per",
    "finnish": "fin",
    "french": "fre",
    "german": "ger",
    "greek": "gre",
    "hebrew": "heb",
    "hungarian": "hun",
    "icelandic": "ice",
    "indonesian": "ind",
    "italian": "ita",
    "japanese": "jpn",
    "korean": "kor",
    "latvian": "lav",
    "lithuanian": "lit",
    "malay": "may",
    "mandarin": "chi",
    "norwegian": "nor",
    "persian": "per",
    "polish": "pol",
    "portuguese": "por",
    "romanian": "rum",
    "russian": "rus",
    "serbian": "srp",
    "slovak": "slo",
    "slovene": "slv",
    "slovenian": "slv",
    "spanish": "spa",
    "swedish": "swe",
    "thai": "tha",
    "turkish": "tur",
    "ukrainian": "ukr",
    "vietnamese": "vie",
}
_REGISTRATION = re.compile(
    r"\b(?:NCT\s?\d{8}|ISRCTN\s?\d{5,8}|ACTRN\s?\d{14}|ChiCTR[-\w]{4,20}|DRKS\s?\d{8}|CTRI/\d{4}/\d{2,3}/\d{6}"
    r"|IRCT\w{8,20}|JPRN-\w{5,20}|UMIN\s?\d{9}|jRCT\w{8,12}|KCT\s?\d{7}|NTR\s?\d{3,5}|PACTR\s?\d{10,16}"
    r"|RBR-\w{6,7}|TCTR\s?\d{11}|SLCTR/\d{4}/\d{3}|(?:EUCTR)?\d{4}-\d{6}-\d{2}(?:-[A-Z]{2})?)\b",
    re.IGNORECASE,
)
_DOI_START = re.compile(
    r"(?:(?:doi|digital object identifier)\b\W*|https?://(?:dx\.)?doi\.org/)?10\.\d{4,9}/", re.I
)
_DOI_ADDRESS = re.compile(r"https?://(?:dx\.)?doi\.org/(10\.\S+)", re.IGNORECASE)
_PMID = re.compile(
    r"(?:\bPMID\b\W{0,3}|pubmed(?:\.ncbi\.nlm\.nih\.gov)?/|\bpubmed\s+)([0-9]{1,8})\b|\b([0-9]{1,8}) ?\[pmid\]",
    re.I,
)
_PMCID = re.compile(r"\bPMC ?([0-9]{3,9})\b", re.IGNORECASE)
_TAGS = re.compile(r"</?(?:p|i|b|em|strong|sub|sup|inf|u|span|div|br|jats:\w+|style)\b[^<>]*>", re.IGNORECASE)


def plain(text: str) -> str:
    """Return a value without markup and entities, its white space collapsed."""
    return collapse(_TAGS.sub("", unescape(text))) if "<" in text or "&" in text else collapse(text)


def paragraphs(text: str) -> tuple[tuple[str, str], ...]:
    """Return the paragraphs of an abstract (blank lines divide them) as parts without a label."""
    found = (plain(part) for part in re.split(r"\n[ \t]*\n", text))
    return tuple(("", part) for part in found if part)


def doi_from(values: Iterable[str]) -> str:
    """Return the first DOI among fields that hold one as their value, or an address of one.

    A DOI within a longer text (a note, a reference) may be another publication's, so it is passed over.
    """
    for value in values:
        text = value.strip()
        found = _DOI_ADDRESS.match(text) or _DOI_START.match(text)
        if found and (doi := normal_doi(text.replace("%2F", "/").replace("%2f", "/"))):
            return doi
    return ""


def pmid_from(values: Iterable[str]) -> str:
    """Return the first PubMed number among texts that mark it as one (``PMID: 1``, ``1[pmid]``, an address)."""
    for value in values:
        if found := _PMID.search(value):
            return normal_pmid(found[1] or found[2])
    return ""


def pmcid_from(values: Iterable[str]) -> str:
    """Return the first PMC number among texts that mark it as one (``PMC1``)."""
    for value in values:
        if found := _PMCID.search(value):
            return normal_pmcid(found[1])
    return ""


def begins_with_registration(text: str) -> bool:
    """Tell whether a text begins with the number of a registration."""
    return _REGISTRATION.match(text.lstrip()) is not None


def registrations_in(values: Iterable[str]) -> tuple[str, ...]:
    """Return the registration numbers, of any registry, that stand in the texts, in order."""
    return unique(
        re.sub(r"\s", "", found.group()).upper() if found.group()[:3].upper() == "NCT" else found.group()
        for value in values
        for found in _REGISTRATION.finditer(value)
    )


def language_of(text: str) -> str:
    """Return the ISO 639-2 code of the first language named, by code (``en``, ``eng``) or English name."""
    for name in re.split(r"[;,/|\[\]().]| and ", text):
        word = name.strip().lower()
        if code := _LANGUAGE_NAMES.get(word) or normal_language(word):
            return code
    return ""


def pages_of(start: str, end: str) -> str:
    """Return the pages from first and last page; a first page that names both stays as it is."""
    first, last = collapse(start), collapse(end)
    if not first or not last or first == last or "-" in first:
        return first or last
    return f"{first}-{last}"


def divided(values: Iterable[str], pattern: str = r"\s*[;\n]\s*") -> tuple[str, ...]:
    """Return the distinct items of values that list several, in order."""
    return unique(plain(item) for value in values for item in re.split(pattern, value))


def each_plain(values: Iterable[str]) -> Iterator[str]:
    """Yield the values without markup, those left empty passed over."""
    for value in values:
        if text := plain(value):
            yield text
