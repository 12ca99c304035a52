"""Publication types: what the codes and words of databases mean in the words of PubMed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sonospine.sources.citations.values import divided, plain
from sonospine.sources.identifiers import unique

_CODES = {
    "ABST": "Abstract",
    "BOOK": "Book",
    "CHAP": "Book Chapter",
    "CONF": "Conference Proceeding",
    "CPAPER": "Conference Paper",
    "DATA": "Dataset",
    "EBOOK": "Book",
    "ECHAP": "Book Chapter",
    "EDBOOK": "Book",
    "EJOUR": "Journal Article",
    "ELEC": "Web Page",
    "GOVDOC": "Government Document",
    "INPR": "Journal Article",
    "JFULL": "Journal",
    "JOUR": "Journal Article",
    "MGZN": "Newspaper Article",
    "NEWS": "Newspaper Article",
    "PAT": "Patent",
    "RPRT": "Report",
    "THES": "Thesis",
    "UNPB": "Unpublished Work",
}
_UNTOLD = frozenset(("GEN", "GENERIC", "OTHER", "UNKNOWN", "MISC", "J", "K"))
_WORDS = {
    "retracted": "Retracted Publication",
    "retracted article": "Retracted Publication",
    "retraction": "Retraction of Publication",
    "retraction notice": "Retraction of Publication",
    "meeting abstract": "Meeting Abstract",
    "conference abstract": "Conference Abstract",
    "trial registry record": "Trial Registry Record",
}
_NOTED = re.compile(
    r"journal article|review|systematic review|meta-analysis|(?:randomized )?controlled (?:clinical )?trial|randomized"
    r" controlled trial|clinical trial(?:, phase [iv]+)?|multicenter study|comparative study|observational study"
    r"|case reports|editorial|letter|comment|published erratum|retracted publication|retraction of publication"
    r"|expression of concern|clinical trial protocol|pragmatic clinical trial|validation study|evaluation study"
    r"|congress|news|practice guideline|guideline|twin study|video-audio media|research support, .+",
    re.IGNORECASE,
)


def types_of(codes: Iterable[str], words: Iterable[str] = (), notes: Iterable[str] = ()) -> tuple[str, ...]:
    """Return publication types.

    Parameters
    ----------
    codes
        Types of reference (``JOUR``), or words in their place.
    words
        Types in the words of the database (``Article; Early Access``).
    notes
        Notes, lines of which may be types as PubMed writes them: so EndNote keeps them.
    """
    named = [_CODES.get(code.upper(), code) for code in map(plain, codes) if code.upper() not in _UNTOLD]
    noted = [line for note in notes for line in note.split("\n") if _NOTED.fullmatch(line.strip())]
    spoken = (re.sub(r":\s+PDF Only\b", "", word).rstrip(". ") for word in divided(words))
    said = [_WORDS.get(word.lower(), word) for word in spoken if re.search(r"[^\W\d_]", word)]
    return unique((*said, *(plain(line) for line in noted), *named))
