"""People in sentences: lists of how many ("8, 9 and 9 patients"), and the part of the patients a sentence speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sonospine.extraction.alternatives import folded, holds
from sonospine.extraction.arm_labels import COUNT, count_of
from sonospine.extraction.expressions import Expression, NumberSpan, has_digit

_PERSONS = r"(?:patients|participants|subjects|women|men|children|people|individuals|cases)"
_PERSON = (
    r"(?:patients?|participants?|subjects?|wom[ae]n|m[ae]n|child(?:ren)?|people|persons?|individuals?|cases?)"
)
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
_NO_PERSON = re.compile(
    rf"\b(?P<all>(?P<no>[Nn]one\s+of\s+(?:the|our|these)|[Nn]o)\s+(?:[a-z][\w-]*\s+)?{_PERSON})\s+"
    r"(?:(?:in|of|from)\s+(?:either|any|both|the\s+two)\s+(?:of\s+the\s+)?(?:\w+\s+)?(?:groups?|arms?)\s+)?"
    r"(?=(?:had|has|have|developed|experienced|reported|suffered|required|needed|showed|exhibited|presented|died|withdrew|discontinued|"
    r"dropped\s+out|relapsed|complained|received)\b)"
)
_WITHOUT_ANY = re.compile(
    rf"\b[Aa]ll\s+(?:of\s+)?(?:the\s+)?(?:[\d,]+\s+)?(?:[a-z][\w-]*\s+)?{_PERSON}\s+(?![^.;]*\b(?:differ\w*|chang\w*)\b)[^.;,]{{0,80}}?"
    r"\b(?P<all>(?P<no>without)\s+any\s+[a-z][\w-]*(?:\s+[a-z][\w-]*){0,2})"
)
# In every match of the expressions above that begin with a no, and in every list.
_NO = re.compile(r"[Nn]o(?:ne)?\s")
_LISTS = re.compile(r"\d\s*(?:,|(?i:and)\b)")
_NUMBER_OF = re.compile(
    rf"\b(?:[Nn]umbers?|[Nn]o\.)\s+of\s+(?:the\s+)?(?:{_PERSONS}|episodes|events|attacks)\b(?!\s+per\b)(?:[^.;]|\.(?=\d))*$"
)
_LEAD = re.compile(
    rf"\b(?:[Ii]n|[Oo]f|[Ff]or|[Aa]mong)\s+the\s+(?P<n>{COUNT})\s+{_PERSONS}\s+(?:who\s+(?:had|received|underwent|got|were\s+given)|with|given)\s+"
    r"(?:the\s+|an?\s+)?(?P<what>[\w-]+(?:\s+(?!the\b)[\w-]+){0,2}?)(?=,|\s+the\b)",
)


def nobody_told(text: str, position: int) -> int | None:
    """Return where the words that say "none of the patients" end, where a zero at ``position`` is that of everybody.

    What nobody had or did stands behind them; behind "without" in "all patients finished without any pain".
    """
    for pattern in (_NO_PERSON, _WITHOUT_ANY):
        for hit in pattern.finditer(text):
            if hit.start("no") == position:
                return hit.end() if pattern is _NO_PERSON else hit.end("no")
    return None


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
    for nobody in _nobodies(text):
        span = NumberSpan(nobody.start("no"), nobody.start("no") + len(nobody["no"].split()[0]), "0")
        end = span.start + len(nobody["all"].rstrip())
        found.append(Expression(span.start, end, "count", "0", numbers=(span,), explicit=True))
    if not _LISTS.search(text):
        return found
    position = 0
    while hit := (_GOES_ON if position else _OF_PEOPLE).search(text, position):
        found += _counts(hit)
        position = hit.end("list")
    return found


def _nobodies(text: str) -> Iterator[re.Match[str]]:
    starts = _NO.search(text) is not None
    patterns = (_NO_PERSON,) if starts else ()
    if "without" in text:
        patterns = (*patterns, _WITHOUT_ANY)
    everybody = [hit for pattern in patterns for hit in pattern.finditer(text)]
    yield from everybody
    taken = {hit.start("no") for hit in everybody}
    for pattern in (_NOBODY, _THERE_WERE_NONE) if starts else ():
        yield from (hit for hit in pattern.finditer(text) if hit.start("no") not in taken)


_WOMEN, _MEN = re.compile(r"\b(?:women|females)\b", re.I), re.compile(r"\b(?:men|males)\b", re.I)
_WORDS_OF_WOMEN = ("women", "females")
_SEX = re.compile(r"\b(?P<sex>women|females|men|males)\b", re.IGNORECASE)
_COUNTED_SEX = re.compile(
    r"\d[\d.)%]*\s*(?:women|females|men|males)\b|\b(?:women|females|men|males)\b(?:\s*[:=(]|\s*(?:,|and|or|/)\s*(?:women|females|men|males)\b)",
    re.IGNORECASE,
)
_IN_SEX = re.compile(
    r"\s*(?:[a-z%]{1,8}\s+)?(?:in|for|among)\s+(?:the\s+)?(?P<sex>women|females|men|males)\b", re.IGNORECASE
)


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


def sex_of(text: str, start: int, end: int, around: str) -> str:
    """Return the sex that a value from ``start`` to ``end`` of a sentence is of; empty where it is of everyone.

    ``around`` is the paragraph: only where it tells women and men apart is a value that of a part of the patients.
    """
    if not holds(folded(around), _WORDS_OF_WOMEN) or not (_WOMEN.search(around) and _MEN.search(around)):
        return ""
    behind = _IN_SEX.match(text, end)
    named = [behind] if behind else list(_SEX.finditer(text, 0, start))
    if not named or _COUNTED_SEX.search(text, 0, start if not behind else 0):
        return ""
    return "women" if _WOMEN.fullmatch(named[-1]["sex"]) else "men"
