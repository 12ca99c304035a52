"""The kinds of curation beside corrections: how their lines are checked, named and read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from sonospine.linkage.curation import fault_of_link_line, fault_of_study_line, link_target
from sonospine.model import grade, risk_of_bias
from sonospine.model.errors import InputError
from sonospine.model.grade import fault_of_grade_line
from sonospine.model.judgements import plain
from sonospine.model.risk_of_bias import fault_of_risk_line
from sonospine.model.table_io import Row
from sonospine.model.votes import Target, read_votes
from sonospine.screening.curation import fault_of_screening_line

if TYPE_CHECKING:
    from sonospine.curation.logbook import Logbook
    from sonospine.vocabulary import Vocabulary

CORRECTIONS = "corrections"
LABELS: Mapping[str, str] = {
    CORRECTIONS: "numbers, arms and times",
    "screening": "screening and columns of studies",
    "links": "links",
    "studies": "ids of studies",
    "risk_of_bias": "risk of bias",
    "grade": "certainty (GRADE)",
}
VOTED = tuple(kind for kind in LABELS if kind != CORRECTIONS)
"""Kinds whose targets stay where they are, so that their lines are votes on targets (``model.votes``)."""
Fault = Callable[[Row], "tuple[str, str] | None"]
_HELD: WeakKeyDictionary[Logbook, dict[str, tuple[object, list[Row]]]] = WeakKeyDictionary()
_JUDGED = {"risk_of_bias": risk_of_bias.FIELDS, "grade": grade.FIELDS}


def fault_of(kind: str, vocabulary: Vocabulary) -> Fault:
    """Return the check of the lines of a kind."""
    faults: Mapping[str, Fault] = {
        "screening": fault_of_screening_line(vocabulary),
        "links": fault_of_link_line,
        "studies": fault_of_study_line,
        "risk_of_bias": fault_of_risk_line,
        "grade": fault_of_grade_line,
    }
    return faults[kind]


def target_of(row: Row) -> Target:
    """Return what a line of any kind is about: the ids of a link stand in either order."""
    return link_target(row)


def lines_of(logbook: Logbook, kind: str, vocabulary: Vocabulary) -> list[Row]:
    """Read all lines of a kind in the order in which they were written.

    Judgements come in the spelling of their tool, so that two spellings of one word are no disagreement. The files are
    read again only where one changed.

    Raises
    ------
    InputError
        A line is malformed.
    """
    held = _HELD.setdefault(logbook, {})
    with logbook.reading(kind) as folder:
        seen = logbook.fingerprint(kind)
        if kind not in held or held[kind][0] != seen:
            rows = read_votes(folder, fault_of(kind, vocabulary))
            held[kind] = (seen, [_spelt(row) for row in rows] if kind in _JUDGED else rows)
        return list(held[kind][1])


def _spelt(row: Row) -> Row:
    if row["field"] == "tool":
        names = {plain(name): name for name in risk_of_bias.TOOLS}
        return {**row, "new_value": names.get(plain(row["new_value"]), row["new_value"])}
    return {**row, "new_value": plain(row["new_value"])}


def check_line(kind: str, row: Row, vocabulary: Vocabulary) -> None:
    """Check a line before it is written.

    Raises
    ------
    InputError
        It is malformed; the column at fault, what was found and what is allowed are named.
    """
    fault = fault_of(kind, vocabulary)(row)
    if fault is not None:
        named = row["field"] if fault[0] == "new_value" and row["field"] else fault[0]
        raise InputError("the value is not allowed", field=named, found=row[fault[0]], allowed=fault[1])
