"""What stands in a sentence: statistical expressions, times and arms, each at its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from sonospine.extraction.arm_labels import CONTROLS, count_of, normalised, words_of
from sonospine.extraction.arm_patterns import words_before
from sonospine.extraction.arms import Arm, DocumentArms
from sonospine.extraction.attachment import Mention
from sonospine.extraction.expressions import Expression, find_expressions
from sonospine.extraction.group_counts import beside_groups, counts_in_groups
from sonospine.extraction.people import Subgroup, listed_people, subgroup_of, with_their_fractions
from sonospine.extraction.sentence_times import P_VALUE, times_of
from sonospine.extraction.times import TimeMention
from sonospine.model.number_words import BELOW_HUNDRED

_GROUP_NAMED = re.compile(
    r"\b(?:[Gg]roups?|[Aa]rms?|[Gg]r\.?)\s+(?P<code>[A-Z]{1,5}\d{0,2}|\d{1,2}(?!\s*[\[(]\s*\d[\d.]*\s*(?:to|[-–;,])\s*\d)|[a-d])\b|(?<![\w.])(?P<words>(?:(?:[\w+/\-–]|(?<=\d)\.(?=\d))+\s+){1,3})(?:(?P<many>groups|arms)|group|arm)\b(?!\s+(?:[A-Z]{1,5}\d{0,2}|\d{1,2})\b)"
)
_AMOUNT = re.compile(r"[\d.]+(?:\s|$)|(?:m?g|kg|m?c?g|µg|μg|m?l|mL|min|h|mm|cm|points?|%)(?:\s|$)")
_GROUP = re.compile(r"[GgAa]r(?:oup|m|(?<=[Gg]r)\b)")
_MOST_WORDS_BEFORE = 3
_CLUSTERS = re.compile(
    r"\b(?P<side>[Ii]ntervention|[Cc]ontrol|[Tt]reatment|[Cc]omparison)\s+"
    r"(?:villages|clusters|schools|practices|clinics|hospitals|communities|households|homes|wards|districts)\b"
)
_OF_ALL = frozenset(
    str.split(
        "between among across in of for the these our all both other two three four study treatment intervention different trial"
    )
)
_LEADING = frozenset(
    str.split("with the in of to than for from by between and or at a an on versus vs vs. was were while but")
)
_COUNTS = frozenset(str.split("two three four five six both all these those"))
# Numbers and lengths of time stand everywhere: none of them tells an arm by itself.
_TELL_NOTHING = frozenset(BELOW_HUNDRED) | frozenset(
    str.split(
        "first second third week month minute hour daily weekly twice times session sessions weeks months minutes hours"
    )
)
_LEADS = frozenset(str.split("in of from on among"))
_MORE_CODES = re.compile(
    r"\s*(?:,|and|or|vs\.?|versus|&|,\s*and)\s+(?P<code>[A-Z]{1,5}\d{0,2}|\d{1,2})\b(?![.%]?\d|\s*(?:±|%|\())"
)
_BOTH = re.compile(
    r"\b(?:both|all|each|either|the (?:two|three|four))\s+(?:\w+\s+)?(?:groups|group|arms)\b", re.IGNORECASE
)
_THRESHOLD_BEFORE = re.compile(
    r"(?:at least|more than|greater than|less than|over|above|below|under|minimum of|exceeding|≥|≤|>|<|up to|set at|defined as)\s*(?:an?\s+)?$",
    re.IGNORECASE,
)
_THRESHOLD_AFTER = re.compile(
    r"\s*(?:or (?:more|greater|better|higher|less)|(?:pain|symptom\w*|functional|clinical)?\s*(?:relief|reduction|improvement|decrease|responders?|confidence|CI\b|power|NaCl|solution)|(?:[-–]|to)\s*\d)",
    re.IGNORECASE,
)
_NAMED_SPREAD = re.compile(
    r"\s*(?:mm|cm|points?|min(?:utes?)?|s|sec(?:onds)?|hours?|days?|degrees?|°|mg|ml|mL|kg|%)?\s*[(\[,]\s*(?P<kind>S\.?D\.?|S\.?E\.?(?:M\.?)?)\s*[=:,]?\s*",
    re.IGNORECASE,
)
_CLOSE = re.compile(r"\s*[)\]]")
_SPREAD_BEFORE = re.compile(r"\b(?:S\.?D\.?|S\.?E\.?M?\.?|IQR)\s*[=:,]?\s*$")
_TORN_BEFORE = re.compile(r"\d[,:]$|\d\s?(?:h|hr|hrs|hours?)\s$|\bR[2²]\s?=\s?$")
_TORN_AFTER = re.compile(r",\d")
_OR_MORE = re.compile(r"\s*(?:points?|mm|cm|%)?\s*or (?:more|greater|better|higher|less)\b", re.IGNORECASE)
_RANGE_BEFORE = re.compile(r"\d\s*%?\s*(?:to|[-–])\s*$")
# "0.5% solution" is a concentration, "40% of patients" and "40% vs 20%" are results.
_AFTER_PERCENT = re.compile(
    r"\s*(?:[^\w\s]|$|(?:of|in|and|vs?|versus|for|at|with|compared|to|after|before|during|patients?|participants?|subjects?|women|"
    r"men|children|people|had|were|was|while|whereas|p|respectively|reported|achieved|experienced|showed|on|by|than|or|among|"
    r"responded|recovered|remained|success\w*|accura\w*|effective|satisf\w*)\b)",
    re.IGNORECASE,
)
_LABELLED_NUMBER = re.compile(
    r"\b(?:figs?|figures?|tables?|tab|refs?|nos?|stage|grade|type|phase|level|class|visit|version|item)\s*[.(]?\s*$"
    r"|\b(?:ES|d|r|t|z|F|χ2|df|β|κ)\s*[=:]\s*[-−–]?\s*$",
    re.IGNORECASE,
)
_NAMES_DIFFERENCE = re.compile(r"\b(?:difference|ratio|MD|SMD|OR|RR|HR|RD)\b[^.;\d]{0,40}$")
_OF_RANGE = re.compile(
    r"\b(?:CI\s?95|CI|confidence interval|intervals?|rang\w+|IQR|quartiles?|percentiles?|between)\b[^;.]{0,30}$",
    re.IGNORECASE,
)
_BARE_BEFORE = re.compile(
    r"(?:\b(?:was|were|is|of|to|from|at|by|vs?|versus|and|than|mean|median|average|score|only|about|approximately)\.?|[=:,/(\[])\s*$",
    re.IGNORECASE,
)
_BARE_AFTER = re.compile(
    r"\s*(?:(?:points?|mm|cm|%|min(?:utes?)?|s(?:ec(?:onds)?)?|hours?|h|days?|degrees?|°)(?!\w)\s*)?"
    r"(?:[,;:.)\]/(]|$|(?:and|or|vs?|versus|in|at|on|for|to|after|before|compared|with|while|whereas|but|than|during|under|against|respectively|by|points?|among|p)\b)",
    re.IGNORECASE,
)
_OF_AGREEMENT = re.compile(
    r"\b(?:correlat\w+|Pearson\w*|Spearman\w*|kappa|Cronbach\w*|ICC|intra-?class|agreement|reliability)\b",
    re.IGNORECASE,
)
_N_BEFORE = re.compile(r"\b[nN]\s*=\s*$")
_NOT_A_RESULT = re.compile(
    r"\s*(?:mg|mcg|µg|μg|g|ml|mL|l|L|kg|Hz|kHz|MHz|mA|V|W|J|°|gauge|G\b|IU|units?|mmol|nmol|patients?|participants?|subjects?|women|men\b|"
    r"children|cases|eyes|knees|years?|weeks?|months?|days?|h\b|hours?|groups?|arms?|times|sessions?|injections?|studies|trials|centers|centres|"
    r"hospitals|points? scale|[-–]\s?[A-Za-z]|st\b|nd\b|rd\b|th\b|of\b|[-–]\d|:\d|x\b|×|different\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Parts:
    """A sentence (``text``, starting at ``offset`` of its passage) with what stands in it.

    ``owned`` are the arms of counts whose arm stands right behind them, at the place of the count.
    """

    text: str
    offset: int
    expressions: tuple[Expression, ...]
    times: tuple[Mention[TimeMention], ...]
    arms: tuple[Mention[Arm], ...]
    subgroup: Subgroup | None = None
    others: tuple[Mention[Arm], ...] = ()
    owned: tuple[Mention[Arm], ...] = ()

    def groups(self) -> list[Mention[Arm]]:
        """Return the arms and, between them, groups that are none of the arms known (``UNKNOWN``)."""
        return sorted((*self.arms, *self.others), key=lambda m: m.start)

    def masked(self) -> list[tuple[int, int]]:
        """Return the spans that are values, times, arms or P values."""
        spans = [span for e in self.expressions for span in _hidden(e)]
        spans += [(m.start, m.end) for m in self.times]
        spans += [(m.start, m.end) for m in self.groups()]
        if self.subgroup is not None:
            spans.append((self.subgroup.start, self.subgroup.end))
        return spans + [m.span() for m in P_VALUE.finditer(self.text)]


def _hidden(expression: Expression) -> list[tuple[int, int]]:
    # A count may span words ("12 of 30 patients (40 %)"): its numbers are hidden, the words are not.
    if expression.centre in {"count", "percent"} or expression.total:
        return [(n.start, n.end) for n in expression.numbers]
    return [(expression.start, expression.end)]


UNKNOWN = Arm("")
_OTHER_GROUP = re.compile(
    r"\b(?:in|for|with|of)\s+the\s+(?P<label>(?:(?:[\w+/\-–]|(?<=\d)\.(?=\d))+\s+){1,3}(?:group|arm|cohort))\b(?!\s+(?:[A-Z]{1,5}\d{0,2}|\d{1,2})\b)"
)
_NO_OTHER = frozenset(
    str.split(
        "same whole entire study age each other total overall this that both first second latter former"
    )
)


class ArmFinder:
    """Finds the arms of a document in its sentences, by label, alias and the words that only one arm has."""

    def __init__(self, arms: DocumentArms) -> None:
        self.arms = arms

    @cached_property
    def _names(self) -> dict[str, Arm]:
        """Return each wording, as it is matched, with its arm; wordings of two arms are left out."""
        found: dict[str, Arm | None] = {}
        for arm in self.arms.arms:
            for name in arm.names():
                for wording in (name, re.sub(r"\s*\b(?:[Gg]roups?|arms?)\b\s*", " ", name).strip()):
                    if self._may_stand_alone(wording):
                        found[wording] = arm if found.get(wording, arm) is arm else None
        for label, words in self._telling().items():
            owner = next(a for a in self.arms.arms if a.label == label)
            for word in words:
                found.setdefault(word, owner)
        return {wording: arm for wording, arm in found.items() if arm is not None}

    def _telling(self) -> dict[str, frozenset[str]]:
        texts = {a.label: words_of(" ".join((*a.names(), a.definition))) for a in self.arms.arms}
        telling = {}
        for label, words in texts.items():
            others = frozenset().union(*(w for other, w in texts.items() if other != label))
            own = frozenset(w for w in words - others - _TELL_NOTHING if len(w) > 4 and w.isalpha())
            telling[label] = own if len(own) <= 6 else frozenset()
        return telling

    @staticmethod
    def _may_stand_alone(wording: str) -> bool:
        plain = wording.strip()
        if len(plain) < 2 or plain.isdigit() or re.fullmatch(r"[IVX]+", plain):
            return False
        return plain.lower() not in CONTROLS or "group" in plain.lower()

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        names = sorted(self._names, key=lambda n: (-len(n), n))
        if not names:
            return None
        alternatives = [re.escape(n) if _is_short_code(n) else f"(?i:{re.escape(n)})" for n in names]
        return re.compile(rf"(?<![\w-])(?:{'|'.join(alternatives)})(?:\s+(?:groups?|arms?)\b)?(?![\w-])")

    def find(self, text: str) -> list[Mention[Arm]]:
        """Return the arms named in a sentence, in order."""
        if not self.arms.arms:
            return []
        found = [*self._grouped(text), *self._clusters(text)]
        if self._pattern is not None:
            for hit in self._pattern.finditer(text):
                arm = self._arm_named(hit.group())
                if arm and not any(hit.start() < m.end and m.start < hit.end() for m in found):
                    found.append(Mention(hit.start(), hit.end(), arm))
        return sorted(found, key=lambda m: m.start)

    def others(self, text: str, arms: Iterable[Mention[Arm]]) -> list[Mention[Arm]]:
        """Return groups that a sentence names and that are none of the arms: what stands beside them is no arm's."""
        if len(self.arms.arms) < 2:
            return []
        hits = [m for m in _OTHER_GROUP.finditer(text) if not _NO_OTHER & set(m["label"].lower().split())]
        known = list(arms)
        return [
            Mention(hit.start("label"), hit.end("label"), UNKNOWN)
            for hit in hits
            if not any(hit.start() < m.end and m.start < hit.end() for m in known)
        ]

    def _arm_named(self, wording: str) -> Arm | None:
        bare = re.sub(r"\s+(?:groups?|arms?)$", "", wording)
        for name, arm in self._names.items():
            if name in (wording, bare) or (
                not _is_short_code(name) and name.lower() in (wording.lower(), bare.lower())
            ):
                return arm
        return None

    def _grouped(self, text: str) -> Iterable[Mention[Arm]]:
        for hit in _group_named(text):
            if _BOTH.search(hit.group()):
                continue
            if hit["code"]:
                arm = self.arms.match(f"Group {hit['code']}")
                if arm:
                    yield Mention(hit.start(), hit.end(), arm)
                    yield from self._further_codes(text, hit.end())
                continue
            words = hit["words"].split()
            if hit["many"] and (words[-1].lower() in _COUNTS or all(w.lower() in _OF_ALL for w in words)):
                continue  # "among three groups" is not group 3
            for cut in range(_leading(words), len(words)):
                if words[cut].lower() in _LEADING:
                    continue
                label = " ".join(words[cut:])
                arm = self.arms.match(label)
                if arm and _AMOUNT.match(label) and normalised(label) not in map(normalised, arm.names()):
                    continue  # "... 60.3 mg control group": number and unit are a value's
                if arm and normalised(label):
                    yield Mention(hit.start() + hit["words"].find(words[cut]), hit.end(), arm)
                    break

    def _clusters(self, text: str) -> Iterable[Mention[Arm]]:
        for hit in _CLUSTERS.finditer(text):
            arm = self.arms.match(f"{hit['side']} group")
            if arm:
                yield Mention(hit.start(), hit.end(), arm)

    def _further_codes(self, text: str, position: int) -> Iterable[Mention[Arm]]:
        while hit := _MORE_CODES.match(text, position):
            arm = self.arms.match(f"Group {hit['code']}")
            if arm is None:
                return
            yield Mention(hit.start("code"), hit.end("code"), arm)
            position = hit.end()


def _leading(words: Sequence[str]) -> int:
    """Return how many words before the name of a group end in a count that leads to it: "31 in control group"."""
    counts = [i for i in range(len(words) - 2) if count_of(words[i]) and words[i + 1].lower() in _LEADS]
    return counts[-1] + 2 if counts else 0


def _group_named(text: str) -> Iterator[re.Match[str]]:
    """Find what ``_GROUP_NAMED`` finds: a match has at most three words before its noun, so nothing before them is searched."""
    position = 0
    while noun := _GROUP.search(text, position):
        found = _GROUP_NAMED.search(text, words_before(text, position, noun.start(), _MOST_WORDS_BEFORE))
        if found is None:
            return
        yield found
        position = found.end()


def _is_short_code(name: str) -> bool:
    return len(name) <= 5 and name.upper() == name


def parts_of(
    text: str,
    offset: int,
    finder: ArmFinder,
    *,
    decimal_comma: bool,
    definitions: Mapping[str, TimeMention] | None = None,
) -> Parts:
    """Find what stands in a sentence; numbers that are doses, counts of people in passing, thresholds are no results.

    ``definitions`` are the codes of times that the document defines (``T1``).
    """
    people = listed_people(text)
    every = [
        e
        for e in find_expressions(text, decimal_comma=decimal_comma)
        if not any(p.start < e.end and e.start < p.end for p in people) and not _is_torn(text, e)
    ]
    every = with_their_fractions(text, _with_named_spreads(text, every))
    times = times_of(text, every, definitions or {})
    subgroup = subgroup_of(text) if finder.arms.one_arm else None
    arms = [
        a
        for a in finder.find(text)
        if not any(a.start < e.end and e.start < a.end for e in every if e.spread != "none")
    ]
    every = [e for e in every if not any(a.start < e.end and e.start < a.end for a in arms)]
    taken = [e for e in every if e.centre in {"count", "percent"} or e.total or e.spread != "none"]
    grouped = counts_in_groups(text, arms, taken)
    counts = [expression for expression, _ in grouped]
    every = [e for e in every if not any(g.start <= e.start < g.end for g in counts)]
    people = [*(p for p in people if not any(p.start <= g.start < p.end for g in counts)), *counts]
    kept = tuple(
        e
        for e in sorted((*every, *people), key=lambda e: e.start)
        if e.value
        and not any(
            t.start < e.end and e.start < t.end for t in times if e.spread == "none" and e.centre != "count"
        )
        and not any(a.start < e.end and e.start < a.end for a in arms)
        and (any(e is p for p in people) or _is_result(text, e))
    )
    # "Group H1": a code of an arm is no hour.
    named = tuple(t for t in times if not any(a.start < t.end and t.start < a.end for a in arms))
    owned = tuple(Mention(e.start, e.end, arm) for e, arm in (*grouped, *beside_groups(text, arms, taken)))
    others = tuple(finder.others(text, arms))
    return Parts(text, offset, kept, named, tuple(arms), subgroup, others, owned)


def _with_named_spreads(text: str, expressions: list[Expression]) -> list[Expression]:
    """Join "52.0 mm (SD = 29.2)": the unit parts the mean from its spread, which is no value of its own."""
    kept: list[Expression] = []
    for expression in expressions:
        last = kept[-1] if kept else None
        plain = expression.centre == "number" and expression.spread == "none"
        if last is None or not plain or last.spread != "none" or last.centre not in {"number", "mean"}:
            kept.append(expression)
            continue
        named = _NAMED_SPREAD.fullmatch(text[last.end : expression.start])
        if named is None:
            kept.append(expression)
            continue
        close = _CLOSE.match(text, expression.end)
        kept[-1] = replace(
            last,
            end=close.end() if close else expression.end,
            centre="mean",
            spread="se" if named["kind"].lower().replace(".", "") in {"se", "sem"} else "sd",
            spread_value=expression.value,
            numbers=(*last.numbers, *expression.numbers),
            explicit=True,
        )
    return kept


def _is_torn(text: str, expression: Expression) -> bool:
    """Tell whether a value is half of "3,1" (a decimal comma), of "1 h 18 min" or "1:2", or a measure of fit."""
    first = expression.numbers[0] if expression.numbers else None
    if first is None:
        return False
    before, after = text[max(0, first.start - 9) : first.start], text[first.end : first.end + 2]
    torn = _TORN_BEFORE.search(before)
    if expression.spread != "none":
        return bool(torn and torn[0][-1].isspace())
    return bool(torn or _TORN_AFTER.fullmatch(after))


def _is_result(text: str, expression: Expression) -> bool:
    before, after = (
        text[max(0, expression.start - 60) : expression.start],
        text[expression.end : expression.end + 40],
    )
    if (
        _N_BEFORE.search(before)
        or _LABELLED_NUMBER.search(before)
        or (expression.total and before[-1:].isalpha())
    ):
        return False
    if expression.spread != "none":
        return True
    if expression.centre == "percent":
        if _THRESHOLD_BEFORE.search(before) or _THRESHOLD_AFTER.match(after) or _ends_range(before):
            return False
        return _AFTER_PERCENT.match(after) is not None
    if expression.centre in {"difference", "ratio"}:
        return _NAMES_DIFFERENCE.search(before) is not None and not _NOT_A_RESULT.match(after)
    if expression.centre == "count" or expression.total:
        return True
    if _OF_AGREEMENT.search(text, 0, expression.start) and abs(float(expression.value)) <= 1:
        return False  # a coefficient
    return _is_bare_result(before, after, expression)


def _ends_range(before: str) -> bool:
    return bool(_RANGE_BEFORE.search(before)) and not re.search(r"\bfrom\b(?:[^.;]|\.(?=\d))*$", before)


def _is_bare_result(before: str, after: str, expression: Expression) -> bool:
    """Tell whether a number without spread is one: "the mean was 3.2 in ..."; not a range, a mark or a dose."""
    if before.endswith("(") and after.startswith(")") and expression.value.isdigit():
        return False  # a reference mark
    if _NOT_A_RESULT.match(after) or _THRESHOLD_BEFORE.search(before) or _ends_range(before):
        return False
    if _OR_MORE.match(after) or _SPREAD_BEFORE.search(before):
        return False
    if _OF_RANGE.search(before):
        return False
    return _BARE_BEFORE.search(before) is not None and _BARE_AFTER.match(after) is not None
