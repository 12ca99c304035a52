"""Replay of the curators' lines over the machine's rows: a pure function of both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sonospine.corrections.actions import END, REJECT, Action
from sonospine.corrections.additions import Addition, closed_groups, make_addition
from sonospine.corrections.anchoring import Anchor, Index, anchor
from sonospine.corrections.identity import arm_id, merged_arms, timepoint_id, timepoints_of
from sonospine.corrections.votes import Ballot, Ruling, Vote, decide
from sonospine.model.errors import InputError
from sonospine.model.numbers import truth
from sonospine.model.places import context_of, quote_at
from sonospine.model.record import Record
from sonospine.model.schema import TableSchema
from sonospine.model.table_io import Row, without_breaks
from sonospine.model.tables import ARMS, CORRECTED, CORRECTION_LOG, MEASUREMENTS, TIMEPOINTS
from sonospine.model.votes import THIRD_PERSON

Target = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Curated:
    """Rows of ``corrected``, ``arms``, ``timepoints`` and ``correction_log``, and what lines spoke about.

    ``added``, ``arms_read`` and ``timepoints_read`` are the added rows, the arms and the timepoints before any vote on
    them, which is what a curator sees of them. ``targets`` are the row (kind and id) that each line speaks about now,
    of stale lines too where one can be named.
    """

    corrected: list[Row]
    arms: list[Row]
    timepoints: list[Row]
    log: list[Row]
    added: list[Row] = field(default_factory=list)
    arms_read: list[Row] = field(default_factory=list)
    timepoints_read: list[Row] = field(default_factory=list)
    targets: dict[str, Target] = field(default_factory=dict)


def replay(
    measurements: Sequence[Row],
    arms: Sequence[Row],
    record_rows: Sequence[Row],
    actions: Sequence[Action],
    records: Mapping[str, Record],
) -> Curated:
    """Replay curators' lines over the machine's rows.

    Parameters
    ----------
    measurements, arms
        What the machine read (tables ``measurements`` and ``machine_arms``).
    record_rows
        The table ``records``: it says which study a record belongs to and the hash of its source.
    actions
        Lines in the order of ``corrections.actions.ordered``. Lines of one file count in their order; which of
        two curators wrote first matters for nothing but the log, and for ``adjudicate``, where the later line holds.
    records
        Parsed records, by id, that the lines speak about (only these are looked at).

    Returns
    -------
    Curated
        Every machine row once, in its state, with ids of study, arm and timepoint; added rows; the arms and
        timepoints of the studies; and for each line what it did.

    Raises
    ------
    InputError
        A row's record is not in ``record_rows``; a group that was closed is incomplete.
    """
    studies = {row["record_id"]: row["study_id"] for row in record_rows}
    sha256 = {row["record_id"]: row["sha256"] for row in record_rows}
    for row in [*measurements, *arms]:
        if row["record_id"] not in studies:
            raise InputError("the record is not linked to a study", field="record_id", found=row["record_id"])
    ranked = sorted(record_rows, key=lambda r: (not truth(r["full_text"]), r["record_id"]))
    order = {row["record_id"]: rank for rank, row in enumerate(ranked)}
    session = _Session(actions, sha256, records)
    added = session.additions()
    rows = [CORRECTED.row(**row) for row in measurements] + [a.row for a in added]
    corrected = session.corrected("measurement", rows, MEASUREMENTS)
    for row in corrected:
        study = studies[row["record_id"]]
        row["study_id"] = study
        row["arm_id"] = arm_id(study, row["arm"])
        row["comparator_arm_id"] = arm_id(study, row["comparator_arm"])
        row["timepoint_id"] = timepoint_id(study, row)
    arms_read = merged_arms(arms, corrected, studies, order)
    arm_rows = session.corrected("arm", arms_read, ARMS)
    read = timepoints_of(corrected)
    timepoints = session.corrected("timepoint", read, TIMEPOINTS)
    _retime(corrected, read, timepoints)
    session.close()
    return Curated(
        corrected,
        arm_rows,
        timepoints,
        session.log(),
        [addition.row for addition in added],
        arms_read,
        read,
        session.asked | session.targets,
    )


def _retime(corrected: Sequence[Row], read: Sequence[Row], timepoints: Sequence[Row]) -> None:
    """Give the rows of each timepoint that people moved its weeks and phase; a new label alone moves nothing."""
    moved = {
        after["timepoint_id"]: after
        for before, after in zip(read, timepoints, strict=True)
        if (before["weeks"], before["phase"]) != (after["weeks"], after["phase"])
    }
    for row in corrected:
        if row["timepoint_id"] in moved:
            time = moved[row["timepoint_id"]]
            row["weeks"], row["phase"] = time["weeks"], time["phase"]


class _Session:
    """The state of one replay: which lines stand, and what each of them did."""

    def __init__(
        self, actions: Sequence[Action], sha256: Mapping[str, str], records: Mapping[str, Record]
    ) -> None:
        self.actions = list(actions)
        self.sha256 = sha256
        self.records = records
        self.by_id = {action.action_id: action for action in actions}
        self.results: dict[str, tuple[str, str]] = {}
        self.undone_by = self._undone()
        self.targets: dict[str, Target] = {}
        self.asked: dict[str, Target] = {}
        self.groups = closed_groups(self._standing())
        self.added: dict[str, Addition] = {}

    def _undone(self) -> dict[str, str]:
        """Return which line each undone line was undone by; an undo that is undone does nothing."""
        place = {action.action_id: index for index, action in enumerate(self.actions)}
        groups: dict[str, list[str]] = defaultdict(list)
        for action in self.actions:
            if action.action == "add":
                groups[action.group_id].append(action.action_id)
        undone: dict[str, str] = {}
        for action in reversed(self.actions):
            if action.action != "undo":
                continue
            target = self.by_id.get(action.refers_to)
            if target is None or place[target.action_id] >= place[action.action_id]:
                self.results[action.action_id] = ("unknown", f"no earlier action {action.refers_to}")
            elif target.curator != action.curator:
                self.results[action.action_id] = ("unknown", "only the curator of a line can undo it")
            elif action.action_id in undone:
                self.results[action.action_id] = ("applied", f"undone by {undone[action.action_id]}")
            else:
                self.results[action.action_id] = ("applied", "")
                together = groups[target.group_id] if target.action == "add" else [target.action_id]
                for action_id in together:
                    if place[action_id] < place[action.action_id]:
                        undone.setdefault(action_id, action.action_id)
        return undone

    def _standing(self) -> list[Action]:
        return [action for action in self.actions if action.action_id not in self.undone_by]

    def context(self, record_id: str, locator: str) -> str:
        """Return the quote with 40 characters either side; empty where the record is not at hand."""
        record = self.records.get(record_id)
        return without_breaks(context_of(record, locator)) if record else ""

    def quote(self, record_id: str, locator: str) -> str:
        """Return the characters at a locator; empty where there are none."""
        record = self.records.get(record_id)
        return without_breaks(quote_at(record, locator) or "") if record else ""

    def additions(self) -> list[Addition]:
        """Return the added rows whose source still fits, and note what each line of a group did."""
        closed = {line.action_id for lines in self.groups.values() for line in lines}
        for action in self._standing():
            if action.action == "add" and action.action_id not in closed:
                why = "the group was closed before" if action.group_id in self.groups else "the group is open"
                self.results[action.action_id] = ("unknown", why)
        for group_id, lines in self.groups.items():
            addition = make_addition(group_id, lines, self.sha256, self.context, self.quote)
            for line in lines:
                self.results[line.action_id] = (addition.outcome, addition.detail)
            if addition.outcome == "applied":
                self.added[addition.row["measurement_id"]] = addition
        return [self.added[key] for key in sorted(self.added)]

    def corrected(self, kind: str, rows: Sequence[Row], schema: TableSchema) -> list[Row]:
        """Return the rows of a kind after the votes on them."""
        index = Index.of(kind, rows, self.sha256, self.context, added=self.added)
        ballots: dict[str, dict[str, Ballot]] = defaultdict(dict)
        rulings: dict[str, Ruling] = {}
        stale: set[str] = set()
        for row_id, addition in self.added.items():
            if kind == "measurement":
                ballots[row_id][addition.curator] = Ballot(adds=True)
                for line in addition.lines:
                    self.targets[line.action_id] = (kind, row_id)
        own = self._own_values(kind)
        for action in self._standing():
            if action.action in ("confirm", "set", "reject") and action.target_type == kind:
                anchored = anchor(action, index, own[action.curator, action.target_id])
                self._note(action, anchored, kind)
                if anchored.outcome in ("applied", "needless"):
                    _vote(ballots[anchored.target_id].setdefault(action.curator, Ballot()), action)
                elif anchored.target_id:
                    stale.add(anchored.target_id)
                    self.asked[action.action_id] = (kind, anchored.target_id)
            elif action.action == "adjudicate":
                self._adjudicate(action, kind, ballots, rulings)
        decided = []
        for row in rows:
            key = row[f"{kind}_id"]
            outcome = decide(row, schema, ballots.get(key, {}), rulings.get(key), stale=key in stale)
            new = outcome.row
            if "state" in new:
                new["state"] = outcome.state
            decided.append(new)
        return decided

    def _own_values(self, kind: str) -> dict[tuple[str, str], dict[str, list[str]]]:
        own: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for action in self._standing():
            if action.action == "set" and action.target_type == kind:
                own[action.curator, action.target_id][action.field].append(action.new_value)
        return own

    def _note(self, action: Action, anchored: Anchor, kind: str) -> None:
        self.results[action.action_id] = (anchored.outcome, anchored.detail)
        if anchored.outcome in ("applied", "needless"):
            self.targets[action.action_id] = (kind, anchored.target_id)

    def _adjudicate(
        self,
        action: Action,
        kind: str,
        ballots: Mapping[str, Mapping[str, Ballot]],
        rulings: dict[str, Ruling],
    ) -> None:
        referred = self.by_id.get(action.refers_to)
        target = self.targets.get(action.refers_to)
        if referred is None or target is None or action.refers_to in self.undone_by:
            self.results.setdefault(
                action.action_id, ("unknown", f"no standing action {action.refers_to} to decide on")
            )
            return
        if target[0] != kind:
            return
        ballot = ballots.get(target[1], {}).get(action.curator)
        if ballot is not None and (ballot.keeps or ballot.rejected):
            self.results[action.action_id] = ("unknown", THIRD_PERSON)
            return
        self.results[action.action_id] = ("applied", "")
        self.targets[action.action_id] = target
        _rule(rulings.setdefault(target[1], Ruling()), action, referred)

    def close(self) -> None:
        """Give every line that had no other fate its place in the log."""
        for action in self.actions:
            if action.action_id in self.undone_by:
                undo = self.undone_by[action.action_id]
                self.results[action.action_id] = ("applied", f"undone by {undo}")
            elif action.action == "comment":
                self.results[action.action_id] = ("applied", "")
            elif action.action_id not in self.results:
                self.results[action.action_id] = ("unknown", "nothing to act on")

    def log(self) -> list[Row]:
        """Return what each line did, in order."""
        return [
            CORRECTION_LOG.row(
                action_id=action.action_id,
                file=action.file,
                line=str(action.line),
                outcome=self.results[action.action_id][0],
                detail=self.results[action.action_id][1],
            )
            for action in self.actions
        ]


def _vote(ballot: Ballot, action: Action) -> None:
    if action.action == "set":
        ballot.sets[action.field] = Vote(action.new_value, action.new_locator, action.new_quote)
        ballot.rejected = False
    elif action.action == "reject":
        ballot.rejected = True
    else:
        ballot.rejected = False
        if action.field:
            ballot.confirmed.add(action.field)
        else:
            ballot.all_confirmed = True


def _rule(ruling: Ruling, action: Action, referred: Action) -> None:
    """Take a third person's decision; a later one replaces an earlier one on the same field.

    A decision with the field ``reject``, or one on a line that rejects, takes the row out.
    """
    if action.field == REJECT or (referred.action == "reject" and not action.new_value):
        ruling.stands = False
        return
    ruling.stands = True
    if referred.action == "adjudicate":
        # To decide again on what an earlier decision was about, the value has to be named.
        field = action.field or referred.field
    else:
        field = action.field or (referred.field if referred.action == "set" else "")
    if action.new_value and field and field != END:
        ruling.values[field] = Vote(action.new_value, action.new_locator, action.new_quote)
        ruling.machine.discard(field)
    elif referred.action == "set" and field == referred.field:
        ruling.values[field] = Vote(referred.new_value, referred.new_locator, referred.new_quote)
        ruling.machine.discard(field)
    elif field and (action.field or referred.action == "confirm"):
        # A field that is named without a value: the machine's.
        ruling.values.pop(field, None)
        ruling.machine.add(field)
    else:
        ruling.values.clear()
        ruling.all_machine = True
