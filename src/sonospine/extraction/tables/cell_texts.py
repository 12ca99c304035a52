"""What the text of one cell is: empty, numbers, a value; a number that was torn in two is none."""

from __future__ import annotations

import re
from dataclasses import replace

from sonospine.extraction.expressions import Expression, find_expressions

_LETTERS = re.compile(r"[^\W\d_]")
_EMPTY = re.compile(
    r"^[\s\-\u2010-\u2015\u2212/.*\u2020\u2021\u00a0]*$|^(?:n/?a|nr|nd|ns|none|not\s+\w+)\.?$", re.IGNORECASE
)


_ALLOWED = re.compile(
    r"\b(?:mm|cm|mg|ml|kg|min|sec|s|h|hr|years?|yrs?|y|p|sd|se|sem|ci|iqr|to|n|ns|points?|pts|days?|weeks?|months?|range|mean|median|vs|and|md|or|rr)\b\.?",
    re.IGNORECASE,
)


_SECOND = re.compile(r"\s*[(\[](?P<inner>[^()\[\]]+)[)\]]\W*$")


_TORN_AFTER, _TORN_BEFORE = re.compile(r",\d{1,2}(?!\d)"), re.compile(r"\d,$")


_N_BEFORE = re.compile(r"\s*[nN]\s*=\s*(?P<n>\d+)\s*[*\u2020\u2021]*\s*[:;]\s*(?=[-\u2212\d])")


_TORN = re.compile(r"\W*\d+\.\s+\d")


_TORN_WITHIN = re.compile(r"[(\[]\s*[-\u2212\u2013]?\d+\.\s+\d+\s*[)\]]")


def is_empty(text: str) -> bool:
    """Tell whether a cell holds nothing: ``/``, dashes, ``n/a`` or no characters at all."""
    return bool(_EMPTY.match(text))


def is_numeric(text: str) -> bool:
    """Tell whether a cell holds numbers and next to no words, an interval without a centre (``1.2-3.4``) included."""
    return (
        len(text) <= 80
        and any(c.isdigit() for c in text)
        and len(_LETTERS.findall(_ALLOWED.sub(" ", text))) <= 3
    )


def cell_expressions(text: str, *, decimal_comma: bool) -> tuple[Expression, ...]:
    """Return the expressions of a cell that is a value; nothing for a label that only contains a number."""
    if len(text) > 160 or is_empty(text) or not any(c.isdigit() for c in text):
        return ()
    if _TORN.match(text.strip()) or _TORN_WITHIN.search(text):
        return ()  # "10. 0": the halves are no numbers
    sized = _N_BEFORE.match(text)
    if sized is not None:
        behind = find_expressions(text[sized.end() :], decimal_comma=decimal_comma)
        return (
            tuple(replace(_shifted(e, sized.end()), n=sized["n"]) for e in behind) if len(behind) == 1 else ()
        )
    found = [e for e in find_expressions(text, decimal_comma=decimal_comma) if not _is_torn(text, e)]
    if not found:
        return ()
    rest = list(text)
    for e in found:
        rest[e.start : e.end] = [" "] * (e.end - e.start)
    outside = _ALLOWED.sub(" ", "".join(rest))
    if len(_LETTERS.findall(outside)) > 3:
        return ()
    return (
        (*found, *_bracketed_value(text, found[0], decimal_comma=decimal_comma))
        if len(found) == 1
        else tuple(found)
    )


def _is_torn(text: str, expression: Expression) -> bool:
    """Tell whether a bare number is half of one with a decimal comma: the ``2`` or the ``3`` of ``2,3``.

    So is the last bound of an interval that digits follow: ``(-6.20,-1,74)``.
    """
    if not expression.numbers:
        return False
    if expression.spread != "none":
        last = [n for n in expression.numbers[1:] if n.text == expression.upper]
        return bool(last) and bool(_TORN_AFTER.match(text, last[-1].end))
    number = expression.numbers[0]
    return bool(_TORN_AFTER.match(text, number.end) or _TORN_BEFORE.search(text[: number.start]))


def _bracketed_value(text: str, first: Expression, *, decimal_comma: bool) -> tuple[Expression, ...]:
    """Return the value in brackets behind one that already has its spread: ``3.0±1.5 (4.3±2.0)`` holds two."""
    behind = _SECOND.match(text, first.end)
    if behind is None or first.spread != "sd" or first.numbers[-1].end > behind.start("inner"):
        return ()
    inner = find_expressions(behind["inner"], decimal_comma=decimal_comma)
    if len(inner) != 1 or inner[0].spread != "sd":
        return ()
    return (_shifted(inner[0], behind.start("inner")),)


def _shifted(expression: Expression, by: int) -> Expression:
    numbers = tuple(replace(n, start=n.start + by, end=n.end + by) for n in expression.numbers)
    return replace(expression, start=expression.start + by, end=expression.end + by, numbers=numbers)
