"""Groups that a sentence on allocation lists with their sizes: "were randomised (22 to A, 18 to B)", "(A, n = 22; B, n = 18)"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sonospine.extraction.arm_labels import COUNT, count_of, words_of
from sonospine.extraction.arm_patterns import ALLOCATED, Candidate

_BRACKET = re.compile(r"[(\[](?P<inside>[^()\[\]]{5,160})[)\]]")
_SEPARATOR = re.compile(r"\s*(?:[,;]\s*(?:and\s+)?|\band\s+)")
_LABEL = r"(?P<label>[A-Za-z][\w+/.\-–' ]{0,50}?)"
_NUMBER_FIRST = re.compile(
    r"(?P<n>\d{1,5})\s+(?:(?:patients|participants|subjects|women|men|children)\s+)?(?:(?:were\s+)?(?:assigned\s+|allocated\s+)?(?:in)?to\s+|in\s+|received\s+|on\s+)?(?:the\s+|an?\s+)?"
    + _LABEL
)
_NUMBER_LAST = re.compile(_LABEL + r"\s*[:=]?\s+(?P<n>\d{1,5})")
_N_NAMED = re.compile(_LABEL + r"\s*[:,]?\s*[nN]\s*=\s*(?P<n>\d{1,5})")
_EVERYBODY = re.compile(rf"(?<![\w.,])(?P<n>{COUNT})(?![\w.,]\d)", re.IGNORECASE)
_NO_GROUP = re.compile(
    r"\b(?:male|female|men|man|women|woman|boys?|girls?|right|left|mean|median|age[ds]?|years?|months?|weeks?|days?|range|SD|"
    r"stage|grade|eyes?|knees?|hips?|excluded|withdr\w+|lost|dropped|declined|refused|died|completed)\b|%|\d\.\d",
    re.IGNORECASE,
)


def listed_with_sizes(sentence: str) -> Iterator[Candidate]:
    """Find groups listed with their sizes in a bracket behind words of allocation.

    Sizes that are not written "n = ..." must come to a number of people that the sentence names before the bracket:
    "(22 women, 18 men)" and lists of events are none.
    """
    allocated = ALLOCATED.search(sentence)
    if allocated is None:
        return
    for bracket in _BRACKET.finditer(sentence, allocated.end()):
        yield from _items(sentence, bracket.start("inside"), bracket.end("inside"))


def _items(sentence: str, start: int, end: int) -> Iterator[Candidate]:
    if _NO_GROUP.search(sentence, start, end):
        return
    spans = _spans(sentence, start, end)
    for pattern, named in ((_N_NAMED, True), (_NUMBER_FIRST, False), (_NUMBER_LAST, False)):
        found = [pattern.fullmatch(sentence, a, b) for a, b in spans]
        items = [item for item in found if item is not None]
        if named and len(items) < len(spans):
            items = [i for i in (pattern.fullmatch(sentence, a, b) for a, b in _paired(spans)) if i]
        elif len(items) < len(spans):
            continue
        labels = [item["label"].strip() for item in items]
        if len(items) < 2 or len({label.lower() for label in labels}) < len(items):
            continue
        if not all(words_of(label) for label in labels):
            continue
        if not named and sum(int(item["n"]) for item in items) not in _people(sentence[:start]):
            continue
        for item, label in zip(items, labels, strict=True):
            at = item.start("label")
            yield Candidate(
                "sized", label, at, at + len(label), "", item["n"], item.start("n"), item.end("n")
            )
        return


def _spans(sentence: str, start: int, end: int) -> list[tuple[int, int]]:
    spans, at = [], start
    for mark in _SEPARATOR.finditer(sentence, start, end):
        spans.append((at, mark.start()))
        at = mark.end()
    return [*spans, (at, end)]


def _paired(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join "A", "n = 22", "B", "n = 18" to two items."""
    if len(spans) % 2:
        return []
    return [(a, d) for (a, _), (_, d) in zip(spans[::2], spans[1::2], strict=True)]


def _people(text: str) -> frozenset[int]:
    counts = (count_of(found["n"]) for found in _EVERYBODY.finditer(text))
    return frozenset(int(n) for n in counts if n)
