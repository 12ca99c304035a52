"""A link between two records, or between a record and an identifier outside the corpus."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Joins = Literal["report", "study", ""]
SYMMETRIC = frozenset({"same_report", "same_study", "apart"})


@dataclass(frozen=True, slots=True)
class Link:
    """A link with its evidence.

    ``joins`` tells what it makes of the two: one report, one study, or nothing. ``score`` is 1 for an
    identifier, else the likeness from 0 to 1. ``by`` is empty for the machine, else the curator.
    """

    from_id: str
    to_id: str
    relation: str
    evidence: str
    score: float
    joins: Joins = ""
    by: str = ""

    @property
    def rank(self) -> tuple[int, int, float, str, str, str]:
        """Order in which links are applied: people first, reports before studies, the surest first."""
        level = {"report": 0, "study": 1, "": 2}[self.joins]
        return (0 if self.by else 1, level, -self.score, self.from_id, self.to_id, self.relation)


def link(
    a: str, b: str, relation: str, evidence: str, score: float, *, joins: Joins = "", by: str = ""
) -> Link:
    """Return a link; the ends of a symmetric relation are put in order."""
    low, high = sorted((a, b)) if relation in SYMMETRIC else (a, b)
    return Link(low, high, relation, evidence, score, joins, by)


def merged(links: Iterable[Link]) -> list[Link]:
    """Return one link for each pair and relation: the surest, with the evidence of all; sorted by rank."""
    together: dict[tuple[str, str, str], Link] = {}
    for one in sorted(set(links), key=lambda item: (item.rank, item.evidence)):
        key = (one.from_id, one.to_id, one.relation)
        first = together.setdefault(key, one)
        if first is not one and one.evidence not in first.evidence.split("; "):
            together[key] = Link(
                *key, f"{first.evidence}; {one.evidence}", first.score, first.joins, first.by
            )
    return sorted(together.values(), key=lambda item: item.rank)
