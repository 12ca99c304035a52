"""How many people of each arm were analysed, where a sentence says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from sonospine.extraction.alternatives import folded, holds
from sonospine.extraction.arm_labels import COUNT, count_of
from sonospine.extraction.arm_sizes import total_sizes
from sonospine.extraction.arms import Arm, DocumentArms
from sonospine.extraction.language import listed, sentences
from sonospine.model.places import Place
from sonospine.model.record import Passage, Record

Sizes = dict[str, tuple[str, str]]

_NO_RESULTS = frozenset({"introduction", "methods", "discussion", "conclusion"})
_WORDS = ("analys", "analyz", "evaluable")
_TELLS = re.compile(
    r"\banaly[sz]ed\b|\bevaluable\b|\b(?:included|entered|available|remained|left|eligible|evaluated|used)\s+(?:\w+\s+)?(?:in|into|for)\s+(?:\w+[-\s]+){0,5}analys[ie]s\b",
    re.IGNORECASE,
)
# An analysis of some of the people, of things that are no people, or one that is only planned.
_NOT_OF_ALL = re.compile(
    r"\b(?:subgroups?|sub-?group|sensitivity|post[- ]hoc|safety|secondary|interim|retrospective|samples?|specimens?|questionnaires?|images?|scans?|knees?|joints?"
    r"|per[- ]protocol|PP|excluded?|not\s+(?:\w+\s+)?analy[sz]ed|will\s+be|would\s+be|separately|responders)\b",
    re.IGNORECASE,
)
_PEOPLE = r"(?:patients|participants|subjects|women|men|children|individuals|volunteers|adults|cases)"
_ALONE = r"(?<![\w.,·±/<>≤≥=])(?<![±<>≤≥=]\s)"
_IN_ARM = re.compile(
    rf"{_ALONE}(?P<n>{COUNT})(?![.,·]\d)\s+(?:{_PEOPLE}\s+)?(?:\([^()]*\)\s+)?(?:were\s+analy[sz]ed\s+)?(?:in|from|of|for|on|receiving)\s+(?:the\s+)?(?P<arm>[^.;,()]{{1,60}}?)"
    r"(?=\s+(?:and|were|was|had|but|while)\b|\s*[.;,():]|$)",
    re.IGNORECASE,
)
_LISTED = re.compile(
    rf"{_ALONE}(?P<numbers>\d+(?:\s*,\s*\d+)*,?\s+and\s+\d+)\s+(?:{_PEOPLE}\s+)?(?:in|from|of|for)\s+(?:the\s+)?(?:groups?\s+)?(?P<arms>[^.;()]{{3,120}})",
    re.IGNORECASE,
)
_EACH = re.compile(
    rf"(?:{_ALONE}(?P<n>{COUNT})(?![.,·]\d)\s+(?:{_PEOPLE}\s+)?(?:were\s+analy[sz]ed\s+)?(?:in|per|for|from)\s+(?:each|every|both)\s+(?:\w+\s+)?(?:groups?|arms?)"
    rf"|\b(?:in|for|from)\s+(?:each|every|both)\s+(?:\w+\s+)?(?:groups?|arms?)\s*,?\s*(?P<m>{COUNT})\s+{_PEOPLE})",
    re.IGNORECASE,
)
_SIZED = re.compile(
    r"(?:^|[.;,:()]|\band\b|\bin\b|\bthe\b)\s*(?:the\s+)?(?P<arm>[^.;,:()\[\]]{1,60}?)\s*[(\[]\s*n\s*=\s*(?P<n>\d+)\s*[)\],;]",
    re.IGNORECASE,
)


def with_analysed(record: Record, arms: DocumentArms) -> DocumentArms:
    """Return the arms with the numbers analysed, where abstract or results tell one for each of them."""
    sizes = analysed_sizes(record.passages, arms)
    if not sizes:
        return arms
    if not arms.arms:
        return replace(arms, n_analysed=sizes[""][0])
    told = (replace(a, n_analysed=sizes[a.label][0], analysed_locator=sizes[a.label][1]) for a in arms.arms)
    return DocumentArms(tuple(told), arms.one_arm, arms.n_total, arms.n_total_locator)


def analysed_sizes(passages: Iterable[Passage], arms: DocumentArms) -> Sizes:
    """Return for each arm how many were analysed, with the place of the number; nothing unless each arm has its number.

    Only a sentence of abstract or results that speaks of an analysis, or of people who could be evaluated, says it;
    who finished the study is another matter. A number above those who were randomised is not believed. In a study
    without arms the size stands under an empty label.
    """
    for passage in passages:
        if passage.role in _NO_RESULTS or not holds(folded(passage.text), _WORDS):
            continue
        for start, end in sentences(passage.text):
            text = passage.text[start:end]
            if not holds(folded(text), _WORDS) or not _TELLS.search(text) or _NOT_OF_ALL.search(text):
                continue
            found = _told(text, arms, passage.locator, start)
            if found:
                return found
    return {}


def _told(text: str, arms: DocumentArms, address: str, offset: int) -> Sizes:
    for way in (_listed, _one_by_one, _in_brackets, _of_each, _of_everyone):
        sizes = {
            label: (n, str(Place(address, offset + start, offset + end)))
            for label, (n, start, end) in way(text, arms)
        }
        if sizes and _believed(sizes, arms.arms):
            return sizes
    return _all_of_them(text, arms)


def _one_by_one(text: str, arms: DocumentArms) -> Iterator[tuple[str, tuple[str, int, int]]]:
    """Read "40 in the one group and 38 in the other"."""
    for found in _IN_ARM.finditer(text):
        arm = arms.match(found["arm"])
        n = count_of(found["n"])
        if arm is not None and n:
            yield arm.label, (n, found.start("n"), found.end("n"))


def _listed(text: str, arms: DocumentArms) -> Iterator[tuple[str, tuple[str, int, int]]]:
    """Read "50, 49 and 50 patients in groups A, B and C"."""
    for found in _LISTED.finditer(text):
        numbers = list(re.finditer(r"\d+", found["numbers"]))
        names = listed(re.sub(r"\brespectively\b.*", "", found["arms"]).strip(" ,"))
        named = [
            arms.match(re.sub(r"\s+groups?\b.*", "", name)) or arms.match(f"group {name}") for name in names
        ]
        if len(named) < len(numbers) or len(numbers) != len(arms.arms):
            continue
        for arm, number in zip(named, numbers, strict=False):
            if arm is not None:
                begin = found.start("numbers")
                yield arm.label, (number[0], begin + number.start(), begin + number.end())


def _in_brackets(text: str, arms: DocumentArms) -> Iterator[tuple[str, tuple[str, int, int]]]:
    """Read "one group (n = 40) and the other (n = 38)"."""
    for found in _SIZED.finditer(text):
        arm = arms.match(found["arm"])
        if arm is not None:
            yield arm.label, (found["n"], found.start("n"), found.end("n"))


def _all_of_them(text: str, arms: DocumentArms) -> Sizes:
    """Read "120 patients were analysed" where the sizes of the arms come to that."""
    sizes = {arm.label: (arm.n_randomised, arm.n_locator) for arm in arms.arms}
    if not sizes or not all(n and place for n, place in sizes.values()):
        return {}
    total = sum(int(n) for n, _ in sizes.values())
    return sizes if any(int(n) == total for n, _, _ in total_sizes(text)) else {}


def _of_each(text: str, arms: DocumentArms) -> Iterator[tuple[str, tuple[str, int, int]]]:
    """Read "33 in each group" and "in each group 33 patients"."""
    for found in _EACH.finditer(text):
        name = "n" if found["n"] else "m"
        size = (count_of(found[name]), found.start(name), found.end(name))
        yield from ((arm.label, size) for arm in arms.arms if size[0])


def _of_everyone(text: str, arms: DocumentArms) -> Iterator[tuple[str, tuple[str, int, int]]]:
    """Read how many people of a study without arms were analysed."""
    if not arms.arms and arms.one_arm and arms.n_total:
        yield from (("", size) for size in total_sizes(text) if 1 < int(size[0]) <= int(arms.n_total))


def _believed(sizes: Sizes, arms: Iterable[Arm]) -> bool:
    """Tell whether every arm has a number, none of them above those who were randomised."""
    return all(
        arm.label in sizes
        and int(sizes[arm.label][0]) > 1
        and (not arm.n_randomised or int(sizes[arm.label][0]) <= int(arm.n_randomised))
        for arm in arms
    )
