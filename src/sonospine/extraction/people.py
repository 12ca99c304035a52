"""People in sentences: lists of how many ("8, 9 and 9 patients"), and the part of the patients a sentence speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sonospine.extraction.arm_labels import COUNT, count_of
from sonospine.extraction.expressions import Expression, NumberSpan, has_digit

_PERSONS = r"(?:patients|participants|subjects|women|men|children|people|individuals|cases)"
_LIST = r"(?<![\w.,·±/-])(?P<list>\d{1,4}(?:\s*,\s*(?:and\s+)?\d{1,4}(?![\d.,·]\d)|\s+and\s+\d{1,4}(?![\d.,·]\d))+)"
_OF_PEOPLE = re.compile(_LIST + rf"\s+(?:{_PERSONS}\b|of\s+(?:the\s+)?{_PERSONS}\b)", re.IGNORECASE)
_GOES_ON = re.compile(_LIST + r"\s+(?:of|in)\s+(?:the\s+)?(?:[Gg]roup|[\w-]+\s+group)\b")
_SPLIT = re.compile(
    r"\b(?P<total>\d{1,4})\s+(?P<what>(?:(?!of\b|in\b|and\b)[a-z][\w-]*\s+){1,4})\(\s*(?P<one>\d{1,4})\s+(?:in|of|with|from|on)\s+[^();%]{2,60}?"
    r"(?:,|\band|;)\s+(?P<other>\d{1,4})\s+(?:in|of|with|from|on)\s+[^();%]{2,60}\)"
)
_NOBODY = re.compile(
    r"\b(?P<all>(?P<no>[Nn]o)\s+(?:(?!(?:was|were|have|has|had|significan\w*|differ\w*|chang\w*|correlat\w*|associat\w*|evidence|trend)\b)"
    r"[a-z][\w-]*(?:\s+(?=[a-z]))){1,6}?)(?:(?:was|were|have been|has been|had been)\s+)?"
    r"(?:reported|observed|noted|seen|found|recorded|detected|encountered|occurred|developed)\b"
)
_THERE_WERE_NONE = re.compile(
    r"\b[Tt]here\s+(?:was|were)\s+(?P<all>(?P<no>no)\s+(?!effects?\b)"
    r"(?:(?!(?:significan\w*|differ\w*|chang\w*|correlat\w*|associat\w*|interaction\w*|evidence|trend)\b)"
    r"[a-z][\w-]*(?:\s+(?=[a-z]))?){1,4}?)(?=\s+(?:in|during|among|of)\b|\s*[.,;])"
)
# In every match of the two expressions above, and in every list.
_NO = re.compile(r"[Nn]o\s")
_LISTS = re.compile(r"\d\s*(?:,|(?i:and)\b)")
_SHARE_OF = re.compile(r"\s+of\s+(?:the\s+)?(?:[a-z][\w-]*\s+){1,3}[(\[]\s*", re.IGNORECASE)
_NUMBER_OF = re.compile(
    rf"\b(?:[Nn]umbers?|[Nn]o\.)\s+of\s+(?:the\s+)?(?:{_PERSONS}|episodes|events|attacks)\b(?!\s+per\b)(?:[^.;]|\.(?=\d))*$"
)
_LEAD = re.compile(
    rf"\b(?:[Ii]n|[Oo]f|[Ff]or|[Aa]mong)\s+the\s+(?P<n>{COUNT})\s+{_PERSONS}\s+(?:who\s+(?:had|received|underwent|got|were\s+given)|with|given)\s+"
    r"(?:the\s+|an?\s+)?(?P<what>[\w-]+(?:\s+(?!the\b)[\w-]+){0,2}?)(?=,|\s+the\b)",
)


@dataclass(frozen=True, slots=True)
class Subgroup:
    """The part of the patients of a study that a sentence names at its head, with its n and where that stands."""

    start: int
    end: int
    label: str
    n: str
    n_start: int
    n_end: int


def listed_people(text: str) -> list[Expression]:
    """Return lists of people as counts: "8, 9, 9 and 9 patients of group A and 5, 6, 5 and 5 of group B".

    Events that a bracket divides between two groups are counts too.
    """
    splits = _SPLIT.finditer(text) if "(" in text and has_digit(text) else ()
    found: list[Expression] = [e for split in splits for e in _parts_of_sum(split)]
    for nobody in (*_NOBODY.finditer(text), *_THERE_WERE_NONE.finditer(text)) if _NO.search(text) else ():
        span = NumberSpan(nobody.start("no"), nobody.end("no"), "0")
        end = span.start + len(nobody["all"].rstrip())
        found.append(Expression(span.start, end, "count", "0", numbers=(span,), explicit=True))
    if not _LISTS.search(text):
        return found
    position = 0
    while hit := (_GOES_ON if position else _OF_PEOPLE).search(text, position):
        found += _counts(hit)
        position = hit.end("list")
    return found


def counts_people(text: str, position: int) -> bool:
    """Tell whether a number is how many people there were: "the number of patients requiring X was 8 ... and 16"."""
    return _NUMBER_OF.search(text, 0, position) is not None


def _parts_of_sum(split: re.Match[str]) -> Iterator[Expression]:
    """Read "54 live births (32 in the A group and 22 in the B group)": the sum proves what the numbers are."""
    if int(split["one"]) + int(split["other"]) != int(split["total"]) or re.search(_PERSONS, split["what"]):
        return
    for name in ("one", "other"):
        span = NumberSpan(split.start(name), split.end(name), split[name])
        yield Expression(span.start, span.end, "count", span.text, numbers=(span,), explicit=True)


def _counts(hit: re.Match[str]) -> Iterator[Expression]:
    for number in re.finditer(r"\d+", hit["list"]):
        start, end = hit.start("list") + number.start(), hit.start("list") + number.end()
        span = NumberSpan(start, end, number.group())
        yield Expression(start, end, "count", number.group(), numbers=(span,), explicit=True)


def subgroup_of(text: str) -> Subgroup | None:
    """Find "In the 45 patients who had X the score ...": what follows is about them."""
    found = _LEAD.search(text)
    if found is None:
        return None
    n = count_of(found["n"])
    return Subgroup(found.start(), found.end(), found["what"], n, found.start("n"), found.end("n"))


def with_their_fractions(text: str, expressions: Sequence[Expression]) -> list[Expression]:
    """Join a percentage to the fraction that a bracket behind it gives: "33 % of patients (25/75)" is one count."""
    kept: list[Expression] = []
    for expression in expressions:
        last = kept[-1] if kept else None
        if last is not None and last.centre == "percent" and _is_its_fraction(text, last, expression):
            kept[-1] = replace(
                expression,
                centre="count",
                percent=last.value,
                explicit=True,
                flags=tuple(f for f in expression.flags if f != "score_or_count"),
            )
        else:
            kept.append(expression)
    return kept


def _is_its_fraction(text: str, percent: Expression, fraction: Expression) -> bool:
    if not fraction.total or not fraction.value.isdigit() or int(fraction.total) == 0:
        return False
    if _SHARE_OF.fullmatch(text, percent.end, fraction.start) is None:
        return False
    return abs(100 * int(fraction.value) / int(fraction.total) - float(percent.value)) <= 1.0
