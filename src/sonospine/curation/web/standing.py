"""How a row stands: its state in words, what people said about it, what can be taken back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sonospine.corrections.actions import END
from sonospine.corrections.anchoring import READING
from sonospine.curation.web.fields import label_of
from sonospine.curation.web.seen import saw
from sonospine.curation.web.sessions import ADJUDICATOR, Session
from sonospine.model.states import by_person
from sonospine.model.table_io import Row

if TYPE_CHECKING:
    from sonospine.curation.view import View

STATES = {
    "unread": ("○", "not yet checked"),
    "confirmed": ("✓", "confirmed by one person"),
    "corrected": ("✎", "corrected by one person"),
    "agreed": ("✓✓", "agreed by two people"),
    "adjudicated": ("⚖", "decided by a third person"),
    "added": ("+", "added by a person"),
    "rejected": ("✕", "rejected"),
    "disputed": ("≠", "curators disagree"),
    "stale": ("↻", "the source or the reading changed: asked again"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A line about a row: when, who, what in words, why, what became of it, and whether it stands."""

    action_id: str
    time: str
    curator: str
    what: str
    reason: str
    outcome: str
    stands: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class Stale:
    """A line that no longer fits: what was seen then and what is read now, field by field, where they differ."""

    said: Said
    action: Row
    detail: str
    differences: tuple[tuple[str, str, str], ...]
    target: str
    saw: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a row: sign and words, whether a person stands behind it, lines about it, what can be undone.

    ``decides`` tells that whoever looks is an adjudicator, who decides where others disagree and votes on nothing.
    """

    sign: str
    words: str
    verified: bool
    said: tuple[Said, ...]
    undoable: str
    stale: tuple[Stale, ...]
    decides: bool


def standing_of(view: View, session: Session, row: Row) -> Standing:
    """Return how a row stands in a view."""
    targets = {
        ("measurement", row["measurement_id"]),
        ("arm", row["arm_id"]),
        ("timepoint", row["timepoint_id"]),
    }
    about = [
        action
        for action in shown_lines(view.actions)
        if (view.targets.get(action["action_id"]) or (action["target_type"], action["target_id"])) in targets
        and action["action"] != "undo"
    ]
    said = tuple(said_of(view, session, action) for action in about)
    own = [
        s.action_id
        for s, action in zip(said, about, strict=True)
        if s.mine and s.stands and action["target_type"] in ("measurement", "")
    ]
    state = row["state"] or "unread"
    sign, words = STATES.get(state, ("", state))
    stale = [
        stale_of(view, session, action)
        for action, _ in view.stale
        if row["measurement_id"] in (action["target_id"], view.targets.get(action["action_id"], ("", ""))[1])
    ]
    return Standing(
        sign,
        words,
        by_person(state),
        said[::-1],
        own[-1] if own else "",
        tuple(stale),
        session.role == ADJUDICATOR,
    )


def shown_lines(actions: Iterable[Row]) -> list[Row]:
    """Return lines as they are listed: those that add one row together are one, with the reason that one of them gives."""
    listed = list(actions)
    closed = {a["group_id"] for a in listed if a["action"] == "add" and a["field"] == END}
    reasons = {a["group_id"]: a["reason"] for a in listed if a["action"] == "add" and a["reason"]}
    found = []
    for action in listed:
        if action["action"] != "add" or action["group_id"] not in closed:
            found.append(action)
        elif action["field"] == END:
            found.append({**action, "reason": reasons.get(action["group_id"], "")})
    return found


def said_of(view: View, session: Session, action: Row) -> Said:
    """Return a line in words."""
    log = view.log.get(action["action_id"])
    outcome, detail = (log["outcome"], log["detail"]) if log is not None else ("", "")
    undone = detail.startswith("undone by ")
    return Said(
        action["action_id"],
        action["time"],
        action["curator"],
        what_of(action),
        action["reason"],
        "taken back" if undone else " ".join(filter(None, (outcome, f"({detail})" if detail else ""))),
        not undone and outcome in ("applied", "needless"),
        action["curator"] == session.name,
    )


def what_of(action: Row) -> str:
    """Say what a line does: ``set SD, SE or width: 0.37 → 0.73``."""
    kind, field = action["action"], action["field"]
    if kind == "undo":
        return f"took {action['refers_to']} back"
    if kind == "add":
        return "added the row" if field == END else f"added {label_of(field)}: {action['new_value']}"
    if not field:
        return {"confirm": "confirmed the row", "reject": "rejected the row"}.get(kind, kind)
    if kind in ("set", "adjudicate"):
        told = f"{label_of(field)}: {action['old_value'] or 'empty'} → {action['new_value'] or 'empty'}"
        place = f" at {action['new_locator']}" if action["new_locator"] else ""
        return f"{kind} {told}{place}"
    return f"{kind} {label_of(field)}"


def stale_of(view: View, session: Session, action: Row) -> Stale:
    """Return a line that no longer fits with what it saw and what is read now."""
    log = view.log[action["action_id"]]
    seen = json.loads(action["seen"]) if action["seen"] else {}
    now = view.reads_now(action["action_id"]) or {}
    differences = tuple(
        (label_of(name), str(seen.get(name, "")), now.get(name, ""))
        for name in READING
        if name in seen and now and str(seen[name]) != now.get(name, "")
    )
    target = view.targets.get(action["action_id"], ("", ""))[1]
    if not target and action["target_id"] in view.rows:
        target = action["target_id"]
    row = view.standing(target_type := action["target_type"], target)
    return Stale(
        said_of(view, session, action),
        action,
        log["detail"],
        differences,
        target,
        saw(target_type, row) if row else "",
    )
