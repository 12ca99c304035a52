"""What stands in a bracket, or after a comma, behind a number: spreads, intervals, n, totals, percents and p."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from sonospine.extraction.bounds import ascending, past_percent, quartiles, read_interval, skip_to_number
from sonospine.extraction.p_values import read_p
from sonospine.extraction.tokens import DASH, GARBLED, NUMBER, WORD, Token

_JOINERS = frozenset(("comma", "semicolon", "colon", "equals", DASH, "slash", "dot"))
_FILLERS = frozenset(
    [
        "of",
        "the",
        "is",
        "was",
        "were",
        "with",
        "from",
        "at",
        "value",
        "values",
        "and",
        "a",
        "mean",
        "score",
        "scores",
        "interval",
        "intervals",
        "standard",
        "total",
        "for",
        "in",
        "patients",
        "participants",
        "subjects",
        "cases",
        "respectively",
        "between",
        "confidence",
        "credible",
    ]
)
_SPREAD_WORDS = {
    "sd": "sd", "sds": "sd", "stdev": "sd", "std": "sd", "ds": "sd", "se": "se", "sem": "se", "ses": "se", "sems": "se",
}  # fmt: skip
_RANGE_WORDS = {
    "iqr": "iqr", "iqrs": "iqr", "interquartile": "iqr", "inter": "iqr", "quartiles": "iqr", "quartile": "iqr",
    "percentiles": "iqr", "range": "range", "ranges": "range", "min": "range", "minimum": "range",
}  # fmt: skip
_MOST = frozenset(("max", "maximum"))
_NAMING = frozenset((WORD, "coded", "plusminus"))
_HIGHEST = ("max", "maximum")
LEVELS = frozenset(("95", "90", "99", "97.5", "98"))
_RARE_LEVEL = re.compile(r"(?:[5-9]\d|99)(?:\.\d{1,3})?$")
_CI_WORDS = frozenset(("ci", "cis", "ic", "cl", "confidence", "cri"))
_CI_CODED = re.compile(r"(?:ci|ic)[-_]?(\d\d)$", re.IGNORECASE)
_NO_RESULT_UNITS = re.compile(
    r"(?:mg|ml|µg|μg|mcg|ug|kg|g|gauge|hz|khz|mhz|iu|mmol|th|st|nd|rd|x|yr|yrs|years?|months?|weeks?|wks?|days?)$",
    re.I,
)


@dataclass(slots=True)
class Items:
    """What was read from a stretch of tokens.

    ``spans`` are the numbers used, ``complete`` says that all were, ``strange`` that words stand between them which
    say something else (``see Table 2``): then only named items are to be believed.
    """

    spread: str = ""
    spread_value: str = ""
    lower: str = ""
    upper: str = ""
    second: str = ""
    second_lower: str = ""
    second_upper: str = ""
    level: str = ""
    n: str = ""
    total: str = ""
    percent: str = ""
    p_value: str = ""
    bare: str = ""
    interval: tuple[str, str] | None = None
    fraction: tuple[str, str] | None = None
    named: bool = False
    strange: bool = False
    complete: bool = True
    end: int = 0
    flags: list[str] = field(default_factory=list)
    spans: list[Token] = field(default_factory=list)

    def empty(self) -> bool:
        """Tell whether nothing was read."""
        return not self.spans and not self.p_value


def read_items(tokens: Sequence[Token], i: int, end: int, text: str, *, trailing: bool = False) -> Items:
    """Read the items among ``tokens[i:end]``.

    With ``trailing`` the stretch is not a bracket: only named items count and reading stops at anything else;
    ``Items.end`` is the index behind the last token used.
    """
    items = Items(end=i)
    # Named items start with a word (a level's "CI" comes two or three tokens later): without one there is nothing to read.
    if trailing and not any(t.kind in _NAMING for t in tokens[i : min(end, i + 5)]):
        return items
    while i < end:
        token = tokens[i]
        step = _named_item(tokens, i, end, text, items)
        if step is not None:
            items.named = True
            i = items.end = step
            continue
        if trailing:
            if (led := _past_with(tokens, i, end)) > i:
                i = led
                continue
            if token.kind in _JOINERS and token.kind not in (DASH, "slash", "dot"):
                i += 1
                continue
            break
        if token.kind == NUMBER:
            i = _bare_item(tokens, i, end, items)
        else:
            if token.kind == GARBLED:
                items.complete = False
            elif token.kind in (WORD, "coded") and token.text.lower() not in _FILLERS:
                items.strange = True
            i += 1
        items.end = i
    return items


def _past_with(tokens: Sequence[Token], i: int, end: int) -> int:
    """Return the position of the spread that "with a" leads to ("9.0 points with an SD of 4.0"), else ``i``."""
    k = i if tokens[i].text.lower() == "with" else i + 1
    if k >= end or tokens[i].kind != WORD or tokens[k].text.lower() != "with":
        return i
    j = k + 2 if k + 1 < end and tokens[k + 1].text.lower() in ("a", "an") else k + 1
    spread = j < end and tokens[j].kind == WORD and tokens[j].text.lower() in _SPREAD_WORDS | {"standard": ""}
    return j if spread else i


def _named_item(tokens: Sequence[Token], i: int, end: int, text: str, items: Items) -> int | None:
    token = tokens[i]
    if token.kind == "plusminus":
        j = i + 1
        if items.bare:
            items.strange = True  # "in group 2 (14.6 ± 2.8 versus ...)": the mean stands in the bracket too
            return None
        if j < end and tokens[j].kind == NUMBER:
            items.spread, items.spread_value = items.spread or "plusminus", tokens[j].text
            items.spans.append(tokens[j])
            return past_percent(tokens, j + 1)
        return None
    if token.kind == NUMBER and _is_level(tokens, i, end):
        named_at = next(k for k in range(i + 1, end) if tokens[k].kind == WORD)
        return _interval_item(tokens, named_at, end, items, level=token.text)
    if token.kind == "coded" and (coded := _CI_CODED.match(token.text)):
        return _interval_item(tokens, i, end, items, level=coded[1])
    if (named := quartiles(tokens, i, end)) is not None:
        return _bounds_item(tokens, *named, end, items, "iqr")
    if token.kind != WORD:
        return None
    word = token.text.lower()
    if word in ("p", "pvalue"):
        read = read_p(tokens, i, text)
        if read and read[0] <= end:
            items.p_value = items.p_value or read[1]
            return read[0]
        return None
    if word == "n" and i + 2 < end and tokens[i + 1].kind == "equals" and tokens[i + 2].kind == NUMBER:
        items.n = tokens[i + 2].text
        items.spans.append(tokens[i + 2])
        return i + 3
    if word in _CI_WORDS:
        return _interval_item(tokens, i, end, items, level="")
    if word in _SPREAD_WORDS or word == "standard":
        return _spread_item(tokens, i, end, items)
    if word in _RANGE_WORDS:
        return _range_item(tokens, i, end, items)
    return None


def _bounds_item(
    tokens: Sequence[Token], first: int, second: int | None, end: int, items: Items, kind: str
) -> int | None:
    """Take two bounds as a spread: the pair at ``first``, or the numbers at ``first`` and ``second``."""
    if second is None:
        pair = read_interval(tokens, first)
        if pair is None or pair[0] > end:
            return None
        after, low, high = pair
    else:
        after, low, high = past_percent(tokens, second + 1), tokens[first], tokens[second]
    items.lower, items.upper, swapped = ascending(low.text, high.text)
    items.spread = kind
    items.spans += [low, high]
    if swapped:
        items.flags.append("bounds_swapped")
    return after


def _is_level(tokens: Sequence[Token], i: int, end: int) -> bool:
    rare = (
        bool(_RARE_LEVEL.match(tokens[i].text))
        and i > 0
        and tokens[i - 1].kind in ("open", "comma", "semicolon")
    )
    if tokens[i].text not in LEVELS and not rare:
        return False
    j = i + 1
    while j < end and tokens[j].kind in (DASH, "percent"):
        j += 1
    if rare and tokens[i].text not in LEVELS and all(t.kind != "percent" for t in tokens[i + 1 : j]):
        return False
    return j < end and tokens[j].kind == WORD and tokens[j].text.lower() in _CI_WORDS | {"conf", "bca"}


def _interval_item(tokens: Sequence[Token], i: int, end: int, items: Items, *, level: str) -> int | None:
    j = skip_to_number(tokens, i + 1, end, 9)
    if j is None:
        return None
    if not level and tokens[j].text in ("95", "90", "99") and j + 1 < end and tokens[j + 1].kind == "percent":
        level, after = tokens[j].text, skip_to_number(tokens, j + 2, end)
        if after is None:
            return None
        j = after
    pair = read_interval(tokens, j)
    if pair is None or pair[0] > end:
        return None
    lower, upper, swapped = ascending(pair[1].text, pair[2].text)
    if items.spread and items.spread_value:
        items.second, items.second_lower, items.second_upper = "ci", lower, upper
    else:
        items.spread, items.lower, items.upper = "ci", lower, upper
    items.level = level
    items.spans += [pair[1], pair[2]]
    if swapped:
        items.flags.append("bounds_swapped")
    return pair[0]


def _spread_item(tokens: Sequence[Token], i: int, end: int, items: Items) -> int | None:
    word = tokens[i].text.lower()
    kind, j = _SPREAD_WORDS.get(word, ""), i + 1
    if word in ("standard", "std") and j < end and tokens[j].kind == WORD:
        following = tokens[j].text.lower()
        kind = "sd" if following.startswith("dev") else "se" if following.startswith("err") else kind
        j += 1
    k = skip_to_number(tokens, j, end)
    sign = next(
        (m for m in range(j, min(end, j + 3)) if tokens[m].kind not in ("equals", "colon", "comma")), j
    )
    if k is None and sign < end and tokens[sign].kind == "plusminus":
        k = skip_to_number(tokens, sign + 1, end, 1)
    if not kind or k is None or tokens[k].text.startswith("-"):
        return None
    items.spread, items.spread_value = kind, tokens[k].text
    items.spans.append(tokens[k])
    return past_percent(tokens, k + 1)


def _range_item(tokens: Sequence[Token], i: int, end: int, items: Items) -> int | None:
    word = tokens[i].text.lower()
    if word == "min" and not any(t.text.lower() in _MOST for t in tokens[i + 1 : min(end, i + 7)]):
        return None  # minutes: "51.8 min versus 76.1 min"
    kind, j = _RANGE_WORDS[word], i + 1
    while j < end and tokens[j].kind in (WORD, DASH, "slash", "coded"):
        if tokens[j].kind == WORD and tokens[j].text.lower() in _SPREAD_WORDS | {"p": "", "n": ""}:
            return None
        j += 1
    k = skip_to_number(tokens, j, end)
    if k is None:
        return None
    if (bounds := _bounds_item(tokens, k, None, end, items, kind)) is not None:
        return bounds
    if word in ("min", "minimum"):
        highest = next((m for m in range(k + 1, min(end, k + 4)) if tokens[m].text.lower() in _HIGHEST), None)
        upper = skip_to_number(tokens, highest + 1, end, 3) if highest is not None else None
        return _bounds_item(tokens, k, upper, end, items, kind) if upper is not None else None
    items.spread, items.spread_value = kind, tokens[k].text
    items.spans.append(tokens[k])
    return past_percent(tokens, k + 1)


def past_out(tokens: Sequence[Token], j: int) -> int:
    """Return the position of "of" where "out of" stands at ``j``, else ``j``."""
    out = j + 1 < len(tokens) and tokens[j].kind == WORD and tokens[j].text.lower() == "out"
    return j + 1 if out and tokens[j + 1].kind == WORD and tokens[j + 1].text.lower() == "of" else j


def _bare_item(tokens: Sequence[Token], i: int, end: int, items: Items) -> int:
    token = tokens[i]
    j = past_out(tokens, i + 1)
    after = tokens[j] if j < end else None
    if token.unit and _NO_RESULT_UNITS.match(token.unit):
        items.complete = False
        return i + 1
    if after is not None and (after.kind == "slash" or (after.kind == WORD and after.text.lower() == "of")):
        k = j + 1
        while k < end and k < j + 4 and tokens[k].kind == WORD:
            k += 1
        if k < end and tokens[k].kind == NUMBER and items.fraction is None:
            items.fraction = (token.text, tokens[k].text)
            items.spans += [token, tokens[k]]
            return k + 1
    pair = read_interval(tokens, i)
    if pair is not None and pair[0] <= end and items.interval is None and not _percents(tokens, i, pair[0]):
        lower, upper, swapped = ascending(pair[1].text, pair[2].text)
        items.interval = (lower, upper)
        items.spans += [pair[1], pair[2]]
        if swapped:
            items.flags.append("bounds_swapped")
        if any(t.kind == DASH and t.ambiguous for t in tokens[i : pair[0]]):
            items.flags.append("sign_ambiguous")
        return pair[0]
    is_percent = (after is not None and after.kind == "percent") or (
        i > 0 and tokens[i - 1].kind == "percent"
    )
    if is_percent and not items.percent:
        items.percent = token.text
        items.spans.append(token)
        return past_percent(tokens, i + 1)
    if not items.bare and not is_percent:
        items.bare = token.text
        items.spans.append(token)
        return i + 1
    items.complete = False
    return i + 1


def _percents(tokens: Sequence[Token], i: int, end: int) -> bool:
    """Tell whether a pair is a number and a percentage rather than two bounds: ``12, 34 %`` but not ``12-34 %``."""
    marks = [t.kind for t in tokens[i:end]]
    return marks.count("percent") == 1 and DASH not in marks and WORD not in marks
