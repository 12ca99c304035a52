"""Which mention belongs to which value: "in group A 2.3, in group B 3.4", "2.3 at 1 week, 1.9 at 2 weeks", lists.

Values that follow one another with nothing but connectors, mentions and P values between them form a run. For a
run of values and the mentions (of arms, or of times) around them this module says which mention each value has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

_STRONG = re.compile(r";|\bwhile\b|\bwhereas\b|\bbut\b", re.IGNORECASE)
_MIDDLE = re.compile(
    r"\band\b|\bvs?\b\.?|\bversus\b|\bcompared (?:with|to)\b|\bagainst\b|\bthan\b|\bor\b|\bto\b",
    re.IGNORECASE,
)
# "... by 22.5% compared with B": what a value is held against is not whose it is.
_COMPARED = re.compile(
    r"\b(?:(?:compared|comparison)\s+(?:with|to)|than|versus|vs\.?|against)\b", re.IGNORECASE
)
_WEAK = re.compile(r"[,/]")


@dataclass(frozen=True)
class Mention(Generic[T]):
    """Something named at a place of the sentence."""

    start: int
    end: int
    value: T


@dataclass(frozen=True)
class Attached(Generic[T]):
    """The mention of each value of a run, and how it was found: ``own list one carried none``."""

    values: tuple[T | None, ...]
    how: str
    order: tuple[T, ...] = ()


@dataclass(frozen=True, slots=True)
class Gaps:
    """The spans around a run of values: before the first, between each two, behind the last."""

    text: str
    spans: tuple[tuple[int, int], ...]

    @property
    def size(self) -> int:
        """How many values the run has."""
        return len(self.spans) - 1


def attach(
    gaps: Gaps, mentions: Sequence[Mention[T]], *, same: Callable[[T, T], bool], blocks: Sequence[object] = ()
) -> Attached[T]:
    """Attach mentions to the values of a run.

    ``blocks`` says for each value to which block it belongs in another dimension (its time, where arms are
    attached, or the other way round), so that a list named once can be repeated block by block.
    """
    placed = [[m for m in mentions if a <= m.start and m.end <= b] for a, b in gaps.spans]
    inner = [m for gap in placed[1:-1] for m in gap]
    if inner:
        return _interleaved(gaps, placed)
    if placed[-1]:
        # "... for B; height was 24 in A": what stands before the clause is not whose the value is, if one stands in it.
        start = gaps.spans[0][0]
        breaks = [
            m.end()
            for m in _STRONG.finditer(gaps.text, *gaps.spans[0])
            if gaps.text.count("(", start, m.start()) <= gaps.text.count(")", start, m.start())
        ]
        placed[0] = [m for m in placed[0] if not breaks or m.start >= breaks[-1]]
    head, tail = _last_list(gaps.text, placed[0]), _first_list(gaps.text, placed[-1])
    for listed in (head, tail):
        values = _distinct([m.value for m in listed], same)
        if len(values) > 1 and len(values) == len(listed):
            again = repeated(values, gaps.size, blocks)
            if again:
                return Attached(tuple(again), "list", tuple(values))
    if placed[0]:
        # Two mentions and one value: the one beside the value is the likelier, but it is a guess.
        how = "one" if len(_distinct([m.value for m in head], same)) == 1 else "guess"
        return Attached((head[-1].value,) * gaps.size, how)
    if placed[-1] and _COMPARED.search(gaps.text[gaps.spans[-1][0] : placed[-1][0].start]) is None:
        how = "one" if len(tail) == 1 else "guess"
        return Attached((tail[0].value,) * gaps.size, how)
    return Attached((None,) * gaps.size, "none")


def repeated(values: list[T], size: int, blocks: Sequence[object]) -> list[T] | None:
    """Spread a list over a run: one each, or once for each block (or each value of it for a whole block)."""
    if len(values) == size:
        return list(values)
    if size % len(values):
        return None
    step = len(values)
    if len(blocks) != size or any(b is None for b in blocks):
        return None
    in_blocks = all(len({id(b) for b in blocks[i : i + step]}) == 1 for i in range(0, size, step))
    if in_blocks and len({id(blocks[i]) for i in range(0, size, step)}) == size // step:
        return [values[i % step] for i in range(size)]
    count = size // step
    cycled = (
        all(blocks[i] is blocks[i % count] for i in range(size))
        and len({id(b) for b in blocks[:count]}) == count
    )
    return [values[i // count] for i in range(size)] if cycled else None


def _distinct(values: list[T], same: Callable[[T, T], bool]) -> list[T]:
    kept: list[T] = []
    for value in values:
        if not any(same(value, k) for k in kept):
            kept.append(value)
    return kept


_JOIN = re.compile(
    r"[\s,;/&()]*(?:(?:and|or|vs?\.?|versus|against|compared|to|than|in|at|the|for|from|between|then|with|of|on|both|groups?|arms?)(?!\w)[\s,;/&()]*)*",
    re.IGNORECASE,
)


def _joined(text: str, one: Mention[T], other: Mention[T]) -> bool:
    return _JOIN.fullmatch(text[one.end : other.start]) is not None


def _last_list(text: str, mentions: list[Mention[T]]) -> list[Mention[T]]:
    kept = mentions[-1:]
    for mention in reversed(mentions[:-1]):
        if not _joined(text, mention, kept[0]):
            break
        kept.insert(0, mention)
    return kept


def _first_list(text: str, mentions: list[Mention[T]]) -> list[Mention[T]]:
    kept = mentions[:1]
    for mention in mentions[1:]:
        if not _joined(text, kept[-1], mention):
            break
        kept.append(mention)
    return kept


def _side(text: str, start: int, end: int, mention: Mention[T]) -> str:
    """Say to which side of a gap's connector a mention stands: ``left``, ``right`` or unknown (empty)."""
    for pattern in (_STRONG, _MIDDLE, _WEAK):
        marks = [
            m for m in pattern.finditer(text, start, end) if not mention.start <= m.start() < mention.end
        ]
        if not marks:
            continue
        if all(m.end() <= mention.start for m in marks):
            return "right"
        if all(m.start() >= mention.end for m in marks):
            return "left"
        if pattern is not _WEAK:
            return ""
    if ")" in text[start : mention.start] and "(" in text[mention.end : end]:
        return "right"
    return ""


def _interleaved(gaps: Gaps, placed: list[list[Mention[T]]]) -> Attached[T]:
    size = gaps.size
    sides = {}
    for i in range(1, size):
        for mention in placed[i]:
            sides[i, mention.start] = _side(gaps.text, *gaps.spans[i], mention)
    votes = [s for s in sides.values() if s]
    right = votes.count("right")
    left = votes.count("left")
    rightward = (
        right > left
        or (right == left and bool(placed[0]) and not placed[-1])
        or (right == left and bool(placed[0]))
    )
    default = "right" if rightward else "left"
    own: list[T | None] = [None] * size
    for i in range(1, size):
        for mention in placed[i]:
            side = sides[i, mention.start] or default
            at = i if side == "right" else i - 1
            if own[at] is None or side == default:
                own[at] = mention.value
    if rightward:
        if placed[0] and own[0] is None:
            own[0] = placed[0][-1].value
        for i in range(1, size):
            own[i] = own[i] if own[i] is not None else own[i - 1]
    else:
        if placed[-1] and own[-1] is None:
            own[-1] = placed[-1][0].value
        for i in range(size - 2, -1, -1):
            own[i] = own[i] if own[i] is not None else own[i + 1]
    return Attached(tuple(own), "own")
