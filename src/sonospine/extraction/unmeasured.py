"""Numbers of a sentence that nobody was measured at: test statistics, P values of a list, numbers of figures, ends of scales."""

from __future__ import annotations

import re

_MORE = r"(?:[-\u2212\u2013]?\d[\d.]*[a-zA-Z]?\s*(?:,\s*and|,|;|and|or|to|&|[-\u2013])\s*)*"
"""Numbers of the same list that stand before the number."""

_MARKED = re.compile(
    r"\b(?:figs?|figures?|tables?|tab|refs?|references?|nos?|numbers?|stages?|grades?|types?|phases?|levels?|class|visits?|versions?|items?|questions?)"
    rf"\s*[.(#]?\s*{_MORE}$",
    re.IGNORECASE,
)
_NAMED_PERSON = re.compile(
    rf"\b(?:participants?|patients?|subjects?|volunteers?)\s+(?:nos?\.?\s*)?{_MORE}$", re.I
)
_OF_TEST = re.compile(
    r"(?<![\w-])(?:ES|d|r|t|[zZ]|F|H|U|W|Q|\u03c7\s?[2\u00b2]|[Xx][2\u00b2]|chi-?squared?|df|\u03b2|\u03ba|[eE]ta|\u03b7[p2\u00b2]*)"
    rf"(?:\s*[\[(][^()\[\]=]{{0,24}}[)\]]|\s?\d{{1,3}}(?:\s?[,;]\s?\d{{1,4}})?)?\s*[=:]\s*{_MORE}$"
)
_OF_P = re.compile(
    r"\b[pP](?:[-\s]?values?)?\b\s*(?:[=<>\u2264\u2265]|(?<=values)[^;:.()=]{0,60}[:=]|(?<=value)[^;:.()=]{0,60}[:=])\s*"
    rf"{_MORE}$"
)
_SHARE = re.compile(r"[01]?\.\d+|1")
_OUT_OF = re.compile(r"\bout\s+of\s+(?:an?\s+|the\s+)?(?:maximum\s+|possible\s+)*(?:of\s+)?$", re.IGNORECASE)
_MEANING = re.compile(
    r"\s*(?:\w+\s+)?(?:for|being|indicat\w+|represent\w+|mean(?:s|ing)|st(?:ands?|anding|ood)|denot\w+|correspond\w+|signif(?:y\w*|ies))\s+"
    r"(?:for\s+|to\s+|as\s+)?(?:an?\s+|the\s+)?(?:['\"\u2018\u201c]|(?:no|none|worst|best|most|max\w*|min\w*|extreme\w*|highest|lowest|complete|absence|unbearable)\b)",
    re.IGNORECASE,
)
# "F (2, 23) =": degrees of freedom; "11 vs. 2%", "7 vs. 24 patients": what stands behind the second holds for both.
_FREEDOM = re.compile(r"(?<![\w-])(?:F|t|H|Q|\u03c7\s?[2\u00b2]|[Xx][2\u00b2])\s*[\[(]\s*(?:\d+\s*,\s*)?$")
_OF_PAIR = re.compile(
    r"\s*(?:vs?\.?|versus|compared\s+(?:with|to)|against)\s+\d[\d.]*\s*(?:%|(?:patients?|participants?|subjects?|women|men|children|cases|people)\b)",
    re.IGNORECASE,
)


# "(208; 45.7%)" are people and their share.
_HAS_SHARE = re.compile(r"\s*[;,]\s*\d[\d.]*\s*%\s*[)\]]")


def is_unmeasured(before: str, after: str, value: str) -> bool:
    """Tell whether a number without spread measures nobody, by the characters before and behind it."""
    if _MARKED.search(before) and value.isdigit():
        return True
    if _NAMED_PERSON.search(before) and value.isdigit():
        return True
    if value.isdigit() and before.endswith(("(", "[")) and _HAS_SHARE.match(after):
        return True
    if _OF_P.search(before) and _SHARE.fullmatch(value):
        return True
    return bool(_OF_TEST.search(before) or _OUT_OF.search(before) or _MEANING.match(after)) or (
        bool(_FREEDOM.search(before) or _OF_PAIR.match(after))
    )
