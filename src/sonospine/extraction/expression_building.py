"""How a number and what stands behind it become an expression."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass

from sonospine.extraction.brackets import Items, read_items
from sonospine.extraction.statistic_words import Declared, excluded_number
from sonospine.extraction.tokens import Token

LOOKAHEAD = 48
_CLAUSE_END = re.compile(r"[.;](?:\s|$)")
_CHANGE = re.compile(
    r"\b(?:chang|reduc|decreas|improv|increas|declin|drop|fell|fall|diminish|lower(?:ed|ing))\w*"
    r"(?:\s+(?!to\b|from\b|than\b)[\w/()-]+){0,7}?(?:\s*[:=(]|\s+(?:by|of|was|were|is))?"
    r"(?:\s+(?:an?|about|approximately|average|mean|median|the))*\s*[-+\u2212\u2013]?$",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"\s*(?:patients?|participants?|subjects?|women|men|children|cases)\s*[)\]]", re.IGNORECASE
)
_ADJUSTED = re.compile(r"\b(?:adjust(?:ed|ing)|ancova|covarian|least[- ]squares?|regression)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NumberSpan:
    """A number at its place: ``text`` is normalised (decimal point, ASCII minus), ``start`` and ``end`` count the source."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Expression:
    """One statistic as printed: one centre with at most one spread.

    ``start`` and ``end`` span the whole expression in the source. Fields are empty where nothing is printed.
    ``centre`` is ``mean median count percent difference ratio`` or ``number`` (nothing says what it is).
    A number with two spreads gives two expressions.
    """

    start: int
    end: int
    centre: str
    value: str
    spread: str = "none"
    spread_value: str = ""
    lower: str = ""
    upper: str = ""
    level: str = ""
    total: str = ""
    percent: str = ""
    measure: str = ""
    p_value: str = ""
    n: str = ""
    change: bool = False
    adjusted: bool = False
    numbers: tuple[NumberSpan, ...] = ()
    explicit: bool = False
    flags: tuple[str, ...] = ()


def span_of(token: Token) -> NumberSpan:
    """Return the place of a number token."""
    return NumberSpan(token.start, token.end, token.text)


@dataclass
class Builder:
    """Makes expressions from tokens of one text and notes them in ``found``."""

    text: str
    tokens: list[Token]
    closing: list[int]
    declared: Declared
    found: list[Expression]

    def from_items(self, i: int, end: int, percent: bool, items: Items) -> int | None:
        """Make the expression of a number and what stands behind it; ``None`` where that says nothing about it."""
        tokens, first = self.tokens, self.tokens[i]
        if excluded_number(tokens, i, percent, measured=True):
            return None
        base = Expression(
            first.start, tokens[end - 1].end, "number", first.text, p_value=items.p_value, n=items.n, level=items.level,
            numbers=(span_of(first), *(span_of(t) for t in items.spans)), flags=tuple(items.flags),
            change=self.change(first), percent=first.text if percent else "",
        )  # fmt: skip
        if items.percent and not percent and is_whole(first.text) and not items.spread:
            counted = dataclasses.replace(
                base, centre="count", percent=items.percent, explicit=True, change=False
            )
            if items.fraction and items.fraction[0] == first.text:
                counted = dataclasses.replace(counted, total=items.fraction[1])
            elif (total := self.total_behind(end, first.text, items.percent)) is not None:
                spans = (*counted.numbers, span_of(tokens[total]))
                counted = dataclasses.replace(
                    counted, total=tokens[total].text, numbers=spans, end=tokens[total].end
                )
                end = total + 1
            return self.extend(counted, end)
        if percent and items.bare and not items.spread and self.people_in(items, end):
            items.n = items.bare
        if percent and (items.fraction or (items.n and not items.spread)):
            return self.counted_percent(base, items, end)
        if self.fraction_behind(first, items):
            return self.counted_percent(dataclasses.replace(base, percent=first.text), items, end)
        if items.spread and not (items.strange and not items.named):
            return self.spread(base, items, i, end)
        if items.strange or not items.complete or first.worded:
            return None
        if items.interval is not None:
            centre, measure = self.centre(i, "number")
            kind = self.declared.interval_kind()
            if not kind and centre in ("difference", "ratio"):
                kind = "ci"
            lower, upper = items.interval
            made = dataclasses.replace(
                base,
                centre=centre,
                measure=measure,
                spread=kind or "interval",
                lower=lower,
                upper=upper,
                explicit=bool(kind),
            )
            return self.extend(dataclasses.replace(made, adjusted=self.adjusted(first, measure)), end)
        if items.bare and not percent and not items.bare.startswith("-"):
            kind = self.declared.bracket_kind()
            centre, measure = self.centre(i, {"sd": "mean", "se": "mean"}.get(kind, "number"))
            if kind == "percent" and is_whole(first.text):
                return self.extend(
                    dataclasses.replace(base, centre="count", percent=items.bare, explicit=True), end
                )
            kind = "" if kind == "percent" else kind
            made = dataclasses.replace(
                base,
                centre=centre,
                measure=measure,
                spread=kind or "bracket",
                spread_value=items.bare,
                explicit=bool(kind),
            )
            return self.extend(made, end)
        return None

    def counted_percent(self, base: Expression, items: Items, end: int) -> int | None:
        """Make a count of a percentage with the count behind it; ``None`` where the numbers can't be one."""
        numerator, denominator = items.fraction or (items.n, "")
        if not is_whole(numerator) or (
            denominator and (not is_whole(denominator) or int(numerator) > int(denominator))
        ):
            return None
        flags = base.flags
        if denominator and int(denominator) and not agrees(numerator, denominator, base.percent):
            flags += ("percent_disagrees",)
        spans = sorted(base.numbers[1:], key=lambda s: s.text != numerator)
        made = dataclasses.replace(
            base, centre="count", value=numerator, total=denominator, n="", explicit=True, flags=flags, change=False,
            numbers=(*spans, base.numbers[0]),
        )  # fmt: skip
        return self.extend(made, end)

    def fraction_behind(self, first: Token, items: Items) -> bool:
        """Tell whether a number is the percentage of the fraction in the bracket behind it: ``40 (12/30)``."""
        if items.fraction is None or items.bare or items.spread or first.worded or first.text.startswith("-"):
            return False
        count, total = items.fraction
        if not (is_whole(count) and is_whole(total)) or not 0 < int(total) >= int(count):
            return False
        return abs(100 * int(count) / int(total) - float(first.text)) <= 0.6

    def total_behind(self, i: int, count: str, percent: str) -> int | None:
        """Return where the total of a count stands, whose percentage proves it: ``12 (35 %) of 34 patients``."""
        if i >= len(self.tokens) or self.tokens[i].text.lower() != "of":
            return None
        for k in range(i + 1, min(len(self.tokens), i + 4)):
            total = self.tokens[k]
            if total.kind == "number":
                fits = is_whole(total.text) and int(total.text) >= int(count) and int(total.text) > 0
                return k if fits and agrees(count, total.text, percent) else None
            if total.kind != "word":
                return None
        return None

    def people_in(self, items: Items, end: int) -> bool:
        """Tell whether the one number of a bracket counts people: ``35 % (12 patients)``."""
        behind = self.text[items.spans[0].end : self.tokens[end - 1].end]
        return len(items.spans) == 1 and is_whole(items.bare) and _PEOPLE.match(behind) is not None

    def spread(self, base: Expression, items: Items, i: int, end: int) -> int:
        """Make an expression whose bracket names its spread."""
        kind, flags, explicit = items.spread, base.flags, items.named
        if kind == "plusminus":
            kind = self.declared.spread_after_plus_minus()
            if not kind:
                kind, explicit, flags = "sd", False, (*flags, "spread_assumed_sd")
        default = {"sd": "mean", "se": "mean", "iqr": "median", "range": "number", "ci": "number"}[kind]
        default = "percent" if default == "number" and base.percent[:1].isdigit() else default
        centre, measure = self.centre(i, default)
        made = dataclasses.replace(
            base, centre=centre, measure=measure, spread=kind, spread_value=items.spread_value, flags=flags, explicit=explicit,
            lower=items.lower if not items.spread_value else "", upper=items.upper if not items.spread_value else "",
            level=items.level if kind == "ci" else "", adjusted=self.adjusted(self.tokens[i], measure),
        )  # fmt: skip
        result = self.extend(made, end)
        if items.second:
            self.found.append(
                dataclasses.replace(
                    made,
                    spread=items.second,
                    spread_value="",
                    lower=items.second_lower,
                    upper=items.second_upper,
                    level=items.level,
                )
            )
        return result

    def extend(self, expression: Expression, k: int) -> int:
        """Add what follows the expression: a further bracket, or named items after a comma; then note it as found."""
        tokens = self.tokens
        self.found.append(expression)
        if k < len(tokens) and tokens[k].kind == "open" and 0 < self.closing[k] <= k + LOOKAHEAD:
            items, end = read_items(tokens, k + 1, self.closing[k], self.text), self.closing[k] + 1
        else:
            items = read_items(tokens, k, min(len(tokens), k + 14), self.text, trailing=True)
            end = items.end
        if items.empty() or (items.strange and not items.named):
            return k
        self.add(expression, items, tokens[end - 1].end)
        return max(end, k)

    def add(self, expression: Expression, items: Items, end: int) -> None:
        """Add n, p and a second spread to the expression noted last."""
        spans = tuple(span_of(t) for t in items.spans)
        if (items.n and not expression.n) or (items.p_value and not expression.p_value):
            expression = dataclasses.replace(
                expression, n=expression.n or items.n, p_value=expression.p_value or items.p_value, end=max(end, expression.end),
                numbers=expression.numbers + tuple(s for s in spans if s.text == items.n),
            )  # fmt: skip
            self.found[-1] = expression
        lower, upper, kind = items.lower, items.upper, items.spread
        if items.interval and not kind:
            (lower, upper), kind = items.interval, "interval"
        if lower and kind in ("ci", "iqr", "range", "interval") and expression.spread != kind:
            further = dataclasses.replace(
                expression, end=end, spread=kind, spread_value="", lower=lower, upper=upper, level=items.level,
                numbers=(expression.numbers[0], *spans), explicit=items.named, flags=tuple(items.flags),
            )  # fmt: skip
            if expression.spread == "none":
                self.found[-1] = further
            else:
                self.found.append(further)

    def centre(self, i: int, default: str) -> tuple[str, str]:
        """Return centre and measure of the number at ``i``, ``default`` where nothing names one."""
        return self.declared.centre(i, default, self.tokens)

    def change(self, first: Token) -> bool:
        """Tell whether the words before a number make it a change."""
        window = self.text[max(0, first.start - 90) : first.start]
        if not any(c.isalpha() for c in window[-40:]):
            return False
        return bool(_CHANGE.search(_CLAUSE_END.split(window)[-1]))

    def adjusted(self, first: Token, measure: str) -> bool:
        """Tell whether the words before a difference or ratio call it adjusted."""
        if not measure:
            return False
        return bool(_ADJUSTED.search(self.text[max(0, first.start - 120) : first.start]))


def is_whole(text: str) -> bool:
    """Tell whether a number is written with digits only."""
    return text.isdigit()


def agrees(numerator: str, denominator: str, percent: str) -> bool:
    """Tell whether a percentage is that of a count and its total, within one point."""
    return abs(100 * int(numerator) / int(denominator) - float(percent)) <= 1.0
