"""What people settled about a field of a thing: their votes, undone, agreed, disputed or adjudicated.

Read by ``link`` and ``screen``, whose targets stay where they are; measurements, which move and must be anchored
again, are replayed by ``corrections``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sonospine.model.curation import curation_files, curation_rows
from sonospine.model.errors import InputError
from sonospine.model.table_io import Row
from sonospine.model.written_order import TIME_ALLOWED, UNTIMED, in_written_order, moment

Target = tuple[str, str, str]
"""Kind of thing, its id, its field."""
THIRD_PERSON = "an adjudicator is a third person, not one who voted"


@dataclass(frozen=True, slots=True)
class Settled:
    """The value that people settled on, who did (curators separated by ``;``), why, and where they found it."""

    value: str
    by: str
    reason: str
    locator: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Poll:
    """The votes on one target: the line of each curator that counts, and the adjudicator's where there is one."""

    votes: Mapping[str, Row]
    verdict: Row | None = None

    @property
    def disputed(self) -> bool:
        """Whether curators disagree and nobody has adjudicated."""
        return self.verdict is None and len({row["new_value"] for row in self.votes.values()}) > 1

    @property
    def settled(self) -> Settled | None:
        """What holds: the adjudicated value, else the one on which every curator agrees; ``None`` in a dispute."""
        deciding = [self.verdict] if self.verdict else [row for _, row in sorted(self.votes.items())]
        if not deciding or len({row["new_value"] for row in deciding}) > 1:
            return None
        found = next((row for row in deciding if row["new_locator"] or row["new_quote"]), deciding[0])
        return Settled(
            deciding[0]["new_value"],
            ";".join(row["curator"] for row in deciding),
            "; ".join(dict.fromkeys(row["reason"] for row in deciding if row["reason"])),
            found["new_locator"],
            found["new_quote"],
        )


@dataclass(frozen=True, slots=True)
class Count:
    """The polls by target, and what became of lines that change nothing: the reason by ``action_id``."""

    polls: Mapping[Target, Poll]
    idle: Mapping[str, str]


def read_votes(folder: Path | str, check: Callable[[Row], tuple[str, str] | None]) -> list[Row]:
    """Read every curator's file (``*.tsv``) of a folder, in the order in which the lines were written.

    Parameters
    ----------
    folder
        One folder of ``extracted/curation/``; a missing one is empty.
    check
        Returns, for a line that is malformed, the column at fault and what is allowed; else ``None``.

    Returns
    -------
    list of Row
        Lines in order of time; lines of one time in order of file and line.

    Raises
    ------
    InputError
        A line is malformed; file, line, column, what was found and what is allowed are named.
    """
    files: list[list[tuple[str, Row]]] = []
    known: set[str] = set()
    for path in curation_files(folder):
        rows = []
        for number, row in curation_rows(path):
            if row["action_id"] in known:
                raise InputError(
                    "the action stands twice",
                    file=path,
                    row=number,
                    field="action_id",
                    found=row["action_id"],
                )
            known.add(row["action_id"])
            fault = _malformed(row) or check(row)
            if fault:
                raise InputError(
                    "the line is malformed",
                    file=path,
                    row=number,
                    field=fault[0],
                    found=row[fault[0]],
                    allowed=fault[1],
                )
            rows.append((path.name, row))
        files.append(rows)
    merged = in_written_order(files, lambda line: moment(line[1]["time"]) or UNTIMED, lambda line: line[0])
    return [row for _, row in merged]


def _malformed(row: Row) -> tuple[str, str] | None:
    if row["time"] and moment(row["time"]) is None:
        return "time", TIME_ALLOWED
    if row["action"] in ("undo", "adjudicate") and not row["refers_to"]:
        return "refers_to", "an action_id"
    return None


def settled(rows: Iterable[Row], target: Callable[[Row], Target] | None = None) -> dict[Target, Settled]:
    """Return what people settled, by target; where two curators disagree nothing is settled (see ``count``)."""
    polls = count(rows, target).polls
    return {about: found for about, poll in polls.items() if (found := poll.settled) is not None}


def count(rows: Iterable[Row], target: Callable[[Row], Target] | None = None) -> Count:
    """Count the votes on every target.

    A curator's last ``set`` counts; a line that its own curator undid counts for nothing (an ``undo`` can be undone
    too). ``adjudicate`` names the line it settles in ``refers_to``; the last one holds. An adjudicator is a third
    person: one who has voted on that thing (any field of it) before decides nothing.

    Parameters
    ----------
    rows
        Lines of ``extracted/curation/<folder>/``, in the order in which they were written.
    target
        What a ``set`` line is about, for ids that can be written in several ways; by default its own columns.

    Returns
    -------
    Count
        Targets in order of their names.
    """
    listed = list(rows)
    name = target or (lambda row: (row["target_type"], row["target_id"], row["field"]))
    idle: dict[str, str] = {}
    taken_back = undone(listed, idle)
    votes: dict[Target, dict[str, Row]] = {}
    targets: dict[str, Target] = {}
    voters: dict[tuple[str, str], set[str]] = {}
    verdicts: dict[Target, Row] = {}
    for row in listed:
        if row["action_id"] in taken_back:
            continue
        if row["action"] == "set":
            about = targets[row["action_id"]] = name(row)
            votes.setdefault(about, {})[row["curator"]] = row
            voters.setdefault(about[:2], set()).add(row["curator"])
        elif row["action"] == "adjudicate":
            decided = targets.get(row["refers_to"])
            if decided is None:
                idle[row["action_id"]] = f"no standing line {row['refers_to']} to decide on"
            elif row["curator"] in voters.get(decided[:2], ()):
                idle[row["action_id"]] = THIRD_PERSON
            else:
                targets[row["action_id"]] = decided
                verdicts[decided] = row
    found = {about: Poll(votes.get(about, {}), verdicts.get(about)) for about in sorted({*votes, *verdicts})}
    return Count(found, idle)


def undone(rows: Sequence[Row], idle: dict[str, str] | None = None) -> set[str]:
    """Return the ids of the lines that were taken back; an ``undo`` that is itself undone takes nothing back.

    What an ``undo`` does in vain is noted in ``idle``: only its own curator takes a line back.
    """
    curators = {row["action_id"]: row["curator"] for row in rows}
    taken_back: set[str] = set()
    for row in reversed(rows):  # from the last to the first: what undoes an undo stands below it
        if row["action"] != "undo" or row["action_id"] in taken_back:
            continue
        why = ""
        if row["refers_to"] not in curators:
            why = f"no action {row['refers_to']}"
        elif curators[row["refers_to"]] != row["curator"]:
            why = "only the curator of a line can undo it"
        else:
            taken_back.add(row["refers_to"])
        if why and idle is not None:
            idle[row["action_id"]] = why
    return taken_back
