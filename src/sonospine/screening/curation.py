"""What people decide about records and studies in ``extracted/curation/screening/<curator>.tsv``.

Action ``set``; target type ``record`` (target id a record) or ``study`` (target id a study, or a record of it);
field ``decision`` (``include exclude ongoing awaiting not_retrieved``), ``reason``, or a column of
``studies.tsv``, lists separated by ``;``. What a person decides replaces what the rules found, is marked with the
curator's name, and can be undone. A changed column (a condition, a design) is judged again by the criteria.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sonospine.model.schema import Column
from sonospine.model.table_io import Row
from sonospine.model.tables import DECISIONS, STUDIES
from sonospine.model.votes import Settled, count
from sonospine.screening.facts import KIND_OF
from sonospine.screening.findings import Finding
from sonospine.vocabulary import Vocabulary

COLUMNS = tuple(name for name in STUDIES.names if name != "study_id")
FIELDS = ("decision", "reason", *COLUMNS)


@dataclass(frozen=True, slots=True)
class Orders:
    """What people settled, by record and by study, and lines that change nothing."""

    records: Mapping[str, Mapping[str, Settled]]
    studies: Mapping[str, Mapping[str, Settled]]
    unheeded: tuple[str, ...]


def fault_of_screening_line(vocabulary: Vocabulary) -> Callable[[Row], tuple[str, str] | None]:
    """Return the check of a line: the column at fault and what is allowed, or ``None``."""

    def fault(row: Row) -> tuple[str, str] | None:
        if row["action"] not in ("set", "undo", "adjudicate", "comment", "confirm"):
            return "action", "set, undo, adjudicate, confirm, comment"
        if row["action"] != "set":
            return None
        if row["target_type"] not in ("record", "study"):
            return "target_type", "record, study"
        if not row["target_id"]:
            return "target_id", "the id of a record or a study"
        if row["field"] not in FIELDS:
            return "field", ", ".join(FIELDS)
        return _fault_of_value(row, vocabulary)

    return fault


def _fault_of_value(row: Row, vocabulary: Vocabulary) -> tuple[str, str] | None:
    field, value = row["field"], row["new_value"]
    if not _permitted(field, value):
        return "new_value", _column(field).allowance()
    if field in KIND_OF:
        known = vocabulary.of_kind(KIND_OF[field])
        if any(one not in known for one in value.split(";") if one):
            return "new_value", ", ".join(known)
    return None


def _column(field: str) -> Column:
    return (DECISIONS if field in ("decision", "reason") else STUDIES).column(field)


def _permitted(field: str, value: str) -> bool:
    return field in FIELDS and _column(field).permits(value)


def orders(rows: Iterable[Row], study_of: Mapping[str, str]) -> Orders:
    """Return what people settled.

    Parameters
    ----------
    rows
        Lines of ``extracted/curation/screening``, in the order in which they were written.
    study_of
        The study of each record.
    """
    records: dict[str, dict[str, Settled]] = {}
    studies: dict[str, dict[str, Settled]] = {}
    counted = count(rows)
    unheeded = [f"line {action_id}: {why}" for action_id, why in counted.idle.items()]
    known = set(study_of.values())
    for (kind, name, field), poll in counted.polls.items():
        vote = poll.settled
        if vote is None:
            continue
        if not _permitted(field, vote.value):
            # A set line is checked when it is read; a line that adjudicates names its field only here.
            unheeded.append(f"{kind} {name}: {vote.value!r} is not allowed for {field}")
        elif kind == "record" and name in study_of and field in ("decision", "reason"):
            records.setdefault(name, {})[field] = vote
        elif name in known or name in study_of:
            studies.setdefault(study_of.get(name, name), {})[field] = vote
        else:
            unheeded.append(f"{kind} {name}: not in the corpus")
    return Orders(records, studies, tuple(unheeded))


def findings_set(order: Mapping[str, Settled]) -> dict[str, tuple[Finding, ...]]:
    """Return the columns that a curator set, as findings that replace what was read."""
    return {
        field: tuple(
            Finding(term, f"set to {term}", "", "", by=order[field].by)
            for term in order[field].value.split(";")
            if term
        )
        for field in KIND_OF
        if field in order
    }
