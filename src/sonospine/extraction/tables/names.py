"""What a cell of a table measures and of whom: the outcome and the population that the labels over it name."""

from __future__ import annotations

import re
from dataclasses import replace

from sonospine.extraction.tables.context import TableContext
from sonospine.extraction.tables.labels import Label
from sonospine.extraction.tables.levels import SEX, CellLabels, Level
from sonospine.extraction.tables.roles import Roles

LONGEST_OUTCOME = 200
LONGEST_CAPTION = 120
_POPULATIONS = re.compile(
    r"\W*(?:(?:intention|intent)[- ]to[- ]treat|ITT|per[- ]protocol|PP|completers?)\W*(?:set|population|analysis|sample|group)?\W*",
    re.I,
)
_SAYS_NOTHING = re.compile(
    r"(?:\W*(?:mm|cm|kg|points?|scores?|values?|changes?|differences?|post|pre|baseline|means?|final|initial|follow-?\s?up)\b)+\W*",
    re.IGNORECASE,
)
_UNITED = re.compile(r"\s*(?:[^\W\d_][\w-]*\s+){1,6}[(\[][^()\[\]]{1,16}[)\]]\W*$")
_ANCHORS = re.compile(r"[\s,;:]*\b\d{1,3}\s*=\s*[^\W\d][^,;()\[\]=]*(?=[,;)\]]|$)")
_AMOUNT = re.compile(r"\s*\d+(?:\.\d+)?\s*[^\W\d_%]+\W*$")
_TIMES = re.compile(
    r"(?:weeks?|days?|months?|hours?|minutes?|years?|times?|time\s*points?|visits?|follow-?\s?ups?)",
    re.IGNORECASE,
)
_GROUPING = re.compile(
    r"\W*(?:(?:treatment|study|randomi[sz]ation|randomi[sz]ed|intervention|allocat(?:ed|ion))\W+)?(?:groups?|arms?|sequences?|allocation)\W*",
    re.IGNORECASE,
)
_ENDS_AS_GROUP = re.compile(r"\bgroups?\W*$", re.IGNORECASE)
_AVERAGE = re.compile(r"average(?=\s+[a-z])", re.IGNORECASE)
_EXTREMES = re.compile(r"(?:worst|least|highest|lowest|maximum|maximal|peak|current)\s+[a-z]", re.IGNORECASE)
_CODE = re.compile(r"^(?:[A-Z]|[IVX]{1,4}|\d{1,2}[a-z]?)$")
_HEADS = re.compile(
    r"\b(?:groups?|arms?|treatments?|interventions?|variables?|characteristics?|parameters?|outcomes?|measures?|items?|stud(?:y|ies)|conditions?|regimens?"
    r"|allocation|randomi[sz]\w*|drugs?|dose|medication|method|technique|time|period|visit|patients?|subjects?|participants?|category|type|stage|phase|sites?)\b",
    re.I,
)


def _is_part_of(label: str, arm: str) -> bool:
    """Tell whether a label is a proper part of the name of an arm: ``Drug`` of ``Drug 5 mg``."""
    own, whole = (re.findall(r"\w+", text.casefold()) for text in (label, arm))
    return bool(own) and len(own) < len(whole) and whole[: len(own)] == own and not _GROUPING.fullmatch(label)


class Names:
    """The names that the labels and the caption of a table give to what its cells hold."""

    def __init__(self, roles: Roles, context: TableContext, caption: Label) -> None:
        self._roles = roles
        self._context = context
        self._caption = caption

    def outcome(self, labels: CellLabels, row: int, *, counts: bool, arm: str = "") -> tuple[str, bool]:
        """Return the outcome label of a cell in a row and whether only the caption names it.

        A section or row label that is a part of the name of the arm (``Drug`` over ``5 mg``) names no outcome.
        """
        parts: dict[str, bool] = {}
        if (head := self._stub_head(labels) or self._measured_head(labels)) is not None:
            parts[head.outcome] = False
        timed_elsewhere = any(
            level in self._roles.time_levels and label.times for level, label in labels.all()
        )
        for group in (labels.sections, labels.stubs, labels.columns):
            for level, label in group:
                if self._roles.is_arm_level(level) or not label.outcome or label.total:
                    continue
                if level in self._roles.arm_parents or (
                    group is not labels.columns and _is_part_of(label.outcome, arm)
                ):
                    continue
                if group is labels.stubs and not counts and SEX.fullmatch(label.text):
                    continue  # means of men are no outcome of their own
                label = self._with_average(level, self._with_head(level, label))
                if group is labels.sections and not counts and any(p.centre == "count" for p in label.pairs):
                    continue  # "Sex, n (%)" ends where means begin
                named = any(not timed for timed in parts.values())
                compares = label.difference or label.between or label.change or label.counts
                if group is labels.sections and label.population and _POPULATIONS.fullmatch(label.outcome):
                    continue
                if group is labels.stubs and named and level[1] > 0 and _AMOUNT.match(label.text):
                    continue  # the smallest change that matters, a dose: it stands beside the outcome
                if group is labels.columns and named and (compares or self._roles.is_subgroup_level(level)):
                    continue
                if group is labels.columns and _GROUPING.fullmatch(label.outcome):
                    continue  # "Randomisation group" over the names of the groups
                if group is labels.columns and named and self._is_over_all_groups(level, label):
                    continue
                timed = level in self._roles.time_levels and (
                    bool(label.times)
                    or group is labels.columns
                    or (group is labels.stubs and (label.change or label.difference))
                )
                whole = (
                    group is labels.stubs
                    and label.times
                    and not timed
                    and timed_elsewhere
                    and not label.pairs
                )
                parts.setdefault(label.text.strip() if whole else label.outcome, timed)
        telling = [part for part, timed in parts.items() if not timed] or list(parts)
        if any(
            re.search(r"[^\W\d_]{2}", part)
            and not _TIMES.fullmatch(part)
            and not _SAYS_NOTHING.fullmatch(part)
            for part in telling
        ):
            return self._context.meanings.expanded(", ".join(telling))[:LONGEST_OUTCOME], False
        if (corner := self._over_times(labels, row)) is not None:
            return self._context.meanings.expanded(", ".join([corner.outcome, *telling]))[
                :LONGEST_OUTCOME
            ], False
        # "0 = none, 100 = worst imaginable" explains the scale: it is no word of what was measured.
        named_above = _ANCHORS.sub("", self._caption.outcome or self._roles.table.caption)[:LONGEST_CAPTION]
        return ", ".join([named_above, *telling])[:LONGEST_OUTCOME], True

    def _is_over_all_groups(self, level: Level, label: Label) -> bool:
        """Tell whether a header above the names of the groups calls all of them one group: ``Surgery group``."""
        texts = {
            t for t in self._roles.layout.texts[level[1]][max(self._roles.layout.stubs) + 1 :] if t.strip()
        }
        below = any(kind == "header" and row > level[1] for kind, row in self._roles.arm_levels)
        return below and len(texts) == 1 and _ENDS_AS_GROUP.search(label.outcome) is not None

    def _with_head(self, level: Level, label: Label) -> Label:
        """Return a row label that is a mere code with the header of its column: ``Grade`` over ``1``, ``2`` and ``3``."""
        if level[0] != "stub" or not _CODE.match(label.outcome) or not self._roles.layout.headers:
            return label
        own = next(iter(self._roles.layout.headers.values()))
        heads = {self._roles.layout.texts[h][level[1]].strip() for h in own} - {""}
        head = self._roles.reader.read(heads.pop()) if len(heads) == 1 else None
        if head is None or not head.outcome or head.p or head.groupish or _HEADS.search(head.outcome):
            return label
        return replace(label, outcome=f"{head.outcome} {label.outcome}")

    def _with_average(self, level: Level, label: Label) -> Label:
        """Return a row label with the word "average" where rows beside it are of the worst or least: it is no statistic there."""
        led = _AVERAGE.match(label.text)
        if level[0] != "stub" or led is None or label.outcome.lower().startswith("average"):
            return label
        beside = self._roles.levels.get(level, [])
        if not any(_EXTREMES.match(other.text) for other in beside):
            return label
        return replace(label, outcome=f"{led.group()} {label.outcome}")

    def _measured_head(self, labels: CellLabels) -> Label | None:
        """Return the header over outcomes in rows where it bears the unit of them all: ``Transit time (h)``."""
        stubs = [level[1] for level, _ in labels.stubs if not self._roles.is_arm_level(level)]
        if not stubs or not self._roles.layout.headers:
            return None
        own = next(iter(self._roles.layout.headers.values()))
        heads = [self._roles.label(h, stubs[0]) for h in own if self._roles.layout.texts[h][stubs[0]].strip()]
        if len({head.text for head in heads}) != 1:
            return None
        head = heads[-1]
        plain = (
            head.unit
            and head.outcome
            and not (head.times or head.groupish or head.counts or head.p or head.arm)
        )
        return head if plain and _UNITED.match(head.text) else None

    def _over_times(self, labels: CellLabels, row: int) -> Label | None:
        """Return the header over times in rows where it names what was measured: ``VAS`` over ``Baseline``, ``4 weeks``."""
        corner = self._roles.corner(row)
        timed = bool(labels.stubs) and all(label.times and not label.outcome for _, label in labels.stubs)
        if (
            not timed
            or corner is None
            or _HEADS.search(corner.outcome)
            or _SAYS_NOTHING.fullmatch(corner.outcome)
        ):
            return None
        plain = corner.outcome and not (
            corner.times or corner.groupish or corner.counts or corner.p or corner.arm
        )
        return corner if plain else None

    def _stub_head(self, labels: CellLabels) -> Label | None:
        """Return the header over arms in rows where it names an outcome: ``CGI-I response`` over the names of groups."""
        column = next((level[1] for level, _ in labels.stubs if self._roles.is_arm_level(level)), None)
        if column is None or not self._roles.layout.headers:
            return None
        own = next(iter(self._roles.layout.headers.values()))
        heads = [self._roles.label(h, column) for h in own if self._roles.layout.texts[h][column].strip()]
        if len({head.text for head in heads}) != 1:
            return None
        head = heads[-1]
        plain = head.outcome and not (
            head.times or head.groupish or head.counts or head.p or _HEADS.search(head.outcome)
        )
        return head if plain else None

    def population(self, labels: CellLabels, *, counts: bool) -> str:
        """Return the population a label or the caption names, or the subgroup of the column, or the sex of a row of means."""
        told = next((label.population for _, label in labels.all() if label.population), "")
        if told or self._caption.population:
            return told or self._caption.population
        for level, label in labels.columns:
            if self._roles.is_subgroup_level(level) and label.outcome and not label.total:
                return f"subgroup:{label.outcome}"
        for level, label in labels.stubs if not counts else ():
            if SEX.fullmatch(label.text) and not self._roles.is_arm_level(level):
                return f"subgroup:{self._with_head(level, label).outcome}"
        return ""
