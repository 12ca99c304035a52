"""Two bounds: how they are joined, and the quartiles that are named one by one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sonospine.extraction.tokens import DASH, GARBLED, NUMBER, WORD, Token

_QUARTILES = re.compile(r"(?:q1|p25|p?25th)[-\u2010-\u2013/](?:q3|p?75(?:th)?)$", re.IGNORECASE)
_PERCENTILES = frozenset(
    ("percentile", "percentiles", "centile", "centiles", "quartile", "quartiles", "quantiles")
)


def read_interval(tokens: Sequence[Token], i: int) -> tuple[int, Token, Token] | None:
    """Read ``a to b``, ``a - b``, ``a; b``, ``a, b`` or ``a b`` (with signs) at ``i``: next index, first and second."""
    if i >= len(tokens) or tokens[i].kind != NUMBER or tokens[i].worded:
        return None
    first, j = tokens[i], past_percent(tokens, i + 1)
    separators = 0
    while j < len(tokens) and separators < 2 and _separates(tokens[j]):
        j, separators = j + 1, separators + 1
    if j >= len(tokens) or tokens[j].kind != NUMBER or tokens[j].worded:
        return None
    if separators == 0 and not tokens[j].text.startswith("-"):
        return None
    return past_percent(tokens, j + 1), first, tokens[j]


def _separates(token: Token) -> bool:
    if token.kind in (DASH, "comma", "semicolon", "slash", "colon"):
        return True
    return token.kind == WORD and token.text.lower() in ("to", "and", "through", "till", "until")


def past_percent(tokens: Sequence[Token], i: int) -> int:
    """Return the position behind a percent sign where one stands at ``i``, else ``i``."""
    return i + 1 if i < len(tokens) and tokens[i].kind == "percent" else i


def ascending(first: str, second: str) -> tuple[str, str, bool]:
    """Return two bounds in ascending order and whether they had to be swapped."""
    return (first, second, False) if float(first) <= float(second) else (second, first, True)


def skip_to_number(tokens: Sequence[Token], i: int, end: int, limit: int = 5) -> int | None:
    """Return where the next number stands, within ``limit`` tokens and before any sign that begins something else."""
    for j in range(i, min(end, i + limit)):
        if tokens[j].kind == NUMBER:
            return j
        if tokens[j].kind in ("semicolon", "plusminus", "percent", "compare", "plus", GARBLED):
            return None
    return None


def quartiles(tokens: Sequence[Token], i: int, end: int) -> tuple[int, int | None] | None:
    """Return where the two quartiles stand that are named at ``i``: ``Q1-Q3 3-6``, ``Q1 3, Q3 6``, ``25-75 percentile 3-6``.

    ``None`` where no quartiles are named; the second place is that of the upper one where it has its own name.
    """
    token = tokens[i]
    if token.kind == "coded" and _QUARTILES.match(token.text):
        first = skip_to_number(tokens, i + 1, end)
        return (first, None) if first is not None else None
    if token.kind == "coded" and token.text.lower() in ("q1", "p25"):
        first = skip_to_number(tokens, i + 1, end, 3)
        upper = next(
            (k for k in range(i + 2, min(end, i + 7)) if tokens[k].text.lower() in ("q3", "p75")), None
        )
        second = skip_to_number(tokens, upper + 1, end, 3) if upper is not None else None
        both = upper is not None and first is not None and first > upper
        return (first, None if both else second) if first is not None and second is not None else None
    if token.kind == NUMBER and token.text == "25":
        j = _past_ordinal(tokens, i + 1)
        if j < end and _separates(tokens[j]) and j + 1 < end and tokens[j + 1].text == "75":
            j = _past_ordinal(tokens, j + 2)
            if j < end and tokens[j].text.lower() in _PERCENTILES:
                first = skip_to_number(tokens, j + 1, end)
                return (first, None) if first is not None else None
    return None


def _past_ordinal(tokens: Sequence[Token], i: int) -> int:
    return i + 1 if i < len(tokens) and tokens[i].text.lower() in ("th", "%") else i
