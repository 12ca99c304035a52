"""What a table and its article say beyond the labels over a cell: captions, footnotes, methods, time codes."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from sonospine.extraction.arm_labels import normalised
from sonospine.extraction.arms import Arm, DocumentArms
from sonospine.extraction.courses import Course, find_course
from sonospine.extraction.tables.labels import Label, LabelReader
from sonospine.extraction.tables.levels import is_baseline_caption
from sonospine.extraction.tables.noted_meanings import NotedMeanings
from sonospine.extraction.tables.notes import caption_place, notes_of
from sonospine.extraction.tables.statistics import Named, Pair, methods_statement, stated
from sonospine.extraction.time_definitions import time_definitions
from sonospine.extraction.times import CODE, TimeMention, find_times
from sonospine.model.record import Record, Table

_CODED_ARM = re.compile(r"\(\s*(?P<short>[A-Z][A-Za-z]{0,4}\d?)\s*(?:[;,:]\s*n\s*=\s*(?P<n>\d+)\s*)?\)")
AND_LATER = re.compile(
    r"\b(?:and|to)\s+(?:(?:at|the|immediately)\s+)*(?:after|post|following|end)\b", re.IGNORECASE
)
# "changes from baseline to the end" are of no one time.
FROM_BASELINE = re.compile(
    r"\bfrom\s+(?:the\s+)?base-?\s?line\b|\bbase-?\s?line\s+(?:to|until|through)\b", re.IGNORECASE
)
# "before the 4-week course" is no time of 4 weeks.
_BEFORE_COURSE = re.compile(r"\b(?:before|prior\s+to)\s+(?:the\s+|a\s+|an\s+)?$", re.IGNORECASE)
_CLOSING_GROUP = re.compile(
    r"\b(?:of|in|for|among|within)\s+(?:the\s+)?(?P<name>(?:(?!(?:of|in|for|among|within|the|and|or|vs|versus|between|both|each|every|all|any"
    r"|same|entire|whole|total|study|per|by|to|with)\b)[\w+%.-]+\s+){1,5}(?:group|arm))\W*$",
    re.IGNORECASE,
)
_OF_PERCENTAGES = re.compile(
    r"\W*(?:percentages?|proportions?)\s+(?:\(%\)\s*)?of\b(?!\s+(?:change|improve|reduc|decrease|increase|relief))",
    re.IGNORECASE,
)
CONTEXT_LENGTH = 600


@dataclass
class TableContext:
    """The surroundings of one table; what only some tables need is worked out when it is asked for."""

    record: Record
    table: Table
    arms: DocumentArms

    @functools.cached_property
    def definitions(self) -> dict[str, TimeMention]:
        """What time codes mean, looked up in the table's own notes first; empty where the table uses none."""
        texts = [t for row in self.table.rows for t in {c.text for c in row}]
        if not any(CODE.search(t) for t in texts) and not CODE.search(self.table.caption):
            return {}
        own = [self.table.caption, *self.table.footnotes, *texts]
        return time_definitions([*own, *(p.text for p in self.record.passages)])

    @functools.cached_property
    def stated(self) -> tuple[Named, ...]:
        """What caption and footnotes state about how values are given."""
        found = [stated(text, place) for place, text in notes_of(self.table)]
        told = [named for named in found if named is not None]
        strong, weak = [n for n in told if n.strong], [n for n in told if not n.strong]
        if not strong and _OF_PERCENTAGES.match(self.table.caption):
            strong = [Named((Pair("percent"),), caption_place(self.table))]
        return (*strong, *weak)

    @functools.cached_property
    def methods(self) -> Named | None:
        """What the methods section states about how values are given."""
        return _methods_of(_texts(self.record, "methods", "other"))

    @functools.cached_property
    def elsewhere(self) -> Named | None:
        """What the other tables of the article state, where methods say nothing: centres only."""
        for table in self.record.tables:
            if table.locator == self.table.locator:
                continue
            for place, text in notes_of(table):
                named = stated(text, place)
                if named is not None and named.strong:
                    return named
        return None

    @functools.cached_property
    def course(self) -> Course | None:
        """How long the treatment lasted, by the article."""
        return _course_of(_texts(self.record, "abstract", "methods", "title"))

    @functools.cached_property
    def later(self) -> float | None:
        """The one length of follow-up that the captions of the article name; ``None`` for none or several."""
        lengths = {
            time.weeks
            for text in (*(t.caption for t in self.record.tables), *(f.caption for f in self.record.figures))
            for time in find_times(text)
            if time.phase == "follow_up" and time.weeks
        }
        return next(iter(lengths)) if len(lengths) == 1 else None

    @functools.cached_property
    def meanings(self) -> NotedMeanings:
        """What the abbreviations of the table mean."""
        return NotedMeanings(self.table, self.record)

    @functools.cached_property
    def _coded(self) -> dict[str, tuple[Arm, str, str]]:
        """Arms by the codes that caption or notes give them (``the control group (C; n = 12)``), with n and its place."""
        cells = {cell.text.strip() for row in self.table.rows for cell in row if len(cell.text) <= 6}
        found: dict[str, tuple[Arm, str, str]] = {}
        for note, text in notes_of(self.table):
            for code in _CODED_ARM.finditer(text):
                if code["short"] not in cells or code["short"] in found:
                    continue
                arm = self._arm_before(text[: code.start()])
                if arm is not None and not any(arm.label == known.label for known, _, _ in found.values()):
                    place = f"{note}:{code.start('n')}-{code.end('n')}" if code["n"] else ""
                    found[code["short"]] = (arm, code["n"] or "", place)
        return found if len(found) >= 2 else {}

    def _arm_before(self, text: str) -> Arm | None:
        """Return the arm that the words before a code name, else one by these words where they say group or arm."""
        clause = re.split(r"[.;,:()]|\band\b|\bwithin\b|\bin\b", text)[-1].strip()
        named = self.arms.match(clause)
        if named is not None:
            return named
        words = re.sub(r"^(?:the|a|an)\s+", "", clause)
        return Arm(words) if re.search(r"\b(?:group|arm)$", words) and len(words.split()) <= 5 else None

    @property
    def coded_arms(self) -> dict[str, Arm]:
        """The arms by their codes."""
        return {code: arm for code, (arm, _, _) in self._coded.items()}

    @property
    def coded_sizes(self) -> dict[str, tuple[str, str]]:
        """The sizes that stand beside the codes of arms, by arm, with their places."""
        return {arm.label: (n, place) for arm, n, place in self._coded.values() if n}

    @functools.cached_property
    def caption_times(self) -> tuple[TimeMention, ...]:
        """The times of the caption."""
        caption = self.table.caption
        return tuple(
            time
            for time in find_times(caption, self.definitions)
            if time.phase != "follow_up" or not _BEFORE_COURSE.search(caption[: time.start])
        )

    @functools.cached_property
    def header_weeks(self) -> frozenset[float]:
        """The times that cells of the header name."""
        heads = {cell.text for row in self.table.rows[: max(1, self.table.header_rows)] for cell in row[1:]}
        times = (t for text in sorted(heads) if len(text) < 200 for t in find_times(text, self.definitions))
        return frozenset(t.weeks for t in times if t.weeks is not None)

    @functools.cached_property
    def baseline(self) -> bool:
        """Whether the caption announces characteristics before treatment and no later time."""
        later = any(t.phase == "follow_up" for t in self.caption_times) or AND_LATER.search(
            self.table.caption
        )
        later = later or FROM_BASELINE.search(self.table.caption)
        return is_baseline_caption(self.table.caption) and not later

    @functools.cached_property
    def caption_arm(self) -> tuple[Arm, ...]:
        """The arms whose names stand in the caption."""
        words = f" {normalised(self.table.caption)} "
        return tuple(
            arm
            for arm in self.arms.arms
            if any((name := normalised(n)) and f" {name} " in words for n in arm.names())
        )

    @functools.cached_property
    def caption_group(self) -> str:
        """The one group that closes the caption (``Results of the green light group``); empty where none does."""
        found = _CLOSING_GROUP.search(self.table.caption)
        return found["name"] if found is not None else ""

    def caption_label(self, reader: LabelReader) -> Label:
        """Return the caption read as a label."""
        return reader.read(self.table.caption, caption_place(self.table))

    @functools.cached_property
    def notes(self) -> str:
        """The caption, the footnotes and the other captions, a line each, for whoever names the instrument."""
        others = (t.caption for t in self.record.tables if t.locator != self.table.locator)
        lines = (self.table.caption, " ".join(self.table.footnotes), " ; ".join(others))
        return "\n".join(" ".join(line.split())[:CONTEXT_LENGTH] for line in lines)


# The tables of an article ask for the same texts one after another.
_methods_of = functools.lru_cache(maxsize=4)(methods_statement)
_course_of = functools.lru_cache(maxsize=4)(find_course)


def _texts(record: Record, *roles: str) -> tuple[tuple[str, str], ...]:
    return tuple((p.locator, p.text) for p in record.passages if p.role in roles)
