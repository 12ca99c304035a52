"""P values as printed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sonospine.extraction.tokens import DASH, GARBLED, NUMBER, WORD, Token


def read_p(tokens: Sequence[Token], i: int, text: str) -> tuple[int, str] | None:
    """Read a p value at the token ``i`` (``P = 0.03``, ``p<.001``, ``p value 0.2``, ``p = NS``); printed oddities stay."""
    if tokens[i].kind != WORD or tokens[i].text.lower() not in ("p", "pvalue"):
        return None
    j, told = i + 1, tokens[i].text.lower() == "pvalue"
    while j < len(tokens) and (
        tokens[j].kind in (DASH, "equals", "colon")
        or (told and tokens[j].kind == "comma")
        or tokens[j].text.lower() in ("value", "values", "was", "of", "for")
    ):
        told, j = True, j + 1
    sign = ""
    if j < len(tokens) and tokens[j].kind == "compare":
        sign, told, j = _plain_sign(tokens[j].text), True, j + 1
    if not told or j >= len(tokens):
        return None
    if tokens[j].kind == WORD and tokens[j].text.lower() in ("ns", "n"):
        return j + 1, "NS"
    if tokens[j].kind == GARBLED:  # "1.2 \u00d7 10^-5", "3e-04"
        return j + 1, sign + re.sub(r"\s", "", text[tokens[j].start : tokens[j].end])
    if tokens[j].kind != NUMBER or tokens[j].worded:
        return None
    k, start = j, tokens[j].start
    while (
        k + 2 < len(tokens)
        and tokens[k + 1].kind in ("dot", "compare")
        and not tokens[k + 1].gap
        and tokens[k + 2].kind in ("compare", NUMBER)
        and not tokens[k + 2].gap
    ):
        k += 2 if tokens[k + 2].kind == NUMBER else 1
    if k == j:
        value = tokens[j].text.lstrip("-")
        return j + 1, sign + value
    return k + 1, sign + re.sub(r"\s", "", text[start : tokens[k].end])


def _plain_sign(sign: str) -> str:
    if sign[:4] in ("&lt;", "&gt;"):
        return "<" if sign[1] == "l" else ">"
    return {
        "\u2264": "<=",
        "\u2a7d": "<=",
        "\u2266": "<=",
        "\u2265": ">=",
        "\u2a7e": ">=",
        "\u2267": ">=",
    }.get(sign, sign)
