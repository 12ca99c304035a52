"""People in sentences: lists of how many ("8, 9 and 9 patients"), and the part of the patients a sentence speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sonospine.extraction.arm_labels import COUNT, count_of
from sonospine.extraction.expressions import Expression, NumberSpan

_PERSONS = r"(?:patients|participants|subjects|women|men|children|people|individuals|cases)"
_LIST = r"(?<![\w.,·±/-])(?P<list>\d{1,4}(?:\s*,\s*(?:and\s+)?\d{1,4}(?![\d.,·]\d)|\s+and\s+\d{1,4}(?![\d.,·]\d))+)"
_OF_PEOPLE = re.compile(_LIST + rf"\s+(?:{_PERSONS}\b|of\s+(?:the\s+)?{_PERSONS}\b)", re.IGNORECASE)
_GOES_ON = re.compile(_LIST + r"\s+(?:of|in)\s+(?:the\s+)?(?:[Gg]roup|[\w-]+\s+group)\b")
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
    """Return lists of people as counts: "8, 9, 9 and 9 patients of group A and 5, 6, 5 and 5 of group B"."""
    found: list[Expression] = []
    position = 0
    while hit := (_GOES_ON if found else _OF_PEOPLE).search(text, position):
        found += _counts(hit)
        position = hit.end("list")
    return found


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
