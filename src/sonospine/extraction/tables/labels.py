"""What one label of a table (a header cell, a stub cell, a section row) says: time, statistic, n, p, difference, outcome."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from sonospine.extraction.arms import Arm, DocumentArms
from sonospine.extraction.tables.statistics import Pair, named_statistics, strip_statistics
from sonospine.extraction.times import TimeMention, find_times

_N = re.compile(
    r"[\[(]?\s*\b[nN]o?\s*=\s*(?P<n>\d{1,3}(?:[,\u202f]\d{3})+|\d+(?![,\u202f ]\d{3}\b))\s*(?P<each>(?:in\s+)?each(?:\s+group)?|per\s+group)?\s*[\])]?"
)
_N_TAIL = re.compile(
    r"[\[(]\s*(?P<n>\d{1,4})\s*(?:patients?|participants?|subjects?|cases?|women|men|eyes|children)?\s*[\])]\s*$|(?<![\d.])(?P<n2>\d{1,4})\s+"
    r"(?:patients|participants|subjects|cases)\b",
    re.IGNORECASE,
)
_P = re.compile(
    r"^\W*(?:p|sig\.?|significance|f|t|z|d|df|chi|test|r|eta|\u03b7.?|u|q|h)\W*(?:values?)?\W*$|^\W*(?:\u03c7|chi|r|eta|\u03b7.?)\W*2\W*(?:values?)?\W*$"
    r"|\bp\s*[-\u2010-\u2013]?\s*(?:values?|level)\b|\bp\s*[<>=]|^\W*p\s*\(|\bsign(?:if|\.)|\b(?:wilcoxon|anova|mann|friedman|fisher|kruskal|chi|\u03c7|t)\b.{0,12}\btest\b"
    r"|\btest\s+statistic|^\W*z[-\s]?scores?\W*$|^\W*(?:x|chi|\u03c7)\W?[2\u00b2]?\s*/\s*[tzF]\W*$|^\W*ES\b(?:\W*\(|\W*$)|\beffect\s+size|\bcohen|\b[ftz][-\s](?:values?|statistics?|scores?\s*\(\s*df)\b|\(\s*d\.?f\.?\s*\)|\bpower\b|\bANCOVA\b|\bstatistics\b|\u03c3|\bvariances?\b|\bdifferences?\s+(?:of|in|between)\s+(?:the\s+)?(?:sds?\b|standard\s+deviations?)|\binter-?action\b"
    r"|^\W*p[\s,]+(?:for|of|intra|inter|within|between|trend)\b|^\W*[tfzu]\s*/\s*(?:\u03c7|chi|x|f|u|z|t)\W?[2\u00b2]?\W*$"
    r"|^\W*(?:group|time|period|condition|main)(?:\s*[x\u00d7*]\s*(?:group|time))?\s+effects?\W*$|^\W*(?:t[-\s]?test|ANC?OVA)\W*$|^\W*missing(?:\s+(?:data|values?|cases))?\b(?=\W*(?:n\b|%|$))",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"\b(?:between[- ]?(?:the\s+)?groups?|treatment\s+(?:effect|difference)|net\s+benefit|inter-?group|versus|vs\.?|group\s+difference|difference\s+between"
    r"|compar(?:ed|ison)\s+(?:to|with)|minus)\b",
    re.IGNORECASE,
)
_DIFFERENCE = re.compile(
    r"\b(?:differences?|diff\.?|MD|mean\s+diff\.?|contrast|\u0394\s*(?:between|groups?))(?!\w)", re.IGNORECASE
)
_RATIO = re.compile(
    r"\b(?:odds\s+ratio|risk\s+ratio|relative\s+risk|hazard\s+ratio|rate\s+ratio|NNT|number\s+needed)\b|\b(?:OR|RR|HR)\b(?=\s*(?:$|[(\[]\s*(?:9\d|\d+\s*%|CI\b|adj)))"
)
_CHANGE = re.compile(
    r"\b(?:changes?|chg|change[sd]?\s+from|improvements?|reductions?|decreases?|decline|gain|delta|increases?)\b|[\u0394\u2206]|from\s+(?:the\s+)?baseline|\bdifferences?\s+(?:of|in|between)\s+(?:the\s+)?pre\b.{0,20}?\bpost\b",
    re.IGNORECASE,
)
_PERCENT_CHANGE = re.compile(
    r"^\W*%\s*\(\s*(?:\d+\s*%\s*)?C[IL]|%\s*(?:change|reduction|improvement|decrease)|\b(?:percent\w*|relative)\s+(?:change|reduction|improvement)",
    re.I,
)
_NUMBERS_LABEL = re.compile(
    r"^\W*(?:n|no\.?|numbers?|sample\s+size|total\s+(?:cases|patients|participants|subjects)|(?:total\s+)?(?:n|no\.?|numbers?)\s+of\s+(?:patients|subjects|participants|cases|observations))[^\w%]*$|^\s*number\s+(?!of)"
    r"|^\W*n\s*(?:analy[sz]ed|\((?!\s*%))"
    r"|^\W*(?:patients|participants|subjects|women)\s+(?:recruited|randomi[sz]ed|analy[sz]ed|included|enrolled|evaluated|studied|treated)\W*n?\W*$",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"^\W*(?:total|all|overall|both|combined|whole|entire|pooled)\b(?:\s+(?:patients|subjects|participants|sample|population|cohort|groups?))?\W*$",
    re.I,
)
_STATUS = re.compile(
    r"\b(?:non-?\s?)?(?:responders?|successes|failures?|completers?|drop-?outs?|recovered|cured|relapse)\b",
    re.IGNORECASE,
)
_GROUPISH = re.compile(r"\b(?:groups?|arms?|placebo|sham|controls?|grp|cohort)\b", re.IGNORECASE)
_POPULATION = re.compile(
    r"\b(?P<itt>intention[- ]to[- ]treat|intent[- ]to[- ]treat|ITT)\b|\b(?P<pp>per[- ]protocol|PP\s+(?:set|population|analysis))\b|\b(?P<completers>completers?)\b",
    re.I,
)
_UNIT = re.compile(
    r"[(\[,]\s*(?P<unit>mm|cm|points?|pts|%|degrees?|\u00b0|min(?:utes)?|sec(?:onds)?|s|h(?:ours)?|mg|0\s*[-\u2013]\s*\d{1,3}[^)\]]{0,24}|\d+[- ]?(?:mm|cm|point)[^)\]]{0,12})\s*[)\],;]?",
    re.I,
)
_LEADING = re.compile(
    r"^(?:at|in|on|after|of|the|for|from|to|and|post|following|until)(?=\s|$)\s*", re.IGNORECASE
)
_TRAILING = re.compile(r"\s+(?:at|after|in|on|for|of|from|to|and|the|post|following|until)$", re.IGNORECASE)
_PAIR = re.compile(
    r"(?:^|[;:,]\s*)(?P<first>[^;:,()/]{2,60}?)\s*(?:\(|/|\bvs\.?\s)\s*(?P<second>[^()/;:,]{2,60}?)\s*\)?\s*$",
    re.I,
)
_GROUP_BEFORE = re.compile(r"\b(?:group|arm)\s*$", re.IGNORECASE)
_CONDITION = re.compile(r"[^()<>]*[<>\u2264\u2265]")
_POST = re.compile(r"\bpost\s*[-\u2010-\u2013]?\s*$", re.IGNORECASE)
_GROUP_BEHIND = re.compile(r"\s*(?:group|arm)\b\s*(?:$|[(\[,;)])", re.IGNORECASE)
_WINDOW = re.compile(
    r"(?<![\w.])(?P<first>\d{1,2})\s?(?:h\s?)?(?:[-\u2010-\u2015\u2212]|to)\s?(?P<last>\d{1,3})\s?(?:h|hrs?|hours?)\b",
    re.I,
)
_STRETCH = re.compile(r"\b(?:time|period|phase|interval|early|late|delayed|post-?\w+)\b", re.IGNORECASE)
_NOISE = re.compile(r"^[\W_]*$")
_EXTREME = re.compile(r"^\W*(?:min(?:imum)?|max(?:imum)?)\W*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Label:
    """One label with its place and what it says; ``outcome`` is what is left when time, n and statistic are taken out."""

    text: str
    address: str
    times: tuple[TimeMention, ...] = ()
    pairs: tuple[Pair, ...] = ()
    n: str = ""
    n_span: tuple[int, int] = (0, 0)
    each: bool = False
    p: bool = False
    difference: bool = False
    between: bool = False
    ratio: bool = False
    change: bool = False
    percent_change: bool = False
    counts: bool = False
    total: bool = False
    status: bool = False
    groupish: bool = False
    population: str = ""
    unit: str = ""
    outcome: str = ""
    arm: Arm | None = None
    pair: tuple[Arm, Arm] | None = None

    @property
    def spread_only(self) -> bool:
        """Whether the label names a spread or ``%`` and nothing else: its cells belong to the number before them."""
        spreads = [p for p in self.pairs if p.spread or p.centre == "percent"]
        named = bool(spreads) or _EXTREME.match(self.text) is not None
        return named and (not self.outcome or not spreads) and not self.times and not _centre_word(self.text)

    @property
    def statistic_only(self) -> bool:
        """Whether nothing but a statistic is named."""
        return bool(self.pairs) and not self.outcome and not self.times and not self.n


def _centre_word(text: str) -> bool:
    return bool(
        re.search(
            r"\b(?:means?|medians?|averages?|M\b|n|no)\b(?!\s*=)|(?<!\w)[x\u03c7]\W{0,3}(?=\u00b1)",
            text,
            re.IGNORECASE,
        )
    )


@dataclass
class LabelReader:
    """Reads labels once each; arms and the meaning of time codes come from the document."""

    arms: DocumentArms
    definitions: Mapping[str, TimeMention] = field(default_factory=dict)
    codes: Mapping[str, Arm] = field(default_factory=dict)
    _seen: dict[str, Label] = field(default_factory=dict)

    def read(self, text: str, address: str = "") -> Label:
        """Return what a label says."""
        if text not in self._seen:
            self._seen[text] = self._read(text)
        label = self._seen[text]
        return label if label.address == address else _at(label, address)

    def _read(self, text: str) -> Label:
        times = (
            tuple(t for t in find_times(text, self.definitions) if not _is_no_time(text, t))
            if len(text) < 400
            else ()
        )
        times = times or _window(text)
        n = _N.search(text) or _N_TAIL.search(text)
        value = (
            (n["n"] or (n["n2"] if "n2" in n.re.groupindex else "") or "")
            .replace(",", "")
            .replace("\u202f", "")
            if n
            else ""
        )
        kept = _cut(text, [(t.start, t.end) for t in times] + ([n.span()] if n else []))
        pairs = named_statistics(kept)
        counts = bool(_NUMBERS_LABEL.search(text)) and not times
        if counts and not pairs:
            pairs = (Pair("count"),)
        outcome = strip_statistics(kept)
        outcome = _tidied(outcome, timed=bool(times))
        population = _POPULATION.search(text)
        difference = bool(_DIFFERENCE.search(text))
        unit = _UNIT.search(text)
        return Label(
            text=text, address="", times=times, pairs=pairs, n=value,
            n_span=n.span() if n and value else (0, 0), each=bool(n and "each" in n.re.groupindex and n["each"]),
            p=bool(_P.search(text)) and len(text) < 60, difference=difference, between=bool(_BETWEEN.search(text)),
            ratio=bool(_RATIO.search(text)), change=bool(_CHANGE.search(text)), percent_change=bool(_PERCENT_CHANGE.search(text)),
            counts=counts, total=bool(_TOTAL.match(_cut(text, [n.span()] if n else []))),
            status=bool(_STATUS.search(text)), groupish=bool(_GROUPISH.search(text)),
            population="" if not population else {"pp": "per_protocol"}.get(str(population.lastgroup), str(population.lastgroup)),
            unit=unit["unit"].strip() if unit else "", outcome="" if _NOISE.match(outcome) else outcome,
            arm=self._arm(kept, outcome), pair=self._pair(kept),
        )  # fmt: skip

    def _pair(self, kept: str) -> tuple[Arm, Arm] | None:
        """Return the two arms of a label such as ``intervention (control)``, whose cells hold a value of each."""
        sides = _PAIR.search(kept)
        if sides is None:
            return None
        first, second = self.arms.match(sides["first"]), self.arms.match(sides["second"])
        return (first, second) if first is not None and second is not None and first is not second else None

    def _arm(self, kept: str, outcome: str) -> Arm | None:
        coded = self.codes.get(kept.strip())
        if coded is not None:
            return coded
        for text in dict.fromkeys((kept.strip(" ,;:()-\u2013"), outcome)):
            if text and len(text) < 150 and (arm := self.arms.match(text)) is not None:
                return arm
        return None


def _window(text: str) -> tuple[TimeMention, ...]:
    """Return the end of a stretch of hours that a label names as such: ``Late period (2-24 h)``."""
    found = _WINDOW.search(text)
    if found is None or not _STRETCH.search(text) or int(found["first"]) >= int(found["last"]):
        return ()
    return (TimeMention(found.start(), found.end(), found.group(), int(found["last"]) / 168, "follow_up"),)


def _is_no_time(text: str, time: TimeMention) -> bool:
    """Tell whether what reads like a time is none: the name of a group (``Group H1``, ``3 h group``), ``post-baseline``."""
    if time.phase == "baseline" and _POST.search(text[: time.start]):
        return True  # "post-baseline" is whatever visit the column is of
    if _CONDITION.match(text[time.end :]) and text[: time.start].count("(") > text[: time.start].count(")"):
        return True  # "(pre-treatment score > 2)" says of whom
    return bool(_GROUP_BEFORE.search(text[: time.start]) or _GROUP_BEHIND.match(text, time.end))


def _at(label: Label, address: str) -> Label:
    return dataclasses.replace(label, address=address)


def _tidied(outcome: str, *, timed: bool) -> str:
    """Return what is left of a label without empty brackets, time codes and prepositions that led to a time."""
    outcome = re.sub(r"\(\s*[\W_]*\)|\[\s*[\W_]*\]", " ", outcome)
    outcome = re.sub(r"[\s,;:]+(?=[)\]])|(?<=[(\[])[\s,;:]+", "", outcome)
    outcome = re.sub(r"^\s*of\s+", "", outcome)
    if timed:
        outcome = re.sub(
            r"[(\[]?\s*\b[TtVv]\d{1,2}\b\s*(?:[-\u2010-\u2015\u2212]\s*)?[)\]]?|\bvisit\s*\d+\b",
            " ",
            outcome,
            flags=re.IGNORECASE,
        )
    outcome = re.sub(r"^\W*(?:(?:or|and)\b\W*)+$", "", outcome)
    if outcome.count(")") > outcome.count("(") and outcome.rstrip().endswith(")"):
        outcome = outcome.rstrip()[:-1]  # left over from "(n = 12, %)"
    previous = None
    while previous != outcome:
        previous = outcome
        outcome = re.sub(r"\s+", " ", outcome).strip(" ,;:-\u2013*/\u2020\u2021")
        if timed:
            outcome = _LEADING.sub("", _TRAILING.sub("", outcome))
    return outcome


def _cut(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + " " + text[end:]
    return re.sub(r"\s+", " ", text).strip()
