"""What the labels over a cell mean, judged from the whole table: which level names the arms, which the times.

A level is one header row, one stub column, or the section rows. A level names arms when most of its labels are arms
of the article, or look like groups; one label alone never decides.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from sonospine.extraction.arm_labels import normalised
from sonospine.extraction.arms import Arm
from sonospine.extraction.tables.cell_texts import is_empty
from sonospine.extraction.tables.grouping import headed_stub, named_groups, renewed
from sonospine.extraction.tables.labels import Label, LabelReader
from sonospine.extraction.tables.layout import Layout
from sonospine.extraction.tables.levels import (
    SECTION,
    CellLabels,
    Level,
    arm_score,
    could_name_arm,
    names_measure,
    names_times,
    only_times,
    precedence,
)
from sonospine.extraction.tables.sections import sections_in_force
from sonospine.extraction.times import TimeMention
from sonospine.model.places import cell_address
from sonospine.model.record import Table

_UNIT_ROW = re.compile(r"\s*[(\[][^()\[\]]{1,14}[)\]]\s*")
_NOBODY = re.compile(r"\s*none\s*", re.IGNORECASE)
_WITHOUT = frozenset("-\u2010\u2011\u2012\u2013\u2014\u2212")
_SIZES = re.compile(
    r"\W*(?:n|no\.?|(?:number|no\.?)\s+of\s+(?:patients|participants|subjects))\W*", re.IGNORECASE
)
_BARE_SIZE = re.compile(r"\s*\d{1,5}\s*")


@dataclass
class Roles:
    """The labels of a table by level, and the levels that name arms and times."""

    table: Table
    layout: Layout
    reader: LabelReader
    arm_levels: frozenset[Level] = frozenset()
    as_reported: frozenset[Level] = frozenset()
    time_levels: frozenset[Level] = frozenset()
    _sections: dict[int, tuple[Label, ...]] = field(default_factory=dict)
    _labels: dict[tuple[int, int], Label] = field(default_factory=dict)
    _stubs: dict[int, tuple[tuple[Level, Label], ...]] = field(default_factory=dict)
    _over: dict[tuple[int, int, frozenset[Level]], CellLabels] = field(default_factory=dict)

    def __post_init__(self) -> None:
        levels = self.levels
        headed = headed_stub(self.layout, levels)
        matched = {level: score for level, labels in levels.items() if (score := arm_score(labels)) > 0}
        by_header = max((score for level, score in matched.items() if level[0] == "header"), default=0.0)
        if headed is not None and by_header < 1:
            self.arm_levels = frozenset([headed])
        elif matched:
            best = max(matched.values())
            self.arm_levels = frozenset(level for level, score in matched.items() if score >= best - 0.001)
            if len(self.arm_levels) > 1 and not renewed(self.layout, self.arm_levels):
                self.arm_levels = frozenset([min(self.arm_levels, key=precedence)])
            self.arm_levels |= self._in_other_blocks(matched)
        else:
            self.as_reported = named_groups(self.layout, self.label, levels, self.table.caption)
            self.arm_levels = self.as_reported
        self.time_levels = frozenset(level for level, labels in levels.items() if names_times(labels))
        pure = {level for level in self.time_levels if only_times(levels[level])}
        if pure:  # beside a column of weeks, "(30 min)" in the name of a test is part of the name
            self.time_levels = frozenset(
                level for level in self.time_levels if level in pure or level[0] != "stub"
            )
        self._sections = sections_in_force(self.layout, self.label, named_arms=SECTION in self.arm_levels)

    def _in_other_blocks(self, matched: dict[Level, float]) -> frozenset[Level]:
        """Return the header rows that name the arms of other blocks, where a table repeats its header further down."""
        if any(kind != "header" for kind, _ in self.arm_levels):
            return frozenset()
        held = {row for _, row in self.arm_levels}
        found: set[Level] = set()
        for rows in {headers for headers in self.layout.headers.values() if not held & set(headers)}:
            scored = [(matched.get(("header", row), 0.0), row) for row in rows]
            best, row = max(scored, default=(0.0, -1))
            if best >= 1:
                found.add(("header", row))
        return frozenset(found)

    def label(self, row: int, column: int) -> Label:
        """Return the label in a cell."""
        if (row, column) not in self._labels:
            printed = self.layout.moved.get((row, column), column)
            address = cell_address(self.table, row, printed)
            label = self.reader.read(self.layout.texts[row][column], address)
            if column and _BARE_SIZE.fullmatch(label.text) and _SIZES.fullmatch(self.layout.texts[row][0]):
                n = label.text.strip()  # a header row "N" of sizes
                at = label.text.index(n)
                label = replace(label, n=n, n_span=(at, at + len(n)), outcome="")
            if column in self.layout.stubs and label.text.strip() == "F" and self._tells_sex(column):
                label = replace(label, p=False)  # women, no statistic of a test
            self._labels[row, column] = label
        return self._labels[row, column]

    def _tells_sex(self, column: int) -> bool:
        return any(texts[column].strip() == "M" for texts in self.layout.texts)

    def over(self, row: int, column: int) -> CellLabels:
        """Return the labels over a cell."""
        # Sizes, totals and p values ask for those of the same cells; the level of the arms may be found out later.
        key = (row, column, self.arm_levels)
        if key not in self._over:
            self._over[key] = self._labels_over(row, column)
        return self._over[key]

    def _labels_over(self, row: int, column: int) -> CellLabels:
        columns: list[tuple[Level, Label]] = []
        for header in self.layout.headers.get(row, ()):
            text = self.layout.texts[header][column]
            if is_empty(text):
                continue
            level: Level = ("header", header)
            same = next((k for k, (_, label) in enumerate(columns) if label.text == text), None)
            if same is None:
                columns.append((level, self.label(header, column)))
            elif level in self.arm_levels or level in self.time_levels:
                columns[same] = (level, columns[same][1])
        sections = tuple(
            (SECTION, label) for label in (*self._renewed_corner(row), *self._sections.get(row, ()))
        )
        return CellLabels((*self._arms_above(row, column), *columns), self._stub_of(row, column), sections)

    def _stub_of(self, row: int, column: int) -> tuple[tuple[Level, Label], ...]:
        """Return the row labels of a cell; one over several rows has only the labels that they share, and the arm."""
        cell, texts = self.table.rows[row][column], self.layout.texts
        rows = [r for r in range(row + 1, len(texts)) if self.table.rows[r][column] is cell]
        if not rows or column in self.layout.stubs or len(self.layout.stubs) < 2:
            return self._stub(row)
        return tuple(
            (level, label)
            for level, label in self._stub(row)
            if level in self.arm_levels or len({texts[r][level[1]] for r in (row, *rows)}) == 1
        )

    def _renewed_corner(self, row: int) -> tuple[Label, ...]:
        """Return the head over the row labels where every part of the table has another: it names its part."""
        stub = self.layout.stubs[-1]
        corners = [self.layout.texts[block[-1]][stub] for block in set(self.layout.headers.values()) if block]
        if len(corners) < 2 or any(is_empty(text) for text in corners) or len(set(corners)) < len(corners):
            return ()
        label = self.corner(row)
        return (label,) if label is not None and label.outcome and not (label.times or label.arm) else ()

    def _arms_above(self, row: int, column: int) -> list[tuple[Level, Label]]:
        """Return the arm over a cell whose own header, further down the table, only renews times and statistics."""
        own = self.layout.headers.get(row, ())
        above = sorted(h for kind, h in self.arm_levels if kind == "header" and h < min(own, default=0))
        if not above or any(("header", h) in self.arm_levels for h in own):
            return []
        named: set[str] = set()
        for c in range(self.layout.width):
            renewed = [self.label(h, c) for h in own if not is_empty(self.layout.texts[h][c])]
            if c in self.layout.stubs or not renewed:
                continue
            first = self.label(above[-1], c)
            if first.p != renewed[-1].p:
                return []
            named.update(
                x.text for x in renewed if not (x.p or x.pairs or ((x.times or x.n) and not x.outcome))
            )
        if len(named) > 1 or any(self.reader.read(text).arm for text in named):
            return []  # one label over all the groups names what is measured
        text = self.layout.texts[above[-1]][column]
        return [] if is_empty(text) else [(("header", above[-1]), self.label(above[-1], column))]

    def of_those_without(self, row: int) -> bool:
        """Tell whether a row counts those who have not got what is named above: ``\u2212`` under ``+``."""
        stub = self.layout.stubs[-1]
        return (
            self.layout.texts[row][stub].strip() in _WITHOUT
            and row - 1 in self.layout.body
            and self.layout.texts[row - 1][stub].strip() == "+"
        )

    def time_above(self, row: int) -> TimeMention | None:
        """Return the time of the row above where that names nothing else: a change stands below the time it ends at."""
        stub, above = self.layout.stubs[-1], row - 1
        if above not in self.layout.body or self._sections.get(above) != self._sections.get(row):
            return None
        upper, own = self.label(above, stub), self.label(row, stub)
        if not own.change or any(t.weeks for t in own.times) or upper.change or upper.outcome:
            return None
        later = [t for t in upper.times if t.phase == "follow_up"]
        return later[0] if len(later) == 1 and len(upper.times) == 1 else None

    def is_arm_level(self, level: Level) -> bool:
        """Tell whether a level names the arms."""
        return level in self.arm_levels

    def _stub(self, row: int) -> tuple[tuple[Level, Label], ...]:
        if row not in self._stubs:
            self._stubs[row] = tuple(self._find_stub(row))
        return self._stubs[row]

    @functools.cached_property
    def _centred(self) -> dict[int, int]:
        """For each row of a group whose name stands in the middle of its rows: the row of the name.

        The first row has no name, the labels beside the names come again group by group, and each group has one name;
        or empty rows part the groups.
        """
        layout = self.layout
        body = list(layout.body)
        if len(layout.stubs) < 2 or not body or not is_empty(layout.texts[body[0]][layout.stubs[0]]):
            return {}
        names, items = layout.stubs[0], layout.stubs[1]
        if layout.blanks or layout.section_rows:
            return self._centred_between_blanks()
        first = layout.texts[body[0]][items].strip()
        starts = [i for i, r in enumerate(body) if layout.texts[r][items].strip() == first]
        blocks = [body[a:b] for a, b in itertools.pairwise([*starts, len(body)])]
        told = [[layout.texts[r][items].strip() for r in block] for block in blocks]
        if len(blocks) < 2 or any(labels != told[0] for labels in told):
            return {}
        named = [[r for r in block if not is_empty(layout.texts[r][names])] for block in blocks]
        if any(len(rows) != 1 for rows in named):
            return {}
        return {r: rows[0] for block, rows in zip(blocks, named, strict=True) for r in block}

    def _centred_between_blanks(self) -> dict[int, int]:
        """For each row of a group between two empty rows, the row of its one name, where the first row has none."""
        layout, names = self.layout, self.layout.stubs[0]
        blocks: list[list[int]] = [[]]
        for row in sorted(layout.headers):
            if row in layout.blanks:
                blocks.append([])
            else:
                blocks[-1].append(row)
        blocks = [block for block in blocks if len(block) > 1]
        named = [[r for r in block if not is_empty(layout.texts[r][names])] for block in blocks]
        if len(blocks) < 2 or any(len(rows) != 1 for rows in named):
            return {}
        return {r: rows[0] for block, rows in zip(blocks, named, strict=True) for r in block}

    def _find_stub(self, row: int) -> Iterable[tuple[Level, Label]]:
        for column in self.layout.stubs:
            text, source = self.layout.texts[row][column], row
            several = len(self.layout.stubs) > 1
            if column == self.layout.stubs[0] and row in self._centred:
                yield ("stub", column), self.label(self._centred[row], column)
                continue
            if several and column == 0 and _UNIT_ROW.fullmatch(text):
                text = ""  # the unit of the row above, in a line of its own
            if _NOBODY.fullmatch(text):
                yield ("stub", column), self.label(row, column)
                continue
            if (is_empty(text) or (several and column == 0 and self.label(row, column).statistic_only)) and (
                several or is_empty(text)
            ):
                statistic = None if is_empty(text) else self.label(row, column)
                for above in range(row - 1, -1, -1):
                    if (
                        above not in self.layout.headers
                        or above in self.layout.blanks
                        or above in self.layout.section_rows
                    ):
                        break
                    if (
                        not is_empty(self.layout.texts[above][column])
                        and not (
                            several and column == 0 and _UNIT_ROW.fullmatch(self.layout.texts[above][column])
                        )
                        and not self.label(above, column).statistic_only
                    ):
                        text, source = self.layout.texts[above][column], above
                        break
                if statistic is not None:
                    yield ("stub", column), statistic
            if source != row and column and not is_empty(self.layout.texts[row][0]):
                continue  # the row has a name of its own: nothing above goes on beside it
            if not is_empty(text) and any(ch.isalnum() for ch in text):
                yield ("stub", column), self.label(source, column)

    @functools.cached_property
    def levels(self) -> dict[Level, list[Label]]:
        """The labels of each level, in order."""
        layout = self.layout
        levels: dict[Level, list[Label]] = {}
        for row in layout.header_rows:
            cells = [
                self.label(row, c)
                for c in range(layout.width)
                if c not in layout.stubs and not is_empty(layout.texts[row][c])
            ]
            levels["header", row] = cells
        for column in layout.stubs:
            levels["stub", column] = [
                self.label(r, column) for r in layout.body if not is_empty(layout.texts[r][column])
            ]
        levels[SECTION] = [self.label(r, 0) for r in sorted(layout.section_rows)]
        return {level: labels for level, labels in levels.items() if labels}

    @functools.cached_property
    def arms(self) -> tuple[Arm, ...]:
        """The arms of the article that the table's arm level names, in order."""
        found: dict[str, Arm] = {}
        for level, labels in self.levels.items():
            if level in self.arm_levels:
                found |= {label.arm.label: label.arm for label in labels if label.arm is not None}
        return tuple(found.values())

    @functools.cached_property
    def shared_arms(self) -> frozenset[str]:
        """Arms that two or more different labels of the arm level match: there the labels tell more than the match."""
        names: dict[str, set[str]] = {}
        for level, labels in self.levels.items():
            if level in self.arm_levels:
                for label in labels:
                    if label.arm is not None and could_name_arm(label):
                        names.setdefault(label.arm.label, set()).add(normalised(label.outcome))
        return frozenset(arm for arm, labels in names.items() if len(labels) >= 2)

    @functools.cached_property
    def _subgroups(self) -> frozenset[Level]:
        """Header rows above the arms whose every label stands over two or more arms, in a table whose rows name outcomes."""
        layout = self.layout
        if not any(kind == "header" for kind, _ in self.arm_levels) or len(self.arms) < 2:
            return frozenset()
        named = [self.label(r, layout.stubs[0]) for r in layout.body]
        if sum(bool(label.outcome) for label in named) * 2 < len(named):
            return frozenset()
        arm_row = max(row for kind, row in self.arm_levels if kind == "header")
        found: set[Level] = set()
        for row in (h for h in layout.header_rows if h < arm_row):
            under: dict[str, set[str]] = {}
            for column in range(layout.width):
                arm = self.label(arm_row, column).arm
                if column not in layout.stubs and arm is not None:
                    under.setdefault(layout.texts[row][column], set()).add(arm.label)
            measured = any(names_measure(self.reader.read(text)) for text in under)
            if len(under) >= 2 and all(len(arms) >= 2 for arms in under.values()) and not measured:
                found.add(("header", row))
        return frozenset(found - self.time_levels)

    def is_subgroup_level(self, level: Level) -> bool:
        """Tell whether a header row divides the participants (men and women), with all arms under each part."""
        return level in self._subgroups

    def corner(self, row: int) -> Label | None:
        """Return the header over the row labels, which may state a statistic for every row: ``Event, n (%)``."""
        headers = self.layout.headers.get(row, ())
        return self.label(headers[-1], self.layout.stubs[-1]) if headers else None

    def parents(self, labels: CellLabels) -> tuple[Label, ...]:
        """Return the headers over a cell's arm that are part of its name: ``Drug`` over ``low`` and ``high`` beside ``Placebo``."""
        return tuple(label for level, label in labels.columns if level in self.arm_parents)

    @functools.cached_property
    def arm_parents(self) -> frozenset[Level]:
        """Header rows over the arms that hold an arm themselves (one cell over both rows), so that they name no outcome."""
        layout = self.layout
        found: set[Level] = set()
        for kind, low in self.arm_levels:
            own = {headers for headers in layout.headers.values() if low in headers}
            for high in {h for headers in own for h in headers if kind == "header" and h < low}:
                columns = [c for c in range(layout.width) if c not in layout.stubs]
                pairs = [(layout.texts[high][c], layout.texts[low][c]) for c in columns]
                same = {a for a, b in pairs if a == b and not is_empty(a) and not self.reader.read(a).p}
                under = [b for a, b in pairs if a != b and not is_empty(a) and not is_empty(b)]
                if same and len(under) >= 2 and len(set(under)) == len(under):
                    found.add(("header", high))
        return frozenset(found)
