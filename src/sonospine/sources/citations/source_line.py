"""The line in which a database prints journal, year, volume, issue and pages together."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sonospine.sources.decoding import collapse
from sonospine.sources.identifiers import year_in


@dataclass(frozen=True, slots=True)
class Printed:
    """Where a publication stands, as far as a source line tells."""

    journal: str = ""
    year: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""


_LONGEST = 1000
# "Endoscopic Ultrasound (2014) 3:3 (152-160). Date of Publication: 2014": Embase
_EMBASE = re.compile(
    r"(?P<journal>.+?) \((?P<year>(?:19|20)\d\d)\) (?P<volume>[\w. -]+?)?(?::(?P<issue>[\w .-]+?))?"
    r"(?: \((?:pp )?(?P<pages>[\w.,; -]+)\)|\.|,|$)"
)
# "Behav Ther. 2022 Mar;53(2):334-347. doi: 10...": PubMed
_PUBMED = re.compile(
    r"(?P<journal>.+?)\. (?P<year>(?:19|20)\d\d)[^;]*;(?P<volume>[^(:;]*)(?:\((?P<issue>[^)]*)\))?:(?P<pages>[\w.-]+)"
)
# "Title.   28(2):103-106, April 2015.", "Title. 45 (3) (pp 12-30), 2019.", "Title. Vol 28(2) April 2015, 103-106."
_OVID = re.compile(
    r"(?P<journal>.+?)\.\s+(?:Vol\.? ?)?(?P<volume>\d[\w-]*)\s?(?:\((?P<issue>[^()]{1,30})\))?"
    r"(?::\s?(?P<pages>[\w.-]+)|\s?\(pp (?P<pp>[^()]+)\)|[^:]*?, (?P<last>\d+-\d+))?"
)


def place_in(line: str) -> Printed:
    """Return what a source line of Embase, PubMed or Ovid tells; of another form only the year and, alone, the journal."""
    text = collapse(line)[:_LONGEST]
    if not text:
        return Printed()
    found = _EMBASE.match(text) or _PUBMED.match(text) or _OVID.match(text)
    if not found:
        journal = text.split(". ")[0].rstrip(".")
        return Printed("" if journal[:1] in "(0123456789" else journal, year_in(text))
    parts = found.groupdict()
    pages = parts.get("pages") or parts.get("pp") or parts.get("last") or ""
    year = parts.get("year") or year_in(text[found.start("volume") :] if parts["volume"] else text)
    return Printed(
        parts["journal"] or "", year, parts["volume"] or "", parts["issue"] or "", pages.strip(" .")
    )
