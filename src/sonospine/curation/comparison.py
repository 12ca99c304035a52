"""Where curators disagree, who said what, what the machine reads, and what an adjudicator decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sonospine.corrections.actions import END, REJECT, SETTABLE
from sonospine.corrections.anchoring import same_value
from sonospine.curation.kinds import CORRECTIONS, VOTED, lines_of, target_of
from sonospine.curation.sheets import Sheet, Sheets, Target, sheets_of
from sonospine.evidence.described import values_of
from sonospine.model.files import short_hash
from sonospine.model.table_io import Row
from sonospine.model.votes import Poll, count

if TYPE_CHECKING:
    from sonospine.curation.logbook import Logbook
    from sonospine.curation.tables import Tables
    from sonospine.curation.view import View

VALUES, REJECTED, ADDED, TWICE, ONE_SIDED = "values", "rejected", "added", "twice", "one_sided"
WHAT: Mapping[str, str] = {
    VALUES: "they give different values",
    REJECTED: "one rejects what another keeps",
    ADDED: "only one added this result",
    TWICE: "two added this result with different values",
    ONE_SIDED: "only one changed this field",
}
Ruled = tuple[str, str, Row]
"""The field that a decision is about (empty: the whole row, as the machine reads it), its value, and its line."""
KEPT = "keep"
"""The value of the field ``reject`` where a row stands."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one curator says: the value, and the lines that say it and that an adjudicator refers to."""

    curator: str
    value: str
    lines: tuple[Row, ...]

    @property
    def line(self) -> Row:
        """The last of the lines."""
        return self.lines[-1]

    @property
    def words(self) -> str:
        """What the curator did: set, confirmed, left as it was, rejected, added."""
        return {"set": "set", "confirm": "confirmed", "reject": "rejected", "add": "added"}.get(
            self.line["action"], self.line["action"]
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an adjudicator decided: the value, who, why, and the line."""

    value: str
    line: Row


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One field of one thing on which curators disagree.

    Attributes
    ----------
    key
        Hash of kind, target and field: names it in an address.
    kind, target_type, target_id, field
        What it is about; ``field`` is ``reject`` where it is about a whole row (values ``reject`` and ``keep``).
    what
        ``values rejected added twice one_sided`` (``WHAT`` says it in words). Of ``one_sided`` the pools take the change.
    said
        Who says what, by curator.
    machine
        What the machine reads or decided; ``None`` where it says nothing about such a thing.
    verdict
        The adjudicator's decision, ``None`` while it is open.
    voters
        All who voted on that thing (any field): none of them can adjudicate.
    """

    key: str
    kind: str
    target_type: str
    target_id: str
    field: str
    what: str
    said: tuple[Said, ...]
    machine: str | None
    verdict: Verdict | None
    voters: tuple[str, ...]


def disagreements(view: View, of_kind: Callable[[str], Sequence[Row]]) -> list[Disagreement]:
    """Return every disagreement: open ones first, in the order of kinds, targets and fields.

    Parameters
    ----------
    view
        The view in which the lines of all count (``EVERYBODY``).
    of_kind
        Gives the lines of one of ``kinds.VOTED`` (``kinds.lines_of``).
    """
    found = list(_of_rows(view))
    for kind in VOTED:
        found += _of_votes(kind, of_kind(kind), view.tables)
    return sorted(found, key=lambda one: one.verdict is not None)


def all_disagreements(view: View, logbook: Logbook) -> list[Disagreement]:
    """Return every disagreement with the lines of a logbook (see ``disagreements``)."""
    return disagreements(view, lambda kind: lines_of(logbook, kind, view.tables.vocabulary))


def _made(
    kind: str,
    target: Target,
    field: str,
    what: str,
    said: Sequence[Said],
    machine: str | None,
    verdict: Verdict | None,
    voters: Sequence[str],
) -> Disagreement:
    key = short_hash(kind, *target, field)
    ordered = tuple(sorted(said, key=lambda one: one.curator))
    return Disagreement(key, kind, *target, field, what, ordered, machine, verdict, tuple(sorted(voters)))


# --- rows: measurements, arms, timepoints -----------------------------------------------------------------------------


def _of_rows(view: View) -> Iterator[Disagreement]:
    sheets = sheets_of(view)
    at_work, added = _at_work(view, sheets), _added(view, sheets)
    for target, by_curator in sorted(sheets.by_row.items()):
        read = view.as_read(*target)
        if read is None:
            continue
        decided = [_ruled(line, sheets.by_id, read) for line in sheets.decisions.get(target, ())]
        voters = list(by_curator)
        keepers = [s for s in by_curator.values() if s.keeps is not None]
        rejecters = [s for s in by_curator.values() if s.rejected is not None]
        what, said = "", [Said(s.curator, KEPT, s.kept_by) for s in keepers]
        if keepers and rejecters:
            what = REJECTED
            said += [Said(s.curator, REJECT, (s.rejected,)) for s in rejecters if s.rejected is not None]
        elif len(voters) == 1 and keepers and keepers[0].added:
            twins = {n: row for n, row in _twins(view, target, added).items() if n not in voters}
            otherwise = {name: row for name, row in twins.items() if values_of(row) != values_of(read)}
            if otherwise:
                what = TWICE
                said += [Said(name, values_of(row), keepers[0].kept_by) for name, row in otherwise.items()]
            elif at_work.get(read["record_id"], set()) - {*voters, *twins}:
                what = ADDED
        if what:
            machine = KEPT if what == REJECTED and target[1] in view.machine else None
            yield _made(CORRECTIONS, target, REJECT, what, said, machine, _verdict(decided, REJECT), voters)
        yield from _fields(target, keepers, read, decided, voters)


def _fields(
    target: Target,
    keepers: Sequence[Sheet],
    read: Row,
    decided: Sequence[Ruled],
    voters: Sequence[str],
) -> Iterator[Disagreement]:
    schema, _ = SETTABLE[target[0]]
    for field in sorted({name for sheet in keepers for name in sheet.sets}):
        votes = [
            Said(s.curator, s.sets[field]["new_value"] if field in s.sets else read[field], (line,))
            for s in keepers
            if (line := s.vote(field)) is not None
        ]
        differ = any(not same_value(schema, field, one.value, votes[0].value) for one in votes[1:])
        left = [s for s in keepers if s.saw_all and s.vote(field) is None]
        if not differ and left and not same_value(schema, field, votes[0].value, read[field]):
            # Who set another field left this one as the machine reads it, but did not speak of it.
            votes += [Said(s.curator, read[field], s.kept_by) for s in left]
            what = ONE_SIDED
        elif differ:
            what = VALUES
        else:
            continue
        yield _made(
            CORRECTIONS,
            target,
            field,
            what,
            votes,
            read[field],
            _verdict(decided, field, read[field]),
            voters,
        )


def _ruled(line: Row, by_id: Mapping[str, Row], read: Row) -> Ruled:
    """Return what a decision is about and its value, as ``corrections.replay`` takes it."""
    referred = by_id[line["refers_to"]]
    if line["field"] == REJECT or (referred["action"] == "reject" and not line["new_value"]):
        return REJECT, REJECT, line
    spoken = referred["field"] if referred["action"] in ("set", "adjudicate") else ""
    field = line["field"] or spoken
    again = referred["action"] == "adjudicate" and not line["field"] and not line["new_value"]
    if field == END or not field or again:
        return "", "", line
    if line["new_value"]:
        return field, line["new_value"], line
    same = referred["action"] == "set" and field == referred["field"]
    return field, referred["new_value"] if same else read.get(field, ""), line


def _verdict(decided: Sequence[Ruled], field: str, machine: str = "") -> Verdict | None:
    """Return the last decision that settles a field: about it, about the whole row, or that takes the row out."""
    held = None
    for about, value, line in decided:
        if field == REJECT:
            # Whoever decides on a value of a row lets it stand.
            held = Verdict(REJECT if about == REJECT else KEPT, line)
        elif about in (field, REJECT):
            held = Verdict(value, line)
        elif not about:
            held = Verdict(machine, line)
    return held


def _at_work(view: View, sheets: Sheets) -> dict[str, set[str]]:
    """Return who has worked on each record: voted on one of its rows, or added one."""
    found: dict[str, set[str]] = {}
    for (kind, name), by_curator in sheets.by_row.items():
        read = view.as_read(kind, name)
        if kind == "measurement" and read is not None:
            found.setdefault(read["record_id"], set()).update(by_curator)
    return found


def _twins(view: View, target: Target, added: Mapping[str, Mapping[str, Row]]) -> dict[str, Row]:
    """Return the rows that others added for the same result, by who added them."""
    own = view.rows.get(target[1], {}).get("result_id", "")
    return {
        name: row for name, row in added.get(own, {}).items() if own and row["measurement_id"] != target[1]
    }


def _added(view: View, sheets: Sheets) -> dict[str, dict[str, Row]]:
    """Return the added rows by result and by who added them."""
    found: dict[str, dict[str, Row]] = {}
    for (_, name), by_curator in sheets.by_row.items():
        for curator, sheet in by_curator.items():
            if sheet.added and name in view.rows:
                found.setdefault(view.rows[name]["result_id"], {})[curator] = view.rows[name]
    return found


# --- votes: screening, links, ids of studies, risk of bias, certainty -------------------------------------------------


def _of_votes(kind: str, rows: Sequence[Row], tables: Tables) -> list[Disagreement]:
    polls = count(rows, target_of).polls
    voters: dict[Target, set[str]] = {}
    for (target_type, target_id, _), poll in polls.items():
        voters.setdefault((target_type, target_id), set()).update(poll.votes)
    found = []
    for (target_type, target_id, field), poll in polls.items():
        if len({row["new_value"] for row in poll.votes.values()}) < 2:
            continue
        target = (target_type, target_id)
        said = [Said(name, row["new_value"], (row,)) for name, row in poll.votes.items()]
        machine = machine_value(kind, target_type, target_id, field, tables)
        found.append(_made(kind, target, field, VALUES, said, machine, _polled(poll), sorted(voters[target])))
    return found


def _polled(poll: Poll) -> Verdict | None:
    return Verdict(poll.verdict["new_value"], poll.verdict) if poll.verdict is not None else None


def machine_value(kind: str, target_type: str, target_id: str, field: str, tables: Tables) -> str | None:
    """Return what the last run of the review has for a thing of another kind than a row; ``None`` for nothing.

    That is the machine's as long as people had not settled it when the run was made.
    """
    if kind == "links":
        ends = [tables.record.get(name) for name in target_id.split()]
        if len(ends) != 2 or None in ends:
            return None
        one, other = (end or {} for end in ends)
        if one["report_id"] == other["report_id"]:
            return "same_report"
        return "same_study" if one["study_id"] == other["study_id"] else "apart"
    if kind == "studies":
        return tables.study_of.get(target_id)
    if kind != "screening":
        return None
    if field in ("decision", "reason"):
        study = tables.study_of.get(target_id, target_id)
        records = tables.records_of.get(study, ()) if target_type == "study" else ()
        ids = [target_id, *(row["record_id"] for row in records)]
        found = [row for row in tables.decisions if row["record_id"] in ids]
        return found[-1][field] if found else None
    found_study = tables.study.get(tables.study_of.get(target_id, target_id))
    return found_study.get(field) if found_study is not None else None
