"""What stands in a sentence: statistical expressions, times and arms, each at its place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sonospine.extraction.arm_mentions import ArmFinder
from sonospine.extraction.arms import Arm
from sonospine.extraction.attachment import Mention
from sonospine.extraction.expressions import Expression, find_expressions
from sonospine.extraction.group_counts import beside_groups, counts_in_groups
from sonospine.extraction.people import Subgroup, listed_people, subgroup_of
from sonospine.extraction.sentence_times import P_VALUE, times_of
from sonospine.extraction.sentence_values import (
    is_result,
    is_torn,
    with_named_spreads,
    with_their_fractions,
)
from sonospine.extraction.times import TimeMention


@dataclass(frozen=True)
class Parts:
    """A sentence (``text``, starting at ``offset`` of its passage) with what stands in it.

    ``owned`` are the arms of counts whose arm stands right behind them, at the place of the count.
    """

    text: str
    offset: int
    expressions: tuple[Expression, ...]
    times: tuple[Mention[TimeMention], ...]
    arms: tuple[Mention[Arm], ...]
    subgroup: Subgroup | None = None
    others: tuple[Mention[Arm], ...] = ()
    owned: tuple[Mention[Arm], ...] = ()

    def groups(self) -> list[Mention[Arm]]:
        """Return the arms and, between them, groups that are none of the arms known (``arm_mentions.UNKNOWN``)."""
        return sorted((*self.arms, *self.others), key=lambda m: m.start)

    def masked(self) -> list[tuple[int, int]]:
        """Return the spans that are values, times, arms or P values."""
        spans = [span for e in self.expressions for span in _hidden(e)]
        spans += [(m.start, m.end) for m in self.times]
        spans += [(m.start, m.end) for m in self.groups()]
        if self.subgroup is not None:
            spans.append((self.subgroup.start, self.subgroup.end))
        return spans + [m.span() for m in P_VALUE.finditer(self.text)]


def _hidden(expression: Expression) -> list[tuple[int, int]]:
    # A count may span words ("12 of 30 patients (40 %)"): its numbers are hidden, the words are not.
    if expression.centre in {"count", "percent"} or expression.total:
        return [(n.start, n.end) for n in expression.numbers]
    return [(expression.start, expression.end)]


def parts_of(
    text: str,
    offset: int,
    finder: ArmFinder,
    *,
    decimal_comma: bool,
    definitions: Mapping[str, TimeMention] | None = None,
) -> Parts:
    """Find what stands in a sentence; numbers that are doses, counts of people in passing, thresholds are no results.

    ``definitions`` are the codes of times that the document defines (``T1``).
    """
    people = listed_people(text)
    every = [
        e
        for e in find_expressions(text, decimal_comma=decimal_comma)
        if not any(p.start < e.end and e.start < p.end for p in people) and not is_torn(text, e)
    ]
    every = with_their_fractions(text, with_named_spreads(text, every))
    times = times_of(text, every, definitions or {})
    subgroup = subgroup_of(text) if finder.arms.one_arm else None
    arms = [
        a
        for a in finder.find(text)
        if not any(a.start < e.end and e.start < a.end for e in every if e.spread != "none")
    ]
    every = [e for e in every if not any(a.start < e.end and e.start < a.end for a in arms)]
    taken = [e for e in every if e.centre in {"count", "percent"} or e.total or e.spread != "none"]
    grouped = counts_in_groups(text, arms, taken)
    counts = [expression for expression, _ in grouped]
    every = [e for e in every if not any(g.start <= e.start < g.end for g in counts)]
    people = [*(p for p in people if not any(p.start <= g.start < p.end for g in counts)), *counts]
    kept = tuple(
        e
        for e in sorted((*every, *people), key=lambda e: e.start)
        if e.value
        and not any(
            t.start < e.end and e.start < t.end for t in times if e.spread == "none" and e.centre != "count"
        )
        and not any(a.start < e.end and e.start < a.end for a in arms)
        and (any(e is p for p in people) or is_result(text, e))
    )
    # "Group H1": a code of an arm is no hour.
    named = tuple(t for t in times if not any(a.start < t.end and t.start < a.end for a in arms))
    owned = tuple(Mention(e.start, e.end, arm) for e, arm in (*grouped, *beside_groups(text, arms, taken)))
    others = tuple(finder.others(text, arms))
    return Parts(text, offset, kept, named, tuple(arms), subgroup, others, owned)
