"""Numbers that stand where results stand and are none, by the labels over them: spreads, pairs of kinds, amounts."""

from __future__ import annotations

import re

from sonospine.extraction.tables.cells import ValueCell
from sonospine.extraction.tables.levels import CellLabels
from sonospine.extraction.tables.roles import Roles

_N_BESIDE = re.compile(r"(?:^|\s)[nN]\s?/\s?(?:max|min|mean|median|score|sd|range)", re.IGNORECASE)
_OF_TWO_KINDS = re.compile(
    r"\b(?:yes|no|males?|females?|men|women|boys|girls|left|right|m|f)\s*[/:]\s*(?:yes|no|males?|females?|men|women|boys|girls|left|right|m|f)\b"
    r"|\bratio\b",
    re.IGNORECASE,
)
# "Pain SD" is the spread of another column; "Pain (SD)" and "Pain \u00b1 SD" are values with theirs.
_ENDS_AS_SPREAD = re.compile(
    r"(?<![\u00b1(\[/,])(?<![\u00b1(\[/,]\s)\b(?:SDs?|SEM?|standard\s+(?:deviation|error))\b[^\w)\]]*$"
)
_CENTRE = re.compile(r"\b(?:means?|medians?|averages?)\b", re.IGNORECASE)
_MEASURED = re.compile(
    r"[(\[,]\s*(?:[\w\u00b5\u03bc]{0,4}(?:g|l|mol|m|cal|J|U|Hz|osm)\b|[^\s()\[\],]{1,8}/[^\s()\[\],]{1,8}|mmHg|min|s|h|hours?|years?|days?|degrees?|\u00b0)[^()\[\]]{0,6}[)\]]?\s*$",
    re.I,
)


def is_spread(cell: ValueCell, labels: CellLabels) -> bool:
    """Tell whether a bare number, or the bounds of an interval, stand under a label that names a spread and nothing else."""
    if cell.expression.spread != "none" or cell.expression.centre in ("count", "percent"):
        return False
    nearest = [label for found in (labels.stubs[-1:], labels.columns[-1:]) for _, label in found]
    return any(
        (label.spread_only and not any(p.centre == "percent" for p in label.pairs))
        or (_ENDS_AS_SPREAD.search(label.text) and not _CENTRE.search(label.text))
        for label in nearest
    )


def is_of_two_statistics(cell: ValueCell, labels: CellLabels) -> bool:
    """Tell whether ``17/96`` is how many there were beside another statistic or of another kind: ``N/max``, ``yes/no``."""
    if not (cell.expression.total or cell.several):
        return False
    return any(_N_BESIDE.search(label.text) or _OF_TWO_KINDS.search(label.text) for _, label in labels.all())


def is_measured(roles: Roles, labels: CellLabels) -> bool:
    """Tell whether a whole number is measured, not counted: its label has a unit, or the rows are single participants."""
    first = [roles.layout.texts[r][0].strip() for r in roles.layout.body]
    numbered = len(first) > 4 and first == [str(k) for k in range(1, len(first) + 1)]
    return numbered or any(_MEASURED.search(label.text) for _, label in labels.stubs)
