"""What is to be looked at in one study: its rows, conflicts, failed checks, unread figures and stale lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sonospine.curation.influence import Doubt
from sonospine.curation.material import Asked, Looked, Material
from sonospine.curation.scenarios import (
    failed_check,
    in_check,
    in_conflict,
    in_doubt,
    in_figure,
    is_between_places,
)
from sonospine.effects.computing import CONFLICT_KINDS
from sonospine.evidence.described import conflict_kind
from sonospine.evidence.environment import visible
from sonospine.evidence.flags import flags_in_words
from sonospine.model.numbers import number
from sonospine.model.states import by_person
from sonospine.model.table_io import Row

KINDS = ("row", "conflict", "check", "unread", "stale", "disputed")
DISPUTED = "disputed:"


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to look at, before it is weighed.

    ``kind`` is one of ``KINDS``; ``target_id`` is the id of a measurement or conflict, the place of a figure, or
    what a stale line was about. ``why`` is what is the matter beside the doubt itself.
    """

    kind: str
    target_id: str
    record_id: str
    study_id: str
    instrument: str
    state: str
    confidence: float
    feeds: tuple[str, ...]
    doubt: Doubt
    why: str = ""


def targets_of(
    material: Material, view: Looked, asked: Asked, stale: Sequence[tuple[Row, Row]]
) -> list[Target]:
    """List what is to be looked at in a study.

    Parameters
    ----------
    material
        The tables behind the view.
    view
        The view.
    asked
        The study.
    stale
        The stale lines about it.

    Returns
    -------
    list of Target
        A row verified by a person, or rejected, is none, unless it stands in an open conflict. A row has one target: in
        an open conflict the chosen one has that of the conflict; else disputed, stale, doubted by a check, or a row.
    """
    found: list[Target] = []
    taken: set[str] = set()
    for target, chosen in _conflicts(material, asked):
        found.append(target)
        taken |= chosen
    lines: dict[str, list[Row]] = {}
    for action, _ in stale:
        lines.setdefault(action["target_id"], []).append(action)
    for row in asked.review.measurements:
        name = row["measurement_id"]
        if name not in taken and not by_person(row["state"]) and row["state"] != "rejected":
            found.append(_of_row(material, view, asked, row, lines.get(name, [])))
    known = {row["measurement_id"] for row in asked.review.measurements}
    found += [_of_line(asked, name, listed) for name, listed in sorted(lines.items()) if name not in known]
    found += _figures(material, asked)
    return found


def _conflicts(material: Material, asked: Asked) -> Iterator[tuple[Target, set[str]]]:
    groups: dict[str, list[Row]] = {}
    for conflict in asked.review.conflicts:
        if is_between_places(conflict):
            groups.setdefault(conflict["result_id"], []).append(conflict)
        elif conflict["kind"] == "time":
            groups.setdefault(conflict["conflict_id"], []).append(conflict)
    for _, listed in sorted(groups.items()):
        listed.sort(key=lambda c: (_rank(c["kind"]), c["conflict_id"]))
        first = listed[0]
        rows = [asked.review.by_id[n] for n in first["measurement_ids"].split(";") if n in asked.review.by_id]
        rows.sort(key=lambda r: (r["measurement_id"] != first["chosen"], r["measurement_id"]))
        if not rows:
            continue
        if first["kind"] == "time":
            doubt = None if all(by_person(r["state"]) for r in rows) else Doubt(asked.study_id)
        else:
            doubt = in_conflict(asked, listed, material.alternatives)
        if doubt is None:
            continue
        kinds = " and ".join(conflict_kind(c["kind"]) for c in listed)
        why = f"places disagree: {kinds}"
        if first["kind"] == "time":
            why = visible(f"{first['reason']} ({first['check']})")
        yield (
            _target("conflict", first["conflict_id"], rows[0], asked, doubt, why, rows),
            {c["chosen"] for c in listed} - {""},
        )


def _rank(kind: str) -> int:
    return CONFLICT_KINDS.index(kind) if kind in CONFLICT_KINDS else len(CONFLICT_KINDS)


def _of_row(material: Material, view: Looked, asked: Asked, row: Row, lines: Sequence[Row]) -> Target:
    name = row["measurement_id"]
    alternatives = material.alternatives.get(name, [])
    if row["state"] == "disputed":
        fields = [f.removeprefix(DISPUTED) for f in row["flags"].split(";") if f.startswith(DISPUTED)]
        proposed = {
            (line["field"], line["new_value"]): None
            for line in view.actions
            if line["target_id"] == name and line["action"] == "set" and line["field"] in fields
        }
        doubt = in_doubt(asked, row, alternatives, proposed=proposed)
        about = ", ".join(field.replace("_", " ") for field in fields)
        return _target("disputed", name, row, asked, doubt, f"curators disagree about {about or 'it'}")
    if lines or row["state"] == "stale":
        proposed = {(line["field"], line["new_value"]): None for line in lines if line["action"] == "set"}
        doubt = in_doubt(asked, row, alternatives, proposed=proposed)
        return _target("stale", name, row, asked, doubt, _stale_words(lines))
    if failed_check(row):
        return _target(
            "check", name, row, asked, in_check(asked, row, alternatives), flags_in_words(row["flags"])
        )
    return _target("row", name, row, asked, in_doubt(asked, row, alternatives))


def _stale_words(lines: Sequence[Row]) -> str:
    who = " and ".join(sorted({visible(line["curator"]) for line in lines if line["curator"]}))
    return f"the source or the reading changed since {who or 'somebody'} looked at it"


def _of_line(asked: Asked, target_id: str, lines: Sequence[Row]) -> Target:
    """Return a stale line about an arm, a timepoint or a row that is no more."""
    columns = ("arm_id", "comparator_arm_id", "timepoint_id")
    own = [row for row in asked.review.measurements if target_id in (row[c] for c in columns)]
    feeds = {name for row in own for name in asked.feeds.get(row["measurement_id"], ())}
    return Target(
        "stale", target_id, lines[0]["record_id"], asked.study_id, "", "stale", 0.0, tuple(sorted(feeds)),
        Doubt(asked.study_id), _stale_words(lines),
    )  # fmt: skip


def _figures(material: Material, asked: Asked) -> Iterator[Target]:
    for record in asked.review.records:
        for row in material.unread.get(record["record_id"], []):
            doubt = in_figure(asked, material, row["caption"])
            why = f"a result that stands only in a figure: {visible(row['caption'])[:120]}"
            yield Target(
                "unread", row["locator"], row["record_id"], asked.study_id, "", "unread", 0.0, (), doubt, why
            )


def _target(
    kind: str, target_id: str, row: Row, asked: Asked, doubt: Doubt, why: str = "", rows: Sequence[Row] = ()
) -> Target:
    feeds = {name for one in (rows or (row,)) for name in asked.feeds.get(one["measurement_id"], ())}
    return Target(
        kind, target_id, row["record_id"], row["study_id"], row["instrument"], row["state"],
        number(row["confidence"]) or 0.0, tuple(sorted(feeds)), doubt, why,
    )  # fmt: skip
