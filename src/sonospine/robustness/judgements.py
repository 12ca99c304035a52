"""The overall risk of bias of each study, from what people wrote."""

from __future__ import annotations

from collections.abc import Iterable

from sonospine.model.table_io import Row

JUDGEMENTS = {
    "low": 0,
    **dict.fromkeys(("some concerns", "moderate", "unclear"), 1),
    **dict.fromkeys(("high", "serious"), 2),
    "critical": 3,
}
"""Overall judgements of RoB 2 and ROBINS-I, from the smallest risk of bias to the largest."""


def judgement(text: str) -> int | None:
    """Return the rank of an overall judgement (0 is the smallest risk); ``None`` where it is not one."""
    return JUDGEMENTS.get(text.strip().casefold().replace("_", " "))


def overall_risk(actions: Iterable[Row]) -> dict[str, str]:
    """Return the overall risk of bias by study.

    Parameters
    ----------
    actions
        Rows of ``curation/risk_of_bias/``: ``set`` or ``adjudicate`` of the field ``overall`` of a study; ``undo``
        takes the action away that it refers to.

    Returns
    -------
    dict
        The last judgement of each curator; where curators differ the adjudicated one, else the worst. Other words
        than those of RoB 2 and ROBINS-I are passed over.
    """
    listed = list(actions)
    undone = {row["refers_to"] for row in listed if row["action"] == "undo"}
    by_curator: dict[str, dict[str, str]] = {}
    adjudicated: dict[str, str] = {}
    for row in listed:
        wanted = row["action"] in ("set", "adjudicate") and row["field"] == "overall"
        if not wanted or row["action_id"] in undone or judgement(row["new_value"]) is None:
            continue
        if row["action"] == "adjudicate":
            adjudicated[row["target_id"]] = row["new_value"]
        by_curator.setdefault(row["target_id"], {})[row["curator"]] = row["new_value"]
    worst = {
        study: max(told.values(), key=lambda text: judgement(text) or 0) for study, told in by_curator.items()
    }
    return worst | adjudicated
