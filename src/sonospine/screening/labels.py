"""Labels of studies as forest plots print them: family name of the first author and year, made unique."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from sonospine.screening.study import ARTICLES, Study

_PARTICLES = frozenset(
    (
        "van",
        "von",
        "de",
        "der",
        "den",
        "del",
        "della",
        "di",
        "da",
        "dos",
        "du",
        "la",
        "le",
        "ter",
        "ten",
        "al",
        "el",
    )
)
_SHORT_TITLE = 36


def family_name(author: str) -> str:
    """Return the family name: ``Yingying Lv``, ``Lv Y``, ``Lv, Yingying`` and ``Lv`` all give ``Lv``."""
    if "," in author:
        return author.partition(",")[0].strip()
    words = author.split()
    while len(words) > 1 and re.fullmatch(r"(?:Jr|Sr|II|III|PhD|MD|[*†‡§\d]+)\.?", words[-1]):
        words.pop()
    if len(words) > 1 and re.fullmatch(r"(?:[A-Z]\.?-?){1,3}", words[-1]):
        return " ".join(words[:-1])
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in _PARTICLES:
        start -= 1
    return " ".join(words[start:]) if words else ""


def year_of(study: Study) -> str:
    """Return the year of the earliest article, else of the earliest report; empty where unknown."""
    for kinds in (ARTICLES, ("protocol", "registration"), ("news", "erratum", "notice")):
        years = [r.year for report in study.reports if report.kind in kinds for r in report.records]
        known = sorted(year for year in years if year.isdigit())
        if known:
            return known[0]
    return ""


def labels(studies: list[Study], years: Mapping[str, str]) -> dict[str, str]:
    """Return a label for each study; where several would share one, each gets a letter."""
    plain: dict[str, list[str]] = defaultdict(list)
    for study in sorted(studies, key=_smallest):
        plain[f"{_name(study)} {years[study.study_id]}".strip()].append(study.study_id)
    taken: dict[str, str] = {}
    for label, ids in sorted(plain.items()):
        for position, study_id in enumerate(ids):
            taken[study_id] = label if len(ids) == 1 else f"{label}{_letters(position)}"
    return taken


def _smallest(study: Study) -> str:
    return min(record.record_id for report in study.reports for record in report.records)


def _letters(position: int) -> str:
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


def _name(study: Study) -> str:
    for record in study.records:
        if record.kind != "registration" and record.authors:
            return family_name(record.authors[0])
    title = next((record.title for record in study.records if record.title), study.study_id)
    title = title.strip(" .,:;")
    if len(title) <= _SHORT_TITLE:
        return title
    short = title[:_SHORT_TITLE].rpartition(" ")[0] or title[:_SHORT_TITLE]
    return f"{short.rstrip(' .,:;')} …"
