"""Votes on a row, field by field, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sonospine.corrections.anchoring import same_value
from sonospine.model.schema import TableSchema
from sonospine.model.states import VOUCHED_SPREAD
from sonospine.model.table_io import Row

SOURCE_OF = {
    "abstract": "abstract",
    "body": "text",
    "title": "text",
    "table": "table",
    "registry": "registry",
}
"""The kind of place (column ``source``) by the first part of a locator."""
PLACE_OF = {
    "spread_value": "spread_locator",
    "spread": "spread_locator",
    "lower": "spread_locator",
    "upper": "spread_locator",
    "total": "total_locator",
    "n": "n_locator",
}
"""The column that says where a number of a row stands, by the number's own column."""


@dataclass(frozen=True, slots=True)
class Vote:
    """A value for a field, with the place it was taken from where the curator named one."""

    value: str
    locator: str = ""
    quote: str = ""


@dataclass(slots=True)
class Ballot:
    """What one curator says about one row. ``confirmed`` are columns; ``all_confirmed`` the whole row."""

    sets: dict[str, Vote] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)
    all_confirmed: bool = False
    rejected: bool = False
    adds: bool = False

    @property
    def keeps(self) -> bool:
        """Whether the curator wants the row to stand."""
        return not self.rejected and bool(self.sets or self.confirmed or self.all_confirmed or self.adds)

    def vote(self, name: str, machine: str) -> Vote | None:
        """Return the vote for a field: the value set, else the machine's where it was confirmed."""
        if name in self.sets:
            return self.sets[name]
        if self.all_confirmed or self.adds or name in self.confirmed:
            return Vote(machine)
        return None


@dataclass(slots=True)
class Ruling:
    """What a third person decided: values by field, and whether the row stands (``None``: not said)."""

    values: dict[str, Vote] = field(default_factory=dict)
    stands: bool | None = None
    machine: set[str] = field(default_factory=set)
    all_machine: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """The row after the votes, its state, and the fields on which curators disagree."""

    row: Row
    state: str
    disputed: tuple[str, ...] = ()


def decide(
    row: Row, schema: TableSchema, ballots: Mapping[str, Ballot], ruling: Ruling | None, *, stale: bool
) -> Outcome:
    """Apply the votes of all curators to a row; the order of curators does not matter.

    Per field: the adjudicated value, else the one that all who voted on it gave; where two disagree the row keeps
    its own value for that field. State: ``rejected``, ``disputed``, ``adjudicated``, ``agreed`` (two or more
    curators, and each field that one of them set has the voice of two), ``corrected`` (set by one), ``confirmed``,
    ``added``; ``stale`` where all that is left are lines that no longer fit; else ``unread``.
    """
    if not ballots and ruling is None:
        return Outcome(dict(row), "stale" if stale else "unread")
    voters = {name: ballot for name, ballot in ballots.items() if ballot.keeps or ballot.rejected}
    keepers = [ballot for _, ballot in sorted(voters.items()) if ballot.keeps]
    rejecters = [ballot for _, ballot in sorted(voters.items()) if ballot.rejected]
    if ruling is not None and ruling.stands is False:
        return Outcome(dict(row), "rejected")
    if rejecters and not keepers and ruling is None:
        return Outcome(dict(row), "rejected")
    contested = bool(rejecters) and (ruling is None or ruling.stands is None)
    decided = dict(row)
    disputed: list[str] = ["reject"] if contested else []
    seconded = True
    touched: list[str] = []
    for name in sorted({f for ballot in keepers for f in ballot.sets} | set(ruling.values if ruling else ())):
        if ruling is not None and name in ruling.values:
            _put(decided, name, ruling.values[name])
            touched.append(name)
            continue
        if ruling is not None and (ruling.all_machine or name in ruling.machine):
            continue
        votes = [vote for ballot in keepers if (vote := ballot.vote(name, row[name])) is not None]
        if any(not same_value(schema, name, vote.value, votes[0].value) for vote in votes[1:]):
            disputed.append(name)
            continue
        _put(decided, name, next((v for v in votes if v.locator), votes[0]))
        touched.append(name)
        seconded = seconded and len(votes) > 1
    if decided.get("locator") != row.get("locator"):
        # The other numbers still stand where they were read.
        for name, place in PLACE_OF.items():
            if row[name] not in ("", "none") and name not in touched and not decided[place]:
                decided[place] = row["locator"]
    state = _state(keepers, ruling, disputed=bool(disputed), seconded=seconded, stale=stale)
    changed = [f for f in touched if not same_value(schema, f, decided[f], row[f])]
    if "flags" in decided:
        marks = [f"corrected:{f}" for f in changed] + [f"disputed:{f}" for f in disputed]
        if _spread_vouched_for(keepers, ruling, disputed):
            marks.append(VOUCHED_SPREAD)
        decided["flags"] = ";".join(filter(None, [decided["flags"], *marks]))
    return Outcome(decided, state, tuple(disputed))


def _spread_vouched_for(keepers: list[Ballot], ruling: Ruling | None, disputed: list[str]) -> bool:
    """Tell whether a person spoke about kind or size of the spread, and nobody who still counts against them."""
    names = ("spread", "spread_value")
    if "reject" in disputed or any(name in disputed for name in names):
        return False
    if ruling is not None and (
        ruling.all_machine or any(n in ruling.values or n in ruling.machine for n in names)
    ):
        return True
    return any(ballot.vote(name, "") is not None for ballot in keepers for name in names)


def _state(
    keepers: list[Ballot], ruling: Ruling | None, *, disputed: bool, seconded: bool, stale: bool
) -> str:
    if disputed:
        return "disputed"
    if ruling is not None:
        return "adjudicated"
    sets = any(ballot.sets for ballot in keepers)
    whole = sum(ballot.all_confirmed or ballot.adds or bool(ballot.sets) for ballot in keepers)
    if len(keepers) > 1 and seconded and whole > 1:
        return "agreed"
    if any(ballot.adds for ballot in keepers):
        return "added"
    if sets:
        return "corrected"
    if keepers:
        return "confirmed"
    return "stale" if stale else "unread"


def _put(row: Row, name: str, vote: Vote) -> None:
    row[name] = vote.value
    if not vote.locator or "locator" not in row or "quote" not in row:
        return
    if name == "value":
        row["locator"], row["quote"] = vote.locator, vote.quote or vote.value
        row["source"] = SOURCE_OF.get(vote.locator.partition("/")[0], row["source"])
    elif name in PLACE_OF:
        row[PLACE_OF[name]] = vote.locator
