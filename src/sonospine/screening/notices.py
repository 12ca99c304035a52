"""Which links tell that a notice is about a report: a retraction, an expression of concern."""

from __future__ import annotations

from sonospine.model.table_io import Row

RELATIONS = {"retracted": "retraction_of", "concern": "concern_about"}
"""Relation of a notice to what it is about, by the editorial status that it gives."""
OVERRULED = "not applied: people set apart"


def tells(link: Row, status: str) -> bool:
    """Tell whether a row of ``links.tsv`` gives its target a status, and people have not overruled it."""
    return link["relation"] == RELATIONS.get(status) and not link["evidence"].endswith(OVERRULED)
