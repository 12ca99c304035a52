"""Identifiers of articles and trials in the one form in which they are stored and compared."""

from __future__ import annotations

import re

_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>|\\^`{}]+", re.IGNORECASE)
_PLAIN_DOI = re.compile(r"10\.[0-9]{4,9}/[a-z0-9._/()-]*[a-z0-9]")
NCT = re.compile(r"\bNCT\s?([0-9]{8})\b", re.IGNORECASE)
"""A ClinicalTrials.gov number; its eight digits are the first group."""


def normal_doi(text: str) -> str:
    """Return a DOI in lower case without resolver or prefix, or an empty text where there is none."""
    lower = text.lower()
    if _PLAIN_DOI.fullmatch(lower):  # nearly all of them: nothing before or behind to take off
        return lower
    found = _DOI.search(text.strip())
    return _trimmed(found.group()) if found else ""


def dois_in(text: str) -> tuple[str, ...]:
    """Return the distinct DOIs of a text in order."""
    return tuple(dict.fromkeys(_trimmed(found.group()) for found in _DOI.finditer(text)))


def _trimmed(doi: str) -> str:
    doi = doi.rstrip(".,;:*'\u2019\u201d]")
    while doi.endswith(")") and doi.count("(") < doi.count(")"):
        doi = doi[:-1].rstrip(".,;:")
    return doi.lower()


def ncts_in(text: str) -> tuple[str, ...]:
    """Return the distinct ClinicalTrials.gov numbers of a text in order."""
    if "nct" not in text.lower():  # as in most texts; the pattern takes ten times as long to find none
        return ()
    return tuple(dict.fromkeys(f"NCT{found[1]}" for found in NCT.finditer(text)))


def normal_pmcid(text: str) -> str:
    """Return ``PMC123`` for ``PMC123``, ``123`` or ``PMC123.1``; empty where there is no such number."""
    found = re.fullmatch(r"(?:PMC)?([0-9]+)(?:\.[0-9]+)?", text.strip(), re.IGNORECASE)
    return f"PMC{found[1]}" if found else ""
