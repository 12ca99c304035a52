"""What kind of result a cell of a table is: a value, a change, a difference or a ratio."""

from __future__ import annotations

import functools
import re

from sonospine.extraction.expressions import find_expressions
from sonospine.extraction.tables.cell_times import names_baseline
from sonospine.extraction.tables.cells import ValueCell
from sonospine.extraction.tables.labels import Label
from sonospine.extraction.tables.levels import SECTION, CellLabels
from sonospine.extraction.tables.roles import Roles
from sonospine.extraction.tables.whose import Who, Whose

_CHANGED = r"(?:changes?|improvements?|reductions?|decreases?|increases?|decline|gain)\b"
_BESIDE_OTHERS = re.compile(
    rf"(?:(?!\b{_CHANGED}|\bfrom\s+baseline\b).)*(?:,|\band)\s+(?:(?:the|mean)\s+)?{_CHANGED}",
    re.IGNORECASE | re.DOTALL,
)
_PERCENT_CHANGES = re.compile(
    r"\W*(?:(?:means?|medians?|average)\s+)?(?:%|percent\w*)\s+(?:of\s+)?(?:changes?|reductions?|improvements?|decreases?)\b",
    re.IGNORECASE,
)
_DECREASES = re.compile(
    r"\b(?:decrease|reduction|improvement|fall|drop)s?\s+(?:of|in|from)\b|\b(?:changes?|differences?)\b.*\bfrom\s+(?:the\s+)?baseline\b",
    re.I,
)


class Kinds:
    """Tells for the cells of one table what kind of result each is."""

    def __init__(self, roles: Roles, caption: Label, whose: Whose) -> None:
        self._roles = roles
        self._caption = caption
        self._whose = whose

    def of(self, labels: CellLabels, who: Who, cell: ValueCell) -> str | None:
        """Return ``value change percent_change difference ratio`` for a cell; ``None`` where it is none of them."""
        expression = cell.expression
        over = [label for _, label in labels.all()]
        if any(label.ratio for label in over) and expression.spread not in ("sd", "se"):
            return "ratio"
        by_row = who.evidence == "arm from row label" and not who.comparator
        differs = [
            label
            for level, label in labels.all()
            if (label.difference or label.between)
            # "A versus B" over rows that are A and B compares nothing by itself
            and not (by_row and level == SECTION and not label.difference)
        ]
        if differs and self._whose.alone(cell.row, cell.column, who):
            return "difference"
        if who.comparator or any(label.between for label in differs) or expression.centre == "difference":
            return "difference"
        if any(
            label.change and len({t.weeks for t in label.times if t.phase == "follow_up"}) > 1
            for label in over
        ):
            return None
        if differs:
            return "change"
        if any(label.percent_change for label in over):
            return "percent_change"
        changed = [label for label in over if label.change and not label.status]
        timed = [t.phase for label in over for t in label.times]
        by_caption = self._announces_changes and not self._has_baseline and (not timed or self._only_changes)
        if changed or by_caption:
            return "percent_change" if _PERCENT_CHANGES.match(self._roles.table.caption) else "change"
        return "value"

    @functools.cached_property
    def _announces_changes(self) -> bool:
        """Whether the caption announces changes, and not as one of several things: ``turns, pushes, and changes in position``."""
        return self._caption.change and not _BESIDE_OTHERS.match(self._roles.table.caption)

    @functools.cached_property
    def _has_baseline(self) -> bool:
        return names_baseline(self._roles)

    @functools.cached_property
    def _only_changes(self) -> bool:
        """Whether the caption announces decreases or changes from baseline, and no row or column is of baseline."""
        told = _DECREASES.search(self._roles.table.caption)
        return told is not None and not self._has_baseline


def ratio_name(labels: CellLabels) -> str:
    """Return which ratio the labels over a cell name (``OR``, ``RR``); empty where they name none."""
    for _, label in labels.all():
        for expression in find_expressions(f"{label.text} 1.0"):
            if expression.centre == "ratio":
                return expression.measure
    return ""
