"""Whose value a cell of a table is: the arm, or the two arms that it compares, as far as the table tells."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from sonospine.extraction.arms import ALL, Arm, DocumentArms
from sonospine.extraction.tables.cells import ValueCell
from sonospine.extraction.tables.context import TableContext
from sonospine.extraction.tables.labels import Label
from sonospine.extraction.tables.levels import CellLabels
from sonospine.extraction.tables.no_results import is_regression
from sonospine.extraction.tables.roles import Roles

_VERSUS = re.compile(
    r"\s+(?:vs\.?|versus|minus|compared\s+(?:to|with)|[-\u2013\u2212\u00d7])\s+", re.IGNORECASE
)
_EVERYONE = re.compile(
    r"\b(?:entire|whole|overall|all)\s+(?:the\s+)?(?:\w+\s+){0,2}(?:patients?|participants?|subjects?|groups?|cohort|sample|population|study)\b",
    re.I,
)

_COMPARES = re.compile(
    r"\bgroups\b|\bversus\b|\bvs\b|\bbetween\b(?!.*\b(?:before|baseline|pre)\b)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Who:
    """The arm of a cell as far as the table tells."""

    label: str
    arm: Arm | None
    factor: float
    comparator: str = ""
    flags: tuple[str, ...] = ()
    evidence: str = ""
    reported: str = ""
    paired: bool = False


class Whose:
    """Tells for the cells of one table whose values they are."""

    def __init__(self, roles: Roles, context: TableContext, arms: DocumentArms) -> None:
        self._roles = roles
        self._context = context
        self._arms = arms

    def of(self, cell: ValueCell, labels: CellLabels) -> Who | None:
        """Return the arm of a cell; ``None`` where the cell belongs to no arm (a total, or nothing tells)."""
        who = self._of_pair(cell, labels) or self._who(labels)
        if who is None and not self._roles.arm_levels:
            return self._of_caption_group() or self._of_everyone(cell, labels)
        return who

    def _of_another_head(self, labels: CellLabels) -> Who | None:
        """Return the one arm that the heads over a cell name where the header row of the arms says nothing there.

        Where headings of rows name the arms, that is the label of a row that stands under none.
        """
        kinds = {kind for kind, _ in self._roles.arm_levels}
        if not kinds or any(self._roles.is_arm_level(level) for level, _ in labels.all()):
            return None
        near = (
            {"header": labels.columns, "section": labels.stubs}.get(kinds.pop(), ())
            if len(kinds) == 1
            else ()
        )
        named = {label.arm.label: (level, label.arm) for level, label in near if label.arm is not None}
        if len(named) != 1:
            return None
        level, arm = next(iter(named.values()))
        return Who(arm.label, arm, 0.9, evidence=f"arm from {_level_name(level)}")

    def _of_caption_group(self) -> Who | None:
        """Return the one group that closes the caption, which may be no arm that the article defines."""
        group = self._context.caption_group
        if not group:
            return None
        arm = self._arms.match(group)
        flags = ("arm_from_caption",) if arm else ("arm_as_reported", "arm_from_caption")
        return Who(arm.label if arm else group, arm, 0.7, flags=flags, evidence="arm from caption")

    def _of_everyone(self, cell: ValueCell, labels: CellLabels) -> Who | None:
        """Return everyone where a label or the head over the labels counts as many people as the study has."""
        corner = self._roles.corner(cell.row)
        sizes = [label.n for _, label in labels.all()] + ([corner.n] if corner is not None else [])
        if self._arms.n_total and [n for n in sizes if n] == [self._arms.n_total]:
            return Who(ALL, None, 0.7, evidence="everyone, by their number")
        return None

    def _who(self, labels: CellLabels) -> Who | None:
        """Return the arm over a cell; ``None`` where the cell belongs to no arm (a total, or nothing tells)."""
        for level, label in labels.all():
            if not self._roles.is_arm_level(level) or label.statistic_only:
                continue
            if label.total:
                return None
            if (label.difference or label.between) and (pair := self._pair(label)) is not None:
                return pair
            if label.arm is not None and label.arm.label in self._roles.shared_arms and label.outcome:
                return Who(
                    label.outcome,
                    None,
                    0.7,
                    flags=("arm_as_reported",),
                    evidence=f"arm from {_level_name(level)}",
                )
            if label.arm is not None and not (label.between and _VERSUS.search(label.text)):
                return Who(
                    label.arm.label,
                    label.arm,
                    1.0,
                    reported=label.outcome,
                    evidence=f"arm from {_level_name(level)}",
                )
            if label.difference or label.between or label.ratio:
                return self._compared()
            if label.outcome and not label.times:
                over = [parent.outcome for parent in self._roles.parents(labels) if parent is not label]
                return Who(
                    " ".join((*over, label.outcome)),
                    None,
                    0.8,
                    flags=("arm_as_reported",),
                    evidence=f"arm from {_level_name(level)}",
                )
        for _, label in labels.all():
            if (label.difference or label.between or label.ratio) and not self._arms.one_arm:
                return self._pair(label) or self._compared()
        if self._arms.one_arm:
            arm = self._arms.arms[0] if self._arms.arms else None
            return Who(arm.label if arm else ALL, arm, 1.0, evidence="the study has one arm")
        if (named := self._of_another_head(labels)) is not None:
            return named
        if len(self._context.caption_arm) == 1 and not _COMPARES.search(self._roles.table.caption):
            arm = self._context.caption_arm[0]
            return Who(arm.label, arm, 0.7, flags=("arm_from_caption",), evidence="arm from caption")
        if (
            not self._roles.arm_levels
            and self._context.baseline
            and len(self._roles.layout.value_columns) == 1
        ):
            return Who(ALL, None, 0.7, flags=("arm_from_caption",), evidence="one column for everyone")
        if not self._roles.arm_levels and _EVERYONE.search(self._roles.table.caption):
            return Who(ALL, None, 0.8, flags=("arm_from_caption",), evidence="everyone, by the caption")
        if not self._roles.arm_levels and not self._arms.arms:
            return Who(ALL, None, 0.5, flags=("arm_unknown",))
        return None

    def _of_pair(self, cell: ValueCell, labels: CellLabels) -> Who | None:
        """Return the arm of one of two values in a cell under ``intervention (control)``."""
        pair = next((label.pair for _, label in labels.columns if label.pair is not None), None)
        found = self._roles.layout.values[cell.row][cell.column]
        if pair is None or len(found) != 2 or found[0].spread != found[1].spread:
            return None
        arm = pair[cell.ordinal]
        return Who(
            arm.label, arm, 0.85, flags=("arm_by_order",), evidence="arm by order in the header", paired=True
        )

    def _pair(self, label: Label) -> Who | None:
        sides = _VERSUS.split(label.outcome or label.text, maxsplit=1)
        if len(sides) != 2:
            return None
        first, second = self._arms.match(sides[0]), self._arms.match(sides[1])
        if first is None or second is None or first is second:
            return None
        return Who(
            first.label, first, 0.9, comparator=second.label, evidence="arms from the comparison's label"
        )

    def _compared(self) -> Who | None:
        """Return the two arms of a difference where the article has just two; the direction is then only assumed."""
        arms = self._roles.arms if len(self._roles.arms) == 2 else self._arms.arms
        if len(arms) != 2 or is_regression(self._roles.table):
            return Who("", None, 0.5, flags=("arm_unknown",))
        first, second = arms
        if second.role == "intervention" and first.role != "intervention":
            first, second = second, first
        return Who(first.label, first, 0.75, comparator=second.label, flags=("direction_assumed",))

    def with_next_row(self, row: int, who: Who) -> Who:
        """Return the comparison of the group of a row with that of the next, whose direction is only assumed."""
        other = self._roles.label(row + 1, self._roles.layout.stubs[-1])
        label = other.arm.label if other.arm is not None else other.outcome
        return replace(who, comparator=label, factor=0.75, flags=(*who.flags, "direction_assumed"))

    def alone(self, row: int, column: int, who: Who) -> bool:
        """Tell whether only one of two rows of groups has something in a column: it compares the two."""
        layout = self._roles.layout
        below = row + 1
        if (
            who.evidence != "arm from row label"
            or below not in layout.body
            or layout.texts[below][column].strip()
        ):
            return False
        own, next_own = (self._roles.label(r, layout.stubs[-1]).outcome for r in (row, below))
        return own != next_own and any(layout.values[below][c] for c in layout.value_columns)

    def definition(self, who: Who) -> str:
        """Return what an arm is; where only abbreviations name it, what they stand for by the notes or the article."""
        told = _definition_of(who)
        if told and not (who.arm is not None and not who.arm.definition):
            return told
        long = self._context.meanings.expanded(who.label)
        return "; ".join(part for part in (told, long) if part) if long != who.label else told


def _definition_of(who: Who) -> str:
    """Return what the article says the arm is, with the table's own name for it where that says more."""
    if who.arm is None:
        return ""
    known = set(re.findall(r"\w+", f"{who.arm.label} {who.arm.definition}".lower()))
    more = (
        who.reported
        if len(who.reported) > 2 and set(re.findall(r"\w+", who.reported.lower())) - known
        else ""
    )
    return "; ".join(part for part in (more, who.arm.definition) if part)


def _level_name(level: tuple[str, int]) -> str:
    """Return a level in words."""
    return {"header": "column header", "stub": "row label", "section": "section row"}[level[0]]
