"""Statistical text cut into tokens with their places; the grammar of expressions reads the tokens, never the text.

One pass with one compiled pattern, so the time is linear in the length of the text whatever stands in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sonospine.extraction.alternatives import any_of
from sonospine.model.number_words import BELOW_HUNDRED

NUMBER = "number"
GARBLED = "garbled"
DASH = "dash"
WORD = "word"

_MINUS = "\u2212\ufe63\uff0d"
_HYPHENS = "-\u2010\u2011\u2012\u2013\u2014\u2015"
_DASHES = _HYPHENS + _MINUS
_DOTS = ".\u00b7\u2027\u2219\u22c5\u0387\ua78f"
# A bullet is a decimal point between two digits only: before a number it begins an item of a list.
_WITHIN = _DOTS + "\u2022"
_THIN = "\u2009\u202f\u2008\u00a0"
# A cell of nothing but digits in groups of three is one number; inside a text a plain space may part two.
_SPACED = r"\A[1-9]\d{0,2}(?: \d{3})+\Z"
# "1 234" inside a text may be a thousand or a number behind another, and a power of ten multiplies: neither is read.
_PARTED = rf"(?<![\w.,\u00b7])(?!{_SPACED})[1-9]\d{{0,2}}(?: \d{{3}})+(?:[.,\u00b7]\d+)?(?![\d%])"
_POWER = (
    r"[\u00d7\u2715*xX]\s?10(?:\s?\^\s?[-\u2212\u2013+]?\d{1,2}|[-\u2212\u2013]\d{1,2}"
    r"|[\u207a\u207b]?[\u00b9\u00b2\u00b3\u2070-\u2079]+)(?!\d)"
)
_SCIENTIFIC = r"\d+(?:[.,\u00b7]\d+)?[eE][-\u2212\u2013+]?\d{1,2}(?![\w.])"
_DOTTED = r"\b(?:s\.\s?d|s\.\s?e(?:\.\s?m)?|c\.\s?i|i\.\s?q\.\s?r)\.?(?![^\W\d_])"

_WORDED = any_of(BELOW_HUNDRED)
_COUNTED = (
    r"patients?|participants?|subjects?|women|men|cases?|complications?|(?:serious\s+|major\s+|minor\s+)?adverse"
    r"|side\s+effects?|dropouts?|drop-outs?|deaths?|withdrawals?|failures?|infections?|h[ae]*matomas?"
)


def _pattern(decimal_comma: bool) -> re.Pattern[str]:
    if decimal_comma:
        number = (
            _SPACED + r"|\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:[" + _THIN + r"'\u2019]\d{3})+(?:,\d+)?(?!\d)"
            r"|\d+(?:[," + _WITHIN + r"]\d+)*|[" + _DOTS + r",]\d+"
        )
    else:
        number = (
            # A decimal comma is beyond doubt beside a plus-minus sign, whatever the rest of the document does.
            _SPACED
            + r"|\d{1,3},\d{1,2}(?=\s?\u00b1)|(?<=\u00b1)\d{1,3},\d{1,2}(?![\d,])|(?<=\u00b1\s)\d{1,3},\d{1,2}(?![\d,])"
            # No thousand begins with a zero.
            r"|(?<![\d,])0,\d{2,}(?![\d,])"
            r"|[1-9]\d{0,2}(?:,\d{3})+(?:[" + _DOTS + r"]\d+)?(?![\d])(?!,\d)"
            r"|\d{1,3}(?:[" + _THIN + r"'\u2019]\d{3})+(?:[" + _DOTS + r"]\d+)?(?!\d)"
            r"|\d+(?:[" + _WITHIN + r"]\d+)*|[" + _DOTS + r"]\d+"
        )
    return re.compile(
        r"(?P<plusminus>\u00b1|\u2213|\+\s?/\s?[-\u2212\u2013]|[-\u2212\u2013]\s?/\s?\+|\+\s?[-\u2212\u2013](?=\s?\d+(?![\d\s]*/))"
        r"|\\pm\b|&plusmn;|&#177;)"
        r"|(?P<power>"
        + _POWER
        + r")|(?P<garbled>"
        + _PARTED
        + "|"
        + _SCIENTIFIC
        + r")|(?P<dotted>"
        + _DOTTED
        + r")"
        r"|(?P<coded>[^\W\d_]++[-\u2010\u2011]?\d{1,3}(?:[-\u2010\u2011\u2013/]\w+)*(?![" + _DOTS + r",]?\d))"
        r"|(?P<worded>\b(?:" + _WORDED + r")\b|\bno(?=\s+(?:" + _COUNTED + r")\b)"
        r"|\bnone(?=\s+of\s+(?:the|our|these)\s+(?:[\w-]+\s+){0,2}?(?:patients|participants|subjects|women|men|children|cases)\b|\s+in\b)|\bwithout(?=\s+any\b))"
        r"|(?P<word>[^\W\d_]+(?:['\u2019][^\W\d_]+)*)"
        r"|(?P<number>" + number + r")"
        r"|(?P<open>[(\[{\uff08])|(?P<close>[)\]}\uff09])|(?P<percent>[%\uff05])|(?P<slash>[/\u2044\u2215])"
        r"|(?P<dash>[" + _DASHES + r"])"
        r"|(?P<comma>,)|(?P<semicolon>;)|(?P<colon>:)|(?P<dot>\.)|(?P<equals>=)"
        r"|(?P<compare>[<>\u2264\u2265\u2a7d\u2a7e\u2266\u2267]=?|&[lg]t;)|(?P<plus>\+)"
        r"|(?P<mark>[*\u2020\u2021\u00a7\u00b6#\u2016^\u00b9\u00b2\u00b3\u2070-\u2079\u1d43-\u1d4d\u00aa]+)"
        r"|(?P<other>\S)",
        re.IGNORECASE,
    )


_PATTERNS = {False: _pattern(False), True: _pattern(True)}
# "CI-1.2 to 3.4" has a minus, "CI-95" a level.
_CI_LEVELS = frozenset({"90", "95", "99"})
_PLAIN_DECIMAL = re.compile(r"[0-9]+\.[0-9]+")
_THIN_SPACES = re.compile(f"['\u2019{_THIN}]")
_POINTS = re.compile(f"[{_WITHIN}]")
_NO_LETTERS = re.compile(r"[^A-Za-z]")
_SEPARATORS = re.compile("[," + _WITHIN + "]")
_WORDS = re.compile(r"[^\W\d_]{3}")
_FOOTNOTE = re.compile(r"[a-zA-Z]{1,2}$")


@dataclass(slots=True)
class Token:
    """A token: its kind, its place in the source, its text (of a number: normalised) and whether a gap precedes it.

    ``unit`` holds letters glued to a number (``12wk``, ``45a``); ``ambiguous`` tells that a dash might be the
    sign of the number that follows.
    """

    kind: str
    start: int
    end: int
    text: str
    gap: bool = False
    unit: str = ""
    ambiguous: bool = False
    worded: bool = False


def normal_number(printed: str, *, decimal_comma: bool = False) -> str | None:
    """Write a printed number with ASCII minus and decimal point; ``None`` where it can't be read as one number.

    ``printed`` are the characters of the source. Thousands separators go, a leading plus goes, a leading point
    gets its zero. In a document with decimal commas ``1.234`` could be a decimal or a thousand: it is not read.
    """
    if printed.isascii() and printed.isdigit():
        return printed
    if not decimal_comma and _PLAIN_DECIMAL.fullmatch(printed):
        return printed
    word = printed.lower()
    if word in BELOW_HUNDRED:
        return str(BELOW_HUNDRED[word])
    if word in {"no", "none", "without"}:
        return "0"
    sign = "-" if printed[0] in _DASHES else ""
    digits = printed[1:].strip() if printed[0] in _DASHES or printed[0] == "+" else printed
    digits = _THIN_SPACES.sub("", digits).replace(" ", "")
    separators = _SEPARATORS.findall(digits)
    if decimal_comma:
        if separators.count(",") == 1 and digits.rfind(",") > digits.rfind("."):
            digits = digits.replace(".", "").replace(",", ".")
        elif (separators == ["."] and re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", digits)) or len(separators) > 1:
            return None
    elif re.fullmatch(r"\d{1,3},\d{1,2}|0,\d+", digits):
        digits = digits.replace(",", ".")
    else:
        digits = digits.replace(",", "")
    digits = _POINTS.sub(".", digits)
    if digits.count(".") > 1 or not digits.isascii():
        return None
    if digits.startswith("."):
        digits = "0" + digits
    return sign + digits


def tokenise(text: str, *, decimal_comma: bool = False) -> list[Token]:
    """Cut a text into tokens; numbers carry their sign, footnote marks are dropped."""
    tokens: list[Token] = []
    last_end = 0
    for found in _PATTERNS[decimal_comma].finditer(text):
        kind = str(found.lastgroup)
        start, end = found.span()
        gap = start > last_end
        last_end = end
        if kind == "mark":
            continue
        if kind == "number":
            token = _number(text, start, end, gap, tokens, decimal_comma)
        elif kind == "worded":
            written = normal_number(found.group(), decimal_comma=decimal_comma) or ""
            token = Token(NUMBER, start, end, written, gap, worded=True)
        elif kind == "power":
            _multiplied(tokens, end)
            continue
        elif kind == "dotted":
            token = Token(WORD, start, end, _NO_LETTERS.sub("", found.group()), gap)
        else:
            token = Token(kind, start, end, found.group(), gap)
        if token.kind == WORD and not gap and tokens and tokens[-1].kind in (NUMBER, GARBLED):
            tokens[-1].unit = token.text
            if _is_footnote(tokens[-1], token.text):
                tokens[-1].unit = ""
                continue
        tokens.append(token)
    return tokens


def _multiplied(tokens: list[Token], end: int) -> None:
    """Make a number with a power of ten behind it unreadable, unless the power is the unit of a mean and its spread."""
    last = tokens[-1] if tokens else None
    if (
        last is None
        or last.kind not in (NUMBER, GARBLED)
        or (len(tokens) > 1 and tokens[-2].kind == "plusminus")
    ):
        return
    tokens[-1] = Token(GARBLED, last.start, end, last.text, last.gap)


def _is_footnote(number: Token, letters: str) -> bool:
    if not _FOOTNOTE.match(letters):
        return False
    lowered = letters.lower()
    if "." in number.text:
        return lowered not in ("mg", "ml", "cm", "mm", "kg", "hr", "wk", "hz", "iu") and len(lowered) == 1
    return len(lowered) == 1 and lowered in "abcefijk"


def _number(text: str, start: int, end: int, gap: bool, tokens: list[Token], decimal_comma: bool) -> Token:
    previous = tokens[-1] if tokens else None
    if previous is not None and not gap and previous.kind in (DASH, "plus"):
        before = tokens[-2] if len(tokens) > 1 else None
        after_ci = before is not None and before.text == "CI" and text[start:end] not in _CI_LEVELS
        if previous.kind == "plus" or after_ci or _is_sign(previous, before):
            tokens.pop()
            start, gap = previous.start, previous.gap
        elif previous.gap:
            previous.ambiguous = True
    elif previous is not None and _parted_minus(text, tokens, start):
        tokens.pop()
        start, gap = previous.start, previous.gap
    written = normal_number(text[start:end], decimal_comma=decimal_comma)
    if written is None:
        return Token(GARBLED, start, end, text[start:end], gap)
    return Token(NUMBER, start, end, written, gap)


_BEFORE_MINUS = frozenset(("was", "were", "is", "of", "by", "to"))
_GLUED_TO_MINUS = _BEFORE_MINUS | {"and"}


def _parted_minus(text: str, tokens: list[Token], start: int) -> bool:
    """Tell whether a minus that one space parts from its number is the sign: ``(\u2212 0.42; \u2212 0.06)``.

    A hyphen or dash is it where no range and no aside can begin: at the beginning of a cell, behind a bracket, "was" or
    "to", behind the comma of two bounds.
    """
    dash, before = tokens[-1], tokens[-2] if len(tokens) > 1 else None
    if dash.kind != DASH or start - dash.end != 1 or not text[dash.end].isspace():
        return False
    if dash.text in _MINUS:
        return before is None or before.kind in ("open", "semicolon", "comma", "colon", "equals")
    if before is None:
        return dash.text in "-\u2010\u2011\u2013" and dash.start == 0 and not _WORDS.search(text)
    if before.kind == "comma":
        within = [t.kind for t in tokens[-8:-2]]
        return "open" in within and "close" not in within and within[-1] == NUMBER
    if not dash.gap and before.kind not in ("open", WORD):
        return False
    led = before.kind == WORD and before.text.casefold() in _BEFORE_MINUS
    return led or before.kind in ("open", "semicolon", "colon", "equals")


def _is_sign(dash: Token, before: Token | None) -> bool:
    minus = dash.text in _MINUS
    if before is None or before.kind in (
        "open",
        "dash",
        "comma",
        "semicolon",
        "colon",
        "equals",
        "compare",
        "plusminus",
    ):
        return True
    if before.kind in (NUMBER, "percent", GARBLED):
        return minus and dash.gap and before.kind != GARBLED
    if before.kind == WORD and before.text.casefold() in _GLUED_TO_MINUS:
        return True  # "-0.83 to-0.05", "were-23.4": no word is made of such a word and a number
    if dash.text in "\u2014\u2015":
        return False
    return dash.gap or minus


_SHAPE = r"(?:[\u00b1(%%]\s?\d{1,3}%s\d{1,2}(?!\d|[,.]\d)|(?<![\d,.])\d{1,3}%s\d{1,2}(?=\s?[\u00b1%%(])|(?<![\d,.])0%s\d{1,3}(?![\d,]))"
_COMMA = re.compile(r",\d")
_STRONG_COMMA = re.compile(_SHAPE % (",", ",", ","))
_STRONG_POINT = re.compile(_SHAPE % (r"[.\u00b7]", r"[.\u00b7]", r"[.\u00b7]"))


def uses_decimal_comma(texts: Iterable[str]) -> bool:
    """Decide for a whole document whether its decimals are written with commas.

    Evidence are numbers beside ``±``, brackets and percent signs or with a leading zero: at least three of them
    with a comma, and more of them than with a point.
    """
    printed = list(texts)
    # Most documents have no such number with a comma: then nothing more has to be counted.
    commas = sum(len(_STRONG_COMMA.findall(text)) for text in printed if _COMMA.search(text))
    return commas >= 3 and commas > sum(len(_STRONG_POINT.findall(text)) for text in printed)
