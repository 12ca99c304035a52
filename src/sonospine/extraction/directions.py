"""Whether two values fit the words that say which of two groups had more."""

from __future__ import annotations

import re

from sonospine.model.numbers import number

_MORE = re.compile(r"\b(?:longer|higher|greater|larger|more|increased|prolonged|elevated)\b", re.IGNORECASE)
_LESS = re.compile(
    r"\b(?:shorter|lower|smaller|less|fewer|reduced|decreased|shortened|faster|earlier)\b", re.IGNORECASE
)
_UNSAID = re.compile(
    r"\b(?:no|not|nor|neither|without|reduction|decrease|improvement|change|relief)\b", re.IGNORECASE
)
_CLAUSE = re.compile(r"[.;:](?=\s)|\b(?:while|whereas|but)\b", re.IGNORECASE)


def contradicts(before: str, first: str, second: str) -> bool:
    """Tell whether "longer in A (61 vs 87)" has its values the other way round: 61 can't be that of A.

    ``before`` is the sentence up to the first value, which is taken for that of the group the words speak of. Words of
    both directions, negations and changes (which may be printed with either sign) say nothing.
    """
    start = max((m.end() for m in _CLAUSE.finditer(before)), default=0)
    clause = before[start:]
    more, less = _MORE.search(clause) is not None, _LESS.search(clause) is not None
    one, other = number(first), number(second)
    if more == less or one is None or other is None or min(one, other) < 0 or _UNSAID.search(clause):
        return False
    return one < other if more else one > other
