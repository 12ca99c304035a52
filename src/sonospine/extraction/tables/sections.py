"""Which section rows of a table are in force over each row of its body."""

from __future__ import annotations

from collections.abc import Callable

from sonospine.extraction.tables.cell_texts import is_empty
from sonospine.extraction.tables.labels import Label
from sonospine.extraction.tables.layout import Layout

# A row that compares the groups and has its values in the rows below.
_COMPARED = "compared"


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
    counted: list[bool] = []
    for row in sorted(layout.headers):
        if row in layout.section_rows:
            rows, counted = [], []
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
        if row in layout.blanks and just_section:
            continue  # space between a heading and its rows
        just_section = False
        if row in layout.blanks:
            stack = [item for item in stack if item[0] != "plain"]
        else:
            label = label_at(row, layout.stubs[-1])
            stack = [item for item in stack if item[0] != _COMPARED or not _compared(layout, row)]
            ended = stack and stack[-1][0] == "plain"
            if ended and (
                _ends_section(stack[-1][1], rows, label)
                or (not label.times and _measured_after_counts(layout, row, counted))
            ):
                stack.pop()
            rows.append(label)
            shares = any(p.centre == "percent" for p in label.pairs)
            counted.append(shares or _counts(layout, row, label_at))
            force[row] = tuple(label for _, label in stack)
            if _compared(layout, row) and not _shown(layout, row):
                stack.append((_COMPARED, label))
    return force


def _compared(layout: Layout, row: int) -> bool:
    """Tell whether the last column of a row holds something (a p value, a comparison of the groups)."""
    return not is_empty(layout.texts[row][layout.width - 1])


def _shown(layout: Layout, row: int) -> bool:
    """Tell whether a row has values of its own before its comparisons.

    A row that has none heads the rows below it where these have values and no comparison: ``Severity`` with its p
    over ``mild`` and ``severe``.
    """
    first = max(layout.stubs) + 1
    below = row + 1
    if below not in layout.body or _compared(layout, below) or layout.width - first < 3:
        return True
    both = (first, first + 1)
    return not all(is_empty(layout.texts[row][c]) and layout.values[below][c] for c in both)


def _counts(layout: Layout, row: int, label_at: Callable[[int, int], Label]) -> bool:
    """Tell whether a row holds counts: with their percentages, or whole numbers and nothing else."""
    told = [
        (layout.texts[row][c], found)
        for c, found in enumerate(layout.values[row])
        if found and c not in layout.stubs and not any(label_at(h, c).p for h in layout.headers[row])
    ]
    if told and all(
        e.centre == "number" and e.spread == "none" and e.value.isdigit() for _, found in told for e in found
    ):
        return True
    return bool(told) and any(
        found[0].centre == "count" or (found[0].spread == "bracket" and "%" in text) for text, found in told
    )


def _measured_after_counts(layout: Layout, row: int, counted: list[bool]) -> bool:
    """Tell whether a row has means with their spread, after nothing but counts: it is no part of what they count.

    The spread stands behind a sign, or in a bracket behind a number that is no count for its decimals.
    """
    spread = any(
        e.spread in ("sd", "se") or (e.spread == "bracket" and "." in e.value and "%" not in text)
        for text, found in zip(layout.texts[row], layout.values[row], strict=True)
        for e in found
    )
    return spread and bool(counted) and all(counted)


def _ends_section(section: Label, rows: list[Label], label: Label) -> bool:
    """Tell whether a row stands under a section no more.

    A section whose rows are statistics (``Age`` over ``median`` and ``range``) ends at the first row that names an
    outcome; one that states the statistic of its rows ends at the row that states its own, and one with a time at
    the row that tells this time once more.
    """
    if section.outcome and label.outcome and rows and _same_time(section, label):
        return not any(row.times for row in rows)
    aside = label.change or label.difference or label.between or label.times or label.counts or label.total
    if not rows or not label.outcome or label.statistic_only or aside:
        return False
    if all(row.statistic_only for row in rows):
        return not section.times
    return bool(section.pairs and label.pairs) and not any(row.pairs for row in rows)


def _same_time(section: Label, label: Label) -> bool:
    """Tell whether a row names the one time that the section over it names: it needs no section to tell it."""
    named = {t.weeks for t in section.times if t.weeks is not None}
    return len(named) == 1 and {t.weeks for t in label.times} == named
