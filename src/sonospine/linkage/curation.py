"""What people say about links and about the ids of studies.

A line of ``extracted/curation/links/<curator>.tsv`` overrules the machine about one pair of records: action
``set``, target type ``link``, target id ``record_a record_b`` (in either order), field ``relation``, new value
``same_report``, ``same_study`` or ``apart``. ``apart`` wins over every link, also where the two would meet
through a third record; ``same_study`` keeps two records from being one report. A later line of the same curator
replaces an earlier one, ``undo`` takes a line back (``refers_to`` names it), two curators who disagree leave the
machine's link until a third line ``adjudicate`` s. A line about a record that is not in the corpus does nothing
and is reported.

A line of ``extracted/curation/studies/<curator>.tsv`` keeps the id of a study that people have worked on: action
``set``, target type ``study``, target id a record of the study, field ``study_id``, new value the id.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sonospine.linkage.link import Joins, Link, link
from sonospine.model.table_io import Row
from sonospine.model.votes import Target, count

STUDY_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")
RELATIONS = ("same_report", "same_study", "apart")
_JOINS: dict[str, Joins] = {"same_report": "report", "same_study": "study", "apart": ""}


@dataclass(frozen=True, slots=True)
class Ruling:
    """What people settled: links, ids to keep (by record), and lines that change nothing."""

    links: tuple[Link, ...]
    kept_ids: dict[str, str]
    unheeded: tuple[str, ...]

    def pairs(self, *relations: str) -> frozenset[tuple[str, str]]:
        """Return the pairs of records with one of the relations."""
        return frozenset((one.from_id, one.to_id) for one in self.links if one.relation in relations)


def fault_of_link_line(row: Row) -> tuple[str, str] | None:
    """Return the column at fault and what is allowed, or ``None`` where a line about links is well formed."""
    if row["action"] not in ("set", "undo", "adjudicate", "comment", "confirm"):
        return "action", "set, undo, adjudicate, confirm, comment"
    if row["action"] == "adjudicate" and row["new_value"] not in RELATIONS:
        return "new_value", ", ".join(RELATIONS)
    if row["action"] != "set":
        return None
    if row["target_type"] != "link":
        return "target_type", "link"
    if len(set(row["target_id"].split())) != 2:
        return "target_id", "two record ids with a space between them"
    if row["field"] != "relation":
        return "field", "relation"
    return None if row["new_value"] in RELATIONS else ("new_value", ", ".join(RELATIONS))


def fault_of_study_line(row: Row) -> tuple[str, str] | None:
    """Return the column at fault and what is allowed, or ``None`` where a line about a study is well formed."""
    if row["action"] != "set" or row["field"] != "study_id":
        return None
    if row["target_type"] != "study":
        return "target_type", "study"
    if not row["target_id"]:
        return "target_id", "the id of a record of the study"
    # The id names the study's page: nothing that could lead out of the report's folder may stand in it.
    fits = STUDY_ID.fullmatch(row["new_value"])
    return None if fits else ("new_value", "the id to keep: letters, digits, - and _")


def ruling(rows: Iterable[Row], known: Collection[str]) -> Ruling:
    """Return what curators settled about links and ids of studies.

    Parameters
    ----------
    rows
        Lines of ``extracted/curation/links`` and ``studies``, in the order in which they were written.
    known
        The ids of all records.
    """
    counted = count(rows, link_target)
    links, kept = [], {}
    unheeded = [f"line {action_id}: {why}" for action_id, why in counted.idle.items()]
    for (kind, name, field), poll in counted.polls.items():
        vote = poll.settled
        if vote is None:
            continue
        missing = [one for one in name.split() if one not in known]
        if kind == "link" and field == "relation":
            if missing:
                unheeded.append(f"link {name}: no record {' '.join(missing)}")
                continue
            a, b = name.split()
            why = f"set by {vote.by}" + (f": {vote.reason}" if vote.reason else "")
            links.append(link(a, b, vote.value, why, 1, joins=_JOINS[vote.value], by=vote.by))
        elif kind == "study" and field == "study_id":
            if missing:
                unheeded.append(f"study {vote.value}: no record {name}")
                continue
            if not STUDY_ID.fullmatch(
                vote.value
            ):  # an adjudicated value has no field of its own to be checked by
                unheeded.append(f"study {vote.value}: not an id")
                continue
            kept[name] = vote.value
    return Ruling(tuple(links), kept, tuple(unheeded))


def link_target(row: Row) -> Target:
    """Return what a line is about; the two ids of a link are sorted, since they stand in either order."""
    name = " ".join(sorted(row["target_id"].split())) if row["target_type"] == "link" else row["target_id"]
    return row["target_type"], name, row["field"]
