"""Labels of studies as forest plots print them: family name of the first author and year, made unique.

Where no author is known, a short English title stands in; where the title is in another language, the procedure.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping

from sonospine.model.record import Record
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


def labels(studies: list[Study], years: Mapping[str, str], subjects: Mapping[str, str]) -> dict[str, str]:
    """Return a label for each study; where several would share one, each gets a letter.

    Parameters
    ----------
    studies
        The studies.
    years
        Their years (empty: not known).
    subjects
        What each is about, in English: the label of its first procedure; those without one are left out.
    """
    plain: dict[str, list[str]] = defaultdict(list)
    for study in sorted(studies, key=_smallest):
        plain[f"{_name(study, subjects)} {years[study.study_id]}".strip()].append(study.study_id)
    taken: dict[str, str] = {}
    for label, ids in sorted(plain.items()):
        for position, study_id in enumerate(ids):
            taken[study_id] = label if len(ids) == 1 else _lettered(label, _letters(position))
    return taken


def _lettered(label: str, letters: str) -> str:
    return f"{label}{letters}" if label[-1:].isdigit() else f"{label} ({letters})"


def _smallest(study: Study) -> str:
    return min(record.record_id for report in study.reports for record in report.records)


def _english(record: Record) -> bool:
    """Tell whether a title can pass for English: Latin letters, and plain ones where the record is in another language."""
    foreign = record.language not in ("", "en", "eng")
    return record.title.isascii() if foreign else _latin(record.title)


def _latin(text: str) -> bool:
    return all(
        "LATIN" in unicodedata.name(c, "") for c in text if unicodedata.category(c) in ("Lu", "Ll", "Lo")
    )


def _letters(position: int) -> str:
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


def _name(study: Study, subjects: Mapping[str, str]) -> str:
    for record in study.records:
        if record.kind != "registration" and record.authors and _latin(record.authors[0]):
            return family_name(record.authors[0])
    titled = [record for record in study.records if record.title]
    subject = subjects.get(study.study_id, "")
    if subject and titled and not any(_english(record) for record in titled):
        return f"Study of {subject if subject[1:2].isupper() else subject[:1].lower() + subject[1:]}"
    title = next((r.title for r in (*filter(_english, titled), *titled)), study.study_id)
    title = title.strip(" .,:;")
    if len(title) <= _SHORT_TITLE:
        return title
    short = title[:_SHORT_TITLE].rpartition(" ")[0] or title[:_SHORT_TITLE]
    return f"{short.rstrip(' .,:;')} …"
