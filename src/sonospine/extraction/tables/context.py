"""What a table and its article say beyond the labels over a cell: captions, footnotes, methods, time codes."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace

from sonospine.extraction.arm_labels import normalised
from sonospine.extraction.arms import Arm, DocumentArms
from sonospine.extraction.courses import Course, find_course
from sonospine.extraction.short_forms import initials_fit, long_form
from sonospine.extraction.tables.labels import Label, LabelReader
from sonospine.extraction.tables.levels import is_baseline_caption
from sonospine.extraction.tables.statistics import Named, methods_statement, stated
from sonospine.extraction.times import TimeMention, find_times, time_definitions
from sonospine.model.record import Record, Table

_CODED = re.compile(r"[TtVv](?<!\w.)[\u2080-\u2089\d]{1,2}(?!\w)")
_SHORT = re.compile(r"(?<![\w-])[A-Z][A-Za-z]*[A-Z0-9][\w]*(?:-[A-Z0-9]\w*)*(?![\w-])")
_EXPANSION = re.compile(
    r"(?:^|[;,.:]\s*|\s)(?P<short>[A-Z][A-Za-z]*[A-Z0-9]\w*(?:-[A-Z0-9]\w*)*)\s*(?P<by>[:=,]|\s?[\u2013\u2014]\s?|\s-\s|\bindicates\b|\bdenotes\b|\bis\b)\s*"
    r"(?P<long>(?:the\s+)?[A-Za-z][a-z][^;,.:=()]{2,70})"
)
_CODED_ARM = re.compile(r"\(\s*(?P<short>[A-Z][A-Za-z]{0,4}\d?)\s*(?:[;,:]\s*n\s*=\s*(?P<n>\d+)\s*)?\)")
_UNSIGNED = re.compile(
    r"(?:^|[;,.:]\s+)(?P<short>[A-Z][A-Za-z]*[A-Z0-9]\w*(?:-[A-Z0-9]\w*)*)\s+(?P<long>[A-Za-z][a-z][^;,.:=()]{2,70})"
)
_ITEM = re.compile(
    r"^\W*(?:(?:abbreviations?|notes?)\W+)?(?P<shorts>[^\s,;:=]{2,12}(?:(?:,\s*|\s+and\s+)[^\s,;:=]{2,12}){0,2})(?:\s+(?:group|subscale))?\s*[,:=]\s*(?P<long>[A-Za-z][^;:=]{3,90}?)\W*$",
    re.IGNORECASE,
)
_NAMELIKE = re.compile(r".*(?:[A-Z].*[A-Z0-9]|[A-Z/_].*)")
_AND_LATER = re.compile(
    r"\b(?:and|to)\s+(?:(?:at|the|immediately)\s+)*(?:after|post|following|end)\b", re.IGNORECASE
)
# "before the 4-week course" is no time of 4 weeks.
_BEFORE_COURSE = re.compile(r"\b(?:before|prior\s+to)\s+(?:the\s+|a\s+|an\s+)?$", re.IGNORECASE)
CONTEXT_LENGTH = 600


def _listed(note: str) -> list[tuple[str, str]]:
    """Return the abbreviations of a note that lists them between semicolons: its form tells what they are.

    ``XY, long name; Zd and Znd, other name`` needs no fitting initials. A note of which less than two thirds reads so
    lists something else.
    """
    items = [item for item in note.split(";") if item.strip()]
    told = [found for item in items if (found := _ITEM.match(item)) is not None]
    if len(told) < 3 or len(told) * 3 < len(items) * 2:
        return []
    pairs = [
        (short, found["long"].strip())
        for found in told
        for short in re.split(r",\s*|\s+and\s+", found["shorts"])
    ]
    return [(short, long) for short, long in pairs if _NAMELIKE.match(short)]


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
        if not any(_CODED.search(t) for t in texts) and not _CODED.search(self.table.caption):
            return {}
        own = [self.table.caption, *self.table.footnotes, *texts]
        return time_definitions([*own, *(p.text for p in self.record.passages)])

    @functools.cached_property
    def stated(self) -> tuple[Named, ...]:
        """What caption and footnotes state about how values are given."""
        found = [stated(self.table.caption, f"{self.table.locator}:caption")]
        found += [
            stated(text, f"{self.table.locator}:foot{k}") for k, text in enumerate(self.table.footnotes, 1)
        ]
        told = [named for named in found if named is not None]
        return (*(n for n in told if n.strong), *(n for n in told if not n.strong))

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
            for k, text in enumerate((table.caption, *table.footnotes)):
                named = stated(text, f"{table.locator}:{f'foot{k}' if k else 'caption'}")
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
    def expansions(self) -> dict[str, str]:
        """What the abbreviations of the table mean, by its own notes."""
        found: dict[str, str] = {}
        for text in (*self.table.footnotes, self.table.caption):
            for match in _EXPANSION.finditer(text):
                # A comma also stands between two things: then the letters must be the beginnings of the words.
                listed = match["by"].strip() == ","
                if not listed or initials_fit(match["short"], match["long"]):
                    found.setdefault(match["short"], match["long"].strip())
        for text in self.table.footnotes:
            for short, long in _listed(text):
                found.setdefault(short, long)
        for text in self.table.footnotes:
            for match in _UNSIGNED.finditer(text):
                if initials_fit(match["short"], match["long"]):
                    found.setdefault(match["short"], match["long"].strip())
        return found

    @functools.cached_property
    def _coded(self) -> dict[str, tuple[Arm, str, str]]:
        """Arms by the codes that caption or notes give them (``the control group (C; n = 12)``), with n and its place."""
        cells = {cell.text.strip() for row in self.table.rows for cell in row if len(cell.text) <= 6}
        found: dict[str, tuple[Arm, str, str]] = {}
        texts = [("caption", self.table.caption)]
        texts += [(f"foot{k}", text) for k, text in enumerate(self.table.footnotes, 1)]
        for name, text in texts:
            for code in _CODED_ARM.finditer(text):
                if code["short"] not in cells or code["short"] in found:
                    continue
                arm = self._arm_before(text[: code.start()])
                if arm is not None and not any(arm.label == known.label for known, _, _ in found.values()):
                    place = (
                        f"{self.table.locator}:{name}:{code.start('n')}-{code.end('n')}" if code["n"] else ""
                    )
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

    def meaning(self, short: str) -> str:
        """Return what an abbreviation means by the table's notes, else by the article; empty where neither says.

        A note whose words the letters do not fit says how a thing was measured: the article's other words stand before it.
        """
        if short not in self._meanings:
            noted = self.expansions.get(short, "")
            told = ""
            if not noted or not initials_fit(short, noted):
                told = long_form(short, (p.text for p in self.record.passages if p.role != "introduction"))
                told = "" if _content(told) & _content(noted) else told
            self._meanings[short] = ", ".join(part for part in (told, noted) if part)
        return self._meanings[short]

    @functools.cached_property
    def _meanings(self) -> dict[str, str]:
        """The meanings of abbreviations that were asked for."""
        return {}

    def expanded(self, label: str) -> str:
        """Return a label with the meaning of its abbreviations behind them."""
        odd = (s for s in self.expansions if not _SHORT.fullmatch(s) and s in label)
        for short in dict.fromkeys((*_SHORT.findall(label), *odd)):
            meaning = self.meaning(short)
            if meaning and meaning.lower() not in label.lower():
                at = re.search(rf"(?<![\w-]){re.escape(short)}(?![\w-])", label)
                label = f"{label[: at.end()]} [{meaning}]{label[at.end() :]}" if at else label
        return label

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
        later = any(t.phase == "follow_up" for t in self.caption_times) or _AND_LATER.search(
            self.table.caption
        )
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

    def caption_label(self, reader: LabelReader) -> Label:
        """Return the caption read as a label."""
        return reader.read(self.table.caption, f"{self.table.locator}:caption")

    @functools.cached_property
    def notes(self) -> str:
        """The caption, the footnotes and the other captions, a line each, for whoever names the instrument."""
        others = (t.caption for t in self.record.tables if t.locator != self.table.locator)
        lines = (self.table.caption, " ".join(self.table.footnotes), " ; ".join(others))
        return "\n".join(" ".join(line.split())[:CONTEXT_LENGTH] for line in lines)


def _content(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W\d_]{4,}", text.lower()))


# The tables of an article ask for the same texts one after another.
_methods_of = functools.lru_cache(maxsize=4)(methods_statement)
_course_of = functools.lru_cache(maxsize=4)(find_course)


def _texts(record: Record, *roles: str) -> tuple[tuple[str, str], ...]:
    return tuple((p.locator, p.text) for p in record.passages if p.role in roles)


def settle_time(
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
    if any(timed for timed, _, _ in found):
        found = [item for item in found if item[0]]
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


_ENDS_COURSE = re.compile(
    r"post-?\s?(?:treatment|intervention|therapy|test|training|program)|^(?:after|post)\b|(?:after|post)$|\bend\b|sessions|treatments$|completion|conclusion|final\s+test",
    re.I,
)
# Among characteristics of the patients, these are known only afterwards.
_AFTERWARDS = re.compile(
    r"^\W*(?:completed|discontinu\w+|withdrew|withdrawals?|dropped\s+out|drop-?outs?|died|deaths?|mortality|intra-?\s?operative|operati(?:ng|on|ve)\s+time|duration\s+of\s+(?:the\s+)?(?:surgery|operation|procedure|an\w*sthesia)|lost\s+to|adverse|rescue)\b|\brequirements?\b",
    re.IGNORECASE,
)
_FOLLOWS = re.compile(r"follow[-\s]?up|^after\b|\bpost|\bafter\b", re.IGNORECASE)


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
    goes_on = any(t.phase == "baseline" for t in named.values()) and _AND_LATER.search(context.table.caption)
    if len(named) == 1 and not goes_on:
        return next(iter(named.values())), ("time_from_caption",)
    return None, ("time_unknown",)
