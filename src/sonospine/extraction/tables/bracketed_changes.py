"""Changes in brackets behind the values that were reached: ``3.9 (\u22120.7)`` under a baseline of 4.6."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sonospine.extraction.expressions import Expression
from sonospine.extraction.reading import Reading

_SIGNS = frozenset("+-\u2010\u2011\u2012\u2013\u2212")


def change_behind(text: str, found: Sequence[Expression]) -> Expression | None:
    """Return the number with a sign that stands in brackets behind the one value of a cell; ``None`` where none does."""
    if len(found) != 2 or any(e.spread != "none" or e.total or e.percent for e in found):
        return None
    value, behind = found
    start = behind.numbers[0].start if behind.numbers else behind.start
    opened = text[:start].rstrip()[-1:] in ("(", "[")
    return behind if opened and text[start] in _SIGNS and not value.value.startswith("-") else None


def proven_change(
    reached: Reading, behind: Expression, text: str, others: Sequence[Reading]
) -> Reading | None:
    """Return the change that stands behind a value, where the baseline of the same arm and outcome proves it by arithmetic."""
    if reached.phase == "baseline" or reached.change:
        return None
    bases = {
        other.value
        for other in others
        if other.phase == "baseline"
        and (other.arm, other.outcome, other.population, other.centre)
        == (reached.arm, reached.outcome, reached.population, reached.centre)
        and not other.change
    }
    if len(bases) != 1:
        return None
    decimals = len(behind.value.partition(".")[2])
    difference = float(reached.value) - float(bases.pop())
    if abs(difference - float(behind.value)) > 1.01 * 10**-decimals:
        return None
    address = reached.locator.rpartition(":")[0]
    return replace(
        reached,
        locator=f"{address}:{behind.start}-{behind.end}",
        quote=text[behind.start : behind.end],
        first_number=behind.numbers[0].start,
        value=behind.value,
        change=True,
        flags=tuple(f for f in reached.flags if f != "several_in_cell"),
        evidence=(*reached.evidence, "the difference to the baseline value"),
    )
