"""Statistical expressions in text and table cells, read by one grammar over tokens.

``find_expressions`` returns what the characters themselves say. What they leave open is left open:

- ``spread`` is ``sd se ci iqr range none``, or ``bracket`` (one number in brackets, its kind unnamed) or ``interval``
  (two numbers in brackets, unnamed): the reader of the table or sentence decides these by evidence or drops them.
- a spread after ``±`` that nothing names is ``sd`` with the flag ``spread_assumed_sd``.
- ``explicit`` is true where the words beside the numbers name the statistic.
"""

from __future__ import annotations

import dataclasses
import re

from sonospine.extraction.bounds import read_interval
from sonospine.extraction.brackets import LEVELS, Items, read_items
from sonospine.extraction.differences import with_stated_differences, with_values_of_arms
from sonospine.extraction.expression_building import (
    LOOKAHEAD,
    Builder,
    Expression,
    NumberSpan,
    is_whole,
    span_of,
)
from sonospine.extraction.fractions import read_fraction
from sonospine.extraction.p_values import read_p
from sonospine.extraction.statistic_words import (
    Declared,
    Statistic,
    excluded_number,
    states_bounds,
    statistic_in,
)
from sonospine.extraction.tokens import (
    GARBLED,
    NUMBER,
    WORD,
    Token,
    normal_number,
    tokenise,
    uses_decimal_comma,
)

__all__ = [
    "Expression",
    "NumberSpan",
    "find_expressions",
    "find_numbers",
    "normal_number",
    "uses_decimal_comma",
]


_UNIT = re.compile(
    r"(?:points?|pts?|mm|cm|m|kg|g|mg|ml|l|mmhg|hg|degrees?|units?|minutes?|min|hours?|h|seconds?|sec|s|days?|scores?)$",
    re.IGNORECASE,
)
_CALLED_CI = re.compile(r"confidence|interval")
_DECIMAL = re.compile(r"\d")


def has_digit(text: str) -> bool:
    """Tell whether a text has a digit; beyond ASCII there are some (superscripts) that no pattern takes for one."""
    return _DECIMAL.search(text) is not None or (not text.isascii() and any(map(str.isdigit, text)))


def find_numbers(text: str, *, decimal_comma: bool = False) -> list[NumberSpan]:
    """Return every number of a text in order, number words and a counting ``no`` (zero) included."""
    return [span_of(t) for t in tokenise(text, decimal_comma=decimal_comma) if t.kind == NUMBER]


def find_expressions(text: str, *, decimal_comma: bool = False) -> list[Expression]:
    """Return the statistical expressions of a text in order.

    Parameters
    ----------
    text
        A sentence, a paragraph or a cell; places are code points of this text.
    decimal_comma
        Whether the document writes decimals with commas (``uses_decimal_comma``).
    """
    if not has_digit(text) and "\u00b1" not in text:
        return []
    reader = _Reader(text, tokenise(text, decimal_comma=decimal_comma))
    return with_stated_differences(text, with_values_of_arms(text, reader.read()))


_UNIT_OR_LEVEL = re.compile(
    r"confidence|intervals?|\bpoints?\b|\b(?:min(?:utes?)?|hours?|days?|weeks?|units?|degrees?|kg|mm|cm|ml|mg)\b",
    re.IGNORECASE,
)


class _Reader:
    """Walks once through the tokens of one text."""

    def __init__(self, text: str, tokens: list[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.closing = _closing_brackets(tokens)
        self.found: list[Expression] = []
        self.builder = Builder(text, tokens, self.closing, Declared(), self.found)

    def read(self) -> list[Expression]:
        i = 0
        while i < len(self.tokens):
            token = self.tokens[i]
            if token.kind == NUMBER:
                i = max(self._number(i), i + 1)
            elif token.kind == GARBLED:
                self._garbled(token)
                i += 1
            elif token.text[0] in "pP" and (p := self._lone_p(i)) is not None:
                i = p
            else:
                self._declare(i)
                i += 1
        return self.found

    def _declare(self, i: int) -> None:
        token = self.tokens[i]
        if token.kind == "dot" and i + 1 < len(self.tokens):
            following = self.tokens[i + 1]
            if following.gap and following.kind == WORD and following.text[0].isupper():
                self.builder.declared = Declared()
            return
        if token.kind in (WORD, "percent", "plusminus", "open"):
            statistic = statistic_in(self.tokens, i)
            if statistic is not None and not states_bounds(self.tokens, i, statistic):
                self.builder.declared.note(statistic, i)

    def _lone_p(self, i: int) -> int | None:
        read = read_p(self.tokens, i, self.text)
        if read is None:
            return None
        if self.found and not self.found[-1].p_value and i - 6 <= self._index_after(self.found[-1].end, i):
            self.found[-1] = dataclasses.replace(self.found[-1], p_value=read[1])
        return read[0]

    def _index_after(self, end: int, i: int) -> int:
        j = i
        while j > 0 and self.tokens[j - 1].start >= end:
            j -= 1
            if i - j > 8:
                break
        return j

    def _garbled(self, token: Token) -> None:
        if re.fullmatch(r"\d{1,3}\.\d{2,3}\.\d{1,2}", token.text):
            flags = ("plus_minus_lost",)
            self.found.append(Expression(token.start, token.end, "number", "", flags=flags))

    def _number(self, i: int) -> int:
        tokens, _token = self.tokens, self.tokens[i]
        before = tokens[i - 1] if i else None
        if before is not None and before.kind == "plusminus":
            return i + 1
        if (level := self._level(i)) is not None:
            return level
        if before is not None and before.kind == "compare":
            return i + 1
        if before is not None and before.kind == "open" and i > 1 and tokens[i - 2].kind == GARBLED:
            return max(
                i + 1, self.closing[i - 1]
            )  # what stands behind a number that can't be read is not a value
        j = i + 1
        percent = (j < len(tokens) and tokens[j].kind == "percent") or self._percent_before(i)
        if j < len(tokens) and tokens[j].kind == "percent":
            j += 1
        if (
            j + 1 < len(tokens)
            and tokens[j].kind == WORD
            and tokens[j + 1].kind == "plusminus"
            and len(tokens[j].text) <= 6
        ):
            j += 1
        after = tokens[j].kind if j < len(tokens) else ""
        if after == "plus":
            return i + 4 if j + 1 < len(tokens) and tokens[j + 1].kind == "slash" else i + 1
        if after == "plusminus":
            return self._plus_minus(i, j)
        fraction = None if percent else read_fraction(self.text, tokens, self.closing, i)
        if fraction is not None:
            behind, made = fraction
            self.found += [made] if made is not None else []
            return behind
        if (end := self._bare_interval(i)) is not None:
            return end
        return self._bracketed(i, j, percent)

    def _percent_before(self, i: int) -> bool:
        if i == 0 or self.tokens[i - 1].kind != "percent":
            return False
        return i < 2 or self.tokens[i - 2].kind != NUMBER

    def _level(self, i: int) -> int | None:
        """Skip ``95% CI`` (its bounds too) where no number stands before it that it could belong to."""
        if self.tokens[i].text not in LEVELS:
            return None
        items = read_items(self.tokens, i, min(len(self.tokens), i + 14), self.text, trailing=True)
        if items.level and items.spread == "ci":
            self._attach(items)
            return items.end
        following = self.tokens[i + 1 : i + 5]
        if any(t.text.lower() in ("ci", "cis", "confidence") for t in following):
            self.builder.declared.note(Statistic(spread="ci"), i)
            return i + 1
        return None

    def _attach(self, items: Items) -> None:
        """Give an interval to the number just before it, where that has no spread yet: ``0.9; (95% CI 0.2 to 1.6)``."""
        if not self.found or self.found[-1].spread != "none" or self.found[-1].centre in ("count", "percent"):
            return
        last = self.found[-1]
        between = _CALLED_CI.sub("", _UNIT_OR_LEVEL.sub("", self.text[last.end : items.spans[0].start]))
        if len(between) > 24 or re.search(r"[A-Za-z]{3,}", between):
            return
        self.found[-1] = dataclasses.replace(
            last, end=items.spans[-1].end, spread="ci", lower=items.lower, upper=items.upper, level=items.level,
            numbers=last.numbers + tuple(span_of(t) for t in items.spans), explicit=True,
            p_value=items.p_value, flags=last.flags + tuple(items.flags),
        )  # fmt: skip

    def _plus_minus(self, i: int, j: int) -> int:
        tokens, k = self.tokens, j + 1
        bracketed = k + 2 < len(tokens) and tokens[k].kind == "open" and self.closing[k] == k + 2
        k += bracketed
        if k >= len(tokens) or tokens[k].kind != NUMBER or tokens[k].text.startswith("-") or tokens[k].worded:
            return i + 1
        first, second = tokens[i], tokens[k]
        k += 1 + bracketed
        if k < len(tokens) and tokens[k].kind == "percent":
            k += 1
        kind, explicit = self.builder.declared.spread_after_plus_minus(), True
        named = self._kind_behind(k)
        kind = named or kind
        flags: tuple[str, ...] = ()
        if not kind:
            kind, explicit, flags = "sd", False, ("spread_assumed_sd",)
        centre, measure = self.builder.centre(i, "mean")
        expression = Expression(
            first.start, self._end(first, tokens[k - 1]), centre, first.text, spread=kind, spread_value=second.text, measure=measure,
            numbers=(span_of(first), span_of(second)), explicit=explicit, flags=flags,
            change=self.builder.change(first), adjusted=self.builder.adjusted(first, measure),
        )  # fmt: skip
        return self.builder.extend(expression, k)

    def _kind_behind(self, k: int) -> str:
        for token in self.tokens[k : k + 2]:
            if token.kind == WORD:
                return {"sd": "sd", "se": "se", "sem": "se"}.get(token.text.lower(), "")
            if token.kind != "open":
                break
        return ""

    def _end(self, first: Token, last: Token) -> int:
        return max(first.end, last.end)

    def _bare_interval(self, i: int) -> int | None:
        """Skip two numbers that only span a range (``0-10``, ``18 to 65 years``): they are no result."""
        token = self.tokens[i + 1] if i + 1 < len(self.tokens) else None
        if token is None or token.kind != "dash":
            return None
        pair = read_interval(self.tokens, i)
        return pair[0] if pair else None

    def _bracketed(self, i: int, j: int, percent: bool) -> int:
        tokens, first = self.tokens, self.tokens[i]
        if (made := self._behind_unit(i, j, percent)) is not None:
            return made
        open_at = j
        if not percent and is_whole(first.text):
            while open_at < len(tokens) and open_at < j + 4 and tokens[open_at].kind == WORD:
                open_at += 1
        items: Items | None = None
        close = self.closing[open_at] if open_at < len(tokens) and tokens[open_at].kind == "open" else -1
        if 0 < close <= open_at + LOOKAHEAD:
            items = read_items(tokens, open_at + 1, close, self.text)
            if open_at > j and (not items.percent or items.interval):
                items = None
        if items is not None and not items.empty():
            made = self.builder.from_items(i, close + 1, percent, items)
            if made is not None:
                return made
        trailing = read_items(tokens, j, min(len(tokens), j + 14), self.text, trailing=True)
        if trailing.spread and trailing.spread != "plusminus":
            made = self.builder.from_items(i, trailing.end, percent, trailing)
            if made is not None:
                return made
        return self._plain(i, j, percent)

    def _behind_unit(self, i: int, j: int, percent: bool) -> int | None:
        """Read a named spread or interval that a unit parts from its number: ``-0.9 points (95% CI -1.6 to -0.2)``.

        An interval must hold the number: behind the last of several it may belong to another.
        """
        tokens = self.tokens
        if percent or j + 1 >= len(tokens) or tokens[j].kind != WORD or not _UNIT.match(tokens[j].text):
            return None
        k = j + 1
        if tokens[k].kind == "open" and 0 < self.closing[k] <= k + LOOKAHEAD:
            items, end = read_items(tokens, k + 1, self.closing[k], self.text), self.closing[k] + 1
        else:
            items = read_items(tokens, k, min(len(tokens), k + 14), self.text, trailing=True)
            end = items.end
        if not items.named or items.spread in ("", "plusminus"):
            return None
        holds = not items.lower or float(items.lower) <= float(tokens[i].text) <= float(items.upper)
        return self.builder.from_items(i, end, percent, items) if holds else None

    def _plain(self, i: int, j: int, percent: bool) -> int:
        token = self.tokens[i]
        if token.worded or excluded_number(self.tokens, i, percent):
            return j
        centre, measure = self.builder.centre(i, "percent" if percent else "number")
        if percent:
            centre, measure = "percent", ""
        start = self.tokens[i - 1].start if percent and self._percent_before(i) else token.start
        self.found.append(
            Expression(
                start,
                self.tokens[j - 1].end,
                centre,
                token.text,
                percent=token.text if percent else "",
                measure=measure,
                numbers=(span_of(token),),
                explicit=centre not in ("number", "percent"),
                change=self.builder.change(token),
                adjusted=self.builder.adjusted(token, measure),
            )
        )
        return j


def _closing_brackets(tokens: list[Token]) -> list[int]:
    """Return for each opening bracket the index of its closing one (-1 where there is none), in one pass."""
    closing, stack = [-1] * len(tokens), []
    for i, token in enumerate(tokens):
        if token.kind == "open":
            stack.append(i)
        elif token.kind == "close" and stack:
            closing[stack.pop()] = i
    return closing
