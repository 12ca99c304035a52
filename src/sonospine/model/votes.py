"""What people settled about a field of a thing: their votes, undone, agreed, disputed or adjudicated.

Read by ``link`` and ``screen``, whose targets stay where they are; measurements, which move and must be anchored
again, are replayed by ``corrections``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sonospine.model.curation import curation_files, curation_rows
from sonospine.model.errors import InputError
from sonospine.model.table_io import Row
from sonospine.model.written_order import TIME_ALLOWED, UNTIMED, in_written_order, moment

Target = tuple[str, str, str]
"""Kind of thing, its id, its field."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The value that people settled on, who did (curators separated by ``;``), and why."""

    value: str
    by: str
    reason: str


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
    """Return what people settled, by target.

    The adjudicated value holds, else the one on which every curator who voted agrees; where two disagree nothing
    is settled. A curator's last vote counts; an action that is undone counts for nothing (an ``undo`` can be
    undone too). ``adjudicate`` names the action it settles in ``refers_to``; the last one holds.

    Parameters
    ----------
    rows
        Lines of ``extracted/curation/<folder>/``, in the order in which they were written.
    target
        What a ``set`` line is about, for ids that can be written in several ways; by default its own columns.
    """
    listed = list(rows)
    name = target or (lambda row: (row["target_type"], row["target_id"], row["field"]))
    taken_back = undone(listed)
    votes: dict[Target, dict[str, Row]] = {}
    targets: dict[str, Target] = {}
    verdicts: dict[Target, Row] = {}
    for row in listed:
        if row["action"] == "set":
            targets[row["action_id"]] = name(row)
            if row["action_id"] not in taken_back:
                mine = votes.setdefault(name(row), {})
                mine[row["curator"]] = row
        elif row["action"] == "adjudicate" and row["action_id"] not in taken_back:
            about = targets.get(row["refers_to"])
            if about is not None:
                verdicts[about] = row
    outcome = {}
    for about in sorted({*votes, *verdicts}):
        deciding = [verdicts[about]] if about in verdicts else [v for _, v in sorted(votes[about].items())]
        if len({row["new_value"] for row in deciding}) == 1:
            outcome[about] = Settled(
                deciding[0]["new_value"],
                ";".join(row["curator"] for row in deciding),
                "; ".join(dict.fromkeys(row["reason"] for row in deciding if row["reason"])),
            )
    return outcome


def undone(rows: Sequence[Row]) -> set[str]:
    """Return the ids of the lines that were taken back; an ``undo`` that is itself undone takes nothing back."""
    taken_back: set[str] = set()
    for row in reversed(rows):  # from the last to the first: what undoes an undo stands below it
        if row["action"] == "undo" and row["action_id"] not in taken_back:
            taken_back.add(row["refers_to"])
    return taken_back
