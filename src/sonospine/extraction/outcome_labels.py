"""The words that name what was measured, found beside a value in a sentence, whatever the topic."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d_][\w'’\-–/]*|≥\s*\d+\s*%|[\d.]+|[^\w\s]")
_BREAKERS = frozenset(
    str.split(
        "was were is are be been being had has have did do does while whereas but however although and or nor than as that "
        "which who whose when where if because since so thus then in by from to into between among within after before "
        "following until under over during throughout per via using both either each compared versus vs v against respectively "
        "according showed show shows showing remained remain became found observed reported noted seen rose rise fell fall dropped drop "
        "went achieved achieve experienced developed occurred occur required needed underwent received receiving demonstrated "
        "averaged ranged ranging gave got made took led resulted there we they it he she not without up down "
        "differ differs reached reach scored rated stayed declined exceeded equalled felt kept lost gained can could may "
        "favoring favouring favors favours including"
    )
)
_JOINERS = frozenset(str.split("of for on at with"))
_WEAK = frozenset(
    str.split(
        "the a an their his her its our this these those all any no mean means median medians average averages averaged overall significant "
        "significantly statistically statistical higher lower greater less more fewer better worse similar same different "
        "difference differences increase increases decrease decreases increased decreased reduction improvement improved "
        "change changes value values result results level total baseline final initial study studies group groups arm arms "
        "patients patient participants participant subjects subject women men children people individuals cases case "
        "respective corresponding also only about approximately around nearly almost sd se sem iqr ci sds confidence interval "
        "intervals standard deviation deviations error range ranges interquartile percent percentage rate table tables fig "
        "figure figures p n vs observation period periods time times timepoint timepoints point follow-up followup visit visits "
        "treatment intervention end first second third last week weeks month months day days hour hours minute minutes year "
        "years min h hr hrs mm cm points point data respectively of for on at with further still even very "
        "most least large small strong clear marked just one two three four five six both other another further next min. out "
        "mean± ± plus minus score scores follow up post pre post-treatment pre-treatment therapy effect effects "
        "control controls completers placebo respondents responders-only often relative absolute addition mg kg µg μg mcg ng ml mL dl mmol "
        "longer shorter earlier later faster slower larger smaller quartile quartiles "
        "degree degrees mmhg kpa bpm ci95 95ci usd aud eur gbp "
        "st nd rd th comparison analysis trial number numbers proportion frequency incidence remaining main outcome outcomes "
        "locf bocf mmrm ancova itt"
    )
)
# Words that are weak at an edge beside stronger ones, but name an outcome where nothing else does.
_RESERVE = frozenset(str.split("score scores reduction improvement effect effects rate incidence frequency"))
_KEPT_AT_END = frozenset(
    str.split(
        "score scores rate level reduction improvement time times incidence duration index scale frequency"
    )
)


_UNIT = re.compile(r"[mnpkµμ]?(?:g|mol|l|u|iu|eq|cal)/(?:[mnpkdµμ]?(?:l|g|mol)|min|h|day)")

_HARMFUL = frozenset(str.split("adverse side toxic harmful undesirable unwanted untoward"))
_COMPOUND = ("-related", "-induced")
_CUT_AT_END = (_WEAK | _JOINERS) - _KEPT_AT_END

_CIRCUMSTANCE = re.compile(
    r"\b(?:during|after|according\s+to|by|among|on|under|between|within|through|via|independent of|following|than|before|with|without|of the)\s+"
    r"(?:(?:the|a|an|this|these|their|both|each|all)\s+)*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Label:
    """A phrase that names an outcome, at its place."""

    start: int
    end: int
    text: str
    pronoun: bool = False


def phrases(text: str, masked: Iterable[tuple[int, int]]) -> list[Label]:
    """Return the phrases of a sentence that can name an outcome, in order.

    ``masked`` spans (values, times, arms) end a phrase. Verbs, conjunctions, most prepositions and punctuation
    end one too; words that only describe the statistic are cut from its edges.
    """
    return list(each_phrase(text, masked))


def each_phrase(text: str, masked: Iterable[tuple[int, int]]) -> Iterator[Label]:
    """Yield what ``phrases`` returns one after another, for who needs only the first."""
    hidden = sorted(masked)
    run: list[tuple[int, int, str]] = []
    at = 0
    most = len(hidden)
    for word in _WORD.finditer(text):
        start, end = word.span()
        while at < most and hidden[at][1] <= start:
            at += 1
        plain = text[start:end].lower()
        if not (at < most and hidden[at][0] < end) and not _breaks(plain):
            run.append((start, end, plain))
        elif run:
            yield from _closed(run, text)
            run = []
    yield from _closed(run, text)


_TIME_TO = re.compile(
    r"\btime(?:\s+(?:taken|needed|required))?\s+(?:to|until|till)\s+(?:the\s+|an?\s+|their\s+)?(?:(?:first|1\s?st|second|2\s?nd|complete|full)\s+)?$",
    re.IGNORECASE,
)


def _with_time_to(label: Label, text: str) -> Label:
    """Join "time to first" to what it is the time to."""
    led = _TIME_TO.search(text, max(0, label.start - 50), label.start)
    return label if led is None else Label(led.start(), label.end, text[led.start() : label.end])


@functools.lru_cache(maxsize=16384)
def _breaks(plain: str) -> bool:
    if not plain[0].isalpha() and not plain.startswith("≥"):
        return True
    if plain in _BREAKERS:
        return True
    if plain.endswith(_COMPOUND):
        return False
    return (len(plain) > 4 and plain.endswith("ly")) or (
        len(plain) > 5 and plain.endswith("ed") and plain not in _WEAK
    )


def _closed(run: list[tuple[int, int, str]], text: str) -> Iterator[Label]:
    words = list(run)
    while words and (words[0][2] in _WEAK or words[0][2] in _JOINERS or _UNIT.fullmatch(words[0][2])):
        words.pop(0)
    while words and (
        _UNIT.fullmatch(words[-1][2])
        or words[-1][2].endswith(_COMPOUND)
        or (words[-1][2] in _CUT_AT_END and not _names_harm(words))
    ):
        words.pop()
    if not words:
        reserve = [w for w in run if w[2] in _RESERVE]
        if reserve:
            yield Label(reserve[0][0], reserve[-1][1], text[reserve[0][0] : reserve[-1][1]], pronoun=True)
        return
    if len(words[-1][2]) < 2 and len(words) == 1:
        return
    start, end = words[0][0], words[-1][1]
    yield _with_time_to(Label(start, end, text[start:end]), text)


def _names_harm(words: list[tuple[int, int, str]]) -> bool:
    """Tell whether a phrase ends in "adverse effects" or the like, where the last word is part of the name."""
    return len(words) > 1 and words[-1][2] in {"effect", "effects"} and words[-2][2] in _HARMFUL


def nearest_before(labels: list[Label], position: int, text: str) -> Label | None:
    """Return the last phrase that ends before a position, but for phrases that only tell a circumstance.

    In "glycaemia during infusion was 0.8" the infusion is a circumstance, because "during" leads to it and another
    phrase stands before it.
    """
    before = [label for label in labels if label.end <= position]
    before = [label for label in before if not _explains_scale(label, text, position)] or before
    for i in range(len(before) - 1, -1, -1):
        if i == 0 or not _CIRCUMSTANCE.search(text[: before[i].start]):
            return before[i]
        if before[i - 1].pronoun or re.search(r"[;:]", text[before[i - 1].end : before[i].start]):
            return before[i]
    return None


_ANCHORS = re.compile(
    r"\b(?:indicat\w*|represent\w*|denot\w*|correspond\w*|meaning|worst|best|maximum|minimum|imaginable|possible)\b",
    re.IGNORECASE,
)


def _explains_scale(label: Label, text: str, position: int) -> bool:
    """Tell whether a phrase stands in a bracket that explains a scale: "(0-40, a lower score indicates less pain)"."""
    opened = text.rfind("(", 0, label.start)
    closed = text.find(")", label.end, position)
    if opened < 0 or closed < 0 or ")" in text[opened : label.start]:
        return False
    return _ANCHORS.search(text, opened, closed) is not None


def nearest_after(labels: list[Label], position: int) -> Label | None:
    """Return the first phrase that starts after a position."""
    return next((label for label in labels if label.start >= position), None)
