"""Which links tell that a notice is about a report: a retraction, an expression of concern."""

from __future__ import annotations

from sonospine.model.table_io import Row

_RELATIONS = {"retracted": "retraction_of", "concern": "corrects"}
_WORDS = {"retracted": "", "concern": "concern"}
"""A notice of concern is linked as ``corrects``, like an erratum; the evidence of the link says which it is."""
OVERRULED = "not applied: people set apart"


def tells(link: Row, status: str) -> bool:
    """Tell whether a row of ``links.tsv`` gives its target the editorial status ``retracted`` or ``concern``."""
    return (
        link["relation"] == _RELATIONS.get(status)
        and _WORDS[status] in link["evidence"]
        and not link["evidence"].endswith(OVERRULED)
    )
