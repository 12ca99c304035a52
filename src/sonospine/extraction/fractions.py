"""Counts of a total: ``12/34 (35 %)``, ``12 of 34 patients``, ``12 out of 34``."""

from __future__ import annotations

import re

from sonospine.extraction.brackets import past_out, read_items
from sonospine.extraction.expression_building import Expression, NumberSpan, agrees, is_whole, span_of
from sonospine.extraction.tokens import NUMBER, WORD, Token


def read_fraction(
    text: str, tokens: list[Token], closing: list[int], i: int
) -> tuple[int, Expression | None] | None:
    """Read ``n/N (%)``, ``n of N (%)`` and ``n out of N (%)`` at ``i``; ``n/N`` alone may be a score and is flagged.

    Returns the next index and the count (``None`` for what only looks like one: a date, a number above its total);
    nothing where there is no fraction. ``closing`` tells where each opening bracket ends.
    """
    first = tokens[i]
    j = past_out(tokens, i + 1)
    if j >= len(tokens) or not (
        tokens[j].kind == "slash" or (tokens[j].kind == WORD and tokens[j].text.lower() == "of")
    ):
        return None
    slash = tokens[j].kind == "slash"
    k = j + 1
    while not slash and k < len(tokens) and k < j + 3 and tokens[k].kind == WORD:
        k += 1
    if k >= len(tokens) or tokens[k].kind != NUMBER:
        return (_past_slashes(tokens, i), None) if slash else None
    second = tokens[k]
    end = k + 1
    if (end < len(tokens) and tokens[end].kind == "slash") or (i and tokens[i - 1].kind == "slash"):
        return _past_slashes(tokens, i), None
    if (
        not (is_whole(first.text) and is_whole(second.text))
        or second.text == "0"
        or int(first.text) > int(second.text)
    ):
        return end, None
    percent, bracket_end, spans = _percent_behind(text, tokens, closing, end)
    if not percent and (beside := _percent_beside(tokens, end, first.text, second.text)) is not None:
        percent, bracket_end, spans = tokens[beside].text, beside + 2, [span_of(tokens[beside])]
    flags: tuple[str, ...] = ()
    certain = bool(percent) or not slash
    if percent and not agrees(first.text, second.text, percent):
        flags = ("percent_disagrees",)
    if not certain and not _people_behind(tokens, end):
        flags = ("score_or_count",)
    made = Expression(
        first.start,
        max(second.end, tokens[bracket_end - 1].end),
        "count" if not flags or percent else "number",
        first.text,
        total=second.text,
        percent=percent,
        numbers=(span_of(first), span_of(second), *spans),
        explicit=certain,
        flags=flags,
    )
    return bracket_end, made


def _past_slashes(tokens: list[Token], i: int) -> int:
    j = i + 1
    while j < len(tokens) and tokens[j].kind in ("slash", NUMBER, "plus") and not tokens[j].unit:
        j += 1
    return j


def _people_behind(tokens: list[Token], i: int) -> bool:
    words = " ".join(t.text.lower() for t in tokens[i : i + 2])
    return bool(re.match(r"(?:\w+ )?(?:patient|participant|subject|case|women|men\b|children)", words))


def _percent_behind(
    text: str, tokens: list[Token], closing: list[int], i: int
) -> tuple[str, int, list[NumberSpan]]:
    """Read ``(35 %)`` or ``= 35 %``, up to three words further on (``12 of 34 patients (35 %)``)."""
    k = i
    while k < len(tokens) and k < i + 4 and tokens[k].kind == WORD:
        k += 1
    if k < len(tokens) and tokens[k].kind == "open":
        close = closing[k]
        items = read_items(tokens, k + 1, close, text) if close > 0 else None
        if items is not None and close > 0:
            value = items.percent or ("" if items.strange or items.named else items.bare)
            if value and not items.interval and not items.fraction:
                return value, close + 1, [span_of(items.spans[0])]
    return "", i, []


def _percent_beside(tokens: list[Token], i: int, count: str, total: str) -> int | None:
    """Return where the percentage of a fraction stands that follows it without a bracket: ``12/34, 35 %``."""
    if i + 2 >= len(tokens) or tokens[i].kind not in ("comma", "semicolon", "equals"):
        return None
    told = tokens[i + 1].kind == NUMBER and tokens[i + 2].kind == "percent"
    return i + 1 if told and agrees(count, total, tokens[i + 1].text) else None
