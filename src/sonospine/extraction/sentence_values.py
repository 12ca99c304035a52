"""The values of a sentence: numbers joined to the spread or fraction that words part from them, and which are results.

Doses, thresholds, ranges, reference marks and halves of numbers are none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sonospine.extraction.expression_building import agrees
from sonospine.extraction.expressions import Expression
from sonospine.extraction.unmeasured import is_unmeasured

_THRESHOLD_BEFORE = re.compile(
    r"(?:at least|more than|greater than|less than|over|above|below|under|minimum of|exceeding|≥|≤|>|<|up to|set at|defined as)\s*(?:an?\s+)?$",
    re.IGNORECASE,
)
_THRESHOLD_AFTER = re.compile(
    r"\s*(?:or (?:more|greater|better|higher|less)|(?:pain|symptom\w*|functional|clinical)?\s*(?:relief|reduction|improvement|decrease|responders?|confidence|CI\b|power|NaCl|solution)|(?:[-–]|to)\s*\d)",
    re.IGNORECASE,
)
_NAMED_SPREAD = re.compile(
    r"\s*(?:mm|cm|points?|min(?:utes?)?|s|sec(?:onds)?|hours?|days?|degrees?|°|mg|ml|mL|kg|%)?\s*[(\[,]\s*(?P<kind>S\.?D\.?|S\.?E\.?(?:M\.?)?)\s*[=:,]?\s*",
    re.IGNORECASE,
)
_SHARE_OF = re.compile(r"\s+of\s+(?:the\s+)?(?:[a-z][\w-]*\s+){1,3}[(\[]\s*", re.IGNORECASE)
_CLOSE = re.compile(r"\s*[)\]]")
_SPREAD_BEFORE = re.compile(r"\b(?:S\.?D\.?|S\.?E\.?M?\.?|IQR)\s*[=:,]?\s*$")
_TORN_BEFORE = re.compile(r"\d[,:]$|\d\s?(?:h|hr|hrs|hours?)\s$|\bR[2²]\s?=\s?$")
_TORN_AFTER = re.compile(r",\d")
_OR_MORE = re.compile(
    r"\s*(?:points?|mm|cm|%)?\s*or (?:more|greater|better|higher|less|lower|below|above|fewer|worse)\b",
    re.IGNORECASE,
)
_RANGE_BEFORE = re.compile(r"\d\s*%?\s*(?:to|[-–])\s*$")
# "0.5% solution" is a concentration, "40% of patients" and "40% vs 20%" are results.
_AFTER_PERCENT = re.compile(
    r"\s*(?:[^\w\s]|$|(?:of|in|and|vs?|versus|for|at|with|compared|to|after|before|during|patients?|participants?|subjects?|women|"
    r"men|children|people|had|were|was|while|whereas|p|respectively|reported|achieved|experienced|showed|on|by|than|or|among|"
    r"responded|recovered|remained|success\w*|accura\w*|effective|satisf\w*)\b)",
    re.IGNORECASE,
)
_LABELLED_NUMBER = re.compile(
    r"\b(?:figs?|figures?|tables?|tab|refs?|nos?|stage|grade|type|phase|level|class|visit|version|item)\s*[.(]?\s*$"
    r"|\b(?:ES|d|r|t|z|F|χ2|df|β|κ)\s*[=:]\s*[-−–]?\s*$",
    re.IGNORECASE,
)
_NAMES_DIFFERENCE = re.compile(r"\b(?:difference|ratio|MD|SMD|OR|RR|HR|RD)\b[^.;\d]{0,40}$")
_OF_RANGE = re.compile(
    r"\b(?:CI\s?95|CI|confidence interval|intervals?|rang\w+|IQR|quartiles?|percentiles?)\b[^;.]{0,30}$"
    r"|\bbetween\s*(?:[-\u2212]?\d[\d.]*\s*%?\s*(?:and|to|[-\u2013])\s*)?$",
    re.IGNORECASE,
)
_BARE_BEFORE = re.compile(
    r"(?:\b(?:was|were|is|of|to|from|at|by|vs?|versus|and|than|mean|median|average|score|only|about|approximately)\.?|[=:,/(\[])\s*$",
    re.IGNORECASE,
)
_BARE_AFTER = re.compile(
    r"\s*(?:(?:points?|mm|cm|%|min(?:utes?)?|s(?:ec(?:onds)?)?|hours?|h|days?|degrees?|°)(?!\w)\s*)?"
    r"(?:[,;:.)\]/(]|$|(?:and|or|vs?|versus|in|at|on|for|to|after|before|compared|with|while|whereas|but|than|from|during|under|against|respectively|by|points?|among|p|pre-?op\w*|post-?op\w*|initially)\b)",
    re.IGNORECASE,
)
_OF_AGREEMENT = re.compile(
    r"\b(?:correlat\w+|Pearson\w*|Spearman\w*|kappa|Cronbach\w*|ICC|intra-?class|agreement|reliability)\b",
    re.IGNORECASE,
)
# "From 0 (none) to 10 (worst imaginable)": the ends of a scale and what they mean.
_ANCHOR_BEFORE = re.compile(r"\b\d{1,3}\s*[(=][^()\d]{2,60}\)?,?\s*(?:to|and|[-\u2013])\s*$")
_ANCHOR_AFTER = re.compile(r"\s*[(=]\s*[^\W\d_][^()\d]{2,80}(?:\)|$)")
_FIRST_ANCHOR = re.compile(r"\s*[(=][^()\d]{2,60}\)?,?\s*(?:to|and|[-\u2013])\s*\d{1,3}\s*[(=]\s*[^\W\d_]")
_FALLING = re.compile(r"[(\[]\s*(?P<first>\d+(?:\.\d+)?)\s*to\s*$")
_IN_GROUP = re.compile(r"\s*in\s+(?:the\s+)?[^;,()]{1,40};\s*\d+\s+in\b")
# "34 mm (0 to 80)", "was kept (3.9 to 4.0)": a range or a rise; a fall is none.
_OPENED = re.compile(r"[(\[]\s*$")
_SECOND_BOUND = re.compile(r"\s*to\s*(?P<second>[-\u2212]?\d+(?:\.\d+)?)\s*(?:[)\]]|[,;]\s*[pP]\b)")
_N_BEFORE = re.compile(r"\b[nN]\s*=\s*$")
_NOT_A_RESULT = re.compile(
    r"\s*(?:(?:mg|mcg|µg|μg|g|ml|l|kg|Hz|kHz|MHz|mA|V|W|J|°|gauge|IU|units?|mmol|nmol)(?![a-z])|(?:patients?|participants?|subjects?|women|men\b|"
    r"children|cases|eyes|knees|years?|weeks?|months?|days?|h\b|hours?|groups?|arms?|times|sessions?|injections?|studies|trials|centers|centres|"
    r"hospitals|points? scale|[-–]\s?[A-Za-z]|st\b|nd\b|rd\b|th\b|of\b|[-–]\d|:\d|x\b|×|different\b))",
    re.IGNORECASE,
)


def with_named_spreads(text: str, expressions: list[Expression]) -> list[Expression]:
    """Join "52.0 mm (SD = 29.2)": the unit parts the mean from its spread, which is no value of its own."""
    kept: list[Expression] = []
    for expression in expressions:
        last = kept[-1] if kept else None
        plain = expression.centre == "number" and expression.spread == "none"
        if last is None or not plain or last.spread != "none" or last.centre not in {"number", "mean"}:
            kept.append(expression)
            continue
        named = _NAMED_SPREAD.fullmatch(text[last.end : expression.start])
        if named is None:
            kept.append(expression)
            continue
        close = _CLOSE.match(text, expression.end)
        kept[-1] = replace(
            last,
            end=close.end() if close else expression.end,
            centre="mean",
            spread="se" if named["kind"].lower().replace(".", "") in {"se", "sem"} else "sd",
            spread_value=expression.value,
            numbers=(*last.numbers, *expression.numbers),
            explicit=True,
        )
    return kept


def with_their_fractions(text: str, expressions: Sequence[Expression]) -> list[Expression]:
    """Join a percentage to the fraction that a bracket behind it gives: "33 % of patients (25/75)" is one count."""
    kept: list[Expression] = []
    for expression in expressions:
        last = kept[-1] if kept else None
        if last is not None and last.centre == "percent" and _is_its_fraction(text, last, expression):
            kept[-1] = replace(
                expression,
                centre="count",
                percent=last.value,
                explicit=True,
                flags=tuple(f for f in expression.flags if f != "score_or_count"),
            )
        else:
            kept.append(expression)
    return kept


def _is_its_fraction(text: str, percent: Expression, fraction: Expression) -> bool:
    if not fraction.total or not fraction.value.isdigit() or int(fraction.total) == 0:
        return False
    if _SHARE_OF.fullmatch(text, percent.end, fraction.start) is None:
        return False
    return agrees(fraction.value, fraction.total, percent.value)


def is_torn(text: str, expression: Expression) -> bool:
    """Tell whether a value is half of "3,1" (a decimal comma), of "1 h 18 min" or "1:2", or a measure of fit."""
    first = expression.numbers[0] if expression.numbers else None
    if first is None:
        return False
    before, after = text[max(0, first.start - 9) : first.start], text[first.end : first.end + 2]
    torn = _TORN_BEFORE.search(before)
    if expression.spread != "none":
        return bool(torn and torn[0][-1].isspace())
    return bool(torn or _TORN_AFTER.fullmatch(after))


def is_result(text: str, expression: Expression) -> bool:
    """Tell whether a number of a sentence is a result, by the words around it."""
    before, after = (
        text[max(0, expression.start - 60) : expression.start],
        text[expression.end : expression.end + 40],
    )
    if (
        _N_BEFORE.search(before)
        or _LABELLED_NUMBER.search(before)
        or (expression.total and before[-1:].isalpha())
    ):
        return False
    if expression.spread != "none":
        return True
    single = expression.centre not in {"count", "percent"} and not expression.total
    if single and is_unmeasured(before, after, expression.value):
        return False
    if _ends_scale(text, expression):
        return False
    if expression.centre == "percent":
        if _THRESHOLD_BEFORE.search(before) or _THRESHOLD_AFTER.match(after) or _ends_range(before):
            return False
        return _AFTER_PERCENT.match(after) is not None
    if expression.centre in {"difference", "ratio"}:
        return _NAMES_DIFFERENCE.search(before) is not None and not _NOT_A_RESULT.match(after)
    if expression.centre == "count" or expression.total:
        return True
    if _OF_AGREEMENT.search(text, 0, expression.start) and abs(float(expression.value)) <= 1:
        return False  # a coefficient
    return _is_bare_result(before, after, expression)


def _ends_scale(text: str, expression: Expression) -> bool:
    """Tell whether a number is one end of a scale, whose meaning stands behind it in brackets."""
    before = text[max(0, expression.start - 80) : expression.start]
    last = _ANCHOR_BEFORE.search(before) and _ANCHOR_AFTER.match(text, expression.end)
    return bool(last or _FIRST_ANCHOR.match(text, expression.end))


def _falls(before: str, value: str) -> bool:
    """Tell whether a bracket begins with a larger number: "(7.2 to 3.1" is a fall and no range."""
    falling = _FALLING.search(before)
    return falling is not None and float(falling["first"]) > float(value)


def _ends_range(before: str) -> bool:
    return bool(_RANGE_BEFORE.search(before)) and not re.search(r"\bfrom\b(?:[^.;]|\.(?=\d))*$", before)


def _is_bare_result(before: str, after: str, expression: Expression) -> bool:
    """Tell whether a number without spread is one: "the mean was 3.2 in ..."; not a range, a mark or a dose."""
    if before.endswith("(") and after.startswith(")") and expression.value.isdigit():
        return False  # a reference mark
    if before.endswith(("(", "(n = ")) and expression.value.isdigit() and _IN_GROUP.match(after):
        return False  # "(9 in group A; 7 in group B)" are people
    second = _SECOND_BOUND.match(after) if _OPENED.search(before) else None
    if second is not None and float(expression.value) <= float(second["second"].replace("\u2212", "-")):
        return False
    if _NOT_A_RESULT.match(after) or _THRESHOLD_BEFORE.search(before):
        return False
    if _ends_range(before) and not _falls(before, expression.value):
        return False
    if _OR_MORE.match(after) or _SPREAD_BEFORE.search(before):
        return False
    if _OF_RANGE.search(before):
        return False
    return _BARE_BEFORE.search(before) is not None and _BARE_AFTER.match(after) is not None
