"""Whether the values of a sentence are changes or the scores that were reached.

"Fell by 3.1" and "a decrease of 3.1" are changes; "fell to 3.1", "fell from 7.2 to 3.1" and "fell at one week (3.1)"
are not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sonospine.extraction.expressions import Expression

# Each word needs a space before it, so that the pattern can be matched in one way only.
_FILL = (
    r"(?:\s+(?:an?|the|about|approximately|only|further|additional|mean|average|median|points?|of|on|in|group|groups|"
    r"scores?|[A-Z]{1,3}|\d{1,2})\b)*\s*"
)
_VERB = re.compile(
    r"\b(?:reduc|decreas|improv|increas|declin|drop|fell\b|fall|diminish|lower|rose\b|risen|chang|better)\w*",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[.;](?=\s)")
_BY = re.compile(
    rf"\bby{_FILL}\s*[(]?\s*[-−–]?$",
)
_NOUN = re.compile(
    r"\b(?i:chang|reduction|decreas|improvement|increas|declin|drop|fall|gain|worsening|deterioration)(?:es?|s)?\b(?:\s+scores?)?"
    r"(?P<between>[^.;]{0,140}?)(?:\b(?:was|were|is|of|averaged|averaging|reached|amounted to|being)\b"
    + _FILL
    + r"|\s*[=:(]|\bfrom\s+baseline\s*[,;]|\b(?:group|arm)(?:\s+[A-Z\d]{1,3})?)\s*[-−–]?$"
)
# "Differences between baseline and 2 weeks in A and B were -1.6": what a person changed by.
_BETWEEN_TIMES = re.compile(
    r"\b(?i:differences?|changes?)\b[^.;]{0,120}?\bbetween\s+(?:the\s+)?(?:baseline|before|pre[-\w]*)\b[^.;()]{0,120}?\b(?:was|were|is|of)\s*[-−–]?$"
)
_STILL_BETWEEN_TIMES = re.compile(
    r"\bbetween\s+(?:the\s+)?(?:baseline|before|pre[-\w]*)\b[^.;()]{0,120}?\b(?:was|were|is|of)\s*[-−–]?$"
)
_NO_CHANGE_BETWEEN = re.compile(
    r"\b(?:to|from)\s+[-−–]?\d|\b(?:seen|observed|found|noted|achieved|shown|recorded|reported|while|whereas|but|than)\b|\d\s*±",
    re.IGNORECASE,
)
_REACHED = re.compile(r"\b(?:to|from|than|versus|vs\.?|against|at baseline)\s+(?:an?\s+)?(?:(?:mean|median|average|score|value|of|only)\s+)*[(\[]?$", re.I)  # fmt: skip
# "An improvement in A (1.5 [12.2] mm), B (1.4 [11.7] mm) and C (0.4 [17.5] mm)".
_LISTED_ON = re.compile(
    r"[)\]],?\s+(?:and\s+)?(?:in\s+)?(?:[A-Z][\w-]*|\w+)(?:\s+[\w-]+){0,4}\s*[(\[]\s*[-−–]?$"
)
# "Was reduced 3.1 points"; "increased more in A (1.9) than in B (0.9)".
_DIRECTLY = re.compile(
    r"\b(?i:reduced|decreased|increased|declined|dropped|fell|rose|improved)\s+(?:an?\s+(?:mean|average)\s+of\s+)?[-−–]?$"
    r"|\b(?i:reduced|decreased|increased|declined|dropped|fell|rose|improved|changed|worsened)(?:\s+(?:\w+ly|much))?\s+(?:more|less)"
    r"\s+(?:in|with|for|after|under)\b[^.;:()]{0,60}[(]\s*[-−–]?$"
)
_GOES_ON = re.compile(r"\b(?:by|of)" + _FILL + r"\s*[-−–]?$")


def changes(
    text: str, values: Sequence[Expression], baseline: Sequence[bool], previous: bool
) -> tuple[bool, ...]:
    """Tell for each value of a run whether it is a change from baseline.

    Parameters
    ----------
    text
        The sentence.
    values
        The values, in order; between them stand only connectors, arms and times.
    baseline
        For each value whether its time is the baseline.
    previous
        Whether the run before it in the sentence was of changes: its words may serve this run too.
    """
    found: list[bool] = []
    going = False
    for value, at_baseline in zip(values, baseline, strict=True):
        start = max((m.end() for m in _CLAUSE_END.finditer(text[: value.start])), default=0)
        before = text[start : value.start]
        if at_baseline or _REACHED.search(before):
            going = False
        elif _names_change(before) or (
            previous
            and not found
            and (_GOES_ON.search(before) or _LISTED_ON.search(before) or _STILL_BETWEEN_TIMES.search(before))
        ):
            going = True
        found.append(going)
    return tuple(found)


def _names_change(before: str) -> bool:
    if _DIRECTLY.search(before) or _BETWEEN_TIMES.search(before):
        return True
    by = _BY.search(before)
    if by and _VERB.search(before, max(0, by.start() - 90), by.start()):
        return True
    return any(not _NO_CHANGE_BETWEEN.search(noun["between"]) for noun in _NOUN.finditer(before))
