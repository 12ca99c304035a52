"""Values of single arms that a sentence about a difference prints: they are no differences themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sonospine.extraction.expression_building import Expression

_DIFFERENCE = re.compile(r"\bdifferences?\b", re.IGNORECASE)
_NEGATED = re.compile(r"\b(?:no|not|nor|without|neither)\b[^.;:()]{0,40}$", re.IGNORECASE)
_AGAINST = re.compile(
    r"[^.;:\d]{0,40}?\b(?:vs?\.?|versus|compared\s+(?:with|to)|against|than)(?=\s)[^.;:\d]{0,40}",
    re.IGNORECASE,
)
_AND = re.compile(r"[^.;:\d]{0,60}?(?:,|\band\b)[^.;:\d]{0,40}", re.IGNORECASE)
_CENTRE = re.compile(r"\b(?P<centre>mean|median|average)\b", re.IGNORECASE)
_SPREADS = frozenset({"sd", "se"})


# "Differences between baseline and 2 weeks in A and B were -1.6 ± 1.7 and -0.3 ± 0.7" are changes of each arm.
_BETWEEN_TIMES = re.compile(
    r"[^.;]{0,120}?\bbetween\s+(?:the\s+)?(?:baseline|before|pre[-\w]*)\b[^.;()]{0,120}?\b(?:was|were|is|of)\b",
    re.IGNORECASE,
)
_COMPARATIVE = re.compile(
    r"(?:\s*(?:points?|mm|cm|m|kg|units?|min(?:utes?)?|days?|hours?|weeks?|degrees?))?\s*[)\]]?\s*(?:points?|mm|cm|m|kg|units?|min(?:utes?)?|days?|hours?|weeks?|degrees?)?\s*(?:more|higher|lower|less|greater|fewer|longer|shorter|better|worse)\b",
    re.IGNORECASE,
)
_SCORES = frozenset({"number", "mean", "median"})
# "The difference between groups in the mean change from baseline was -1.0", "the difference of mean change was -1.0".
_OF_CHANGES = re.compile(
    r"\bdifference\s+(?:(?:between|among)\s+(?:the\s+)?(?:(?:two|2|three|3|treatment|study)\s+)?(?:groups?|arms?|treatments?)\b[^.;:()]{0,80}"
    r"|(?:in|of|for)\s+(?:the\s+)?(?:adjusted\s+)?(?:mean\s+)?changes?\b[^.;:()]{0,60})\b(?:was|were|is)\s*[-\u2212\u2013]?$",
    re.IGNORECASE,
)


def with_stated_differences(text: str, found: Sequence[Expression]) -> list[Expression]:
    """Return expressions in which "2.3 points lower in A than in B" is a difference, not the score of anybody.

    So is a value with an interval behind "the difference between groups in the mean change was".
    """
    return [replace(e, centre="difference", measure="MD") if _is_stated(text, e) else e for e in found]


def _is_stated(text: str, expression: Expression) -> bool:
    if expression.centre not in _SCORES or expression.spread in _SPREADS or expression.total:
        return False
    if _COMPARATIVE.match(text, expression.end):
        return True
    if expression.spread not in ("ci", "interval"):
        return False
    start = max(0, expression.start - 200)
    of_changes = _OF_CHANGES.search(text[start : expression.start])
    return of_changes is not None and not _NEGATED.search(text[: start + of_changes.start()])


def with_values_of_arms(text: str, found: Sequence[Expression]) -> list[Expression]:
    """Return expressions in which a value set against another one, or denied to differ, is no difference.

    "No difference in volume (268 ± 22 with A and 228 ± 12 with B)" and "a difference in volume (268 vs 228)" print the
    values of the arms; "a mean difference of 40" and "no difference (mean difference 0.3)" print the difference.
    """
    kept = list(found)
    for i, expression in enumerate(found):
        if expression.centre != "difference" or expression.measure != "MD":
            continue
        following = next((e for e in found[i + 1 :] if e.start >= expression.end), None)
        between = text[expression.end : following.start] if following is not None else ""
        words = list(_DIFFERENCE.finditer(text, 0, expression.start))
        if not words:
            continue
        named = _CENTRE.search(text, words[-1].end(), expression.start)
        denied = bool(_NEGATED.search(text[max(0, words[-1].start() - 60) : words[-1].start()]))
        in_person = _BETWEEN_TIMES.match(text, words[-1].end(), expression.start) is not None
        against = following is not None and _AGAINST.fullmatch(between) is not None
        listed = following is not None and _AND.fullmatch(between) is not None
        spread = expression.spread in _SPREADS
        # "A difference in X in A (2.7 ± 1.8) and B (5.0 ± 1.0)": each bracket holds the value of what stands before it.
        each = (
            listed
            and following is not None
            and following.spread == expression.spread
            and all(text[: e.start].rstrip().endswith("(") for e in (expression, following))
        )
        told = named is not None or spread or (listed and expression.spread != "ci")
        if against or (spread and (in_person or each)) or (denied and told):
            kept[i] = replace(
                expression, centre=_centre(expression, named), measure="", adjusted=False, change=False
            )
    return kept


def _centre(expression: Expression, named: re.Match[str] | None) -> str:
    if named is not None:
        return "median" if named["centre"].lower() == "median" else "mean"
    if expression.spread in _SPREADS:
        return "mean"
    return "median" if expression.spread == "iqr" else "number"
