"""Which levels of a table name its groups, where no label there is an arm of the article.

Labels read like groups by what they are (``n`` in each, "group", "control"), by the head over them, by coming again
under each time or outcome, or by a column of p values that compares them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping

from sonospine.extraction.reading import MEANS
from sonospine.extraction.tables.cell_texts import is_empty
from sonospine.extraction.tables.labels import Label
from sonospine.extraction.tables.layout import Layout
from sonospine.extraction.tables.levels import SECTION, Level, could_name_arm, is_baseline_caption, precedence
from sonospine.extraction.tables.statistics import named_statistics

LabelAt = Callable[[int, int], Label]
Levels = Mapping[Level, list[Label]]

MOST_ARMS = 12
_GROUP_HEAD = re.compile(
    r"^\W*(?:(?:treatment|study|intervention|experimental)\s+)?(?:groups?|arms?|treatments?|interventions?|conditions?)\W*(?:\(\s*n\s*\))?\W*$",
    re.I,
)
_CONTROL = re.compile(r"\W*(?:placebo|sham|controls?)(?:\s+(?:groups?|arm|treatment))?\W*", re.IGNORECASE)
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
    return (
        _grouplike(layout, label_at, levels, caption)
        or _beside_control(layout, levels, caption)
        or _heads_come_again(layout, label_at, caption)
        or _over_statistics(layout, label_at, levels)
        or _repeated(layout, label_at, levels)
    )


def _is_plain(label: Label) -> bool:
    """Tell whether a label could name a group and says nothing else."""
    return could_name_arm(label) and not (
        label.times or label.unit or label.pairs or label.change or label.status
    )


def _beside_control(layout: Layout, levels: Levels, caption: str) -> frozenset[Level]:
    """Return the level of a few names of which one is nothing but ``placebo``, ``sham`` or ``controls``.

    Bare numbers of which the caption says nothing may be what a product holds: they make no groups.
    """
    spread = any(e.spread != "none" for r in layout.body for found in layout.values[r] for e in found)
    if not spread and not any(pair.centre in MEANS for pair in named_statistics(caption)):
        return frozenset()
    for level, labels in sorted(levels.items(), key=lambda item: precedence(item[0])):
        named = {label.outcome: label for label in labels if not (label.p or label.total)}
        if not 2 <= len(named) <= MOST_ARMS // 2 or not all(map(_is_plain, named.values())):
            continue
        if any(_CONTROL.fullmatch(name) for name in named):
            return frozenset([level])
    return frozenset()


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"[^\W_]+", text.casefold()) if len(word) > 1}


def _heads_come_again(layout: Layout, label_at: LabelAt, caption: str) -> frozenset[Level]:
    """Return the last header rows of the parts of a table whose columns come again under another outcome.

    The corners are the outcomes, which the caption names; it names none of the columns.
    """
    blocks = sorted({block for block in layout.headers.values() if block})
    stub, first = layout.stubs[-1], layout.stubs[-1] + 1
    heads = {layout.texts[block[-1]][first:] for block in blocks}
    corners = {layout.texts[block[-1]][stub]: label_at(block[-1], stub) for block in blocks}
    if len(blocks) < 2 or len(heads) != 1 or len(corners) != len(blocks):
        return frozenset()
    row = blocks[0][-1]
    named = {layout.texts[row][c]: label_at(row, c) for c in range(first, layout.width)}
    columns = [label for text, label in named.items() if not is_empty(text) and not label.p]
    told = _words(caption)
    outcomes = all(
        c.outcome and c.arm is None and not c.times and _words(c.text) & told for c in corners.values()
    )
    groups = 2 <= len(columns) <= MOST_ARMS and all(
        _is_plain(c) and not _words(c.outcome) <= told for c in columns
    )
    return frozenset(("header", block[-1]) for block in blocks) if outcomes and groups else frozenset()


def _over_statistics(layout: Layout, label_at: LabelAt, levels: Levels) -> frozenset[Level]:
    """Return the header row of names over each of which the next row repeats the same statistics, beside rows of outcomes."""
    rows = [label for label in levels.get(("stub", layout.stubs[-1]), ()) if not label.p]
    if len({label.outcome for label in rows if label.outcome}) < 2:
        return frozenset()
    if any(label.times or label.arm or label.groupish or label.statistic_only for label in rows):
        return frozenset()
    for upper in layout.header_rows:
        if not any({upper, upper + 1} <= set(block) for block in layout.headers.values()):
            continue
        under: dict[str, list[Label]] = {}
        for c in range(layout.stubs[-1] + 1, layout.width):
            if not is_empty(layout.texts[upper][c]) and not label_at(upper, c).p:
                under.setdefault(layout.texts[upper][c], []).append(label_at(upper + 1, c))
        plain = [
            label for label in levels.get(("header", upper), ()) if label.text in under and _is_plain(label)
        ]
        told = {tuple(label.text for label in labels) for labels in under.values()}
        statistics = all(label.statistic_only or label.p for labels in under.values() for label in labels)
        if (
            2 <= len(under) <= MOST_ARMS // 2
            and {label.text for label in plain} == set(under)
            and len(told) == 1
            and len(next(iter(told))) > 1
            and statistics
        ):
            return frozenset([("header", upper)])
    return frozenset()


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
