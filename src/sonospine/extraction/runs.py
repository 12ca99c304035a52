"""Runs of values in a sentence: what separates them, and their arms and times."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sonospine.extraction.arms import Arm
from sonospine.extraction.attachment import Attached, Gaps, Mention, attach, repeated
from sonospine.extraction.expressions import Expression
from sonospine.extraction.falls import implied_times, same_time
from sonospine.extraction.reading import MEANS
from sonospine.extraction.sentence_parts import Parts
from sonospine.extraction.times import TimeMention
from sonospine.extraction.told_apart import HELD_AGAINST, same_arm, time_key, told_apart

_FILLER = re.compile(
    r"\b(?:and|or|vs?|versus|against|compared|with|to|than|in|at|the|for|from|then|after|following|under|by|of|on|respectively|while|whereas|but|"
    r"patients?|participants?|subjects?|was|were|mean|median|groups?|arms?|p|n|a|an|it|points?|mm|cm|min(?:utes?)?|s(?:ec(?:onds?)?)?|ml|mg|"
    r"degrees?|score|sd|se|only|both|those|that|had|who|rising|falling|decreased|increased|reduced|improved|declined|range|fig\w*|table|\d+|"
    r"day|days|weeks?|months?|hours?|treatment|injection|surgery|procedure|visit|follow-up|also|remained|became|not|significant\w*|ns|vs\.|"
    r"longer|shorter|higher|lower|greater|less|more|fewer|earlier|later|faster|slower|better|worse|larger|smaller|as)\b|[^\w]",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"|after|afterwards|post-?(?:treatment|injection|intervention|procedure)|after (?:the )?(?:treatment|injection|intervention|procedure|block)",
    re.I,
)
_COUNTED = re.compile(r"\s*(?:(?!and\b|or\b)[a-z][\w-]+)(?=\s+(?:in|of|for|under)\b)")
_COMPOUND_UNIT = re.compile(r"\s*[A-Za-zµμ%]+(?:\s?[./·*]\s?[A-Za-z\d²³]+)+(?=\s|[,;)])")
_UNIT = re.compile(
    r"\s*(?!(?:in|and|or|at|on|for|with|to|vs|from|than|by|of|the|was|were|but|after|under)\b)[A-Za-z\u00b5\u03bc\u00b0]{1,5}"
    r"(?=\s+(?:in|after|for|with|on|under|and|vs|versus)\b)"
)
_SET_AGAINST = re.compile(r"\b(?:vs?|versus|compared\s+(?:with|to)|against)\b", re.IGNORECASE)
_TAIL_END = re.compile(
    r";|,?\s*\b(?:while|whereas|but)\b|,\s*and\b|\.\s|,?\s+(?:which|that)\s+(?:was|were|is|are)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Run:
    """Values that follow one another, with the arm and time of each and how they were found.

    ``named`` are the arms as attached, before values of one arm and time were told apart.
    """

    expressions: tuple[Expression, ...]
    arms: Attached[Arm]
    times: Attached[TimeMention]
    named: Attached[Arm]

    @property
    def size(self) -> int:
        """How many values there are."""
        return len(self.expressions)


def runs_of(parts: Parts, previous: Run | None, everyone: Sequence[Arm] = ()) -> list[Run]:
    """Group the values of a sentence into runs and attach arms and times.

    ``previous`` is the run read before; ``everyone`` are the arms of the document.
    """
    groups = _group(parts)
    found: list[Run] = []
    before: Run | None = previous
    for i, group in enumerate(groups):
        start = groups[i - 1][-1].end if i else 0
        if i:
            start = _cut(parts, start, group[0].start) or start
        following = groups[i + 1] if i + 1 < len(groups) else None
        end = len(parts.text)
        if following is not None:
            end = _cut(parts, group[-1].end, following[0].start) or group[-1].end
            if end == group[-1].end and _is_compared(following[0]) and not _is_compared(group[-1]):
                end = following[0].start  # "0.5 in A and 1.6 in B (difference -1.1)"
        if following and end == group[-1].end and _owned(parts, following) and not _owned(parts, group):
            end = following[0].start  # what stands between belongs to the values before it
        spans = [(start, group[0].start)]
        spans += [(a.end, b.start) for a, b in itertools.pairwise(group)]
        spans.append((group[-1].end, end))
        run = _attached(parts, group, Gaps(parts.text, tuple(spans)), before, everyone, same_sentence=i > 0)
        found.append(run)
        before = run
    return found


def _is_compared(expression: Expression) -> bool:
    return expression.centre in {"difference", "ratio"}


def _cut(parts: Parts, start: int, end: int) -> int | None:
    """Return where what belongs to the values before ends: at the end of their bracket, or where another clause begins."""
    stop = _TAIL_END.search(parts.text, start, end)
    closed = _closing(parts.text, start, stop.start() if stop else end)
    if closed is not None and any(start <= m.start and m.end <= closed for m in parts.groups()):
        return closed
    return stop.start() if stop else None


def _closing(text: str, start: int, end: int) -> int | None:
    """Return the first bracket that closes in a stretch without having been opened there."""
    depth = 0
    for place in range(start, end):
        depth += (text[place] in "([") - (text[place] in ")]")
        if depth < 0:
            return place
    return None


def _group(parts: Parts) -> list[list[Expression]]:
    groups: list[list[Expression]] = []
    hidden = [(m.start, m.end) for m in parts.times] + [(m.start, m.end) for m in parts.groups()]
    for expression in parts.expressions:
        last = groups[-1][-1] if groups else None
        if last is not None and expression.start < last.end:
            if expression.start == last.start:
                continue_with = [*groups[-1], expression]
                groups[-1] = continue_with
            continue
        if (
            last is not None
            and _kin(last, expression)
            and _only_filler(parts.text, _counted_end(parts.text, last), expression.start, hidden)
        ):
            groups[-1].append(expression)
        else:
            groups.append([expression])
    return groups


def _counted_end(text: str, last: Expression) -> int:
    """Return where a value ends with its unit or what it counts: "20.3 mGy.cm", "32 of 37 joints" in group A."""
    counted = (_COUNTED if last.total else _COMPOUND_UNIT).match(text, last.end)
    if counted is None and last.spread_value:
        counted = _UNIT.match(text, last.end)
    return counted.end() if counted else last.end


def _kin(one: Expression, other: Expression) -> bool:
    families = (MEANS | {"number"}, {"count", "percent"})
    return one.centre == other.centre or any({one.centre, other.centre} <= family for family in families)


def _only_filler(text: str, start: int, end: int, hidden: Sequence[tuple[int, int]]) -> bool:
    gap = list(text[start:end])
    for a, b in hidden:
        if start <= a and b <= end:
            gap[a - start : b - start] = " " * (b - a)
    return _FILLER.sub("", "".join(gap)).strip() == ""


def _attached(
    parts: Parts,
    group: list[Expression],
    gaps: Gaps,
    before: Run | None,
    everyone: Sequence[Arm],
    *,
    same_sentence: bool,
) -> Run:
    heads = [e for i, e in enumerate(group) if not i or e.start != group[i - 1].start]
    if len(heads) < len(group):
        # A value read with its spread and again with its bounds is one value of a list.
        spans = [gaps.spans[0]]
        spans += [
            (max(e.end for e in group if e.start == a.start), b.start) for a, b in itertools.pairwise(heads)
        ]
        alone = Gaps(gaps.text, (*spans, gaps.spans[-1]))
        run = _attached(parts, heads, alone, before, everyone, same_sentence=same_sentence)
        return _expanded(run, group)
    if (pairs := _in_pairs(parts, group, gaps, before, everyone, same_sentence=same_sentence)) is not None:
        return pairs
    size = len(group)
    times: Attached[TimeMention] = attach(gaps, parts.times, same=same_time)
    implied = implied_times(parts, group, times, gaps)
    times = implied or times
    arms: Attached[Arm] = _of_known(attach(gaps, parts.groups(), same=same_arm, blocks=times.values))
    arms = _owned(parts, group) or arms
    if times.how in {"one", "guess", "none"} and size > 1 and not implied and arms.how != "none":
        again = attach(gaps, parts.times, same=same_time, blocks=arms.values)
        times = again if again.how == "list" else times
    times = _carried_times(times, before, size, arms, same_sentence)
    arms = _carried_arms(arms, before, size, times, same_sentence)
    return Run(tuple(group), told_apart(parts, group, arms, times, everyone), times, arms)


def _in_pairs(
    parts: Parts,
    group: list[Expression],
    gaps: Gaps,
    before: Run | None,
    everyone: Sequence[Arm],
    *,
    same_sentence: bool,
) -> Run | None:
    """Read "at 2, 4 and 6 weeks in A than in B (3.1 vs 4.2, 2.8 vs 3.9 and 2.1 vs 3.0)": a pair for each time."""
    between = [_SET_AGAINST.search(gaps.text, *span) is not None for span in gaps.spans[1:-1]]
    if len(group) < 4 or len(group) % 2 or any(against is (i % 2 == 1) for i, against in enumerate(between)):
        return None
    firsts = Gaps(gaps.text, (gaps.spans[0], *gaps.spans[2:-1:2], gaps.spans[-1]))
    times: Attached[TimeMention] = attach(firsts, parts.times, same=same_time)
    if times.how not in {"list", "own"}:
        return None
    end = group[1].end
    pair = Gaps(gaps.text, (gaps.spans[0], gaps.spans[1], (end, end)))
    arms = _attached(parts, group[:2], pair, before, everyone, same_sentence=same_sentence).arms
    if not _told_by_arms(arms) or None in arms.values:
        return None
    dealt = replace(arms, values=arms.values * (len(group) // 2))
    doubled = replace(times, values=tuple(time for time in times.values for _ in range(2)))
    return Run(tuple(group), dealt, doubled, dealt)


def _expanded(run: Run, group: Sequence[Expression]) -> Run:
    """Return a run of single values with every reading of each value."""
    place = {e.start: i for i, e in enumerate(run.expressions)}
    at = [place[e.start] for e in group]
    return Run(
        tuple(group),
        replace(run.arms, values=tuple(run.arms.values[i] for i in at)),
        replace(run.times, values=tuple(run.times.values[i] for i in at)),
        replace(run.named, values=tuple(run.named.values[i] for i in at)),
    )


def _of_known(arms: Attached[Arm]) -> Attached[Arm]:
    """Take a group that is none of the arms away from the values that have it: they are nobody's that is known."""
    if all(a is None or a.label for a in arms.values):
        return arms
    values = tuple(a if a is not None and a.label else None for a in arms.values)
    return Attached(values, arms.how if any(values) else "unknown")


def _owned(parts: Parts, group: list[Expression]) -> Attached[Arm] | None:
    owners = {m.start: m.value for m in parts.owned}
    if not all(e.start in owners for e in group):
        return None
    return Attached(tuple(owners[e.start] for e in group), "own")


def closed_by(runs: Sequence[Run], parts: Parts) -> list[Run]:
    """Give the one time that closes a sentence to its values that have none: "... from 7 to 3 and the ODI from 40 to 20 at 2 weeks"."""
    named = [m for m in parts.times if m.value.phase == "follow_up" and m.value.weeks is not None]
    last = max((run.expressions[-1].end for run in runs), default=0)
    if len(runs) < 2 or len(named) != 1 or named[0].start < last:
        return list(runs)
    return [filled(run, named[0].value, "closing") for run in runs]


def filled(run: Run, time: TimeMention, how: str, *, nameless: bool = True) -> Run:
    """Return a run whose values at a follow-up without a name have a time; with ``nameless`` also those without any."""
    values = tuple(time if wants_time(v) or (nameless and v is None) else v for v in run.times.values)
    if values == run.times.values:
        return run
    return replace(run, times=Attached(values, how))


def wants_time(value: TimeMention | None) -> bool:
    """Tell whether a value stands at a follow-up whose words name no length ("after treatment", "to 3.1")."""
    return (
        value is not None
        and value.phase == "follow_up"
        and value.weeks is None
        and _AFTER.fullmatch(value.text) is not None
    )


def _carried_times(
    times: Attached[TimeMention], before: Run | None, size: int, arms: Attached[Arm], same_sentence: bool
) -> Attached[TimeMention]:
    if before is None or all(v is not None for v in times.values):
        return times
    earlier = before.times.values
    if before.times.how == "implied" and not same_sentence:
        return times  # "from ... to ..." is said of its own values
    if _told_by_arms(arms) and not _told_by_arms(before.named) and len({time_key(t) for t in earlier}) > 1:
        return times  # before and after of one arm are not the times of two arms
    if size > 1 and before.size == size and _compatible(times.values, earlier):
        return Attached(earlier, "carried", before.times.order)
    distinct = before.times.order
    if size > 1 and len(distinct) == size and times.how == "none":
        return Attached(distinct, "carried", distinct)
    if same_sentence and times.how == "none" and earlier and all(v is earlier[0] for v in earlier):
        return Attached((earlier[0],) * size, "carried")
    if times.how == "none" and same_sentence and before.size == size:
        return Attached(earlier, "carried", before.times.order)
    return times


def _told_by_arms(arms: Attached[Arm]) -> bool:
    return len({a.label for a in arms.values if a is not None}) > 1


def _compatible(values: Sequence[TimeMention | None], earlier: Sequence[TimeMention | None]) -> bool:
    if all(v is None for v in earlier):
        return False
    return all(v is None or (e is not None and same_time(v, e)) for v, e in zip(values, earlier, strict=True))


def _carried_arms(
    arms: Attached[Arm], before: Run | None, size: int, times: Attached[TimeMention], same_sentence: bool
) -> Attached[Arm]:
    if before is None or arms.how != "none":
        return arms
    earlier = before.arms.values
    if len(set(map(time_key, times.values))) > 1 and len(set(map(time_key, before.times.values))) == 1:
        return arms  # two arms at one time are not the arms of before and after
    if size > 1 and size == before.size and len({a.label if a else "" for a in earlier}) > 1:
        return replace(before.arms, how="carried")
    order = before.arms.order or _order(earlier)
    again = repeated(list(order), size, times.values) if len(order) > 1 else None
    if again:
        return Attached(tuple(again), "carried", tuple(order))
    if same_sentence and earlier and earlier[0] is not None and all(a is earlier[0] for a in earlier):
        return Attached((earlier[0],) * size, "carried")
    return arms


def _order(values: Sequence[Arm | None]) -> tuple[Arm, ...]:
    kept = [v for v in values if v is not None]
    if len(kept) != len(values) or len({a.label for a in kept}) != len(kept):
        return ()
    return tuple(kept)


def mention_pair(parts: Parts, run: Run) -> tuple[Arm, Arm] | None:
    """Return the two arms that a difference compares: the first two distinct ones named before it, else around it."""
    start = run.expressions[0].start
    for mentions in ([m for m in parts.arms if m.end <= start], list(parts.arms)):
        distinct: list[Mention[Arm]] = []
        for mention in mentions:
            if not any(same_arm(mention.value, d.value) for d in distinct):
                distinct.append(mention)
        if len(distinct) == 2:
            one, other = distinct
            if HELD_AGAINST.search(parts.text, 0, one.start):
                one, other = other, one  # "compared with B, A had ...": A minus B
            return one.value, other.value
    return None
