"""How many people or events there were in each group: "four patients in the A arm and two in the B arm withdrew"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sonospine.extraction.arm_labels import NUMBER_WORDS, count_of
from sonospine.extraction.arms import Arm
from sonospine.extraction.attachment import Mention
from sonospine.extraction.expressions import Expression, NumberSpan

PERSONS = r"(?:patients?|participants?|subjects?|wom[ae]n|m[ae]n|child(?:ren)?|people|persons?|individuals?|adults?|volunteers?|cases?)"
_COUNTED = rf"(?<![\w.,·±/<>≤≥=%-])(?<!\d\s)(?P<n>\d{{1,2}},\d{{3}}|\d{{1,4}}|{NUMBER_WORDS}|no|none|zero)(?![\w.,·]*\d)"
# What follows the number: at most six words, none of them a number, a verb of being or a joint of the sentence.
_THINGS = (
    r"(?P<things>(?:\s+(?:of\s+the\s+)?(?!(?:and|or|to|than|vs|versus|was|were|is|had|has|have|out|with|in|on|from|for|per|occurring|occurred|observed|reported|seen|noted|recorded|found)\b)"
    r"[A-Za-z][\w/-]*){0,6}?(?:\s*\([A-Za-z]{2,8}\))?)"
)
_LINK = (
    r"\s+(?:(?:(?:was|were)\s+)?(?:occurring|occurred|observed|reported|seen|noted|recorded|found)\s+)?"
    r"(?P<link>(?:in|of|from|on|with|among|under|receiving|given|taking|treated\s+with|randomi[sz]ed\s+to|assigned\s+to|allocated\s+to|to)\s+)"
    r"(?:the\s+|an?\s+)?$"
)
_NUMBERS = re.compile(_COUNTED, re.IGNORECASE)
_BEFORE_GROUP = re.compile(_COUNTED + _THINGS + _LINK, re.IGNORECASE)
_BEFORE_BRACKET = re.compile(_COUNTED + _THINGS + r"\s*[(\[]\s*$", re.IGNORECASE)
# The words of a mention may begin with what leads to it ("in the A group").
_LED = re.compile(
    r"(?:(?:occurring|occurred|observed|reported|seen|noted|recorded|found)\s+)?(?:(?:in|of|from|on|with|among|under|for)\s+)?(?:(?:the|an?)\s+)?",
    re.IGNORECASE,
)
_AFFECTED = re.compile(
    r"\b(?:in|by|of|for|among|from|with|including)\s+(?:only\s+|just\s+|about\s+)?$", re.IGNORECASE
)
_FOLLOWED = re.compile(
    r"\s*[)\]]?\s*(?:[(\[][^()\[\]]*[)\]]\s*)?(?!(?:and|or|than|at|in|on|to|for|of|with|by|during|after|before|from|the|as|but|while|whereas|compared|vs|versus|against|(?:who\s+)?(?:received|underwent|(?:were|was)\s+(?:only\s+)?(?:given|injected|treated|instructed|advised)))\b)[a-z]{3,}"
)
_BESIDE = re.compile(
    rf"\s*(?:of\s+the\s+)?(?:{PERSONS}\s*)?(?:(?:in|of|from|on|among|with|receiving|given)\s+)(?:(?:the|an?)\s+)?",
    re.IGNORECASE,
)
_LISTED = re.compile(
    r"\s*(?:,|/|&|,?\s*(?:and|or|vs\.?|versus))\s*(?:in\s+)?(?:the\s+)?(?:groups?\s+)?", re.IGNORECASE
)
_CLOSED = re.compile(r"\s*[)\]]")
_OF_PEOPLE = re.compile(rf"^(?:\s+of\s+the)?(?:\s+[\w-]+){{0,2}}?\s+{PERSONS}$", re.IGNORECASE)
_PLURAL = re.compile(r"\b(?:\w{3,}(?<![su])s|women|men|children|people)\b", re.IGNORECASE)
_DID = re.compile(r"\s+(?:died|relapsed|recovered|responded|withdrew|discontinued)$", re.IGNORECASE)
# Amounts of something else than people and events.
_AMOUNT = re.compile(
    r"^\s+(?:[\w/-]+\s+)?(?:points?|percent|per\s?cent|mm|cm|m|mg|µg|μg|g|kg|ml|l|iu|units?|hz|degrees?|(?:milli|micro)?\w*(?:grams?|lit(?:er|re)s?|met(?:er|re)s?)|"
    r"seconds?|s|min|minutes?|hours?|h|days?|weeks?|months?|years?|times|folds?|doses?|tablets?|capsules?|sessions?|visits?|cycles?|injections?|"
    r"breaths?|beats?|steps?|levels?|items?|groups?|arms?|cohorts?|cent(?:er|re)s?|sites?|hospitals?|clinics?|villages?|clusters?|schools?|"
    r"studies|trials|euros?|dollars?|pounds|usd|eur|stages?|grades?|scores?|ways?|types?|categories)\b",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"\b(?:figs?|figures?|tables?|refs?|nos?|stages?|grades?|types?|phase|levels?|class|visits?|versions?|items?|days?|weeks?|months?|years?|groups?|arms?|"
    r"cycles?|age|score|scale|criteri\w+|and|or|to)\s*[.(]?\s*$",
    re.IGNORECASE,
)
# "3 of 20 patients in the A group": the second is how many there were; "used in 20 patients" tells what they received.
_OF_ALL = re.compile(r"\b(?:of|among|amongst|from)\s+(?:the\s+|all\s+)?$", re.IGNORECASE)
_APPLIED = re.compile(
    r"\b(?:used|performed|applied|administered|given|placed|inserted)\s+(?:only\s+)?(?:in|to|for)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_JOINT = re.compile(r"\b(?:and|or|to)\s*$", re.IGNORECASE)
_AVERAGED = re.compile(
    r"\b(?:means?|medians?|averages?d?|ranged?|per|rates?|ratios?|scores?|levels?|at\s+least|more\s+than|less\s+than|up\s+to)\b",
    re.IGNORECASE,
)
# Sentences that deal people out to groups, or tell who is left of them, give sizes.
_SIZES = re.compile(
    r"\b(?:randomi[sz](?:ed|ation)|allocat\w+|assigned|enrol+\w*|recruited|analy[sz]ed|evaluable|evaluated|eligible|included|available|"
    r"completed|divided|consisted|comprised|sample\s+size|contributed|participated|took\s+part|interviewed|screened|followed)\b",
    re.IGNORECASE,
)
_DEALT = re.compile(rf"(?<=\s){PERSONS}\s+(?:randomi[sz]ed|assigned|allocated)\s+to\b", re.IGNORECASE)


_WORDS = re.compile(r"(?:\s+[A-Za-z][\w/-]*)+(?:\s*\([A-Za-z]{2,8}\))?")
_SEEN = re.compile(
    r"(?:\s+(?:was|were))?(?:\s+(?:occurring|occurred|observed|reported|seen|noted|recorded|found))?$"
)
_NAMELESS = re.compile(r"(?:such\s+|of\s+the\s+)?(?:cases?|events?|episodes?|ones?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Found:
    n: str
    start: int
    end: int
    things: str
    stop: int
    arm: Arm


def counts_in_groups(
    text: str, arms: Sequence[Mention[Arm]], taken: Sequence[Expression]
) -> list[tuple[Expression, Arm]]:
    """Return counts that stand before a group, each with its arm and the people or events between: "54 events in the A group and 38 in the B group".

    At least two groups have one, or people are counted ("five patients in the A group had ..."). Sentences that deal
    people out, averages, amounts, and counts that the grammar of expressions reads (``taken``) are left out.
    """
    if not arms or _SIZES.search(_DEALT.sub(" ", text)):
        return []
    found = list(_before_groups(text, arms))
    named = [f for f in found if f.things.strip() and not _AMOUNT.match(f.things)]
    of_people = [f for f in named if _OF_PEOPLE.search(f.things)]
    groups = {f.arm.label for f in found}
    summed = len(groups) > 1 and _is_sum(text, found)
    if not summed and (not named or found[0] not in named or (len(groups) < 2 and not of_people)):
        return []
    if any(_AMOUNT.match(f.things) for f in found) or _are_sizes(text, arms, found):
        return []
    made = []
    for each in found:
        if any(e.start <= each.start < e.end for e in taken):
            continue
        if len(groups) < 2 and each not in of_people:
            continue
        span = NumberSpan(each.start, each.end, each.n)
        expression = Expression(each.start, each.stop, "count", each.n, numbers=(span,), explicit=True)
        made.append((expression, each.arm))
    return made


def beside_groups(
    text: str, arms: Sequence[Mention[Arm]], expressions: Sequence[Expression]
) -> Iterator[tuple[Expression, Arm]]:
    """Yield the counts with percentages that stand right before a group, each with its arm: "9 patients (30 %) in the A group"."""
    for expression in expressions:
        if expression.centre != "count" or not expression.percent:
            continue
        mention = next((m for m in arms if expression.end <= m.start), None)
        if mention is None or _in_list(text, arms, mention):
            continue
        led = _LED.match(text, mention.start, mention.end)
        if _BESIDE.fullmatch(text, expression.end, led.end() if led else mention.start):
            yield expression, mention.value


def _in_list(text: str, arms: Sequence[Mention[Arm]], mention: Mention[Arm]) -> bool:
    """Tell whether a group is the first of several that share the values before them: "... in groups A and B"."""
    following = next((m for m in arms if m.start >= mention.end), None)
    return following is not None and _LISTED.fullmatch(text, mention.end, following.start) is not None


def _are_sizes(text: str, arms: Sequence[Mention[Arm]], found: Sequence[_Found]) -> bool:
    """Tell whether people are only said to be in the groups: nothing leads to them, and nothing follows that they had or did."""
    if not _OF_PEOPLE.search(found[0].things) or _AFFECTED.search(text[: found[0].start]):
        return False
    last = next(m for m in arms if m.start >= found[-1].stop)
    return _FOLLOWED.match(text, last.end) is None


def _is_sum(text: str, found: Sequence[_Found]) -> bool:
    """Tell whether the counts come to one that stands before them: "3 dropped out, 1 in the A group and 2 in the B group"."""
    together = sum(int(f.n) for f in found)
    earlier = _NUMBERS.finditer(text[: found[0].start])
    return together > 0 and any(count_of(m["n"]) == str(together) for m in earlier)


def _before_groups(text: str, arms: Sequence[Mention[Arm]]) -> Iterator[_Found]:
    position = 0
    for mention in arms:
        if _in_list(text, arms, mention):
            continue
        closed = _CLOSED.match(text, mention.end)
        for pattern in (_BEFORE_GROUP, _BEFORE_BRACKET):
            if pattern is _BEFORE_BRACKET and closed is None:
                continue
            led = _LED.match(text, mention.start, mention.end)
            hit = _last(pattern, text, position, led.end() if led else mention.start)
            if hit is None:
                continue
            number = hit["n"].lower()
            n = "0" if number in {"no", "none", "zero"} else count_of(number)
            if n and _is_count(text, hit, n):
                yield _Found(
                    n,
                    hit.start("n"),
                    hit.end("n"),
                    hit["things"],
                    min(_stop(hit), len(text[: mention.start].rstrip())),
                    mention.value,
                )
                break
        position = mention.end


def _last(pattern: re.Pattern[str], text: str, start: int, end: int) -> re.Match[str] | None:
    """Return the match nearest to the group: the search begins at each number, from the right."""
    window = max(start, end - 120)
    starts = [m.start() for m in _NUMBERS.finditer(text[window:end])]
    for at in reversed(starts):
        hit = pattern.match(text, window + at, end)
        if hit is not None:
            return hit
    return None


def _stop(hit: re.Match[str]) -> int:
    """Return where the words end that lead from a number to its group."""
    leading = hit.start("link") if "link" in hit.re.groupindex else hit.end("things")
    return len(hit.string[: min(leading, hit.endpos)].rstrip())


def _is_count(text: str, hit: re.Match[str], n: str) -> bool:
    before = text[max(0, hit.start() - 60) : hit.start()]
    clause = re.split(r"[;:,]\s", before)[-1]
    if _AVERAGED.search(clause) or (_LABELLED.search(before) and not _JOINT.search(before)):
        return False
    if 1900 <= int(n.replace(",", "")) <= 2100:
        return False
    things = hit["things"]
    if _OF_PEOPLE.search(things) and (_OF_ALL.search(before) or _APPLIED.search(before)):
        return False
    if not things.strip():
        return True
    if n in {"0", "1"} or _DID.search(things):
        return True
    return _PLURAL.search(things) is not None


def thing_counted(text: str, expression: Expression) -> tuple[int, int] | None:
    """Return where the words stand that tell what a count is of, where it is no people: "27 local progressions in the A group"."""
    if expression.total or expression.percent:
        return None
    start = expression.numbers[0].end
    things = _SEEN.sub("", text[start : expression.end])
    if not things.strip() or things[:1] != " " or not _WORDS.fullmatch(things) or _OF_PEOPLE.search(things):
        return None
    if _NAMELESS.fullmatch(things.strip()) or _DID.search(things):
        return None
    return start + len(things) - len(things.lstrip()), start + len(things)
