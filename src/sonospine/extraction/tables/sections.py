"""Which section rows of a table are in force over each row of its body."""

from __future__ import annotations

from collections.abc import Callable

from sonospine.extraction.tables.labels import Label
from sonospine.extraction.tables.layout import Layout


def sections_in_force(
    layout: Layout, label_at: Callable[[int, int], Label], *, named_arms: bool
) -> dict[int, tuple[Label, ...]]:
    """Return the section labels over each body row.

    A new section ends the section of its own kind (time, arm, other) and everything that was nested in it; a
    blank row ends the plain ones, and so does a row that can't stand under them.
    """
    force: dict[int, tuple[Label, ...]] = {}
    stack: list[tuple[str, Label]] = []
    just_section = False
    rows: list[Label] = []
    for row in sorted(layout.headers):
        if row in layout.section_rows:
            rows = []
            label = label_at(row, 0)
            kind = (
                "time"
                if label.times and not label.outcome
                else "arm"
                if named_arms and label.arm
                else "plain"
            )
            kinds = [k for k, _ in stack]
            if kind in kinds and not (kind == "plain" and just_section):
                del stack[kinds.index(kind) :]
            stack.append((kind, label))
            del stack[:-4]
            just_section = True
            continue
        just_section = False
        if row in layout.blanks:
            stack = [item for item in stack if item[0] != "plain"]
        else:
            label = label_at(row, layout.stubs[-1])
            if stack and stack[-1][0] == "plain" and _ends_section(stack[-1][1], rows, label):
                stack.pop()
            rows.append(label)
            force[row] = tuple(label for _, label in stack)
    return force


def _ends_section(section: Label, rows: list[Label], label: Label) -> bool:
    """Tell whether a row stands under a section no more.

    A section whose rows are statistics (``Age`` over ``median`` and ``range``) ends at the first row that names an
    outcome; one that states the statistic of its rows ends at the row that states its own.
    """
    aside = label.change or label.difference or label.between or label.times or label.counts or label.total
    if not rows or not label.outcome or label.statistic_only or aside:
        return False
    if all(row.statistic_only for row in rows):
        return not section.times
    return bool(section.pairs and label.pairs) and not any(row.pairs for row in rows)
