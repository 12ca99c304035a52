"""Which levels of a table name its groups, where no label there is an arm of the article.

Labels read like groups by what they are (``n`` in each, "group", "control"), by the head over them, by coming again
under each time or outcome, or by a column of p values that compares them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping

from sonospine.extraction.tables.labels import Label
from sonospine.extraction.tables.layout import Layout, is_empty
from sonospine.extraction.tables.levels import SECTION, Level, could_name_arm, is_baseline_caption, precedence

LabelAt = Callable[[int, int], Label]
Levels = Mapping[Level, list[Label]]

MOST_ARMS = 12
_GROUP_HEAD = re.compile(
    r"^\W*(?:(?:treatment|study|intervention|experimental)\s+)?(?:groups?|arms?|treatments?|interventions?|conditions?)\W*(?:\(\s*n\s*\))?\W*$",
    re.I,
)
_UNIT_BEHIND = re.compile(r"[(\[,]\s*[^\s()\[\],]{1,14}\s*[)\]]?\W*$")


def headed_stub(layout: Layout, levels: Levels) -> Level | None:
    """Return a stub column that its own header calls groups, arms or treatments."""
    for column in layout.stubs:
        heads = {layout.texts[h][column] for h in layout.header_rows}
        labels = {label.outcome for label in levels.get(("stub", column), ()) if could_name_arm(label)}
        timed = sum(bool(label.times) for label in levels.get(("stub", column), ()))
        if timed * 2 > len(levels.get(("stub", column), ())):
            continue
        if any(_GROUP_HEAD.match(head) for head in heads) and 2 <= len(labels) <= MOST_ARMS:
            return "stub", column
    return None


def named_groups(layout: Layout, label_at: LabelAt, levels: Levels, caption: str) -> frozenset[Level]:
    """Return the levels that name groups by how their labels read or come again; empty where none does."""
    return _grouplike(layout, label_at, levels, caption) or _repeated(layout, label_at, levels)


def _grouplike(layout: Layout, label_at: LabelAt, levels: Levels, caption: str) -> frozenset[Level]:
    """Return the level whose labels read like groups (n in each, or "group", "control"), where no arm is known there."""
    found: list[Level] = []
    for level, labels in sorted(levels.items(), key=lambda item: precedence(item[0])):
        named = {label.text: label for label in labels if could_name_arm(label)}
        sized = _sized_below(layout, label_at, level)
        likely = [
            label
            for label in named.values()
            if (label.n or label.groupish or label.text in sized) and label.outcome and not label.status
        ]
        if (
            len(likely) >= 2
            and len(likely) * 3 >= len(named) * 2
            and len({label.outcome for label in likely}) >= 2
        ):
            found.append(level)
    if found:
        return frozenset(found) if renewed(layout, frozenset(found)) else frozenset(found[:1])
    return _tested(layout, levels, caption)


def _sized_below(layout: Layout, label_at: LabelAt, level: Level) -> frozenset[str]:
    """Return the labels of a header row under each of which the next header row has nothing but a size."""
    kind, row = level
    if kind != "header" or not any(row + 1 in headers for headers in layout.headers.values()):
        return frozenset()
    below: dict[str, list[Label]] = {}
    for column in range(layout.width):
        if column not in layout.stubs and not is_empty(layout.texts[row][column]):
            below.setdefault(layout.texts[row][column], []).append(label_at(row + 1, column))
    return frozenset(
        text for text, sizes in below.items() if all(s.n and not s.outcome and not s.times for s in sizes)
    )


def _repeated(layout: Layout, label_at: LabelAt, levels: Levels) -> frozenset[Level]:
    """Return the sections that come again under each time, or the rows that come again under each outcome."""
    sections = levels.get(SECTION, [])
    timed = [s for s in sections if s.times and not s.outcome]
    plain = Counter(s.outcome for s in sections if s not in timed and could_name_arm(s))
    again = sum(count == len(timed) for count in plain.values())
    if len(timed) >= 2 <= again and len(plain) <= MOST_ARMS and max(plain.values()) == len(timed):
        return frozenset([SECTION])
    blocks: dict[int, list[Label]] = {}
    column = layout.stubs[-1]
    for row in layout.body:
        over = max((s for s in layout.section_rows if s < row), default=-1)
        blocks.setdefault(over, []).append(label_at(row, column))
    rows = {tuple(label.text for label in labels) for labels in blocks.values()}
    first = next(iter(blocks.values()), [])
    measured = all(over >= 0 and _UNIT_BEHIND.search(label_at(over, 0).text) for over in blocks)
    named = all(could_name_arm(r) and not (r.unit or r.times or r.pairs or r.change) for r in first)
    if len(blocks) >= 2 and len(rows) == 1 and 2 <= len(first) <= MOST_ARMS // 2 and measured and named:
        return frozenset([("stub", column)])
    return frozenset()


def _tested(layout: Layout, levels: Levels, caption: str) -> frozenset[Level]:
    """Return the header row whose columns a p column compares, or that divides a baseline table: its columns are groups."""
    named = [label for label in levels.get(("stub", layout.stubs[0]), ()) if label.outcome]
    compared = any(label.p for level, labels in levels.items() if level[0] == "header" for label in labels)
    if len(named) < 2 or not (compared or is_baseline_caption(caption)):
        return frozenset()
    for level, labels in sorted(levels.items(), key=lambda item: precedence(item[0])):
        if level[0] != "header":
            continue
        candidates = {label.text: label for label in labels if not label.p and not label.total}
        groups = {label.outcome for label in candidates.values() if could_name_arm(label) and not label.times}
        plain = all(
            could_name_arm(label)
            and not (label.times or label.change or label.status or label.pairs or label.unit)
            for label in candidates.values()
        )
        if plain and 2 <= len(groups) <= MOST_ARMS // 2:
            return frozenset([level])
    return frozenset()


def renewed(layout: Layout, levels: frozenset[Level]) -> bool:
    """Tell whether levels are headers of different parts of the table, one further down than the other."""
    blocks = set(layout.headers.values())
    return all(kind == "header" for kind, _ in levels) and all(
        sum(("header", row) in levels for row in block) <= 1 for block in blocks
    )
