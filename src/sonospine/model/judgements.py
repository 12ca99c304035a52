"""Judgements that people write, field by field of a thing: what holds, who said so, on what support, and disputes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sonospine.model.table_io import Row
from sonospine.model.votes import Poll, count

ACTIONS = ("set", "undo", "adjudicate", "comment")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What people say about one field.

    ``value`` is empty where they disagree (``state`` ``disputed``); else it was ``judged`` by one or several, or
    ``adjudicated``. ``said`` is the value of each curator who voted, ``by`` who decided (separated by ``;``).
    ``quote`` and ``locator`` are the support, ``reason`` the rationale (of a downgrade: its footnote).
    """

    value: str
    state: str
    by: str
    said: Mapping[str, str]
    reason: str = ""
    quote: str = ""
    locator: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """The judgements by id of the thing and field, and what is wrong with lines that do nothing."""

    things: Mapping[str, Mapping[str, Judgement]] = field(default_factory=dict)
    unheeded: tuple[str, ...] = ()


def plain(text: str) -> str:
    """Return a judgement as it is compared: lower case, one space for each ``_``, ``-`` or run of spaces."""
    return " ".join(text.casefold().replace("_", " ").replace("-", " ").split())


def judged(rows: Iterable[Row], values: Mapping[str, Mapping[str, str]]) -> Judged:
    """Count the votes on judgements.

    Parameters
    ----------
    rows
        Lines of one kind in the order in which they were written.
    values
        The judgements that each field knows: as they are compared (``plain``), and as they are written.

    Returns
    -------
    Judged
        A value is given as it is written in ``values``; two spellings of one judgement are no dispute. An adjudicated
        word that is no judgement decides nothing and is told among ``unheeded``.
    """
    unheeded: list[str] = []
    written: list[Row] = []
    fields: dict[str, str] = {}
    for row in rows:
        about = row["field"] or fields.get(row["refers_to"], "")
        fields[row["action_id"]] = about
        if row["action"] not in ("set", "adjudicate") or about not in values:
            written.append(row)
        elif plain(row["new_value"]) in values[about]:
            written.append({**row, "new_value": values[about][plain(row["new_value"])]})
        else:
            unheeded.append(f"line {row['action_id']}: {row['new_value']!r} is no judgement of {about}")
    counted = count(written)
    unheeded += [f"line {action_id}: {why}" for action_id, why in counted.idle.items()]
    things: dict[str, dict[str, Judgement]] = defaultdict(dict)
    for (_, name, about), poll in counted.polls.items():
        things[name][about] = _judgement(poll)
    return Judged(dict(things), tuple(unheeded))


def _judgement(poll: Poll) -> Judgement:
    said = {name: row["new_value"] for name, row in sorted(poll.votes.items())}
    held = poll.settled
    if held is None:
        return Judgement("", "disputed", "", said)
    state = "adjudicated" if poll.verdict is not None else "judged"
    return Judgement(held.value, state, held.by, said, held.reason, held.quote, held.locator)


def fault_of_action(row: Row) -> tuple[str, str] | None:
    """Return the column at fault and what is allowed where a line has an action that judgements do not know."""
    return None if row["action"] in ACTIONS else ("action", ", ".join(ACTIONS))
