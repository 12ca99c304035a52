"""Where sentences and the parts of lists begin and end: rules for trial reports, with their abbreviations and numbers."""

from __future__ import annotations

import functools
import itertools
import re

# A full stop after one of these ends no sentence ("Fig. 2", "vs. 3.1", "approx. 5").
_NO_END = re.compile(
    r"(?:^|[\s(\[])(?:figs?|tabs?|eqs?|refs?|no|nos|vs|v|cf|ca|approx|resp|incl|excl|etc|al|dr|drs|prof|mr|mrs|ms|st|e\.?g|"
    r"i\.?e|i\.?v|i\.?m|s\.?c|p\.?o|a\.?m|p\.?m|b\.?i\.?d|t\.?i\.?d|q\.?d|min|max|avg|inc|ltd|co|corp|dept|univ|vol|pp|ed|eds|"
    r"suppl|wk|wks|mo|mos|yr|yrs|hr|hrs|sec|secs|wt|dia|inj|s\.?d|s\.?e|s\.?e\.?m)\.$",
    re.IGNORECASE,
)
_INITIAL = re.compile(r"(?:^|[\s(])[A-Z]\.$")
_CANDIDATE = re.compile(r"[.!?][\"'”’)\]]*(?=\s)|[.!?](?=[A-Z][a-z]{2})")
# Arms, times and results ask for the sentences of the same passage one after another.
_KEPT = 256
_LIST_MARKS = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+")
_NEXT = re.compile(r"\s*[\"'“‘(\[]*(?P<first>\S)")


def sentence_starts(text: str) -> list[int]:
    """Return where sentences start: not after "Fig.", "vs.", an initial, or inside "p < 0. 05"."""
    starts = [0]
    for end in _CANDIDATE.finditer(text):
        following = _NEXT.match(text, end.end())
        if following is None:
            continue
        first = following["first"]
        stop = end.start() + 1
        if text[end.start()] == "." and not _ends_sentence(text, end.start(), first):
            continue
        if first.islower() and text[stop - 1] != ".":
            continue
        starts.append(following.start("first") if end.end() == stop else _after_space(text, end.end()))
    return sorted(set(starts))


def _after_space(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position


def _ends_sentence(text: str, stop: int, first: str) -> bool:
    before = text[max(0, stop - 12) : stop + 1]
    if first.islower() or first in ",;:±=<>≤≥%/)-–":
        return False
    if first.isdigit() and text[stop - 1 : stop].isdigit() and re.search(r"(?:^|\D)0\.$", before):
        return False
    if _NO_END.search(before):
        return first.isupper() and bool(
            re.search(r"(?:min|wk|mo|yr|hr|sec|etc|al|i\.?v|p\.?o)s?\.$", before, re.IGNORECASE)
        )
    return not (
        _INITIAL.search(before) and first.isupper() and stop > 1 and not before.strip().endswith("I.")
    )


def listed(text: str) -> list[str]:
    """Return the parts of a list that commas and "and" join: "A, B, and C"."""
    return _LIST_MARKS.split(text)


@functools.lru_cache(maxsize=_KEPT)
def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Return the sentences of a text as start and end, without the white space around them."""
    starts = [*sentence_starts(text), len(text)]
    spans = ((a, a + len(text[a:b].rstrip())) for a, b in itertools.pairwise(starts))
    return tuple((a, b) for a, b in spans if b > a)
