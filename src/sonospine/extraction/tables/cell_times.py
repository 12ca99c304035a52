"""The time of a cell of a table: from the labels over it, else from the caption, counted from the start of treatment."""

from __future__ import annotations

import functools
import re
from dataclasses import replace

from sonospine.extraction.tables.cells import ValueCell
from sonospine.extraction.tables.context import AND_LATER, FROM_BASELINE, TableContext
from sonospine.extraction.tables.labels import Label
from sonospine.extraction.tables.levels import CellLabels
from sonospine.extraction.tables.roles import Roles
from sonospine.extraction.times import TimeMention

_AT = re.compile(r"\b(?:at|after)\s*$", re.IGNORECASE)
_PROCEDURE = re.compile(r"procedur", re.IGNORECASE)
_ENDS_COURSE = re.compile(
    r"post-?\s?(?:treatment|intervention|therapy|test|training|program)|^(?:after|post)\b|(?:after|post)$|\bend\b|sessions|treatments$|completion|conclusion|final\s+test",
    re.I,
)
# Among characteristics of the patients, these are known only afterwards.
_AFTERWARDS = re.compile(
    r"^\W*(?:completed|discontinu\w+|withdrew|withdrawals?|dropped\s+out|drop-?outs?|died|deaths?|mortality|intra-?\s?operative|operati(?:ng|on|ve)\s+time|duration\s+of\s+(?:the\s+)?(?:surgery|operation|procedure|an\w*sthesia)|lost\s+to|adverse|rescue)\b|\brequirements?\b",
    re.IGNORECASE,
)
_WHILE = re.compile(r"\b(?:during|before|throughout|(?:over|in)\s+the\s+course\s+of)\b", re.IGNORECASE)
_FOLLOWS = re.compile(r"follow[-\s]?up|^after\b|\bpost|\bafter\b", re.IGNORECASE)


class CellTimes:
    """Tells the times of the cells of one table."""

    def __init__(self, roles: Roles, context: TableContext) -> None:
        self._roles = roles
        self._context = context

    def of(
        self, cell: ValueCell, labels: CellLabels, *, change: bool, compares: bool
    ) -> tuple[TimeMention | None, tuple[str, ...]]:
        """Return the time of a cell, which holds a change or compares arms, and flags; ``None`` where nothing tells it."""
        timed = [
            (level in self._roles.time_levels, _with_own_time(label, cell, self._roles))
            for level, label in labels.all()
        ]
        time, flags = _settled(
            timed,
            self._context,
            change=change or compares,
            after_course=self._names_end_of_course,
            only_later=self._only_later,
        )
        above = self._roles.time_above(cell.row) if change and (time is None or time.weeks is None) else None
        if above is not None:
            time, flags = above, ("time_from_table",)
        if time is not None and self._follows_procedure(time):
            time, flags = replace(time, weeks=0.0), ("time_from_table",)
        if "time_from_caption" in flags and (
            self._has_twin(cell, labels) or (time is not None and self._is_of_other_rows(time))
        ):
            return None, ("time_unknown",)
        return time, flags

    def _is_of_other_rows(self, time: TimeMention) -> bool:
        """Tell whether labels of the table name the baseline that its caption speaks of, so that the others are not of it."""
        return time.phase == "baseline" and not self._context.baseline and names_baseline(self._roles)

    def _has_twin(self, cell: ValueCell, labels: CellLabels) -> bool:
        """Tell whether another column has the same labels and a value too, so that one time can't be that of both."""
        if cell.expression.spread == "none" or not labels.columns:
            return False
        own = [label.text for _, label in labels.columns]
        for column, found in enumerate(self._roles.layout.values[cell.row]):
            printed = self._roles.table.rows[cell.row][column]
            if column == cell.column or printed.column != column or all(e.spread == "none" for e in found):
                continue
            if [label.text for _, label in self._roles.over(cell.row, column).columns] == own:
                return True
        return False

    @functools.cached_property
    def _only_later(self) -> TimeMention | None:
        """The one time after baseline that the table's labels name; ``None`` for none or several."""
        later = {
            (time.weeks, time.text if time.weeks is None else ""): time
            for level, labels in self._roles.levels.items()
            if level in self._roles.time_levels
            for label in labels
            for time in label.times
            if time.phase == "follow_up"
        }
        return next(iter(later.values())) if len(later) == 1 else None

    @functools.cached_property
    def _names_end_of_course(self) -> bool:
        """Whether a level of times also names the end of treatment without a length."""
        return any(
            time.weeks is None and time.phase == "follow_up"
            for level, labels in self._roles.levels.items()
            if level in self._roles.time_levels
            for label in labels
            for time in label.times
        )

    def _follows_procedure(self, time: TimeMention) -> bool:
        """Tell whether a time is "after the procedure" in a table whose other times are before or during it: just after."""
        if time.weeks is not None or time.phase != "follow_up" or not _PROCEDURE.search(time.text):
            return False
        others = [t for labels in self._roles.levels.values() for label in labels for t in label.times]
        beside = [t for t in others if t.phase != "follow_up" and _PROCEDURE.search(t.text)]
        return bool(beside) and not any(t.phase == "follow_up" and t.weeks for t in others)


def _with_own_time(label: Label, cell: ValueCell, roles: Roles) -> Label:
    """Return a label with the one of its times that a value of several in a cell has: ``baseline / 4 weeks``."""
    starts = sorted({e.start for e in roles.layout.values[cell.row][cell.column]})
    if len(starts) < 2 or len(label.times) != len(starts) or cell.expression.start not in starts:
        return label
    return replace(label, times=(label.times[starts.index(cell.expression.start)],))


def names_baseline(roles: Roles) -> bool:
    """Tell whether a label of the table names the time before treatment."""
    return any(
        time.phase == "baseline"
        for labels in roles.levels.values()
        for label in labels
        if not label.change
        for time in label.times
    )


def _settled(
    near: list[tuple[bool, Label]],
    context: TableContext,
    *,
    change: bool,
    after_course: bool,
    only_later: TimeMention | None = None,
) -> tuple[TimeMention | None, tuple[str, ...]]:
    """Choose the time of a cell.

    Parameters
    ----------
    near
        The labels over the cell, nearest first, each with whether its level is one that names times.
    context
        The table's surroundings: a caption's single time stands where no label has one.
    change
        Whether the value is a change, so that "from baseline" names no time.
    after_course
        Whether a neighbouring label names the end of treatment, so that "follow-up" lengths count from there.
    only_later
        The one time after baseline of the table's labels, which a change without a time belongs to.

    Returns
    -------
    tuple
        The time, or ``None``, and flags.
    """
    found: list[tuple[bool, TimeMention, Label]] = []
    for timed, label in near:
        times = list(label.times)
        if change or label.change:
            times = [t for t in times if t.phase != "baseline"] or ([] if change else times)
            times = times[-1:]
        found += [(timed, t, label) for t in times]
    own = next((t for timed, t, label in found if not timed and _all_baseline(t, label)), None)
    if own is not None and not change:
        return own, ()
    told = [item for item in found if item[0] or _told_at(item[1], item[2])]
    if any(timed for timed, _, _ in found):
        exact = [item for item in told if item[1].weeks is not None and item[1].phase == "follow_up"]
        vague_only = all(t.weeks is None for timed, t, _ in found if timed)
        # under "After treatment", the row "pain at 6 h" has the time
        found = exact if vague_only and exact else [item for item in found if item[0]]
    elif context.baseline and not any(t.phase == "baseline" or label.outcome == "" for _, t, label in found):
        found = []
    flags: tuple[str, ...] = ()
    baseline = next((t for _, t, _ in found if t.phase == "baseline"), None)
    if baseline is not None:
        return baseline, ()
    known = [t for _, t, _ in found if t.weeks is not None]
    if known:
        if len({t.weeks for t in known}) > 1:
            flags = ("several_times",)
        words = next(label.text for _, t, label in found if t is known[0])
        counted, more = _from_start(known[0], words, context, after_course=after_course)
        return counted, (*flags, *more)
    vague = found[0][1] if found else None
    inferred: tuple[str, ...] = ()
    if vague is None and change and only_later is not None:
        vague, inferred = only_later, ("time_from_table",)
        if vague.weeks is not None:
            return vague, inferred
    if vague is None and context.baseline and any(_AFTERWARDS.search(label.text) for _, label in near):
        return None, ("time_unknown",)
    time, flags = _from_caption(vague, context, change=change)
    if (
        time is not None
        and time.weeks is None
        and time.phase == "follow_up"
        and _ENDS_COURSE.search(time.text)
    ):
        numbered = next(
            (m for _, t, label in found if t is vague and (m := re.match(r"\s*\d+", label.text[t.end :]))),
            None,
        )
        if numbered is not None:  # "Posttest 2" is one of several
            return replace(time, text=time.text + numbered.group()), ("time_unknown",)
        if context.course is not None:
            return replace(time, weeks=context.course.weeks), ("weeks_from_course",)
        if context.later is not None:
            return replace(time, weeks=context.later), ("time_from_article",)
    return time, flags


def _told_at(time: TimeMention, label: Label) -> bool:
    """Tell whether a label says when it was measured: "pain at 6 h", not "pain in the last 24 h"."""
    return bool(_AT.search(label.text[: time.start]))


def _all_baseline(time: TimeMention, label: Label) -> bool:
    """Tell whether a label says baseline and names nothing else, whatever visit the column is of."""
    return time.phase == "baseline" and not label.change and len(label.outcome) <= len("mm")


def _from_start(
    time: TimeMention, words: str, context: TableContext, *, after_course: bool
) -> tuple[TimeMention, tuple[str, ...]]:
    """Count a follow-up from the start of treatment where the article counts it from the end."""
    if time.weeks is None or context.course is None or time.phase != "follow_up":
        return time, ()
    told = time.time_from == "end_of_treatment"
    counted = told or (after_course and _FOLLOWS.search(words) and time.time_from in ("", "treatment"))
    if not counted:
        return time, ()
    return replace(time, weeks=time.weeks + context.course.weeks, time_from="end_of_treatment"), (
        "weeks_from_course",
    )


def _from_caption(
    vague: TimeMention | None, context: TableContext, *, change: bool
) -> tuple[TimeMention | None, tuple[str, ...]]:
    later = {t.weeks: t for t in context.caption_times if t.phase == "follow_up" and t.weeks is not None}
    if len(later) == 1:
        time = next(iter(later.values()))
        if vague is None and time.weeks in context.header_weeks:
            return None, ("time_unknown",)  # the caption speaks of the columns that name this time
        if vague is not None or change or not any(t.phase == "baseline" for t in context.caption_times):
            return time, ("time_from_caption",)
    if vague is not None:
        return vague, ("time_unknown",)
    if context.baseline and not change:
        word = next((t for t in context.caption_times if t.phase == "baseline"), None)
        return word or TimeMention(0, 0, "baseline", 0.0, "baseline"), ("time_from_caption",)
    named = {(t.weeks, t.phase): t for t in context.caption_times}
    caption = context.table.caption
    begins = any(t.phase == "baseline" for t in named.values()) or _WHILE.search(caption)
    goes_on = (begins and AND_LATER.search(caption)) or FROM_BASELINE.search(caption)
    if len(named) == 1 and not goes_on:
        return next(iter(named.values())), ("time_from_caption",)
    return None, ("time_unknown",)
