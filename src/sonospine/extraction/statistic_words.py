"""The words that name a statistic, what they mean for the numbers behind them, and numbers that are no results."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sonospine.extraction.tokens import NUMBER, WORD, Token

_CENTRES = {
    "mean": "mean", "means": "mean", "average": "mean", "averaged": "mean", "averages": "mean", "median": "median", "medians": "median",
}  # fmt: skip
_SPREADS = {
    "sd": "sd", "sds": "sd", "stdev": "sd", "se": "se", "sem": "se", "iqr": "iqr", "interquartile": "iqr", "quartile": "iqr",
    "quartiles": "iqr", "percentiles": "iqr", "range": "range", "ci": "ci", "cis": "ci", "confidence": "ci",
}  # fmt: skip
_RATIOS = {"rr": "RR", "or": "OR", "hr": "HR", "aor": "OR", "ors": "OR", "rrs": "RR"}
_PAIRS = {
    ("risk", "ratio"): "RR", ("relative", "risk"): "RR", ("odds", "ratio"): "OR", ("hazard", "ratio"): "HR",
    ("rate", "ratio"): "RR", ("hazards", "ratio"): "HR", ("risk", "difference"): "RD",
}  # fmt: skip
_STANDARDISED = frozenset(("smd", "hedges", "cohen", "cohens", "cohen's", "cohen’s", "hedges'", "hedges’"))
# Every word that begins to name a statistic: nearly all words of a sentence are none of them.
_DECLARING = frozenset(
    (*_CENTRES, *_SPREADS, *_RATIOS, *(first for first, _ in _PAIRS), *_STANDARDISED,
     "effect", "standardised", "standardized", "difference", "differences", "treatment", "md", "standard"),
)  # fmt: skip
_DOSES = re.compile(
    r"(?:mg|ml|µg|μg|mcg|ug|kg|g|gr|gauge|hz|khz|mhz|iu|units?|mmol|mol|mw|watts?|w|j|°|x|th|st|nd|rd|fold|times|l|cc|meq|mmhg|bpm|mgs|"
    r"nm|ng|pg|u|ph|gy|kv|ma|volts?|v|celsius|kcal|tesla|t)$",
    re.IGNORECASE,
)
_TIMES = re.compile(
    r"(?:years?|yrs?|yr|y|months?|mos?|weeks?|wks?|wk|w|days?|d|hours?|hrs?|hr|h|minutes?|mins?|min|seconds?|secs?|s|visits?|sessions?|"
    r"times|points?[- ]in[- ]time|centers?|centres|hospitals?|groups?|arms?|trials?|studies|items|questions|investigators?|therapists?)$",
    re.IGNORECASE,
)
_LABELS = frozenset(
    [
        "table",
        "tables",
        "fig",
        "figs",
        "figure",
        "figures",
        "ref",
        "refs",
        "reference",
        "references",
        "appendix",
        "chapter",
        "section",
        "step",
        "phase",
        "stage",
        "grade",
        "level",
        "levels",
        "type",
        "version",
        "visit",
        "week",
        "weeks",
        "month",
        "months",
        "day",
        "days",
        "year",
        "years",
        "hour",
        "hours",
        "group",
        "groups",
        "class",
        "model",
        "equation",
        "no",
        "nos",
        "number",
        "aged",
        "age",
        "scale",
        "p",
        "α",
        "alpha",
        "df",
        "χ",
        "chi",
        "article",
        "doi",
        "isbn",
        "suppl",
        "page",
        "pages",
        "vol",
    ]
)


@dataclass(frozen=True, slots=True)
class Statistic:
    """What a word declares: a centre, a spread, a measure."""

    centre: str = ""
    spread: str = ""
    measure: str = ""
    percent: bool = False


def statistic_in(tokens: Sequence[Token], i: int) -> Statistic | None:
    """Return what the token at ``i`` declares, or ``None``."""
    token = tokens[i]
    if token.kind == "percent":
        before = [t for t in tokens[max(0, i - 3) : i] if t.kind != "dot"]
        counted = (
            len(before) > 1
            and before[-1].kind == "open"
            and before[-2].text.lower() in ("n", "no", "number", "count")
        )
        return Statistic(percent=True) if counted else None
    if token.kind != WORD:
        return None
    word = token.text.lower()
    if word not in _DECLARING:
        return None
    following = tokens[i + 1].text.lower() if i + 1 < len(tokens) else ""
    if (word, following) in _PAIRS:
        measure = _PAIRS[word, following]
        return Statistic(centre="difference" if measure == "RD" else "ratio", measure=measure)
    if word in _RATIOS and token.text.isupper():
        return Statistic(centre="ratio", measure=_RATIOS[word])
    if word in _STANDARDISED or (word, following) in (
        ("effect", "size"),
        ("standardised", "mean"),
        ("standardized", "mean"),
    ):
        return Statistic(centre="difference", measure="SMD")
    if word in ("difference", "differences") and _is_named_already(tokens, i):
        return None
    if word in ("difference", "differences") or (word, following) == ("treatment", "effect"):
        return Statistic(centre="difference", measure="MD")
    if word == "md" and token.text.isupper():
        return Statistic(centre="difference", measure="MD")
    if word == "standard" and following[:3] in ("dev", "err"):
        return Statistic(spread="sd" if following.startswith("dev") else "se")
    if word in _CENTRES and following not in ("age", "difference", "differences"):
        return Statistic(centre=_CENTRES[word])
    if word in _SPREADS and not (
        word == "range"
        and (following in ("of", "from") or (i and tokens[i - 1].text.lower() == "interquartile"))
    ):
        return Statistic(spread=_SPREADS[word])
    return None


def states_bounds(tokens: Sequence[Token], i: int, statistic: Statistic) -> bool:
    """Tell whether "range" at ``i`` states the bounds of a scale itself ("score (range, 0-10)"): no later bracket is one."""
    if statistic.spread != "range" or not i or tokens[i - 1].kind != "open":
        return False
    j = i + 1
    while j < len(tokens) and tokens[j].kind in ("comma", "colon", "equals", WORD) and j < i + 4:
        j += 1
    return (
        j + 2 < len(tokens)
        and tokens[j].kind == NUMBER
        and (tokens[j + 1].kind == "dash" or tokens[j + 1].text.lower() == "to")
        and tokens[j + 2].kind == NUMBER
    )


def _is_named_already(tokens: Sequence[Token], i: int) -> bool:
    """Tell whether the words before "difference" say which one: a risk difference, a standardised mean difference."""
    before = [t.text.lower() for t in tokens[max(0, i - 2) : i]]
    return before[-1:] == ["risk"] or before in (["standardised", "mean"], ["standardized", "mean"])


class Declared:
    """The statistics named so far in the sentence, each with the token that named it."""

    def __init__(self) -> None:
        self._centre: tuple[str, str, int] | None = None
        self._difference: tuple[str, str, int] | None = None
        self._spread: tuple[str, int] | None = None
        self._percent: int | None = None

    def note(self, statistic: Statistic, at: int) -> None:
        """Take in what the token at index ``at`` declares."""
        if statistic.measure:
            self._difference = (statistic.centre, statistic.measure, at)
        elif statistic.centre:
            self._centre = (statistic.centre, "", at)
        if statistic.spread:
            self._spread = (statistic.spread, at)
        if statistic.percent:
            self._percent = at

    def centre(self, i: int, default: str, tokens: Sequence[Token]) -> tuple[str, str]:
        """Return centre and measure of the number at token ``i``.

        A difference or ratio holds for the next number only (nearer than 20 tokens; times and the ends of a scale are
        passed over); a mean or median for the rest of the sentence, but for a bare number only until another number
        came between.
        """
        if self._difference is not None:
            centre, measure, at = self._difference
            between = (k for k in range(at, i) if tokens[k].kind == NUMBER)
            if i - at <= 20 and all(_is_passed_over(tokens, k) for k in between):
                return centre, measure
        if self._centre is None or default in ("count", "percent"):
            return default, ""
        if default == "number" and i - self._centre[2] > 40:
            return default, ""
        return self._centre[0], ""

    def spread_after_plus_minus(self) -> str:
        """Return ``sd`` or ``se`` where the sentence names it, else an empty text."""
        return self._spread[0] if self._spread and self._spread[0] in ("sd", "se") else ""

    def interval_kind(self) -> str:
        """Return ``ci iqr range`` for two numbers in brackets where the sentence names it."""
        if self._spread and self._spread[0] in ("ci", "iqr", "range"):
            return self._spread[0]
        return ""

    def bracket_kind(self) -> str:
        """Return ``sd se iqr range percent`` for one number in brackets where the sentence names it."""
        if self._percent is not None and (self._spread is None or self._spread[1] < self._percent):
            return "percent"
        return self._spread[0] if self._spread and self._spread[0] in ("sd", "se", "iqr", "range") else ""


def _is_passed_over(tokens: Sequence[Token], k: int) -> bool:
    """Tell whether a number between "difference" and its value is a time ("at 4 weeks"), a level or an end of a scale."""
    beside = [t.kind for t in (*tokens[max(0, k - 1) : k], *tokens[k + 1 : k + 2])]
    following = [t.text.lower() for t in tokens[k + 1 : k + 3]]
    if len(following) == 2 and following[0] == "%" and following[1] in ("ci", "cis", "confidence"):
        return True
    after = tokens[k + 1] if k + 1 < len(tokens) else None
    timed = after is not None and after.kind == WORD and _TIMES.match(after.text) is not None
    return (
        timed or _TIMES.match(tokens[k].unit) is not None or ("dash" in beside and beside != ["dash", "dash"])
    )


def _is_spread(tokens: Sequence[Token], i: int) -> bool:
    """Tell whether a word that names a spread stands right before a number: ``SD 1.2``, ``SE = 0.3``."""
    j = i - 2 if i and tokens[i - 1].kind in ("equals", "colon") else i - 1
    return j >= 0 and tokens[j].kind == WORD and _SPREADS.get(tokens[j].text.lower()) in ("sd", "se", "iqr")


def excluded_number(tokens: Sequence[Token], i: int, percent: bool, *, measured: bool = False) -> bool:
    """Tell whether the number at ``i`` is a dose, a time, a year, a label or a reference and not a result.

    With ``measured`` a spread or count stands behind it: then only labels and ordinals are refused.
    """
    token = tokens[i]
    before = tokens[i - 1] if i else None
    after = tokens[i + 1] if i + 1 < len(tokens) else None
    if token.unit and (_DOSES.match(token.unit) or (not measured and _TIMES.match(token.unit))):
        return True
    if before is not None and before.kind == WORD and before.text.lower() in _LABELS and not measured:
        return True
    if token.text.isdigit() and len(token.text) == 4 and 1900 <= int(token.text) <= 2100 and not percent:
        opens = i == 0 and token.start == 0 and [t.kind for t in tokens[1:4]] == ["open", "number", "close"]
        return not opens and (after is None or after.kind != "plusminus")
    if measured or percent:
        return False
    if _is_spread(tokens, i):
        return True
    if (
        after is not None
        and after.kind == WORD
        and not token.unit
        and (_DOSES.match(after.text) or _TIMES.match(after.text))
    ):
        return True
    if before is not None and before.kind in ("slash", "plus"):
        return True
    return _is_reference(tokens, i)


def _is_reference(tokens: Sequence[Token], i: int) -> bool:
    """Tell whether a whole number stands in square brackets with nothing but numbers: a reference."""
    if not tokens[i].text.isdigit():
        return False
    j = i
    while j > 0 and tokens[j].kind in (NUMBER, "comma", "dash") and i - j < 12:
        j -= 1
    k = i
    while k < len(tokens) - 1 and tokens[k].kind in (NUMBER, "comma", "dash") and k - i < 12:
        k += 1
    return tokens[j].kind == "open" and tokens[j].text == "[" and tokens[k].kind == "close"
