"""Sizes of arms that stand apart from their labels, and how many people took part."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sonospine.extraction.alternatives import folded, holds
from sonospine.extraction.arm_labels import COUNT, count_of
from sonospine.extraction.arm_patterns import ALLOCATED, ALLOCATION

# A size stands alone: it is no part of a decimal number, a spread, a range or a threshold.
_ALONE = r"(?=[\dtofsen])\b(?<![\w.,·±/<>≤≥])(?<![±<>≤≥]\s)(?<!\d[-–])(?<!\d\s[-–]\s)(?<!\d\s)"
_PERSONS = r"(?:patients|participants|subjects|women|men|children|cases|rats)"
_EACH = re.compile(
    rf"(?:{_ALONE}(?P<n>{COUNT})\s*(?P<who>{_PERSONS})?\s*(?:were\s+)?(?:required\s+|needed\s+|included\s+|enrolled\s+|allocated\s+)?(?:(?:in|per|for|to)\s+(?:each|every|both)\s+(?:of\s+the\s+)?(?:\w+\s+)?(?:groups?|arms?)|per\s+(?:\w+\s+)?(?:group|arm)\b)"
    rf"|\bgroups?\s+of\s+(?P<m>{COUNT})(?![.,·]\d)(?:\s+{_PERSONS})?(?:\s+each)?\b|{_ALONE}(?P<k>{COUNT})\s+(?:{_PERSONS}\s+)?(?:in\s+)?each\b|[nN]\s*=\s*(?P<j>\d+)\s*(?:,\s*)?(?:in\s+|for\s+|per\s+)?(?:each|both|group\b))",
    re.IGNORECASE,
)
_EACH_WORDS = ("each", "every", "both", "group", "arm")
_PER = re.compile(r"\bper\s+(?!each|every|both)", re.IGNORECASE)
# "64 patients per group would give a power of 90 %" plans a size.
_NEEDED = re.compile(
    r"\b(?:power|detect|require\w*|need\w*|sample\s+size|estimat\w*|calculat\w*|aim\w*)\b", re.I
)
_OF_GROUP = re.compile(
    rf"{_ALONE}(?P<n>{COUNT})(?P<how>\s+(?:\(\d[\d.]*\s*%\)\s*)?(?:(?:of\s+them|of\s+whom|eligible|patients|participants|subjects|women|men|children|cases)\s*,?\s*)*(?:\(?\d[\d.]*\s*%\)?\s*)?"
    r"(?:(?:were|was)\s+)?(?:(?:randomly\s+)?(?:randomi[sz]ed|assigned|allocated|analy[sz]ed|included|enrolled|remained|in)\s+)?"
    r"(?:to\s+receive|to\s+undergo|receiv\w+|had|got|were\s+given|underwent|to\s+have|in(?:to)?|to)\s+(?:the\s+|an?\s+)?)(?=(?P<arm>[^.;,()]{1,60}))",
    re.IGNORECASE,
)
_OF_PEOPLE = re.compile(
    r"\b(?:of\s+them|of\s+whom|patients|participants|subjects|women|men|children|cases|received|had|underwent|given)\b",
    re.I,
)
_ANALYSED = re.compile(
    r"\b(?:randomi[sz]ed|assigned|allocated|analy[sz]ed|included|enrolled|to\s+receive|to\s+undergo)\b", re.I
)
# "group 1 had heat": the number is the name of a group.
_CODE_OF = re.compile(r"\b(?:groups?|arms?)\s$", re.IGNORECASE)
_EACH_OF_THEM = re.compile(r"(?:each|every|both|either)\b", re.IGNORECASE)
_TO = re.compile(r"\b(?:in)?to\s+(?:the\s+|an?\s+)?$", re.IGNORECASE)
_GIVEN = re.compile(
    r"\b(?:patients|participants|subjects)\b.*\b(?:received|were\s+given|underwent)\b", re.IGNORECASE
)
_DEALT = re.compile(
    r"\b(?:randomi[sz]ed|allocated|assigned|enrolled)\b[^.;()\d]{0,60}\((?P<parts>\d{1,5}\s[^()]{3,160})\)",
    re.IGNORECASE,
)
_DEALT_PART = re.compile(
    r"(?P<n>\d{1,5})\s+(?:(?:to|in|into|received)\s+)?(?:the\s+)?(?P<arm>[A-Za-z][^,;()\d]{1,60}?)(?:\s*(?:[,;]|\band\b)\s*(?:and\s+)?|$)",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    rf"{_ALONE}(?P<n>{COUNT})\s+(?:(?!weeks?|months?|years?|days?|hours?|min|mg|ml|groups?\b)[\w\-]+\s+){{0,4}}?(?:patients|participants|subjects|women|men|children|adults|individuals|volunteers|parturients|cases)\b",
    re.IGNORECASE,
)


def each_size(text: str) -> tuple[str, int, int] | None:
    """Find the n that every arm has ("60 in each group", "three groups of 20 each").

    A number without people or allocation beside it is a value: "the score was 3 in both groups".
    """
    if not holds(folded(text), _EACH_WORDS):
        return None
    for found in _EACH.finditer(text):
        name = next(k for k in ("n", "m", "k", "j") if found[k])
        around = text[max(0, found.start() - 100) : found.end()]
        if _PER.search(found[0]) and _NEEDED.search(text, max(text.rfind(". ", 0, found.start()), 0)):
            continue
        told = name in "mj" or found["who"] or ALLOCATION.search(around) or re.search(_PERSONS, found[0])
        n = count_of(found[name])
        if told and n and int(n) > 1:
            return n, found.start(name), found.end(name)
    return None


def arm_sizes(text: str, *, planned: bool) -> Iterator[tuple[str, str, int, int]]:
    """Find "fourteen patients had X and eighteen had Y": the words after n, n, start and end of n.

    ``planned`` tells that the text is a plan (methods): there any people in a group are its size. In results they
    may be those who had an event, so only people randomised, allocated or analysed are.
    """
    for found in _OF_GROUP.finditer(text):
        n = count_of(found["n"])
        if (
            not n
            or _EACH_OF_THEM.match(found["arm"])
            or _CODE_OF.search(text[max(0, found.start() - 8) : found.start()])
        ):
            continue
        if not (
            planned or _ANALYSED.search(found["how"]) or _dealt_out(text, found) or _sent_to(text, found)
        ):
            continue
        before = text[max(0, found.start() - 80) : found.start()]
        if not (
            _sent_to(text, found)
            or _OF_PEOPLE.search(found["how"])
            or _ANALYSED.search(found["how"])
            or (ALLOCATION.search(before) and not re.search(r"\d\s*±", before))
        ):
            continue
        words = re.split(
            r"\b(?:and|or|while|at|for)\b|\s(?=in\s+(?:the\s+)?\w+\s*(?:group)?\b)", found["arm"]
        )[0]
        yield words.strip(), n, found.start("n"), found.end("n")


def _sent_to(text: str, found: re.Match[str]) -> bool:
    """Tell whether people were allocated "to" a group in a sentence on allocation: "... 98 to A and 96 to B"."""
    if not _TO.search(found["how"]):
        return False
    start = max(text.rfind(". ", 0, found.start()), 0)
    return ALLOCATED.search(text, start, found.end()) is not None


def bracketed_sizes(text: str) -> Iterator[tuple[str, str, int, int]]:
    """Find "60 were randomised (31 heat and 29 cold)": the words after n, n, start and end of n."""
    for bracket in _DEALT.finditer(text):
        found = list(_DEALT_PART.finditer(text, bracket.start("parts"), bracket.end("parts")))
        if len(found) >= 2 and "".join(part.group() for part in found) == bracket["parts"]:
            for part in found:
                yield part["arm"].strip(), part["n"], part.start("n"), part.end("n")


def _dealt_out(text: str, found: re.Match[str]) -> bool:
    """Tell whether a sentence gives what each group received: "10 patients received A, and 4 patients received B"."""
    if not _GIVEN.search(found["how"]):
        return False
    start = max(text.rfind(". ", 0, found.start()), text.rfind(": ", 0, found.start()), 0)
    end = text.find(". ", found.end())
    sentence = text[start : end if end >= 0 else len(text)]
    return sum(bool(_GIVEN.search(other["how"])) for other in _OF_GROUP.finditer(sentence)) == 2


def total_sizes(text: str) -> Iterator[tuple[str, int, int]]:
    """Find counts of people ("Twenty-six patients with ..."): n, start, end."""
    for found in _TOTAL.finditer(text):
        n = count_of(found["n"])
        if n and int(n) > 0:
            yield n, found.start("n"), found.end("n")
